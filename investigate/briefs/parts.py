"""The parts of a brief as sentences: what is known, not known and assessed, and what each reader asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..views._format import format_value
from .facts import RunFacts
from .privacy import small_cells

_FEWEST = 10  # observations behind a signal that is worth building
_STATUS = {
    "confirmed_by_human": "confirmed by a person",
    "rejected": "rejected by a person",
    "inconclusive": "judged inconclusive by a person",
    "supported": "supported, not yet judged",
    "lead": "lead, not yet judged",
}


def known(run: RunFacts) -> list[str]:
    """What was observed: rows read, key numbers, statements of supported findings."""
    rows = sum(int(i.get("rows_read") or 0) for i in run.inputs)
    aside = sum(sum(i.get("set_aside", {}).values()) for i in run.inputs)
    files = f"{rows:,} rows of {len(run.inputs)} file{'' if len(run.inputs) == 1 else 's'} were read"
    out = [f"{files}; {aside:,} rows were set aside and are named in the report."]
    strong = [f for f in run.findings if f["status"] in ("supported", "confirmed_by_human")]
    out += [
        f"{f['statement']} (grade {f['evidence_grade']}, {_STATUS[f['status']]}; {f['finding_id']})" for f in strong
    ]
    out += [
        f"{label}: {format_value(value)}."
        for label, value in run.study.get("numbers", ())
        if not isinstance(value, (list, dict))
    ]
    return out


def not_known(run: RunFacts) -> list[str]:
    """Questions without an answer, sections that failed, and what the method cannot show."""
    open_ = [
        f"{a['question']} Not answered, because {a['because']}"
        for a in run.study.get("answers", ())
        if a.get("because")
    ]
    failed = [f"Sections of the run that failed: {', '.join(run.failed)}."] if run.failed else []
    limits = [*run.study.get("limits", ()), *(t for f in run.findings for t in f.get("limits", ()))]
    return [*failed, *open_, *dict.fromkeys(limits)] or ["Who stands behind any account, and why."]


def assessed(run: RunFacts) -> list[str]:
    """How far the evidence carries, what else could explain it, and what is only a lead."""
    out = []
    for f in run.findings[:3]:
        done = [a for a in f["alternatives"] if a["verdict"] != "not checked"]
        explains = [a["name"] for a in done if a["verdict"] in ("explains", "partly")]
        rest = f"{len(done)} innocent explanations checked, " + (
            f"of which may explain it: {'; '.join(explains)}" if explains else "none explains it"
        )
        out.append(f"{f['title']}: grade {f['evidence_grade']}, which carries: {f['ceiling']}. {rest}.")
        out.append(f"Confidence in it is {f['confidence']}.")
        if f.get("likelihood"):
            out.append(f"That the claim holds is {f['likelihood']}.")
    leads = sum(f["status"] == "lead" for f in run.findings)
    out += (
        [f"{leads} finding{' is a lead' if leads == 1 else 's are leads'}: a reason to look, not a result."]
        if leads
        else []
    )
    return out or ["Nothing was assessed: there are no findings."]


def next_update(run: RunFacts, given: str = "") -> str:
    """When the reader hears again: as given, else the first review date of what is proposed for now."""
    if given:
        return given
    dates = sorted(str(p["review_by"]) for p in run.proposals if p.get("review_by") and p.get("horizon") == "now")
    return (
        f"by {dates[0]}, when the first proposed action is reviewed"
        if dates
        else "not set: name a time before this is sent"
    )


def _actions(run: RunFacts, horizon: str = "") -> list[str]:
    out = []
    for p in run.proposals:
        if horizon and p.get("horizon") != horizon:
            continue
        by = f", review by {p['review_by']}" if p.get("review_by") else ""
        held = "" if p.get("ceiling_ok", True) else "; needs stronger evidence first"
        out.append(f"{p['action']} ({p['owner']}{by}{held})")
    return out


def _policies(run: RunFacts) -> list[Mapping[str, Any]]:
    seen: dict[tuple[str, str], Mapping[str, Any]] = {}
    for f in run.findings:
        for p in f.get("policy", ()):
            seen.setdefault((str(p.get("policy_id")), str(p.get("clause"))), p)
    return list(seen.values())


def _cited(p: Mapping[str, Any]) -> str:
    clause = f", {p['clause']}" if p.get("clause") else ""
    return f"{p.get('title') or p.get('policy_id')} ({p.get('policy_id')}{clause}, version {p.get('version') or 'not stated'}): fit {p.get('fit', 'unclear')}"


def _legal(run: RunFacts) -> list[list[str]]:
    law = [_cited(p) for p in _policies(run)] or ["No policy was mapped, and no law or order was read by this run."]
    keep = [f"Keep {i['file']} (SHA-256 {str(i.get('sha256'))[:16]}…) and the run {run.run}." for i in run.inputs]
    if run.n_exhibits:
        keep.append(f"{run.n_exhibits} exhibits are pinned in the case, with hashes of their rows.")
    dates = [
        f"{p['action']}: {p['review_by']}" for p in run.proposals if p.get("review_by") and p.get("horizon") == "now"
    ]
    risks = [f"Cannot be undone: {p['action']}" for p in run.proposals if not p.get("reversible", True)]
    return [
        law,
        keep,
        [*(dates or ["No deadline is known to this run: add court, regulator or order clocks."]), *risks],
    ]


def _public_policy(run: RunFacts) -> list[list[str]]:
    p = run.parameters
    market = str(run.study.get("facts", {}).get("market") or p.get("market") or "")
    where = [f"Market: {market}."] if market else ["No market was named for this run."]
    where.append(
        f"Findings not yet judged by a person: {sum(f['status'] in ('lead', 'supported') for f in run.findings)}."
    )
    asked = [a["question"] for a in run.study.get("answers", ())] or [
        "Who is affected?",
        "What is being done, and by when?",
    ]
    lines = [
        "We are looking into activity in the period named above.",
        "We describe behaviour; we do not say who stands behind accounts.",
        "Decisions are made by people after review, and can be appealed.",
    ]
    return [where, asked, lines]


def _core_policy(run: RunFacts) -> list[list[str]]:
    without = [f["title"] for f in run.findings if not f.get("policy")]
    unclear = [_cited(p) for p in _policies(run) if p.get("fit") != "clear"]
    partly = [
        f"{f['title']}: explained in part by {a['name']}"
        for f in run.findings
        for a in f["alternatives"]
        if a["verdict"] == "partly"
    ]
    gap = [*([f"No policy is mapped to: {'; '.join(without)}"] if without else []), *unclear, *partly]
    judged = [f"{f['title']}: {_STATUS[f['status']]}" for f in run.findings if f["status"] not in ("lead", "supported")]
    return [
        gap or ["None seen in this run."],
        judged or ["No finding of this run has been judged yet."],
        _actions(run) or ["No action is proposed."],
    ]


def _product(run: RunFacts) -> list[list[str]]:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    holds: dict[str, set[str]] = {}
    for f in run.findings:
        for e in f.get("evidence", ()):
            kinds.setdefault(e["kind"], []).append(e)
            holds.setdefault(e["kind"], set()).add(f["finding_id"])
    mechanism = [
        f"{k}: {es[0]['test']} (in {_count(len(holds[k]), 'finding')}, n up to {max(e['n'] for e in es):,})"
        for k, es in kinds.items()
    ]
    strong = [max((e for e in es if _lifted(e)), key=_lifted, default=None) for es in kinds.values()]
    ideas = [
        f"{e['kind']}: {format_value(e['observed'])} observed, {format_value(e['expected'])} expected"
        for e in sorted((e for e in strong if e is not None), key=_lifted, reverse=True)
    ]
    settings = "; ".join(
        f"{k} {v}" for k, v in run.parameters.items() if k in ("window", "min_shared", "min_accounts", "fdr_q", "seed")
    )
    steps = [
        f"Template {run.template}, run {run.run}; the command and all versions stand at the end of its report.",
        *([f"Settings: {settings}."] if settings else []),
        "Rows behind each number: the tables named in the evidence, under tables/.",
    ]
    return [
        mechanism or ["No evidence with a count."],
        steps,
        ideas or ["None: no count has an expectation to compare with."],
    ]


def _lifted(e: Mapping[str, Any]) -> float:
    """How many times the expectation was observed; 0 where that cannot be said, or fewer than ten were."""
    if not e.get("expected") or (e.get("observed") or 0) < _FEWEST:
        return 0.0
    return float(e["observed"]) / float(e["expected"])


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _leadership(run: RunFacts) -> list[list[str]]:
    return [
        [f"{run.severity[:1].upper()}{run.severity[1:]}."],
        _actions(run, "now") or ["None: nothing is proposed for the next 24 hours."],
    ]


def sales(run: RunFacts, min_cell: int) -> tuple[list[str], list[list[str]]]:
    """Counts only: no sentence that is made from the data. The known part, and the reader's own parts."""
    n = {
        "supported by evidence": sum(f["status"] in ("supported", "confirmed_by_human") for f in run.findings),
        "that are leads or were set aside": sum(
            f["status"] not in ("supported", "confirmed_by_human") for f in run.findings
        ),
    }
    shown = small_cells(n, min_cell, total_shown=False)
    accounts = len({m for f in run.findings for m in f["members"]})
    figures = [f"Findings {k}: {v}." for k, v in shown.items()]
    figures.append(f"Accounts in findings: {small_cells({'a': accounts}, min_cell)['a']}.")
    impact = [
        f"Activity was looked at from {_day(run.data_from)} to {_day(run.data_to)} (UTC).",
        "Effects on campaigns, billing or reach were not measured by this run; ask the escalation team.",
    ]
    told = [
        "An issue is under review; details of accounts are not shared.",
        "Decisions follow from policy and are made by people.",
        "The next update comes at the time given below.",
    ]
    return figures, [impact, told]


def _day(at: str) -> str:
    return at[:10] or "an unknown day"


OWN: dict[str, Callable[[RunFacts], list[list[str]]]] = {
    "legal": _legal,
    "public_policy": _public_policy,
    "core_policy": _core_policy,
    "product": _product,
    "leadership": _leadership,
}


def first_sentences(text: str, words: int) -> str:
    """Whole sentences up to so many words; the first one is cut where it alone is longer."""
    parts, out = text.split(), []
    for i, word in enumerate(parts):
        if i >= words:
            break
        out.append(word)
    if len(out) == len(parts):
        return text.strip()
    ends = [i for i, w in enumerate(out) if w.endswith((".", "!", "?"))]
    return " ".join(out[: ends[-1] + 1]) if ends and ends[-1] >= words // 2 else " ".join(out).rstrip(",;:") + " …"


def shortened(items: Iterable[str], words: int) -> list[str]:
    """Every item in at most so many words."""
    return [first_sentences(item, words) for item in items]
