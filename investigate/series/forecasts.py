"""What a series lets one expect of the days to come, in sum and day by day, and how such forecasts did before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..errors import InputError
from .alarms import LEAST_FLAT, defaults, expect
from .counting import checked, width_s
from .regression import SEASONS, choose_season, factors

LEAST_TRIES = 3


@dataclass(frozen=True)
class Forecast:
    """Counts to come.

    Attributes
    ----------
    bins : DataFrame
        at, expected, low, high: each bin with its prediction interval.
    expected, low, high : float
        The sum over all bins, and the prediction interval of the sum.
    method : str
        "seasonal regression", "trend regression" or "flat rate".
    level : float
        Of the intervals.
    """

    bins: pd.DataFrame
    expected: float
    low: float
    high: float
    method: str
    level: float


def forecast(
    counts: pd.Series,
    ahead: int,
    *,
    history: int | None = None,
    holidays: Collection[date] = (),
    level: float = 0.95,
) -> Forecast:
    """The next `ahead` bins after the last one.

    The regression of `spikes`, fitted to the last `history` bins. Intervals hold the dispersion of counts and the
    uncertainty of the fit; that of the sum knows that an error of the fit shifts all its bins together.

    Parameters
    ----------
    counts : Series
        Counts per bin as `bins` returns them; a last bin that is cut short is left out by the caller.
    ahead : int
        Bins.
    history : int, optional
        As in `spikes`.
    holidays : collection of date
        Days that count as Sundays, in the past and to come.
    level : float
        0.95: of twenty such intervals one does not hold what comes.

    Raises
    ------
    InputError
        Fewer than eight bins, or nothing to look ahead to.

    Notes
    -----
    It misleads after a change of level that the history still outweighs, and where something is known to come that the
    past does not hold. `backtest` shows how far to trust it on these data.
    """
    held = checked(counts)
    if ahead < 1 or len(held) < LEAST_FLAT or not 0 < level < 1:
        raise InputError(
            f"{len(held)} bins of history, {ahead} ahead, level {level:g}",
            "forecast",
            f"give {LEAST_FLAT} bins or more, one or more ahead, and a level between 0 and 1",
        )
    width = width_s(held)
    usual = defaults(width)
    past = held.iloc[-(history or usual[0]) :]
    at = pd.DatetimeIndex(past.index)
    to_come = at[-1] + pd.to_timedelta(np.arange(1, ahead + 1) * width, "s")
    season = choose_season("auto", width, len(past))
    seasonal = factors(at.append(pd.DatetimeIndex(to_come)), holidays)
    levels = [seasonal[f] for f in SEASONS[season]]
    found = expect(past.to_numpy(float), levels, ahead, width, usual[3], {})
    low, high = _interval(found.mean, found.variance, level)
    total = float(found.mean.sum())
    ends = _interval(np.array([total]), np.array([found.variance_of_sum]), level)
    table = pd.DataFrame({"at": to_come, "expected": found.mean, "low": low, "high": high})
    return Forecast(table, total, float(ends[0][0]), float(ends[1][0]), found.method, level)


def backtest(
    counts: pd.Series,
    ahead: int,
    *,
    history: int | None = None,
    holidays: Collection[date] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Forecasts of the sum made at earlier points, each from what lay before it, against what came.

    Returns
    -------
    DataFrame
        at (first bin of the stretch), observed, expected, low, high, inside; stretches of `ahead` bins that do not
        overlap, the latest last. Empty where the history is too short for any.
    """
    held = checked(counts)
    least = max(defaults(width_s(held))[3], 2 * ahead)
    rows = []
    for begin in range(len(held) - ahead, least - 1, -ahead):
        made = forecast(held.iloc[:begin], ahead, history=history, holidays=holidays, level=level)
        came = float(held.iloc[begin : begin + ahead].sum())
        rows.append((held.index[begin], came, made.expected, made.low, made.high, made.low <= came <= made.high))
    table = pd.DataFrame(rows[::-1], columns=["at", "observed", "expected", "low", "high", "inside"])
    return table.astype({"inside": bool})


def _interval(mean: np.ndarray, variance: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The middle `level` of negative binomials with these means and variances; Poisson where there is no excess."""
    from scipy.stats import nbinom, poisson

    excess = np.maximum(variance - mean, 1e-9 * mean)
    size = mean**2 / excess
    ends = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        plain, spread = poisson.ppf(share, mean), nbinom.ppf(share, size, mean / (mean + excess))
        ends.append(np.where(excess <= 1e-6 * mean, plain, spread))
    return ends[0], ends[1]
