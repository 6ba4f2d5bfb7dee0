"""Undo and redo without limit, and code that makes a view again."""

from __future__ import annotations

import numpy as np
import pytest

from investigate.workbench import Workbench
from investigate.workbench.state import ViewState, apply, difference
from tests.workbench.random_gestures import make


def decided(case):
    """What people decided, without when and by which entry."""
    identities = sorted((s.a, s.b, s.decision) for s in case.identities().statements)
    return sorted(zip(case.tags()["node"], case.tags()["tag"], strict=True)), identities


@pytest.mark.parametrize("seed", [1, 2])
def test_undo_all_is_the_start_redo_all_is_the_end_and_code_makes_it_again(case, seed):
    """After 200 random gestures: undoing all gives the first state and no decision, redoing all the last state and all
    decisions, and the code replayed in a new view gives the last state."""
    wb = Workbench(case)
    first = wb.state
    make(wb, np.random.default_rng(seed), 200)
    last, held, scene = wb.state, decided(case), wb.scene()
    assert len(wb.history) == 200
    assert len({step.name for step in wb.steps[0]}) >= 20
    code = wb.to_code()
    while wb.undo() is not None:
        pass
    assert wb.state == first
    assert decided(case) == ([], [])
    space: dict = {}
    exec(code, space)  # noqa: S102 - our own code, as a person would run it
    again = space["wb"]
    assert again.view == "main-again"
    assert again.state == last
    assert decided(case) == held
    assert str(again.scene()) == str(scene)
    while again.undo() is not None:
        pass
    wb.context.refresh()  # the other view took the decisions back
    while wb.redo() is not None:
        pass
    assert wb.state == last
    assert decided(case) == held
    assert str(wb.scene()) == str(scene)
    assert not case.log.verify()


def test_a_new_gesture_ends_redo(wb):
    """What was undone cannot be redone once something else was done, and undo goes on from there."""
    nodes = sorted(wb.state.places)
    wb.hide(nodes[0])
    wb.undo()
    assert wb.can_redo
    wb.hide(nodes[1])
    assert not wb.can_redo
    assert wb.redo() is None
    assert "nothing to redo" in wb.notice
    wb.undo()
    assert wb.state.hidden == frozenset()
    assert wb.undo() is None


def test_difference_leads_there_and_back(wb):
    """Applying the difference between two states gives the other, in both directions, also through JSON."""
    import json

    one = wb.state
    wb.select(sorted(one.places)[:3])
    wb.move({min(one.places): (0.123456789, -0.5)})
    wb.time("2026-03-05", "2026-03-07")
    wb.look(colour="kind")
    other = wb.state
    there = json.loads(json.dumps(difference(one, other)))
    back = json.loads(json.dumps(difference(other, one)))
    assert apply(one, there) == other
    assert apply(other, back) == one
    assert difference(one, one) == {}
    assert ViewState.from_json(json.loads(json.dumps(other.to_json()))) == other


def test_undoing_a_decision_appends_its_retraction(wb, case):
    """A tag and a merge are entries of the log; undo adds entries and removes none, redo decides again."""
    a, b = sorted(wb.state.places)[:2]
    wb.tag(a, "check", "posts at night")
    wb.merge(a, b, "same telephone number")
    before = len(case.log.entries())
    assert case.operators() == {a: min(a, b), b: min(a, b)}
    wb.undo()
    wb.undo()
    assert len(case.log.entries()) == before + 2
    assert case.operators() == {} and case.tags().empty
    wb.redo()
    assert case.tags()["node"].tolist() == [a]
    assert len(case.log.entries()) == before + 3


def test_contradictions_are_refused_and_change_nothing(wb, case):
    """A = B, B = C, A different from C: the third is refused with the reason; log and view stay."""
    from investigate.errors import InputError

    a, b, c = sorted(wb.state.places)[:3]
    wb.merge(a, b, "one operator")
    wb.merge(b, c, "one operator")
    state, entries = wb.state, len(case.log.entries())
    with pytest.raises(InputError, match="same operator"):
        wb.differ(a, c, "they quarrel")
    assert wb.state is state and len(case.log.entries()) == entries
    wb.split(a, b, "seen together")
    assert case.operators() == {b: b, c: b}


def test_undo_goes_on_where_a_decision_was_taken_back_already(wb, case):
    """A tag that was retracted elsewhere, by its log entry, does not stop undo; nothing is retracted twice."""
    wb.hide(sorted(wb.state.places)[5])
    wb.tag(min(wb.state.places), "check", "posts at night")
    case.retract(wb.steps[0][-1].records[0]["seq"], "a mistake")
    entries = len(case.log.entries())
    wb.undo()
    wb.undo()
    assert len(case.log.entries()) == entries and not wb.state.hidden
