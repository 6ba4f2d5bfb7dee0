"""The rows behind an exhibit: read again from the data at any time, and hashed so that a change shows.

A row's hash is the SHA-256 of its values, each with its length in front, so that no two rows share one by accident of
separators. The hash of an exhibit is that of its rows' hashes in sorted order: it does not depend on the order of rows.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd

from ..errors import InputError, nearest
from ..relations import RELATIONS
from ..store import frame
from ..tables import OBJECT_TYPES

REFS_KEPT = 50


@dataclass(frozen=True)
class Rows:
    """Rows of the data as an exhibit keeps them.

    Attributes
    ----------
    refs, hashes : tuple of str
        Where the first rows stand ("<dataset>:<row of the file>") and the start of their hashes; at most `REFS_KEPT`.
    n : int
        All rows.
    sha256 : str
        Hash over all of them.
    columns : mapping of str to list of str
        Per table the columns that were hashed: a later version may read more.
    """

    refs: tuple[str, ...]
    hashes: tuple[str, ...]
    n: int
    sha256: str
    columns: Mapping[str, list[str]]


def row_hash(values: Sequence[Any]) -> str:
    """The SHA-256 of one row's values."""
    out = hashlib.sha256()
    for value in values:
        text = _text(value)
        data = b"-" if text is None else text.encode("utf-8", "surrogatepass")
        out.update(b"-;" if text is None else f"{len(data)}:".encode() + data + b";")
    return out.hexdigest()


def digest(tables: Mapping[str, pd.DataFrame], columns: Mapping[str, list[str]] | None = None) -> Rows:
    """The references and hashes of rows.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Rows by table; a column `ref` says where each stands and is not hashed.
    columns : mapping, optional
        The columns to hash, where they were kept; else all.

    Raises
    ------
    InputError
        A column that was hashed is no longer read.
    """
    kept, refs, hashes = {}, [], []
    for name, table in sorted(tables.items()):
        wanted = list(columns[name]) if columns and name in columns else [c for c in table.columns if c != "ref"]
        if missing := [c for c in wanted if c not in table.columns]:
            raise InputError(
                f"this version reads no column {', '.join(missing)}", f"table {name}", "use the one before"
            )
        kept[name] = wanted
        series = [list(table[c]) for c in wanted]
        hashes += [row_hash((name, *row)) for row in zip(*series, strict=True)]
        refs += list(table["ref"])
    total = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    return Rows(tuple(refs[:REFS_KEPT]), tuple(h[:16] for h in hashes[:REFS_KEPT]), len(hashes), total, kept)


def behind(
    con: duckdb.DuckDBPyConnection, kind: str, ref: Any, *, members: Sequence[str] = (), window_s: float = 0.0
) -> dict[str, pd.DataFrame]:
    """The rows behind something, by table: "evidence", "accounts", "content", "actions".

    Parameters
    ----------
    kind : str
        edge (ref: the two nodes and the relation), account, content, object, community or view (`members` on it).
    window_s : float
        The window of the relation, for edges.
    """
    if kind == "edge":
        return _edge(con, ref, window_s)
    if kind == "account":
        return {"accounts": _accounts(con, [ref]), "content": _content(con, "account_id", [ref])}
    if kind == "content":
        return {"content": _content(con, "content_id", [ref]), "actions": _actions(con, "content_id = $1", [ref])}
    if kind == "object":
        return {"actions": _actions(con, "object_type = $1 and object_id = $2", list(split_node(ref)))}
    kinds: dict[str, list[str]] = {}
    for member in members:
        node_kind, name = split_node(member)
        kinds.setdefault(node_kind if node_kind in ("account", "content") else "object", []).append(
            name if node_kind in ("account", "content") else member
        )
    out = {"accounts": _accounts(con, kinds.get("account", []))}
    if kind == "community":
        out["content"] = _content(con, "account_id", kinds.get("account", []))
    elif "content" in kinds:
        out["content"] = _content(con, "content_id", kinds["content"])
    if "object" in kinds:
        nodes = "object_type || ':' || object_id in (select unnest($1::varchar[]))"
        out["actions"] = _actions(con, nodes, [kinds["object"]])
    return out


def split_node(node: str) -> tuple[str, str]:
    """The type and identifier of a canvas node: ("url", "https://...") or ("account", the whole)."""
    head, sign, rest = node.partition(":")
    if sign and rest and (head in OBJECT_TYPES or head == "content"):
        return head, rest
    return "account", node


def check_nodes(con: duckdb.DuckDBPyConnection, nodes: Sequence[str]) -> None:
    """InputError for the first node that the data do not hold, with the nearest account."""
    kinds: dict[str, list[str]] = {}
    for node in nodes:
        kinds.setdefault(split_node(node)[0], []).append(node)
    for kind, held in kinds.items():
        names = [split_node(n)[1] for n in held]
        if kind in ("account", "content"):
            query = f"select {kind}_id as name from {'accounts' if kind == 'account' else 'content'}"
            found = con.execute(f"{query} where {kind}_id in (select unnest($1::varchar[]))", [names]).fetchall()
        else:
            query = "select distinct object_id from actions where object_type = $1"
            found = con.execute(f"{query} and object_id in (select unnest($2::varchar[]))", [kind, names]).fetchall()
        present = {row[0] for row in found}
        for node, name in zip(held, names, strict=True):
            if name not in present:
                raise InputError(f"there is no {kind} '{name}' in the data", f"node {node}", _hint(con, kind, name))


def _hint(con: duckdb.DuckDBPyConnection, kind: str, name: str) -> str:
    if kind != "account":
        return f"give the {kind} as it stands in the data"
    found = con.execute(
        "select account_id from accounts where handle = $1 or display_name = $1 or account_id ilike '%' || $1 || '%' "
        "order by 1 limit 500",
        [name],
    ).fetchall()
    hint = found[0][0] if len(found) == 1 else nearest(name, [row[0] for row in found])
    return f"did you mean '{hint}'?" if hint else "give the account_id, not the handle; see the table of accounts"


def _edge(con: duckdb.DuckDBPyConnection, ref: Sequence[str], window_s: float) -> dict[str, pd.DataFrame]:
    a, b, relation = ref
    if relation in RELATIONS and split_node(a)[0] == split_node(b)[0] == "account":
        return {"evidence": _with_refs(con, RELATIONS.get(relation).evidence(con, window_s, a, b))}
    where, values = [], []
    for node in (a, b):
        kind, name = split_node(node)
        fits = {"account": "account_id = ?", "content": "content_id = ?"}.get(kind, "object_type = ? and object_id = ?")
        where.append(fits)
        values += [name] if kind in ("account", "content") else [kind, name]
    if {split_node(a)[0], split_node(b)[0]} == {"account", "content"}:
        query = f"select * from content where {' and '.join(where)} order by dataset_id, source_row"
        return {"content": _placed(frame(con, query, values))}
    if split_node(a)[0] == split_node(b)[0]:
        hint = nearest(relation, RELATIONS.names())
        raise InputError(
            f"no relation '{relation}' links these", f"{a} and {b}", f"did you mean '{hint}'?" if hint else "name one"
        )
    return {"actions": _actions(con, " and ".join(where), values)}


def _with_refs(con: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> pd.DataFrame:
    """Evidence with the places of both contents; an edge without contents rests on the two account rows."""
    ids = [str(i) for i in pd.unique(pd.concat([rows["content_a"], rows["content_b"]])) if isinstance(i, str)]
    held = con.execute(
        "select content_id, dataset_id from content where content_id in (select unnest($1::varchar[]))", [ids]
    ).fetchall()
    where = dict(held)
    refs = []
    for r in rows[["account_a", "account_b", "content_a", "content_b", "row_a", "row_b"]].itertuples(index=False):
        ends = ((r.account_a, r.content_a, r.row_a), (r.account_b, r.content_b, r.row_b))
        refs.append(" + ".join(_place(where.get(c, ""), row, c if isinstance(c, str) else a) for a, c, row in ends))
    return rows.assign(ref=refs)


def _place(dataset: str, row: Any, otherwise: str) -> str:
    if not dataset:
        return f"account {otherwise}"
    return f"{dataset}:{otherwise}" if row is None or pd.isna(row) else f"{dataset}:{int(row)}"


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    places = zip(table["dataset_id"], table["source_row"], table["content_id"], strict=True)
    return table.assign(ref=[_place(d, row, c) for d, row, c in places])


def _accounts(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> pd.DataFrame:
    query = "select * from accounts where account_id in (select unnest($1::varchar[])) order by account_id"
    table = frame(con, query, [list(ids)])
    return table.assign(ref=[f"{d}:account {a}" for d, a in zip(table["dataset_id"], table["account_id"], strict=True)])


def _content(con: duckdb.DuckDBPyConnection, column: str, ids: Sequence[str]) -> pd.DataFrame:
    query = f"select * from content where {column} in (select unnest($1::varchar[])) order by dataset_id, source_row, content_id"
    return _placed(frame(con, query, [list(ids)]))


def _actions(con: duckdb.DuckDBPyConnection, where: str, values: Sequence[Any]) -> pd.DataFrame:
    query = f"select * from actions where {where} order by dataset_id, source_row, content_id, object_type, object_id"
    return _placed(frame(con, query, list(values)))


def _text(value: Any) -> str | None:
    """A value as text that no version writes otherwise: times as microseconds since 1970, numbers by their digits."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, datetime):  # pandas' Timestamp is one
        return str(round((value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000))
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, str | int):
        return str(value)
    return str(getattr(value, "item", lambda: value)())
