"""What can be asked beside the method: newcomers from seeds, other windows, variants, identifiers that link nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..duration import say
from ..errors import InputError
from ..relations import RELATIONS, object_types
from ..relations.identifiers import FAMILIES
from ._view import View, view
from ._words import listed, named, plural, title


@view(
    title="Expansion",
    summary="Lists the accounts linked to reported accounts, objects or contents, best first, with reasons.",
    caveat="A high rank says that an account does what the seeds do, not that it belongs to them.",
    needs=("load",),
)
def expansion(
    case: Any,
    *,
    seeds: Sequence[str] = (),
    relations: Sequence[str] = (),
    window: str | float | None = None,
    hops: int = 1,
    rank: str = "surprise",
    limit: int = 100,
) -> View:
    found = case.expand(seeds, relations or None, window, hops=hops, rank=rank, limit=limit)
    used = {name for names in found.newcomers["relations"] for name in str(names).split(",")}
    identifiers = used & set(FAMILIES)
    over, looked = int(found.newcomers["accepted"].sum()), found.touched
    lead = (
        f"{over:,} of the {plural(len(found.newcomers), 'account')} listed {'is' if over == 1 else 'are'} linked to the seeds "
        "more often than chance explains."
        if len(found.newcomers)
        else "No other account matches the seeds."
    )
    if len(looked):
        lead += (
            f"\n\nTo find them, {int(looked['rows_touched'].sum()):,} actions on what the seeds acted on were compared; "
            f"the data holds {int(looked['rows_all'].max()):,}."
        )
    table = named(case, found.newcomers)
    columns = ["rank", "account_id", "handle", "accepted", "n_acts", "expected", "q", "n_seeds", "reason"]
    columns += ["hop"] if hops > 1 else []
    return View(
        name="expansion",
        title="Accounts linked to the seeds",
        question="Who else does what the reported accounts do?",
        lead=lead,
        facts=(
            ("Seeds", len(found.seeds)),
            ("Accounts listed", len(found.newcomers)),
            ("Over the threshold", over),
        ),
        table=table[[c for c in columns if c in table]] if len(table) else None,
        how_to_read="Matching posts: posts of the account that match a seed. Expected: what they would be if it had nothing to do with the seeds. "
        "The reason names the objects; `case.expand(...).evidence(...)` shows the rows.",
        labels={
            "rank": "Rank",
            "account_id": "Account",
            "handle": "Handle",
            "accepted": "Over the threshold",
            "n_acts": "Matching posts",
            "expected": "Expected by chance",
            "q": "q",
            "n_seeds": "Seeds matched",
            "reason": "Why",
            "hop": "Hop",
        },
        caveats=(
            "Where the seeds are innocent, or stand in a crowd with one interest, their fellows come up first.",
            "Accounts with too few posts cannot pass the threshold; absence from this list clears nobody.",
            *(("One shared identifier never passes the threshold: judge it by what it is.",) if identifiers else ()),
            *found.notes,
        ),
        max_rows=30,
    )


def _windows(case: Any) -> list[float]:
    """Half the case's window to ten times, as far as the clock can carry them."""
    least = 2 * case.resolution_s
    return sorted({s for s in (case.settings.window_s * f for f in (0.5, 1, 2, 5, 10)) if s >= least})


@view(
    title="Windows",
    summary="Counts links, unusual links and accounts under several windows.",
    caveat="A wider window links more by chance too: compare the unusual links, and whether new accounts come in.",
    needs=("score",),
)
def windows(case: Any, *, windows: Sequence[str | float] = ()) -> View:
    try:
        table = case.across(list(windows) or _windows(case))
    except InputError:
        if any(RELATIONS.get(name).is_co_action for name in case.settings.relations):
            raise
        table = pd.DataFrame()
    inside = set(case.communities["account_id"]) if "account_id" in case.communities else set()
    rows, before = [], set[str]()
    for window_s, part in table.groupby("window_s") if len(table) else ():
        unusual = part[part["unusual"]]
        accounts = {*unusual["account_a"], *unusual["account_b"]}
        by = unusual["relation"].map(title).value_counts().sort_index()
        rows.append(
            (
                say(float(window_s)),
                len(part),
                len(unusual),
                len(accounts),
                len(accounts & inside),
                len(accounts - before),
                ", ".join(f"{name} {n:,}" for name, n in by.items()),
            )
        )
        before |= accounts
    columns = ["window", "n_edges", "n_unusual", "n_accounts", "n_in_groups", "n_new", "by_relation"]
    shown = pd.DataFrame(rows, columns=columns)
    least = case.settings.min_shared
    return View(
        name="windows",
        title="Other windows",
        question="Do more accounts come in when the window is wider?",
        lead=(
            f"Unusual pairs go from {shown['n_unusual'].iloc[0]:,} at {shown['window'].iloc[0]} to {shown['n_unusual'].iloc[-1]:,} at "
            f"{shown['window'].iloc[-1]}; accounts from {shown['n_accounts'].iloc[0]:,} to {shown['n_accounts'].iloc[-1]:,}."
            if len(shown)
            else "No relation of this case has a window, or no pair acted together within any."
        ),
        table=shown if len(shown) else None,
        how_to_read=f"Pairs: two accounts with at least {least} objects in common within the window, counted once per relation. "
        "New: accounts with an unusual pair here and under no narrower window.",
        labels={
            "window": "Window",
            "n_edges": "Pairs",
            "n_unusual": "Unusual pairs",
            "n_accounts": "Accounts in them",
            "n_in_groups": "of these in a group",
            "n_new": "New",
            "by_relation": "Unusual pairs by relation",
        },
        caveats=(
            "All windows are tested together, and relations without a window are left out: the counts may differ from those of the report.",
            "A wider window links more by chance too: see whether the accounts change, not how many pairs there are.",
        ),
        max_rows=40,
    )


@view(
    title="Variants",
    summary="Shows versions of a text or picture in the order in which they appeared, with what was changed.",
    caveat="The first version here is the first in the data; the origin may lie outside.",
    needs=("load",),
)
def variants(case: Any, *, kind: str = "text", copies: bool = False, own: bool = False) -> View:
    bounds: dict[str, Any] = {} if copies else {"most": 0.999} if kind == "text" else {"least": 1}
    found = case.variants(kind, **bounds)
    nearest = found[found["link"] == "nearest"]
    same = nearest["account_a"] == nearest["account_b"]
    nearest = nearest if own else nearest[~same]
    size = nearest["family"].map(nearest["family"].value_counts())
    table = nearest.assign(n=size).sort_values(
        ["n", "family", "at_b", "content_b"], ascending=[False, True, True, True]
    )
    noun, close = ("text", "similarity") if kind == "text" else ("picture", "distance")
    columns = [
        "account_a",
        "at_a",
        "account_b",
        "at_b",
        "lag_s",
        close,
        "change" if kind == "text" else "object_b",
        "content_a",
        "content_b",
    ]
    table = table[columns].assign(**{close: table[close].astype(float).round(3)}).reset_index(drop=True)
    changed = "" if copies else "changed "
    whose = "" if own else " by another account"
    lead = (
        f"{plural(len(table), 'post')} {'carries' if len(table) == 1 else 'carry'} a {changed}version of an earlier {noun}{whose}, "
        f"in {plural(nearest['family'].nunique(), 'family') if nearest['family'].nunique() == 1 else format(nearest['family'].nunique(), ',') + ' families'}."
        if len(table)
        else f"No post carries a {changed}version of an earlier {noun}{whose}."
    )
    return View(
        name="variants",
        title=f"Versions of a {noun}",
        question=f"Who had a {noun} first, and how was it changed on the way?",
        lead=lead,
        table=table if len(table) else None,
        how_to_read="Each row is a post and the earlier post nearest to it; large families first. "
        + (
            "[-was taken out-] and {+was put in+}. Similarity is 1 for the same words."
            if kind == "text"
            else "Distance: bits in which the two hashes differ."
        ),
        labels={
            "account_a": "Earlier account",
            "at_a": "Earlier post (UTC)",
            "account_b": "Later account",
            "at_b": "Later post (UTC)",
            "lag_s": "Time between (s)",
            "similarity": "Similarity",
            "distance": "Distance",
            "change": "Change",
            "object_b": "Hash",
            "content_a": "Earlier post",
            "content_b": "Later post",
        },
        caveats=(
            "The first version is the first in these data; the nearest earlier one need not be the one that was copied.",
            "Short posts and set phrases resemble each other by themselves.",
            *(() if copies else ("Exact copies are left out; `copies=True` brings them in.",)),
            *(
                ()
                if own or not same.any()
                else (
                    f"{int(same.sum()):,} versions of an account's own earlier {noun} are left out; `own=True` brings them in.",
                )
            ),
            *found.attrs.get("notes", ()),
        ),
        max_rows=15,
    )


@view(
    title="Capped identifiers",
    summary="Lists identifiers that link nobody because too many accounts carry them.",
    caveat="An agency's pixel looks like this, and so does a large operation.",
    needs=("load",),
)
def capped(case: Any) -> View:
    held = object_types(case.connection())
    types = sorted(held & {name for names in FAMILIES.values() for name in names})
    found = case.capped() if types else pd.DataFrame()
    if not types:
        lead = "The data holds no identifiers (payments, contacts, devices, sites' infrastructure)."
    elif found.empty:
        lead = f"Every identifier that two or more accounts share may link them. The data holds: {listed(types, 20)}."
    else:
        lead = (
            f"{plural(len(found), 'identifier')} {'is' if len(found) == 1 else 'are'} too common to link anybody; together they would have "
            f"linked {int(found['n_edges'].sum()):,} pairs of accounts."
        )
    table = found.assign(relation=found["relation"].map(title)) if len(found) else None
    columns = ["relation", "object_type", "object_id", "degree", "n_rows", "n_edges", "capped"]
    return View(
        name="capped",
        title="Identifiers too common to link",
        question="Which identifiers were held back, and why?",
        lead=lead,
        table=None if table is None else table[columns],
        how_to_read="Pairs: what the identifier would have linked. It links none, and its carriers may still be linked otherwise.",
        labels={
            "relation": "Relation",
            "object_type": "Type",
            "object_id": "Identifier",
            "degree": "Accounts",
            "n_rows": "Rows",
            "n_edges": "Pairs",
            "capped": "Why",
        },
        caveats=(
            "An agency, a host or a shared service is the usual reason; a large operation with one pixel looks the same.",
        ),
        max_rows=25,
    )
