"""Pages made to be thrown away, creatives that come back, and links that lead on: what hides where an ad comes from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from ..objects import canonical_url, fold_name, is_shortener, registrable_domain
from ..similar.texts import text_families
from ..sources._redirects import Redirects
from ..store import frame
from ._ads_files import PAGE

SIGNALS = ("new_page", "ad_before_content", "name_changed", "came_back", "looks_alike")
"""What speaks for a page made to deceive; near-equal creatives alone do not: chains and affiliates have them too."""


def pages(con: duckdb.DuckDBPyConnection, ads: pd.DataFrame, new_days: int) -> pd.DataFrame:
    """One row per page that has ads.

    Returns
    -------
    DataFrame
        account_id, name, n_ads, first_ad_at, created_at, age_days (of the page at its first ad; negative: the dates
        contradict each other), new_page (under `new_days`; missing where no age is known), n_other (contents that are no
        ads), ad_before_content (its first ad is older than its first other content, or it has none; missing where the data
        hold no other contents at all), n_names, name_changed (missing where the source gives no name with each ad).
    """
    own = frame(
        con,
        """select a.account_id, coalesce(nullif(a.display_name, ''), nullif(a.handle, ''), a.account_id) as name, a.created_at,
                  count(c.content_id) filter (where c.content_type <> 'ad') as n_other,
                  min(c.created_at) filter (where c.content_type <> 'ad') as first_other
           from accounts a left join content c using (account_id) group by all order by a.account_id""",
    )
    held = ads.dropna(subset=["account_id"])
    by = held.groupby("account_id", sort=True).agg(
        n_ads=("content_id", "size"), first_ad_at=("started_at", "min"), n_names=("page_name", "nunique")
    )
    table = by.reset_index().merge(own, on="account_id", how="left")
    table["name"] = table["name"].fillna(table["account_id"])
    age = (table["first_ad_at"] - table["created_at"]).dt.total_seconds() / 86_400
    table["age_days"] = age.round(1)
    table["new_page"] = (age < new_days).astype("boolean").mask(age.isna() | (age < 0))
    others = int(table["n_other"].fillna(0).sum()) > 0
    first = table["n_other"].fillna(0).eq(0) | (table["first_ad_at"] < table["first_other"])
    table["ad_before_content"] = first.astype("boolean").mask(table["first_ad_at"].isna() | (not others))
    table["name_changed"] = (table["n_names"] > 1).astype("boolean").mask(table["n_names"] == 0)
    names = [
        *("account_id", "name", "n_ads", "first_ad_at", "created_at", "age_days", "new_page", "n_other"),
        *("ad_before_content", "n_names", "name_changed"),
    ]
    return table[names]


def creatives(con: duckdb.DuckDBPyConnection, threshold: float) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Families of nearly equal ad texts (six words or more), and which ad is in which.

    Returns
    -------
    tuple
        (creative, n_ads, n_pages, n_texts, example, first_at, last_at, the most pages first; content_id, account_id,
        creative; what was not compared, in words).
    """
    texts = frame(
        con,
        """select a.content_id, a.account_id, a.object_id as text, c.created_at from actions a join content c using (content_id)
           where a.object_type = 'text' and c.content_type = 'ad' order by a.content_id""",
    )
    columns = ["creative", "n_ads", "n_pages", "n_texts", "example", "first_at", "last_at"]
    if texts.empty:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["content_id", "account_id", "creative"]), ()
    families = text_families(texts["text"], threshold)
    held = families.table().rename(columns={"family": "example"})
    texts = texts.merge(held[["text", "example"]], on="text")
    table = texts.groupby("example", as_index=False, sort=True).agg(
        n_ads=("content_id", "nunique"),
        n_pages=("account_id", "nunique"),
        n_texts=("text", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
    )
    table = table[table["n_ads"] > 1].sort_values(
        ["n_pages", "n_ads", "example"], ascending=[False, False, True], ignore_index=True
    )
    table.insert(0, "creative", range(1, len(table) + 1))
    member = texts.merge(table[["example", "creative"]], on="example")[["content_id", "account_id", "creative"]]
    return table[columns], member.sort_values(["creative", "content_id"], ignore_index=True), families.notes()


def chains(ads: pd.DataFrame, path: str) -> pd.DataFrame:
    """Where landing links lead on, by a table of redirects made outside.

    Returns
    -------
    DataFrame
        landing_url, n_hops, through (sites on the way), end_domain, outcome ('followed', 'loop', 'too long'), other_site (it
        ends on another registrable domain than it begins, short links aside), n_pages, n_ads.
    """
    columns = ["landing_url", "n_hops", "through", "end_url", "end_domain", "outcome", "other_site", "n_pages", "n_ads"]
    if not path:
        return pd.DataFrame(columns=columns)
    table = Redirects(Path(path)).table
    rows = []
    for url, part in ads.dropna(subset=["landing_url"]).groupby("landing_url", sort=True):
        start = canonical_url(str(url)) or str(url)
        if start not in table:
            continue
        passed = [start]
        while passed[-1] in table and table[passed[-1]] not in passed and len(passed) <= 10:
            passed.append(table[passed[-1]])
        outcome = "followed" if passed[-1] not in table else "loop" if table[passed[-1]] in passed else "too long"
        sites = [registrable_domain(u) or u for u in passed]
        begins = next((s for s in sites if not is_shortener(s)), sites[-1])
        rows.append(
            (
                *(start, len(passed) - 1, " > ".join(dict.fromkeys(sites)), passed[-1], sites[-1], outcome),
                *(begins != sites[-1], part["account_id"].nunique(), len(part)),
            )
        )
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["other_site", "n_ads", "landing_url"], ascending=[False, False, True], ignore_index=True)


def returned(table: pd.DataFrame, accounts: pd.DataFrame, removed: pd.DataFrame) -> pd.DataFrame:
    """What an earlier takedown list names and these data hold again: matches, and no more than leads.

    Returns
    -------
    DataFrame
        object_type, object_id, account_id, match ('the same', 'the same name'), removed_at, reference, first_at (first use
        here), after (it is used after the removal; missing where no date is known), degree, held_back (why the match
        says little).
    """
    columns = [
        *("object_type", "object_id", "account_id", "match", "removed_at", "reference", "first_at", "after"),
        *("degree", "held_back"),
    ]
    listed = removed[removed["object_type"] != PAGE]
    found = listed.merge(table, on=["object_type", "object_id"]).assign(match="the same")
    rows = [found.reindex(columns=columns)]
    for row in removed[removed["object_type"] == PAGE].itertuples(index=False):
        same = accounts["account_id"].eq(row.object_id) | accounts["account_id"].str.endswith(f":{row.object_id}")
        stem = fold_name(row.object_id).skeleton
        named = pd.Series(False, index=accounts.index)
        if len(stem) >= 5 and not stem.isdigit():
            for field in ("display_name", "handle"):
                named |= accounts[field].map(_skeleton).eq(stem)
        for hit, match in ((same, "the same"), (named & ~same, "the same name")):
            part = accounts[hit]
            rows.append(
                pd.DataFrame(
                    {
                        "object_type": PAGE,
                        "object_id": row.object_id,
                        "account_id": part["account_id"],
                        "match": match,
                        "removed_at": row.removed_at,
                        "reference": row.reference,
                        "first_at": part["first_at"],
                        "degree": 1,
                        "held_back": "",
                    },
                    columns=columns,
                )
            )
    kept = [r for r in rows if len(r)]
    out = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
    if len(out):
        removed_at, first_at = (pd.to_datetime(out[c], utc=True) for c in ("removed_at", "first_at"))
        out["removed_at"], out["first_at"] = removed_at, first_at
        out["after"] = (first_at > removed_at).astype("boolean").mask(removed_at.isna() | first_at.isna())
    return out.sort_values(["object_type", "object_id", "account_id"], ignore_index=True)


def _skeleton(name: object) -> str:
    return fold_name(name).skeleton if isinstance(name, str) else ""
