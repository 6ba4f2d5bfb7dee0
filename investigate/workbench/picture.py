"""The picture of a view: as arrays for the canvas, and as a `Scene` for reports, with the same places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..relations import RELATIONS
from ..views import View
from ..views._html import plain
from ..views._scene import Card, Group, Scene
from ..views._scene import scene as checked_scene
from ..views._words import plural
from .context import Context
from .sight import Sight
from .state import ViewState
from .universe import ACCOUNT, BUNDLE, COMMUNITY, CONTENT, OBJECT

CARDS_UP_TO = 2_000  # nodes; above, hovering shows name, group and links only
LABEL = 200  # characters of a label that are sent


def scene(state: ViewState, context: Context) -> dict[str, Any]:
    """The visible picture as parallel columns, as `mount()` of the canvas takes it.

    Returns
    -------
    dict
        `ids` (nodes as gestures name them, sorted; not for showing), `labels` (fit for showing), `x`, `y`, `size`, `kind`
        into `kinds`, `group` into `groups` (-1 for none), `shape` where groups do not decide it, `pinned`, `marks` (tags
        and merged accounts, in words), `more` (neighbours of an account that are not on the canvas), `a`, `b`, `weight`,
        `relation` into `relations` (titles) and `relation_names`, `directed`, `merged`, `selected` (numbers of nodes),
        `cards`, `title`, `note`.
    """
    sight, u = context.sight(state), context.universe
    groups, group = _groups(state, context, sight)
    kinds, kind = _kinds(context, sight)
    directed = np.array([_directed(r) for r in sight.relations], dtype=np.uint8)
    relation = sight.relation.astype(np.uint16)
    out: dict[str, Any] = {
        "title": plain(context.case.title),
        "note": "",
        "ids": sight.nodes,
        "labels": _labels(state, context, sight),
        "x": sight.xy[:, 0].astype(np.float32),
        "y": sight.xy[:, 1].astype(np.float32),
        "size": _sizes(state, context, sight).astype(np.float32),
        "kinds": kinds,
        "kind": kind,
        "group": group.astype(np.int16),
        "groups": [{"name": g.name, "note": g.note} for g in groups],
        "pinned": _among(sight, state.pinned).astype(np.uint8),
        "marks": _marks(context, sight),
        "more": more(context, sight, state),
        "relations": [plain(u.title(r)) for r in sight.relations],
        "relation_names": sight.relations,
        "a": sight.a.astype(np.uint32),
        "b": sight.b.astype(np.uint32),
        "weight": sight.weight.astype(np.float32),
        "relation": relation,
        "directed": directed[relation] if len(directed) else relation.astype(np.uint8),
        "merged": sight.merged.astype(np.uint32),
        "edge_labels": [],
        "selected": np.flatnonzero(_among(sight, state.selected)).astype(np.uint32),
        "cards": {},
    }
    if state.look["shape"] != "community":
        out["shape"] = np.zeros(len(sight.nodes), dtype=np.int8)
    if len(sight.nodes) <= CARDS_UP_TO:
        facts = _facts(context, sight)
        out["cards"] = {str(i): {"facts": f, "rows": [], "n": 0} for i, f in enumerate(facts)}
    return out


def snapshot(state: ViewState, context: Context, name: str, view: str, caveats: tuple[str, ...]) -> View:
    """The picture as a view for a report: static, with the same places, and what is selected as a table."""
    sight, u = context.sight(state), context.universe
    groups, group = _groups(state, context, sight)
    kinds, kind = _kinds(context, sight)
    ids = [f"{g}" for g in range(len(groups))]
    nodes = pd.DataFrame(
        {
            "id": sight.nodes,
            "label": [plain(v) for v in _labels(state, context, sight)],
            "kind": [kinds[k] for k in kind],
            "group": [ids[g] if g >= 0 else "" for g in group],
            "size": _sizes(state, context, sight),
            "x": sight.xy[:, 0],
            "y": sight.xy[:, 1],
        }
    )
    names = np.array(sight.nodes, dtype=object)
    edges = pd.DataFrame(
        {
            "a": names[sight.a],
            "b": names[sight.b],
            "weight": sight.weight,
            "relation": np.array(sight.relations, dtype=object)[sight.relation] if len(sight.a) else [],
        }
    )
    cards = {n: Card(tuple((k, v) for k, v in f)) for n, f in zip(sight.nodes, _facts(context, sight), strict=True)}
    figure: Scene = checked_scene(
        nodes,
        edges,
        groups=[Group(i, g.name, g.note) for i, g in zip(ids, groups, strict=True)],
        relations={r: u.title(r) for r in sight.relations},
        cards=cards,
        title=f"View {view}",
        directed=[r for r in sight.relations if _directed(r)],
    )
    return View(
        name=name,
        title=f"View: {view}",
        question="What did the investigator have on the canvas?",
        lead=f"{plural(len(sight.nodes), 'node')} and {plural(len(sight.a), 'link')} are shown, where the investigator left them.",
        figure=figure,
        caveats=caveats,
    )


# -- columns ---------------------------------------------------------------------------------------------------------


def _among(sight: Sight, nodes: frozenset[str]) -> np.ndarray:
    return (
        np.fromiter((n in nodes for n in sight.nodes), bool, len(sight.nodes))
        if nodes
        else np.zeros(len(sight.nodes), bool)
    )


def _directed(relation: str) -> bool:
    return RELATIONS.get(relation).directed if relation in RELATIONS else True  # to contents and objects


def _kinds(context: Context, sight: Sight) -> tuple[list[str], np.ndarray]:
    names = [context.universe.kind_name(k, "") for k in range(5)]
    if not (sight.kind == OBJECT).any():
        used = np.unique(sight.kind)
        at = np.zeros(5, dtype=np.uint8)
        at[used] = np.arange(len(used))
        return [names[k] for k in used], at[sight.kind]
    types = context.universe.types
    number = sight.kind.astype(np.int64)
    own = sight.kind == OBJECT
    number[own] = 5 + context.universe.links.object_type[sight.code[own]]
    held, numbers = np.unique(number, return_inverse=True)
    return [names[k] if k < 5 else types[k - 5] for k in held], numbers.astype(np.uint8)


def _labels(state: ViewState, context: Context, sight: Sight) -> list[str]:
    choice, u = state.look["label"], context.universe
    if choice == "none":
        return [""] * len(sight.nodes)
    own = np.flatnonzero(sight.kind == ACCOUNT)
    out = np.array(sight.nodes, dtype=object)
    out[own] = context.shown_labels(sight.code[own], choice)
    for i in np.flatnonzero(sight.kind != ACCOUNT):
        node, kind = sight.nodes[i], sight.kind[i]
        if kind == BUNDLE:
            out[i] = f"{bundled(context, state, node):,} {plain(u.label_of(node))[:LABEL]}"
        elif kind == COMMUNITY:
            out[i] = f"Group {sight.code[i]}: {plural(int((sight.folded == i).sum()), 'account')}"
        else:
            out[i] = ("post " if kind == CONTENT else "") + plain(node.partition(":")[2][:LABEL])
    return out.tolist()


def bundled(context: Context, state: ViewState, node: str) -> int:
    """How many neighbours a bundle stands for: those that are not on the canvas."""
    from .offers import offers

    return sum(int(o.new.sum()) for o in offers(state, context, [node]))


def _sizes(state: ViewState, context: Context, sight: Sight) -> np.ndarray:
    choice = state.look["size"]
    if choice == "same":
        return np.ones(len(sight.nodes))
    if choice == "links":
        return sight.degree.astype(float)
    own = sight.kind == ACCOUNT
    out = np.ones(len(sight.nodes))
    out[own] = context.universe.n_content[sight.code[own]]
    return out


def _groups(state: ViewState, context: Context, sight: Sight) -> tuple[list[Group], np.ndarray]:
    """The legend and the number in it of each node, by what colour stands for."""
    choice, n = state.look["colour"], len(sight.nodes)
    if choice == "none":
        return [], np.full(n, -1)
    if choice == "kind":
        kinds, kind = _kinds(context, sight)
        return [Group(k, plain(k)) for k in kinds], kind.astype(np.int64)
    if choice == "tag":
        held = [context.tags.get(node, [""])[0] for node in sight.nodes]
        names = sorted(set(held) - {""})
        at = {name: i for i, name in enumerate(names)}
        return [Group(name, plain(name)) for name in names], np.array([at.get(h, -1) for h in held], dtype=np.int64)
    number = np.zeros(n, dtype=np.int64)
    own = sight.kind == ACCOUNT
    number[own] = context.universe.community[sight.code[own]]
    folded = sight.kind == COMMUNITY
    number[folded] = sight.code[folded]
    used = np.unique(number[number > 0])
    sizes = context.universe.members_of
    groups = [Group(str(k), f"Group {k}", plural(len(sizes[int(k)]), "account")) for k in used]
    return groups, np.where(number > 0, np.searchsorted(used, number), -1)


def _marks(context: Context, sight: Sight) -> list[str]:
    """Tags and merged accounts in words; an empty list where there is none."""
    drawn = (
        np.bincount(sight.folded[sight.folded >= 0], minlength=len(sight.nodes)) if len(sight.nodes) else np.zeros(0)
    )
    merged = np.flatnonzero((drawn > 1) & (sight.kind == ACCOUNT))
    if not context.tags and not len(merged):
        return []
    out = [""] * len(sight.nodes)
    for node, tags in context.tags.items():
        if node in sight.number:
            out[sight.number[node]] = ", ".join(plain(t) for t in tags)
    for i in merged:
        out[i] = "; ".join(v for v in (out[i], f"{int(drawn[i])} accounts of one operator") if v)
    return out if any(out) else []


def more(context: Context, sight: Sight, state: ViewState) -> np.ndarray:
    """For each visible account, the accounts it is linked to that are not on the canvas."""
    u = context.universe
    place = context.placed(state)
    on = np.zeros(len(u.accounts), dtype=bool)
    on[place.code[place.kind == ACCOUNT]] = True
    one, other = context.pairs
    away = np.bincount(one[~on[other]], minlength=len(u.accounts)) + np.bincount(
        other[~on[one]], minlength=len(u.accounts)
    )
    out = np.zeros(len(sight.nodes), dtype=np.uint32)
    own = sight.kind == ACCOUNT
    out[own] = away[sight.code[own]]
    return out


def _facts(context: Context, sight: Sight) -> list[list[list[str]]]:
    """A few facts of each node, for the card shown when it is pointed at."""
    u, degree = context.universe, sight.degree.tolist()
    out = []
    for i, (kind, code) in enumerate(zip(sight.kind.tolist(), sight.code.tolist(), strict=True)):
        facts = []
        if kind == ACCOUNT:
            facts = [["Posts", f"{u.n_content[code]:,}"]]
            facts += [["Role", str(u.role[code])]] if u.role[code] else []
        tags = context.tags.get(sight.nodes[i])
        facts += [["Tags", ", ".join(plain(t) for t in tags)]] if tags else []
        out.append([*facts, ["Links shown", f"{degree[i]:,}"]])
    return out
