"""How two selections hang together: the shortest way between them, and the neighbours they share."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from ...errors import InputError, unknown
from ..context import Context
from ..gesture import Change, gesture
from ..state import ViewState
from ..universe import ACCOUNT, OBJECT, Ints
from .growing import extended

THROUGH = ("accounts", "objects")
# What an unseen node, and an edge that says little, cost beside a step of 1: never a longer way, only a better one.
UNSEEN, QUIET = 1e-3, 1e-6


@gesture(title="Path", summary="Shows the shortest way between two selections.", group="grow")
def path(state: ViewState, context: Context, a: list[str], b: list[str], through: str = "accounts") -> Change:
    """Show the shortest way between two nodes, or between any of some nodes and any of others, and select it.

    Parameters
    ----------
    a, b : str or list of str
    through : str
        "accounts": links between accounts that pass the filter; "objects": also from an account to what it acted on.

    Notes
    -----
    Among equally short ways, one over nodes that are visible and links that say something is taken.
    """
    ones, others = _ends(state, context, a, b)
    through = _checked(context, [*ones, *others], through)
    graph = _Graph(state, context, through)
    start, goal = graph.numbers(ones), graph.numbers(others)
    cost, before, source = dijkstra(
        graph.costs(), directed=True, indices=start, min_only=True, return_predecessors=True
    )
    best = goal[int(np.argmin(cost[goal]))]
    if not np.isfinite(cost[best]):
        return Change(
            state,
            f"Looked for a path between {context.named(ones)} and {context.named(others)}: none",
            "There is no path.",
        )
    way = [int(best)]
    while way[-1] != int(source[best]):
        way.append(int(before[way[-1]]))
    way = way[::-1]
    nodes = graph.names(np.array(way))
    beside: list[tuple[str, list[str]]] = []
    for i, node in enumerate(nodes):
        if node not in state.places:
            beside.append((nodes[i - 1], [node]))
    after = extended(state, context, nodes, beside)
    after = replace(after, extra=after.extra | graph.links(way))
    after = replace(after, selected=frozenset(nodes))
    return Change(after, f"Path between {context.named(ones)} and {context.named(others)}: {len(nodes) - 1} steps")


@gesture(title="Common neighbours", summary="Adds what two selections are both linked to.", group="grow")
def common(
    state: ViewState, context: Context, a: list[str], b: list[str], through: str = "accounts", top: int = 50
) -> Change:
    """Add and select the neighbours that two selections share, those with the most links to both first.

    Parameters
    ----------
    a, b : str or list of str
    through : str
        "accounts", or "objects" for what both acted on as well.
    top : int
        How many at most; what is left out is said.
    """
    ones, others = _ends(state, context, a, b)
    through = _checked(context, [*ones, *others], through)
    graph = _Graph(state, context, through)
    start, goal = graph.numbers(ones), graph.numbers(others)
    matrix = graph.plain()
    left, right = (np.asarray(matrix[ends].sum(axis=0)).ravel() for ends in (start, goal))
    shared = np.flatnonzero((left > 0) & (right > 0))
    shared = shared[~np.isin(shared, np.concatenate([start, goal]))]
    shared = shared[np.lexsort((shared, -(left + right)[shared]))]
    kept = shared[: max(int(top), 1)]
    if not len(kept):
        return Change(
            state, f"Looked for common neighbours of {context.named(ones)} and {context.named(others)}: none",
            "They have no common neighbour.",
        )  # fmt: skip
    nodes = graph.names(kept)
    after = extended(state, context, nodes, [(ones[0], [n for n in nodes if n not in state.places])])
    after = replace(after, extra=after.extra | graph.between(kept, np.concatenate([start, goal])))
    after = replace(after, selected=frozenset(nodes))
    more = len(shared) - len(kept)
    return Change(
        after,
        f"Common neighbours of {context.named(ones)} and {context.named(others)}: {len(shared):,}",
        f"{more:,} more were left out: the {len(kept):,} with the most links are shown" if more else "",
    )


def _ends(state: ViewState, context: Context, a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    ones, others = context.on_canvas(state, a), context.on_canvas(state, b)
    if not ones or not others or set(ones) & set(others):
        raise InputError("two ends are needed that differ", "arguments a and b", "choose some nodes for each")
    kinds = context.universe.codes([*ones, *others])[0]
    if not np.isin(kinds, (ACCOUNT, OBJECT)).all():
        raise InputError(
            "an end is neither an account nor an object", "arguments a and b", "choose accounts or objects"
        )
    return ones, others


def _checked(context: Context, nodes: list[str], through: str) -> str:
    if through not in THROUGH:
        raise unknown("way", through, THROUGH, "argument through")
    return "objects" if (context.universe.codes(nodes)[0] == OBJECT).any() else through


class _Graph:
    """The accounts of a case, with objects behind them where asked, as one matrix."""

    def __init__(self, state: ViewState, context: Context, through: str) -> None:
        self.u, self.context, self.state = context.universe, context, state
        u = self.u
        self.n = len(u.accounts)
        keep = u.edge_mask(state.relations, state.min_weight, state.max_q, state.time)
        self.rows = np.flatnonzero(keep & (u.a != u.b))
        self.a, self.b, self.quiet = u.a[self.rows], u.b[self.rows], ~u.telling[self.rows]
        self.size = self.n
        if through == "objects":
            account, obj = u.links.pairs(state.time)
            self.size = self.n + u.links.n_objects
            self.a = np.concatenate([self.a, account])
            self.b = np.concatenate([self.b, obj + self.n])
            self.quiet = np.concatenate([self.quiet, np.ones(len(account), dtype=bool)])
            self.rows = np.concatenate([self.rows, np.full(len(account), -1)])

    def numbers(self, nodes: list[str]) -> Ints:
        kinds, codes = self.u.codes(nodes)
        return codes + np.where(kinds == OBJECT, self.n, 0)

    def names(self, numbers: Ints) -> list[str]:
        return [
            self.u.names(ACCOUNT if v < self.n else OBJECT, np.array([v if v < self.n else v - self.n]))[0]
            for v in numbers.tolist()
        ]

    def plain(self) -> sparse.csr_matrix:
        """1 where two nodes are linked in any way."""
        ends = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        out = sparse.csr_matrix((np.ones(len(ends[0])), ends), shape=(self.size, self.size))
        out.data[:] = 1
        return out

    def costs(self) -> sparse.csr_matrix:
        """The cost of a step: 1, and a little for what is unseen or says little."""
        seen = np.zeros(self.size, dtype=bool)
        sight = self.context.sight(self.state)
        seen[sight.accounts] = True
        objects = sight.code[sight.kind == OBJECT] + self.n
        seen[objects[objects < self.size]] = True
        here, there = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        cost: npt.NDArray[np.float64] = 1 + UNSEEN * ~seen[there] + QUIET * np.concatenate([self.quiet, self.quiet])
        order = np.lexsort((cost, there, here))  # of several links between two nodes the cheapest counts
        here, there, cost = here[order], there[order], cost[order]
        first = np.ones(len(here), dtype=bool)
        first[1:] = (here[1:] != here[:-1]) | (there[1:] != there[:-1])
        return sparse.csr_matrix((cost[first], (here[first], there[first])), shape=(self.size, self.size))

    def links(self, way: list[int]) -> frozenset[tuple[str, str, str]]:
        """The edges of the case along a way."""
        steps = [self.between(np.array([x]), np.array([y])) for x, y in pairwise(way)]
        return frozenset().union(*steps)

    def between(self, ones: Ints, others: Ints) -> frozenset[tuple[str, str, str]]:
        """The edges of the case between two sets of accounts, as keys."""
        u = self.u
        hit = (np.isin(self.a, ones) & np.isin(self.b, others)) | (np.isin(self.a, others) & np.isin(self.b, ones))
        rows = self.rows[hit]
        rows = rows[rows >= 0]
        return frozenset(
            (str(u.nodes[i]), str(u.nodes[j]), u.relations[r])
            for i, j, r in zip(u.a[rows], u.b[rows], u.relation[rows], strict=True)
        )
