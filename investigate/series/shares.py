"""A share with its interval, p-values adjusted for many tests, and how unequally a total is spread."""

from __future__ import annotations

from typing import Any

import numpy as np


def wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """A share k / n with its Wilson interval; all NaN where n is 0.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953; computed by `statsmodels.stats.proportion.proportion_confint`.
    """
    if n <= 0:
        return float("nan"), float("nan"), float("nan")
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(int(k), int(n), alpha=1 - level, method="wilson")
    return k / n, float(low), float(high)


def adjust(p: Any) -> np.ndarray:
    """Benjamini-Hochberg q-values in the order of `p`; a NaN stays one and counts as no test.

    Notes
    -----
    Holds for independent and for positively dependent tests. References: Benjamini and Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x; computed by `scipy.stats.false_discovery_control`.
    """
    values = np.asarray(p, dtype=float)
    out = np.full(values.shape, np.nan)
    tested = ~np.isnan(values)
    if tested.any():
        from scipy.stats import false_discovery_control

        out[tested] = false_discovery_control(np.clip(values[tested], 0, 1), method="bh")
    return out


def gini(values: Any) -> float:
    """How unequally a total is spread: 0 where all are equal, near 1 where one holds it all; NaN for nothing.

    Notes
    -----
    It depends on who is counted: accounts without any activity must be among `values`, as zeros, or they do not count.
    """
    held = np.sort(np.asarray(values, dtype=float))
    total = held.sum()
    if not len(held) or total <= 0:
        return float("nan")
    n = len(held)
    return float((2 * np.arange(1, n + 1) - n - 1) @ held / (n * total))


def log_odds(
    a: np.ndarray,
    n_a: float,
    b: np.ndarray,
    n_b: float,
    *,
    weight: float,
    least_prior: float = 0.0,
    least_rest: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """How much more often each of many things stands in one part than in another, with an informative Dirichlet prior.

    Parameters
    ----------
    a, b : arrays, one count per thing
        Contents that hold it, in the one part and in the other.
    n_a, n_b : float
        Contents of the parts.
    weight : float
        Of the prior, in contents: the frequency in both parts together.
    least_prior, least_rest : float
        Lower bounds of one thing's prior and of the contents without it.

    Returns
    -------
    log_odds, z
        The log-odds ratio, and it over its standard error.

    References
    ----------
    Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018.
    """
    prior = np.maximum(weight * (a + b) / max(n_a + n_b, 1), least_prior)
    one = np.log((a + prior) / np.maximum(n_a + weight - a - prior, least_rest))
    other = np.log((b + prior) / np.maximum(n_b + weight - b - prior, least_rest))
    return one - other, (one - other) / np.sqrt(1 / (a + prior) + 1 / (b + prior))
