"""Political advertising: what the market's rules ask for and an ad does not carry, and what ran in the silence period."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import duckdb
import pandas as pd

from ..packs.market import MarketProfile
from ..store import frame

COLUMNS = (
    *("content_id", "account_id", "missing", "in_silence", "payer", "disclaimer", "started_at", "ended_at"),
    *("currency", "spend_low", "spend_high", "landing_domain", "text"),
)


def political_ads(
    con: duckdb.DuckDBPyConnection, election: set[str], profile: MarketProfile
) -> tuple[pd.DataFrame, list[str], int]:
    """The ads that match the profile's terms, with what they lack.

    Parameters
    ----------
    election : set of str
        Contents that match the profile.

    Returns
    -------
    ads : DataFrame
        `COLUMNS`; missing names the required fields that are empty. Amounts of two currencies are never added.
    absent : list of str
        Required fields that no ad of the export carries: the export lacks them, the ads may not.
    n_ads : int
        All ads in the period.
    """
    ads = frame(
        con,
        "select a.*, coalesce(c.text, '') as text from ads a left join content c using (content_id) order by content_id",
    )
    held = {field: _given(ads[field]) for field in profile.ads.required} if len(ads) else {}
    absent = [str(field) for field, given in held.items() if not given.any()]
    out = ads[ads["content_id"].isin(election)].copy()
    checked = [f for f in held if f not in absent]
    out["missing"] = [", ".join(f for f in checked if not held[f].loc[i]) for i in out.index]
    out["in_silence"] = _in_silence(out, profile)
    out = out.sort_values(["in_silence", "missing", "content_id"], ascending=[False, False, True], ignore_index=True)
    return out.reindex(columns=list(COLUMNS)), absent, len(ads)


def _given(column: pd.Series) -> pd.Series:
    return column.fillna("").astype(str).str.strip() != ""


def _in_silence(ads: pd.DataFrame, profile: MarketProfile) -> pd.Series:
    """Whether an ad ran between the start of the silence and the end of the last voting day, in the market's zone."""
    start = profile.dates.silence_start
    if not (profile.ads.silence and start) or ads.empty:
        return pd.Series(False, index=ads.index)
    opens = datetime.combine(start, time(), profile.zone)
    closes = datetime.combine(max(profile.dates.voting_days) + timedelta(days=1), time(), profile.zone)
    ended = ads["ended_at"].fillna(ads["started_at"])
    return (ads["started_at"] < closes) & (ended >= opens)
