"""From an engine's raw counts to the edge table: one place for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..relations import EDGE_COLUMNS


@dataclass(frozen=True)
class Links:
    """What an engine found for one relation and window.

    Attributes
    ----------
    edges : DataFrame
        `EDGE_COLUMNS`, sorted by the two accounts; only edges with at least `min_shared` objects.
    exposure : DataFrame
        relation, account_id, exposed: distinct contents of other accounts that match at least one action of the
        account, counted before `min_shared`; accounts without any are left out.
    n_pairs_found : int
        Pairs of accounts with at least one match, before `min_shared`.
    n_matches : int
        Pairs of actions that match: what had to be looked at.
    """

    edges: pd.DataFrame
    exposure: pd.DataFrame
    n_pairs_found: int
    n_matches: int


def finish(table: Any, relation: str, in_order: bool = False) -> pd.DataFrame:
    """The edge table from raw counts.

    Parameters
    ----------
    table : pyarrow.Table
        The columns of `definition.RAW_COLUMNS`, in any order of rows.
    in_order : bool
        The rows are sorted by the two accounts already.
    """
    raw = {name: table[name].to_numpy() for name in table.column_names if not name.startswith("account_")}
    n_ordered = raw["n_a_first"] + raw["n_b_first"]
    with np.errstate(invalid="ignore"):
        share = np.where(n_ordered > 0, raw["n_a_first"] / np.maximum(n_ordered, 1), np.nan)
    time = pa.timestamp("us", tz="UTC")
    out = pa.table(
        {
            "relation": pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(table.num_rows, np.int8)), pa.array([relation])
            ).cast(pa.string()),
            "account_a": table["account_a"],
            "account_b": table["account_b"],
            "n_objects": raw["n_objects"],
            "n_pairs": raw["n_pairs"],
            "n_content_a": raw["n_content_a"],
            "n_content_b": raw["n_content_b"],
            "weight": raw["n_objects"].astype(np.float64),
            "first_at": pa.array(raw["first_us"], pa.int64()).cast(time),
            "last_at": pa.array(raw["last_us"], pa.int64()).cast(time),
            "mean_lag_s": raw["lag_sum_us"] / np.maximum(raw["n_pairs"], 1) / 1e6,
            "n_ordered": n_ordered,
            "share_a_first": share,
        }
    )
    assert out.column_names == list(EDGE_COLUMNS)
    if not in_order:
        out = out.sort_by([("account_a", "ascending"), ("account_b", "ascending")])
    return out.to_pandas()
