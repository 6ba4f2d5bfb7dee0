"""Tails of the distributions that counts are held against."""

from __future__ import annotations

from typing import Any

import numpy as np


def binomial_tail(k: Any, n: Any, p: Any) -> np.ndarray:
    """P[X >= k] for X ~ Binomial(n, p), elementwise, by the regularised incomplete beta function.

    1 where k is 0, 0 where k is more than n. (`scipy.stats` gives the same and takes seconds to import.)
    """
    from scipy.special import betainc

    k, n, p = (np.asarray(x, dtype=float) for x in np.broadcast_arrays(k, n, p))
    inside = (k >= 1) & (k <= n)
    tail = betainc(np.where(inside, k, 1), np.where(inside, n - k + 1, 1), np.clip(p, 0, 1))
    return np.where(inside, tail, np.where(k < 1, 1.0, 0.0))


def at_least_poisson(k: Any, mean: Any) -> np.ndarray:
    """P[X >= k] for X ~ Poisson(mean), elementwise.

    For a sum of unlike yes-or-no draws with this mean it is too large rather than too small wherever k exceeds the
    mean by one or more (Hoeffding 1956, doi:10.1214/aoms/1177728178, with the binomial's limit).
    """
    from scipy.special import gammainc

    k, mean = (np.asarray(x, dtype=float) for x in np.broadcast_arrays(k, mean))
    return np.where(k < 1, 1.0, gammainc(np.maximum(k, 1), mean))
