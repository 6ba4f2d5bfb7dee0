"""Names that a text recogniser misread: which spellings may be one name, and which of them to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

# Characters that recognisers take for one another in print: one class, one representative, one character for one.
_LIKE = str.maketrans("Il|1!0OocChH—–2Z", "lllll" + "ooooo" + "nn" + "--" + "zz")


def skeleton(name: str) -> str:
    """A name with every character replaced by the class of those it is mistaken for; equal length.

    I, l, |, 1 and ! are one; so are 0, O, o, c and C; h and n; 2 and Z; dashes. Two spellings with one skeleton may
    be one name: 'BIackJourneyZJustice' and 'BlackJourney2Justice'. Different names with one skeleton are thinkable.
    """
    return name.translate(_LIKE).lower()


def best_spellings(names: Iterable[str]) -> dict[str, str]:
    """Skeleton -> the spelling to show: the most frequent one without a bar, then the first in the alphabet."""
    counts = Counter(names)
    best: dict[str, str] = {}
    for name in sorted(counts, key=lambda n: ("|" in n, -counts[n], n)):
        best.setdefault(skeleton(name), name)
    return best


def without_last_slash(skeletons: Iterable[str]) -> dict[str, str]:
    """Skeletons whose last 'l' is a misread slash, because the name without it stands elsewhere -> that name."""
    known = set(skeletons)
    return {s: s[:-1] for s in known if s.endswith("l") and s[:-1] in known}


def nearest_number(numbers: Counter[str]) -> dict[str, str]:
    """Numbers under one name that differ in one digit from a more frequent one of equal length -> that one."""
    out: dict[str, str] = {}
    for number in numbers:
        near = [
            other
            for other in numbers
            if len(other) == len(number)
            and (numbers[other], other) > (numbers[number], number)
            and sum(a != b for a, b in zip(number, other, strict=True)) == 1
        ]
        if near:
            out[number] = max(near, key=lambda n: (numbers[n], n))
    return out
