"""Many runs with one command: each row of a plan in a process of its own, resumable, with a status file and an index."""

from __future__ import annotations

import contextlib
import os
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import EXIT_OK, EXIT_OUTSIDE, EXIT_PARTIAL, CaseError, InputError, InvestigateError, OutsideError
from ..files import sha256, write_text
from ..lock import Lock
from ..log import actor
from .background import Background
from .rows import Row, planned
from .status import ENDED, STATUS, RowState, State, earlier, now, relative, results_of, worst_first

INDEX = "index.html"
BUSY_S = 120  # how long a row waits for a case that another process works in; one that was killed needs a moment
_TICK_S = 0.5

Listener = Callable[[State], None]


@dataclass(frozen=True)
class BatchResult:
    """How a batch went: its state, its exit code (0 all complete, 4 some failed or partial), its two files."""

    state: State
    exit_code: int
    index: Path
    status: Path


def batch(
    plan: str | Path,
    *,
    jobs: int = 2,
    out: str | Path | None = None,
    again: bool = False,
    listener: Listener | None = None,
) -> BatchResult:
    """Run every row of a plan; the same call goes on with what is not complete.

    Parameters
    ----------
    plan : str or Path
        A plan, see `investigate.packs.plan.Plan`.
    jobs : int
        Rows that run at the same time, each in its own process. Rows with the same case folder run one after the other.
    out : str or Path, optional
        The folder for status.json and index.html; by default `<plan>-batch` beside the plan.
    again : bool
        Run complete rows again as well. Otherwise they are kept, unless the plan's row, a file it names, the template or
        this package's version has changed.
    listener : callable, optional
        Called with the state after every change.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputError
        The plan cannot be used; nothing was started.
    CaseError
        Another batch works in the same folder.
    OutsideError
        status.json cannot be written (a full disk): what runs was brought to its end, nothing more was started.
    KeyboardInterrupt
        Ctrl-C: what ran was ended in an orderly way and is run again by the next call.
    """
    plan = Path(os.path.abspath(plan))
    if jobs < 1:
        raise InputError(f"{jobs} jobs cannot work", "option --jobs", "give 1 or more")
    about, rows = planned(plan)
    folder = Path(os.path.abspath(out)) if out else plan.with_name(f"{plan.stem}-batch")
    with _alone(folder, f"batch of {plan.name}"):
        before = earlier(folder)
        states = [_first(row, before.get(row.name), folder, again) for row in rows]
        dropped = sorted(set(before) - {row.name for row in rows})
        title = about.title or plan.stem
        state = State(folder, relative(plan, folder), sha256(plan), title, jobs, states, dropped)
        return _Batch(state, rows, listener).run()


@contextmanager
def _alone(folder: Path, doing: str) -> Iterator[None]:
    """CaseError where another batch works in the folder; leftovers of one that was killed are removed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            f"cannot write: {error.strerror}", str(folder), "choose another folder with --out"
        ) from error
    lock = Lock(folder, "batch", alone=True)
    if other := lock.take(actor(), doing):
        raise CaseError(
            f"another batch works in this folder: {other}", str(folder), "wait for it, or give another --out"
        )
    try:
        for name in (STATUS, INDEX):
            for left in folder.glob(f".{name}.*"):
                left.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def _first(row: Row, before: RowState | None, folder: Path, again: bool) -> RowState:
    """How a row stands before anything starts: kept from the batch before, waiting, or failed at once."""
    new = RowState(row.name, row.template.name, relative(row.case, folder), tries=before.tries if before else 0)
    if row.problem is not None:
        return replace(new, status="failed", exit_code=row.problem.exit_code, error=_parts(row.problem), ended_at=now())
    new = replace(new, fingerprint=row.fingerprint())
    if before is None or again or before.status != "complete" or before.fingerprint != new.fingerprint:
        return new
    there = before.report and (folder / before.report).is_file() and (folder / before.run / "manifest.json").is_file()
    return replace(before, kept=True) if there and before.case == new.case else new


class _Batch:
    """One batch at work."""

    def __init__(self, state: State, rows: list[Row], listener: Listener | None) -> None:
        self.state, self.rows, self.listener = state, rows, listener
        self.events: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
        self.waiting = [n for n, row in enumerate(state.rows) if row.status == "waiting"]
        self.running: dict[int, Background] = {}
        self.busy: dict[int, float] = {}
        self.unwritten: InvestigateError | None = None

    def run(self) -> BatchResult:
        self.changed(index=True)
        if self.unwritten:  # nothing has been started, and nothing will be
            raise self.unwritten
        try:
            while self.running or (self.waiting and not self.unwritten):
                self.start_some()
                self.hear()
        except BaseException:
            self.stop()
            raise
        return self.end()

    def start_some(self) -> None:
        """Start rows while there are free places, in the plan's order, but never two on one case."""
        for number in list(self.waiting):
            if len(self.running) >= self.state.jobs or self.unwritten:
                return
            if self.is_free(number):
                self.waiting.remove(number)
                row = self.rows[number]
                tell = partial(self.tell, number)
                self.running[number] = Background(row.template_name, row.parameters, tell, tied=True)
                self.state.set(number, status="running", started_at=now(), tries=self.state.rows[number].tries + 1)
                self.changed()

    def tell(self, number: int, event: dict[str, Any]) -> None:
        """Hand an event over to the one thread that changes the state; called by the runs' own threads."""
        self.events.put((number, event))

    def is_free(self, number: int) -> bool:
        """Whether no other row and no other process works in the row's case; the latter is waited for only so long."""
        case = os.path.realpath(self.rows[number].case)
        if any(os.path.realpath(self.rows[other].case) == case for other in self.running):
            return False
        if Lock(Path(case), "run", alone=True).holder() is None:
            return True
        return time.monotonic() - self.busy.setdefault(number, time.monotonic()) > BUSY_S  # the run then says who it is

    def hear(self) -> None:
        with contextlib.suppress(queue.Empty):
            number, event = self.events.get(timeout=_TICK_S)
            if event["event"] == "ended":
                del self.running[number]
                self.ended(number, event)
            else:
                row = self.state.rows[number]
                self.state.set(number, cells_done=event["done"], cells_total=event["total"], section=event["section"])
                if row.section != event["section"]:
                    self.changed()
                elif self.listener:
                    self.listener(self.state)

    def ended(self, number: int, event: dict[str, Any]) -> None:
        folder = self.state.folder
        status = event["status"] if event["status"] in ENDED else "failed"
        self.state.set(
            number,
            status="stopped" if event["status"] == "cancelled" else status,
            section="",
            cells_done=self.state.rows[number].cells_total
            if status != "failed"
            else self.state.rows[number].cells_done,
            exit_code=event["exit_code"],
            ended_at=now(),
            seconds=event["seconds"],
            run=relative(event["folder"], folder),
            report=relative(event["report"], folder),
            error=event["error"],
            failed_sections=tuple(s["name"] for s in event["sections"] if s["status"] != "ok"),
            **(results_of(Path(event["folder"])) if event["folder"] and status != "failed" else {}),
        )
        self.changed(index=True)

    def changed(self, index: bool = False) -> None:
        """Write down what has changed. Where that fails, nothing more is started, and the end says why."""
        try:
            self.state.write()
            if index:
                write_index(self.state)
            self.unwritten = None
        except InvestigateError as error:
            self.unwritten = error
        if self.listener:
            self.listener(self.state)

    def stop(self) -> None:
        """End what runs in an orderly way, and write down where the batch stands."""
        for run in self.running.values():
            run.cancel()
        with contextlib.suppress(KeyboardInterrupt):  # a second Ctrl-C is answered by the runs' own time limits
            while self.running:
                self.hear()
        for number in list(self.running):
            self.state.set(number, status="stopped", section="")
        self.state.state, self.state.ended_at = "stopped", now()
        self.changed(index=True)

    def end(self) -> BatchResult:
        complete = all(row.status == "complete" for row in self.state.rows)
        code = EXIT_OK if complete else EXIT_PARTIAL
        if self.unwritten:
            code = EXIT_OUTSIDE
        self.state.state, self.state.ended_at = "stopped" if self.unwritten else "ended", now()
        self.state.exit_code = code
        self.changed(index=True)
        if self.unwritten:
            done = self.state.counts()["complete"]
            raise OutsideError(
                f"the state of the batch cannot be written, {done} of {len(self.rows)} rows are complete: "
                f"{self.unwritten.what}",
                self.unwritten.where,
                "free space, then run the same command: it goes on with what is not complete",
            )
        return BatchResult(self.state, code, self.state.folder / INDEX, self.state.folder / STATUS)


def write_index(state: State) -> Path:
    """Write index.html: every row with its counts and a link to its report, the worst first."""
    from ..report.index import index_page

    rows = [asdict(row) for row in worst_first(state.rows)]
    return write_text(state.folder / INDEX, index_page(state.record() | {"rows": rows}))


def _parts(error: InvestigateError) -> dict[str, str]:
    return {"what": error.what, "where": error.where, "do": error.do}
