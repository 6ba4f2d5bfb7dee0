"""`python -m benchmarks`: measure quality and speed, print the tables, write them to benchmarks/results/."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

import pandas as pd

from investigate.files import write_text
from investigate.runs.manifest import versions

from .quality.measure import real, simulated, simulated_summary
from .quality.worlds import KINDS
from .speed import speed

RESULTS = Path(__file__).parent / "results"


def markdown(table: pd.DataFrame) -> str:
    def cell(value: object) -> str:
        if value is None or (isinstance(value, float) and pd.isna(value)):
            return ""
        return f"{value:.3f}" if isinstance(value, float) else str(value)

    head = "| " + " | ".join(table.columns) + " |\n|" + "---|" * len(table.columns)
    return "\n".join([head, *("| " + " | ".join(cell(v) for v in row) + " |" for row in table.itertuples(index=False))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="worlds of each kind")
    parser.add_argument("--only", choices=["simulated", "real", "speed"], action="append")
    chosen = parser.parse_args()
    parts = {
        "simulated": lambda: simulated_summary(simulated(range(chosen.seeds), KINDS)),
        "real": real,
        "speed": speed,
    }
    for name, make in parts.items():
        if chosen.only and name not in chosen.only:
            continue
        text = markdown(make())
        head = (
            f"# {name}\n\nMachine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}. Versions: "
            + ", ".join(f"{k} {v}" for k, v in versions().items())
            + ".\n\n"
        )
        write_text(RESULTS / f"{name}.md", head + text + "\n")
        print(f"\n{name}\n{text}")


if __name__ == "__main__":
    main()
