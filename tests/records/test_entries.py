"""Which entries count: retractions, and retractions of retractions, against the definition taken literally."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.records import RETRACTION, TAG, living, retraction, tags, taken_back


def entry(seq, kind, **data):
    return {"seq": seq, "kind": kind, "data": data, "actor": "anna", "at": "2026-01-01T00:00:00"}


@st.composite
def logs(draw):
    """Tags on three nodes, and retractions of any earlier entries."""
    out = []
    for seq in range(1, draw(st.integers(1, 25)) + 1):
        if seq > 1 and draw(st.booleans()):
            targets = draw(st.lists(st.integers(1, seq - 1), min_size=1, max_size=3))
            out.append(entry(seq, RETRACTION, entries=targets, reason=""))
        else:
            out.append(entry(seq, TAG, nodes=[draw(st.sampled_from("xyz"))], name="t", reason=str(seq)))
    return out


def is_dead(seq, log):
    """By definition: some retraction that is not dead names it."""
    return any(
        e["kind"] == RETRACTION and seq in e["data"]["entries"] and not is_dead(e["seq"], log) for e in log[seq:]
    )


@given(logs())
def test_an_entry_is_dead_when_a_living_retraction_names_it(log):
    """Entry by entry the same as the recursive definition."""
    assert set(taken_back(log)) == {e["seq"] for e in log if is_dead(e["seq"], log)}


@given(logs())
def test_replay_needs_only_the_living_entries(log):
    """The tags that stand are those of a log that never held what was taken back."""
    kept = [e for e in log if e["kind"] == TAG and not is_dead(e["seq"], log)]
    assert living(log, [TAG]) == kept
    assert tags(log).equals(tags(kept))


@given(logs())
def test_taking_back_and_restoring_changes_nothing(log):
    """Undo, then undo of the undo: the same tags as before."""
    alive = [e["seq"] for e in log if not is_dead(e["seq"], log) and e["kind"] == TAG]
    if alive:
        n = len(log)
        undone = [*log, entry(n + 1, RETRACTION, entries=[alive[-1]], reason="")]
        assert alive[-1] not in {e["seq"] for e in living(undone, [TAG])}
        assert tags([*undone, entry(n + 2, RETRACTION, entries=[n + 1], reason="")]).equals(tags(log))


def test_what_cannot_be_taken_back_is_refused_with_the_reason():
    """An entry of another kind, none at all, and one that was taken back already."""
    log = [entry(1, "case_created"), entry(2, TAG, nodes=["x"], name="t", reason="")]
    for wrong, words in ((1, "case_created"), (9, "not in the log"), (0, "not in the log")):
        with pytest.raises(InputError, match=words):
            retraction([wrong], [TAG])(log)
    log.append(entry(3, RETRACTION, entries=[2], reason=""))
    with pytest.raises(InputError, match="taken back already"):
        retraction([2], [TAG])(log)
    retraction([3], [TAG])(log)


def test_tags_are_given_taken_and_given_again(case):
    """Several nodes in one entry; what is tagged twice is one tag; what is unknown is refused with the nearest account."""
    seq = case.tag(["p0", "p1", "url:https://p.example/3"], "seed", "from the tip")
    case.tag("p0", "seed")
    assert list(case.tags()["node"]) == ["p0", "p1", "url:https://p.example/3"]
    case.untag("p1", "seed")
    assert list(case.tags()["node"]) == ["p0", "url:https://p.example/3"]
    case.retract(seq)
    assert list(case.tags()["node"]) == ["p0"]
    with pytest.raises(InputError, match="no account 'P3'.*did you mean 'p3'"):
        case.tag("P3", "seed")
    with pytest.raises(InputError, match="no url"):
        case.tag("url:https://nowhere.example/", "seed")
    with pytest.raises(InputError, match="has no tag"):
        case.untag("p4", "seed")
    with pytest.raises(InputError, match="1 to 60 characters"):
        case.tag("p0", " ")
