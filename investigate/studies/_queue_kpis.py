"""Key figures of a queue, each with its population, its formula and its interval."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import series
from ._queue_data import NONE, PERIODS, Queue

BANDS = ((0, 1), (1, 3), (3, 7), (7, 14), (14, math.inf))
"""Days of age."""
FEW = 30
CLOCKS = {
    "time to acknowledge": "first_ack_at",
    "time to first action": "first_action_at",
    "time to resolve": "resolved_at",
}
_FIGURES = ["figure", "value", "low", "high", "unit", "n", "note"]


def waits(q: Queue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Median and 90th percentile of each clock by Kaplan-Meier, and the curve of the time to resolve (hours)."""
    rows, curves = [], []
    t = q.tickets
    for name, column in CLOCKS.items():
        if not t[column].notna().any():
            continue
        # A ticket that ended without this event was watched until its end; an open one until the clock.
        until = t[column].fillna(t["ended_at"]).fillna(pd.Timestamp(q.as_of))
        hours = ((until - t["opened_at"]).dt.total_seconds() / 3600).clip(lower=0).to_numpy()
        seen = t[column].notna().to_numpy()
        censored = int((~seen).sum())
        note = f"Kaplan-Meier; {censored:,} of {len(t):,} without this event are counted as long as they were watched"
        for label, share in (("median", 0.5), ("90th percentile", 0.9)):
            rows.append((f"{name}, {label}", *series.time_quantile(hours, seen, share), "h", len(t), note))
        curve = series.kaplan_meier(np.round(hours, 1), seen)
        curves.append(curve.assign(clock=name))
    table = pd.DataFrame(rows, columns=_FIGURES)
    return table, pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()


def attainment(t: pd.DataFrame) -> dict[str, Any]:
    """Deadlines kept among those whose outcome is known: met / (met + missed + open and already past due)."""
    counts = t["sla"].value_counts()
    met, missed, past = (int(counts.get(k, 0)) for k in ("met", "missed", "open past due"))
    share, low, high = series.wilson(met, met + missed + past)
    return {
        "met": met,
        "missed": missed,
        "open_past_due": past,
        "not_due": int(counts.get("not due yet", 0)),
        "unknown": int(counts.get("unknown", 0)),
        "share": share,
        "low": low,
        "high": high,
        "n": met + missed + past,
    }


def figures(q: Queue) -> pd.DataFrame:
    """The key figures over all tickets known at the clock."""
    t, a = q.tickets, attainment(q.tickets)
    rows: list[tuple[Any, ...]] = [
        ("intake", len(t), math.nan, math.nan, "tickets", len(t), "identifiers are distinct; repeats of one were set aside on reading"),
        ("open at the clock", int(t["is_open_now"].sum()), math.nan, math.nan, "tickets", len(t), "neither resolved nor closed by then"),
    ]  # fmt: skip
    if a["n"]:
        rows.append(
            ("deadlines kept", a["share"], a["low"], a["high"], "share", a["n"], "met / (met + missed + open and past due); Wilson")
        )  # fmt: skip
    late = ((t["ended_at"].fillna(pd.Timestamp(q.as_of)) - t["due_at"]).dt.total_seconds() / 3600).clip(lower=0)
    if t["due_at"].notna().any():
        n_late = int((late > 0).sum())
        rows.append(
            ("time over the deadline", float(late.sum()), math.nan, math.nan, "h", n_late, "sum over late tickets")
        )
    resolved = t[t["resolved_at"].notna()]
    if resolved["reopened_count"].notna().any():
        k = int((resolved["reopened_count"] > 0).sum())
        rows.append(("reopened", *series.wilson(k, len(resolved)), "share", len(resolved), "of resolved tickets, whenever; Wilson"))  # fmt: skip
    if t["reassigned_count"].notna().any():
        moved = t["reassigned_count"].dropna()
        k = int((moved > 0).sum())
        rows.append(("handed on at least once", *series.wilson(k, len(moved)), "share", len(moved), "Wilson"))
        rows.append(("hand-offs per ticket", float(moved.mean()), math.nan, math.nan, "per ticket", len(moved), "mean"))
    return pd.concat([pd.DataFrame(rows, columns=_FIGURES), waits(q)[0]], ignore_index=True)


def flow(q: Queue, period: str) -> pd.DataFrame:
    """Per period: arrivals, ends, backlog at its end, deadlines kept among the tickets that arrived in it."""
    t = q.tickets
    arrived = series.bins(t["opened_at"], PERIODS[period][0])
    edges = arrived.index
    rows = []
    for i, begin in enumerate(edges):
        end = edges[i + 1] if i + 1 < len(edges) else t["opened_at"].max() + pd.Timedelta("1us")
        inside = t[(t["opened_at"] >= begin) & (t["opened_at"] < end)]
        ends = int(((t["ended_at"] >= begin) & (t["ended_at"] < end)).sum())
        backlog = int(((t["opened_at"] < end) & ~(t["ended_at"] < end)).sum())
        a = attainment(inside)
        rows.append((begin, len(inside), ends, ends / len(inside) if len(inside) else math.nan, backlog, a["missed"] + a["open_past_due"], a["share"], a["low"], a["high"]))  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["period_start", "n_opened", "n_ended", "balance", "n_open_at_end", "n_missed", "kept", "kept_low", "kept_high"],
    )  # fmt: skip


def little(q: Queue) -> dict[str, float]:
    """Little's law over the days of intake: mean number open against arrivals per hour times mean hours to the end."""
    t, start, end = q.tickets, q.tickets["opened_at"].min(), q.tickets["opened_at"].max()
    hours = (end - start).total_seconds() / 3600
    if hours <= 0:
        return {}
    left = t["ended_at"].fillna(pd.Timestamp(q.as_of)).clip(upper=end)
    open_mean = float((left - t["opened_at"]).dt.total_seconds().clip(lower=0).sum() / 3600 / hours)
    ended = t[t["ended_at"].notna() & (t["ended_at"] <= end)]
    if ended.empty:
        return {}
    rate, wait = len(t) / hours, float(ended["age_h"].mean())
    return {
        "open_mean": open_mean,
        "rate_per_h": rate,
        "wait_h": wait,
        "expected": rate * wait,
        "ratio": open_mean / (rate * wait),
    }


def ageing(q: Queue) -> pd.DataFrame:
    """Open tickets by age, with how many are past their deadline."""
    held = q.tickets[q.tickets["is_open_now"]]
    days = held["age_h"] / 24
    rows = []
    for low, high in BANDS:
        inside = held[(days >= low) & (days < high)]
        name = f"{low} to {high} d" if high < math.inf else f"{low} d or more"
        rows.append((name, len(inside), int((inside["sla"] == "open past due").sum())))
    return pd.DataFrame(rows, columns=["age", "n_open", "n_past_due"])


def pooled(t: pd.DataFrame, dimension: str, least: int = FEW) -> pd.DataFrame:
    """Share of missed deadlines per value of a dimension, drawn towards the whole by how few tickets it has."""
    known = t[t["sla"].isin(["met", "missed", "open past due"])]
    columns = ["dimension", "value", "n", "n_missed", "raw", "pooled", "low", "high", "verdict"]
    if known.empty or known[dimension].nunique() < 2:
        return pd.DataFrame(columns=columns)
    missed = known["sla"] != "met"
    by = missed.groupby(known[dimension].fillna(NONE)).agg(["size", "sum"])
    out = shrunk(by["size"], by["sum"], least)
    out.insert(0, "dimension", dimension)
    out.insert(1, "value", by.index.astype(str))
    out.insert(2, "n", by["size"].to_numpy(int))
    out.insert(3, "n_missed", by["sum"].to_numpy(int))
    return out.sort_values(["n", "value"], ascending=[False, True], ignore_index=True)


def shrunk(cases: pd.Series, hits: pd.Series, least: int = FEW) -> pd.DataFrame:
    """Shares of several groups, each drawn towards the whole by how few cases it has.

    A beta-binomial fitted by moments (empirical Bayes); intervals are 95 % of the posterior. Nothing is ranked: a group is
    called higher or lower than the whole only with `least` cases or more and an interval that leaves the whole out.

    Returns
    -------
    DataFrame
        raw, pooled, low, high, verdict; one row per group, in the given order.
    """
    from scipy.special import betaincinv

    n, k = cases.to_numpy(float), hits.to_numpy(float)
    total = max(n.sum(), 1.0)
    raw, whole = np.divide(k, n, out=np.full(len(n), np.nan), where=n > 0), k.sum() / total
    spread = float(np.where(n > 0, n * (np.nan_to_num(raw) - whole) ** 2, 0.0).sum() / total)
    between = max(spread - whole * (1 - whole) * len(n) / total, 1e-6)
    strength = max(whole * (1 - whole) / between - 1, 1.0)
    a, b = whole * strength + k, (1 - whole) * strength + n - k
    low, high = betaincinv(a, b, 0.025), betaincinv(a, b, 0.975)
    verdict = np.where(n < least, f"too few to say (under {least})", np.where(low > whole, "higher", np.where(high < whole, "lower", "cannot tell apart")))  # fmt: skip
    return pd.DataFrame({"raw": raw, "pooled": a / (a + b), "low": low, "high": high, "verdict": verdict})
