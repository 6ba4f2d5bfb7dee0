"""Who leads: intervals equal to SciPy's, shares exact by hand, and nobody named where the data does not say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from investigate.errors import InputError
from investigate.leads import COMMUNITY_COLUMNS, PAIR_COLUMNS, community_leads, pair_leads, wilson

START = pd.Timestamp("2024-03-01T00:00:00Z")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_wilson_equals_scipy(counts, level):
    k, n = counts
    low, high = wilson(np.array([k]), np.array([n]), level)
    expected = binomtest(k, n).proportion_ci(level, method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-9) and high[0] == pytest.approx(expected.high, abs=1e-9)


def test_wilson_of_nothing_is_everything():
    low, high = wilson(np.array([0.0]), np.array([0.0]))
    assert (low[0], high[0]) == (0.0, 1.0)


def edge(n_objects, n_pairs, n_ordered, share):
    row = {"relation": "co_url", "account_a": "A", "account_b": "B", "n_objects": n_objects, "n_pairs": n_pairs}
    return row | {"n_ordered": n_ordered, "share_a_first": share}


def test_pairs_count_objects_not_pairs_and_ties():
    edges = pd.DataFrame(
        [
            edge(10, 10, 10, 1.0),
            edge(2, 100, 100, 1.0),  # a hundred pairs on two objects are two observations
            edge(20, 30, 25, 0.0),
            edge(12, 12, 12, 0.5),
            edge(3, 4, 0, float("nan")),
        ]
    )
    table = pair_leads(edges)
    assert list(table.columns) == list(PAIR_COLUMNS)
    assert table["leader"].tolist() == ["A", "", "B", "", ""]
    assert table["n_units"].tolist() == [10, 2, 20, 12, 0] and table["n_ties"].tolist() == [0, 0, 5, 0, 4]
    expected = binomtest(10, 10).proportion_ci(method="wilson")
    assert table["low"].iloc[0] == pytest.approx(expected.low) and table["high"].iloc[0] == 1.0
    assert "clock cannot say" in table["statement"].iloc[4] and "5 of 30 pairs are level" in table["statement"].iloc[2]
    assert table["statement"].iloc[3].startswith("neither leads")
    with pytest.raises(InputError, match="n_ordered"):
        pair_leads(edges.drop(columns="n_ordered"))
    assert pair_leads(edges.head(0)).empty


def joint(rows, community=1):
    """Rows (account, object, seconds)."""
    table = pd.DataFrame(rows, columns=["account_id", "object_id", "s"])
    table["created_at"] = START + pd.to_timedelta(table["s"].astype(float), unit="s")
    table["content_id"] = [f"c{i}" for i in range(len(table))]
    return table.assign(community=community, object_type="url", n_partners=1)


def test_one_that_always_comes_first_leads():
    rows = [(a, f"x{i}", 1000 * i + 5 * (a != "L") * (1 + "LMN".index(a))) for i in range(12) for a in "LMN"]
    rows += [("L", "x0", 50), ("M", "only", 0)]  # a second act of L; an object of one account says nothing
    table = community_leads(joint(rows)).set_index("account_id")
    assert {*table.columns, "account_id"} == set(COMMUNITY_COLUMNS)
    assert table.loc["L", ["n_objects", "n_led", "n_ties"]].tolist() == [12, 12, 0]
    assert table.loc["L", "leads"] and not table.loc[["M", "N"], "leads"].any() and table.index[0] == "L"
    assert np.allclose(table["equal_share"], 1 / 3)
    assert table["statement"].iloc[0] == "1 account comes first more often than an equal share, over 12 objects"


def test_taking_turns_is_no_leading():
    rows = [("ABC"[(i + k) % 3], f"x{i}", 1000 * i + k) for i in range(30) for k in range(3)]
    table = community_leads(joint(rows))
    assert (table["n_led"] == 10).all() and not table["leads"].any()
    assert table["statement"].iloc[0].startswith("no account leads: every interval holds the equal share")


def test_random_order_names_nobody_most_of_the_time():
    """Forty groups of eight with the order drawn anew for each object: a leader is named in at most a tenth of them."""
    rng = np.random.default_rng(3)
    tables = []
    for number in range(40):
        order = [(f"u{a}", f"x{i}", 1000 * i + k) for i in range(25) for k, a in enumerate(rng.permutation(8)[:5])]
        tables.append(joint(order, number))
    found = community_leads(pd.concat(tables, ignore_index=True), draws=300)
    assert found.groupby("community")["leads"].any().mean() <= 0.1


def test_a_coarse_clock_ties_what_it_cannot_order():
    """With times to the minute, two accounts in one minute are a tie, whatever the stored seconds say."""
    rows = [("A", f"x{i}", 600 * i) for i in range(20)] + [("B", f"x{i}", 600 * i + 20) for i in range(20)]
    fine = community_leads(joint(rows)).set_index("account_id")
    assert fine.loc["A", "leads"] and fine.loc["A", "n_led"] == 20
    coarse = community_leads(joint(rows), resolution_s=60)
    assert (coarse["n_objects"] == 0).all() and (coarse["n_ties"] == 20).all() and not coarse["leads"].any()
    assert coarse["statement"].iloc[0].startswith("the clock cannot say who comes first; on 20 of 20 objects")
    assert (coarse[["low", "high"]] == [0.0, 1.0]).all().all()


ROWS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("vwxyz"), st.integers(0, 50)), min_size=1, max_size=40
)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.randoms())
def test_equal_to_a_plain_count_in_any_order_and_shifted(rows, shuffler):
    table = community_leads(joint(rows), draws=50)
    starts: dict[str, dict[str, int]] = {}
    for a, o, s in rows:
        starts.setdefault(o, {})[a] = min(s, starts.get(o, {}).get(a, s))
    led = dict.fromkeys(sorted({r[0] for r in rows}), 0)
    took = dict(led)
    for first in starts.values():
        best = [a for a, s in first.items() if s == min(first.values())]
        if len(first) > 1 and len(best) == 1:
            led[best[0]] += 1
            for a in first:
                took[a] += 1
    assert table.set_index("account_id")["n_led"].to_dict() == led
    assert table.set_index("account_id")["n_objects"].to_dict() == took
    assert ((table["low"] <= table["share_led"].fillna(0)) & (table["share_led"].fillna(1) <= table["high"])).all()
    moved = [(a, o, s + 12345) for a, o, s in rows]
    shuffler.shuffle(moved)
    pd.testing.assert_frame_equal(community_leads(joint(moved), draws=50), table)


def test_bad_parameters_and_nothing():
    assert list(community_leads(joint([("A", "x", 0)]).head(0)).columns) == list(COMMUNITY_COLUMNS)
    with pytest.raises(InputError):
        community_leads(joint([("A", "x", 0)]), draws=0)
    with pytest.raises(InputError):
        community_leads(joint([("A", "x", 0)]), resolution_s=-1)


def test_a_headline_and_its_link_are_one_thing():
    """Objects on exactly the same posts are counted once; an object on other posts as well is its own."""
    rows = []
    for i in range(6):
        start = pd.Timestamp("2024-03-01T10:00:00Z") + pd.Timedelta(hours=i)
        for account, delay in (("a", 0), ("b", 30)):
            content = f"{account}{i}"
            for kind in ("text", "url"):
                rows.append((1, account, content, start + pd.Timedelta(seconds=delay), kind, f"{kind}{i}"))
            rows.append((1, account, content, start + pd.Timedelta(seconds=delay), "hashtag", "all"))
    columns = ["community", "account_id", "content_id", "created_at", "object_type", "object_id"]
    table = community_leads(pd.DataFrame(rows, columns=columns)).set_index("account_id")
    assert table["n_objects"].to_dict() == {"a": 7, "b": 7}
    assert table["n_led"].to_dict() == {"a": 7, "b": 0}
