"""The side of a run that drives the notebook: check, execute with Papermill, judge the sections, write the report."""

from __future__ import annotations

import shlex
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import EXIT_OK, EXIT_PARTIAL, InputError
from ..files import replacing
from . import manifest
from .driving import Progress, drive
from .journal import Journal, ingredients
from .manifest import Section
from .outcome import Failure, headings_of, judge, read_notebook
from .parameters import VOCABULARY
from .run import close, one_at_a_time, open_case, start, utc_now
from .templates import Template, find, names

NOTEBOOK = "notebook.ipynb"
REPORT = "report.html"


@dataclass(frozen=True)
class RunResult:
    """How a run went and where its results are.

    Attributes
    ----------
    status : str
        `complete`, `partial` (some sections failed) or `failed` (the case could not be built).
    exit_code : int
        0 complete; 4 partial; otherwise of the error that stopped it: 2 your input, 3 something outside, 1 a bug.
    error : Failure or None
        What stopped the run, or the first section that failed.
    """

    template: Template
    folder: Path
    status: str
    exit_code: int
    sections: tuple[Section, ...]
    error: Failure | None
    report: Path | None
    seconds: float


def execute(template: str | Path, parameters: dict[str, Any], progress: Progress | None = None) -> RunResult:
    """Run a template and leave its run folder: notebook, report, findings, tables, graph, manifest.

    Parameters
    ----------
    template : str or Path
        A template's name, or the path of a notebook.
    parameters : dict
        Values by name; texts are converted as the declaration says.
    progress : callable, optional
        Called as ``progress(section, done, total)`` when a cell starts; counts are cells.

    Raises
    ------
    InputError, UnknownNameError
        A parameter is unknown, of the wrong type or out of range: before a kernel starts.
    CaseError
        The case folder is occupied, damaged or of another version; somebody else has the case open, or another run
        on it is under way.
    """
    chosen = find(template)
    values = chosen.check(parameters)
    case = open_case(values)
    with one_at_a_time(case, f"run of {chosen.name}"):
        return _execute(chosen, values, case, progress)


def _execute(chosen: Template, values: dict[str, Any], case: Case, progress: Progress | None) -> RunResult:
    folder = manifest.new_folder(case.path / "runs", chosen.name)
    start(case, folder, chosen.name, values, owner="runner", **ingredients(chosen, values))
    clock = Clock()
    journal = Journal(folder, case.path)
    try:
        outside = drive(chosen.path, values | {"run_dir": str(folder)}, folder / NOTEBOOK, progress, journal)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(str(folder)) from None  # so that whoever tells people of it can name the run
    return end(chosen, folder, values, outside, clock)


@dataclass(frozen=True)
class Clock:
    """When a run began, for people and for its duration; nothing of it enters a result."""

    began: str = field(default_factory=utc_now)
    tick: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.tick


def end(chosen: Template, folder: Path, values: dict[str, Any], outside: Failure | None, clock: Clock) -> RunResult:
    """Judge the executed notebook in the run's folder, write report and manifest, close the run."""
    sections, error, critical = judge(read_notebook(folder / NOTEBOOK), chosen.sections, outside)
    status = "failed" if critical else "partial" if error else "complete"
    code = error.exit_code if error and critical else EXIT_PARTIAL if error else EXIT_OK
    case = Case.open(folder.resolve().parents[1])
    rest: dict[str, Any] = {"exit_code": code, "sections": sections}
    rest["times"] = {"started_at": clock.began, "ended_at": utc_now(), "duration_s": round(clock.seconds, 1)}
    rest["more"] = manifest.carried(manifest.marker(folder))
    kept = {k: v for k, v in values.items() if k != "run_dir"}
    report = None
    if not critical:
        # The report prints the manifest, and the manifest holds the report's hash: written before and after.
        manifest.write(folder, chosen, kept, case.datasets, status=status, **rest)
        report = make_report(folder, chosen, case)
    close(case, folder, chosen, kept, status=status, **rest)
    return RunResult(chosen, folder, status, code, sections, error, report, clock.seconds)


def make_report(folder: Path, template: Template | None, case: Case) -> Path:
    """Write `report.html` of a run from its executed notebook and its manifest."""
    from ..report import build_report

    record, notebook = manifest.read(folder), read_notebook(folder / NOTEBOOK)
    headings = headings_of(notebook)
    failed = [
        {"section": headings.get(s["name"], s["name"]), "what": s["error"], "skipped": s["status"] == "not run"}
        for s in record["sections"]
        if s["status"] != "ok"
    ]
    first = [d.first_at for d in case.datasets]
    meta = {
        "case": case.title,
        "template": template.title if template else folder.name,
        "data_from": min(first),
        "data_to": max(d.last_at for d in case.datasets),
        "purpose": record["parameters"].get("purpose") or case.about.get("purpose"),
        "run_id": folder.name,
        "parameters": record["parameters"],
        "inputs": [{k: d[k] for k in ("file", "source", "rows_read", "sha256")} for d in record["inputs"]],
        "versions": record["versions"],
        "command": command(record),
    }
    title = f"{template.title}: {case.title}" if template else case.title
    return build_report(notebook, title=title, meta=meta, sections_failed=failed, out=folder / REPORT)


def command(record: dict[str, Any]) -> str:
    """The command that runs the same again, from a manifest."""
    values = dict(record["parameters"])
    words = ["investigate", "run", (record.get("template") or {}).get("name") or record["run"].rpartition("-")[0]]
    for name in ("data", "source", "mapping", "case"):
        value = values.pop(name, "")
        words += (
            [f"--{name}", str(value)] if value and "=" not in str(value) else ["-p", f"{name}={value}"] if value else []
        )
    for name, value in sorted(values.items()):
        if name in VOCABULARY and value != VOCABULARY[name].default:
            words += ["-p", f"{name}={','.join(value) if isinstance(value, list) else value}"]
    return shlex.join(words)


def rebuild(folder: Path, notebook: Path | None = None) -> Path:
    """Build the report of a finished run again, or for the first time after a bare Papermill run.

    Parameters
    ----------
    folder : Path
        The run's folder, ``CASE/runs/...``.
    notebook : Path, optional
        The executed notebook where it lies elsewhere; a copy is kept in the run's folder.

    Raises
    ------
    CaseError
        The folder holds no finished run.
    InputError
        There is no executed notebook to build from.
    """
    record = manifest.read(folder)
    case = Case.open(folder.resolve().parents[1])
    kept = folder / NOTEBOOK
    if notebook is not None:
        with replacing(kept) as temporary:
            shutil.copyfile(notebook, temporary)
    if not kept.is_file():
        raise InputError("there is no executed notebook in the run's folder", str(kept), "name it with --notebook FILE")
    template = find(record["template"]["name"]) if (record.get("template") or {}).get("name") in names() else None
    sections = tuple(Section(**s) for s in record["sections"])
    if template and not sections:
        sections, error, critical = judge(read_notebook(kept), template.sections, None)
        record |= {"status": "failed" if critical else "partial" if error else "complete"}
    rest: dict[str, Any] = {"exit_code": record["exit_code"], "sections": sections, "times": record["times"]}
    rest["more"] = manifest.carried(record)
    manifest.write(folder, template, record["parameters"], case.datasets, status=record["status"], **rest)
    report = make_report(folder, template, case)
    close(case, folder, template, record["parameters"], status=record["status"], **rest)
    return report
