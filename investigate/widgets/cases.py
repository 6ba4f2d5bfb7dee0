"""The case panel: choose or make a case, load a file into it, find groups, and go on to the workbench."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from ..case import Case
from ..errors import InputError, InvestigateError
from ..quality import QualityReport, quality_report
from ..sources import read
from ..views._html import clip
from . import _places as places
from ._case_choice import CaseChoice
from ._file import FileChoice
from ._method import STEPS, Method, outcome
from ._panel import Call, Job, Message, Stopped, Words, button, call, heading, shown, style_sheet
from ._standing import standing


class Cases(w.VBox):
    """A panel to choose or make a case, load a file into it and find groups.

    Every button is a method, and the panel shows the Python call behind it. What goes wrong is said in the panel. Long
    steps run in a thread: the kernel stays free, `wait()` waits for them.

    Parameters
    ----------
    folder : str or Path
        Where the cases are. A relative folder is looked for from the working folder and from the one above it.

    Attributes
    ----------
    case : Case or None
        The open case.

    Examples
    --------
    >>> from investigate import widgets
    >>> panel = widgets.Cases("data/cases")
    >>> panel.case is None
    True
    """

    def __init__(self, folder: str | Path = "data/cases") -> None:
        self.case: Case | None = None
        self.said, self.job = Message(), Job()
        self.choice = CaseChoice(places.beside(folder), self.refresh, self.open_case, self.create)
        self.holds = w.HTML("")
        self.file = FileChoice(self._show_calls)
        self._data_part = self._loading()
        self.method = Method({"all": self.run_all, **{step: getattr(self, step) for step in STEPS}})
        self._onward_part = self._onward()
        self.stage = w.VBox([])
        self.stage.add_class("iv-stage")
        parts = [self.choice, self.said, self.holds, self._data_part, self.method, self._onward_part]
        super().__init__([style_sheet(), heading("Cases", 2), *parts, self.stage])
        self.add_class("iv-panel")
        self.refresh()
        self._show_case()
        self._show_calls()

    def __repr__(self) -> str:
        return f"Cases({self.choice.folder.value!r}): {self.case.title if self.case else 'no case open'}"

    def _loading(self) -> w.VBox:
        tip = "Read it and say what is in it; nothing is written"
        self.check_button = button("Check the file", self.check, tip=tip)
        self.load_button = button("Load into the case", self.load, primary=True)
        self.check_call = Call("The call behind Check the file")
        self.load_call = Call("The call behind Load into the case")
        buttons = w.HBox([self.check_button, self.load_button], layout={"flex_flow": "row wrap"})
        self._data_slot = w.VBox([])
        said = [self._data_slot, self.file.said, self.check_call, self.load_call]
        return w.VBox([heading("Load a file"), self.file, buttons, *said])

    def _onward(self) -> w.VBox:
        self.workbench_button = button("Open the workbench", self.workbench, primary=True)
        self.review_button = button("Review the findings", self.review)
        self.run_button = button("Run a template", self.run_form)
        self._onward_said, calls = Message(), Call("The calls behind these buttons")
        calls.show("widgets.Workbench(case)\nwidgets.Review(case)\nwidgets.RunForm(case)")
        buttons = [self.workbench_button, self.review_button, self.run_button]
        return w.VBox([heading("Go on"), w.HBox(buttons, layout={"flex_flow": "row wrap"}), self._onward_said, calls])

    # -- a case ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """List the cases of the folder again."""
        with self.said.catching():
            self.choice.list()

    def open_case(self, path: str | Path | None = None) -> None:
        """Open a case: the chosen one, or the one given."""
        with self.said.catching():
            self._take(Case.open(path or self.choice.chosen()))

    def create(self, name: str = "", *, title: str | None = None, purpose: str | None = None) -> None:
        """Make a case in a folder of its own and open it; what is not given stands in the form."""
        with self.said.catching():
            folder, called, why = self.choice.new(name, title, purpose)
            made = Case.create(folder, title=called, purpose=why)
            self.choice.take(folder)
            self._take(made)

    def _take(self, case: Case) -> None:
        self._refuse_while_working()
        if self.case is not None and self.case.path.resolve() != case.path.resolve() and not self.stage.children:
            self.case.release()
        self.case, self.stage.children = case, ()
        for said in (self.file.said, self.method.said, self._onward_said):
            said.clear()
        mine = case.hold("the case panel")
        self._show_case()
        if mine:
            self.said.say(f"The case '{clip(case.title, 80)}' is open.", "good")
            return
        do = "look at it; or ask for it, and open it again"
        self.said.fail(InputError(f"read-only: {case.read_only_because}", str(case.path), do))

    def _need(self) -> Case:
        if self.case is None:
            raise InputError("no case is open", "Cases", "open or make a case first")
        return self.case

    # -- a file ----------------------------------------------------------------------------------------------------

    def choose(self, file: str | Path, source: str | None = None, mapping: Any = None) -> None:
        """Choose a file; source and mapping are proposed where they are not given."""
        with self.file.said.catching():
            self.file.choose(file, source, mapping)

    def check(self) -> None:
        """Read the chosen file and show its data-quality report; nothing is written."""
        with self.file.said.catching():
            file, source, options = self.file.file, str(self.file.source.value), self.file.options

            def look() -> QualityReport:
                reading = read(file, source, **options)
                self.job.pause("counting what was read")
                return quality_report(reading)

            self._start(f"reading {file.name}", look, self.file.show_report, self.file.said)

    def load(self) -> None:
        """Load the chosen file into the open case."""
        said = self.file.said
        with said.catching():
            case = self._need()
            file, source, options = self.file.file, str(self.file.source.value), self.file.options

            def done(dataset: Any) -> None:
                aside = sum(dataset.set_aside.values())
                counts = (
                    f"{dataset.n_accounts:,} accounts, {dataset.n_content:,} contents, {dataset.n_actions:,} actions"
                )
                read_ = f"{dataset.rows_read:,} rows read, {aside:,} set aside"
                said.say(f"Loaded {clip(dataset.file, 80)}: {read_}; {counts}.", "good")

            self._start(f"loading {file.name}", lambda: case.load(file, source, **options), done, said)

    # -- the method ------------------------------------------------------------------------------------------------

    def relate(self) -> None:
        """Link accounts that act on the same objects within the window."""
        self._steps("relate")

    def score(self) -> None:
        """Say how unusual each edge is."""
        self._steps("score")

    def group(self) -> None:
        """Find the groups of the unusual edges."""
        self._steps("group")

    def find(self) -> None:
        """Turn groups into findings."""
        self._steps("find")

    def run_all(self) -> None:
        """Relate, score, group, find."""
        self._steps(*STEPS)

    def _steps(self, *names: str) -> None:
        said = self.method.said
        with said.catching():
            case, arguments = self._need(), self.method.arguments()

            def work() -> str:
                for number, name in enumerate(names):
                    self.job.pause(name, number / len(names))
                    getattr(case, name)(**arguments[name])
                return outcome(case)

            self._start(", ".join(names), work, lambda text: said.say(text, "good"), said)

    # -- going on --------------------------------------------------------------------------------------------------

    def workbench(self) -> None:
        """Open the workbench on the case."""
        self._onto("Workbench")

    def review(self) -> None:
        """Open the review panel on the case."""
        self._onto("Review")

    def run_form(self) -> None:
        """Open the form that runs a template on the case."""
        self._onto("RunForm")
        for form in self.stage.children:
            form.on_ended = self._run_ended

    def _onto(self, name: str) -> None:
        self._onward_said.clear()
        with self._onward_said.catching():
            case = self._need()
            self._refuse_while_working()
            from .. import widgets

            self.stage.children = (getattr(widgets, name)(case),)

    # -- work and what is shown ------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop what is running at its next step."""
        self.job.stop()

    def wait(self, seconds: float = 600) -> None:
        """Wait until nothing runs."""
        self.job.wait(seconds)

    def as_code(self) -> str:
        """What the panel is set to do, as Python."""
        opened = call("case = Case.open", str(self.case.path)) if self.case else self.choice.open_call.code
        loaded = [self.load_call.code] if self.file.path.value.strip() else []
        return "\n".join(["from investigate import Case, widgets", "", opened, *loaded, self.method.call.code, ""])

    def _refuse_while_working(self) -> None:
        if self.job.running:
            raise Stopped("something is running", self.job.what, "wait for it, or press Stop")

    def _start(self, what: str, work: Callable[[], Any], done: Callable[[Any], None], said: Message) -> None:
        self._refuse_while_working()
        said.clear()

        def then(result: Any, error: BaseException | None) -> None:
            if error is None:
                done(result)
            else:
                if isinstance(error, Stopped):
                    self._reopen()  # what was half made is in memory only
                said.fail(error)
            self._busy(False)
            self._show_case()

        self._busy(True)
        at_data = said is self.file.said
        self._data_slot.children = (self.job,) if at_data else ()
        self.method.slot.children = () if at_data else (self.job,)
        self.job.start(what, work, then)

    def _run_ended(self) -> None:
        """A run has put its results into the case: open it again with them."""
        if not self.job.running:
            self._reopen()
            self._show_case()

    def _reopen(self) -> None:
        if self.case is not None:
            path = self.case.path
            self.case.close()
            self.case.release()
            self.case = Case.open(path)
            self.case.hold("the case panel")

    def _busy(self, busy: bool) -> None:
        onward = (self.workbench_button, self.review_button, self.run_button)
        steps = (self.method.all_button, *self.method.buttons.values())
        choice = (self.choice.open_button, self.choice.create_button)
        for one in (*choice, self.check_button, self.load_button, *steps, *onward):
            one.disabled = busy

    def _show_case(self) -> None:
        case = self.case
        loaded = case is not None and bool(case.datasets)
        for part, visible in (
            (self.holds, case is not None),
            (self._data_part, case is not None),
            (self.method, loaded),
            (self._onward_part, loaded),
        ):
            shown(part, visible)
        if case is None:
            return
        try:
            self.holds.value = standing(case)
        except InvestigateError as error:
            self.said.fail(error)
        self.file.belongs_to(case.path)

    def _show_calls(self) -> None:
        path, source, options = self.file.path.value.strip() or "FILE", self.file.source.value, self.file.options
        self.check_call.show(call("quality_report", Words(call("sources.read", path, source, **options))))
        self.load_call.show(call("case.load", path, source, **options))
