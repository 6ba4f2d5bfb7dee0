"""Tables of edges and evidence in the declared form, for relations that compute their own."""

from __future__ import annotations

import pandas as pd

from . import EDGE_COLUMNS

EVIDENCE_COLUMNS = (
    *("relation", "object_id", "account_a", "account_b", "at_a", "at_b", "lag_s"),
    *("content_a", "content_b", "text_a", "text_b", "row_a", "row_b"),
)
"""The columns every relation's evidence has; a relation may add more."""

_TIMES = ("first_at", "last_at", "at_a", "at_b")
_COUNTS = ("n_objects", "n_pairs", "n_content_a", "n_content_b", "n_ordered")
_NUMBERS = ("weight", "mean_lag_s", "share_a_first", "expected", "p")


def edge_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Edges with `EDGE_COLUMNS`, `expected` and `p` in their types, sorted by the two identifiers as UTF-8."""
    out = typed(table)[[*EDGE_COLUMNS, "expected", "p"]]
    key = lambda column: column.map(lambda text: text.encode("utf-8", "surrogatepass"))
    return out.sort_values(["account_a", "account_b"], key=key, ignore_index=True) if len(out) else out


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with UTC times, whole counts and floating-point numbers, also where it is empty."""
    out = table.copy()
    for name in out.columns:
        if name in _TIMES:
            out[name] = pd.to_datetime(out[name], utc=True).astype("datetime64[us, UTC]")
        elif name in _COUNTS:
            out[name] = out[name].astype("int64")
        elif name in _NUMBERS:
            out[name] = out[name].astype("float64")
    return out
