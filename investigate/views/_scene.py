"""What a graph picture is, as data: accounts with positions, edges with relations, groups, and each account's card.

The live canvas, the report's iframe and the static SVG all draw the same scene, so a reader sees what the
investigator saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ._html import plain
from ._layout import layout

NODE_COLUMNS = ("id", "label", "x", "y", "kind", "group", "size")
EDGE_COLUMNS = ("a", "b", "weight", "relation", "label")


@dataclass(frozen=True)
class Row:
    """One row of evidence on a card: when, what was said, which objects were shared, with whom."""

    at: str = ""
    text: str = ""
    objects: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True)
class Card:
    """What is shown about one node when it is chosen.

    Attributes
    ----------
    facts : tuple of (name, value)
        Short facts: `("Posts", "120")`.
    rows : tuple of Row
        Rows of evidence, the strongest first; keep to about 20 per account.
    n_rows : int
        How many rows there are in all; 0 means those shown are all.
    """

    facts: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    n_rows: int = 0


@dataclass(frozen=True)
class Group:
    """A group in the legend: `id` as in the nodes' `group` column, a name, and one line about it."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Scene:
    """A graph picture as values; make it with `scene(...)`, which checks, sorts and lays out.

    Attributes
    ----------
    nodes : pandas.DataFrame
        `id, label, x, y, kind, group, size`; positions in [-1, 1], y up; `group` is "" for none.
    edges : pandas.DataFrame
        `a, b` (node ids), `weight`, `relation`, `label`.
    groups : tuple of Group
        In the order of the legend, which fixes colour and marker.
    relations : tuple of (name, title)
        In the order that fixes the line pattern.
    cards : dict of str to Card
        By node id.
    directed : frozenset of str
        Relations that lead from `a` to `b`: their edges are drawn with a head.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    groups: tuple[Group, ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    cards: Mapping[str, Card] = field(default_factory=dict)
    title: str = "Network"
    note: str = ""
    directed: frozenset[str] = frozenset()

    @property
    def summary(self) -> str:
        """The picture in one sentence: the text alternative."""
        named = len(self.groups)
        inside = int((self.nodes["group"] != "").sum())
        kinds = self.nodes["kind"].value_counts().sort_index()
        what = "accounts"
        if set(kinds.index) - {"account"}:
            what = f"nodes ({', '.join(f'{plain(k)} {n:,}' for k, n in kinds.items())})"
        parts = [f"{len(self.nodes):,} {what}, {len(self.edges):,} links"]
        if named:
            parts.append(f"{named:,} group{'s' if named != 1 else ''} with {inside:,} {what.partition(' ')[0]}")
        if self.relations:
            parts.append("links: " + ", ".join(plain(title) for _, title in self.relations))
        return "; ".join(parts) + "."

    def to_json(self) -> dict[str, Any]:
        """Columns as parallel lists, positions rounded to 1/10,000; every text revealed and defanged."""
        index = {node: i for i, node in enumerate(self.nodes["id"])}
        group_index = {g.id: i for i, g in enumerate(self.groups)}
        relation_index = {name: i for i, (name, _) in enumerate(self.relations)}
        kinds = sorted(set(self.nodes["kind"]))
        edges = self.edges
        weights = edges["weight"].to_numpy(float)
        out = {
            "title": plain(self.title),
            "note": plain(self.note),
            "ids": [plain(v) for v in self.nodes["id"]],
            "labels": [plain(v) for v in self.nodes["label"]],
            "x": [round(float(v), 4) for v in self.nodes["x"]],
            "y": [round(float(v), 4) for v in self.nodes["y"]],
            "size": [round(float(v), 3) for v in self.nodes["size"]],
            "kinds": [plain(k) for k in kinds],
            "kind": [kinds.index(k) for k in self.nodes["kind"]],
            "group": [group_index.get(g, -1) for g in self.nodes["group"]],
            "groups": [{"name": plain(g.name), "note": plain(g.note)} for g in self.groups],
            "relations": [plain(title) for _, title in self.relations],
            "a": [index[v] for v in edges["a"]],
            "b": [index[v] for v in edges["b"]],
            "weight": [round(float(w), 3) for w in weights],
            "relation": [relation_index[r] for r in edges["relation"]],
            "edge_labels": [plain(v) for v in edges["label"]] if (edges["label"] != "").any() else [],
            "cards": {str(index[k]): _card(c) for k, c in self.cards.items() if k in index},
        }
        if self.directed:
            out["directed"] = [int(r in self.directed) for r in edges["relation"]]
        return out

    def to_svg(self, width: int = 960, height: int = 600) -> str:
        """The picture as one inline SVG; the same scene gives the same text."""
        from ._svg import scene_svg

        return scene_svg(self, width, height)


def _card(card: Card) -> dict[str, Any]:
    return {
        "facts": [[plain(k), plain(v)] for k, v in card.facts],
        "rows": [
            {
                "at": plain(r.at),
                "text": plain(r.text),
                "objects": [plain(o) for o in r.objects],
                "other": plain(r.other),
            }
            for r in card.rows
        ],
        "n": max(card.n_rows, len(card.rows)),
    }


def scene(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    groups: Iterable[Group] = (),
    relations: Mapping[str, str] | None = None,
    cards: Mapping[str, Card] | None = None,
    title: str = "Network",
    note: str = "",
    seed: int = 0,
    directed: Iterable[str] = (),
) -> Scene:
    """A checked, sorted and laid-out `Scene`.

    Parameters
    ----------
    nodes : pandas.DataFrame
        `id`; optional `label` (id), `kind` ("account"), `group` (""), `size` (>= 0; number of edges), `x` and `y`.
    edges : pandas.DataFrame
        `a`, `b`; optional `weight` (1), `relation` ("edge"), `label` ("").
    groups : iterable of Group
        The legend; groups that occur in `nodes` and are missing here are added by their id.
    relations : mapping, optional
        Relation name -> title; missing ones are added by their name.
    cards : mapping, optional
        Node id -> Card.
    seed : int
        Seed of the layout, used when `nodes` has no `x` and `y`.
    directed : iterable of str
        Relations that lead from `a` to `b`.

    Raises
    ------
    InputError
        When an edge names a node that is not there, or a node id occurs twice.
    """
    n = _nodes(nodes)
    e = _edges(edges)
    known = set(n["id"])
    missing = sorted((set(e["a"]) | set(e["b"])) - known)
    if missing:
        raise InputError(
            f"{len(missing)} edge ends are not among the nodes, first '{plain(missing[0])}'",
            "edges of a scene",
            "give every account of an edge a row in nodes",
        )
    declared = list(groups)
    seen = {g.id for g in declared}
    declared += [Group(g, g) for g in sorted(set(n["group"]) - seen - {""})]
    titles = dict(relations or {})
    titles |= {r: r.replace("_", " ") for r in sorted(set(e["relation"])) if r not in titles}
    titles = {name: text for name, text in titles.items() if name in set(e["relation"])}
    index = pd.Series(range(len(n)), index=n["id"])
    ends = np.column_stack([index.loc[e["a"]].to_numpy(), index.loc[e["b"]].to_numpy()]).astype(np.int64).reshape(-1, 2)
    if "size" not in nodes.columns:
        n["size"] = np.bincount(ends.ravel(), minlength=len(n)).astype(float)
    if not {"x", "y"} <= set(nodes.columns):
        numbers = {g.id: i for i, g in enumerate(declared)}
        codes = np.array([numbers.get(g, -1) for g in n["group"]], dtype=np.int64)
        positions = layout(len(n), ends, groups=codes, weights=e["weight"].to_numpy(float), seed=seed)
        n["x"], n["y"] = positions[:, 0], positions[:, 1]
    return Scene(
        n[list(NODE_COLUMNS)],
        e[list(EDGE_COLUMNS)],
        tuple(declared),
        tuple(titles.items()),
        dict(cards or {}),
        title,
        note,
        frozenset(directed) & set(titles),
    )


def _nodes(nodes: pd.DataFrame) -> pd.DataFrame:
    out = pd.DataFrame({"id": nodes["id"].astype(str)})
    twice = out["id"][out["id"].duplicated()]
    if len(twice):
        raise InputError(f"{len(twice)} node ids occur twice, first '{plain(twice.iloc[0])}'", "nodes of a scene")
    for column, default in (("label", out["id"]), ("kind", "account"), ("group", "")):
        out[column] = nodes[column].fillna("").astype(str) if column in nodes else default
    for column in ("size", "x", "y"):
        if column in nodes:
            out[column] = nodes[column].astype(float)
    return out.sort_values("id", kind="stable", ignore_index=True)


def _edges(edges: pd.DataFrame) -> pd.DataFrame:
    out = pd.DataFrame({"a": edges["a"].astype(str), "b": edges["b"].astype(str)})
    out["weight"] = edges["weight"].astype(float) if "weight" in edges else 1.0
    out["relation"] = edges["relation"].fillna("edge").astype(str) if "relation" in edges else "edge"
    out["label"] = edges["label"].fillna("").astype(str) if "label" in edges else ""
    return out.sort_values(["a", "b", "relation"], kind="stable", ignore_index=True)
