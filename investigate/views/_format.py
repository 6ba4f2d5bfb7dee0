"""Values as people read them: 57,560; 1.2 × 10⁻⁵; 2016-07-21 14:03:20; headings made from column names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MISSING = "–"


def format_number(value: float | np.number[Any]) -> str:
    """A number in three significant digits, or whole with thousands separators; tiny ones as a power of ten."""
    if isinstance(value, (int, np.integer)):
        return f"{int(value):,}"
    value = float(value)
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size >= 1e12 or (0 < size < 0.001):
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    if value == int(value):
        return f"{int(value):,}"
    digits = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(value: Any) -> str:
    """Any cell value as short text. Times are shown to the second; the zone belongs in the heading."""
    if value is None or value is pd.NaT or value is pd.NA:
        return MISSING
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return format_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, pd.Timedelta):
        return duration(value.total_seconds())
    if isinstance(value, dict):
        return "; ".join(f"{k}: {format_value(v)}" for k, v in value.items())
    if isinstance(value, Iterable):
        return ", ".join(format_value(v) for v in value)
    return str(value)


def duration(seconds: float) -> str:
    """A length of time in its largest sensible unit: `90 s`, `15 min`, `6 h`, `3 d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * size or (seconds and seconds % size == 0):
            return f"{format_number(round(seconds / size, 1))} {unit}"
    return f"{format_number(seconds)} s"


def header(column: object, values: pd.Series | None = None) -> str:
    """A heading from a column name: `n_objects` -> Objects, `first_at` -> First (UTC), `median_lag_s` -> Median lag (s)."""
    text = str(column)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        return text  # already words, or from data
    unit = ""
    if text.endswith("_at") or text == "at":
        text, unit = text[:-3] or "time", " (UTC)"
    elif text.endswith("_s") and len(text) > 3:
        text, unit = text[:-2], " (s)"
    elif values is not None and pd.api.types.is_datetime64_any_dtype(values):
        unit = " (UTC)"
    text = re.sub(r"^n_", "", text)
    text = re.sub(r"_id$", "", text).replace("_", " ")
    text = re.sub(r"\b(a|b)\b", lambda m: m[1].upper(), text) if text not in ("a", "b") else text.upper()
    return (text if text in ("p", "q") else text[:1].upper() + text[1:]) + unit
