"""A bare table of actions is read whole or not at all."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.engines.read import parquet_facts, read_actions, resolution_s
from investigate.errors import InputError

HEAD = "account_id,content_id,object_id,acted_at"
ROWS = [f"a{i},c{i},o,2024-03-01T00:00:0{i}Z" for i in range(3)]


def written(tmp_path, *lines: str, head: str = HEAD, end: str = "\n", last: str = "\n"):
    path = tmp_path / "in.csv"
    path.write_bytes((end.join([head, *lines]) + last).encode("utf-8", "surrogateescape"))
    return path


def as_rows(table: pa.Table) -> list[tuple]:
    names = [n for n in ("account_id", "content_id", "object_id", "object_type", "at_us") if n in table.column_names]
    return [tuple(row[n] for n in names) for row in table.select(names).to_pylist()]


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("2024-03-01T00:00:05Z", 1_709_251_205_000_000),
        ("2024-03-01 00:00:05", 1_709_251_205_000_000),
        ("2024-03-01T02:00:05+02:00", 1_709_251_205_000_000),
        ("2024-03-01T00:00:05.000001Z", 1_709_251_205_000_001),
        ("1709251205", 1_709_251_205_000_000),
        ("1709251205000001", 1_709_251_205_000_001),
        ("-5", -5_000_000),
        ("1969-12-31T23:59:55Z", -5_000_000),
    ],
)
def test_times(tmp_path, text, at_us):
    """ISO 8601 with and without a zone, epoch seconds and microseconds, before 1970 too."""
    table = read_actions(written(tmp_path, f"a,c,o,{text}"))
    assert as_rows(table) == [("a", "c", "o", at_us)] and table["at_us"].type == pa.int64()


def test_other_columns_and_orders(tmp_path):
    """Columns stand in any order, others are not read, line ends are those of Unix or Windows, the last may be missing."""
    for end in ("\n", "\r\n"):
        path = written(tmp_path, "url,x,o,2024-03-01,c,a", head="object_type,extra,object_id,acted_at,content_id,account_id", end=end, last="")  # fmt: skip
        assert as_rows(read_actions(path)) == [("a", "c", "o", "url", 1_709_251_200_000_000)]
    assert read_actions(written(tmp_path)).num_rows == 0
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + b"\n" + ROWS[0].encode() + b"\n")
    assert read_actions(path).num_rows == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,c,o", "Expected 4 columns, got 3"),
        ("a,c,o,2024-03-01T00:00:00Z,x", "Expected 4 columns, got 5"),
        ("", "1 rows have no account_id.*row 3"),
        ('a,c,"o,2024-03-01T00:00:00Z', "Expected 4 columns|line break inside"),
        ('a,c,o,"2024-03-01T00:00:00Z', "row 3|malformed"),
        ('a,"c\nd",o,2024-03-01T00:00:00Z', "line break inside content_id.*row 3"),
        ("a,c,o,yesterday", "'yesterday' is not a time.*row 3"),
        ("a,c,o,", "1 rows have no acted_at.*row 3"),
        ("a,c,o,1709251205", "not a time.*row 3"),
        (",c,o,2024-03-01T00:00:00Z", "1 rows have no account_id.*row 3"),
        ("a,,o,2024-03-01T00:00:00Z", "1 rows have no content_id.*row 3"),
        ('a,c,"",2024-03-01T00:00:00Z', "1 rows have no object_id.*row 3"),
        ("a\udcff,c,o,2024-03-01T00:00:00Z", "UTF8|utf-8|UTF-8"),
    ],
)
def test_a_malformed_row_is_an_error_with_its_place(tmp_path, line, message):
    """Whatever is wrong with the third row is said; the rows around it are not returned without it."""
    with pytest.raises(InputError, match=message):
        read_actions(written(tmp_path, *ROWS[:2], line, ROWS[2]))


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    """The rest of the file inside one field of the last column, where the number of fields is right, is noticed."""
    head = "account_id,content_id,acted_at,object_id"
    rows = [f"a{i},c{i},2024-03-01T00:00:0{i}Z,o" for i in range(3)]
    with pytest.raises(InputError, match=r"line break inside object_id.*row 3"):
        read_actions(written(tmp_path, *rows[:2], 'a9,c9,2024-03-01T00:00:00Z,"o', *rows, head=head))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("", "empty|no column"),
        ("account_id,object_id,acted_at", "no column content_id"),
        (HEAD + ",account_id", "twice"),
    ],
)
def test_headers(tmp_path, head, message):
    """A missing column, or one that stands there twice."""
    with pytest.raises(InputError, match=message):
        read_actions(written(tmp_path, head=head))
    with pytest.raises(InputError, match="does not exist"):
        read_actions(tmp_path / "none.csv")


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=6)] * 3, st.integers(0, 10**10)),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_what_is_written_is_read(tmp_path_factory, rows):
    """Quotation marks, commas and any script in identifiers, quoted as CSV asks: the same values come back, in order."""
    path = tmp_path_factory.mktemp("csv") / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD.split(","), *rows])
    assert as_rows(read_actions(path)) == [(*row[:3], row[3] * 1_000_000) for row in rows]


def test_parquet(tmp_path):
    """A file or a folder; any unit of time; text as dictionaries; nulls and floating-point times are errors."""
    at = [datetime(2024, 3, 1, tzinfo=UTC)]
    good = pa.table({"account_id": ["a"], "content_id": ["c"], "object_id": ["o"], "acted_at": at})
    folder = tmp_path / "parts"
    folder.mkdir()
    for n, unit in enumerate(("us", "us")):
        kind = pa.timestamp(unit, tz="UTC")
        pq.write_table(good.set_column(3, "acted_at", good["acted_at"].cast(kind)), folder / f"{n}.parquet")
    assert as_rows(read_actions(folder)) == [("a", "c", "o", 1_709_251_200_000_000)] * 2
    assert parquet_facts(folder) == (2, 86_400.0)
    for column, values, message in (
        ("account_id", pa.array([None], pa.string()), "1 rows have no account_id"),
        ("acted_at", pa.array([1.5]), "not a time"),
        ("acted_at", pa.array([None], pa.int64()), "no acted_at"),
        ("acted_at", pa.array([10**12]), "neither all seconds"),
    ):
        index = good.column_names.index(column)
        pq.write_table(good.set_column(index, column, values), tmp_path / "bad.parquet")
        with pytest.raises(InputError, match=message):
            read_actions(tmp_path / "bad.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="not a Parquet"):
        read_actions(tmp_path / "bad.parquet")


def test_resolution():
    """The coarsest step of the clock that every time is a multiple of."""
    import numpy as np

    for step, expected in ((60_000_000, 60.0), (1_000_000, 1.0), (1_000, 1e-3), (7, 1e-6)):
        assert resolution_s(np.array([step, 7 * step])) == expected
