"""One thing or several: contents that hang together by tags, links and nearly equal texts."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..store import frame

MOST_OBJECTS = 3_000
LEAST_TOGETHER = 3
NEAR = 0.2
"""Jaccard similarity of the contents of two objects from which they belong to one thread."""
LARGE = 0.1
"""Share of the peak's (or the issue's) contents from which a thread counts as a thing of its own."""
ONE = 0.5
"""Share of the contents in threads from which one thread is the issue."""

COLUMNS = (
    "thread",
    "objects",
    "n_objects",
    "n_contents",
    "share",
    "n_accounts",
    "per_account",
    "top_account_share",
    "first_at",
    "last_at",
)


def threads(con: duckdb.DuckDBPyConnection, part: str, most: int) -> tuple[pd.DataFrame, dict[str, object]]:
    """Threads of the contents marked `part` in `triage_content`.

    Two objects (tag, link, text, reposted content) belong to one thread where the contents that hold them overlap by a
    Jaccard similarity of `NEAR` or more; threads are the connected components, and a content belongs to the largest thread
    among its objects.

    Parameters
    ----------
    part : str
        "focus" or "peak".
    most : int
        Threads listed.

    Returns
    -------
    tuple
        DataFrame with `COLUMNS`, largest first, and facts: n_threads, n_contents (of the part), in_threads (share of its
        contents that hold any object at all), largest (share of the part), large (threads with a share of `LARGE` or more).

    Notes
    -----
    A tag that everybody uses for everything is one thread, whatever else the contents say. Only the `MOST_OBJECTS` objects
    with most contents are looked at.
    """
    held = frame(
        con,
        f"""
        with act as (select distinct a.object_type, a.object_id, c.content_id, c.account_id, c.created_at
                     from actions a join triage_content c using (content_id)
                     where c.{part} and a.object_type in ('hashtag', 'url', 'text', 'repost', 'media')),
        kept as (select object_type, object_id, row_number() over (order by count(*) desc, object_type, object_id) - 1 as object
                 from act group by 1, 2 having count(*) >= 2 order by object limit {MOST_OBJECTS})
        select k.object, k.object_type, k.object_id, dense_rank() over (order by a.content_id) - 1 as content, a.account_id,
               a.created_at
        from act a join kept k using (object_type, object_id) order by 4, 1""",
    )
    total = int(con.execute(f"select count(*) filter ({part}) from triage_content").fetchall()[0][0])
    if held.empty:
        return pd.DataFrame(columns=list(COLUMNS)), _facts(total, 0, [], 0)
    component = _components(held["object"].to_numpy(), held["content"].to_numpy())
    held["thread"] = component[held["object"].to_numpy()]
    size = held.groupby("thread")["content"].nunique()
    held["size"] = held["thread"].map(size)
    # The largest thread takes a content; of two equally large ones the one with the more frequent object.
    one = held.sort_values(["content", "size", "object"], ascending=[True, False, True]).drop_duplicates("content")
    table = one.groupby("thread").agg(
        n_contents=("content", "size"),
        n_accounts=("account_id", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
    )
    busiest = one.groupby(["thread", "account_id"]).size().groupby(level=0).max()
    names = held.drop_duplicates("object").sort_values("object")
    said = names["object_id"].where(names["object_type"] != "hashtag", "#" + names["object_id"]).str.slice(0, 80)
    table["objects"] = said.groupby(names["thread"]).agg(lambda s: " | ".join(s.head(4))).reindex(table.index)
    table["n_objects"] = names.groupby("thread").size().reindex(table.index)
    table["share"] = (table["n_contents"] / total).round(4)
    table["per_account"] = (table["n_contents"] / table["n_accounts"]).round(2)
    table["top_account_share"] = (busiest / table["n_contents"]).round(3)
    table = table.reset_index(drop=True).sort_values(
        ["n_contents", "objects"], ascending=[False, True], ignore_index=True
    )
    table.insert(0, "thread", np.arange(1, len(table) + 1))
    facts = _facts(total, int(table["n_contents"].sum()), table["share"].tolist(), len(table))
    return table[list(COLUMNS)].head(most), facts


def _facts(total: int, inside: int, shares: list[float], n: int) -> dict[str, object]:
    return {
        "n_threads": n,
        "n_contents": total,
        "in_threads": round(inside / max(total, 1), 4),
        "largest": shares[0] if shares else 0.0,
        "large": sum(s >= LARGE for s in shares),
    }


def _components(objects: np.ndarray, contents: np.ndarray) -> np.ndarray:
    """The component of each object, by the overlap of their contents."""
    n = int(objects.max()) + 1
    held = coo_matrix((np.ones(len(objects), np.int32), (objects, contents))).tocsr()
    both = (held @ held.T).tocoo()
    sizes = np.bincount(objects, minlength=n)
    near = both.data / (sizes[both.row] + sizes[both.col] - both.data) >= NEAR
    kept = near & (both.data >= LEAST_TOGETHER) & (both.row < both.col)
    links = coo_matrix((np.ones(int(kept.sum())), (both.row[kept], both.col[kept])), shape=(n, n))
    return connected_components(links, directed=False)[1]


def verdict(facts: dict[str, object]) -> str:
    """ "one thing", "several things", "scattered" or "" where there are no objects."""
    inside, largest, large = (float(facts[k]) for k in ("in_threads", "largest", "large"))  # type: ignore[arg-type]
    if not facts["n_threads"]:
        return ""
    if not large:
        return "scattered"
    return "one thing" if large == 1 or largest >= ONE * inside else "several things"
