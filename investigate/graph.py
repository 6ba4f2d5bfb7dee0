"""RelationGraph: the edges of a case over accounts and contents, filterable, and out to plain NetworkX.

The account-content graph is kept beside the projected one, so that a link between two accounts can always be opened
into the contents and objects it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import networkx as nx
import pandas as pd

from .errors import unknown

NODE_ATTRIBUTES = {
    "kind": "account, content or object",
    "label": "handle, start of the text, or the object's normal form",
    "community": "number of the community the account belongs to; 0 for none",
    "role": "core or peripheral, for accounts in a community",
    "component": "connected component of the unusual edges, 1 the largest; 0 outside communities",
    "n_content": "contents the account published",
}
EDGE_ATTRIBUTES = {
    "relation": "the rule that made the edge",
    "weight": "strength of the link: distinct objects, unless the relation says otherwise",
    "n_pairs, n_content_a, n_content_b": "see investigate.relations.EDGE_COLUMNS; a and b are the accounts in sorted order",
    "first_at, last_at": "ISO 8601, UTC",
    "mean_lag_s, share_a_first": "seconds; share of the ordered pairs in which account_a came first; absent where it has no meaning",
    "expected, lift, p, q, symmetry": "see investigate.scoring.SCORE_COLUMNS",
}


@dataclass(frozen=True)
class RelationGraph:
    """Typed, weighted, timed edges over accounts, and the contents and objects behind them.

    Attributes
    ----------
    accounts : DataFrame
        account_id, label, community, role, component, n_content.
    edges : DataFrame
        Account-account edges with scores, one row per pair and relation.
    actions : DataFrame
        account_id, content_id, object_type, object_id, acted_at: the account-content-object graph of these accounts.
    """

    accounts: pd.DataFrame
    edges: pd.DataFrame
    actions: pd.DataFrame

    def keep(
        self,
        *,
        relations: Iterable[str] | None = None,
        min_weight: int = 1,
        max_q: float = 1.0,
        start: str | pd.Timestamp | None = None,
        end: str | pd.Timestamp | None = None,
        accounts: Iterable[str] | None = None,
    ) -> RelationGraph:
        """A smaller graph: by relation, weight, q, time (edges active inside start..end) and accounts."""
        e = self.edges
        mask = (e["n_objects"] >= min_weight) & (e["q"] <= max_q)
        if relations is not None:
            wanted, held = set(relations), set(e["relation"])
            for name in sorted(wanted - held):
                if not e.empty:
                    raise unknown("relation in this graph", name, held)
            mask &= e["relation"].isin(wanted)
        if start is not None:
            mask &= e["last_at"] >= pd.Timestamp(start)
        if end is not None:
            mask &= e["first_at"] <= pd.Timestamp(end)
        if accounts is not None:
            kept = set(accounts)
            mask &= e["account_a"].isin(kept) & e["account_b"].isin(kept)
        edges = e[mask]
        left = set(edges["account_a"]) | set(edges["account_b"])
        return replace(
            self,
            edges=edges,
            accounts=self.accounts[self.accounts["account_id"].isin(left)],
            actions=self.actions[self.actions["account_id"].isin(left)],
        )

    def to_networkx(self, kind: str = "projected") -> nx.Graph:
        """A plain NetworkX graph.

        Parameters
        ----------
        kind : str
            "projected": `Graph` of accounts, one edge per pair; weight is the sum over relations, `relations` names them.
            "multi": `MultiGraph` of accounts, one edge per pair and relation, keyed by relation.
            "bipartite": `Graph` of accounts (bipartite=0) and objects (bipartite=1), weight = contents, with
            first_at and last_at.
            "content": `DiGraph` account -> content -> object, nothing projected away.

        Notes
        -----
        Attributes are those of `NODE_ATTRIBUTES` and `EDGE_ATTRIBUTES`, as str, int and float, so that GraphML and
        GEXF take them. Nodes of different kinds carry a prefix ("content:", "hashtag:") except accounts.
        """
        makers = {
            "projected": self._projected,
            "multi": self._multi,
            "bipartite": self._bipartite,
            "content": self._content,
        }
        if kind not in makers:
            raise unknown("kind of graph", kind, makers)
        return makers[kind]()

    def to_pyvis(self, path: str | Path, *, max_nodes: int = 500) -> Path:
        """Write a small graph as one light page (pyvis, vis-network) that loads nothing, laid out beforehand; the path.

        Raises InputError above `max_nodes`: use `keep` first. Needs the extra `lab`.
        """
        # by name, as `investigate` itself does: drawing knows graphs, graphs do not know drawing
        written: Path = import_module("investigate.views._pyvis").to_pyvis(self, path, max_nodes=max_nodes)
        return written

    def _with_accounts(self, graph: nx.Graph, **extra: object) -> nx.Graph:
        for row in self.accounts.sort_values("account_id").itertuples():
            graph.add_node(
                row.account_id,
                kind="account",
                label=str(row.label),
                community=int(row.community),
                role=str(row.role),
                component=int(row.component),
                n_content=int(row.n_content),
                **extra,
            )
        return graph

    def _edge_rows(self) -> list[tuple[str, str, str, dict[str, object]]]:
        rows = []
        for e in self.edges.sort_values(["account_a", "account_b", "relation"]).to_dict("records"):
            data = {
                "relation": e["relation"],
                "weight": float(e["weight"]),
                "n_objects": int(e["n_objects"]),
                "n_pairs": int(e["n_pairs"]),
                "n_content_a": int(e["n_content_a"]),
                "n_content_b": int(e["n_content_b"]),
                "expected": float(e["expected"]),
                "lift": float(e["lift"]),
                "p": float(e["p"]),
                "q": float(e["q"]),
                "symmetry": float(e["symmetry"]),
            }
            data |= {k: e[k].isoformat() for k in ("first_at", "last_at") if pd.notna(e[k])}
            data |= {k: float(e[k]) for k in ("mean_lag_s", "share_a_first") if pd.notna(e[k])}
            rows.append((e["account_a"], e["account_b"], e["relation"], data))
        return rows

    def _projected(self) -> nx.Graph:
        graph = self._with_accounts(nx.Graph())
        for a, b, relation, data in self._edge_rows():
            if graph.has_edge(a, b):
                held = graph[a][b]
                held["weight"] += data["weight"]
                held["relations"] += f",{relation}"
                held["q"] = min(held["q"], data["q"])
            else:
                graph.add_edge(a, b, weight=data["weight"], relations=relation, q=data["q"])
        return graph

    def _multi(self) -> nx.MultiGraph:
        graph = self._with_accounts(nx.MultiGraph())
        for a, b, relation, data in self._edge_rows():
            graph.add_edge(a, b, key=relation, **data)
        return graph

    def _bipartite(self) -> nx.Graph:
        graph = self._with_accounts(nx.Graph(), bipartite=0)
        grouped = self.actions.groupby(["account_id", "object_type", "object_id"], sort=True)
        table = grouped.agg(
            n=("content_id", "nunique"), first=("acted_at", "min"), last=("acted_at", "max")
        ).reset_index()
        for r in table.itertuples():
            node = f"{r.object_type}:{r.object_id}"
            graph.add_node(node, kind="object", label=r.object_id, bipartite=1)
            graph.add_edge(
                r.account_id, node, weight=int(r.n), first_at=r.first.isoformat(), last_at=r.last.isoformat()
            )
        return graph

    def _content(self) -> nx.DiGraph:
        graph = self._with_accounts(nx.DiGraph())
        for r in self.actions.sort_values(["acted_at", "content_id", "object_id"]).itertuples():
            content, node = f"content:{r.content_id}", f"{r.object_type}:{r.object_id}"
            graph.add_node(content, kind="content", label=r.content_id)
            graph.add_node(node, kind="object", label=r.object_id)
            graph.add_edge(r.account_id, content, relation="published", at=r.acted_at.isoformat())
            graph.add_edge(content, node, relation=r.object_type, at=r.acted_at.isoformat())
        return graph
