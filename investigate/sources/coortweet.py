"""The four-column table of co-action tools: object, account, content, time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import Reading, source
from ._options import refuse_unknown
from ._reading import Plan, build
from ._redirects import OPTION
from ._redirects import redirects as read_redirects
from ._rows import read_delimited, require_columns

COLUMNS = ("object_id", "account_id", "content_id", "timestamp_share")


@source(
    name="coortweet",
    title="Co-action table (CooRTweet)",
    summary="Reads object_id, account_id, content_id, timestamp_share: one row per act on one object.",
    caveat="It holds no texts and no profiles, so findings rest on the acts alone; what the objects are must be known.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz", ".tsv"),
    options={
        "object_type": "what the objects are: repost (default), url, hashtag, media, ...",
        "delimiter": "the character between columns, or its name (default: comma; tab for .tsv)",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
        "redirects": OPTION,
    },
    references=("https://doi.org/10.5117/CCR2025.1.7.RIGH",),
)
def read(
    path: Path,
    *,
    object_type: str = "repost",
    delimiter: str | None = None,
    encoding: str | None = None,
    redirects: str | Path | None = None,
    **unknown: Any,
) -> Reading:
    """A co-action table as canonical tables.

    Identifiers stay as they are. Times are seconds since 1970, fractions allowed. A content may stand in several
    rows: `content` keeps its first row, and `actions` keeps every row that names another object, so nothing but
    exact copies is lost.

    Notes
    -----
    To see what CooRTweet sees, use all `actions`; it counts exact copies too, which matters only where a copied
    row shares its object with another account in time. To see what coordination-network-toolkit sees (the first
    row of each content), keep the actions whose `source_row` is that of their content. In CooRTweet's own Russian
    example 35,125 rows hold 35,085 contents: 39 contents stand in two rows with two objects, and one row is an
    exact copy of another, whose object nobody else touched; it is set aside.
    """
    refuse_unknown(unknown, "coortweet", ("object_type", "delimiter", "encoding", "redirects"))
    raw = read_delimited(path, delimiter=delimiter, encoding=encoding)
    require_columns(raw, COLUMNS, "coortweet")
    mapping = {
        "account_id": "account_id",
        "content_id": "content_id",
        "created_at": "timestamp_share",
        "object_id": "object_id",
        "object_type": f"constant:{object_type}",
    }
    kind = "constant:repost" if object_type == "repost" else "constant:post"
    plan = Plan(
        {**mapping, "content_type": kind},
        object_required=True,
        columns_used=COLUMNS,
        redirects=read_redirects(redirects),
    )
    return build(raw, plan)
