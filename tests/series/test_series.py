"""Counts, regression, alarms: known answers, and the promised false-alarm rate on simulated series."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from investigate import series
from investigate.errors import InputError
from investigate.series.regression import least_alarming, solve, tail

DAYS = pd.date_range("2026-01-05", periods=112, tz="UTC")
WEEK = np.array([1, 1, 1, 1, 1, 0.6, 0.6]) / 0.885714


def simulated(mean: float, size: float, seed: int, n: int = 112) -> pd.Series:
    """Daily counts with quieter week-ends and the variance mean + mean^2 / size."""
    mu = mean * WEEK[np.arange(n) % 7]
    return pd.Series(np.random.default_rng(seed).negative_binomial(size, size / (size + mu)), index=DAYS[:n])


def test_bins_fill_gaps_with_zero() -> None:
    """Every bin between the first and the last time stands there, in UTC, and the counts add up."""
    got = series.bins(["2026-03-01T00:00Z", "2026-03-01T23:59:59+00:00", "2026-03-03T02:00+01:00", None], "1d")
    assert got.tolist() == [2, 0, 1]
    assert [t.isoformat() for t in got.index] == [f"2026-03-0{d}T00:00:00+00:00" for d in (1, 2, 3)]


def test_bins_keep_to_the_period_asked_for() -> None:
    """Times outside are left out; a week begins on the Monday, a month on its first."""
    times = ["2026-03-04", "2026-03-11", "2026-03-20"]
    assert series.bins(times, "1d", "2026-03-03", "2026-03-12").sum() == 2
    assert series.bins(times, "W-MON").to_dict() == {
        pd.Timestamp("2026-03-02", tz="UTC"): 1,
        pd.Timestamp("2026-03-09", tz="UTC"): 1,
        pd.Timestamp("2026-03-16", tz="UTC"): 1,
    }
    assert series.bins(times, "MS").index[0] == pd.Timestamp("2026-03-01", tz="UTC")
    assert series.bins([], "1h").empty
    with pytest.raises(InputError, match="no width"):
        series.bins(times, "fortnightly")


def test_the_regression_is_that_of_statsmodels() -> None:
    """Coefficients and covariance of our re-weighted least squares equal those of statsmodels' GLM."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    y = simulated(20, 15, 3).to_numpy(float)
    x = np.column_stack([np.ones(112), *(np.arange(112) % 7 == d for d in range(1, 7)), np.arange(112) / 112 - 1.0])
    weight = np.random.default_rng(4).uniform(0.2, 1, 112)
    for a, family in ((0.0, families.Poisson()), (0.07, families.NegativeBinomial(alpha=0.07))):
        theirs = GLM(y, x, family=family, var_weights=weight).fit(scale=1.0)
        found, cov = solve(y, x, weight, a, None)
        np.testing.assert_allclose(found, theirs.params, atol=1e-5)
        np.testing.assert_allclose(cov, theirs.normalized_cov_params, rtol=1e-3, atol=1e-7)


def test_tails_are_those_of_scipy() -> None:
    """The one-sided tail equals scipy's survival function, for Poisson and for negative binomial."""
    from scipy.stats import nbinom, poisson

    k, mean, variance = np.array([0.0, 3, 12, 40]), np.full(4, 9.0), np.full(4, 20.0)
    shape = 81 / 11
    np.testing.assert_allclose(tail(k, mean, variance), nbinom.sf(k - 1, shape, shape / (shape + 9)), rtol=1e-9)
    np.testing.assert_allclose(tail(k, mean, mean), poisson.sf(k - 1, 9.0), rtol=1e-9)
    limit = least_alarming(mean, variance, 0.001)
    assert (tail(limit, mean, variance) < 0.001).all() and (tail(limit - 1, mean, variance) >= 0.001).all()


@pytest.mark.parametrize(("mean", "size"), [(2, 8), (20, 20), (200, 60)])
def test_false_alarms_keep_the_promised_rate(mean: float, size: float) -> None:
    """On series where nothing happens, alarms at 1 % come on at most 2 % of days, and at 0.1 % within chance of 0.2 %."""
    judged = pd.concat([series.spikes(simulated(mean, size, seed)).iloc[56:] for seed in range(25)])
    share = series.false_alarm_share(judged).set_index("alpha")
    assert share.loc[0.01, "n_bins"] == 25 * 56
    assert share.loc[0.01, "share"] <= 0.02
    assert share.loc[0.001, "low"] <= 0.002


def test_a_spike_is_found_and_ordinary_days_are_not() -> None:
    """A day with three times its expected count alarms; the same series without it does not alarm there."""
    plain = simulated(20, 20, 7)
    spiked = plain.copy()
    spiked.iloc[-2] = 66
    assert series.spikes(spiked).iloc[-2]["alarm"] and not series.spikes(plain).iloc[-2]["alarm"]
    row = series.spikes(spiked).iloc[-2]
    assert row["method"] == "seasonal regression" and row["season"] == "week"
    assert row["observed"] == 66 and 10 < row["expected"] < 30 and row["expected"] < row["high"] <= 66


def test_a_forecast_never_looks_ahead() -> None:
    """What comes after a bin changes nothing in its row."""
    whole = simulated(20, 20, 8)
    cut = series.spikes(whole.iloc[:90])
    changed = whole.copy()
    changed.iloc[90:] = 500
    pd.testing.assert_frame_equal(series.spikes(changed).iloc[:90], cut)


def test_old_outliers_count_less() -> None:
    """Two outliers of five times the mean in the history raise the limit of later days by less than a quarter."""
    plain = simulated(20, 20, 9)
    dirty = plain.copy()
    dirty.iloc[[40, 55]] = 110
    clean, after = series.spikes(plain)["high"].iloc[70:], series.spikes(dirty)["high"].iloc[70:]
    assert (after.to_numpy() / clean.to_numpy()).mean() < 1.25


def test_thin_and_short_series_say_so() -> None:
    """Below two events a day, and with too short a history, the flat rate is used; below eight bins nothing is said."""
    judged = series.spikes(simulated(0.5, 8, 1))
    assert set(judged["method"]) == {"flat rate", "too little history"}
    assert (judged["method"] == "too little history").sum() == 8 == judged["p"].isna().sum()
    assert not judged.loc[judged["p"].isna(), "alarm"].any()
    assert set(series.spikes(simulated(20, 20, 1, 27))["method"].iloc[8:]) == {"flat rate"}


def test_the_flat_tail_is_that_of_an_uncertain_rate() -> None:
    """Against n quiet bins of a Poisson rate the tail is the negative binomial of its posterior, and above the plug-in one."""
    from scipy.stats import nbinom, poisson

    counts = pd.Series([1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 4], index=DAYS[:11])
    row = series.spikes(counts, guard=0, refit=1, min_excess=0).iloc[-1]
    assert row["p"] == pytest.approx(nbinom.sf(3, 8.5, 10 / 11), rel=1e-9) and row["p"] > poisson.sf(3, 0.8)


def test_hours_have_a_daily_rhythm() -> None:
    """An ordinary busy hour is no alarm, the same count in a quiet hour is one."""
    at = pd.date_range("2026-01-05", periods=24 * 28, freq="h", tz="UTC")
    mean = 20 + 17 * np.sin(np.arange(len(at)) / 24 * 2 * np.pi)
    counts = pd.Series(np.random.default_rng(2).poisson(mean), index=at)
    counts.iloc[-6] = 37  # 18:00, where about 3 are usual
    judged = series.spikes(counts)
    assert judged.iloc[-6]["alarm"] and judged["alarm"].iloc[-24 * 7 :].sum() <= 2
    assert "day" in judged.iloc[-6]["season"]


def test_a_holiday_counts_as_a_sunday() -> None:
    """A quiet holiday in the week is expected to be as quiet as a Sunday where it is named."""
    plain = simulated(200, 60, 5)
    day = plain.index[-5].date()
    named, unnamed = series.spikes(plain, holidays={day}).iloc[-5], series.spikes(plain).iloc[-5]
    assert plain.index[-5].day_of_week < 5 and named["expected"] < 0.75 * unnamed["expected"]


def test_bad_input_is_refused() -> None:
    """Gaps, negative counts, levels and seasons that do not exist are named."""
    good = simulated(5, 8, 1)
    with pytest.raises(InputError, match="1 of 112 bins hold no count"):
        series.spikes(good.where(good.index != good.index[3]))
    with pytest.raises(InputError, match="1 of 112 bins hold a negative"):
        series.spikes(good.where(good.index != good.index[3], -1))
    with pytest.raises(InputError, match="between 0 and 1"):
        series.spikes(good, alpha=1)
    with pytest.raises(Exception, match="unknown season 'weak'.*'week'"):
        series.spikes(good, season="weak")


def test_drift_is_found_slowly_and_not_without_cause() -> None:
    """A level 30 % higher sets off the upward sum within a month and names its beginning; a steady one does not."""
    flat = simulated(50, 60, 3)
    risen = flat.copy()
    risen.iloc[84:] = np.round(risen.iloc[84:] * 1.3)
    found = series.drift(risen, history=77)
    first = found[found["alarm"] == "up"].iloc[0]
    assert flat.index[77] <= first["began"] and abs((first["began"] - flat.index[84]).days) <= 7
    assert set(series.drift(flat, history=77)["alarm"]) == {""}
    single = flat.copy()
    single.iloc[90] = 500
    assert set(series.drift(single, history=77)["alarm"]) == {""}


def test_breaks_finds_the_day_of_a_new_level() -> None:
    """A level that doubles on a day is found within three days of it; a steady series has no break."""
    steady = simulated(30, 60, 4)
    doubled = steady.copy()
    doubled.iloc[60:] *= 2
    found = series.breaks(doubled)
    assert len(found) == 1 and abs((found.iloc[0]["at"] - DAYS[60]).days) <= 3
    assert 1.7 < found.iloc[0]["ratio"] < 2.3
    assert series.breaks(steady).empty


def test_doubling_time_of_a_known_growth() -> None:
    """Counts that double every six hours give six hours, inside its interval; a decline never doubles."""
    at = pd.date_range("2026-01-05", periods=24, freq="h", tz="UTC")
    rise = pd.Series(np.random.default_rng(1).poisson(10 * 2 ** (np.arange(24) / 6)), index=at)
    time, low, high = series.doubling(rise)
    assert low < 6 < high and time == pytest.approx(6, rel=0.1)
    fall = pd.Series(rise.to_numpy()[::-1], index=at)
    assert series.doubling(fall) == (math.inf, math.inf, math.inf) and series.growth_rate(fall)[2] < 0
    assert all(map(math.isnan, series.doubling(rise.iloc[:3])))
    same = series.doubling(pd.Series(np.random.default_rng(3).poisson(50, 24), index=at))
    assert same[2] == math.inf


def test_wilson_and_adjust_known_values() -> None:
    """Wilson's interval of 6,561 in 14,000 and Benjamini and Hochberg's q of a textbook row."""
    share, low, high = series.wilson(6561, 14000)
    assert (share, low, high) == pytest.approx((0.468643, 0.460387, 0.476916), abs=1e-6)
    assert math.isnan(series.wilson(0, 0)[0]) and series.wilson(0, 10)[1] == 0
    np.testing.assert_allclose(series.adjust([0.01, 0.04, np.nan, 0.03]), [0.03, 0.04, np.nan, 0.04])


def test_gini_known_values() -> None:
    """0 for equal shares, (n - 1) / n where one holds all."""
    assert series.gini([5, 5, 5, 5]) == pytest.approx(0) and series.gini([0, 0, 0, 9]) == pytest.approx(0.75)
    assert math.isnan(series.gini([]))


def test_kaplan_meier_counts_open_ones_while_watched() -> None:
    """Hand-computed curve: an open case lowers who is at risk later, and is no end."""
    curve = series.kaplan_meier([1, 2, 2, 3, 4], [True, True, False, True, False])
    assert curve.loc[curve["n_events"] > 0, "survival"].tolist() == pytest.approx([0.8, 0.6, 0.3])
    assert curve.loc[curve["time"] == 2, "at_risk"].item() == 4
    assert (curve["low"] <= curve["survival"] + 1e-12).all() and (curve["survival"] <= curve["high"] + 1e-12).all()
    assert series.median_time([1, 2, 2, 3, 4], [True, True, False, True, False])[0] == 3
    assert series.median_time([1, 2, 3], [False, False, False])[0] == math.inf
    with pytest.raises(InputError, match="1 durations missing or negative"):
        series.kaplan_meier([1, -2], [True, True])


def test_log_rank_tells_fast_from_slow() -> None:
    """Groups of the same speed are not told apart, groups of unlike speed are."""
    rng = np.random.default_rng(5)
    same, slow = rng.exponential(10, 120), np.concatenate([rng.exponential(10, 60), rng.exponential(30, 60)])
    groups = ["a"] * 60 + ["b"] * 60
    assert series.log_rank(same, np.ones(120, bool), groups) > 0.01
    assert series.log_rank(slow, np.ones(120, bool), groups) < 1e-4
    assert math.isnan(series.log_rank(same, np.ones(120, bool), ["a"] * 120))
