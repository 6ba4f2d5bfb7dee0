"""What is new: families of nearly equal texts, and words and tags that stand out against what came before."""

from __future__ import annotations

import hashlib

import duckdb
import pandas as pd
from scipy.stats import norm

from ..objects import normal_text
from ..series import adjust, log_odds
from ..similar import text_families
from ..store import frame
from ._election_text import fold

LEAST_ACCOUNTS = 3
"""Accounts a term or a family needs: one account's habits are no narrative."""
LEAST_WORD = 4
"""Letters of a word that counts as a term."""
PRIOR = 1_000.0
"""Weight of the prior, in posts: what a term is expected to do where there is hardly any count."""

CLUSTERS = (
    *("cluster_id", "new", "n_posts", "n_accounts", "n_in_groups", "n_earlier", "first_at", "last_at", "example"),
    *("representative", "narratives"),
)
TERMS = ("term", "n_posts", "n_accounts", "share", "n_earlier", "share_earlier", "log_odds", "z", "q", "emerging")


def clusters(
    posts: pd.DataFrame,
    earlier: pd.DataFrame | None,
    names: pd.DataFrame,
    members: set[str],
    *,
    least_posts: int,
    threshold: float,
) -> pd.DataFrame:
    """Families of nearly equal election texts carried by several accounts; which of them nobody had posted before.

    Parameters
    ----------
    posts : DataFrame
        Election posts of the window.
    earlier : DataFrame or None
        text and n: election texts from before, with how often; None where nothing earlier is known: then a family is new
        where it was first seen in the second half of the window.
    names : DataFrame
        content_id, name: what each post matched.
    least_posts : int
        Posts a family needs to be listed.

    Returns
    -------
    DataFrame
        `CLUSTERS`, new ones first, then the largest. Families are chains: see `investigate.similar.text_families`.
    """
    held = posts.assign(normal=[normal_text(t) for t in posts["text"]])
    held = held[held["normal"].notna()]
    past = pd.DataFrame({"normal": [], "n": []}) if earlier is None else _normal(earlier)
    if held.empty:
        return pd.DataFrame(columns=list(CLUSTERS))
    found = text_families([*held["normal"], *past["normal"]], threshold)
    family = dict(zip(found.texts.to_pylist(), found.names.to_pylist(), strict=True))
    held["family"] = held["normal"].map(family)
    before = past.assign(family=past["normal"].map(family)).groupby("family")["n"].sum()
    held["in_group"] = held["account_id"].where(held["account_id"].isin(members))
    by = held.sort_values(["created_at", "content_id"]).groupby("family", sort=True)
    table = by.agg(
        n_posts=("content_id", "nunique"),
        n_accounts=("account_id", "nunique"),
        n_in_groups=("in_group", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
        example=("text", "first"),
        representative=("normal", "first"),
    ).reset_index()
    table = table[(table["n_posts"] >= least_posts) & (table["n_accounts"] >= LEAST_ACCOUNTS)]
    table["n_earlier"] = table["family"].map(before).fillna(0).astype(int)
    middle = posts["created_at"].min() + (posts["created_at"].max() - posts["created_at"].min()) / 2
    table["new"] = (table["n_earlier"] == 0) & ((earlier is not None) | (table["first_at"] >= middle))
    table["cluster_id"] = ["T-" + hashlib.sha256(r.encode()).hexdigest()[:10] for r in table["representative"]]
    spoken = names[names["name"].str.startswith("narrative:")].merge(held[["content_id", "family"]], on="content_id")
    told = spoken.groupby("family")["name"].agg(lambda n: ", ".join(sorted({x.partition(":")[2] for x in n})))
    table["narratives"] = table["family"].map(told).fillna("") if len(told) else ""
    return table.sort_values(
        ["new", "n_posts", "cluster_id"], ascending=[False, False, True], ignore_index=True
    ).reindex(columns=list(CLUSTERS))


def _normal(earlier: pd.DataFrame) -> pd.DataFrame:
    texts = earlier.assign(normal=[normal_text(t) for t in earlier["text"]])
    return texts[texts["normal"].notna()].groupby("normal", as_index=False)["n"].sum()


def term_counts(con: duckdb.DuckDBPyConnection, posts: pd.DataFrame) -> pd.DataFrame:
    """term, n_posts, n_accounts: tags with their sign and words of four letters or more, each once per post and text.

    An account that repeats one text counts once for it: repetition is what groups and alarms are for.
    """
    once = posts.assign(folded=[_without_links(t) for t in posts["text"]]).drop_duplicates(["account_id", "folded"])
    con.register("term_posts", once[["content_id", "account_id", "folded"]])
    try:
        return frame(
            con,
            f"""
            with words as (
              select content_id, account_id, unnest(list_distinct(list_filter(
                string_split(replace(folded::varchar, '# ', '#'), ' '),
                lambda w: length(w) >= {LEAST_WORD} and not regexp_full_match(w, '[0-9_]+')))) as term
              from term_posts)
            select term, count(*) as n_posts, count(distinct account_id) as n_accounts from words group by 1 order by 1""",
        )
    finally:
        con.unregister("term_posts")


def emerging(
    now: pd.DataFrame, n_now: int, before: pd.DataFrame, n_before: int, *, least_posts: int, q: float
) -> pd.DataFrame:
    """Terms by their log-odds against before, with a prior in the proportions of both together.

    Parameters
    ----------
    now, before : DataFrame
        Of `term_counts`.
    n_now, n_before : int
        Posts counted.

    Returns
    -------
    DataFrame
        `TERMS`; every term of `now` with at least three posts. emerging: more frequent than before with q at most `q`, in at
        least `least_posts` posts by at least three accounts.

    References
    ----------
    Monroe, Colaresi, Quinn 2008, Fightin' Words, doi:10.1093/pan/mpn018.
    """
    table = now[now["n_posts"] >= 3].merge(
        before[["term", "n_posts"]].rename(columns={"n_posts": "n_earlier"}), on="term", how="left"
    )
    table["n_earlier"] = table["n_earlier"].fillna(0).astype(int)
    a, b = table["n_posts"].to_numpy(float), table["n_earlier"].to_numpy(float)
    table["log_odds"], table["z"] = log_odds(a, n_now, b, n_before, weight=PRIOR, least_prior=0.01, least_rest=0.5)
    table["share"], table["share_earlier"] = a / max(n_now, 1), b / max(n_before, 1)
    table["q"] = adjust(norm.sf(table["z"].to_numpy())) if len(table) else []
    enough = (table["n_posts"] >= least_posts) & (table["n_accounts"] >= LEAST_ACCOUNTS)
    table["emerging"] = enough & (table["q"] <= q) & (table["log_odds"] > 0) & (n_before > 0)
    return table.sort_values(["emerging", "z", "term"], ascending=[False, False, True], ignore_index=True).reindex(
        columns=list(TERMS)
    )


def _without_links(text: str) -> str:
    return fold(" ".join(w for w in text.split() if "://" not in w))
