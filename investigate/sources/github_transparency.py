"""GitHub's transparency data: notices, requests, appeals and detections, per month, half-year and year."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from . import Reading, source
from ._archives import SUFFIXES, members, rows_of
from ._options import check_choice, refuse_unknown
from ._queue import reading
from ._rows import RAW_LIMIT, Aside, as_line

_CLOCK = frozenset({"year", "month", "half", "calendar_year_half", "month_range"})
_CODE = "government_iso2_code"
_HALF = re.compile(r"H([12])-(20\d\d)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_RESOLUTION_S = {"month": 31 * 86_400.0, "half_year": 184 * 86_400.0, "year": 366 * 86_400.0}


@source(
    name="github_transparency",
    title="GitHub transparency data",
    summary="Reads the CSV tables of the archive as published counts: series by file and column, per month, half-year or year.",
    caveat="Half-years and years repeat months; figures are restated between releases, and ranges ('0-249') are no counts.",
    needs=("year", "month"),
    suffixes=SUFFIXES,
    options={"years": "also read tables per year, which repeat the finer ones: 'yes' (default) or 'no'"},
    references=("https://github.com/github/transparency",),
)
def read(path: Path, *, years: str = "yes", **unknown: Any) -> Reading:
    """Every CSV table of the archive as rows of `counts`; rows are numbered through the files in the order of their paths.

    A series is the file's name and the column's: 'dmca_takedowns_by_month: Takedowns'. Columns of text (country, type) are
    its `detail`. A row with more or fewer cells than its header is set aside as `bad_columns`: which cell belongs to which
    column cannot be known (the published row of September 2023 in the table of notices and projects is one).

    Notes
    -----
    A table counts as monthly, half-yearly or yearly by its columns `year`, `month`, `half`, `calendar_year_half`.
    """
    refuse_unknown(unknown, "github_transparency", ("years",))
    check_choice("years", years, ("yes", "no"))
    found, _ = members(path, ("*.csv",), "github_transparency")
    out: list[dict[str, Any]] = []
    asides: list[Aside] = []
    seen: set[tuple[str, str | None, datetime]] = set()
    malformed: list[str] = []
    n = 0
    periods: Counter[str] = Counter()
    for member in found:
        records = rows_of(member, str(path))
        header = [h.strip() for h in next(records)]
        stem = PurePosixPath(member.path).stem
        for line, cells in enumerate(records, 2):
            n += 1
            raw = as_line(cells)[:RAW_LIMIT]
            problem = ""
            if not any(c.strip() for c in cells):
                asides.append(Aside(n, "blank_row", f"{stem}, line {line}", raw))
                continue
            if len(cells) != len(header) and any(c.strip() for c in cells[len(header) :]) or len(cells) < len(header):
                problem = f"{stem}, line {line}: {len(cells)} cells under {len(header)} columns"
                malformed.append(f"{stem}, {'-'.join(cells[:2])}")
                asides.append(Aside(n, "bad_columns", problem, raw))
                continue
            row = {h: c.strip() for h, c in zip(header, cells, strict=False)}
            when = _period(row)
            if when is None:
                asides.append(Aside(n, "missing_time", f"{stem}, line {line}: no year, month or half", raw))
                continue
            start, period = when
            if period == "year" and years == "no":
                asides.append(Aside(n, "left_out", f"{stem}, line {line}: a table per year (years='no')", raw))
                continue
            named = {h: c for h, c in row.items() if h and h not in _CLOCK and c}
            numbers = {h: c for h, c in named.items() if _NUMBER.fullmatch(c.replace(",", ""))}
            texts = [c for h, c in named.items() if h not in numbers and h != _CODE and not h.startswith("count")]
            detail = " | ".join(texts) or None
            if not numbers:
                asides.append(Aside(n, "not_a_number", f"{stem}, line {line}: no count among {', '.join(named)}", raw))
                continue
            fresh = {h: c for h, c in numbers.items() if (f"{stem}: {h}", detail, start) not in seen}
            if not fresh:
                asides.append(
                    Aside(n, "duplicate", f"{stem}, line {line}: the same series, part and period again", raw)
                )
                continue
            for h, c in fresh.items():
                seen.add((f"{stem}: {h}", detail, start))
                periods[period] += 1
                value = float(c.replace(",", ""))
                out.append(
                    {
                        "series": f"{stem}: {h}",
                        "period_start": start,
                        "period": period,
                        "value": value,
                        "detail": detail,
                        "source_row": n,
                    }
                )
    notes = [
        f"{len(out):,} counts from {len(found):,} tables: "
        + ", ".join(f"{k} per {p}" for p, k in sorted(periods.items()))
        + ".",
        *(f"Set aside, because its cells do not fit its columns: {where}." for where in malformed),
        "Tables per half-year and per year repeat the months; never add them up.",
    ]
    return reading(
        "counts",
        out,
        asides,
        rows_read=n,
        resolution_s=min((_RESOLUTION_S[p] for p in periods), default=366 * 86_400.0),
        where=str(path),
        notes=tuple(notes),
    )


def _period(row: dict[str, str]) -> tuple[datetime, str] | None:
    """The beginning of the row's period and its name."""
    half = _HALF.fullmatch(row.get("calendar_year_half", ""))
    if half:
        return datetime(int(half[2]), 1 if half[1] == "1" else 7, 1, tzinfo=UTC), "half_year"
    year = row.get("year", "")
    if not re.fullmatch(r"(19|20)\d\d", year):
        return None
    month, part = (
        row.get("month", ""),
        row.get("half", "") or {"Jan-Jun": "1", "Jul-Dec": "2"}.get(row.get("month_range", ""), ""),
    )
    if month.isdigit() and 1 <= int(month) <= 12:
        return datetime(int(year), int(month), 1, tzinfo=UTC), "month"
    if "month" in row or ("half" in row and part not in ("1", "2")):
        return None
    if part in ("1", "2"):
        return datetime(int(year), 1 if part == "1" else 7, 1, tzinfo=UTC), "half_year"
    return datetime(int(year), 1, 1, tzinfo=UTC), "year"
