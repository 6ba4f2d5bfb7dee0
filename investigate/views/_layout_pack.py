"""Putting finished blocks of a picture together: linked ones side by side, parts without links packed into a frame."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from ._layout_forces import Floats, Ints, forces, matrix, scaled, smooth_start, spread, squares

_ASPECT = 1.55  # width to height of the whole picture
_ROOM = 0.75  # around the nodes of a part, in the distance of neighbours


def arrange(radius: Floats, edges: Ints, rng: np.random.Generator, start: Floats) -> tuple[Floats, Ints]:
    """Centres of the blocks, linked ones drawn together without overlap; and the part each block belongs to.

    Parts have no links between them; each has its own origin, see `beside`.
    """
    k = len(radius)
    count, part = connected_components(matrix(k, edges), directed=False)
    centre = np.zeros((k, 2))
    order = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[order], np.arange(count + 1))
    edge_part = part[edges[:, 0]] if len(edges) else np.zeros(0, dtype=np.int64)
    local = np.zeros(k, dtype=np.int64)
    for c in np.flatnonzero(np.diff(starts) > 1):
        members = order[starts[c] : starts[c + 1]]
        local[members] = np.arange(len(members))
        r = radius[members]
        pairs, times = np.unique(np.sort(local[edges[edge_part == c]], axis=1), axis=0, return_counts=True)
        warm = bool(np.isfinite(start[members]).all())
        p = scaled(start[members]) if warm else smooth_start(len(members), pairs, rng)
        p = forces(p, pairs, np.sqrt(times), rng, rounds=120, heat=0.03 if warm else 0.12)
        p = p if warm else _as_wide_as_a_picture(wide(p))
        # as tight as discs of these areas can stand; pushing them apart then makes the room that is missing
        p *= 0.9 * np.sqrt((r**2).sum()) / (np.sqrt(squares(p).mean()) or 1.0)
        centre[members] = spread(p, r * 1.08 + 0.3, rounds=150)
    return centre, part.astype(np.int64)


def facing(position: Floats, block: Ints, centre: Floats, edges: Ints) -> Floats:
    """Each block turned on the spot so that its nodes look towards the blocks they are linked with; `edges` lead out."""
    k = len(centre)
    here = np.concatenate([edges[:, 0], edges[:, 1]])
    there = centre[block[np.concatenate([edges[:, 1], edges[:, 0]])]] - centre[block[here]]
    p = position[here]
    dot = np.bincount(block[here], (p * there).sum(axis=1), k)
    cross = np.bincount(block[here], p[:, 0] * there[:, 1] - p[:, 1] * there[:, 0], k)
    angle = np.where((dot != 0) | (cross != 0), np.arctan2(cross, dot), 0.0)[block]
    x, y = position.T
    return np.column_stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)])


def beside(position: Floats, part: Ints) -> Floats:
    """Parts of a picture side by side; `part` per node."""
    order = np.argsort(part, kind="stable")
    firsts = np.flatnonzero(np.diff(part[order], prepend=-1))
    low = np.minimum.reduceat(position[order], firsts) - _ROOM
    high = np.maximum.reduceat(position[order], firsts) + _ROOM
    out: Floats = position + (pack(high - low) - low)[part]
    return out


def wide(p: Floats) -> Floats:
    """The same points turned so that they are wider than high, as pictures are."""
    centred = p - p.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1] * np.sign(axes[0, ::-1] + 1e-12)  # eigenvectors come with either sign: fix one
    out: Floats = centred @ axes
    return out


def _as_wide_as_a_picture(p: Floats) -> Floats:
    """Points wider than high, pressed or drawn out towards the shape of the frame."""
    width, height = p.std(axis=0)
    if height <= 1e-3 * width:
        return p
    factor = np.sqrt(np.clip(width / height, 1.2, 1.7) * height / width)
    return p * np.array([factor, 1 / factor])


def pack(boxes: Floats) -> Floats:
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
