"""What speaks against: time, innocent explanations, sensitivity, limits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..duration import say
from ..judging import limits as all_limits
from ._chart import timeline as time_chart
from ._view import View, view
from ._words import has_window, named, plural

SHOWN_GROUPS = 5
_UNCHECKED = "These groups are linked by what accounts carry: the checks change times, objects and days, which have no part in it."


def _about_groups(case: Any) -> list[Any]:
    """The findings that speak of a community."""
    return [f for f in case.findings if "community" in f.impact]


@view(
    title="Timeline",
    summary="Shows when the groups acted together, beside everybody else's activity.",
    caveat="A public event makes narrow peaks too.",
    needs=("group",),
)
def timeline(case: Any, *, width: str = "") -> View:
    posts = case.joint.drop_duplicates(["community", "content_id"])
    named = posts["community"].map(lambda n: f"Group {n}" if n <= SHOWN_GROUPS else "Other groups")
    order = named.to_frame("series").assign(at=posts["created_at"], n=posts["community"]).sort_values(["n", "at"])
    figure = (
        time_chart(
            order["at"], series=order["series"], width=width or None, title="Joint posts over time", y_label="Posts"
        )
        if len(order)
        else None
    )
    return View(
        name="timeline",
        title="Timeline",
        question="When did the groups act together?",
        figure=figure,
        lead="" if len(order) else "There is no joint activity to draw.",
        how_to_read="Posts that match another member's, in UTC.",
        caveats=("Peaks follow news, television and push notices as well as plans.",),
    )


@view(
    title="Innocent explanations",
    summary="Lists what else could explain each group, what was checked, and what came out.",
    caveat="A check can only find what the data holds.",
    needs=("find",),
)
def explanations(case: Any) -> View:
    strongest = sorted(_about_groups(case), key=lambda f: (-int(f.evidence_grade[1]), f.impact["community"]))
    rows = [
        (f.impact["community"], f.evidence_grade, a.name, a.verdict, a.result, a.checked)
        for f in strongest
        for a in f.alternatives
    ]
    table = pd.DataFrame(rows, columns=["community", "evidence_grade", "explanation", "verdict", "result", "checked"])
    return View(
        name="explanations",
        title="Innocent explanations",
        question="What else could explain each group?",
        table=table if rows else None,
        lead="" if rows else "There is no group to explain.",
        how_to_read="A group that is explained is shown and graded down, never hidden.",
        labels={
            "community": "Group",
            "evidence_grade": "Grade",
            "explanation": "Explanation",
            "verdict": "Verdict",
            "result": "What came out",
            "checked": "What was checked",
        },
        max_rows=25,
    )


@view(
    title="Sensitivity",
    summary="Says whether each group is still found under other choices.",
    caveat="Dropping objects and accounts for all groups at once is a little harder on each than dropping its own alone.",
    needs=("find",),
)
def sensitivity(case: Any) -> View:
    grade = {f.impact["community"]: f.evidence_grade for f in _about_groups(case)}
    table = case.sensitivity.assign(evidence_grade=case.sensitivity["community"].map(grade))
    table = table.sort_values(
        ["evidence_grade", "community"], ascending=[False, True], kind="stable", ignore_index=True
    )
    table = table[["community", "evidence_grade", "check", "changed", "n_accounts", "overlap", "verdict"]]
    table["overlap"] = table["overlap"].astype(float).round(2)
    return View(
        name="sensitivity",
        title="Sensitivity",
        question="Does each group depend on one choice, one object or one account?",
        table=table if len(table) else None,
        lead="" if len(table) else _UNCHECKED if len(case.communities) else "There is no group to check.",
        how_to_read="Overlap is the Jaccard index with the group as reported; a group survives at 0.5 or more. One that vanishes in two checks is graded down.",
        labels={
            "community": "Group",
            "evidence_grade": "Grade",
            "check": "Check",
            "changed": "What was changed",
            "n_accounts": "Accounts then",
            "overlap": "Overlap",
            "verdict": "Verdict",
        },
        max_rows=24,
    )


@view(
    title="Steady members",
    summary="Says who stays with the group under every sensitivity check, and who falls away.",
    caveat="To stay is no guilt; to fall away is no innocence: an account with few posts falls away first.",
    needs=("find",),
)
def steady_members(case: Any) -> View:
    kept = case.kept
    if kept.empty:
        return View(
            name="steady_members",
            title="Who stays under every check",
            question="On which members can one rely?",
            lead=_UNCHECKED if len(case.communities) else "There is no group to check.",
        )
    table = named(case, kept)
    table["share"] = table["kept"] / table["tried"].clip(lower=1)
    table = table.sort_values(["share", "community", "account_id"], ignore_index=True)
    steady = int(table["always"].sum())
    falling = table[~table["always"]]
    lead = (
        f"All {len(table):,} members stay with their group under every check."
        if falling.empty
        else f"{steady:,} of {len(table):,} members stay with their group under every check. "
        + " ".join(
            f"Group {number}: {len(part):,} of {int((table['community'] == number).sum()):,} do not."
            for number, part in list(falling.groupby("community"))[:SHOWN_GROUPS]
        )
    )
    columns = ["community", "account_id", "handle", "kept", "tried", "always"]
    return View(
        name="steady_members",
        title="Who stays under every check",
        question="On which members can one rely?",
        lead=lead,
        table=table[[c for c in columns if c in table]],
        how_to_read="The members that fall away most often come first. A check that removed the account itself is not counted.",
        labels={
            "community": "Group",
            "account_id": "Account",
            "handle": "Handle",
            "kept": "Checks in which it stays",
            "tried": "Checks",
            "always": "Stays under all",
        },
        caveats=("An account with few posts falls away first, whatever it does.",),
        max_rows=10 if len(falling) else 5,
    )


@view(title="Limits", summary="Says what these data and this method cannot show.", caveat="", needs=("relate",))
def limits(case: Any) -> View:
    rows = all_limits(case.settings, case.resolution_s, case.notes)
    if any(has_window(name) for name in case.settings.relations):
        rows.append(
            f"Only joint acts within {say(case.settings.window_s)} count: groups that work more slowly, or through other objects, are not seen."
        )
    held_back = case.capped()
    if len(held_back):
        rows.append(
            f"{plural(len(held_back), 'identifier')} {'is' if len(held_back) == 1 else 'are'} carried by too many accounts to link any; "
            "the view `capped` lists them."
        )
    rows.append(
        "The export may be a sample: 'first', 'all' and 'only' hold for the rows of the file, not for the platform."
    )
    return View(name="limits", title="Limits", question="What can these data not show?", caveats=tuple(rows))
