"""The claims queue: what is said, in clusters of like texts, in the order in which people should look. Never a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..exposure import Policy, labels_of
from ..objects import mention
from ..similar import _kernels, text_families
from ..similar.texts import shingle_arrays
from ..store import frame
from ._crisis_mask import masked

LIKE = 0.5
"""Jaccard similarity, without tags, from which two variants count as wordings of one claim; variants join at 0.8."""

MOST = 5000
"""Families that are looked at, the largest first."""

LEAST_ACCOUNTS = 3


def queue(case: Any, variants: pd.DataFrame, seen: pd.DataFrame, withheld: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """Clusters of similar texts for human assessment, and how many families were left out of it.

    Returns
    -------
    DataFrame
        claim, priority (from 1), text (the earliest observed wording, masked), n_families, n_contents, n_accounts, followers (sum over
        the accounts, an upper bound of reach; empty where not exported), n_last_3h, pace, alert, first_at, languages.

    Notes
    -----
    The order is the mean of two ranks: accounts, and contents in the last three hours. It says where to look first, and
    nothing about truth: a true warning spreads as a hoax does.
    """
    held = variants[(variants["kind"] == "text")].head(MOST)
    left = int((variants["kind"] == "text").sum() - len(held))
    columns = [
        "claim",
        "priority",
        "text",
        "n_families",
        "n_contents",
        "n_accounts",
        "followers",
        "n_last_3h",
        "pace",
        "alert",
        "first_at",
        "languages",
    ]
    if held.empty:
        return pd.DataFrame(columns=columns), left
    firsts = dict(zip(seen["content_id"], seen["member"], strict=True))
    member = held["first_content"].map(firsts)
    table = held.assign(cluster=_clusters([_words(text) for text in member]))
    of = dict(zip(table["family"], table["cluster"], strict=True))
    rows = seen[seen["family"].isin(of)].assign(cluster=lambda t: t["family"].map(of))
    accounts = rows.drop_duplicates(["cluster", "account_id"])
    followers = frame(
        case.connection(), "select account_id, followers from accounts where followers is not null order by 1"
    )
    accounts = accounts.merge(followers, on="account_id", how="left")
    by = table.groupby("cluster", sort=True)
    out = by.agg(
        n_families=("family", "size"),
        n_last_3h=("n_last_3h", "sum"),
        alert=("alert", "any"),
        first_at=("first_at", "min"),
    )
    out["n_contents"] = rows.groupby("cluster")["content_id"].nunique()
    out["n_accounts"] = accounts.groupby("cluster").size()
    out["followers"] = accounts.groupby("cluster")["followers"].sum(min_count=1)
    first = table.sort_values(["cluster", "first_at", "first_content"]).drop_duplicates("cluster").set_index("cluster")
    out["claim"], out["first_content"] = first["family"].str.replace("V-", "C-"), first["first_content"]
    out["languages"] = by["languages"].agg(lambda s: ", ".join(sorted({p for v in s for p in v.split(", ")})))
    out["pace"] = [_pace(part) for _, part in by]
    out = out[out["n_accounts"] >= LEAST_ACCOUNTS].reset_index(drop=True)
    ranks = out["n_accounts"].rank(method="min", ascending=False) + out["n_last_3h"].rank(method="min", ascending=False)
    out = out.assign(rank=ranks).sort_values(
        ["rank", "n_contents", "claim"], ascending=[True, False, True], ignore_index=True
    )
    out["priority"] = range(1, len(out) + 1)
    out["text"] = quoted(case, out["first_content"], withheld)
    return out[columns], left


def _words(text: str) -> str:
    """A text without its tags, where three words are left: tags make short texts alike that say different things."""
    bare = " ".join(word for word in text.split() if not word.startswith("#"))
    return bare if bare.count(" ") >= 2 else text


def _clusters(texts: list[str]) -> list[int]:
    """For each text the position of the first text before it that leads a cluster and is `LIKE` it; itself where none is.

    Leaders, not chains: every text of a cluster is like its leader. Only texts that a chain joins are compared.
    """
    found = text_families(pa.array(texts, pa.large_string()), LIKE)
    chain = dict(zip(found.texts.to_pylist(), found.family.tolist(), strict=True))
    flat, start = shingle_arrays(pa.array(texts, pa.large_string()))
    leaders: dict[int, list[int]] = {}
    out = []
    for place, text in enumerate(texts):
        heads = leaders.setdefault(chain[text], [])
        near = (
            _kernels.similarities(flat, start, np.array(heads, np.int64), np.full(len(heads), place)) if heads else []
        )
        first = next((h for h, s in zip(heads, near, strict=True) if s >= LIKE), place)
        if first == place:
            heads.append(place)
        out.append(first)
    return out


def _pace(part: pd.DataFrame) -> str:
    held = set(part["pace"])
    return next(p for p in ("growing", "steady", "slowing", "quiet") if p in held)


def quoted(case: Any, contents: pd.Series, withheld: tuple[str, ...]) -> list[str]:
    """The contents' texts as a report may hold them: covered by the exposure settings, else masked.

    A person's own settings do not count: the same case gives the same report for everybody.
    """
    con, policy = case.connection(), Policy.load(own=False)
    con.register("quoted_rows", pd.DataFrame({"content_id": sorted(set(contents))}, dtype="str"))
    try:
        texts = frame(con, "select content_id, text from content semi join quoted_rows using (content_id)")
    finally:
        con.unregister("quoted_rows")
    held = dict(zip(texts["content_id"], texts["text"].fillna(""), strict=True))
    shown = frame(
        con,
        "select handle, display_name from accounts where handle is not null and display_name is not null order by 1, 2",
    )
    names = {mention(h) or "": d for h, d in zip(shown["handle"], shown["display_name"], strict=True)}
    labels = labels_of(case, policy)
    return [str(policy.cover(masked(held.get(c, ""), withheld, names), labels.get(c, ()))) for c in contents]


def named(con: Any, marks: pd.DataFrame, withheld: tuple[str, ...]) -> pd.DataFrame:
    """How often each supplied name stands in a content about the event: name (as 'name 1', never in words), n_contents,
    n_accounts, first_at, last_at; in the order of the list."""
    rows = marks[marks["kind"] == "named"]
    columns = ["name", "n_contents", "n_accounts", "first_at", "last_at"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    con.register("named_rows", rows[["content_id", "value"]])
    try:
        table = frame(
            con,
            """select value, count(distinct content_id) as n_contents, count(distinct account_id) as n_accounts,
                      min(created_at) as first_at, max(created_at) as last_at
               from named_rows join content using (content_id) group by 1 order by 1""",
        )
    finally:
        con.unregister("named_rows")
    order = {name: f"name {n}" for n, name in enumerate(withheld, 1)}
    table["name"] = table["value"].map(order)
    return table.sort_values("name", ignore_index=True)[columns]


def threats(case: Any, marks: pd.DataFrame, withheld: tuple[str, ...]) -> pd.DataFrame:
    """Contents with a listed phrase, newest first, for a person: content_id, created_at, phrase, n_copies, text (covered).

    Every text here is covered by the exposure settings as a threat; it is revealed in the workbench, one by one.
    """
    rows = marks[marks["kind"] == "phrase"]
    columns = ["content_id", "created_at", "phrase", "n_copies", "text"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    con, policy = case.connection(), Policy.load(own=False)
    by = rows.groupby("content_id")["value"].agg(lambda s: ", ".join(sorted(set(s))))
    con.register("phrase_rows", by.rename("phrase").reset_index())
    try:
        table = frame(
            con,
            """select content_id, created_at, phrase, text, count(*) over (partition by text) as n_copies
               from phrase_rows join content using (content_id) order by created_at desc, content_id""",
        )
    finally:
        con.unregister("phrase_rows")
    table = table.drop_duplicates("text", ignore_index=True)
    table["text"] = [str(policy.cover(masked(t, withheld), ["threat"])) for t in table["text"].fillna("")]
    return table[columns]
