"""How big and how fast: contents by the hour against a baseline, the part that stands out, and how it grows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import numpy as np
import pandas as pd

from ..errors import InputError
from ..series import adjust, doubling, spikes
from ..store import frame

LEAST_EXCESS = 5.0
PEAK_Q = 0.01
"""Adjusted p that the loudest hour of a peak must have."""
BRIDGED_H = 6
"""Quiet hours that do not part two loud ones: people sleep."""
LEAST_COMPARED = 100
"""Contents that the part compared with must hold."""
LEAST_HOURS = 48
"""Hours below which nothing can be said about an unusual one, baseline or not."""

HOUR_COLUMNS = ("at", "n_contents", "n_accounts", "expected", "high", "p", "alarm", "against", "peak")


@dataclass(frozen=True)
class Scope:
    """Which contents are looked at, which of them are the peak, and what they are compared with.

    Attributes
    ----------
    hours : DataFrame
        `HOUR_COLUMNS`, one row per hour of the issue, gaps filled with 0.
    window : tuple of Timestamp
        First hour, and the end of the last one, of the issue.
    peak : tuple of Timestamp or None
        First hour, and the end of the last one, of the stretch of loud hours with most contents above the expected ones.
    n_issue, n_peak, n_before : int
        Contents of the issue, of the peak, and of the part compared with.
    compared : str
        What the peak is compared with, in words; empty where there is nothing to compare with.
    with_baseline : bool
        Whether any hour could be judged against earlier ones.
    doubling_h : tuple of float
        Doubling time of the rise to the highest hour, in hours, with its interval; NaN where it cannot be told.
    """

    hours: pd.DataFrame
    window: tuple[pd.Timestamp, pd.Timestamp] | None
    peak: tuple[pd.Timestamp, pd.Timestamp] | None
    n_issue: int
    n_peak: int
    n_before: int
    compared: str
    with_baseline: bool
    doubling_h: tuple[float, float, float]

    @property
    def loudest(self) -> pd.Series | None:
        """The hour with most contents, within the peak where there is one."""
        held = self.hours[self.hours["peak"]] if self.peak else self.hours
        return None if held.empty else held.loc[held["n_contents"].idxmax()]

    @property
    def ratio(self) -> float:
        """The loudest hour over what was expected of it (at least one content); NaN without a peak."""
        top = self.loudest
        return float(top["n_contents"] / max(top["expected"], 1.0)) if self.peak and top is not None else math.nan


def scope(
    con: duckdb.DuckDBPyConnection,
    as_of: datetime,
    window_start: str,
    window_end: str,
    baseline_days: int,
    alpha: float,
) -> Scope:
    """Count the hours, find the peak, and make the table `triage_content` that all other parts read.

    Parameters
    ----------
    window_start, window_end : str
        The issue, where it is known; empty for all contents up to `as_of`.
    baseline_days : int
        Days before the peak that it is compared with.
    alpha : float
        Level of one hour.

    Raises
    ------
    InputError
        A time cannot be read, or the window is empty.
    """
    start, end = _edges(window_start, window_end, as_of)
    hours = _counted(con, end)
    hours = _judged(hours, baseline_days, alpha)
    issue = hours if start is None or hours.empty else hours[hours["at"] >= start.floor("h")]
    peak = _episode(issue)
    issue = issue.assign(peak=_within(issue["at"], peak)).reset_index(drop=True)
    first = start if start is not None else issue["at"].iloc[0] if len(issue) else None
    n_before, compared = _table(con, first, end, peak, baseline_days)
    sizes = con.execute("select count(*) filter (focus), count(*) filter (peak) from triage_content").fetchall()[0]
    return Scope(
        hours=issue[list(HOUR_COLUMNS)],
        window=None if first is None else (first, end),
        peak=peak,
        n_issue=int(sizes[0]),
        n_peak=int(sizes[1]),
        n_before=n_before,
        compared=compared,
        with_baseline=bool((issue["against"] == "earlier hours").any()),
        doubling_h=_rise(issue),
    )


def _edges(window_start: str, window_end: str, as_of: datetime) -> tuple[pd.Timestamp | None, pd.Timestamp]:
    problems, found = [], []
    for name, given in (("window_start", window_start), ("window_end", window_end)):
        try:
            at = pd.Timestamp(given) if given else None
        except ValueError:
            problems.append(f"{name} '{given}' is no date or time")
            at = None
        found.append(None if at is None else at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC"))
    # `as_of` may be the very last content: it belongs to the issue.
    last = pd.Timestamp(as_of) + timedelta(microseconds=1)
    end = min(found[1], last) if found[1] is not None else last
    if found[0] is not None and found[0] >= end:
        problems.append(f"the window is empty: it starts at {found[0]} and ends at {end}")
    if problems:
        raise InputError("; ".join(problems), "parameters window_start, window_end, as_of", "write 2026-11-03T06:00Z")
    return found[0], end


def _counted(con: duckdb.DuckDBPyConnection, end: pd.Timestamp) -> pd.DataFrame:
    table = frame(
        con,
        """select time_bucket(interval 1 hour, created_at) as at, count(*) as n_contents,
                  count(distinct account_id) as n_accounts
           from content where created_at < cast($end as timestamptz) group by 1 order by 1""",
        {"end": end.isoformat()},
    )
    if table.empty:
        return table
    table["at"] = pd.to_datetime(table["at"], utc=True)
    span = pd.date_range(table["at"].iloc[0], table["at"].iloc[-1], freq="h", name="at")
    return table.set_index("at").reindex(span, fill_value=0).reset_index()


def _judged(hours: pd.DataFrame, baseline_days: int, alpha: float) -> pd.DataFrame:
    """Each hour against earlier ones by `investigate.series.spikes`; where there are too few, against the data itself."""
    if hours.empty:
        return hours.assign(expected=[], high=[], p=[], alarm=[], against=[])
    counts = hours.set_index("at")["n_contents"]
    told = spikes(counts, season="day", alpha=alpha, history=24 * baseline_days, min_excess=LEAST_EXCESS, refit=24)
    good = (told["method"] == "seasonal regression").to_numpy()
    mean, high, p = _inside(counts, alpha)
    out = hours.assign(
        expected=np.where(good, told["expected"], mean).round(1),
        high=np.where(good, told["high"], high),
        p=_figures(np.where(good, told["p"], p)),
        against=np.where(good, "earlier hours", "the data itself"),
    )
    excess = out["n_contents"] - out["expected"]
    out["alarm"] = (out["p"] < alpha) & (excess >= LEAST_EXCESS)
    return out


def _figures(p: np.ndarray, digits: int = 3) -> np.ndarray:
    """Rounded to significant digits: the last ones of a tail differ from machine to machine."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = 10.0 ** (digits - 1 - np.floor(np.log10(p)))
        return np.where((p > 1e-290) & np.isfinite(p), np.round(p * steps) / steps, p)


def _inside(counts: pd.Series, alpha: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected count, first alarming count and p of each hour, from the other hours of the same data.

    The expected count is the median of the same hour of the day over three days or more, else the median of all. The spread
    is that of all but the loudest twentieth, made up for what a median takes from its own hours, and for its own error.
    A peak that fills most of the data hides itself.
    """
    from scipy.stats import nbinom

    y = counts.to_numpy(float)
    if len(y) < LEAST_HOURS:
        nothing = np.full(len(y), np.nan)
        return np.full(len(y), float(np.median(y))), nothing, nothing
    days = len(y) / 24 if len(y) >= 72 else float(len(y))
    by_hour = counts.groupby(pd.DatetimeIndex(counts.index).hour).transform("median").to_numpy(float)
    mean = np.maximum(by_hour if len(y) >= 72 else np.full(len(y), np.median(y)), 0.5)
    off = (y - mean) ** 2 * days / (days - 1) - mean
    loud = (y - mean) / np.sqrt(mean)
    calm = loud <= np.quantile(loud, 0.95)
    spread = max(float(off[calm].sum() / (mean[calm] ** 2).sum()), 0.01)
    # The median of n counts has about pi / 2 times the variance of their mean.
    variance = (mean + spread * mean**2) * (1 + np.pi / 2 / days)
    size = mean**2 / (variance - mean)
    chance = size / (size + mean)
    return mean, nbinom.isf(alpha, size, chance) + 1, nbinom.sf(y - 1, size, chance)


def _episode(hours: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The stretch of loud hours, quiet ones of up to `BRIDGED_H` between them, with most contents above the expected.

    Of hundreds of hours some are loud by chance: without one whose p survives the adjustment for all of them, there is no peak.
    """
    loud = hours[hours["alarm"]] if len(hours) else hours
    if loud.empty or not (adjust(hours["p"]) <= PEAK_Q).any():
        return None
    parts = (loud["at"].diff() > pd.Timedelta(hours=BRIDGED_H + 1)).cumsum()
    excess = (loud["n_contents"] - loud["expected"]).groupby(parts).sum()
    best = loud[parts == excess.idxmax()]
    return best["at"].iloc[0], best["at"].iloc[-1] + pd.Timedelta(hours=1)


def _within(at: pd.Series, peak: tuple[pd.Timestamp, pd.Timestamp] | None) -> pd.Series:
    return at.between(*peak, inclusive="left") if peak else pd.Series(False, index=at.index)


def _table(
    con: duckdb.DuckDBPyConnection,
    start: pd.Timestamp | None,
    end: pd.Timestamp,
    peak: tuple[pd.Timestamp, pd.Timestamp] | None,
    baseline_days: int,
) -> tuple[int, str]:
    """Make `triage_content`; the size of the part compared with, and what it is."""
    from_peak = peak[0] if peak else end
    edges = {
        "start": (start if start is not None else end).isoformat(),
        "end": end.isoformat(),
        "first": from_peak.isoformat(),
        "last": (peak[1] if peak else end).isoformat(),
        "since": (from_peak - pd.Timedelta(days=baseline_days)).isoformat(),
    }
    con.execute(
        "create or replace temp table triage_edges as select "
        + ", ".join(f"cast('{v}' as timestamptz) as {k}_at" for k, v in edges.items())
    )
    con.execute(
        """create or replace temp table triage_content as
           select c.content_id, c.account_id, c.created_at, c.text, c.language, c.content_type,
                  c.created_at >= e.start_at as focus,
                  c.created_at >= e.start_at and c.created_at >= e.first_at and c.created_at < e.last_at as peak,
                  c.created_at < e.first_at and c.created_at >= e.since_at as before
           from content c, triage_edges e where c.created_at < e.end_at"""
    )
    if peak is None:
        con.execute("update triage_content set before = false")
        return 0, ""
    n = int(con.execute("select count(*) filter (before) from triage_content").fetchall()[0][0])
    if n >= LEAST_COMPARED:
        return n, f"the {n:,} contents of the {baseline_days} days before it, as far as the data hold them"
    con.execute("update triage_content set before = not peak")
    n = int(con.execute("select count(*) filter (before) from triage_content").fetchall()[0][0])
    if n >= LEAST_COMPARED:
        return n, f"the {n:,} other contents of the data, later ones too: there are too few before it"
    con.execute("update triage_content set before = false")
    return 0, ""


def _rise(hours: pd.DataFrame) -> tuple[float, float, float]:
    """Doubling time from six hours before the peak, or its lowest hour since then, to the highest hour."""
    nothing = (math.nan, math.nan, math.nan)
    if hours.empty or not hours["peak"].any():
        return nothing
    top = int(hours.loc[hours["peak"], "n_contents"].idxmax())
    begin = max(0, int(hours.index[hours["peak"]][0]) - BRIDGED_H)
    counts = hours.set_index("at")["n_contents"].iloc[begin : top + 1]
    low = int(np.argmin(counts.to_numpy()))
    return doubling(counts.iloc[low:] if len(counts) - low >= 4 else counts)
