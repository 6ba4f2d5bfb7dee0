"""Co-action: two accounts act on the same object within a time window.

The window is inclusive: with 60 s, actions 60.0 s apart match. A content never matches itself, an account never
matches itself, and the reposted content is not a repost of itself.

The rows are joined by time buckets as wide as the window: two rows at most one window apart stand in the same bucket
or in neighbouring ones, so an equi-join finds them all, and the exact condition is applied to what it finds.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import duckdb
import pandas as pd

from ..store import frame
from . import RELATIONS, Relation

# Account codes follow the order of the identifiers, so that `a < b` means the same for both.
_PREPARE = """
create or replace temp table account_code as
    select account_id, row_number() over (order by account_id) - 1 as code from (select distinct account_id from content
    union select distinct account_id from actions);
create or replace temp table content_code as
    select content_id, row_number() over (order by content_id) - 1 as code from (select content_id from content
    union select content_id from actions);
create or replace temp table object_code as
    select object_type, object_id, row_number() over (order by object_type, object_id) - 1 as code
    from (select distinct object_type, object_id from actions);
create or replace temp table act as
    select a.object_type, o.code as obj, u.code as acc, c.code as content, epoch_us(a.acted_at) as t,
           row_number() over (order by o.code, a.acted_at, c.code, a.source_row) as row
    from actions a join account_code u using (account_id) join content_code c using (content_id)
         join object_code o using (object_type, object_id)
    where a.content_id <> a.object_id;
"""

_PAIRS = """
with r as (select obj, acc, content, t, row, t // {width} as bucket from act where object_type = '{object_type}' {only}),
near as (select *, bucket as slot from r union all select *, bucket - 1 from r)
select case when l.acc < n.acc then l.acc else n.acc end as a,
       case when l.acc < n.acc then n.acc else l.acc end as b,
       l.obj as obj,
       case when l.acc < n.acc then l.content else n.content end as content_a,
       case when l.acc < n.acc then n.content else l.content end as content_b,
       case when l.acc < n.acc then l.t else n.t end as t_a,
       case when l.acc < n.acc then n.t else l.t end as t_b
from r l join near n on l.obj = n.obj and l.bucket = n.slot
where abs(l.t - n.t) <= {window} and l.acc <> n.acc and l.content <> n.content
  and (n.bucket <> l.bucket or l.row < n.row)
"""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Give accounts, contents and objects integer codes, once for a connection."""
    if not con.execute("select 1 from duckdb_tables() where table_name = 'act'").fetchall():
        con.execute(_PREPARE)


def pairs_query(object_type: str, window_s: float, only: str = "") -> str:
    """The query for all matching pairs of actions on one type of object, in codes and microseconds.

    `only` is a condition on the action rows, for one account or one object.
    """
    window = round(window_s * 1_000_000)
    return _PAIRS.format(
        width=max(window, 1),
        window=window,
        object_type=object_type.replace("'", "''"),
        only=f"and {only}" if only else "",
    )


def co_action(con: duckdb.DuckDBPyConnection, window_s: float, *, object_type: str, name: str) -> pd.DataFrame:
    """Every pair of accounts that acted on the same object within the window.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    window_s : float
        Seconds, inclusive.

    Returns
    -------
    DataFrame
        One row per pair, with the columns of `EDGE_COLUMNS`, sorted by the two identifiers. `n_pairs` is the weight
        CooRTweet reports; `n_content_a` and `n_content_b` are the two directed weights of
        coordination-network-toolkit.

    Notes
    -----
    The number of pairs grows with the square of the actions on one object inside one window.
    """
    prepare(con)
    return frame(
        con,
        f"""
        with p as ({pairs_query(object_type, window_s)}),
        e as (select a, b, count(distinct obj) as n_objects, count(*) as n_pairs,
                     count(distinct content_a) as n_content_a, count(distinct content_b) as n_content_b,
                     make_timestamptz(min(least(t_a, t_b))) as first_at, make_timestamptz(max(greatest(t_a, t_b))) as last_at,
                     median(abs(t_a - t_b)) / 1e6 as median_lag_s,
                     count(*) filter (t_a < t_b) / nullif(count(*) filter (t_a <> t_b), 0) as share_a_first
              from p group by a, b)
        select '{name}' as relation, ua.account_id as account_a, ub.account_id as account_b,
               e.* exclude (a, b)
        from e join account_code ua on ua.code = a join account_code ub on ub.code = b
        order by account_a, account_b""",
    )


def evidence(
    con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str, *, object_type: str, name: str
) -> pd.DataFrame:
    """The rows behind one edge: objects, both contents, times, lag, texts and file rows, oldest first."""
    prepare(con)
    codes = con.execute(
        "select code from account_code where account_id in (?, ?) order by code", [account_a, account_b]
    ).fetchall()
    if len(codes) < 2:
        return frame(con, _EVIDENCE.format(name=name, pairs=pairs_query(object_type, window_s, "false")))
    only = f"acc in ({codes[0][0]}, {codes[1][0]})"
    return frame(con, _EVIDENCE.format(name=name, pairs=pairs_query(object_type, window_s, only)))


_EVIDENCE = """
    select '{name}' as relation, o.object_id, ua.account_id as account_a, ub.account_id as account_b,
           make_timestamptz(p.t_a) as at_a, make_timestamptz(p.t_b) as at_b, (p.t_b - p.t_a) / 1e6 as lag_s,
           ca.content_id as content_a, cb.content_id as content_b, ta.text as text_a, tb.text as text_b,
           ta.source_row as row_a, tb.source_row as row_b
    from ({pairs}) p join object_code o on o.code = p.obj
    join account_code ua on ua.code = p.a join account_code ub on ub.code = p.b
    join content_code ca on ca.code = p.content_a join content_code cb on cb.code = p.content_b
    left join content ta on ta.content_id = ca.content_id left join content tb on tb.content_id = cb.content_id
    order by at_a, at_b, object_id, content_a, content_b
"""

_REFERENCES = (
    "Righetti & Balluff (2025), CooRTweet, doi:10.5117/CCR2025.1.7.RIGH",
    "Graham et al. (2024), Coordination Network Toolkit, doi:10.1007/s42001-024-00260-z",
)


def _declare(name: str, object_type: str, title: str, summary: str, caveat: str, family: str = "timing") -> None:
    RELATIONS.add(
        Relation(
            name=name,
            title=title,
            summary=summary,
            caveat=caveat,
            needs=(object_type,),
            edges=partial(co_action, object_type=object_type, name=name),
            evidence=partial(evidence, object_type=object_type, name=name),
            family=family,
            defaults={"window": "60s", "min_shared": 2},
            references=_REFERENCES,
        )
    )


_declare(
    "co_url",
    "url",
    "Same link",
    "Links accounts that posted the same link within the window; weight: distinct links.",
    "News, share buttons and syndication make honest accounts post the same link; short links hide the target.",
)
_declare(
    "co_domain",
    "domain",
    "Same site",
    "Links accounts that linked to the same site within the window; weight: distinct sites.",
    "Popular sites link everybody to everybody: read it with the score, never alone.",
)
_declare(
    "co_hashtag",
    "hashtag",
    "Same hashtag",
    "Links accounts that used the same hashtag within the window; weight: distinct hashtags.",
    "Event tags are shared by crowds; several tags of one post count as one act in the score.",
)
_declare(
    "co_mention",
    "mention",
    "Same mention",
    "Links accounts that addressed the same account within the window; weight: distinct accounts addressed.",
    "Replies to a celebrity or to customer service coincide by themselves.",
)
_declare(
    "co_text",
    "text",
    "Same text",
    "Links accounts that posted the same text (six words or more) within the window; weight: distinct texts.",
    "Headlines, petitions, quotes and share-button texts are repeated in good faith.",
)
_declare(
    "co_repost",
    "repost",
    "Same repost",
    "Links accounts that reposted the same content within the window; weight: distinct contents.",
    "Followers of one popular account repost it together, most of all in the first minutes.",
)
_declare(
    "co_reply",
    "reply",
    "Same reply target",
    "Links accounts that replied to the same content within the window; weight: distinct contents.",
    "A viral post draws many strangers at once.",
)
_declare(
    "co_media",
    "media",
    "Same file",
    "Links accounts that posted the same file (exact hash) within the window; weight: distinct files.",
    "Memes, stock pictures and press photographs travel on their own; an edited copy has another hash.",
)


def matched_contents(con: duckdb.DuckDBPyConnection, window_s: float, object_types: list[str]) -> dict[str, Any]:
    """Which contents co-act with which accounts, over several object types, as arrays of codes.

    Returns
    -------
    dict
        `account`, `content`, `other` (arrays, distinct rows), `contents` (contents per account code), `names`.
    """
    prepare(con)
    both = " union ".join(
        f"select a as account, content_a as content, b as other from ({pairs_query(t, window_s)}) union "
        f"select b, content_b, a from ({pairs_query(t, window_s)})"
        for t in object_types
    )
    found = con.execute(f"select * from ({both}) order by account, content, other").fetchnumpy()
    counted = con.execute(
        "select u.account_id, count(c.content_id) as n from account_code u left join content c using (account_id) group by u.code, 1 order by u.code"
    ).fetchnumpy()
    return {
        **{k: found[k] for k in ("account", "content", "other")},
        "contents": counted["n"],
        "names": list(counted["account_id"]),
    }
