"""Tables of two runs row by row: rows by their key, new, gone or changed, with the differences of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

Record = dict[str, Any]

MOST_ROWS = 500  # of one table that are written out; all of them are counted


def table(before: pd.DataFrame, after: pd.DataFrame) -> Record | None:
    """How a table changed; None where it did not.

    Rows are told apart by the first columns that name each row once in both tables; numbers that are not whole are
    never part of that key. Where no columns do, whole rows are compared, and a changed row is one gone and one new.

    Returns
    -------
    dict
        `key` (column names), `n_new`, `n_gone`, `n_changed`, `n_same`, `columns_new`, `columns_gone`, `rows`: `change`,
        `key` (list of text), `fields` (`column`, `before`, `after`, `difference`): what changed, or all of a new or gone
        row; at most `MOST_ROWS` rows, changed ones first; `left_out`, how many more there are.
    """
    shared = [c for c in before.columns if c in after.columns]
    left, right = (_plain(t[shared]) for t in (before, after))
    key = _key(left, right)
    if key is None:
        left, right = (t.assign(**{"": t.groupby(shared, dropna=False).cumcount()}) for t in (left, right))
        key = [*shared, ""]
    rest = [c for c in shared if c not in key]
    sides = [t.assign(_key=_joined(t[key])).set_index("_key") for t in (left, right)]
    both = sides[0].index.intersection(sides[1].index, sort=False)
    new, gone = sides[1].index.difference(both, sort=False), sides[0].index.difference(both, sort=False)
    old, now = sides[0].loc[both], sides[1].loc[both]
    differ = pd.DataFrame({c: _differ(old[c], now[c]) for c in rest}, index=both)
    changed = both[differ.any(axis=1).to_numpy()] if rest else both[:0]
    columns_new = [str(c) for c in after.columns if c not in shared]
    columns_gone = [str(c) for c in before.columns if c not in shared]
    total = len(changed) + len(new) + len(gone)
    if not total and not columns_new and not columns_gone:
        return None
    named = [c for c in key if c]
    rows: list[Record] = []
    for change, names, side in (("changed", changed, now), ("new", new, sides[1]), ("gone", gone, sides[0])):
        for name in names[: max(0, MOST_ROWS - len(rows))]:
            if change == "changed":
                fields = [_field(c, old.at[name, c], now.at[name, c]) for c in rest if differ.at[name, c]]
            else:
                ends = (None, side) if change == "new" else (side, None)
                fields = [_field(c, *(None if e is None else e.at[name, c] for e in ends)) for c in rest]
            rows.append({"change": change, "key": [_text(side.at[name, c]) for c in named], "fields": fields})
    return {
        "key": [str(c) for c in named],
        "n_new": len(new),
        "n_gone": len(gone),
        "n_changed": len(changed),
        "n_same": len(both) - len(changed),
        "columns_new": columns_new,
        "columns_gone": columns_gone,
        "rows": rows,
        "left_out": total - len(rows),
    }


def rename(frame: pd.DataFrame, names: Mapping[str, Mapping[str, str]], run: str) -> pd.DataFrame:
    """A table in which groups and findings are called as in the earlier run, and the run's own name is left out.

    Parameters
    ----------
    names : mapping of str to mapping
        By column, this run's name of a thing -> the earlier run's.
    """
    out = frame.copy()
    for column, known in names.items():
        if column in out.columns:
            out[column] = [known.get(str(v), str(v)) for v in out[column]]
    for column in out.columns:
        if _is_text(out[column]):
            out[column] = [v.replace(run, "this run") if isinstance(v, str) and run in v else v for v in out[column]]
    return out


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with values that can be compared and named: lists and dictionaries as text."""
    out = frame.reset_index(drop=True).copy()
    for column in out.columns:
        if pd.api.types.is_object_dtype(out[column]):
            out[column] = [_text(v) if isinstance(v, dict | list | np.ndarray) else v for v in out[column]]
    return out


def _key(before: pd.DataFrame, after: pd.DataFrame) -> list[Any] | None:
    usable = [c for c in before.columns if not pd.api.types.is_float_dtype(before[c])]
    for n in range(1, len(usable) + 1):
        if not before.duplicated(usable[:n]).any() and not after.duplicated(usable[:n]).any():
            return usable[:n]
    return None


def _joined(frame: pd.DataFrame) -> pd.Series:
    parts = [frame[c].map(_text) for c in frame.columns]
    return pd.Series(["\x1f".join(row) for row in zip(*parts, strict=True)], index=frame.index, dtype="str")


def _differ(old: pd.Series, new: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new):
        one, other = old.to_numpy("float64", na_value=np.nan), new.to_numpy("float64", na_value=np.nan)
        return ~np.isclose(one, other, rtol=1e-9, atol=0, equal_nan=True)
    missing = old.isna().to_numpy(), new.isna().to_numpy()
    unequal = np.array([a != b for a, b in zip(old.map(_text), new.map(_text), strict=True)], dtype=bool)
    return np.where(missing[0] | missing[1], missing[0] != missing[1], unequal)


def _field(column: str, before: Any, after: Any) -> Record:
    old, new = _json(before), _json(after)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (old, new))
    return {"column": str(column), "before": old, "after": new, "difference": new - old if numbers else None}


def _json(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.bool_ | bool):
        return bool(value)
    if isinstance(value, np.integer | int):
        return int(value)
    if isinstance(value, np.floating | float):
        return float(value) if np.isfinite(value) else str(value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return "" if value is None or value is pd.NA or value is pd.NaT else str(value)
