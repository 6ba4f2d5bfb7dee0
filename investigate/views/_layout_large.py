"""Blocks of hundreds of nodes and more: time grows with the edges, and communities come out as discs with room inside.

Neighbours attract each other, and a few nodes drawn at random repel each node (as UMAP and LargeVis do). That separates
communities well and crushes each to a knot. So the crowd then diffuses until no place is overfull, as in a cartogram
(Gastner and Newman 2004, doi:10.1073/pnas.0400280101): knots grow, neighbours stay neighbours, gaps stay where there was room.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from ._layout_forces import Floats, Ints, matrix, squares

_DRAWS = 3  # nodes that repel each node in a round
_STEP = 4.0  # no force of a round is larger
_GRID = 96  # cells per side while diffusing
_FULL = 1.25  # nodes per unit of area that still leave room for spreading (discs of radius 0.42 fill it at 1.6)


def sampled(edges: Ints, strength: Floats, start: Floats, rng: np.random.Generator, rounds: int, rate: float) -> Floats:
    """Attraction along edges, repulsion from random nodes, steps shrinking from `rate` to nothing."""
    n = len(start)
    a, b = edges[:, 0], edges[:, 1]
    degree = np.maximum(np.bincount(edges.ravel(), minlength=n), 1).astype(float)
    # hubs are held by many edges: each of theirs is weaker, and they are pushed harder
    pull = strength / np.sqrt(degree[a] * degree[b])
    pull = np.clip(pull / pull.mean(), 0.05, 4.0) if len(pull) else pull
    root = np.sqrt(degree)
    x, y = start[:, 0].copy(), start[:, 1].copy()
    for step in range(rounds):
        dx, dy = x[a] - x[b], y[a] - y[b]
        g = 2 * pull / (1 + dx * dx + dy * dy)
        gx, gy = np.clip(g * dx, -_STEP, _STEP), np.clip(g * dy, -_STEP, _STEP)
        fx = (np.bincount(b, gx, n) - np.bincount(a, gx, n)) / root
        fy = (np.bincount(b, gy, n) - np.bincount(a, gy, n)) / root
        for _ in range(_DRAWS):
            other = rng.integers(0, n, n)
            dx, dy = x - x[other], y - y[other]
            r2 = dx * dx + dy * dy
            g = 2 / ((0.01 + r2) * (1 + r2))
            fx += np.clip(g * dx, -_STEP, _STEP) * root / 2
            fy += np.clip(g * dy, -_STEP, _STEP) * root / 2
        x += rate * (1 - step / rounds) * fx
        y += rate * (1 - step / rounds) * fy
    return np.column_stack([x, y])


def smooth_projection(n: int, edges: Ints, rng: np.random.Generator) -> Floats:
    """A start: a dozen random numbers per node averaged over neighbours, seen from one side."""
    p = rng.normal(size=(n, 12))
    if len(edges):
        adjacency = matrix(n, edges)
        adjacency = (adjacency + adjacency.T).tocsr()
        degree = np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)[:, None]
        for step in range(20):
            p = 0.5 * p + 0.5 * (adjacency @ p) / degree
            if step % 5 == 4:
                p, _ = np.linalg.qr(p - p.mean(axis=0))
    p = p @ rng.normal(size=(12, 2))
    return p / (p.std() or 1.0) * 10


def even_out(p: Floats) -> Floats:
    """The points moved apart where they are crowded, until hardly any place holds more than `_FULL` per unit of area."""
    for _ in range(3):  # a knot smaller than a cell is seen only after the first pass has widened it
        low, high = p.min(axis=0), p.max(axis=0)
        half = float((high - low).max()) / 2 * 1.25 or 1.0
        corner, cell = (low + high) / 2 - half, 2 * half / _GRID
        u = (p - corner) / cell - 0.5
        counts, _, _ = np.histogram2d(u[:, 0] + 0.5, u[:, 1] + 0.5, bins=_GRID, range=[[0, _GRID], [0, _GRID]])
        p = (_diffused(u, counts / cell**2) + 0.5) * cell + corner
    return p


def _diffused(u: Floats, density: Floats) -> Floats:
    """Points in cells of the grid, carried along while their density diffuses."""
    sea = 0.5 * _FULL  # empty places count as half full, or everything would run into them
    wave = fft.dctn(np.maximum(ndimage.gaussian_filter(density, 1.0), sea), norm="ortho")
    k = np.pi * np.arange(_GRID) / _GRID
    decay = k[:, None] ** 2 + k[None, :] ** 2
    time, step = 0.0, 0.3
    for _ in range(24):
        now = np.maximum(fft.idctn(wave * np.exp(-decay * time), norm="ortho"), 0.9 * sea)
        here = ndimage.map_coordinates(now, u.T, order=1, mode="nearest")
        if np.quantile(here, 0.98) <= _FULL:
            break
        slope = [ndimage.map_coordinates(g, u.T, order=1, mode="nearest") for g in np.gradient(now)]
        velocity = -np.column_stack(slope) / here[:, None]
        step_now = min(step, 0.9 / max(float(np.abs(velocity).max()), 1e-9))  # at most a cell at a time
        u = u + velocity * step_now
        time, step = time + step_now, step * 1.3
    return u


def drawn_in(p: Floats, share: float, size: float) -> Floats:
    """Scaled so that `share` of the points lie within `size` of the middle; the few far beyond come nearer, in order."""
    p = p - np.median(p, axis=0)
    far = np.sqrt(squares(p))
    scale = size / (float(np.quantile(far, share)) or 1.0)
    p, far = p * scale, far * scale
    limit = 1.2 * size
    near = np.where(
        far > limit, limit * (1 + 0.3 * np.log(np.maximum(far, limit) / limit)) / np.maximum(far, 1e-9), 1.0
    )
    out: Floats = p * near[:, None]
    return out


def rings(n: int, inner: float) -> Floats:
    """Places on circles around the middle, the first at `inner`, one apart."""
    out, left, radius = [np.zeros((0, 2))], n, max(inner, 0.9)
    while left > 0:
        here = min(left, max(int(2 * np.pi * radius), 1))
        angle = np.linspace(0, 2 * np.pi, here, endpoint=False) + radius
        out.append(np.column_stack([np.cos(angle), np.sin(angle)]) * radius)
        left, radius = left - here, radius + 0.95
    return np.concatenate(out)
