"""The definition itself, run by DuckDB: the reference for the other engines.

Identifiers are replaced by codes in the order of their bytes before the pairs are made, and put back afterwards: the
texts of `definition` need an order and nothing else, and pairs of whole numbers take a fraction of the room.
"""

from __future__ import annotations

import duckdb

from . import definition
from .finish import Links, finish

# DuckDB orders text by its bytes unless told otherwise.
_CODES = """
create or replace temp table co_action_rows as {acts};
create or replace temp table co_action_accounts as select account_id, row_number() over (order by account_id) - 1 as code
    from (select distinct account_id from co_action_rows);
create or replace temp table co_action_contents as select content_id, row_number() over () - 1 as code
    from (select distinct content_id from co_action_rows);
create or replace temp table co_action_objects as select object_id, row_number() over () - 1 as code
    from (select distinct object_id from co_action_rows);
create or replace temp table acts as
    select a.code as account_id, c.code as content_id, o.code as object_id, r.at_us
    from co_action_rows r join co_action_accounts a on a.account_id = r.account_id
         join co_action_contents c on c.content_id = r.content_id join co_action_objects o on o.object_id = r.object_id;
drop table co_action_rows;
drop table co_action_contents;
drop table co_action_objects;
"""


def co_action(
    con: duckdb.DuckDBPyConnection, acts: str, window_s: float, min_shared: int = 1, relation: str = ""
) -> Links:
    """The edges of one relation; see `investigate.engines.co_action`.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With whatever the query reads: `action_us` and `content_us` (`investigate.store.define_views`).
    acts : str
        A query for the actions that count: account_id, content_id, object_id, at_us (whole microseconds).
    window_s : float
        Seconds, inclusive.
    min_shared : int
        Distinct objects an edge must have.
    relation : str
        What the edges are called.

    Notes
    -----
    The pairs are enumerated three times (edges, exposure, counts) rather than kept: they can be far more than the
    rows, and a wide window on a busy object makes billions of them.
    """
    window_us = round(window_s * 1_000_000)
    con.execute(_CODES.format(acts=acts))
    try:
        edges = con.sql(
            f"""select ua.account_id as account_a, ub.account_id as account_b, e.* exclude (account_a, account_b)
                from ({definition.edges(window_us, min_shared)}) e
                join co_action_accounts ua on ua.code = e.account_a join co_action_accounts ub on ub.code = e.account_b"""
        ).to_arrow_table()
        exposure = (
            con.sql(
                f"""select '{relation.replace("'", "''")}' as relation, u.account_id, e.exposed
                from ({definition.exposure(window_us)}) e join co_action_accounts u on u.code = e.account_id
                order by u.account_id"""
            )
            .to_arrow_table()
            .to_pandas()
        )
        n_pairs_found, n_matches = con.sql(definition.found(window_us)).fetchall()[0]
    finally:
        con.execute("drop table if exists temp.acts; drop table if exists temp.co_action_accounts")
    return Links(finish(edges, relation), exposure, n_pairs_found, n_matches)
