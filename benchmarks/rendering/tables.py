"""The tables of `--only rendering`, and the targets beside what was measured."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ..speed import process
from ..speed.toolkit import cache
from . import browser, systems
from .graphs import SIZES, Graph, graph, write_networkx

Part = tuple[str, str, pd.DataFrame]
FIRST_PAINT_S, PAN_FPS = 2.0, 40.0
METHOD = (
    "Chromium without a GPU (WebGL in software: ipysigma gets more on a machine with one), places given to everybody, nothing but this "
    "machine reachable; the best of {runs} runs, each in a fresh browser. First paint: until marks are on the canvas and two frames have passed. "
    "Pan: a drag of up to 60 mouse moves; zoom: 15 turns of the wheel. Ahead: better, or every frame of a screen with 60 a second (58 fps, 18 ms)."
)
ABOUT_PAGES = (
    "The frame of a report beside pyvis's own page with everything in line (it asks for two files elsewhere, refused here). "
    "ipysigma's page is empty without a network, so it has no row. `built`: CPU seconds of Python to make the page, places given."
)
ABOUT_STATE = (
    "A view with all nodes and edges. A gesture is on disk when it is answered. Reopening: a new process, from the folder to the "
    "bytes sent to the screen; imports apart."
)
# Column -> 1 where more is better, -1 where less; and what every frame of a screen with 60 a second comes to.
AHEAD = {"first paint, s": -1, "pan, fps": 1, "pan, p95 ms": -1, "zoom, p95 ms": -1}
EVERY_FRAME = {"first paint, s": 0.0, "pan, fps": 58.0, "pan, p95 ms": 18.0, "zoom, p95 ms": 18.0}
PAGES, LAB, STATE = "A page by itself", "In JupyterLab", "Saving and reopening a view"


def rendering(runs: int = 3, nodes: tuple[int, ...] = tuple(SIZES)) -> list[Part]:
    """Every table, in the order of the results file."""
    folder = Path(tempfile.mkdtemp(prefix="rendering-", dir=_made(cache())))
    try:
        graphs = {n: graph(n) for n in nodes}
        files = {n: write_networkx(g, folder / f"graph-{n}.pickle") for n, g in graphs.items()}
        for n in nodes:
            process.python(f"{__package__}.state", "make", folder / f"case-{n}", n)
        alone = _pages(graphs, files, folder, runs)
        lab = _lab(graphs, files, folder, runs)
        kept = _states(graphs, folder, runs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = METHOD.format(runs=runs) + f" Chromium {browser.version()}."
    return [
        ("Targets", "", targets(alone, lab)),
        (
            LAB,
            about
            + " First paint here is from the start of the cell that draws, in the kernel; the other column counts from "
            "*run all cells*, with imports and reading the graph (for us: opening the case).",
            lab,
        ),
        (
            PAGES,
            ABOUT_PAGES,
            alone,
        ),
        (
            STATE,
            ABOUT_STATE,
            kept,
        ),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _best(rows: list[dict[str, float]]) -> dict[str, float]:
    """The best of several runs, for everybody alike: what other work on the machine took away is least in it."""
    best: dict[str, float] = {}
    for key in rows[0]:
        values = [r[key] for r in rows if r[key] == r[key]] or [float("nan")]
        best[key] = max(values) if key.endswith("fps") else min(values)
    return best


def _row(size: str, system: str, measured: dict[str, float], **more: Any) -> dict[str, Any]:
    shown = {
        "nodes / edges": size,
        "system": system,
        "first paint, s": round(measured["paint_s"], 2),
        "pan, fps": round(measured["pan_fps"], 1),
        "pan, p95 ms": round(measured["pan_p95_ms"], 0),
        "zoom, p95 ms": round(measured["zoom_p95_ms"], 0),
        "script heap, MB": round(measured["heap_mb"], 0),
    }
    print("  " + ", ".join(f"{k} {v}" for k, v in shown.items()), flush=True)
    return shown | more


def _pages(graphs: dict[int, Graph], files: dict[int, Path], folder: Path, runs: int) -> pd.DataFrame:
    rows = []
    for n, g in graphs.items():
        for system in (systems.OURS, systems.PYVIS):
            start = time.process_time()
            page_file = (
                systems.our_page(g, folder) if system == systems.OURS else systems.pyvis_page(g, files[n], folder)
            )
            built = time.process_time() - start
            measured, refused = [], 0
            for _ in range(runs):
                with browser.pages() as new:
                    page = new()
                    frame, seconds = browser.painted(page, browser.open_file(page, page_file))
                    measured.append(
                        {"paint_s": seconds, **browser.movement(page, frame), "heap_mb": browser.heap_mb(page)}
                    )
                    refused = len(page.refused)
            size = round(page_file.stat().st_size / 1e6, 2)
            rows.append(
                _row(
                    g.size(),
                    system,
                    _best(measured),
                    built=round(built, 2),
                    **{"page, MB": size, "requests refused": refused},
                )
            )
    return pd.DataFrame(rows)


@contextlib.contextmanager
def _server(folder: Path, paths: dict[str, str]) -> Iterator[Any]:
    """The JupyterLab that the tests use, with ipysigma beside."""
    sys.path.insert(0, str(process.ROOT / "tests"))
    from lab.server import Lab  # type: ignore[import-not-found]

    # byte code is kept, as after any installation by pip; otherwise every kernel would compile everything again
    paths = {**paths, "PYTHONPYCACHEPREFIX": str(cache() / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    held = {name: os.environ.get(name) for name in paths}
    joined = {
        name: value if name.startswith(("PYTHONPYC", "PYTHOND")) else os.pathsep.join(filter(None, [value, held[name]]))
        for name, value in paths.items()
    }
    os.environ.update(joined)
    server = Lab(_made(folder / "jupyter"), _made(folder / "notebooks"))
    try:
        yield server
    finally:
        server.close()
        for name, value in held.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _lab(graphs: dict[int, Graph], files: dict[int, Path], folder: Path, runs: int) -> pd.DataFrame:
    sigma = systems.sigma_environment()
    rows = []
    with _server(folder, systems.sigma_paths(sigma) if sigma else {}) as server:
        for n, g in graphs.items():
            cells = systems.notebooks(g, files[n], folder / f"case-{n}", with_sigma=sigma is not None)
            for i, (system, code) in enumerate(cells.items()):
                measured, refused = [], 0
                for run in range(runs):
                    book = server.write(f"b{n}-{i}-{run}.ipynb", *code)
                    with browser.pages() as new:
                        page = new()
                        server.open(page, book)
                        started = time.time() * 1000
                        server.run_all(page)
                        frame, seconds = browser.painted(page, started)
                        with server.kernel(book) as ask:
                            began = ask("began")
                        heap = browser.heap_mb(page)
                        paint = seconds - (began - started / 1000)
                        measured.append(
                            {"paint_s": paint, "all_s": seconds, **browser.movement(page, frame), "heap_mb": heap}
                        )
                        refused = len(page.refused)
                    server.kill_kernel(book)
                best = _best(measured)
                more = {"with imports and reading, s": round(best["all_s"], 2), "requests refused": refused}
                rows.append(_row(g.size(), system, best, **more))
    return pd.DataFrame(rows)


def _states(graphs: dict[int, Graph], folder: Path, runs: int) -> pd.DataFrame:
    module = f"{__package__}.state"
    rows = []
    for n, g in graphs.items():
        said = [
            process.python(module, "reopen", folder / f"case-{n}").said
            | process.python(module, "gestures", folder / f"case-{n}").said
            for _ in range(runs)
        ]
        best = _best(said)
        rows.append(
            {
                "nodes / edges": g.size(),
                "gesture on disk, s": round(best["gesture_s"], 3),
                "slowest of 20, s": round(best["slowest_s"], 3),
                "snapshot, s": round(best["save_s"], 3),
                "reopen case and view, s": round(best["open_s"], 2),
                "scene packed, s": round(best["scene_s"], 2),
                "imports, s": round(best["import_s"], 2),
                "sent, MB": round(best["sent_mb"], 2),
            }
        )
        print("  " + ", ".join(f"{k} {v}" for k, v in rows[-1].items()), flush=True)
    return pd.DataFrame(rows)


def targets(alone: pd.DataFrame, lab: pd.DataFrame) -> pd.DataFrame:
    """What is wanted, what was measured, and whether it was met."""
    rows: list[dict[str, Any]] = []
    for where, table in ((LAB, lab), (PAGES, alone)):
        for size, part in table.groupby("nodes / edges", sort=False):
            own = part[part["system"] == systems.OURS].iloc[0]
            for _, theirs in part[part["system"] != systems.OURS].iterrows():
                for column, faster in AHEAD.items():
                    wanted = f"{'more' if faster > 0 else 'less'} than {theirs[column]:g} ({theirs['system']})"
                    met = ahead(float(own[column]), float(theirs[column]), faster, EVERY_FRAME[column])
                    rows.append(_target(f"{where}, {size}: {column}", wanted, own[column], met))
            if size.startswith("10,000"):
                paint, pan = own["first paint, s"], own["pan, fps"]
                rows.append(
                    _target(
                        f"{where}, {size}: first paint, s", f"less than {FIRST_PAINT_S:g}", paint, paint < FIRST_PAINT_S
                    )
                )
                rows.append(_target(f"{where}, {size}: pan, fps", f"at least {PAN_FPS:g}", pan, pan >= PAN_FPS))
    return pd.DataFrame(rows)


def ahead(own: float, theirs: float, faster: int, every_frame: float) -> bool:
    """Whether ours is better, or both draw every frame of a screen with 60 a second, which nobody can better."""
    if faster * (own - theirs) > 0:
        return True
    return faster * (own - every_frame) >= 0


def _target(what: str, wanted: str, measured: float, met: bool) -> dict[str, Any]:
    return {"target": what, "wanted": wanted, "measured": float(measured), "met": bool(met)}
