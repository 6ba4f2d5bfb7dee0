"""Similar names: accounts whose handles or display names look alike.

Alike means: equal after folding (confusable characters, accents, case, separators, digits for letters), the same stem
with another number, or stems within one edit (five letters or more) or two (ten or more). Names are never compared all
with all: the folded forms are keys, and names within an edit are found by the forms they share after a deletion.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import duckdb
import numpy as np
import pandas as pd

from ..objects._name_chance import LetterModel, WordModel, number_chance
from ..objects._names import (
    FoldedName,
    fold_all,
    fold_name,
    name_distance,
    name_shape,
    name_tokens,
    near_names,
)
from ..store import frame
from . import EDGE_COLUMNS, RELATIONS, Relation
from ._frames import EVIDENCE_COLUMNS, edge_frame, typed
from ._impersonation import impersonation_candidates

__all__ = ["edges", "evidence", "impersonation_candidates", "name_forms"]

NAME = "similar_name"

MAX_ACCOUNTS = 50
"""A form that more accounts carry links nobody: it is a platform's default or a fashion. `name_forms` lists them."""

MIN_STEM = 4
"""Letters a stem needs before another number behind it counts as alike."""

USUAL_SHARE = 0.2
"""Where this share of the other stems of a shape have several carriers, sharing a stem is what such names do."""

SAME, LEET, NUMBER, NEAR = (
    "same when folded",
    "digits read as letters",
    "same stem, other number",
    "letters changed: {}",
)

_DEFAULT_NAMES = (
    *("user", "users", "username", "guest", "account", "profile", "member", "newuser", "deleteduser", "deleted"),
    *("unknown", "anonymous", "anon", "facebookuser", "instagramuser", "tiktokuser", "googleuser", "player"),
    *("admin", "test", "nickname", "none", "null", "nan"),
)


@cache
def default_stems() -> frozenset[str]:
    """Folded stems that platforms and exports hand out by themselves; with a number behind them they say nothing.

    Folding reads a megabyte of Unicode data, which a case without names never needs.
    """
    return frozenset(fold_name(name).stem for name in _DEFAULT_NAMES)


@dataclass(frozen=True)
class _Named:
    """One distinct folded name of one account."""

    account: str
    field: str
    name: FoldedName
    shape: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Alike:
    """How two names are alike: in words, edits between the stems, the shared form, its carriers, its chance."""

    likeness: str
    distance: int
    form: str
    n_accounts: int
    p: float


def _names(con: duckdb.DuckDBPyConnection, accounts: list[str] | None = None) -> pd.DataFrame:
    only = "" if accounts is None else "where account_id in (select unnest($ids))"
    query = f"select account_id, handle, display_name from accounts {only} order by account_id"
    return frame(con, query, None if accounts is None else {"ids": accounts})


def _named(table: pd.DataFrame) -> list[_Named]:
    """The distinct folded names of each account: the handle, and the display name where it differs once folded."""
    folded = fold_all([*table["handle"], *table["display_name"]])
    out = []
    for account, *names in table[["account_id", "handle", "display_name"]].itertuples(index=False, name=None):
        seen: set[str] = set()
        for field, raw in zip(("handle", "display_name"), names, strict=True):
            name = folded.get(raw) if isinstance(raw, str) else None
            if name and name.skeleton not in seen:
                seen.add(name.skeleton)
                shape = re.sub("9+", "9", name_shape(name.raw))
                out.append(_Named(account, field, name, shape, tuple(name_tokens(name.raw))))
    return out


class _Shapes:
    """How usual it is, among names of one shape, to share a stem."""

    def __init__(self, named: list[_Named]) -> None:
        self.stems: dict[str, Counter[str]] = defaultdict(Counter)
        for shape, stem, _ in {(n.shape, n.name.stem, n.account) for n in named}:
            self.stems[shape][stem] += 1
        self._floors: dict[tuple, float] = {}
        self._sums = {
            shape: (c.total(), len(c), sum(n > 1 for n in c.values()), sum(n * (n - 1) for n in c.values()))
            for shape, c in self.stems.items()
        }

    def floor(self, shape: str, stems: tuple[str, ...]) -> float:
        """The share of pairs of other accounts with names of this shape that share a stem, where that is usual; else 0."""
        key = (shape, *stems)
        if key not in self._floors:
            names, kinds, shared, pairs = self._sums[shape]
            for n in (self.stems[shape].get(stem, 0) for stem in set(stems)):
                names, kinds, shared, pairs = names - n, kinds - (n > 0), shared - (n > 1), pairs - n * (n - 1)
            usual = kinds > 0 and shared / kinds >= USUAL_SHARE
            self._floors[key] = pairs / (names * (names - 1)) if usual and names > 1 else 0.0
        return self._floors[key]


class _Forms:
    """The names of all accounts by form, which two of them are alike, and the chance of it."""

    def __init__(self, named: list[_Named]) -> None:
        self.by_stem: dict[str, list[_Named]] = defaultdict(list)
        self.carriers: dict[str, set[str]] = defaultdict(set)
        self.holders: dict[str, set[str]] = defaultdict(set)
        self.n_names = Counter(n.account for n in named)
        for n in named:
            self.by_stem[n.name.stem].append(n)
            self.carriers[n.name.stem].add(n.account)
            self.holders[n.name.skeleton].add(n.account)
        self.numbers = Counter(n.name.number for n in named)
        self.total = len(named)
        self.letters = LetterModel(Counter(n.name.stem for n in named))
        self.words = WordModel(n.words for n in named)
        self.shapes = _Shapes(named)
        self._chances: dict[tuple[str, ...], float] = {}

    def chance(self, one: _Named, two: _Named, *, edits: int = 0, number: bool = False) -> float:
        """The chance that a name taken at random is of this form, learnt from the names that are not."""
        stems = {one.name.stem, two.name.stem}
        key = (*sorted(stems), str(edits))
        if key not in self._chances:
            own = {s: len(self.by_stem[s]) for s in stems}
            words = [n.words for s in stems for n in self.by_stem[s]]
            p = max(self.letters.chance(s, own, edits) for s in stems)
            self._chances[key] = max(p, *(self.words.chance(s, words) for s in stems))
        p = max(self._chances[key], *(self.shapes.floor(shape, key[:-1]) for shape in {one.shape, two.shape}))
        if number:
            carriers = sum(n.name.number == one.name.number for n in self.by_stem[one.name.stem])
            p *= number_chance(self.numbers, one.name.number, self.total, carriers)
        return p

    def candidates(self) -> Iterator[tuple[_Named, _Named]]:
        """Pairs of names that may be alike, each at least once; far fewer than all pairs."""
        for stem, group in self.by_stem.items():
            if len(self.carriers[stem]) <= MAX_ACCOUNTS:
                yield from combinations(group, 2)
            else:
                equal: dict[str, list[_Named]] = defaultdict(list)
                for one in group:
                    equal[one.name.number].append(one)
                for some in equal.values():
                    if len({n.account for n in some}) <= MAX_ACCOUNTS:
                        yield from combinations(some, 2)
            for one in group:
                if one.name.leet and len(self.carriers.get(one.name.leet, ())) < MAX_ACCOUNTS:
                    yield from product([one], self.by_stem.get(one.name.leet, ()))
        stems = sorted(s for s in self.by_stem if len(self.carriers[s]) <= MAX_ACCOUNTS)
        first, second, _, _ = near_names(stems)
        for i, j in zip(first, second, strict=True):
            if len(self.carriers[stems[i]] | self.carriers[stems[j]]) <= MAX_ACCOUNTS:
                yield from product(self.by_stem[stems[i]], self.by_stem[stems[j]])

    def compare(self, one: _Named, two: _Named) -> _Alike | None:
        """How two names of two accounts are alike, by the closest of the rules; None when they are not."""
        a, b = one.name, two.name
        default = a.stem in default_stems() or b.stem in default_stems()
        if a.skeleton == b.skeleton:
            n = len(self.holders[a.skeleton])
            if len(a.skeleton) < MIN_STEM or n > MAX_ACCOUNTS or (default and not a.number):
                return None
            return _Alike(SAME, 0, a.skeleton, n, self.chance(one, two, number=True))
        for x, y in ((a, b), (b, a)):
            n = len(self.carriers[y.stem]) + 1
            if x.leet == y.stem and not y.number and len(y.stem) >= MIN_STEM and n <= MAX_ACCOUNTS:
                return _Alike(LEET, 0, y.stem, n, self.chance(one, two))
        n = len(self.carriers[a.stem] | self.carriers[b.stem])
        if n > MAX_ACCOUNTS or default:
            return None
        if a.stem == b.stem:
            return _Alike(NUMBER, 0, a.stem, n, self.chance(one, two)) if len(a.stem) >= MIN_STEM else None
        low, high = sorted((a.stem, b.stem))
        distance = name_distance(low, high)
        if distance is None:
            return None
        return _Alike(NEAR.format(distance), distance, f"{low} / {high}", n, self.chance(one, two, edits=distance))


def edges(con: duckdb.DuckDBPyConnection, window_s: float) -> pd.DataFrame:
    """Every pair of accounts with a name alike.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the view `accounts`.
    window_s : float
        Not used: names have no time.

    Returns
    -------
    DataFrame
        `EDGE_COLUMNS`, `expected` and `p`, one row per pair, sorted by the two identifiers. `n_objects` counts the names
        of an account that are alike (handle and display name count as one where they fold to the same form), `n_pairs`
        the pairs of names. There are no contents and no times: `n_content_a` and `n_content_b` are 0.

    Notes
    -----
    Null model: each account takes its name at random, as the other names of the data are made. p is the chance that such
    a name is alike to this one. It is the largest of: the stem's probability under a letter model of order four, with
    what the allowed edits add; its probability as words of other names in a row; and, where a fifth or more of the other
    stems of the same shape have several carriers, the share of pairs of other accounts of that shape that share one (so
    that 'Anna12345678', the platform's own proposal, links nobody). Where the numbers are equal too it is multiplied by
    the number's probability, and always by the number of names compared. All carriers of the form are left out of
    these models, so that a set of accounts named in one way does not make that way look common. `expected` equals p: the
    expected number of such matches for this pair. A form with more than `MAX_ACCOUNTS` carriers links nobody, nor does a
    name that platforms hand out (`default_stems`); `name_forms` lists both.

    It misleads where a first name or a word is in fashion that the model has not seen in other names, in small data (the
    model then knows little and calls everything rare), and for fans and parodies, who choose such names openly.
    """
    named = _named(_names(con))
    forms = _Forms(named)
    best: dict[tuple[str, str], list] = {}
    for first, second in forms.candidates():
        if first.account == second.account or (found := forms.compare(first, second)) is None:
            continue
        one, two = sorted((first, second), key=lambda n: n.account.encode())
        row = best.setdefault((one.account, two.account), [set(), set(), set(), 1.0])
        row[0].add(one.name.skeleton)
        row[1].add(two.name.skeleton)
        row[2].add((one.name.skeleton, two.name.skeleton))
        row[3] = min(row[3], found.p)
    rows = []
    for (a, b), (ones, twos, pairs, p) in sorted(best.items(), key=lambda kv: (kv[0][0].encode(), kv[0][1].encode())):
        n = min(len(ones), len(twos))
        p = min(1.0, p * forms.n_names[a] * forms.n_names[b])
        rows.append((NAME, a, b, n, len(pairs), 0, 0, float(n), pd.NaT, pd.NaT, np.nan, 0, np.nan, p, p))
    table = pd.DataFrame(rows, columns=[*EDGE_COLUMNS, "expected", "p"])
    return edge_frame(table)


_MORE = ("field_a", "field_b", "folded_a", "folded_b", "likeness", "distance", "n_accounts", "p")


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """The names behind one edge: both as exported (`text_a`, `text_b`), both folded, likeness, distance, carriers, chance.

    `object_id` is the shared form; `n_accounts` counts the accounts of the whole data that carry it; `p` is for these
    two names alone.
    """
    a, b = sorted((account_a, account_b), key=lambda s: s.encode())
    forms = _Forms(_named(_names(con)))
    both = _named(_names(con, [a, b]))
    rows = []
    for one, two in product([n for n in both if n.account == a], [n for n in both if n.account == b and a != b]):
        if (found := forms.compare(one, two)) is not None:
            rows.append(
                (NAME, found.form, a, b, pd.NaT, pd.NaT, np.nan, None, None, one.name.raw, two.name.raw, None, None)
                + (one.field, two.field, one.name.skeleton, two.name.skeleton)
                + (found.likeness, found.distance, found.n_accounts, found.p)
            )
    table = typed(pd.DataFrame(rows, columns=[*EVIDENCE_COLUMNS, *_MORE]))
    return table.sort_values(["p", "folded_a", "folded_b", "likeness"], ignore_index=True)


def name_forms(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """How common each form of a name is: folded stems and shapes carried by two accounts or more.

    Returns
    -------
    DataFrame
        kind ('stem' or 'shape'), form, n_accounts, share (of all accounts with a name), links (whether the form may link
        its carriers; False above `MAX_ACCOUNTS`, for what platforms hand out, and for shapes, which never link), example
        (the name that sorts first); most common first.
    """
    named = _named(_names(con))
    carriers: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for n in named:
        for key in (("stem", n.name.stem), ("shape", name_shape(n.name.raw))):
            carriers[key].setdefault(n.account, n.name.raw)
    total = max(len({n.account for n in named}), 1)
    rows = [
        (kind, form, len(held), len(held) / total, _may_link(kind, form, len(held)), min(held.values()))
        for (kind, form), held in carriers.items()
        if len(held) > 1
    ]
    table = pd.DataFrame(rows, columns=["kind", "form", "n_accounts", "share", "links", "example"])
    return table.sort_values(["n_accounts", "kind", "form"], ascending=[False, True, True], ignore_index=True)


def _may_link(kind: str, form: str, n_accounts: int) -> bool:
    return kind == "stem" and MIN_STEM <= len(form) and n_accounts <= MAX_ACCOUNTS and form not in default_stems()


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether two accounts or more have a name."""
    if not con.execute("select 1 from information_schema.tables where table_name = 'accounts'").fetchall():
        return False
    query = "select count(*) from accounts where handle is not null or display_name is not null"
    return con.execute(query).fetchall()[0][0] > 1


RELATIONS.add(
    Relation(
        name=NAME,
        title="Similar name",
        summary="Links accounts whose handles or display names look alike; weight: names alike.",
        caveat="Fans, parodies, families and platforms' default names look alike too; a name is chosen in seconds.",
        needs=("names of accounts",),
        holds=holds,
        edges=edges,
        evidence=evidence,
        family="persona",
        by_default=False,
        never_alone=True,
        untimed=True,
        defaults={"min_shared": 1},
        references=(
            "Unicode Technical Standard 39, Unicode Security Mechanisms",
            "Witten & Bell (1991), doi:10.1109/18.87000",
        ),
    )
)
