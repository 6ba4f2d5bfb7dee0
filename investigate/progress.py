"""How far a long computation is: one call says it, whoever wants to know listens.

A computation calls `report(done, total, unit, what)` between its chunks, or opens `track`. Without a listener that
is one look at an empty tuple. With one, the rate and the remaining time are computed here, and at most five steps a
second are passed on. Nothing is shown unless somebody asks: the output of a run stays the same every time.

    with progress.listening(print):
        case.relate()

    progress.show()          # in a notebook or a terminal: one line that updates, until progress.show(False)
"""

from __future__ import annotations

import math
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

INTERVAL_S = 0.2  # five steps a second at most
SMOOTHING_S = 3.0  # the rate forgets what was done longer ago than this, exponentially
SHOWN_AFTER_S = 1.0  # `show` keeps silent about anything shorter


@dataclass(frozen=True)
class Step:
    """How far one computation is.

    Attributes
    ----------
    what : str
        What is computed; computations that run beside each other need different names.
    done, total : float
        In `unit`. A total that is not known is NaN.
    elapsed_s : float
        Seconds since the first report.
    rate : float
        Units per second, smoothed over about three seconds; NaN before anything is done.
    remaining_s : float
        Seconds left at that rate; NaN where it cannot be known.
    ended : bool
        No further step follows. With `done` below `total` the computation was cut short.
    """

    what: str
    done: float
    total: float
    unit: str
    elapsed_s: float
    rate: float
    remaining_s: float
    ended: bool = False

    @property
    def share(self) -> float:
        """Done as a share of the total, 0 to 1; NaN where the total is not known."""
        return min(self.done / self.total, 1.0) if self.total > 0 else math.nan

    def __str__(self) -> str:
        share = "" if math.isnan(self.share) else f"{self.share:.0%}, "
        of = "" if math.isnan(self.total) else f" of {self.total:,.0f}"
        parts = [f"{self.what}: {share}{self.done:,.0f}{of} {self.unit}".rstrip()]
        if self.ended:
            stopped = not math.isnan(self.total) and self.done < self.total
            parts.append(f"{'stopped' if stopped else 'done'} after {clock(self.elapsed_s)}")
        else:
            parts += [text for text in (self.rate_text, self.remaining_text) if text]
        return ", ".join(parts)

    @property
    def rate_text(self) -> str:
        return "" if math.isnan(self.rate) else f"{_rounded(self.rate)} {self.unit}".rstrip() + "/s"

    @property
    def remaining_text(self) -> str:
        return "" if math.isnan(self.remaining_s) else f"{clock(self.remaining_s)} left"


Listener = Callable[[Step], object]


@dataclass
class _Running:
    """What is remembered of a computation between two reports."""

    started: float
    seen: float
    done: float
    rate: float = math.nan
    shown: bool = False


# Replaced whole, never changed in place: a report reads it without the lock.
_listeners: tuple[Listener, ...] = ()
_lock = threading.RLock()
_running: dict[str, _Running] = {}
_passed_on = -math.inf


def report(done: float, total: float, unit: str, what: str) -> None:
    """Say that `done` of `total` is done. Any thread may call it, as often as it likes.

    Parameters
    ----------
    done, total : float
        Counted in `unit`; a total that is not known is `math.nan`. At ``done >= total`` the computation has ended.
    unit : str
        Plural: "actions", "texts".
    what : str
        What is computed; fewer done than before under one name is a new beginning.

    Notes
    -----
    A listener that raises ends the computation: that is how a button can stop it. Ctrl-C passes through.
    """
    if _listeners:
        _pass_on(done, total, unit, what, ended=done >= total)


@contextmanager
def track(what: str, total: float, unit: str = "") -> Iterator[Callable[..., None]]:
    """A function `advance(n=1)` that counts up to `total`, from any thread; the end is reported either way.

    Examples
    --------
    >>> with track("reading", 3, "files") as advance:
    ...     for _ in range(3):
    ...         advance()
    """
    counted = 0.0
    counting = threading.Lock()

    def advance(n: float = 1) -> None:
        nonlocal counted
        with counting:
            counted += n
            now = counted
        # The end is said once, below: threads may finish in any order.
        if _listeners:
            _pass_on(now, total, unit, what, ended=False)

    if _listeners:
        _pass_on(0, total, unit, what, ended=False)
    try:
        yield advance
    finally:
        if _listeners:
            _pass_on(counted, total, unit, what, ended=True)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener(step)` with a `Step` at most five times a second, and at the end of each computation it saw.

    Steps come one at a time, in the order they were made, from the thread that reported.
    """
    _add(listener)
    try:
        yield
    finally:
        _remove(listener)


def clock(seconds: float) -> str:
    """Seconds as a clock shows them: '8 s', '1:05 min', '2:03:20 h'."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02} h" if hours else f"{minute}:{second:02} min"


def show(on: bool = True) -> None:
    """Show one line that updates, for everything over a second, until `show(False)`.

    In a Jupyter kernel the line stands in the output of the running cell; elsewhere on stderr, if that is a terminal.
    The line holds times, so a notebook that must give the same output every time should not call it.
    """
    global _shown
    with _lock:
        if _shown is not None:
            _remove(_shown)
            _shown = None
        if on:
            _shown = _Line()
            _add(_shown)


_shown: Listener | None = None


def _add(listener: Listener) -> None:
    global _listeners
    with _lock:
        _listeners = (*_listeners, listener)


def _remove(listener: Listener) -> None:
    global _listeners
    with _lock:
        _listeners = tuple(held for held in _listeners if held is not listener)
        if not _listeners:
            _running.clear()


def _pass_on(done: float, total: float, unit: str, what: str, *, ended: bool) -> None:
    global _passed_on
    with _lock:  # held while the listeners are called, so that steps never overtake each other
        now = time.monotonic()
        held = _running.get(what)
        if held is None or (done < held.done and not ended):
            held = _running[what] = _Running(now, now, done)
        due = now - _passed_on >= INTERVAL_S
        # A computation too short to be shown at its beginning is not shown at its end either.
        if not (due or (ended and held.shown)):
            if ended:
                _running.pop(what, None)
            return
        held.rate = _rate(held, now, done)
        held.seen, held.done, held.shown = now, done, True
        remaining = (total - done) / held.rate if held.rate > 0 and not ended else math.nan
        step = Step(what, done, total, unit, now - held.started, held.rate, max(remaining, 0.0), ended)
        _passed_on = now
        if ended:
            _running.pop(what, None)
        for listener in _listeners:
            listener(step)


def _rate(held: _Running, now: float, done: float) -> float:
    """The rate since the last step, blended into the one before by how long that was ago."""
    passed, made = now - held.seen, done - held.done
    if passed <= 0:
        return held.rate
    if math.isnan(held.rate):
        return made / passed if made > 0 else math.nan
    old = math.exp(-passed / SMOOTHING_S)
    return old * held.rate + (1 - old) * made / passed


def _rounded(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


class _Line:
    """The listener of `show`: one line in the cell's output, or on a terminal."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._cell: object = None
        self._width = 0

    def __call__(self, step: Step) -> None:
        if step.elapsed_s < SHOWN_AFTER_S:
            return
        text = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", " ", str(step))
        if (shell := _kernel()) is not None:
            self._in_cell(shell, text)
        elif sys.stderr is not None and sys.stderr.isatty():
            end = "\n" if step.ended else ""
            sys.stderr.write("\r" + text.ljust(self._width) + end)
            sys.stderr.flush()
            self._width = 0 if step.ended else len(text)

    def _in_cell(self, shell: Any, text: str) -> None:
        from IPython.display import display

        data = {"text/plain": text}  # plain text only: nothing in it is read as HTML
        if self._handle is None or self._cell != shell.execution_count:
            self._cell = shell.execution_count
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def _kernel() -> Any:
    """The shell of the Jupyter kernel this runs in, or None; IPython is looked at only where it is loaded already."""
    held = sys.modules.get("IPython")
    shell = held.get_ipython() if held is not None and hasattr(held, "get_ipython") else None
    return shell if shell is not None and hasattr(shell, "kernel") else None
