"""Who is named as author: places, organisations and people may be audience or market, never the ones behind accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from ._text import Problem, problem, sentences

DO = "describe the behaviour; who stands behind it is written by people, in an attribution note"
_DOING = (
    r"(?:operated|organi[sz]ed|orchestrated|directed|funded|financed|backed|sponsored|controlled|coordinated|conducted|carried out|launched"
    r"|commissioned|ordered|paid(?: for)?|masterminded|engineered|planted|authored|staffed|owned|managed|run)"
)
_ACTORS = (
    r"(?:state|government|intelligence|military|army|security|secret|influence|disinformation|propaganda|information|hackers?|operatives?"
    r"|operations?|operators?|actors?|agents?|assets?|campaigns?|networks?|farms?|regime|officials?|services?|interference|meddling|spies|spy|handlers?|ministry)"
)
_NAME = r"(?:[A-ZÀ-Þ][\w’'-]+)(?:\s+(?:of|de|von|van|al|bin|the)?\s*[A-ZÀ-Þ][\w’'-]+)*"
_BY_NAME = re.compile(rf"\b{_DOING}\s+(?:\w+\s+)?by\s+(?:the\s+|a\s+|an\s+)?(?P<who>{_NAME})")
_BEHIND = re.compile(
    rf"(?P<who>\b{_NAME})\s+(?:is|are|was|were|stands?|stood|must be)\s+(?:\w+\s+)?(?:behind|responsible for|the authors? of|to blame)\b"
)
_LED_BACK = re.compile(
    r"\b(?:attribut(?:ed|able|ion) to|attribute[sd]? (?:it|this|them|the \w+) to|traced? (?:back )?to|on behalf of|at the behest of|in the service of"
    r"|affiliated with|the work of|(?:works?|working) for)\s+(?:the\s+|a\s+|an\s+)?(?P<who>[A-ZÀ-Þ][\w’'-]+)"
)
_BASED = (
    r"(?:from|based in|located in|hosted in|operating (?:from|in|out of)|run (?:from|out of)|working (?:from|out of))"
)
_WHO = (
    r"(?:accounts?|operators?|actors?|operatives?|persons?|people|network|group|campaign|operation|it|they|them|are|is)"
)
_AUDIENCE = (
    r"(?:in|for|about|across|within|outside|to|toward|towards|at|on|over|against|concerning|regarding|reach(?:ed|es|ing)?|targeting|targets?|aimed at"
    r"|market|markets|audience|audiences|country|countries|language|languages|voters in|elections? in|law of|and|or|,|mentions?|mentioned|declare[sd]?)"
)
_AFTER = re.compile(
    r"(?:'s|’s)?(?:[- ](?:\w+[- ]){0,2}(?:language|languages|market|markets|audience|audiences|elections?|voters?|viewers?|readers?|speakers?|speaking"
    r"|translations?|law|courts?|regulators?|public|parliament|media|holidays?|diaspora|residents|residency|advertisers? rules?|text|texts|words?|alphabet|profile)\b"
    r"|\s*(?:[:|,)]|–|\())"
)
_PLACES_BEFORE = re.compile(
    rf"(?:^|[\s(|:–-]){_AUDIENCE}[\s:(]+(?:the\s+)?$|^\s*(?:[-*#]+\s*|\d+[.)]\s+)?$|[|:(,–]\s*$", re.IGNORECASE
)


# Capital letters that name nobody: "Who stands behind accounts is not known."
_NOBODY = frozenset(
    [
        "Who",
        "What",
        "Whoever",
        "Nobody",
        "Nothing",
        "Anybody",
        "Somebody",
        "No",
        "It",
        "This",
        "That",
        "These",
        "Those",
        "They",
        "There",
        "Which",
    ]
)


@cache
def _lists() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Places, adjectives, organisations and capitals that stand for governments, as patterns."""
    folder = resources.files(__package__)
    names: list[str] = []
    adjectives: list[str] = []
    for line in folder.joinpath("places.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            place, _, people = line.partition(";")
            names += [n.strip() for n in place.split(",") if n.strip()]
            adjectives += [a.strip() for a in people.split(",") if a.strip()]
    words = rules()["attribution"]
    return (
        _any([re.escape(n) for n in names], r"(?!\$)"),
        _any([re.escape(a) for a in adjectives], "s?"),
        _any(words["organisations"]),
        _any(words["metonyms"]),
    )


@cache
def rules() -> dict[str, Any]:
    """The packaged word lists."""
    import tomllib

    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def _any(words: list[str], after: str = "") -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(sorted(words, key=len, reverse=True)) + r")" + after + r"\b")


def check_attribution(text: str, shown: str) -> Iterator[Problem]:
    """A state, an organisation or a person named as the one who acts.

    A place is allowed where the words around it make it an audience, a market, a language or an entry of a table.
    """
    taken: set[int] = set()
    for begin, sentence in sentences(shown):
        for start, end, why in _found(sentence):
            if taken.isdisjoint(range(begin + start, begin + end)):
                taken.update(range(begin + start, begin + end))
                yield problem(text, "attribution", begin + start, begin + end, why, DO)


def _found(sentence: str) -> Iterator[tuple[int, int, str]]:
    places, peoples, organisations, capitals = _lists()
    for pattern in (_BY_NAME, _BEHIND, _LED_BACK):
        for m in pattern.finditer(sentence):
            if m["who"].partition(" ")[0] in _NOBODY:
                continue
            yield m.start(), m.end(), f"'{m['who']}' is named as author of activity"
    for m in organisations.finditer(sentence):
        yield m.start(), m.end(), f"the organisation '{m[0]}' is named"
    adjective = f"(?:{peoples.pattern}|{places.pattern}(?:['’]s)?)"
    for m in re.finditer(rf"{adjective}[- ](?:\w+[- ])?{_ACTORS}\b", sentence):
        if not re.search(r"\b(?:targeting|aimed at|against|in)\s+(?:the\s+)?$", sentence[: m.start()]):
            yield m.start(), m.end(), "a place is named as the origin of activity"
    for m in re.finditer(
        rf"\b{_WHO}\s+(?:\w+\s+)?{_BASED}\s+(?:the\s+)?(?:{places.pattern}|{capitals.pattern})", sentence
    ):
        yield m.start(), m.end(), "a place is named as the origin of activity"
    for m in re.finditer(
        rf"\b(?:government|regime|state|leadership|intelligence services?|army|military) of (?:the\s+)?{places.pattern}",
        sentence,
    ):
        yield m.start(), m.end(), "a government is named"
    for m in capitals.finditer(sentence):
        if not _PLACES_BEFORE.search(sentence[: m.start()]):
            yield m.start(), m.end(), "a government is named by its seat"
    for pattern in (places, peoples):
        for m in pattern.finditer(sentence):
            if not _PLACES_BEFORE.search(sentence[: m.start()]) and not _AFTER.match(sentence, m.end()):
                yield m.start(), m.end(), "a place is named, and not as audience or market"
