"""Small tables for tests: rows of actions become the views that a case's connection has."""

from __future__ import annotations

import duckdb
import pandas as pd

from investigate.store import define_views
from investigate.tables import ACTIONS, CONTENT

START = pd.Timestamp("2024-03-01T00:00:00Z")


def connection(rows: list[tuple], object_type: str = "url") -> duckdb.DuckDBPyConnection:
    """A connection with `actions` and `content` from rows (account, object, content, seconds[, object_type])."""
    full = [r if len(r) == 5 else (*r, object_type) for r in rows]
    table = pd.DataFrame(full, columns=["account_id", "object_id", "content_id", "s", "object_type"])
    table["acted_at"] = START + pd.to_timedelta(table["s"].astype(float), unit="s")
    table["source_row"] = range(1, len(table) + 1)
    content = table.drop_duplicates("content_id").rename(columns={"acted_at": "created_at"})
    content = content.assign(text="text of " + content["content_id"].astype(str), language="", content_type="post")
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.register("actions_rows", table[[c.name for c in ACTIONS.columns]])
    con.register("content_rows", content.reindex(columns=[c.name for c in CONTENT.columns]))
    con.execute("create view actions as select * from actions_rows; create view content as select * from content_rows")
    define_views(con)
    return con
