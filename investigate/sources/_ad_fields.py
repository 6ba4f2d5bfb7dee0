"""The names under which ad exports give one and the same thing, and a file in any of their formats as rows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InputError, TooFewRowsError, nearest
from ..objects import IDENTIFIERS
from ._archives import unpacked
from ._formats import _flatten, read_rows
from ._rows import RAW_LIMIT, Aside, Raw

SPELLINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "ad_id", "ad_archive_id", "library_id"),
    "page_id": ("page_id", "advertiser_id"),
    "page_name": ("page_name", "advertiser_name"),
    "started": ("ad_delivery_start_time", "start_date", "started_at", "ad_creation_time"),
    "created": ("ad_creation_time",),
    "ended": ("ad_delivery_stop_time", "end_date", "ended_at"),
    "body": ("ad_creative_bodies", "ad_creative_body", "body", "text"),
    "link_title": ("ad_creative_link_titles", "ad_creative_link_title"),
    "link_text": ("ad_creative_link_descriptions", "ad_creative_link_description"),
    "caption": ("ad_creative_link_captions", "ad_creative_link_caption"),
    "landing": ("landing_url", "link_url", "ad_creative_link_url", "cta_link"),
    "languages": ("languages", "language"),
    "bylines": ("bylines", "byline", "funding_entity", "disclaimer"),
    "paid": ("beneficiary_payers",),
    "payer": ("payer",),
    "beneficiary": ("beneficiary",),
    "currency": ("currency",),
    "spend_low": ("spend.lower_bound", "spend_lower_bound", "spend_lower", "spend_low", "spend_min"),
    "spend_high": ("spend.upper_bound", "spend_upper_bound", "spend_upper", "spend_high", "spend_max"),
    "spend": ("spend",),
    "impressions_low": ("impressions.lower_bound", "impressions_lower_bound", "impressions_lower", "impressions_low"),
    "impressions_high": ("impressions.upper_bound", "impressions_upper_bound", "impressions_upper", "impressions_high"),
    "impressions": ("impressions",),
    "clicks": ("clicks",),
    "status": ("ad_active_status", "active_status", "status", "is_active"),
    "page_created": ("page_created_at", "page_creation_time", "page_created_time"),
}
"""What is read -> the columns that may hold it; of several, the first that is not empty in a row counts."""

IDENTIFIER_FIELDS = tuple(name for name in IDENTIFIERS if name not in ("payer", "landing_domain"))
"""Identifiers that a team may have added as columns of these names, after looking at the pages and sites."""

SNAPSHOT = "ad_snapshot_url"
"""Its link carries the access token of whoever made the export."""

_FLOAT = re.compile(r"^(\d+)\.0+$")
_POWER = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_EXACT_DIGITS = 15


def read_ad_rows(path: Path, *, encoding: str | None, delimiter: str | None) -> Raw:
    """The rows of an export: JSON (a list, or a page of an answer with `data`), JSON Lines, or a table."""
    suffix = next((s for s in reversed(path.suffixes) if s.lower() != ".gz"), "").lower()
    if suffix != ".json":
        return read_rows(path, encoding=encoding, delimiter=delimiter)
    where = str(path)
    try:
        held = json.loads(
            unpacked(path).decode(encoding or "utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str
        )
    except UnicodeDecodeError as error:
        raise InputError(f"the file is not {encoding or 'UTF-8'}", where, "name its encoding") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the file is no JSON: {error}", where, "one object per line is read from .jsonl") from error
    rows = held.get("data") if isinstance(held, dict) else held
    if not isinstance(rows, list):
        raise InputError(
            "the JSON holds no list of ads", where, "a list of objects, or an object with the list under 'data'"
        )
    return _raw(path, rows)


def _raw(path: Path, rows: list[Any]) -> Raw:
    flat: list[dict[str, str | None]] = []
    numbers, asides = [], []
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            flat.append(dict(_flatten(row)))
            numbers.append(number)
        else:
            asides.append(Aside(number, "bad_json", "no JSON object", json.dumps(row, default=str)[:RAW_LIMIT]))
    if not rows:
        raise TooFewRowsError("the file holds no ads", str(path), "export it again")
    if not flat:
        raise InputError(f"none of {len(rows):,} items is an object", str(path), "export it again")
    names = list(dict.fromkeys(name for row in flat for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in flat], pa.string()) for name in names})
    return Raw(path, table, pa.array(numbers, pa.int64()), asides, len(rows))


def check_fields(columns: list[str], where: str) -> None:
    """Refuse a file without what every row must say: which ad, which page, when; all that is missing is named."""
    missing = []
    for what, fields in (("the ad", ("id",)), ("the page", ("page_id", "page_name")), ("the start", ("started",))):
        names = [name for field in fields for name in SPELLINGS[field]]
        if not set(names) & set(columns):
            hint = next((h for n in names if (h := nearest(n, columns))), None)
            missing.append(f"{what}: {' or '.join(names)}" + (f" (nearest: '{hint}')" if hint else ""))
    if missing:
        raise InputError(
            f"the export lacks columns for {'; '.join(missing)}",
            f"{where}; its columns: {', '.join(columns)[:500]}",
            "rename the columns, or use the source 'csv' with a mapping",
        )


def column(table: pa.Table, field: str) -> list[str | None]:
    """The trimmed cells of a field; None where the file does not say."""
    held = [table[name].to_pylist() for name in SPELLINGS[field] if name in table.column_names]
    return [next((v.strip() for v in cells if v and v.strip()), None) for cells in zip(*held, strict=True)] or (
        [None] * table.num_rows
    )


def identifier_text(cell: str | None) -> str | None:
    """An identifier as text. What went through a floating-point column is mended while all its digits are there,
    and else written so that the row is set aside as `damaged_id`."""
    if not cell:
        return None
    match = _FLOAT.match(cell)
    if match and len(match.group(1)) <= _EXACT_DIGITS:
        return match.group(1)
    return f"{float(cell):.14E}" if match or _POWER.match(cell) else cell


def damaged(cell: str | None) -> bool:
    """Whether an identifier, as `identifier_text` gives it, has lost its end."""
    return bool(_POWER.match(cell or ""))


def landing_table(path: str | Path | None) -> dict[str, str]:
    """Ad -> where it leads, from a table of two columns: the export itself does not hold it."""
    if path is None:
        return {}
    from ._rows import read_delimited

    raw = read_delimited(Path(path))
    if len(raw.columns) < 2:
        raise InputError("the table of landing links has one column", str(path), "give two: ad and link")
    ads, links = (raw.table[name].to_pylist() for name in raw.columns[:2])
    held = {identifier_text(a.strip()) or "": link for a, link in zip(ads, links, strict=True) if a and link}
    if not held:
        raise InputError("the table of landing links is empty", str(path), "first column: ad; second: link")
    return held
