"""Compiled: strings to hashes and to whole numbers. Imported where it runs, like `_kernel`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

BLOCK = 256
PLACE, TAG = np.uint64((1 << 36) - 1), np.uint64(((1 << 28) - 1) << 36)  # the halves of an entry: where, and which hash
PART = 1 << 15  # hashes looked at together: their table stays close to the processor


def _load(typing: Any, data: Any, at: Any) -> Any:
    """The eight bytes from `at` on as one number; the caller sees to it that they are there.

    One load, where a loop over bytes takes eight. Numba runs on little-endian processors only, so the first byte is the
    lowest.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(
            builder.gep(held.data, [arguments[1]]), context.get_value_type(types.uint64).as_pointer()
        )
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


@njit(cache=True, nogil=True)
def hash_strings(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    """64-bit hashes; string i is ``data[offsets[i]:offsets[i + 1]]``."""
    out = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(out)):
        out[i] = _hash(data, np.int64(offsets[i]), np.int64(offsets[i + 1]))
    return out


@njit(cache=True, nogil=True)
def number_strings(
    offsets: np.ndarray, data: np.ndarray, codes: np.ndarray, table: np.ndarray, pool: np.ndarray, used: int, n: int
) -> tuple[int, int]:
    """Write the strings' codes, in the order of first appearance, into `codes`; returns what `used` and `n` are then.

    A hash table whose entries are compared byte for byte, carried from call to call. `pool` holds the `n` strings so far in
    its first `used` words, one behind the other: length and code in one word, then the bytes, eight to a word, zeros at the
    end. `table` holds where each begins, with the upper bits of its hash; its size is a power of two, at least twice the
    strings. Both have room for these strings.
    """
    last = np.uint64(len(table) - 1)
    hashes, places = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.int64)
    for i in range(len(offsets) - 1):
        q = i % BLOCK
        if q == 0:
            # What the next rows will need is asked for in short loops, so that the processor waits for all of it at once.
            ahead = min(BLOCK, len(offsets) - 1 - i)
            for k in range(ahead):
                hashes[k] = _hash(data, np.int64(offsets[i + k]), np.int64(offsets[i + k + 1]))
            for k in range(ahead):
                places[k] = np.int64(table[np.int64(hashes[k] & last)] & PLACE)
            touched = np.uint64(0)
            for k in range(ahead):
                touched += pool[places[k]]
            codes[i] = np.int32(touched & np.uint64(1))  # overwritten below; without a use the loop would be dropped
        start, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        length, h = np.uint64(end - start), hashes[q]
        slot = np.int64(h & last)
        entry, found = table[slot], np.int64(-1)
        while entry != 0:
            if (entry ^ h) & TAG == 0:
                at = np.int64(entry & PLACE)
                head = pool[at]
                if head >> np.uint64(32) == length:
                    at += 1
                    part = start
                    while part + 8 < end and _word(data, part) == pool[at]:
                        part += 8
                        at += 1
                    if part >= end or (part + 8 >= end and _last(data, part, end) == pool[at]):
                        found = np.int64(head & np.uint64(0xFFFFFFFF))
                        break
            slot = np.int64(np.uint64(slot + 1) & last)
            entry = table[slot]
        if found >= 0:
            codes[i] = found
            continue
        codes[i] = n
        table[slot] = h & TAG | np.uint64(used)
        pool[used] = length << np.uint64(32) | np.uint64(n)
        used, n, part = used + 1, n + 1, start
        while part + 8 < end:
            pool[used] = _word(data, part)
            used, part = used + 1, part + 8
        if part < end:
            pool[used] = _last(data, part, end)
            used += 1
    return used, n


@njit(cache=True, nogil=True)
def place_again(table: np.ndarray, pool: np.ndarray, used: int) -> None:
    """Put the strings so far into an empty table; they are hashed again, for a table holds a part of each hash."""
    last, at = np.uint64(len(table) - 1), np.int64(1)
    while at < used:
        length = pool[at] >> np.uint64(32)
        h = length * np.uint64(0x9E3779B97F4A7C15)
        words = np.int64((length + np.uint64(7)) >> np.uint64(3))
        for k in range(words):
            h = _mixed(h ^ pool[at + 1 + k])
        slot = np.int64(h & last)
        while table[slot] != 0:
            slot = np.int64(np.uint64(slot + 1) & last)
        table[slot] = h & TAG | np.uint64(at)
        at += 1 + words


@njit(cache=True, nogil=True)
def lengths_of(pool: np.ndarray, ends: np.ndarray) -> None:
    """Write where each string of the pool ends, when they stand one behind the other, into `ends[1:]`."""
    at = np.int64(1)
    for c in range(len(ends) - 1):
        length = pool[at] >> np.uint64(32)
        ends[c + 1] = ends[c] + np.int64(length)
        at += 1 + np.int64((length + np.uint64(7)) >> np.uint64(3))


@njit(cache=True, nogil=True)
def bytes_of(pool: np.ndarray, ends: np.ndarray, out: np.ndarray) -> None:
    """Write the bytes of the strings one behind the other."""
    at = np.int64(1)
    for c in range(len(ends) - 1):
        start, end = np.int64(ends[c]), np.int64(ends[c + 1])
        at += 1
        while start < end:
            word = pool[at]
            for k in range(min(np.int64(8), end - start)):
                out[start + k] = np.uint8(word >> np.uint64(8 * k) & np.uint64(0xFF))
            at += 1
            start += 8


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
