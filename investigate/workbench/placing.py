"""Where nodes stand: the first picture, and free spots beside an anchor. What stands already is never moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..views._layout import layout, place_around
from .state import Place

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def arranged(
    nodes: Sequence[str],
    edges: Ints,
    groups: Ints,
    weights: Floats,
    seed: int = 0,
    start: Floats | None = None,
    fixed: Bools | None = None,
) -> dict[str, Place]:
    """A layout of nodes; `groups` is 0 or less for none. Fixed nodes stay where they start."""
    groups = np.where(groups > 0, groups, -1)
    xy = layout(len(nodes), edges, groups=groups, weights=weights, seed=seed, start=start, fixed=fixed)
    return as_places(nodes, xy)


def back(places: Mapping[str, Place], before: Floats) -> dict[str, Place]:
    """An arrangement moved and scaled to the middle and the width of where the nodes stood before."""
    xy = np.array(list(places.values()), dtype=float).reshape(-1, 2)
    low, high = before.min(axis=0), before.max(axis=0)
    size, old = float(np.ptp(xy, axis=0).max()), float((high - low).max())
    scale = (old or 0.1) / size if size > 0 else 0.0
    return as_places(list(places), (xy - (xy.max(axis=0) + xy.min(axis=0)) / 2) * scale + (low + high) / 2)


def as_places(nodes: Sequence[str], xy: Floats) -> dict[str, Place]:
    rounded = np.round(xy, 6) + 0.0  # no negative zero: it would not survive as text
    return dict(zip(nodes, map(tuple, rounded.tolist()), strict=True))


def beside(places: Mapping[str, Place], anchors: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Place]:
    """Free spots for new nodes, each as near to its anchor as there is room; the same every time.

    Parameters
    ----------
    places : mapping
        What stands already, and stays.
    anchors : sequence of (anchor, new nodes)
        An anchor that is new itself comes before what stands beside it; one that is unknown gives a spot below.
    """
    first: dict[str, str] = {}
    for anchor, new in anchors:
        for node in new:
            if node not in places:
                first.setdefault(node, anchor)
    standing = [places[n] for n in sorted(places)]  # not in the order of coming: the same picture by whatever way
    out: dict[str, Place] = {}
    waiting = list(first)
    while waiting:
        now = [n for n in waiting if first[n] not in first or first[n] in out]
        held = {**places, **out}
        points = np.array([held.get(first[n], (np.nan, np.nan)) for n in now], dtype=float).reshape(-1, 2)
        xy = place_around(np.array([*standing, *out.values()], dtype=float).reshape(-1, 2), points)
        out |= as_places(now, xy)
        waiting = [n for n in waiting if n not in out]
    return out
