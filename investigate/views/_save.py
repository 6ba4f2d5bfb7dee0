"""Files of a view: tables as CSV and Parquet, pictures as SVG, each written whole or not at all."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..files import no_formula, replacing


def write_bytes(path: Path, content: bytes) -> Path:
    """Write `content` whole, or leave what was there."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def save_table(df: pd.DataFrame, folder: Path, name: str) -> list[Path]:
    """`<folder>/tables/<name>.csv` and `.parquet`.

    The Parquet file holds the values as they are. In the CSV a text that a spreadsheet would run as a formula gets
    a leading apostrophe, because account names and texts are written by others; numbers and @handles stay.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise InputError(
            f"'{name}' cannot be a file name", "the name of a view", "use letters, digits, '_', '-' and '.'"
        )
    target = folder / "tables"
    out = _storable(df)
    guarded = out.apply(lambda column: column.map(no_formula) if _is_text(column) else column)
    guarded = guarded.rename(columns=no_formula)
    csv = guarded.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S%z")
    buffer = out.to_parquet(None, index=False)
    return [
        write_bytes(target / f"{name}.csv", csv.encode("utf-8", errors="backslashreplace")),
        write_bytes(target / f"{name}.parquet", buffer),
    ]


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _storable(df: pd.DataFrame) -> pd.DataFrame:
    """A copy with text column names and, in columns of mixed types, text values: Parquet wants one type each."""
    out = df.reset_index(drop=True).copy()
    out.columns = [str(c) for c in out.columns]
    for i, column in enumerate(out.columns):
        values = out.iloc[:, i]
        if not pd.api.types.is_object_dtype(values):
            continue
        kinds = {type(v) for v in values if not _missing(v)}
        if len(kinds) > 1 or kinds & {dict, set, frozenset}:
            out[column] = [None if _missing(v) else str(v) for v in values]
    return out
