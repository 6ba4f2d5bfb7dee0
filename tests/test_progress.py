"""Progress: what listeners are told, how often, and that it costs and changes nothing otherwise."""

from __future__ import annotations

import io
import math
import subprocess
import sys
import threading
from itertools import pairwise

import nbformat
import pytest
from nbclient import NotebookClient
from rich.console import Console
from rich.progress import Progress

from investigate import progress
from investigate._cli import show


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    turned = Clock()
    monkeypatch.setattr(progress, "time", turned)
    monkeypatch.setattr(progress, "_passed_on", -math.inf)
    return turned


@pytest.fixture
def steps() -> list[progress.Step]:
    return []


def test_without_a_listener_nothing_is_kept(clock):
    """A report nobody listens to leaves no trace."""
    progress.report(1, 10, "rows", "counting")
    with progress.track("reading", 3) as advance:
        advance()
    assert progress._running == {} and progress._listeners == ()


def test_rate_and_remaining_time(clock, steps):
    """At an even pace the rate is that pace, and the remaining time is what is left at it."""
    with progress.listening(steps.append):
        for done in range(0, 60, 10):
            progress.report(done, 100, "rows", "counting")
            clock.now += 1.0
    assert math.isnan(steps[0].rate) and math.isnan(steps[0].remaining_s)
    assert [s.rate for s in steps[1:]] == pytest.approx([10.0] * 5)
    assert steps[-1].remaining_s == pytest.approx(5.0) and steps[-1].elapsed_s == pytest.approx(5.0)
    assert str(steps[-1]) == "counting: 50%, 50 of 100 rows, 10 rows/s, 5 s left"


def test_the_rate_follows_a_change_of_pace_smoothly(clock, steps):
    """After a stall the rate falls step by step, never to nothing at once."""
    with progress.listening(steps.append):
        for done in (0, 100, 200, 200, 200, 200):
            progress.report(done, 1000, "rows", "counting")
            clock.now += 1.0
    rates = [s.rate for s in steps[2:]]
    assert all(a > b > 0 for a, b in pairwise(rates))
    assert rates[1] == pytest.approx(100 * math.exp(-1 / progress.SMOOTHING_S))


def test_at_most_five_steps_a_second(clock, steps):
    """A thousand reports a second for ten seconds are about fifty steps, and the last one is among them."""
    with progress.listening(steps.append):
        for done in range(10_001):
            progress.report(done, 10_000, "rows", "counting")
            clock.now += 0.001
    assert 45 <= len(steps) <= 52
    assert steps[-1].ended and steps[-1].done == 10_000
    assert str(steps[-1]).endswith("done after 10 s")


def test_many_short_computations_do_not_flood(clock, steps):
    """What is over before the next step is due is told neither at its beginning nor at its end."""
    with progress.listening(steps.append):
        for number in range(1000):
            progress.report(0, 1, "", f"task {number}")
            progress.report(1, 1, "", f"task {number}")
            clock.now += 0.001
    assert len(steps) <= 12
    assert [s.ended for s in steps] == [False, True] * (len(steps) // 2)
    assert progress._running == {}


def test_fewer_done_is_a_new_beginning(clock, steps):
    """The same name again starts a new clock and a new rate."""
    with progress.listening(steps.append):
        for done in (0, 50, 0):
            progress.report(done, 100, "rows", "counting")
            clock.now += 1.0
    assert steps[2].elapsed_s == 0 and math.isnan(steps[2].rate)


def test_unknown_total(clock, steps):
    """A total that is not known gives a rate and no remaining time, and never ends by itself."""
    with progress.listening(steps.append):
        for done in (0, 5_000):
            progress.report(done, math.nan, "rows", "reading")
            clock.now += 1.0
    assert not steps[1].ended and math.isnan(steps[1].share) and math.isnan(steps[1].remaining_s)
    assert str(steps[1]) == "reading: 5,000 rows, 5,000 rows/s"


def test_track_ends_once_even_when_cut_short(clock, steps):
    """An exception inside passes through, and the listener learns that nothing more comes."""
    listening = progress.listening(steps.append)
    with pytest.raises(ZeroDivisionError), listening, progress.track("reading", 10, "files") as advance:
        clock.now += 2.0
        advance(4)
        1 / 0  # noqa: B018
    assert [s.ended for s in steps] == [False, False, True]
    assert str(steps[-1]) == "reading: 40%, 4 of 10 files, stopped after 2 s"
    assert progress._listeners == ()


def test_threads_count_exactly(steps):
    """Four threads that advance together end at the sum, and steps arrive one at a time, never backwards."""
    inside = threading.Lock()

    def listen(step):
        assert inside.acquire(blocking=False), "two steps at once"
        steps.append(step)
        inside.release()

    with progress.listening(listen), progress.track("counting", 40_000, "rows") as advance:
        workers = [threading.Thread(target=lambda: [advance() for _ in range(10_000)]) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert steps[-1].ended and steps[-1].done == 40_000


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_a_listener_raises_passes_through(clock, stop):
    """A listener can stop a computation; the next one starts clean."""

    def listen(step):
        raise stop

    with pytest.raises(stop), progress.listening(listen):
        progress.report(1, 10, "rows", "counting")
    assert progress._listeners == () and progress._running == {}
    assert progress._lock.acquire(blocking=False), "the lock is free"
    progress._lock.release()


def test_ctrl_c_in_a_computation_passes_through(clock, steps):
    """Ctrl-C between two chunks is not swallowed."""
    with pytest.raises(KeyboardInterrupt), progress.listening(steps.append), progress.track("counting", 3) as advance:
        advance()
        raise KeyboardInterrupt


def test_clock():
    """Remaining times read like a clock."""
    assert [progress.clock(s) for s in (0.4, 59.4, 65, 7400)] == ["0 s", "59 s", "1:05 min", "2:03:20 h"]


def test_importing_it_loads_no_ipython():
    """The module imports nothing of a notebook or a terminal library."""
    code = "import sys, investigate.progress; print([m for m in ('IPython', 'rich', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_terminal_bars_show_only_what_takes_over_a_second(clock):
    """A bar comes after a second, with rate and remaining time, and goes at the end; control characters are visible."""
    out = io.StringIO()
    with Progress(console=Console(file=out, force_terminal=True), auto_refresh=False) as bars:
        listener = show.Bars(bars)
        with progress.listening(listener):
            progress.report(0, 100, "rows", "count\x1b[2Jing")
            assert bars.tasks == []
            clock.now += 2.0
            progress.report(50, 100, "rows", "count\x1b[2Jing")
            [task] = bars.tasks
            assert (task.completed, task.total) == (50, 100)
            assert task.description == "count\\u001b[2Jing"
            assert task.fields["detail"] == "25 rows/s, 2 s left"
            clock.now += 2.0
            progress.report(100, 100, "rows", "count\x1b[2Jing")
            assert bars.tasks == []


def test_working_is_silent_off_a_terminal(capsys):
    """In a pipe, and with --json, nothing is printed and nobody listens."""
    with show.working("relating"):
        assert progress._listeners == ()
    with show.working("relating", quiet=True):
        assert progress._listeners == ()
    assert capsys.readouterr() == ("", "")


def test_working_listens_on_a_terminal(monkeypatch, clock):
    """On a terminal the spinner's line is joined by the bar of a long computation, brackets left as they are."""
    out = io.StringIO()
    monkeypatch.setattr(show, "err", lambda: Console(file=out, force_terminal=True, width=120, force_interactive=True))
    with show.working("relating [bold]x[/bold]"):
        progress.report(0, 10, "rows", "counting")
        clock.now += 5.0
        progress.report(5, 10, "rows", "counting")
    assert "relating [bold]x[/bold]" in out.getvalue() and "5 s left" in out.getvalue()
    assert progress._listeners == ()


def test_show_writes_one_line_to_a_terminal(monkeypatch, clock):
    """Outside a notebook the line goes to stderr if that is a terminal, overwritten in place."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress.show()
    progress.show()  # twice is once
    try:
        for done in (0, 5, 10):
            progress.report(done, 10, "rows", "counting")
            clock.now += 2.0
    finally:
        progress.show(False)
    assert terminal.getvalue().split("\r")[1:] == [
        "counting: 50%, 5 of 10 rows, 2.5 rows/s, 2 s left",
        "counting: 100%, 10 of 10 rows, done after 4 s".ljust(len("counting: 50%, 5 of 10 rows, 2.5 rows/s, 2 s left"))
        + "\n",
    ]
    assert progress._listeners == ()


LONG = """
import time
for done in range(8):
    progress.report(done, 7, "chunks", "counting <b>")
    time.sleep(0.25)
"""


def test_in_a_kernel_one_line_and_only_when_asked(tmp_path):
    """In a notebook the line is one plain-text output; without `show()` a cell has no output at all."""
    cells = [
        nbformat.v4.new_code_cell(c)
        for c in ("from investigate import progress" + LONG, "progress.show()" + LONG, "progress.show(False)" + LONG)
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    silent, shown, silent_again = (cell.outputs for cell in notebook.cells)
    assert silent == [] and silent_again == []
    assert len(shown) == 1 and set(shown[0]["data"]) == {"text/plain"}
    assert shown[0]["data"]["text/plain"].startswith("counting <b>: 100%, 7 of 7 chunks, done after")
