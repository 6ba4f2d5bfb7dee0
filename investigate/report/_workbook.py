"""The tables of a run as one workbook: identifiers as text, nothing that a spreadsheet would run, the same bytes every time."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import CaseError, InputError
from ..files import no_formula, replacing, same_zip
from ..views._html import reveal

NAME = "tables.xlsx"
LAST_ROW = 1_048_576  # of the format, with the heading
LONGEST = 32_767  # characters a cell holds
ROWS_IN_A_RUN = 1_000  # a run writes no more per sheet; the command writes all
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SHEET = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")  # words that would become error cells
_EXACT = 2**53  # a spreadsheet keeps numbers as floats: beyond this, digits change


def write_workbook(folder: Path, path: Path | None = None, *, max_rows: int = LAST_ROW - 1) -> Path:
    """Write the tables under `folder`/tables as `tables.xlsx`, one sheet each, with a first sheet that lists them.

    Parameters
    ----------
    folder : Path
        A run's folder. The Parquet files are read, so that identifiers and times come whole.
    max_rows : int
        Rows written per sheet, at most 1,048,575; the first sheet says where there are more.

    Raises
    ------
    CaseError
        The folder holds no tables.
    InputError
        `max_rows` is out of range.

    Notes
    -----
    Text that a spreadsheet would run as a formula gets an apostrophe, as in the CSV files; control characters are
    shown as their code; text beyond 32,767 characters is cut and marked. Times are in UTC.
    """
    from openpyxl import Workbook

    if not 1 <= max_rows < LAST_ROW:
        raise InputError(f"max_rows {max_rows:,} is out of range", "workbook", f"give 1 to {LAST_ROW - 1:,}")
    files = sorted((folder / "tables").glob("*.parquet"))
    if not files:
        raise CaseError("there are no tables", str(folder / "tables"), "give the folder of a run that made some")
    book = Workbook(write_only=True)
    names = _sheet_names([f.stem for f in files])
    listing = book.create_sheet("About")
    listing.freeze_panes = "A2"
    rows: list[list[Any]] = []
    for file in files:
        table = pd.read_parquet(file)
        _fill(book.create_sheet(names[file.stem]), table.head(max_rows))
        shown = min(len(table), max_rows)
        note = "" if shown == len(table) else f"{shown:,} of {len(table):,} rows; all are in tables/{file.name}"
        rows.append([names[file.stem], file.stem, len(table), table.shape[1], note])
    _about(listing, folder, rows)
    book.properties.creator = "investigate"
    book.properties.created = book.properties.modified = datetime(1980, 1, 1)  # no clock: the same run, the same bytes
    raw = io.BytesIO()
    book.save(raw)
    target = path or folder / NAME
    with replacing(target) as temporary:
        temporary.write_bytes(same_zip(_without_now(raw.getvalue())))
    return target


def _without_now(archive: bytes) -> bytes:
    """openpyxl writes the time of saving over the one it was given."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(name, content)
    return out.getvalue()


def _sheet_names(stems: list[str]) -> dict[str, str]:
    """Valid names of at most 31 characters, each given once whatever its case."""
    out: dict[str, str] = {}
    taken = {"about", "history"}  # the second is the program's own
    for stem in stems:
        name = base = (_SHEET.sub("_", stem).strip() or "table")[:31]
        n = 1
        while name.lower() in taken:
            n += 1
            name = f"{base[: 30 - len(str(n))]}~{n}"
        taken.add(name.lower())
        out[stem] = name
    return out


def _about(sheet: Any, folder: Path, rows: list[list[Any]]) -> None:
    for letter, width in zip("ABCDE", (32, 32, 12, 12, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(_head(sheet, ["Sheet", "Table", "Rows", "Columns", "Note"]))
    for row in rows:
        sheet.append([_cell(v) for v in row])
    sheet.append([])
    sheet.append(["Run", folder.name])
    manifest = folder / "manifest.json"
    if manifest.is_file():
        record = json.loads(manifest.read_text(encoding="utf-8"))
        sheet.append(["Template", _cell((record.get("template") or {}).get("title") or "")])
        sheet.append(["Purpose", _cell(record.get("parameters", {}).get("purpose") or "")])
    sheet.append(
        [
            "Reading it",
            "Identifiers are text. An apostrophe in front of a text keeps a spreadsheet from running it. Times are UTC.",
        ]
    )


def _head(sheet: Any, names: list[str]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    out = []
    for name in names:
        cell = WriteOnlyCell(sheet, value=_cell(name))
        cell.font = Font(bold=True)
        out.append(cell)
    return out


def _fill(sheet: Any, table: pd.DataFrame) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    columns = [_column(table.iloc[:, i]) for i in range(table.shape[1])]
    for i, values in enumerate(columns, start=1):
        longest = max([len(str(table.columns[i - 1])), *(len(str(v)) for v in values[:200])])
        sheet.column_dimensions[get_column_letter(i)].width = min(max(longest + 2, 8), 60)
    sheet.append(_head(sheet, [str(c) for c in table.columns]))
    for row in zip(*columns, strict=True):
        sheet.append(row)


def _column(column: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        at = column.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(column.dt, "tz", None) else column
        return [None if pd.isna(v) else v.to_pydatetime().replace(microsecond=v.microsecond // 1000 * 1000) for v in at]
    return [_cell(v) for v in column]


def _cell(value: Any) -> Any:
    """A value as a cell holds it: numbers that a float keeps stay numbers, everything else is guarded text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    if isinstance(value, float):
        return value if isfinite(value) else None if isnan(value) else str(value)
    if not isinstance(value, str):
        value = ", ".join(map(str, value)) if hasattr(value, "__iter__") and not isinstance(value, dict) else str(value)
    text = _ILLEGAL.sub(lambda m: f"[U+{ord(m[0]):04X}]", reveal(value))
    guarded: str = "'" + text if text in _ERRORS else no_formula(text)
    return guarded if len(guarded) <= LONGEST else guarded[: LONGEST - 1] + "…"
