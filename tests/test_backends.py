"""Graphs go through NetworkX's dispatching backends: a small one made here, and those that are installed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import networkx as nx
import pandas as pd
import pytest

import investigate.accessor  # noqa: F401 - registers df.investigate

BACKEND = """
import networkx as nx

class Wrapped:
    __networkx_backend__ = "wrapped"
    def __init__(self, held, asked):
        self.held, self.asked = held, asked
    def is_directed(self): return self.held.is_directed()
    def is_multigraph(self): return self.held.is_multigraph()

def convert_from_nx(graph, *, edge_attrs=None, **_):
    return Wrapped(graph, edge_attrs)

def convert_to_nx(result, **_):
    return result.held if isinstance(result, Wrapped) else result

def pagerank(graph, *_, **__):
    strength = dict(graph.held.degree(weight="weight"))
    print("asked for", sorted(graph.asked or {}))
    return {node: s / sum(strength.values()) for node, s in strength.items()}
"""


@pytest.fixture(scope="module")
def graph() -> nx.Graph:
    """Three accounts: a and b share four links, b and c two."""
    pairs = [("a", "b", f"ab{i}") for i in range(4)] + [("b", "c", f"bc{i}") for i in range(2)]
    rows = [
        (who, url, 1000 * n + late) for n, (one, two, url) in enumerate(pairs) for who, late in ((one, 0), (two, 7))
    ]
    frame = pd.DataFrame(rows, columns=["who", "url", "s"])
    frame["at"] = pd.Timestamp("2024-03-01T10:00:00Z") + pd.to_timedelta(frame["s"], unit="s")
    return frame.investigate.graph("who", "at", "url", unusual=False)


def test_a_backend_gets_the_graph_with_its_weights(graph, tmp_path):
    """A backend announced by an entry point is called by `backend=`, is given `weight`, and its answer comes back."""
    (tmp_path / "wrapped_backend.py").write_text(BACKEND, encoding="utf-8")
    info = tmp_path / "wrapped_backend-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wrapped-backend\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[networkx.backends]\nwrapped = wrapped_backend\n", encoding="utf-8")
    edges = [(a, b, d["weight"]) for a, b, d in graph.edges(data=True)]
    code = textwrap.dedent(f"""
        import networkx as nx
        graph = nx.Graph()
        graph.add_weighted_edges_from({edges!r})
        found = nx.pagerank(graph, backend="wrapped")
        print([round(found[node], 6) for node in "abc"])
        with nx.config(backend_priority=["wrapped"], fallback_to_nx=True):
            found = nx.pagerank(graph)
            print([round(found[node], 6) for node in "abc"], nx.number_connected_components(graph))
    """)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    shares = [4 / 12, 6 / 12, 2 / 12]
    expected = str([round(s, 6) for s in shares])
    assert done.stdout.splitlines() == ["asked for ['weight']", expected, "asked for ['weight']", f"{expected} 1"]


@pytest.mark.parametrize(("backend", "algorithm"), [("graphblas", "pagerank"), ("parallel", "betweenness_centrality")])
def test_installed_backends_agree_with_networkx(graph, backend, algorithm):
    """Where a backend is installed, its answer on our graphs is NetworkX's own to nine digits."""
    if backend not in nx.config.backends:
        pytest.skip(f"NetworkX backend '{backend}' is not installed")
    call = getattr(nx, algorithm)
    own, other = call(graph), call(graph, backend=backend)
    assert own == pytest.approx(dict(other), rel=1e-9)
