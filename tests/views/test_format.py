"""Values are shown as people read them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from investigate.views._format import duration, format_value, header


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (57560, "57,560"),
        (np.int64(3), "3"),
        (2.0, "2"),
        (0.0123, "0.012"),
        (1234.56, "1,235"),
        (3.2e-9, "3.2 × 10⁻⁹"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (None, "–"),
        (pd.NaT, "–"),
        (True, "yes"),
        ("1234567890123456789", "1234567890123456789"),
        (pd.Timestamp("2016-07-21T14:03:20Z"), "2016-07-21 14:03:20"),
        (["a", 2], "a, 2"),
    ],
)
def test_values(value: object, text: str) -> None:
    """Numbers get separators or a power of ten, identifiers stay untouched, missing values are a dash."""
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("n_objects", "Objects"),
        ("first_at", "First (UTC)"),
        ("median_lag_s", "Median lag (s)"),
        ("account_a", "Account A"),
        ("share_a_first", "Share A first"),
        ("q", "q"),
        ("Already words", "Already words"),
    ],
)
def test_headings(column: str, text: str) -> None:
    """Headings come from column names, with units and the time zone."""
    assert header(column) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(90, "90 s"), (60, "1 min"), (900, "15 min"), (7200, "2 h"), (86400, "1 d"), (0.5, "0.5 s")]
)
def test_durations(seconds: float, text: str) -> None:
    """A length of time is written in its largest sensible unit."""
    assert duration(seconds) == text
