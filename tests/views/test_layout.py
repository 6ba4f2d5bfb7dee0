"""Positions: finite, the same every time, groups apart, nothing on one heap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from investigate.views._layout import layout


def world(n: int, k: int, inner: int, cross: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Edges and groups: `inner` edges per node inside its group, `cross` edges anywhere."""
    rng = np.random.default_rng(seed)
    groups = np.sort(rng.integers(0, k, n))
    own = [rng.choice(np.flatnonzero(groups == g), (int((groups == g).sum()) * inner, 2)) for g in range(k)]
    return np.concatenate([*own, rng.integers(0, n, (cross, 2))]), groups


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 60),
    data=st.data(),
)
def test_any_graph_gets_usable_positions(n: int, data: st.DataObject) -> None:
    """Whatever the graph, positions are finite, inside the frame, and no two nodes share a place."""
    node = st.integers(0, n - 1)
    edges = np.array(data.draw(st.lists(st.tuples(node, node), max_size=120)), dtype=np.int64).reshape(-1, 2)
    groups = np.array(data.draw(st.lists(st.integers(-1, 4), min_size=n, max_size=n)))
    p = layout(n, edges, groups=groups)
    assert p.shape == (n, 2)
    assert np.isfinite(p).all()
    assert np.abs(p).max() <= 1 + 1e-9
    if n > 1:
        assert cKDTree(p).query(p, 2)[0][:, 1].min() > 1e-4


def test_same_seed_same_picture_other_seed_another() -> None:
    """The layout depends on the input and the seed only, not on the state of any global generator."""
    edges, groups = world(200, 4, 4, 20)
    first = layout(200, edges, groups=groups, seed=5)
    np.random.seed(99)
    assert (layout(200, edges, groups=groups, seed=5) == first).all()
    assert (layout(200, edges, groups=groups, seed=6) != first).any()


@pytest.mark.parametrize(("n", "k", "cross"), [(60, 3, 4), (300, 8, 30), (2000, 12, 150)])
def test_groups_are_apart(n: int, k: int, cross: int) -> None:
    """Nine of ten nearest neighbours belong to the same group, linked groups or not."""
    edges, groups = world(n, k, 4, cross)
    p = layout(n, edges, groups=groups)
    near = cKDTree(p).query(p, 6)[1][:, 1:]
    assert (groups[near] == groups[:, None]).mean() > 0.9


def test_communities_show_without_being_named() -> None:
    """Planted parts of one connected graph are apart although the layout is not told about them."""
    edges, groups = world(900, 6, 6, 60)
    p = layout(900, edges)
    near = cKDTree(p).query(p, 6)[1][:, 1:]
    assert (groups[near] == groups[:, None]).mean() > 0.85


@pytest.mark.parametrize("n", [10, 120, 400])
def test_a_dense_group_is_not_a_dot(n: int) -> None:
    """A group in which all are linked with all fills a disc: typical neighbours are a fair share of the width apart."""
    a, b = np.triu_indices(n, 1)
    p = layout(n, np.column_stack([a, b]))
    gap = np.median(cKDTree(p).query(p, 2)[0][:, 1])
    assert gap > 0.5 / np.sqrt(n)


def test_unlinked_groups_stand_side_by_side() -> None:
    """Forty groups without links between them are packed: together they fill a fair part of the frame and do not overlap."""
    edges, groups = world(800, 40, 3, 0)
    p = layout(800, edges, groups=groups)
    boxes = np.array([[*p[groups == g].min(axis=0), *p[groups == g].max(axis=0)] for g in range(40)])
    area = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum()
    frame = np.ptp(p[:, 0]) * np.ptp(p[:, 1])
    assert area / frame > 0.25
    for i in range(40):
        for j in range(i):
            apart = (boxes[i, :2] > boxes[j, 2:]) | (boxes[j, :2] > boxes[i, 2:])
            assert apart.any(), (i, j)


def test_no_nodes_and_one_node() -> None:
    """The empty graph and the single node have positions too."""
    assert layout(0, np.zeros((0, 2))).shape == (0, 2)
    assert np.isfinite(layout(1, np.zeros((0, 2)))).all()
