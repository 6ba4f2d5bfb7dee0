"""What of the canvas is shown, and how. Nothing here moves or removes a node."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ...duration import say
from ...errors import InputError, unknown
from .. import placing
from ..context import Context, as_nodes
from ..gesture import Change, gesture
from ..state import ViewState
from ..universe import ACCOUNT, COMMUNITY

LOOKS = {
    "colour": ("community", "kind", "tag", "none"),
    "size": ("links", "posts", "same"),
    "label": ("handle", "id", "none"),
    "shape": ("community", "kind", "same"),
}
EDGES = ("telling", "unusual", "all")


def _within(context: Context, state: ViewState, nodes: list[str]) -> frozenset[str]:
    """The nodes, and the accounts that are drawn inside them."""
    sight = context.sight(state)
    numbers = [sight.number[n] for n in nodes if n in sight.number]
    inside = np.flatnonzero(np.isin(sight.folded, numbers)) if numbers else np.zeros(0, dtype=np.int64)
    return frozenset(nodes) | (frozenset(context.universe.names(ACCOUNT, inside)) & frozenset(state.places))


@gesture(title="Hide", summary="Hides nodes; they keep their places.", group="show")
def hide(state: ViewState, context: Context, nodes: list[str]) -> Change:
    """Hide nodes. They keep their places; `show_hidden` brings them back."""
    wanted = context.on_canvas(state, nodes)
    return Change(replace(state, hidden=state.hidden | _within(context, state, wanted)), f"Hid {context.named(wanted)}")


@gesture(title="Keep only", summary="Hides every other visible node.", group="show")
def keep(state: ViewState, context: Context, nodes: list[str]) -> Change:
    """Hide every other visible node."""
    wanted = context.on_canvas(state, nodes)
    others = sorted(context.sight(state).shown - frozenset(wanted))
    hidden = (state.hidden | _within(context, state, others)) - frozenset(wanted)
    return Change(replace(state, hidden=hidden), f"Kept only {context.named(wanted)}: {len(others):,} hidden")


@gesture(title="Show hidden", summary="Brings every hidden node back, where it was.", group="show")
def show_hidden(state: ViewState, context: Context) -> Change:
    """Bring every hidden node back, where it was."""
    return Change(replace(state, hidden=frozenset()), f"Showed {len(state.hidden):,} hidden")


@gesture(title="Filter", summary="Shows only some links and kinds of node; nothing moves.", group="show")
def filter(
    state: ViewState,
    context: Context,
    relations: list[str] | None = None,
    min_weight: float = 0.0,
    max_q: float = 1.0,
    kinds: list[str] | None = None,
    edges: str = "telling",
    lonely: bool = True,
) -> Change:
    """Show only some links and kinds of node; a call replaces the filter before it, and without arguments ends it.

    Parameters
    ----------
    relations : list of str, optional
        Links between accounts by these relations only.
    min_weight, max_q : float
        Least weight, and largest q, of a link.
    kinds : list of str, optional
        Only these kinds of node: "account", "content", types of object.
    edges : str
        "telling": the telling links inside groups, and those opened by expanding; "unusual": the telling links between
        groups as well; "all": every link.
    lonely : bool
        Whether nodes without a visible link are shown.
    """
    u = context.universe
    for name in as_nodes(relations or []):
        if name not in u.relations:
            raise unknown("relation of this case", name, u.relations, "gesture filter")
    possible = ["account", "content", *u.types]
    for name in as_nodes(kinds or []):
        if name not in possible:
            raise unknown("kind of node", name, possible, "gesture filter")
    if edges not in EDGES:
        raise unknown("choice of links", edges, EDGES, "gesture filter")
    if not 0 <= max_q <= 1 or min_weight < 0:
        raise InputError("a bound is out of range", "gesture filter", "max_q lies in 0 to 1, min_weight is 0 or more")
    after = replace(
        state,
        relations=tuple(sorted(as_nodes(relations))) if relations is not None else None,
        kinds=tuple(sorted(as_nodes(kinds))) if kinds is not None else None,
        min_weight=float(min_weight),
        max_q=float(max_q),
        edges=edges,
        lonely=bool(lonely),
    )
    return Change(after, _filter_text(after, context))


def _filter_text(state: ViewState, context: Context) -> str:
    said = [", ".join(context.universe.title(r) for r in state.relations)] if state.relations is not None else []
    said += [f"weight {state.min_weight:g} or more"] if state.min_weight else []
    said += [f"q {state.max_q:g} or less"] if state.max_q < 1 else []
    said += [f"nodes: {', '.join(state.kinds)}"] if state.kinds is not None else []
    said += [{"telling": "", "unusual": "also between groups", "all": "every link"}[state.edges]]
    said += [] if state.lonely else ["no unlinked nodes"]
    return "Filter: " + ("; ".join(s for s in said if s) or "none")


@gesture(title="Time", summary="Shows only what happened in a span of time; nothing moves.", group="show")
def time(state: ViewState, context: Context, start: str | int | None = None, end: str | int | None = None) -> Change:
    """Show only what happened in a span of time, in the picture, the tables, the selection and the counts together.

    Parameters
    ----------
    start, end : str or int, optional
        A time such as "2026-03-05 18:00" (UTC), or microseconds since 1970; both ends included. Without either, all.

    Notes
    -----
    Accounts that published in the span; contents of the span; objects acted on in it; links whose first and last act
    span it. Weights stay those of all time. Links that carry no time, such as a shared identifier, stay.
    """
    if start is None and end is None:
        return Change(replace(state, time=None), "Time: all")
    at = context.universe.links.content_at
    low, high = (int(at.min()), int(at.max())) if len(at) else (0, 0)
    span = (low if start is None else _moment(start), high if end is None else _moment(end))
    if span[0] > span[1]:
        raise InputError("the start is after the end", "gesture time", "give the earlier time first")
    words = " to ".join(pd.Timestamp(v, unit="us").strftime("%Y-%m-%d %H:%M:%S") for v in span)
    return Change(replace(state, time=span), f"Time: {words} UTC ({say((span[1] - span[0]) / 1e6)})")


def _moment(value: str | int) -> int:
    try:
        at = pd.Timestamp(value, unit="us") if isinstance(value, int) else pd.Timestamp(value)
        at.strftime("%Y")
    except (ValueError, NotImplementedError) as error:
        raise InputError(f"'{value}' is no time", "gesture time", 'write it like "2026-03-05 18:00"') from error
    if at is pd.NaT:
        raise InputError("an empty time", "gesture time", 'write it like "2026-03-05 18:00"')
    at = at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")
    return int(at.as_unit("us").asm8.astype("int64"))


@gesture(title="Group", summary="Draws each community as one node, or ends it.", group="show")
def group(state: ViewState, context: Context, by: str | None = "community") -> Change:
    """Draw each community as one node in the middle of its members, or end it with None; members keep their places."""
    u = context.universe
    marks = [n for n, k in zip(state.places, u.codes(list(state.places))[0].tolist(), strict=True) if k == COMMUNITY]
    if by is None:
        places = {n: p for n, p in state.places.items() if n not in set(marks)}
        gone = frozenset(marks)
        after = replace(
            state,
            places=places,
            grouping="",
            unfolded=frozenset(),
            hidden=state.hidden - gone,
            pinned=state.pinned - gone,
        )
        return Change(after, "Grouping: none")
    if by != "community":
        raise unknown("grouping", by, ["community"], "gesture group")
    plain = replace(state, grouping="", unfolded=frozenset())
    sight = context.sight(plain)
    own = np.flatnonzero(sight.kind == ACCOUNT)
    number = u.community[sight.code[own]]
    held = [f"community:{n}" for n in np.unique(number[number > 0])]
    middle = [sight.xy[own[number == n]].mean(axis=0) for n in np.unique(number[number > 0])]
    new = placing.as_places(held, np.array(middle).reshape(-1, 2))
    after = replace(plain, places={**state.places, **new}, grouping="community")
    return Change(after, f"Grouped by community: {len(held):,} groups")


@gesture(title="Look", summary="Chooses what colour, size, label and shape stand for.", group="show")
def look(
    state: ViewState,
    context: Context,
    colour: str | None = None,
    size: str | None = None,
    label: str | None = None,
    shape: str | None = None,
) -> Change:
    """Choose what colour, size, label and shape stand for; what is not named stays.

    Parameters
    ----------
    colour : str
        "community", "kind", "tag" or "none".
    size : str
        "links", "posts" or "same".
    label : str
        "handle", "id" or "none".
    shape : str
        "community", "kind" or "same".
    """
    given = {"colour": colour, "size": size, "label": label, "shape": shape}
    chosen = {name: value for name, value in given.items() if value is not None}
    for name, value in chosen.items():
        if value not in LOOKS[name]:
            raise unknown(name, value, LOOKS[name], "gesture look")
    words = ", ".join(f"{name} by {value}" for name, value in chosen.items()) or "unchanged"
    return Change(replace(state, look={**state.look, **chosen}), f"Look: {words}")
