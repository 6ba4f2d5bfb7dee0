"""coordination-network-toolkit, from PyPI, in an environment of its own under the cache folder.

It is no dependency of this package and never imported here: a small script runs inside its environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from .process import Usage, run
from .systems import digest

VERSION = "1.5.2"
WORKER = Path(__file__).with_name("toolkit_worker.py")


def cache() -> Path:
    """Where generated data and the toolkit's environment are kept: INVESTIGATE_BENCH_CACHE, or the user's cache folder."""
    given = os.environ.get("INVESTIGATE_BENCH_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "investigate-benchmarks"


def environment() -> Path | None:
    """The toolkit's Python, installed on the first call; None, with the reason printed, where that fails."""
    folder = cache() / f"coordination-network-toolkit-{VERSION}"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run(
                [*install, f"coordination-network-toolkit=={VERSION}"], check=True, stderr=subprocess.DEVNULL
            )
        except subprocess.CalledProcessError as error:
            print(f"coordination-network-toolkit {VERSION} could not be installed ({error}); its rows are left out")
            return None
        (folder / ".ready").touch()
    return python


def load(python: Path, file: Path) -> tuple[Path, Usage]:
    """A database with the messages of a file, in a temporary folder the caller removes, and what loading used."""
    database = Path(tempfile.mkdtemp(prefix="toolkit-", dir=cache())) / "messages.db"
    return database, run([str(python), str(WORKER), "load", str(database), str(file)])


def compute(python: Path, database: Path, window_s: float, least: int) -> tuple[Usage, str, int]:
    """The co-repost network of a loaded database: what it used, the digest of its directed edges, and their number.

    The network is computed on a copy, so that every window pays for its indexes, as the first one does.
    """
    copy = database.with_name("copy.db")
    for ending in ("", "-wal", "-shm"):
        if (source := Path(f"{database}{ending}")).exists():
            shutil.copyfile(source, f"{copy}{ending}")
    edges = database.with_name("edges.csv")
    try:
        used = run([str(python), str(WORKER), "compute", str(copy), str(window_s), str(least), str(edges)])
        table = pd.read_csv(edges, dtype={"user_1": "str", "user_2": "str", "weight": "int64"})
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)
    return used, digest(table), len(table)


def work(used: Usage) -> dict[str, Any]:
    """Seconds of the work, without the toolkit's imports and without writing the edges down; the imports apart."""
    said = used.said
    return {
        "wall": said["work_s"],
        "cpu": used.cpu_s - said["apart_cpu_s"],
        "start_wall": said["import_s"],
        "peak": used.peak_gib,
    }
