"""Compiled: strings to hashes and to whole numbers. Imported where it runs, like `_kernel`."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

BLOCK = 256
PART = 1 << 15  # hashes looked at together: their table stays close to the processor


def _load(typing: Any, data: Any, at: Any) -> Any:
    """The eight bytes from `at` on as one number; the caller sees to it that they are there.

    One load, where a loop over bytes takes eight. Numba runs on little-endian processors only, so the first byte is the
    lowest.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(held.data, [arguments[1]]), ir.IntType(64).as_pointer())
        return builder.load(place, align=1)

    return types.uint64(data, at), generate


_word: Any = intrinsic(_load)


@njit(cache=True, nogil=True, inline="always")
def _last(data: np.ndarray, at: np.int64, end: np.int64) -> np.uint64:
    """The last one to eight bytes as one number, as if zeros followed."""
    if at + 8 <= len(data):
        return _word(data, at) & (np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(8 * (8 - (end - at))))
    word = np.uint64(0)
    for k in range(end - at):
        word |= np.uint64(data[at + k]) << np.uint64(8 * k)
    return word


@njit(cache=True, nogil=True, inline="always")
def _mixed(h: np.uint64) -> np.uint64:
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h


@njit(cache=True, nogil=True, inline="always")
def _hash(data: np.ndarray, start: np.int64, end: np.int64) -> np.uint64:
    """64-bit hash of some bytes: eight at a time, mixed as in MurmurHash3."""
    h = np.uint64(end - start) * np.uint64(0x9E3779B97F4A7C15)
    at = start
    while at + 8 < end:
        h = _mixed(h ^ _word(data, at))
        at += 8
    if at < end:
        h = _mixed(h ^ _last(data, at, end))
    return h


@njit(cache=True, nogil=True, inline="always")
def _same(data: np.ndarray, start: np.int64, end: np.int64, pool: np.ndarray, first: np.int64) -> bool:
    """Whether the bytes are those of the pool from `first` on."""
    at = start
    while at + 8 < end:
        if _word(data, at) != _word(pool, first):
            return False
        at += 8
        first += 8
    if at >= end:
        return True
    return bool(_last(data, at, end) == _last(pool, first, first + end - at))


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
) -> int:
    """Write the strings' codes, in the order of first appearance, into `codes`; returns how many differ so far.

    A hash table whose entries are compared byte for byte. It is carried from call to call: `table` (of a size that is a
    power of two, at least twice the strings; the upper half of a hash, and code plus one), `pool` and `ends` (the `n`
    strings so far: string c is ``pool[ends[c]:ends[c + 1]]``). All three have room for these strings, the pool for eight
    bytes more.
    """
    last = np.uint64(len(table) - 1)
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
                entries[k] = table[np.int64(hashes[k] & last)] & lower
            for k in range(ahead):
                begins[k] = ends[np.maximum(np.int64(entries[k]) - 1, 0)]
            touched = 0
            for k in range(ahead):
                touched += pool[begins[k]]
            codes[i] = touched  # overwritten below; without a use the loop would be dropped
        start, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        tag, place = hashes[q] & upper, np.int64(hashes[q] & last)
        entry = table[place]
        while entry != 0:
            if entry & upper == tag:
                c = np.int64(entry & lower) - 1
                first = ends[c]
                if ends[c + 1] - first == end - start and _same(data, start, end, pool, first):
                    break
            place = np.int64(np.uint64(place + 1) & last)
            entry = table[place]
        if entry != 0:
            codes[i] = np.int64(entry & lower) - 1
            continue
        used = ends[n]
        for k in range(end - start):
            pool[used + k] = data[start + k]
        codes[i] = n
        n += 1
        ends[n] = used + end - start
        table[place] = tag | np.uint64(n)
    return n


@njit(cache=True, nogil=True)
def place_again(table: np.ndarray, pool: np.ndarray, ends: np.ndarray, n: int) -> None:
    """Put the strings so far into an empty table; they are hashed again, for a table holds half of each hash."""
    last = np.uint64(len(table) - 1)
    for c in range(n):
        h = _hash(pool, ends[c], ends[c + 1])
        place = np.int64(h & last)
        while table[place] != 0:
            place = np.int64(np.uint64(place + 1) & last)
        table[place] = h & np.uint64(0xFFFFFFFF00000000) | np.uint64(c + 1)


@njit(cache=True, nogil=True)
def repeated(hashes: np.ndarray) -> np.ndarray:
    """The hashes that stand there more than once, in order.

    They are dealt out by their highest bits into parts that are small enough for a table close to the processor.
    """
    bits = 0
    while len(hashes) >> bits > PART:
        bits += 1
    bounds = np.zeros((1 << bits) + 1, np.int64)
    dealt = hashes
    if bits:
        shift = np.uint64(64 - bits)
        for h in hashes:
            bounds[np.int64(h >> shift) + 1] += 1
        bounds = np.cumsum(bounds)
        dealt, to = np.empty(len(hashes), np.uint64), bounds.copy()
        for h in hashes:
            k = np.int64(h >> shift)
            dealt[to[k]] = h
            to[k] += 1
    else:
        bounds[1] = len(hashes)
    found, n, table = np.empty(16, np.uint64), 0, np.empty(2 * PART, np.uint64)
    for part in range(len(bounds) - 1):
        size = 16
        while size < 2 * (bounds[part + 1] - bounds[part]):
            size *= 2
        if size > len(table):
            table = np.empty(size, np.uint64)
        table[:size] = 0
        zeros = 0  # a zero marks an empty place, so the hash 0 is counted apart
        for i in range(bounds[part], bounds[part + 1]):
            h = dealt[i]
            if h == 0:
                zeros += 1
                if zeros < 2:
                    continue
            else:
                place = np.int64(h & np.uint64(size - 1))
                while table[place] != 0 and table[place] != h:
                    place = (place + 1) & (size - 1)
                if table[place] == 0:
                    table[place] = h
                    continue
            if n == len(found):
                more = np.empty(2 * n, np.uint64)
                more[:n] = found
                found = more
            found[n] = h
            n += 1
    return np.unique(found[:n])
