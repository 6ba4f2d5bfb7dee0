"""A command in its own process: wall seconds, CPU seconds and peak memory of the whole process tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
EVERY_S = 0.02


@dataclass(frozen=True)
class Usage:
    """What a command used.

    Attributes
    ----------
    wall_s, cpu_s : float
        CPU: user and system, of the process and of all that it started and waited for.
    peak_gib : float
        Largest resident memory: the exact maximum of the process itself, or the largest sum over its tree seen in
        looks 20 ms apart, whichever is more. Pages that processes share count for each.
    said : dict
        The last line of its output, as JSON; empty where there is none.
    """

    wall_s: float
    cpu_s: float
    peak_gib: float
    said: dict[str, Any]


def run(command: list[str], env: dict[str, str] | None = None) -> Usage:
    """Run a command and measure it.

    Raises
    ------
    RuntimeError
        It failed; the end of what it wrote to its error stream is in the message.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said: dict[str, str] = {}
    readers = [
        threading.Thread(target=lambda n=name, f=file: said.__setitem__(n, f.read()))  # type: ignore[misc]
        for name, file in (("out", process.stdout), ("err", process.stderr))
    ]
    for reader in readers:
        reader.start()
    highest, stop = [0], threading.Event()
    looker = threading.Thread(target=_look, args=(process.pid, highest, stop))
    looker.start()
    for reader in readers:
        reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    stop.set()
    looker.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} ended with {process.returncode}:\n{said['err'][-2000:]}")
    last = (said["out"].strip().splitlines() or [""])[-1]
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(
        wall,
        usage.ru_utime + usage.ru_stime,
        max(usage.ru_maxrss * unit, highest[0]) / 2**30,
        json.loads(last) if last.startswith("{") else {},
    )


def python(module: str, *arguments: str | float | Path, env: dict[str, str] | None = None) -> Usage:
    """The same for a module of this repository, with this Python."""
    return run([sys.executable, "-m", module, *map(str, arguments)], env)


def _look(pid: int, highest: list[int], stop: threading.Event) -> None:
    """Keep the largest sum of resident memory over a process and its descendants."""
    try:
        top = psutil.Process(pid)
        while not stop.wait(EVERY_S):
            total = 0
            for one in (top, *top.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.Error:
                    continue
            highest[0] = max(highest[0], total)
    except psutil.Error:
        return
