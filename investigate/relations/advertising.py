"""Pages, their ads, where the ads lead and who pays: one graph of several kinds of nodes, as plain NetworkX.

Pages that never co-act hang together through a landing domain or a payer. What everybody uses (a platform, a host, an
agency that pays for hundreds) stays in the graph, is marked, and connects nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from ..errors import InputError
from ..store import frame
from .identifiers import MAX_IDENTIFIER_DEGREE, _held

if TYPE_CHECKING:
    import networkx as nx

EDGE_KINDS: dict[str, str] = {
    "landing_domain": "leads_to",
    "profile": "leads_to",
    "payer": "paid_by",
    "payment": "paid_by",
    "audience": "aimed_by",
}
"""Type of identifier -> the kind of the edge from an ad to it; any other type: `carries`."""


def advertising_graph(
    con: duckdb.DuckDBPyConnection,
    types: Sequence[str] = ("landing_domain", "payer"),
    *,
    max_degree: int = MAX_IDENTIFIER_DEGREE,
) -> nx.DiGraph:
    """The graph page -> ad -> landing domain, payer, ... of all ads.

    Parameters
    ----------
    types : sequence of str
        Types of identifiers to hang on the ads; see `investigate.objects.IDENTIFIERS`.
    max_degree : int
        Identifiers that more pages carry, and known shared services, are marked `capped`.

    Returns
    -------
    networkx.DiGraph
        Nodes 'page:...', 'ad:...', '<type>:...' with `kind`, `label`, and for identifiers `degree` (pages that carry it)
        and `capped` (the reason, or ""). Edges with `kind` ('publishes', 'leads_to', 'paid_by', 'aimed_by',
        'carries'), `n_rows`, `rows` (numbers of the rows behind it, as text, separated by commas), `first_at`, `last_at` (ISO
        8601, UTC). An ad is a content of type 'ad', or any content with such an identifier where none says so.

    Raises
    ------
    InputError
        The data hold no ad.

    Notes
    -----
    A path says that two pages led to one place, not that one hand placed both ads: resellers, petitions and shops are led
    to by strangers. Degrees count the pages of these data only.
    """
    import networkx as nx

    held = _held(types, max_degree)
    ads = frame(
        con,
        f"""
        with carrying as (select distinct content_id from actions where object_type in ({_quoted(types)})),
        said as (select count(*) as n from content where content_type = 'ad')
        select account_id, content_id, created_at, source_row from content, said
        where case when said.n > 0 then content_type = 'ad' else content_id in (select content_id from carrying) end
        order by account_id, content_id""",
    )
    if ads.empty:
        raise InputError(
            "the data hold no ads", "content", f"map content_type, or one of {', '.join(types)}, to columns of the file"
        )
    con.register("ad_rows", ads[["content_id"]])
    try:
        named = frame(
            con,
            f"""
            with {held}
            select a.account_id, a.content_id, a.object_type, a.object_id, d.degree, d.capped, a.acted_at, a.source_row
            from actions a semi join ad_rows using (content_id) join degree d using (object_type, object_id)
            order by a.object_type, a.object_id, a.content_id""",
        )
    finally:
        con.unregister("ad_rows")
    graph = nx.DiGraph()
    for page in sorted(set(ads["account_id"]), key=str.encode):
        graph.add_node(f"page:{page}", kind="page", label=page)
    for row in ads.itertuples(index=False):
        graph.add_node(f"ad:{row.content_id}", kind="ad", label=row.content_id)
        _connect(graph, f"page:{row.account_id}", f"ad:{row.content_id}", "publishes", row.source_row, row.created_at)
    for row in named.itertuples(index=False):
        node = f"{row.object_type}:{row.object_id}"
        graph.add_node(node, kind=row.object_type, label=row.object_id, degree=int(row.degree), capped=row.capped)
        kind = EDGE_KINDS.get(row.object_type, "carries")
        _connect(graph, f"ad:{row.content_id}", node, kind, row.source_row, row.acted_at)
    return graph


def _quoted(types: Sequence[str]) -> str:
    return ", ".join(f"'{t}'" for t in types)


def _connect(graph: nx.DiGraph, source: str, target: str, kind: str, row: int, at: pd.Timestamp) -> None:
    moment = at.isoformat()
    if graph.has_edge(source, target):
        edge = graph.edges[source, target]
        edge["n_rows"] += 1
        edge["rows"] += f",{row}"
        edge["first_at"], edge["last_at"] = min(edge["first_at"], moment), max(edge["last_at"], moment)
    else:
        graph.add_edge(source, target, kind=kind, n_rows=1, rows=str(row), first_at=moment, last_at=moment)


def advertisers(graph: nx.DiGraph) -> pd.DataFrame:
    """The pages that hang together without what is capped.

    Returns
    -------
    DataFrame
        component (numbered by size, then by first page), page, n_pages, n_ads (of the page), through (identifiers that
        more than one page of the component carries, separated by '; '); pages that hang together with no other are left
        out.
    """
    import networkx as nx

    plain = graph.subgraph(n for n, data in graph.nodes(data=True) if not data.get("capped"))
    found = []
    for nodes in nx.weakly_connected_components(plain):
        pages = sorted((n for n in nodes if graph.nodes[n]["kind"] == "page"), key=str.encode)
        if len(pages) > 1:
            shared = [n for n in nodes if graph.nodes[n]["kind"] not in ("page", "ad") and _pages(graph, n) > 1]
            found.append((pages, "; ".join(sorted(shared, key=str.encode))))
    found.sort(key=lambda item: (-len(item[0]), item[0][0].encode()))
    rows = [
        (number, graph.nodes[page]["label"], len(pages), graph.out_degree(page), through)
        for number, (pages, through) in enumerate(found, 1)
        for page in pages
    ]
    return pd.DataFrame(rows, columns=["component", "page", "n_pages", "n_ads", "through"])


def _pages(graph: nx.DiGraph, node: str) -> int:
    return len({page for ad in graph.predecessors(node) for page in graph.predecessors(ad)})
