"""Evidence beside the timing of a group: identifiers, what its accounts have in common, the group against shuffled actions."""

from __future__ import annotations

import duckdb
import pandas as pd

from .explanations import Group
from .findings import Evidence
from .relations import RELATIONS, object_types
from .relations.identifier_groups import shared_inside
from .relations.identifiers import FAMILIES
from .scoring import benjamini_hochberg
from .signals import supports


def identifiers_inside(con: duckdb.DuckDBPyConnection, communities: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Identifiers that members of each community share, tested for each family of identifiers the data holds.

    Returns
    -------
    DataFrame
        community and the columns of `investigate.relations.identifier_groups.shared_inside`, with q adjusted over all
        communities and families. Empty where the communities were found by identifiers: they cannot support themselves.
    """
    timed = edges["relation"].map(lambda name: RELATIONS.get(name).is_co_action).any() if len(edges) else False
    held_types = object_types(con)
    families = {name: types for name, types in FAMILIES.items() if held_types & set(types)}
    parts = [
        shared_inside(con, part["account_id"], families=families).assign(community=number)
        for number, part in communities.groupby("community")
        if timed and families
    ]
    held = [part for part in parts if len(part)]
    if not held:
        return pd.DataFrame(
            columns=["community", "relation", "n_carrying", "n_identifiers", "n_linked", "expected", "q"]
        )
    table = pd.concat(held, ignore_index=True)
    return table.assign(q=benjamini_hochberg(table["p"].to_numpy(), len(table)))


def families(group: Group, identifiers: pd.DataFrame, signals: pd.DataFrame, fdr_q: float) -> set[str]:
    """Families of evidence beside timing: identifiers, or a sign of how accounts were made, that half of the members carry.

    Both more often than chance gives; for the signs see `investigate.signals.supports`.
    """
    strong = identifiers[(identifiers["q"] <= fdr_q) & (identifiers["n_linked"] >= len(group.members) / 2)]
    alone = [RELATIONS.get(name).never_alone for name in strong["relation"]]
    beside = set(supports(signals, len(group.members), fdr_q)["family"]) if len(signals) else set()
    return beside | ({"identifier"} if len(strong) and not all(alone) else set())


def beside_timing(
    number: int, identifiers: pd.DataFrame, significance: pd.DataFrame, signals: pd.DataFrame, fdr_q: float
) -> list[Evidence]:
    """Evidence of another kind: identifiers inside the group, its accounts, and the group against shuffled actions."""
    out = [
        Evidence(
            kind=str(row.relation),
            test="identifiers that two or more members share, against carrying drawn at random by degree",
            observed=float(row.n_identifiers),
            expected=float(row.expected),
            q=float(row.q),
            n=int(row.n_carrying),
            rows_ref=f"case.evidence(pair, '{row.relation}'), community {number}",
            family="identifier",
            note=f"n: members that carry such an identifier; {row.n_linked} of them share one",
        )
        for row in identifiers.itertuples()
        if row.n_identifiers
    ]
    unusual = signals[signals["q"] <= fdr_q] if len(signals) else signals
    out += [
        Evidence(
            kind=str(row.signal),
            test=f"{row.what}: the members against all other accounts",
            observed=float(row.observed),
            expected=float(row.expected),
            q=float(row.q),
            n=int(row.n),
            rows_ref=f"tables/account_signals.csv, community {number}",
            family=str(row.family),
            note=f"n: members that have it; {'' if row.counts else 'shown, and never counted towards a grade; '}{row.note}",
        )
        for row in unusual.itertuples()
        if row.family != "timing"
    ]
    return out + [
        Evidence(
            kind="permutation",
            test="posts that match another member's, against the objects of each hour dealt anew among everybody's actions",
            observed=float(row.n_acts),
            expected=float(row.expected),
            q=float(row.q),
            n=int(row.draws),
            rows_ref=f"case.significance(), community {number}",
            family="timing",
            note=f"n: draws; {row.own_share:.0%} of what was dealt is the members' own",
        )
        for row in significance.itertuples()
    ]
