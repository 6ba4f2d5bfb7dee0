"""How fast counts grow or fall: the rate of a log-linear fit, and the doubling time it means."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .counting import checked, width_s

NOTHING = (math.nan, math.nan, math.nan)


def growth_rate(counts: pd.Series, last: int | None = None, level: float = 0.95) -> tuple[float, float, float]:
    """Growth per hour on the log scale over the last bins, with its interval; negative where counts fall.

    A log-linear Poisson regression whose variance is scaled by the dispersion found (never below 1), with Student's t.

    Parameters
    ----------
    counts : Series
        Counts per bin, as `bins` returns them.
    last : int, optional
        How many of the last bins to fit; all by default.

    Returns
    -------
    tuple of float
        rate, low, high per hour; all NaN for fewer than four bins or fewer than ten events.

    Notes
    -----
    It misleads over a turning point: fit the rise or the fall alone. Neighbouring bins that depend on each other make
    the interval too narrow. A last bin that is cut short pulls the rate down.
    """
    held = checked(counts)
    held = held.iloc[-last:] if last else held
    if len(held) < 4 or held.sum() < 10:
        return NOTHING
    from scipy.stats import t
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    hours = np.arange(len(held)) * width_s(held) / 3600.0
    scale = max(hours[-1], 1e-9)  # fitted over 0..1, so that the search does not depend on the unit
    found = GLM(held.to_numpy(), np.column_stack([np.ones(len(held)), hours / scale]), family=families.Poisson()).fit(
        scale="X2"
    )
    error = math.sqrt(found.normalized_cov_params[1, 1] * max(1.0, float(found.scale)))
    reach = float(t.isf((1 - level) / 2, len(held) - 2)) * error
    rate = float(found.params[1])
    return rate / scale, (rate - reach) / scale, (rate + reach) / scale


def doubling(counts: pd.Series, last: int | None = None, level: float = 0.95) -> tuple[float, float, float]:
    """The doubling time in hours with its interval: time, shortest, longest.

    `inf` stands for "no growth"; the longest is `inf` where the data also agree with none. All NaN where there are
    too few events to tell (see `growth_rate`, whose limits hold here too).
    """
    rate, low, high = growth_rate(counts, last, level)
    if math.isnan(rate):
        return NOTHING
    time, shortest, longest = (math.log(2) / r if r > 0 else math.inf for r in (rate, high, low))
    return time, shortest, longest
