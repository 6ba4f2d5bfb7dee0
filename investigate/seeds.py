"""Seeds: the accounts, objects and contents somebody reported, found in the data under the names people give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pandas as pd

from .errors import InputError
from .objects import NORMAL_FORMS
from .store import frame


@dataclass(frozen=True)
class Seeds:
    """Where an expansion starts.

    Attributes
    ----------
    accounts : tuple of str
        Account identifiers.
    objects : tuple of (object_type, object_id)
    contents : tuple of str
        Content identifiers.
    notes : tuple of str
        How a seed was read where it was not written as the data writes it.
    """

    accounts: tuple[str, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    contents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.accounts) + len(self.objects) + len(self.contents)


def find_seeds(con: duckdb.DuckDBPyConnection, seeds: Iterable[str]) -> Seeds:
    """Look the seeds up in the data.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    seeds : iterable of str
        Each an account identifier or a handle; "account:ID", "content:ID", or an object with its type in front:
        "url:https://...", "hashtag:x", "domain:x". Objects are brought into normal form. An identifier may stand
        without the platform that the data put in front of it, where only one has it.

    Raises
    ------
    InputError
        A seed is not in the data, or a handle belongs to several accounts. Nothing is left out silently.
    """
    given = list(dict.fromkeys([seeds] if isinstance(seeds, str) else [str(s) for s in seeds]))
    if not given:
        raise InputError("no seed is given", "parameter seeds", "name at least one account, object or content")
    types = {row[0] for row in con.execute("select distinct object_type from action_us").fetchall()}
    accounts: list[str] = []
    objects: list[tuple[str, str]] = []
    contents: list[str] = []
    notes: list[str] = []
    for seed in given:
        prefix, colon, rest = seed.partition(":")
        if _account(con, seed):
            accounts.append(seed)
        elif colon and prefix == "account" and _account(con, rest):
            accounts.append(rest)
        elif colon and prefix == "content" and _content(con, rest):
            contents.append(rest)
        elif colon and prefix in types and (held := _object(con, prefix, rest)):
            objects.append((prefix, held))
            if held != rest:
                notes.append(f"the seed {seed!r} is held as {prefix}:{held}")
        elif _content(con, seed):
            contents.append(seed)
        elif owner := _by_handle(con, rest if colon and prefix == "account" else seed):
            accounts.append(owner)
            notes.append(f"the seed {seed!r} is the handle of account {owner}")
        elif prefix != "content" and (full := _short(con, "account_id", rest if prefix == "account" else seed)):
            accounts.append(full)
            notes.append(f"the seed {seed!r} is held as {full}")
        elif full := _short(con, "content_id", rest if prefix == "content" else seed):
            contents.append(full)
            notes.append(f"the seed {seed!r} is held as content {full}")
        else:
            raise InputError(f"the seed {seed!r} is not in the data", "parameter seeds", _hint(con, seed, types))
    return Seeds(
        tuple(dict.fromkeys(accounts)), tuple(dict.fromkeys(objects)), tuple(dict.fromkeys(contents)), tuple(notes)
    )


def _one(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> bool:
    return bool(con.execute(query, list(values)).fetchall())


def _account(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return any(
        _one(con, f"select 1 from {view} where account_id = ? limit 1", name) for view in ("content_us", "action_us")
    )


def _content(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return any(
        _one(con, f"select 1 from {view} where content_id = ? limit 1", name) for view in ("content_us", "action_us")
    )


def _short(con: duckdb.DuckDBPyConnection, column: str, name: str) -> str | None:
    """The identifier that is this name with its platform in front; None where there is none."""
    query = (
        f"select distinct {column} from (select {column} from content_us union all select {column} from action_us) "
        f"where ends_with({column}, ?) order by 1 limit 6"
    )
    held = [row[0] for row in con.execute(query, [f":{name}"]).fetchall()] if name else []
    held = [h for h in held if h.partition(":")[2] == name]
    if len(held) > 1:
        raise InputError(f"{name!r} stands on several platforms", "parameter seeds", f"name one of {', '.join(held)}")
    return held[0] if held else None


def _object(con: duckdb.DuckDBPyConnection, object_type: str, name: str) -> str | None:
    """The object as the data holds it: as given, else in normal form."""
    normal = NORMAL_FORMS.get(object_type)
    for form in dict.fromkeys((name, (normal(name) if normal else None) or name)):
        if _one(con, "select 1 from action_us where object_type = ? and object_id = ? limit 1", object_type, form):
            return form
    return None


def _handles(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the connection has the table of accounts; one made from actions alone has none."""
    return _one(con, "select 1 from duckdb_views() where view_name = 'accounts'")


def _by_handle(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    if not _handles(con):
        return None
    query = "select distinct account_id from accounts where lower(handle) = lower(?) order by 1 limit 6"
    owners = [row[0] for row in con.execute(query, [name.lstrip("@")]).fetchall()]
    if len(owners) > 1:
        raise InputError(
            f"{len(owners) if len(owners) < 6 else 'more than five'} accounts have the handle {name!r}",
            "parameter seeds",
            f"name one of them by its identifier: {', '.join(owners[:5])}",
        )
    return owners[0] if owners else None


def _hint(con: duckdb.DuckDBPyConnection, seed: str, types: set[str]) -> str:
    query = (
        "select account_id from (select distinct account_id from content_us) "
        "order by jaro_winkler_similarity(lower(account_id), lower(?)) desc, account_id limit 1"
    )
    near = con.execute(query, [seed]).fetchall()
    like = f"the nearest account is '{near[0][0]}'; " if near else ""
    return f"{like}write an account's identifier or handle, content:ID, or an object as {', '.join(sorted(types)) or 'TYPE'}:ID"


def hold(con: duckdb.DuckDBPyConnection, seeds: Seeds) -> None:
    """Put the seeds where queries can join them: temporary tables seed_account, seed_object, seed_content."""
    tables = {
        "seed_account": pd.DataFrame({"account_id": list(seeds.accounts)}, dtype="str"),
        "seed_content": pd.DataFrame({"content_id": list(seeds.contents)}, dtype="str"),
        "seed_object": pd.DataFrame(list(seeds.objects), columns=["object_type", "object_id"], dtype="str"),
    }
    for name, table in tables.items():
        con.register("seed_rows", table)
        try:
            con.execute(f"create or replace temp table {name} as select * from seed_rows")
        finally:
            con.unregister("seed_rows")


def release(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what `hold` made."""
    for name in ("seed_account", "seed_content", "seed_object"):
        con.execute(f"drop table if exists {name}")


def contents_of(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Contents and first appearance of every account: account_id (index), n_contents, first_seen."""
    table = frame(
        con,
        "select account_id, count(*) as n_contents, make_timestamptz(min(at_us)) as first_seen from content_us "
        "group by 1 order by 1",
    )
    return table.set_index("account_id")
