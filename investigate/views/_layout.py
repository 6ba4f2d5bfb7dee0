"""Where the nodes of a picture go: seeded, the same every time, groups apart from each other, nothing on one heap.

Two levels. Each group, and each connected part of the nodes without a group, is a block and gets a disc whose area
grows with its size. Discs that share edges are drawn together without overlapping; parts that share none are packed
side by side. A plain force layout of everything would push unlinked groups far apart and crush dense ones to a dot.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EXACT = 260  # up to this many points every pair repels; above, a random sample does (linear time)
_ASPECT = 1.55  # width to height of the whole picture


def layout(n: int, edges: Ints, *, groups: Ints | None = None, weights: Floats | None = None, seed: int = 0) -> Floats:
    """Positions of `n` nodes, shape (n, 2), finite, inside [-1, 1], y up.

    Parameters
    ----------
    edges : array of shape (m, 2)
        Node numbers.
    groups : array of shape (n,), optional
        Group number per node, -1 for none.
    weights : array of shape (m,), optional
        Edge weights >= 0; only their order of magnitude matters.
    seed : int
        The same input and seed give the same positions on one machine; other machines may differ in the last digits.
    """
    if n == 0:
        return np.zeros((0, 2))
    rng = np.random.default_rng(seed)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    strength = np.ones(len(edges)) if weights is None else np.log1p(np.maximum(np.asarray(weights, float), 0)) + 0.1
    keep = edges[:, 0] != edges[:, 1]
    edges, strength = edges[keep], strength[keep]
    block = _blocks(n, edges, np.full(n, -1) if groups is None else np.asarray(groups, dtype=np.int64))
    k = int(block.max()) + 1
    position, radius = np.zeros((n, 2)), np.zeros(k)
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
        position[members], radius[b] = _disc(len(members), local[edges[own]], strength[own], rng)
    centre = _arrange(radius, block[edges[~inside]], rng)
    position += centre[block]
    return _normalise(position)


def _squares(d: Floats) -> Floats:
    """Squared lengths; several times faster than a sum over an axis of two."""
    out: Floats = d[..., 0] * d[..., 0] + d[..., 1] * d[..., 1]
    return out


def _blocks(n: int, edges: Ints, groups: Ints) -> Ints:
    """Block number per node: its group, or its connected part among the nodes without a group."""
    free = groups < 0
    both = edges[free[edges].all(axis=1)]
    _, part = connected_components(_matrix(n, both), directed=False)
    key = np.where(free, part + int(groups.max(initial=-1)) + 1, groups)
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _matrix(n: int, edges: Ints) -> sparse.csr_matrix:
    return sparse.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n)).tocsr()


def _disc(n: int, edges: Ints, strength: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Positions of one block around its centre and the block's radius; neighbours are about 1 apart."""
    if n == 1:
        return np.zeros((1, 2)), 0.6
    if n <= 3:
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False) + (0 if n == 2 else np.pi / 2)
        return np.column_stack([np.cos(angle), np.sin(angle)]) * 0.6, 1.1
    p = _start(n, edges, rng)
    p = _forces(p, edges, strength, rng, rounds=120 if n <= _EXACT else 200)
    p -= np.median(p, axis=0)
    # a quantile, not the mean square: a dozen loose members must not shrink the hundred linked ones to a dot
    spread = float(np.quantile(np.sqrt(_squares(p)), 0.7)) or 1.0
    p *= 0.62 * np.sqrt(n) / spread
    # far-flung points would set the scale for everything: pull them in, keeping their direction
    far = np.sqrt(_squares(p))
    limit = 0.9 * np.sqrt(n)
    pull = np.where(far > limit, (limit + 0.5 * np.sqrt(np.maximum(far - limit, 0))) / np.maximum(far, 1e-9), 1.0)
    p = _spread(p * pull[:, None], np.full(n, 0.42), rounds=40)
    p -= (p.max(axis=0) + p.min(axis=0)) / 2
    return p, float(np.sqrt(_squares(p)).max()) + 0.6


def _start(n: int, edges: Ints, rng: np.random.Generator) -> Floats:
    """A smooth start: random vectors averaged over neighbours, so that linked nodes begin near each other."""
    p = rng.normal(size=(n, 6))
    if len(edges):
        adjacency = _matrix(n, edges)
        adjacency = adjacency + adjacency.T
        degree = np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)
        for _ in range(30):
            p = 0.5 * p + 0.5 * (adjacency @ p) / degree[:, None]
            p -= p.mean(axis=0)
            p, _ = np.linalg.qr(p) if n >= 6 else (p, None)
    p = p[:, :2] + rng.normal(size=(n, 2)) * p[:, :2].std() * 0.05
    spread = p.std(axis=0)
    return p / np.where(spread > 0, spread, 1.0) * np.sqrt(n) * 0.5


def _forces(p: Floats, edges: Ints, strength: Floats, rng: np.random.Generator, rounds: int) -> Floats:
    """Springs along edges, repulsion between points, a weak pull to the centre; steps shrink to nothing."""
    n = len(p)
    a, b = (edges[:, 0], edges[:, 1]) if len(edges) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    degree = np.maximum(np.bincount(edges.ravel(), minlength=n), 1).astype(float)
    # hubs are held by many springs: each of theirs is weaker, or they drag everything onto themselves
    pull = strength / np.sqrt(degree[a] * degree[b]) if len(edges) else np.zeros(0)
    pull = np.clip(pull / pull.mean(), 0.1, 4.0) if len(pull) else pull
    size = np.sqrt(n)
    for step in range(rounds):
        heat = size * 0.12 * (1 - step / rounds) + 0.01
        d = p[a] - p[b]
        length = np.sqrt(_squares(d)) + 1e-9
        spring = (pull * np.maximum(length - 0.6, 0) * np.minimum(1.0, 3.0 / np.sqrt(degree[a] + degree[b])))[
            :, None
        ] * d
        spring /= length[:, None]
        force = np.empty_like(p)
        for axis in (0, 1):
            force[:, axis] = np.bincount(b, spring[:, axis], n) - np.bincount(a, spring[:, axis], n)
        force += _repulsion(p, rng) - 0.04 * p
        norm = np.sqrt(_squares(force)) + 1e-9
        p = p + force * (np.minimum(norm, heat) / norm)[:, None]
    return p


def _repulsion(p: Floats, rng: np.random.Generator) -> Floats:
    n = len(p)
    if n <= _EXACT:
        d = p[:, None, :] - p[None, :, :]
        out: Floats = (d / (_squares(d) + 0.05)[:, :, None]).sum(axis=1)
        return out
    force = np.zeros_like(p)
    draws = 6
    for _ in range(draws):
        other = rng.permutation(n)
        d = p - p[other]
        force += d / (_squares(d) + 0.3)[:, None]
    return force * min(n / draws, 60.0)


def _spread(p: Floats, radius: Floats, rounds: int) -> Floats:
    """Push overlapping discs apart; large ones are few and compared with all, small ones through a tree."""
    p = p.copy()
    small_limit = 2 * float(np.median(radius))
    small, large = np.flatnonzero(radius <= small_limit), np.flatnonzero(radius > small_limit)
    # points on the same spot have no direction to go: give them one, from their number (golden angle)
    angle = np.arange(len(p)) * 2.399963
    p += np.column_stack([np.cos(angle), np.sin(angle)]) * 1e-3
    for _ in range(rounds):
        pairs = [np.zeros((0, 2), dtype=np.int64)]
        if len(small) > 1:
            found = cKDTree(p[small]).query_pairs(2 * float(radius[small].max()), output_type="ndarray")
            pairs.append(small[np.sort(found, axis=1)])
        for i in large:
            near = np.flatnonzero(np.sqrt(_squares(p - p[i])) < radius + radius[i])
            near = near[(near > i) | (radius[near] <= small_limit)]
            pairs.append(np.column_stack([np.full(len(near), i), near]))
        both = np.concatenate(pairs)
        both = both[np.lexsort((both[:, 1], both[:, 0]))]
        d = p[both[:, 0]] - p[both[:, 1]]
        length = np.sqrt(_squares(d)) + 1e-9
        overlap = radius[both[:, 0]] + radius[both[:, 1]] - length
        hit = (overlap > 1e-3) & (both[:, 0] != both[:, 1])
        if not hit.any():
            break
        both, move = both[hit], d[hit] * (overlap[hit] / length[hit])[:, None]
        area = radius**2
        share = (area[both[:, 1]] / (area[both[:, 0]] + area[both[:, 1]]))[:, None]  # the smaller one gives way
        for axis in (0, 1):
            shift = np.bincount(both[:, 0], (move * share)[:, axis], len(p))
            shift -= np.bincount(both[:, 1], (move * (1 - share))[:, axis], len(p))
            p[:, axis] += 0.6 * shift
    return p


def _arrange(radius: Floats, edges: Ints, rng: np.random.Generator) -> Floats:
    """Centres of the blocks: linked ones drawn together without overlap, unlinked parts packed side by side."""
    k = len(radius)
    if k == 1:
        return np.zeros((1, 2))
    count, part = connected_components(_matrix(k, edges), directed=False)
    centre = np.zeros((k, 2))
    boxes = np.zeros((count, 2))
    order = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[order], np.arange(count + 1))
    edge_part = part[edges[:, 0]] if len(edges) else np.zeros(0, dtype=np.int64)
    local = np.zeros(k, dtype=np.int64)
    for c in range(count):
        members = order[starts[c] : starts[c + 1]]
        local[members] = np.arange(len(members))
        r = radius[members]
        if len(members) > 1:
            pairs, times = np.unique(np.sort(local[edges[edge_part == c]], axis=1), axis=0, return_counts=True)
            p = _start(len(members), pairs, rng)
            p = _forces(p, pairs, np.sqrt(times), rng, rounds=120)
            # as tight as discs of these areas can stand; pushing them apart then makes the room that is missing
            p *= 0.9 * np.sqrt((r**2).sum()) / (np.sqrt(_squares(p).mean()) or 1.0)
            p = _spread(p, r * 1.08 + 0.3, rounds=150)
            p = _wide(p)
        else:
            p = np.zeros((1, 2))
        low, high = (p - r[:, None]).min(axis=0), (p + r[:, None]).max(axis=0)
        centre[members] = p - low
        boxes[c] = high - low
    return centre + _pack(boxes)[part]


def _wide(p: Floats) -> Floats:
    """The same points turned so that they are wider than high, as pictures are."""
    centred = p - p.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1] * np.sign(axes[0, ::-1] + 1e-12)  # eigenvectors come with either sign: fix one
    out: Floats = centred @ axes
    return out


def _pack(boxes: Floats) -> Floats:
    """Lower left corners of boxes: of several strip widths the one whose picture can be drawn largest."""
    gap = 0.35 + 0.06 * float(np.median(boxes))
    sizes = boxes + gap
    ideal = float(np.sqrt(sizes.prod(axis=1).sum() * _ASPECT))
    best, best_scale = np.zeros_like(boxes), 0.0
    for factor in (1.0, 1.1, 1.25, 1.4, 1.6, 1.9, 2.3):
        corner = _strip(sizes, max(float(sizes[:, 0].max()), ideal * factor))
        width, height = (corner + boxes).max(axis=0)
        scale = min(_ASPECT / width, 1.0 / height)
        if scale > best_scale * 1.001:
            best, best_scale = corner, scale
    return best


def _strip(sizes: Floats, width: float) -> Floats:
    """Corners of boxes in a strip of one width: tallest first, each as low as it fits (skyline)."""
    corner = np.zeros_like(sizes)
    skyline: list[list[float]] = [[0.0, width, 0.0]]  # start, end, height
    for i in np.lexsort((np.arange(len(sizes)), -sizes[:, 0], -sizes[:, 1])):
        w, h = sizes[i]
        best = (np.inf, 0.0)
        for start, _, _ in skyline:
            if start + w > width + 1e-9:
                break
            top = max(s[2] for s in skyline if s[0] < start + w - 1e-9 and s[1] > start + 1e-9)
            best = min(best, (top, start))
        top, start = best
        corner[i] = (start, top)
        skyline = _raise(skyline, start, start + w, top + h)
    return corner


def _raise(skyline: list[list[float]], start: float, end: float, height: float) -> list[list[float]]:
    out: list[list[float]] = []
    for s, e, h in skyline:
        if s < start:
            out.append([s, min(e, start), h])
        if e > end:
            if not out or out[-1][1] < end:
                out.append([start, end, height])
            out.append([max(s, end), e, h])
    if not any(o[0] == start and o[2] == height for o in out):
        out.append([start, end, height])
    return sorted(o for o in out if o[1] - o[0] > 1e-9)


def _normalise(p: Floats) -> Floats:
    low, high = p.min(axis=0), p.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return (p - (low + high) / 2) / half
