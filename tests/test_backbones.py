"""Backbones: p-values on graphs small enough to do by hand, SciPy's hypergeometric, and no effect of any order."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom
from tables_of_rows import connection

from benchmarks.quality.measure import truth_of
from investigate import backbones
from investigate.backbones import account_objects, disparity, hypergeometric_tail, tfidf_cosine, validated_projection
from investigate.errors import InputError, UnknownNameError


def edges(rows):
    return pd.DataFrame(rows, columns=["account_a", "account_b", "n_objects"])


def test_disparity_by_hand():
    """A has edges 6, 3, 1; B, C, D hang on A, and C-D is 3. E-F is alone."""
    table = disparity(edges([("A", "B", 6), ("A", "C", 3), ("A", "D", 1), ("C", "D", 3), ("E", "F", 99)]), 0.2)
    assert table["p_a"].tolist() == pytest.approx([0.4**2, 0.7**2, 0.9**2, 0.5, 1.0])
    # B has one edge: p = 1. C: 3 of 6. D: 1 of 4 and 3 of 4.
    assert table["p_b"].tolist() == pytest.approx([1.0, 0.5, 0.75, 0.25, 1.0])
    assert table["kept"].tolist() == [True, False, False, False, False]
    assert not disparity(edges([("A", "B", 1), ("B", "C", 1), ("A", "C", 1)]))["kept"].any(), "blind among equals"


WEIGHTS = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")).filter(lambda e: e[0] < e[1]),
    st.integers(1, 50),
    max_size=15,
)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.randoms(), st.permutations("ABCDEF"))
def test_disparity_depends_on_no_order_and_no_name(weights, shuffler, renamed):
    rows = [(a, b, w) for (a, b), w in weights.items()]
    kept = disparity(edges(rows), 0.3).set_index(["account_a", "account_b"])
    name = dict(zip("ABCDEF", renamed, strict=True))
    turned = [(name[b], name[a], w) for a, b, w in rows]
    shuffler.shuffle(turned)
    back = {v: k for k, v in name.items()}
    again = disparity(edges(turned), 0.3)
    found = {tuple(sorted((back[r.account_a], back[r.account_b]))): (r.p, r.kept) for r in again.itertuples()}
    assert found == {pair: (row["p"], row["kept"]) for pair, row in kept.iterrows()}
    graph = nx.Graph()
    graph.add_weighted_edges_from(rows)
    for (a, b), row in kept.iterrows():
        ends = [
            (1 - graph[a][b]["weight"] / graph.degree(n, weight="weight")) ** (graph.degree(n) - 1)
            if graph.degree(n) > 1
            else 1.0
            for n in (a, b)
        ]
        assert row["p"] == pytest.approx(min(ends))


def test_each_relation_is_a_network_of_its_own():
    one = edges([("A", "B", 6), ("A", "C", 3), ("A", "D", 1)])
    both = pd.concat([one.assign(relation="x"), one.assign(relation="y", n_objects=[1, 1, 1])], ignore_index=True)
    table = disparity(both)
    assert table["p_a"].tolist() == pytest.approx([0.16, 0.49, 0.81, *[(2 / 3) ** 2] * 3])
    for bad in (one.assign(n_objects=0), pd.concat([one, edges([("B", "A", 1)])]), one.drop(columns="n_objects")):
        with pytest.raises(InputError):
            disparity(bad)
    with pytest.raises(InputError, match="alpha"):
        disparity(one, 0)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 400).flatmap(
        lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n), st.integers(0, n))
    )
)
def test_hypergeometric_tail_equals_scipy(numbers):
    total, a, b, k = numbers
    found = hypergeometric_tail(np.array([k]), np.array([a]), np.array([b]), total)
    assert found[0] == pytest.approx(hypergeom.sf(k - 1, total, a, b), rel=1e-8, abs=1e-300)


def objects(rows):
    """Rows (account, object[, contents])."""
    full = [(*r, 1)[:3] for r in rows]
    return pd.DataFrame(full, columns=["account_id", "object_id", "n_contents"])


def test_validated_projection_by_hand():
    """A and B share 5 of their 5 objects among 20: p = 1 / C(20, 5), over 3 pairs of accounts."""
    rows = [(a, f"x{i}") for a in "AB" for i in range(5)] + [("C", f"x{i}") for i in range(4, 20)]
    found = validated_projection(objects([*rows, rows[0]]))
    row = found.edges.iloc[0]
    assert len(found.edges) == 1 and (row["account_a"], row["account_b"]) == ("A", "B")
    assert (row["n_shared"], row["n_a"], row["n_b"], row["expected"]) == (5, 5, 5, 25 / 20)
    assert row["p"] == pytest.approx(1 / math.comb(20, 5)) and row["q"] == pytest.approx(3 / math.comb(20, 5))
    assert (found.n_tests, found.n_pairs) == (3, 3) and not found.notes
    assert validated_projection(objects(rows), correction="bonferroni").edges["q"].tolist() == [row["q"]]
    assert validated_projection(objects(rows).head(0)).edges.empty
    with pytest.raises(UnknownNameError):
        validated_projection(objects(rows), correction="holm")


def test_tfidf_cosine_by_hand():
    """Three accounts; y is everybody's and weighs nothing. A = (2 ln 1.5, 0), B = (1 ln 1.5, 0), C has z alone."""
    rows = [("A", "x", 2), ("B", "x", 1), ("A", "y", 9), ("B", "y", 1), ("C", "y", 1), ("C", "z", 1)]
    found = tfidf_cosine(objects(rows), threshold=0.5)
    assert found.edges[["account_a", "account_b"]].to_numpy().tolist() == [["A", "B"]]
    assert found.edges["cosine"].iloc[0] == pytest.approx(1.0) and found.edges["n_shared"].iloc[0] == 2
    assert found.n_pairs == 1
    rows = [("A", "x", 1), ("A", "z", 1), ("B", "x", 1), ("B", "w", 3), ("C", "q", 1)]
    idf_x, idf = math.log(3 / 2), math.log(3)
    expected = idf_x**2 / (math.hypot(idf_x, idf) * math.hypot(idf_x, 3 * idf))
    assert tfidf_cosine(objects(rows), top=1.0).edges["cosine"].tolist() == pytest.approx([expected])
    for options in ({}, {"threshold": 0.5, "top": 0.1}, {"top": 0}, {"threshold": 1.5}):
        with pytest.raises(InputError):
            tfidf_cosine(objects(rows), **options)
    assert tfidf_cosine(objects(rows).head(0), top=0.5).edges.empty


USED = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEFG"), st.sampled_from("uvwxyz")), st.integers(1, 5), min_size=1, max_size=35
)


@settings(max_examples=40, deadline=None)
@given(USED, st.randoms(), st.sampled_from([0.1, 0.4, 1.0]))
def test_projections_in_any_order_and_any_blocks(used, shuffler, top):
    """Equal to dense matrices; neither the order of the rows nor the size of the blocks matters."""
    rows = [(a, o, n) for (a, o), n in used.items()]
    first, tested = tfidf_cosine(objects(rows), top=top), validated_projection(objects(rows), 0.5)
    dense = objects(rows).pivot(index="account_id", columns="object_id", values="n_contents").fillna(0)
    weighted = dense * np.log(len(dense) / (dense > 0).sum())
    norm = np.sqrt((weighted**2).sum(axis=1)).replace(0, 1)
    cosine = (weighted.div(norm, axis=0) @ weighted.div(norm, axis=0).T).to_numpy()
    values = np.sort(cosine[np.triu_indices(len(dense), 1)])[::-1]
    values = values[values > 1e-12]
    kept = values[values >= values[int(np.ceil(top * len(values))) - 1] - 1e-9] if len(values) else values
    assert np.sort(first.edges["cosine"])[::-1] == pytest.approx(kept) and first.n_pairs == len(values)
    shared = ((dense > 0).astype(int) @ (dense > 0).astype(int).T).to_numpy()
    names = list(dense.index)
    for row in tested.edges.itertuples():
        assert row.n_shared == shared[names.index(row.account_a), names.index(row.account_b)]
        assert row.p == pytest.approx(hypergeom.sf(row.n_shared - 1, dense.shape[1], row.n_a, row.n_b))
    shuffler.shuffle(rows)
    size, backbones.BLOCK = backbones.BLOCK, 3
    try:
        pd.testing.assert_frame_equal(tfidf_cosine(objects(rows), top=top).edges, first.edges)
        pd.testing.assert_frame_equal(validated_projection(objects(rows), 0.5).edges, tested.edges)
    finally:
        backbones.BLOCK = size


def test_what_is_left_out_is_told():
    rows = [(a, "viral", 1) for a in "ABCDE"] + [("A", "x", 4), ("B", "x", 4)]
    assert validated_projection(objects(rows), max_accounts=4).notes == (
        "1 objects of more than 4 accounts were left out, with 5 of 7 links between accounts and objects",
    )
    assert tfidf_cosine(objects(rows), threshold=0.5, min_contents=2).notes == (
        "3 accounts have fewer than 2 contents and were left out",
    )


def test_account_objects_counts_contents():
    con = connection([("A", "x", "a1", 0), ("A", "x", "a2", 5), ("A", "x", "a2", 6), ("B", "x", "b1", 7)])
    table = account_objects(con, "co_url")
    assert table.to_numpy().tolist() == [["A", "x", 2], ["B", "x", 1]]


def test_koch_the_published_baseline(shared_data, tmp_path):
    """TF-IDF cosine of hashtags at 0.9, accounts with ten or more: the cluster of 121 at precision 0.86, as published."""
    from investigate import Case

    path = shared_data("ira_koch_2015-11-20_12-01.csv.gz")
    case = Case.create(tmp_path / "case")
    case.load(path, "ira_tweets")
    kept = tfidf_cosine(account_objects(case.connection(), "co_hashtag"), threshold=0.9, min_contents=10).edges
    case.close()
    truth = truth_of(path, "account_type", "koch")
    graph = nx.from_pandas_edgelist(kept, "account_a", "account_b")
    cluster = max(nx.connected_components(graph), key=lambda c: len(c & truth))
    assert len(cluster) == 121 and len(cluster & truth) / len(cluster) == pytest.approx(0.86, abs=0.005)
