"""The compiled parts of the sweep. Imported where they run: loading the compiler takes most of a second.

Each function is compiled once and kept on disk by numba (in `__pycache__`, or where NUMBA_CACHE_DIR says).
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def by_key(key: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions sorted by `key` (codes below `n`), in their present order within a key, and how many each key has."""
    rows = len(key)
    start = np.zeros(n + 1, np.int64)
    for i in range(rows):
        start[key[i] + 1] += 1
    counts = start[1:].copy()
    for k in range(n):
        start[k + 1] += start[k]
    out = np.empty(rows, np.int32)
    for i in range(rows):
        k = key[i]
        out[start[k]] = i
        start[k] += 1
    return out, counts


@njit(cache=True, nogil=True)
def by_time(order: np.ndarray, at: np.ndarray, counts: np.ndarray) -> None:
    """Sort both by time within each key, in place; equal times stay in their order.

    Most tables come nearly in the order of time, so rows are moved to their place one by one; a key that takes more than
    a few moves per row is sorted as a whole.
    """
    start = 0
    for k in range(len(counts)):
        stop, moves = start + counts[k], 0
        for i in range(start + 1, stop):
            t, p, j = at[i], order[i], i
            while j > start and at[j - 1] > t:
                at[j], order[j] = at[j - 1], order[j - 1]
                j -= 1
            at[j], order[j] = t, p
            moves += i - j
            if moves > 16 * (stop - start):
                place = np.argsort(at[start:stop], kind="mergesort")
                at[start:stop] = at[start:stop][place]
                order[start:stop] = order[start:stop][place]
                break
        start = stop


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
def by_account(
    account: np.ndarray, low: np.ndarray, high: np.ndarray, start: int, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """(pointer, rows): the rows of account a are ``rows[pointer[a]:pointer[a + 1]]``, in the order of the rows.

    Rows with nothing but themselves in reach are left out: they match nothing.
    """
    pointer = np.zeros(n + 2, np.int64)
    held = 0
    for k in range(len(low)):
        if high[k] - low[k] > 1:
            pointer[account[start + k] + 2] += 1
            held += 1
    for a in range(n):
        pointer[a + 2] += pointer[a + 1]
    rows = np.empty(held, np.int32)
    for k in range(len(low)):
        if high[k] - low[k] > 1:
            a = account[start + k] + 1
            rows[pointer[a]] = start + k
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
    first + 1 and last, nor its negative. `exposed` gets the distinct contents of others that match. Where every content is
    one row, contents are counted as ranges of rows, without `stamp`.

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
    touched, near = np.empty(1024, np.int32), np.empty(1024, np.int32)
    alone = not any_multi and not shared_identity
    for a in range(first, last):
        mark = a + 1
        n_touched = 0
        if alone:  # the rows in reach are ranges in ascending order, and hold each of its own rows that are listed
            exposed[a] -= pointer[a + 1] - pointer[a]
        until = 0
        for k in range(pointer[a], pointer[a + 1]):
            i = rows[k]
            o = obj[i]
            if alone:
                exposed[a] += high[i - start] - max(low[i - start], until)
                until = high[i - start]
                # Accounts above a, collected without a branch: which side b falls on cannot be foreseen.
                width = high[i - start] - low[i - start]
                if width > len(near):
                    near = np.empty(2 * width, np.int32)
                n_near = 0
                for j in range(low[i - start], high[i - start]):
                    near[n_near] = account[j]
                    n_near += account[j] > a
                matched += n_near
                if n_touched + n_near > len(touched):
                    larger = np.empty(2 * (n_touched + n_near), np.int32)
                    larger[:n_touched] = touched[:n_touched]
                    touched = larger
                for m in range(n_near):
                    b = near[m]
                    if state[b, 1] != o:
                        state[b, 1] = o
                        touched[n_touched] = b
                        n_touched += state[b, 0] == 0
                        state[b, 0] += 1
                continue
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
        until = 0
        for k in range(pointer[a], pointer[a + 1]):
            i = rows[k]
            before, until = until, high[i - start]
            width = high[i - start] - low[i - start]
            if width > len(near):
                near = np.empty(2 * width, np.int32)
            n_near = 0
            for j in range(low[i - start], high[i - start]):  # of few accounts an edge is kept: again without a branch
                near[n_near] = j
                n_near += state[account[j], 0] < 0
            for m in range(n_near):
                j = near[m]
                b = account[j]
                if shared_identity and identity[i] == identity[j]:
                    continue
                s = -state[b, 0] - 1
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
                if alone:
                    numbers[s, 3] += j >= before
                else:
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
