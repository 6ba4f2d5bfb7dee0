"""Relations: rules that link two accounts, each edge with the rows behind it.

A same-object relation is one declared line in `co_action.py`. Any other kind is a module here with one
function under `@relation(...)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from ..errors import InputError
from ..registry import Registry

EDGE_COLUMNS: dict[str, str] = {
    "relation": "the rule that links the two accounts",
    "account_a": "the account whose identifier sorts first",
    "account_b": "the other account",
    "n_objects": "distinct objects both acted on within the window: the default weight",
    "n_pairs": "pairs of actions within the window; one busy object can make hundreds",
    "n_content_a": "distinct contents of account_a with at least one match by account_b",
    "n_content_b": "distinct contents of account_b with at least one match by account_a",
    "first_at": "the earliest action of any pair, UTC",
    "last_at": "the latest action of any pair, UTC",
    "median_lag_s": "median time between the two actions of a pair, seconds",
    "share_a_first": "share of the pairs with a time difference in which account_a came first; empty where all were level",
}


@dataclass(frozen=True)
class Relation:
    """A rule that links accounts.

    Attributes
    ----------
    needs : tuple of str
        Object types the data must hold.
    edges : callable
        ``edges(con, window_s) -> DataFrame`` with `EDGE_COLUMNS`, one row per pair of accounts.
    evidence : callable
        ``evidence(con, window_s, account_a, account_b) -> DataFrame``, the pairs of actions behind one edge.
    family : str
        The evidence family of domain practice: signals of one family do not add up to two.
    """

    name: str
    title: str
    summary: str
    caveat: str
    needs: tuple[str, ...]
    edges: Callable[..., pd.DataFrame]
    evidence: Callable[..., pd.DataFrame]
    family: str = "timing"
    defaults: dict[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()


RELATIONS: Registry[Relation] = Registry("relation", __name__)


def available(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The relations whose object types the data holds, by name."""
    held = {row[0] for row in con.execute("select distinct object_type from actions").fetchall()}
    return [r.name for r in RELATIONS if set(r.needs) <= held]


def check_available(names: list[str], con: duckdb.DuckDBPyConnection) -> list[str]:
    """The same names, or InputError naming those whose object types the data does not hold."""
    usable = available(con)
    missing = [n for n in dict.fromkeys(names) if RELATIONS.get(n).name not in usable]
    if missing:
        needs = "; ".join(f"{n} needs {', '.join(RELATIONS.get(n).needs)}" for n in missing)
        raise InputError(
            f"the data cannot carry {', '.join(missing)} ({needs})",
            "actions",
            f"use one of: {', '.join(usable) or 'none'}",
        )
    return list(dict.fromkeys(names))
