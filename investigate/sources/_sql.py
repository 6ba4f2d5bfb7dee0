"""SQL over Arrow tables that are in memory, in a database of its own that fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from ..engine import connect


@contextmanager
def over(**tables: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which each table is known by its keyword."""
    with connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection


def query(sql: str, **tables: pa.Table) -> pa.Table:
    """The result of one query over the tables."""
    with over(**tables) as connection:
        return connection.sql(sql).to_arrow_table()
