"""Scores: exact on a hand-computed case, honest under the null, blind to what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from tables_of_rows import connection

from investigate.engines import co_action
from investigate.scoring import SCORE_COLUMNS, benjamini_hochberg, binomial_tail, number_of_tests, score


def scored(rows, window=60.0, **options):
    con = connection(rows)
    edges = co_action(con, "co_url", window).edges
    contents = (
        con.sql("select account_id, count(*) n from content group by 1")
        .to_arrow_table()
        .to_pandas()
        .set_index("account_id")["n"]
    )
    return score(edges, contents, **options)


def test_expectation_by_hand():
    """Two of B's three contents match A, one of C's two: expected and p follow the written formula."""
    rows = [
        ("A", "x", "a1", 0),
        ("A", "y", "a2", 1000),
        ("B", "x", "b1", 5),
        ("B", "y", "b2", 1005),
        ("B", "z", "b3", 5000),
        ("C", "x", "c1", 10),
        ("C", "w", "c2", 9000),
    ]
    edge = scored(rows).set_index(["account_a", "account_b"]).loc[("A", "B")]
    # N = 7. Others' contents that match A: b1, b2, c1 -> D_A = 3; that match B: a1, a2, c1 -> D_B = 3.
    expected_b, expected_a = 3 * 3 / (7 - 2), 2 * 3 / (7 - 3)
    assert edge["expected"] == pytest.approx(max(expected_b, expected_a))
    assert edge["p"] == pytest.approx(max(binom.sf(1, 3, 3 / 5), binom.sf(1, 2, 3 / 4)))
    assert edge["n_acts"] == 2 and edge["symmetry"] == 1.0 and edge["lift"] == pytest.approx(2 / 1.8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 100))
def test_benjamini_hochberg_equals_scipy(p, more):
    """Adjusted values equal SciPy's over all tests, those not listed being p = 1."""
    from scipy.stats import false_discovery_control

    p = np.array(p)
    assert benjamini_hochberg(p, len(p) + more) == pytest.approx(
        false_discovery_control(np.r_[p, np.ones(more)])[: len(p)]
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.integers(0, 50), st.floats(0, 1))
def test_binomial_tail_equals_scipy(k, n, p):
    """The tail by the incomplete beta function equals SciPy's binomial, at the edges too."""
    assert binomial_tail(k, n, p) == pytest.approx(binom.sf(k - 1, n, p), rel=1e-9, abs=1e-300)


def test_one_post_with_many_objects_is_one_act():
    """Eight links in one post each shared by another post are eight objects and one act: never unusual."""
    rows = [(a, f"o{i}", f"{a}1", 0.0) for a in "AB" for i in range(8)] + [
        ("C", "q", f"c{i}", i * 1000.0) for i in range(500)
    ]
    edge = scored(rows).iloc[0]
    assert edge["n_objects"] == 8 and edge["n_acts"] == 1 and not edge["unusual"]


def test_planted_pair_among_a_viral_crowd():
    """Twelve joint links of two accounts stand out; two hundred strangers on one viral link do not."""
    rng = np.random.default_rng(0)
    rows = [(f"u{i:03d}", "viral", f"v{i}", float(t)) for i, t in enumerate(rng.uniform(0, 600, 200))]
    rows += [
        (f"u{i:03d}", f"own{i}-{j}", f"w{i}-{j}", float(rng.uniform(0, 86400))) for i in range(200) for j in range(12)
    ]
    rows += [(a, f"joint{j}", f"{a}{j}", 5000.0 * j + s) for j in range(12) for a, s in (("zA", 0.0), ("zB", 20.0))]
    found = scored(rows)
    assert list(found[found["unusual"]][["account_a", "account_b"]].itertuples(index=False, name=None)) == [
        ("zA", "zB")
    ]


def test_false_discoveries_under_the_null():
    """Accounts that act independently of each other: over 30 worlds hardly any has an unusual pair at q = 0.01."""
    hits = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        n = 1500
        account = rng.zipf(1.6, n) % 60
        objects = rng.zipf(1.4, n) % 300
        times = rng.uniform(0, 86_400, n)
        rows = [
            (f"u{a:02d}", f"o{o:03d}", f"c{i}", float(t))
            for i, (a, o, t) in enumerate(zip(account, objects, times, strict=True))
        ]
        hits += bool(scored(rows)["unusual"].any())
    assert hits <= 1


def test_columns_order_and_input_untouched():
    """The columns are those declared, the order is kept, the caller's frame is not changed, empty stays empty."""
    rows = [("A", "x", "a1", 0), ("B", "x", "b1", 5)]
    con = connection(rows)
    edges = co_action(con, "co_url", 60.0).edges
    before = edges.copy()
    out = score(edges, pd.Series({"A": 1, "B": 1}))
    pd.testing.assert_frame_equal(edges, before)
    assert [c for c in out.columns if c not in edges.columns] == [
        "n_acts",
        "expected",
        "lift",
        "p",
        "q",
        "symmetry",
        "unusual",
    ]
    assert set(SCORE_COLUMNS) <= set(out.columns)
    assert set(SCORE_COLUMNS) <= set(score(edges.head(0), pd.Series({"A": 1})).columns)


def test_tests_are_counted_over_all_able_pairs():
    """Pairs of accounts with min_shared contents, times relations: not only the pairs that were seen."""
    assert number_of_tests(pd.Series([5, 2, 2, 1]), relations=4, min_shared=2) == 3 * 4
    assert number_of_tests(pd.Series([5, 2, 2, 1]), relations=4, min_shared=2, others=2) == 3 * 4 + 6 * 2


def test_the_exposure_is_counted_before_edges_are_cut():
    """Scores of the edges that are kept do not depend on whether the weak ones were computed."""
    rng = np.random.default_rng(3)
    rows = [
        (f"u{a}", f"o{o}", f"c{i}", float(t)) for i, (a, o, t) in enumerate(rng.integers(0, (20, 30, 4000), (900, 3)))
    ]
    con = connection(rows)
    contents = pd.Series({f"u{a}": sum(r[0] == f"u{a}" for r in rows) for a in range(20)})
    every, some = co_action(con, "co_url", 60.0), co_action(con, "co_url", 60.0, min_shared=3)
    full = score(every.edges, contents, tests=190)
    cut = score(some.edges, contents, some.exposure, tests=190)
    kept = full[full["n_objects"] >= 3].reset_index(drop=True)
    assert 0 < len(kept) < len(full)
    pd.testing.assert_frame_equal(kept[["expected", "p"]], cut[["expected", "p"]])


def test_a_relation_with_its_own_null_keeps_it():
    """`expected` and `p` that an edge brings are kept, and min_shared does not apply to it."""
    edges = co_action(connection([("A", "x", "a1", 0), ("B", "x", "b1", 5)]), "co_url", 60.0).edges
    out = score(edges.assign(expected=0.001, p=1e-9), pd.Series({"A": 1, "B": 1}))
    assert out["expected"].tolist() == [0.001] and out["p"].tolist() == [1e-9]
    assert out["lift"].tolist() == [1000.0] and out["unusual"].tolist() == [True]
