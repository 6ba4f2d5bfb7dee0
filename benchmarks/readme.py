"""The measured parts of the README and of decision 0002, made from benchmarks/results/: `python -m benchmarks.readme`.

A test compares both with what this gives, so that no figure stands there that was not measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from investigate.files import write_text

from .machine import RESULTS, markdown
from .quality.measure import OURS
from .quality.peers import METHODS
from .speed.tables import NAMES

README = Path(__file__).resolve().parents[1] / "README.md"
DECISION = README.parent / "docs" / "decisions" / "0002-null-model.md"
NULLS_BEGIN, NULLS_END = "<!-- null models: begin, from benchmarks/results/nulls.md -->", "<!-- null models: end -->"
BEGIN, END = "<!-- measured: begin, made by `python -m benchmarks.readme` -->", "<!-- measured: end -->"
PEERS = (OURS, *METHODS)


def tables(name: str) -> dict[str, list[dict[str, Any]]]:
    """The tables of one results file by their headings; empty where it was not measured."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return {}
    return {t["heading"]: t["rows"] for t in json.loads(path.read_text(encoding="utf-8"))["tables"]}


def starting(held: dict[str, list[dict[str, Any]]], words: str) -> list[dict[str, Any]]:
    """The rows of the table whose heading begins with these words."""
    return next((rows for heading, rows in held.items() if heading.startswith(words)), [])


def known_answers() -> str:
    rows = starting(tables("real"), "Known answers")
    shown = [
        {
            "data": r["data"],
            "accounts known": r["known"],
            "group": r["status"],
            "members": r["all members: n"],
            "precision": r["all members: precision"],
            "recall": r["all members: recall"],
            "precision, 10+ tagged tweets": r["10+ tagged: precision"],
            "recall, 10+ tagged tweets": r["10+ tagged: recall"],
        }
        for r in rows
    ]
    return markdown(shown)


def worlds() -> str:
    rows = starting(tables("simulated"), "At default settings")
    keep = ("world", "window", "worlds", "precision", "recall", "worlds with a false supported group", "highest grade")
    return markdown([{k: r[k] for k in keep} for r in rows])


def beside() -> str:
    """One row per method: found where something is planted or known, flagged where nothing is."""
    world, real = tables("simulated"), tables("real")
    planted = {r["method"]: r for r in starting(world, "Beside other methods at their defaults: planted")}
    innocent = {r["method"]: r for r in starting(world, "Beside other methods at their defaults: accounts flagged per")}
    slices = {r["method"]: r for r in starting(real, "Beside other methods at their defaults: accounts flagged")}
    return markdown(
        [
            {
                "method": m,
                "planted (fast): precision": planted[m]["fast: precision"],
                "recall": planted[m]["fast: recall"],
                "Koch: precision": slices[m]["Koch: precision"],
                "Koch: recall": slices[m]["Koch: recall"],
                "flagged, organic crowd": slices[m]["organic control: flagged"],
                "flagged, push alerts": innocent[m]["push"],
                "flagged, fans": innocent[m]["fans"],
                "flagged, newsroom nobody listed": innocent[m]["newsroom_unlisted"],
            }
            for m in PEERS
            if m in planted and m in slices
        ]
    )


def speed() -> str:
    """CPU seconds from file to edges and for the computation alone, by system; sizes and windows as columns."""
    rows = [r for name in ("speed", "large") for r in starting(tables(name), "Systems on the same file")]
    out: dict[str, dict[str, Any]] = {}
    for r in rows:
        line = out.setdefault(r["system"], {"system": r["system"]})
        line[f"{r['actions']}, {r['window']}: file to edges"] = r["file to edges"]
        line[f"compute, {r['actions']}, {r['window']}"] = r["compute"]
    return markdown([out[name] for name in NAMES.values() if name in out])


def drawing() -> str:
    """One row per size and system in JupyterLab."""
    rows = starting(tables("rendering"), "In JupyterLab")
    keep = ("nodes / edges", "system", "first paint, s", "pan, fps", "pan, p95 ms", "zoom, p95 ms", "script heap, MB")
    return markdown([{k: r[k] for k in keep} for r in rows])


ON_REAL = (
    "Real public data with published labels (Internet Research Agency tweets; Linvill and Warren, Clemson University, "
    "published by FiveThirtyEight, CC BY 4.0), the group that fits the label best. The published-label baseline (TF-IDF "
    "cosine) reaches precision 0.86 and recall 0.963 on Koch, over accounts with ten or more tagged tweets."
)
ON_WORLDS = "Simulated worlds at default settings, *supported* findings only:"
ON_PEERS = (
    "Beside other methods at their defaults, on the same data (accounts; *flagged* is the mean per world, or the count on "
    "the organic crowd, 11,037 people and one boxing match, where nothing is known to be there):"
)
ON_SPEED = (
    "CPU seconds on generated, heavy-tailed actions, same file, same edges "
    "([all tables, memory, targets met and not met](benchmarks/results/speed.md), [ten and fifty million](benchmarks/results/large.md)):"
)
ON_DRAWING = (
    "Drawing in JupyterLab without a GPU, places given, first paint from the start of the cell that draws "
    "([pages, saving and reopening, targets](benchmarks/results/rendering.md)):"
)


def block() -> str:
    """The text between the two marks."""
    parts = [ON_REAL, known_answers(), ON_WORLDS, worlds(), ON_PEERS, beside(), ON_SPEED, speed()]
    if tables("rendering"):
        parts += [ON_DRAWING, drawing()]
    return "\n\n".join((BEGIN, *parts, END))


def null_models() -> str:
    """The table of decision 0002: ranking on generated actions and on worlds, and the rule at a false-discovery rate of 1 %."""
    held = tables("nulls")
    generated = {r["score"]: r for r in starting(held, "Generated")}
    kinds = [heading.partition(": ")[2] for heading in held if heading.startswith("Simulated worlds")]
    by = {kind: {r["score"]: r for r in held[f"Simulated worlds: {kind}"]} for kind in kinds}
    lines = []
    for score, r in generated.items():
        line: dict[str, Any] = {
            "score": score,
            "generated: average precision": r["average precision"],
            "recall at precision 0.9": r["recall at precision 0.9"],
            "best F1": r["best F1"],
        }
        for kind in kinds:
            line[f"{kind}: average precision"] = by[kind][score]["average precision"]
            line[f"{kind}, FDR 1 %: precision"] = by[kind][score].get("FDR 1 %: precision")
            line[f"{kind}, FDR 1 %: recall"] = by[kind][score].get("FDR 1 %: recall")
        lines.append(line)
    return "\n\n".join((NULLS_BEGIN, markdown(lines), NULLS_END))


def current(text: str, begin_mark: str = BEGIN, end_mark: str = END) -> str:
    """What stands between two marks, marks included; empty where they are missing."""
    begin, end = text.find(begin_mark), text.find(end_mark)
    return text[begin : end + len(end_mark)] if 0 <= begin < end else ""


def main() -> None:
    for path, made, marks in ((README, block(), (BEGIN, END)), (DECISION, null_models(), (NULLS_BEGIN, NULLS_END))):
        text = path.read_text(encoding="utf-8")
        old = current(text, *marks)
        if not old:
            raise SystemExit(f"{path.name}: the marks {marks[0]} and {marks[1]} are missing")
        write_text(path, text.replace(old, made))
        print(f"{path.name}: the measured part is up to date")


if __name__ == "__main__":
    main()
