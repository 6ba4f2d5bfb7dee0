"""Watching one election in one market, run after run: what is there now, and what changed since the run before.

    phase -> words -> groups -> claims, volumes, new texts, look-alikes, ads, queue -> delta -> answers

The market profile says what to look for; people say what it means. Nothing here is called true or false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ..errors import InputError
from ..findings import Finding
from ..packs import policy_pack as read_pack
from ..packs.market import MarketProfile
from ..packs.market import market_profile as read_profile
from ..packs.phases import Phase, phase_at
from ..store import frame
from ..study import Study
from . import _election_findings as made
from . import _election_tables as plain
from . import _election_told as told
from ._election_ads import political_ads
from ._election_claims import claims
from ._election_delta import Delta, follow_up
from ._election_emerging import clusters, emerging, term_counts
from ._election_groups import Engine, accounts_of, act_together, known_in_market
from ._election_groups import table as group_table
from ._election_people import lookalikes
from ._election_previous import Previous, previous
from ._election_readiness import readiness
from ._election_text import ELECTION, lexicon
from ._election_volume import counted, judged, summary
from ._election_watched import Watched, watched
from ._making import clock

NAME = "election_watch"


def election_watch(
    case: Any,
    *,
    market_profile: str,
    previous_run: str = "",
    phase: str = "auto",
    as_of: str = "",
    policy_pack: str = "",
    known_groups: Any = "",
    relations: Sequence[str] = (),
    window: str | float = "auto",
    min_shared: int = 2,
    min_accounts: int = 3,
    min_actions: int = 10,
    fdr_q: float = 0.01,
    resolution: float = 1.0,
    seed: int = 0,
    novelty_min_posts: int = 20,
    growth_alpha: float = 0.001,
    near_dup_threshold: float = 0.8,
    match_jaccard: float = 0.5,
) -> Study:
    """What an election team looks at each time, for the period the case is restricted to (`Case.between`).

    Parameters
    ----------
    market_profile : str
        A market profile (`investigate.packs.market`).
    previous_run : str
        The folder of the run before, of the same market, or CASE/runs/latest; empty for the first one.
    phase : str
        "auto": by the profile's calendar at `as_of`, at local midnight; or a phase that holds whatever the calendar says.
    as_of : str
        The run's clock; empty for the end of the period, or of the data.
    known_groups : str or DataFrame
        Accounts known to belong together, beside the official and party accounts of the profile.
    relations, window, min_shared, min_accounts, min_actions, fdr_q, resolution, seed
        As in `Case.relate`, `score` and `group`, which this calls.
    novelty_min_posts : int
        Posts that a new text, a term or a narrative needs before it is spoken of.
    growth_alpha : float
        Level of one bin of a forecast, and of a change of rate since the run before.
    near_dup_threshold : float
        Jaccard similarity from which two texts count as nearly equal.
    match_jaccard : float
        Share of the smaller group from which two runs' groups can be the same one; see `investigate.matching`.

    Returns
    -------
    Study
        Kept in the case with its findings. Tables: delta, follow_up, claims, narratives, volume, mentions, clusters, terms,
        groups, lookalikes, ads, readiness, incidents, coverage, calendar.

    Raises
    ------
    InputError
        The profile, the policy pack or the earlier run cannot be used; the period holds no content.

    Notes
    -----
    The baseline of forecasts and of what is new is what the case holds from before its period; else the run before;
    else the first half of the period, which is the weakest. It misleads where the profile's words are poor: what no
    term matches is watched by nobody.
    """
    if not market_profile:
        do = "write one (see data/samples/market_profile.toml) and name it in market_profile"
        raise InputError("no market profile is given", "parameter market_profile", do)
    profile, pack, at = read_profile(market_profile), read_pack(policy_pack), clock(case, as_of)
    now = phase_at(profile, at, phase)
    market = f"{profile.country}: {profile.name}"
    first = case.period.start or min(d.first_at for d in case.datasets)
    earlier = previous(previous_run, market, first)
    held = watched(case, lexicon(profile), earlier)
    if held.posts.empty:
        raise InputError("the period holds no content", str(case.path), "choose another period, or load posts")
    engine = Engine(tuple(relations), str(window), min_shared, min_accounts, min_actions, fdr_q, resolution, seed)
    grouped, unlinked = act_together(case, known_in_market(case, profile, known_groups), engine)
    tables, gaps = _tables(case, profile, held, grouped, at, growth_alpha, novelty_min_posts, near_dup_threshold, fdr_q)
    gaps["groups"] = unlinked
    _compare(tables, held, earlier, at, growth_alpha, novelty_min_posts, match_jaccard)
    maker = made.Maker(profile, pack, at, f"{held.start.isoformat()}/{held.end.isoformat()}")
    findings = _findings(maker, held, tables, grouped, fdr_q)
    tables["incidents"] = plain.incidents(findings, tables)
    tables["calendar"] = plain.calendar_table(profile, now)
    tables["coverage"] = plain.coverage(profile, held, accounts_of(case))
    study = _study(maker, held, now, earlier, tables, gaps, findings, novelty_min_posts)
    case.conclude(study, findings)
    return study


def _tables(
    case: Any,
    profile: MarketProfile,
    held: Watched,
    grouped: list[Finding],
    at: Any,
    alpha: float,
    least: int,
    threshold: float,
    fdr_q: float,
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Every table but the comparison, and what could not be looked at, with the reason."""
    con, members = case.connection(), {m for f in grouped for m in f.members}
    official = set(accounts_of(case)(profile.official.accounts))
    posts = held.posts[held.posts["content_id"].isin(held.election_ids)]
    narratives = {f"narrative:{n.id}": n.title for n in profile.narratives}
    people = {f"person:{p.name}": f"{p.name} ({p.role})" for p in profile.protected}
    width = held.width
    series = counted(held.matched, [ELECTION, *narratives, *people], held.start, held.end, width)
    bins, calibration = judged(series, held.history(width), alpha, [h.day for h in profile.holidays])
    late = held.compared(posts)
    terms = emerging(
        term_counts(con, late), len(late), held.earlier_terms(con), held.n_earlier, least_posts=least, q=fdr_q
    )
    ads, absent, n_ads = political_ads(con, held.election_ids, profile)
    gauges, no_queue = readiness(case, profile, alpha)
    accounts = frame(con, "select * from accounts order by account_id")
    tables = {
        "groups": group_table(case, grouped, held.matched),
        "claims": claims(held.posts, held.matched, profile, members, official),
        "narratives": summary(bins, held.matched, {ELECTION: "All election content", **narratives}, fdr_q),
        "mentions": summary(bins, held.matched, people, fdr_q),
        "volume": bins,
        "calibration": calibration,
        "clusters": clusters(
            posts, held.earlier_texts(), held.matched, members, least_posts=least, threshold=threshold
        ),
        "terms": terms,
        "lookalikes": lookalikes(accounts, held.posts, profile, pd.Timestamp(at)),
        "ads": ads,
        "readiness": gauges,
    }
    no_ads = "" if n_ads else "the case holds no ads; load an export of ads of the same period"
    return tables, {"ads": no_ads, "absent": ", ".join(absent), "n_ads": str(n_ads), "queue": no_queue, "width": width}


def _compare(
    tables: dict[str, pd.DataFrame],
    held: Watched,
    earlier: Previous | None,
    at: Any,
    alpha: float,
    least: int,
    jaccard: float,
) -> None:
    """Add delta and follow_up, where there is an earlier run."""
    if earlier is None:
        tables["delta"], tables["follow_up"] = told.no_delta()
        return
    delta = Delta(earlier, (float(earlier.facts["days"]), held.days), alpha=alpha, least=least, jaccard=jaccard)
    parts = (tables[name] for name in ("groups", "claims", "narratives", "clusters", "lookalikes"))
    tables["delta"] = delta.table(*parts)
    tables["follow_up"] = follow_up(earlier, delta.groups, tables, pd.Timestamp(at))


def _findings(
    maker: made.Maker, held: Watched, tables: dict[str, pd.DataFrame], grouped: list[Finding], q: float
) -> list[Finding]:
    """The groups, with their election content and the market's policies, and the leads beside them."""
    own = tables["groups"].set_index("finding_id")
    about = maker.pack.mapping("civic_integrity", fit="unclear")
    groups = []
    for finding in grouped:
        row = own.loc[finding.finding_id]
        impact = {**finding.impact, "election_posts": int(row["n_election"]), "breakout": int(row["breakout"])}
        policy = [*maker.pack.mapping("coordinated_behaviour"), *(about if row["n_election"] else [])]
        groups.append(replace(finding, impact=impact, policy=finding.policy or policy))
    width, held_back = held.width, tables["calibration"]
    row = held_back.iloc[0] if len(held_back) else None
    kept = str(row["kept"]) if row is not None else ""
    tried = f"the alarm went off in {row['n_alarms']} of {row['n_bins']} bins of the history" if row is not None else ""
    trends = tables["narratives"][tables["narratives"]["name"] != ELECTION]
    return [
        *groups,
        *made.claim_findings(maker, tables["claims"]),
        *made.trend_findings(
            maker, trends, held.matched, q, width=width, kept=kept, tried=tried, area="civic_integrity", topic="narratives",
            action="Read the posts of the highest bin and say what set it off", ref="tables/election_volume.csv",
        ),
        *made.text_findings(maker, tables["clusters"], held.posts),
        *made.alike_findings(maker, tables["lookalikes"]),
        *made.trend_findings(
            maker, tables["mentions"], held.matched, q, width=width, kept=kept, tried=tried, area="harassment", topic="candidates",
            action="Look whether the posts of the highest bin insult or threaten; offer account protection",
            ref="tables/election_volume.csv",
        ),
        *made.ad_findings(maker, tables["ads"], len(tables["ads"])),
    ]  # fmt: skip


def _study(
    maker: made.Maker,
    held: Watched,
    now: Phase,
    earlier: Previous | None,
    tables: dict[str, pd.DataFrame],
    gaps: dict[str, str],
    findings: list[Finding],
    least: int,
) -> Study:
    profile = maker.profile
    return Study(
        name=NAME,
        bottom_line=told.bottom_line(profile, now, held, earlier, tables, findings),
        numbers=told.numbers(now, tables, earlier),
        tables=tables,
        answers=told.answers(profile, now, held, earlier, tables, gaps),
        limits=told.limits(held, earlier),
        proposals=told.proposals(maker, now, tables),
        facts={
            "market": f"{profile.country}: {profile.name}",
            "election": profile.election.name,
            "profile_version": profile.version,
            "phase": now.name,
            "phase_forced": now.forced,
            "day": now.day.isoformat(),
            "cadence": now.cadence,
            "phase_ends_at": now.ends_at.isoformat() if now.ends_at else "",
            "next_phase": now.follows,
            "window": [held.start.isoformat(), held.end.isoformat()],
            "days": held.days,
            "baseline": held.baseline,
            "previous_run": earlier.name if earlier else "",
            "not_compared": list(earlier.missing) if earlier else [],
            "n_posts": len(held.posts),
            "n_election": held.n_election,
            "n_term_posts": len(held.compared(held.posts[held.posts["content_id"].isin(held.election_ids)])),
            "n_rows": {name: len(table) for name, table in sorted(tables.items())},
            "novelty_min_posts": least,
            "sensitivity": list(profile.sensitivity),
            "partners": [p.role for p in profile.partners],
            "routes": [r.model_dump() for r in profile.routes],
        },
    )
