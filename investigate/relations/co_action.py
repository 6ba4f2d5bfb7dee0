"""Co-action on objects the data names: two accounts act on the same link, tag, text, ... within the window.

The window is inclusive: with 60 s, actions 60.0 s apart match. A content never matches itself, an account never
matches itself, and the reposted content is not a repost of itself.
"""

from __future__ import annotations

from functools import partial

import duckdb
import pandas as pd

from ..store import frame
from . import RELATIONS, Relation

REFERENCES = (
    "Righetti & Balluff (2025), CooRTweet, doi:10.5117/CCR2025.1.7.RIGH",
    "Graham et al. (2024), Coordination Network Toolkit, doi:10.1007/s42001-024-00260-z",
)


def acts_on(object_type: str) -> str:
    """The query for all actions on one type of object."""
    name = object_type.replace("'", "''")
    return (
        "select account_id, content_id, object_id, at_us from action_us "
        f"where object_type = '{name}' and content_id <> object_id"
    )


def evidence(
    con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str, *, acts: str, name: str
) -> pd.DataFrame:
    """The rows behind one co-action edge: objects, both contents, times, lag, texts and file rows, oldest first."""
    a, b = sorted((account_a, account_b), key=lambda s: s.encode())
    window = round(window_s * 1_000_000)
    return frame(
        con,
        f"""
        with act as (select * from ({acts.replace("{window_us}", str(window))}) where account_id in ($a, $b))
        select '{name}' as relation, l.object_id, l.account_id as account_a, r.account_id as account_b,
               make_timestamptz(l.at_us) as at_a, make_timestamptz(r.at_us) as at_b, (r.at_us - l.at_us) / 1e6 as lag_s,
               l.content_id as content_a, r.content_id as content_b, ca.text as text_a, cb.text as text_b,
               ca.source_row as row_a, cb.source_row as row_b
        from act l join act r on l.object_id = r.object_id and l.account_id = $a and r.account_id = $b
             and l.content_id <> r.content_id and abs(l.at_us - r.at_us) <= {window}
        left join content ca on ca.content_id = l.content_id left join content cb on cb.content_id = r.content_id
        where $a <> $b
        order by at_a, at_b, object_id, content_a, content_b""",
        {"a": a, "b": b},
    )


def declare(name: str, object_type: str, title: str, summary: str, caveat: str, **more: object) -> Relation:
    """Register a co-action relation on one object type."""
    acts = acts_on(object_type)
    return RELATIONS.add(
        Relation(
            name=name,
            title=title,
            summary=summary,
            caveat=caveat,
            needs=(object_type,),
            acts=acts,
            evidence=partial(evidence, acts=acts, name=name),
            defaults={"window": "60s", "min_shared": 2},
            references=REFERENCES,
            **more,  # type: ignore[arg-type]
        )
    )


declare(
    "co_url",
    "url",
    "Same link",
    "Links accounts that posted the same link within the window; weight: distinct links.",
    "News, share buttons and syndication make honest accounts post the same link; short links hide the target.",
)
declare(
    "co_domain",
    "domain",
    "Same site",
    "Links accounts that linked to the same site within the window; weight: distinct sites.",
    "Popular sites link everybody to everybody: read it with the score, never alone.",
    by_default=False,
)
declare(
    "co_hashtag",
    "hashtag",
    "Same hashtag",
    "Links accounts that used the same hashtag within the window; weight: distinct hashtags.",
    "Event tags are shared by crowds; several tags of one post count as one act in the score.",
)
declare(
    "co_mention",
    "mention",
    "Same mention",
    "Links accounts that addressed the same account within the window; weight: distinct accounts addressed.",
    "Replies to a celebrity or to customer service coincide by themselves.",
)
declare(
    "co_text",
    "text",
    "Same text",
    "Links accounts that posted the same text (six words or more) within the window; weight: distinct texts.",
    "Headlines, petitions, quotes and share-button texts are repeated in good faith.",
)
declare(
    "co_repost",
    "repost",
    "Same repost",
    "Links accounts that reposted the same content within the window; weight: distinct contents.",
    "Followers of one popular account repost it together, most of all in the first minutes.",
)
declare(
    "co_reply",
    "reply",
    "Same reply target",
    "Links accounts that replied to the same content within the window; weight: distinct contents.",
    "A viral post draws many strangers at once.",
)
declare(
    "co_media",
    "media",
    "Same file",
    "Links accounts that posted the same file (exact hash) within the window; weight: distinct files.",
    "Memes, stock pictures and press photographs travel on their own; an edited copy has another hash.",
)
