"""What is to be seen of a view: the nodes and links that pass hidden, filter, time and grouping, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..relations import RELATIONS
from .state import ViewState
from .universe import ACCOUNT, BUNDLE, COMMUNITY, CONTENT, OBJECT, Bools, Ints, Universe

PUBLISHED = "published"


@dataclass(frozen=True)
class Sight:
    """The visible part of a view.

    Attributes
    ----------
    nodes : list of str
        Sorted.
    kind, code : arrays of int
        See `investigate.workbench.universe`.
    xy : array of shape (n, 2)
    a, b : arrays of int
        Ends of each link, as numbers of `nodes`.
    relation : array of int
        Number in `relations`.
    weight : array of float
    row : array of int
        Row of `case.edges`; -1 for links to contents and objects, and for several links drawn as one.
    merged : array of int
        Links drawn as this one.
    relations : list of str
    folded : array of int
        For each account of the case, the number of the node that it is drawn in; -1 where it is not to be seen.
    """

    nodes: list[str]
    kind: npt.NDArray[np.int8]
    code: Ints
    xy: npt.NDArray[np.float64]
    a: Ints
    b: Ints
    relation: Ints
    weight: npt.NDArray[np.float64]
    row: Ints
    merged: Ints
    relations: list[str]
    folded: Ints = field(repr=False)

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each visible node."""
        return {node: i for i, node in enumerate(self.nodes)}

    @cached_property
    def shown(self) -> frozenset[str]:
        return frozenset(self.nodes)

    @cached_property
    def degree(self) -> Ints:
        """Visible links of each node."""
        return np.bincount(np.concatenate([self.a, self.b]), minlength=len(self.nodes)).astype(np.int64)

    @cached_property
    def accounts(self) -> Ints:
        """Numbers of the accounts that are to be seen, those inside groups too."""
        return np.flatnonzero(self.folded >= 0)

    def take(self, mask: Bools) -> list[str]:
        return [self.nodes[i] for i in np.flatnonzero(mask)]


@dataclass(frozen=True)
class Placed:
    """Every node of a view that the case holds, whether visible or not."""

    nodes: list[str]
    kind: npt.NDArray[np.int8]
    code: Ints
    xy: npt.NDArray[np.float64]


def placed(state: ViewState, universe: Universe) -> Placed:
    """The nodes on the canvas as arrays, sorted by node; those that the case does not hold are left out."""
    nodes = sorted(state.places)
    kind, code = universe.codes(nodes)
    xy = np.array([state.places[n] for n in nodes], dtype=float).reshape(-1, 2)
    held = kind >= 0
    if not held.all():
        nodes = [n for n, h in zip(nodes, held, strict=True) if h]
    return Placed(nodes, kind[held], code[held], xy[held])


def look(state: ViewState, universe: Universe, place: Placed, operators: Mapping[str, str]) -> Sight:
    """What is to be seen of a state.

    Parameters
    ----------
    operators : mapping of str to str
        Account -> the account that stands for its operator; others stand for themselves.
    """
    visible = np.ones(len(place.nodes), dtype=bool)
    if state.hidden:
        visible &= np.fromiter((n not in state.hidden for n in place.nodes), bool, len(place.nodes))
    if state.kinds is not None:
        visible &= _of_kinds(place, universe, state.kinds)
    if state.time is not None:
        visible &= _in_time(place, universe, state.time)
    slot = np.full(len(universe.accounts), -1, dtype=np.int64)
    own = np.flatnonzero((place.kind == ACCOUNT) & visible)
    slot[place.code[own]] = own
    _fold_operators(slot, visible, place, universe, operators)
    _fold_communities(state, slot, visible, place, universe)
    _bundles(visible, place, universe)
    parts = _account_links(state, universe, slot) + _object_links(state, universe, place, visible, slot)
    relations = sorted({name for name, *_ in parts})
    a, b = (np.concatenate([p[k] for p in parts] or [np.zeros(0, np.int64)]).astype(np.int64) for k in (1, 2))
    weight, row, merged = (np.concatenate([p[k] for p in parts] or [np.zeros(0)]) for k in (3, 4, 5))
    relation = np.concatenate([np.full(len(p[1]), relations.index(p[0])) for p in parts] or [np.zeros(0)])
    if not state.lonely:
        linked = np.zeros(len(place.nodes), dtype=bool)
        linked[a], linked[b] = True, True
        visible &= linked
        slot = np.where((slot >= 0) & linked[slot], slot, -1)
    new = np.cumsum(visible) - 1
    return Sight(
        nodes=[place.nodes[i] for i in np.flatnonzero(visible)],
        kind=place.kind[visible],
        code=place.code[visible],
        xy=place.xy[visible],
        a=new[a],
        b=new[b],
        relation=relation.astype(np.int64),
        weight=weight.astype(float),
        row=row.astype(np.int64),
        merged=merged.astype(np.int64),
        relations=relations,
        folded=np.where(slot >= 0, new[slot], -1) if len(new) else slot,
    )


Part = tuple[str, Ints, Ints, npt.NDArray[np.float64], Ints, Ints]  # relation, a, b, weight, row, merged


def _of_kinds(place: Placed, universe: Universe, kinds: tuple[str, ...]) -> Bools:
    out = (place.kind == BUNDLE) | (place.kind == COMMUNITY)
    out |= (place.kind == ACCOUNT) & ("account" in kinds)
    out |= (place.kind == CONTENT) & ("content" in kinds)
    objects = np.flatnonzero(place.kind == OBJECT)
    if len(objects):
        wanted = [universe.types.index(k) for k in kinds if k in universe.types]
        out[objects] = np.isin(universe.links.object_type[place.code[objects]], wanted)
    return out


def _in_time(place: Placed, universe: Universe, time: tuple[int, int]) -> Bools:
    """Accounts that published inside the span, contents of the span, objects acted on inside it."""
    links, out = universe.links, np.ones(len(place.nodes), dtype=bool)
    accounts, contents = place.kind == ACCOUNT, place.kind == CONTENT
    out[accounts] = links.active(time)[place.code[accounts]]
    at = links.content_at[place.code[contents]]
    out[contents] = (at >= time[0]) & (at <= time[1])
    objects = np.flatnonzero(place.kind == OBJECT)
    if len(objects):
        out[objects] = links.acted(place.code[objects], time)
    return out


def _fold_operators(
    slot: Ints, visible: Bools, place: Placed, universe: Universe, operators: Mapping[str, str]
) -> None:
    """Accounts that were judged to be of one operator are drawn as one node, the one that stands for it."""
    sets: dict[str, list[str]] = {}
    for account, chief in operators.items():
        sets.setdefault(chief, []).append(account)
    for chief, members in sets.items():
        names = sorted({chief, *members})
        codes = universe.codes([universe.node_of(n) for n in names])[1]
        codes = codes[(codes >= 0)]
        codes = codes[slot[codes] >= 0]
        if len(codes) < 2:
            continue
        head = universe.codes([universe.node_of(chief)])[1][0]
        drawn = slot[head] if head in codes else slot[codes[0]]
        visible[slot[codes]] = False
        visible[drawn] = True
        slot[codes] = drawn


def _fold_communities(state: ViewState, slot: Ints, visible: Bools, place: Placed, universe: Universe) -> None:
    """Accounts of a community that is folded are drawn in its node; merged ones go with the account they are drawn in."""
    marks = np.flatnonzero(place.kind == COMMUNITY)
    folded = [i for i in marks if state.grouping and place.nodes[i] not in state.unfolded and visible[i]]
    visible[marks] = False
    if not folded:
        return
    node_of = np.full(int(universe.community.max(initial=0)) + 1, -1, dtype=np.int64)
    node_of[place.code[folded]] = folded
    target = np.arange(len(place.nodes))
    accounts = np.flatnonzero((place.kind == ACCOUNT) & visible)
    group = node_of[universe.community[place.code[accounts]]]
    inside = group >= 0
    target[accounts[inside]] = group[inside]
    visible[accounts[inside]] = False
    visible[group[inside]] = True
    slot[:] = np.where(slot >= 0, target[slot], -1)


def _bundles(visible: Bools, place: Placed, universe: Universe) -> None:
    number = None
    for i in np.flatnonzero(place.kind == BUNDLE):
        number = number or {n: j for j, n in enumerate(place.nodes)}
        anchor = number.get(universe.bundle(place.nodes[i])[0], -1)
        visible[i] &= anchor >= 0 and visible[anchor]


def _account_links(state: ViewState, universe: Universe, slot: Ints) -> list[Part]:
    u = universe
    rows = np.flatnonzero((slot[u.a] >= 0) & (slot[u.b] >= 0) & passing(state, u))
    a, b, relation = slot[u.a[rows]], slot[u.b[rows]], u.relation[rows]
    weight, merged = u.weight[rows], np.ones(len(rows), dtype=np.int64)
    if len(np.unique(slot[slot >= 0])) < (slot >= 0).sum():  # something is folded: links of the same ends are one
        apart = a != b
        a, b, relation, weight, rows = a[apart], b[apart], relation[apart], weight[apart], rows[apart]
        turn = a > b
        a, b = np.where(turn, b, a), np.where(turn, a, b)
        key = (a * (int(slot.max()) + 1) + b) * max(len(u.relations), 1) + relation
        _, first, inverse, merged = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        weight = np.bincount(inverse, weight, len(first))
        rows = np.where(merged == 1, rows[first], -1)
        turned = turn[first] & (merged == 1)
        a, b, relation = a[first], b[first], relation[first]
        a, b = np.where(turned, b, a), np.where(turned, a, b)
    out = []
    for number in np.unique(relation):
        own = relation == number
        out.append((u.relations[number], a[own], b[own], weight[own], rows[own], merged[own]))
    return out


def passing(state: ViewState, universe: Universe) -> Bools:
    """Which edges of the case pass the filter and the time, and are drawn where both ends are visible."""
    keep = universe.edge_mask(state.relations, state.min_weight, state.max_q, state.time)
    return keep if state.edges == "all" else keep & drawn(state, universe)


def drawn(state: ViewState, universe: Universe) -> Bools:
    """Which edges of the case a view draws where both ends are visible: the telling ones and those opened."""
    telling = universe.telling
    if state.edges == "unusual":
        out: Bools = telling.copy()
    else:  # links between two groups are left out, as in Case.graph("communities")
        one, other = universe.community[universe.a], universe.community[universe.b]
        out = telling & ((one == other) | (one == 0) | (other == 0))
    codes = universe.codes(list(state.opened))[1].tolist()
    for code, vias in zip(codes, state.opened.values(), strict=True):
        for via in vias if code >= 0 else ():
            out[universe.rows_at(code, via)[0]] = True
    for a, b, relation in state.extra:
        out[universe.rows_between(a, b, relation)] = True
    return out


def _object_links(state: ViewState, universe: Universe, place: Placed, visible: Bools, slot: Ints) -> list[Part]:
    objects = np.flatnonzero((place.kind == OBJECT) & visible)
    contents = np.flatnonzero((place.kind == CONTENT) & visible)
    if not len(objects) and not len(contents):
        return []
    links, types, out = universe.links, universe.types, []
    at = {int(c): i for c, i in zip(place.code[objects], objects, strict=True)}
    where = np.full(links.n_objects, -1, dtype=np.int64)
    where[place.code[objects]] = objects
    pairs, acts = links.between(place.code[objects], place.code[contents])
    account, obj, n, first, last = pairs
    keep = slot[account] >= 0 if len(account) else np.zeros(0, dtype=bool)
    if state.time is not None and len(keep):
        keep &= (first <= state.time[1]) & (last >= state.time[0])
    if state.min_weight > 0 and len(keep):
        keep &= n >= state.min_weight
    a, b, n = slot[account[keep]], where[obj[keep]], n[keep]
    kinds = links.object_type[obj[keep]] if at else np.zeros(0, dtype=np.int64)
    out += [_part(types[k], a[kinds == k], b[kinds == k], n[kinds == k]) for k in np.unique(kinds)]
    if len(contents):
        from_ = slot[links.content_account[place.code[contents]]]
        known = from_ >= 0
        out.append(_part(PUBLISHED, from_[known], contents[known], np.ones(int(known.sum()))))
        spot = np.full(len(links.content_at), -1, dtype=np.int64)
        spot[place.code[contents]] = contents
        content, obj = acts
        keep = where[obj] >= 0 if len(obj) else np.zeros(0, dtype=bool)
        a, b = spot[content[keep]], where[obj[keep]]
        kinds = links.object_type[obj[keep]] if at else kinds[:0]
        out += [
            _part(types[k], a[kinds == k], b[kinds == k], np.ones(int((kinds == k).sum()))) for k in np.unique(kinds)
        ]
    names = state.relations
    return [p for p in out if len(p[1]) and (names is None or p[0] in names or not _is_relation(p[0]))]


def _is_relation(name: str) -> bool:
    return name in RELATIONS


def _part(name: str, a: Ints, b: Ints, weight: npt.NDArray[np.float64]) -> Part:
    return name, a, b, weight.astype(float), np.full(len(a), -1), np.ones(len(a), dtype=np.int64)
