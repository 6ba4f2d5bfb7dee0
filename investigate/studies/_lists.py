"""Lists that people hand to a study as CSV files: read as text, with the columns that are needed, or refused with a hint."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..errors import InputError, nearest

SHOWN = 8


def listed(
    path: str, what: str, columns: tuple[str, ...], needed: tuple[str, ...], *, either: bool = False
) -> pd.DataFrame:
    """The file's columns of these names as text without blanks around it; a column that it does not have is empty.

    Parameters
    ----------
    needed : tuple of str
        Columns that must be there: all of them, or with `either` one of them.

    Raises
    ------
    InputError
        The file cannot be read or lacks a column; the nearest name is given.
    """
    try:
        table = pd.read_csv(Path(path), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"the file of {what} cannot be read: {error}", path, "give a CSV in UTF-8") from error
    lacking = [name for name in needed if name not in table.columns]
    if len(lacking) == len(needed) if either else lacking:
        hints = [f"'{h}'" for n in lacking if (h := nearest(n, table.columns))]
        raise InputError(
            f"the file of {what} lacks the columns {', '.join(lacking)}"
            + (f" (nearest: {', '.join(hints)})" if hints else ""),
            f"{path}; its columns: {', '.join(table.columns)}",
            f"columns: {', '.join(columns)}",
        )
    held = {name: table[name].str.strip() if name in table else "" for name in columns}
    return pd.DataFrame(held, index=table.index, columns=list(columns))


def times(column: pd.Series) -> tuple[pd.Series, list[str]]:
    """ISO 8601 dates and times as UTC, and a problem for each value that is none; empty ones are missing."""
    at = pd.to_datetime(column.replace("", None), utc=True, errors="coerce", format="ISO8601")
    lost = column.index[column.ne("") & at.isna()]
    return at, [f"row {i + 1}: '{column[i]}' is no date" for i in lost]


def refuse(problems: Iterable[str], what: str, path: str, do: str = "mend the rows, or take them out") -> None:
    """An error that names the first problems and counts all of them, where there are any."""
    found = list(problems)
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise InputError(f"{len(found)} {what} cannot be used: {'; '.join(found[:SHOWN])}{more}", path, do)
