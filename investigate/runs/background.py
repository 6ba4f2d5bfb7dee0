"""A run in a process of its own: whoever starts it stays free, hears of each section, and can end it.

The run goes on where the starter ends, unless it is tied to it: it needs nothing from it. The other side is
`python -m investigate.runs.background`; parameters go through a pipe, not through the command line that every user of
a machine can read.
"""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import EXIT_BUG, EXIT_OUTSIDE, InvestigateError, OutsideError

GRACE_S = 15  # for the kernel to be shut down in an orderly way
Listener = Callable[[dict[str, Any]], None]


class Background:
    """One run under way.

    Parameters
    ----------
    template, parameters
        As for `execute`.
    listener : callable
        Called with each event, in a thread: ``{"event": "section", "section", "done", "total"}`` as a cell starts; last
        of all ``{"event": "ended", ...}`` with `status` (complete, partial, failed, refused, cancelled), `exit_code`,
        `folder`, `report`, `sections`, `seconds` and `error` (what, where, do), the empty ones as None.
    tied : bool
        The run ends when its starter does, also when that one is killed; by default it goes on.
    """

    def __init__(self, template: str, parameters: dict[str, Any], listener: Listener, *, tied: bool = False) -> None:
        self._listener, self._cancelled, self._tied = listener, False, tied
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the run
        own = str(Path(__file__).resolve().parents[2])
        env = dict(os.environ)
        env["PYTHONPATH"] = os.pathsep.join(p for p in (own, env.get("PYTHONPATH", "")) if p)
        # A group of its own: Ctrl-C in the notebook, and a restart of its kernel, are not meant for the run.
        apart: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}
        )
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=env,
                **apart,
            )
        except OSError as error:
            raise OutsideError(f"the run cannot be started: {error.strerror}", sys.executable, "try again") from error
        self._thread = threading.Thread(target=self._hear, args=(template, parameters), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the run has ended and its last event was heard; False where it has not by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """End the run: in an orderly way, by force where that takes too long. The case stays whole and opens."""
        if self._process.poll() is None and not self._cancelled:
            self._cancelled = True
            threading.Thread(target=self._end, daemon=True).start()

    def _end(self) -> None:
        gentle = signal.SIGTERM if os.name == "nt" else signal.SIGINT
        for ask in (lambda: self._process.send_signal(gentle), self._process.terminate, self._process.kill):
            with contextlib.suppress(OSError):
                ask()
            try:
                self._process.wait(GRACE_S)
                return
            except subprocess.TimeoutExpired:
                continue

    def _hear(self, template: str, parameters: dict[str, Any]) -> None:
        last: dict[str, Any] | None = None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        asked = {"template": template, "parameters": parameters, "tied": self._tied}
        with contextlib.suppress(OSError):
            stdin.write(json.dumps(asked).encode() + b"\n")
            stdin.flush()
        if not self._tied:
            _close(stdin)
        for line in stdout:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if event.get("event") == "ended":
                    last = event
                else:
                    self._listener(event)
        stdout.close()
        code = self._process.wait()
        _close(stdin)
        if last is None or (self._cancelled and last["status"] == "failed"):
            last = self._without_word(code)
        self._stderr.close()
        self._listener(last)

    def _without_word(self, code: int) -> dict[str, Any]:
        if self._cancelled:
            error = {
                "what": "the run was cancelled",
                "where": "",
                "do": "run it again; the case is whole, and names the run as unfinished",
            }
            return ended("cancelled", 130, error=error)
        if code == -9:  # the system does it where memory runs out
            do = "free memory, or run fewer at a time; then run it again"
            return ended("failed", EXIT_OUTSIDE, error={"what": "the run was killed", "where": "", "do": do})
        self._stderr.seek(0)
        words = self._stderr.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        what = f"the run's process ended with code {code}" + (f": {words[-1][:300]}" if words else "")
        return ended("failed", EXIT_BUG, error={"what": what, "where": "", "do": "run it again"})


def ended(status: str, exit_code: int, **known: Any) -> dict[str, Any]:
    """The last event of a run."""
    empty: dict[str, Any] = {"folder": None, "report": None, "sections": [], "seconds": None, "error": None}
    return {"event": "ended", "status": status, "exit_code": exit_code, **empty, **known}


def _work(asked: dict[str, Any], tell: Listener) -> None:
    """The other side: execute, and tell how it went."""
    from dataclasses import asdict

    from . import execute

    def progress(section: str, done: int, total: int) -> None:
        tell({"event": "section", "section": section, "done": done, "total": total})

    try:
        result = execute(asked["template"], asked["parameters"], progress)
    except InvestigateError as error:
        parts = {"what": error.what, "where": error.where, "do": error.do}
        tell(ended("refused", error.exit_code, error=parts))
        return
    problem = result.error
    tell(
        ended(
            result.status,
            result.exit_code,
            folder=str(result.folder),
            report=str(result.report) if result.report else None,
            sections=[asdict(s) for s in result.sections],
            seconds=round(result.seconds, 1),
            error={"what": problem.what, "where": problem.where, "do": problem.do} if problem else None,
        )
    )


def main() -> None:
    """Read one request from stdin and write events to stdout, one JSON document a line."""
    # Whatever else prints to stdout must not stand between the events.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def tell(event: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # whoever started the run has gone; the run goes on
            out.write(json.dumps(event).encode() + b"\n")

    asked = json.loads(sys.stdin.buffer.readline())
    if asked.get("tied"):
        threading.Thread(target=_end_with_starter, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        _work(asked, tell)


def _end_with_starter() -> None:
    """Wait until the starter's end of the pipe is closed, which happens however it ends; then end this run."""
    with contextlib.suppress(OSError):
        # Not through sys.stdin: its lock would be held here while the interpreter wants to close it.
        while os.read(0, 1):
            pass
    if os.name == "nt":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE_S)
    os._exit(130)


def _close(pipe: Any) -> None:
    with contextlib.suppress(OSError):  # the other side has gone
        pipe.close()


if __name__ == "__main__":
    main()
