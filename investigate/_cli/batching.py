"""Commands for many runs: batch, schedule."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ..errors import EXIT_PARTIAL, Stopped
from . import show
from .arguments import Json

if TYPE_CHECKING:
    from ..runs.status import RowState, State

PlanFile = Annotated[Path, typer.Argument(help="A plan: a TOML or YAML file, see docs/batch.md.", metavar="PLAN")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", help="Rows that run at the same time.", min=1)]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="The folder for status.json and index.html; by default <plan>-batch beside the plan.",
        metavar="DIR",
    ),
]
_STYLES = {"complete": "green", "partial": "yellow", "failed": "red", "stopped": "yellow", "running": "bold"}


def register(app: typer.Typer) -> None:
    app.command("batch")(batch)
    app.command("schedule")(schedule)


def batch(
    plan: PlanFile,
    jobs: Jobs = 2,
    out: Out = None,
    again: Annotated[bool, typer.Option("--again", help="Run complete rows again as well.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the plan and its files, and start nothing.")] = False,
    json: Json = False,
) -> None:
    """Run every row of a plan, each in a process of its own.

    The same command goes on after a crash or Ctrl-C; complete rows are kept unless what they are made from has changed.
    """
    from ..runs import batching

    if check:
        _check(plan, json)
        return
    with _ends_like_ctrl_c(), _table(quiet=json) as listener:
        try:
            result = batching.batch(plan, jobs=jobs, out=out, again=again, listener=listener)
        except KeyboardInterrupt:
            raise Stopped("stopped by you", "", "run the same command: it goes on with what is not complete") from None
    if json:
        show.as_json(result.state.record())
    else:
        _tell(result)
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _check(plan: Path, json: bool) -> None:
    from ..runs.rows import planned

    about, rows = planned(plan)
    wrong = [row for row in rows if row.problem]
    if json:
        told = [
            {
                "name": r.name,
                "template": r.template.name,
                "case": str(r.case),
                "error": {"what": r.problem.what, "where": r.problem.where, "do": r.problem.do} if r.problem else None,
            }
            for r in rows
        ]
        show.as_json({"title": about.title, "rows": told})
    else:
        show.table(
            ("row", "template", "case", "problem"),
            [(r.name, r.template.name, r.case, r.problem.message if r.problem else "") for r in rows],
        )
    if wrong:
        raise typer.Exit(EXIT_PARTIAL)


def _tell(result: Any) -> None:
    counts = result.state.counts()
    kept = sum(row.kept for row in result.state.rows)
    words = [f"{n} {name}" for name, n in counts.items() if n]
    show.say(f"{result.state.title}: {', '.join(words)}" + (f" ({kept} kept from an earlier batch)" if kept else ""))
    show.say(f"index: {result.index}", f"status: {result.status}")
    for row in result.state.rows:
        if row.status == "failed" and row.error:
            show.complain(f"row '{row.name}' failed: {row.error['what']}", row.error["where"], row.error["do"])
        elif row.status == "partial":
            show.complain(f"row '{row.name}' has no result in {', '.join(row.failed_sections)}", row.run)


@contextmanager
def _ends_like_ctrl_c() -> Iterator[None]:
    """SIGTERM, which service managers send, ends a batch as orderly as Ctrl-C does."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _table(quiet: bool) -> Iterator[Any]:
    """A table of all rows that follows the batch on a terminal; elsewhere one line on stderr as each row ends."""
    console = show.err()
    if quiet:
        yield None
    elif console.is_terminal:
        wide = Console(file=console.file, highlight=False)
        with Live(console=wide, transient=True, refresh_per_second=4) as live:
            yield lambda state: live.update(progress_table(state, wide.height))
    else:
        yield Lines()


class Lines:
    """A listener that says a line as each row ends."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[str, int]] = {}

    def __call__(self, state: State) -> None:
        for row in state.rows:
            now = (row.status, row.tries)
            if row.status in ("complete", "partial", "failed", "stopped") and self.said.get(row.name) != now:
                self.said[row.name] = now
                words = (row.status, "kept" if row.kept else "", _findings(row))
                show.note(f"{row.name}: {', '.join(word for word in words if word)}")


def progress_table(state: State, height: int) -> Table:
    """The rows as a table; where the terminal is too low for all, those that have ended well go first."""
    counts = ", ".join(f"{n} {name}" for name, n in state.counts().items() if n)
    shown = Table(box=None, pad_edge=False, header_style="bold", title=Text(f"{show.clean(state.title)}: {counts}"))
    shown.title_justify = "left"
    for column in ("row", "state", "section", "cells", "findings", "s"):
        shown.add_column(
            column, overflow="ellipsis", no_wrap=True, justify="right" if column in ("cells", "s") else "left"
        )
    rows, room = state.rows, max(height - 4, 3)
    if len(rows) > room:
        urgent = {"running": 0, "failed": 1, "partial": 2, "stopped": 3, "waiting": 4, "complete": 5}
        rows = sorted(rows, key=lambda row: urgent[row.status])[:room]
    for row in rows:
        cells = f"{row.cells_done}/{row.cells_total}" if row.status == "running" and row.cells_total else ""
        seconds = "" if row.seconds is None else f"{row.seconds:.0f}"
        section = row.section.replace("_", " ") if row.status == "running" else (row.error or {}).get("what", "")
        shown.add_row(
            Text(show.clean(row.name)),
            Text(row.status, style=_STYLES.get(row.status, "dim")),
            Text(show.clean(section)),
            cells,
            _findings(row),
            seconds,
        )
    if len(rows) < len(state.rows):
        shown.caption = Text(f"{len(state.rows) - len(rows)} more rows")
    return shown


def _findings(row: RowState) -> str:
    return row.findings if row.status in ("complete", "partial") else ""


def schedule(
    plan: PlanFile,
    every: Annotated[
        str,
        typer.Option(
            "--every",
            help="How often: `daily 06:00`, `weekdays 06:00`, `weekly mon 06:00`, `monthly 1 06:00`, `6h`, `15min`.",
        ),
    ],
    kind: Annotated[str, typer.Option("--as", help="For whom: cron, systemd or jupyter.")],
    zone: Annotated[str, typer.Option("--zone", help="The time zone of the times, as Europe/Oslo.")] = "UTC",
    jobs: Jobs = 2,
    root: Annotated[
        Path | None,
        typer.Option(
            "--root", help="For jupyter: the folder JupyterLab was started in; by default this one.", metavar="DIR"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the files into this folder instead of printing them.", metavar="DIR"),
    ] = None,
    json: Json = False,
) -> None:
    """Write what makes cron, systemd or jupyter-scheduler run a plan.

    It prints or writes text; nothing is installed, and nothing runs in the background."""
    from ..files import write_text
    from ..runs.scheduling import schedule as made

    # jupyter-scheduler finds the notebook where the job says: beside the plan, unless it is to lie elsewhere.
    files = made(plan, every, kind, zone=zone, jobs=jobs, root=root, folder=out)
    if out:
        paths = [write_text(out / name, text) for name, text in files.items()]
        if json:
            show.as_json({"files": [str(path) for path in paths]})
        else:
            show.say(*paths)
    elif json:
        show.as_json({"files": files})
    else:
        for name, text in files.items():
            if len(files) > 1:
                show.say(f"# {name}")
            show.say(*text.splitlines())
