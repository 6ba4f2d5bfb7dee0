"""Compiled: strings to hashes and to whole numbers. Imported where it runs, like `_kernel`."""

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK = 256


@njit(cache=True, nogil=True, inline="always")
def _hash(data: np.ndarray, start: np.int64, end: np.int64) -> np.uint64:
    """64-bit hash of some bytes: eight at a time, mixed as in MurmurHash3."""
    h = np.uint64(end - start) * np.uint64(0x9E3779B97F4A7C15)
    at = start
    while at < end:
        word = np.uint64(0)
        if at + 8 <= end:
            for k in range(8):
                word |= np.uint64(data[at + k]) << np.uint64(8 * k)
        else:
            for k in range(end - at):
                word |= np.uint64(data[at + k]) << np.uint64(8 * k)
        at += 8
        h ^= word
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xC4CEB9FE1A85EC53)
        h ^= h >> np.uint64(33)
    return h


@njit(cache=True, nogil=True)
def hash_strings(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    """64-bit hashes; string i is ``data[offsets[i]:offsets[i + 1]]``."""
    out = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(out)):
        out[i] = _hash(data, np.int64(offsets[i]), np.int64(offsets[i + 1]))
    return out


@njit(cache=True, nogil=True)
def number_strings(
    offsets: np.ndarray,
    data: np.ndarray,
    codes: np.ndarray,
    table: np.ndarray,
    pool: np.ndarray,
    ends: np.ndarray,
    n: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Write the strings' codes, in the order of first appearance, into `codes`.

    A hash table whose entries are compared byte by byte. It is carried from chunk to chunk: `table` (of a size that is a
    power of two; the upper half of a hash, and code plus one), `pool` and `ends` (the `n` strings so far: string c is
    ``pool[ends[c]:ends[c + 1]]``); the arrays returned take their places.
    """
    size = len(table)
    upper, lower = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)
    hashes, entries, begins = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.int64)
    for i in range(len(offsets) - 1):
        q = i % BLOCK
        if q == 0:
            # What the next rows will need is asked for in short loops, so that the processor waits for all of it at once.
            ahead = min(BLOCK, len(offsets) - 1 - i)
            for k in range(ahead):
                hashes[k] = _hash(data, np.int64(offsets[i + k]), np.int64(offsets[i + k + 1]))
            for k in range(ahead):
                entries[k] = table[np.int64(hashes[k] & np.uint64(size - 1))] & lower
            for k in range(ahead):
                begins[k] = ends[np.maximum(np.int64(entries[k]) - 1, 0)]
            touched = 0
            for k in range(ahead):
                touched += pool[begins[k]]
            codes[i] = touched  # overwritten below; without a use the loop would be dropped
        start, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        h = hashes[q]
        tag = h & upper
        place = np.int64(h & np.uint64(size - 1))
        entry = table[place]
        while entry != 0:
            if entry & upper == tag:
                c = np.int64(entry & lower) - 1
                first = ends[c]
                same = ends[c + 1] - first == end - start
                k = 0
                while same and k < end - start:
                    same = pool[first + k] == data[start + k]
                    k += 1
                if same:
                    break
            place = (place + 1) & (size - 1)
            entry = table[place]
        if entry != 0:
            codes[i] = np.int64(entry & lower) - 1
            continue
        if n + 1 == len(ends):
            more_ends = np.empty(2 * len(ends), np.int64)
            more_ends[: n + 1] = ends
            ends = more_ends
        used = ends[n]
        if used + end - start > len(pool):
            more = np.empty(max(2 * len(pool), used + end - start), np.uint8)
            more[:used] = pool[:used]
            pool = more
        for k in range(end - start):
            pool[used + k] = data[start + k]
        codes[i] = n
        n += 1
        ends[n] = used + end - start
        table[place] = tag | np.uint64(n)
        if 2 * n > size:  # the strings are hashed again: a table holds half of each hash
            size = size * (4 if size < 1 << 20 else 2)
            table = np.zeros(size, np.uint64)
            for known in range(n):
                again = _hash(pool, ends[known], ends[known + 1])
                p = np.int64(again & np.uint64(size - 1))
                while table[p] != 0:
                    p = (p + 1) & (size - 1)
                table[p] = again & upper | np.uint64(known + 1)
    return table, pool, ends, n
