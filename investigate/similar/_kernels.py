"""Compiled loops behind `texts`: shingles, MinHash band keys, buckets, exact Jaccard, union-find.

Numba is imported with this module; import it inside functions only.
"""

from __future__ import annotations

import numba
import numpy as np

# Three code points of 21 bits fill 63 bits, so a shingle is its own number: nothing is hashed and nothing collides.
_NONE = np.uint64(0x1FFFFF)
_PAIR = np.uint64(1 << 63)


@numba.njit(cache=True)
def _code_points(data, start, stop, out):
    """Decode UTF-8 that Arrow has checked; the number of code points."""
    n, i = 0, start
    while i < stop:
        byte = data[i]
        if byte < 0x80:
            code, step = np.uint64(byte), 1
        elif byte < 0xE0:
            code, step = np.uint64(byte & 0x1F), 2
        elif byte < 0xF0:
            code, step = np.uint64(byte & 0x0F), 3
        else:
            code, step = np.uint64(byte & 0x07), 4
        for j in range(1, step):
            code = (code << np.uint64(6)) | np.uint64(data[i + j] & 0x3F)
        out[n] = code
        n += 1
        i += step
    return n


@numba.njit(cache=True)
def _pack(codes, n, unspaced, out):
    """The shingles of one text, sorted, each once; how many there are."""
    without, letters = 0, 0
    for i in range(n):
        if codes[i] != 32:
            letters += 1
            if codes[i] < unspaced.shape[0] and unspaced[codes[i]]:
                without += 1
    if n == 0:
        return 0
    if 2 * without > letters:
        count = max(n - 1, 1)
        for i in range(count):
            second = codes[i + 1] if i + 1 < n else _NONE
            out[i] = _PAIR | (codes[i] << np.uint64(21)) | second
    else:
        count = max(n - 2, 1)
        for i in range(count):
            second = codes[i + 1] if i + 1 < n else _NONE
            third = codes[i + 2] if i + 2 < n else _NONE
            out[i] = (codes[i] << np.uint64(42)) | (second << np.uint64(21)) | third
    out[:count] = np.sort(out[:count])
    kept = 1
    for i in range(1, count):
        if out[i] != out[kept - 1]:
            out[kept] = out[i]
            kept += 1
    return kept


@numba.njit(cache=True)
def shingle_sets(data, offsets, unspaced):
    """Sorted shingles of all texts in one array, and where each text's begin.

    Parameters
    ----------
    data : uint8 array, offsets : int64 array (n + 1)
        UTF-8 text as Arrow holds it.
    unspaced : bool array by code point
    """
    n = offsets.shape[0] - 1
    upper, longest = 0, 1
    for t in range(n):
        length = 0
        for i in range(offsets[t], offsets[t + 1]):
            if data[i] & 0xC0 != 0x80:
                length += 1
        upper += max(length - 1, 1)
        longest = max(longest, length)
    codes = np.empty(longest, np.uint64)
    flat = np.empty(upper, np.uint64)
    start = np.zeros(n + 1, np.int64)
    for t in range(n):
        length = _code_points(data, offsets[t], offsets[t + 1], codes)
        start[t + 1] = start[t] + _pack(codes, length, unspaced, flat[start[t] :])
    return flat[: start[n]].copy(), start


@numba.njit(cache=True)
def _mix(x):
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def band_keys(flat, start, multiply, add, rows, bands):
    """One 64-bit key per band and text: the MinHash values of the band, mixed.

    multiply, add : uint32 arrays of rows * bands; each gives one order of the shingles.
    """
    n = start.shape[0] - 1
    keys = np.empty((bands, n), np.uint64)
    size = multiply.shape[0]
    lowest = np.empty(size, np.uint32)
    for t in range(n):
        lowest[:] = np.uint32(0xFFFFFFFF)
        for i in range(start[t], start[t + 1]):
            x = np.uint32(_mix(flat[i]) >> np.uint64(32))
            for j in range(size):
                h = np.uint32((x ^ add[j]) * multiply[j])
                h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D))
                lowest[j] = min(lowest[j], h)
        for b in range(bands):
            key = np.uint64(b + 1)
            for r in range(rows):
                key = _mix(key * np.uint64(0x9E3779B97F4A7C15) + np.uint64(lowest[b * rows + r]))
            keys[b, t] = key
    return keys


@numba.njit(cache=True)
def root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(cache=True)
def at_least(flat, start, a, b, threshold):
    """Whether the Jaccard similarity of two shingle sets reaches the threshold; stops once it cannot."""
    i, i_end, j, j_end = start[a], start[a + 1], start[b], start[b + 1]
    n = (i_end - i) + (j_end - j)
    if i == i_end or j == j_end or min(i_end - i, j_end - j) < threshold * max(i_end - i, j_end - j) - 1e-6:
        return False
    # s / (n - s) >= t  <=>  s >= t n / (1 + t); the last word is had by the division itself.
    may_lose = n - 2 * (threshold * n / (1 + threshold) - 1e-6)
    shared, lost = 0, 0
    while i < i_end and j < j_end:
        if flat[i] == flat[j]:
            shared += 1
            i += 1
            j += 1
        else:
            if flat[i] < flat[j]:
                i += 1
            else:
                j += 1
            lost += 1
            if lost > may_lose:
                return False
    return shared / (n - shared) >= threshold


@numba.njit(cache=True)
def _compare(flat, start, threshold, parent, a, b, counts):
    a_root, b_root = root(parent, a), root(parent, b)
    if a_root != b_root:
        counts[0] += 1
        if at_least(flat, start, a, b, threshold):
            counts[1] += 1
            parent[max(a_root, b_root)] = min(a_root, b_root)


@numba.njit(cache=True)
def join_band(flat, start, threshold, parent, keys, order, others, limit, reach, counts):
    """Compare the texts of one band's buckets and join those that are similar enough.

    Pairs that are tied already are left out: they would change no family. In a bucket of more than `limit` texts,
    sorted by another band's key, each is compared with the next `reach` only.

    counts : [compared, joined]
    """
    n, begin = order.shape[0], 0
    while begin < n:
        end = begin + 1
        while end < n and keys[order[end]] == keys[order[begin]]:
            end += 1
        size = end - begin
        if size > limit:
            members = order[begin:end][np.argsort(others[order[begin:end]], kind="mergesort")]
            for i in range(size):
                for j in range(i + 1, min(size, i + 1 + reach)):
                    _compare(flat, start, threshold, parent, members[i], members[j], counts)
        elif size > 1:
            for i in range(begin, end):
                for j in range(i + 1, end):
                    _compare(flat, start, threshold, parent, order[i], order[j], counts)
        begin = end


@numba.njit(cache=True)
def not_compared(parent, keys, order, others, limit, reach):
    """Pairs of large buckets that were neither compared nor tied otherwise; and the number of such buckets."""
    n, begin, left, buckets = order.shape[0], 0, 0, 0
    while begin < n:
        end = begin + 1
        while end < n and keys[order[end]] == keys[order[begin]]:
            end += 1
        size = end - begin
        if size > limit:
            members = order[begin:end][np.argsort(others[order[begin:end]], kind="mergesort")]
            roots = np.empty(size, np.int64)
            for i in range(size):
                roots[i] = root(parent, members[i])
            apart = size * (size - 1) // 2
            ranked = np.sort(roots)
            run = 1
            for i in range(1, size + 1):
                if i < size and ranked[i] == ranked[i - 1]:
                    run += 1
                else:
                    apart -= run * (run - 1) // 2
                    run = 1
            for i in range(size):
                for j in range(i + 1, min(size, i + 1 + reach)):
                    if roots[i] != roots[j]:
                        apart -= 1
            if apart:
                left += apart
                buckets += 1
        begin = end
    return left, buckets


@numba.njit(cache=True)
def similarities(flat, start, a, b):
    """The exact Jaccard similarity of each pair of texts."""
    out = np.zeros(a.shape[0])
    for p in range(a.shape[0]):
        i, i_end, j, j_end = start[a[p]], start[a[p] + 1], start[b[p]], start[b[p] + 1]
        n, shared = (i_end - i) + (j_end - j), 0
        while i < i_end and j < j_end:
            if flat[i] == flat[j]:
                shared += 1
                i += 1
                j += 1
            elif flat[i] < flat[j]:
                i += 1
            else:
                j += 1
        out[p] = shared / (n - shared) if n > shared else 0.0
    return out
