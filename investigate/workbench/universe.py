"""Every account and edge of a case as numbers, so that what a gesture asks is array work and not a query.

The contents and objects behind them are in `investigate.workbench.links`, read when first needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import analysis
from ..relations import RELATIONS, object_types
from .links import Links, Neighbours

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
KINDS = ("account", "content", "object", "bundle", "community")
ACCOUNT, CONTENT, OBJECT, BUNDLE, COMMUNITY = range(5)
TITLES = {
    "content": "Posts", "account": "Accounts", "published": "Published", "url": "Web addresses", "domain": "Sites",
    "hashtag": "Hashtags", "mention": "Mentions", "text": "Texts", "repost": "Reposts", "reply": "Replies",
    "quote": "Quotes", "follow": "Follows", "report": "Reports", "media": "Files",
}  # fmt: skip
NEVER = np.iinfo(np.int64).min  # the time of an edge that has none


class Universe:
    """What a view can show, numbered: accounts by their sorted identifiers, edges by their row.

    Attributes
    ----------
    accounts : array of str
    a, b, relation : arrays of int
        Ends and relation of each edge, as numbers.
    weight, q : arrays of float
    first, last : arrays of int
        Microseconds since 1970; NEVER where the relation has no times.
    telling, unusual : arrays of bool
    """

    def __init__(self, case: Any) -> None:
        case._need("group")
        self.case, self.con = case, case.connection()
        edges: pd.DataFrame = case.edges
        labels, posts = case.labels(), analysis.contents_per_account(self.con)
        # columns of text are slow to walk through one by one: as lists, and each name once
        named = (labels.index, posts.index, edges["account_a"].unique(), edges["account_b"].unique())
        names = set().union(*(np.asarray(column, dtype=object).tolist() for column in named))
        self.accounts = np.array(sorted(names), dtype=object)
        self.types: list[str] = sorted(object_types(self.con))
        reserved = "|".join(re.escape(t) for t in ("account", "content", "bundle", "community", *self.types))
        self._reserved = re.compile(f"({reserved}):")
        self.nodes = np.array([self.node_of(name) for name in self.accounts], dtype=object)
        self._number = dict(zip(self.nodes.tolist(), range(len(self.nodes)), strict=True))
        plain_index = pd.Index(self.accounts)
        self.label = labels.reindex(plain_index).fillna(pd.Series(self.accounts, index=plain_index)).to_numpy(object)
        self.n_content = posts.reindex(plain_index).fillna(0).to_numpy(np.int64)
        members = case.communities.drop_duplicates("account_id").set_index("account_id")
        self.community = members["community"].reindex(plain_index).fillna(0).to_numpy(np.int64)
        self.role = members["role"].astype(object).reindex(plain_index).fillna("").to_numpy(object)
        self._edges(edges, plain_index)

    def _edges(self, edges: pd.DataFrame, index: pd.Index) -> None:
        self.relations: list[str] = sorted(edges["relation"].unique())
        self.edges = edges
        self.a = index.get_indexer(edges["account_a"]).astype(np.int64)
        self.b = index.get_indexer(edges["account_b"]).astype(np.int64)
        self.relation = pd.Index(self.relations).get_indexer(edges["relation"]).astype(np.int64)
        self.weight, self.q = edges["weight"].to_numpy(float), edges["q"].to_numpy(float)
        self.first, self.last = microseconds(edges["first_at"]), microseconds(edges["last_at"])
        self.unusual = edges["unusual"].to_numpy(bool)
        self.telling = np.zeros(len(edges), dtype=bool)
        if len(edges):
            self.telling[pd.RangeIndex(len(edges)).isin(analysis.telling(edges.reset_index(drop=True)).index)] = True
        # Both directions, by account and relation, the strongest first.
        rows = np.concatenate([np.arange(len(edges)), np.arange(len(edges))])
        here = np.concatenate([self.a, self.b])
        there = np.concatenate([self.b, self.a])
        order = np.lexsort((there, self.q[rows], -self.weight[rows], self.relation[rows], here))
        self._row, self._there = rows[order], there[order]
        key = here[order] * max(len(self.relations), 1) + self.relation[rows[order]]
        self._starts = np.searchsorted(key, np.arange(len(self.accounts) * max(len(self.relations), 1) + 1))

    # -- names ---------------------------------------------------------------------------------------------------

    def node_of(self, account_id: str) -> str:
        """The node of an account: its identifier, with "account:" in front where it looks like another kind of node."""
        return f"account:{account_id}" if self._reserved.match(account_id) else account_id

    def codes(self, nodes: list[str]) -> tuple[npt.NDArray[np.int8], Ints]:
        """Kind and number of each node; -1 and -1 for what the case does not hold."""
        number: Ints = np.fromiter((self._number.get(n, -1) for n in nodes), np.int64, len(nodes))
        kind = np.where(number >= 0, ACCOUNT, -1).astype(np.int8)
        for i in np.flatnonzero(number < 0):
            kind[i], number[i] = self._other(nodes[i])
        return kind, number

    def _other(self, node: str) -> tuple[int, int]:
        head, _, rest = node.partition(":")
        if head == "community" and rest.isdecimal():
            return (COMMUNITY, int(rest)) if int(rest) in self.members_of else (-1, -1)
        if head == "bundle" and "|" in rest:
            return BUNDLE, 0
        if head == "content":
            found = self.links.content_code(rest)
            return (CONTENT, found) if found >= 0 else (-1, -1)
        if head in self.types:
            found = self.links.object_code(head, rest)
            return (OBJECT, found) if found >= 0 else (-1, -1)
        return -1, -1

    def names(self, kind: int, codes: Ints) -> list[str]:
        """The nodes of some numbers of one kind."""
        if kind == ACCOUNT:
            return self.nodes[codes].tolist()
        if kind == CONTENT:
            return [f"content:{v}" for v in self.links.content_ids(codes)]
        return self.links.object_nodes(codes)

    def label_of(self, node: str) -> str:
        """What a node is called; not yet fit for showing, as it comes from the data."""
        kind, code = (int(v[0]) for v in self.codes([node]))
        if kind == ACCOUNT:
            return str(self.label[code])
        if kind == COMMUNITY:
            return f"Group {code}"
        if kind == BUNDLE:
            anchor, via = self.bundle(node)
            return f"more of {self.label_of(anchor)} by {self.title(via)}"
        return node.partition(":")[2] if kind >= 0 else node

    @staticmethod
    def kind_name(kind: int, node: str) -> str:
        """What kind of node it is, in a word: "account", "content", "bundle", "community", or the type of object."""
        return node.partition(":")[0] if kind == OBJECT else KINDS[kind]

    @staticmethod
    def bundle(node: str) -> tuple[str, str]:
        """The anchor and the relation or type that a bundle node stands for."""
        anchor, _, via = node.removeprefix("bundle:").rpartition("|")
        return anchor, via

    @staticmethod
    def title(via: str) -> str:
        """What a way to neighbours is called: a relation's title, or the type of object."""
        if via in RELATIONS:
            return RELATIONS.get(via).title
        return TITLES.get(via, via.replace("_", " ").capitalize())

    @cached_property
    def members_of(self) -> dict[int, Ints]:
        """Numbers of the accounts of each community."""
        order = np.argsort(self.community, kind="stable")
        numbers, starts = np.unique(self.community[order], return_index=True)
        parts = np.split(order, starts[1:])
        return {int(n): part for n, part in zip(numbers, parts, strict=True) if n > 0}

    # -- neighbours ----------------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> Links:
        """The contents and objects of the case."""
        return Links(self.con, pd.Index(self.accounts), self.types)

    def rows_at(self, account: int, relation: str) -> tuple[Ints, Ints]:
        """The edge rows of an account by a relation, the strongest first, and the accounts at the other ends."""
        if relation not in self.relations:
            none = np.zeros(0, dtype=np.int64)
            return none, none
        slot = account * len(self.relations) + self.relations.index(relation)
        part = slice(self._starts[slot], self._starts[slot + 1])
        return self._row[part], self._there[part]

    def vias(self, kind: int) -> list[str]:
        """The ways to neighbours that a kind of node has: relations, types of object, "content", "account"."""
        if kind == ACCOUNT:
            return [*self.relations, "content", *[t for t in self.types if t not in self.relations]]
        return ["account", *self.types] if kind == CONTENT else ["account", "content"]

    def neighbours(self, kind: int, code: int, via: str, keep: Bools | None = None) -> Neighbours:
        """The neighbours of one node by one way, the strongest first; `keep` says which edges count."""
        if kind == ACCOUNT and via in self.relations:
            rows, there = self.rows_at(code, via)
            if keep is not None:
                rows, there = rows[keep[rows]], there[keep[rows]]
            return Neighbours(ACCOUNT, there, self.weight[rows], self.first[rows], self.last[rows])
        return self.links.neighbours(kind, code, via)

    def rows_between(self, a: str, b: str, relation: str) -> list[int]:
        """The row of the edge between two accounts, whichever is named first, as a list; empty where there is none."""
        codes = self.codes([a, b])[1].tolist()
        if min(codes) < 0 or relation not in self.relations:
            return []
        rows, there = self.rows_at(codes[0], relation)
        return rows[there == codes[1]].tolist()

    def edge_mask(
        self,
        relations: Iterable[str] | None,
        min_weight: float,
        max_q: float,
        time: tuple[int, int] | None,
    ) -> Bools:
        """Which edges pass a filter. Edges without times pass every span of time."""
        keep = np.ones(len(self.a), dtype=bool)
        if relations is not None:
            keep &= np.isin(self.relation, [self.relations.index(r) for r in relations if r in self.relations])
        if min_weight > 0:
            keep &= self.weight >= min_weight
        if max_q < 1:
            keep &= self.q <= max_q
        if time is not None:
            keep &= (self.first == NEVER) | ((self.first <= time[1]) & (self.last >= time[0]))
        return keep


def microseconds(times: pd.Series) -> Ints:
    """Times as whole microseconds since 1970; NEVER for a missing one."""
    values = pd.to_datetime(times, utc=True).dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    return np.where(pd.isna(times).to_numpy(), NEVER, values)
