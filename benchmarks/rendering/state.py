"""Saving and reopening a view of the workbench: `python -m benchmarks.rendering.state make|reopen CASE`, each in its own process."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from .graphs import Graph, graph

GESTURES = 20


def make_case(g: Graph, folder: Path) -> Path:
    """A case whose edges are the graph's, with a view that shows all of them where the graph has them."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
    from workbench.worlds import made_case  # type: ignore[import-not-found]

    from investigate.workbench import Workbench

    rng = np.random.default_rng(0)
    names = g.names
    posts = [
        (f"p{i}", names[i % g.n], f"see https://example.com/{i % 500} #tag{i % 40}", float(at))
        for i, at in enumerate(rng.integers(0, 86_400 * 7, 3 * g.n))
    ]
    weight = rng.integers(2, 40, len(g.edges))
    links = [(names[a], names[b], "co_url", float(w), True) for (a, b), w in zip(g.edges, weight, strict=True)]
    community = {name: int(c) + 1 for name, c in zip(names, g.group, strict=True)}
    case = made_case(folder, posts, links, community)
    bench = Workbench(case)
    bench.filter(edges="all")
    bench.move({name: (float(x), float(y)) for name, (x, y) in zip(names, g.xy, strict=True)})
    bench.save()
    drawn = bench.scene()
    assert (len(drawn["ids"]), len(drawn["a"])) == (g.n, len(g.edges)), (len(drawn["ids"]), len(drawn["a"]))
    return folder


def gestures(case_folder: Path) -> dict[str, Any]:
    """Seconds until a gesture is on disk, the median and the slowest of several; and for a whole snapshot."""
    from investigate import Case
    from investigate.workbench import Workbench

    bench = Workbench(Case.open(case_folder))
    names = list(bench.scene()["ids"])[:GESTURES]
    taken = []
    for name in names:
        start = time.perf_counter()
        bench.move({name: (0.1, 0.2)})
        taken.append(time.perf_counter() - start)
    start = time.perf_counter()
    bench.save()
    saved = time.perf_counter() - start
    for _ in names:
        bench.undo()
    bench.save()
    return {"gesture_s": statistics.median(taken), "slowest_s": max(taken), "save_s": saved}


def reopen(case_folder: Path) -> dict[str, Any]:
    """Seconds in a new process from the folder to the scene that is sent to the screen; imports apart."""
    start = time.perf_counter()
    from investigate import Case
    from investigate.widgets._wire import pack
    from investigate.workbench import Workbench

    imported = time.perf_counter()
    bench = Workbench(Case.open(case_folder))
    opened = time.perf_counter()
    scene = bench.scene()
    sent = len(pack(scene))
    end = time.perf_counter()
    return {
        "import_s": imported - start,
        "open_s": opened - imported,
        "scene_s": end - opened,
        "nodes": len(scene["ids"]),
        "edges": len(scene["a"]),
        "sent_mb": sent / 1e6,
    }


if __name__ == "__main__":
    what, where = sys.argv[1:3]
    if what == "make":
        make_case(graph(int(sys.argv[3])), Path(where))
        print("{}")
    else:
        print(json.dumps(gestures(Path(where)) if what == "gestures" else reopen(Path(where))))
