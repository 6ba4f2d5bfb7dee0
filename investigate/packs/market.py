"""Market profiles: what an elections team knows about one election in one market; a file, not code.

    read("valdoria.toml", MarketProfile)  ->  MarketProfile

Only public roles belong into it: officials, candidates, bodies, parties. No private person, and no contact of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field

from ..errors import nearest
from .countries import COUNTRIES, is_country
from .reading import Part, Problem, read

Terms = dict[str, list[str]]
"""Terms by language code; "any" holds for every language."""

ClaimKind = Literal[
    "date",
    "place",
    "method",
    "eligibility",
    "cost",
    "intimidation",
    "result",
    "integrity",
    "candidate",
    "media",
    "other",
]
VOTING = ("date", "place", "method", "eligibility", "cost", "intimidation", "result")
"""Kinds of claims about voting itself: posts that match them are queued for people to assess."""

Topic = Literal[
    "voting_information", "coordination", "impersonation", "ads", "candidates", "narratives", "queue", "leadership"
]
"""What a route can be for; `candidates` covers mentions of protected people."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?|any")


class Election(Part):
    """Which election; `terms` are words that make a post election content in this market."""

    name: str = Field(min_length=1)
    type: Literal["presidential", "parliamentary", "regional", "local", "referendum", "supranational", "other"]
    terms: Terms = Field(default_factory=dict)


class Language(Part):
    """A language of the market (BCP 47), its scripts (ISO 15924), and other names that exports give it ("English")."""

    code: str
    scripts: list[str] = Field(min_length=1)
    also: list[str] = Field(default_factory=list)
    months: list[str] = Field(default_factory=list, max_length=36)
    weekdays: list[str] = Field(default_factory=list, max_length=14)


class NamedDay(Part):
    """A day with a name: a holiday, a deadline, a debate."""

    day: date
    name: str = Field(min_length=1)


class Dates(Part):
    """The election's calendar; days of the market's own zone. What is left out has no phase of its own."""

    registration_start: date | None = None
    registration_deadline: date | None = None
    campaign_start: date
    silence_start: date | None = None
    voting_days: list[date] = Field(min_length=1)
    count: date | None = None
    certification: date | None = None
    known: list[NamedDay] = Field(default_factory=list)


class Method(Part):
    """A way of voting, whether it is offered here, and the words by which people speak of it."""

    name: str = Field(min_length=1)
    offered: bool
    terms: Terms = Field(default_factory=dict)


class Official(Part):
    """Where authoritative information stands: registrable domains, and handles of official accounts."""

    domains: list[str] = Field(default_factory=list)
    accounts: list[str] = Field(default_factory=list)


class Protected(Part):
    """A person or body in a public role whose name is watched for look-alikes and sudden attention."""

    name: str = Field(min_length=1)
    role: str = Field(min_length=1)
    kind: Literal["person", "body"] = "person"
    also: list[str] = Field(default_factory=list)
    accounts: list[str] = Field(default_factory=list)


class Party(Part):
    """A party or list, with its own accounts and the words people use for it."""

    name: str = Field(min_length=1)
    accounts: list[str] = Field(default_factory=list)
    terms: Terms = Field(default_factory=dict)


class Narrative(Part):
    """A claim that is watched, as a lexicon.

    A term matches whole words, case aside; `regist*` matches beginnings, `dead + vote` needs both, `#tag` a tag.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    claim: ClaimKind
    terms: Terms
    note: str = ""


class AdRules(Part):
    """What political ads must carry, and whether none may run in the silence period."""

    required: tuple[Literal["disclaimer", "payer"], ...] = ("disclaimer", "payer")
    silence: bool = True
    note: str = ""


class Route(Part):
    """Who takes what, and when: functions and hours, no names of persons."""

    topic: Topic
    team: str = Field(min_length=1)
    backup: str = Field(min_length=1)
    hours: str = Field(min_length=1)


class Partner(Part):
    """A partner outside, by role: an election authority, a fact-checker; `contact` names the channel, no person."""

    role: str = Field(min_length=1)
    contact: str = ""


class MarketProfile(Part):
    """One election in one market.

    Attributes
    ----------
    country : str
        ISO 3166-1, two letters; a code from XA to XZ for an invented market.
    time_zone : str
        An IANA name: phases change at its local midnight.
    date_order : str
        How a numeric date is read in posts: "dmy" (8/11), "mdy" (11/8) or "ymd".
    parody : dict
        Words by which accounts say that they are a parody or a fan's.
    """

    name: str = Field(min_length=1)
    version: str
    dated: date
    country: str
    time_zone: str
    date_order: Literal["dmy", "mdy", "ymd"] = "dmy"
    election: Election
    languages: list[Language] = Field(min_length=1)
    dates: Dates
    methods: list[Method] = Field(default_factory=list)
    official: Official = Field(default_factory=Official)
    protected: list[Protected] = Field(default_factory=list)
    parties: list[Party] = Field(default_factory=list)
    narratives: list[Narrative] = Field(min_length=1)
    parody: Terms = Field(default_factory=dict)
    ads: AdRules = Field(default_factory=AdRules)
    routes: list[Route] = Field(default_factory=list)
    holidays: list[NamedDay] = Field(default_factory=list)
    partners: list[Partner] = Field(default_factory=list)
    sensitivity: list[str] = Field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def route(self, topic: str) -> Route | None:
        """The route for a topic; None where the profile has none."""
        return next((r for r in self.routes if r.topic == topic), None)

    def problems(self) -> Iterable[Problem]:
        """What single values cannot show: codes, the order of dates, names given twice, terms in no language of the market."""
        yield from self._codes()
        yield from self._order()
        yield from self._twice()
        for where, terms in self._lexicons():
            yield from self._terms(where, terms)

    def _codes(self) -> Iterator[Problem]:
        if not is_country(self.country):
            hint = nearest(self.country, COUNTRIES)
            do = (
                f"did you mean '{hint}'? " if hint else ""
            ) + "write two capital letters, XA to XZ for an invented market"
            yield Problem(("country",), f"'{self.country}' is no ISO 3166-1 code", do)
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            hint = nearest(self.time_zone, available_timezones())
            do = f"did you mean '{hint}'?" if hint else "write an IANA name such as Europe/Paris"
            yield Problem(("time_zone",), f"'{self.time_zone}' is no time zone", do)
        for number, language in enumerate(self.languages):
            at = ("languages", number)
            if not _LANGUAGE.fullmatch(language.code) or language.code == "any":
                yield Problem(
                    (*at, "code"), f"'{language.code}' is no language code", "write it like en, pt-BR or sr-Cyrl"
                )
            for k, script in enumerate(language.scripts):
                if not re.fullmatch(r"[A-Z][a-z]{3}", script):
                    what = f"'{script}' is no code of a script"
                    yield Problem((*at, "scripts", k), what, "write an ISO 15924 code such as Latn, Cyrl or Arab")
            for names, each in (("months", 12), ("weekdays", 7)):
                held = getattr(language, names)
                if len(held) % each:
                    what = f"{len(held)} {names} are given"
                    yield Problem((*at, names), what, f"give {each}, in order, or a multiple for other forms")

    def _order(self) -> Iterator[Problem]:
        d = self.dates
        names = ("registration_start", "registration_deadline", "campaign_start", "silence_start")
        first, last = min(d.voting_days), max(d.voting_days)
        for name in names:
            if (day := getattr(d, name)) and day > first:
                yield Problem(
                    ("dates", name), f"{name} ({day}) is after the first voting day ({first})", "correct one of them"
                )
        for name in ("count", "certification"):
            if (day := getattr(d, name)) and day < last:
                yield Problem(
                    ("dates", name), f"{name} ({day}) is before the last voting day ({last})", "correct one of them"
                )
        for early, late in (
            ("registration_start", "registration_deadline"),
            ("campaign_start", "silence_start"),
            ("count", "certification"),
        ):
            a, b = getattr(d, early), getattr(d, late)
            if a and b and a > b:
                yield Problem(("dates", late), f"{late} ({b}) is before {early} ({a})", "exchange them")

    def _twice(self) -> Iterator[Problem]:
        lists = (
            ("narratives", "id"),
            ("protected", "name"),
            ("parties", "name"),
            ("methods", "name"),
            ("routes", "topic"),
            ("languages", "code"),
        )
        for table, key in lists:
            values = [getattr(part, key) for part in getattr(self, table)]
            for number, value in enumerate(values):
                if value in values[:number]:
                    yield Problem((table, number, key), f"'{value}' is given twice", "rename or remove one")

    def _lexicons(self) -> Iterator[tuple[tuple[str | int, ...], Terms]]:
        yield ("election", "terms"), self.election.terms
        yield ("parody",), self.parody
        for table in ("narratives", "parties", "methods"):
            for number, part in enumerate(getattr(self, table)):
                yield (table, number, "terms"), part.terms

    def _terms(self, where: tuple[str | int, ...], terms: Terms) -> Iterator[Problem]:
        known = [language.code for language in self.languages]
        if where[0] == "narratives" and not any(terms.values()):
            yield Problem(where, "the narrative has no term", "add a list of terms per language")
        for language, words in terms.items():
            if language not in (*known, "any"):
                hint = nearest(language, known)
                do = (f"did you mean '{hint}'? " if hint else "") + f"known here: {', '.join((*known, 'any'))}"
                yield Problem((*where, language), f"'{language}' is no language of this profile", do)
            for number, word in enumerate(words):
                if not any(c.isalnum() for c in word):
                    yield Problem((*where, language, number), f"the term '{word}' has no letter or digit", "remove it")


def market_profile(path: str | Path) -> MarketProfile:
    """A market profile from a TOML or YAML file.

    Raises
    ------
    InputError
        The file is missing or wrong; every problem is listed with its line.
    """
    return read(path, MarketProfile)
