"""What an expansion would bring: the neighbours of nodes by relation and type, counted before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import InputError
from .context import Context
from .links import Neighbours
from .state import ViewState
from .universe import ACCOUNT, BUNDLE, COMMUNITY, KINDS, NEVER, Bools

BUNDLE_ABOVE = 200  # more neighbours than this left over by one way stand as one node
MAX_NEW = 2_000  # nodes that one gesture may add
STRONGEST = 5  # named in a preview


@dataclass(frozen=True)
class Offer:
    """The neighbours of one node by one way that pass the view's filter and time, the strongest first.

    Attributes
    ----------
    node, via : str
    neighbours : Neighbours
    placed, hidden : arrays of bool
        Which stand on the canvas already; which of those are hidden.
    """

    node: str
    via: str
    neighbours: Neighbours
    placed: Bools
    hidden: Bools

    @property
    def new(self) -> Bools:
        return ~self.placed


def offers(
    state: ViewState, context: Context, nodes: Sequence[str], via: Sequence[str] | None = None, min_weight: float = 0.0
) -> list[Offer]:
    """The neighbours of nodes by each way, or by those named; a bundle stands for its anchor and its own way.

    Raises
    ------
    InputError
        A way that none of the nodes has.
    """
    u = context.universe
    keep = u.edge_mask(state.relations, max(state.min_weight, min_weight), state.max_q, state.time)
    kinds, codes = u.codes(list(nodes))
    place = context.placed(state)
    out: list[Offer] = []
    possible: list[str] = []
    for node, kind, code in zip(nodes, kinds.tolist(), codes.tolist(), strict=True):
        names = via
        if kind == BUNDLE:
            anchor, way = u.bundle(node)
            (kind,), (code,) = (v.tolist() for v in u.codes([anchor]))
            node, names = anchor, [way]
        if kind < 0 or kind == COMMUNITY:
            continue
        ways = u.vias(kind)
        possible += ways
        for way in ways if names is None else [w for w in names if w in ways]:
            found = _passing(u.neighbours(kind, code, way, keep), state, min_weight, way in u.relations)
            if not len(found.codes) or not _wanted(state, found.kind, way):
                continue
            own = place.kind == found.kind
            on = np.isin(found.codes, place.code[own])
            gone = np.zeros(len(on), dtype=bool)
            if state.hidden and on.any():
                names_on = u.names(found.kind, found.codes[on])
                gone[on] = [name in state.hidden for name in names_on]
            out.append(Offer(node, way, found, on, gone))
    unknown = [w for w in via or () if w not in possible]
    if unknown and possible:
        context.via_known(unknown[0], sorted(set(possible)))
    return out


def _wanted(state: ViewState, kind: int, way: str) -> bool:
    if state.kinds is None:
        return True
    return (KINDS[kind] if kind != 2 else way) in state.kinds or kind == 2


def _passing(found: Neighbours, state: ViewState, min_weight: float, is_edge: bool) -> Neighbours:
    """The neighbours inside the time and of enough weight; edges were looked at already."""
    if is_edge:
        return found
    keep = found.weight >= min_weight
    if state.time is not None:
        keep &= (found.first == NEVER) | ((found.first <= state.time[1]) & (found.last >= state.time[0]))
    return found.keep(keep)


def preview(state: ViewState, context: Context, nodes: Sequence[str], min_weight: float = 0.0) -> pd.DataFrame:
    """What expanding some nodes would bring, by relation and type of object.

    Returns
    -------
    DataFrame
        via, title, kind (what the neighbours are), n (different neighbours of all the nodes), shown, hidden, new,
        strongest (names of the strongest new ones), weight (of the strongest new one), bundled (whether a part would
        stand as one node). Ways that lead nowhere are left out.
    """
    u, rows = context.universe, []
    found = offers(state, context, nodes, None, min_weight)
    for way in dict.fromkeys(o.via for o in found):
        parts = [o for o in found if o.via == way]
        for kind in sorted({o.neighbours.kind for o in parts}):
            own = [o for o in parts if o.neighbours.kind == kind]
            codes = np.concatenate([o.neighbours.codes for o in own])
            weight = np.concatenate([o.neighbours.weight for o in own])
            placed, hidden = (np.concatenate([getattr(o, k) for o in own]) for k in ("placed", "hidden"))
            order = np.argsort(-weight, kind="stable")
            _, first = np.unique(codes[order], return_index=True)
            each = order[np.sort(first)]
            fresh = each[~placed[each]]
            names = u.names(kind, codes[fresh[:STRONGEST]])
            rows.append(
                {
                    "via": way,
                    "title": u.title(way),
                    "kind": way if kind == 2 else KINDS[kind],
                    "n": len(each),
                    "shown": int((placed & ~hidden)[each].sum()),
                    "hidden": int(hidden[each].sum()),
                    "new": len(fresh),
                    "strongest": ", ".join(context.label(n) for n in names),
                    "weight": float(weight[fresh[0]]) if len(fresh) else np.nan,
                    "bundled": any(int(o.new.sum()) > BUNDLE_ABOVE for o in own),
                }
            )
    columns = ["via", "title", "kind", "n", "shown", "hidden", "new", "strongest", "weight", "bundled"]
    return pd.DataFrame(rows, columns=columns)


def usual(context: Context, node: str) -> list[str] | None:
    """The ways an expansion takes where none is named: relations for an account, everything for what is no account."""
    kind = int(context.universe.codes([node])[0][0])
    return context.universe.relations if kind == ACCOUNT else None


def check_top(top: int) -> int:
    if top < 1:
        raise InputError(f"top is {top}", "gesture expand", "give the number of neighbours to add, 1 or more")
    return int(top)
