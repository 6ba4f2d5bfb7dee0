"""What lies in the folder of a run that stopped: files of a killed process, files that no longer fit, a living kernel."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import OutsideError, TamperError
from ..files import sha256
from . import manifest
from .run import FINDINGS, GRAPH
from .runner import NOTEBOOK, REPORT

PATIENCE_S = 20  # a kernel looks once a second whether its starter still lives, and may be deep in a computation


def clear_temporary(folder: Path, but: Iterable[str] = ()) -> None:
    """Remove the half-written files that a killed process left; their names begin with a dot."""
    kept = {*but}
    for path in folder.rglob(".*"):
        if path.is_file() and path.name not in kept:
            path.unlink()


def clear(folder: Path) -> None:
    """Remove what the run has made, because all of it is made again; the marker stays, and files of other people."""
    made = {FINDINGS, GRAPH, REPORT, NOTEBOOK}
    if (folder / manifest.MANIFEST).is_file():
        made |= set(manifest.read(folder).get("outputs", {}))
    for name in made:
        (folder / name).unlink(missing_ok=True)
    for name in ("tables", "figures"):
        shutil.rmtree(folder / name, ignore_errors=True)


def drop_views(folder: Path, names: Iterable[str]) -> None:
    """Remove the files of views that are made again, or no longer shown."""
    for name in names:
        for path in (f"tables/{name}.csv", f"tables/{name}.parquet", f"figures/{name}.svg"):
            (folder / path).unlink(missing_ok=True)


def damaged(folder: Path) -> list[str]:
    """The files of an ended run that are missing, or not as its manifest says."""
    outputs = manifest.read(folder).get("outputs", {})
    return sorted(n for n, h in outputs.items() if not (folder / n).is_file() or sha256(folder / n) != h)


def refuse_if_rewritten(folder: Path, case: Case) -> None:
    """TamperError where the manifest of an ended run is not the one that the case log knows."""
    ended = [e for e in case.log.entries() if e["kind"] == "run_finished" and e["data"]["run"] == folder.name]
    path = folder / manifest.MANIFEST
    if not ended or not path.is_file() or (folder / manifest.MARKER).exists():
        return
    if sha256(path) != ended[-1]["data"]["manifest_sha256"]:
        raise TamperError(
            "the manifest was changed after the run, so its parameters cannot be trusted",
            str(path),
            "run `investigate verify` on the case; start a new run",
        )


def wait_for_kernel(record: Mapping[str, Any]) -> None:
    """Wait until the kernel of a killed run has ended; it does so by itself when it finds its starter gone.

    Raises
    ------
    OutsideError
        It is still at work after some seconds.
    """
    kernel = record.get("kernel") or {}
    pid, until = kernel.get("pid"), time.monotonic() + PATIENCE_S
    if not pid or kernel.get("host") != platform.node():
        return
    while _is_kernel(int(pid)):
        if time.monotonic() > until:
            raise OutsideError(
                "the kernel of the run is still at work", f"process {pid}", "end that process, or wait, then resume"
            )
        time.sleep(0.2)


def _is_kernel(pid: int) -> bool:
    """Whether a kernel lives under this number; numbers are given again, so the command line is looked at."""
    if pid == os.getpid():
        return False
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()  # where there is no /proc, nothing can be said
    except OSError:
        return False
    return b"ipykernel_launcher" in line
