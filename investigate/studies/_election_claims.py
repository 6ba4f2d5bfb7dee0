"""The queue of claims about voting: what posts say of day, way and place, beside what the profile says; people assess it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from ..packs.market import VOTING, MarketProfile, Narrative
from ..similar import text_families
from ._election_dates import DAYS, DayReader, Named
from ._election_text import fold, holds, spoken

COLUMNS = (
    *("claim_id", "kind", "narrative", "asserted", "official", "differs", "n_posts", "n_accounts", "n_in_groups"),
    *("n_beside", "n_official", "first_at", "last_at", "example", "content_ids", "assessment"),
)
TO_ASSESS = "to assess"
NO_REFERENCE = "the profile holds nothing to compare with"
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\D)|\n+")
_LINK = re.compile(r"https?://\S+")


def claims(
    posts: pd.DataFrame, matched: pd.DataFrame, profile: MarketProfile, members: set[str], official: set[str]
) -> pd.DataFrame:
    """What posts assert about voting, most carried first; nothing is called true or false.

    Parameters
    ----------
    posts, matched : DataFrame
        Of `_election_text.read_posts` and `matches`.
    members : set of str
        Accounts in groups that act together.
    official : set of str
        Official accounts of the profile.

    Returns
    -------
    DataFrame
        `COLUMNS`. One row per kind, narrative and asserted day, way of voting, or family of nearly equal texts. `differs`
        is "yes" where the profile names something else, and "no reference" where it has nothing to compare with.
        n_beside counts posts that
        name the voting day as well (corrections often do). `assessment` is for a person to fill in.

    Notes
    -----
    Days before the post's own day, and more than a year after it, are left alone: they speak of other elections.
    It misleads for debates, deadlines and meetings named in one sentence with voting (put their days under
    `dates.known`), and for irony and quotations.
    """
    held = posts.set_index("content_id")
    rows = [*_days(held, matched, profile), *_methods(matched, profile), *_others(held, matched, profile)]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.DataFrame(rows, columns=["content_id", "kind", "narrative", "asserted", "official", "differs", "beside"])
    table = table.drop_duplicates(["content_id", "kind", "asserted"]).merge(
        held[["account_id", "created_at", "text"]], left_on="content_id", right_index=True
    )
    table = table.sort_values(["created_at", "content_id"])
    table["in_group"], table["by_official"] = table["account_id"].isin(members), table["account_id"].isin(official)
    by = table.groupby(["kind", "narrative", "asserted", "official", "differs"], sort=True)
    out = by.agg(
        n_posts=("content_id", "nunique"),
        n_accounts=("account_id", "nunique"),
        n_beside=("beside", "sum"),
        n_official=("by_official", "sum"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
        example=("text", "first"),
        content_ids=("content_id", lambda ids: " ".join(ids.head(5))),
    ).reset_index()
    grouped = table[table["in_group"]].groupby(["kind", "narrative", "asserted", "official", "differs"])["account_id"]
    n = grouped.nunique().rename("n_in_groups").reset_index()
    out = (
        out.merge(n, how="left")
        .fillna({"n_in_groups": 0})
        .astype({"n_in_groups": int, "n_official": int, "n_beside": int})
    )
    keys = zip(out["kind"], out["narrative"], out["asserted"], strict=True)
    out["claim_id"] = ["C-" + hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:10] for key in keys]
    out["assessment"] = TO_ASSESS
    out = out.sort_values(
        ["differs", "n_posts", "n_accounts", "claim_id"], ascending=[False, False, False, True], ignore_index=True
    )
    return out[list(COLUMNS)]


def _days(held: pd.DataFrame, matched: pd.DataFrame, profile: MarketProfile) -> Iterator[tuple[Any, ...]]:
    """Sentences that speak of voting and name a day that is neither a voting day nor another known one."""
    reader, dates = DayReader(profile), profile.dates
    known = {*dates.voting_days, *(d.day for d in dates.known), *(h.day for h in profile.holidays)}
    named = (dates.registration_start, dates.registration_deadline, dates.campaign_start, dates.silence_start)
    known |= {d for d in (*named, dates.count, dates.certification) if d}
    weekdays = {d.weekday() for d in dates.voting_days}
    official = ", ".join(f"{d:%Y-%m-%d} ({DAYS[d.weekday()]})" for d in sorted(dates.voting_days))
    for narrative, content_ids in _matching(matched, profile, "date"):
        words = spoken(narrative.terms)
        for row in held.loc[content_ids, ["text", "created_at"]].itertuples():
            own = row.created_at.tz_convert(profile.zone).date()
            beside = any(n.day in dates.voting_days for n in reader.days(row.text))
            for sentence in _SENTENCE.split(_LINK.sub(" ", row.text)):
                if not any(c.isdigit() for c in sentence) and not reader.weekdays:
                    continue
                if holds(fold(sentence), words):
                    for day in reader.days(sentence):
                        if _deviates(day, known, weekdays, own):
                            yield row.Index, "date", narrative.title, str(day), official, "yes", beside


def _deviates(named: Named, known: set[date], weekdays: set[int], own: date) -> bool:
    if named.day is None:
        return named.weekday not in weekdays
    return named.day not in known and own <= named.day <= own + timedelta(days=366)


def _methods(matched: pd.DataFrame, profile: MarketProfile) -> Iterator[tuple[Any, ...]]:
    """Posts that speak of a way of voting that is not offered."""
    offered = ", ".join(m.name for m in profile.methods if m.offered) or "none named in the profile"
    for method in profile.methods:
        if not method.offered:
            for content_id in matched.loc[matched["name"] == f"method:{method.name}", "content_id"]:
                yield content_id, "method", "Ways of voting", method.name, f"offered: {offered}", "yes", False


def _others(held: pd.DataFrame, matched: pd.DataFrame, profile: MarketProfile) -> Iterator[tuple[Any, ...]]:
    """Posts about place, eligibility, cost, intimidation and results: families of nearly equal texts."""
    for kind in VOTING:
        if kind in ("date", "method"):
            continue
        for narrative, content_ids in _matching(matched, profile, kind):
            texts = [fold(_LINK.sub(" ", t)).strip() for t in held.loc[content_ids, "text"]]
            found = text_families(texts)
            family = dict(zip(found.texts.to_pylist(), found.names.to_pylist(), strict=True))
            for content_id, text in zip(content_ids, texts, strict=True):
                asserted = family.get(text, text)
                yield content_id, kind, narrative.title, asserted, narrative.note or NO_REFERENCE, "no reference", False


def _matching(matched: pd.DataFrame, profile: MarketProfile, kind: str) -> Iterator[tuple[Narrative, list[str]]]:
    for narrative in profile.narratives:
        if narrative.claim == kind:
            yield narrative, matched.loc[matched["name"] == f"narrative:{narrative.id}", "content_id"].tolist()
