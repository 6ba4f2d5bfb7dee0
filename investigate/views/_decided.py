"""What people decided, in the form that cards and tables show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..findings import GRADES, Finding, Judgement
from ..records import Exhibit, Standing, finding_sha256

DECIDED = {"confirmed_by_human": "Confirmed", "rejected": "Rejected", "inconclusive": "Judged inconclusive"}


def day(at: str) -> str:
    """A time of the log to the minute."""
    return at[:16].replace("T", " ")


def in_words(judgement: Judgement) -> str:
    """A decision without its reason: "Confirmed as E2 by anna, 2026-11-22 10:15 UTC"."""
    grade = f" as {judgement.grade}" if judgement.grade else ""
    blind = ", second review without sight of the first" if judgement.second else ""
    word = DECIDED.get(judgement.decision, judgement.decision)
    return f"{word}{grade} by {judgement.by}, {day(judgement.at)} UTC{blind}"


def standings(case: Any) -> dict[str, Standing]:
    """What counts for each judged finding of a case."""
    return dict(case.standings())


def pinned(case: Any) -> dict[str, list[Exhibit]]:
    """The exhibits that count, by the finding they speak of."""
    out: dict[str, list[Exhibit]] = {}
    for exhibit in case.exhibits():
        if not exhibit.retracted and exhibit.finding_id:
            out.setdefault(exhibit.finding_id, []).append(exhibit)
    return out


def on_card(finding: Finding, standing: Standing | None, exhibits: list[Exhibit]) -> dict[str, Any]:
    """What the card of a finding shows of people's decisions: nothing where there are none."""
    out: dict[str, Any] = {}
    if standing is not None:
        now = finding_sha256(finding)
        out["status"] = "disputed" if standing.disagree else standing.status
        if standing.grade:
            out["ceiling"] = GRADES[standing.grade][1]
        out["decisions"] = [
            {"what": in_words(j), "reason": j.reason, "changed": j.finding_sha256 != now} for j in standing.judgements
        ]
    if exhibits:
        out["exhibits"] = [exhibit_on_card(e) for e in exhibits]
    return out


def exhibit_on_card(exhibit: Exhibit) -> Mapping[str, str]:
    words = [exhibit.note, f"confidence {exhibit.confidence}" if exhibit.confidence else "", f"pinned by {exhibit.by}"]
    return {
        "number": exhibit.number,
        "title": exhibit.title,
        "stance": exhibit.stance,
        "note": "; ".join(w for w in words if w),
    }
