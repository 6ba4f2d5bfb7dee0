"""The wording check: likelihood and confidence apart, no certainty, no author named, no p-value read as guilt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from ._text import Problem, problem, sentences, without_quotes
from .attribution import check_attribution, rules
from .likelihood import CONFIDENCE, OTHER_ROW, TERMS, check_confidence, check_likelihood, likelihood

__all__ = ["CONFIDENCE", "OTHER_ROW", "TERMS", "Problem", "check_all", "check_wording", "likelihood"]

_P_VALUE = re.compile(
    r"\b[pq](?:[- ]values?)?\s*(?:=|<|>|≤|≥|of|is|below|under)\s*[\d.]|\b(?:[pq][- ]values?|false[- ]discovery rate|significan\w+)\b",
    re.IGNORECASE,
)
# Readings of a p-value as the probability that somebody did something, or that chance did.
_GUILT = re.compile(
    r"\b(?:probability|chance|likelihood|odds|risk)\s+(?:that|of)\s+(?:the(?:se|y)?\b|this|it\b|being|coordination|innocence|a false|accounts?|members?|somebody)"
    r"|\d\s*(?:%|per ?cent)\s+(?:sure|certain\w*|chance|probab\w+|likely|likelihood)"
    r"|\b(?:so|therefore|hence|which means|thus|means)\b[^.]{0,60}\b(?:coordinated|inauthentic|innocent|not by chance|not chance|real|deliberate|intentional)\b"
    r"|\b(?:rules? out|excludes?)\s+chance\b|\bcannot be (?:chance|coincidence)\b",
    re.IGNORECASE,
)


def check_wording(text: str) -> list[Problem]:
    """Every place where a text that we write breaks the rules of wording, in order.

    Parameters
    ----------
    text : str
        Plain text or Markdown. What stands in quotes, in code or in a quoted block is taken as somebody else's words.

    Returns
    -------
    list of Problem
        Empty where nothing was found.

    Notes
    -----
    The check knows words, not meaning. An unknown name without a verb of doing before it is not seen, and a place may be
    reported that was meant as an audience: write "in Norway", "for Norway" or "the Norwegian market".
    """
    shown = without_quotes(text)
    found = [
        *_banned(text, shown),
        *check_likelihood(text, shown),
        *check_confidence(text, shown),
        *check_attribution(text, shown),
        *_p_values(text, shown),
    ]
    return sorted(found, key=lambda p: (p.start, p.end, p.rule))


def check_all(texts: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[tuple[str, Problem]]:
    """The problems of several named texts: "F-12 title" -> text."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    return [(name, found) for name, text in pairs for found in check_wording(text)]


# "is not proof", "says nothing about guilt": denied, not claimed
_DENIED = re.compile(r"\b(?:not|no|nothing|never|cannot|nor|neither|nobody)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(r["pattern"], re.IGNORECASE), r["instead"]) for r in rules()["banned"]]


def _banned(text: str, shown: str) -> list[Problem]:
    return [
        problem(text, "certainty", m.start(), m.end(), "says more than data can", instead)
        for pattern, instead in _patterns()
        for m in pattern.finditer(shown)
        if not _DENIED.search(shown[max(0, m.start() - 50) : m.start()])
    ]


def _p_values(text: str, shown: str) -> list[Problem]:
    out = []
    for start, sentence in sentences(shown):
        m = _GUILT.search(sentence)
        if m and _P_VALUE.search(sentence):
            why = "a p-value is not the probability that somebody did something"
            do = "say how rare such counts are where accounts act by themselves"
            out.append(problem(text, "p-value", start + m.start(), start + m.end(), why, do))
    return out
