"""Derived objects: object types that are computed from the data, held beside the loaded actions for one connection."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import duckdb

from ..store import define_views

PREFIX = "derived__"


def held(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The object types derived so far on this connection."""
    names = con.execute(
        "select table_name from duckdb_tables() where starts_with(table_name, ?) order by 1", [PREFIX]
    ).fetchall()
    return [name.removeprefix(PREFIX) for (name,) in names]


def ensure(
    con: duckdb.DuckDBPyConnection, object_type: str, derive: Callable[[duckdb.DuckDBPyConnection], Any]
) -> None:
    """Have `derive` make the object type, once for a connection."""
    if object_type not in held(con):
        add(con, object_type, derive(con))


def add(con: duckdb.DuckDBPyConnection, object_type: str, table: Any) -> None:
    """Keep a table of derived actions; `action_us` holds its rows from now on.

    Parameters
    ----------
    object_type : str
        Lower-case letters, digits and underscores.
    table : DataFrame or pyarrow.Table
        account_id, content_id, object_id, acted_at (UTC); each derived from actions of the same content.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", object_type):
        raise ValueError(f"not the name of an object type: {object_type!r}")
    con.register("derived_rows", table)
    try:
        con.execute(
            f"create or replace temp table {PREFIX}{object_type} as select '{object_type}' as object_type, account_id, "
            "content_id, object_id, epoch_us(acted_at) as at_us from derived_rows"
        )
    finally:
        con.unregister("derived_rows")
    define_views(con, [f"{PREFIX}{name}" for name in held(con)])
