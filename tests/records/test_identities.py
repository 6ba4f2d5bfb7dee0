"""Same, different, unsure: what follows, and what is refused, against a closure computed by brute force."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.records import IDENTITY, RETRACTION, identities
from investigate.records.identity import DIFFERENT, SAME, UNSURE, Identities, Statement

ACCOUNTS = "abcdef"
pairs = st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS)).filter(lambda p: p[0] != p[1])
statements = st.lists(st.tuples(pairs, st.sampled_from([SAME, SAME, DIFFERENT, UNSURE])), max_size=14)


def closure(held):
    """Every pair's relation, by Floyd and Warshall on "same" and one step of "different"."""
    same = {(x, x) for x in ACCOUNTS}
    for (a, b), decision in held:
        if decision == SAME:
            same |= {(a, b), (b, a)}
    for k, i, j in itertools.product(ACCOUNTS, repeat=3):
        if (i, k) in same and (k, j) in same:
            same.add((i, j))
    apart = {
        pair
        for (a, b), decision in held
        if decision == DIFFERENT
        for x, y in itertools.product(ACCOUNTS, repeat=2)
        if (x, a) in same and (b, y) in same
        for pair in ((x, y), (y, x))
    }
    return same, apart


def fill(rows):
    """The identities after these statements, and those the brute force takes."""
    state, taken = Identities(), []
    for seq, ((a, b), decision) in enumerate(rows, 1):
        same, apart = closure(taken)
        known = SAME if (a, b) in same else DIFFERENT if (a, b) in apart else ""
        before = len(state.refused)
        state.add(Statement(a, b, decision, "r", "anna", "", seq))
        assert (len(state.refused) > before) == (known not in ("", decision)), (taken, a, b, decision)
        if known in ("", decision):
            taken.append(((a, b), decision))
    return state, taken


@given(statements)
def test_what_follows_is_the_closure_and_contradictions_are_refused(rows):
    """Statement by statement refused or taken as by brute force; then every pair of accounts alike."""
    state, taken = fill(rows)
    same, apart = closure(taken)
    assert not same & apart
    for a, b in itertools.combinations(ACCOUNTS, 2):
        expected = SAME if (a, b) in same else DIFFERENT if (a, b) in apart else None
        assert state.relation(a, b) == state.relation(b, a)
        assert state.relation(a, b) == expected if expected else state.relation(a, b) in ("", UNSURE)


@given(statements)
def test_every_operator_has_one_account_that_stands_for_it(rows):
    """Merged accounts share the first of them by name; others are not listed."""
    state, taken = fill(rows)
    same, _ = closure(taken)
    groups = {a: min(b for b in ACCOUNTS if (a, b) in same) for a in ACCOUNTS}
    merged = {a: g for a, g in groups.items() if sum(h == g for h in groups.values()) > 1}
    assert state.operators() == merged


@given(statements)
def test_the_reason_given_is_a_chain_that_proves_it(rows):
    """The statements named link the two accounts end to end, with one "different" for different ones."""
    state, _ = fill(rows)
    for a, b in itertools.combinations(ACCOUNTS, 2):
        chain, here = state.why(a, b), a
        relation = state.relation(a, b)
        assert bool(chain) == (relation in (SAME, DIFFERENT))
        for s in chain:
            assert here in (s.a, s.b)
            here = s.b if here == s.a else s.a
        assert not chain or here == b
        assert sum(s.decision == DIFFERENT for s in chain) == (relation == DIFFERENT)


@given(statements, st.data())
def test_a_replay_without_a_statement_is_one_that_never_had_it(rows, data):
    """Taking a statement back leaves no trace of it."""
    _, taken = fill(rows)
    log = [
        {"seq": i, "kind": IDENTITY, "actor": "x", "at": "", "data": {"a": a, "b": b, "decision": d, "reason": "r"}}
        for i, ((a, b), d) in enumerate(taken, 1)
    ]
    if log:
        gone = data.draw(st.integers(1, len(log)))
        back = {"seq": len(log) + 1, "kind": RETRACTION, "actor": "x", "at": "", "data": {"entries": [gone]}}
        one, other = identities([*log, back]), identities([e for e in log if e["seq"] != gone])
        assert one.operators() == other.operators() and one.table().equals(other.table())
        assert not one.refused


def test_a_contradiction_through_others_is_refused_with_the_chain(case):
    """A = B and B != C: A = C is refused, and the message names both statements. Nothing is written."""
    case.same("p0", "p1", "same phone in the profile")
    case.different("p1", "q0", "both were live at once")
    entries = len(case.log.entries())
    with pytest.raises(InputError, match=r"p0 and p1 are the same operator .*; p1 and q0 are different operators"):
        case.same("p0", "q0", "same style")
    with pytest.raises(InputError, match="are held to be the same operator"):
        case.unsure("p0", "p1", "doubts")
    with pytest.raises(InputError, match="same as itself"):
        case.same("p0", "p0", "trivially")
    assert len(case.log.entries()) == entries
    case.forget_identity("p1", "q0", "the clock was wrong")
    case.same("p0", "q0", "same style")
    assert case.operators() == {"p0": "p0", "p1": "p0", "q0": "p0"}


def test_restoring_a_statement_that_now_contradicts_is_refused(case):
    """Undo of an undo is checked like a new statement."""
    case.same("p0", "p1", "r")
    back = case.retract(case.different("p1", "q0", "r"), "undo")
    case.same("p0", "q0", "r")
    with pytest.raises(InputError, match="contradicts"):
        case.retract(back, "redo")


def test_what_was_only_inferred_cannot_be_forgotten(case):
    """The message names the statements it follows from."""
    case.same("p0", "p1", "r")
    case.same("p1", "p2", "r")
    with pytest.raises(InputError, match=r"follows from: p0 and p1 .*; p1 and p2"):
        case.forget_identity("p0", "p2", "r")
    with pytest.raises(InputError, match="nothing was stated"):
        case.forget_identity("p0", "q0", "r")


def test_merging_never_touches_the_data(case):
    """The data files are byte for byte what they were; reason and accounts are checked."""
    before = {p: p.read_bytes() for p in (case.path / "data").rglob("*") if p.is_file()}
    case.unsure("p0", "q1", "perhaps")
    case.same("p0", "q1", "now sure")
    assert case.identities().table()["decision"].tolist() == [SAME]
    assert {p: p.read_bytes() for p in (case.path / "data").rglob("*") if p.is_file()} == before
    assert case.verify() == []
    with pytest.raises(InputError, match="needs a reason"):
        case.same("p0", "p1", " ")
    with pytest.raises(InputError, match="no account"):
        case.same("p0", "nobody", "r")
    with pytest.raises(InputError, match="only accounts"):
        case.same("p0", "url:https://p.example/3", "r")
