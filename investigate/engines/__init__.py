"""Engines for co-action: one definition in SQL, run embedded or on a cluster, and a kernel that gives the same edges.

`sweep` is the embedded default; `duckdb` runs the definition itself; `spark` (an extra) runs it on a cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from ..errors import unknown
from ..relations import RELATIONS

if TYPE_CHECKING:
    from .acts import Acts
    from .finish import Links

EMBEDDED = ("sweep", "duckdb")


def load(con: duckdb.DuckDBPyConnection, relations: tuple[str, ...] | list[str], window_s: float) -> Acts:
    """The actions that the co-action relations among `relations` count, ready to be swept.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With `action_us` and `content_us` (`investigate.store.define_views`).
    window_s : float
        Seconds; only relations whose actions depend on the window look at it.
    """
    from . import acts

    tables = []
    for name in relations:
        rule = RELATIONS.get(name)
        if rule.is_co_action:
            tables.append((name, con.sql(rule.prepared_query(con, window_s)).to_arrow_table()))
    names = con.sql("select distinct account_id from content_us").to_arrow_table()["account_id"]
    return acts.build(tables, names.combine_chunks())


def co_action(
    con: duckdb.DuckDBPyConnection, relation: str, window_s: float, *, min_shared: int = 1, engine: str = "sweep"
) -> Links:
    """Every pair of accounts that acted on the same object within the window.

    Parameters
    ----------
    relation : str
        The name of a co-action relation.
    window_s : float
        Seconds, inclusive.
    min_shared : int
        Distinct objects an edge must have. It is applied inside the computation, after the exposure is counted.
    engine : str
        "sweep" or "duckdb": the same rows.

    Returns
    -------
    Links
        `n_pairs` of its edges is the weight CooRTweet reports; `n_content_a` and `n_content_b` are the two directed
        weights of coordination-network-toolkit.

    Notes
    -----
    The number of pairs to look at grows with the square of the actions on one object inside one window.
    """
    if engine == "sweep":
        from . import sweep

        return sweep.co_action(load(con, [relation], window_s), relation, window_s, min_shared)
    if engine == "duckdb":
        from . import duck

        acts = RELATIONS.get(relation).prepared_query(con, window_s)
        return duck.co_action(con, acts, window_s, min_shared, relation)
    raise unknown("embedded engine", engine, EMBEDDED)
