"""Interaction: one account acts on another: reply, mention, repost, quote, follow, report. Directed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd

from ..chance import binomial_tail
from ..objects import mention
from ..store import frame
from . import RELATIONS, Relation
from ._frames import EVIDENCE_COLUMNS, edge_frame, typed

if TYPE_CHECKING:
    import networkx as nx

NAME = "interaction"

AT_CONTENT = ("repost", "reply", "quote", "report")
"""Object types that name a content; the account acted on is its author."""

AT_ACCOUNT = ("mention", "follow", "report")
"""Object types that name an account by handle or identifier."""

ACT_TYPES = tuple(dict.fromkeys((*AT_CONTENT, *AT_ACCOUNT)))


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


# An identifier or handle is looked for on the actor's own platform: the exact identifier first, then the handle, then
# the identifier without its platform. What two accounts answer to points at nobody.
_ACTS = f"""
    with named as (select object_type, object_id, key, platform, account_id, rank from interaction_name
                   join interaction_key using (key)),
    best as (select object_type, object_id, platform, min(rank) as rank from named group by all),
    target as (select object_type, object_id, platform, min(account_id) as account_id, count(distinct account_id) as n
               from named join best using (object_type, object_id, platform, rank) group by all),
    act as (select object_type, account_id as actor, content_id, object_id, at_us from action_us
            where object_type in ({_quoted(ACT_TYPES)}) and content_id <> object_id)
    select a.object_type, a.actor, a.content_id, a.object_id, a.at_us,
           coalesce(c.account_id, case when t.n = 1 then t.account_id end) as target, c.content_id as target_content,
           c.at_us as target_us, c.content_id is null and coalesce(t.n, 0) > 1 as ambiguous
    from act a
    left join content_us c on c.content_id = a.object_id and a.object_type in ({_quoted(AT_CONTENT)})
    left join interaction_platform p on p.account_id = a.actor
    left join target t on t.object_type = a.object_type and t.object_id = a.object_id
                      and t.platform = coalesce(p.platform, '')
"""


def _accounts(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """account_id, platform ('' for none) and handle of every account; those without a profile by identifier alone."""
    profiles = "select null as account_id, null as platform, null as handle where false"
    if con.execute("select 1 from information_schema.tables where table_name = 'accounts'").fetchall():
        profiles = "select account_id, platform, handle from accounts"
    query = f"""
        select account_id, coalesce(lower(any_value(platform)), '') as platform, any_value(handle) as handle
        from (select account_id, platform, handle from ({profiles})
              union all select distinct account_id, null, null from action_us
              union all select distinct account_id, null, null from content_us)
        group by account_id order by account_id"""
    return frame(con, query)


def _names(accounts: pd.DataFrame) -> pd.DataFrame:
    """key, platform, account_id, rank: what each account answers to on its platform."""
    rows = []
    for account, platform, handle in accounts.itertuples(index=False, name=None):
        rows.append((mention(account), platform, account, 0))
        if isinstance(handle, str):
            rows.append((mention(handle), platform, account, 1))
        if platform and account.lower().startswith(f"{platform}:"):
            rows.append((mention(account[len(platform) + 1 :]), platform, account, 2))
    return pd.DataFrame(rows, columns=["key", "platform", "account_id", "rank"]).dropna(subset="key")


def acts(con: duckdb.DuckDBPyConnection, where: str = "true", params: dict[str, str] | None = None) -> pd.DataFrame:
    """Every act of one account at something of another's: one row per content and object.

    Returns
    -------
    DataFrame
        object_type, actor, content_id, object_id, at_us, target (the account acted on; empty where it is not in the
        data), target_content (the content acted on, where there is one), target_us, ambiguous (two accounts answer to
        the name, so that it points at nobody).
    """
    # Mentions are in normal form already.
    objects = frame(
        con,
        "select distinct object_type, object_id, object_id as key from action_us "
        f"where object_type in ({_quoted(AT_ACCOUNT)}) order by all",
    )
    native = objects["object_type"] != "mention"
    objects.loc[native, "key"] = [mention(o) for o in objects.loc[native, "object_id"]]
    accounts = _accounts(con)
    tables = {
        "interaction_key": objects.dropna(subset="key"),
        "interaction_name": _names(accounts),
        "interaction_platform": accounts[["account_id", "platform"]],
    }
    for name, table in tables.items():
        con.register(name, table.astype({c: "str" for c in table.columns if c != "rank"}))
    try:
        return frame(
            con, f"select * from ({_ACTS}) where {where} order by at_us, content_id, object_type, object_id", params
        )
    finally:
        for name in tables:
            con.unregister(name)


def coverage(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """How many acts of each kind point at an account of the data: object_type, n_acts, n_resolved, n_ambiguous, n_own."""
    table = acts(con)
    table["resolved"], table["own"] = table["target"].notna(), table["target"] == table["actor"]
    names = {"n_acts": ("actor", "size"), "n_resolved": ("resolved", "sum"), "n_ambiguous": ("ambiguous", "sum")}
    return table.groupby("object_type", as_index=False).agg(**names, n_own=("own", "sum"))


def directed(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Acts of one account at another, counted, with what chance would give.

    Returns
    -------
    DataFrame
        actor, target, n_acts, n_contents (of the actor), n_objects, first_us, last_us, one column n_<type> for each of
        `ACT_TYPES`, expected (contents) and p; sorted by actor and target.

    Notes
    -----
    Null model: each of the actor's K directed contents (a content aimed at three accounts counts three times) picks its
    target as everybody else does: account b with probability (R + 1) / (T + N), where R counts the others' contents aimed
    at b, T all of the others' and N the accounts; expected = K (R + 1) / (T + N), p the binomial tail. Popular accounts
    are expected to receive much.

    It misleads among friends and within one conversation, which are not chance and not a plan either, and where the
    export was collected around some accounts.
    """
    found = acts(con, "target is not null and target <> actor")
    keys = ["actor", "target"]
    groups = found.groupby(keys, sort=True)
    table = groups.agg(
        n_acts=("content_id", "size"),
        n_contents=("content_id", "nunique"),
        first_us=("at_us", "min"),
        last_us=("at_us", "max"),
    )
    objects = found.drop_duplicates([*keys, "object_type", "object_id"])
    table["n_objects"] = objects.groupby(keys).size()
    for kind in ACT_TYPES:
        table[f"n_{kind}"] = found[found["object_type"] == kind].groupby(keys).size()
    table = table.fillna(dict.fromkeys([f"n_{k}" for k in ACT_TYPES], 0)).reset_index()
    table = table.astype({f"n_{k}": "int64" for k in ACT_TYPES} | {"n_objects": "int64"})
    n_accounts = len(_accounts(con))
    made = table.groupby("actor")["n_contents"].transform("sum").to_numpy(float)
    received = table.groupby("target")["n_contents"].transform("sum").to_numpy(float)
    n = table["n_contents"].to_numpy(float)
    rate = np.minimum((received - n + 1) / (n.sum() - made + max(n_accounts, 1)), 1.0)
    table["expected"] = made * rate
    table["p"] = binomial_tail(n, made, rate)
    return table


def edges(con: duckdb.DuckDBPyConnection, window_s: float) -> pd.DataFrame:
    """Every pair of accounts of which one acted on the other.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    window_s : float
        Not used: an act at an account has no second act to be near to.

    Returns
    -------
    DataFrame
        `EDGE_COLUMNS`, `expected` and `p`. `n_content_a` counts contents of a aimed at b, `n_content_b` those of b aimed at
        a, `n_pairs` the acts of both, `n_objects` the distinct objects (kind and identifier); `weight` is n_pairs. There is
        no lag.

    Notes
    -----
    See `directed` for the null model. `expected` is the sum over both directions, in contents. `p` is twice the smaller of
    the two directions' values (at most 1): one account that keeps at another is a link, answered or not.
    """
    table = directed(con)
    if table.empty:
        return edge_frame(_columns(table.assign(a="", b="", forth=True)))
    utf8 = table["actor"].map(str.encode) < table["target"].map(str.encode)
    table["a"] = table["actor"].where(utf8, table["target"])
    table["b"] = table["target"].where(utf8, table["actor"])
    return edge_frame(_columns(table.assign(forth=utf8)))


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    contents = table["n_contents"]
    table = table.assign(ab=contents.where(table["forth"], 0), ba=contents.where(~table["forth"], 0))
    out = table.groupby(["a", "b"], as_index=False).agg(
        n_objects=("n_objects", "sum"),
        n_pairs=("n_acts", "sum"),
        n_content_a=("ab", "sum"),
        n_content_b=("ba", "sum"),
        first_us=("first_us", "min"),
        last_us=("last_us", "max"),
        expected=("expected", "sum"),
        p=("p", "min"),
    )
    out["first_at"] = pd.to_datetime(out.pop("first_us"), unit="us", utc=True)
    out["last_at"] = pd.to_datetime(out.pop("last_us"), unit="us", utc=True)
    more = {"relation": NAME, "weight": out["n_pairs"], "mean_lag_s": np.nan, "n_ordered": 0, "share_a_first": np.nan}
    out = out.rename(columns={"a": "account_a", "b": "account_b"}).assign(**more)
    return out.assign(p=np.minimum(1.0, 2 * out["p"]))


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """Each act of one of the two at the other, oldest first.

    Adds object_type and actor. The actor's side holds the act; the other side holds the content acted on, where the act
    names one; `lag_s` is the time from it to the act, with the sign of side b minus side a.
    """
    a, b = sorted((account_a, account_b), key=lambda s: s.encode())
    found = acts(
        con, "(actor = $a and target = $b or actor = $b and target = $a) and actor <> target", {"a": a, "b": b}
    )
    con.register("interaction_content", found[["content_id", "target_content"]].astype("str"))
    try:
        texts = frame(
            con,
            "select content_id, text, source_row from content where content_id in (select content_id from "
            "interaction_content union select target_content from interaction_content)",
        ).set_index("content_id")
    finally:
        con.unregister("interaction_content")
    forth = found["actor"] == a
    out = pd.DataFrame({"relation": NAME, "object_id": found["object_id"], "account_a": a, "account_b": b})
    for side, own in (("a", forth), ("b", ~forth)):
        content = found["content_id"].where(own, found["target_content"])
        out[f"at_{side}"] = pd.to_datetime(found["at_us"].where(own, found["target_us"]), unit="us", utc=True)
        out[f"content_{side}"] = content
        out[f"text_{side}"] = content.map(texts["text"])
        out[f"row_{side}"] = content.map(texts["source_row"]).astype("Int64")
    out["lag_s"] = (out["at_b"] - out["at_a"]).dt.total_seconds()
    out["object_type"], out["actor"] = found["object_type"], found["actor"]
    return typed(out[[*EVIDENCE_COLUMNS, "object_type", "actor"]])


def interaction_graph(con: duckdb.DuckDBPyConnection, *, min_acts: int = 1) -> nx.DiGraph:
    """Who acts on whom, as a `networkx.DiGraph` from actor to target.

    Edge attributes: n_acts, n_contents, n_objects, n_<type> for each of `ACT_TYPES`, first_at and last_at (ISO 8601, UTC),
    expected, p, and weight (n_acts). Nodes are account identifiers; accounts without such an edge are not in it.
    """
    import networkx as nx

    table = directed(con)
    table = table[table["n_acts"] >= min_acts]
    graph = nx.DiGraph(relation=NAME)
    for row in table.to_dict("records"):
        first, last = (pd.Timestamp(row.pop(k), unit="us", tz="UTC").isoformat() for k in ("first_us", "last_us"))
        ends = row.pop("actor"), row.pop("target")
        graph.add_edge(*ends, **row, first_at=first, last_at=last, weight=row["n_acts"])
    return graph


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether an act points at another account of the data."""
    by_content = f"""select 1 from action_us a join content_us c on c.content_id = a.object_id
        where a.object_type in ({_quoted(AT_CONTENT)}) and c.account_id <> a.account_id limit 1"""
    if con.execute(by_content).fetchall():
        return True
    by_name = f"select 1 from action_us where object_type in ({_quoted(AT_ACCOUNT)}) limit 1"
    return bool(con.execute(by_name).fetchall()) and len(acts(con, "target <> actor")) > 0


RELATIONS.add(
    Relation(
        name=NAME,
        title="Interaction",
        summary="Links an account to those it replies to, mentions, reposts, quotes, follows or reports; weight: acts.",
        caveat="Friends, fans and critics do this all day; a popular account is the target of everybody.",
        needs=("reply, mention, repost, quote, follow or report of another account in the data",),
        holds=holds,
        edges=edges,
        evidence=evidence,
        family="network",
        by_default=False,
        untimed=True,
        directed=True,
        defaults={"min_shared": 1},
        references=("Ratkiewicz et al. (2011), Detecting and tracking political abuse, doi:10.1609/icwsm.v5i1.14127",),
    )
)
