"""The workbench in a notebook: a picture, a time brush, a table and a side panel around one view of a case.

Everything that happens is done by `investigate.workbench.Workbench`; this class carries messages and shows the outcome.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from ..errors import InvestigateError, unknown
from ..views._palette import tokens_css
from ..workbench import GESTURES
from ..workbench import Workbench as Core
from . import _answers, _static
from ._table import KINDS, as_columns
from ._wire import pack

STATIC = Path(str(resources.files(__package__).joinpath("static")))
RENDERERS = ("canvas", "webgl")
_HISTORY = 300  # steps sent to the browser; undo reaches further back
_ONLY_SELECTION = frozenset({"select", "select_rule", "invert", "clear_selection"})
_ONLY_PLACES = frozenset({"pin", "unpin", "move", "layout", "look"})


def _styles() -> str:
    """The colours of the package, light and dark, and the sheet of the workbench."""
    sheet = STATIC / "workbench.css"
    return tokens_css(".ivw") + (sheet.read_text(encoding="utf-8") if sheet.is_file() else "")


def _after_this_cell(act: Callable[[], None]) -> None:
    """Do it once the kernel has answered, so that the picture is drawn meanwhile; at once where no kernel runs."""
    try:
        asyncio.get_running_loop().call_soon(act)
    except RuntimeError:
        act()


class _Layout(ipywidgets.Layout):
    """The box of the widget, which every widget has as `layout`; called, it is the gesture of that name."""

    arrange: Callable[..., None] | None = None

    def __call__(self, scope: str = "all", seed: int = 0) -> None:
        if self.arrange is not None:
            self.arrange(scope=scope, seed=seed)


class Workbench(anywidget.AnyWidget):
    """The workbench on a view of a case.

    Parameters
    ----------
    case : Case
        Grouped already (`case.group()`), or opened with its results.
    view : str
        Name of the view. It is kept in the case as it changes and opens as it was left.
    height : int
        Pixels.
    renderer : str
        "canvas" (default), or "webgl": the picture is drawn by the graphics card while it moves. It is worth trying with a graphics card and more
        than some 10,000 links; without one the canvas is quicker.

    Notes
    -----
    Every gesture on the screen is a method here, with the same name: `wb.expand(...)`, `wb.undo()`, `wb.history`, `wb.to_code()`.
    `wb.core` is the workbench without a screen.

    Examples
    --------
    >>> from investigate import Case, widgets                       # doctest: +SKIP
    >>> wb = widgets.Workbench(Case.open("cases/my-case"))           # doctest: +SKIP
    >>> wb                                                           # doctest: +SKIP
    """

    _esm = STATIC / "workbench.js"
    _css = _styles()

    height = traitlets.Int(780).tag(sync=True)
    _scene = traitlets.Bytes().tag(sync=True)
    _table = traitlets.Bytes().tag(sync=True)
    _table_kind = traitlets.Unicode("accounts").tag(sync=True)
    _brush = traitlets.Dict().tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    _selection: traitlets.List[str] = traitlets.List().tag(sync=True)
    _history = traitlets.Dict().tag(sync=True)
    _basket: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    _notice = traitlets.Dict().tag(sync=True)
    _painter = traitlets.Unicode("").tag(sync=True)
    _camera = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Any, view: str = "main", *, height: int = 780, renderer: str = "canvas") -> None:
        if renderer not in RENDERERS:
            raise unknown("renderer", renderer, RENDERERS)
        self.core = case if isinstance(case, Core) else Core(case, view=view)
        self.case = self.core.case
        self.answers = _answers.Answers(self.core)
        box = _Layout()
        painter = (STATIC / "sigma_mode.js").read_text(encoding="utf-8") if renderer == "webgl" else ""
        super().__init__(height=height, layout=box, _painter=painter, _camera=self.core.camera or {})
        box.arrange = functools.partial(self._do, "layout")
        self.on_msg(self._receive)
        self.core.context.refresh()
        self._show("", table=False)
        _after_this_cell(self._send_table)

    # -- from Python -----------------------------------------------------------------------------------------------

    def _do(self, gesture: str, /, *args: Any, **arguments: Any) -> None:
        self.core.do(gesture, *args, **arguments)
        self._show(gesture)

    def undo(self, steps: int = 1) -> None:
        """Take back the last gesture, or several."""
        for _ in range(steps):
            if self.core.undo() is None:
                break
        self._show("undo")

    def redo(self, steps: int = 1) -> None:
        """Make the gesture again that was undone last, or several."""
        for _ in range(steps):
            if self.core.redo() is None:
                break
        self._show("redo")

    def go_to(self, position: int) -> None:
        """Undo or redo until so many gestures are done; 0 is the view as it was first opened."""
        done, undone = self.answers.steps()
        while len(done) > position and self.core.undo() is not None:
            done = done[:-1]
        while len(done) < position and self.core.redo() is not None:
            done = [*done, undone[0]]
        self._show("undo")

    @property
    def selection(self) -> list[str]:
        """The selected nodes, sorted."""
        return self.core.selection

    def __getattr__(self, name: str) -> Any:
        # What a gesture is not and the core can do: preview, details, table, scene, history, to_code, snapshot, save, ...
        if name.startswith("_") or "core" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.core, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(n for n in dir(self.core) if not n.startswith("_"))})

    def exhibit(self, *args: Any, **options: Any) -> Any:
        """Pin evidence: `case.exhibit(...)`, shown in the basket at once."""
        made = self.case.exhibit(*args, **options)
        self._basket = self.answers.basket()
        return made

    # -- to the browser --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show everything again, after the case was changed elsewhere."""
        self.core.context.refresh()
        self._show("")

    def _show(self, gesture: str, *, table: bool = True) -> None:
        """Send what can have changed by this gesture, and of that what has; the first time the table comes afterwards."""
        answers = self.answers
        with self.hold_sync():
            if gesture not in _ONLY_SELECTION:
                self._scene = pack(answers.scene())
                if gesture not in _ONLY_PLACES:
                    if table:
                        self._send_table()
                    self._brush = answers.brush()
            self._selection = self.core.selection
            self._state = answers.state()
            self._history = answers.history(_HISTORY)
            self._basket = answers.basket()
            self._say(self.core.notice)

    def _send_table(self) -> None:
        self._table = pack(as_columns(self._table_kind, self.answers.table(self._table_kind)))

    def _say(self, text: str, kind: str = "info") -> None:
        self._notice = {"text": text, "kind": kind, "n": self._notice.get("n", 0) + 1} if text else {}

    # -- from the browser ------------------------------------------------------------------------------------------

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Do what a message asks; a refusal goes back as words, whatever it was."""
        number, name, args = content.get("id"), str(content.get("do")), dict(content.get("args") or {})
        try:
            if name == "peek":
                picture, words = self.answers.peek(**args)
                self.send({"id": number, "ok": True, "result": words}, [pack(picture)])
                return
            self.send({"id": number, "ok": True, "result": self._answer(name, args)})
        except InvestigateError as error:
            self.send({"id": number, "ok": False, "error": {"what": error.what, "where": error.where, "do": error.do}})
        except Exception as error:  # noqa: BLE001 - a traceback in a message handler is seen by nobody
            what = f"This did not work ({type(error).__name__}: {error})"
            self.send(
                {
                    "id": number,
                    "ok": False,
                    "error": {"what": what, "where": "", "do": "try the same call in a cell to see more"},
                }
            )

    def _answer(self, name: str, args: dict[str, Any]) -> Any:
        if name in GESTURES:
            self._do(name, **args)
            return None
        if name in ("undo", "redo", "go_to"):
            getattr(self, name)(**args)
            return None
        if name == "look_at":
            self.core.look_at(**args)
            self._camera = dict(args)
            return None
        if name == "show_table":
            return self._show_table(**args)
        if name in _answers.RECORDS:
            made = getattr(self.answers, name)(**args)
            self._basket = self.answers.basket()
            self._state = self.answers.state()
            return made
        if name in _answers.QUESTIONS:
            return getattr(self.answers, name)(**args)
        raise unknown("gesture", name, [*(g.name for g in GESTURES), *_answers.QUESTIONS], "message from the browser")

    def _show_table(self, kind: str) -> None:
        if kind not in KINDS:
            raise unknown("table", kind, KINDS)
        self._table_kind = kind
        self._send_table()

    # -- without a kernel ------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"Workbench of {self.case.title!r}, view {self.core.view!r}: {self.answers.status()}"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": repr(self), "text/html": _static.page(self.core, self.answers.status())}, metadata


def _method(name: str) -> Callable[..., None]:
    run = GESTURES.get(name).run

    def make(self: Workbench, *args: Any, **arguments: Any) -> None:
        self._do(name, *args, **arguments)

    make.__name__, make.__qualname__, make.__doc__, make.__module__ = name, f"Workbench.{name}", run.__doc__, __name__
    own = functools.partial(getattr, getattr(Core, name), "__signature__")
    make.__signature__ = own()  # type: ignore[attr-defined]
    return make


for _gesture in GESTURES:
    if _gesture.name != "layout":  # the box of the widget carries it, see _Layout
        setattr(Workbench, _gesture.name, _method(_gesture.name))
