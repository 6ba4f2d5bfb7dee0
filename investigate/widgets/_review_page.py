"""What the review panel shows of a case: plain values, made from the case each time, with what is hidden left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import exposure
from .. import log as log_
from ..findings import GRADES, Finding
from ..records.judgement import BY_A_PERSON, DECISIONS, HIGHEST_BY_TEMPLATE, LOWEST_CONFIRMED
from ..views._format import format_value
from ..views._html import plain

POSTS = 6
STATUS = {
    "lead": "lead",
    "supported": "supported",
    "confirmed_by_human": "confirmed",
    "rejected": "rejected",
    "inconclusive": "inconclusive",
}
DECIDE = {"confirmed_by_human": "Confirm", "rejected": "Reject", "inconclusive": "Inconclusive"}
_WITHHELD = "(note withheld until you have decided)"


def listed(
    case: Any, *, second: bool, shown: exposure.Exposure, labels: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """One row per finding: what it is called and where it stands, as far as this reviewer may see."""
    me, standings = log_.actor(), case.standings()
    rows = []
    for number, finding in enumerate(case.findings, 1):
        standing = standings.get(finding.finding_id)
        by = {j.by for j in standing.judgements} if standing else set()
        open_ = not second or me in by
        rows.append(
            {
                "id": finding.finding_id,
                "number": number,
                "title": plain(shown.policy.cover(finding.title, _labels(case, finding, labels))),
                "grade": finding.evidence_grade,
                "status": STATUS[case.status(finding.finding_id, blind=second)],
                "mine": me in by,
                "open": not second or bool(by),
                "blind": not open_ and bool(by),
                "disagree": bool(standing and standing.disagree and open_),
            }
        )
    return rows


def page(
    case: Any, finding: Finding, *, second: bool, shown: exposure.Exposure, labels: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Everything about one finding."""
    me, key = log_.actor(), finding.finding_id
    standing = case.standings().get(key)
    others = [j for j in (standing.judgements if standing else ()) if j.by != me]
    mine = standing is not None and any(j.by == me for j in standing.judgements)
    blind = second and not mine and bool(others)
    marks = _labels(case, finding, labels)
    posts, n_posts = _posts(case, finding, shown, labels)
    return {
        "id": key,
        "title": plain(shown.policy.cover(finding.title, marks)),
        "statement": _text(shown, f"statement:{key}", finding.statement, marks),
        "grade": finding.evidence_grade,
        "means": GRADES[finding.evidence_grade][0],
        "ceiling": plain(finding.ceiling or GRADES[finding.evidence_grade][1]),
        "confidence": plain(finding.confidence),
        "members": f"{finding.n_members:,} accounts, {finding.n_core:,} with enough posts to judge",
        "status": STATUS[case.status(key, blind=second)],
        "evidence": [
            {
                "family": plain(e.family),
                "test": plain(e.test),
                "observed": format_value(e.observed),
                "expected": "not computed" if e.expected is None else _expected(e.expected),
                "ratio": _ratio(e.observed, e.expected),
                "q": "" if e.q is None else f"{e.q:.1e}" if e.q < 0.001 else f"{e.q:.3f}",
                "n": f"{e.n:,}",
                "note": plain(e.note),
                "where": plain(e.rows_ref),
            }
            for e in finding.evidence
        ],
        "alternatives": [
            {
                "name": plain(a.name),
                "verdict": a.verdict,
                "result": plain(shown.policy.cover(a.result)),
                "checked": plain(a.checked),
            }
            for a in finding.alternatives
        ],
        "limits": [plain(limit) for limit in finding.limits],
        "exhibits": _exhibits(case, key, blind, me, shown, labels),
        "posts": posts,
        "n_posts": n_posts,
        "judgements": [] if blind else _judgements(case, key, me, second),
        "blind": blind,
        "second": bool(second and others),
        "waiting": ""
        if not second or others or mine
        else "Nobody has judged this finding yet: there is nothing to review a second time.",
        "disagree": bool(standing and standing.disagree and not blind),
        "grades": _grades(finding.evidence_grade),
        "no_confirmation": no_confirmation(finding.evidence_grade),
    }


def no_confirmation(grade: str) -> str:
    """Why the evidence carries no confirmation, or ""."""
    if grade >= LOWEST_CONFIRMED:
        return ""
    means, carries = GRADES[grade]
    return f"Grade {grade} ({means}) carries no more than: {carries}. It can be rejected or left open, not confirmed."


def _grades(reached: str) -> list[dict[str, str]]:
    """The grades at which the finding may be confirmed, its own first."""
    highest = BY_A_PERSON if reached >= HIGHEST_BY_TEMPLATE else reached
    allowed = [g for g in GRADES if LOWEST_CONFIRMED <= g <= highest]
    ordered = [reached, *(g for g in allowed if g != reached)] if reached in allowed else allowed
    return [{"grade": g, "text": f"{g}: {GRADES[g][0]}; carries at most: {GRADES[g][1]}"} for g in ordered]


def agreement(case: Any) -> dict[str, str]:
    """The agreement of first and blind second reviews, in words."""
    found = case.agreement()
    if not found["findings"]:
        return {"lead": "No finding has had a blind second review yet.", "note": ""}
    low, high = found["agreement_interval"]
    lead = f"{found['agree']} of {found['findings']} findings judged alike ({found['agreement']:.0%}; 95 % interval {low:.0%} to {high:.0%})."
    if found["alpha"] is not None:
        lead += f" Krippendorff's alpha {found['alpha']:.2f}"
        interval = found["alpha_interval"]
        lead += f" (95 % interval {interval[0]:.2f} to {interval[1]:.2f})." if interval else "."
    return {"lead": lead, "note": found["note"]}


def _judgements(case: Any, key: str, me: str, second: bool) -> list[dict[str, Any]]:
    table = case.judgements(blind=second)
    return [
        {
            "decision": STATUS[j.decision],
            "grade": j.grade,
            "reason": plain(j.reason),
            "by": plain(j.by),
            "mine": j.by == me,
            "at": str(j.at)[:16].replace("T", " ") + " UTC",
            "second": bool(j.second),
            "note": "taken back"
            if j.retracted
            else "replaced by a later one"
            if not j.stands
            else "the evidence has changed since"
            if j.changed
            else "",
        }
        for j in table[table["finding_id"] == key].itertuples()
        if not j.hidden
    ]


def _exhibits(
    case: Any, key: str, blind: bool, me: str, shown: exposure.Exposure, labels: Mapping[str, list[str]]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"supports": [], "contradicts": [], "context": []}
    for e in case.exhibits():
        if e.finding_id != key or e.retracted:
            continue
        marks = labels.get(str(e.ref), ()) if e.kind == "content" else ()
        note = _WITHHELD if blind and e.by != me and e.note else e.note
        found[e.stance].append(
            {
                "number": e.number,
                "kind": e.kind,
                "title": plain(shown.policy.cover(e.title, marks)),
                "note": plain(note),
                "confidence": e.confidence,
                "by": plain(e.by),
                "at": str(e.at)[:16].replace("T", " "),
                "rows": f"{e.n_rows:,} rows",
            }
        )
    return found


def _posts(
    case: Any, finding: Finding, shown: exposure.Exposure, labels: Mapping[str, list[str]]
) -> tuple[list[dict[str, Any]], int]:
    """The members' posts that match most other members, one per text; and how many match at all."""
    joint, number = case.joint, finding.impact.get("community")
    if joint.empty or "community" not in joint:
        return [], 0
    part = joint[joint["community"] == number]
    part = part.sort_values(["n_partners", "created_at", "content_id"], ascending=[False, True, True])
    part = part.drop_duplicates("content_id")
    names = case.labels()
    return [
        {
            "ref": f"content:{p.content_id}",
            "at": f"{p.created_at:%Y-%m-%d %H:%M:%S}",
            "account": plain(names.get(p.account_id, p.account_id)),
            "partners": f"{p.n_partners:,} members within the window",
            **_text(shown, f"content:{p.content_id}", str(p.text or ""), labels.get(p.content_id, ())),
        }
        for p in part.drop_duplicates("text").head(POSTS).itertuples()
    ], len(part)


def _labels(case: Any, finding: Finding, labels: Mapping[str, list[str]]) -> list[str]:
    """Labels of the contents whose text the finding's words may quote."""
    joint = case.joint
    if not labels or joint.empty or "community" not in joint:
        return []
    part = joint[
        (joint["community"] == finding.impact.get("community")) & joint["object_type"].isin(["text", "text_family"])
    ]
    return sorted({label for content in set(part["content_id"]) & set(labels) for label in labels[content]})


def _text(shown: exposure.Exposure, ref: str, text: str, labels: object) -> dict[str, Any]:
    words = shown.text(ref, text, labels)
    hidden = shown.hidden(ref)
    return {"ref": ref, "text": plain(words), "hidden": hidden is not None, "never": bool(hidden and hidden.never)}


def _expected(value: float) -> str:
    return "fewer than 0.1" if value < 0.1 else format_value(round(value, 1))


def _ratio(observed: float, expected: float | None) -> str:
    """How many times the expected number, where that says something."""
    if expected is None or observed <= 0:
        return ""
    return f"{observed / expected:,.0f} times" if expected >= 0.1 and observed / expected >= 2 else ""


assert set(DECIDE) == set(DECISIONS)
