"""Identifiers as whole numbers: exact whatever the strings are and however the column is cut."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.engines import _kernel as kernel
from investigate.engines import _strings as strings
from investigate.engines.acts import _encode

texts = st.lists(st.text(alphabet="ab\x00é本", max_size=18), max_size=60)


@settings(max_examples=80, deadline=None)
@given(st.lists(texts, max_size=4))
def test_codes_stand_for_their_strings_in_the_order_of_first_appearance(parts):
    """Across chunks, with empty strings, zero bytes and strings that begin alike."""
    column = pa.chunked_array([pa.array(part, pa.string()) for part in parts], pa.string())
    codes, values = _encode(column)
    flat = [text for part in parts for text in part]
    assert [values[int(c)].as_py() for c in codes] == flat
    assert values.to_pylist() == list(dict.fromkeys(flat))


def test_the_table_grows_and_slices_are_read_where_they_begin():
    """Two hundred thousand names grow the table twice; a slice of an array keeps its own strings."""
    names = pa.array([f"account-{i % 200_000}" for i in range(250_000)], pa.string())
    codes, values = _encode(names)
    assert len(values) == 200_000
    assert (codes == np.arange(250_000) % 200_000).all()
    codes, values = _encode(names.slice(199_990, 20))
    assert values.to_pylist() == names.slice(199_990, 20).to_pylist()
    assert codes.tolist() == list(range(20))


def test_strings_of_every_length_that_differ_in_one_byte_are_told_apart():
    """Words of eight bytes are compared: the byte may stand at any place in any of them, also at the array's end."""
    names = []
    for length in range(26):
        names.append("x" * length)
        names += ["x" * at + "y" + "x" * (length - at - 1) for at in range(length)]
    for order in (names, names[::-1]):
        codes, values = _encode(pa.array(order, pa.string()))
        assert values.to_pylist() == order
        assert codes.tolist() == list(range(len(order)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 12345]) | st.integers(0, 2**64 - 1), max_size=80))
def test_repeated_hashes_are_those_counted_twice(hashes):
    values, n = np.unique(np.array(hashes, np.uint64), return_counts=True)
    assert strings.repeated(np.array(hashes, np.uint64)).tolist() == values[n > 1].tolist()


def test_repeated_hashes_are_found_in_every_part():
    """More hashes than one part takes, unevenly spread; some stand there twice or three times."""
    rng = np.random.default_rng(5)
    hashes = rng.integers(0, 2**64, 150_000, np.uint64)
    hashes[:60_000] >>= np.uint64(20)
    again = np.concatenate([hashes, hashes[:700], hashes[::500]])
    values, n = np.unique(again, return_counts=True)
    assert 700 < (n > 1).sum() < 1_200
    assert strings.repeated(again).tolist() == values[n > 1].tolist()


@pytest.mark.parametrize("kind", ["in order", "nearly", "backwards", "any"])
def test_rows_come_in_the_order_of_object_and_time(kind: str):
    """However the table was ordered; equal times keep their order."""
    rng = np.random.default_rng(7)
    n = 3_000
    at = np.sort(rng.integers(0, 900, n))
    if kind == "nearly":
        at = at + rng.integers(0, 9, n)
    elif kind == "backwards":
        at = at[::-1].copy()
    elif kind == "any":
        at = rng.permutation(at)
    key = (5 * rng.random(n) ** 2).astype(np.int32)
    order, counts = kernel.by_key(key, 6)
    moved = at.take(order)
    kernel.by_time(order, moved, counts)
    assert order.tolist() == np.lexsort((at, key)).tolist()
    assert moved.tolist() == at[order].tolist()
    assert counts.tolist() == np.bincount(key, minlength=6).tolist()
