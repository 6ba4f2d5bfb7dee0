"""Posts for tests: rows of texts and files become the views that a case's connection has."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyarrow as pa
from tables_of_rows import START

from investigate.objects import text_objects
from investigate.store import define_views
from investigate.tables import ACTIONS, CONTENT


def posts(rows: list[tuple]) -> duckdb.DuckDBPyConnection:
    """A connection from rows (account, content, seconds, text[, media objects])."""
    table = pd.DataFrame([(*r[:4], r[4] if len(r) > 4 else []) for r in rows], columns=["a", "c", "s", "text", "media"])
    at = START + pd.to_timedelta(table["s"].astype(float), unit="s")
    content = pd.DataFrame(
        {"content_id": table["c"], "account_id": table["a"], "created_at": at, "text": table["text"]}
    ).assign(source_row=range(1, len(table) + 1), language="", content_type="post")
    actions = [
        (a, c, kind, value, when, row)
        for row, (a, c, text, media, when) in enumerate(
            zip(table["a"], table["c"], table["text"], table["media"], at, strict=True), 1
        )
        for kind, value in [*text_objects(text or ""), *(("media", m) for m in media)]
    ]
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    columns = zip(*actions, strict=True) if actions else [[]] * len(ACTIONS.columns)
    con.register(
        "content_rows",
        pa.Table.from_pandas(content.reindex(columns=CONTENT.schema.names), CONTENT.schema, preserve_index=False),
    )
    con.register(
        "actions_rows",
        pa.table([pa.array(c, f.type) for c, f in zip(columns, ACTIONS.schema, strict=True)], ACTIONS.schema),
    )
    con.execute("create view actions as select * from actions_rows; create view content as select * from content_rows")
    define_views(con)
    return con


def of_reading(reading) -> duckdb.DuckDBPyConnection:
    """A connection over the tables of a source's reading."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name in ("content", "actions"):
        con.register(f"{name}_rows", reading.tables[name])
        con.execute(f"create view {name} as select * from {name}_rows")
    define_views(con)
    return con
