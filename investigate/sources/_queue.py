"""What sources without contents share: tickets or counts beside the empty tables of accounts, contents and actions."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from .. import tables
from ..errors import TooFewRowsError
from . import Reading
from ._rows import Aside


def reading(
    table: str,
    rows: list[dict[str, Any]],
    asides: list[Aside],
    *,
    rows_read: int,
    resolution_s: float,
    where: str,
    notes: tuple[str, ...] = (),
    used: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
) -> Reading:
    """A reading that fills one optional table and leaves accounts, content and actions empty.

    Raises
    ------
    TooFewRowsError
        There is no row left; the reasons are counted.
    """
    if not rows:
        reasons: dict[str, int] = {}
        for aside in asides:
            reasons[aside.reason] = reasons.get(aside.reason, 0) + 1
        said = ", ".join(f"{n:,} {reason}" for reason, n in sorted(reasons.items()))
        first = f"; first: {asides[0].detail}" if asides else ""
        raise TooFewRowsError(
            f"none of {rows_read:,} rows can be used: {said or 'the file is empty'}{first}",
            where,
            "compare the columns",
        )
    schema = tables.OPTIONAL[table].schema
    held = {f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema}
    asides = sorted(asides, key=lambda a: (a.row, a.reason))
    columns = {
        "source_row": [a.row for a in asides],
        "reason": [a.reason for a in asides],
        "detail": [a.detail for a in asides],
        "raw": [a.raw for a in asides],
    }
    return Reading(
        tables={
            **{t.name: t.schema.empty_table() for t in (tables.ACCOUNTS, tables.CONTENT, tables.ACTIONS)},
            "set_aside": pa.table(columns, schema=tables.SET_ASIDE.schema),
            table: pa.table(held, schema=schema),
        },
        rows_read=rows_read,
        resolution_s=resolution_s,
        notes=notes,
        columns_used=used,
        columns_dropped=dropped,
    )
