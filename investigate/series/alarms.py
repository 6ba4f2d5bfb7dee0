"""Bins with more events than the history lets one expect, and whether that alarm keeps its promise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pandas as pd

from ..errors import InputError
from .counting import DAY_S, checked, width_s
from .regression import (
    SEASONS,
    Expectation,
    choose_season,
    columns,
    factors,
    filled,
    flat,
    least_alarming,
    regress,
    standardised,
    tail,
)
from .shares import wilson

LEAST_FLAT = 8
"""Bins of history below which nothing is said of a bin."""
LEAST_MEAN = 2.0
"""Events per bin below which a flat rate is used (bins of a day or longer)."""
LEAST_PER_COLUMN = 5.0
"""Events per coefficient that a regression over bins shorter than a day needs."""
RESULT = ("at", "observed", "expected", "high", "p", "z", "alarm", "method", "season", "n_history")


def defaults(width: float) -> tuple[int, int, int, int]:
    """For bins of this width in seconds: history, guard, bins between two fits, and history a regression needs."""
    if width < DAY_S:
        day = max(1, round(DAY_S / width))
        return 28 * day, max(1, day // 4), max(1, day // 4), 4 * day
    if width < 6 * DAY_S:
        week = max(1, round(7 * DAY_S / width))
        return 12 * week, week, week, 4 * week
    return (104, 1, 1, 13) if width < 20 * DAY_S else (36, 1, 1, 12)


def spikes(
    counts: pd.Series,
    *,
    season: str = "auto",
    alpha: float = 0.001,
    history: int | None = None,
    min_excess: float = 5,
    guard: int | None = None,
    refit: int | None = None,
    holidays: Collection[date] = (),
) -> pd.DataFrame:
    """Every bin against what the bins before it lead one to expect: a forecast, never a look back.

    A negative-binomial regression on weekday, hour and a linear trend is fitted to the history, past outliers count
    less (two passes), the last `guard` bins before a fit are left out of it, and the dispersion is estimated. The
    bin's p is the one-sided tail of a negative binomial whose variance holds the dispersion and the uncertainty of the
    forecast. Where the history is too short or too thin, the tail against the flat rate is taken; see `method`.

    Parameters
    ----------
    counts : Series
        Counts per bin with gaps filled by 0, as `bins` returns them; whole numbers. Leave out a last bin that is cut short.
    season : str
        "auto" (weekday for 28 days of history or more, hour of the day for bins shorter than a day and 4 days or more),
        "none", "week", "day" or "week+day".
    alpha : float
        Level of one bin; 0.001 for alarms, 0.01 for a watch list. Over many series, adjust p with `adjust`.
    history : int, optional
        Bins to fit at most: 84 days (28 for bins shorter than a day), 104 weeks, 36 months by default.
    min_excess : float
        Events above the expected number that an alarm needs.
    guard : int, optional
        Bins before a fit that are left out of it: 7 days, a quarter of a day, 1 week or 1 month by default.
    refit : int, optional
        Bins judged by one fit: 7 days, a quarter of a day, 1 week or 1 month by default. 1 refits at each step.
    holidays : collection of date
        Days that count as Sundays.

    Returns
    -------
    DataFrame
        One row per bin: at, observed, expected, high (smallest count whose p is below alpha), p, z (place in the
        predictive distribution as a normal residual), alarm, method ("seasonal regression", "trend regression",
        "flat rate" or "too little history", where p is NaN), season, n_history (bins fitted).

    Raises
    ------
    InputError
        A level outside 0..1, an unknown season, or counts that are missing, negative or out of order.

    Notes
    -----
    It misleads where a level changed for good (every bin after it alarms until the fit has caught up: see `breaks`),
    over holidays it was not told of, and where the series counts something else than before. Times of day are UTC.

    References
    ----------
    Farrington et al. 1996, doi:10.2307/2983331; Noufaily et al. 2013, doi:10.1002/sim.5595.
    """
    if not 0 < alpha < 1:
        raise InputError(f"a level of {alpha:g} is not between 0 and 1", "parameter alpha", "take 0.001 or 0.01")
    held = checked(counts)
    width, seasonal = width_s(held), factors(pd.DatetimeIndex(held.index), holidays)
    usual = defaults(width)
    length, gap, step = (int(a if a is not None else b) for a, b in zip((history, guard, refit), usual, strict=False))
    if min(length, step) < 1 or gap < 0:
        raise InputError(f"history {length}, guard {gap}, refit {step}", "spikes", "give whole numbers of bins")
    y, n = held.to_numpy(), len(held)
    mean, variance = np.full(n, np.nan), np.full(n, np.nan)
    method, seasons, used = (
        np.full(n, "too little history", dtype=object),
        np.full(n, "none", dtype=object),
        np.zeros(n, int),
    )
    warm: dict[int, np.ndarray] = {}
    for begin in range(LEAST_FLAT, n, step):
        stop = begin - gap if begin - gap >= LEAST_FLAT else begin
        fit, new = slice(max(0, stop - length), stop), slice(begin, min(n, begin + step))
        chosen = choose_season(season, width, stop - fit.start)
        levels = [np.concatenate([seasonal[f][fit], seasonal[f][new]]) for f in SEASONS[chosen]]
        expected = expect(y[fit], levels, new.stop - begin, width, usual[3], warm)
        mean[new], variance[new] = expected.mean, expected.variance
        method[new], used[new] = expected.method, stop - fit.start
        seasons[new] = chosen if expected.method == "seasonal regression" else "none"
    told = ~np.isnan(mean)
    p, z, high = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    p[told] = tail(y[told], mean[told], variance[told])
    z[told] = standardised(y[told], mean[told], variance[told])
    high[told] = least_alarming(mean[told], variance[told], alpha)
    alarm = told & (np.nan_to_num(p, nan=1.0) < alpha) & (np.nan_to_num(y - mean, nan=0.0) >= min_excess)
    return pd.DataFrame(dict(zip(RESULT, (held.index, y, mean, high, p, z, alarm, method, seasons, used), strict=True)))


def expect(
    past: np.ndarray, levels: list[np.ndarray], n_new: int, width: float, least: int, warm: dict[int, np.ndarray]
) -> Expectation:
    """What the past lets one expect of the next `n_new` bins: by the regression, or the flat rate where that cannot be fitted.

    `levels` holds each seasonal factor of past and new bins, `least` is the history in bins that a regression needs, and `warm`
    keeps coefficients from one call to the next.
    """
    m = len(past)
    x = columns(levels, m, m + n_new, trend=True)
    thin = past.mean() < LEAST_MEAN and (width >= DAY_S or past.sum() < LEAST_PER_COLUMN * x.shape[1])
    unseen = any(not np.isin(v[m:], v[:m]).all() for v in levels)
    if m < max(least, x.shape[1] + 4) or thin or unseen:
        return flat(past, n_new)
    found, cov, a = regress(filled(past, [v[:m] for v in levels]), x[:m], warm.get(x.shape[1]))
    warm[x.shape[1]] = found
    ahead = x[m:]
    # A trend may not carry the forecast beyond anything seen (Farrington): at most double the largest past count.
    mean = np.minimum(np.exp(np.clip(ahead @ found, -20, 25)), max(1.0, 2 * past.max()))
    error = np.minimum(((ahead @ cov) * ahead).sum(axis=1), 1.0)
    name = "seasonal regression" if levels else "trend regression"
    noise = mean + a * mean**2
    return Expectation(mean, noise + mean**2 * error, name, noise, mean[:, None] * ahead, cov)


def false_alarm_share(
    judged: pd.DataFrame | pd.Series, alpha: float | Sequence[float] = (0.001, 0.01), *, season: str = "auto"
) -> pd.DataFrame:
    """How often the alarm would have gone off on history, at each level, with the Wilson interval.

    Parameters
    ----------
    judged : DataFrame or Series
        What `spikes` returned, of one series or of several one under the other; or counts, which are judged first.
    alpha : float or sequence of float
        Levels.

    Returns
    -------
    DataFrame
        alpha, n_bins (judged), n_alarms (p below alpha, whatever the excess), share, low, high, kept ("yes": at most
        twice the level; "no": even the interval's low end is above that; else "cannot tell").

    Notes
    -----
    Real spikes in the history count as false alarms here: where there were some, the share is too high.
    """
    table = spikes(judged, season=season) if isinstance(judged, pd.Series) else judged
    p = table["p"].dropna().to_numpy(float)
    rows = []
    for level in [alpha] if isinstance(alpha, float) else alpha:
        k = int((p < level).sum())
        share, low, high = wilson(k, len(p))
        kept = "yes" if share <= 2 * level else "no" if low > 2 * level else "cannot tell"
        rows.append((float(level), len(p), k, share, low, high, kept))
    return pd.DataFrame(rows, columns=["alpha", "n_bins", "n_alarms", "share", "low", "high", "kept"])
