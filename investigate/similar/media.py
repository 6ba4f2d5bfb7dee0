"""Families of nearly equal pictures and videos, by the Hamming distance of their perceptual hashes.

A hash states its algorithm: 'pdq:<64 hexadecimal digits>', 'phash:<16 digits>'. Without that, 64 digits may be a PDQ or
a SHA-256, and distances between cryptographic hashes mean nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import progress
from ..errors import InputError

DISTANCES: dict[tuple[str, int], int] = {
    ("pdq", 256): 31,
    ("phash", 64): 8,
    ("dhash", 64): 8,
    ("ahash", 64): 8,
    ("whash", 64): 8,
}
"""(algorithm, bits) -> most bits that two hashes of one picture differ in."""

LEAST_QUALITY = 50
"""PDQ quality, 0 to 100, under which its authors advise against a comparison."""

FEATURELESS = 1 / 8
"""Hashes with a smaller share of set, or of unset, bits say nothing: blank frames, one-colour pictures."""

_FORM = re.compile(r"([a-z][a-z0-9_-]*):([0-9a-f]+)")
_BRUTE = 20_000


@dataclass(frozen=True)
class HashFamilies:
    """Which hashes belong together.

    Attributes
    ----------
    hashes : list of str
        The distinct hashes that were compared, sorted.
    family : numpy array of int
        For each the position of its family's representative: the member that comes first.
    set_aside : DataFrame
        hash, reason ('low_quality' or 'featureless'), detail.
    expected_by_chance : float
        Pairs within the distance if every bit were an independent coin. Real hashes are less random than that.
    """

    hashes: list[str]
    family: np.ndarray
    set_aside: pd.DataFrame
    expected_by_chance: float

    @property
    def names(self) -> list[str]:
        """For each hash the representative of its family."""
        return [self.hashes[i] for i in self.family]

    @property
    def sizes(self) -> np.ndarray:
        """Members of each family of two or more hashes, largest first."""
        counts = np.bincount(self.family, minlength=1)
        return np.sort(counts[counts > 1])[::-1]

    def notes(self) -> tuple[str, ...]:
        """What was left out, and what chance alone would give, in words."""
        out = []
        for reason, n in self.set_aside["reason"].value_counts().sort_index().items():
            out.append(f"{n:,} hashes were not compared: {reason}.")
        if self.expected_by_chance >= 0.5:
            out.append(f"About {self.expected_by_chance:,.0f} pairs of unrelated hashes come this near by chance.")
        return tuple(out)


def parse_hash(value: str) -> tuple[str, str]:
    """(algorithm, hexadecimal digits) of a perceptual hash in its stated form.

    Raises
    ------
    InputError
        The algorithm is missing or the digits are not hexadecimal.
    """
    found = _FORM.fullmatch(value.strip().lower())
    if not found:
        raise InputError(
            f"'{value[:80]}' does not say by which algorithm it was made",
            "perceptual hash",
            "write 'pdq:<64 digits>', 'phash:<16 digits>', 'dhash:...', 'ahash:...' or 'whash:...', digits 0-9 and a-f",
        )
    return found[1], found[2]


def most_bits(algorithm: str, bits: int, given: int | Mapping[str, int] | None = None) -> int:
    """The largest distance at which two hashes count as one picture.

    Raises
    ------
    InputError
        There is no default for the algorithm at this length, and none was given; or it is no number from 0 to bits / 2.
    """
    value = given.get(algorithm) if isinstance(given, Mapping) else given
    if value is None:
        value = DISTANCES.get((algorithm, bits))
    if value is None:
        known = ", ".join(f"{name} with {n} bits" for name, n in DISTANCES)
        raise InputError(
            f"no distance is known for '{algorithm}' with {bits} bits",
            "perceptual hash",
            f"known: {known}; for others give distance={{'{algorithm}': bits}}",
        )
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= bits // 2:
        raise InputError(
            f"the distance for '{algorithm}' cannot be {value}", "option distance", f"a whole number, 0 to {bits // 2}"
        )
    return value


def distance(a: str, b: str) -> int:
    """In how many bits two hashes differ; InputError where algorithm or length differ."""
    (left, x), (right, y) = parse_hash(a), parse_hash(b)
    if left != right or len(x) != len(y):
        raise InputError(
            f"a {left} hash of {4 * len(x)} bits and a {right} hash of {4 * len(y)} bits cannot be compared",
            "perceptual hash",
            "compare hashes of one algorithm and length",
        )
    return (int(x, 16) ^ int(y, 16)).bit_count()


def hash_families(
    hashes: Iterable[str],
    distance: int | Mapping[str, int] | None = None,
    quality: Iterable[float | None] | None = None,
) -> HashFamilies:
    """Families of nearly equal pictures.

    Parameters
    ----------
    hashes : iterable of str
        'pdq:<hex>', 'phash:<hex>', ...; hashes of different algorithms or lengths are never compared.
    distance : int or mapping of algorithm to int, optional
        Most bits two hashes of one picture differ in; default `DISTANCES`: 31 of 256 for PDQ, 8 of 64 for the others.
    quality : iterable of number or None, optional
        Beside each hash the quality its maker stated, 0 to 100 as PDQ has it; under `LEAST_QUALITY` it is set aside.
        A hash given several times counts with the best of them.

    Returns
    -------
    HashFamilies
        The connected components of all pairs within the distance: the search is exact.

    Notes
    -----
    PDQ: Davis and Rosen (2019), The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm. Search:
    pairs within d bits agree within d // m bits in one of m chunks (Norouzi, Punjani, Fleet 2012,
    doi:10.1109/CVPR.2012.6248043); every pair where that costs more.

    It misleads: turned and mirrored copies are as far away as strangers (Meta's bridge photograph: 106 to 128 bits), and
    so are strong crops; frames of one video, one after the other, chain scenes that have nothing in common; memes on one
    template are near each other whatever they say. 64-bit hashes collide by chance in sets over 100,000.
    """
    held = [f"{a}:{d}" for a, d in map(parse_hash, hashes)]
    best: dict[str, float] = {}
    if quality is not None:
        for value, stated in zip(held, quality, strict=True):
            number = math.inf if stated is None or math.isnan(stated) else float(stated)
            best[value] = max(best.get(value, -math.inf), number)
    distinct = sorted(set(held))
    groups: dict[tuple[str, int], list[int]] = {}
    asides, kept = [], list[str]()
    for value in distinct:
        algorithm, digits = parse_hash(value)
        bits = 4 * len(digits)
        most_bits(algorithm, bits, distance)
        ones = int(digits, 16).bit_count()
        if best.get(value, math.inf) < LEAST_QUALITY:
            asides.append((value, "low_quality", f"quality {best[value]:g} of 100"))
        elif min(ones, bits - ones) < FEATURELESS * bits:
            asides.append((value, "featureless", f"{ones} of {bits} bits are set"))
        else:
            groups.setdefault((algorithm, bits), []).append(len(kept))
            kept.append(value)
    family = np.arange(len(kept))
    chance = 0.0
    for (algorithm, bits), places in sorted(groups.items()):
        most = most_bits(algorithm, bits, distance)
        parent = joined(as_words([kept[p] for p in places]), bits, most)
        family[places] = np.array(places)[parent]
        chance += math.comb(len(places), 2) * sum(math.comb(bits, k) for k in range(most + 1)) / 2**bits
    return HashFamilies(kept, family, pd.DataFrame(asides, columns=["hash", "reason", "detail"]), chance)


def as_words(hashes: list[str]) -> np.ndarray:
    """Hashes of one algorithm and length as 64-bit words, one row each; the last word is filled up with zeros."""
    digits = [parse_hash(value)[1] for value in hashes]
    width = -(-len(digits[0]) // 16) * 16 if digits else 16
    raw = bytes.fromhex("".join(d.ljust(width, "0") for d in digits))
    return np.frombuffer(raw, ">u8").astype(np.uint64).reshape(len(hashes), width // 16)


def joined(words: np.ndarray, bits: int, most: int) -> np.ndarray:
    """For each row the first row of its component, where rows within `most` bits are joined."""
    from . import _hamming

    n = len(words)
    parent = np.arange(n)
    chunks = -(-bits // 16)
    values = words.astype(">u8").view(">u2").astype(np.uint16).reshape(n, -1)[:, :chunks]
    masks = np.array([m for m in range(65536) if m.bit_count() <= most // chunks], np.uint16)
    if n <= _BRUTE or _probes(values, masks) > 0.5 * n * n:
        step = max(1, 200_000_000 // max(n, 1))
        with progress.track("nearly equal pictures", n, "hashes") as advance:
            for begin in range(0, n, step):
                _hamming.join_all(words, most, parent, begin, min(begin + step, n))
                advance(min(step, n - begin))
    else:
        with progress.track("nearly equal pictures", chunks, "chunks") as advance:
            for c in range(chunks):
                _hamming.join_chunk(words, most, parent, np.ascontiguousarray(values[:, c]), masks)
                advance()
    while not np.array_equal(up := parent[parent], parent):
        parent = up
    return parent


def _probes(values: np.ndarray, masks: np.ndarray) -> float:
    """Pairs that the search by chunks would look at."""
    everything = np.arange(65536)
    total = 0.0
    for c in range(values.shape[1]):
        counts = np.bincount(values[:, c], minlength=65536).astype(float)
        total += sum(float(counts @ counts[everything ^ int(mask)]) for mask in masks) / 2
    return total
