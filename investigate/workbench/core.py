"""The workbench without a screen: gestures on a view of a case, each undoable, written down, and kept in the case."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..log import actor
from ..records import taken_back
from ..records.exhibit import default_query
from ..views import View
from . import details, offers, picture, placing, tables
from .context import Context
from .gesture import GESTURES, Change, Gesture
from .journal import Journal, Step, folder_of
from .state import ViewState, apply, difference
from .universe import ACCOUNT, CONTENT, OBJECT

MOST_AT_START = 10_000  # accounts


class Workbench:
    """A view of a case, and what can be done to it. Every gesture is a method; see `gestures`.

    Parameters
    ----------
    case : Case
        Grouped already.
    view : str
        Name of the view; it is kept under `CASE/views/<view>/` and opens as it was left.
    now : callable, optional
        The clock.

    Attributes
    ----------
    state : ViewState
    notice : str
        What is to be said about the last gesture: what was left out, bundled or not saved.
    read_only : str
        Why nothing is saved; "" where everything is.

    Examples
    --------
    >>> wb = Workbench(case)                                            # doctest: +SKIP
    >>> wb.select_rule("community", number=1)                           # doctest: +SKIP
    >>> wb.preview("bervenmo63")                                        # doctest: +SKIP
    >>> wb.expand("bervenmo63", via="co_url", top=5)                    # doctest: +SKIP
    >>> wb.undo(); wb.history; print(wb.to_code())                      # doctest: +SKIP
    """

    def __init__(
        self, case: Any, view: str = "main", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.case, self.view, self._now, self.notice = case, view, now, ""
        folder = folder_of(case.path, view)
        self.read_only = _held_by_another(case)
        self.context = Context(case)
        self._journal = Journal(folder, writable=not self.read_only)
        self._done: list[Step] = []
        self._undone: list[Step] = []
        if self._journal.exists:
            self.state, self._done, self._undone = self._journal.read()
            self._settle_after_opening()
        else:
            self.state, self.notice = start(self.context)
            self._journal.start(self.state)
        if self.read_only:
            self.notice = (
                f"Opened for reading only: {self.read_only}. What is done here is not kept. {self.notice}".strip()
            )

    if TYPE_CHECKING:  # the gestures are attached below

        def __getattr__(self, name: str) -> Callable[..., Step]: ...

    # -- gestures --------------------------------------------------------------------------------------------------

    @property
    def gestures(self) -> pd.DataFrame:
        """Every gesture: name, title, what it does, and its arguments."""
        rows = [(g.name, g.group, g.title, g.summary, str(g.signature)) for g in GESTURES]
        return pd.DataFrame(rows, columns=["name", "group", "title", "summary", "arguments"])

    def do(self, gesture: str, *args: Any, **arguments: Any) -> Step:
        """Make a gesture by its name: what a message from the screen calls.

        Raises
        ------
        UnknownNameError, InputError
            No such gesture, or an argument that it cannot take. Nothing is changed then.
        """
        known = GESTURES.get(gesture)
        return self._make(known, known.arguments(*args, **arguments))

    def _make(self, gesture: Gesture, arguments: dict[str, Any]) -> Step:
        change = gesture.run(self.state, self.context, **arguments)
        after = self._settled(change)
        records = [self._record(r.call, dict(r.args)) for r in change.records]
        if records:
            after = self._settled(Change(after, ""))
        step = Step(
            name=gesture.name,
            args=arguments,
            text=change.text,
            notice=change.notice,
            at=self._now().isoformat(timespec="milliseconds"),
            by=actor(),
            back=difference(after, self.state),
            forth=difference(self.state, after),
            records=tuple(records),
        )
        self._journal.did(step, after)
        self.state, self.notice = after, change.notice
        self._done.append(step)
        self._undone.clear()
        return step

    def _settled(self, change: Change) -> ViewState:
        """The new state with nothing selected that is not visible."""
        seen = self.context.sight(change.state)
        return replace(change.state, selected=change.state.selected & seen.shown)

    def _settle_after_opening(self) -> None:
        """Say what the case no longer holds; it keeps its place, should it come back."""
        lost = len(self.state.places) - len(self.context.placed(self.state).nodes)
        if lost:
            self.notice = f"{lost:,} nodes of this view are not in the case any more and are not shown"

    # -- undo ------------------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> str:
        """The gesture that `undo` would take back, in words; "" for none."""
        return self._done[-1].text if self._done else ""

    @property
    def can_redo(self) -> str:
        return self._undone[-1].text if self._undone else ""

    def undo(self) -> Step | None:
        """Take the last gesture back, its decisions in the case log by a new entry; None where there is none."""
        if not self._done:
            self.notice = "There is nothing to undo."
            return None
        step = self._done[-1]
        records = [self._retract(r) for r in reversed(step.records)]
        state = apply(self.state, step.back)
        self._journal.undid(state, records[::-1])
        self.state, self.notice = state, ""
        self._done.pop()
        self._undone.append(replace(step, records=tuple(records[::-1])))
        return step

    def redo(self) -> Step | None:
        """Make the gesture again that was undone last; None where there is none."""
        if not self._undone:
            self.notice = "There is nothing to redo."
            return None
        step = self._undone[-1]
        records = [self._record(r["call"], r["args"]) for r in step.records]
        state = apply(self.state, step.forth)
        self._journal.redid(state, records)
        self.state, self.notice = state, step.notice
        self._undone.pop()
        self._done.append(replace(step, records=tuple(records)))
        return step

    def _record(self, call: str, args: dict[str, Any]) -> dict[str, Any]:
        """Write a decision into the case log."""
        seq = getattr(self.case, call)(**args)
        self.context.refresh()
        return {"call": call, "args": args, "seq": seq}

    def _retract(self, record: dict[str, Any]) -> dict[str, Any]:
        """Take a decision back by a new entry of the case log, unless somebody did so already."""
        if record["seq"] not in taken_back(self.case.log.entries()):
            self.case.retract(record["seq"], "undone in the workbench")
        self.context.refresh()
        return record

    # -- what was done -----------------------------------------------------------------------------------------------

    @property
    def history(self) -> pd.DataFrame:
        """The gestures that led to this view, oldest first: number, what, when (UTC), who, said."""
        rows = [(i, s.text, s.at, s.by, s.notice) for i, s in enumerate(self._done, 1)]
        return pd.DataFrame(rows, columns=["number", "gesture", "at", "by", "said"])

    def to_code(self) -> str:
        """Python that makes this view again, in a new one of the same case."""
        lines = [
            "from investigate import Case",
            "from investigate.workbench import Workbench",
            "",
            f"wb = Workbench(Case.open({str(self.case.path)!r}), view={self.view + '-again'!r})",
        ]
        lines += [f"wb.{s.name}({', '.join(f'{k}={v!r}' for k, v in s.args.items())})" for s in self._done]
        return "\n".join(lines) + "\n"

    @property
    def steps(self) -> tuple[list[Step], list[Step]]:
        """The steps done, oldest first; and those undone, the next to redo first."""
        return list(self._done), self._undone[::-1]

    def save(self) -> None:
        """Write a snapshot. Nothing is lost without it: every gesture is on disk before it is answered."""
        self._journal.save(self.state)

    def look_at(self, cx: float | None = None, cy: float = 0.0, span: float = 1.0) -> None:
        """Keep where one looks: the middle, and how much of the picture fits the shorter side of the screen.

        Without arguments the whole picture. Kept with the view, and not a gesture: zooming and moving is not undone.
        """
        if cx is None:
            self._journal.looked(None)
            return
        numbers = {"cx": float(cx), "cy": float(cy), "span": float(span)}
        if not all(np.isfinite(v) for v in numbers.values()) or span <= 0:
            raise InputError("no place to look at", "look_at", "give finite numbers, and a span above 0")
        self._journal.looked(numbers)

    @property
    def camera(self) -> dict[str, float] | None:
        """Where one looked last: cx, cy, span; None for the whole picture."""
        return self._journal.camera()

    # -- what it shows -----------------------------------------------------------------------------------------------

    @property
    def selection(self) -> list[str]:
        """The selected nodes, sorted."""
        return sorted(self.state.selected)

    def preview(self, nodes: Iterable[str] | str, min_weight: float = 0.0) -> pd.DataFrame:
        """What expanding some nodes would bring, by relation and type; see `investigate.workbench.offers.preview`."""
        return offers.preview(self.state, self.context, self.context.on_canvas(self.state, nodes), min_weight)

    def scene(self, time: Sequence[int] | None = None) -> dict[str, Any]:
        """The picture as the canvas draws it; see `investigate.workbench.picture.scene`.

        Parameters
        ----------
        time : (int, int), optional
            Another span of time than the view's, in microseconds, such as a step of playing; the view is not changed.
        """
        return picture.scene(self._at(time), self.context)

    def _at(self, time: Sequence[int] | None) -> ViewState:
        return self.state if time is None else replace(self.state, time=(int(time[0]), int(time[1])))

    def table(self, kind: str = "accounts", selected: bool = False) -> pd.DataFrame:
        """What is visible as a table: accounts, edges, contents or objects; see `investigate.workbench.tables.table`."""
        return tables.table(kind, self.state, self.context, selected)

    def brush(self, bins: int = tables.BINS) -> dict[str, Any]:
        """The posts of the accounts on the canvas over time; see `investigate.workbench.tables.brush`."""
        return tables.brush(self.state, self.context, bins)

    def counts(self, time: Sequence[int] | None = None) -> dict[str, int]:
        """What is visible, in numbers: accounts, contents, objects, nodes, links, selected, hidden, pinned, on_canvas."""
        return tables.counts(self._at(time), self.context)

    @property
    def summary(self) -> str:
        """The view in a sentence or two."""
        return tables.summary(self.state, self.context)

    def find(self, text: str, limit: int = 20) -> pd.DataFrame:
        """Accounts and objects of the whole case whose name holds a text; `add` puts them on the canvas."""
        return tables.find(text, self.state, self.context, limit)

    def details(self, target: str | Sequence[str]) -> dict[str, Any]:
        """What is known about a node, or a link [a, b, relation]; see `investigate.workbench.details.details`."""
        return details.details(target, self.state, self.context)

    def snapshot(self) -> View:
        """The picture as a view for a report, with the same places."""
        caveats = ["A picture made by hand: who is not on it was not put on it."]
        caveats += [f"Only {tables.summary(self.state, self.context)}"] if self.state.time else []
        return picture.snapshot(
            self.state, self.context, f"view_{self.view.replace('-', '_')}", self.view, tuple(caveats)
        )

    def to_pyvis(self, path: Path | str, *, max_nodes: int = 500) -> Path:
        """Write the picture as one light page that loads nothing, with the same places; see `View.to_pyvis`."""
        return self.snapshot().to_pyvis(path, max_nodes=max_nodes)

    def exhibit(self, kind: str, ref: Any = None, **more: Any) -> Any:
        """Pin evidence, with this view and the gesture it was seen after in its query; see `Case.exhibit`.

        Parameters
        ----------
        kind : str
            edge, account, content, community, object or view.
        ref : str or list of str, optional
            The node, or [a, b, relation]; of a view nothing, it is this one as it is now.
        more
            note, confidence, finding_id, stance, query.
        """
        if kind == "view":
            ref, drawn = self.view, self.context.sight(self.state)
            codes = self.context.universe.accounts[drawn.accounts].tolist()
            others = [n for n, k in zip(drawn.nodes, drawn.kind.tolist(), strict=True) if k in (CONTENT, OBJECT)]
            more = {"members": [*codes, *others], "query": self.to_code(), **more}
        else:
            ref = self._recorded(kind, ref)
            seen = f"  # seen in view {self.view!r} after gesture {len(self._done)}"
            more = {"query": default_query(kind, ref) + seen, **more}
        return self.case.exhibit(kind, ref, **more)

    def _recorded(self, kind: str, ref: Any) -> Any:
        """A node or link as the case log names it: accounts by their identifier, ends as in `case.edges`."""
        u = self.context.universe
        if kind != "edge":
            code = int(u.codes([str(ref)])[1][0]) if kind == "account" else -1
            return str(u.accounts[code]) if code >= 0 else str(ref)
        link = [str(v) for v in ref]
        a, b, relation = link[:3]
        kinds, codes = u.codes([a, b])
        rows = self.context.rows_of(self.state, link)
        if len(rows) > 1:
            raise InputError(
                f"{len(rows):,} links are drawn as this one", f"{a} and {b}", "open the group, and choose one of them"
            )
        if rows:
            return [*map(str, u.accounts[[u.a[rows[0]], u.b[rows[0]]]]), relation]
        ends = [str(u.accounts[c]) if k == ACCOUNT else n for n, k, c in zip((a, b), kinds, codes, strict=True)]
        return [*ends, relation]


def start(context: Context) -> tuple[ViewState, str]:
    """The first picture: the accounts of the communities, with their telling edges, laid out; and what to say about it."""
    u = context.universe
    members = np.flatnonzero(u.community > 0)
    said = ""
    if len(members) > MOST_AT_START:
        order = np.lexsort((members, u.community[members]))
        said = f"{MOST_AT_START:,} of {len(members):,} accounts in groups are shown, those of the largest groups first; add() brings others"
        members = np.sort(members[order[:MOST_AT_START]])
    if not len(members):
        return ViewState(needs={"": frozenset()}), "The case has no group: add() puts accounts on the canvas."
    nodes = u.names(0, members)
    slot = np.full(len(u.accounts), -1)
    slot[members] = np.arange(len(members))
    rows = np.flatnonzero(u.telling & (u.community[u.a] == u.community[u.b]) & (slot[u.a] >= 0) & (slot[u.b] >= 0))
    ends = np.column_stack([slot[u.a[rows]], slot[u.b[rows]]])
    places = placing.arranged(nodes, ends, u.community[members], u.weight[rows])
    return ViewState(places=places, needs={"": frozenset(nodes)}), said


def _held_by_another(case: Any) -> str:
    """Why the case cannot be written to, in words; "" where it can."""
    return "" if case.hold() else str(case.read_only_because)


def _method(gesture: Gesture) -> Callable[..., Step]:
    def make(self: Workbench, *args: Any, **arguments: Any) -> Step:
        return self._make(gesture, gesture.arguments(*args, **arguments))

    make.__name__, make.__qualname__ = gesture.name, f"Workbench.{gesture.name}"
    make.__doc__ = gesture.run.__doc__
    make.__module__ = __name__
    parameters = list(gesture.signature.parameters.values())
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    make.__signature__ = gesture.signature.replace(parameters=[own, *parameters], return_annotation="Step")  # type: ignore[attr-defined]
    return make


for _gesture in GESTURES:
    setattr(Workbench, _gesture.name, _method(_gesture))
