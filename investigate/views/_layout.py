"""Where the nodes of a picture go: seeded, the same every time, groups apart from each other, nothing on one heap.

Two levels. Each group, and each connected part of the nodes without a group, is a block and gets a disc whose area
grows with its size. Discs that share edges are drawn together without overlapping; parts that share none are packed
side by side. A plain force layout of everything would push unlinked groups far apart and crush dense ones to a dot.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from ..errors import InputError
from ._layout_forces import EXACT, Floats, Ints, Mask, forces, matrix, scaled, smooth_start, spread, squares
from ._layout_large import drawn_in, even_out, rings, sampled, smooth_projection
from ._layout_pack import arrange, beside, facing, wide
from ._layout_warm import aligned, gap_of, place_around, settle, start_of

_LARGE = 700  # linked nodes of a block from which communities inside it are separated

__all__ = ["layout", "place_around"]


def layout(
    n: int,
    edges: Ints,
    *,
    groups: Ints | None = None,
    weights: Floats | None = None,
    seed: int = 0,
    start: Floats | None = None,
    fixed: Mask | None = None,
) -> Floats:
    """Positions of `n` nodes, shape (n, 2), finite, y up; inside [-1, 1] unless nodes are fixed.

    Parameters
    ----------
    edges : array of shape (m, 2)
        Node numbers; their order does not matter.
    groups : array of shape (n,), optional
        Group number per node, -1 for none.
    weights : array of shape (m,), optional
        Edge weights >= 0; only their order of magnitude matters.
    seed : int
        The same input and seed give the same positions on one machine; other machines may differ in the last digits.
    start : array of shape (n, 2), optional
        Positions to begin from, NaN for nodes that have none. Without `fixed` the whole picture is made anew, in the same
        arrangement as far as the edges allow.
    fixed : boolean array of shape (n,), optional
        Nodes that stay exactly at `start`. The others settle around their neighbours, in the frame of the fixed ones; where
        that is full they stand outside it.
    """
    edges, strength = _tidy(edges, weights)
    groups = np.full(n, -1) if groups is None else np.asarray(groups, dtype=np.int64)
    if start is None:
        if fixed is not None and np.any(fixed):
            raise InputError("fixed nodes have no positions", "layout", "give start as well")
        return _cold(n, edges, strength, groups, seed)
    start = np.array(start, dtype=float).reshape(n, 2)
    known: Mask = np.asarray(np.isfinite(start).all(axis=1))
    held: Mask = np.zeros(n, dtype=np.bool_) if fixed is None else np.asarray(fixed, dtype=np.bool_)
    if (held & ~known).any():
        raise InputError(f"{int((held & ~known).sum())} fixed nodes have no position", "start of the layout")
    if not held.any():
        return _cold(n, edges, strength, groups, seed, start if known.any() else None)
    return _grown(n, edges, strength, groups, seed, start, known, held)


def _tidy(edges: Ints, weights: Floats | None) -> tuple[Ints, Floats]:
    """Edges without loops in an order of their own, and the strength of each: sums of floats depend on the order."""
    edges = np.sort(np.asarray(edges, dtype=np.int64).reshape(-1, 2), axis=1)
    strength = np.ones(len(edges)) if weights is None else np.log1p(np.maximum(np.asarray(weights, float), 0)) + 0.1
    order = np.lexsort((strength, edges[:, 1], edges[:, 0]))
    order = order[edges[order, 0] != edges[order, 1]]
    return edges[order], strength[order]


def _grown(
    n: int, edges: Ints, strength: Floats, groups: Ints, seed: int, start: Floats, known: Mask, held: Mask
) -> Floats:
    """Positions where `held` nodes do not move."""
    gap = gap_of(start[known], n)
    if known.sum() < n / 2:
        p = aligned(_cold(n, edges, strength, groups, seed), start, known)
        p[known] = start[known]
    else:
        p, lost = start_of(n, edges, groups, start)
        if lost.any():
            p[lost] = _below(p[~lost], lost, edges, strength, groups, seed, gap)
    p = settle(p, edges, strength, ~held, gap)
    p[held] = start[held]
    return p


def _below(placed: Floats, lost: Mask, edges: Ints, strength: Floats, groups: Ints, seed: int, gap: float) -> Floats:
    """A picture of their own, under the others, for nodes without any path to a placed one."""
    number = np.cumsum(lost) - 1
    own = lost[edges].all(axis=1)
    p = _cold(int(lost.sum()), number[edges[own]], strength[own], groups[lost], seed)
    if len(p) > 1:
        p *= 1.3 * gap / max(gap_of(p, len(p)), 1e-6)
    low, high = placed.min(axis=0), placed.max(axis=0)
    top = np.array([(low[0] + high[0]) / 2, low[1] - 3 * gap])
    out: Floats = p - np.array([(p[:, 0].max() + p[:, 0].min()) / 2, p[:, 1].max()]) + top
    return out


def _cold(n: int, edges: Ints, strength: Floats, groups: Ints, seed: int, start: Floats | None = None) -> Floats:
    """The whole picture: blocks laid out one by one, then arranged; from the arrangement of `start` where there is one."""
    if n == 0:
        return np.zeros((0, 2))
    rng = np.random.default_rng(seed)
    began = np.full((n, 2), np.nan) if start is None else start_of(n, edges, groups, start)[0]
    block = _blocks(n, edges, groups)
    k = int(block.max()) + 1
    position, radius, middle = np.zeros((n, 2)), np.zeros(k), np.zeros((k, 2))
    inside = block[edges[:, 0]] == block[edges[:, 1]]
    order = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[order], np.arange(k + 1))
    edge_block = np.where(inside, block[edges[:, 0]], -1)
    edge_order = np.argsort(edge_block, kind="stable")
    edge_starts = np.searchsorted(edge_block[edge_order], np.arange(k + 1))
    local = np.zeros(n, dtype=np.int64)
    for b in range(k):
        members = order[starts[b] : starts[b + 1]]
        local[members] = np.arange(len(members))
        own = edge_order[edge_starts[b] : edge_starts[b + 1]]
        position[members], radius[b] = _disc(len(members), local[edges[own]], strength[own], rng, began[members])
        middle[b] = began[members].mean(axis=0)
    out = edges[~inside]
    centre, part = arrange(radius, block[out], rng, middle)
    if start is None:
        position = facing(position, block, centre, out)
    return _normalise(beside(position + centre[block], part[block]))


def _blocks(n: int, edges: Ints, groups: Ints) -> Ints:
    """Block number per node: its group, or its connected part among the nodes without a group."""
    free = groups < 0
    both = edges[free[edges].all(axis=1)]
    _, part = connected_components(matrix(n, both), directed=False)
    key = np.where(free, part + int(groups.max(initial=-1)) + 1, groups)
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _disc(n: int, edges: Ints, strength: Floats, rng: np.random.Generator, start: Floats) -> tuple[Floats, float]:
    """Positions of one block around its centre and the block's radius; neighbours are about 1 apart."""
    if n == 1:
        return np.zeros((1, 2)), 0.6
    if n <= 3:
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False) + (0 if n == 2 else np.pi / 2)
        return np.column_stack([np.cos(angle), np.sin(angle)]) * 0.6, 1.1
    p = np.zeros((n, 2))
    linked = np.zeros(n, dtype=bool)
    linked[edges] = True
    if linked.sum() > 3:
        number = np.cumsum(linked) - 1
        p[linked] = _linked(int(linked.sum()), number[edges], strength, rng, start[linked])
    # members without a link inside stand around the others: pushed about by forces they would end in arcs
    p[~linked] = rings(int((~linked).sum()), float(np.sqrt(squares(p).max())) + 0.9)
    p = spread(p, np.full(n, 0.42), rounds=40)
    p -= (p.max(axis=0) + p.min(axis=0)) / 2
    return p, float(np.sqrt(squares(p)).max()) + 0.6


def _linked(n: int, edges: Ints, strength: Floats, rng: np.random.Generator, start: Floats) -> Floats:
    """Positions of the linked nodes of a block."""
    warm = bool(np.isfinite(start).all()) and bool(start.std(axis=0).min() > 0)
    if n <= _LARGE:
        p = scaled(start) if warm else smooth_start(n, edges, rng)
        p = forces(p, edges, strength, rng, rounds=120 if n <= EXACT else 200, heat=0.04 if warm else 0.12)
        p = drawn_in(p, 0.7, 0.62 * np.sqrt(n))
    else:
        p = scaled(start) / np.sqrt(n) * 20 if warm else smooth_projection(n, edges, rng)
        p = sampled(edges, strength, p, rng, rounds=60 if warm else 150, rate=0.15 if warm else 0.5)
        p = even_out(drawn_in(p, 0.7, 0.62 * np.sqrt(n)))
        p = drawn_in(p, 0.97, 0.8 * np.sqrt(n))
    return p if warm else wide(p)


def _normalise(p: Floats) -> Floats:
    low, high = p.min(axis=0), p.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return (p - (low + high) / 2) / half
