"""Relations: rules that link two accounts, each edge with the rows behind it.

A co-action relation is a query for the actions that count; matching them in time is the work of `investigate.engines`.
Any other kind brings its own function for edges. One module here per relation or family of them, adding to `RELATIONS`.
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
    "n_objects": "distinct objects both acted on within the window",
    "n_pairs": "pairs of actions within the window; one busy object can make hundreds",
    "n_content_a": "distinct contents of account_a with at least one match by account_b",
    "n_content_b": "distinct contents of account_b with at least one match by account_a",
    "weight": "strength of the link: n_objects unless the relation says otherwise",
    "first_at": "the earliest action of any pair, UTC; empty where the relation has no times",
    "last_at": "the latest action of any pair, UTC; empty where the relation has no times",
    "mean_lag_s": "mean time between the two actions of a pair, seconds",
    "n_ordered": "pairs whose two actions differ in time: what share_a_first is a share of",
    "share_a_first": "share of the ordered pairs in which account_a came first; empty where there is none",
}


@dataclass(frozen=True)
class Relation:
    """A rule that links accounts.

    Attributes
    ----------
    needs : tuple of str
        Object types the data must hold.
    evidence : callable
        ``evidence(con, window_s, account_a, account_b) -> DataFrame``, the rows behind one edge.
    acts : str
        Co-action relations: a query over `action_us` and `content_us` (`investigate.store.define_views`) for the actions
        that count, with the columns account_id, content_id, object_id, at_us. ``{window_us}`` stands for the window. It
        keeps to the SQL that DuckDB and Spark both read.
    edges : callable
        Other relations: ``edges(con, window_s) -> DataFrame`` with `EDGE_COLUMNS`, one row per pair of accounts, and with
        `expected` and `p` by the relation's own null model.
    holds : callable
        ``holds(con) -> bool`` where the object types in `needs` do not say whether the data can carry the relation.
    prepare : callable
        ``prepare(con)`` computes derived objects; see `investigate.relations.derived`.
    object_type : str
        The object type its actions are on: the first in `needs` unless it is a derived one.
    family : str
        timing, content, persona, identifier or network: signals of one family do not add up to two.
    by_default : bool
        Whether `Case.relate` uses it unasked.
    never_alone : bool
        Too weak to hold a community together: it only speaks beside other relations.
    untimed, directed : bool
        The window has no meaning; side a and side b play different parts (`n_content_a`: acts of a at b).
    """

    name: str
    title: str
    summary: str
    caveat: str
    needs: tuple[str, ...]
    evidence: Callable[..., pd.DataFrame]
    acts: str = ""
    edges: Callable[..., pd.DataFrame] | None = None
    holds: Callable[..., bool] | None = None
    prepare: Callable[..., None] | None = None
    object_type: str = ""
    family: str = "timing"
    by_default: bool = True
    never_alone: bool = False
    untimed: bool = False
    directed: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.acts) == (self.edges is not None):
            raise ValueError(f"relation '{self.name}' must have either acts or edges")
        if not self.object_type and self.needs:
            object.__setattr__(self, "object_type", self.needs[0])

    @property
    def is_co_action(self) -> bool:
        return bool(self.acts)

    @property
    def depends_on_window(self) -> bool:
        """Whether the window decides which actions count, and not only which of them match."""
        return "{window_us}" in self.acts

    def prepared_query(self, con: duckdb.DuckDBPyConnection, window_s: float) -> str:
        """`acts_query`, after the derived objects it reads were computed on the connection."""
        if self.prepare:
            self.prepare(con)
        return self.acts_query(window_s)

    def acts_query(self, window_s: float) -> str:
        """The query for the actions that count, for a window in seconds."""
        return self.acts.replace("{window_us}", str(round(window_s * 1_000_000)))


RELATIONS: Registry[Relation] = Registry("relation", __name__)


def available(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The relations that the data can carry, by name."""
    held = object_types(con)
    return [r.name for r in RELATIONS if _fits(r, con, held)]


def defaults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The relations used where none is named. Only these look at the data: some others are slow to ask."""
    held = object_types(con)
    return [r.name for r in RELATIONS if r.by_default and _fits(r, con, held)]


def check_available(names: list[str], con: duckdb.DuckDBPyConnection) -> list[str]:
    """The same names, or InputError naming those whose object types the data does not hold.

    Only the named relations look at the data; all others do so only where the error lists what could be used.
    """
    held = object_types(con)
    missing = [n for n in dict.fromkeys(names) if not _fits(RELATIONS.get(n), con, held)]
    if missing:
        needs = "; ".join(f"{n} needs {', '.join(RELATIONS.get(n).needs)}" for n in missing)
        raise InputError(
            f"the data cannot carry {', '.join(missing)} ({needs})",
            "actions",
            f"use one of: {', '.join(available(con)) or 'none'}",
        )
    return list(dict.fromkeys(names))


def object_types(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The types of object that the data's actions have."""
    return {row[0] for row in con.execute("select distinct object_type from actions").fetchall()}


def _fits(rule: Relation, con: duckdb.DuckDBPyConnection, held: set[str]) -> bool:
    return bool(rule.holds(con)) if rule.holds else set(rule.needs) <= held
