"""Whether a second family of identifiers comes together inside a network more often than strangers would have it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ._ads_ties import Network, together

STRONG = 1.0
"""Strength of what can belong to one person only: payment instruments, bank accounts, devices."""


@dataclass(frozen=True)
class Second:
    """A family that did not find the network, held against it.

    Attributes
    ----------
    found_by, family : str
        The family that found the pages, and the one that is tested on them.
    n_found : int
        Pages that the first family keeps together.
    object_type, object_id : str
        The identifier of the second family with the smallest chance.
    n_inside, expected : int, float
        How many of these pages carry it, and how many would if its carriers were drawn at random.
    p : float
        Chance of so many, times the identifiers looked at; 1 where only these pages carry such identifiers at all.
    strong : bool
        An identifier of the second family that one person only can hold is shared.
    """

    found_by: str
    family: str
    n_found: int
    object_type: str
    object_id: str
    n_inside: int
    expected: float
    p: float
    strong: bool


def second_family(network: Network, table: pd.DataFrame) -> Second | None:
    """The best witness of another family than the one that finds the network; None where there is no other.

    Notes
    -----
    The pages are those that the widest family keeps together, found without the family that is tested. An identifier
    with d carriers draws them from the N accounts that carry any identifier of its type; k of the K pages among these are
    hit or more with the hypergeometric tail. The smallest tail is multiplied by the number of identifiers looked at
    (Bonferroni). It misleads in an export that holds the suspects alone: then there is nobody to compare with, and p is 1.
    """
    best = None
    if len(network.families) < 2:
        return None
    first = network.families[0]
    ties = table[table["held_back"] == ""]
    pages = together(ties[ties["account_id"].isin(network.pages) & (ties["degree"] >= 2)], first)
    for family in network.families[1:]:
        witness = _witness(first, family, pages, ties)
        if witness and (best is None or witness.p < best.p):
            best = witness
    return best


def _witness(first: str, family: str, pages: set[str], ties: pd.DataFrame) -> Second | None:
    from scipy.stats import hypergeom

    own = ties[ties["family"] == family]
    inside = own[own["account_id"].isin(pages)]
    shared = inside[inside["degree"] >= 2].groupby(["object_type", "object_id", "degree", "strength"], sort=True)
    counts = shared.size().rename("k").reset_index()
    counts = counts[counts["k"] >= 2]
    if counts.empty:
        return None
    everyone = own.groupby("object_type")["account_id"].nunique()
    within = inside.groupby("object_type")["account_id"].nunique()
    n, k = counts["object_type"].map(everyone), counts["object_type"].map(within)
    tested = own[own["degree"] >= 2][["object_type", "object_id"]].drop_duplicates().shape[0]
    counts["p"] = (hypergeom.sf(counts["k"] - 1, n, k, counts["degree"]) * tested).clip(max=1.0)
    counts["expected"] = counts["degree"] * k / n
    top = counts.sort_values(["p", "k", "object_type", "object_id"], ascending=[True, False, True, True]).iloc[0]
    return Second(
        first,
        family,
        len(pages),
        str(top["object_type"]),
        str(top["object_id"]),
        int(top["k"]),
        float(top["expected"]),
        float(top["p"]),
        bool((counts["strength"] >= STRONG).any()),
    )
