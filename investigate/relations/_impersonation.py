"""Lookalikes of a protected list: accounts whose names could be taken for those of known people or offices."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

import pandas as pd

from ..errors import InputError
from ..objects._name_chance import LetterModel, WordModel
from ..objects._names import FoldedName, fold_all, fold_name, name_distance, name_tokens, near_names, plain_name

MIN_CONTAINED = 6
"""Letters a protected name needs before a longer name that holds it counts as alike."""

CLAIMS = (
    "official",
    "real",
    "the",
    "team",
    "hq",
    "press",
    "office",
    "support",
    "help",
    "account",
    "backup",
    "private",
    "news",
    "info",
    "live",
    "tv",
    "us",
    "usa",
    "uk",
    "eu",
    "gov",
    "campaign",
    "verified",
    "its",
    "iam",
    "xx",
    "x",
)
"""Additions by which a name claims to be the person or the office itself."""

COLUMNS = (
    *("rank", "protected", "protected_name", "account_id", "account_name", "field_protected", "field", "likeness"),
    *("similarity", "distance", "p", "handle", "display_name"),
)


@cache
def _claims() -> frozenset[str]:
    """`CLAIMS` as names are compared; folding reads a megabyte of Unicode data, so only when somebody asks."""
    return frozenset(fold_name(word).stem for word in CLAIMS)


@dataclass(frozen=True)
class _Name:
    owner: str
    field: str
    name: FoldedName


def impersonation_candidates(accounts: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Accounts whose handle or display name looks like that of a protected identity, the most alike first.

    Parameters
    ----------
    accounts : DataFrame
        account_id, handle, display_name, and platform where known, as in the table `accounts`.
    protected : DataFrame
        handle, display_name (either may be missing), identity (who it is; default: the display name or the handle),
        account_id and platform where known. One row for each official account or name.

    Returns
    -------
    DataFrame
        One row per account and identity, by its closest pair of names: rank (from 1), protected, protected_name,
        account_id, account_name, field_protected, field ('handle' or 'display_name'), likeness (in words), similarity (0
        to 1), distance (edits between the folded stems; for additions, the letters added), p (chance of so similar a name
        under the letters and words of the other accounts' names), handle, display_name. Official accounts themselves,
        by account_id or by equal handle on the same platform, are left out.

    Raises
    ------
    InputError
        A column is missing, or no protected name is left after folding.

    Notes
    -----
    similarity is 1 for names equal after folding, 0.98 with a number's digits read as letters, 0.95 with another number,
    1 - edits / letters within one edit (two from ten letters), 0.9 where the rest of a longer name claims to be genuine
    (`CLAIMS`: 'official', 'real', ...) and 0.5 + 0.4 x (share of its letters) for other additions. It orders a list for
    people to look at; it decides nothing.

    It misleads for namesakes, relatives, staff, fans and parodies, who use such names openly, and misses lookalikes
    by picture or by words alone ('Office of the Senator').
    """
    known = _names(protected, "protected", _identities(protected))
    if not known:
        raise InputError("no protected name can be compared", "protected", "give handle or display_name")
    own_ids = set(protected["account_id"].dropna()) if "account_id" in protected else set()
    official = _handles(protected)
    mine = [h & official or a in own_ids for h, a in zip(_handles_of(accounts), accounts["account_id"], strict=True)]
    others = accounts[[not m for m in mine]]
    names = _names(others, "accounts", others["account_id"].astype(str).tolist())
    found = _best(names, known)
    return _table(found, others, names)


def _names(table: pd.DataFrame, where: str, owners: list[str]) -> list[_Name]:
    fields = [f for f in ("handle", "display_name") if f in table]
    if not fields or (where == "accounts" and "account_id" not in table):
        raise InputError(
            "handle, display_name or account_id is missing", where, "give the columns of the table accounts"
        )
    folded = fold_all([v for f in fields for v in table[f]])
    return [
        _Name(owner, f, folded[raw])
        for f in fields
        for owner, raw in zip(owners, table[f], strict=True)
        if isinstance(raw, str) and raw in folded
    ]


def _identities(table: pd.DataFrame) -> list[str]:
    columns = [table[c] for c in ("identity", "display_name", "handle", "account_id") if c in table]
    if not columns:
        raise InputError("there is no column with names", "protected", "give handle or display_name")
    out = columns[0]
    for column in columns[1:]:
        out = out.where(out.notna(), column)
    return out.astype(str).tolist()


def _handles_of(table: pd.DataFrame) -> list[set[tuple[str, str]]]:
    """(platform, handle) of each row; a handle without a platform stands for every platform."""
    if "handle" not in table:
        return [set()] * len(table)
    platforms = table["platform"] if "platform" in table else [None] * len(table)
    out = []
    for handle, platform in zip(table["handle"], platforms, strict=True):
        where = platform.lower() if isinstance(platform, str) else ""
        out.append({(where, plain_name(handle))} if isinstance(handle, str) else set())
    return out


def _handles(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set().union(*_handles_of(table))


def _best(names: list[_Name], known: list[_Name]) -> dict[tuple[str, str], tuple[float, str, int, _Name, _Name]]:
    """The closest pair of names for each account and identity."""
    by_stem: dict[str, list[_Name]] = defaultdict(list)
    by_leet: dict[str, list[_Name]] = defaultdict(list)
    for k in known:
        by_stem[k.name.stem].append(k)
        by_leet[k.name.leet].append(k)
    near: dict[str, list[_Name]] = defaultdict(list)
    stems = sorted({n.name.stem for n in names} | set(by_stem))
    for i, j in zip(*near_names(stems)[:2], strict=True):
        for one, two in ((stems[i], stems[j]), (stems[j], stems[i])):
            near[one] += by_stem.get(two, [])
    lengths = sorted({len(s) for s in by_stem if len(s) >= MIN_CONTAINED})
    best: dict[tuple[str, str], tuple[float, str, int, _Name, _Name]] = {}
    for n in names:
        stem = n.name.stem
        inner = {stem[i : i + size] for size in lengths if size < len(stem) for i in range(len(stem) - size + 1)}
        held = [k for s in inner & by_stem.keys() for k in by_stem[s]]
        leet = by_stem.get(n.name.leet, []) if n.name.leet else []
        for k in {*by_stem.get(stem, ()), *near.get(stem, ()), *held, *leet, *(by_leet.get(stem, ()) if stem else ())}:
            if (alike := _likeness(n.name, k.name)) is not None:
                key = (n.owner, k.owner)
                if key not in best or (-alike[0], n.field, k.field) < (
                    -best[key][0],
                    best[key][3].field,
                    best[key][4].field,
                ):
                    best[key] = (*alike, n, k)
    return best


def _likeness(name: FoldedName, known: FoldedName) -> tuple[float, str, int] | None:
    """(similarity, in words, distance) of an account's name to a protected one."""
    if name.skeleton == known.skeleton:
        same = plain_name(name.raw) == plain_name(known.raw)
        return 1.0, "the same name" if same else "same when folded", 0
    if (name.leet and name.leet == known.stem and not known.number) or (
        known.leet and known.leet == name.stem and not name.number
    ):
        return 0.98, "digits read as letters", 0
    if name.stem == known.stem:
        return (0.95, "another number", 0) if len(name.stem) >= 4 else None
    distance = name_distance(name.stem, known.stem)
    if distance is not None:
        return 1 - distance / len(known.stem), f"letters changed: {distance}", distance
    if len(known.stem) >= MIN_CONTAINED and known.stem in name.stem:
        before, _, behind = name.stem.partition(known.stem)
        added = len(before) + len(behind)
        if {before, behind} - {""} <= _claims():
            return 0.9, "a claim added", added
        return 0.5 + 0.4 * len(known.stem) / len(name.stem), "a longer name", added
    return None


def _table(found: dict, accounts: pd.DataFrame, names: list[_Name]) -> pd.DataFrame:
    letters = LetterModel(Counter(n.name.stem for n in names))
    words = WordModel(name_tokens(n.name.raw) for n in names)
    carriers: dict[str, list[FoldedName]] = defaultdict(list)
    for n in names:
        carriers[n.name.stem].append(n.name)
    rows = []
    for (account, identity), (similarity, likeness, distance, n, k) in found.items():
        own = carriers[n.name.stem] + (carriers.get(k.name.stem, []) if k.name.stem != n.name.stem else [])
        edits = min(distance, 2) if likeness.startswith("letters") else 0
        p = letters.chance(k.name.stem, Counter(o.stem for o in own), edits)
        p = max(p, words.chance(k.name.stem, [name_tokens(o.raw) for o in own]))
        rows.append((identity, k.name.raw, account, n.name.raw, k.field, n.field, likeness, similarity, distance, p))
    table = pd.DataFrame(rows, columns=list(COLUMNS[1:11]))
    ids = accounts.assign(account_id=accounts["account_id"].astype(str))
    for name in ("handle", "display_name"):
        table[name] = table["account_id"].map(ids.set_index("account_id")[name]) if name in ids else None
    table = table.sort_values(
        ["similarity", "p", "protected", "account_id"], ascending=[False, True, True, True], ignore_index=True
    )
    table.insert(0, "rank", range(1, len(table) + 1))
    return table
