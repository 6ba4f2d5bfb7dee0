"""Likelihood and confidence, kept apart: the terms, their percentages, and where a text mixes them.

Likelihood is about the claim, confidence about the sources and the reasoning behind it.

References
----------
Office of the Director of National Intelligence (2015). Intelligence Community Directive 203, Analytic Standards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import InputError
from ._text import Problem, problem, sentences

# Percentages from, to; the second word of each pair belongs to the other row of the standard.
TERMS: dict[str, tuple[int, int]] = {
    "almost no chance": (1, 5),
    "very unlikely": (5, 20),
    "unlikely": (20, 45),
    "roughly even chance": (45, 55),
    "likely": (55, 80),
    "very likely": (80, 95),
    "almost certain": (95, 99),
}
OTHER_ROW: dict[str, tuple[int, int]] = {
    "remote": (1, 5),
    "highly improbable": (5, 20),
    "improbable": (20, 45),
    "roughly even odds": (45, 55),
    "probable": (55, 80),
    "highly probable": (80, 95),
    "nearly certain": (95, 99),
}
CONFIDENCE = ("low", "moderate", "high")

_WORDS = {
    "almost no chance": r"almost no chance",
    "very unlikely": r"very unlikely",
    "unlikely": r"unlikely",
    "roughly even chance": r"roughly even(?: chance)?(?! odds)",
    "likely": r"likely",
    "very likely": r"very likely",
    "almost certain": r"almost certain(?:ly)?",
    "remote": r"remote(?: chance| possibility)",
    "highly improbable": r"highly improbable",
    "improbable": r"improbable",
    "roughly even odds": r"roughly even odds",
    "probable": r"probabl[ey]",
    "highly probable": r"highly probabl[ey]",
    "nearly certain": r"nearly certain(?:ly)?",
}
_TERM = re.compile(
    r"\b(?:" + "|".join(f"(?P<t{i}>{_WORDS[w]})" for i, w in enumerate(sorted(_WORDS, key=len, reverse=True))) + r")\b",
    re.IGNORECASE,
)
_BY_GROUP = dict(enumerate(sorted(_WORDS, key=len, reverse=True)))
_LEVEL = r"(?:very )?(?:low|medium|moderate|high|higher|lower|some|limited|strong|great|full|complete|total|absolute)"
_CONFIDENCE = re.compile(
    rf"\b{_LEVEL}[- ](?:to[- ](?:moderate|high)[- ])?confidence\b|\bconfidence\b[^.;\n]{{0,24}}?(?::|\bis\b|\bof\b)\s*{_LEVEL}\b|\b(?:we|i) (?:are|am) (?:\w+ )?confident\b",
    re.IGNORECASE,
)
_STATISTICAL = re.compile(r"\bconfidence (?:interval|limit|band|level|bound|region)s?\b", re.IGNORECASE)
_BASIS = re.compile(
    r"\b(?:because|since|as|given|based on|rests on|from|owing to|while|although|but)\b|[:(–—]", re.IGNORECASE
)
_PERCENT = r"(\d+(?:\.\d+)?)(?:\s*(?:–|-|to)\s*(\d+(?:\.\d+)?))?\s*(?:%|per ?cent)"
_AFTER = re.compile(rf"[\s(,:=]{{0,4}}(?:about |around )?{_PERCENT}")
_ABSOLUTE = re.compile(
    r"\b(?:0|100)\s*(?:%|per ?cent)\s+(?:likely|unlikely|certain\w*|sure|chance|probab\w+|likelihood|confiden\w+|odds)"
    r"|\b(?:likelihood|probability|chance|confidence)\b[^.;\n%]{0,40}\b(?<!\.)(?:0|100)\s*(?:%|per ?cent)",
    re.IGNORECASE,
)


def likelihood(percent: float) -> str:
    """The term for a likelihood in percent, with its range: "likely (55–80 %)"; a limit belongs to the higher term.

    Raises
    ------
    InputError
        Below 1 or above 99: nothing is certain, and nothing is ruled out.
    """
    if not 1 <= percent <= 99:
        raise InputError(f"a likelihood of {percent:g} % has no term", "likelihood", "give a percentage from 1 to 99")
    term = [t for t, (low, _) in TERMS.items() if percent >= low][-1]
    low, high = TERMS[term]
    return f"{term} ({low}–{high} %)"


def terms(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of each likelihood term; words about typical behaviour count as well."""
    for m in _TERM.finditer(text):
        yield m.start(), m.end(), _BY_GROUP[next(int(k[1:]) for k, v in m.groupdict().items() if v)]


def confidences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each statement of confidence; confidence intervals are none."""
    statistical = [m.span() for m in _STATISTICAL.finditer(text)]
    for m in _CONFIDENCE.finditer(text):
        if not any(a <= m.end() - 1 < b or m.start() <= a < m.end() for a, b in statistical):
            yield m.span()


def check_likelihood(text: str, shown: str) -> Iterator[Problem]:
    """Two rows mixed, percentages outside a term's range, 0 or 100 percent.

    `shown` is the text with quotes blanked out, `text` the whole.
    """
    found = list(terms(shown))
    rows = [name in TERMS for _, _, name in found]
    if len(set(rows)) > 1:
        at = rows.index(not rows[0])
        start, end, name = found[at]
        same = list(TERMS if rows[0] else OTHER_ROW)[list(OTHER_ROW if rows[0] else TERMS).index(name)]
        why = f"terms of two scales in one text ('{found[0][2]}' before)"
        yield problem(text, "likelihood", start, end, why, f"write '{same}'")
    for start, end, name in found:
        m = _AFTER.match(shown, end)
        if m is None:
            continue
        low, high = (TERMS | OTHER_ROW)[name]
        given = [float(v) for v in m.groups() if v is not None]
        if min(given) < low or max(given) > high:
            why = f"'{name}' stands for {low}–{high} %"
            yield problem(text, "likelihood", start, m.end(), why, f"write '{name} ({low}–{high} %)' or another term")
    for m in _ABSOLUTE.finditer(shown):
        why = "a likelihood is never 0 or 100 %"
        yield problem(text, "likelihood", m.start(), m.end(), why, "use 'almost no chance' or 'almost certain'")


def check_confidence(text: str, shown: str) -> Iterator[Problem]:
    """A sentence that holds both; a confidence that is no level of the scale, or says no reason."""
    for start, sentence in sentences(shown):
        sure = list(confidences(sentence))
        if not sure:
            continue
        a, b = start + sure[0][0], start + sure[0][1]
        chance = list(terms(sentence))
        if chance:
            why = f"likelihood ('{chance[0][2]}') and confidence in one sentence"
            yield problem(
                text,
                "mixed",
                a,
                b,
                why,
                "say in one sentence how likely it is, in another how sure the sources make it",
            )
        if re.search(
            r"\b(?:medium|some|limited|strong|great|full|complete|total|absolute|very)\b", text[a:b], re.IGNORECASE
        ):
            yield problem(text, "confidence", a, b, "confidence is low, moderate or high", "use one of the three words")
        rest = sentence[: sure[0][0]] + sentence[sure[0][1] :]
        if not _BASIS.search(rest):
            yield problem(text, "confidence", a, b, "no reason is given", "add 'because' and what it rests on")
