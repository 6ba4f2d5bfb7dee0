"""Tables for people of one run: incidents in one line each, the calendar, and how much of the market the data hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..duration import say
from ..findings import Finding
from ..packs.market import MarketProfile
from ..packs.phases import CADENCE, Phase
from ..packs.phases import calendar as starts
from ._election_text import spoken
from ._election_watched import Watched

Tables = Mapping[str, pd.DataFrame]


def incidents(findings: list[Finding], tables: Tables) -> pd.DataFrame:
    """One row per finding: what, grade, size, since when, how far it spread (1 one group, 2 beyond it), whom it is for."""
    since = {r.claim_id: r.first_at for r in tables["claims"].itertuples()}
    since |= {r.cluster_id: r.first_at for r in tables["clusters"].itertuples()}
    since |= {r.finding_id: r.first_at for r in tables["groups"].itertuples()}
    rows = [
        (
            f.finding_id,
            f.type,
            f.title,
            f.evidence_grade,
            f.status,
            since.get(f.impact.get("claim") or f.impact.get("text") or f.finding_id, pd.NaT),
            f.impact.get("breakout"),
            f.recommended[0]["owner"] if f.recommended else "",
        )
        for f in findings
    ]
    out = pd.DataFrame(
        rows, columns=["finding_id", "type", "title", "evidence_grade", "status", "first_at", "breakout", "owner"]
    )
    out["first_at"] = pd.to_datetime(out["first_at"], utc=True)
    return out.astype({"breakout": "Int64"}).sort_values(
        ["evidence_grade", "finding_id"], ascending=[False, True], ignore_index=True
    )


def calendar_table(profile: MarketProfile, now: Phase) -> pd.DataFrame:
    """starts (local day), what, kind (phase, day), cadence, next: the election's dates in order."""
    rows = [(day.isoformat(), name, "phase", CADENCE[name]) for day, name in starts(profile)]
    rows += [(d.day.isoformat(), d.name, "day", "") for d in (*profile.dates.known, *profile.holidays)]
    out = pd.DataFrame(sorted(rows), columns=["starts", "what", "kind", "cadence"])
    out["when"] = [
        "past" if s < now.day.isoformat() else "today" if s == now.day.isoformat() else "to come" for s in out["starts"]
    ]
    return out


def coverage(profile: MarketProfile, held: Watched, accounts: Any) -> pd.DataFrame:
    """what, n, of, note: how much of the market the data hold."""
    posts = held.posts
    hours = posts["created_at"].dt.floor("1h")
    by_hour = hours.value_counts().sort_index()
    span = max(round(held.days * 24), 1)
    gaps = hours.drop_duplicates().sort_values().diff().max()
    stated = posts["language"].dropna().astype(str)
    wanted = {name.casefold() for x in profile.languages for name in (x.code, x.code.partition("-")[0], *x.also)}
    in_market = sum(bool({x.casefold(), x.casefold().partition("-")[0]} & wanted) for x in stated)
    rows = [
        (
            "Hours with posts",
            int(hours.nunique()),
            span,
            f"times recorded to {say(held.resolution_s)}; longest time without a post: {gaps}"
            if pd.notna(gaps)
            else "",
        ),
        ("Posts in the fullest hour", int(by_hour.max()), len(posts), f"began {by_hour.idxmax():%Y-%m-%d %H:%M} UTC"),
        ("Posts on the election", held.n_election, len(posts), "posts that match a term of the profile"),
        (
            "Posts in a language of the market",
            in_market,
            len(stated),
            "as the source states it; other names of a language go into `also` of the profile",
        ),
        ("Official accounts in the data", len(accounts(profile.official.accounts)), len(profile.official.accounts), ""),
        (
            "Protected people's accounts in the data",
            len(accounts([a for p in profile.protected for a in p.accounts])),
            sum(len(p.accounts) for p in profile.protected),
            "",
        ),
        (
            "Terms in the profile",
            sum(len(spoken(n.terms)) for n in profile.narratives),
            None,
            f"{len(profile.narratives)} narratives",
        ),
    ]
    return pd.DataFrame(rows, columns=["what", "n", "of", "note"]).astype({"of": "Int64"})
