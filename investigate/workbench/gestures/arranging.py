"""Moving nodes, which happens only when asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import InputError, unknown
from .. import placing
from ..context import Context
from ..gesture import Change, gesture
from ..state import ViewState
from ..universe import ACCOUNT

FURTHEST = 1e4  # a picture is two units wide; a place beyond this is a mistake


@gesture(title="Pin", summary="Keeps nodes in place whatever layout is asked for.", group="place")
def pin(state: ViewState, context: Context, nodes: list[str]) -> Change:
    """Keep nodes in place whatever layout is asked for, and on the canvas when something is collapsed."""
    wanted = context.on_canvas(state, nodes)
    return Change(replace(state, pinned=state.pinned | frozenset(wanted)), f"Pinned {context.named(wanted)}")


@gesture(title="Unpin", summary="Lets a layout move nodes again.", group="place")
def unpin(state: ViewState, context: Context, nodes: list[str]) -> Change:
    """Let a layout move nodes again."""
    wanted = context.on_canvas(state, nodes)
    return Change(replace(state, pinned=state.pinned - frozenset(wanted)), f"Unpinned {context.named(wanted)}")


@gesture(title="Move", summary="Puts nodes somewhere else.", group="place")
def move(state: ViewState, context: Context, places: dict[str, Any]) -> Change:
    """Put nodes somewhere else.

    Parameters
    ----------
    places : dict of str to (x, y)
        y up; the first picture lies in [-1, 1].
    """
    wanted = context.on_canvas(state, list(places))
    try:
        xy = np.array([[float(v) for v in places[n]] for n in wanted], dtype=float).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise InputError("a place is not two numbers", "gesture move", "give {node: (x, y)}") from error
    if not (np.abs(xy) <= FURTHEST).all():
        raise InputError("a place is off the canvas", "gesture move", f"stay within {FURTHEST:g} of the middle")
    return Change(
        replace(state, places={**state.places, **placing.as_places(wanted, xy)}), f"Moved {context.named(wanted)}"
    )


@gesture(title="Layout", summary="Arranges all visible nodes, or the selected ones; pinned ones stay.", group="place")
def layout(state: ViewState, context: Context, scope: str = "all", seed: int = 0, fresh: bool = False) -> Change:
    """Arrange nodes. Pinned ones stay; so does everything outside the scope.

    Parameters
    ----------
    scope : str
        "all": every visible node; "selection": the selected ones, in the middle of where they stand.
    seed : int
        The same nodes, links and seed give the same picture on one machine.
    fresh : bool
        From nothing. Otherwise what stands where is kept as far as the links allow.
    """
    if scope not in ("all", "selection"):
        raise unknown("scope", scope, ("all", "selection"), "gesture layout")
    sight = context.sight(state)
    pinned, chosen = (
        np.fromiter((n in held for n in sight.nodes), bool, len(sight.nodes)) for held in (state.pinned, state.selected)
    )
    free = ~pinned & chosen if scope == "selection" else ~pinned
    if not free.any():
        raise InputError("there is nothing to arrange", "gesture layout", "select or unpin some nodes")
    groups = np.zeros(len(sight.nodes), dtype=np.int64)
    accounts = sight.kind == ACCOUNT
    groups[accounts] = context.universe.community[sight.code[accounts]]
    if scope == "selection":  # by the links among them, in the middle of where they stand now
        new = np.cumsum(free) - 1
        own = free[sight.a] & free[sight.b]
        ends = np.column_stack([new[sight.a[own]], new[sight.b[own]]])
        places = placing.arranged(sight.take(free), ends, groups[free], sight.weight[own], int(seed))
        places = placing.back(places, sight.xy[free])
    else:
        start = sight.xy.copy()
        start[free & fresh] = np.nan
        ends = np.column_stack([sight.a, sight.b])
        begin, fixed = None if fresh and free.all() else start, None if free.all() else ~free
        places = placing.arranged(sight.nodes, ends, groups, sight.weight, int(seed), begin, fixed)
    moved = {n: places[n] for n in sight.take(free)}
    text = "Laid out all visible nodes" if scope == "all" else f"Laid out {len(moved):,} selected nodes"
    return Change(replace(state, places={**state.places, **moved}), text)
