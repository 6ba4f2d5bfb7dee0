"""Packed blocks: what goes in comes out, and what cannot travel is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.widgets._wire import pack, unpack

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
NUMBERS = st.one_of(
    st.lists(st.floats(width=32, allow_nan=False), max_size=40).map(lambda v: np.array(v, dtype=np.float32)),
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40).map(lambda v: np.array(v, dtype=np.int32)),
    st.lists(st.integers(0, 255), max_size=40).map(lambda v: np.array(v, dtype=np.uint8)),
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), TEXT
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, st.one_of(NUMBERS, VALUES), max_size=6))
def test_what_goes_in_comes_out(value):
    """Nested values and arrays of every type come back as they were; arrays keep type and length."""
    back = unpack(pack(value))
    assert list(back) == list(value)
    for name, held in value.items():
        if isinstance(held, np.ndarray):
            np.testing.assert_array_equal(back[name], held)
            assert back[name].dtype == held.dtype
        else:
            assert np.array(back[name] == held).all() or list(np.ravel(back[name])) == list(np.ravel(held))


@given(st.lists(st.one_of(st.none(), TEXT), max_size=60))
def test_a_column_of_texts_keeps_every_text_and_every_gap(texts):
    """Whether the column repeats itself, and is sent as numbers of texts, or not."""
    column = pd.Series(texts, dtype=object)
    assert unpack(pack({"c": column}))["c"] == texts
    assert unpack(pack({"c": pd.concat([column] * 3)}))["c"] == texts * 3


def test_times_travel_as_milliseconds_and_missing_ones_as_not_a_number():
    """UTC, in double precision."""
    times = pd.Series(pd.to_datetime(["2026-03-05T12:00:00.250Z", None]))
    back = unpack(pack({"t": times}))["t"]
    assert back[0] == times[0].timestamp() * 1000
    assert np.isnan(back[1])


def test_arrays_are_aligned_for_the_browser():
    """Typed arrays in a browser begin at multiples of their item's size; here every block begins at one of eight."""
    data = pack({"a": np.zeros(3, np.uint8), "b": np.zeros(5, np.float64), "text": "ü"})
    head = int.from_bytes(data[4:8], "little")
    assert (8 + head) % 8 == 0
    assert len(data) % 8 == 0


def test_a_whole_number_that_a_browser_would_round_is_refused():
    """Identifiers of 19 digits travel as texts."""
    with pytest.raises(ValueError, match="2\\^53"):
        pack({"ids": np.array([2**60, 1])})


def test_other_bytes_are_refused():
    with pytest.raises(ValueError, match="packed block"):
        unpack(b"PK\x03\x04 something else")
