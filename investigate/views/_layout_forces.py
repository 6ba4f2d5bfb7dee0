"""Springs along edges, repulsion between points, and pushing discs apart: the steps a layout is made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

EXACT = 260  # up to this many points every pair repels; above, a random sample does (linear time)


def squares(d: Floats) -> Floats:
    """Squared lengths; several times faster than a sum over an axis of two."""
    out: Floats = d[..., 0] * d[..., 0] + d[..., 1] * d[..., 1]
    return out


def matrix(n: int, edges: Ints) -> sparse.csr_matrix:
    return sparse.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n)).tocsr()


def smooth_start(n: int, edges: Ints, rng: np.random.Generator) -> Floats:
    """A smooth start: random vectors averaged over neighbours, so that linked nodes begin near each other."""
    p = rng.normal(size=(n, 6))
    if len(edges):
        adjacency = matrix(n, edges)
        adjacency = adjacency + adjacency.T
        degree = np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)
        for _ in range(30):
            p = 0.5 * p + 0.5 * (adjacency @ p) / degree[:, None]
            p -= p.mean(axis=0)
            p, _ = np.linalg.qr(p) if n >= 6 else (p, None)
    p = p[:, :2] + rng.normal(size=(n, 2)) * p[:, :2].std() * 0.05
    return scaled(p, each=True)


def scaled(p: Floats, each: bool = False) -> Floats:
    """The points around zero at the size that `forces` expects; `each` axis by itself, or both alike."""
    p = p - p.mean(axis=0)
    size = p.std(axis=0)
    size = np.where(size > 0, size, 1.0) if each else np.full(2, float(np.sqrt((size**2).mean())) or 1.0)
    out: Floats = p / size * np.sqrt(len(p)) * 0.5
    return out


def forces(
    p: Floats, edges: Ints, strength: Floats, rng: np.random.Generator, rounds: int, heat: float = 0.12
) -> Floats:
    """Springs along edges, repulsion between points, a weak pull to the centre; steps shrink to nothing."""
    n = len(p)
    a, b = (edges[:, 0], edges[:, 1]) if len(edges) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    degree = np.maximum(np.bincount(edges.ravel(), minlength=n), 1).astype(float)
    # hubs are held by many springs: each of theirs is weaker, or they drag everything onto themselves
    pull = strength / np.sqrt(degree[a] * degree[b]) if len(edges) else np.zeros(0)
    pull = np.clip(pull / pull.mean(), 0.1, 4.0) if len(pull) else pull
    size = np.sqrt(n)
    for step in range(rounds):
        most = size * heat * (1 - step / rounds) + 0.01
        d = p[a] - p[b]
        length = np.sqrt(squares(d)) + 1e-9
        spring = (pull * np.maximum(length - 0.6, 0) * np.minimum(1.0, 3.0 / np.sqrt(degree[a] + degree[b])))[
            :, None
        ] * d
        spring /= length[:, None]
        force = np.empty_like(p)
        for axis in (0, 1):
            force[:, axis] = np.bincount(b, spring[:, axis], n) - np.bincount(a, spring[:, axis], n)
        force += repulsion(p, rng) - 0.04 * p
        norm = np.sqrt(squares(force)) + 1e-9
        p = p + force * (np.minimum(norm, most) / norm)[:, None]
    return p


def repulsion(p: Floats, rng: np.random.Generator) -> Floats:
    n = len(p)
    if n <= EXACT:
        share = 1 / (cdist(p, p, "sqeuclidean") + 0.05)
        out: Floats = p * share.sum(axis=1)[:, None] - share @ p
        return out
    force = np.zeros_like(p)
    draws = 6
    for _ in range(draws):
        other = rng.permutation(n)
        d = p - p[other]
        force += d / (squares(d) + 0.3)[:, None]
    return force * min(n / draws, 60.0)


def spread(p: Floats, radius: Floats, rounds: int, free: Mask | None = None) -> Floats:
    """Push overlapping discs apart; large ones are few and compared with all, small ones through a tree.

    Only the `free` ones give way, where that is said.
    """
    p = p.copy()
    weight = radius**2 if free is None else np.where(free, radius**2, np.inf)
    small_limit = 2 * float(np.median(radius))
    small, large = np.flatnonzero(radius <= small_limit), np.flatnonzero(radius > small_limit)
    # points on the same spot have no direction to go: give them one, from their number (golden angle)
    angle = np.arange(len(p)) * 2.399963
    p += np.column_stack([np.cos(angle), np.sin(angle)]) * (
        1e-3 if free is None else np.where(free, 1e-3, 0.0)[:, None]
    )
    for _ in range(rounds):
        pairs = [np.zeros((0, 2), dtype=np.int64)]
        if len(small) > 1:
            found = cKDTree(p[small]).query_pairs(2 * float(radius[small].max()), output_type="ndarray")
            pairs.append(small[np.sort(found, axis=1)])
        for i in large:
            near = np.flatnonzero(np.sqrt(squares(p - p[i])) < radius + radius[i])
            near = near[(near > i) | (radius[near] <= small_limit)]
            pairs.append(np.column_stack([np.full(len(near), i), near]))
        both = np.concatenate(pairs)
        both = both[np.lexsort((both[:, 1], both[:, 0]))]
        d = p[both[:, 0]] - p[both[:, 1]]
        length = np.sqrt(squares(d)) + 1e-9
        overlap = radius[both[:, 0]] + radius[both[:, 1]] - length
        hit = (overlap > 1e-3) & (both[:, 0] != both[:, 1])
        if free is not None:
            hit &= free[both].any(axis=1)
        if not hit.any():
            break
        both, move = both[hit], d[hit] * (overlap[hit] / length[hit])[:, None]
        share = (1 / (1 + weight[both[:, 0]] / weight[both[:, 1]]))[:, None]  # the smaller one gives way
        for axis in (0, 1):
            shift = np.bincount(both[:, 0], (move * share)[:, axis], len(p))
            shift -= np.bincount(both[:, 1], (move * (1 - share))[:, axis], len(p))
            p[:, axis] += 0.6 * shift
    return p
