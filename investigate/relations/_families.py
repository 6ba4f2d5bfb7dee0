"""Families of nearly equal contents as derived actions, and the evidence that goes with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from ..store import frame


def keep(con: duckdb.DuckDBPyConnection, object_type: str, members: pa.Table, notes: Sequence[str]) -> None:
    """Hold for the connection which object belongs to which family, and what was left out in finding that.

    members : the columns `member` (an object_id of the data) and `family` (its representative).
    """
    con.register("family_rows", members)
    con.register("note_rows", pa.table({"note": pa.array(list(notes), pa.string())}))
    try:
        con.execute(f"create or replace temp table {object_type}_member as select member, family from family_rows")
        con.execute(f"create or replace temp table {object_type}_note as select note from note_rows")
    finally:
        con.unregister("family_rows")
        con.unregister("note_rows")


def notes(con: duckdb.DuckDBPyConnection, object_type: str) -> tuple[str, ...]:
    """What was left out when the families were made; nothing before they are."""
    if not con.execute("select 1 from duckdb_tables() where table_name = ?", [f"{object_type}_note"]).fetchall():
        return ()
    return tuple(row[0] for row in con.execute(f"select note from {object_type}_note").fetchall())


def actions(con: duckdb.DuckDBPyConnection, object_type: str, base: str) -> pa.Table:
    """Derived actions: each content acts on the families of its objects of type `base`."""
    return con.sql(
        f"""select a.account_id, a.content_id, '{object_type}' as object_type, m.family as object_id,
                   min(a.acted_at) as acted_at, min(a.source_row) as source_row
            from actions a join {object_type}_member m on a.object_id = m.member
            where a.object_type = '{base}' group by a.account_id, a.content_id, m.family"""
    ).to_arrow_table()


def with_members(
    con: duckdb.DuckDBPyConnection, rows: pd.DataFrame, object_type: str, base: str
) -> list[tuple[list[str], list[str]]]:
    """For each row of evidence the objects of the row's family that content_a and content_b carry."""
    if rows.empty:
        return []
    con.register(
        "evidence_rows", pd.DataFrame({"content_id": pd.unique(pd.concat([rows["content_a"], rows["content_b"]]))})
    )
    try:
        carried = frame(
            con,
            f"""select distinct a.content_id, m.family, m.member from actions a
                join {object_type}_member m on a.object_id = m.member join evidence_rows using (content_id)
                where a.object_type = '{base}' order by all""",
        )
    finally:
        con.unregister("evidence_rows")
    held = carried.groupby(["content_id", "family"])["member"].agg(list).to_dict()
    return [
        (held[(a, family)], held[(b, family)])
        for a, b, family in zip(rows["content_a"], rows["content_b"], rows["object_id"], strict=True)
    ]


def nearest(
    left: list[str], right: list[str], measure: Callable[[str, str], float], best: Callable[..., tuple]
) -> tuple[float, str, str]:
    """The pair of members that is nearest, with its measure; the first in order where several are."""
    return best((measure(a, b), a, b) for a in left for b in right)
