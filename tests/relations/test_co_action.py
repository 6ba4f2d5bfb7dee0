"""Co-action edges: exact against a brute-force restatement on every embedded engine, and steady under changes that must
not matter."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_of_rows import START, connection

from investigate import progress
from investigate.engines import EMBEDDED, co_action, load, sweep
from investigate.engines.sweep import Reach
from investigate.relations import EDGE_COLUMNS, RELATIONS, available, check_available

ROWS = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("xyz"), st.integers(0, 12), st.integers(0, 400)),
    min_size=0,
    max_size=40,
).map(lambda rows: [(a, o, f"{a}{c}", float(s)) for a, o, c, s in rows])


# The same content under two accounts: no export should hold it, and no engine may trip over it.
MIXED = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("xy"), st.integers(0, 5), st.integers(0, 200)), max_size=25
).map(lambda rows: [(a, o, f"c{c}", float(s)) for a, o, c, s in rows])


def brute(rows: list[tuple], window: float) -> dict:
    """Every pair of rows, compared one by one."""
    found: dict = defaultdict(list)
    for i, (a, o, c, s) in enumerate(rows):
        for b, p, d, t in rows[i + 1 :]:
            if o == p and a != b and c != d and abs(s - t) <= window and c != o and d != p:
                (u, cu, su), (v, cv, sv) = sorted([(a, c, s), (b, d, t)])
                found[u, v].append((o, cu, cv, su, sv))
    out = {}
    for (u, v), pairs in found.items():
        level = [p for p in pairs if p[3] != p[4]]
        first = sum(p[3] < p[4] for p in level) / len(level) if level else None
        out[u, v] = (
            len({p[0] for p in pairs}),
            len(pairs),
            len({p[1] for p in pairs}),
            len({p[2] for p in pairs}),
            min(min(p[3:]) for p in pairs),
            max(max(p[3:]) for p in pairs),
            mean(abs(p[3] - p[4]) for p in pairs),
            first,
        )
    return out


def edges_of(rows: list[tuple], window: float, engine: str = "sweep") -> dict:
    table = co_action(connection(rows), "co_url", window, engine=engine).edges
    assert list(table.columns) == list(EDGE_COLUMNS)
    return {
        (e.account_a, e.account_b): (
            e.n_objects,
            e.n_pairs,
            e.n_content_a,
            e.n_content_b,
            (e.first_at - START).total_seconds(),
            (e.last_at - START).total_seconds(),
            e.mean_lag_s,
            None if pd.isna(e.share_a_first) else e.share_a_first,
        )
        for e in table.itertuples()
    }


@pytest.mark.parametrize("engine", EMBEDDED)
@settings(max_examples=40, deadline=None)
@given(st.one_of(ROWS, MIXED), st.sampled_from([0.0, 1.0, 10.0, 60.0, 400.0]))
def test_edges_equal_brute_force(engine, rows, window):
    """Every column of every edge equals what comparing all pairs of rows gives."""
    found, expected = edges_of(rows, window, engine), brute(rows, window)
    assert set(found) == set(expected)
    assert all(found[k] == pytest.approx(expected[k]) for k in expected)


@pytest.mark.parametrize("engine", EMBEDDED)
@settings(max_examples=25, deadline=None)
@given(st.one_of(ROWS, MIXED), st.integers(1, 3))
def test_exposure_and_counts_come_before_the_cut(engine, rows, least):
    """With fewer edges kept, the exposure is still that of all: distinct contents of others with a match."""
    links = co_action(connection(rows), "co_url", 60.0, min_shared=least, engine=engine)
    exposed, pairs, matches = defaultdict(set), set(), 0
    for a, o, c, s in rows:
        for b, p, d, t in rows:
            if o == p and a != b and c != d and abs(s - t) <= 60:
                exposed[a].add((b, d))
                pairs.add(tuple(sorted((a, b))))
                matches += 1
    assert dict(zip(links.exposure["account_id"], links.exposure["exposed"], strict=True)) == {
        a: len(v) for a, v in exposed.items()
    }
    assert (links.n_pairs_found, links.n_matches) == (len(pairs), matches // 2)
    everything = co_action(connection(rows), "co_url", 60.0, engine=engine).edges
    kept = everything[everything["n_objects"] >= least].reset_index(drop=True)
    pd.testing.assert_frame_equal(links.edges, kept, check_dtype=len(kept) > 0)


@settings(max_examples=15, deadline=None)
@given(st.one_of(ROWS, MIXED), st.integers(1, 5))
def test_threads_give_the_same_edges(rows, n):
    """However many threads sweep, the edges are the same, in the same order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "LEAST_WORK", 1)  # or a world as small as this is one piece
        patch.setenv("INVESTIGATE_THREADS", "1")
        one = co_action(connection(rows), "co_url", 60.0).edges
        patch.setenv("INVESTIGATE_THREADS", str(n))
        pd.testing.assert_frame_equal(co_action(connection(rows), "co_url", 60.0).edges, one)


def test_stopping_in_the_middle_leaves_everything_usable(monkeypatch):
    """Ctrl-C between two pieces ends the computation at once, and the next one gives the whole answer."""
    rows = [(f"u{i % 40:02d}", f"o{i % 7}", f"c{i}", float(i)) for i in range(2000)]
    con = connection(rows)
    expected = co_action(con, "co_url", 60.0).edges
    monkeypatch.setattr(sweep, "LEAST_WORK", 10)
    heard = []

    def stop(step):
        heard.append(step)
        raise KeyboardInterrupt

    with progress.listening(stop), pytest.raises(KeyboardInterrupt):
        co_action(con, "co_url", 60.0)
    assert len(heard) == 1 and 0 < heard[0].done < heard[0].total and heard[0].unit == "comparisons"
    pd.testing.assert_frame_equal(co_action(con, "co_url", 60.0).edges, expected)


@settings(max_examples=25, deadline=None)
@given(st.one_of(ROWS, MIXED), st.sets(st.sampled_from("ABCDE")))
def test_reach_equals_brute_force(rows, group):
    """Contents of each account that match one of the group, and how many of the group each account meets."""
    acts = load(connection(rows), ["co_url"], 60.0)
    found, partners = Reach(acts, 60.0)(acts.codes_of(sorted(group)))
    met, seen = defaultdict(set), defaultdict(set)
    for a, o, c, s in rows:
        for b, p, d, t in rows:
            if o == p and a != b and c != d and abs(s - t) <= 60 and b in group:
                met[a].add(c)
                seen[a].add(b)
    names = acts.accounts.to_pylist()
    assert dict(zip(names, found, strict=True)) == {a: len(met[a]) for a in names}
    assert dict(zip(names, partners, strict=True)) == {a: len(seen[a]) for a in names}


@settings(max_examples=12, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, random):
    """Shuffling the file gives the same edges."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert edges_of(rows, 60.0) == edges_of(shuffled, 60.0)


@settings(max_examples=12, deadline=None)
@given(ROWS, st.integers(-10_000, 10_000))
def test_shifting_all_times_changes_nothing_but_times(rows, shift):
    """The same actions a day later give the same counts."""
    moved = [(a, o, c, s + shift) for a, o, c, s in rows]
    counts = lambda edges: {k: (*v[:4], *v[6:]) for k, v in edges.items()}
    assert counts(edges_of(rows, 60.0)) == counts(edges_of(moved, 60.0))


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_wider_window_never_removes_an_edge(rows):
    """Widening the window only adds edges and raises counts."""
    narrow, wide = edges_of(rows, 30.0), edges_of(rows, 120.0)
    assert set(narrow) <= set(wide)
    assert all(narrow[k][0] <= wide[k][0] and narrow[k][1] <= wide[k][1] for k in narrow)


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_unrelated_account_changes_no_edge(rows):
    """An account on an object of its own leaves every edge as it was."""
    assert edges_of(rows, 60.0) == edges_of([*rows, ("ZZ", "own", "zz1", 5.0)], 60.0)


def test_window_is_inclusive_to_the_microsecond():
    """60.0 s apart is inside a 60 s window, a microsecond more is outside."""
    assert ("A", "B") in edges_of([("A", "x", "a1", 0.0), ("B", "x", "b1", 60.0)], 60.0)
    assert edges_of([("A", "x", "a1", 0.0), ("B", "x", "b1", 60.000001)], 60.0) == {}


def test_one_object_many_times_is_one_object():
    """Hundreds of pairs on one link count as one distinct object: the default weight is not inflated."""
    rows = [("A", "x", f"a{i}", float(i)) for i in range(20)] + [("B", "x", f"b{i}", float(i)) for i in range(15)]
    assert edges_of(rows, 60.0)["A", "B"][:4] == (1, 300, 20, 15)


def test_original_is_not_a_repost_of_itself():
    """A row whose content is the object (the original post) makes no edge."""
    assert edges_of([("A", "x", "x", 0.0), ("B", "x", "b1", 5.0)], 60.0) == {}


def test_evidence_counts_equal_the_edge():
    """The rows behind an edge are as many as the edge says, with both texts and the lag from a to b."""
    rows = [
        ("A", "x", "a1", 0.0),
        ("A", "y", "a2", 100.0),
        ("B", "x", "b1", 30.0),
        ("B", "y", "b2", 90.0),
        ("B", "x", "b3", 900.0),
    ]
    con = connection(rows)
    relation = RELATIONS.get("co_url")
    edge = co_action(con, "co_url", 60.0).edges.iloc[0]
    behind = relation.evidence(con, 60.0, "A", "B")
    assert len(behind) == edge.n_pairs == 2
    assert list(behind["lag_s"]) == [30.0, -10.0]
    assert list(behind["text_a"]) == ["text of a1", "text of a2"] and set(behind["object_id"]) == {"x", "y"}
    assert relation.evidence(con, 60.0, "A", "nobody").empty


def test_a_relation_without_its_objects_is_refused():
    """Asking for reposts where there are none names the relation, what it needs and what can be used."""
    con = connection([("A", "x", "a1", 0.0)])
    assert available(con) == ["co_url"]
    with pytest.raises(ValueError, match="co_repost needs repost.*use one of: co_url"):
        check_available(["co_repost"], con)
    with pytest.raises(LookupError, match="did you mean 'co_url'"):
        check_available(["co_ulr"], con)


@pytest.mark.parametrize("name", [r.name for r in RELATIONS])
def test_every_relation_says_what_it_is(name):
    """Contract: title, summary, caveat, what it needs, references, a family; co-actions an edge and its evidence."""
    relation = RELATIONS.get(name)
    assert relation.title and relation.summary.endswith(".") and relation.caveat.endswith(".") and relation.references
    assert relation.needs or relation.holds
    assert relation.family in ("timing", "content", "persona", "identifier", "network")
    if relation.is_co_action and not relation.prepare and not relation.holds:
        con = connection([("A", "x", "a1", 0.0), ("B", "x", "b1", 1.0)], object_type=relation.needs[0])
        assert list(co_action(con, name, 60.0).edges["n_objects"]) == [1]
        assert list(co_action(con, name, 0.5).edges.columns) == list(EDGE_COLUMNS)
        assert len(relation.evidence(con, 60.0, "A", "B")) == 1
