"""Leiden, near-duplicate texts and a whole run, each in its own process.

python -m benchmarks.speed.other leiden | near_duplicates
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ..quality.real import REAL
from . import process

LEIDEN_EDGES = 1_000_000


def leiden() -> dict[str, Any]:
    """One partition of a million generated edges, as the package makes it."""
    from investigate.communities import leiden as partition
    from investigate.engines import acts, read, sweep

    from .tables import data

    built = acts.build([("co_repost", read.read_actions(data(1_000_000, csv=False) / "actions.parquet"))])
    edges = sweep.co_action(built, "co_repost", 420.0, 1).edges
    edges = edges.nlargest(LEIDEN_EDGES, ["n_objects", "n_pairs"]) if len(edges) > LEIDEN_EDGES else edges
    begin, begin_cpu = time.perf_counter(), time.process_time()
    found = partition(edges)
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - begin_cpu,
        "edges": len(edges),
        "accounts": len(found),
        "parts": len(set(found.values())),
    }


def near_duplicates(n: int = 1_000_000) -> dict[str, Any]:
    from ..near_duplicates import near_duplicates as measured

    return dict(measured(n).iloc[0].items())


def others() -> dict[str, Any]:
    """Rows for the table, and the figures the targets look at."""
    rows: list[dict[str, Any]] = []
    used = process.python("benchmarks.speed.other", "leiden")
    told = used.said
    rows.append(
        {
            "what": f"Leiden, one partition of {told['edges']:,} edges between {told['accounts']:,} accounts",
            "seconds": told["seconds"],
            "peak GiB": used.peak_gib,
            "result": f"{told['parts']:,} parts",
        }
    )
    out: dict[str, Any] = {"rows": rows, "leiden_s": told["seconds"] if told["edges"] >= LEIDEN_EDGES else None}
    used = process.python("benchmarks.speed.other", "near_duplicates")
    out["near_duplicates"] = {**used.said, "peak GiB": used.peak_gib}
    rows.append(
        {
            "what": f"near-duplicate groups among {used.said['texts']} texts",
            "seconds": used.said["seconds"],
            "peak GiB": used.peak_gib,
            "result": f"recall {used.said['recall']:.4f} of {used.said['planted pairs at 0.8 or more']:,} planted edits "
            "at Jaccard 0.8 or more",
        }
    )
    koch = REAL / "ira_koch_2015-11-20_12-01.csv.gz"
    if koch.exists():
        with tempfile.TemporaryDirectory() as folder:
            used = process.run(
                [sys.executable, "-m", "investigate", "run", "coordinated_behaviour", "--data", str(koch), "--source",
                 "ira_tweets", "--case", str(Path(folder) / "case"), "-p", "purpose=benchmark on public data"]
            )  # fmt: skip
        rows.append(
            {
                "what": "`investigate run coordinated_behaviour`, Koch slice (57,560 rows)",
                "seconds": used.wall_s,
                "peak GiB": used.peak_gib,
                "result": "report, findings, tables",
            }
        )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["leiden", "near_duplicates"])
    print(json.dumps({"leiden": leiden, "near_duplicates": near_duplicates}[parser.parse_args().what](), default=float))


if __name__ == "__main__":
    main()
