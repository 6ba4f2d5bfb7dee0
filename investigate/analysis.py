"""The method as plain functions over a connection: relate, score, group; and the same again under other conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import communities, engines, scoring
from .engines.acts import Acts
from .engines.sweep import Reach
from .engines.sweep import co_action as swept
from .errors import InputError
from .relations import EDGE_COLUMNS, RELATIONS
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


@dataclass(frozen=True)
class Linked:
    """What relating gave.

    Attributes
    ----------
    edges : DataFrame
        `EDGE_COLUMNS`; co-action edges have at least `min_shared` objects.
    exposure : DataFrame
        relation, account_id, exposed; see `investigate.engines`.
    pairs : dict of str to int
        Pairs of accounts with at least one match, by relation, before `min_shared`.
    matches : int
        Pairs of actions within the window: what had to be looked at.
    """

    edges: pd.DataFrame
    exposure: pd.DataFrame
    pairs: dict[str, int]
    matches: int


def co_actions(settings: Settings) -> list[str]:
    """The relations that are co-actions."""
    return [name for name in settings.relations if RELATIONS.get(name).is_co_action]


def load(con: duckdb.DuckDBPyConnection, settings: Settings) -> Acts:
    """The actions that the co-action relations count."""
    return engines.load(con, co_actions(settings), settings.window_s)


def relate(con: duckdb.DuckDBPyConnection, settings: Settings, acts: Acts) -> Linked:
    """Every edge of every relation with enough shared objects."""
    tables, exposures, pairs, matches = [], [], {}, 0
    for name in settings.relations:
        rule = RELATIONS.get(name)
        if rule.edges is not None:
            found = rule.edges(con, settings.window_s)
            tables.append(found)
            pairs[name] = len(found)
            continue
        links = swept(acts, name, settings.window_s, settings.min_shared)
        tables.append(links.edges)
        exposures.append(links.exposure)
        pairs[name] = links.n_pairs_found
        matches += links.n_matches
    held = [t for t in tables if not t.empty]
    edges = pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=list(EDGE_COLUMNS))
    nothing = pd.DataFrame({"relation": [], "account_id": [], "exposed": []})
    return Linked(edges, pd.concat(exposures, ignore_index=True) if exposures else nothing, pairs, matches)


def windows(
    con: duckdb.DuckDBPyConnection, settings: Settings, relations: Sequence[str], seconds: Sequence[float]
) -> Iterator[tuple[float, Linked]]:
    """The edges under several windows; the actions are read once, unless which of them count depends on the window."""
    depends = any(RELATIONS.get(name).depends_on_window for name in relations)
    acts = None
    for window_s in seconds:
        changed = replace(settings, relations=tuple(relations), window_s=window_s)
        acts = load(con, changed) if acts is None or depends else acts
        yield window_s, relate(con, changed, acts)


def contents_per_account(con: duckdb.DuckDBPyConnection, without_day: str = "") -> pd.Series:
    """Contents per account, for every account that published anything; `without_day` (UTC) leaves a day out."""
    where = "where cast(created_at as date) <> cast($day as date)" if without_day else ""
    table = frame(
        con,
        f"select account_id, count(*) as n from content {where} group by 1 order by 1",
        {"day": without_day} if without_day else None,
    )
    return table.set_index("account_id")["n"]


def score(linked: Linked, contents: pd.Series, settings: Settings) -> pd.DataFrame:
    timed = len(co_actions(settings))
    tests = scoring.number_of_tests(contents, timed, settings.min_shared, len(settings.relations) - timed)
    return scoring.score(
        linked.edges,
        contents,
        linked.exposure,
        min_shared=settings.min_shared,
        fdr_q=settings.fdr_q,
        tests=tests,
    )


# A medium identifier (0.5) that exactly two accounts carry weighs 0.32, a strong one (1.0) that seven carry 0.33.
LEAST_STRENGTH = 0.3


def _family(relation: str) -> str:
    return RELATIONS.get(relation).family


def holding(settings: Settings) -> list[str]:
    """The relations that may hold a community together: co-actions where there are any, else the others.

    Raises
    ------
    InputError
        Every relation chosen is too weak to stand alone.
    """
    strong = [n for n in settings.relations if not RELATIONS.get(n).never_alone]
    if not strong:
        raise InputError(
            f"{', '.join(settings.relations)} cannot hold a community together alone",
            "relations",
            "choose at least one other relation beside it",
        )
    timed = [n for n in strong if RELATIONS.get(n).is_co_action]
    return timed or strong


def telling(scored: pd.DataFrame) -> pd.DataFrame:
    """The edges that say something inside a group: the unusual ones, and those of strong identifiers.

    One shared identifier is never surprising among all pairs of accounts, however telling: there its strength over its
    degree decides.
    """
    identifiers = [name for name in scored["relation"].unique() if _family(name) == "identifier"]
    strong = scored["relation"].isin(identifiers) & (scored["weight"] >= LEAST_STRENGTH)
    return scored[scored["unusual"] | strong]


def group(
    scored: pd.DataFrame,
    contents: pd.Series,
    acts: Acts,
    settings: Settings,
    *,
    weight: str = "n_objects",
    seeds: int = communities.STABILITY_SEEDS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Communities of the unusual edges, and crowds that are none; see `communities.detect`."""
    names = holding(settings)
    timed = RELATIONS.get(names[0]).is_co_action
    edges = telling(scored)
    edges = edges[edges["relation"].isin(names)]
    accounts = (
        acts.accounts.to_pylist()
        if timed
        else sorted(set(contents.index) | set(scored["account_a"]) | set(scored["account_b"]))
    )
    matches = communities.Matches(
        reach=Reach(acts, settings.window_s) if timed else communities.neighbours(edges, accounts),
        contents=contents.reindex(accounts).fillna(0).to_numpy(dtype=np.int64),
        names=accounts,
    )
    return communities.detect(
        edges,
        matches,
        min_accounts=settings.min_accounts,
        min_actions=settings.min_actions,
        min_shared=settings.min_shared,
        fdr_q=settings.fdr_q,
        resolution=settings.resolution,
        seed=settings.seed,
        weight=weight if timed else "weight",
        seeds=seeds,
        tested=timed,
    )


_JOINT = """
with act as ({parts}),
near as (select *, at_us // {width} as bucket from act),
slots as (select *, bucket + d as slot from near, (values (-1), (0), (1)) as step(d))
select l.community, l.relation, l.account_id, l.content_id, t.created_at, t.text, l.object_type, l.object_id,
       count(distinct r.account_id) as n_partners
from near l join slots r on l.relation = r.relation and l.community = r.community and l.object_id = r.object_id
     and l.bucket = r.slot and l.account_id <> r.account_id and l.content_id <> r.content_id
     and abs(l.at_us - r.at_us) <= {window}
left join content t on t.content_id = l.content_id
group by all order by community, created_at, content_id, object_type, object_id, relation"""


def joint_contents(con: duckdb.DuckDBPyConnection, members: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Contents that co-act with another member of the same community, one row per content and object.

    Returns
    -------
    DataFrame
        community, relation, account_id, content_id, created_at, text, object_type, object_id, n_partners (other members
        met on that object within the window), sorted by community, time, content and object.
    """
    window = round(settings.window_s * 1_000_000)
    rules = [RELATIONS.get(name) for name in co_actions(settings)]
    if not rules:
        return pd.DataFrame(
            columns=["community", "relation", "account_id", "content_id", "created_at", "text", "object_type", "object_id", "n_partners"]
        )  # fmt: skip
    parts = " union all ".join(
        f"select m.community, '{rule.name}' as relation, '{rule.object_type}' as object_type, q.* "
        f"from ({rule.acts_query(settings.window_s)}) q join member_rows m using (account_id)"
        for rule in rules
    )
    con.register("member_rows", members[["community", "account_id"]])
    try:
        return frame(con, _JOINT.format(parts=parts, width=max(window, 1), window=window))
    finally:
        con.unregister("member_rows")


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
        from object_rows k join action_us a using (object_type, object_id)
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


def busiest_days(con: duckdb.DuckDBPyConnection, joint: pd.DataFrame) -> dict[int, str]:
    """The day (UTC) on which each community did most of its joint contents; nothing where the data holds one day."""
    days = con.execute("select count(distinct cast(created_at as date)) from content").fetchall()[0][0]
    if days < 2 or joint.empty:
        return {}
    once = joint.drop_duplicates(["community", "content_id"])
    counted = once.groupby(["community", once["created_at"].dt.strftime("%Y-%m-%d")]).size()
    return {int(number): str(part.droplevel(0).idxmax()) for number, part in counted.groupby(level=0)}


def again(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    acts: Acts,
    *,
    window_s: float | None = None,
    min_shared: int | None = None,
    weight: str = "n_objects",
    without_objects: Sequence[tuple[str, str]] = (),
    without_accounts: Sequence[str] = (),
    without_day: str = "",
) -> pd.DataFrame:
    """The communities under another window, repetition or weight, or without some objects, accounts or a day.

    Raises
    ------
    InputError
        Nothing is changed.
    """
    timed = tuple(co_actions(settings))
    changed = replace(
        settings,
        relations=timed,
        window_s=window_s or settings.window_s,
        min_shared=min_shared or settings.min_shared,
    )
    dropped = bool(without_objects or without_accounts or without_day)
    if replace(changed, relations=settings.relations) == settings and weight == "n_objects" and not dropped:
        raise InputError("nothing is changed", "sensitivity check")
    if window_s and any(RELATIONS.get(name).depends_on_window for name in timed):
        acts = load(con, changed)
    if dropped:
        acts = acts.keep(_kept(acts, without_objects, without_accounts, without_day))
    contents = contents_per_account(con, without_day)
    scored = score(relate(con, changed, acts), contents, changed)
    return group(scored, contents, acts, changed, weight=weight, seeds=1)[0]


def _kept(acts: Acts, objects: Sequence[tuple[str, str]], accounts: Sequence[str], day: str) -> np.ndarray:
    """Which rows are left without these objects, accounts and day."""
    mask = np.ones(len(acts), dtype=bool)
    for layer in acts.layers:
        kind = RELATIONS.get(layer.name).object_type
        named = pa.array([o for t, o in objects if t == kind], pa.string())
        codes = pc.index_in(named, value_set=layer.objects.cast(pa.string())).drop_null().to_numpy()
        mask &= ~np.isin(acts.obj, codes + layer.first_object) if len(codes) else True
    if accounts:
        mask &= ~np.isin(acts.account, acts.codes_of(accounts))
    if day:
        start = pd.Timestamp(day, tz="UTC").value // 1000
        mask &= (acts.at < start) | (acts.at >= start + 86_400_000_000)
    return mask
