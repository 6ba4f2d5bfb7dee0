"""One hop from seeds: the accounts whose actions match theirs, tested against how often everybody's do.

Used by `investigate.expand`, which says what the test means and when it misleads.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from .chance import binomial_tail
from .progress import track
from .relations import Relation
from .scoring import benjamini_hochberg
from .seeds import Seeds, hold, release
from .store import frame

OBJECT = "seed_object"  # the reason of an account that acted on a reported object itself


@dataclass(frozen=True)
class Rules:
    """What decides a hop, besides the data and the seeds; see `investigate.expand.expand`."""

    relations: tuple[Relation, ...]
    window_s: float
    min_shared: int
    fdr_q: float
    max_acts: int

    @property
    def window_us(self) -> int:
        return round(self.window_s * 1_000_000)

    @property
    def quiet(self) -> set[str]:
        """The relations that never speak alone."""
        return {r.name for r in self.relations if r.never_alone}


@dataclass(frozen=True)
class Hop:
    """What one hop found: newcomers (not sorted), reasons per relation, counts of rows touched, notes."""

    newcomers: pd.DataFrame
    reasons: pd.DataFrame
    touched: list[dict[str, object]]
    notes: list[str]


def one_hop(
    con: duckdb.DuckDBPyConnection, seeds: Seeds, rules: Rules, contents: pd.DataFrame, whole: dict[str, pd.DataFrame]
) -> Hop:
    """All accounts that match the seeds.

    Parameters
    ----------
    contents : DataFrame
        Per account (index): n_contents, first_seen; see `investigate.seeds.contents_of`.
    whole : dict of str to DataFrame
        The edges of relations that are no co-actions.
    """
    hold(con, seeds)
    try:
        touched, notes = _match(con, seeds, rules)
        counted = con.execute(
            "select count(distinct content_id) from content_us where account_id in (select account_id from seed_account) "
            "or content_id in (select content_id from seed_content)"
        ).fetchall()[0][0]
        reasons, together = frame(con, _REASONS), frame(con, _TOGETHER).set_index("account_id")
    finally:
        con.execute("drop table if exists seed_found")
        release(con)
    computed = [_from_edges(name, edges, seeds) for name, edges in sorted(whole.items())]
    reasons = pd.concat([t for t in (reasons, *computed) if not t.empty] or [reasons], ignore_index=True)
    population = max(int(contents["n_contents"].sum()) - counted, 1)
    reasons = _expected(reasons, contents, population)
    speaking = reasons[~reasons["relation"].isin(rules.quiet)]
    silent = reasons["account_id"].nunique() - speaking["account_id"].nunique()
    if silent:
        names = ", ".join(sorted(rules.quiet))
        notes.append(f"{silent:,} accounts are linked only by relations that never speak alone ({names}): left out")
    ranked = _tested(speaking, together, contents, population, rules, set(whole), len(seeds.accounts))
    return Hop(ranked, reasons[reasons["account_id"].isin(ranked["account_id"])], touched, notes)


# -- which acts match --------------------------------------------------------------------------------------------------


def _match(con: duckdb.DuckDBPyConnection, seeds: Seeds, rules: Rules) -> tuple[list[dict[str, object]], list[str]]:
    """Fill the table seed_found with every distinct match of an act with a seed, and count what it took."""
    con.execute(
        "create or replace temp table seed_found (relation varchar, account_id varchar, content_id varchar, "
        "object_id varchar, at_us bigint, seed varchar, speaks boolean)"
    )
    rows_all = con.execute("select count(*) from action_us").fetchall()[0][0]
    touched: list[dict[str, object]] = []
    notes: list[str] = []
    if seeds.objects:
        con.execute(_ON_OBJECTS)
        rows = con.execute("select count(*) from action_us semi join seed_object using (object_type, object_id)")
        n = rows.fetchall()[0][0]
        touched.append(
            {"relation": OBJECT, "rows_seeds": 0, "rows_touched": n, "rows_all": rows_all, "matches": n}
            | {"objects": len(seeds.objects), "objects_skipped": 0, "rows_skipped": 0, "seed_acts_unseen": 0}
        )
    with track("expanding", len(rules.relations), "relations") as advance:
        for rule in rules.relations:
            if rule.is_co_action and (seeds.accounts or seeds.contents):
                counts = _co_action(con, rule, rules)
                touched.append({"relation": rule.name, **counts, "rows_all": rows_all})
                if counts["objects_skipped"]:
                    notes.append(
                        f"{rule.name}: {counts['objects_skipped']:,} of the seeds' {counts['objects']:,} objects have more than "
                        f"{rules.max_acts:,} actions and were left out with all {counts['rows_skipped']:,} of them; "
                        f"{counts['seed_acts_unseen']:,} of the seeds' {counts['rows_seeds']:,} actions were compared with nothing"
                    )
            advance()
    return touched, notes


def _co_action(con: duckdb.DuckDBPyConnection, rule: Relation, rules: Rules) -> dict[str, int]:
    acts = rule.acts_query(rules.window_s)
    con.execute(_SEED_ACTS.format(acts=acts))
    con.execute(_SEED_OBJECTS.format(acts=acts))
    con.execute(_NEAR.format(acts=acts, most=rules.max_acts))
    con.execute(
        _FOUND.format(window=rules.window_us, width=max(rules.window_us, 1)),
        {"relation": rule.name, "speaks": not rule.never_alone},
    )
    counts = frame(con, _COUNTS.format(most=rules.max_acts), {"relation": rule.name}).iloc[0]
    con.execute("drop table seed_act; drop table seed_act_object; drop table seed_near")
    return {str(name): int(n) for name, n in counts.items()}


_ON_OBJECTS = f"""
    insert into seed_found
    select '{OBJECT}', a.account_id, a.content_id, a.object_type || ':' || a.object_id, a.at_us,
           a.object_type || ':' || a.object_id, true
    from action_us a semi join seed_object s on a.object_type = s.object_type and a.object_id = s.object_id
    where a.account_id not in (select account_id from seed_account)
"""
# A seed content is named as the seed where its author is no seed.
_SEED_ACTS = """
    create or replace temp table seed_act as
    select a.*, case when u.account_id is not null then a.account_id else 'content:' || a.content_id end as seed
    from ({acts}) a left join seed_account u on u.account_id = a.account_id
    where u.account_id is not null or a.content_id in (select content_id from seed_content)
"""
_SEED_OBJECTS = """
    create or replace temp table seed_act_object as
    select object_id, count(*) as n from ({acts}) where object_id in (select object_id from seed_act) group by 1
"""
_NEAR = """
    create or replace temp table seed_near as
    select * from ({acts}) where object_id in (select object_id from seed_act_object where n <= {most})
"""
# Rows at most one window apart stand in the same bucket or in neighbouring ones.
_FOUND = """
    insert into seed_found
    with s as (select *, at_us // {width} as bucket from seed_act),
    slots as (select *, bucket as slot from s union all select *, bucket - 1 from s union all select *, bucket + 1 from s)
    select distinct $relation, n.account_id, n.content_id, n.object_id, n.at_us, s.seed, $speaks
    from (select *, at_us // {width} as slot from seed_near) n
    join slots s on n.object_id = s.object_id and n.slot = s.slot
    where abs(n.at_us - s.at_us) <= {window} and n.account_id <> s.account_id and n.content_id <> s.content_id
          and n.account_id not in (select account_id from seed_account)
"""
_COUNTS = """
    select (select count(*) from seed_act) as rows_seeds, (select count(*) from seed_near) as rows_touched,
           (select count(*) from seed_found where relation = $relation) as matches,
           (select count(*) from seed_act_object) as objects,
           (select count(*) from seed_act_object where n > {most}) as objects_skipped,
           (select coalesce(sum(n), 0) from seed_act_object where n > {most}) as rows_skipped,
           (select count(*) from seed_act where object_id in (select object_id from seed_act_object where n > {most}))
               as seed_acts_unseen
"""
_REASONS = """
    with per as (
        select relation, account_id, object_id, count(distinct content_id) as n from seed_found group by 1, 2, 3),
    placed as (select *, row_number() over (partition by relation, account_id order by n desc, object_id) as place from per),
    most as (select relation, account_id, list(object_id order by place) as objects from placed where place <= 3 group by 1, 2)
    select account_id, relation, count(distinct object_id) as n_objects, count(distinct content_id) as n_acts,
           list(distinct seed order by seed) as seeds, most.objects,
           make_timestamptz(min(at_us)) as first_at, make_timestamptz(max(at_us)) as last_at
    from seed_found join most using (relation, account_id)
    group by account_id, relation, most.objects order by account_id, relation
"""
_TOGETHER = """
    select account_id, count(distinct content_id) as n_acts, make_timestamptz(min(at_us)) as first_at
    from seed_found where speaks group by 1 order by 1
"""


def _from_edges(name: str, edges: pd.DataFrame, seeds: Seeds) -> pd.DataFrame:
    """The edges of another relation between a seed and a newcomer, as reasons."""
    known = set(seeds.accounts)
    sides = []
    for of, other, acts in (("account_a", "account_b", "n_content_b"), ("account_b", "account_a", "n_content_a")):
        rows = edges[edges[of].isin(known) & ~edges[other].isin(known)]
        sides.append(
            pd.DataFrame(
                {"account_id": rows[other], "seed": rows[of], "n_objects": rows["n_objects"], "n_acts": rows[acts]}
                | {c: rows[c] for c in ("expected", "p", "first_at", "last_at")}
            )
        )
    rows = pd.concat(sides, ignore_index=True)
    out = []
    for account, part in rows.groupby("account_id", sort=True):
        # The smallest of several p-values, times how many there are: no more than chance allows, whatever ties them.
        p = min(float(part["p"].min()) * len(part), 1.0)
        out.append(
            {"account_id": account, "relation": name, "n_objects": int(part["n_objects"].max())}
            | {"n_acts": int(part["n_acts"].max()), "seeds": sorted(part["seed"]), "objects": []}
            | {"first_at": part["first_at"].min(), "last_at": part["last_at"].max()}
            | {"expected": float(part["expected"].max()), "p": p}
        )
    return pd.DataFrame(out)


# -- how unusual it is -------------------------------------------------------------------------------------------------


def _expected(reasons: pd.DataFrame, contents: pd.DataFrame, population: int) -> pd.DataFrame:
    """The reasons with expected and p; those that came with their own keep them."""
    out = reasons.copy()
    for column in ("expected", "p"):
        if column not in out:
            out[column] = np.nan
    ours = out["p"].isna()
    d = out[ours].groupby("relation")["n_acts"].sum()
    rate = (out["relation"].map(d).astype(float) / population).clip(upper=1.0).to_numpy()
    n = out["account_id"].map(contents["n_contents"]).astype(float).fillna(0).to_numpy()
    n = np.maximum(n, out["n_acts"].to_numpy(dtype=float))
    out["expected"] = np.where(ours, n * rate, out["expected"])
    out["p"] = np.where(ours, binomial_tail(out["n_acts"].to_numpy(), n, np.nan_to_num(rate)), out["p"])
    out["n_seeds"] = [len(s) for s in out["seeds"]]
    return out


def _tested(
    speaking: pd.DataFrame,
    together: pd.DataFrame,
    contents: pd.DataFrame,
    population: int,
    rules: Rules,
    computed: set[str],
    n_seed_accounts: int,
) -> pd.DataFrame:
    """One row per newcomer: all co-action relations tested as one, the others by their own p."""
    by = speaking.groupby("account_id", sort=True)
    table = by.agg(
        n_objects=("n_objects", "max"),
        relations=("relation", lambda names: ",".join(sorted(names))),
        n_seeds=("seeds", lambda lists: len(set().union(*lists))),
    )
    own = speaking[speaking["relation"].isin(computed)].groupby("account_id")
    table = table.astype({"n_objects": int, "relations": "str", "n_seeds": int})
    table["n_acts"] = together["n_acts"].reindex(table.index).fillna(own["n_acts"].max()).fillna(0).astype(int)
    table["first_at"] = together["first_at"].reindex(table.index).fillna(own["first_at"].min())
    matched = together["n_acts"].reindex(table.index).fillna(0).to_numpy(dtype=float)
    n = contents["n_contents"].reindex(table.index).fillna(0).to_numpy(dtype=float)
    n = np.maximum(n, table["n_acts"].to_numpy(dtype=float))
    rate = min(float(together["n_acts"].sum()) / population, 1.0)
    p = binomial_tail(matched, n, rate)
    if computed:
        best = own["p"].min().reindex(table.index).fillna(1.0).to_numpy()
        p = np.minimum(np.minimum(p, best) * (1 + len(computed)), 1.0)
    able = int((contents["n_contents"] >= rules.min_shared).sum()) - n_seed_accounts
    table["n_contents"], table["share"] = n.astype(int), table["n_acts"] / np.maximum(n, 1)
    table["expected"], table["p"], table["surprise"] = n * rate, p, _surprise(p, matched, n, rate)
    table["q"] = benjamini_hochberg(p, max(able, len(p))) if len(p) else p
    table["first_seen"] = contents["first_seen"].reindex(table.index)
    table["accepted"] = (
        (table["q"] <= rules.fdr_q) & (table["n_acts"] >= rules.min_shared) & (table["n_objects"] >= rules.min_shared)
    )
    return table.reset_index()


def _surprise(p: np.ndarray, k: np.ndarray, n: np.ndarray, rate: float) -> np.ndarray:
    """-log10 p; where p is too small for a float, by Chernoff's bound p <= exp(-n KL(k/n || rate))."""
    share = np.clip(k / np.maximum(n, 1), 1e-12, 1 - 1e-12)
    base = min(max(rate, 1e-12), 1 - 1e-12)
    bound = n * (share * np.log(share / base) + (1 - share) * np.log((1 - share) / (1 - base))) / np.log(10)
    with np.errstate(divide="ignore"):
        return np.where(p > 0, -np.log10(p) + 0.0, np.maximum(bound, 308.0))
