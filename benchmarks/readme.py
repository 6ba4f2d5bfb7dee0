"""The measured part of the README, made from the files in benchmarks/results/: `python -m benchmarks.readme`.

A test compares the README with what this gives, so that no figure stands there that was not measured.
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
    """CPU seconds from file to edges and for the computation alone, by system; windows as columns."""
    rows = starting(tables("speed"), "Systems on the same file")
    out: dict[str, dict[str, Any]] = {}
    for r in rows:
        line = out.setdefault(r["system"], {"system": r["system"]})
        line[f"{r['actions']}, {r['window']}: file to edges"] = r["file to edges"]
        line[f"compute, {r['actions']}, {r['window']}"] = r["compute"]
    return markdown([out[name] for name in NAMES.values() if name in out])


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
    "([all tables, memory, targets met and not met](benchmarks/results/speed.md)):"
)


def block() -> str:
    """The text between the two marks."""
    parts = (ON_REAL, known_answers(), ON_WORLDS, worlds(), ON_PEERS, beside(), ON_SPEED, speed())
    return "\n\n".join((BEGIN, *parts, END))


def current(readme: str) -> str:
    """What stands between the marks of a README, marks included; empty where they are missing."""
    begin, end = readme.find(BEGIN), readme.find(END)
    return readme[begin : end + len(END)] if 0 <= begin < end else ""


def main() -> None:
    readme = README.read_text(encoding="utf-8")
    write_text(README, readme.replace(current(readme), block()))
    print(f"{README.name}: the measured part is up to date")


if __name__ == "__main__":
    main()
