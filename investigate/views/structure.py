"""Inside a group: which relations hold it together, and who acts first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..duration import say
from ..layers import held_by
from ._view import View, view
from ._words import listed, named, plural, title

SHOWN_GROUPS, SHOWN_MEMBERS = 3, 5


def _per_group(sentences: pd.Series) -> str:
    """A paragraph per group for the first groups, and how many more there are."""
    shown = [f"Group {number}: {text}." for number, text in sentences.head(SHOWN_GROUPS).items()]
    more = len(sentences) - len(shown)
    return "\n\n".join(shown + ([f"{plural(more, 'more group')}: see the table."] if more > 0 else []))


@view(
    title="Layers",
    summary="Says which relations hold each group together, and what is left without each.",
    caveat="Relations of one family are not independent: one post with a link and a tag is an edge in two of them.",
    needs=("group",),
)
def layers(case: Any) -> View:
    found = case.layers()
    quoted = found.assign(relation=found["relation"].map(lambda name: f"“{title(name)}”"))
    families = found.groupby("community")["family"].agg(lambda names: sorted(set(names)))
    several = families[families.map(len) > 1]
    bare = sorted(set(case.communities["community"]) - set(found["community"]))
    if len(several):
        named_groups = "; ".join(f"group {n}: {', '.join(names)}" for n, names in several.head(SHOWN_GROUPS).items())
        lead = (
            f"{len(several):,} of {plural(case.communities['community'].nunique(), 'group')} "
            f"{'has' if len(several) == 1 else 'have'} links of more than one kind of evidence ({named_groups})."
        )
    elif len(found):
        kinds = ", ".join(sorted(set(found["family"])))
        lead = f"Every link inside a group is of one kind of evidence ({kinds}): several relations of one kind do not add up."
    else:
        lead = "There is no link inside a group to show."
    possible = found["n_members"] * (found["n_members"] - 1) // 2
    table = pd.DataFrame(
        {
            "community": found["community"],
            "relation": found["relation"].map(title),
            "family": found["family"],
            "members": [f"{n:,} of {all_:,}" for n, all_ in zip(found["n_accounts"], found["n_members"], strict=True)],
            "pairs": [f"{n:,} of {all_:,}" for n, all_ in zip(found["n_edges"], possible, strict=True)],
            "n_only_here": found["n_only_here"],
            "holds": found["holds"],
        }
    )
    notes = (
        [f"No two members of group {listed(bare)} are linked directly: they act with the group as a whole."]
        if bare
        else []
    )
    return View(
        name="layers",
        title="What holds each group together",
        question="Through which kinds of link do the members hang together, and would the group fall apart without one?",
        lead="\n\n".join(p for p in (lead, _per_group(held_by(quoted))) if p),
        table=table if len(table) else None,
        how_to_read="An edge is a pair of members with an unusual link, or with a strong identifier in common; only by this: pairs that no other relation links. "
        "A relation is needed where members fall away without it; it repeats others where every pair it links is linked otherwise too.",
        labels={
            "community": "Group",
            "relation": "Relation",
            "family": "Kind of evidence",
            "members": "Members linked",
            "pairs": "Pairs linked",
            "n_only_here": "Only by this",
            "holds": "What it does",
        },
        caveats=(
            "Relations of one kind are not independent witnesses: one post with a link and a tag makes a pair in both.",
            "To hang together is a low bar: one pair too many keeps a group in one piece. See how many of all possible pairs are linked.",
            *notes,
        ),
        max_rows=20,
    )


@view(
    title="Leads",
    summary="Says who acts first in each group, how often, and whether the clock can tell.",
    caveat="To be first is no proof of command: a faster connection or one scheduler for all does the same.",
    needs=("group",),
)
def leads(case: Any, *, top: int = SHOWN_MEMBERS) -> View:
    _, found = case.leads()
    by = found.groupby("community")
    # A sentence per group only where there is something to tell it apart: somebody leads, or the clock cannot say.
    telling = (by["leads"].any() | (by["n_objects"].max() == 0)) if len(found) else pd.Series(dtype=bool)
    statements = by["statement"].first()[telling]
    if statements.any():
        silent = sorted(telling.index[~telling])
        lead = f"In {plural(len(silent), 'group')} nobody comes first more often than an equal share." if silent else ""
    elif len(found):
        lead = "In no group does any account come first more often than an equal share."
    elif len(case.communities):
        lead = "These groups are linked by what accounts carry, not by acts in time: there is no order to tell."
    else:
        lead = "There is no group."
    table = named(case, found[found["rank"] <= top])
    table["share"] = [
        f"{r.share_led:.0%} ({r.low:.0%} to {r.high:.0%})" if r.n_objects else "" for r in table.itertuples()
    ]
    table["equal"] = ["" if pd.isna(share) else f"{share:.0%}" for share in table["equal_share"]]
    columns = ["community", "account_id", "handle", "n_led", "n_objects", "n_ties", "share", "equal", "leads"]
    coarse = (
        (
            f"Times are recorded to {say(case.resolution_s)}: the order of acts inside one tick is lost, and they are left out.",
        )
        if case.resolution_s >= 60
        else ()
    )
    return View(
        name="leads",
        title="Who acts first",
        question="Does any account start what the group then does together?",
        lead="\n\n".join(p for p in (lead, _per_group(statements)) if p),
        table=table[[c for c in columns if c in table]] if len(table) else None,
        how_to_read=f"The {top} members of each group that came first most often. An account leads where the whole interval of its share lies "
        "above the equal share: what it would be if all who took part were equally likely to be first. Level: joint objects on which several came "
        "first at the same tick of the clock; they are left out.",
        labels={
            "community": "Group",
            "account_id": "Account",
            "handle": "Handle",
            "n_led": "Came first",
            "n_objects": "Joint objects",
            "n_ties": "Level",
            "share": "Share (interval)",
            "equal": "Equal share",
            "leads": "Leads",
        },
        caveats=(
            *coarse,
            "To be first is no proof of command: a faster connection, a scheduler that posts for all, or a first account outside the data turn the order round.",
            "Objects that stand on exactly the same posts count once; where posts share several objects in part, intervals are somewhat too narrow.",
        )
        if len(found)
        else (),
        max_rows=25,
    )
