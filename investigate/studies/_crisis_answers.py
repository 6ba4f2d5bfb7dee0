"""What was worked out about a crisis, and the answers to the template's questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..findings import Finding
from ..study import Answer
from ._crisis_aid import Appeals
from ._crisis_bins import Read
from ._crisis_scope import Event
from ._making import counted

QUESTIONS = (
    "What is circulating, how fast, and in which variants?",
    "Where was it observed first, and how sure is that?",
    "Is listed material among it?",
    "Which claims should people assess first?",
    "Are there threats to life?",
    "Are people named as suspects?",
    "Are there false fundraisers?",
    "Does anybody amplify it in unison?",
    "In which languages and on which platforms?",
    "Where do links lead?",
    "Is it slowing, and what must hold before crisis mode ends?",
)


# A table's cell holds two lines or three: one sentence each.
SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z0-9])")


@dataclass(frozen=True)
class Picture:
    """Everything that was worked out, for those who put it into words."""

    event: Event
    read: Read
    line: pd.DataFrame
    fast: dict[str, Any]
    variants: pd.DataFrame
    claims: pd.DataFrame
    threats: pd.DataFrame
    named: pd.DataFrame
    matches: pd.DataFrame
    hubs: pd.DataFrame
    n_short: int
    aid: Appeals
    tongues: pd.DataFrame
    exits: pd.DataFrame
    groups: pd.DataFrame
    silent: pd.DataFrame
    findings: Sequence[Finding]
    given: dict[str, bool]
    has_media: bool
    has_text: bool
    groups_because: str


def answers(p: Picture) -> tuple[Answer, ...]:
    """One answer to each of `QUESTIONS`, in their order."""
    said = (_circulating, _first, _listed, _claims, _threats, _named, _aid, _groups, _tongues, _links, _slowing)
    return tuple(make(p, question) for make, question in zip(said, QUESTIONS, strict=True))


def _circulating(p: Picture, question: str) -> Answer:
    if not p.fast["n_event"]:
        return Answer(question, because="no content in the window is about the event; widen event_terms or the window")
    alert = int(p.variants["alert"].sum()) if len(p.variants) else 0
    return Answer(
        question,
        f"{counted(p.fast['n_event'], 'content')} about {p.event.label}, most in the bin from {moment(p.fast['peak_at'])} ({p.fast['peak_n']:,}). "
        f"{growth(p.fast)} There {'is' if len(p.variants) == 1 else 'are'} {counted(len(p.variants), 'family')} of variants; {alert:,} reached the alert level.",
        rows_ref="tables/crisis_timeline.csv",
    )


def growth(fast: dict[str, Any]) -> str:
    """The doubling time in words."""
    if fast["doubling_h"] is None:
        return "A doubling time cannot be fitted to the rise."
    high = (
        "no end, since the data also agree with no growth"
        if fast["doubling_high_h"] is None
        else f"{fast['doubling_high_h']:.1f} h"
    )
    return f"On the way to that peak the volume doubled every {fast['doubling_h']:.1f} h (95 % interval {fast['doubling_low_h']:.1f} h to {high})."


def _first(p: Picture, question: str) -> Answer:
    if p.variants.empty:
        return Answer(question, because="there is no text or picture that stands in two contents")
    top, raised = p.variants.iloc[0], int(p.variants["raised"].sum())
    begin = p.tongues["first_at"].min()
    return Answer(
        question,
        f"The first content about it is dated {begin:%Y-%m-%d %H:%M} UTC. The largest family, {top['family']}, is earliest observed in this data set at {top['first_at']:%Y-%m-%d %H:%M} UTC, in content {top['first_content']}. "
        f"For {raised:,} of {len(p.variants):,} families the coverage caveat is raised; no card names a source.",
        rows_ref="tables/crisis_first.csv",
    )


def _listed(p: Picture, question: str) -> Answer:
    if not p.given["hash_list"]:
        return Answer(
            question, because="no hash list was given (hash_list); the team that keeps the hash bank can supply one"
        )
    if not p.has_media:
        return Answer(
            question, because="the data hold no hashes of media; the platform's media pipeline can supply them"
        )
    n = len(p.matches)
    return Answer(
        question,
        f"On the list: {counted(n, 'media file')} of the case." if n else "No media file of the case is on the list.",
        rows_ref="tables/crisis_matches.csv",
    )


def _claims(p: Picture, question: str) -> Answer:
    if not p.has_text:
        return Answer(question, because="the data hold no texts of six words or more")
    if p.claims.empty:
        return Answer(
            question, "No claim stands in contents of three accounts or more.", rows_ref="tables/crisis_claims.csv"
        )
    top = p.claims.iloc[0]
    return Answer(
        question,
        f"Waiting for human assessment: {counted(len(p.claims), 'cluster')} of like texts, first {top['claim']} ({counted(top['n_contents'], 'content')} by {counted(top['n_accounts'], 'account')}). "
        "Nothing here says whether a claim is true.",
        rows_ref="tables/crisis_claims.csv",
    )


def _threats(p: Picture, question: str) -> Answer:
    if not p.given["threat_phrases"]:
        return Answer(
            question,
            because="no list of phrases was given (threat_phrases); the safety team keeps one for each language",
        )
    n = len(p.threats)
    words = (
        f"{counted(n, 'distinct text')} with a listed phrase, for a person to read before anything else."
        if n
        else "No content about the event holds a listed phrase."
    )
    return Answer(question, words + " Threats in other words are not seen.", rows_ref="tables/crisis_threats.csv")


def _named(p: Picture, question: str) -> Answer:
    if not p.given["withheld_names"]:
        return Answer(
            question,
            because="no list of names was given (withheld_names); names are not looked for without one, and must not be guessed",
        )
    n = int(p.named["n_contents"].sum()) if len(p.named) else 0
    return Answer(
        question,
        f"Of the listed names, {len(p.named):,} occur, in {counted(n, 'content')} about the event; the names themselves are withheld.",
        rows_ref="tables/crisis_named.csv",
    )


def _aid(p: Picture, question: str) -> Answer:
    if not p.has_text:
        return Answer(question, because="the data hold no texts")
    n, own = len(p.aid.accounts), [f for f in p.findings if f.type == "link"]
    supported = sum(f.status == "supported" for f in own)
    tail = (
        ""
        if p.given["charities"]
        else " No protected names were given (charities), so look-alikes were not searched for."
    )
    return Answer(
        question,
        f"{counted(n, 'account')} with an appeal for money around the event; {counted(len(p.aid.ways), 'way')} to pay. Look-alikes that share ways to pay: "
        f"{supported:,} supported, {counted(len(own) - supported, 'lead')}.{tail}",
        rows_ref="tables/crisis_appeals.csv",
    )


def _groups(p: Picture, question: str) -> Answer:
    if p.groups_because:
        return Answer(question, because=p.groups_because)
    about = p.groups[p.groups["n_about"] > 0] if len(p.groups) else p.groups
    supported = int((about["grade"] >= "E2").sum()) if len(about) else 0
    return Answer(
        question,
        f"Acting together on contents about the event: {counted(len(about), 'group')} of accounts, {supported:,} supported.",
        rows_ref="tables/crisis_groups.csv",
    )


def _tongues(p: Picture, question: str) -> Answer:
    held = p.tongues[(p.tongues["language"] != "not stated")] if len(p.tongues) else p.tongues
    platforms = sorted(set(p.tongues["platform"]) - {"not stated"}) if len(p.tongues) else []
    if held.empty and not platforms:
        return Answer(question, because="the file states neither language nor platform")
    by = held.groupby("language")["n_contents"].sum().sort_values(ascending=False)
    top = ", ".join(f"{name} {n:,}" for name, n in by.head(4).items()) or "languages are not stated"
    return Answer(
        question,
        f"Contents by language as stated: {top}. Platforms: {', '.join(platforms) or 'not stated'}.",
        rows_ref="tables/crisis_languages.csv",
    )


def _links(p: Picture, question: str) -> Answer:
    domains = p.hubs[p.hubs["kind"] == "domain"] if len(p.hubs) else p.hubs
    if p.hubs.empty:
        return Answer(question, because="no content about the event carries a link")
    away = p.hubs[p.hubs["leads_to"] == "messenger or channel"]
    short = f" Targets unknown: {counted(p.n_short, 'short link')}." if p.n_short else ""
    top = (
        f"{counted(len(domains), 'domain')}, the widest shared by {counted(int(domains['n_accounts'].max()), 'account')}"
        if len(domains)
        else "no domain that can be read"
    )
    return Answer(
        question,
        f"Links lead to {top}; {len(away):,} of the links and domains are messengers or channels.{short}",
        rows_ref="tables/crisis_hubs.csv",
    )


def _slowing(p: Picture, question: str) -> Answer:
    met = int((p.exits["met"] == "yes").sum())
    return Answer(
        question,
        f"The last three hours brought {p.fast['n_last_3h']:,} contents about the event, the three before {p.fast['n_before_3h']:,}: {p.fast['pace']}. "
        f"{met} of {len(p.exits)} exit criteria hold.",
        rows_ref="tables/crisis_decay.csv",
    )


def moment(text: str | None) -> str:
    return f"{pd.Timestamp(text):%Y-%m-%d %H:%M} UTC" if text else "no time"
