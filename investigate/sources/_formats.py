"""Parquet, spreadsheets and JSON Lines as columns of strings, in the same form as delimited text."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError, TooFewRowsError
from ._files import kind_of, open_text, peek
from ._rows import BATCH, RAW_LIMIT, Aside, Raw, read_delimited, readable

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson")
SUFFIXES = (*TEXT_SUFFIXES, *(f"{s}.gz" for s in TEXT_SUFFIXES), ".parquet", ".xlsx")
_EXACT = 10**15
"""Spreadsheets keep 15 digits of a number; longer ones have lost their end."""


def read_rows(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None, limit: int = 0
) -> Raw:
    """The rows of a file in any format the source 'csv' knows, chosen by its suffix."""
    suffix = next((s for s in reversed(path.suffixes) if s.lower() != ".gz"), "").lower()
    if suffix in (".parquet", ".xlsx", ".xlsm"):
        if not path.exists():
            peek(path)
        return _parquet(path, limit) if suffix == ".parquet" else _xlsx(path, sheet, limit)
    if suffix in (".jsonl", ".ndjson"):
        return _json_lines(path, encoding, limit)
    return read_delimited(path, delimiter=delimiter, encoding=encoding, limit=limit)


class _Grower:
    """Rows as dicts, gathered into Arrow tables whose columns may come and go."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []
        self.numbers: list[int] = []
        self._rows: list[dict[str, str | None]] = []
        self.columns: dict[str, None] = {}

    def add(self, number: int, row: dict[str, str | None]) -> None:
        self.numbers.append(number)
        self._rows.append(row)
        self.columns.update(dict.fromkeys(row))
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            arrays = [pa.array([r.get(c) for r in self._rows], pa.string()) for c in self.columns]
            self.tables.append(pa.Table.from_arrays(arrays, names=list(self.columns)))
            self._rows = []

    def finish(self, path: Path, asides: list[Aside], notes: list[str]) -> Raw:
        self.flush()
        n = len(self.numbers) + len(asides)
        if not n:
            raise TooFewRowsError("the file holds no rows", str(path), "export it again")
        if not self.numbers:
            raise InputError(
                f"no row of {n:,} can be read: {asides[0].detail}", f"{path}, row {asides[0].row}", "check the format"
            )
        table = pa.concat_tables(self.tables, promote_options="default")
        return Raw(path, table, pa.array(self.numbers, pa.int64()), asides, n, notes)


def _json_lines(path: Path, encoding: str | None, limit: int) -> Raw:
    seen = peek(path, encoding)
    grower, asides, notes = _Grower(), list[Aside](), list[str]()
    n = 0
    with open_text(path, seen) as text:
        for line in text:
            if not line.strip():
                continue
            n += 1
            if n == 1 and line.lstrip().startswith("["):
                raise InputError(
                    "the file is one JSON list, not one object per line",
                    str(path),
                    "write one object per line (jq -c '.[]')",
                )
            try:
                # Numbers stay as written: a 19-digit identifier does not fit a floating-point number.
                row = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
                if not isinstance(row, dict):
                    raise TypeError("a value that is not an object")
                flat = dict(_flatten(row))
                for value in flat.values():
                    (value or "").encode()
            except UnicodeEncodeError:
                asides.append(Aside(n, "bad_encoding", "bytes that are not UTF-8", readable(line.strip())[:RAW_LIMIT]))
            except (ValueError, TypeError, RecursionError) as error:
                detail = f"not one JSON object: {error}"
                asides.append(Aside(n, "bad_json", detail, readable(line.strip())[:RAW_LIMIT]))
            else:
                grower.add(n, flat)
            if limit and n >= limit:
                break
    return grower.finish(path, asides, notes)


def _flatten(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in row.items():
        if isinstance(value, dict) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _cell(value)


def _cell(value: Any) -> str | None:
    """One value as the string it would be in a CSV; None for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return json.dumps(value, ensure_ascii=False, default=str)


def _parquet(path: Path, limit: int) -> Raw:
    try:
        file = pq.ParquetFile(path)
        batches = []
        for batch in file.iter_batches(batch_size=BATCH):
            batches.append(_as_strings(batch))
            if limit and sum(b.num_rows for b in batches) >= limit:
                break
    except (pa.ArrowInvalid, OSError) as error:
        kind = kind_of(path.read_bytes()[:512]) if path.is_file() else None
        what = (
            f"this is {kind[0]}, not Parquet"
            if kind and kind[0] != "parquet"
            else f"the Parquet file is damaged or cut off: {error}"
        )
        raise InputError(what, str(path), "copy or export it again") from error
    n = sum(b.num_rows for b in batches)
    if not n:
        raise TooFewRowsError("the file holds no rows", str(path), "export it again")
    table = pa.Table.from_batches(batches)
    notes = [
        f"Column '{f.name}' holds floating-point numbers; identifiers over 15 digits in it have lost their end."
        for f in file.schema_arrow
        if pa.types.is_floating(f.type) and f.name.lower().endswith("id")
    ]
    return Raw(path, table, pa.array(range(1, n + 1), pa.int64()), [], n, notes)


def _as_strings(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = []
    for column in batch.columns:
        kind = column.type
        if pa.types.is_dictionary(kind):
            column, kind = column.dictionary_decode(), kind.value_type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
            arrays.append(column.cast(pa.string()))
        elif pa.types.is_timestamp(kind):
            # Nanoseconds have no Python form; a time is to the microsecond here.
            arrays.append(
                pa.array(
                    [_cell(v) for v in column.cast(pa.timestamp("us", kind.tz), safe=False).to_pylist()], pa.string()
                )
            )
        else:
            arrays.append(pa.array([_cell(v) for v in column.to_pylist()], pa.string()))
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _xlsx(path: Path, sheet: str | None, limit: int) -> Raw:
    import openpyxl  # slow to import, and few files need it

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise InputError(
            f"the spreadsheet cannot be opened: {error}", str(path), "save it as .xlsx or CSV again"
        ) from error
    try:
        names = book.sheetnames
        if sheet is not None and sheet not in names:
            raise InputError(f"there is no sheet '{sheet}'", str(path), f"sheets: {', '.join(names)}")
        page = book[sheet or names[0]]
        notes = [f"Of {len(names)} sheets, '{page.title}' was read."] if len(names) > 1 else []
        rows = page.iter_rows(values_only=True)
        header = [(_cell(v) or "").strip() for v in next(rows, ())]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise TooFewRowsError("the sheet is empty", str(path), "name another sheet: sheet='...'")
        if len(set(header)) < len(header) or "" in header:
            raise InputError(
                f"the header repeats names or leaves some empty: {header}", str(path), "give every column its own name"
            )
        grower, asides = _Grower(), list[Aside]()
        for n, row in enumerate((r for r in rows if any(v is not None for v in r)), 1):
            cells = [_sheet_cell(v) for v in row]
            if any(cells[len(header) :]):
                shown = " | ".join(c or "" for c in cells)[:RAW_LIMIT]
                asides.append(Aside(n, "bad_columns", "cells to the right of the header", shown))
            else:
                cells += [None] * (len(header) - len(cells))
                grower.add(n, dict(zip(header, cells, strict=False)))
            if limit and n >= limit:
                break
        return grower.finish(path, asides, notes)
    finally:
        book.close()


def _sheet_cell(value: Any) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return f"{value:.14E}"  # the form in which readers recognise an identifier that a spreadsheet has cut
    return _cell(value)
