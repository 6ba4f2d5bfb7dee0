"""Permutation tests of communities: exact on cases that can be counted out, calibrated where nothing is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_of_rows import connection

from investigate.errors import InputError, UnknownNameError
from investigate.permutation import SIGNIFICANCE_COLUMNS, WITHIN, community_significance
from investigate.simulate import make_world, plant_fast

HOUR = 3600


def members(*accounts, community=1):
    return pd.DataFrame({"community": community, "account_id": list(accounts)})


def significance(rows, group, window=10.0, **options):
    return community_significance(connection(rows), group, ["co_url"], window, **options)


def test_three_actions_counted_out():
    """Of the six ways to deal times 0, 1 and 1000 among A, B and C, two leave A and B together: 2 contents in a third."""
    rows = [("A", "x", "a", 0), ("B", "x", "b", 1), ("C", "x", "c", 1000)]
    row = significance(rows, members("A", "B"), draws=2000, seed=1).iloc[0]
    assert list(row.index) == list(SIGNIFICANCE_COLUMNS)
    assert row["n_acts"] == 2 and row["n_shuffled"] == 3 and row["own_share"] == pytest.approx(2 / 3)
    assert row["expected"] == pytest.approx(2 / 3, abs=4 * np.sqrt(8 / 9 / 2000))
    assert row["p"] == pytest.approx(1 / 3, abs=0.05) and row["movable"] == 1.0


@pytest.mark.parametrize(("within", "late"), [("object_hour", 5 * HOUR), ("object_day", 30 * HOUR)])
def test_strata_hold_times_fixed(within, late):
    """C acts at another hour, or on another day: A and B can only swap with each other and stay together always."""
    rows = [("A", "x", "a", 0), ("B", "x", "b", 1), ("C", "x", "c", late), ("D", "x", "d", late + 1)]
    held = significance(rows, members("A", "B"), draws=300, within=within).iloc[0]
    assert held["expected"] == 2 and held["sd"] == 0 and held["p"] == 1.0 and held["movable"] == 1.0
    free = significance(rows, members("A", "B"), draws=300).iloc[0]
    assert free["expected"] == pytest.approx(2 / 3, abs=0.25)
    alone = significance([("A", "x", "a", 0), ("B", "x", "b", late)], members("A", "B"), within=within).iloc[0]
    assert alone["movable"] == 0.0 and alone["p"] == 1.0


def test_objects_are_dealt_within_the_hour():
    """x, x and y among three actions of one hour: A and B both get x in a third of the deals; the next hour is apart."""
    rows = [("A", "x", "a", 0), ("B", "x", "b", 1), ("C", "y", "c", 2), ("D", "y", "d", HOUR + 5)]
    row = significance(rows, members("A", "B"), draws=2000, within="hour").iloc[0]
    assert row["n_acts"] == 2 and row["n_shuffled"] == 3
    assert row["expected"] == pytest.approx(2 / 3, abs=4 * np.sqrt(8 / 9 / 2000))


def test_a_group_that_alone_fills_its_object_is_not_told_by_times_but_by_objects():
    """Times stay in the group whoever gets them: p = 1 and own_share 1. Dealing objects tells it at once."""
    draw = np.random.default_rng(0)
    rows = [("ABC"[draw.integers(3)], "own", f"m{i}", 100 * i) for i in range(60)]
    rows += [(f"p{i % 20}", f"o{i}", f"q{i}", 25 * i) for i in range(240)]
    times = significance(rows, members("A", "B", "C"), window=100.0).iloc[0]
    assert times["own_share"] == 1.0 and times["p"] > 0.05
    objects = significance(rows, members("A", "B", "C"), window=100.0, within="hour").iloc[0]
    assert objects["n_acts"] == times["n_acts"] > 40 and objects["p"] == 1 / 201 and objects["own_share"] < 0.3


NAMES = st.sampled_from("abcdef")
ACTS = st.lists(
    st.tuples(NAMES, st.sampled_from("xyz"), st.integers(0, 9), st.integers(0, 200)), min_size=1, max_size=40
)


@settings(max_examples=30, deadline=None)
@given(ACTS, st.randoms(), st.sampled_from(WITHIN))
def test_observed_equals_a_double_loop_in_any_order(acts, shuffler, within):
    rows = [(a, o, f"{a}{c}", s) for a, o, c, s in dict.fromkeys(acts)]
    group = pd.concat([members("a", "b", "c"), members("d", "e", community=7)], ignore_index=True)
    of = dict(zip(group["account_id"], group["community"], strict=True))
    expected = {1: set(), 7: set()}
    for a, o, c, s in rows:
        for b, p, _, t in rows:
            if a != b and o == p and abs(s - t) <= 10 and a in of and of[a] == of.get(b):
                expected[of[a]].add(c)
    table = significance(rows, group, draws=5, within=within)
    assert dict(zip(table["community"], table["n_acts"], strict=True)) == {k: len(v) for k, v in expected.items()}
    assert table["p"].between(1 / 6, 1).all()
    shuffler.shuffle(rows)
    again = significance(rows, group.sample(frac=1, random_state=1), draws=5, within=within)
    pd.testing.assert_frame_equal(again, table)


@pytest.mark.parametrize("within", WITHIN)
def test_random_groups_in_random_data_are_seldom_significant(within):
    """Accounts, objects and times drawn independently: of 60 random groups about one in twenty falls below p = 0.05."""
    rng = np.random.default_rng(5)
    n = 6000
    rows = [
        (f"u{a}", f"o{o}", f"c{i}", int(t))
        for i, (a, o, t) in enumerate(
            zip(rng.integers(0, 300, n), rng.integers(0, 25, n), rng.integers(0, 6 * HOUR, n), strict=True)
        )
    ]
    group = pd.DataFrame({"community": np.arange(300) // 5 + 1, "account_id": [f"u{i}" for i in rng.permutation(300)]})
    p = significance(rows, group, window=600.0, draws=99, within=within)["p"]
    assert len(p) == 60 and (p <= 0.05).mean() <= 0.15 and 0.35 < p.mean() < 0.65


def test_planted_group_is_in_step_under_every_null(tmp_path):
    from investigate import Case

    world = make_world(2, groups=(plant_fast(),))
    world.save(tmp_path / "world")
    case = Case.create(tmp_path / "case")
    case.load(tmp_path / "world" / "world.csv.gz", "csv", mapping=str(tmp_path / "world" / "world.toml"))
    group = members(*sorted(world.planted["fast"]))
    for within in WITHIN:
        row = community_significance(
            case.connection(), group, ["co_url", "co_text", "co_hashtag"], 60.0, within=within
        ).iloc[0]
        assert row["p"] == 1 / 201 and row["n_acts"] > row["expected"] + 4 * row["sd"]
    case.close()


def test_merkel_by_objects_not_by_times(shared_data, tmp_path):
    """The 50 accounts are 96 % of all actions on their objects: shuffled times cannot tell them, dealt objects can."""
    from investigate import Case

    case = Case.create(tmp_path / "case")
    case.load(shared_data("ira_merkel_2016-07-18_24.csv.gz"), "ira_tweets")
    case.relate(["co_hashtag", "co_mention", "co_text", "co_url"])
    case.score()
    case.group()
    first = case.communities[case.communities["community"] == 1]
    names, window, con = list(case.settings.relations), case.settings.window_s, case.connection()
    times = community_significance(con, first, names, window, draws=50).iloc[0]
    objects = community_significance(con, first, names, window, draws=50, within="hour").iloc[0]
    assert times["n_acts"] == objects["n_acts"] == first["n_acts"].sum()
    assert times["own_share"] > 0.9 and times["p"] > 0.5
    assert objects["p"] == 1 / 51 and objects["n_acts"] > objects["expected"] + 4 * objects["sd"]
    case.close()


def test_bad_parameters_and_empty_groups():
    rows = [("A", "x", "a", 0), ("B", "y", "b", 1)]
    row = significance(rows, members("A", "B"), draws=3).iloc[0]
    assert (row["n_acts"], row["p"], row["n_shuffled"]) == (0, 1.0, 0) and pd.isna(row["own_share"])
    assert significance(rows, members(), draws=3).empty
    with pytest.raises(InputError, match="draws"):
        significance(rows, members("A"), draws=0)
    with pytest.raises(UnknownNameError, match="object_day"):
        significance(rows, members("A"), within="day")
    with pytest.raises(InputError, match="two communities"):
        significance(rows, pd.concat([members("A"), members("A", community=2)]))
    with pytest.raises(InputError, match="no relation"):
        community_significance(connection(rows), members("A"), [], 10.0)
