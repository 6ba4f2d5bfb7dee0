"""Time and memory: import of the package, and a full run from the command line on the Koch slice."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from .quality.measure import REAL


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds of a command, and the largest memory of any child so far, GiB."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20


def speed() -> pd.DataFrame:
    rows = []
    times = [measured([sys.executable, "-c", "import investigate"])[0] for _ in range(5)]
    bare = [measured([sys.executable, "-c", "pass"])[0] for _ in range(5)]
    rows.append(
        {
            "what": "import investigate, median of 5 (Python itself taken off)",
            "seconds": sorted(times)[2] - sorted(bare)[2],
            "peak GiB": None,
        }
    )
    path = REAL / "ira_koch_2015-11-20_12-01.csv.gz"
    if path.exists():
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = measured(
                [
                    sys.executable,
                    "-m",
                    "investigate",
                    "run",
                    "coordinated_behaviour",
                    "--data",
                    str(path),
                    "--source",
                    "ira_tweets",
                    "--case",
                    str(Path(folder) / "case"),
                    "-p",
                    "purpose=benchmark of the runner on public data",
                ]
            )
        rows.append(
            {
                "what": "investigate run coordinated_behaviour, Koch slice (57,560 rows)",
                "seconds": seconds,
                "peak GiB": memory,
            }
        )
    else:
        print(f"{path.name} is not here; set INVESTIGATE_DATA")
    return pd.DataFrame(rows)
