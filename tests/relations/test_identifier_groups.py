"""Identifiers inside a group: exact expectation on hand-made data, uniform p where nothing is planted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import hypergeom, poisson
from tables_of_rows import connection

from investigate.relations.identifier_groups import shared_inside


def carried(rows: list[tuple[str, str]], object_type: str = "wallet") -> list[tuple]:
    return [(account, wallet, f"c{object_type}{i}", 0, object_type) for i, (account, wallet) in enumerate(rows)]


def test_counts_and_expectation() -> None:
    """A, B, C share two wallets among them; outsiders share one; the expectation is the hypergeometric sum."""
    rows = [("A", "w1"), ("B", "w1"), ("B", "w2"), ("C", "w2"), ("D", "w2"), ("E", "w3"), ("F", "w3"), ("G", "w4")]
    found = shared_inside(connection(carried(rows)), ["A", "B", "C", "Z"])
    assert found["relation"].tolist() == ["shared_payment"]
    row = found.iloc[0]
    assert row[["n_members", "n_carrying", "n_identifiers", "n_linked"]].tolist() == [4, 3, 2, 3]
    expected = 2 * hypergeom.sf(1, 8, 4, 2) + hypergeom.sf(1, 8, 4, 3)
    assert row["expected"] == pytest.approx(expected)
    assert row["p"] == pytest.approx(poisson.sf(1, expected))


def test_what_is_capped_counts_for_nothing_and_families_stay_apart() -> None:
    """A pixel of 60 pages is not counted inside; a group without identifiers has no row."""
    rows = carried([(f"p{i}", "9") for i in range(60)], "pixel") + carried([("p1", "w"), ("p2", "w")])
    found = shared_inside(connection(rows), ["p1", "p2"]).set_index("relation")
    assert found["n_identifiers"].to_dict() == {"shared_payment": 1, "shared_infrastructure": 0}
    assert found.loc["shared_infrastructure", ["expected", "p"]].tolist() == [0.0, 1.0]
    assert shared_inside(connection(rows), ["nobody"]).empty and shared_inside(connection(rows), []).empty


def test_a_random_group_is_seldom_surprising_and_a_planted_one_is() -> None:
    """400 accounts, 600 acts of carrying: of 60 random groups of 12 at most 5 % have p <= 0.05; a group that shares
    six identifiers two by two has p < 0.001."""
    rng = np.random.default_rng(5)
    rows = [(f"a{rng.integers(400):03d}", f"w{int(rng.pareto(1.5) * 40)}") for _ in range(600)]
    con = connection(carried(rows))
    names = sorted({a for a, _ in rows})
    p = [
        table["p"].iloc[0]
        for _ in range(60)
        if len(table := shared_inside(con, rng.choice(names, 12, replace=False).tolist()))
    ]
    assert len(p) == 60 and np.mean(np.array(p) <= 0.05) <= 0.05
    planted = [(f"x{i % 12}", f"plant{i // 2}") for i in range(12)]
    found = shared_inside(connection(carried([*rows, *planted])), [f"x{i}" for i in range(12)])
    assert found["n_identifiers"].iloc[0] == 6 and found["p"].iloc[0] < 0.001
