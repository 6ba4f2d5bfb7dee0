"""The tables of a queue as the study reads them: tickets as they stood at the clock, and series of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from .. import series
from ..errors import InputError, unknown
from ..store import frame
from ..tables import ESCALATIONS
from ._making import clock

DIMENSIONS = (
    "policy_area",
    "market",
    "requester_type",
    "team",
    "vendor",
    "surface",
    "severity",
    "priority",
    "language",
)
PERIODS = {"day": ("1D", 7), "week": ("W-MON", 28), "month": ("MS", 92)}
"""Period -> width of the rows of the table of key figures, and the days looked at for spikes by default."""
WHOLE = "all"
NONE = "(none)"
FINEST = ("day", "week", "month", "quarter", "half_year", "year")
LEAST_POINTS = 12
LEAST_GAP = 3
MANY_ASIDE = 0.05
_TIMES = ("opened_at", "first_ack_at", "first_action_at", "resolved_at", "closed_at", "last_seen_at", "due_at")


@dataclass(frozen=True)
class Queue:
    """The tickets known at the clock, with how each stood then.

    `tickets` has the columns of `escalations` and: ended_at (resolved or else closed, by then), is_open_now, age_h,
    sla ("met", "missed", "open past due", "not due yet", "unknown"). `intake_end` is the last whole day of arrivals.
    """

    tickets: pd.DataFrame
    as_of: datetime
    intake_start: pd.Timestamp
    intake_end: pd.Timestamp
    later: int


def now(case: Any, as_of: str, tickets: pd.DataFrame) -> datetime:
    """The run's clock: as given, else the last time that any ticket tells of."""
    if as_of or tickets.empty:
        return clock(case, as_of)
    return (
        max(pd.Timestamp(tickets[c].max()) for c in _TIMES[:-1] if tickets[c].notna().any())
        .to_pydatetime()
        .astimezone(UTC)
    )


def queue(case: Any, as_of: str) -> Queue:
    """The case's tickets at the clock; those opened later are left out and counted."""
    tickets = frame(case.connection(), "select * from escalations order by opened_at, escalation_id")
    at = now(case, as_of, tickets)
    moment = pd.Timestamp(at)
    later = int((tickets["opened_at"] > moment).sum())
    tickets = tickets[tickets["opened_at"] <= moment].reset_index(drop=True)
    for name in _TIMES[1:-1]:
        tickets[name] = tickets[name].where(tickets[name] <= moment)
    ended = tickets["resolved_at"].fillna(tickets["closed_at"])
    # Where the export calls a ticket ended without saying when, its last word stands in for the time.
    silent = ended.isna() & tickets["is_open"].eq(False) & tickets["last_seen_at"].notna()
    tickets["ended_at"] = ended.where(~silent, tickets["last_seen_at"])
    tickets["is_open_now"] = tickets["ended_at"].isna()
    until = tickets["ended_at"].fillna(moment)
    tickets["age_h"] = (until - tickets["opened_at"]).dt.total_seconds() / 3600
    tickets["sla"] = _sla(tickets, moment)
    first = tickets["opened_at"].min() if len(tickets) else moment
    last = min(moment, tickets["opened_at"].max()) if len(tickets) else moment
    return Queue(tickets, at, first.ceil("D") if len(tickets) else first, last.floor("D"), later)


def _sla(t: pd.DataFrame, moment: pd.Timestamp) -> np.ndarray:
    """Whether each deadline was kept, as known at the clock; what the source says wins over a comparison of times."""
    said_met, said_missed = t["sla_met"].eq(True), t["sla_met"].eq(False)
    ended, due = ~t["is_open_now"], t["due_at"]
    return np.select(
        [
            ended & said_missed,
            ended & said_met,
            ended & due.notna() & (t["ended_at"] > due),
            ended & due.notna(),
            ~ended & due.notna() & (due < moment),
            ~ended & said_missed & t["last_seen_at"].notna() & t["is_open"].eq(True),
            ~ended,
        ],
        ["missed", "met", "missed", "met", "open past due", "open past due", "not due yet"],
        default="unknown",
    )


def usable(tickets: pd.DataFrame, asked: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The dimensions that the tickets tell apart, and why the others of those asked for are left out."""
    for name in asked:
        if name not in DIMENSIONS:
            raise unknown("dimension", name, DIMENSIONS, "parameter dimensions")
    used, without = [], {}
    for name in asked or DIMENSIONS:
        values = tickets[name].nunique() if name in tickets else 0
        if values > 1:
            used.append(name)
        else:
            without[name] = "it is empty in these data" if values == 0 else "it has one value only"
    return used, without


def daily(q: Queue, dimensions: Sequence[str], least: int) -> dict[tuple[str, str], pd.Series]:
    """Arrivals per whole day for the queue and for each value of a dimension with at least `least` tickets."""
    if q.intake_end <= q.intake_start:
        return {}
    start, end, gaps = q.intake_start, q.intake_end, silent_days(q)
    out = {(WHOLE, WHOLE): series.bins(q.tickets["opened_at"], "1D", start, end)}
    for name in dimensions:
        values = q.tickets[name].fillna(NONE)
        for value, n in values.value_counts().sort_index().items():
            if n >= least:
                out[name, str(value)] = series.bins(q.tickets.loc[values == value, "opened_at"], "1D", start, end)
    return {key: counts[~counts.index.isin(gaps)] for key, counts in out.items()}


def silent_days(q: Queue) -> pd.DatetimeIndex:
    """Days in a row without any ticket, three or more, in a queue of five a day or more: a gap in the data, not calm."""
    counts = series.bins(q.tickets["opened_at"], "1D", q.intake_start, q.intake_end)
    empty = counts == 0
    run = empty.groupby((empty != empty.shift()).cumsum()).transform("size")
    busy = counts[~empty]
    long = empty & (run >= LEAST_GAP) & (len(busy) > 0 and busy.median() >= 5)
    return pd.DatetimeIndex(counts.index[long])


def doubts(case: Any, gaps: pd.DatetimeIndex) -> list[str]:
    """What is wrong with the data as a whole, so that no more than a lead can rest on them."""
    read, aside = sum(d.rows_read for d in case.datasets), sum(sum(d.set_aside.values()) for d in case.datasets)
    out = []
    if len(gaps):
        out.append(
            f"On {len(gaps)} days ({gaps[0]:%Y-%m-%d} to {gaps[-1]:%Y-%m-%d}) there is no ticket at all: read as a gap, left out."
        )
    if read and aside / read >= MANY_ASIDE:
        out.append(f"{aside:,} of {read:,} rows could not be used ({aside / read:.0%}).")
    return out


def published(case: Any, at: datetime, least: int) -> tuple[dict[tuple[str, str], pd.Series], dict[str, str]]:
    """Published series in their finest period, and why the others are left out; a missing period stays a gap, never 0."""
    counts = frame(case.connection(), "select * from counts order by series, detail, period_start")
    counts = counts[counts["period_start"] <= pd.Timestamp(at)]
    held, without = {}, {}
    for key, rows in counts.groupby(["series", counts["detail"].fillna(WHOLE)], sort=True):
        name, detail = map(str, key if isinstance(key, tuple) else (key, WHOLE))
        period = next(p for p in FINEST if (rows["period"] == p).any())
        values = rows[rows["period"] == period].set_index("period_start")["value"]
        label = f"{name} | {detail}" if detail != WHOLE else name
        if len(values) < LEAST_POINTS:
            without[label] = f"{len(values)} periods, fewer than {LEAST_POINTS}"
        elif (values < 0).any() or (values % 1 != 0).any():
            without[label] = "it holds negative or broken numbers"
        elif values.sum() < least:
            without[label] = f"{values.sum():,.0f} in all, fewer than {least:,}"
        else:
            held[name, detail] = values
    return held, without


def check(period: str, spike_alpha: float, case: Any) -> None:
    """Refuse what cannot be worked on: unknown periods, levels, a case without tickets and counts."""
    if period not in PERIODS:
        raise unknown("period", period, PERIODS, "parameter period")
    if not 0 < spike_alpha < 1:
        raise InputError(f"a level of {spike_alpha:g} is not between 0 and 1", "parameter spike_alpha", "take 0.001")
    n = frame(case.connection(), "select (select count(*) from escalations) as e, (select count(*) from counts) as c")
    if not n.loc[0, "e"] and not n.loc[0, "c"]:
        raise InputError(
            "the case holds no tickets and no published counts",
            f"tables {ESCALATIONS.name} and counts",
            "load a queue's export with the source queue_csv or uci_incident_log, or published counts with github_transparency",
        )
