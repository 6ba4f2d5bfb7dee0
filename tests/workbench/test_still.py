"""Nothing moves unless asked."""

from __future__ import annotations

import numpy as np
import pytest


def places(wb):
    return dict(wb.state.places)


def displaced(before, after):
    """The largest distance that a node moved which stands in both."""
    both = [n for n in before if n in after]
    assert both
    return max(float(np.hypot(before[n][0] - after[n][0], before[n][1] - after[n][1])) for n in both)


GESTURES = {
    "expand": lambda wb, n: wb.expand(n[:3], via=["url", "hashtag", "content"], top=10),
    "expand accounts": lambda wb, n: wb.expand(n[5], top=30),
    "add": lambda wb, n: wb.add(wb.context.universe.nodes[:25].tolist()),
    "filter": lambda wb, n: wb.filter(relations=["co_url"], min_weight=5, lonely=False),
    "time": lambda wb, n: wb.time("2026-03-05 12:00", "2026-03-05 18:00"),
    "hide": lambda wb, n: wb.hide(n[:10]),
    "keep": lambda wb, n: wb.keep(n[:10]),
    "group": lambda wb, n: wb.group(),
    "path": lambda wb, n: wb.path(n[0], n[-1], through="objects"),
    "common": lambda wb, n: wb.common(n[0], n[1], through="objects"),
    "merge": lambda wb, n: wb.merge(n[0], n[1], "a test"),
    "look": lambda wb, n: wb.look(size="posts"),
}


@pytest.mark.parametrize("name", GESTURES)
def test_nothing_is_displaced(wb, name):
    """Every node that stood before stands exactly there after the gesture, after undo and after redo."""
    before, nodes = places(wb), sorted(wb.state.places)
    GESTURES[name](wb, nodes)
    assert displaced(before, places(wb)) == 0
    shown = dict(zip(wb.scene()["ids"], wb.scene()["x"].tolist(), strict=True))
    assert all(shown[n] == np.float32(before[n][0]) for n in set(before) & set(shown))
    wb.undo()
    assert places(wb) == before
    wb.redo()
    assert displaced(before, places(wb)) == 0


def test_new_nodes_stand_near_their_anchor_and_on_nobody(wb):
    """New nodes keep a distance from all others, and stand nearer to their anchor than the picture is wide."""
    before = places(wb)
    anchor = min(before)
    wb.expand(anchor, via=["url", "text"], top=20)
    new = {n: p for n, p in wb.state.places.items() if n not in before}
    assert len(new) == 40
    xy = np.array(list(wb.state.places.values()))
    gaps = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2)) + np.eye(len(xy))
    fresh = np.array([n in new for n in wb.state.places])
    old = np.array(list(before.values()))
    usual = np.sqrt(((old[:, None] - old[None]) ** 2).sum(axis=2) + 9 * np.eye(len(old))).min(axis=1)
    assert gaps[fresh].min() > 0.3 * np.median(usual)
    away = [np.hypot(x - before[anchor][0], y - before[anchor][1]) for x, y in new.values()]
    assert max(away) < 1.0 and np.median(away) < 0.5


def test_layout_moves_what_is_free_and_nothing_else(wb):
    """Pinned nodes stay under a layout of all; everything outside stays under a layout of the selection; both undo."""
    before, nodes = places(wb), sorted(wb.state.places)
    wb.pin(nodes[:4])
    wb.layout(seed=5, fresh=True)
    assert [wb.state.places[n] for n in nodes[:4]] == [before[n] for n in nodes[:4]]
    assert places(wb) != before
    wb.undo()
    assert places(wb) == before
    wb.select(nodes[10:20])
    wb.layout("selection", seed=1)
    moved = {n for n in nodes if wb.state.places[n] != before[n]}
    assert moved and moved <= set(nodes[10:20])
    wb.undo()
    assert places(wb) == before


def test_move_is_exact_and_refuses_nonsense(wb):
    """A place is taken as given, to a millionth; what is no place, or far off, is refused."""
    from investigate.errors import InputError

    node = min(wb.state.places)
    wb.move({node: (0.25, -0.125)})
    assert wb.state.places[node] == (0.25, -0.125)
    for wrong in ({node: (1e9, 0)}, {node: ("a", 0)}, {node: (float("nan"), 0)}, {"nobody": (0, 0)}, {node: (1, 2, 3)}):
        with pytest.raises(InputError):
            wb.move(wrong)
    assert wb.state.places[node] == (0.25, -0.125)
