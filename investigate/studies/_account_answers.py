"""The answers of the template of coordinated behaviour, each from the case's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..findings import Finding
from ..signals import OPEN_NAMES
from ..store import frame
from ..study import Answer

MAKING = ("creation_batch", *OPEN_NAMES)
SIGNS = {
    "creation_batch": "created close together",
    "handle_shape": "handles of one shape",
    "handle_series": "handles in series",
    "shown_name": "shown names that repeat",
    "dormant_then_active": "silent, then active",
    "language_switch": "another language than before",
    "followers": "followers",
    "same_hours": "the same hours",
    "regularity": "regularity",
}


def _largest(own: list[Finding]) -> Finding:
    return max(own, key=lambda f: (f.evidence_grade, f.n_core, f.n_members, f.finding_id))


def bottom_line(case: Any, own: list[Finding]) -> str:
    supported = [f for f in own if f.status == "supported"]
    if supported:
        top = _largest(supported)
        return (
            f"{len(supported)} groups act together beyond chance and the innocent explanations that were checked, "
            f"{len(own) - len(supported)} more are leads. The strongest ({top.evidence_grade}): {top.title}. "
            "Whether anybody deceives is for a person to judge."
        )
    if own:
        return f"No group is supported. {len(own)} leads rest on one signal, are explained innocently, or do not hold in the checks."
    return "No group of accounts acts together more than chance explains."


def numbers(case: Any, own: list[Finding], table: pd.DataFrame) -> tuple[tuple[str, Any], ...]:
    unusual = int((table["q"] <= case.settings.fdr_q).sum()) if len(table) else 0
    return (
        ("Groups", int(case.communities["community"].nunique()) if len(case.communities) else 0),
        ("Accounts in groups", int(case.communities["account_id"].nunique()) if len(case.communities) else 0),
        ("Account signals tested", len(table)),
        ("Unusual signals", unusual),
        ("Findings at E3", sum(f.evidence_grade == "E3" for f in own)),
    )


def answers(case: Any, own: list[Finding], table: pd.DataFrame, missing: pd.DataFrame) -> Iterator[Answer]:
    """One answer for each question of the template, or why there is none."""
    none = "no group was found"
    top = _largest(own) if own else None
    yield _one(
        "Which accounts act in unusual unison, on which objects, and when?",
        "No group of accounts does."
        if top is None
        else f"{len(own)} groups. The strongest: {top.statement}{_when(top)}",
        rows_ref="tables/members.csv",
    )
    yield _one("How often would that happen by chance?", _chance(top), none, "tables/groups.csv")
    yield _one("Which innocent explanations are there?", _innocent(own), none, "tables/explanations.csv")
    yield _one(
        "Is there an independent sign of deception: borrowed or repeated personas, accounts made in series?",
        _signs(case, own, table, missing),
        none if not own else _missing(missing),
        "tables/account_signals.csv",
    )
    yield _one(
        "How far did it reach?", _reach(case, top), none if top is None else "the data hold no numbers of followers"
    )
    yield _one("What is the life story of the strongest group?", _life(case, top), none, "tables/timeline.csv")
    yield _one("Does it hold under other choices?", _steady(case, top), none, "tables/sensitivity.csv")
    yield Answer(
        "Who is behind it?", because="behaviour does not show it: this tool names nobody as the author of anything"
    )


def _one(question: str, answer: str, because: str = "", rows_ref: str = "") -> Answer:
    return Answer(question, answer, "" if answer else because, rows_ref if answer else "")


def _when(finding: Finding) -> str:
    first, last = (
        (pd.Timestamp(finding.impact[k]) for k in ("first_at", "last_at") if k in finding.impact)
        if "first_at" in finding.impact
        else (None, None)
    )
    return f" From {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC." if first is not None else ""


def _chance(top: Finding | None) -> str:
    if top is None:
        return ""
    group = top.evidence[0]
    if group.expected is None:
        return ""
    q = f", q {group.q:.1g}" if group.q is not None else ""
    return f"In the strongest group {group.observed:,.0f} posts match another member's where {group.expected:,.1f} are expected{q}."


def _innocent(own: list[Finding]) -> str:
    if not own:
        return ""
    explained = sum(any(a.verdict == "explains" for a in f.alternatives) for f in own)
    partly = sum(any(a.verdict == "partly" for a in f.alternatives) for f in own) - sum(
        any(a.verdict == "partly" for a in f.alternatives) and any(a.verdict == "explains" for a in f.alternatives)
        for f in own
    )
    open_ = sorted({a.name for f in own for a in f.alternatives if a.verdict == "not checked"})
    said = f" Not checked: {'; '.join(open_)}." if open_ else ""
    return (
        f"Of {len(own)} groups one explanation accounts for {explained}, and one explains {partly} more in part.{said}"
    )


def _signs(case: Any, own: list[Finding], table: pd.DataFrame, missing: pd.DataFrame) -> str:
    """How accounts were made and named, where half of a group's members carry it; nothing where nothing could be tested."""
    tested = table[table["signal"].isin(MAKING)] if len(table) else table
    if not own or tested.empty:
        return ""
    half = tested["community"].map(case.communities.groupby("community").size()) / 2
    carried = tested[(tested["q"] <= case.settings.fdr_q) & (tested["observed"] >= half.clip(lower=3))]
    held = [
        f"group {r.community}: {SIGNS[r.signal]} ({r.observed:g} of {r.n}, {r.expected:g} expected, q {r.q:.1g})"
        for r in carried.itertuples()
    ]
    names = ", ".join(SIGNS[s] for s in dict.fromkeys(tested["signal"]))
    if not held:
        said = f"No group shows one. Tested for {tested['community'].nunique()} groups: {names}."
    else:
        said = f"A sign of how accounts were made, not of deception by itself: {'; '.join(held)}. Tested: {names}."
        if carried["signal"].isin(OPEN_NAMES).any():
            said += " One name that all carry may be the open name of one owner."
    return said + (f" Not tested: {_missing(missing)}." if len(missing) else "")


def _missing(missing: pd.DataFrame) -> str:
    return "; ".join(missing["because"]) or "too few accounts to compare with"


def _reach(case: Any, top: Finding | None) -> str:
    if top is None:
        return ""
    con = case.connection()
    ids = pd.DataFrame({"account_id": top.members})
    con.register("reach_rows", ids)
    row = frame(
        con,
        "select sum(followers)::double as total, count(followers) as known from accounts join reach_rows using (account_id)",
    )
    con.unregister("reach_rows")
    if not int(row["known"].iloc[0]):
        return ""
    return (
        f"The {int(row['known'].iloc[0])} members of the strongest group whose followers are known have {row['total'].iloc[0]:,.0f} "
        "followers together: an upper bound, as one person may follow several. Views are not in the data."
    )


def _life(case: Any, top: Finding | None) -> str:
    number = top.impact.get("community") if top else None
    joint = case.joint[case.joint["community"] == number] if number and len(case.joint) else pd.DataFrame()
    if joint.empty:
        return ""
    once = joint.drop_duplicates("content_id")
    days = once["created_at"].dt.strftime("%Y-%m-%d").value_counts().sort_index()
    busiest = str(days.idxmax())
    return (
        f"Joint posts from {once['created_at'].min():%Y-%m-%d %H:%M} to {once['created_at'].max():%Y-%m-%d %H:%M} UTC, on "
        f"{len(days)} days; {days.max() / len(once):.0%} of {len(once):,} on {busiest}."
    )


def _steady(case: Any, top: Finding | None) -> str:
    number = top.impact.get("community") if top else None
    rows = (
        case.sensitivity[case.sensitivity["community"] == number]
        if number and len(case.sensitivity)
        else pd.DataFrame()
    )
    if rows.empty:
        return ""
    tried = rows[rows["verdict"] != "not possible"]
    lost = tried.loc[tried["verdict"] != "survives", "check"].tolist()
    return f"The strongest group is found in {len(tried) - len(lost)} of {len(tried)} checks." + (
        f" Not {', '.join(lost)}." if lost else ""
    )
