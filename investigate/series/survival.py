"""Times of which some are not over yet: Kaplan-Meier, medians with intervals, the log-rank test."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError

COLUMNS = ("time", "survival", "low", "high", "at_risk", "n_events")


def kaplan_meier(durations: Any, observed: Any, level: float = 0.95) -> pd.DataFrame:
    """The share that is not over after each time, with its interval.

    Parameters
    ----------
    durations : sequence of float
        Time until the end, or until the last look where it was not over; any unit. Not negative.
    observed : sequence of bool
        Whether the end was seen. What was not is counted as long as it was watched, never dropped.
    level : float
        Of the pointwise interval (exponential Greenwood, log-log).

    Returns
    -------
    DataFrame
        time, survival, low, high, at_risk (just before the time), n_events (ends at the time); one row per time.

    Raises
    ------
    InputError
        Unequal lengths, or a duration that is missing or negative.

    Notes
    -----
    It assumes that what is still open is no different from the rest. References: Kaplan and Meier 1958,
    doi:10.1080/01621459.1958.10501452; computed by `lifelines.KaplanMeierFitter`.
    """
    time, ended = _checked(durations, observed)
    if not len(time):
        return pd.DataFrame({name: pd.Series(dtype=float) for name in COLUMNS})
    fitted = _fit(time, ended, level)
    band, table = fitted.confidence_interval_, fitted.event_table
    out = pd.DataFrame(
        {
            "time": table.index.to_numpy(float),
            "survival": fitted.survival_function_.iloc[:, 0].to_numpy(float),
            "low": band.iloc[:, 0].to_numpy(float),
            "high": band.iloc[:, 1].to_numpy(float),
            "at_risk": table["at_risk"].to_numpy("int64"),
            "n_events": table["observed"].to_numpy("int64"),
        }
    )
    return out.fillna({"low": 1.0, "high": 1.0})


def time_quantile(durations: Any, observed: Any, q: float = 0.5, level: float = 0.95) -> tuple[float, float, float]:
    """The time by which a share `q` is over, with its interval; `inf` where so many never were, NaN for no data.

    The interval inverts the band of the curve (Brookmeyer and Crowley 1982, doi:10.2307/2530286).
    """
    curve = kaplan_meier(durations, observed, level)
    if curve.empty:
        return math.nan, math.nan, math.nan
    reached = {name: curve.loc[curve[name] <= 1 - q + 1e-12, "time"].min() for name in ("survival", "low", "high")}
    value, low, high = (math.inf if pd.isna(reached[name]) else float(reached[name]) for name in reached)
    return value, low, high


def median_time(durations: Any, observed: Any, level: float = 0.95) -> tuple[float, float, float]:
    """The time by which half are over, with its interval; see `time_quantile`."""
    return time_quantile(durations, observed, 0.5, level)


def log_rank(durations: Any, observed: Any, groups: Any) -> float:
    """p-value that the groups end equally fast; NaN for fewer than two groups.

    Notes
    -----
    Weak where curves cross. References: Mantel 1966; computed by `lifelines.statistics.multivariate_logrank_test`.
    """
    time, ended = _checked(durations, observed)
    names = np.asarray(groups).astype(str)
    if len(names) != len(time):
        raise InputError(f"{len(time)} durations and {len(names)} groups", "log_rank", "give one group per duration")
    if len(set(names)) < 2 or not ended.any():
        return math.nan
    from lifelines.statistics import multivariate_logrank_test

    return float(multivariate_logrank_test(time, names, ended).p_value)


def _checked(durations: Any, observed: Any) -> tuple[np.ndarray, np.ndarray]:
    time, ended = np.asarray(durations, dtype=float), np.asarray(observed, dtype=bool)
    bad = int((~(time >= 0)).sum())
    if len(time) != len(ended) or bad:
        raise InputError(
            f"{len(time)} durations, {len(ended)} flags, {bad} durations missing or negative",
            "kaplan_meier",
            "give one flag per duration, and set aside rows that end before they begin",
        )
    return time, ended


def _fit(time: np.ndarray, ended: np.ndarray, level: float) -> Any:
    import warnings

    from lifelines import KaplanMeierFitter

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a curve that reaches 0 has a band of width 0 there, which lifelines remarks on
        return KaplanMeierFitter(alpha=1 - level).fit(time, ended)
