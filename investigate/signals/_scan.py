"""One test for many signals: do more members fall into one class than accounts of the data at large would?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..chance import binomial_tail

LEAST_OTHERS = 50
"""Accounts outside a group with the same attribute, below which nothing can be compared."""
LEAST_MEMBERS = 3

SIGNAL_COLUMNS: dict[str, str] = {
    "community": "number of the group",
    "signal": "what was looked at",
    "family": "the independent family of evidence it belongs to: account quality, persona, or timing",
    "what": "the class, stretch or value in question",
    "observed": "members in it, or the members' median",
    "expected": "members that would be in it at the rate of the other accounts, or the others' median",
    "n": "members that have the attribute",
    "n_others": "other accounts that have it",
    "p": "chance of at least so many, corrected for the classes or stretches looked at",
    "q": "p adjusted by Benjamini-Hochberg over all groups and signals",
    "counts": "whether it may support a group beside its timing, where half of the members carry it",
    "note": "how it is to be read",
}


@dataclass(frozen=True)
class Signal:
    """One signal of one group; columns as in `SIGNAL_COLUMNS`."""

    community: int
    signal: str
    family: str
    what: str
    observed: float
    expected: float
    n: int
    n_others: int
    p: float
    counts: bool
    note: str

    def row(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in SIGNAL_COLUMNS if name != "q")


def crowded_class(members: pd.Series, others: Mapping[Any, int], n_others: int) -> tuple[Any, int, float, float] | None:
    """The class that holds unusually many members: (class, members in it, expected, p).

    Given one member of a class, how many of the others fall into the same one is Binomial(n - 1, rate), with the rate of the
    accounts outside the group, one account added to it so that a class never seen outside has a rate too. The smallest p is
    multiplied by the number of classes the members have.

    Returns
    -------
    tuple or None
        None for fewer than `LEAST_MEMBERS` members.
    """
    counted = members.value_counts()
    n = int(counted.sum())
    if n < LEAST_MEMBERS:
        return None
    rate = (np.array([others.get(c, 0) for c in counted.index], dtype=float) + 1) / (n_others + 1)
    k = counted.to_numpy()
    p = np.minimum(binomial_tail(k - 1, n - 1, np.minimum(rate, 1.0)) * len(k), 1.0)
    best = min(range(len(k)), key=lambda i: (p[i], -k[i], str(counted.index[i])))
    return counted.index[best], int(k[best]), float(1 + (n - 1) * rate[best]), float(p[best])


def crowded_stretch(members: np.ndarray, others: np.ndarray, width: float) -> tuple[float, int, float, float] | None:
    """The stretch of `width` that holds unusually many members' times: (start, members in it, expected, p).

    Every member's time starts a stretch; how many of the other n - 1 fall into it is Binomial with the rate of the accounts
    outside the group in that very stretch, one account added. The smallest p is multiplied by the stretches looked at. A wave
    of registrations that everybody took part in raises the rate and explains itself.
    """
    at, outside = np.sort(members), np.sort(others)
    n = len(at)
    if n < LEAST_MEMBERS:
        return None
    starts = np.unique(at)
    k = np.searchsorted(at, starts + width, side="left") - np.searchsorted(at, starts, side="left")
    out = np.searchsorted(outside, starts + width, side="left") - np.searchsorted(outside, starts, side="left")
    rate = np.minimum((out + 1) / (len(outside) + 1), 1.0)
    p = np.minimum(binomial_tail(k - 1, n - 1, rate) * len(starts), 1.0)
    best = int(np.lexsort((starts, -k, p))[0])
    return float(starts[best]), int(k[best]), float(1 + (n - 1) * rate[best]), float(p[best])


def share_test(k: int, n: int, k_others: int, n_others: int) -> tuple[float, float]:
    """Expected number of members with a property, and the chance of at least k, at the others' rate (one account added)."""
    rate = (k_others + 1) / (n_others + 1)
    return n * rate, float(binomial_tail(k, n, min(rate, 1.0)))


def medians_differ(members: np.ndarray, others: np.ndarray) -> float:
    """Two-sided p of the Mann-Whitney test; NaN where either side is too small."""
    if len(members) < LEAST_MEMBERS or len(others) < LEAST_OTHERS:
        return float("nan")
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(members, others, alternative="two-sided", method="asymptotic").pvalue)
