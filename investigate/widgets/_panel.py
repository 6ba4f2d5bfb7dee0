"""What the panels have in common: headings, messages, the call behind a button, and work that leaves the kernel free."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as w

from .. import progress
from ..errors import InvestigateError
from ..views._html import escape, markup, reveal
from ..views._palette import tokens_css

CSS = """
.iv-panel{background:var(--iv-bg);color:var(--iv-ink);border:1px solid var(--iv-line);border-radius:6px;
 padding:12px 16px 16px;max-width:60rem;box-sizing:border-box;overflow:visible}
.iv-panel .widget-box{overflow:visible}
.iv-panel .widget-html-content,.iv-panel .jupyter-widgets.widget-html .widget-html-content{line-height:1.45;color:var(--iv-ink);overflow-wrap:anywhere}
.iv-panel .widget-label{color:var(--iv-ink);overflow:visible}
.iv-panel h2.iv-h,.iv-panel h3.iv-h{margin:0;color:var(--iv-ink);font-weight:600}
.iv-panel h2.iv-h{font-size:1.25rem}.iv-panel h3.iv-h{font-size:1.02rem;padding-top:12px;border-top:1px solid var(--iv-line);margin-top:10px}
.iv-panel .iv-help{color:var(--iv-muted);font-size:.85rem;margin:0}
.iv-panel .iv-msg{border:1px solid;border-left-width:4px;border-radius:4px;padding:6px 10px;margin:4px 0}
.iv-panel .iv-msg.iv-bad{background:var(--iv-bad-bg);color:var(--iv-bad-ink);border-color:var(--iv-bad-line)}
.iv-panel .iv-msg.iv-good{background:var(--iv-good-bg);color:var(--iv-good-ink);border-color:var(--iv-good-line)}
.iv-panel .iv-msg.iv-note{background:var(--iv-panel);color:var(--iv-ink);border-color:var(--iv-line)}
.iv-panel .iv-msg dl,.iv-panel dl.iv-parts{display:grid;grid-template-columns:max-content 1fr;gap:0 10px;margin:0}
.iv-panel .iv-msg dt{font-weight:600}.iv-panel .iv-msg dd{margin:0}
.iv-panel .iv-call{margin:2px 0 6px}
.iv-panel .iv-call span{color:var(--iv-muted);font-size:.85rem}
.iv-panel .iv-call pre{margin:2px 0 0;padding:6px 8px;background:var(--iv-panel);border:1px solid var(--iv-line);border-radius:4px;
 white-space:pre-wrap;overflow-wrap:anywhere;font-family:var(--jp-code-font-family,monospace);font-size:.8rem;color:var(--iv-ink)}
.iv-panel table.iv-facts{border-collapse:collapse;font-size:.9rem;margin:2px 0;width:100%}
.iv-panel table.iv-facts caption{text-align:left;font-weight:600;padding:2px 0}
.iv-panel table.iv-facts th,.iv-panel table.iv-facts td{text-align:left;vertical-align:top;padding:2px 14px 2px 0;border-bottom:1px solid var(--iv-line);font-weight:400}
.iv-panel table.iv-facts th[scope=row]{color:var(--iv-muted);white-space:pre-wrap;min-width:9rem}
.iv-panel table.iv-facts th[scope=col]{font-weight:600}
.iv-panel ol.iv-steps{list-style:none;margin:2px 0;padding:0;display:flex;flex-wrap:wrap;gap:4px 14px;font-size:.9rem}
.iv-panel ol.iv-steps li{margin:0}
.iv-panel ol.iv-steps .iv-now{font-weight:600}.iv-panel ol.iv-steps .iv-later{color:var(--iv-muted)}
.iv-panel ol.iv-steps .iv-failed{color:var(--iv-bad-ink);font-weight:600}
.iv-panel a{color:var(--iv-accent);text-decoration:underline}
.iv-panel .iv-under .iv-help,.iv-panel .iv-field .iv-help,.iv-panel .iv-field .iv-msg{margin-left:calc(11rem + 10px)}
@media(max-width:44rem){.iv-panel .iv-under .iv-help,.iv-panel .iv-field .iv-help,.iv-panel .iv-field .iv-msg{margin-left:0}}
.iv-panel .iv-stage{margin-top:8px}
.iv-panel button:focus-visible,.iv-panel input:focus-visible,.iv-panel select:focus-visible,.iv-panel textarea:focus-visible,.iv-panel a:focus-visible{
 outline:2px solid var(--iv-accent)!important;outline-offset:1px}
.iv-panel .iv-wrong input,.iv-panel .iv-wrong select,.iv-panel .iv-wrong textarea{border:2px solid var(--iv-bad-ink)!important}
.iv-panel .jupyter-button{width:auto;min-width:8rem;padding:0 12px}
.iv-panel .jupyter-button.mod-primary{background:var(--iv-accent);color:var(--iv-bg)}
.iv-panel iframe.iv-preview{width:100%;height:36rem;border:1px solid var(--iv-line);background:#fff}
"""
WIDE = "calc(100% - 4px)"  # ipywidgets puts a margin of 2px around everything
LABEL = {"description_width": "11rem"}


def style_sheet() -> w.HTML:
    """The panels' colours and distances; they follow JupyterLab's theme."""
    return w.HTML(f"<style>{tokens_css('.iv-panel')}{CSS}</style>", layout={"display": "none"})


def heading(text: str, level: int = 3) -> w.HTML:
    """A heading in words of our own."""
    return w.HTML(f'<h{level} class="iv-h">{escape(text)}</h{level}>')


def help_text(text: str) -> w.HTML:
    """A line in small print; escaped."""
    return w.HTML(f'<p class="iv-help">{escape(text)}</p>')


def under(line: w.HTML) -> w.HTML:
    """The same line, indented to stand under a control."""
    line.add_class("iv-under")
    return line


def facts(rows: Sequence[tuple[str, object]], caption: str = "") -> str:
    """Names and values as an escaped table; the empty ones are left out."""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><bdi>{escape(value)}</bdi></td></tr>'
        for name, value in rows
        if value not in ("", None)
    )
    head = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="iv-facts">{head}<tbody>{body}</tbody></table>'


def listing(columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str) -> str:
    """Rows as an escaped table under a heading for each column."""
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in columns)
    body = "".join("<tr>" + "".join(f"<td><bdi>{escape(v)}</bdi></td>" for v in row) + "</tr>" for row in rows)
    return f'<table class="iv-facts"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def button(text: str, on_click: Callable[[], object], *, primary: bool = False, tip: str = "") -> w.Button:
    """A button that calls a function without arguments."""
    made = w.Button(description=text, tooltip=tip, button_style="primary" if primary else "")
    made.on_click(lambda _: on_click())
    return made


def shown(widget: w.Widget, visible: bool) -> None:
    """Show or hide a part of a panel; hidden parts cannot be reached by keyboard either."""
    widget.layout.display = None if visible else "none"


def three_parts(error: BaseException) -> tuple[str, str, str]:
    """What is wrong, where, and what to do; for an error that is not ours, that it is a bug in this program."""
    if isinstance(error, InvestigateError):
        return error.what, error.where, error.do
    if isinstance(error, OSError) and error.strerror:
        return error.strerror, str(error.filename or ""), "free space, or check who may read and write there"
    if isinstance(error, MemoryError):
        return "out of memory", "", "load less data, or use a machine with more memory"
    what = f"a bug in this program: {type(error).__name__}: {error}"
    return what, "", "make the call shown under the button in a cell and report what it prints, without case data"


class Message(w.HTML):
    """One place for what a panel has to say; read aloud as it changes."""

    def __init__(self) -> None:
        super().__init__("", layout={"display": "none"})
        self.error: BaseException | None = None

    def say(self, text: str, kind: str = "note") -> None:
        """A line of plain text: `note` or `good`."""
        self.error = None
        self._put(f'<div class="iv-msg iv-{kind}" role="status">{escape(text)}</div>' if text else "")

    def fail(self, error: BaseException) -> None:
        """An error in three parts, never a traceback."""
        self.error = error
        names = ("What is wrong", "Where", "What to do")
        parts = "".join(
            f"<dt>{name}</dt><dd>{escape(text)}</dd>"
            for name, text in zip(names, three_parts(error), strict=True)
            if text
        )
        self._put(f'<div class="iv-msg iv-bad" role="alert"><dl>{parts}</dl></div>')

    def clear(self) -> None:
        self.say("")

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Show what goes wrong in the block instead of raising it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a panel says whatever went wrong, a traceback helps nobody there
            self.fail(error)

    def _put(self, html: str) -> None:
        shown(self, bool(html))
        self.value = html


class Call(w.HTML):
    """The Python call behind a button, to copy."""

    def __init__(self, title: str = "The call behind this button") -> None:
        super().__init__("")
        self.title, self.code = title, ""

    def show(self, code: str) -> None:
        """Show `code` as it is: escaped for the page, not changed in any other way."""
        self.code = code
        body = f'<div class="iv-call"><span>{escape(self.title)}</span><pre>{markup(reveal(code))}</pre></div>'
        self.value = body if code else ""


def call(name: str, *values: object, **named: object) -> str:
    """A call as Python text, its values in their `repr`."""
    parts = [literal(v) for v in values] + [f"{k}={literal(v)}" for k, v in named.items()]
    return f"{name}({', '.join(parts)})"


def literal(value: object) -> str:
    """A value as Python text; characters that could hide or reorder something are written as escapes."""
    if isinstance(value, Words):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    text = ascii(value) if isinstance(value, str) and reveal(value) != value else repr(value)
    return text if isinstance(value, (str, int, float, bool, list, tuple, type(None))) else repr(str(value))


class Words(str):
    """Python text that `call` shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Stopped(InvestigateError):
    """Work that somebody stopped with the button."""


class Job(w.VBox):
    """Work in a thread, so that the kernel stays free: a bar, a line of text, and Stop.

    The work hears of Stop when it next reports progress, and between its steps (`pause`).
    """

    def __init__(self) -> None:
        self.bar = w.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "14rem"})
        self.line = w.HTML("")
        self.stop_button = button("Stop", self.stop, tip="Stop the work; the case stays as it was last kept")
        super().__init__([w.HBox([self.bar, self.stop_button]), self.line])
        self.running, self.what = False, ""
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None
        shown(self, False)

    def start(self, what: str, work: Callable[[], Any], then: Callable[[Any, BaseException | None], None]) -> None:
        """Begin; `then(result, error)` is called in the thread when it has ended."""
        if self.running:
            raise Stopped("something is running already", what, "wait for it, or press Stop")
        self.running, self.what = True, what
        self._asked.clear()
        self.stop_button.disabled = False
        self.say(what, math.nan)
        shown(self, True)
        self._thread = threading.Thread(target=self._run, args=(what, work, then), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the work to end."""
        if self.running:
            self._asked.set()
            self.stop_button.disabled = True
            self._text("stopping at the next step")

    def pause(self, what: str, share: float = math.nan) -> None:
        """Between two steps of the work: end here where Stop was pressed, else say what comes next."""
        if self._asked.is_set():
            raise Stopped("stopped by you", what, "start it again; nothing half-made was kept")
        self.say(what, share)

    def say(self, what: str, share: float = math.nan) -> None:
        self.bar.value = 0.0 if math.isnan(share) else share
        self._text(what)

    def wait(self, seconds: float = 600) -> None:
        """Wait until the work has ended; for scripts and tests."""
        end = time.monotonic() + seconds
        while self.running and time.monotonic() < end:
            time.sleep(0.01)
        if self.running:
            raise TimeoutError(f"still running after {seconds:g} s")

    def _text(self, text: str) -> None:
        self.line.value = f'<p class="iv-help" role="status">{escape(text)}</p>'

    def _heard(self, step: progress.Step) -> None:
        # A computation in another cell, which runs in the main thread, is not this job's to stop or to show.
        if threading.current_thread() is threading.main_thread():
            return
        if self._asked.is_set():
            raise Stopped("stopped by you", step.what, "start it again; nothing half-made was kept")
        self.say(str(step), step.share)

    def _run(self, what: str, work: Callable[[], Any], then: Callable[[Any, BaseException | None], None]) -> None:
        result, problem = None, None
        began = time.monotonic()
        try:
            with progress.listening(self._heard):
                result = work()
        except BaseException as error:  # noqa: BLE001 - said in the panel; in a thread nobody else would see it
            problem = error
        try:
            then(result, problem)
        finally:
            shown(self, False)
            self._text(f"{what}: {progress.clock(time.monotonic() - began)}")
            self.running = False
