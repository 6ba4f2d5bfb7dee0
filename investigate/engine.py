"""The one way this package opens DuckDB: in memory, in UTC, silent, and never fetching anything."""

from __future__ import annotations

import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """A new in-memory connection that reads times as UTC and cannot install or load extensions by itself.

    DuckDB would otherwise fetch an extension from its publisher when a query names a remote path.
    """
    con = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    con.execute("set timezone = 'UTC'")
    # Asked first: in a Jupyter kernel without ipywidgets there is no bar, and DuckDB refuses to be told so.
    if con.execute("select current_setting('enable_progress_bar')").fetchall() == [(True,)]:
        con.execute("set enable_progress_bar = false")
    return con
