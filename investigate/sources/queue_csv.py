"""Any export of a ticket queue, one row per ticket, by a mapping from its columns to escalations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..tables import ESCALATIONS
from . import Reading, source
from ._formats import SUFFIXES, read_rows
from ._mapping import CONSTANT, check_columns, columns_of, load_mapping
from ._options import refuse_unknown
from ._queue import reading
from ._rows import RAW_LIMIT, Aside, as_line
from ._tickets import FLAGS, NUMBERS, TIMES, flag, number, text, times

FIELDS = {c.name: c.meaning for c in ESCALATIONS.columns if c.name != "source_row"}
"""Every field a mapping may name: the columns of the table `escalations`."""
REQUIRED = ("escalation_id", "opened_at")
_FILE_OPTIONS = ("time_format", "delimiter", "encoding", "sheet")
_OPEN = frozenset({"new", "open", "pending", "hold", "on hold", "in progress", "active", "waiting", "reopened"})


@source(
    name="queue_csv",
    title="Any ticket queue with a column mapping",
    summary="Reads CSV, TSV, Parquet, XLSX or JSON Lines, one row per ticket, by a mapping to the table of escalations.",
    caveat="One row is one ticket as it stands at the export; what it looked like before is not known.",
    needs=REQUIRED,
    suffixes=SUFFIXES,
    options={
        "mapping": "field = column, as a dict or a TOML file; fields are the columns of `escalations`",
        "time_format": "a strptime pattern such as '%d/%m/%Y %H:%M', for all columns of times",
        "delimiter": "the character between columns, or its name: comma, tab, semicolon, pipe",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
        "sheet": "the sheet of a spreadsheet (default: the first)",
    },
)
def read(
    path: Path,
    *,
    mapping: Mapping[str, Any] | str | Path | None = None,
    time_format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    **unknown: Any,
) -> Reading:
    """A queue's export as escalations.

    A ticket is open where `is_open` says so; where that is not mapped, where its status is one of a few usual words
    (new, open, pending, on hold, ...), and where there is no status either, where it has no end. The same ticket
    again is set aside as `duplicate`; a time that cannot be read sets the row aside as `bad_time`, and an end before
    the beginning as `ends_before_it_begins`.

    Raises
    ------
    InputError
        There is no mapping, it names unknown fields or columns, or the file as a whole cannot be used.
    """
    refuse_unknown(unknown, "queue_csv", ("mapping", *_FILE_OPTIONS))
    if mapping is None:
        raise InputError(
            "the source 'queue_csv' needs a column mapping",
            str(path),
            f"give at least --map escalation_id=COLUMN --map opened_at=COLUMN; fields: {', '.join(FIELDS)}",
        )
    fields, saved = load_mapping(mapping, FIELDS, REQUIRED)
    refuse_unknown({k: v for k, v in saved.items() if k not in _FILE_OPTIONS}, "queue_csv", _FILE_OPTIONS)
    raw = read_rows(
        Path(path),
        delimiter=delimiter or saved.get("delimiter"),
        encoding=encoding or saved.get("encoding"),
        sheet=sheet or saved.get("sheet"),
    )
    check_columns(fields, raw.columns, str(path))
    n, where = raw.table.num_rows, str(path)
    cells = {name: _cells(raw.table, column, n) for name, column in fields.items()}
    values: dict[str, list[Any]] = {}
    bad: dict[int, list[str]] = {}
    notes, steps = list(raw.notes), []
    for name in (t for t in TIMES if t in cells):
        at, why, said, step = times(
            cells[name], name=name, where=where, time_format=time_format or saved.get("time_format")
        )
        values[name] = at
        notes += said
        steps += [step] if any(at) else []
        for i, reason in enumerate(why):
            if reason:
                bad.setdefault(i, []).append(reason)
    for name in (c for c in cells if c not in TIMES):
        convert: Any = flag if name in FLAGS else number if name in NUMBERS else text
        values[name] = [convert(c) for c in cells[name]]
    whole = raw.table.to_pylist()
    seen: set[str] = set()
    out, asides = [], list(raw.asides)
    for i, line in enumerate(raw.row.to_pylist()):
        row = {name: held[i] for name, held in values.items()}
        reason, detail = _problem(row, bad.get(i), seen)
        if reason:
            asides.append(Aside(line, reason, detail, as_line(tuple(whole[i].values()))[:RAW_LIMIT]))
            continue
        seen.add(row["escalation_id"])
        for name in ("reopened_count", "reassigned_count"):
            row[name] = None if row.get(name) is None else int(row[name])
        if row.get("is_open") is None:
            status = (row.get("status") or "").lower()
            row["is_open"] = status in _OPEN if status else not (row.get("resolved_at") or row.get("closed_at"))
        out.append(row | {"source_row": line})
    used = tuple(dict.fromkeys(c for column in fields.values() for c in columns_of(column)))
    n_open = sum(bool(r["is_open"]) for r in out)
    notes.append(f"{n_open:,} of {len(out):,} tickets are open; they are kept.")
    return reading(
        "escalations",
        out,
        asides,
        rows_read=raw.rows_read,
        resolution_s=min(steps, default=86_400.0),
        where=where,
        notes=tuple(notes),
        used=used,
        dropped=tuple(c for c in raw.columns if c not in used),
    )


def _cells(table: Any, column: str | tuple[str, ...], n: int) -> list[str | None]:
    if isinstance(column, str) and column.startswith(CONSTANT):
        return [column.removeprefix(CONSTANT)] * n
    several = [table[c].to_pylist() for c in columns_of(column)]
    return [next((v for v in values if text(v)), None) for values in zip(*several, strict=True)]


def _problem(row: dict[str, Any], bad: list[str] | None, seen: set[str]) -> tuple[str, str]:
    """Why a row cannot be used, if so: a short code and what was found."""
    if row["escalation_id"] is None:
        return "missing_ticket", "the ticket's identifier is empty"
    if bad:
        return "bad_time", "; ".join(bad)
    if row["opened_at"] is None:
        return "missing_time", "the time of opening is empty"
    if row["escalation_id"] in seen:
        return "duplicate", f"the ticket {row['escalation_id']} stands in an earlier row"
    ends = [row.get(name) for name in ("resolved_at", "closed_at")]
    if any(end is not None and end < row["opened_at"] for end in ends):
        return "ends_before_it_begins", "resolved or closed before it was opened"
    return "", ""
