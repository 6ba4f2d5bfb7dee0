"""Everything the study of advertising has worked out, in one value; the tables that answers and views are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from ..findings import Alternative
from ..objects import registrable_domain
from ..store import define_views, frame
from ._ads_chance import Second
from ._ads_innocent import About
from ._ads_ties import Network


@dataclass(frozen=True)
class Judged:
    """A network with its grade.

    Attributes
    ----------
    second : Second or None
        The second family of identifiers, with its chance; `q` is that chance adjusted for all networks.
    lacking : tuple of str
        What keeps the grade at E1; empty for E2.
    """

    network: Network
    about: About
    second: Second | None
    q: float
    alternatives: tuple[Alternative, ...]
    grade: str
    lacking: tuple[str, ...]

    @property
    def explained(self) -> list[str]:
        """The innocent explanations that account for it."""
        return [a.name for a in self.alternatives if a.verdict == "explains"]


@dataclass(frozen=True)
class Picture:
    """What was found, before it is told; every frame is described where it is made."""

    as_of: datetime
    has_ads: bool
    ads: pd.DataFrame
    spend: pd.DataFrame
    carried: pd.DataFrame
    judged: Sequence[Judged]
    n_pairs: int
    n_small: int
    n_elsewhere: int
    reached: pd.DataFrame
    reports: pd.DataFrame
    pages: pd.DataFrame
    creatives: pd.DataFrame
    lookalikes: pd.DataFrame
    chains: pd.DataFrame
    returned: pd.DataFrame
    curve: pd.DataFrame
    collateral: pd.DataFrame
    capped: pd.DataFrame
    edges: Mapping[str, pd.DataFrame]
    has_reports: bool
    notes: Sequence[str]
    settings: Mapping[str, Any]

    @property
    def live(self) -> pd.DataFrame:
        """The ads that run at the run's clock."""
        return self.ads[self.ads["state"] == "live"]

    def network_of(self) -> dict[str, str]:
        """Page -> the numbers of its networks, as text; a page in which two networks touch has both."""
        return network_of(self.judged)


def network_of(judged: Sequence[Judged]) -> dict[str, str]:
    """Page -> the numbers of its networks, as text."""
    out: dict[str, list[str]] = {}
    for j in judged:
        for page in j.network.pages:
            out.setdefault(page, []).append(str(j.network.number))
    return {page: ", ".join(numbers) for page, numbers in out.items()}


def read_ads(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The table `ads` with `has_content`, `text` and `shown` (sites an ad shows or names, other than where it leads).

    Where no source wrote that table, contents of type 'ad' stand in for it, with what their actions say of landing
    domains and payers.
    """
    stand_in = """
        select c.content_id, c.account_id, c.created_at as started_at, l.landing_domain, p.payer, c.source_row
        from content c
        left join (select content_id, min(object_id) as landing_domain from actions where object_type = 'landing_domain'
                   group by 1) l using (content_id)
        left join (select content_id, min(object_id) as payer from actions where object_type = 'payer' group by 1) p
             using (content_id)
        where c.content_type = 'ad' and not exists (from ads)"""
    ads = frame(
        con,
        f"""select a.*, c.content_id is not null as has_content, c.text
            from (select * exclude (dataset_id) from ads union all by name {stand_in}) a
            left join content c using (content_id) order by a.content_id""",
    )
    shown = frame(
        con,
        """select distinct content_id, object_id as domain from actions
           where object_type = 'domain' and content_id in (select content_id from content where content_type = 'ad')
           order by all""",
    )
    by = shown.groupby("content_id")["domain"].agg(frozenset)
    held = ads["content_id"].map(by)
    ads["shown"] = [
        (s if isinstance(s, frozenset) else frozenset()) - {d} for s, d in zip(held, ads["landing_domain"], strict=True)
    ]
    return ads


def led_on(con: duckdb.DuckDBPyConnection, ads: pd.DataFrame, chains: pd.DataFrame) -> pd.DataFrame:
    """The ads with the end of their redirects as landing link; the ends become actions that can tie pages."""
    followed = chains[chains["outcome"] == "followed"] if len(chains) else chains
    if followed.empty:
        return ads
    ends = dict(zip(followed["landing_url"], followed["end_url"], strict=True))
    end = ads["landing_url"].map(ends)
    out = ads.copy()
    out.loc[end.notna(), "landing_url"] = end[end.notna()]
    out["landing_domain"] = out["landing_domain"].where(end.isna(), end.map(registrable_domain, na_action="ignore"))
    moved = out[end.notna() & out["account_id"].notna() & out["has_content"]]
    rows = moved[["account_id", "content_id", "landing_domain"]].dropna()
    con.register("led_rows", rows)
    con.execute(
        """create or replace temp table led_to as
           select 'landing_domain' as object_type, r.account_id, r.content_id, r.landing_domain as object_id,
                  epoch_us(c.created_at) as at_us from led_rows r join content c using (content_id)"""
    )
    con.unregister("led_rows")
    define_views(con, ["led_to"])
    return out
