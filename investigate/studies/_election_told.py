"""The watch in words: bottom line, key numbers, answers or why there are none, proposals, limits, and the tables of dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..duration import say
from ..findings import Finding
from ..packs.market import MarketProfile
from ..packs.phases import CADENCE, Phase
from ..study import Answer
from ._election_delta import COLUMNS as DELTA
from ._election_findings import Maker
from ._election_previous import Previous
from ._election_text import ELECTION
from ._election_watched import HALF, RUN, Watched
from ._making import counted

Tables = Mapping[str, pd.DataFrame]
QUESTIONS = (
    "Which phase is the election in, and do the data cover it?",
    "What changed since the run before?",
    "What do posts say about voting that the market profile does not?",
    "Which narratives are above their forecast, and what is new?",
    "Which accounts act together, and do they push election content?",
    "Does an account look like a protected person or body?",
    "Do political ads lack what the market asks for?",
    "Do protected people get unusual attention?",
    "Is synthetic or altered media in use?",
    "Is the team ready: are queue volumes above forecast, deadlines kept, languages covered?",
    "Did earlier actions hold?",
    "Does it spill over to other platforms?",
)


def changes(delta: pd.DataFrame, kind: str) -> str:
    """'1 new, 2 grown' of one kind; 'no change' where there is none."""
    counts = delta.loc[delta["kind"] == kind, "change"].value_counts()
    order = ("new", "grown", "merged", "split", "changed", "shrunk", "gone")
    return ", ".join(f"{counts[c]} {c}" for c in order if c in counts) or "no change"


def no_delta() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty tables of comparison, for a first run."""
    follow = pd.DataFrame(columns=["action", "owner", "review_by", "due", "about", "decision", "now"])
    return pd.DataFrame(columns=list(DELTA)), follow


def bottom_line(
    profile: MarketProfile, now: Phase, held: Watched, earlier: Previous | None, tables: Tables, findings: list[Finding]
) -> str:
    delta, claims, groups = tables["delta"], tables["claims"], tables["groups"]
    if earlier is None:
        said = "This is the first run of the market: there is nothing to compare with yet."
    elif delta.empty:
        said = f"Nothing changed since the run before ({earlier.name})."
    else:
        said = f"Since the run before: groups {changes(delta, 'group')}; claims {changes(delta, 'claim')}; narratives {changes(delta, 'narrative')}."
    differ = claims[claims["differs"] == "yes"]
    with_election = int((groups["n_election"] > 0).sum())
    supported = sum(f.status == "supported" for f in findings)
    return (
        f"{said} {counted(len(groups), 'group')} of accounts act together, {with_election} of them on election content. "
        f"Claims about voting that differ from the profile, for a person to assess: {len(differ):,}. "
        f"{counted(supported, 'finding')} supported by the data, {counted(len(findings) - supported, 'lead')}. Phase: {now.name}"
        + (" (set by hand)." if now.forced else f", until {now.ends_at:%Y-%m-%d %H:%M} UTC." if now.ends_at else ".")
    )


def numbers(now: Phase, tables: Tables, earlier: Previous | None) -> tuple[tuple[str, Any], ...]:
    narratives, claims, delta = tables["narratives"], tables["claims"], tables["delta"]
    election = narratives.loc[narratives["name"] == ELECTION, "n_posts"]
    return (
        ("Phase", now.name),
        ("Election posts", int(election.iloc[0]) if len(election) else 0),
        ("Changes since the run before", len(delta) if earlier else "first run"),
        ("Groups", len(tables["groups"])),
        ("Claims to assess", len(claims)),
        ("Claims that differ", int((claims["differs"] == "yes").sum())),
        ("New texts", int(tables["clusters"]["new"].sum()) if len(tables["clusters"]) else 0),
        ("Look-alikes", int((tables["lookalikes"]["label"] == "").sum())),
    )


def answers(
    profile: MarketProfile, now: Phase, held: Watched, earlier: Previous | None, tables: Tables, gaps: Mapping[str, str]
) -> tuple[Answer, ...]:
    """One answer per question, in their order."""
    q = iter(QUESTIONS)
    first = "there is no run before; give previous_run from the second run on"
    made = [
        Answer(next(q), answer=_phase(now, held), rows_ref="tables/election_coverage.csv"),
        Answer(next(q), answer=_delta(tables["delta"], earlier), rows_ref="tables/election_delta.csv")
        if earlier
        else Answer(next(q), because=first),
        Answer(next(q), answer=_claims(tables["claims"]), rows_ref="tables/voting_claims.csv"),
        Answer(next(q), answer=_narratives(tables, held), rows_ref="tables/election_narratives.csv"),
        Answer(next(q), because=gaps["groups"])
        if gaps["groups"]
        else Answer(next(q), answer=_groups(tables["groups"]), rows_ref="tables/election_groups.csv"),
        _alike(next(q), profile, tables["lookalikes"]),
        _ads(next(q), tables["ads"], gaps),
        _mentions(next(q), profile, tables["mentions"]),
        Answer(
            next(q), because="no media was looked at: the tool opens no pictures; ask the media team with the posts"
        ),
        Answer(next(q), because=gaps["queue"])
        if gaps["queue"]
        else Answer(next(q), answer=_ready(tables["readiness"]), rows_ref="tables/election_readiness.csv"),
        Answer(next(q), answer=_held(tables["follow_up"]), rows_ref="tables/election_follow_up.csv")
        if earlier
        else Answer(next(q), because=first),
        _platforms(next(q), held),
    ]
    return tuple(made)


def _phase(now: Phase, held: Watched) -> str:
    until = f"; the next phase ({now.follows}) begins {now.ends_at:%Y-%m-%d %H:%M} UTC" if now.ends_at else ""
    hours = held.posts["created_at"].dt.floor("1h").nunique()
    return (
        f"{now.name.capitalize()}{' (set by hand)' if now.forced else ''}{until}. The period holds {len(held.posts):,} posts, "
        f"{held.n_election:,} of them on the election, in {hours:,} of its {held.days * 24:,.0f} hours."
    )


def _delta(delta: pd.DataFrame, earlier: Previous | None) -> str:
    kinds = ("group", "claim", "narrative", "text", "look-alike")
    said = "; ".join(f"{kind}s: {changes(delta, kind)}" for kind in kinds) if len(delta) else "Nothing changed"
    left = (
        f" Not compared, because the run before kept no table: {', '.join(earlier.missing)}."
        if earlier and earlier.missing
        else ""
    )
    return f"{said[:1].upper()}{said[1:]}.{left}"


def _claims(claims: pd.DataFrame) -> str:
    if claims.empty:
        return "No post matches a claim about voting that the profile watches."
    differ = claims[claims["differs"] == "yes"]
    top = differ.iloc[0] if len(differ) else None
    most = (
        f" The most carried: {top['asserted']}, in {counted(int(top['n_posts']), 'post')} by {counted(int(top['n_accounts']), 'account')}."
        if top is not None
        else ""
    )
    return f"{len(differ):,} name a day or a way of voting that the profile does not; {len(claims) - len(differ):,} more have nothing to compare with. All wait to be assessed.{most}"


def _narratives(tables: Tables, held: Watched) -> str:
    summary, terms, texts = tables["narratives"], tables["terms"], tables["clusters"]
    above = summary[(summary["n_above"] > 0) & (summary["name"] != ELECTION)]
    named = ", ".join(above["title"].head(3)) or "none"
    words = ", ".join(terms.loc[terms["emerging"], "term"].head(5)) if len(terms) else ""
    return (
        f"Above their forecast: {named}. New texts: {int(texts['new'].sum()) if len(texts) else 0}. Words and tags that stand out: "
        f"{words or 'none'}. Compared with {held.baseline}."
    )


def _groups(groups: pd.DataFrame) -> str:
    if groups.empty:
        return "No group acts together more than chance explains."
    top = groups.iloc[0]
    return (
        f"{counted(len(groups), 'group')}, {int((groups['n_election'] > 0).sum())} with election content. The one with most of it: "
        f"{top['title']}; {top['n_election']:,} of its {top['n_posts']:,} joint posts match the profile."
    )


def _alike(question: str, profile: MarketProfile, alike: pd.DataFrame) -> Answer:
    if not profile.protected:
        return Answer(question, because="the profile names nobody to protect; add [[protected]]")
    plain = alike[alike["label"] == ""]
    looks = "looks" if len(plain) == 1 else "look"
    said = f"{counted(len(plain), 'account')} {looks} like {counted(plain['protected'].nunique(), 'protected name')}; {len(alike) - len(plain)} more say that they are a parody or a fan's."
    return Answer(question, answer=said if len(alike) else "No account does.", rows_ref="tables/look_alikes.csv")


def _ads(question: str, ads: pd.DataFrame, gaps: Mapping[str, str]) -> Answer:
    if gaps["ads"]:
        return Answer(question, because=gaps["ads"])
    absent = f" No ad of the export carries {gaps['absent']}: that was not judged." if gaps["absent"] else ""
    said = f"{counted(len(ads), 'ad')} of {int(gaps['n_ads']):,} match the profile; {int((ads['missing'] != '').sum()):,} lack a required field, {int(ads['in_silence'].sum()):,} ran in the silence period.{absent}"
    return Answer(question, answer=said, rows_ref="tables/political_ads.csv")


def _mentions(question: str, profile: MarketProfile, mentions: pd.DataFrame) -> Answer:
    if not profile.protected:
        return Answer(question, because="the profile names nobody to protect; add [[protected]]")
    above = mentions[mentions["n_above"] > 0]
    said = "; ".join(
        f"{r.title}: {r.peak_observed:,.0f} posts from {r.peak_at:%Y-%m-%d %H:%M} UTC, {r.peak_expected:,.1f} expected"
        for r in above.head(3).itertuples()
    )
    return Answer(
        question,
        answer=f"{said or 'Nobody is named more than forecast'}. Only how often they are named was counted, not what is said of them.",
        rows_ref="tables/name_mentions.csv",
    )


def _ready(gauges: pd.DataFrame) -> str:
    return (
        "; ".join(
            f"{r.gauge}: {r.value:,.2f}" if r.value < 1 else f"{r.gauge}: {r.value:,.0f}" for r in gauges.itertuples()
        )
        + "."
    )


def _held(follow: pd.DataFrame) -> str:
    gone = int(follow["now"].str.startswith("no longer").sum())
    still = int(follow["now"].str.startswith("still").sum())
    due = int((follow["due"] == "yes").sum())
    return (
        f"{counted(len(follow), 'action')} {'was' if len(follow) == 1 else 'were'} proposed in the run before, {due} due by now. "
        f"Of what they were about, {still} things are still there and {gone} are no longer seen."
    )


def _platforms(question: str, held: Watched) -> Answer:
    platforms = sorted({a.partition(":")[0] for a in held.posts["account_id"] if ":" in a})
    if len(platforms) < 2:
        return Answer(question, because="the case holds one platform; load an export of another one into it")
    return Answer(
        question, answer=f"The case holds {', '.join(platforms)}; groups and texts are counted over all of them."
    )


def proposals(maker: Maker, now: Phase, tables: Tables) -> tuple[dict[str, Any], ...]:
    """Actions for the whole market, each with an owner from the profile's routes."""
    claims, alike = tables["claims"], tables["lookalikes"]
    out = []
    if len(claims):
        out.append(
            maker.propose(
                "voting_information",
                f"Assess {counted(len(claims), 'claim')} in the queue, those that differ and are carried most first",
                effect="wrong information about voting is answered while it matters",
                risk="irony and corrections are in the queue as well",
            )
        )
    if (alike["label"] == "").any():
        out.append(maker.propose("impersonation", "Ask the protected people's offices which look-alikes are theirs"))
    for name, route in (("groups", "coordination"), ("ads", "ads")):
        if len(tables[name]):
            out.append(
                maker.propose(
                    route,
                    f"Read the {'findings on groups' if name == 'groups' else 'ads listed'} one by one, innocent explanations first",
                )
            )
    out.append(
        maker.propose(
            "leadership",
            f"Run this watch {now.cadence}"
            + (
                f", and {CADENCE[now.follows]} from {now.ends_at:%Y-%m-%d %H:%M} UTC ({now.follows})"
                if now.ends_at
                else ""
            ),
            horizon="mid-term",
        )
    )
    silent = [n.title for n in maker.profile.narratives if not _posts(tables["narratives"], n.id)]
    if silent:
        out.append(
            maker.propose(
                "narratives",
                f"Review the terms of narratives without a post: {', '.join(silent[:5])}",
                horizon="mid-term",
            )
        )
    if partners := [p.role for p in maker.profile.partners]:
        out.append(
            maker.propose(
                "voting_information",
                f"Tell partners what was assessed: {', '.join(partners)}",
                horizon="mid-term",
                risk="only assessed claims may be shared",
            )
        )
    return tuple(out)


def _posts(narratives: pd.DataFrame, name: str) -> int:
    return int(narratives.loc[narratives["name"] == f"narrative:{name}", "n_posts"].sum())


def limits(held: Watched, earlier: Previous | None) -> tuple[str, ...]:
    out = [
        "What no term of the profile matches is watched by nobody: the lexicon decides what is seen.",
        "No claim was checked for truth, no media was opened, no text was scored for hate: only words, days, names and counts.",
        "'First seen' holds for these data; the first post may be outside them.",
        "Who pays for an ad, and who is behind an account, is not known here.",
        "Women and minorities among candidates are not looked at apart: nothing is inferred about a person's traits.",
    ]
    if held.baseline == HALF:
        out.append("There is no earlier data: what is new is told against the first half of the period, which is weak.")
    if held.baseline == RUN:
        out.append("Forecasts and new texts are told against what the run before kept, not against its posts.")
    if held.resolution_s >= 3600:
        out.append(
            f"Times are recorded to {say(held.resolution_s)}: acting together within minutes cannot be told from acting on one day."
        )
    if earlier is None:
        out.append("First run: the comparison begins with the next one.")
    return tuple(out)
