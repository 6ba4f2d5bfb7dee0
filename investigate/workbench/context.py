"""What gestures may look at: the case as numbers, what is visible of a state, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import InputError, nearest
from ..views._html import clip, plain
from . import sight as seeing
from .sight import Placed, Sight
from .state import ViewState
from .universe import Ints, Universe

# The fields of a state that decide what is visible.
_SEEN: tuple[str, ...] = (
    *("places", "hidden", "opened", "extra", "grouping", "unfolded", "edges", "relations", "kinds"),
    *("min_weight", "max_q", "lonely", "time"),
)


class Context:
    """The case and what was already worked out about the last states.

    Attributes
    ----------
    universe : Universe
    """

    def __init__(self, case: Any) -> None:
        self.case, self.universe = case, Universe(case)
        self._sights: list[tuple[tuple[Any, ...], Sight]] = []
        self._placed: list[tuple[Any, Placed]] = []
        self._operators: dict[str, str] | None = None
        self._tags: dict[str, list[str]] | None = None
        self._labels: dict[str, npt.NDArray[np.object_]] = {}

    # -- what people decided ---------------------------------------------------------------------------------------

    @property
    def operators(self) -> dict[str, str]:
        """Account -> the account that stands for its operator."""
        if self._operators is None:
            ask = getattr(self.case, "operators", None)
            self._operators = dict(ask()) if ask else {}
        return self._operators

    @property
    def tags(self) -> dict[str, list[str]]:
        """Tags of each node that has any, sorted."""
        if self._tags is None:
            ask = getattr(self.case, "tags", None)
            table = ask() if ask else None
            self._tags = {}
            for row in table.itertuples() if table is not None and len(table) else ():
                self._tags.setdefault(self.node_named(str(row.node)), []).append(str(row.tag))
            self._tags = {node: sorted(set(names)) for node, names in self._tags.items()}
        return self._tags

    def node_named(self, named: str) -> str:
        """The node of what the case log names: an account first, then a content or an object."""
        node = self.universe.node_of(named)
        return node if self.universe.codes([node])[0][0] == 0 else named

    def refresh(self) -> None:
        """Forget what was read of people's decisions; called when one is added."""
        self._operators = self._tags = None

    # -- what is visible -------------------------------------------------------------------------------------------

    def placed(self, state: ViewState) -> Placed:
        """The nodes on the canvas as arrays."""
        for places, held in self._placed:
            if places is state.places:
                return held
        found = seeing.placed(state, self.universe)
        self._placed = [(state.places, found), *self._placed[:2]]
        return found

    def sight(self, state: ViewState) -> Sight:
        """The visible part of a state."""
        key = (self.operators, *(getattr(state, name) for name in _SEEN))
        for held, found in self._sights:
            if all(x is y or (not isinstance(x, dict) and x == y) for x, y in zip(held, key, strict=True)):
                return found
        found = seeing.look(state, self.universe, self.placed(state), self.operators)
        self._sights = [(key, found), *self._sights[:3]]
        return found

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Each pair of linked accounts once, whatever the relations."""
        u = self.universe
        size = max(len(u.accounts), 1)
        low, high = np.minimum(u.a, u.b), np.maximum(u.a, u.b)
        once = np.unique(low * size + high)
        return once // size, once % size

    def shown_labels(self, accounts: Ints, choice: str) -> npt.NDArray[np.object_]:
        """What some accounts are called, fit for showing: "handle" or "id"."""
        names = self.universe.label if choice == "handle" else self.universe.accounts
        cache = self._labels.setdefault(choice, np.full(len(names), None, dtype=object))
        for i in accounts[pd.isna(cache[accounts])]:
            cache[i] = plain(names[i])[:200]
        out: npt.NDArray[np.object_] = cache[accounts]
        return out

    def drawn(self, state: ViewState, nodes: list[str]) -> dict[str, str]:
        """The visible node that each node is drawn in: itself, its group, or the account it is merged with."""
        sight = self.sight(state)
        out = {n: n for n in nodes if n in sight.shown}
        others = [n for n in nodes if n not in sight.shown]
        kinds, codes = self.universe.codes(others)
        for node, kind, code in zip(others, kinds.tolist(), codes.tolist(), strict=True):
            if kind == 0 and sight.folded[code] >= 0:
                out[node] = sight.nodes[sight.folded[code]]
        return out

    def rows_of(self, state: ViewState, link: Sequence[str]) -> list[int]:
        """The edges of the case behind a link [a, b, relation] as it is drawn, or else between the two accounts themselves.

        A fourth word, "own", asks for the accounts themselves where the nodes stand for several.
        """
        a, b, relation = link[:3]
        u, sight = self.universe, self.sight(state)
        own = u.rows_between(a, b, relation)
        if "own" in link[3:] or relation not in u.relations or a not in sight.number or b not in sight.number:
            return own
        ends = np.sort([sight.number[a], sight.number[b]])
        one, other = sight.folded[u.a], sight.folded[u.b]
        hit = (np.minimum(one, other) == ends[0]) & (np.maximum(one, other) == ends[1])
        hit &= (u.relation == u.relations.index(relation)) & seeing.passing(state, u)
        found = np.flatnonzero(hit)
        return found[np.argsort(-u.weight[found], kind="stable")].tolist() or own

    # -- checking what is asked ------------------------------------------------------------------------------------

    def on_canvas(self, state: ViewState, nodes: Iterable[str] | str) -> list[str]:
        """The nodes as a list without repeats; InputError where one is not on the canvas."""
        wanted = as_nodes(nodes)
        missing = [n for n in wanted if n not in state.places]
        if missing:
            # The screen shows names revealed and defanged; such a name stands for the node it was made from.
            shown = self._shown(state)
            wanted = as_nodes([n if n in state.places else shown.get(n, n) for n in wanted])
            missing = [n for n in wanted if n not in state.places]
        if missing:
            hint = nearest(missing[0], state.places) if len(state.places) < 2_000 else None
            raise InputError(
                f"{len(missing)} of {len(wanted)} nodes are not on the canvas, first '{clip(missing[0], 80)}'",
                "nodes of the view",
                (f"did you mean '{clip(hint, 80)}'? " if hint else "") + "add() puts a node of the case on the canvas",
            )
        return wanted

    def _shown(self, state: ViewState) -> dict[str, str]:
        """Nodes by the name the screen shows, where that differs and is no other node's."""
        names: dict[str, list[str]] = {}
        for node in state.places:
            names.setdefault(plain(node), []).append(node)
        return {name: nodes[0] for name, nodes in names.items() if len(nodes) == 1}

    def known(self, nodes: Iterable[str] | str) -> list[str]:
        """The nodes as a list without repeats; InputError where the case does not hold one."""
        wanted = as_nodes(nodes)
        kind, _ = self.universe.codes(wanted)
        missing = [n for n, k in zip(wanted, kind, strict=True) if k < 0]
        if missing:
            raise InputError(
                f"the case does not hold {len(missing)} of {len(wanted)} nodes, first '{clip(missing[0], 80)}'",
                "nodes of the case",
                "find(text) looks accounts and objects up",
            )
        return wanted

    def label(self, node: str, length: int = 40) -> str:
        """What a node is called, fit for showing."""
        return clip(self.universe.label_of(node), length)

    def named(self, nodes: Sequence[str], most: int = 3) -> str:
        """Some nodes in words: up to three names, and how many more."""
        names = ", ".join(self.label(n) for n in list(nodes)[:most])
        return names if len(nodes) <= most else f"{names} and {len(nodes) - most:,} more"

    @staticmethod
    def via_known(via: str, vias: Sequence[str]) -> str:
        """The same way to neighbours; UnknownNameError with the nearest one otherwise."""
        from ..errors import unknown

        if via not in vias:
            raise unknown("relation or type", via, vias)
        return via


def as_nodes(nodes: Iterable[str] | str) -> list[str]:
    """One node or several as a list without repeats, in the order given."""
    return list(dict.fromkeys([nodes] if isinstance(nodes, str) else [str(n) for n in nodes]))
