"""Slices of the Internet Research Agency tweet archive (Linvill and Warren, Clemson; FiveThirtyEight)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import Reading, source
from ._options import check_choice, refuse_unknown
from ._reading import Plan, build
from ._redirects import OPTION
from ._redirects import redirects as read_redirects
from ._rows import Raw, read_delimited, require_columns

COLUMNS = (
    "author_id",
    "content",
    "region",
    "language",
    "publish_date",
    "harvested_date",
    "following",
    "followers",
    "updates",
    "post_type",
    "retweet",
    "account_type",
    "account_category",
)
_USED = (
    "author_id",
    "content",
    "region",
    "language",
    "publish_date",
    "following",
    "followers",
    "retweet",
    "account_type",
)
_TEXT, _KIND = "text, unwrapped", "kind"
_NOTES = (
    "Times are to the minute: no window under two minutes means anything.",
    "This version has no tweet identifiers; contents are called after their row.",
    "Reposts do not say what was reposted, so there are no repost objects.",
    "The 17 largest accounts are missing from this version, and ordinary accounts are not in it at all.",
)
_UNEXPANDED = "Links are t.co links that nobody expanded: equal targets are missed, and there are hardly any domains."


@source(
    name="ira_tweets",
    title="Internet Research Agency tweets",
    summary="Reads the 13-column slices of the archive published by FiveThirtyEight: texts, tags, links, mentions.",
    caveat="It holds only accounts that were taken down, so it cannot say how often ordinary accounts look like this.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz"),
    options={
        "duplicates": "rows equal in all 13 columns: 'set_aside' (default) or 'keep'",
        "delimiter": "the character between columns, or its name (default: comma)",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
        "redirects": OPTION,
    },
    references=(
        "https://doi.org/10.1080/10584609.2020.1718257",
        "https://github.com/fivethirtyeight/russian-troll-tweets",
    ),
)
def read(
    path: Path,
    *,
    duplicates: str = "set_aside",
    delimiter: str | None = None,
    encoding: str | None = None,
    redirects: str | Path | None = None,
    **unknown: Any,
) -> Reading:
    """A slice of the archive as canonical tables.

    Accounts are 'twitter:<author_id>', contents 'row-<n>'. A text in single quotes that starts with @ loses the
    quotes, which the export put there. The account's type stays a label for checking results and links nothing.

    Notes
    -----
    Rows equal in all 13 columns are one tweet exported twice: they agree even in the account's running number of
    tweets, which moves on between two tweets. Rows that differ only in that number are two tweets and stay. The
    option `duplicates='keep'` counts rows as published work on the archive does.
    """
    refuse_unknown(unknown, "ira_tweets", ("duplicates", "delimiter", "encoding", "redirects"))
    check_choice("duplicates", duplicates, ("set_aside", "keep"))
    raw = read_delimited(path, delimiter=delimiter, encoding=encoding)
    require_columns(raw, COLUMNS, "ira_tweets")
    notes = [*_NOTES, *(() if redirects else (_UNEXPANDED,))]
    texts = raw.table["content"].combine_chunks()
    if n := pc.sum(pc.match_substring(texts, "\ufffd")).as_py():
        notes.append(f"{n:,} texts hold U+FFFD: characters that were lost before the archive was published.")
    mapping = {
        "account_id": "author_id",
        "created_at": "publish_date",
        "text": _TEXT,
        "language": "language",
        "content_type": _KIND,
        "platform": "constant:twitter",
        "handle": "author_id",
        "followers": "followers",
        "following": "following",
        "region": "region",
        "source_label": "account_type",
    }
    plan = Plan(
        mapping,
        resolution_s=60.0,
        keep_duplicates=duplicates == "keep",
        columns_used=_USED,
        notes=tuple(notes),
        redirects=read_redirects(redirects),
    )
    return build(_prepared(raw, texts), plan)


def _prepared(raw: Raw, texts: pa.Array) -> Raw:
    """The rows with two more columns: the unwrapped text, and 'repost' or 'post' for the repost mark."""
    unwrapped = pc.replace_substring_regex(texts, r"(?s)^'(@.*)'$", r"\1")
    kind = pc.if_else(pc.fill_null(pc.equal(raw.table["retweet"], "1"), False), "repost", "post")
    table = raw.table.append_column(_TEXT, unwrapped).append_column(_KIND, kind)
    return replace(raw, table=table, derived=(_TEXT, _KIND))
