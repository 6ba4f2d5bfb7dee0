"""What holds for every relation there is, on random worlds that hold every object type. New relations are included."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pandas as pd
import pytest

from investigate import engines
from investigate.relations import EDGE_COLUMNS, RELATIONS, available

from .worlds import World, random_world, stranger

SEEDS = (0, 1)
NARROW, WIDE = 60.0, 400.0
ENDS = ["account_a", "account_b"]
COUNTS = ["n_objects", "n_pairs", "n_content_a", "n_content_b", "n_ordered"]
NUMBERS = ["weight", "mean_lag_s", "share_a_first"]

every = pytest.mark.parametrize("name", RELATIONS.names())
seeds = pytest.mark.parametrize("seed", SEEDS)


def edges_of(world: World, name: str, window_s: float = NARROW) -> pd.DataFrame:
    """The relation's edges; co-action on every embedded engine, which must agree."""
    con, rule = world.connect(), RELATIONS.get(name)
    if not rule.is_co_action:
        if rule.prepare:
            rule.prepare(con)
        return rule.edges(con, window_s)
    found = [engines.co_action(con, name, window_s, engine=engine).edges for engine in engines.EMBEDDED]
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other, check_dtype=False)
    return found[0]


@cache
def base(seed: int, name: str, window_s: float = NARROW) -> pd.DataFrame:
    return edges_of(random_world(seed), name, window_s)


def assert_same(one: pd.DataFrame, two: pd.DataFrame, columns: list[str]) -> None:
    """Equal pairs of accounts with equal values in these columns."""
    pd.testing.assert_frame_equal(one[[*ENDS, *columns]], two[[*ENDS, *columns]], check_dtype=False, rtol=1e-9)


@every
@seeds
def test_the_world_has_data_for_it(name, seed):
    """The random world carries the relation and gives edges; a new relation needs its objects in `worlds.py`."""
    con = random_world(seed).connect()
    assert name in available(con), f"add what '{name}' needs to tests/relations/worlds.py"
    assert len(base(seed, name)) > 0, f"'{name}' links nobody in tests/relations/worlds.py"


@every
@seeds
def test_edges_are_well_formed(name, seed):
    """Declared columns, one row per pair, sides in the order of UTF-8 bytes, rows sorted, counts and shares in range."""
    edges, rule = base(seed, name), RELATIONS.get(name)
    assert list(edges.columns)[: len(EDGE_COLUMNS)] == list(EDGE_COLUMNS)
    assert set(edges["relation"]) == {name}
    sides = [(a.encode(), b.encode()) for a, b in edges[ENDS].itertuples(index=False)]
    assert all(a < b for a, b in sides) and len(set(sides)) == len(sides) and sides == sorted(sides)
    assert (edges["n_objects"] >= 1).all() and (edges["n_pairs"] >= edges["n_objects"]).all()
    assert (edges[["n_content_a", "n_content_b", "n_ordered"]] >= 0).all(axis=None)
    assert (edges["n_ordered"] <= edges["n_pairs"]).all() and (edges["weight"] > 0).all()
    shares = edges["share_a_first"]
    assert shares.dropna().between(0, 1).all() and (shares.isna() == (edges["n_ordered"] == 0)).all()
    timed = edges["first_at"].notna()
    assert (edges.loc[timed, "first_at"] <= edges.loc[timed, "last_at"]).all()
    if rule.is_co_action:
        assert timed.all() and (edges["mean_lag_s"] <= NARROW).all()
    else:
        assert edges["p"].between(0, 1).all() and (edges["expected"] >= 0).all()


@every
@seeds
def test_order_of_rows_does_not_matter(name, seed):
    """Shuffled tables give the same edges, whole rows, with what chance would give."""
    shuffled = edges_of(random_world(seed).shuffled(seed + 1), name)
    pd.testing.assert_frame_equal(base(seed, name), shuffled, rtol=1e-9)


@every
@seeds
def test_renaming_accounts_renames_the_result(name, seed):
    """Other identifiers give the same edges between the accounts so named, the sides exchanged where the order is."""
    world, before = random_world(seed), base(seed, name)
    ids = sorted(set(world.content["account_id"]))
    fresh = [f"x:n{i:02d}" for i in range(len(ids))]
    random.Random(seed).shuffle(fresh)
    back = dict(zip(fresh, ids, strict=True))
    after = edges_of(world.renamed({old: new for new, old in back.items()}), name)
    after = after.assign(account_a=after["account_a"].map(back), account_b=after["account_b"].map(back))
    turned = np.array([a.encode() > b.encode() for a, b in after[ENDS].itertuples(index=False)], dtype=bool)
    for one, two in (("account_a", "account_b"), ("n_content_a", "n_content_b")):
        old = after[one].copy()
        after[one] = old.where(~turned, after[two])
        after[two] = after[two].where(~turned, old)
    after["share_a_first"] = after["share_a_first"].where(~turned, 1 - after["share_a_first"])
    after = after.sort_values(ENDS, key=lambda c: c.map(str.encode), ignore_index=True)
    chance = [] if RELATIONS.get(name).is_co_action else ["expected", "p"]
    assert_same(before, after, [*COUNTS, *NUMBERS, "first_at", "last_at", *chance])


@every
@seeds
def test_shifting_all_times_changes_nothing_but_times(name, seed):
    """The same world at another time gives the same edges, first and last times moved along.

    A relation that cuts time into bins is moved by whole microseconds too: its bins begin with the data.
    """
    by = random.Random(seed).randrange(-(10**12), 10**12)
    before, after = base(seed, name), edges_of(random_world(seed).shifted(by), name)
    assert_same(before, after, [*COUNTS, *NUMBERS])
    if "bin" not in RELATIONS.get(name).defaults:
        moved = before[["first_at", "last_at"]] + pd.Timedelta(by, unit="us")
        pd.testing.assert_frame_equal(moved, after[["first_at", "last_at"]], check_dtype=False)


@every
@seeds
def test_a_wider_window_never_removes_an_edge(name, seed):
    """Widening the window keeps every edge and lowers no count."""
    narrow, wide = (base(seed, name, w).set_index(ENDS) for w in (NARROW, WIDE))
    assert set(narrow.index) <= set(wide.index)
    both = wide.loc[narrow.index]
    for column in COUNTS:
        assert (both[column] >= narrow[column]).all(), column
    if RELATIONS.get(name).untimed:
        pd.testing.assert_frame_equal(narrow, both)


@every
@seeds
def test_weights_never_exceed_what_both_acted_on(name, seed):
    """n_objects is at most the number of objects the data hold for both accounts."""
    con, rule, edges = random_world(seed).connect(), RELATIONS.get(name), base(seed, name)
    if rule.prepare:
        rule.prepare(con)
    if rule.is_co_action:
        acts = con.sql(rule.acts_query(NARROW)).df()
        objects = acts.groupby("account_id")["object_id"].agg(set)
    else:
        held = con.sql("select account_id, object_type, object_id from action_us").df()
        held = held[held["object_type"].isin(rule.needs)]
        if held.empty:
            # Names and half hours are no objects of the tables: the evidence lists them.
            for a, b, n in edges[[*ENDS, "n_objects"]].head(8).itertuples(index=False):
                assert n <= len(rule.evidence(con, NARROW, a, b))
            return
        held["object"] = list(zip(held["object_type"], held["object_id"], strict=True))
        objects = held.groupby("account_id")["object"].agg(set)
    for a, b, n in edges[[*ENDS, "n_objects"]].itertuples(index=False):
        assert n <= len(objects[a] & objects[b])


@every
@seeds
def test_the_evidence_is_the_edge(name, seed):
    """The rows behind an edge hold its objects and are as many as its pairs; both accounts, either way round."""
    con, rule = random_world(seed).connect(), RELATIONS.get(name)
    for edge in base(seed, name).head(8).itertuples():
        rows = rule.evidence(con, NARROW, edge.account_a, edge.account_b)
        assert {"relation", "object_id", *ENDS, "at_a", "at_b", "lag_s", "text_a", "text_b"} <= set(rows.columns)
        assert set(rows["account_a"]) == {edge.account_a} and set(rows["account_b"]) == {edge.account_b}
        assert len(rows) >= edge.n_objects
        if rule.is_co_action:
            assert len(rows) == edge.n_pairs and rows["object_id"].nunique() == edge.n_objects
            assert rows["content_a"].nunique() == edge.n_content_a and rows["content_b"].nunique() == edge.n_content_b
            assert (rows["lag_s"].abs() <= NARROW).all()
        turned = rule.evidence(con, NARROW, edge.account_b, edge.account_a)
        pd.testing.assert_frame_equal(rows, turned)


@every
@seeds
def test_an_unrelated_account_changes_no_edge(name, seed):
    """An account with objects, texts and a name of its own gets no edge and leaves every other edge's counts."""
    more = edges_of(random_world(seed).joined(stranger(seed)), name)
    assert "x:stranger" not in set(more["account_a"]) | set(more["account_b"])
    assert_same(base(seed, name), more, [*COUNTS, *NUMBERS, "first_at", "last_at"])


@every
def test_nothing_gives_no_edge(name):
    """One account alone: declared columns, no rows, no error."""
    edges = edges_of(stranger(0), name)
    assert len(edges) == 0 and list(edges.columns)[: len(EDGE_COLUMNS)] == list(EDGE_COLUMNS)
