"""The speed tables: every system on the same generated actions, each in its own process, ratios from one run.

Seconds are CPU seconds of all threads and children where nothing else is said: they depend least on what else the
machine does. Wall seconds stand beside them.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from .. import generator
from . import process, toolkit
from .targets import targets

MODULE = "benchmarks.speed.systems"
NAMES = {
    "sweep": "investigate, sweep",
    "definition": "investigate's SQL definition on DuckDB (bucketed equi-join)",
    "range_join": "DuckDB, plain range self-join",
    "pandas_merge": "pandas, bucketed merge",
    "toolkit": f"coordination-network-toolkit {toolkit.VERSION}",
}
MINUTES = {10: "10 s", 60: "60 s", 300: "5 min", 900: "15 min", 3600: "1 h"}
# A shared machine only ever adds to a time, so the fastest of several runs counts: more of them where a run is short.
REPEATED = {"sweep": 5, "definition": 3, "range_join": 2, "pandas_merge": 2, "toolkit": 2}

Part = tuple[str, str, pd.DataFrame]


def said(window_s: int) -> str:
    return MINUTES.get(window_s, f"{window_s} s")


def data(rows: int, *, csv: bool = True) -> Path:
    """The folder with generated actions, made when it is not there."""
    folder = toolkit.cache() / f"actions-{rows}"
    generator.write(folder, rows, csv=csv)
    return folder


def one(
    system: str, file: Path, window_s: int, least: int = 2, *more: str | int, repeated: bool = True
) -> dict[str, Any]:
    """Seconds by phase, edges and memory of one run: the fastest from file to edges of as many as `REPEATED` says."""
    runs = []
    for _ in range(REPEATED.get(system, 1) if repeated else 1):
        used = process.python(MODULE, system, file, "--window", window_s, "--least", least, *more)
        cpu = {name: both[1] for name, both in used.said["phases"].items()}
        wall = {name: both[0] for name, both in used.said["phases"].items()}
        work = [p for p in ("read", "prepare", "compute") if p in cpu]
        runs.append(
            {
                "system": system,
                "window_s": window_s,
                "start": cpu["start"],
                "compile": cpu.get("compile"),
                "read": cpu.get("read"),
                "prepare": cpu.get("prepare"),
                "compute": cpu["compute"],
                "from_file": sum(cpu[p] for p in work),
                "from_file_wall": sum(wall[p] for p in work),
                "compute_wall": wall["compute"],
                "whole_wall": used.wall_s,
                "peak": used.peak_gib,
                "edges": used.said["n_edges"],
                "digest": used.said.get("digest", ""),
                "pairs": used.said.get("pairs_of_accounts"),
                "matches": used.said.get("matches"),
            }
        )
        print(
            f"  {system}, {said(window_s)}: compute {cpu['compute']:.2f}, from file {runs[-1]['from_file']:.2f} s",
            flush=True,
        )
    return min(runs, key=lambda r: r["from_file_wall"])


def toolkit_runs(folder: Path, windows: tuple[int, ...], repeats: int = 1) -> list[dict[str, Any]]:
    """The toolkit on the same rows: loaded, then computed for every window; nothing where it cannot be installed.

    Of several loads, and of several computations of a window, the fastest counts.
    """
    python = toolkit.environment()
    if python is None:
        return []
    loads = [toolkit.load(python, folder / "toolkit.csv") for _ in range(repeats)]
    database, rows = loads[0][0], []
    loaded = min((toolkit.work(used) for _, used in loads), key=lambda w: w["wall"])
    try:
        for window in windows:
            made = [toolkit.compute(python, database, window, 2) for _ in range(repeats)]
            _, found, edges = made[0]
            did = min((toolkit.work(used) for used, _, _ in made), key=lambda w: w["wall"])
            ours = process.python(
                MODULE, "sweep", folder / "actions.csv", "--window", window, "--least", 1, "--directed", 2
            )
            rows.append(
                {
                    "system": "toolkit",
                    "window_s": window,
                    "start": None,
                    "compile": None,
                    "read": loaded["cpu"],
                    "prepare": None,
                    "compute": did["cpu"],
                    "from_file": loaded["cpu"] + did["cpu"],
                    "from_file_wall": loaded["wall"] + did["wall"],
                    "compute_wall": did["wall"],
                    "whole_wall": loaded["wall"] + did["wall"] + loaded["start_wall"] + did["start_wall"],
                    "peak": max(loaded["peak"], did["peak"]),
                    "edges": edges,
                    "digest": "",
                    "same": found == ours.said["digest"],
                }
            )
            print(f"  toolkit, {said(window)}: load {loaded['cpu']:.1f}, compute {did['cpu']:.1f} s", flush=True)
    finally:
        for held, _ in loads:
            shutil.rmtree(held.parent, ignore_errors=True)
    return rows


def compared(rows: int, windows: tuple[int, ...], systems: tuple[str, ...], with_toolkit: bool) -> list[dict[str, Any]]:
    """Every system on the same CSV file with `rows` rows; `same` says whether the edges are those of the definition."""
    folder = data(rows)
    out = []
    for window in windows:
        few = rows <= 1_000_000 and window <= 600
        part = [one(system, folder / "actions.csv", window, repeated=few or system == "sweep") for system in systems]
        reference = next(r["digest"] for r in part if r["system"] == "definition")
        out += [{**r, "same": r["digest"] == reference} for r in part]
    if with_toolkit:
        out += toolkit_runs(folder, windows, REPEATED["toolkit"] if rows <= 1_000_000 else 1)
    return [{**r, "rows": rows} for r in out]


def comparison_table(runs: list[dict[str, Any]]) -> pd.DataFrame:
    order = list(NAMES)
    shown = sorted(runs, key=lambda r: (r["rows"], r["window_s"], order.index(r["system"])))
    return pd.DataFrame(
        [
            {
                "actions": f"{r['rows'] // 1_000_000}M" if r["rows"] >= 1_000_000 else f"{r['rows']:,}",
                "window": said(r["window_s"]),
                "system": NAMES[r["system"]],
                "imports": r["start"],
                "compile": r["compile"],
                "read": r["read"],
                "prepare": r["prepare"],
                "compute": r["compute"],
                "file to edges": r["from_file"],
                "the same, wall": r["from_file_wall"],
                "whole process, wall": r["whole_wall"],
                "peak GiB": r["peak"],
                "edges": r["edges"],
                "same edges": r["same"],
            }
            for r in shown
        ]
    ).astype({"same edges": object})


def per_pair(rows: int, windows: tuple[int, ...]) -> list[dict[str, Any]]:
    """The sweep under wider and wider windows: matches looked at, and the cost of each."""
    file = data(rows, csv=False) / "actions.parquet"
    few = rows <= 1_000_000
    return [{**one("sweep", file, window, 2, "--no-digest", repeated=few), "rows": rows} for window in windows]


def per_pair_table(runs: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "actions": f"{r['rows'] // 1_000_000}M" if r["rows"] >= 1_000_000 else f"{r['rows']:,}",
                "window": said(r["window_s"]),
                "matching pairs of actions": r["matches"],
                "pairs of accounts": r["pairs"],
                "edges with two objects or more": r["edges"],
                "compute": r["compute"],
                "compute, wall": r["compute_wall"],
                "microseconds per matching pair": 1e6 * r["compute"] / r["matches"] if r["matches"] else None,
                "file to edges, wall": r["from_file_wall"],
                "peak GiB": r["peak"],
            }
            for r in runs
        ]
    )


def start_table(rows: int) -> pd.DataFrame:
    """What is paid before the first row is read: imports, and the kernel compiled for the first time or loaded again."""
    file = data(rows, csv=False) / "actions.parquet"
    out = []
    with tempfile.TemporaryDirectory() as empty:
        for what in ("first run on a machine", "every later run"):
            used = process.python(MODULE, "sweep", file, "--no-digest", env={"NUMBA_CACHE_DIR": empty})
            phases = used.said["phases"]
            out.append(
                {
                    "when": what,
                    "imports, wall": phases["start"][0],
                    "kernel compiled or loaded, wall": phases["compile"][0],
                    "kernel, CPU": phases["compile"][1],
                }
            )
    bare, ours = (
        statistics.median(process.run([sys.executable, "-c", code]).wall_s for _ in range(5))
        for code in ("pass", "import investigate")
    )
    out.append({"when": "`import investigate` alone, median of 5, Python taken off", "imports, wall": ours - bare})
    return pd.DataFrame(out)


def spark_rows(rows: int) -> list[dict[str, Any]]:
    """Spark on this machine, where PySpark, Java and the engine are there."""
    there = importlib.util.find_spec("pyspark") and importlib.util.find_spec("investigate.engines.spark")
    if not there or shutil.which("java") is None:
        print("Spark: PySpark, Java or the engine is missing; its rows are left out")
        return []
    file, out = data(rows, csv=False) / "actions.parquet", []
    for window in (60, 3600):
        ours = process.python(MODULE, "sweep", file, "--window", window)
        used = process.python(MODULE, "spark", file, "--window", window)
        phases = used.said["phases"]
        out.append(
            {
                "actions": f"{rows:,}",
                "window": said(window),
                "start, wall": phases["start"][0],
                "file to file, wall": phases["compute"][0],
                "peak GiB": used.peak_gib,
                "edges": used.said["n_edges"],
                "same edges": used.said["digest"] == ours.said["digest"],
            }
        )
    return out


def speed(*, rows: int = 1_000_000, with_toolkit: bool = True) -> list[Part]:
    """The systems side by side, the targets, and what the sweep costs.

    Parameters
    ----------
    rows : int
        Actions of the main comparison.
    """
    windows = (10, 60, 3600)
    runs = compared(rows, windows, ("sweep", "definition", "range_join", "pandas_merge"), with_toolkit)
    cost = per_pair(rows, (10, 30, 60, 300, 900, 3600))
    cost.append(per_pair(10 * rows, (60,))[0])
    return [
        ("Systems on the same file", ABOUT, comparison_table(runs)),
        (
            "Targets",
            (
                "Ratios of the time that passed on this machine in this run; CPU seconds of all threads beside. Those of ten and fifty million "
                "actions are in large.md, those of Leiden and near-duplicates in others.md."
            ),
            _about(targets(runs, cost, {}, rows), OTHERS, held=False).loc[
                lambda t: ~t["target"].str.contains("10M, 60 s|50M")
            ],
        ),
        ("Cost of the sweep by window and size", COST, per_pair_table(cost)),
        ("Before the first row", "", start_table(rows)),
    ]


OTHERS = "Leiden|near-duplicates"


def _about(table: pd.DataFrame, words: str, *, held: bool) -> pd.DataFrame:
    """The targets that speak of something, or that do not."""
    return table[table["target"].str.contains(words) == held]


def rest(*, rows: int = 1_000_000) -> list[Part]:
    """Leiden, near-duplicates, a whole run, and Spark, each measured by itself."""
    from .other import others

    made: dict[str, Any] = others()
    return [
        ("Targets", "", _about(targets([], [], made, rows), OTHERS, held=True)),
        ("Other parts", "", pd.DataFrame(made["rows"])),
        ("Spark on this machine, local[2]", "The same SQL definition.", pd.DataFrame(spark_rows(rows))),
    ]


ABOUT = (
    "CPU seconds by phase; edges with at least two shared objects (the toolkit: two contents, by direction). Imports "
    "and compiled code are not in *file to edges*. Every row in a process of its own, the fastest of several (see `REPEATED`). `read` of the toolkit is its "
    "preload into SQLite. Same edges: compared with the SQL definition, counts included; for the toolkit its "
    "directed edges and weights."
)
COST = "From Parquet. Matching pairs are what an engine that keeps them has to hold; the sweep counts them."


def large(*, rows: int = 1_000_000, with_toolkit: bool = True) -> list[Part]:
    """Ten times as many actions against the toolkit and the range join, the quadratic trap, and fifty times for the memory."""
    runs = compared(10 * rows, (60,), ("sweep", "definition", "range_join"), with_toolkit)
    cost = per_pair(10 * rows, (60, 3600)) + per_pair(50 * rows, (60,))
    met = targets(runs, cost, {}, rows)
    return [
        ("Systems on the same file", ABOUT, comparison_table(runs)),
        (
            "Targets",
            "Ratios of the time that passed on this machine in this run; CPU seconds of all threads beside.",
            met[met["verdict"] != "not measured"],
        ),
        ("Cost of the sweep by window and size", COST, per_pair_table(cost)),
    ]
