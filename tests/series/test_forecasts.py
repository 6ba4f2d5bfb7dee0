"""Forecasts of the days to come: calibrated, made from the past only, and tried on the history."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.series import backtest, forecast

MONDAY = pd.Timestamp("2026-01-05", tz="UTC")
RHYTHM = np.array([1.1, 1.1, 1.0, 1.0, 1.0, 0.5, 0.4])


def arrivals(rng: np.random.Generator, days: int, mean: float = 30.0, size: float = 25.0) -> pd.Series:
    """Over-dispersed counts with a weekly rhythm."""
    at = MONDAY + pd.to_timedelta(np.arange(days), "D")
    mu = mean * RHYTHM[np.arange(days) % 7]
    return pd.Series(rng.negative_binomial(size, size / (size + mu)).astype(float), index=at)


def test_intervals_hold_what_comes_as_often_as_promised():
    """Of 200 steady queues the fortnight's sum lies in its 95 % interval about as often, and single days too."""
    rng = np.random.default_rng(1)
    sums, days = [], []
    for _ in range(200):
        counts = arrivals(rng, 98)
        made = forecast(counts.iloc[:84], 14)
        came = counts.iloc[84:]
        sums.append(made.low <= came.sum() <= made.high)
        days += list(
            (made.bins["low"].to_numpy() <= came.to_numpy()) & (came.to_numpy() <= made.bins["high"].to_numpy())
        )
        assert made.method == "seasonal regression"
    assert 0.92 <= np.mean(sums) <= 0.98
    assert 0.93 <= np.mean(days) <= 0.98


def test_the_sum_is_less_certain_than_independent_days_would_be():
    """An error of the fit shifts all days together, so the sum's interval is wider than that of the noise alone."""
    counts = arrivals(np.random.default_rng(3), 35)
    made = forecast(counts, 28)
    noise = 1.96 * np.sqrt((made.bins["expected"] + made.bins["expected"] ** 2 / 25).sum())
    assert made.high - made.low > 2 * noise


def test_a_thin_series_gets_a_flat_rate():
    """Less than two a day: one rate, Poisson-like, and whole numbers as ends."""
    counts = pd.Series(np.tile([0.0, 1.0, 0.0, 2.0], 12), index=MONDAY + pd.to_timedelta(np.arange(48), "D"))
    made = forecast(counts, 10)
    assert made.method == "flat rate" and made.expected == pytest.approx(10 * 36.5 / 48)
    assert made.low < made.expected < made.high and made.low == int(made.low)


def test_a_holiday_to_come_counts_as_a_sunday():
    counts = arrivals(np.random.default_rng(5), 84)
    plain, told = forecast(counts, 7), forecast(counts, 7, holidays=[date(2026, 3, 31)])
    at = told.bins["at"] == pd.Timestamp("2026-03-31", tz="UTC")
    sunday = told.bins["at"].dt.day_of_week == 6
    assert told.bins.loc[at, "expected"].item() < 0.6 * plain.bins.loc[at, "expected"].item()
    assert told.bins.loc[at, "expected"].item() == pytest.approx(told.bins.loc[sunday, "expected"].item(), rel=0.05)


def test_earlier_forecasts_look_at_the_past_only():
    """Changing what came after a stretch changes no forecast of it; stretches do not overlap and end with the data."""
    counts = arrivals(np.random.default_rng(6), 112)
    tries = backtest(counts, 14)
    assert len(tries) == 6 and tries["at"].diff().dropna().eq(pd.Timedelta(days=14)).all()
    assert tries["at"].iloc[-1] + pd.Timedelta(days=13) == counts.index[-1]
    assert tries["observed"].iloc[-1] == counts.iloc[-14:].sum()
    changed = counts.copy()
    changed.iloc[-14:] *= 3
    again = backtest(changed, 14)
    pd.testing.assert_frame_equal(tries.iloc[:-1], again.iloc[:-1])
    assert again["expected"].iloc[-1] == tries["expected"].iloc[-1] and not again["inside"].iloc[-1]


def test_too_little_history_is_an_error_and_no_try():
    counts = arrivals(np.random.default_rng(7), 7)
    with pytest.raises(InputError, match="7 bins of history"):
        forecast(counts, 14)
    assert backtest(counts, 14).empty
