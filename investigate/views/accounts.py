"""What the accounts of groups have in common beside what they do together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import InputError
from ._chart_kinds import heat_map
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "coordinated_behaviour"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@view(
    title="Account signals",
    summary="Lists what accounts of a group have in common (creation, names, life cycle, rhythm), against all other accounts.",
    caveat="Each has harmless makers: a class, a campaign, an employer, a wave of registrations.",
)
def account_signals(case: Any) -> View:
    study = studied(case, STUDY)
    table, missing, level = study.table("signals"), study.table("missing"), study.facts["fdr_q"]
    unusual = table[table["q"] <= level] if len(table) else table
    counting = int(unusual["counts"].astype(bool).sum()) if len(unusual) else 0
    lead = (
        f"{plural(len(table), 'signal')} of {plural(table['community'].nunique(), 'group')} tested; {len(unusual)} unusual at q {level:g}, "
        f"of which {counting} may count towards a grade."
        if len(table)
        else "No signal could be tested: there is no group, or too few other accounts to compare with."
    )
    order = table.sort_values(["q", "community", "signal"], ignore_index=True) if len(table) else table
    return View(
        name="account_signals",
        title="Account signals",
        question="Is there a sign, beside the timing, of how these accounts were made or run?",
        lead=lead,
        table=order if len(table) else None,
        labels={
            "community": "Group",
            "signal": "Signal",
            "family": "Family",
            "what": "What",
            "observed": "Members, or their median",
            "expected": "Expected, or the others' median",
            "n": "Members that have it",
            "n_others": "Others",
            "counts": "May count",
            "note": "To read it",
        },
        how_to_read="Expected is what the other accounts of the same data give. A signal counts only where at least half of the members "
        "carry it; shapes, followers and rhythm never do.",
        caveats=tuple(f"Not answered: {r.signal}, because {r.because}." for r in missing.itertuples()),
        max_rows=30,
    )


@view(
    title="Members side by side",
    summary="Lists the accounts of each group with names, creation date, followers and activity.",
    caveat="Being listed is not an accusation; look at the account's own rows first.",
)
def account_profiles(case: Any) -> View:
    table = studied(case, STUDY).table("profiles")
    empty = [
        c
        for c in ("handle", "display_name", "created_at", "followers", "following")
        if c in table and table[c].isna().all()
    ]
    return View(
        name="account_profiles",
        title="Members side by side",
        question="What do the accounts of a group look like, next to each other?",
        lead=f"Not in the data: {', '.join(c.replace('_', ' ') for c in empty)}." if empty and len(table) else "",
        table=table.drop(columns=empty) if len(table) else None,
        labels={
            "community": "Group",
            "account_id": "Account",
            "role": "Role",
            "n_content": "Posts",
            "shape": "Shape of the handle",
            "handle": "Handle",
            "display_name": "Shown name",
            "created_at": "Created (UTC)",
            "followers": "Followers",
            "following": "Following",
            "first_at": "First post (UTC)",
            "last_at": "Last post (UTC)",
        },
        max_rows=50,
    )


@view(
    title="Hours of the week",
    summary="Draws when a group is active by hour and weekday (UTC), beside all accounts in no group.",
    caveat="Hours of activity are no proof of a place: posts are scheduled, and people work at night.",
)
def group_hours(case: Any, *, community: int = 1) -> View:
    table = studied(case, STUDY).table("week")
    numbers = sorted(n for n in set(table["community"]) if n) if len(table) else []
    if not numbers:
        return View("group_hours", "Hours of the week", "When is a group active?", lead="There is no group.")
    if community not in numbers:
        raise InputError(f"there is no group {community}", f"groups: {numbers[0]} to {numbers[-1]}", "give one of them")
    mine, others = table[table["community"] == community], table[table["community"] == 0]
    grid = mine.set_index(["weekday", "hour"])["n"]
    data = pd.DataFrame(
        [(f"{h:02d}", _DAYS[d], int(grid.get((d, h), 0))) for d in range(7) for h in range(24)], columns=["x", "y", "n"]
    )
    weekend = {n: float(t.loc[t["weekday"] >= 5, "share"].sum()) for n, t in (("group", mine), ("others", others))}
    return View(
        name="group_hours",
        title=f"Hours of the week, group {community}",
        question="When is the group active?",
        lead=f"Weekend share: {weekend['group']:.0%} in the group, {weekend['others']:.0%} among accounts in no group.",
        figure=heat_map(
            data,
            title=f"Posts of group {community} by hour and weekday",
            x_label="Hour of the day (UTC)",
            note="Darker is more posts. A short stretch of days fills few weekdays.",
        ),
        table=table,
        labels={
            "community": "Group (0: in none)",
            "weekday": "Weekday, 0 Monday",
            "hour": "Hour (UTC)",
            "n": "Posts",
            "share": "Share",
        },
        max_rows=0,
    )
