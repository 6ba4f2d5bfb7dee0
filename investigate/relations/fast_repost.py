"""Fast repost: two accounts repost the same content, both within the window after it was published.

The time that counts is the time since the original, so the original must be in the data.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from ..chance import binomial_tail
from ..store import frame
from . import RELATIONS, Relation
from .co_action import evidence as co_action_evidence

NAME = "fast_repost"

PRIOR_REPOSTS = 5.0
"""Reposts of the whole data's share that are added to each original's own before its share of fast ones is taken."""

ACTS = (
    "select r.account_id, r.content_id, r.object_id, r.at_us from action_us r "
    "join content_us o on o.content_id = r.object_id "
    "where r.object_type = 'repost' and r.content_id <> r.object_id and r.account_id <> o.account_id "
    "and r.at_us >= o.at_us and r.at_us - o.at_us <= {window_us}"
)

_KNOWN = """
    select r.account_id, r.content_id, r.object_id, o.account_id as author_id, (r.at_us - o.at_us) / 1e6 as seconds_after
    from action_us r join content_us o on o.content_id = r.object_id
    where r.object_type = 'repost' and r.content_id <> r.object_id and r.account_id <> o.account_id and r.at_us >= o.at_us
"""


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """The rows behind one edge, with the original's author and the seconds each repost came after it.

    Adds author_id, original_at, seconds_after_a and seconds_after_b to the columns of every co-action.
    """
    found = co_action_evidence(con, window_s, account_a, account_b, acts=ACTS, name=NAME)
    con.register("fast_rows", found[["object_id"]].drop_duplicates())
    try:
        originals = frame(
            con,
            "select c.content_id as object_id, c.account_id as author_id, make_timestamptz(c.at_us) as original_at "
            "from content_us c join fast_rows f on f.object_id = c.content_id",
        )
    finally:
        con.unregister("fast_rows")
    out = found.merge(originals, on="object_id", how="left")
    for side in "ab":
        out[f"seconds_after_{side}"] = (out[f"at_{side}"] - out["original_at"]).dt.total_seconds()
    return out


def fast_reposters(con: duckdb.DuckDBPyConnection, window_s: float) -> pd.DataFrame:
    """Who reposts within the window after the original, how often, and how often the delays of everybody else would give.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    window_s : float
        Seconds after the original, inclusive.

    Returns
    -------
    DataFrame
        account_id, n_reposts (all), n_known (reposts of others' contents that are in the data), n_fast, n_authors (of
        the fast ones), share_fast (of all reposts), median_s (of the known ones), median_fast_s, expected, p; smallest p
        first. Empty where no original is in the data.

    Notes
    -----
    Null model: each known repost is fast with the share of fast ones among other accounts' reposts of the same original,
    drawn towards the share in the whole data by `PRIOR_REPOSTS` reposts; expected is the sum. p is the binomial tail with
    the mean of these shares, which is never too small where n_fast exceeds expected by one or more (Hoeffding 1956,
    doi:10.1214/aoms/1177728178). Popular originals are reposted fast by many, and count for little here.

    It misleads for people with notifications switched on, for an author's own team, and where the export holds only the
    first reposts of each original. An original without a time of its own (an export of searches, say) is unknown.
    """
    known = frame(con, _KNOWN)
    columns = ["account_id", "n_reposts", "n_known", "n_fast", "n_authors", "share_fast"]
    columns += ["median_s", "median_fast_s", "expected", "p"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    known["fast"] = known["seconds_after"] <= window_s
    known["fast_after"] = known["seconds_after"].where(known["fast"])
    known["fast_author"] = known["author_id"].where(known["fast"])
    per_object = known.groupby("object_id")["fast"].agg(["sum", "size"])
    own = known.groupby(["account_id", "object_id"])["fast"].agg(["sum", "size"])
    all_of = known.groupby("account_id")["fast"].agg(["sum", "size"])
    keys = pd.MultiIndex.from_frame(known[["account_id", "object_id"]])
    mine, total = own.loc[keys].to_numpy(float), per_object.loc[known["object_id"]].to_numpy(float)
    of_all = all_of.loc[known["account_id"]].to_numpy(float)
    n_all = np.array([known["fast"].sum(), len(known)], dtype=float) - of_all
    base = np.where(n_all[:, 1] > 0, n_all[:, 0] / np.maximum(n_all[:, 1], 1), 1.0)
    others = total - mine
    known["chance"] = (others[:, 0] + PRIOR_REPOSTS * base) / (others[:, 1] + PRIOR_REPOSTS)
    table = known.groupby("account_id", as_index=False).agg(
        n_known=("fast", "size"),
        n_fast=("fast", "sum"),
        n_authors=("fast_author", "nunique"),
        median_s=("seconds_after", "median"),
        median_fast_s=("fast_after", "median"),
        expected=("chance", "sum"),
    )
    reposts = frame(
        con,
        "select account_id, count(*) as n_reposts from action_us where object_type = 'repost' "
        "and content_id <> object_id group by 1",
    )
    table = table.merge(reposts, on="account_id")
    table["share_fast"] = table["n_fast"] / table["n_reposts"]
    table["p"] = binomial_tail(table["n_fast"], table["n_known"], table["expected"] / table["n_known"])
    order = ["p", "n_fast", "account_id"]
    return table[columns].sort_values(order, ascending=[True, False, True], ignore_index=True)


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the data hold a repost together with the other account's content that was reposted."""
    return bool(con.execute(f"select 1 from ({_KNOWN}) limit 1").fetchall())


RELATIONS.add(
    Relation(
        name=NAME,
        title="Fast repost",
        summary="Links accounts that reposted the same content within the window after it was published; weight: contents.",
        caveat="Followers with notifications on are as fast; where the original is not in the data nothing can be said.",
        needs=("repost", "the reposted contents themselves"),
        holds=holds,
        acts=ACTS,
        evidence=evidence,
        by_default=False,
        defaults={"window": "10s", "min_shared": 2},
        references=(
            "Pacheco et al. (2021), Uncovering coordinated networks on social media, doi:10.1609/icwsm.v15i1.18075",
            "Righetti & Balluff (2025), CooRTweet, doi:10.5117/CCR2025.1.7.RIGH",
        ),
    )
)
