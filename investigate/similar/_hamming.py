"""Compiled loops behind `media`: all pairs of bit strings within a Hamming distance, exactly.

Numba is imported with this module; import it inside functions only.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def _ones(x):
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(cache=True)
def _within(words, i, j, most):
    apart = 0
    for k in range(words.shape[1]):
        apart += _ones(words[i, k] ^ words[j, k])
        if apart > most:
            return False
    return True


@numba.njit(cache=True)
def _join(parent, i, j):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    while parent[j] != j:
        parent[j] = parent[parent[j]]
        j = parent[j]
    parent[max(i, j)] = min(i, j)


@numba.njit(cache=True)
def join_all(words, most, parent, begin, end):
    """Compare the hashes from `begin` to `end` with all that follow them."""
    for i in range(begin, end):
        for j in range(i + 1, words.shape[0]):
            if _within(words, i, j, most):
                _join(parent, i, j)


@numba.njit(cache=True)
def join_chunk(words, most, parent, values, masks):
    """Compare hashes whose 16-bit chunk `values` differ by one of `masks`; the masks are closed under repetition."""
    n = values.shape[0]
    start = np.zeros(65537, np.int64)
    for i in range(n):
        start[np.int64(values[i]) + 1] += 1
    start = np.cumsum(start)
    place = start[:-1].copy()
    order = np.empty(n, np.int64)
    for i in range(n):
        order[place[values[i]]] = i
        place[values[i]] += 1
    for i in range(n):
        for mask in masks:
            other = np.int64(values[i] ^ mask)
            for p in range(start[other + 1] - 1, start[other] - 1, -1):
                j = order[p]
                if j <= i:
                    break
                if _within(words, i, j, most):
                    _join(parent, i, j)
