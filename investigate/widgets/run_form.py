"""The run form: choose a template, fill its parameters, run it, open its report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from ..case import Case
from ..errors import InputError, InvestigateError, OutsideError, unknown
from ..files import read_json
from ..progress import clock
from ..runs.background import Background
from ..runs.parameters import DEMO_PURPOSE
from ..runs.runner import command
from ..runs.templates import Template, find, names
from ..views._html import escape, markup
from ..views._words import plural
from . import _places as places
from ._fields import Fields
from ._file import FOLDERS, suffixes
from ._panel import (
    LABEL,
    WIDE,
    Call,
    Message,
    Words,
    button,
    call,
    facts,
    heading,
    help_text,
    literal,
    shown,
    style_sheet,
)
from ._standing import free_name, report_link

FIRST = ("case", "data", "source", "mapping", "purpose", "title")
PREVIEW_LIMIT = 25 * 1024 * 1024
SAYS = {
    "complete": "The run is complete.",
    "partial": "The run is done in part: some sections failed; the report says which.",
    "failed": "The run failed: there is nothing to report.",
    "refused": "The run was refused before it began.",
    "cancelled": "The run was cancelled.",
}


class RunForm(w.VBox):
    """A form that runs a template: its fields come from the declaration the command line uses, with the same checks.

    The run is a process of its own. The kernel stays free, and the run goes on where the kernel ends.

    Parameters
    ----------
    case : Case, str or Path, optional
        The case to run on; a folder may be new. Left out, the form proposes a folder beside the other cases.
    template : str
        The template to begin with.

    Attributes
    ----------
    result : dict or None
        How the last run went, after it ended: status, exit_code, folder, report, sections, seconds, error.
    on_ended : callable or None
        Called without arguments when a run has ended: the case on the disk has changed.

    Examples
    --------
    >>> from investigate import widgets
    >>> form = widgets.RunForm("data/cases/demo")
    >>> form.fill(window="5m", min_shared=3)
    >>> print(form.command)
    investigate run coordinated_behaviour --source csv --case data/cases/demo -p min_shared=3 -p window=5m
    """

    def __init__(self, case: Case | str | Path | None = None, template: str = "coordinated_behaviour") -> None:
        self.result: dict[str, Any] | None = None
        self.on_ended: Callable[[], object] | None = None
        self.fields = Fields({}, self._changed)
        self._given_case = str(case.path) if isinstance(case, Case) else str(case) if case else ""
        self._held = case if isinstance(case, Case) else None
        self._run: Background | None = None
        self.template = w.Dropdown(
            description="Template", options=_templates(), style=LABEL, layout={"width": WIDE}, value=None
        )
        self.about = w.HTML("")
        self.said = Message()
        self.first, self.more = w.VBox([]), w.VBox([])
        self.more_button = button("Show all settings", self._toggle)
        self.run_button = button("Run", self.run, primary=True, tip="Run the template on the case")
        self.cancel_button = button("Cancel the run", self.cancel)
        self.bar = w.IntProgress(0, min=0, max=1, layout={"width": "14rem"})
        self.progress = w.HTML("")
        self.progress_part = w.VBox([w.HBox([self.bar, self.cancel_button]), self.progress])
        self.call, self.line = Call("The call behind Run"), Call("The same as a command")
        self.outcome = w.HTML("")
        self.preview_button = button("Show the report here", self.preview)
        self.preview_part = w.HTML("")
        self.outcome_part = w.VBox([self.outcome, w.HBox([self.preview_button]), self.preview_part])
        for part in (self.more, self.progress_part, self.outcome_part):
            shown(part, False)
        super().__init__(
            [
                style_sheet(),
                heading("Run a template", 2),
                self.template,
                self.about,
                self.first,
                w.HBox([self.more_button]),
                self.more,
                w.HBox([self.run_button]),
                self.said,
                self.progress_part,
                self.outcome_part,
                self.call,
                self.line,
            ]
        )
        self.add_class("iv-panel")
        self.template.observe(lambda _: self._chosen(), "value")
        with self.said.catching():
            if template not in names():
                raise unknown("template", template, names())
        self.template.value = template if template in names() else names()[0]

    def __repr__(self) -> str:
        return f"RunForm: {self.command}"

    # -- filling in --------------------------------------------------------------------------------------------------

    def fill(self, **parameters: Any) -> None:
        """Fill in parameters by name; a value that cannot be used is said beside its field.

        Raises
        ------
        UnknownNameError
            The template has no such parameter; the nearest one is named.
        """
        for name, value in parameters.items():
            held = self.fields[name]
            try:
                held.value = value
                held.check()
            except InvestigateError as error:  # a name that the menu does not offer
                held.tell(error)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a run would be given: everything that differs from the template's defaults, converted where it can be."""
        given = self.fields.given
        try:
            values = self.fields.values()
        except InvestigateError:
            return given
        return {name: values[name] for name in given}

    @property
    def command(self) -> str:
        """The command line that does the same."""
        try:
            values = self.fields.values()
        except InvestigateError:
            values = {n: f.default for n, f in self.fields.fields.items()} | self.fields.given
        name = self._template.name
        return command({"template": {"name": name}, "run": f"{name}-0000", "parameters": values})

    def as_code(self) -> str:
        """Python that does the same."""
        return f"from investigate.runs import execute\n\n{self._execute()}\n"

    def check(self) -> bool:
        """Check every field; what is wrong stands beside it."""
        wrong = self.fields.check()
        if "case" in self.fields.fields and not str(self.fields["case"].value).strip():
            self.fields["case"].tell(
                InputError("no case folder is given", "", "name one; it is made where there is none")
            )
            wrong.insert(0, self.fields["case"])
        if not wrong:
            self.said.clear()
            return True
        if any(field in self.more.children for field in wrong):
            shown(self.more, True)
        wrong[0].control.focus()
        named = ", ".join(field.name for field in wrong)
        self.said.fail(InputError(f"{plural(len(wrong), 'parameter')} cannot be used", named, "see beside each"))
        return False

    # -- running -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Check the fields and run the template, in a process of its own."""
        with self.said.catching():
            if self._run is not None and self._run.running:
                raise InputError("a run is under way", self._template.name, "wait for it, or cancel it")
            if not self.check():
                return
            self.result = None
            shown(self.outcome_part, False)
            self.preview_part.value = ""
            if self._held is not None and self._held.read_only:
                raise InputError(f"read-only: {self._held.read_only_because}", str(self._held.path), "ask for the case")
            self._sections: dict[str, str] = dict.fromkeys(self._template.sections, "later")
            self.bar.value, self.bar.max = 0, 1
            self._tell_progress("starting the kernel")
            self._active(True)
            try:
                self._run = Background(self._template.name, self.parameters, self._heard)
            except OutsideError:
                self._active(False)
                raise

    def cancel(self) -> None:
        """End the run; the case stays whole and opens, and names the run as unfinished."""
        if self._run is not None:
            self.cancel_button.disabled = True
            self._tell_progress("cancelling")
            self._run.cancel()

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._run is not None and self._run.running

    def wait(self, seconds: float = 600) -> None:
        """Wait until the run has ended; for scripts and tests."""
        if self._run is not None and not self._run.wait(seconds):
            raise TimeoutError(f"the run has not ended after {seconds:g} s")

    # -- the report --------------------------------------------------------------------------------------------------

    def preview(self) -> None:
        """Show the report in the panel, or hide it again: a frame that can reach neither the notebook nor the network."""
        with self.said.catching():
            if self.preview_part.value:
                self.preview_part.value = ""
                self.preview_button.description = "Show the report here"
                return
            report = Path((self.result or {}).get("report") or "")
            if not report.is_file():
                raise InputError("there is no report", str(report), "run the template first")
            if report.stat().st_size > PREVIEW_LIMIT:
                raise InputError("the report is too large to show here", str(report), "open the file in a browser")
            text = report.read_text(encoding="utf-8")
            self.preview_part.value = f'<iframe class="iv-preview" sandbox="allow-scripts" title="The report" srcdoc="{markup(text)}"></iframe>'
            self.preview_button.description = "Hide the report"

    # -- inside ------------------------------------------------------------------------------------------------------

    def _chosen(self) -> None:
        """Build the fields of the chosen template; what was filled in before is kept."""
        if not self.template.value:
            return
        with self.said.catching():
            earlier = self.fields.given
            self._template: Template = find(self.template.value)
            self.about.value = (
                help_text(self._template.summary).value
                + f'<p class="iv-help"><b>Question:</b> {escape(self._template.question)}</p>'
            )
            self.fields = Fields(self._template.parameters, self._changed, _suggestions())
            if "case" in self.fields.fields:
                folder = places.beside("data/cases")
                self.fields["case"].control.value = self._given_case or str(folder / free_name(folder))
            if self._held is not None and "purpose" in self.fields.fields:
                self.fields["purpose"].control.value = self._held.about.get("purpose") or DEMO_PURPOSE
            self.fill(**{name: value for name, value in earlier.items() if name in self.fields.fields})
            self.first.children = [self.fields[n] for n in FIRST if n in self.fields.fields]
            self.more.children = [f for n, f in self.fields.fields.items() if n not in FIRST]
            self._changed()

    def _changed(self) -> None:
        self.call.show(self._execute())
        self.line.show(self.command)

    def _execute(self) -> str:
        return call("execute", self._template.name, Words(literal(self.parameters)))

    def _toggle(self) -> None:
        visible = self.more.layout.display == "none"
        shown(self.more, visible)
        self.more_button.description = "Hide these settings" if visible else "Show all settings"

    def _active(self, running: bool) -> None:
        self.run_button.disabled = self.template.disabled = running
        self.cancel_button.disabled = not running
        shown(self.progress_part, running)

    def _heard(self, event: dict[str, Any]) -> None:
        """An event of the run, in its thread."""
        if event["event"] == "section":
            now = event["section"]
            for name, state in self._sections.items():
                if state == "now" and name != now:
                    self._sections[name] = "done"
            if now in self._sections:
                self._sections[now] = "now"
            self.bar.max = max(int(event["total"]), 1)
            self.bar.value = int(event["done"])
            self._tell_progress(f"{now.replace('_', ' ')}: cell {event['done']} of {event['total']}")
            return
        self.result = event
        self._active(False)
        with self.said.catching():
            self._show_outcome(event)
            if self.on_ended is not None:
                self.on_ended()

    def _tell_progress(self, text: str) -> None:
        marks = {"later": "○", "now": "▶", "done": "✓"}
        spoken = {"later": "to come", "now": "now", "done": "done"}
        steps = "".join(
            f'<li class="iv-{state}"><span aria-hidden="true">{marks[state]}</span> {escape(name.replace("_", " "))}'
            f'<span style="position:absolute;clip-path:inset(50%)"> {spoken[state]}</span></li>'
            for name, state in self._sections.items()
        )
        self.progress.value = f'<p class="iv-help" role="status">{escape(text)}</p><ol class="iv-steps">{steps}</ol>'

    def _show_outcome(self, event: dict[str, Any]) -> None:
        status, error = event["status"], event["error"]
        if status == "complete":
            self.said.say(SAYS[status], "good")
        elif error:
            self.said.fail(_Said(f"{SAYS[status]} {error['what']}", error["where"], error["do"]))
        rows: list[tuple[str, object]] = [("status", status)]
        if event["seconds"] is not None and not math.isnan(event["seconds"]):
            rows.append(("time", clock(event["seconds"])))
        rows += [
            (f"section {s['name'].replace('_', ' ')}", f"{s['status']}: {s['error']}")
            for s in event["sections"]
            if s["status"] != "ok"
        ]
        if event["folder"]:
            rows += [("findings", _findings(Path(event["folder"]))), ("folder", event["folder"])]
        report = Path(event["report"]) if event["report"] else None
        link = ""
        if report is not None:
            rows.append(("report", str(report.resolve())))
            link = (
                report_link(report, "Open the report in a new tab")
                or "<span>The notebook server does not show this folder: open the file named above.</span>"
            )
        self.outcome.value = facts(rows, "The run") + (f"<p>{link}</p>" if link else "")
        shown(self.preview_button, report is not None)
        shown(self.outcome_part, True)


class _Said(InvestigateError):
    """An error that crossed from the run."""


def _templates() -> list[tuple[str, str]]:
    found = []
    for name in names():
        try:
            found.append((f"{find(name).title} ({name})", name))
        except InvestigateError:
            found.append((name, name))  # choosing it says what is wrong
    return found


def _suggestions() -> dict[str, list[str]]:
    folders = [f for f in (places.beside(name) for name in FOLDERS) if f.is_dir()]
    files, _ = places.files_in(folders, (*suffixes(), ".toml"))
    cases, _ = places.cases_in(places.beside("data/cases"))
    return {
        "data": [f for f in files if not f.endswith(".toml")],
        "mapping": [f for f in files if f.endswith(".toml")],
        "known_groups": [f for f in files if f.endswith(".csv")],
        "case": [str(c) for c in cases],
    }


def _findings(folder: Path) -> str:
    path = folder / "findings.json"
    if not path.is_file():
        return "none were written"
    count = Counter(f["status"] for f in read_json(path)["findings"])
    return ", ".join(f"{n} {status}" for status, n in sorted(count.items())) or "none"
