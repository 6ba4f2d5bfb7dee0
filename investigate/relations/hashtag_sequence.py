"""Hashtag sequences: accounts that use the same hashtags in the same order in one content.

One tag is a topic; three or more in one order are a text of their own, often a pasted one. The sequence of one content is
the object, and the window is that of every other co-action. An account's tags over a whole day (a published variant, with
five tags or more) are not used: they need a day's boundary, allow one match a day, and break at one differing post.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from ..objects import hashtags
from ..store import frame
from . import RELATIONS, Relation
from .co_action import acts_on, evidence
from .derived import ensure

NAME = "co_hashtag_sequence"
OBJECT_TYPE = "hashtag_sequence"

MIN_TAGS = 3
"""Distinct tags a content needs before their order says anything."""

ACTS = acts_on(OBJECT_TYPE)


def tag_sequence(text: str | None, tags: list[str]) -> str | None:
    """The sequence of a content's tags as an object: '#a #b #c'; None under `MIN_TAGS` distinct tags.

    The order is that of the text, each tag at its first place. Where the text does not hold them (the tags stand in a
    column of their own) their order is not known: '{#a #b #c}', sorted, equals only another such set.

    Parameters
    ----------
    text : str or None
        As exported.
    tags : list of str
        The content's hashtags in normal form, in any order.

    Examples
    --------
    >>> tag_sequence("#One day #Two #three #one", ["one", "two", "three"])
    '#one #two #three'
    """
    found = hashtags(text or "")
    if len(found) >= MIN_TAGS:
        return " ".join(f"#{t}" for t in found)
    held = sorted(set(tags))
    return "{" + " ".join(f"#{t}" for t in held) + "}" if len(held) >= MIN_TAGS else None


def derive(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per content with a sequence: account_id, content_id, object_type, object_id, acted_at, source_row."""
    table = frame(
        con,
        f"""
        select min(a.account_id) as account_id, a.content_id, min(a.acted_at) as acted_at, min(a.source_row) as source_row,
               list(distinct a.object_id order by a.object_id) as tags, any_value(c.text) as text
        from actions a left join content c using (content_id)
        where a.object_type = 'hashtag' group by a.content_id having count(distinct a.object_id) >= {MIN_TAGS}
        order by a.content_id""",
    )
    pairs = zip(table.pop("text"), table.pop("tags"), strict=True)
    ids = [tag_sequence(text if isinstance(text, str) else None, list(tags)) for text, tags in pairs]
    table["object_type"] = OBJECT_TYPE
    table["object_id"] = pd.Series(ids, dtype="str")
    return table[["account_id", "content_id", "object_type", "object_id", "acted_at", "source_row"]]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    ensure(con, OBJECT_TYPE, derive)


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a content has `MIN_TAGS` hashtags."""
    query = (
        "select 1 from (select content_id from actions where object_type = 'hashtag' group by 1 "
        f"having count(distinct object_id) >= {MIN_TAGS}) limit 1"
    )
    return bool(con.execute(query).fetchall())


def _evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    prepare(con)
    return evidence(con, window_s, account_a, account_b, acts=ACTS, name=NAME)


RELATIONS.add(
    Relation(
        name=NAME,
        title="Same hashtag sequence",
        summary="Links accounts that used the same three or more hashtags in the same order within the window; weight: sequences.",
        caveat="Campaigns hand out lists of tags to copy, and a repost repeats the order of the original.",
        needs=("hashtag",),
        object_type=OBJECT_TYPE,
        holds=holds,
        acts=ACTS,
        evidence=_evidence,
        prepare=prepare,
        by_default=False,
        defaults={"window": "60s", "min_shared": 2},
        references=(
            "Pacheco et al. (2021), Uncovering coordinated networks on social media, doi:10.1609/icwsm.v15i1.18075",
        ),
    )
)
