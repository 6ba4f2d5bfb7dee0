"""Handles and shown names: shapes, series and repeated personas, against the names of everybody else."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pandas as pd

from ..objects import fold_name, name_shape
from ..store import frame
from ._scan import LEAST_OTHERS, Signal, crowded_class

LEAST_STEM = 4
"""Letters a stem needs before sharing it says anything."""


def _names(con: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Handles (else identifiers that hold a letter) and shown names, with what they are compared by."""
    held = frame(con, "select account_id, handle, display_name from accounts order by 1")
    handle = (
        held["handle"].fillna("").where(held["handle"].fillna("") != "", held["account_id"].str.split(":", n=1).str[-1])
    )
    handles = held.assign(name=handle)[["account_id", "name"]]
    handles = handles[handles["name"].str.contains(r"[^\W\d_]", regex=True)].set_index("account_id")
    folded = handles["name"].map(fold_name)
    handles = handles.assign(
        shape=handles["name"].map(name_shape), stem=folded.map(lambda f: f.stem), number=folded.map(lambda f: f.number)
    )
    shown = held[held["display_name"].fillna("") != ""].set_index("account_id")
    shown = shown.assign(persona=shown["display_name"].map(lambda n: fold_name(n).skeleton))
    return handles, shown[shown["persona"] != ""]


def signals(con: duckdb.DuckDBPyConnection, groups: dict[int, list[str]]) -> list[Signal]:
    """For each group: its most crowded handle shape, handle stem and shown name."""
    handles, shown = _names(con)
    stems = handles[handles["stem"].str.len() >= LEAST_STEM]
    out = []
    for number, ids in groups.items():
        out += _one(
            number,
            ids,
            handles["shape"],
            "handle_shape",
            "account quality",
            False,
            "a shape is a habit of writing as well",
        )
        out += _one(number, ids, stems["stem"], "handle_series", "persona", False, _series(stems, ids))
        out += _one(
            number,
            ids,
            shown["persona"],
            "shown_name",
            "persona",
            False,
            "names equal but for case, accents, signs and look-alike letters",
        )
    return out


def _one(
    number: int, ids: list[str], column: pd.Series, signal: str, family: str, counts: bool, note: str
) -> list[Signal]:
    mine = column.index.isin(ids)
    n_others = int((~mine).sum())
    if n_others < LEAST_OTHERS:
        return []
    found = crowded_class(column[mine], column[~mine].value_counts().to_dict(), n_others)
    if found is None:
        return []
    what, k, expected, p = found
    return [
        Signal(
            number, signal, family, str(what), float(k), round(expected, 2), int(mine.sum()), n_others, p, counts, note
        )
    ]


def _series(stems: pd.DataFrame, ids: list[str]) -> str:
    """What to say of the numbers behind the most frequent stem: how many follow one another."""
    mine = stems[stems.index.isin(ids)]
    if mine.empty:
        return ""
    first = mine["stem"].value_counts(sort=True).index[0]
    numbers = sorted({int(n) for n in mine.loc[mine["stem"] == first, "number"] if n and len(n) < 10})
    runs = sum(b - a == 1 for a, b in pairwise(numbers))
    said = f"; {runs} of the {len(numbers)} numbers behind '{first}' follow the one before" if runs else ""
    return f"the letters before the number of a handle, folded{said}"


def unanswered(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    handles, shown = _names(con)
    out = []
    if len(handles) < LEAST_OTHERS:
        out.append(("handle_shape, handle_series", "the data hold no handles, or too few to compare"))
    if len(shown) < LEAST_OTHERS:
        out.append(("shown_name", f"{len(shown):,} accounts have a shown name; an export of profiles would hold it"))
    return [
        *out,
        ("avatars and descriptions", "no source reads profile pictures or profile texts, so none was compared"),
    ]
