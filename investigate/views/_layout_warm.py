"""A picture that grows: new nodes join, and those that stand stay where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ._layout_forces import Floats, Ints, Mask, matrix, spread, squares

_NEAR = 3.2  # points farther apart than this do not repel while settling, in units of the gap
_WIDEST, _CLOSEST = 0.08, 0.004  # the gap between nodes of a picture of width 2


def gap_of(placed: Floats, n: int) -> float:
    """The distance at which a picture of `n` nodes can set its new nodes from the `placed` ones."""
    if not len(placed):
        return _WIDEST
    width, height = np.maximum(np.ptp(placed, axis=0), 0.4)
    gap = 0.6 * float(np.sqrt(width * height / max(n, 1)))
    if len(placed) >= 8:
        near = float(np.median(cKDTree(placed).query(placed, 2)[0][:, 1]))
        gap = min(gap, near) if near > 0 else gap
    return float(np.clip(gap, _CLOSEST, _WIDEST))


def place_around(
    positions: Floats, anchors: Ints | Floats, n_new: int | None = None, seed: int = 0, *, gap: float | None = None
) -> Floats:
    """Places for new nodes, shape (n_new, 2): each as near to its anchor as there is room, none on a placed node.

    Parameters
    ----------
    positions : array of shape (n, 2)
        The placed nodes. Rows of NaN take no room.
    anchors : array
        Per new node the number of the placed node it belongs to, -1 for none (they go below the picture). Or, as an array
        of shape (n_new, 2), the point itself: for a node with several neighbours, their mean. One anchor alone serves
        all `n_new`.
    n_new : int, optional
        How many; the length of `anchors` when it is left out.
    seed : int
        Moves the places by a tenth of the gap, so that they do not look like a grid; nothing else depends on it.
    gap : float, optional
        Distance between new nodes and to the placed ones; from the picture when it is left out.

    Notes
    -----
    Where two new nodes want one place, the one nearer to it has it. The answer depends only on the arguments.
    """
    positions = np.asarray(positions, dtype=float).reshape(-1, 2)
    placed = positions[np.isfinite(positions).all(axis=1)]
    wanted = _points(positions, placed, np.asarray(anchors), n_new)
    n = len(wanted)
    if n == 0:
        return np.zeros((0, 2))
    gap = gap_of(placed, len(placed) + n) if gap is None else gap
    cells = _free_cells(placed, wanted, gap)
    tree, place = cKDTree(cells), np.full(n, -1, dtype=np.int64)
    taken = np.zeros(len(cells), dtype=bool)
    reach = 8
    while (waiting := np.flatnonzero(place < 0)).size:
        reach = min(reach * 2, len(cells))
        points, which = np.unique(wanted[waiting], axis=0, return_inverse=True)
        away, near = tree.query(points, np.arange(1, reach + 1))
        while waiting.size:
            # the k-th node that waits at a point asks for the point's k-th free cell
            free = ~taken[near]
            columns = np.argsort(~free, axis=1, kind="stable")
            turn = _turns(which)
            asks = np.flatnonzero(turn < free.sum(axis=1)[which])
            if not asks.size:
                break
            column = columns[which[asks], turn[asks]]
            cell, cost = near[which[asks], column], away[which[asks], column]
            best = np.lexsort((waiting[asks], cost, cell))
            won = best[np.r_[True, np.diff(cell[best]) > 0]]
            place[waiting[asks[won]]] = cell[won]
            taken[cell[won]] = True
            left = place[waiting] < 0
            waiting, which = waiting[left], which[left]
    jitter = np.random.default_rng(seed).uniform(-0.1, 0.1, (n, 2)) * gap
    out: Floats = cells[place] + jitter
    return out


def _turns(which: Ints) -> Ints:
    """For each entry how many before it are the same."""
    order = np.argsort(which, kind="stable")
    turn = np.empty(len(which), dtype=np.int64)
    turn[order] = np.arange(len(which)) - np.searchsorted(which[order], which[order])
    return turn


def _points(positions: Floats, placed: Floats, anchors: npt.NDArray[Any], n_new: int | None) -> Floats:
    """Where each new node wants to be."""
    anchors = np.atleast_1d(anchors)
    if anchors.ndim == 1:
        n = len(anchors) if n_new is None else n_new
        anchors = np.broadcast_to(anchors.astype(np.int64), (n,))
        points = np.full((n, 2), np.nan)
        points[anchors >= 0] = positions[anchors[anchors >= 0]]
    else:
        n = len(anchors) if n_new is None else n_new
        points = np.array(np.broadcast_to(anchors.astype(float), (n, 2)))
    none = ~np.isfinite(points).all(axis=1)
    if none.any():
        low, high = (placed.min(axis=0), placed.max(axis=0)) if len(placed) else (np.zeros(2), np.zeros(2))
        points[none] = ((low[0] + high[0]) / 2, low[1] - 0.1 * (high[0] - low[0]))
    return points


def _free_cells(placed: Floats, wanted: Floats, gap: float) -> Floats:
    """Points of a hexagonal grid around what is wanted that are a gap away from every placed node; enough for all."""
    margin = gap * (2 + 1.2 * np.sqrt(len(wanted)))
    cells = np.zeros((0, 2))
    while len(cells) < len(wanted):
        # room is looked for around the points themselves, or a far corner of the picture would be gridded for one node
        low, high = wanted.min(axis=0) - margin, wanted.max(axis=0) + margin
        rows = np.arange(np.floor(low[1] / (gap * 0.866)), np.ceil(high[1] / (gap * 0.866)) + 1)
        columns = np.arange(np.floor(low[0] / gap), np.ceil(high[0] / gap) + 1)
        y, x = np.meshgrid(rows, columns, indexing="ij")
        cells = np.column_stack([(x + 0.5 * (y % 2)).ravel() * gap, y.ravel() * gap * 0.866])
        # a point that is wanted often needs its own surroundings
        if len(placed):
            cells = cells[cKDTree(placed).query(cells)[0] >= gap]
        margin *= 2
    return cells


def start_of(n: int, edges: Ints, groups: Ints, start: Floats) -> tuple[Floats, Mask]:
    """`start` with each new node at the mean of its placed neighbours, or of its group; and which still have no place."""
    p = start.copy()
    known: Mask = np.asarray(np.isfinite(p).all(axis=1))
    both = matrix(n, edges)
    both = both + both.T
    while True:
        filled = np.where(known[:, None], p, 0.0)
        count = both @ known.astype(float)
        new = ~known & (count > 0)
        if not new.any():
            break
        p[new] = (both @ filled)[new] / count[new, None]
        known |= new
    for g in np.unique(groups[~known & (groups >= 0)]):
        own = groups == g
        if (own & known).any():
            p[own & ~known] = p[own & known].mean(axis=0)
            known |= own
    return p, ~known


def settle(p: Floats, edges: Ints, strength: Floats, free: Mask, gap: float, rounds: int = 60) -> Floats:
    """Move only the `free` nodes: drawn to their neighbours, pushed off whatever is near; no two on one spot."""
    n = len(p)
    q = p / gap
    edges_free = free[edges].any(axis=1)
    a, b = edges[edges_free].T
    pull = np.clip(strength[edges_free] / strength[edges_free].mean(), 0.3, 3.0) if len(a) else np.zeros(0)
    degree = np.maximum(np.bincount(np.concatenate([a, b]), minlength=n), 1).astype(float)
    pull = pull / np.sqrt(degree[a] * degree[b])
    # nodes on one spot have no direction to go: give them one, from their number (golden angle)
    number = np.cumsum(free)
    angle = number * 2.399963
    q[free] += (np.column_stack([np.cos(angle), np.sin(angle)]) * (0.3 + 0.15 * np.sqrt(number))[:, None])[free]
    near = np.zeros((0, 2), dtype=np.int64)
    for step in range(rounds):
        if step % 4 == 0:
            near = cKDTree(q).query_pairs(_NEAR, output_type="ndarray")
            near = near[free[near].any(axis=1)]
            near = near[np.lexsort((near[:, 1], near[:, 0]))]
        heat = 0.8 * (1 - step / rounds) + 0.02
        d = q[a] - q[b]
        length = np.sqrt(squares(d)) + 1e-9
        spring = (pull * np.minimum(length - 1.0, 6.0) / length)[:, None] * d
        d = q[near[:, 0]] - q[near[:, 1]]
        length = np.sqrt(squares(d)) + 1e-6
        push = (np.maximum(_NEAR - length, 0) / length * 0.35 / (length + 0.3))[:, None] * d
        force = np.empty_like(q)
        for axis in (0, 1):
            force[:, axis] = np.bincount(b, spring[:, axis], n) - np.bincount(a, spring[:, axis], n)
            force[:, axis] += np.bincount(near[:, 0], push[:, axis], n) - np.bincount(near[:, 1], push[:, axis], n)
        norm = np.sqrt(squares(force)) + 1e-9
        q[free] += (force * (np.minimum(norm, heat) / norm)[:, None])[free]
    q = spread(q, np.full(n, 0.45), rounds=60, free=free)
    out: Floats = q * gap
    return out


def aligned(p: Floats, target: Floats, by: Mask) -> Floats:
    """`p` turned, mirrored, scaled and moved as a whole so that its nodes `by` come closest to `target`."""
    middle, goal = p[by].mean(axis=0), target[by].mean(axis=0)
    a, b = p[by] - middle, target[by] - goal
    u, s, v = np.linalg.svd(a.T @ b)
    size = float((a * a).sum())
    # one or two places say nothing reliable about the scale
    scale = float(np.clip(s.sum() / size, 0.4, 2.5)) if by.sum() > 2 and size > 0 else 1.0
    out: Floats = (p - middle) @ (u @ v) * scale + goal
    return out
