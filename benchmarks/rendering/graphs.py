"""The graphs that are drawn: heavy-tailed, in planted communities, the same every time, laid out beforehand for everybody."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from investigate.files import replacing
from investigate.views import Group, Scene, scene
from investigate.views._layout import layout

SIZES = {2_000: 10_000, 10_000: 50_000}  # nodes: edges
COMMUNITIES = {2_000: 10, 10_000: 20}
INSIDE = 0.88  # share of the edges inside a community
COLOURS = ("#2b6cb0", "#c2571a", "#2a7d55", "#a0307a", "#6b46c1", "#80660a", "#0f7c88", "#b83232")


@dataclass(frozen=True)
class Graph:
    """Nodes by number, each edge once, and where everything stands."""

    edges: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    xy: npt.NDArray[np.float64]
    names: list[str]

    @property
    def n(self) -> int:
        return len(self.names)

    def size(self) -> str:
        return f"{self.n:,} / {len(self.edges):,}"


def graph(n: int, seed: int = 1) -> Graph:
    """A graph of `n` nodes with the edges of `SIZES`: who has many links gets more."""
    m, k = SIZES[n], COMMUNITIES[n]
    rng = np.random.default_rng(seed)
    group = np.sort(rng.integers(0, k, n))
    pools: list[list[int]] = [np.flatnonzero(group == g).tolist() for g in range(k)]
    everybody = list(range(n))
    found: set[tuple[int, int]] = set()
    while len(found) < m:
        a = int(rng.integers(0, n))
        pool = pools[group[a]] if rng.random() < INSIDE else everybody
        b = pool[int(rng.integers(0, len(pool)))]
        if a != b and (min(a, b), max(a, b)) not in found:
            found.add((min(a, b), max(a, b)))
            pools[group[b]].append(b)
            everybody.append(b)
    edges = np.array(sorted(found), dtype=np.int64)
    return Graph(edges, group, layout(n, edges, groups=group), [f"account{i:06d}" for i in range(n)])


def as_scene(g: Graph) -> Scene:
    names = np.array(g.names)
    nodes = pd.DataFrame({"id": names, "group": [f"g{c}" for c in g.group], "x": g.xy[:, 0], "y": g.xy[:, 1]})
    edges = pd.DataFrame({"a": names[g.edges[:, 0]], "b": names[g.edges[:, 1]]})
    groups = [Group(f"g{c}", f"Group {c + 1}") for c in range(int(g.group.max()) + 1)]
    return scene(nodes, edges, groups=groups, title="Benchmark")


def write_networkx(g: Graph, path: Path) -> Path:
    """A pickled NetworkX graph with group and places, which is what the others are given."""
    made = nx.Graph()
    made.add_nodes_from(
        (name, {"group": int(c), "x": float(x), "y": float(y)})
        for name, c, (x, y) in zip(g.names, g.group, g.xy, strict=True)
    )
    made.add_edges_from((g.names[a], g.names[b]) for a, b in g.edges)
    with replacing(path) as temporary:
        temporary.write_bytes(pickle.dumps(made))
    return path
