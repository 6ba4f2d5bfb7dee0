"""The embedded engine: one pass over each account's rows and their neighbours in time, on sorted whole numbers.

Pairs of actions are counted and never kept, so memory follows the edges that come out, and time the pairs that must
be looked at. An account's neighbours are counted first; only those with enough shared objects are measured.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
import pyarrow as pa

from .. import progress
from .acts import Acts
from .finish import Links, finish

# Accounts are cut into pieces of about equal work: between two of them progress is reported and Ctrl-C is heard.
CHUNKS, LEAST_WORK = 200, 500_000


def threads() -> int:
    """How many threads sweep: INVESTIGATE_THREADS, or the processors this process may use, eight at most."""
    given = os.environ.get("INVESTIGATE_THREADS", "")
    return (
        int(given)
        if given.isdigit() and int(given) > 0
        else min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)
    )


@dataclass(frozen=True)
class Neighbours:
    """Which rows stand within the window of each row of a layer, as ranges; and each account's rows that meet another."""

    start: int
    low: np.ndarray
    high: np.ndarray
    pointer: np.ndarray
    rows: np.ndarray

    @property
    def pairs(self) -> int:
        """Pairs of rows within the window, a row with itself left out: what has to be looked at."""
        return int(((self.high - self.low).sum(dtype=np.int64) - len(self.low)) // 2)


def neighbours(acts: Acts, start: int, stop: int, window_s: float) -> Neighbours:
    """The ranges for the rows from start to stop."""
    from . import _kernel as kernel

    low, high = kernel.ranges(acts.obj, acts.at, start, stop, round(window_s * 1_000_000))
    pointer, rows = kernel.by_account(acts.account, low, high, start, len(acts.accounts))
    return Neighbours(start, low, high, pointer, rows)


def co_action(acts: Acts, relation: str, window_s: float, min_shared: int = 1) -> Links:
    """The edges of one relation; see `investigate.engines.co_action`."""
    layer = acts.layer(relation)
    near = neighbours(acts, layer.start, layer.stop, window_s)
    sides, numbers, exposed, found, matched = _swept(acts, near, min_shared, f"relating by {relation}")
    names = acts.accounts
    table = pa.table(
        {
            "account_a": names.take(pa.array(sides[0])),
            "account_b": names.take(pa.array(sides[1])),
            **{
                name: numbers[:, i]
                for i, name in enumerate(
                    (
                        "n_objects",
                        "n_pairs",
                        "n_content_a",
                        "n_content_b",
                        "first_us",
                        "last_us",
                        "lag_sum_us",
                        "n_a_first",
                        "n_b_first",
                    )
                )
            },
        }
    )
    touched = np.flatnonzero(exposed)
    exposure = pa.table({"account_id": names.take(pa.array(touched)), "exposed": exposed[touched]})
    return Links(
        finish(table, relation, in_order=True),  # accounts are numbered, and swept, in that order
        exposure.to_pandas().assign(relation=relation)[["relation", "account_id", "exposed"]],
        found,
        matched,
    )


def _swept(acts: Acts, near: Neighbours, min_shared: int, what: str) -> tuple[Any, np.ndarray, np.ndarray, int, int]:
    from . import _kernel as kernel

    n = len(acts.accounts)
    stop = near.start + len(near.low)
    cost = kernel.work(near.low, near.high, near.pointer, near.rows, near.start)
    bounds = _bounds(cost)
    several = kernel.several(acts.content, near.start, stop, acts.n_contents)
    shared_identity = acts.identity is not acts.content
    exposed = np.zeros(n, np.int64)  # every account is written by the one thread that sweeps it
    idle: SimpleQueue[tuple[np.ndarray, ...]] = SimpleQueue()
    workers = min(threads(), max(len(bounds) - 1, 1))
    for _ in range(workers):
        state = np.zeros((n, 2), np.int32)
        state[:, 1] = -1
        idle.put((state, np.zeros(acts.n_contents, np.int32)))

    def chunk(first: int, last: int) -> Any:
        state, stamp = held = idle.get()
        try:
            return kernel.sweep(
                first, last, near.pointer, near.rows, near.start, near.low, near.high, acts.account, acts.content,
                acts.identity, shared_identity, acts.obj, acts.at, several, bool(several.any()), min_shared, state, stamp, exposed,
            )  # fmt: skip
        finally:
            idle.put(held)

    total = float(max(cost.sum(), 1))
    parts, done = [], 0.0
    pieces = list(itertools.pairwise(bounds))
    for (first, last), part in zip(pieces, _in_threads(chunk, pieces, workers), strict=True):
        parts.append(part)
        done += float(cost[first:last].sum())
        progress.report(done, total, "comparisons", what)
    sides = tuple(np.concatenate([np.zeros(0, np.int32), *(p[i] for p in parts)]) for i in (0, 1))
    numbers = np.concatenate([np.zeros((0, 9), np.int64), *(p[2] for p in parts)])
    return sides, numbers, exposed, sum(p[3] for p in parts), sum(p[4] for p in parts)


def _bounds(cost: np.ndarray) -> list[int]:
    """Where to cut the accounts so that each piece costs about the same."""
    if not len(cost):
        return [0]
    so_far = np.cumsum(cost)
    pieces = int(min(CHUNKS, so_far[-1] // LEAST_WORK + 1))
    cuts = np.searchsorted(so_far, np.linspace(0, so_far[-1], pieces + 1)[1:-1]) + 1
    return sorted({0, *(int(c) for c in cuts if c < len(cost)), len(cost)})


def _in_threads(function: Any, arguments: list[tuple[int, int]], workers: int) -> Iterator[Any]:
    """The results in order. What has not begun is given up when the caller is interrupted."""
    if workers == 1:
        for pair in arguments:
            yield function(*pair)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(function, *pair) for pair in arguments]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


class Reach:
    """Who acts with a given set of accounts, over all relations at once; nothing is computed until asked.

    Parameters
    ----------
    acts : Acts
    window_s : float
    """

    def __init__(self, acts: Acts, window_s: float) -> None:
        self.acts, self.near = acts, neighbours(acts, 0, len(acts), window_s)

    def __call__(self, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Contents of each account that match one of the members, and members each account meets.

        Parameters
        ----------
        members : array of int
            Account codes.
        """
        from . import _kernel as kernel

        a, near = self.acts, self.near
        return kernel.reach(
            members.astype(np.int32), near.pointer, near.rows, near.low, near.high, a.account, a.content, a.identity,
            a.identity is not a.content, a.n_contents,
        )  # fmt: skip
