"""The story of a triage: bottom line, key numbers, answers, limits; told from a `Picture`, every number from it."""

from __future__ import annotations

import math

from ..duration import say
from ..findings import Finding
from ..packs import PolicyPack
from ..study import Study
from ._triage_actions import LEADS_IN, as_leads, needs, proposals
from ._triage_answers import accounts, span, what
from ._triage_answers import answers as all_answers
from ._triage_picture import Picture
from ._triage_priority import HARD_TRIGGERS

LIMITS = (
    "An export made by searching for a tag or a list of accounts shows that tag and those accounts by construction.",
    "Contents are counted, not views: reach is not in the data.",
    "Words of voting are looked for in some twenty languages, and only to choose a template.",
    "Harm is looked for only by the words given in seed_terms.",
    "The points of the rules rank templates. They are no probability and no measure of harm.",
    "Whether what is said is true, whether a policy is broken, and who is behind it was not looked at.",
)


def told(picture: Picture, pack: PolicyPack, alpha: float) -> tuple[Study, list[Finding]]:
    """The study and its findings."""
    study = Study(
        name=LEADS_IN,
        bottom_line=_bottom_line(picture),
        numbers=_numbers(picture),
        tables={**picture.tables, "needs": needs(picture)},
        answers=tuple(all_answers(picture)),
        limits=(*LIMITS, *_more_limits(picture)),
        proposals=tuple(proposals(picture)),
        facts=_facts(picture, alpha),
    )
    return study, as_leads(picture, pack)


def _bottom_line(p: Picture) -> str:
    if not p.enough:
        first = "Insufficient evidence: nothing in these data stands out enough to say what this is."
    else:
        first = f"{what(p)}"
    parts = [first, _size_in_short(p)]
    if len(p.suggestions):
        named = " or ".join(p.suggestions["template"])
        parts.append(f"Next template: {named}." if p.enough else f"If anything, look with: {named}.")
    assumed = int(p.priority["assumed"].sum())
    parts.append(
        f"Provisional priority {p.band} ({p.score:g} of 100, {assumed} of {len(p.priority)} parts assumed); a person sets it."
    )
    return " ".join(part for part in parts if part)


def _size_in_short(p: Picture) -> str:
    if not p.scope.n_issue:
        return ""
    out = f"{p.scope.n_issue:,} contents by {accounts(p):,} accounts"
    if p.scope.peak:
        out += f"; loudest {span(*p.scope.peak)}"
    return out + "."


def _numbers(p: Picture) -> tuple[tuple[str, object], ...]:
    top = p.scope.loudest
    return (
        ("Contents", p.scope.n_issue),
        ("Accounts", accounts(p)),
        ("Contents in the loudest hour", int(top["n_contents"]) if top is not None else 0),
        ("Expected in it", round(float(top["expected"]), 1) if top is not None and p.scope.peak else "no loud hour"),
        ("Large threads", int(p.thread_facts["large"])),  # type: ignore[call-overload]
        ("Provisional priority", f"{p.band} ({p.score:g})"),
    )


def _more_limits(p: Picture) -> list[str]:
    out = [str(note) for note in p.text_facts["notes"]]  # type: ignore[attr-defined]
    if p.scope.n_issue and not p.scope.with_baseline:
        out.append(
            "There is no baseline: with fewer than four days before them, hours are compared with the other hours of the data. "
            "A surge that fills most of the data hides itself."
        )
    return out


def _facts(p: Picture, alpha: float) -> dict[str, object]:
    """What views need beside the tables, as JSON holds it."""
    peak = [t.isoformat() for t in p.scope.peak] if p.scope.peak else []
    measures = {k: (round(float(v), 4) if math.isfinite(v) else None) for k, v in sorted(p.measures.items())}
    return {
        "verdict": str(p.suggestions["template"].iloc[0]) if p.enough else "insufficient evidence",
        "suggested": p.suggestions["template"].tolist(),
        "peak": peak,
        "compared": p.scope.compared,
        "with_baseline": p.scope.with_baseline,
        "alpha": alpha,
        "doubling_h": [None if not math.isfinite(v) else round(float(v), 2) for v in p.scope.doubling_h],
        "thread_verdict": p.thread_verdict,
        "threads": {k: v for k, v in p.thread_facts.items()},
        "texts": {k: v for k, v in p.text_facts.items() if k != "notes"},
        "measures": measures,
        "score": p.score,
        "band": p.band,
        "hard_triggers": list(HARD_TRIGGERS),
        "resolution": say(3600),
    }
