"""The compiled parts of the sweep. Imported where they run: loading the compiler takes most of a second.

Each function is compiled once and kept on disk by numba (in `__pycache__`, or where NUMBA_CACHE_DIR says).
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def by_key(key: np.ndarray, n: int, order: np.ndarray) -> np.ndarray:
    """Positions sorted by `key` (codes below `n`), in the given order within a key; an empty order is the present one."""
    rows = len(key)
    start = np.zeros(n + 1, np.int64)
    for i in range(rows):
        start[key[i] + 1] += 1
    for k in range(n):
        start[k + 1] += start[k]
    out = np.empty(rows, np.int32)
    given = len(order) > 0
    for i in range(rows):
        p = order[i] if given else i
        k = key[p]
        out[start[k]] = p
        start[k] += 1
    return out


@njit(cache=True, nogil=True)
def hash_strings(offsets: np.ndarray, data: np.ndarray) -> np.ndarray:
    """64-bit hashes; string i is ``data[offsets[i]:offsets[i + 1]]``. Eight bytes at a time, mixed as in MurmurHash3."""
    out = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(out)):
        h = np.uint64(offsets[i + 1] - offsets[i]) * np.uint64(0x9E3779B97F4A7C15)
        at, end = offsets[i], offsets[i + 1]
        while at < end:
            word = np.uint64(0)
            for k in range(at, min(at + 8, end)):
                word = (word << np.uint64(8)) | np.uint64(data[k])
            at += 8
            h ^= word
            h ^= h >> np.uint64(33)
            h *= np.uint64(0xFF51AFD7ED558CCD)
            h ^= h >> np.uint64(33)
            h *= np.uint64(0xC4CEB9FE1A85EC53)
            h ^= h >> np.uint64(33)
        out[i] = h
    return out


@njit(cache=True, nogil=True)
def number_hashes(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes for 64-bit hashes, in the order of first appearance, and the position of each code's first appearance."""
    size = 1 << 16
    keys, held = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    firsts = np.empty(1 << 15, np.int64)
    codes = np.empty(len(hashes), np.int32)
    n = 0
    for i in range(len(hashes)):
        h = hashes[i]
        place = np.int64(h & np.uint64(size - 1))
        while held[place] != 0 and keys[place] != h:
            place = (place + 1) & (size - 1)
        if held[place] == 0:
            if 2 * n >= size:
                larger = size * 4
                new_keys, new_held = np.zeros(larger, np.uint64), np.zeros(larger, np.int32)
                for k in range(size):
                    if held[k] != 0:
                        p = np.int64(keys[k] & np.uint64(larger - 1))
                        while new_held[p] != 0:
                            p = (p + 1) & (larger - 1)
                        new_keys[p], new_held[p] = keys[k], held[k]
                keys, held, size = new_keys, new_held, larger
                place = np.int64(h & np.uint64(size - 1))
                while held[place] != 0:
                    place = (place + 1) & (size - 1)
            if n == len(firsts):
                more = np.empty(2 * n, np.int64)
                more[:n] = firsts
                firsts = more
            firsts[n] = i
            n += 1
            keys[place], held[place] = h, n
        codes[i] = held[place] - 1
    return codes, firsts[:n].copy()


@njit(cache=True, nogil=True)
def renumber(codes: np.ndarray, n: int) -> np.ndarray:
    """Codes in the order of their first appearance."""
    new = np.full(n, -1, np.int32)
    out = np.empty(len(codes), np.int32)
    held = 0
    for i in range(len(codes)):
        if new[codes[i]] < 0:
            new[codes[i]] = held
            held += 1
        out[i] = new[codes[i]]
    return out


@njit(cache=True, nogil=True)
def ranges(obj: np.ndarray, at: np.ndarray, start: int, stop: int, window: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row from start to stop: the first and one past the last row on its object at most one window away."""
    n = stop - start
    low, high = np.empty(n, np.int32), np.empty(n, np.int32)
    i = start
    while i < stop:
        end = i
        while end < stop and obj[end] == obj[i]:
            end += 1
        left = right = i
        for k in range(i, end):
            while at[k] - at[left] > window:
                left += 1
            while right < end and at[right] - at[k] <= window:
                right += 1
            low[k - start], high[k - start] = left, right
        i = end
    return low, high


@njit(cache=True, nogil=True)
def by_account(account: np.ndarray, start: int, stop: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """(pointer, rows): the rows of account a are ``rows[pointer[a]:pointer[a + 1]]``, in the order of the rows."""
    pointer = np.zeros(n + 2, np.int64)
    for i in range(start, stop):
        pointer[account[i] + 2] += 1
    for a in range(n):
        pointer[a + 2] += pointer[a + 1]
    rows = np.empty(stop - start, np.int32)
    for i in range(start, stop):
        a = account[i] + 1
        rows[pointer[a]] = i
        pointer[a] += 1
    return pointer[: n + 1], rows


@njit(cache=True, nogil=True)
def work(low: np.ndarray, high: np.ndarray, pointer: np.ndarray, rows: np.ndarray, start: int) -> np.ndarray:
    """Rows looked at for each account: what its sweep costs."""
    out = np.zeros(len(pointer) - 1, np.int64)
    for a in range(len(out)):
        for k in range(pointer[a], pointer[a + 1]):
            i = rows[k] - start
            out[a] += high[i] - low[i]
    return out


@njit(cache=True, nogil=True)
def several(content: np.ndarray, start: int, stop: int, n: int) -> np.ndarray:
    """Whether a row's content has more than one row between start and stop."""
    count = np.zeros(n, np.uint8)
    for i in range(start, stop):
        if count[content[i]] < 2:
            count[content[i]] += 1
    out = np.empty(stop - start, np.bool_)
    for i in range(start, stop):
        out[i - start] = count[content[i]] > 1
    return out


@njit(cache=True, nogil=True)
def sweep(
    first: int,
    last: int,
    pointer: np.ndarray,
    rows: np.ndarray,
    start: int,
    low: np.ndarray,
    high: np.ndarray,
    account: np.ndarray,
    content: np.ndarray,
    identity: np.ndarray,
    shared_identity: bool,
    obj: np.ndarray,
    at: np.ndarray,
    multi: np.ndarray,
    any_multi: bool,
    min_shared: int,
    state: np.ndarray,
    stamp: np.ndarray,
    exposed: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int]:
    """The edges whose smaller account is in first..last (exclusive), and what each of these accounts is exposed to.

    `state`, of shape (accounts, 2), must be (0, -1) everywhere and is left so; `stamp` (contents) holds no value between
    first + 1 and last, nor its negative. `exposed` gets the distinct contents of others that match.

    Returns
    -------
    side_a, side_b : array of int32
        Account codes.
    numbers : array of int64, shape (edges, 9)
        n_objects, n_pairs, n_content_a, n_content_b, first, last, sum of lags, a first, b first.
    found, matched : int
        Pairs of accounts, and pairs of actions, before `min_shared`.
    """
    capacity = 1024
    side_a, side_b = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    numbers = np.empty((capacity, 9), np.int64)
    n_out = found = matched = 0
    touched = np.empty(1024, np.int32)
    for a in range(first, last):
        mark = a + 1
        n_touched = 0
        for k in range(pointer[a], pointer[a + 1]):
            i = rows[k]
            o = obj[i]
            for j in range(low[i - start], high[i - start]):
                b = account[j]
                if b == a or (shared_identity and identity[i] == identity[j]):
                    continue
                c = content[j]
                if stamp[c] != mark:
                    stamp[c] = mark
                    exposed[a] += 1
                if b > a:
                    matched += 1
                    if state[b, 1] != o:
                        state[b, 1] = o
                        if state[b, 0] == 0:
                            if n_touched == len(touched):
                                larger = np.empty(2 * n_touched, np.int32)
                                larger[:n_touched] = touched
                                touched = larger
                            touched[n_touched] = b
                            n_touched += 1
                        state[b, 0] += 1
        found += n_touched
        n_kept = 0
        for t in range(n_touched):
            b = touched[t]
            if state[b, 0] >= min_shared:
                touched[n_kept] = b  # never ahead of t
                n_kept += 1
            else:
                state[b, 0], state[b, 1] = 0, -1
        if n_kept == 0:
            continue
        kept = np.sort(touched[:n_kept])
        if n_out + n_kept > capacity:
            capacity = max(2 * capacity, n_out + n_kept)
            new_a, new_b = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
            new_numbers = np.empty((capacity, 9), np.int64)
            new_a[:n_out], new_b[:n_out], new_numbers[:n_out] = side_a[:n_out], side_b[:n_out], numbers[:n_out]
            side_a, side_b, numbers = new_a, new_b, new_numbers
        for t in range(n_kept):
            b, s = kept[t], n_out + t
            side_a[s], side_b[s] = a, b
            numbers[s, :] = 0
            numbers[s, 0] = state[b, 0]
            numbers[s, 4] = np.iinfo(np.int64).max
            numbers[s, 5] = np.iinfo(np.int64).min
            # From here on: where the edge is written, and the last row, or content, of a that met b.
            state[b, 0], state[b, 1] = -s - 1, -1
        for k in range(pointer[a], pointer[a + 1]):
            i = rows[k]
            for j in range(low[i - start], high[i - start]):
                b = account[j]
                s = -state[b, 0] - 1
                if s < 0 or (shared_identity and identity[i] == identity[j]):
                    continue
                lag = at[j] - at[i]
                numbers[s, 1] += 1
                numbers[s, 4] = min(numbers[s, 4], at[i], at[j])
                numbers[s, 5] = max(numbers[s, 5], at[i], at[j])
                if lag > 0:
                    numbers[s, 6] += lag
                    numbers[s, 7] += 1
                elif lag < 0:
                    numbers[s, 6] -= lag
                    numbers[s, 8] += 1
                if not multi[i - start] and state[b, 1] != i:
                    state[b, 1] = i
                    numbers[s, 2] += 1
                c = content[j]
                if stamp[c] != -mark:
                    stamp[c] = -mark
                    numbers[s, 3] += 1
        if any_multi:
            # Contents of a with several rows: met once each, in the order of the contents.
            n_multi = 0
            for k in range(pointer[a], pointer[a + 1]):
                n_multi += multi[rows[k] - start]
            if n_multi > 0:
                those, whose = np.empty(n_multi, np.int32), np.empty(n_multi, np.int32)
                m = 0
                for k in range(pointer[a], pointer[a + 1]):
                    if multi[rows[k] - start]:
                        those[m], whose[m] = rows[k], content[rows[k]]
                        m += 1
                for t in range(n_kept):
                    state[kept[t], 1] = -1
                for m in np.argsort(whose):
                    i = those[m]
                    for j in range(low[i - start], high[i - start]):
                        b = account[j]
                        s = -state[b, 0] - 1
                        if s < 0 or (shared_identity and identity[i] == identity[j]):
                            continue
                        if state[b, 1] != whose[m]:
                            state[b, 1] = whose[m]
                            numbers[s, 2] += 1
        for t in range(n_kept):
            state[kept[t], 0], state[kept[t], 1] = 0, -1
        n_out += n_kept
    return side_a[:n_out], side_b[:n_out], numbers[:n_out], found, matched


@njit(cache=True, nogil=True)
def reach(
    members: np.ndarray,
    pointer: np.ndarray,
    rows: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    account: np.ndarray,
    content: np.ndarray,
    identity: np.ndarray,
    shared_identity: bool,
    n_contents: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Contents of each account that match one of `members`, and members each account meets."""
    n = len(pointer) - 1
    acts, partners = np.zeros(n, np.int64), np.zeros(n, np.int64)
    met, seen = np.zeros(n_contents, np.bool_), np.full(n, -1, np.int32)
    for m in members:
        for k in range(pointer[m], pointer[m + 1]):
            i = rows[k]
            for j in range(low[i], high[i]):
                b = account[j]
                if b == m or (shared_identity and identity[i] == identity[j]):
                    continue
                if seen[b] != m:
                    seen[b] = m
                    partners[b] += 1
                if not met[content[j]]:
                    met[content[j]] = True
                    acts[b] += 1
    return acts, partners
