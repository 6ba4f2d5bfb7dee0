"""The account-content-object graph of a case as numbers: read once, when a view first needs it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from ..store import frame

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbours:
    """Neighbours of one node by one way, the strongest first.

    Attributes
    ----------
    kind : int
        Kind of all of them; see `investigate.workbench.universe.KINDS`.
    codes : array of int
    weight : array of float
    first, last : arrays of int
        Microseconds.
    """

    kind: int
    codes: Ints
    weight: npt.NDArray[np.float64]
    first: Ints
    last: Ints

    def keep(self, mask: Bools | slice) -> Neighbours:
        return Neighbours(self.kind, self.codes[mask], self.weight[mask], self.first[mask], self.last[mask])


def _ranges(starts: Ints, keys: Ints) -> Ints:
    """The rows of several keys in a table sorted by key, whose key k holds starts[k] to starts[k+1]."""
    length = starts[keys + 1] - starts[keys]
    if not length.sum():
        return np.zeros(0, dtype=np.int64)
    before = np.cumsum(length) - length
    out: Ints = np.arange(length.sum()) - np.repeat(before - starts[keys], length)
    return out


def _position(names: npt.NDArray[np.object_], name: str) -> int:
    """Where a name stands among sorted names; -1 where it does not."""
    at = bisect_left(names, name)
    return at if at < len(names) and names[at] == name else -1


class Links:
    """Contents with account and time; what each account and content acts on.

    Parameters
    ----------
    con : DuckDBPyConnection
        With the views of `investigate.store.define_views`.
    accounts : Index
        Account identifiers in the order of their numbers.
    types : list of str
        Types of object, sorted.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, accounts: pd.Index, types: list[str]) -> None:
        self.con, self.accounts, self.types = con, accounts, types

    # -- contents ------------------------------------------------------------------------------------------------

    @cached_property
    def _contents(self) -> tuple[npt.NDArray[np.object_], Ints, Ints]:
        """Identifiers in sorted order; account and time of each."""
        table = frame(self.con, "select content_id, account_id, at_us from content_us order by content_id")
        codes = self.accounts.get_indexer(table["account_id"]).astype(np.int64)
        return table["content_id"].to_numpy(object), codes, table["at_us"].to_numpy(np.int64)

    @property
    def content_account(self) -> Ints:
        return self._contents[1]

    @property
    def content_at(self) -> Ints:
        return self._contents[2]

    def content_code(self, content_id: str) -> int:
        return _position(self._contents[0], content_id)

    def content_ids(self, codes: Ints) -> list[str]:
        return self._contents[0][codes].tolist()

    @cached_property
    def _by_account(self) -> tuple[Ints, Ints]:
        """Contents by account and time: their order, and where each account starts."""
        order = np.lexsort((self.content_at, self.content_account))
        return order, np.searchsorted(self.content_account[order], np.arange(len(self.accounts) + 1))

    def contents_of(self, accounts: Ints) -> Ints:
        """The contents of some accounts, by account and time."""
        order, starts = self._by_account
        return order[_ranges(starts, accounts)]

    def active(self, time: tuple[int, int]) -> Bools:
        """Which accounts published anything in a span of time."""
        inside = (self.content_at >= time[0]) & (self.content_at <= time[1])
        out = np.zeros(len(self.accounts), dtype=bool)
        out[self.content_account[inside & (self.content_account >= 0)]] = True
        return out

    # -- objects -------------------------------------------------------------------------------------------------

    @cached_property
    def _objects(self) -> tuple[pd.Index, npt.NDArray[np.object_]]:
        """The node of each object in sorted order, to look up and to take from."""
        table = frame(self.con, "select distinct object_type || ':' || object_id as node from actions order by 1")
        return pd.Index(table["node"]), table["node"].to_numpy(object)

    def object_code(self, kind: str, object_id: str) -> int:
        return _position(self._objects[1], f"{kind}:{object_id}")

    def object_nodes(self, codes: Ints) -> list[str]:
        return self._objects[1][codes].tolist()

    @cached_property
    def object_type(self) -> Ints:
        """The number of each object's type."""
        heads = pd.Series(self._objects[1], dtype=object).str.partition(":")[0] if len(self._objects[1]) else []
        return pd.Index(self.types).get_indexer(pd.Index(heads, dtype=object)).astype(np.int64)

    @cached_property
    def _pairs(self) -> dict[str, Ints]:
        """Account and object: contents, first and last time; sorted by account, type, strongest first."""
        table = frame(
            self.con,
            "select account_id, object_type || ':' || object_id as node, count(distinct content_id) as n, "
            "min(epoch_us(acted_at)) as first, max(epoch_us(acted_at)) as last from actions group by 1, 2",
        )
        account = self.accounts.get_indexer(table["account_id"]).astype(np.int64)
        obj = self._objects[0].get_indexer(table["node"]).astype(np.int64)
        n, first, last = (table[c].to_numpy(np.int64) for c in ("n", "first", "last"))
        own = np.flatnonzero(account >= 0)
        order = own[np.lexsort((obj[own], -n[own], self.object_type[obj[own]], account[own]))]
        columns = {"account": account, "object": obj, "n": n, "first": first, "last": last}
        return {name: values[order] for name, values in columns.items()}

    @cached_property
    def _pair_starts(self) -> Ints:
        """Where each account and type starts among the pairs."""
        p, k = self._pairs, max(len(self.types), 1)
        return np.searchsorted(p["account"] * k + self.object_type[p["object"]], np.arange(len(self.accounts) * k + 1))

    @cached_property
    def _pairs_by_object(self) -> tuple[Ints, Ints]:
        p = self._pairs
        order = np.lexsort((p["account"], -p["n"], p["object"]))
        return order, np.searchsorted(p["object"][order], np.arange(len(self._objects[1]) + 1))

    @cached_property
    def _acts(self) -> tuple[Ints, Ints]:
        """Content and object of each act, distinct, sorted by content."""
        table = frame(
            self.con,
            "select distinct content_id, object_type || ':' || object_id as node from actions order by 1, 2",
        )
        content = pd.Index(self._contents[0]).get_indexer(table["content_id"]).astype(np.int64)
        obj = self._objects[0].get_indexer(table["node"]).astype(np.int64)
        own = content >= 0
        return content[own], obj[own]

    @cached_property
    def _acts_by_content(self) -> Ints:
        return np.searchsorted(self._acts[0], np.arange(len(self._contents[0]) + 1))

    @cached_property
    def _acts_by_object(self) -> tuple[Ints, Ints]:
        content, obj = self._acts
        order = np.lexsort((content, self.content_at[content], obj))
        return order, np.searchsorted(obj[order], np.arange(len(self._objects[1]) + 1))

    def objects_with(self, words: str, limit: int) -> list[str]:
        """Objects whose identifier holds a text, whatever its case; the first in order."""
        if limit <= 0:
            return []
        names = pd.Series(self._objects[1], dtype=object)
        inside = names.str.partition(":")[2].str.casefold().str.contains(words, regex=False) if len(names) else names
        return names[inside.to_numpy(bool)].head(limit).tolist()

    @property
    def n_objects(self) -> int:
        return len(self._objects[1])

    def acted(self, objects: Ints, time: tuple[int, int]) -> Bools:
        """Which of some objects were acted on in a span of time."""
        order, starts = self._acts_by_object
        acts = order[_ranges(starts, objects)]
        at = self.content_at[self._acts[0][acts]]
        owner = np.repeat(np.arange(len(objects)), starts[objects + 1] - starts[objects])
        return np.bincount(owner[(at >= time[0]) & (at <= time[1])], minlength=len(objects)) > 0

    # -- what stands beside what -----------------------------------------------------------------------------------

    def neighbours(self, kind: int, code: int, via: str) -> Neighbours:
        """The neighbours of an account, a content or an object among contents, objects and accounts."""
        one = np.array([code])
        if kind == 0 and via == "content":
            return self._contents_as(self.contents_of(one))
        if kind == 0:
            return self._pairs_as(self._of_account(code, via), "object")
        if kind == 1 and via == "account":
            at = self.content_at[one]
            return Neighbours(0, self.content_account[one], np.ones(1), at, at)
        if kind == 1:
            obj = self._acts[1][_ranges(self._acts_by_content, one)]
            obj = obj[self.object_type[obj] == self.types.index(via)] if via in self.types else obj[:0]
            at = np.full(len(obj), self.content_at[code])
            return Neighbours(2, obj, np.ones(len(obj)), at, at)
        if via == "account":
            order, starts = self._pairs_by_object
            return self._pairs_as(order[_ranges(starts, one)], "account")
        order, starts = self._acts_by_object
        return self._contents_as(self._acts[0][order[_ranges(starts, one)]])

    def _of_account(self, code: int, via: str) -> Ints:
        if via not in self.types:
            return np.zeros(0, dtype=np.int64)
        slot = code * len(self.types) + self.types.index(via)
        return np.arange(self._pair_starts[slot], self._pair_starts[slot + 1])

    def _contents_as(self, codes: Ints) -> Neighbours:
        at = self.content_at[codes]
        return Neighbours(1, codes, np.ones(len(codes)), at, at)

    def _pairs_as(self, rows: Ints, end: str) -> Neighbours:
        p = self._pairs
        return Neighbours(
            0 if end == "account" else 2, p[end][rows], p["n"][rows].astype(float), p["first"][rows], p["last"][rows]
        )

    def pairs(self, time: tuple[int, int] | None) -> tuple[Ints, Ints]:
        """Every account with everything it acted on, inside a span of time."""
        p = self._pairs
        keep = np.ones(len(p["n"]), dtype=bool)
        if time is not None:
            keep = (p["first"] <= time[1]) & (p["last"] >= time[0])
        return p["account"][keep], p["object"][keep]

    def between(self, objects: Ints, contents: Ints) -> tuple[tuple[Ints, ...], tuple[Ints, Ints]]:
        """The links of some objects and contents: account, object, contents, first, last; and content, object."""
        order, starts = self._pairs_by_object if len(objects) else (objects, objects)
        rows = order[_ranges(starts, objects)] if len(objects) else objects
        p = self._pairs if len(objects) else {k: objects for k in ("account", "object", "n", "first", "last")}
        pairs = tuple(p[k][rows] for k in ("account", "object", "n", "first", "last"))
        if not len(contents) or not len(objects):
            return pairs, (contents[:0], contents[:0])
        acts = _ranges(self._acts_by_content, contents)
        return pairs, (self._acts[0][acts], self._acts[1][acts])
