"""Fast repost: the time since the original counts, and the original must be there."""

from __future__ import annotations

import pytest
from tables_of_rows import connection

from investigate import engines
from investigate.relations import RELATIONS, available
from investigate.relations.fast_repost import NAME, fast_reposters

ROWS = [
    ("O", "x", "o1", 0.0, "url"),
    ("O", "x", "o2", 1000.0, "url"),
    ("A", "o1", "a1", 5.0, "repost"),
    ("B", "o1", "b1", 10.0, "repost"),
    ("C", "o1", "c1", 11.0, "repost"),
    ("A", "o2", "a2", 1004.0, "repost"),
    ("B", "o2", "b2", 1010.0, "repost"),
    ("O", "o1", "o3", 2.0, "repost"),
    ("A", "gone", "a3", 50.0, "repost"),
    ("B", "gone", "b3", 51.0, "repost"),
]


def test_only_reposts_soon_after_the_original_count():
    """Inclusive window after the original; the author's own reposts and reposts of absent originals do not count."""
    con = connection(ROWS)
    for engine in engines.EMBEDDED:
        found = engines.co_action(con, NAME, 10.0, engine=engine).edges
        assert found[["account_a", "account_b", "n_objects", "n_pairs"]].values.tolist() == [["A", "B", 2, 2]]
    wider = engines.co_action(con, NAME, 11.0).edges
    assert len(wider) == 3
    rows = RELATIONS.get(NAME).evidence(con, 10.0, "B", "A")
    assert rows["seconds_after_a"].tolist() == [5.0, 4.0] and rows["seconds_after_b"].tolist() == [10.0, 10.0]
    assert set(rows["author_id"]) == {"O"} and rows["lag_s"].tolist() == [5.0, 6.0]


def test_a_repost_before_its_original_is_not_fast():
    """Clocks that disagree give no edge."""
    rows = [("O", "x", "o1", 100.0, "url"), ("A", "o1", "a1", 99.0, "repost"), ("B", "o1", "b1", 101.0, "repost")]
    assert engines.co_action(connection(rows), NAME, 60.0).edges.empty


def test_without_originals_it_cannot_be_used():
    """Reposts alone do not carry the relation; the table of fast reposters is empty then."""
    con = connection([("A", "gone", "a1", 0.0, "repost"), ("B", "gone", "b1", 1.0, "repost")])
    assert NAME not in available(con) and NAME in available(connection(ROWS))
    assert fast_reposters(con, 10.0).empty and "p" in fast_reposters(con, 10.0).columns


def test_fast_reposters_counts_by_hand():
    """Counts, shares and medians; all reposts in the denominator, also those whose original is absent."""
    table = fast_reposters(connection(ROWS), 10.0).set_index("account_id")
    assert set(table.index) == {"A", "B", "C"}
    a = table.loc["A"]
    assert (a["n_reposts"], a["n_known"], a["n_fast"], a["n_authors"]) == (3, 2, 2, 1)
    assert a["share_fast"] == pytest.approx(2 / 3) and a["median_s"] == 4.5
    # Others' reposts: B fast twice, C not; on o1 one of two is fast, on o2 one of one; the data's share is 2/3.
    assert a["expected"] == pytest.approx((1 + 5 * 2 / 3) / 7 + (1 + 5 * 2 / 3) / 6)
    assert table.loc["C", "n_fast"] == 0 and table.loc["C", "p"] == 1.0


def test_one_who_is_always_first_stands_out():
    """Among thirty ordinary reposters of sixty originals, one who is always within ten seconds has the smallest p."""
    import random

    rng = random.Random(4)
    rows = [("O", "x", f"o{k}", 1000.0 * k, "url") for k in range(60)]
    for i in range(30):
        for k in rng.sample(range(60), 20):
            rows.append((f"u{i}", f"o{k}", f"c{i}-{k}", 1000.0 * k + rng.expovariate(1 / 300), "repost"))
    rows += [("quick", f"o{k}", f"q{k}", 1000.0 * k + rng.uniform(1, 9), "repost") for k in range(0, 60, 3)]
    table = fast_reposters(connection(rows), 10.0)
    first, second = table.iloc[0], table.iloc[1]
    assert first["account_id"] == "quick" and first["n_fast"] == 20 and first["p"] < 1e-12
    assert second["p"] > 1e-3 and first["expected"] < 3
