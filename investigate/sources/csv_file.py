"""Any table with a column mapping: CSV, TSV, Parquet, spreadsheets, JSON Lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from . import Reading, source
from ._formats import SUFFIXES, read_rows
from ._guess import Proposed, guess
from ._mapping import FIELDS, REQUIRED, as_flags, check_columns, columns_of, load_mapping
from ._options import check_choice, positive_seconds, refuse_unknown
from ._reading import Plan, build
from ._redirects import OPTION
from ._redirects import redirects as read_redirects

__all__ = ["FIELDS", "Proposed", "guess_mapping", "load_mapping", "read"]


@source(
    name="csv",
    title="Any table with a column mapping",
    summary="Reads CSV, TSV, Parquet, XLSX or JSON Lines by a mapping from its columns to accounts, times and objects.",
    caveat="The mapping decides what the data mean: a name taken for an identifier joins or splits accounts silently.",
    needs=REQUIRED,
    suffixes=SUFFIXES,
    options={
        "mapping": "field = column, as a dict or a TOML file; see FIELDS",
        "time_format": "a strptime pattern such as '%d/%m/%Y %H:%M', or epoch_s, epoch_ms, epoch_us, epoch_ns",
        "resolution_s": "the clock's step in seconds, where the times do not show it",
        "delimiter": "the character between columns, or its name: comma, tab, semicolon, pipe",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
        "sheet": "the sheet of a spreadsheet (default: the first)",
        "duplicates": "rows equal in all mapped columns, without content ids: 'set_aside' (default) or 'keep'",
        "redirects": OPTION,
    },
)
def read(
    path: Path,
    *,
    mapping: Mapping[str, Any] | str | Path | None = None,
    time_format: str | None = None,
    resolution_s: float | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    duplicates: str = "set_aside",
    redirects: str | Path | None = None,
    **unknown: Any,
) -> Reading:
    """Any table as canonical tables, by a column mapping.

    Objects come from the text (tags, links, domains, mentions, the text itself) and from mapped columns; where a
    column holds links, tags or mentions, the text is not searched for them. Options given here win over those in
    the mapping file.

    Raises
    ------
    InputError
        There is no mapping (the message shows a proposal to confirm), it names unknown fields or columns, or
        the file as a whole cannot be used.
    """
    refuse_unknown(
        unknown,
        "csv",
        ("mapping", "time_format", "resolution_s", "delimiter", "encoding", "sheet", "duplicates", "redirects"),
    )
    path = Path(path)
    if mapping is None:
        raise _needs_mapping(path, delimiter, encoding, sheet)
    fields, saved = load_mapping(mapping)
    refuse_unknown({k: v for k, v in saved.items() if k not in _FILE_OPTIONS}, "csv", _FILE_OPTIONS)
    time_format = time_format or saved.get("time_format")
    resolution_s = saved.get("resolution_s") if resolution_s is None else resolution_s
    check_choice("duplicates", duplicates, ("set_aside", "keep"))
    raw = read_rows(
        path,
        delimiter=delimiter or saved.get("delimiter"),
        encoding=encoding or saved.get("encoding"),
        sheet=sheet or saved.get("sheet"),
    )
    check_columns(fields, raw.columns, str(path))
    used = tuple(dict.fromkeys(c for column in fields.values() for c in columns_of(column)))
    plan = Plan(
        fields,
        time_format=time_format,
        resolution_s=positive_seconds("resolution_s", resolution_s),
        identity=used,
        keep_duplicates=duplicates == "keep",
        columns_used=used,
        redirects=read_redirects(redirects),
    )
    return build(raw, plan)


_FILE_OPTIONS = ("time_format", "resolution_s", "delimiter", "encoding", "sheet")


def guess_mapping(
    path: str | Path, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None
) -> dict[str, Proposed]:
    """A proposed mapping for a file, with the reason for each entry, from its header and first 500 rows.

    It is a proposal: nothing is read with it until somebody has confirmed it. Fields without a likely column
    are missing.
    """
    raw = read_rows(Path(path), delimiter=delimiter, encoding=encoding, sheet=sheet, limit=500)
    return guess(raw.table)


def _needs_mapping(path: Path, delimiter: str | None, encoding: str | None, sheet: str | None) -> InputError:
    proposed = guess_mapping(path, delimiter=delimiter, encoding=encoding, sheet=sheet)
    missing = [f for f in REQUIRED if f not in proposed]
    reasons = "; ".join(f"{f} = {p.column} ({p.reason})" for f, p in proposed.items()) or "none of its columns"
    flags = as_flags({f: p.column for f, p in proposed.items()} | {f: "COLUMN" for f in missing})
    lacking = f" No column was recognised for {', '.join(missing)}." if missing else ""
    return InputError(
        f"the source 'csv' needs a column mapping. Proposed, to be confirmed: {reasons}.{lacking}",
        str(path),
        f"check it, then pass {flags}",
    )
