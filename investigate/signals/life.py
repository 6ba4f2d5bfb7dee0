"""Life cycle and standing: dormant accounts that wake, languages that change, followers."""

from __future__ import annotations

import math

import duckdb
import pandas as pd

from ..store import frame
from ._scan import LEAST_MEMBERS, LEAST_OTHERS, Signal, medians_differ, share_test

DORMANT_DAYS = 90
AFTER = 3
"""Contents after the silence that make an account active again."""
LEAST_CONTENTS = 10
SAME = 0.7
"""Share of a half's contents in one language from which that is the half's language."""


def _dormant(con: duckdb.DuckDBPyConnection) -> tuple[pd.Series, float]:
    """Which accounts fell silent for `DORMANT_DAYS` and then published `AFTER` contents or more; the days the data span."""
    days = con.execute(
        "select coalesce(date_diff('day', min(created_at), max(created_at)), 0) from content"
    ).fetchall()[0][0]
    if days < DORMANT_DAYS:
        return pd.Series(dtype=bool), float(days)
    held = frame(
        con,
        f"""with step as (select account_id, created_at, row_number() over (partition by account_id order by created_at desc) as left_,
                         date_diff('day', lag(created_at) over (partition by account_id order by created_at), created_at) as quiet
                  from content)
            select account_id, coalesce(bool_or(quiet >= {DORMANT_DAYS} and left_ >= {AFTER}), false) as woke
            from step group by 1 having count(*) > {AFTER} order by 1""",
    )
    return held.set_index("account_id")["woke"].astype(bool), float(days)


def _switched(con: duckdb.DuckDBPyConnection) -> pd.Series:
    """Which accounts wrote the first half of their contents in one language and the second half in another."""
    held = frame(
        con,
        f"""with step as (select account_id, language, ntile(2) over (partition by account_id order by created_at, content_id) as half,
                         count(*) over (partition by account_id) as n from content where language is not null),
                counted as (select account_id, half, language, count(*) as k, sum(count(*)) over (partition by account_id, half) as m
                            from step where n >= {LEAST_CONTENTS} group by 1, 2, 3),
                main as (select account_id, half, arg_max(language, (k, language)) as language, max(k) / any_value(m) as share
                         from counted group by 1, 2)
            select a.account_id, a.language <> b.language and least(a.share, b.share) >= {SAME} as switched
            from main a join main b on a.account_id = b.account_id and a.half = 1 and b.half = 2 order by 1""",
    )
    return held.set_index("account_id")["switched"].astype(bool)


def signals(con: duckdb.DuckDBPyConnection, groups: dict[int, list[str]]) -> list[Signal]:
    """For each group: accounts that woke, accounts that changed their language, and the median of followers."""
    woke, _ = _dormant(con)
    switched = _switched(con)
    followers = frame(con, "select account_id, followers from accounts where followers is not null order by 1")
    known = followers.set_index("account_id")["followers"].astype(float)
    out = []
    for number, ids in groups.items():
        out += _share(number, ids, woke, "dormant_then_active", f"{DORMANT_DAYS} days of silence, then active")
        out += _share(number, ids, switched, "language_switch", "another language in the second half")
        mine = known.index.isin(ids)
        p = medians_differ(known[mine].to_numpy(), known[~mine].to_numpy())
        if not math.isnan(p):
            out.append(
                Signal(
                    number,
                    "followers",
                    "account quality",
                    "median of followers",
                    float(known[mine].median()),
                    float(known[~mine].median()),
                    int(mine.sum()),
                    int((~mine).sum()),
                    p,
                    False,
                    "new and small accounts have few followers, whoever runs them",
                )
            )
    return out


def _share(number: int, ids: list[str], column: pd.Series, signal: str, what: str) -> list[Signal]:
    mine = column.index.isin(ids)
    n, m = int(mine.sum()), int((~mine).sum())
    if n < LEAST_MEMBERS or m < LEAST_OTHERS:
        return []
    k = int(column[mine].sum())
    expected, p = share_test(k, n, int(column[~mine].sum()), m)
    note = "an export that holds only some of an account's contents shows silences that were none"
    return [Signal(number, signal, "account quality", what, float(k), round(expected, 2), n, m, p, False, note)]


def unanswered(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    woke, days = _dormant(con)
    out = []
    if woke.empty:
        out.append(
            (
                "dormant_then_active",
                f"the data span {days:g} day{'' if days == 1 else 's'}, and a silence of {DORMANT_DAYS} cannot show in them",
            )
        )
    if len(_switched(con)) < LEAST_OTHERS:
        out.append(
            (
                "language_switch",
                "the source states no language for the contents, or too few accounts have enough of them",
            )
        )
    stated = int(con.execute("select count(followers) from accounts").fetchall()[0][0])
    if stated < LEAST_OTHERS:
        out.append(("followers", "the data hold no numbers of followers, or too few"))
    return out
