"""Rhythm: the hours of the week in which a group is active, and how regular its accounts are. Never a proof of place."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pandas as pd

from ..store import frame
from ._scan import LEAST_OTHERS, Signal, medians_differ

LEAST_CONTENTS = 20
HOURS = 24


def week(con: duckdb.DuckDBPyConnection, groups: dict[int, list[str]]) -> pd.DataFrame:
    """Contents of each group, and of all other accounts, by hour of the week.

    Returns
    -------
    DataFrame
        community (0: accounts in no group), weekday (0 Monday to 6 Sunday), hour (UTC), n, share (of the community's).
    """
    member = pd.DataFrame(
        [(i, number) for number, ids in groups.items() for i in ids], columns=["account_id", "community"]
    ).astype({"account_id": "str", "community": "int64"})
    con.register("signal_members", member)
    held = frame(
        con,
        """select coalesce(m.community, 0) as community, (isodow(c.created_at at time zone 'UTC') - 1)::int as weekday,
                  hour(c.created_at at time zone 'UTC')::int as hour, count(*) as n
           from content c left join signal_members m using (account_id) group by all order by all""",
    )
    con.unregister("signal_members")
    held["share"] = held["n"] / held.groupby("community")["n"].transform("sum")
    return held


def _profiles(con: duckdb.DuckDBPyConnection) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Accounts with `LEAST_CONTENTS` or more, their contents by hour of the day (UTC), and their burstiness.

    Burstiness is (s - m) / (s + m) of the times between two contents: -1 a clock, 0 chance, towards 1 bursts.
    """
    held = frame(
        con,
        f"""with step as (select account_id, hour(created_at at time zone 'UTC')::int as hour,
                         epoch_us(created_at) - lag(epoch_us(created_at)) over (partition by account_id order by created_at) as gap
                  from content)
            select account_id, count(*) as n, stddev_pop(gap) as s, avg(gap) as m,
                   {", ".join(f"count(*) filter (hour = {h}) as h{h}" for h in range(HOURS))}
            from step group by 1 having count(*) >= {LEAST_CONTENTS} order by 1""",
    )
    s, m = held["s"].to_numpy(float), held["m"].to_numpy(float)
    burst = np.divide(s - m, s + m, out=np.zeros(len(held)), where=(s + m) > 0)
    return held["account_id"].tolist(), held[[f"h{h}" for h in range(HOURS)]].to_numpy(float), burst


def signals(con: duckdb.DuckDBPyConnection, groups: dict[int, list[str]]) -> list[Signal]:
    """For each group: how alike the days of its members are, and how regular they are, against all other accounts.

    Likeness is the cosine between an account's contents by hour and those of the group without it.
    """
    accounts, hours, burst = _profiles(con)
    index = pd.Index(accounts)
    unit = hours / np.maximum(np.linalg.norm(hours, axis=1, keepdims=True), 1e-12)
    out = []
    for number, ids in groups.items():
        mine = index.isin(ids)
        whole = hours[mine].sum(axis=0)
        own = np.where(mine[:, None], whole - hours, whole)
        length = np.linalg.norm(own, axis=1)
        alike = np.divide((unit * own).sum(axis=1), length, out=np.zeros(len(unit)), where=length > 0)
        for signal, what, values, note in (
            (
                "same_hours",
                "likeness to the hours of the group's others",
                alike,
                "people of one zone, trade or interest keep the same hours too",
            ),
            (
                "regularity",
                "burstiness of the times between contents",
                burst,
                "scheduling tools and news desks are regular too",
            ),
        ):
            p = medians_differ(values[mine], values[~mine])
            if not math.isnan(p):
                inside, outside = float(np.median(values[mine])), float(np.median(values[~mine]))
                out.append(
                    Signal(
                        number,
                        signal,
                        "timing",
                        what,
                        round(inside, 3),
                        round(outside, 3),
                        int(mine.sum()),
                        int((~mine).sum()),
                        p,
                        False,
                        note,
                    )
                )
    return out


def unanswered(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    accounts, _, _ = _profiles(con)
    if len(accounts) >= LEAST_OTHERS:
        return []
    return [
        (
            "same_hours, regularity",
            f"{len(accounts):,} accounts have {LEAST_CONTENTS} contents or more, too few to compare",
        )
    ]
