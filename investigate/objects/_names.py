"""Folded forms of account names, and pairs of names that look alike, published through `investigate.objects`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ._texts import fold

MIN_NEAR = 5
"""Letters a stem needs before one edit counts as alike: 'anna' and 'anne' are two names."""

MIN_TWO_EDITS = 10
"""Letters a stem needs before two edits count as alike."""

MAX_TWO_EDITS = 32
"""Letters beyond which only one edit is looked for: the number of two-letter deletions grows with the square."""

_LEET = str.maketrans("01345789", "oleastbg")
# A digit read as a letter stands between letters or in front; a year or a running number is longer or stands behind.
_INNER_DIGITS = re.compile(r"(?<!\d)\d{1,2}(?=[^\W\d])")
_NUMBER = re.compile(r"\d*$")
_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_SHAPES = re.compile(r"(A+)|(a+)|(9+)|(x+)")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


@dataclass(frozen=True)
class FoldedName:
    """A name without the differences that the eye does not see.

    Attributes
    ----------
    raw : str
        As exported.
    stem : str
        The folded letters, without the number at the end.
    number : str
        The digits at the end, '' for none.
    leet : str
        The whole name with a number of one or two digits read as letters ('bi11' as 'blll'), '' where that says nothing.
    """

    raw: str
    stem: str
    number: str
    leet: str

    @property
    def skeleton(self) -> str:
        return self.stem + self.number


@cache
def _prototypes() -> dict[str, str]:
    """Character -> the character or characters it is confused with, by Unicode TR39.

    The library lists each pair in both directions. A character that stands for several others is the prototype of
    its class; where two stand only for each other, the longer one, then the ASCII one, then the first in code order.
    """
    from confusable_homoglyphs.confusables import confusables_data  # reads a megabyte of JSON

    held = {key.strip("\u200e"): [e["c"].strip("\u200e") for e in found] for key, found in confusables_data.items()}
    out = {}
    for char, others in held.items():
        if len(char) != 1 or len(others) != 1:
            continue
        other = others[0]
        lonely = len(held.get(other, ())) < 2
        if lonely and (len(other), other.isascii(), -ord(other[0])) < (1, char.isascii(), -ord(char)):
            continue
        out[char] = other
    return out


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFD", text))


def _one(char: str) -> str:
    """The folded form of one character; '' for separators, signs and emoji."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char in "@$|":
        return {"@": "a", "$": "s", "|": "l"}[char]
    if not char.isalnum():
        return ""
    known = _prototypes()
    for form in (char, char.swapcase()):
        out = _plain("".join(known.get(c, c) for c in _plain(form)))
        if out.isascii():
            break
    else:
        out = _plain("".join(known.get(c, c) for c in _plain(char.lower())))
    return "".join(c for c in out.casefold() if c.isalnum()).replace("i", "l")


class _Table(dict[int, str]):
    """The folded forms of the characters met so far, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _one(chr(code))
        return found


_TABLE = _Table()


def _merged(text: str) -> str:
    return text.replace("rn", "m").replace("vv", "w")


def fold_name(name: str) -> FoldedName:
    """A handle or display name in the form under which two names look the same.

    NFKC; every decimal digit to ASCII; confusable characters to one form (Unicode TR39), either case; accents, case,
    separators, signs and emoji dropped; i, l and | one letter (a capital I is a small l), 'rn' as m, 'vv' as w; '@'
    and '$', and one or two digits in front of a letter, read as letters (p4ypal). Digits at the end stay a number.

    Notes
    -----
    It misleads for short names, where few letters are left to differ, and for names in scripts whose letters TR39
    maps onto Latin ones. Some names that nobody would confuse become equal ('lan' and 'Ian').

    References
    ----------
    Unicode Technical Standard 39, Unicode Security Mechanisms, section 4.

    Examples
    --------
    >>> fold_name("Аnnа_Smith 042").skeleton == fold_name("anna.5mith042").skeleton
    True
    """
    text = unicodedata.normalize("NFKC", name.strip().lstrip("@＠")).translate(_TABLE)
    number = _NUMBER.search(text)[0] if text[-1:].isdigit() else ""  # type: ignore[index]
    stem = text[: len(text) - len(number)]
    leet = _merged(text.translate(_LEET)) if stem and 0 < len(number) <= 2 else ""
    if stem and not stem.isalpha():
        stem = _INNER_DIGITS.sub(lambda m: m[0].translate(_LEET), stem)
    return FoldedName(name, _merged(stem), number, leet)


def name_shape(name: str) -> str:
    """The shape of a name: 'Anna_5678' is 'Aa_9999'. Runs of letters are one letter, digits keep their count.

    A capital is A, a small letter a, a letter without case x, a digit 9; other characters stand as they are.
    """
    kinds = "".join(
        "9" if c.isdecimal() else "A" if c.isupper() else "a" if c.islower() else "x" if c.isalpha() else c
        for c in name
    )
    return _SHAPES.sub(lambda m: m[0] if m[3] else m[0][0], kinds)


def name_tokens(name: str) -> list[str]:
    """The words of a name, each folded: parted by separators, digits and capitals ('JohnSmith_99' is john, smlth)."""
    return [t for t in (fold_name(w).stem for w in _TOKENS.findall(unicodedata.normalize("NFKC", name))) if t]


def plain_name(name: str) -> str:
    """A name without case and invisible characters, and without the sign in front: the same name, written the same."""
    return fold(name).strip().lstrip("@")


# -- pairs within one or two edits ---------------------------------------------------------------------------------


def near_names(stems: Sequence[str], *, max_group: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Pairs of different names within one edit (five letters or more), or two (ten or more).

    An edit inserts, drops or replaces a letter or swaps two neighbours. Names that share a form after one or two
    deletions are candidates, so the work grows with the names and not with their pairs; each candidate is checked.

    Parameters
    ----------
    stems : sequence of str
        Distinct folded names.
    max_group : int
        Candidates from a form that more names than this share are not looked at.

    Returns
    -------
    tuple
        Positions of the first and the second name (arrays of int, first < second), their distance (array of int),
        and the number of forms that were passed over for `max_group`.
    """
    codes = _deletions(stems)
    hashes, who = (np.concatenate(x) for x in zip(*codes, strict=True)) if codes else (np.empty(0), np.empty(0))
    order = np.lexsort((who, hashes))
    hashes, who = hashes[order], who[order]
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (who[1:] != who[:-1])
    hashes, who = hashes[fresh], who[fresh]
    start = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.empty(0, dtype=np.int64)
    size = np.diff(np.r_[start, len(hashes)])
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for n in np.unique(size[(size > 1) & (size <= max_group)]):
        left, right = np.triu_indices(n, 1)
        block = who[start[size == n][:, None] + np.arange(n)]
        pairs.append(np.stack([block[:, left].ravel(), block[:, right].ravel()], axis=1))
    found = np.unique(np.concatenate(pairs), axis=0)
    first, second, distance = _verified(stems, found)
    return first, second, distance, int((size > max_group).sum())


def _verified(stems: Sequence[str], pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if not len(pairs):
        return pairs[:, 0], pairs[:, 1], pairs[:, 0]
    one, two = [stems[i] for i in pairs[:, 0]], [stems[i] for i in pairs[:, 1]]
    distance = process.cpdist(one, two, scorer=OSA.distance, score_cutoff=2, dtype=np.int32, workers=1)
    allowed = np.array([_edits(min(len(a), len(b))) for a, b in zip(one, two, strict=True)])
    keep = distance <= allowed
    return pairs[keep, 0], pairs[keep, 1], distance[keep].astype(np.int64)


def name_distance(one: str, two: str) -> int | None:
    """Edits between two folded names, None where there are more than their length allows."""
    from rapidfuzz.distance import OSA

    allowed = _edits(min(len(one), len(two)))
    distance = OSA.distance(one, two, score_cutoff=allowed)
    return distance if distance <= allowed else None


def _edits(length: int) -> int:
    return 2 if length >= MIN_TWO_EDITS else 1 if length >= MIN_NEAR else 0


def _deletions(stems: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Hashes of each name, of the name without one letter, and (long names) without two; with the name's position."""
    lengths = np.fromiter(map(len, stems), dtype=np.int64, count=len(stems))
    base = np.uint64(0x9E3779B97F4A7C15)
    out = []
    for n in np.unique(lengths[lengths >= MIN_NEAR]):
        who = np.flatnonzero(lengths == n)
        text = "".join(stems[int(i)] for i in who).encode("utf-32-le", "surrogatepass")
        code = np.frombuffer(text, dtype=np.uint32).reshape(len(who), n).astype(np.uint64)
        power = np.cumprod(np.full(n + 1, base, dtype=np.uint64))
        # sums[k][:, j]: the first j letters, each moved k places to the front
        sums = []
        for shift in range(3):
            term = code * np.r_[np.zeros(shift, np.uint64), power[: n - shift]]
            sums.append(np.concatenate([np.zeros((len(who), 1), np.uint64), np.cumsum(term, axis=1)], axis=1))
        at = np.arange(n)
        # without letter i: those before it as they are, those behind it moved by one
        forms = [sums[0][:, n:], sums[0][:, at] + (sums[1][:, n:] - sums[1][:, at + 1])]
        if MIN_TWO_EDITS <= n <= MAX_TWO_EDITS:
            i, k = np.triu_indices(n, 1)
            middle = sums[1][:, k] - sums[1][:, i + 1]
            forms.append(sums[0][:, i] + middle + (sums[2][:, n:] - sums[2][:, k + 1]))
        hashes = np.concatenate(forms, axis=1)
        out.append((hashes.ravel(), np.repeat(who, hashes.shape[1])))
    return out


def fold_all(names: Iterable[Any]) -> dict[str, FoldedName]:
    """Each distinct name folded once; values that are no text, or that fold to nothing, are left out."""
    out = {}
    for name in dict.fromkeys(n for n in names if isinstance(n, str)):
        folded = fold_name(name)
        if folded.skeleton:
            out[name] = folded
    return out
