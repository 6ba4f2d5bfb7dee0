"""What ties pages together: shared identifiers with a cap, components, and what is left of them without bridges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import networkx as nx
import pandas as pd

from ..objects import IDENTIFIERS, service_sql
from ..store import frame

FAMILIES: dict[str, tuple[str, ...]] = {
    "payment and contact": ("payment", "bank_account", "wallet", "payer", "phone", "email", "business_id"),
    "site and tracking": (
        *("landing_domain", "profile", "pixel", "analytics", "ad_publisher", "verification", "certificate"),
        *("certificate_name", "audience", "app", "file_hash", "nameserver", "resource_domain"),
    ),
    "device and address": ("device", "ip", "ip_prefix", "user_agent"),
}
"""Families that are independent of each other. A site brings its pixel along, a payer his card: inside one family several
identifiers are one piece of evidence."""

FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
LEAST_STRENGTH = 0.5
"""Weaker types (an address, a name server, a client) never tie by themselves: strangers share them."""

SEVERAL = 0.5
"""Share of a network's pages that one family alone must keep together for it to count as tying the network."""


def carried(con: duckdb.DuckDBPyConnection, max_degree: int) -> pd.DataFrame:
    """Who carries which identifier, and why an identifier ties nobody.

    Returns
    -------
    DataFrame
        family, object_type, object_id, account_id, n_rows, n_content, first_at, last_at, degree (accounts that carry it),
        strength (0 to 1), weight (strength / log2(1 + degree)), held_back ('' where it may tie); identifiers that one
        account alone carries are there, and tie nothing.
    """
    types = ", ".join(f"'{t}'" for t in FAMILY_OF)
    table = frame(
        con,
        f"""
        with one as (
          select object_type, object_id, account_id, count(*) as n_rows, count(distinct content_id) as n_content,
                 make_timestamptz(min(at_us)) as first_at, make_timestamptz(max(at_us)) as last_at
          from action_us where object_type in ({types}) group by all)
        select *, count(*) over (partition by object_type, object_id) as degree,
               {service_sql()} as service from one order by object_type, object_id, account_id""",
    )
    table.insert(0, "family", table["object_type"].map(FAMILY_OF))
    table["strength"] = table["object_type"].map({t: IDENTIFIERS[t].value for t in FAMILY_OF}).astype(float)
    from numpy import log2

    table["weight"] = table["strength"] / log2(1 + table["degree"].astype(float))
    table["held_back"] = ""
    table.loc[table["strength"] < LEAST_STRENGTH, "held_back"] = "too weak to tie by itself"
    table.loc[table["degree"] > max_degree, "held_back"] = f"more than {max_degree} carriers"
    table.loc[table["service"].astype(bool), "held_back"] = "known shared service"
    return table.drop(columns="service")


@dataclass(frozen=True)
class Network:
    """Pages that hang together.

    Attributes
    ----------
    pages : tuple of str
        What stays together whichever single page or identifier is taken away; where nothing does, all that hang together.
    loose : tuple of str
        Pages that hang on by one identifier only: bridges were removed, and they fell off.
    robust : bool
        Whether `pages` holds without any single page or identifier.
    identifiers : DataFrame
        What the pages share: family, object_type, object_id, degree, n_inside, n_outside, n_rows, strength, weight.
    alone : dict of str to float
        Family -> share of the pages that it keeps together by itself.
    """

    number: int
    pages: tuple[str, ...]
    loose: tuple[str, ...]
    robust: bool
    identifiers: pd.DataFrame
    alone: dict[str, float]

    @property
    def families(self) -> list[str]:
        """Families that each keep the better part of the network together alone, the widest first."""
        held = [f for f, share in self.alone.items() if share >= SEVERAL]
        return sorted(held, key=lambda f: (-self.alone[f], f))


def networks(table: pd.DataFrame, *, least: int) -> list[Network]:
    """The networks of `least` pages or more, the largest first.

    Bridges: of each component the blocks are taken that no single page and no single identifier can cut in two (the
    biconnected components of the graph of pages and identifiers). Two networks that touch in one page, or in one shared
    host that slipped under the cap, come out as two. A component without such a block is kept as it is and marked.

    Notes
    -----
    References: Hopcroft and Tarjan (1973), Algorithm 447, doi:10.1145/362248.362272.
    """
    ties = table[(table["held_back"] == "") & (table["degree"] >= 2)]
    graph = _graph(ties)
    found: list[tuple[tuple[str, ...], tuple[str, ...], bool]] = []
    for nodes in nx.connected_components(graph):
        everyone = _pages(nodes)
        blocks = [_pages(b) for b in nx.biconnected_components(graph.subgraph(nodes))]
        blocks = sorted((b for b in blocks if len(b) >= max(least, 2)), key=lambda b: (-len(b), b))
        inside = {page for block in blocks for page in block}
        for place, block in enumerate(blocks):
            # What hangs on the component but on no block is named once, with the largest.
            found.append((block, tuple(p for p in everyone if p not in inside) if place == 0 else (), True))
        if not blocks and len(everyone) >= least:
            found.append((everyone, (), False))
    found.sort(key=lambda f: (not f[2], -len(f[0]), f[0]))
    return [
        Network(n, pages, loose, robust, inside_of(ties, pages), _alone(ties, pages))
        for n, (pages, loose, robust) in enumerate(found, 1)
    ]


def pairs_only(table: pd.DataFrame) -> int:
    """Components of exactly two pages: too few to be a network, and counted."""
    ties = table[(table["held_back"] == "") & (table["degree"] >= 2)]
    return sum(len(_pages(nodes)) == 2 for nodes in nx.connected_components(_graph(ties)))


def _graph(rows: pd.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_edges_from(
        (("page", account), ("identifier", kind, value))
        for kind, value, account in zip(rows["object_type"], rows["object_id"], rows["account_id"], strict=True)
    )
    return graph


def _pages(nodes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted((n[1] for n in nodes if n[0] == "page"), key=str.encode))


def inside_of(ties: pd.DataFrame, pages: Iterable[str]) -> pd.DataFrame:
    """The identifiers that two or more of the pages carry, the weightiest first."""
    keys = ["family", "object_type", "object_id", "degree", "strength", "weight"]
    held = ties[ties["account_id"].isin(set(pages))]
    out = held.groupby(keys, as_index=False, sort=True).agg(
        n_inside=("account_id", "size"),
        n_rows=("n_rows", "sum"),
        first_at=("first_at", "min"),
        last_at=("last_at", "max"),
    )
    out = out[out["n_inside"] >= 2]
    out.insert(4, "n_outside", out["degree"] - out["n_inside"])
    order = ["n_inside", "weight", "object_type", "object_id"]
    return out.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def _alone(ties: pd.DataFrame, pages: tuple[str, ...]) -> dict[str, float]:
    held = ties[ties["account_id"].isin(pages)]
    return {family: len(together(held, family)) / len(pages) for family in FAMILIES if (held["family"] == family).any()}


def together(held: pd.DataFrame, family: str) -> set[str]:
    """The most pages that the identifiers of one family keep together by themselves; none under two."""
    graph = _graph(held[held["family"] == family])
    best = max((_pages(nodes) for nodes in nx.connected_components(graph)), key=lambda p: (len(p), p), default=())
    return set(best) if len(best) >= 2 else set()
