"""Leaving the tool: edge tables and graphs in the formats other programs read."""

from __future__ import annotations

import io
import re
from math import isnan
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from .errors import InputError
from .files import no_formula, replacing, write_text

EDGE_FORMATS = {
    ".csv": "CSV",
    ".parquet": "Parquet",
    ".graphml": "GraphML (Gephi, yEd, igraph, NetworkX)",
    ".gexf": "GEXF (Gephi)",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_edges(table: pd.DataFrame, path: str | Path) -> Path:
    """Write an edge table in the format of the path's suffix: .csv, .parquet, .graphml or .gexf.

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

    Notes
    -----
    In CSV, a text that a spreadsheet would run as a formula gets an apostrophe in front: identifiers that begin with
    `=`, `+`, `-`, `@` or a tab differ from the data by that, but for plain numbers and handles. Parquet, GraphML and
    GEXF hold them unchanged.
    """
    path = Path(path)
    check_format(path)
    suffix = path.suffix.lower()
    if suffix in (".graphml", ".gexf"):
        return write_graph(edge_graph(table), path)
    if suffix == ".parquet":
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)
        return path
    guarded = table.apply(
        lambda column: column.map(no_formula) if not pd.api.types.is_numeric_dtype(column) else column
    )
    return write_text(path, guarded.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S.%fZ"))


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

    Nodes are account identifiers; edges carry the other columns, and `weight`, which is `n_objects`.
    """
    several = "relation" in table and table["relation"].nunique() > 1
    graph = nx.MultiGraph() if several else nx.Graph()
    for row in table.sort_values(["account_a", "account_b"], kind="stable").to_dict("records"):
        a, b = str(row.pop("account_a")), str(row.pop("account_b"))
        if "n_objects" in row:
            row["weight"] = row["n_objects"]
        if several:
            graph.add_edge(a, b, key=str(row["relation"]), **row)
        else:
            graph.add_edge(a, b, **row)
    return graph


def write_graph(graph: nx.Graph, path: str | Path) -> Path:
    """Write a graph as GraphML or GEXF; the same graph gives the same bytes.

    Identifiers are text, times ISO 8601 in UTC; attributes without a value are left out; characters that XML
    cannot hold become U+FFFD.
    """
    path = Path(path)
    plain = _plain_graph(graph)
    buffer = io.BytesIO()
    if path.suffix.lower() == ".graphml":
        nx.write_graphml_xml(plain, buffer, encoding="utf-8", prettyprint=True, infer_numeric_types=True)
        text = buffer.getvalue().decode("utf-8")
    elif path.suffix.lower() == ".gexf":
        nx.write_gexf(plain, buffer, encoding="utf-8", prettyprint=True)
        # The writer stamps today's date; the same edges must give the same file.
        text = re.sub(r' lastmodifieddate="[^"]*"', "", buffer.getvalue().decode("utf-8"))
    else:
        raise InputError(f"a graph cannot be written as '{path.suffix}'", str(path), "use .graphml or .gexf")
    return write_text(path, text)


def _plain_graph(graph: nx.Graph) -> nx.Graph:
    out = graph.__class__()
    out.add_nodes_from((_xml(str(n)), _plain(data)) for n, data in graph.nodes(data=True))
    if graph.is_multigraph():
        out.add_edges_from(
            (_xml(str(a)), _xml(str(b)), _xml(str(k)), _plain(d)) for a, b, k, d in graph.edges(keys=True, data=True)
        )
    else:
        out.add_edges_from((_xml(str(a)), _xml(str(b)), _plain(d)) for a, b, d in graph.edges(data=True))
    return out


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    return {str(k): _value(v) for k, v in attributes.items() if not _missing(v)}


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and isnan(value))


def _value(value: Any) -> Any:
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    return value if isinstance(value, (bool, int, float)) else _xml(str(value))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
