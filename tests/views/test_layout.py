"""Positions: finite, the same every time, groups apart, nothing on one heap; and a picture grows without moving."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from investigate.errors import InputError
from investigate.views._layout import layout, place_around


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


def purity(p: np.ndarray, groups: np.ndarray, k: int = 5) -> float:
    """Share of the k nearest neighbours that belong to the same group."""
    near = cKDTree(p).query(p, k + 1)[1][:, 1:]
    return float((groups[near] == groups[:, None]).mean())


@pytest.mark.parametrize(("n", "k"), [(300, 5), (2000, 8)])
@pytest.mark.parametrize("named", [False, True])
def test_the_order_of_the_edges_does_not_matter(n: int, k: int, named: bool) -> None:
    """Edges shuffled and with their ends swapped give the same bytes."""
    edges, groups = world(n, k, 4, n // 20, seed=3)
    weights = np.random.default_rng(0).integers(1, 9, len(edges)).astype(float)
    other = np.random.default_rng(1).permutation(len(edges))
    known = groups if named else None
    one = layout(n, edges, groups=known, weights=weights)
    two = layout(n, edges[other][:, ::-1], groups=known, weights=weights[other])
    assert one.tobytes() == two.tobytes()


def test_communities_of_a_large_graph_show_without_being_named() -> None:
    """Twelve planted parts of one connected graph of 3,000: four of five neighbours in the picture are of the same part."""
    edges, groups = world(3000, 12, 6, 900)
    assert purity(layout(3000, edges), groups) > 0.8


@pytest.mark.parametrize(("n", "k", "named"), [(60, 3, True), (400, 4, False), (3000, 12, False), (3000, 12, True)])
def test_nothing_lies_on_a_heap(n: int, k: int, named: bool) -> None:
    """Hardly a node is nearer to another than a third of the room there would be if all shared the frame equally."""
    edges, groups = world(n, k, 5, n // 5)
    p = layout(n, edges, groups=groups if named else None)
    room = np.sqrt(np.prod(np.ptp(p, axis=0)) / n)
    assert (cKDTree(p).query(p, 2)[0][:, 1] < room / 3).mean() < 0.02


def test_members_without_a_link_inside_stand_around_their_group() -> None:
    """A group of twenty linked and thirty loose members: the loose ones are farther out, and none hides another."""
    a, b = np.triu_indices(20, 1)
    p = layout(50, np.column_stack([a, b]), groups=np.zeros(50, dtype=int))
    far = np.hypot(*(p - p[:20].mean(axis=0)).T)
    assert far[20:].min() > far[:20].max()
    assert cKDTree(p).query(p, 2)[0][:, 1].min() > 0.02


@settings(max_examples=40, deadline=None)
@given(n=st.integers(2, 50), data=st.data())
def test_fixed_nodes_do_not_move_at_all(n: int, data: st.DataObject) -> None:
    """Whatever is fixed, free or new: the fixed stay to the last bit, everybody gets a place, and nobody shares one."""
    node = st.integers(0, n - 1)
    edges = np.array(data.draw(st.lists(st.tuples(node, node), max_size=100)), dtype=np.int64).reshape(-1, 2)
    groups = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)))
    state = np.array(data.draw(st.lists(st.sampled_from(["fixed", "free", "new"]), min_size=n, max_size=n)))
    start = np.random.default_rng(n).uniform(-1, 1, (n, 2))
    start[state == "new"] = np.nan
    before = start.copy()
    p = layout(n, edges, groups=groups, start=start, fixed=state == "fixed")
    assert (p[state == "fixed"] == before[state == "fixed"]).all()
    assert np.isfinite(p).all()
    moved = state != "fixed"
    if moved.any():
        assert cKDTree(p).query(p[moved], 2)[0][:, 1].min() > 1e-5
    assert np.array_equal(start, before, equal_nan=True), "the caller's positions were changed"


def test_new_nodes_settle_beside_their_neighbours() -> None:
    """A tenth taken out and put back: they come to stand far nearer to their neighbours than anybody, all others stay."""
    edges, groups = world(600, 6, 4, 20)
    p = layout(600, edges, groups=groups)
    new = np.random.default_rng(2).random(600) < 0.1
    q = layout(600, edges, groups=groups, start=np.where(new[:, None], np.nan, p), fixed=~new)
    assert (q[~new] == p[~new]).all()
    own = edges[new[edges].sum(axis=1) == 1]
    length = np.hypot(*(q[own[:, 0]] - q[own[:, 1]]).T)
    any_two = np.hypot(*(q - q[np.random.default_rng(0).permutation(600)]).T)
    assert np.median(length) < 0.4 * np.median(any_two)
    assert (q == layout(600, edges, groups=groups, start=np.where(new[:, None], np.nan, p), fixed=~new)).all()


def test_three_pinned_nodes_hold_a_new_picture() -> None:
    """With few pins and no other positions the whole picture is laid out anew around the pins."""
    edges, groups = world(300, 3, 4, 10)
    start, fixed = np.full((300, 2), np.nan), np.zeros(300, dtype=bool)
    fixed[[0, 120, 290]] = True
    start[fixed] = [(-0.8, -0.5), (0.7, -0.4), (0.1, 0.9)]
    p = layout(300, edges, groups=groups, start=start, fixed=fixed)
    assert (p[fixed] == start[fixed]).all()
    assert purity(p, groups) > 0.85


def test_a_layout_made_anew_keeps_its_arrangement() -> None:
    """From old positions and nothing fixed: each group stays on its side of the picture."""
    edges, groups = world(500, 5, 4, 120)
    p = layout(500, edges, groups=groups)
    q = layout(500, edges, groups=groups, start=p)
    middle = np.array([[p[groups == g].mean(axis=0), q[groups == g].mean(axis=0)] for g in range(5)])
    for axis in (0, 1):
        assert np.corrcoef(middle[:, 0, axis], middle[:, 1, axis])[0, 1] > 0.9


def test_fixed_without_a_position_is_refused() -> None:
    """Nobody can stay where he is not."""
    with pytest.raises(InputError, match="no position"):
        layout(3, np.array([[0, 1]]), start=np.full((3, 2), np.nan), fixed=np.array([True, False, False]))
    with pytest.raises(InputError, match="no position"):
        layout(3, np.array([[0, 1]]), fixed=np.array([True, False, False]))


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 60), new=st.integers(1, 80), seed=st.integers(0, 9), data=st.data())
def test_new_nodes_cover_nobody(n: int, new: int, seed: int, data: st.DataObject) -> None:
    """Placed around anchors, none, one or crowded ones: finite, the same every time, apart from each other and the placed."""
    placed = np.random.default_rng(n).uniform(-1, 1, (n, 2))
    anchors = np.array(data.draw(st.lists(st.integers(-1, n - 1), min_size=new, max_size=new)))
    made = place_around(placed, anchors, new, seed)
    assert made.shape == (new, 2)
    assert np.isfinite(made).all()
    assert (made == place_around(placed, anchors, new, seed)).all()
    everybody = np.concatenate([placed, made])
    gap = cKDTree(everybody).query(made, 2)[0][:, 1]
    assert gap.min() > 0.002


def test_the_nearest_room_is_taken() -> None:
    """Twelve around one node: a cluster at it, not across the picture; the point itself may be given instead."""
    placed = np.array([[0.0, 0.0], [0.9, 0.9], [-0.9, -0.9]])
    made = place_around(placed, np.array([0]), 12, seed=1)
    assert np.hypot(*made.T).max() < 0.35
    assert (made == place_around(placed, np.zeros((12, 2)), seed=1)).all()


def test_crowded_anchors_share_the_room() -> None:
    """Two anchors side by side, two hundred new nodes each: every node has a place, the nearer ones at its own anchor."""
    placed = np.array([[-0.1, 0.0], [0.1, 0.0]])
    anchors = np.repeat([0, 1], 200)
    made = place_around(placed, anchors)
    assert len(np.unique(made.round(6), axis=0)) == 400
    assert made[:200, 0].mean() < made[200:, 0].mean()
    assert place_around(placed, np.zeros(0, dtype=int)).shape == (0, 2)
