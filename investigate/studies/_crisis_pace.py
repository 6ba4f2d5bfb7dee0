"""How fast it went, whether it slows, and what must hold before the crisis mode can end."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ..series import bins, growth_rate
from ..store import frame
from ._crisis_bins import Read
from ._crisis_scope import Event
from ._crisis_variants import pace, rise

QUIET_H = 6
"""Hours up to the run's clock that the exit criteria look at."""

QUIET_SHARE = 0.1
"""Share of the peak hour under which the pace counts as low."""


def timeline(read: Read, contents: pd.DataFrame, event: Event, silent: pd.DataFrame) -> pd.DataFrame:
    """One row for every bin of the window, from the kept bins and the contents about the event: at, n_contents, n_event, n_other, phase ('before' or 'after' the event), in_gap."""
    index = pd.date_range(event.begin, event.end.floor(event.step), freq=event.step, tz="UTC", unit="us")
    table = (
        read.bins.set_index("at")[["n_contents"]]
        .assign(n_event=contents["at"].value_counts())
        .reindex(index)
        .fillna(0)
        .astype("int64")
    )
    table["n_other"] = table["n_contents"] - table["n_event"]
    table["phase"] = ["before" if at < event.at.floor(event.step) else "after" for at in index]
    table["in_gap"] = [
        bool(len(silent) and ((silent["begin"] < at + event.step) & (silent["end"] > at)).any()) for at in index
    ]
    return table.rename_axis("at").reset_index()


def speed(line: pd.DataFrame, event: Event, seen: pd.DataFrame) -> dict[str, Any]:
    """Key numbers of the pace: peak bin, doubling time, before and after, the last hours; JSON values, NaN as None."""
    counts = line.set_index("at")["n_event"]
    after = counts[counts.index >= event.at.floor(event.step)]
    (time, low, high), top = rise(after)
    per_hour = 3600 / event.step.total_seconds()
    before = counts[counts.index < event.at.floor(event.step)]
    late, mid = event.end - pd.Timedelta(hours=3), event.end - pd.Timedelta(hours=6)
    starts = counts.index
    last, prior = int(counts[starts >= late].sum()), int(counts[(starts >= mid) & (starts < late)].sum())
    hourly = counts.rolling(max(int(per_hour), 1), min_periods=1).sum()
    rate = growth_rate(counts[starts >= event.end - pd.Timedelta(hours=QUIET_H)])
    return {
        "n_event": int(counts.sum()),
        "peak_at": top.isoformat() if top is not None else None,
        "peak_n": int(after.max()) if len(after) else 0,
        "peak_hour_n": int(hourly.max()) if len(hourly) else 0,
        "doubling_h": _number(time),
        "doubling_low_h": _number(low),
        "doubling_high_h": _number(high),
        "no_growth_possible": bool(math.isinf(high)) if not math.isnan(high) else None,
        "per_hour_before": round(float(before.sum()) / max(len(before) / per_hour, 1e-9), 2) if len(before) else None,
        "per_hour_after": round(float(after.sum()) / max(len(after) / per_hour, 1e-9), 2) if len(after) else None,
        "n_last_3h": last,
        "n_before_3h": prior,
        "pace": pace(last, prior),
        "halving_h": _number(math.log(2) / -rate[0]) if rate[0] < 0 else None,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) or math.isinf(value) else round(float(value), 3)


def exits(
    line: pd.DataFrame, variants: pd.DataFrame, fast: dict[str, Any], event: Event, alert: int, last_at: pd.Timestamp
) -> pd.DataFrame:
    """The exit criteria and whether each holds: criterion, observed, threshold, met ('yes', 'no', 'cannot be told')."""
    late = event.end - pd.Timedelta(hours=QUIET_H)
    recent = int(line.loc[line["at"] >= late, "n_event"].sum())
    limit = QUIET_SHARE * fast["peak_hour_n"]
    enough = event.end - event.at >= pd.Timedelta(hours=QUIET_H)
    silent = bool(line.loc[line["at"] >= late, "in_gap"].any()) or event.end - last_at > pd.Timedelta(hours=1)
    fresh = int((variants["first_at"] >= late).sum()) if len(variants) else 0
    fastest = int(((variants["n_last_3h"] + 2) // 3).max()) if len(variants) else 0
    growing = int((variants["pace"] == "growing").sum()) if len(variants) else 0
    told = enough and not silent and fast["n_event"] > 0
    rows = [
        ("The data reach the run's clock without a gap", "gap or late data" if silent else "they do", "no gap in the last hours", not silent),
        (f"Contents about the event per hour, last {QUIET_H} h", round(recent / QUIET_H, 1), f"at most {limit:.1f}, {QUIET_SHARE:.0%} of the peak hour", recent / QUIET_H <= limit if told else None),
        ("Variants that are growing", growing, "none", growing == 0 if told else None),
        ("Fastest variant per hour, last 3 h", fastest, f"under {alert}", fastest < alert if told else None),
        (f"New variants in the last {QUIET_H} h", fresh, "none", fresh == 0 if told else None),
    ]  # fmt: skip
    words = {True: "yes", False: "no", None: "cannot be told"}
    return pd.DataFrame(
        [(c, str(o), t, words[m]) for c, o, t, m in rows], columns=["criterion", "observed", "threshold", "met"]
    )


def new_variants(variants: pd.DataFrame, event: Event) -> pd.DataFrame:
    """How many variants were first observed in each hour: at, n_new."""
    inside = (
        variants.loc[variants["first_at"] >= event.begin, "first_at"]
        if len(variants)
        else pd.Series(dtype="datetime64[us, UTC]")
    )
    return bins(inside, "1h", start=event.begin, end=event.end).rename("n_new").reset_index()


def tongues(con: Any, contents: pd.DataFrame) -> pd.DataFrame:
    """Contents about the event by language and platform: language, platform, n_contents, n_accounts, first_at, last_at."""
    con.register("event_contents", contents[["content_id"]])
    try:
        return frame(
            con,
            """select coalesce(nullif(c.language, ''), 'not stated') as language, coalesce(nullif(p.platform, ''), 'not stated') as platform,
                      count(*) as n_contents, count(distinct c.account_id) as n_accounts, min(c.created_at) as first_at,
                      max(c.created_at) as last_at
               from content c semi join event_contents using (content_id) left join accounts p using (account_id)
               group by 1, 2 order by n_contents desc, 1, 2""",
        )
    finally:
        con.unregister("event_contents")
