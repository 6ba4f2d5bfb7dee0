"""The definition in SQL says what co-action is: held to a count by hand, on text and on codes, and to the sweep."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate import engine
from investigate.engines import acts, definition, duck, sweep
from investigate.engines.finish import Links, finish
from investigate.relations import EDGE_COLUMNS

from .worlds import NAMES, Row, by_hand, rows_of, same, table, with_acts

HOUR = 3_600_000_000


def on_text(rows: list[Row], window_us: int, min_shared: int) -> Links:
    """The texts as they stand, on identifiers as text."""
    with with_acts(rows) as con:
        edges = con.sql(definition.edges(window_us, min_shared)).to_arrow_table()
        exposure = con.sql(definition.exposure(window_us)).to_arrow_table().sort_by("account_id").to_pandas()
        exposure.insert(0, "relation", pd.Series("r", index=exposure.index, dtype="str"))
        found = con.sql(definition.found(window_us)).fetchall()[0]
    return Links(finish(edges, "r"), exposure, *found)


def on_codes(rows: list[Row], window_us: int, min_shared: int) -> Links:
    with engine.connect() as con:
        con.register("rows", table(rows))
        query = "select account_id, content_id, object_id, at_us from rows"
        return duck.co_action(con, query, window_us / 1e6, min_shared, "r")


def by_sweep(rows: list[Row], window_us: int, min_shared: int) -> Links:
    return sweep.co_action(acts.build([("r", table(rows))]), "r", window_us / 1e6, min_shared)


ENGINES = [on_text, on_codes, by_sweep]
names, few = st.sampled_from(NAMES), st.integers(0, 5)
actions = st.tuples(names, few.map("c{}".format), st.integers(0, 2).map("o{}".format), st.integers(-12, 12))


@pytest.mark.parametrize("run", ENGINES)
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(actions, max_size=14), window_us=st.integers(0, 6), min_shared=st.integers(1, 2))
def test_as_counted_by_hand(run, rows, window_us, min_shared):
    """Few names, few microseconds: ties, edges of the window, times before 1970 and shared contents in most examples."""
    same(run(rows, window_us, min_shared), by_hand(rows, window_us, min_shared))


@pytest.mark.parametrize("run", ENGINES)
@pytest.mark.parametrize("window_us", [0, 1, 7, 60_000_000, HOUR])
def test_larger_worlds(run, window_us):
    """150 actions on four objects, windows from none to an hour."""
    rows = rows_of(window_us, 150, window_us)
    for min_shared in (1, 3):
        expected = by_hand(rows, window_us, min_shared)
        assert expected.n_pairs_found
        same(run(rows, window_us, min_shared), expected)


@pytest.mark.parametrize("run", ENGINES)
def test_the_window_is_inclusive_across_any_border(run):
    """Two actions one window apart match wherever the borders of the buckets fall; a microsecond more, and they do not."""
    window = 60_000_000
    for start in (-window - 1, -window, -window + 1, -1, 0, 1, window - 1, window, 5 * HOUR + 17):
        apart = [("a", "c1", "o", start), ("b", "c2", "o", start + window)]
        assert run(apart, window, 1).n_matches == 1
        assert run([apart[0], ("b", "c2", "o", start + window + 1)], window, 1).n_matches == 0


@pytest.mark.parametrize("run", ENGINES)
def test_what_never_matches(run):
    """One's own actions, the same content under two accounts, and other objects; nothing at all gives an empty table."""
    rows = [("a", "c1", "o", 0), ("a", "c2", "o", 0), ("b", "c1", "o", 0), ("b", "c3", "p", 0)]
    links = run(rows, 10, 1)
    assert links.edges[["account_a", "account_b", "n_pairs", "n_content_a"]].to_numpy().tolist() == [["a", "b", 1, 1]]
    empty = run([], 10, 1)
    assert list(empty.edges.columns) == list(EDGE_COLUMNS) and (len(empty.edges), empty.n_pairs_found) == (0, 0)


@pytest.mark.parametrize("run", ENGINES)
def test_far_times(run):
    """The first and the last year a timestamp holds, and lags that add up beyond 2**53 microseconds."""
    first, last = -62_135_596_800_000_000, 253_402_300_799_999_999
    rows = [("a", f"a{i}", "o", first) for i in range(3)] + [("b", f"b{i}", "o", last) for i in range(3)]
    assert run(rows, 60_000_000, 1).n_matches == 0
    rows = [("a", f"a{i}", "o", last - 3 * i) for i in range(4)] + [("b", f"b{i}", "o", last - i) for i in range(4)]
    same(run(rows, 5, 1), by_hand(rows, 5, 1))


def test_lag_sums_stay_whole():
    """Sums are whole microseconds, not floating point: 2**53 + 1 would not survive that."""
    year = 31_536_000_000_000
    rows = [("a", f"a{i}", "o", 0) for i in range(300)] + [("b", "b", "o", year + 1)]
    with with_acts(rows) as con:
        (total,) = con.sql(f"select lag_sum_us from ({definition.edges(2 * year)})").fetchall()[0]
    assert total == 300 * (year + 1) and total > 2**53 and isinstance(total, int)


def test_the_pairs_themselves():
    """`pairs` lists each match once, sides in the order of the accounts."""
    rows = [("b", "c1", "o", 5), ("a", "c2", "o", 3), ("a", "c3", "o", 40)]
    with with_acts(rows) as con:
        assert con.sql(definition.pairs(10)).fetchall() == [("a", "b", "o", "c2", "c1", 3, 5)]


@pytest.mark.parametrize("bad", [-1, 1.5, True, "1; drop table acts"])
def test_only_whole_numbers_enter_the_text(bad):
    """Nothing but a whole number gets into the SQL."""
    with pytest.raises(ValueError, match="whole number"):
        definition.edges(bad, 1)
    with pytest.raises(ValueError, match="whole number"):
        definition.edges(1, bad)


def test_accounts_are_ordered_by_their_bytes():
    """DuckDB's order, Arrow's and UTF-8's are one; UTF-16's, which Java's own strings have, is another."""
    by_bytes = sorted(NAMES, key=lambda s: s.encode())
    assert by_bytes != sorted(NAMES, key=lambda s: s.encode("utf-16-be"))
    with engine.connect() as con:
        con.register("names", pa.table({"name": NAMES}))
        assert [n for (n,) in con.sql("select name from names order by name").fetchall()] == by_bytes


def test_the_connection_is_left_as_it_was():
    """Running DuckDB leaves no table behind, not even after an error."""
    with engine.connect() as con:
        con.register("rows", table(rows_of(1, 20, 5)))
        duck.co_action(con, "select * from rows", 5e-6, 1, "r")
        with pytest.raises(Exception, match="no_such"):
            duck.co_action(con, "select * from no_such", 5e-6, 1, "r")
        assert con.execute("select table_name from duckdb_tables()").fetchall() == []
