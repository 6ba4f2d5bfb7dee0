"""Slow drift (CUSUM) and lasting changes of level (change points)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from ..errors import InputError
from .alarms import LEAST_FLAT
from .counting import checked, width_s
from .regression import SEASONS, choose_season, columns, factors, filled, flat, regress, standardised

CLIP = 3.0
"""A single bin adds no more than this: one spike is no drift (Lucas and Crosier 1982, doi:10.2307/1268315)."""


def drift(
    counts: pd.Series,
    *,
    season: str = "auto",
    history: int | None = None,
    k: float = 0.5,
    h: float = 5.0,
    holidays: Collection[date] = (),
) -> pd.DataFrame:
    """Cumulative sums of the bins' standardised residuals against a level fixed on the first bins.

    Parameters
    ----------
    counts : Series
        Counts per bin, as `bins` returns them.
    history : int, optional
        First bins that set the level and the season, without a trend; two thirds of the series by default.
    k, h : float
        Allowance and limit, in standard deviations.

    Returns
    -------
    DataFrame
        One row per bin after those: at, z, up, down (the sums), alarm ("up", "down" or ""), began (the first bin of the
        run that reached the limit). A sum starts again from 0 after its alarm. Empty where fewer than 8 bins set the level.

    Raises
    ------
    InputError
        `k` is negative or `h` not positive.

    Notes
    -----
    With k 0.5 and h 5, one side alarms about once in 930 bins while nothing changes, if bins are independent and the
    level is known; a level from few bins alarms sooner. References: Page 1954, doi:10.1093/biomet/41.1-2.100.
    """
    if k < 0 or h <= 0:
        raise InputError(f"k {k:g} and h {h:g}", "drift", "give k of 0 or more and h above 0 (0.5 and 5)")
    held = checked(counts)
    n = len(held)
    m = int(history) if history is not None else n * 2 // 3
    if m < LEAST_FLAT or m >= n:
        return pd.DataFrame(
            {
                "at": held.index[:0],
                **{c: pd.Series(dtype=float) for c in ("z", "up", "down")},
                "alarm": pd.Series(dtype=object),
                "began": held.index[:0],
            }
        )
    y = held.to_numpy()
    seasonal = factors(pd.DatetimeIndex(held.index), holidays)
    levels = [seasonal[f] for f in SEASONS[choose_season(season, width_s(held), m)]]
    x = columns(levels, m, n, trend=False)
    if y[:m].mean() < 2 or m < x.shape[1] + 4:
        told = flat(y[:m], n - m)
        mean, variance = told.mean, told.variance
    else:
        found, cov, a = regress(filled(y[:m], [v[:m] for v in levels]), x[:m], None)
        mean = np.exp(x[m:] @ found)
        variance = mean + a * mean**2 + mean**2 * ((x[m:] @ cov) * x[m:]).sum(axis=1)
    z = np.clip(standardised(y[m:], mean, variance), -CLIP, CLIP)
    rows, up, down, since_up, since_down = [], 0.0, 0.0, 0, 0
    for i, value in enumerate(z):
        since_up, since_down = i if up == 0 else since_up, i if down == 0 else since_down
        up, down = max(0.0, up + value - k), max(0.0, down - value - k)
        side = "up" if up > h else "down" if down > h else ""
        began = held.index[m + (since_up if side == "up" else since_down)] if side else pd.NaT
        rows.append((held.index[m + i], value, up, down, side, began))
        up, down = (0.0 if side == "up" else up), (0.0 if side == "down" else down)
    return pd.DataFrame(rows, columns=["at", "z", "up", "down", "alarm", "began"])


def breaks(
    counts: pd.Series, *, season: str = "auto", min_size: int | None = None, penalty: float = 3.0
) -> pd.DataFrame:
    """When the level changed for good, looking back over the whole series.

    Square roots of the counts, which have about the same spread at every level, less their weekday or hour; divided by
    the spread between neighbouring bins; then the exact search PELT with a cost per change (ruptures' compiled one: with a linear
    kernel its cost is the squared distance from the level's mean).

    Parameters
    ----------
    min_size : int, optional
        Bins that a level must last; a week of daily bins, a day of hourly ones, 4 weeks, 3 months by default.
    penalty : float
        Cost of a change, in units of the logarithm of the number of bins; more finds fewer.

    Returns
    -------
    DataFrame
        One row per change: at (the first bin of the new level), before, after (mean counts per bin of the two levels),
        ratio (after / before; inf where there was nothing before), n_before, n_after (bins). Empty where there are none.

    Notes
    -----
    It describes; it tests nothing. A steady trend comes out as a staircase. References: Killick et al. 2012,
    doi:10.1080/01621459.2012.737745.
    """
    held = checked(counts)
    n, width = len(held), width_s(held)
    size = (
        min_size if min_size is not None else 7 if width == 86400 else 24 if width == 3600 else 4 if width < 2e6 else 3
    )
    out = ["at", "before", "after", "ratio", "n_before", "n_after"]
    if n < 2 * size or n < LEAST_FLAT:
        return pd.DataFrame(columns=out)
    import ruptures

    y = held.to_numpy()
    root = 2 * np.sqrt(y + 3 / 8)
    seasonal = factors(pd.DatetimeIndex(held.index))
    for values in (seasonal[f] for f in SEASONS[choose_season(season, width, n)]):
        # Against the level around it, not of the whole: else a change of level leaks into the season.
        around = pd.Series(root).rolling(len(np.unique(values)), center=True, min_periods=1).mean().to_numpy()
        effect = {v: np.median((root - around)[values == v]) for v in np.unique(values)}
        root = root - np.array([effect[v] for v in values])
    steps = np.abs(np.diff(root))
    noise = max(float(np.median(steps)) / (0.6745 * np.sqrt(2)), 1.0)
    found = ruptures.KernelCPD(kernel="linear", min_size=size).fit((root / noise)[:, None])
    ends = found.predict(pen=penalty * np.log(n))
    edges = [0, *ends]
    rows = []
    for left, middle, right in zip(edges, edges[1:], edges[2:], strict=False):
        before, after = y[left:middle].mean(), y[middle:right].mean()
        ratio = after / before if before else np.inf
        rows.append((held.index[middle], before, after, ratio, middle - left, right - middle))
    return pd.DataFrame(rows, columns=out)
