"""Where volume is abnormal: every series against its forecast, what carries an excess, and what could have made it up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from .. import series
from ..findings import Alternative
from ._queue_data import NONE, WHOLE

WIDE = 0.6
"""Share of a dimension's values that rise together from which it is called all of them at once."""
LEAST_EXPECTED = 3.0
CONCENTRATED = 0.5
UP = 0.01
DETAILS = ("opened_at", "policy_area", "market", "surface", "severity", "priority", "team", "requester_type")
SHIFT_DAYS = 3
LEAST_SHIFT = 1.25
Key = tuple[str, str]


@dataclass(frozen=True)
class Judged:
    """All series against their forecasts: every bin (`table`), those that alarm in the window (`alarms`), calibration."""

    table: pd.DataFrame
    alarms: pd.DataFrame
    calibration: pd.DataFrame
    n_tests: int


def judge(
    held: Mapping[Key, pd.Series],
    *,
    alpha: float,
    min_excess: int,
    history: int | None,
    start: pd.Timestamp,
    fdr_q: float,
    holidays: Collection[date] = (),
) -> Judged:
    """Every bin of every series; alarms from `start` on, with false discoveries controlled over series and bins there."""
    parts = []
    for (dimension, value), counts in held.items():
        table = series.spikes(counts, alpha=alpha, min_excess=min_excess, history=history, holidays=holidays)
        parts.append(table.assign(dimension=dimension, value=value))
    if not parts:
        empty = pd.DataFrame(
            columns=["dimension", "value", "at", "observed", "expected", "high", "p", "z", "alarm", "method", "q"]
        )
        return Judged(empty, empty, series.false_alarm_share(empty, (0.001, 0.01)), 0)
    table = pd.concat(parts, ignore_index=True)
    inside = (table["at"] >= start) & table["p"].notna()
    table["q"] = float("nan")
    table.loc[inside, "q"] = series.adjust(table.loc[inside, "p"])
    table["alarm"] &= inside & (table["q"] <= fdr_q)
    alarms = table[table["alarm"]].assign(ratio=lambda d: d["observed"] / d["expected"])
    calm = table[table["at"] < start]
    calibration = series.false_alarm_share(calm, tuple(sorted({alpha, 0.01, 0.001})))
    return Judged(
        table, alarms.sort_values(["p", "at", "dimension", "value"], ignore_index=True), calibration, int(inside.sum())
    )


def contributions(table: pd.DataFrame, at: pd.Timestamp, dimensions: list[str]) -> pd.DataFrame:
    """On one bin: what each value of each dimension had above its expectation, and its share of the dimension's excess."""
    rows = table[(table["at"] == at) & table["dimension"].isin(dimensions) & table["expected"].notna()].copy()
    rows["excess"] = rows["observed"] - rows["expected"]
    above = rows["excess"].clip(lower=0)
    rows["share"] = above / above.groupby(rows["dimension"]).transform("sum").clip(lower=1e-9)
    rows["up"] = rows["p"] < UP
    return rows[["at", "dimension", "value", "observed", "expected", "excess", "share", "p", "up"]].sort_values(
        ["dimension", "excess"], ascending=[True, False], ignore_index=True
    )


def all_at_once(parts: pd.DataFrame) -> tuple[bool, str]:
    """Whether the values of every dimension rise together: the mark of a change in how cases are counted."""
    said, wide = [], []
    for name, rows in parts[parts["expected"] >= LEAST_EXPECTED].groupby("dimension", sort=True):
        if len(rows) >= 3:
            up = int(rows["up"].sum())
            wide.append(up / len(rows) >= WIDE)
            said.append(f"{name}: {up} of {len(rows)} values rise")
    return bool(wide) and all(wide), "; ".join(said) or "no dimension has three values large enough"


def copies(tickets: pd.DataFrame, day: pd.Timestamp) -> tuple[float, float, int]:
    """Share of the day's tickets that equal another in every recorded detail and the minute; the same on other days; n."""
    known = [c for c in DETAILS if c in tickets and tickets[c].notna().any()]
    minute = tickets.assign(opened_at=tickets["opened_at"].dt.floor("min"))
    same = minute.duplicated(known, keep=False)
    on = tickets["opened_at"].dt.floor("D") == day
    return float(same[on].mean()) if on.any() else 0.0, float(same[~on].mean()) if (~on).any() else 0.0, int(on.sum())


def newcomers(tickets: pd.DataFrame, day: pd.Timestamp, dimensions: list[str]) -> list[tuple[str, str, int]]:
    """Values that appear for the first time within a week before the day's end, with their tickets on the day."""
    on = tickets[tickets["opened_at"].dt.floor("D") == day]
    out = []
    for name in dimensions:
        first = tickets.groupby(tickets[name].fillna(NONE))["opened_at"].min()
        fresh = first[
            (first >= day - pd.Timedelta(days=7)) & (first > tickets["opened_at"].min() + pd.Timedelta(days=14))
        ]
        for value in fresh.index:
            n = int((on[name].fillna(NONE) == value).sum())
            if n:
                out.append((name, str(value), n))
    return out


def explain(
    alarm: Any, table: pd.DataFrame, tickets: pd.DataFrame, dimensions: list[str], together: list[pd.Timestamp]
) -> list[Alternative]:
    """The innocent explanations of one alarm of a queue, checked as far as the data go."""
    day, excess = alarm.at, alarm.observed - alarm.expected
    parts = contributions(table, day, dimensions)
    wide, said = all_at_once(parts)
    since = [t for t in together if t <= day + pd.Timedelta(days=SHIFT_DAYS)]
    if since:
        said += f"; the level of all series changed about {since[-1]:%Y-%m-%d}"
    mine = tickets if alarm.dimension == WHOLE else tickets[tickets[alarm.dimension].fillna(NONE) == alarm.value]
    here, elsewhere, n = copies(mine, day)
    copied = here > 0.2 and here > 3 * elsewhere and here * n >= 0.5 * excess
    fresh = newcomers(mine, day, dimensions)
    held = max((k for _, _, k in fresh), default=0)
    own = table[(table["dimension"] == alarm.dimension) & (table["value"] == alarm.value)]
    before = own[(own["at"] < day) & (own["at"] >= day - pd.Timedelta(days=3))]
    missing = float((before["expected"] - before["observed"]).clip(lower=0).sum()) if len(before) else 0.0
    caught_up = bool((before["z"] < -2).any()) and missing >= 0.5 * excess
    return [
        Alternative(
            "a change in how cases are counted (form, tags, outage)",
            "whether the values of every dimension rise on the same day, or changed their level before",
            said,
            "explains" if wide or since else "does not explain",
        ),
        Alternative(
            "a flood of copies",
            "tickets equal in every recorded detail and in the minute",
            f"{here:.0%} of {n:,} that day, {elsewhere:.0%} on other days",
            "explains" if copied else "does not explain",
        ),
        Alternative(
            "a new category",
            "values that first appear in the week before",
            ", ".join(f"{d} {v}: {k:,}" for d, v, k in fresh[:5]) or "none",
            "explains" if held >= 0.5 * excess else "does not explain",
        ),
        Alternative(
            "catching up after closed days",
            "days below expectation just before (weekdays are in the forecast)",
            f"{missing:,.0f} fewer than expected in the three days before",
            "partly" if caught_up else "does not explain",
        ),
        Alternative("one requester", "who sent the tickets", "the data name no requester", "not checked"),
    ]


def explain_published(alarm: Any, table: pd.DataFrame) -> list[Alternative]:
    """The innocent explanations of one alarm of a published series, checked as far as published figures go."""
    rest = table[
        (table["at"] == alarm.at) & (table["dimension"] != alarm.dimension) & (table["expected"] >= LEAST_EXPECTED)
    ]
    up = int((rest["p"] < UP).sum())
    own = table[(table["dimension"] == alarm.dimension) & (table["value"] == alarm.value) & (table["at"] < alarm.at)]
    last = own.tail(2)
    missing = float((last["expected"] - last["observed"]).clip(lower=0).sum()) if len(last) else 0.0
    late = missing >= 0.5 * (alarm.observed - alarm.expected)
    return [
        Alternative(
            "a change in how it is counted",
            "whether the other published series rise in the same period",
            f"{up} of {len(rest)} rise",
            "explains" if len(rest) >= 3 and up / len(rest) >= WIDE else "does not explain",
        ),
        Alternative(
            "counts booked a period late",
            "the two periods before, against their forecasts",
            f"{missing:,.0f} fewer than expected",
            "partly" if late else "does not explain",
        ),
        Alternative("a few large requests", "who asked", "published figures name nobody", "not checked"),
        Alternative(
            "restated figures", "earlier releases of the same table", "only one release is here", "not checked"
        ),
    ]


def shifts(held: Mapping[Key, pd.Series]) -> pd.DataFrame:
    """Lasting changes of level by a quarter or more, per series: dimension, value, at, before, after, ratio."""
    parts = [
        series.breaks(counts).assign(dimension=d, value=v) for (d, v), counts in held.items() if counts.mean() >= 2
    ]
    found = [p[(p["ratio"] >= LEAST_SHIFT) | (p["ratio"] <= 1 / LEAST_SHIFT)] for p in parts if len(p)]
    columns = ["dimension", "value", "at", "before", "after", "ratio", "n_before", "n_after"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def shifted_together(
    found: pd.DataFrame, held: Mapping[Key, pd.Series], at: pd.Timestamp, up: bool
) -> tuple[bool, str]:
    """Whether the level of most series of every dimension changes the same way within days of `at`."""
    near = found[(abs(found["at"] - at) <= pd.Timedelta(days=SHIFT_DAYS)) & ((found["ratio"] > 1) == up)]
    said, wide = [], []
    for name in sorted({d for d, _ in held if d != WHOLE}):
        large = {v for (d, v), counts in held.items() if d == name and counts.mean() >= LEAST_EXPECTED}
        n = len(large)
        if n >= 3:
            k = len(large & set(near.loc[near["dimension"] == name, "value"]))
            wide.append(k / n >= WIDE)
            said.append(f"{name}: {k} of {n} values")
    return bool(wide) and all(wide), "; ".join(said) or "no dimension has three values large enough"


def changed_together(found: pd.DataFrame, held: Mapping[Key, pd.Series]) -> list[pd.Timestamp]:
    """The days from which the whole queue has another level, most series of every dimension with it."""
    whole = found[found["dimension"] == WHOLE].sort_values("at")
    return [s.at for s in whole.itertuples() if shifted_together(found, held, s.at, s.ratio > 1)[0]]


def drifts(held: Mapping[Key, pd.Series], k: float, h: float) -> pd.DataFrame:
    """The first alarm of the cumulative sums of each series: dimension, value, at, alarm, began."""
    rows = []
    for (dimension, value), counts in held.items():
        if counts.mean() < 2:
            continue
        alarms = series.drift(counts, k=k, h=h)
        alarms = alarms[alarms["alarm"] != ""]
        if len(alarms):
            first = alarms.iloc[0]
            rows.append((dimension, value, first["at"], first["alarm"], first["began"], len(alarms)))
    return pd.DataFrame(rows, columns=["dimension", "value", "at", "direction", "began", "n_alarms"])
