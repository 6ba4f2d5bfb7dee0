"""The tables of `--only templates`: what a run of each template takes, and the promises."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from ..speed import process
from ..speed.toolkit import cache
from .worlds import INPUT

Part = tuple[str, str, pd.DataFrame]
SIZES = (10_000, 100_000, 1_000_000)
PURPOSE = "Measuring how long a template takes and how much memory it needs."
# template, contents -> seconds, GiB; None where nothing is promised.
PROMISED: dict[tuple[str, int], tuple[float | None, float | None]] = {
    ("rapid_triage", 100_000): (60.0, None),
    ("coordinated_behaviour", 1_000_000): (600.0, 6.0),
}
ABOUT = (
    "A whole run in a new process: reading the file, the study, the views, report, workbook and manifest. Memory: the largest sum over the runner and its "
    "kernel. Contents are posts, for scam_ads ads, for escalation_trends tickets; all generated."
)


def templates(sizes: tuple[int, ...] = SIZES, only: tuple[str, ...] = ()) -> list[Part]:
    """Every template at every size, and the targets."""
    cache().mkdir(parents=True, exist_ok=True)
    rows = [_run(name, size) for size in sizes for name in INPUT if not only or name in only]
    table = pd.DataFrame(rows)
    return [("Targets", "", targets(table)), ("A run of each template, by size", ABOUT, table)]


def _run(name: str, contents: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="template-", dir=cache()))
    try:
        given = INPUT[name](folder, contents)
        command = [sys.executable, "-m", "investigate", "run", name, *given, "--case", str(folder / "case"), "--json"]
        try:
            used = process.run([*command, "-p", f"purpose={PURPOSE}"])
        except RuntimeError as error:  # said in the table, and the others are measured all the same
            row: dict[str, Any] = {"template": name, "contents": contents, "status": str(error).splitlines()[-1][:120]}
        else:
            row = {
                "template": name,
                "contents": contents,
                "seconds": round(used.wall_s, 1),
                "CPU s": round(used.cpu_s, 1),
                "peak GiB": round(used.peak_gib, 2),
                "status": "complete",
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("  " + ", ".join(f"{k} {v}" for k, v in row.items()), flush=True)
    return row


def targets(table: pd.DataFrame) -> pd.DataFrame:
    """One row per promise: what was promised, what was measured, and whether it is kept."""
    out = []
    for (name, contents), promised in PROMISED.items():
        found = table[(table["template"] == name) & (table["contents"] == contents)]
        for column, most in zip(("seconds", "peak GiB"), promised, strict=True):
            if most is None:
                continue
            value = found[column].iloc[0] if len(found) and column in found else None
            verdict = "not measured" if value is None or pd.isna(value) else "met" if value <= most else "not met"
            out.append(
                {"target": f"{name}, {contents:,}: {column}", "at most": most, "measured": value, "verdict": verdict}
            )
    return pd.DataFrame(out)
