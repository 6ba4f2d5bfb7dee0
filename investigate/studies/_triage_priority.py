"""A provisional priority that explains itself: parts, weights, and which parts were assumed. It orders work; people decide."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

WEIGHTS: dict[str, tuple[float, str]] = {
    "severity": (0.35, "the severity ladder, S0 nuisance to S4 imminent threat to life"),
    "reach": (0.20, "reach and velocity: contents in the loudest hour (views are not in the data), doubling time"),
    "time": (0.15, "time pressure: how much of the allowed time is gone"),
    "violation": (0.10, "likelihood of a violation"),
    "people": (0.10, "vulnerability of the people affected"),
    "legal": (0.05, "legal or partner commitment"),
    "novelty": (0.05, "novelty: the largest share of the peak with a word or tag never seen before it"),
}
NEUTRAL = 0.5
BANDS = ((80.0, "P0"), (60.0, "P1"), (35.0, "P2"), (0.0, "P3"))
HARD_TRIGGERS = (
    "a credible, imminent threat to life",
    "a live atrocity",
    "suspected child sexual abuse (route only, look at nothing)",
    "a court's or regulator's clock under 24 hours",
    "the safety of a protected election process on voting day",
    "a large, active account takeover or fraud with ongoing loss",
)
# Doubling time in hours -> velocity.
_SPEEDS = ((1.0, 1.0), (3.0, 0.75), (12.0, 0.5), (24.0, 0.25))


def reach(per_hour: float, doubling_h: float) -> float:
    """0 to 1: half for the contents of the loudest hour (10,000 count as 1, on a logarithmic scale), half for the doubling time."""
    size = min(math.log10(max(per_hour, 1.0)) / 4, 1.0)
    speed = next((s for hours, s in _SPEEDS if doubling_h <= hours), 0.0) if not math.isnan(doubling_h) else 0.0
    return (size + speed) / 2


def ladder(severity: str) -> float:
    """S0 to S4 as 0 to 1; NaN where nothing is stated."""
    return int(severity[1]) / 4 if severity else math.nan


def priority(parts: Mapping[str, float]) -> tuple[pd.DataFrame, float, str]:
    """The score from 0 to 100, part by part.

    Parameters
    ----------
    parts : mapping of str to float
        Names of `WEIGHTS`, 0 to 1; what is missing or NaN counts as 0.5 and is marked as assumed.

    Returns
    -------
    tuple
        DataFrame (part, meaning, weight, value, contribution, assumed), the score, and its band (P0 to P3).

    Notes
    -----
    Raising any part never lowers the score. The score of an issue of which nothing is known is 50: P2.
    """
    rows = []
    for name, (weight, meaning) in WEIGHTS.items():
        given = parts.get(name, math.nan)
        value = NEUTRAL if math.isnan(given) else min(max(given, 0.0), 1.0)
        rows.append((name, meaning, weight, round(value, 3), round(100 * weight * value, 2), math.isnan(given)))
    table = pd.DataFrame(rows, columns=["part", "meaning", "weight", "value", "contribution", "assumed"])
    score = round(float(table["contribution"].sum()), 1)
    return table, score, next(name for least, name in BANDS if score >= least)
