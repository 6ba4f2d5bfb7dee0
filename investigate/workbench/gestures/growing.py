"""Bringing nodes onto the canvas, and taking them off again. Nothing that stands is moved."""

from __future__ import annotations

from dataclasses import replace

from ...errors import InputError
from .. import placing
from ..context import Context, as_nodes
from ..gesture import Change, gesture
from ..offers import BUNDLE_ABOVE, MAX_NEW, check_top, offers, usual
from ..state import ViewState
from ..universe import ACCOUNT, COMMUNITY


@gesture(title="Add", summary="Puts nodes of the case on the canvas and selects them.", group="grow")
def add(state: ViewState, context: Context, nodes: list[str]) -> Change:
    """Put nodes of the case on the canvas, beside what they are linked to, and select them.

    Parameters
    ----------
    nodes : list of str
        Accounts, "url:https://...", "content:123", ...; `Workbench.find` looks them up.
    """
    wanted = context.known(nodes)[:MAX_NEW]
    kind, _ = context.universe.codes(wanted)
    wanted = [n for n, k in zip(wanted, kind.tolist(), strict=True) if k < 3]
    new = [n for n in wanted if n not in state.places]
    places = placing.beside(state.places, [(_anchor(state, context, n), [n]) for n in new])
    after = replace(
        state,
        places={**state.places, **places},
        needs=needing(state, "", new),
        hidden=state.hidden - frozenset(wanted),
    )
    after = replace(after, selected=frozenset(wanted) & context.sight(after).shown)
    cut = len(as_nodes(nodes)) - len(wanted)
    notice = (
        f"{cut:,} were left out: at most {MAX_NEW:,} at a time, and only accounts, contents and objects" if cut else ""
    )
    return Change(after, f"Added {context.named(wanted)}", notice)


def _anchor(state: ViewState, context: Context, node: str) -> str:
    """A neighbour that stands already, to put a new node beside; "" where there is none."""
    for offer in offers(state, context, [node], None):
        if offer.placed.any():
            return context.universe.names(offer.neighbours.kind, offer.neighbours.codes[offer.placed][:1])[0]
    return ""


def needing(state: ViewState, anchor: str, nodes: list[str]) -> dict[str, frozenset[str]]:
    """What each anchor needs, after one needs some more."""
    return {**state.needs, anchor: state.needs.get(anchor, frozenset()) | frozenset(nodes)}


@gesture(
    title="Expand",
    summary="Adds the strongest neighbours of nodes around them; opens a group or a bundle.",
    group="grow",
)
def expand(
    state: ViewState,
    context: Context,
    nodes: list[str],
    via: list[str] | None = None,
    top: int = 20,
    min_weight: float = 0.0,
) -> Change:
    """Add the strongest neighbours of nodes, around them, and draw all links to those shown already.

    Parameters
    ----------
    nodes : list of str
        Accounts, contents, objects; a bundle gives its next ones; a community node is opened.
    via : list of str, optional
        Relations ("co_url"), types of object ("url"), "content" (posts), "account". By default all relations for an
        account, and everything for a content or an object.
    top : int
        New neighbours of each node by each way.
    min_weight : float
        Least weight of a link that counts.

    Notes
    -----
    Where more than 200 are left over by one way, one bundle node stands for them. At most 2,000 nodes are added at once.
    The filter and the time of the view decide which links count.
    """
    wanted, top = context.on_canvas(state, nodes), check_top(top)
    vias = None if via is None else as_nodes(via)
    groups = [n for n, k in zip(wanted, context.universe.codes(wanted)[0].tolist(), strict=True) if k == COMMUNITY]
    state = replace(state, unfolded=state.unfolded | frozenset(groups))
    u, room, seen = context.universe, MAX_NEW, set()
    anchors: list[tuple[str, list[str]]] = []
    needs, opened, gone = dict(state.needs), dict(state.opened), set()
    cut = kept_hidden = bundled = 0
    rest = [n for n in wanted if n not in groups]
    found = [
        o
        for n in rest
        for o in offers(state, context, [n], vias if vias is not None else usual(context, n), min_weight)
    ]
    for offer in found:
        names = u.names(offer.neighbours.kind, offer.neighbours.codes[offer.new][:top])
        fresh = [n for n in names if n not in seen]
        if len(fresh) > room:
            cut += len(fresh) - room
            fresh = fresh[:room]
        seen.update(fresh)
        room -= len(fresh)
        kept_hidden += int(offer.hidden.sum())
        left = int(offer.new.sum()) - len(names)
        bundle = f"bundle:{offer.node}|{offer.via}"
        held = u.names(offer.neighbours.kind, offer.neighbours.codes[offer.placed])
        if left > BUNDLE_ABOVE or (left > 0 and bundle in state.places):
            fresh = [*fresh, bundle]
            seen.add(bundle)
            bundled += left
        elif bundle in state.places:
            gone.add(bundle)
        anchors.append((offer.node, fresh))
        needs[offer.node] = needs.get(offer.node, frozenset()) | {n for n in (*names, bundle) if n in seen} | set(held)
        if offer.via in u.relations and int(u.codes([offer.node])[0][0]) == ACCOUNT:
            opened[offer.node] = opened.get(offer.node, frozenset()) | {offer.via}
    places = {**state.places, **placing.beside(state.places, anchors)}
    after = without(replace(state, places=places, needs=needs, opened=opened), frozenset(gone))
    added = MAX_NEW - room
    said = [f"{added:,} added" if rest else ""]
    said += [f"{bundled:,} more stand as one node each way"] if bundled else []
    said += [f"{kept_hidden:,} hidden ones stay hidden"] if kept_hidden else []
    said += [f"{cut:,} left out: at most {MAX_NEW:,} at a time"] if cut else []
    said += ["nothing new that way"] if rest and not found else []
    by = f" by {', '.join(u.title(v) for v in vias)}" if vias else ""
    text = f"Expanded {context.named(wanted)}{by}: {added:,} new" if rest else f"Opened {context.named(groups)}"
    return Change(after, text, "; ".join(s for s in said if s))


def without(state: ViewState, gone: frozenset[str]) -> ViewState:
    """The state with some nodes taken off the canvas."""
    if not gone:
        return state
    return replace(
        state,
        places={n: p for n, p in state.places.items() if n not in gone},
        hidden=state.hidden - gone,
        pinned=state.pinned - gone,
        selected=state.selected - gone,
        needs={a: v - gone if not v.isdisjoint(gone) else v for a, v in state.needs.items() if a not in gone},
        opened={a: v for a, v in state.opened.items() if a not in gone},
        unfolded=state.unfolded - gone,
    )


@gesture(title="Collapse", summary="Takes off what expanding a node brought and nothing else needs.", group="grow")
def collapse(state: ViewState, context: Context, node: str) -> Change:
    """Take off what the expansion of a node brought and nothing else needs; or close a group again.

    Pinned nodes stay, and so do nodes that were expanded themselves.
    """
    context.on_canvas(state, [node])
    u = context.universe
    (kind,), (code,) = (v.tolist() for v in u.codes([node]))
    if node in state.needs and node:
        own = state.needs[node]
        others = frozenset().union(*(v for a, v in state.needs.items() if a != node))
        stay = frozenset(n for n in own if n in state.pinned or (n in state.needs and n != node))
        gone = (own - others - stay) - {node}
        needs = {a: v for a, v in state.needs.items() if a != node}
        needs[""] = needs.get("", frozenset()) | (own & stay - others) | ({node} - others)
        opened = {a: v for a, v in state.opened.items() if a != node}
        after = without(replace(state, needs=needs, opened=opened), gone)
        notice = f"{len(stay - others):,} pinned or expanded ones stay" if stay - others else ""
        return Change(after, f"Collapsed {context.label(node)}: {len(gone):,} taken off", notice)
    number = code if kind == COMMUNITY else int(u.community[code]) if kind == ACCOUNT else 0
    group = f"community:{number}"
    if state.grouping and group in state.unfolded:
        return Change(replace(state, unfolded=state.unfolded - {group}), f"Closed {context.label(group)}")
    raise InputError(
        f"'{context.label(node)}' was not expanded",
        "gesture collapse",
        "choose a node that was; the history names them",
    )


def extended(state: ViewState, context: Context, nodes: list[str], beside: list[tuple[str, list[str]]]) -> ViewState:
    """The state with more nodes, which the view itself needs, each beside an anchor; hidden ones come back."""
    places = {**state.places, **placing.beside(state.places, beside)}
    new = [n for n in nodes if n not in state.places]
    return replace(state, places=places, needs=needing(state, "", new), hidden=state.hidden - frozenset(nodes))
