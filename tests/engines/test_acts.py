"""Identifiers as whole numbers: exact whatever the strings are and however the column is cut."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

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
