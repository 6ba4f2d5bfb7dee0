"""Families of nearly equal texts: MinHash finds candidates, the exact Jaccard similarity decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .. import progress
from ..errors import InputError
from ..objects import UNSPACED

THRESHOLD = 0.8
"""Jaccard similarity of two texts' shingles from which they count as nearly the same."""

HASHES = 128
"""Orders of the shingles that MinHash may use; bands and rows are chosen within it."""

LEAST_RECALL = 0.995
"""Share of pairs exactly at the threshold that the bands must offer as candidates."""

ALL_PAIRS = 500
"""Texts in one bucket up to which every pair is compared."""

REACH = 50
"""In larger buckets: how many neighbours each text is compared with."""


@dataclass(frozen=True)
class TextFamilies:
    """Which texts belong together.

    Attributes
    ----------
    texts : pyarrow.Array
        The distinct texts, in the order of their UTF-8 bytes.
    family : numpy array of int
        For each text the position of its family's representative: the member that comes first.
    threshold : float
    rows, bands : int
        Of the candidate search; a pair of similarity s is offered with probability 1 - (1 - s**rows)**bands.
    n_compared, n_joined : int
        Pairs whose exact similarity was computed, and those of them that joined two families.
    n_not_compared, n_large_buckets : int
        At most so many candidate pairs were left out, in so many very common buckets; a pair may count several times.
    """

    texts: pa.Array
    family: np.ndarray
    threshold: float
    rows: int
    bands: int
    n_compared: int
    n_joined: int
    n_not_compared: int
    n_large_buckets: int

    @property
    def expected_recall(self) -> float:
        """Probability that a pair exactly at the threshold is compared, by the theory of MinHash."""
        return _offered(self.threshold, self.rows, self.bands)

    @property
    def names(self) -> pa.Array:
        """For each text the representative of its family."""
        return self.texts.take(pa.array(self.family))

    @property
    def sizes(self) -> np.ndarray:
        """Members of each family of two or more texts, largest first."""
        counts = np.bincount(self.family, minlength=len(self.texts)) if len(self.texts) else np.zeros(0, np.int64)
        return np.sort(counts[counts > 1])[::-1]

    def table(self) -> pd.DataFrame:
        """text, family, n_texts (distinct texts of the family), in the order of family and text."""
        counts = np.bincount(self.family, minlength=len(self.texts)) if len(self.texts) else np.zeros(0, np.int64)
        table = pd.DataFrame(
            {"text": self.texts.to_pandas(), "family": self.names.to_pandas(), "n_texts": counts[self.family]}
        )
        return table.iloc[np.argsort(self.family, kind="stable")].reset_index(drop=True)

    def notes(self) -> tuple[str, ...]:
        """What was not looked at, in words."""
        if not self.n_not_compared:
            return ()
        said = (
            f"{self.n_large_buckets:,} groups of more than {ALL_PAIRS} texts share a fingerprint; at most "
            f"{self.n_not_compared:,} pairs in them were not compared, so some families may stand apart that belong together."
        )
        return (said,)


def text_families(
    texts: Iterable[str | None] | pa.Array | pa.ChunkedArray, threshold: float = THRESHOLD
) -> TextFamilies:
    """Families of nearly equal texts.

    Parameters
    ----------
    texts : texts in normal form (`investigate.objects.normal_text`)
        In any order; repeated and empty ones count once.
    threshold : float
        Least Jaccard similarity |A ∩ B| / |A ∪ B| of the two sets of shingles, over 0.3 and up to 1; `shingles` says
        what they are.

    Returns
    -------
    TextFamilies
        The connected components of all pairs found. Order and repetition of the texts change nothing; a text similar
        to none of the others changes nothing for them.

    Notes
    -----
    Candidates: MinHash with banding (Broder 1997, doi:10.1109/SEQUEN.1997.666900; Leskovec, Rajaraman, Ullman, Mining
    of Massive Datasets, chapter 3). Every joined pair has been compared exactly; what MinHash can do is miss a pair.

    It misleads in three ways. Chains: a text like a second that is like a third joins all three, though the first and
    the third may be under the threshold. Templates: scores, prices and weather differ in a number only and are one
    family. Short texts: one replaced word among six takes a pair under 0.8.
    """
    if not 0.3 < threshold <= 1:
        raise InputError(
            f"the threshold cannot be {threshold}", "option threshold", "give a Jaccard similarity over 0.3, up to 1"
        )
    held = texts if isinstance(texts, (pa.Array, pa.ChunkedArray)) else pa.array(list(texts), pa.string())
    if isinstance(held, pa.ChunkedArray):
        held = held.combine_chunks()
    held = held.cast(pa.large_string()).drop_null().unique()
    held = held.filter(pc.greater(pc.binary_length(held), 0))
    held = held.take(pc.array_sort_indices(held))
    rows, bands = rows_and_bands(threshold)
    if len(held) < 2:
        return TextFamilies(held, np.arange(len(held)), threshold, rows, bands, 0, 0, 0, 0)
    return _families(held, threshold, rows, bands)


def _families(held: pa.Array, threshold: float, rows: int, bands: int) -> TextFamilies:
    from . import _kernels

    flat, start = shingle_arrays(held)
    parent = np.arange(len(held))
    counts = np.zeros(2, np.int64)
    left = buckets = 0
    keys = _kernels.band_keys(flat, start, *_orders(rows * bands), rows, bands)
    orders = [np.argsort(keys[b], kind="stable") for b in range(bands)] if len(held) < 50_000 else None
    with progress.track("near-duplicate texts", 2 * bands, "bands") as advance:
        for b in range(bands):
            order = orders[b] if orders else np.argsort(keys[b], kind="stable")
            _kernels.join_band(
                flat, start, threshold, parent, keys[b], order, keys[(b + 1) % bands], ALL_PAIRS, REACH, counts
            )
            advance()
        for b in range(bands):
            order = orders[b] if orders else np.argsort(keys[b], kind="stable")
            more, large = _kernels.not_compared(parent, keys[b], order, keys[(b + 1) % bands], ALL_PAIRS, REACH)
            left, buckets = left + int(more), buckets + int(large)
            advance()
    return TextFamilies(held, _roots(parent), threshold, rows, bands, int(counts[0]), int(counts[1]), left, buckets)


def _roots(parent: np.ndarray) -> np.ndarray:
    """The representative of every position; each step halves the way."""
    while True:
        up = parent[parent]
        if np.array_equal(up, parent):
            return up
        parent = up


def shingle_arrays(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The sorted shingles of all texts in one array, and the n + 1 places where they begin."""
    from . import _kernels

    texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2], np.uint8)
    return _kernels.shingle_sets(data, offsets, _unspaced())


@cache
def _unspaced() -> np.ndarray:
    """Which code points belong to a script written without spaces."""
    codes = [c for c in range(0x40000) if not 0xD800 <= c < 0xE000]
    table = np.zeros(0x40000, bool)
    table[[ord(c) for c in UNSPACED.findall("".join(map(chr, codes)))]] = True
    return table


def _offered(similarity: float, rows: int, bands: int) -> float:
    return 1 - (1 - similarity**rows) ** bands


def rows_and_bands(threshold: float) -> tuple[int, int]:
    """As many rows as `HASHES` allow while a pair at the threshold is still offered with `LEAST_RECALL`."""
    for rows in range(HASHES, 1, -1):
        if _offered(threshold, rows, HASHES // rows) >= LEAST_RECALL:
            return rows, HASHES // rows
    return 1, HASHES


def _orders(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Fixed odd factors and addends, so that the same texts give the same families on every machine."""
    x, out = 0x853C49E6748FEA9B, []
    for _ in range(2 * n):
        x = (x + 0x9E3779B97F4A7C15) % 2**64
        z = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        out.append((z ^ (z >> 31)) >> 32)
    return np.array(out[:n], np.uint32) | np.uint32(1), np.array(out[n:], np.uint32)


def shingles(text: str) -> set[str]:
    """The overlapping pieces of a text in normal form.

    Three characters, spaces included; two where more than half of the characters other than spaces belong to scripts
    written without spaces (Thai, Lao, Tibetan, Burmese, Khmer, kana, Han). A shorter text is its own only piece.
    """
    if not text:
        return set()
    letters = len(text) - text.count(" ")
    size = 2 if 2 * len(UNSPACED.findall(text)) > letters else 3
    return {text[i : i + size] for i in range(max(len(text) - size + 1, 1))}


def jaccard(a: str, b: str) -> float:
    """The Jaccard similarity of two texts in normal form, over their `shingles`; 0 where one has none."""
    left, right = shingles(a), shingles(b)
    return len(left & right) / len(left | right) if left and right else 0.0
