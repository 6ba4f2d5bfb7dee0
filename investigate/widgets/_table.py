"""Tables of a view as the browser's table takes them: columns with titles and types, and the node or edge of each row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..views._html import plain

KINDS = ("accounts", "edges", "contents")
_TEXT = 400  # characters of a text that are sent in a row
# Columns in their order, with titles; tables of the workbench hold more.
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "accounts": {
        "label": "Account",
        "community": "Group",
        "role": "Role",
        "links": "Links",
        "posts": "Posts",
        "posts_in_all": "Posts in all",
        "first_at": "First (UTC)",
        "last_at": "Last (UTC)",
        "tags": "Tags",
        "operator": "Operator",
        "account_id": "Identifier",
    },
    "edges": {
        "label_a": "A",
        "label_b": "B",
        "title": "Link",
        "weight": "Weight",
        "merged": "Links in one",
        "n_acts": "Acts",
        "expected": "Expected",
        "lift": "Lift",
        "q": "q",
        "unusual": "Unusual",
        "mean_lag_s": "Mean gap (s)",
        "share_a_first": "A first",
        "first_at": "First (UTC)",
        "last_at": "Last (UTC)",
    },
    "contents": {"at": "Time (UTC)", "label": "Account", "text": "Text", "content_id": "Identifier"},
}
_WHERE_ANY = frozenset({"role", "tags", "operator"})  # left out where no row has one
_EMPTY = {
    "accounts": "No account is shown: clear the filter or the time, or show what was hidden.",
    "edges": "No link is shown: clear the filter or the time.",
    "contents": "No content belongs to the accounts shown in this time.",
}


def as_columns(kind: str, table: pd.DataFrame) -> dict[str, Any]:
    """A table of the view, ready for `_wire.pack`.

    Returns
    -------
    dict
        kind, columns ([{field, title, type}]; type is text, number, q, time, or lazy for texts that are asked for), data (field -> values), keys (node of each row,
        `[a, b, relation]` as JSON for an edge), note, empty.
    """
    columns, data = [], {}
    names = [c for c in _COLUMNS[kind] if c in table.columns and _told(c, table[c])]
    for number, name in enumerate(names):
        field, values = f"c{number}", table[name]
        if (
            name == "text"
        ):  # texts stay in the kernel until their row is in sight: fast, covered, and not saved in notebooks
            columns.append({"field": field, "title": _COLUMNS[kind][name], "type": "lazy"})
            continue
        sort = _type(str(name), values)
        if sort == "yes":
            values = values.map({True: "yes", False: "no"})
        if sort == "text":
            codes, kinds = pd.factorize(values)
            values = pd.Series(np.array([*map(_words, kinds.tolist()), None], dtype=object)[codes])
        columns.append({"field": field, "title": _COLUMNS[kind][name], "type": sort})
        data[field] = values
    note = str(table.attrs.get("cut") or f"{len(table):,} rows")
    return {
        "kind": kind,
        "columns": columns,
        "data": data,
        "keys": _keys(kind, table),
        "note": note,
        "empty": _EMPTY[kind],
    }


def _keys(kind: str, table: pd.DataFrame) -> list[str]:
    if kind == "edges":
        a, b, relation = (table[c].astype(str) for c in ("a", "b", "relation"))
        return [
            json.dumps(list(k), ensure_ascii=False, separators=(",", ":")) for k in zip(a, b, relation, strict=True)
        ]
    return table["node"].astype(str).tolist()


def _told(name: str, values: pd.Series) -> bool:
    """Whether a column has something to say: some say nothing in most cases."""
    if name == "merged":
        return bool((values > 1).any())
    return name not in _WHERE_ANY or bool((values.notna() & (values.astype(str) != "")).any())


def _words(value: Any) -> str | None:
    return None if pd.isna(value) else plain(str(value))[:_TEXT]


def _type(name: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "time"
    if pd.api.types.is_bool_dtype(values.dtype) or name == "unusual":
        return "yes"
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "q" if name in ("p", "q", "q_value", "p_value") else "number"
    return "text"
