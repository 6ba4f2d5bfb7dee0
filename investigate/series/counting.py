"""Times into counts per bin."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError

DAY_S = 86400.0


def bins(times: Any, width: str, start: Any = None, end: Any = None) -> pd.Series:
    """How many of `times` fall into each bin; bins without any hold 0.

    Parameters
    ----------
    times : sequence of times
        Text, datetimes or a Series; times without a zone are read as UTC. Missing ones are left out.
    width : str
        A pandas offset: "15min", "1h", "1d", "7D", "W-MON" (weeks that begin on Monday), "MS" (months).
    start, end : time, optional
        The first bin begins at or before `start` and the last one begins before `end`; times outside are left out.
        By default the first and the last of `times`.

    Returns
    -------
    Series of int64
        Index: the beginning of each bin, UTC. Empty where there are no times and no `start` and `end`.

    Raises
    ------
    InputError
        `width` is no offset, or `start` lies after `end`.

    Notes
    -----
    The last bin may be cut short by the end of the data: its count is too low. A fixed width is counted from 1970,
    so that days begin at midnight UTC, and "7D" on a Thursday.
    """
    found = pd.DatetimeIndex(pd.to_datetime(pd.Series(times).dropna(), utc=True, format="ISO8601").sort_values())
    try:
        offset = pd.tseries.frequencies.to_offset(re.sub(r"d$", "D", width))
    except ValueError as error:
        raise InputError(f"'{width}' is no width of a bin", "bins", "write it as 15min, 1h, 1d, W-MON or MS") from error
    first = utc(start) if start is not None else found.min() if len(found) else None
    last = utc(end) if end is not None else found.max() if len(found) else None
    if first is None or last is None or pd.isna(first) or pd.isna(last):
        return pd.Series(dtype="int64", index=pd.DatetimeIndex([], tz="UTC", name="at"), name="n")
    if first > last:
        raise InputError(f"the start, {first}, lies after the end, {last}", "bins", "exchange them")
    fixed = isinstance(offset, pd.tseries.offsets.Tick | pd.tseries.offsets.Day)
    begin = first.floor(offset) if fixed else offset.rollback(first.normalize())
    edges = pd.date_range(begin, last, freq=offset, tz="UTC")
    edges = edges[edges < last] if end is not None and len(edges) > 1 else edges
    inside = found[(found >= edges[0]) & (found < (utc(end) if end is not None else last + pd.Timedelta("1us")))]
    at = np.searchsorted(edges.asi8, inside.as_unit(edges.unit).asi8, side="right") - 1
    return pd.Series(np.bincount(at, minlength=len(edges)), index=edges.rename("at"), name="n", dtype="int64")


def utc(time: Any) -> pd.Timestamp:
    """A time in UTC; one without a zone is read as UTC."""
    at = pd.Timestamp(time)
    return at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")


def width_s(counts: pd.Series) -> float:
    """The usual width of the bins, in seconds; a day where there are fewer than two."""
    if len(counts) < 2:
        return DAY_S
    return float(np.median(np.diff(pd.DatetimeIndex(counts.index).as_unit("ns").asi8))) / 1e9


def checked(counts: pd.Series) -> pd.Series:
    """The counts as floats over a UTC index, or InputError."""
    if not isinstance(counts.index, pd.DatetimeIndex):
        raise InputError(
            "a series of counts needs the beginning of each bin as its index", "series", "make it by bins()"
        )
    held = counts.astype(float)
    problems = []
    if held.isna().any():
        problems.append(f"{int(held.isna().sum())} of {len(held)} bins hold no count")
    if (held < 0).any():
        problems.append(f"{int((held < 0).sum())} of {len(held)} bins hold a negative count")
    if not held.index.is_monotonic_increasing or not held.index.is_unique:
        problems.append("the bins are not in order of time, or one stands twice")
    if problems:
        raise InputError("; ".join(problems), "series", "make it by bins(), which fills the gaps with 0")
    return held.tz_localize("UTC") if held.index.tz is None else held
