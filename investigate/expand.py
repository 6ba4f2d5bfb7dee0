"""Seed first: from reported accounts, objects or contents to the accounts linked to them, ranked, with reasons.

Only the actions on the objects of the seeds are joined; the projection onto all pairs of accounts is never computed. Each
newcomer is tested by the exposure idea of `investigate.scoring`, which needs nothing but what matches the seeds: let D be
the contents of all others that match a seed, N all contents but the seeds'. An account with K contents that had nothing to
do with the seeds would match them as often as everybody does:

    n_acts ~ Binomial(K, D / N),   expected = K D / N

D counts the newcomer's own matches and those of undiscovered partners too, so the test errs on the careful side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb
import pandas as pd

from . import duration
from .errors import InputError, unknown
from .newcomers import OBJECT, Rules, one_hop
from .relations import RELATIONS, check_available
from .seeds import Seeds, contents_of, find_seeds
from .store import frame

# Every ranking ends with the evidence, so that ties are broken by it and never by the order of the data.
RANKS: dict[str, list[str]] = {
    "surprise": ["surprise"],
    "acts": ["n_acts", "surprise"],
    "seeds": ["n_seeds", "surprise"],
    "share": ["share", "surprise"],
}

NEWCOMER_COLUMNS: dict[str, str] = {
    "rank": "place in the list, 1 first: newcomers of earlier hops before those of later hops",
    "account_id": "the newcomer",
    "hop": "the hop in which it was found",
    "accepted": "whether it passed the threshold: q <= fdr_q, at least min_shared contents and objects",
    "surprise": "-log10 p: how hard chance is put to explain it",
    "p": "chance of so many matching contents if it had nothing to do with the seeds",
    "q": "p adjusted by Benjamini-Hochberg over all accounts with at least min_shared contents",
    "n_acts": "its distinct contents that match a seed",
    "n_contents": "its contents in all",
    "share": "n_acts / n_contents",
    "expected": "n_acts expected by chance",
    "n_objects": "distinct objects it shares with the seeds, in the relation with the most",
    "n_seeds": "seeds it matches",
    "relations": "the relations that link it, names joined by commas",
    "first_at": "its first act that matches a seed, UTC",
    "first_seen": "its first content in the data, UTC",
    "reason": "the above in words; holds object names from the data",
}

REASON_COLUMNS: dict[str, str] = {
    "account_id": "the newcomer",
    "hop": "the hop in which it was found",
    "relation": "the rule that links it; 'seed_object' where it acted on a reported object itself",
    "n_objects": "distinct objects it shares with the seeds",
    "n_acts": "its distinct contents that match a seed",
    "n_seeds": "seeds it matches",
    "seeds": "which they are (list)",
    "objects": "the three it shares most often (list); empty for relations that are no co-action",
    "expected": "n_acts expected by chance under the exposure model, or by the relation's own null model",
    "p": "chance of so many, before any correction",
    "first_at": "first matching act, UTC",
    "last_at": "last matching act, UTC",
}


@dataclass(frozen=True)
class Expansion:
    """What an expansion found.

    Attributes
    ----------
    newcomers : DataFrame
        `NEWCOMER_COLUMNS`, best first, at most `limit` rows.
    reasons : DataFrame
        `REASON_COLUMNS`, one row per newcomer and relation.
    touched : DataFrame
        One row per hop and relation: rows_seeds (actions of the seeds), rows_touched (actions on the seeds' objects, all that
        was joined), rows_all (actions in the data), matches (distinct act-seed matches), objects, objects_skipped,
        rows_skipped, seed_acts_unseen (actions of the seeds on nothing but skipped objects).
    notes : list of str
        Caps that were met, with their effect, how seeds were read, why it stopped.
    seeds : Seeds
        The seeds as found in the data.
    hops : list of Seeds
        What each hop started from.
    """

    newcomers: pd.DataFrame
    reasons: pd.DataFrame
    touched: pd.DataFrame
    notes: list[str]
    seeds: Seeds
    hops: list[Seeds]
    window_s: float

    def evidence_query(self, account: str, relation: str) -> str:
        """SQL over the case's views that shows the rows behind one reason, for co-action relations and seed objects."""
        hop = self._hop(account, relation)
        seeds = self.hops[hop - 1]
        if relation == OBJECT:
            wanted = " or ".join(f"(object_type = {_text(t)} and object_id = {_text(o)})" for t, o in seeds.objects)
            return (
                "select a.object_type, a.object_id, a.account_id, make_timestamptz(a.at_us) as acted_at, a.content_id, c.text, "
                "c.source_row as row from action_us a left join content c using (content_id) "
                f"where a.account_id = {_text(account)} and ({wanted}) order by acted_at, a.content_id, a.object_id"
            )
        rule = RELATIONS.get(relation)
        if not rule.is_co_action:
            raise InputError(
                f"'{relation}' computes its evidence", "evidence_query", "ask `evidence(con, account)` for the rows"
            )
        return _EVIDENCE.format(
            relation=relation,
            acts=rule.acts_query(self.window_s),
            window=round(self.window_s * 1_000_000),
            account=_text(account),
            accounts=_list(seeds.accounts),
            contents=_list(seeds.contents),
        )

    def evidence(self, con: duckdb.DuckDBPyConnection, account: str) -> pd.DataFrame:
        """The rows behind all reasons of one newcomer, with its column `relation`."""
        tables = []
        for row in self.reasons[self.reasons["account_id"] == account].itertuples():
            if row.relation == OBJECT or RELATIONS.get(row.relation).is_co_action:
                table = frame(con, self.evidence_query(account, row.relation))
                tables.append(table if "relation" in table else table.assign(relation=row.relation))
            else:
                rule = RELATIONS.get(row.relation)
                tables += [rule.evidence(con, self.window_s, account, seed) for seed in row.seeds]
        if not tables:
            raise InputError(f"{account!r} is no newcomer of this expansion", "parameter account", "see `newcomers`")
        return pd.concat([t for t in tables if not t.empty] or tables[:1], ignore_index=True)

    def _hop(self, account: str, relation: str) -> int:
        rows = self.reasons[(self.reasons["account_id"] == account) & (self.reasons["relation"] == relation)]
        if rows.empty:
            raise InputError(f"no reason '{relation}' for {account!r}", "parameters account, relation", "see `reasons`")
        return int(rows["hop"].iloc[0])


def expand(
    con: duckdb.DuckDBPyConnection,
    seeds: Iterable[str],
    relations: Iterable[str],
    window_s: float,
    *,
    hops: int = 1,
    rank: str = "surprise",
    limit: int = 100,
    min_shared: int = 2,
    fdr_q: float = 0.01,
    max_acts: int = 200_000,
    max_growth: int = 100,
) -> Expansion:
    """The accounts linked to some seeds, ranked by how unusual the link is, without computing the whole projection.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    seeds : iterable of str
        See `investigate.seeds.find_seeds`. The contents of a seed account, and a seed content, are matched within the
        window; to act on a seed object matches at any time.
    relations : iterable of str
        Names of relations. Relations that never speak alone give reasons and no rank. Those that are no co-actions are
        computed whole and then filtered.
    window_s : float
        Seconds, inclusive.
    hops : int
        Newcomers over the threshold join the seeds of the next hop. It stops early when none is over it.
    rank : str
        "surprise": by p; "acts": by matching contents; "seeds": by seeds matched; "share": by the share of its contents.
    limit : int
        Rows returned; how many there were is noted.
    min_shared, fdr_q : int, float
        The threshold: contents and objects, and q.
    max_acts : int
        Objects with more actions than this are left out, and reported.
    max_growth : int
        At most so many newcomers join the seeds in one hop, best first, and it is noted: where more pass, the seeds are
        likely to stand in a crowd.

    Returns
    -------
    Expansion

    Raises
    ------
    InputError
        Unknown seeds, relations that the data cannot carry, or a number out of range.

    Notes
    -----
    A high rank says that the account does what the seeds do, at the same time, far more often than everybody; not that it
    belongs to them. It misleads where the seeds are innocent or stand in a crowd with one interest (fans, a newsroom): their
    fellows come up first, and each hop leads further into the crowd. It is blind to accounts too quiet to have `min_shared`
    contents, and careful where a group makes up most of the data. Only the newcomer's side is tested: one that floods
    everything is compared with everybody, not with its own exposure.
    """
    if rank not in RANKS:
        raise unknown("ranking", rank, RANKS)
    for name, value in (("hops", hops), ("limit", limit), ("min_shared", min_shared), ("max_acts", max_acts)):
        if value < 1:
            raise InputError(f"{name} must be at least 1, not {value}", f"parameter {name}", "give a whole number")
    names = _usable(con, list(dict.fromkeys(relations)))
    rules = Rules(tuple(RELATIONS.get(n) for n in names), window_s, min_shared, fdr_q, max_acts)
    for rule in rules.relations:
        if rule.prepare:
            rule.prepare(con)
    current = start = find_seeds(con, seeds)
    contents = contents_of(con)
    whole = {r.name: r.edges(con, window_s) for r in rules.relations if r.edges}
    found: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    touched: list[dict[str, object]] = []
    notes, used = list(start.notes), []
    for hop in range(1, hops + 1):
        result = one_hop(con, current, rules, contents, whole)
        used.append(current)
        touched += [{"hop": hop, **counts} for counts in result.touched]
        notes += [f"hop {hop}: {note}" for note in result.notes]
        by = [*RANKS[rank], "n_acts", "account_id"]
        ranked = result.newcomers.sort_values(by, ascending=[False] * (len(by) - 1) + [True], ignore_index=True)
        joining = ranked[ranked["accepted"]]
        last = hop == hops or joining.empty
        if not last and len(joining) > max_growth:
            notes.append(
                f"hop {hop}: {len(joining):,} newcomers are over the threshold, more than max_growth={max_growth:,}; the best "
                f"{max_growth:,} join the seeds. The seeds may stand in a crowd"
            )
            joining = joining.head(max_growth)
        kept = ranked if last else joining
        found.append((kept.assign(hop=hop), result.reasons.assign(hop=hop)))
        if last:
            if hop < hops:
                notes.append(f"hop {hop}: stopped here, no newcomer is over the threshold")
            break
        current = replace(current, accounts=(*current.accounts, *joining["account_id"]))
    newcomers = _joined([table for table, _ in found])
    if len(newcomers) > limit:
        notes.append(f"{len(newcomers):,} accounts match; the first {limit:,} are listed")
    newcomers = newcomers.head(limit)
    newcomers.insert(0, "rank", range(1, len(newcomers) + 1))
    why = _joined([table[table["account_id"].isin(kept["account_id"])] for kept, table in found])
    why = why[why["account_id"].isin(newcomers["account_id"])].reset_index(drop=True)
    newcomers["reason"] = _in_words(newcomers, why, [len(s) for s in used], window_s)
    return Expansion(
        newcomers=newcomers[list(NEWCOMER_COLUMNS)],
        reasons=why[list(REASON_COLUMNS)],
        touched=pd.DataFrame(touched),
        notes=notes,
        seeds=start,
        hops=used,
        window_s=window_s,
    )


def _usable(con: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    """The names, checked."""
    if not names:
        raise InputError("no relation is given", "parameter relations", "name at least one")
    return check_available(names, con)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([t for t in tables if not t.empty] or tables[:1], ignore_index=True)


def _in_words(newcomers: pd.DataFrame, reasons: pd.DataFrame, sizes: list[int], window_s: float) -> list[str]:
    """One sentence per newcomer and one clause per relation."""
    by = {account: part for account, part in reasons.groupby("account_id")}
    out = []
    for n in newcomers.itertuples():
        seeds = f"{n.n_seeds} of the {sizes[n.hop - 1]} seeds"
        rows, clauses = list(by[n.account_id].itertuples()), []
        # Reported objects match at any time, and so do relations without a window: then each clause says what holds for it.
        timed = [r.relation != OBJECT and RELATIONS.get(r.relation).is_co_action for r in rows]
        within = f" within {duration.say(window_s)}"
        for r, has_window in zip(rows, timed, strict=True):
            most = f" (most often {', '.join(_shown(o) for o in r.objects)})" if len(r.objects) else ""
            if r.relation == OBJECT:
                clauses.append(f"acted on {_count(r.n_objects, 'reported object')} itself{most}")
            else:
                title = RELATIONS.get(r.relation).title.lower() + (within if has_window and not all(timed) else "")
                clauses.append(f"{title}: {_count(r.n_objects, 'object')} in {_count(r.n_acts, 'content')}{most}")
        out.append(
            f"{n.n_acts:,} of its {_count(n.n_contents, 'content')} match {seeds}{within if all(timed) else ''}; "
            f"{n.expected:.2g} expected by chance. {'; '.join(clauses)}."
        )
    return out


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _shown(name: str) -> str:
    """An object's name on one line, without characters that hide or reorder text, cut at 60."""
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    return f"'{plain if len(plain) <= 60 else plain[:59] + '…'}'"


def _text(value: str) -> str:
    """A value as SQL text."""
    return "'" + value.replace("'", "''") + "'"


def _list(values: Iterable[str]) -> str:
    return f"({', '.join(_text(v) for v in values) or 'null'})"


_EVIDENCE = """\
with act as ({acts}),
s as (select * from act where account_id in {accounts} or content_id in {contents}),
n as (select * from act where account_id = {account})
select '{relation}' as relation, n.object_id, n.account_id, s.account_id as seed_account,
       make_timestamptz(n.at_us) as acted_at, make_timestamptz(s.at_us) as seed_acted_at, (n.at_us - s.at_us) / 1e6 as lag_s,
       n.content_id, s.content_id as seed_content, cn.text, cs.text as seed_text,
       cn.source_row as row, cs.source_row as seed_row
from n join s on n.object_id = s.object_id and n.account_id <> s.account_id and n.content_id <> s.content_id
     and abs(n.at_us - s.at_us) <= {window}
left join content cn on cn.content_id = n.content_id left join content cs on cs.content_id = s.content_id
order by acted_at, seed_acted_at, n.object_id, n.content_id, s.content_id"""
