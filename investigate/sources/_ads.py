"""The table of ads, for the sources that know more of an ad than its text: amounts, bounds, times of delivery."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..tables import ADS
from ._times import parse_times

_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")
# '100-499', '>1M' and 'lower_bound: 100, upper_bound: 499' are how exports write a range in one cell.
_SPAN = re.compile(r"^([\d.,]+)\s*(?:-|–|to)\s*([\d.,]+)$")
_WRITTEN = re.compile(r"(lower_bound|upper_bound)['\"]?\s*[:=]\s*['\"]?([\d.,]+)")


@dataclass(frozen=True)
class Bounds:
    """A range as exported; both ends are None where nothing was stated, and `odd` says what could not be read."""

    low: float | None = None
    high: float | None = None
    odd: str = ""


def number(cell: str | None) -> float | None:
    """A plain number, with or without commas between thousands; None for anything else, and below zero."""
    plain = (cell or "").strip().replace(",", "")
    return float(plain) if _NUMBER.match(plain) else None


def bounds(low: str | None, high: str | None, whole: str | None = None) -> Bounds:
    """The range in two cells, or in one (`whole`): a number, '100-499', a JSON object, 'lower_bound: 0, upper_bound: 99'.

    An upper bound that is missing stays missing: the export means 'this much or more' by it.
    """
    if not low and not high and whole:
        written = dict(_WRITTEN.findall(whole))
        span = _SPAN.match(whole.strip())
        if written:
            low, high = written.get("lower_bound"), written.get("upper_bound")
        elif span:
            low, high = span.groups()
        else:
            low = high = whole
    if not low and not high:
        return Bounds()
    ends = (number(low), number(high))
    if (low and ends[0] is None) or (high and ends[1] is None):
        return Bounds(odd="is no amount")
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        return Bounds(odd="has a lower bound above the upper one")
    return Bounds(ends[0] if ends[0] is not None else 0.0, ends[1])


def times(cells: Sequence[str | None], *, name: str, where: str) -> list[int | None]:
    """Microseconds since 1970, UTC, for each cell; None where it is empty or no time."""
    if not any(cells):
        return [None] * len(cells)
    column = pa.chunked_array([pa.array([c or None for c in cells], pa.string())])
    try:
        return parse_times(column, name=name, where=where).at.to_pylist()
    except InputError:
        return [None] * len(cells)  # every row without a beginning is set aside by name already


def ads_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The canonical table; the first row of each ad counts, and what a row does not say is empty."""
    first: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first.setdefault(row["content_id"], row)
    columns = {c.name: pa.array([r.get(c.name) for r in first.values()], c.type) for c in ADS.columns}
    return pa.table(columns, schema=ADS.schema)


def json_list(cell: str | None) -> list[Any]:
    """The items of a cell that holds a JSON list, or of one that a script wrote as Python does; else the cell itself."""
    text = (cell or "").strip()
    if not text:
        return []
    if text.startswith("["):
        try:
            return list(json.loads(text, parse_int=str, parse_float=str))
        except ValueError:
            return [item for item in (i.strip().strip("'\"") for i in text[1:-1].split("', '")) if item]
    return [text]
