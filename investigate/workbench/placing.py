"""Where nodes stand: the first picture, and free spots beside an anchor. What stands already is never moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ..views._layout import layout
from .state import Place

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_GOLDEN = 2.399963229728653  # the golden angle: points on a spiral that never line up


def arranged(nodes: Sequence[str], edges: Ints, groups: Ints, weights: Floats, seed: int = 0) -> dict[str, Place]:
    """A layout of nodes from nothing; `groups` is 0 or less for none."""
    xy = layout(len(nodes), edges, groups=np.where(groups > 0, groups, -1), weights=weights, seed=seed)
    return as_places(nodes, xy)


def as_places(nodes: Sequence[str], xy: Floats) -> dict[str, Place]:
    rounded = np.round(xy, 6) + 0.0  # no negative zero: it would not survive as text
    return dict(zip(nodes, map(tuple, rounded.tolist()), strict=True))


def spacing(xy: Floats) -> float:
    """How far apart neighbours stand in a picture."""
    if len(xy) < 2:
        return 0.08
    near = cKDTree(xy).query(xy, k=2)[0][:, 1]
    near = near[near > 1e-6]
    usual = float(np.median(near)) if len(near) else 0.08
    return float(np.clip(usual, 0.002, 0.12))


def beside(places: Mapping[str, Place], anchors: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Place]:
    """Free spots for new nodes, each as near to its anchor as there is room; the same every time.

    Parameters
    ----------
    places : mapping
        What stands already, and stays.
    anchors : sequence of (anchor, new nodes)
        The nearest spot goes to the first of the new nodes.
    """
    taken = np.array(list(places.values()), dtype=float).reshape(-1, 2)
    step = spacing(taken)
    tree = cKDTree(taken) if len(taken) else None
    out: dict[str, Place] = {}
    fresh = np.zeros((0, 2))
    centre = tuple(taken.mean(axis=0)) if len(taken) else (0.0, 0.0)
    for anchor, new in anchors:
        wanted = [n for n in new if n not in places and n not in out]
        if not wanted:
            continue
        origin = np.array(places.get(anchor) or out.get(anchor) or centre, dtype=float)
        spots = _free(origin, len(wanted), step, tree, fresh)
        fresh = np.concatenate([fresh, spots])
        out |= as_places(wanted, spots)
    return out


def _free(origin: Floats, n: int, step: float, tree: cKDTree | None, fresh: Floats) -> Floats:
    """The `n` free spots nearest to the origin on a spiral whose turns are a step apart."""
    beyond = cKDTree(fresh) if len(fresh) else None
    tried, count = 0, 4 * n + 32
    found = np.zeros((0, 2))
    while len(found) < n:
        i = np.arange(tried, tried + count) + 1.5
        radius, angle = step * np.sqrt(i), i * _GOLDEN
        spots = origin + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
        free = np.ones(len(spots), dtype=bool)
        for held in (tree, beyond):
            if held is not None:
                free &= held.query(spots)[0] >= 0.85 * step
        found = np.concatenate([found, spots[free]])
        tried, count = tried + count, count * 2
    return found[:n]
