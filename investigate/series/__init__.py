"""Statistics of counts over time, rates and durations, each with its interval and with what it cannot say.

bins(times, "1d")  ->  spikes(counts)  ->  adjust(p)          where is volume unusual?
                       false_alarm_share(judged, alpha)       does the alarm keep its promise on these data?
                       drift(counts), breaks(counts)          slow change, and when the level changed
forecast(counts, 14), backtest(...)    what to expect, and how such forecasts did before
doubling(counts)       growth, with its interval
kaplan_meier(days, ended)     times of which some are not over yet
wilson(k, n), gini(values)    a share, and how unequally a total is spread
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "adjust": "shares",
    "backtest": "forecasts",
    "bins": "counting",
    "breaks": "changes",
    "doubling": "growth",
    "drift": "changes",
    "false_alarm_share": "alarms",
    "forecast": "forecasts",
    "gini": "shares",
    "growth_rate": "growth",
    "kaplan_meier": "survival",
    "log_odds": "shares",
    "log_rank": "survival",
    "median_time": "survival",
    "spikes": "alarms",
    "time_quantile": "survival",
    "wilson": "shares",
    "width_s": "counting",
}
__all__ = [*_WHERE]  # noqa: PLE0604 - the names are the dictionary's keys, all text


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        found = getattr(import_module(f".{_WHERE[name]}", __name__), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
