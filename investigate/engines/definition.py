"""Co-action in SQL: the definition that every engine is held to, in the words that DuckDB and Spark both read.

The texts work on a view ``acts(account_id, content_id, object_id, at_us)``, with times in whole microseconds since
1970 UTC. Two actions match when they are on one object, by different accounts, with different contents, at most one
window apart (inclusive).

Rows are joined by buckets of time as wide as the window: two rows at most one window apart stand in the same bucket or
in neighbouring ones, so an equi-join finds them all, and the exact condition is applied to what it finds. A bucket is
named by the time it begins at, which needs no division: engines disagree on what dividing whole numbers means.

Identifiers need an order and nothing else: text (by its UTF-8 bytes) or codes in the order of the text.
"""

from __future__ import annotations

RAW_COLUMNS: dict[str, str] = {
    "account_a": "the account that sorts first",
    "account_b": "the other account",
    "n_objects": "distinct objects with a match",
    "n_pairs": "pairs of actions",
    "n_content_a": "distinct contents of account_a with a match",
    "n_content_b": "distinct contents of account_b with a match",
    "first_us": "the earliest action of any pair, microseconds",
    "last_us": "the latest action of any pair, microseconds",
    "lag_sum_us": "sum over the pairs of the time between the two actions, microseconds",
    "n_a_first": "pairs in which account_a came first",
    "n_b_first": "pairs in which account_b came first",
}

# Every pair of matching actions, once: inside a bucket the smaller account stands left; across buckets the earlier
# bucket stands left, and the sides are put in order afterwards.
_PAIRS = """\
bucketed as (
    select account_id, content_id, object_id, at_us, at_us - (at_us % {width} + {width}) % {width} as bucket from acts
),
near as (
    select account_id, content_id, object_id, at_us, bucket, bucket as slot from bucketed
    union all
    select account_id, content_id, object_id, at_us, bucket, bucket - {width} as slot from bucketed
),
pairs as (
    select case when l.account_id < r.account_id then l.account_id else r.account_id end as account_a,
           case when l.account_id < r.account_id then r.account_id else l.account_id end as account_b,
           l.object_id as object_id,
           case when l.account_id < r.account_id then l.content_id else r.content_id end as content_a,
           case when l.account_id < r.account_id then r.content_id else l.content_id end as content_b,
           case when l.account_id < r.account_id then l.at_us else r.at_us end as a_us,
           case when l.account_id < r.account_id then r.at_us else l.at_us end as b_us
    from bucketed l join near r on l.object_id = r.object_id and l.bucket = r.slot
    where abs(l.at_us - r.at_us) <= {window}
      and l.content_id <> r.content_id
      and (l.account_id < r.account_id or (l.account_id > r.account_id and l.bucket <> r.bucket))
)"""

_EDGES = """\
select account_a, account_b,
       count(distinct object_id) as n_objects,
       count(*) as n_pairs,
       count(distinct content_a) as n_content_a,
       count(distinct content_b) as n_content_b,
       min(least(a_us, b_us)) as first_us,
       max(greatest(a_us, b_us)) as last_us,
       cast(sum(abs(a_us - b_us)) as bigint) as lag_sum_us,
       count(case when a_us < b_us then 1 end) as n_a_first,
       count(case when a_us > b_us then 1 end) as n_b_first
from pairs
group by account_a, account_b
having count(distinct object_id) >= {min_shared}"""


# Whom an account met, whichever side it stands on: one row for each side of a pair.
_EXPOSURE = """\
select account_id, count(*) as exposed
from (
    select distinct case when side = 1 then account_a else account_b end as account_id,
           case when side = 1 then account_b else account_a end as other_id,
           case when side = 1 then content_b else content_a end as content_id
    from pairs cross join (select 1 as side union all select 2 as side) sides
) met
group by account_id"""

_FOUND = """\
select count(*) as n_pairs_found, cast(coalesce(sum(n_pairs), 0) as bigint) as n_matches
from (select account_a, account_b, count(*) as n_pairs from pairs group by account_a, account_b) met"""


def pairs(window_us: int) -> str:
    """Every matching pair of actions, once: account_a, account_b, object_id, content_a, content_b, a_us, b_us.

    Parameters
    ----------
    window_us : int
        Microseconds, inclusive; 0 matches actions at the same microsecond.
    """
    return _with_pairs(window_us, "select * from pairs")


def edges(window_us: int, min_shared: int = 1) -> str:
    """One row per pair of accounts with at least `min_shared` common objects, with `RAW_COLUMNS`."""
    return _with_pairs(window_us, _EDGES.format(min_shared=_whole(min_shared, "min_shared")))


def exposure(window_us: int) -> str:
    """account_id, exposed: distinct contents of other accounts that match at least one action of the account.

    A content that stands under two accounts counts for each.
    """
    return _with_pairs(window_us, _EXPOSURE)


def found(window_us: int) -> str:
    """One row: n_pairs_found, the pairs of accounts with a match, and n_matches, the pairs of actions that match."""
    return _with_pairs(window_us, _FOUND)


def _with_pairs(window_us: int, query: str) -> str:
    window = _whole(window_us, "window_us")
    return "with " + _PAIRS.format(window=window, width=max(window, 1)) + "\n" + query


def _whole(value: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} must be a whole number of at least 0, not {value!r}")
    return value
