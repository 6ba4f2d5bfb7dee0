"""Words that several views share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..duration import say
from ..relations import RELATIONS


def title(relation: str) -> str:
    """What a relation is called; its name where it is not registered."""
    return RELATIONS.get(relation).title if relation in RELATIONS else relation


def has_window(relation: str) -> bool:
    """Whether the window decides what the relation counts."""
    return RELATIONS.get(relation).is_co_action if relation in RELATIONS else False


def within(relations: Iterable[str], window_s: float) -> str:
    """' within 60 s' where the window holds for all of the relations; nothing otherwise."""
    names = list(relations)
    return f" within {say(window_s)}" if names and all(has_window(name) for name in names) else ""


def named(case: Any, table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column `handle` after `account_id`, where any handle says more than the identifier."""
    handles = table["account_id"].map(case.labels()).fillna(table["account_id"])
    out = table.copy()
    if (handles != out["account_id"]).any():
        out.insert(out.columns.get_loc("account_id") + 1, "handle", handles)
    return out


def plural(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def listed(names: Iterable[object], most: int = 5) -> str:
    """Names joined by commas, with how many more there are."""
    held = [str(name) for name in names]
    more = f" and {len(held) - most:,} more" if len(held) > most else ""
    return ", ".join(held[:most]) + more
