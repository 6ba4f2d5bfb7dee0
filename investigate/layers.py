"""Layers: edges of several relations seen together, one row of evidence kept per layer, and which layers hold a group.

Nothing is added up across layers as if they were independent: co-domain repeats co-URL, one post with a link and a tag
makes two layers of one act. `families` counts the kinds of evidence (see `Relation.family`), which is the safer number.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .errors import InputError
from .relations import RELATIONS

PAIR_COLUMNS: dict[str, str] = {
    "account_a": "the account whose identifier sorts first",
    "account_b": "the other account",
    "n_layers": "relations that link the two",
    "layers": "their names, sorted, joined by commas",
    "n_families": "families of evidence among them: timing, content, persona, identifier, network",
    "n_objects": "distinct objects summed over the layers; a link and its site count twice",
    "n_acts": "contents with a match in the layer with the most: never a sum, one content may be in several layers",
    "best_layer": "the layer with the smallest q; the first by name where several are level",
    "min_q": "its q, already adjusted over all relations",
    "first_at": "first action in any layer, UTC",
    "last_at": "last action in any layer, UTC",
}

LAYER_COLUMNS: dict[str, str] = {
    "community": "number of the community",
    "relation": "the layer",
    "family": "its family of evidence",
    "n_members": "members of the community",
    "n_edges": "edges between members in this layer",
    "n_accounts": "members with an edge in this layer",
    "share_covered": "n_accounts / n_members",
    "density": "n_edges / pairs of members",
    "n_components": "connected parts of the community by this layer alone, lone members counted",
    "share_connected": "share of members in the largest of these parts",
    "connected_alone": "whether this layer alone connects all members",
    "connected_without": "whether the other layers connect all members without it; false where they never did with it",
    "share_without": "share of members in the largest part without this layer",
    "n_only_here": "pairs of members linked by this layer and by no other",
    "holds": "what the layer does for the community: 'only layer', 'needed', 'repeats others' or 'one of several'",
}


def fuse(edges: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of accounts over all relations; the table of edges keeps the evidence of each layer.

    Parameters
    ----------
    edges : DataFrame
        relation, account_a, account_b, n_objects, first_at, last_at, and q and n_acts after scoring; one row per pair and
        relation.

    Returns
    -------
    DataFrame
        `PAIR_COLUMNS`, by pair; min_q and best_layer are empty where the edges are not scored.

    Raises
    ------
    InputError
        A pair stands twice in one relation, or columns are missing.

    Notes
    -----
    `min_q` needs no further correction over layers where q was adjusted over all of them, as `investigate.scoring` does. Two
    layers are no two witnesses when one act makes both: read `n_families` before `n_layers`.
    """
    _check(edges)
    names = sorted(edges["relation"].unique())
    families = _families(edges["relation"])
    rows = edges.assign(
        q=edges.get("q", np.nan),
        n_acts=edges.get("n_acts", edges["n_objects"]),
        bit=edges["relation"].map({name: 1 << i for i, name in enumerate(names)}).astype("int64"),
    ).sort_values(["account_a", "account_b", "relation"], ignore_index=True)
    by = rows.groupby(["account_a", "account_b"], sort=True)
    table = by.agg(
        n_layers=("relation", "size"),
        mask=("bit", "sum"),
        n_objects=("n_objects", "sum"),
        n_acts=("n_acts", "max"),
        min_q=("q", "min"),
        first_at=("first_at", "min"),
        last_at=("last_at", "max"),
    ).reset_index()
    held = {m: [name for i, name in enumerate(names) if m >> i & 1] for m in table["mask"].unique().tolist()}
    table["layers"] = table["mask"].map({m: ",".join(layers) for m, layers in held.items()})
    table["n_families"] = table["mask"].map({m: len({families[n] for n in layers}) for m, layers in held.items()})
    best = rows.sort_values(["account_a", "account_b", "q", "relation"], kind="stable")
    best = best.drop_duplicates(["account_a", "account_b"])["relation"].to_numpy()
    table["best_layer"] = np.where(table["min_q"].notna(), best, "") if len(table) else []
    return table[list(PAIR_COLUMNS)]


def community_layers(communities: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Which layers hold each community together.

    Parameters
    ----------
    communities : DataFrame
        community, account_id.
    edges : DataFrame
        relation, account_a, account_b; the edges that may hold a community: give the unusual ones, unless every chance
        meeting should count.

    Returns
    -------
    DataFrame
        `LAYER_COLUMNS`, one row per community and relation found inside it; a community without any edge has none.

    Notes
    -----
    "only layer": there is no other. "needed": without it members fall away that all layers together connect. "repeats
    others": every pair it links is linked by another layer too. "one of several": none of these. To be connected is a low bar:
    one edge too many keeps a group in one piece, so read `density` and `share_covered` beside it. Peripheral members, who
    come in by the group test and may have no unusual edge, make whole communities look unconnected: see `share_connected`.
    """
    rows = []
    families = _families(edges["relation"])
    for number, part in communities.groupby("community", sort=True):
        names = np.sort(part["account_id"].unique())
        inside = edges[edges["account_a"].isin(names) & edges["account_b"].isin(names)]
        a = np.searchsorted(names, inside["account_a"].to_numpy())
        b = np.searchsorted(names, inside["account_b"].to_numpy())
        relation = inside["relation"].to_numpy()
        pair = a * len(names) + b
        _, whole = _parts(a, b, len(names))
        for layer in np.unique(relation):
            here = relation == layer
            n_parts, largest = _parts(a[here], b[here], len(names))
            _, without = _parts(a[~here], b[~here], len(names))
            only = np.setdiff1d(pair[here], pair[~here])
            n_pairs = len(names) * (len(names) - 1) / 2
            rows.append(
                {
                    "community": number,
                    "relation": layer,
                    "family": families[layer],
                    "n_members": len(names),
                    "n_edges": int(here.sum()),
                    "n_accounts": len(np.union1d(a[here], b[here])),
                    "share_covered": len(np.union1d(a[here], b[here])) / len(names),
                    "density": here.sum() / n_pairs,
                    "n_components": n_parts,
                    "share_connected": largest / len(names),
                    "connected_alone": largest == len(names),
                    "connected_without": without == len(names),
                    "share_without": without / len(names),
                    "n_only_here": len(only),
                    "holds": _role(bool(here.all()), without < whole, len(only)),
                }
            )
    return pd.DataFrame(rows, columns=list(LAYER_COLUMNS))


def held_by(layers: pd.DataFrame) -> pd.Series:
    """One sentence per community on what holds it together, by community; from the table of `community_layers`."""
    out = {}
    for number, part in layers.groupby("community", sort=True):
        ordered = part.sort_values(["share_connected", "n_edges", "relation"], ascending=[False, False, True])
        clauses = [
            f"{row.relation} links {row.n_accounts:,} of {row.n_members:,} members by {row.n_edges:,} "
            f"edge{'' if row.n_edges == 1 else 's'} ({row.holds})"
            for row in ordered.itertuples()
        ]
        out[number] = "; ".join(clauses)
    return pd.Series(out, dtype="str", name="held_by")


def _role(only_layer: bool, falls_apart: bool, only_here: int) -> str:
    if only_layer:
        return "only layer"
    if falls_apart:
        return "needed"
    return "one of several" if only_here else "repeats others"


def _parts(a: np.ndarray, b: np.ndarray, n: int) -> tuple[int, int]:
    """Connected parts of n accounts, and the size of the largest."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    count, labels = connected_components(graph, directed=False)
    return int(count), int(np.bincount(labels).max(initial=0))


def _families(relations: pd.Series) -> Mapping[str, str]:
    """The family of each relation; one that is not registered is a family of its own."""
    return {name: RELATIONS.get(name).family if name in RELATIONS else name for name in relations.unique()}


def _check(edges: pd.DataFrame) -> None:
    missing = [c for c in ("relation", "account_a", "account_b", "n_objects", "first_at", "last_at") if c not in edges]
    if missing:
        raise InputError(f"the edges lack {', '.join(missing)}", "parameter edges", "give the table of Case.relate")
    twice = edges.duplicated(["relation", "account_a", "account_b"])
    if twice.any():
        row = edges[twice].iloc[0]
        raise InputError(
            f"{int(twice.sum()):,} pairs stand twice in one relation, first {row['account_a']!r} and {row['account_b']!r} in "
            f"{row['relation']}",
            "parameter edges",
            "give one row per pair and relation; several windows are several tables",
        )
