"""What the commands print: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..progress import SHOWN_AFTER_S, Step, listening

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def clean(value: object) -> str:
    """Text for a terminal: control and direction characters, which data may carry, are made visible."""
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", str(value))


def out() -> Console:
    """The console for results; made anew, because tests and pipes change stdout."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


def err() -> Console:
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def say(*lines: object) -> None:
    """Print plain lines to stdout; nothing in them is read as markup."""
    for line in lines:
        out().print(Text(clean(line)))


def note(*lines: object) -> None:
    """Print plain lines to stderr."""
    for line in lines:
        err().print(Text(clean(line)), style="dim")


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False, default=str))


def complain(what: str, where: str = "", do: str = "") -> None:
    """An error in three short lines: what is wrong, where, what to do."""
    console = err()
    for label, text, style in (("error: ", what, "bold red"), ("where: ", where, "bold"), ("do:    ", do, "bold")):
        if text:
            one_line = " ".join(clean(text).split())
            console.print(Text.assemble((label, style), one_line))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; use --json for programs."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        shown.add_column(column, overflow="fold", no_wrap=index == 0)
    for row in rows:
        shown.add_row(*(Text(clean(cell)) for cell in row))
    # soft_wrap would cut the columns apart at the terminal's edge
    Console(file=sys.stdout, highlight=False).print(shown)


def pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Names and values, one per line."""
    listed = [(name, value) for name, value in rows if value not in ("", None)]
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        out().print(Text.assemble((f"{name:<{width}}  ", "bold"), clean(value)))


@contextmanager
def working(what: str, quiet: bool = False) -> Iterator[None]:
    """A spinner on stderr while something takes its time, and a bar for each computation of more than a second.

    The bars show what the computation reports through `investigate.progress`: share, rate and remaining time.
    """
    console = err()
    if quiet or not console.is_terminal:
        yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        bars.add_task(clean(what), total=None, detail="")
        with listening(Bars(bars)):
            yield


class Bars:
    """A listener that keeps one bar for each computation that has run for more than a second."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        if step.ended:
            if step.what in self.tasks:
                self.bars.remove_task(self.tasks.pop(step.what))
            return
        if step.elapsed_s < SHOWN_AFTER_S:
            return
        total = step.total if step.total > 0 else None
        detail = ", ".join(text for text in (step.rate_text, step.remaining_text) if text)
        if step.what not in self.tasks:
            self.tasks[step.what] = self.bars.add_task(clean(step.what), total=total, detail=clean(detail))
        self.bars.update(self.tasks[step.what], completed=step.done, total=total, detail=clean(detail))


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on stderr; on a terminal only."""
    console = err()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        yield bar
