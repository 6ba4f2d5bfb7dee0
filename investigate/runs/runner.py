"""The side of a run that drives the notebook: check, execute with Papermill, judge the sections, write the report."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import EXIT_OK, EXIT_OUTSIDE, EXIT_PARTIAL, InputError
from ..files import replacing
from . import manifest
from .manifest import Section
from .outcome import Failure, headings_of, judge, read_notebook
from .parameters import VOCABULARY
from .run import close, one_at_a_time, open_case, start, utc_now
from .templates import ISOLATED, PARAMETERS, Template, find, names

NOTEBOOK = "notebook.ipynb"
REPORT = "report.html"

Progress = Callable[[str, int, int], None]


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
    start(case, folder, chosen.name, values, owner="runner")
    began, clock = utc_now(), time.monotonic()
    outside = _papermill(chosen, values | {"run_dir": str(folder)}, folder / NOTEBOOK, progress)
    sections, error, critical = judge(read_notebook(folder / NOTEBOOK), chosen.sections, outside)
    status = "failed" if critical else "partial" if error else "complete"
    code = error.exit_code if error and critical else EXIT_PARTIAL if error else EXIT_OK
    case = Case.open(case.path)
    rest: dict[str, Any] = {"exit_code": code, "sections": sections}
    rest["times"] = {"started_at": began, "ended_at": utc_now(), "duration_s": round(time.monotonic() - clock, 1)}
    kept = {k: v for k, v in values.items() if k != "run_dir"}
    report = None
    if not critical:
        # The report prints the manifest, and the manifest holds the report's hash: written before and after.
        manifest.write(folder, chosen, kept, case.datasets, status=status, **rest)
        report = make_report(folder, chosen, case)
    close(case, folder, chosen, kept, status=status, **rest)
    return RunResult(chosen, folder, status, code, sections, error, report, time.monotonic() - clock)


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
    manifest.write(folder, template, record["parameters"], case.datasets, status=record["status"], **rest)
    report = make_report(folder, template, case)
    close(case, folder, template, record["parameters"], status=record["status"], **rest)
    return report


def _papermill(template: Template, values: dict[str, Any], out: Path, progress: Progress | None) -> Failure | None:
    """Execute the notebook; what went wrong outside its cells, if anything did."""
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from . import kernel

    total = _count_cells(template.path)

    def on_cell_start(cell: Any, cell_index: int) -> None:
        if progress and cell.cell_type == "code":
            tags = [t for t in cell.metadata.get("tags", []) if t not in (ISOLATED, "injected-parameters")]
            progress(tags[0] if tags else PARAMETERS, cell_index, total)

    try:
        with _quiet():
            papermill.execute_notebook(
                _literal(template.path),
                _literal(out),
                values,
                kernel_name="python3",
                progress_bar=False,
                start_timeout=kernel.START_TIMEOUT_S,
                kernel_manager_class=kernel.OwnKernel,
                on_cell_start=on_cell_start,
            )
    except PapermillExecutionError:
        return None  # the cell's own output says more
    except NoSuchKernel as error:
        return Failure("OutsideError", f"no kernel to run the notebook: {error}", "", "install ipykernel", EXIT_OUTSIDE)
    except DeadKernelError:
        do = "free memory or load less data, then run it again"
        return Failure("OutsideError", f"the kernel died {_last_words()}".strip(), str(out), do, EXIT_OUTSIDE)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            do = "free space or choose another folder"
            return Failure("OutsideError", f"cannot write: {error.strerror}", str(out), do, EXIT_OUTSIDE)
        raise
    except RuntimeError as error:
        # nbclient says a slow start and a kernel that never came up in a plain RuntimeError.
        what = f"the kernel did not answer: {error} {_last_words()}".strip()
        return Failure("OutsideError", what, str(out), "run it again", EXIT_OUTSIDE)
    return None


def _last_words() -> str:
    from . import kernel

    words = kernel.last[-1].last_words() if kernel.last else ""
    return f"({words})" if words else ""


def _literal(path: Path) -> str:
    """A path in which Papermill finds nothing to fill in: it reads braces as places for parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _count_cells(path: Path) -> int:
    return len(json.loads(path.read_text(encoding="utf-8"))["cells"]) + 1  # and the one Papermill puts in


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Papermill's log lines are for its own users; warnings and errors of a run come from its outcome."""
    logger = logging.getLogger("papermill")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
