"""What other methods flag at their defaults, on the same rows.

CooRTweet is an R package and cannot be installed here: its rules are computed again, step by step, from the pairs of
actions, and a test holds them to edge lists that CooRTweet 2.1.3 wrote. coordination-network-toolkit 1.5.2 is computed
from the same pairs; its edge lists are held to the same columns in `tests/relations/test_peers.py`.

Every method sees each kind of object by itself, as it would in its own package, and what it flags is the union.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
from scipy import sparse

from investigate.store import frame

TYPES = ("url", "hashtag", "text")
FLOOR = 10  # contents with an object that the cosine methods ask of an account

# Pairs of rows on one object, at most `window` microseconds apart; the older row stands left.
_PAIRS = """
with rows as (select *, row_number() over (order by object_id, at_us, content_id) as n, at_us // {width} as bucket
              from ({acts})),
near as (select *, bucket as slot from rows union all select *, bucket - 1 as slot from rows)
select l.object_id, l.account_id as account_l, r.account_id as account_r, l.content_id as content_l,
       r.content_id as content_r
from rows l join near r on l.object_id = r.object_id and l.bucket = r.slot
where abs(l.at_us - r.at_us) <= {window} and (l.bucket <> r.bucket or l.n < r.n)
  and l.account_id <> r.account_id and l.content_id <> r.content_id
"""
_ACTS = "select object_id, account_id, content_id, at_us from action_us where object_type = '{object_type}' and content_id <> object_id"


def _pairs(acts: str, window_s: float) -> str:
    """The query for all matching pairs of rows."""
    window = round(window_s * 1_000_000)
    return _PAIRS.format(acts=acts, window=window, width=max(window, 1))


def _accounts(con: duckdb.DuckDBPyConnection, edges: str) -> set[str]:
    """The accounts of a query that gives a and b."""
    return set(frame(con, f"with e as ({edges}) select a from e union select b from e")["a"])


def coortweet_edges(
    con: duckdb.DuckDBPyConnection, object_type: str, window_s: float = 10.0, min_participation: int = 2
) -> pd.DataFrame:
    """CooRTweet's `detect_groups` and the weights of `generate_coordinated_network`: account_a, account_b, weight.

    Accounts with fewer than `min_participation` rows are left out first. Of the pairs, those are kept in which one
    side's account has at least so many rows among the contents of any pair (one side is enough: the other stays).
    The weight is the number of pairs.
    """
    acts = _ACTS.format(object_type=object_type)
    able = f"""select * from ({acts}) where account_id in
        (select account_id from ({acts}) group by 1 having count(*) >= {min_participation})"""
    return frame(
        con,
        f"""
        with able as ({able}), p as ({_pairs("select * from able", window_s)}),
        c as (select content_l as content_id from p union select content_r from p),
        found as (select account_id, content_id from able where content_id in (select content_id from c)),
        often as (select account_id from found group by 1 having count(*) >= {min_participation}),
        kept as (select distinct content_id from found where account_id in (select account_id from often))
        select least(account_l, account_r) as account_a, greatest(account_l, account_r) as account_b, count(*) as weight
        from p where content_l in (select content_id from kept) or content_r in (select content_id from kept)
        group by 1, 2 order by 1, 2""",
    )


def _ends(edges: pd.DataFrame) -> set[str]:
    return set(edges["account_a"]) | set(edges["account_b"])


def coortweet(con: duckdb.DuckDBPyConnection) -> set[str]:
    """`time_window` 10 s, `min_participation` 2, edges above the 0.5 quantile of their weights (`subgraph` 1)."""
    out: set[str] = set()
    for object_type in TYPES:
        edges = coortweet_edges(con, object_type)
        if len(edges):
            out |= _ends(edges[edges["weight"] > np.quantile(edges["weight"], 0.5)])
    return out


_CLEANED = """select trim(regexp_replace(regexp_replace(lower(coalesce(text, '')), '@\\S*', '', 'g'), '\\s+', ' ', 'g'))
    as object_id, account_id, content_id, at_us from content join content_us using (content_id, account_id)"""


def toolkit(con: duckdb.DuckDBPyConnection, window_s: float = 60.0, least: int = 2) -> set[str]:
    """co_link and co_tweet with at least two messages in one direction, 60 s (its README; the command line says 1 s).

    co_tweet compares whole messages after its own clean-up, empty ones included. It has no network of hashtags.
    """
    out: set[str] = set()
    for acts in (_ACTS.format(object_type="url"), _CLEANED):
        out |= _accounts(
            con,
            f"""with p as materialized ({_pairs(acts, window_s)}),
                d as (select account_l as a, account_r as b, content_l as content from p
                      union all select account_r, account_l, content_r from p)
                select a, b from d group by a, b having count(distinct content) >= {least}""",
        )
    return out


def cosine_edges(con: duckdb.DuckDBPyConnection, object_types: tuple[str, ...] = TYPES) -> pd.DataFrame:
    """Cosine of TF-IDF vectors of the objects of accounts with at least `FLOOR` contents, positive ones, no time."""
    listed = ", ".join(f"'{t}'" for t in object_types)
    use = frame(
        con,
        f"""with a as (select distinct account_id, content_id, object_type || ':' || object_id as object from action_us
                       where object_type in ({listed})),
            able as (select account_id from a group by 1 having count(distinct content_id) >= {FLOOR})
            select account_id, object, count(*) as n from a where account_id in (select account_id from able)
            group by all order by all""",
    )
    if use.empty:
        return pd.DataFrame({"account_a": [], "account_b": [], "cosine": []})
    accounts, objects = use["account_id"].astype("category"), use["object"].astype("category")
    names = accounts.cat.categories.to_numpy()
    table = sparse.csr_matrix((use["n"].to_numpy(dtype=float), (accounts.cat.codes, objects.cat.codes)))
    shared = np.asarray((table > 0).sum(axis=0)).ravel()
    table, shared = table[:, shared >= 2], shared[shared >= 2]
    idf = np.log((1 + table.shape[0]) / (1 + shared)) + 1  # scikit-learn's smoothed form
    weighted = table @ sparse.diags(idf)
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.maximum(length, 1e-300)) @ weighted
    found = sparse.triu(unit @ unit.T, k=1).tocoo()
    return pd.DataFrame({"account_a": names[found.row], "account_b": names[found.col], "cosine": found.data})


def cosine_top(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The 0.5 % of pairs with the largest cosine."""
    edges = cosine_edges(con)
    return _ends(edges[edges["cosine"] >= edges["cosine"].quantile(0.995)]) if len(edges) else set()


def cosine_high(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Pairs with a cosine of 0.9 or more."""
    edges = cosine_edges(con)
    return _ends(edges[edges["cosine"] >= 0.9])


def repeats(least: int, window_s: float = 60.0) -> Callable[[duckdb.DuckDBPyConnection], set[str]]:
    """Accounts that share at least so many objects of one kind with another account, each within the window."""

    def flagged(con: duckdb.DuckDBPyConnection) -> set[str]:
        out: set[str] = set()
        for object_type in TYPES:
            out |= _accounts(
                con,
                f"""select least(account_l, account_r) as a, greatest(account_l, account_r) as b
                    from ({_pairs(_ACTS.format(object_type=object_type), window_s)})
                    group by 1, 2 having count(distinct object_id) >= {least}""",
            )
        return out

    return flagged


METHODS: dict[str, Callable[[duckdb.DuckDBPyConnection], set[str]]] = {
    "CooRTweet 2.1.3, defaults (10 s, edges above the median)": coortweet,
    "coordination-network-toolkit 1.5.2 (60 s, two messages)": toolkit,
    "TF-IDF cosine, top 0.5 % of pairs, no time": cosine_top,
    "TF-IDF cosine of 0.9 or more, no time": cosine_high,
    "two repeats within 60 s": repeats(2),
    "three repeats within 60 s": repeats(3),
}
