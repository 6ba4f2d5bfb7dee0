"""One row per account from the rows of its contents: each attribute as last seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import tables
from ..errors import InputError
from ._sql import query
from ._times import parse_times

_LATEST = ("handle", "display_name", "account_created_at", "followers", "following", "account_language", "region")


def accounts_table(rows: pa.Table, where: str) -> tuple[pa.Table, list[str]]:
    """The accounts table and notes on what could not be read.

    Parameters
    ----------
    rows : pyarrow.Table
        account_id, at (microseconds), row, platform and the attributes, as strings.

    Notes
    -----
    An attribute is the last one seen that is not empty (by time, then by row); a label is the most frequent
    one, and accounts that carried several are noted.
    """
    order = np.lexsort((rows["row"].to_numpy(), rows["at"].to_numpy()))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    rows = rows.append_column("rank", pa.array(rank))
    latest = ", ".join(f"arg_max({name}, rank) as {name}" for name in _LATEST)
    found = query(
        f"""with labels as (
                  select account_id, arg_max(source_label, (n, -first)) as source_label, count(*) as n_labels from (
                    select account_id, source_label, count(*) as n, min(row) as first from work
                    where source_label is not null group by all) group by account_id)
                select w.account_id, lower(arg_min(platform, rank)) as platform, {latest},
                       any_value(l.source_label) as source_label, any_value(l.n_labels) as n_labels
                from work w left join labels l using (account_id) group by w.account_id order by w.account_id""",
        work=rows,
    )
    notes = []
    if n := pc.sum(pc.greater(pc.fill_null(found["n_labels"], 0), 1)).as_py():
        notes.append(f"{n:,} accounts carry more than one label; the most frequent one is kept.")
    columns = {
        "account_id": found["account_id"],
        "platform": found["platform"],
        "handle": found["handle"],
        "display_name": found["display_name"],
        "created_at": _created(found["account_created_at"], where, notes),
        "followers": _count(found["followers"], "followers", notes),
        "following": _count(found["following"], "following", notes),
        "language": found["account_language"],
        "region": found["region"],
        "source_label": found["source_label"],
    }
    schema = tables.ACCOUNTS.schema
    return pa.table([columns[f.name].cast(f.type) for f in schema], schema=schema), notes


def _created(column: pa.ChunkedArray, where: str, notes: list[str]) -> pa.Array:
    nothing = pa.nulls(len(column), tables.TIME)
    if column.null_count == len(column):
        return nothing
    try:
        at = parse_times(column, name="account_created_at", where=where).at
    except InputError:
        notes.append("The accounts' creation times could not be read and are left empty.")
        return nothing
    if n := at.null_count - column.null_count:
        notes.append(f"{n:,} accounts have a creation time that could not be read; it is left empty.")
    return at.cast(tables.TIME)


def _count(column: pa.ChunkedArray, name: str, notes: list[str]) -> pa.Array:
    """Whole numbers; '1,234' and '1234.0' are numbers, anything else is left empty and noted."""
    plain = pc.replace_substring_regex(column.combine_chunks(), r",|\.0+$", "")
    good = pc.fill_null(pc.match_substring_regex(plain, r"^-?\d{1,18}$"), False)
    if n := len(column) - column.null_count - pc.sum(good).as_py():
        notes.append(f"{n:,} accounts have a number of {name} that could not be read; it is left empty.")
    return pc.if_else(good, plain, pa.scalar(None, pa.string())).cast(pa.int64())
