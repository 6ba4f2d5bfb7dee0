"""Posts per hour or day on each narrative and about each protected name, against a forecast from what came before."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..series import adjust, bins, false_alarm_share, spikes

WIDTHS = (("1h", 3.0, 3600.0), ("6h", 45.0, 21_600.0), ("1D", float("inf"), 86_400.0))
"""Width of a bin, days up to which it is used, seconds. A series needs some posts per bin, or its time of day cannot be learnt."""
BINS = ("name", "at", "observed", "expected", "high", "p", "q", "alarm", "method")


def counted(
    matched: pd.DataFrame, names: list[str], start: pd.Timestamp, end: pd.Timestamp, width: str
) -> dict[str, pd.Series]:
    """Posts per bin for each name, zero-filled from `start` to `end`."""
    return {n: bins(matched.loc[matched["name"] == n, "created_at"], width, start, end) for n in names}


def width_for(start: pd.Timestamp, end: pd.Timestamp, resolution_s: float) -> str:
    """Bins of an hour, six hours or a day, by the span; never finer than the times are recorded."""
    days = (end - start) / pd.Timedelta(days=1)
    return next(w for w, most, seconds in WIDTHS if days <= most and (seconds >= resolution_s or w == "1D"))


def judged(
    now: Mapping[str, pd.Series], before: Mapping[str, pd.Series], alpha: float, holidays: list
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every bin of the window against its forecast, and how often the alarm went off in the history.

    Parameters
    ----------
    now, before : mapping of str to Series
        Counts per bin in the window, and before it where there are any.
    alpha : float
        Level of one bin; `q` is adjusted over all bins of all series.

    Returns
    -------
    bins : DataFrame
        `BINS`, window only. alarm: p below `alpha`, with at least five posts above the forecast.
    calibration : DataFrame
        `investigate.series.false_alarm_share` over the bins before the window; empty where there are none.
    """
    windows, histories = [], []
    for name, series in now.items():
        past = before.get(name)
        whole = series if past is None or past.empty else pd.concat([past[past.index < series.index[0]], series])
        table = spikes(whole, alpha=alpha, holidays=holidays).assign(name=name)
        inside = table["at"] >= series.index[0]
        windows.append(table[inside])
        histories.append(table[~inside])
    if not windows:
        return pd.DataFrame(columns=list(BINS)), pd.DataFrame()
    out = pd.concat(windows, ignore_index=True)
    known = out["p"].notna()
    out["q"] = float("nan")
    if known.any():
        out.loc[known, "q"] = adjust(out.loc[known, "p"].to_numpy())
    earlier = pd.concat(histories, ignore_index=True)
    usable = len(earlier) and earlier["p"].notna().any()
    return out[list(BINS)], false_alarm_share(earlier, (alpha,)) if usable else pd.DataFrame()


def summary(judged_bins: pd.DataFrame, matched: pd.DataFrame, titles: Mapping[str, str], q: float) -> pd.DataFrame:
    """One row per series: name, title, n_posts, n_accounts, expected, n_alarms, n_above (alarms whose q holds), peak_at,
    peak_observed, peak_expected, peak_high, first_at, method.

    `expected` is the sum of the forecasts of the bins that have one; compare it with `n_forecast`, the posts in these bins.
    """
    rows = []
    for name, title in titles.items():
        own, posts = judged_bins[judged_bins["name"] == name], matched[matched["name"] == name]
        told = own[own["expected"].notna()]
        above = own[own["alarm"] & (own["q"] <= q)]
        peak = (above if len(above) else own).sort_values(["observed", "at"], ascending=[False, True]).head(1)
        at = peak.iloc[0] if len(peak) and peak.iloc[0]["observed"] else None
        rows.append(
            {
                "name": name,
                "title": title,
                "n_posts": int(posts["content_id"].nunique()),
                "n_accounts": int(posts["account_id"].nunique()),
                "n_forecast": float(told["observed"].sum()),
                "expected": float(told["expected"].sum()) if len(told) else float("nan"),
                "n_alarms": int(own["alarm"].sum()),
                "n_above": len(above),
                "peak_at": at["at"] if at is not None else pd.NaT,
                "peak_observed": float(at["observed"]) if at is not None else 0.0,
                "peak_expected": float(at["expected"]) if at is not None else float("nan"),
                "peak_high": float(at["high"]) if at is not None else float("nan"),
                "first_at": posts["created_at"].min() if len(posts) else pd.NaT,
                "method": str(at["method"]) if at is not None else "",
            }
        )
    table = pd.DataFrame(rows)
    if len(table):
        table = table.sort_values(["n_above", "n_posts", "name"], ascending=[False, False, True], ignore_index=True)
        for column in ("peak_at", "first_at"):
            table[column] = pd.to_datetime(table[column], utc=True)
    return table
