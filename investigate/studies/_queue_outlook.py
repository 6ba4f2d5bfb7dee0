"""What comes next in a queue: arrivals of the days to come, and whether the present pace would carry them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..series.forecasts import LEAST_TRIES, Forecast, backtest, forecast
from ._queue_data import WHOLE, Queue
from ._queue_spikes import Key

PACE_DAYS = 28


@dataclass(frozen=True)
class Outlook:
    """A forecast of arrivals, how earlier ones did, tickets ended a day over the last four weeks, and tickets open now."""

    forecast: Forecast
    tries: pd.DataFrame
    per_day: float
    n_open: int

    @property
    def carried(self) -> float:
        """Tickets ended in the days ahead at the present pace."""
        return self.per_day * len(self.forecast.bins)


def outlook(
    q: Queue, held: dict[Key, pd.Series], days: int, history: int, holidays: Collection[date]
) -> Outlook | None:
    """None where nothing can be said: no days asked for, or too few days of arrivals."""
    counts = held.get((WHOLE, WHOLE))
    if not days or counts is None or len(counts) < 2 * days or len(counts) < PACE_DAYS:
        return None
    ends = q.tickets["ended_at"].dropna()
    first = q.intake_end - pd.Timedelta(days=PACE_DAYS)
    recent = ends[(ends >= first) & (ends < q.intake_end)]
    return Outlook(
        forecast(counts, days, history=history, holidays=holidays),
        backtest(counts, days, history=history, holidays=holidays),
        len(recent) / PACE_DAYS,
        int(q.tickets["is_open_now"].sum()),
    )


def said(held: Outlook | None) -> str:
    """The answer to what comes next; empty where there is none."""
    if held is None:
        return ""
    f = held.forecast
    until = f.bins["at"].iloc[-1]
    more = held.carried - f.expected
    text = (
        f"{f.expected:,.0f} arrivals are expected from {f.bins['at'].iloc[0]:%Y-%m-%d} to {until:%Y-%m-%d} "
        f"({f.level:.0%} interval {f.low:,.0f} to {f.high:,.0f}; {f.method}). At the pace of the last {PACE_DAYS} days, "
        f"{held.per_day:,.1f} ended a day, {held.carried:,.0f} would be ended: {abs(more):,.0f} {'more' if more >= 0 else 'fewer'} than "
        f"arrive (interval {held.carried - f.high:+,.0f} to {held.carried - f.low:+,.0f}), with {held.n_open:,} open now."
    )  # fmt: skip
    if len(held.tries) >= LEAST_TRIES:
        inside = int(held.tries["inside"].sum())
        error = float(
            ((held.tries["observed"] - held.tries["expected"]).abs() / held.tries["observed"].clip(lower=1)).median()
        )
        text += f" Of {len(held.tries)} such forecasts made earlier, {inside} held what came; half were off by {error:.0%} or less."
    else:
        text += " There is too little history to try such forecasts on, so the interval is not proven here."
    return text
