"""The method as plain functions over a connection: relate, score, group; and the same again under other conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import pandas as pd

from . import communities, scoring
from .errors import InputError
from .relations import EDGE_COLUMNS, RELATIONS
from .relations.co_action import matched_contents, pairs_query, prepare
from .store import frame


@dataclass(frozen=True)
class Settings:
    """Everything that decides a result, besides the data.

    Attributes
    ----------
    relations : tuple of str
    window_s : float
        Seconds, inclusive.
    min_shared : int
        Distinct objects, and acts by each account, that an unusual edge must have.
    fdr_q : float
        Share of false edges accepted among the unusual ones.
    min_accounts : int
        Accounts a community must have.
    min_actions : int
        Contents an account must have to be called a core member.
    resolution : float
        Leiden resolution: larger gives smaller communities.
    seed : int
    """

    relations: tuple[str, ...]
    window_s: float
    min_shared: int = 2
    fdr_q: float = 0.01
    min_accounts: int = 3
    min_actions: int = 10
    resolution: float = 1.0
    seed: int = 0


def relate(con: duckdb.DuckDBPyConnection, settings: Settings) -> pd.DataFrame:
    """Every edge of every relation, unfiltered."""
    tables = [RELATIONS.get(name).edges(con, settings.window_s) for name in settings.relations]
    held = [t for t in tables if not t.empty]
    return (
        pd.concat(held, ignore_index=True)
        if held
        else tables[0]
        if tables
        else pd.DataFrame(columns=list(EDGE_COLUMNS))
    )


IN_GROUPS = "acc in (select code from member)"


def contents_per_account(con: duckdb.DuckDBPyConnection) -> pd.Series:
    """Contents per account, for every account that published anything."""
    table = frame(con, "select account_id, count(*) as n from content group by 1 order by 1")
    return table.set_index("account_id")["n"]


def score(con: duckdb.DuckDBPyConnection, edges: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return scoring.score(edges, contents_per_account(con), min_shared=settings.min_shared, fdr_q=settings.fdr_q)


def object_types(settings: Settings) -> list[str]:
    return [RELATIONS.get(name).needs[0] for name in settings.relations]


def group(
    con: duckdb.DuckDBPyConnection, scored: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Communities of the unusual edges, and crowds that are none; see `communities.detect`."""
    matches = communities.Matches(**matched_contents(con, settings.window_s, object_types(settings)))
    return communities.detect(
        scored[scored["unusual"]],
        matches,
        min_accounts=settings.min_accounts,
        min_actions=settings.min_actions,
        min_shared=settings.min_shared,
        fdr_q=settings.fdr_q,
        resolution=settings.resolution,
        seed=settings.seed,
    )


def joint_contents(con: duckdb.DuckDBPyConnection, members: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Contents that co-act with another member of the same community, one row per content and object.

    Returns
    -------
    DataFrame
        community, account_id, content_id, created_at, text, object_type, object_id, n_partners (other members met on
        that object within the window), sorted by community, time, content and object.
    """
    prepare(con)
    con.register("member_rows", members[["community", "account_id"]])
    con.execute(
        "create or replace temp table member as select m.community, u.code from member_rows m join account_code u using (account_id)"
    )
    con.unregister("member_rows")
    parts = " union all ".join(
        f"select * from ({pairs_query(t, settings.window_s, IN_GROUPS)})" for t in object_types(settings)
    )
    return frame(
        con,
        f"""
        with p as ({parts}),
        j as (select ma.community, p.a as acc, p.content_a as content, p.obj, p.b as other from p
              join member ma on ma.code = p.a join member mb on mb.code = p.b and mb.community = ma.community
              union all
              select ma.community, p.b, p.content_b, p.obj, p.a from p
              join member ma on ma.code = p.a join member mb on mb.code = p.b and mb.community = ma.community)
        select j.community, u.account_id, c.content_id, t.created_at, t.text, o.object_type, o.object_id, count(distinct j.other) as n_partners
        from j join account_code u on u.code = j.acc join content_code c on c.code = j.content join object_code o on o.code = j.obj
        left join content t on t.content_id = c.content_id
        group by all order by community, created_at, content_id, object_type, object_id""",
    )


def shared_objects(con: duckdb.DuckDBPyConnection, joint: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """What each community acted on together, and how much others did with the same objects.

    Returns
    -------
    DataFrame
        community, object_type, object_id, n_members, n_contents (joint contents), n_outside_accounts,
        n_outside_contents, first_at, last_at; sorted by community and n_contents, largest first.
    """
    if joint.empty:
        return pd.DataFrame(
            columns=[
                "community",
                "object_type",
                "object_id",
                "n_members",
                "n_contents",
                "n_outside_accounts",
                "n_outside_contents",
                "first_at",
                "last_at",
            ]
        )
    keys = ["community", "object_type", "object_id"]
    table = joint.groupby(keys, as_index=False).agg(
        n_members=("account_id", "nunique"),
        n_contents=("content_id", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
    )
    con.register("object_rows", table[keys])
    con.register("member_rows", members[["community", "account_id"]])
    outside = frame(
        con,
        """
        select k.community, k.object_type, k.object_id, count(distinct a.account_id) as n_outside_accounts,
               count(distinct a.content_id) as n_outside_contents
        from object_rows k join actions a using (object_type, object_id)
        where not exists (select 1 from member_rows m where m.community = k.community and m.account_id = a.account_id)
        group by all order by all""",
    )
    con.unregister("object_rows")
    con.unregister("member_rows")
    table = table.merge(outside, on=keys, how="left").fillna({"n_outside_accounts": 0, "n_outside_contents": 0})
    table = table.astype({"n_outside_accounts": int, "n_outside_contents": int})
    return table.sort_values(
        ["community", "n_contents", "object_type", "object_id"], ascending=[True, False, True, True], ignore_index=True
    )


def again(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    window_s: float | None = None,
    without_objects: Sequence[tuple[str, str]] = (),
    without_accounts: Sequence[str] = (),
) -> pd.DataFrame:
    """The communities under another window, or without some objects or accounts.

    The connection's data is put back as it was, whatever happens.
    """
    if not window_s and not without_objects and not without_accounts:
        raise InputError("nothing is changed", "sensitivity check")
    changed = replace(settings, window_s=window_s or settings.window_s)
    prepare(con)
    con.execute("create or replace temp table act_all as select * from act")
    try:
        if without_objects:
            con.register("drop_rows", pd.DataFrame(list(without_objects), columns=["object_type", "object_id"]))
            con.execute(
                "delete from act where obj in (select code from object_code join drop_rows using (object_type, object_id))"
            )
            con.unregister("drop_rows")
        if without_accounts:
            con.register("drop_rows", pd.DataFrame({"account_id": list(without_accounts)}))
            con.execute(
                "delete from act where acc in (select code from account_code join drop_rows using (account_id))"
            )
            con.unregister("drop_rows")
        return group(con, score(con, relate(con, changed), changed), changed)[0]
    finally:
        con.execute("create or replace temp table act as select * from act_all; drop table act_all")
