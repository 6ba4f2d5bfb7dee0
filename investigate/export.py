"""Leaving the tool: edge tables and graphs in the formats other programs read.

Tables (.csv, .parquet, .arrow) are written straight from the case's tables, without a NetworkX graph in between.
"""

from __future__ import annotations

import io
import re
from collections.abc import Hashable, Iterable, Mapping
from math import isfinite, isnan, sqrt
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .errors import InputError, unknown
from .files import no_formula, replacing, write_text
from .graph import RelationGraph

TABLE_FORMATS = {
    ".csv": "CSV",
    ".parquet": "Parquet (DuckDB, polars, Spark, pandas)",
    ".arrow": "Arrow IPC file, uncompressed (polars, DuckDB, R, JavaScript; can be memory-mapped)",
}
GRAPH_FORMATS = {
    ".graphml": "GraphML (Gephi, yEd, igraph, NetworkX)",
    ".gexf": "GEXF (Gephi)",
}
EDGE_FORMATS = TABLE_FORMATS | GRAPH_FORMATS
KINDS = ("projected", "multi", "bipartite", "content")
# What GEXF and its readers keep for themselves: data under these names moves aside to "name_".
RESERVED = ("id", "pid", "start", "end", "spells", "slices", "viz", "parents", "type")
PICTURE = 1000.0  # positions run from -1 to 1; Gephi's units are about the size of a node
COLOURS = ("#2b6cb0", "#c2571a", "#2a7d55", "#a0307a", "#6b46c1", "#80660a", "#0f7c88", "#b83232")
NO_COLOUR = "#8a93a0"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Positions = Mapping[str, tuple[float, float]]


def export(
    graph: RelationGraph, path: str | Path, *, kind: str = "multi", positions: Positions | None = None
) -> list[Path]:
    """Write a case's graph in the format of the path's suffix.

    Parameters
    ----------
    graph : RelationGraph
        From `Case.graph`.
    path : str or Path
        .graphml and .gexf give one file. .csv, .parquet and .arrow give two: the edges in the file named, and the
        nodes beside it in ``NAME.nodes.SUFFIX``; see `tables`.
    kind : str
        "projected", "multi", "bipartite" or "content", as in `RelationGraph.to_networkx`.
    positions : mapping of str to (x, y), optional
        Where nodes are drawn, in [-1, 1], y up. Nodes that are not in it are written without a place; names that are
        not in the graph are passed over.

    Returns
    -------
    list of Path
        The files, each written whole or not at all.

    Raises
    ------
    InputError
        The suffix is not one of `EDGE_FORMATS`, or a position is not finite.
    """
    path = Path(path)
    check_format(path)
    if kind not in KINDS:
        raise unknown("kind of graph", kind, KINDS)
    places = _checked(positions)
    if path.suffix.lower() in GRAPH_FORMATS:
        return [write_graph(graph.to_networkx(kind), path, places)]
    nodes, edges = tables(graph, kind)
    if places:
        at = nodes["node"].map(places)
        nodes = nodes.assign(x=at.str[0].astype(float), y=at.str[1].astype(float))
    beside = path.with_name(f"{path.stem}.nodes{path.suffix}")
    return [write_table(edges, path), write_table(nodes, beside)]


def tables(graph: RelationGraph, kind: str = "multi") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same graph as `RelationGraph.to_networkx(kind)`, as two tables: fit for millions of edges.

    Returns
    -------
    nodes : DataFrame
        node (the identifier), kind, label, and for accounts community, role, component, n_content; sorted by node,
        accounts first.
    edges : DataFrame
        source, target and the attributes of the edge; times are timestamps.
    """
    if kind not in KINDS:
        raise unknown("kind of graph", kind, KINDS)
    accounts = graph.accounts.rename(columns={"account_id": "node"}).sort_values("node", ignore_index=True)
    accounts.insert(1, "kind", "account")
    if kind in ("projected", "multi"):
        ends = {"account_a": "source", "account_b": "target"}
        e = graph.edges.sort_values(["account_a", "account_b", "relation"], ignore_index=True).rename(columns=ends)
        if kind == "multi":
            return accounts, _first(e, "source", "target", "relation")
        return accounts, _projected(e)
    acts = graph.actions
    objects = acts["object_type"] + ":" + acts["object_id"]
    others = pd.DataFrame({"node": objects, "kind": "object", "label": acts["object_id"]})
    if kind == "bipartite":
        e = acts.assign(target=objects).groupby(["account_id", "target"], as_index=False)
        e = e.agg(weight=("content_id", "nunique"), first_at=("acted_at", "min"), last_at=("acted_at", "max"))
        edges = e.rename(columns={"account_id": "source"})
    else:
        acts = acts.sort_values(["acted_at", "content_id", "object_id"])
        contents = "content:" + acts["content_id"]
        others = pd.concat([others, pd.DataFrame({"node": contents, "kind": "content", "label": acts["content_id"]})])
        one = {"source": acts["account_id"], "target": contents, "relation": "published", "at": acts["acted_at"]}
        two = {"source": contents, "target": objects, "relation": acts["object_type"], "at": acts["acted_at"]}
        edges = pd.concat([pd.DataFrame(one), pd.DataFrame(two)])
        edges = edges.drop_duplicates(["source", "target"], keep="last")
        edges = edges.sort_values(["source", "target"], ignore_index=True)
    others = others.drop_duplicates("node").sort_values("node")
    return pd.concat([accounts, others], ignore_index=True), edges


def write_edges(table: pd.DataFrame, path: str | Path) -> Path:
    """Write an edge table in the format of the path's suffix: .csv, .parquet, .arrow, .graphml or .gexf.

    Parameters
    ----------
    table : DataFrame
        At least `account_a` and `account_b`; every other column becomes an attribute of the edge.

    Returns
    -------
    Path
        The file, written whole or not at all.

    Raises
    ------
    InputError
        The suffix is not one of `EDGE_FORMATS`.
    """
    path = Path(path)
    check_format(path)
    if path.suffix.lower() in GRAPH_FORMATS:
        return write_graph(edge_graph(table), path)
    return write_table(table, path)


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as .csv, .parquet or .arrow; the same table gives the same bytes.

    Notes
    -----
    In CSV, a text that a spreadsheet would run as a formula gets an apostrophe in front: identifiers that begin with
    `=`, `+`, `-`, `@` or a tab differ from the data by that, but for plain numbers and handles. The other formats hold
    them unchanged.
    """
    suffix = path.suffix.lower()
    with replacing(path) as temporary:
        if suffix == ".csv":
            guarded = table.apply(lambda column: column.map(no_formula) if _is_text(column) else column)
            with temporary.open("w", encoding="utf-8", errors="replace", newline="") as file:
                guarded.to_csv(file, index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S.%fZ")
            return path
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        if suffix == ".parquet":
            pq.write_table(arrow, temporary, compression="zstd")
        else:
            with pa.OSFile(str(temporary), "wb") as file, pa.ipc.new_file(file, arrow.schema) as writer:
                writer.write_table(arrow)
    return path


def check_format(path: str | Path) -> None:
    """InputError where edges cannot be written in the format of the path's suffix."""
    suffix = Path(path).suffix.lower()
    if suffix not in EDGE_FORMATS:
        raise InputError(
            f"edges cannot be written as '{suffix or Path(path).name}'",
            str(path),
            f"use one of {', '.join(EDGE_FORMATS)}",
        )


def edge_graph(table: pd.DataFrame) -> nx.MultiGraph | nx.Graph:
    """The edges as a graph: a simple one for one relation, a multigraph keyed by relation for several.

    Nodes are account identifiers; edges carry the other columns, and `weight`, which is `n_objects` where the table
    has no `weight` of its own.
    """
    several = "relation" in table and table["relation"].nunique() > 1
    graph = nx.MultiGraph() if several else nx.Graph()
    for row in table.sort_values(["account_a", "account_b"], kind="stable").to_dict("records"):
        a, b = str(row.pop("account_a")), str(row.pop("account_b"))
        if "n_objects" in row:
            row.setdefault("weight", row["n_objects"])
        if several:
            graph.add_edge(a, b, key=str(row["relation"]), **row)
        else:
            graph.add_edge(a, b, **row)
    return graph


def write_graph(graph: nx.Graph, path: str | Path, positions: Positions | None = None) -> Path:
    """Write a graph as GraphML or GEXF; the same graph gives the same bytes.

    Identifiers are text, times ISO 8601 in UTC; attributes without a value are left out; characters that XML
    cannot hold become U+FFFD, and where two identifiers become the same by that, the later gets "~2". An attribute
    with numbers and texts is written as text; a name in `RESERVED` gets an underscore behind it.

    In GraphML positions are the attributes `x` and `y`. In GEXF they are Gephi's own places; there every node also has
    a colour by its `community` and a size by its number of edges, and an edge with `first_at` and `last_at`, or with
    `at`, stands in Gephi's timeline.
    """
    path, places = Path(path), _checked(positions)
    suffix = path.suffix.lower()
    if suffix not in GRAPH_FORMATS:
        raise InputError(f"a graph cannot be written as '{path.suffix}'", str(path), "use .graphml or .gexf")
    plain = _plain_graph(graph, places, in_picture=suffix == ".gexf")
    buffer = io.BytesIO()
    if suffix == ".graphml":
        nx.write_graphml_xml(plain, buffer, encoding="utf-8", prettyprint=True, infer_numeric_types=True)
        return write_text(path, buffer.getvalue().decode("utf-8"))
    nx.write_gexf(plain, buffer, encoding="utf-8", prettyprint=True)
    # The writer stamps today's date; the same edges must give the same file.
    return write_text(path, re.sub(r' lastmodifieddate="[^"]*"', "", buffer.getvalue().decode("utf-8"), count=1))


def _projected(edges: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: weights added up, relations named, the smallest q."""
    names = sorted(set(edges["relation"]))
    # Each relation is one bit, so that a sum over the pair's edges says which relations it has.
    bits = edges["relation"].map({name: 1 << i for i, name in enumerate(names)}).astype("int64")
    keyed = edges.assign(bits=bits).groupby(["source", "target"], as_index=False)
    out = keyed.agg(weight=("weight", "sum"), bits=("bits", "sum"), q=("q", "min"))
    said = {b: ",".join(n for i, n in enumerate(names) if b >> i & 1) for b in set(out["bits"])}
    out.insert(3, "relations", out.pop("bits").map(said))
    return out


def _first(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return table[[*columns, *(c for c in table.columns if c not in columns)]]


def _is_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column))


def _checked(positions: Positions | None) -> dict[str, tuple[float, float]]:
    places = {str(node): (float(x), float(y)) for node, (x, y) in (positions or {}).items()}
    wrong = sorted(node for node, place in places.items() if not all(map(isfinite, place)))
    if wrong:
        raise InputError(f"{len(wrong)} positions are not finite, first '{wrong[0]}'", "positions", "leave them out")
    return places


def _plain_graph(graph: nx.Graph, places: Positions, in_picture: bool) -> nx.Graph:
    """A copy that both writers take and both readers give back."""
    out = graph.__class__()
    names = _names(graph.nodes)
    as_text = _mixed(data for _, data in graph.nodes(data=True))
    for node, data in graph.nodes(data=True):
        held = _plain(data, as_text)
        place = places.get(str(node))
        if in_picture:
            held["viz"] = _looks(int(data.get("community") or 0), graph.degree[node], place)
        elif place is not None:
            held |= {"x": place[0], "y": place[1]}
        out.add_node(names[node], **held)
    as_text = _mixed(data for _, _, data in graph.edges(data=True))
    rows = graph.edges(keys=True, data=True) if graph.is_multigraph() else graph.edges(data=True)
    for a, b, *key, data in rows:
        held = _plain(data, as_text)
        if in_picture:
            start, end = (held.get(name, held.get("at")) for name in ("first_at", "last_at"))
            held |= {"start": start, "end": end} if start and end else {}
        out.add_edge(names[a], names[b], **({"key": _xml(str(key[0]))} if key else {}), **held)
    return out


def _names(nodes: Iterable[Hashable]) -> dict[Hashable, str]:
    """A name that XML can hold for each node, no two alike."""
    out: dict[Hashable, str] = {}
    taken: set[str] = set()
    held = list(nodes)
    # Names that stay as they are come first, so that only a changed one can get a number.
    for node in sorted(held, key=lambda n: _xml(str(n)) != str(n)):
        name, number = _xml(str(node)), 1
        while (tried := name if number == 1 else f"{name}~{number}") in taken:
            number += 1
        taken.add(tried)
        out[node] = tried
    return out


def _looks(community: int, degree: int, place: tuple[float, float] | None) -> dict[str, Any]:
    """Size, colour and place as GEXF's viz module has them."""
    colour = COLOURS[(community - 1) % len(COLOURS)] if community > 0 else NO_COLOUR
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    out: dict[str, Any] = {
        "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        "size": round(4 + 2 * sqrt(degree), 2),  # the area grows with the number of edges
    }
    if place is not None:
        out["position"] = {"x": round(place[0] * PICTURE, 3), "y": round(place[1] * PICTURE, 3), "z": 0.0}
    return out


def _mixed(rows: Iterable[dict[Any, Any]]) -> dict[str, type]:
    """What an attribute's values are cast to where they are not all of one type: a reader knows one type per name."""
    found: dict[str, set[type]] = {}
    for data in rows:
        for name, value in data.items():
            if not _missing(value):
                found.setdefault(str(name), set()).add(type(_value(value)))
    return {name: float if types == {int, float} else str for name, types in found.items() if len(types) > 1}


def _plain(attributes: dict[Any, Any], cast: dict[str, type]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, raw in attributes.items():
        if not _missing(raw):
            value, name = _value(raw), _xml(str(key))
            out[f"{name}_" if name in RESERVED else name] = cast[str(key)](value) if str(key) in cast else value
    return out


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and isnan(value))


def _value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    return value if isinstance(value, (bool, int, float)) else _xml(str(value))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
