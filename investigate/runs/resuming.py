"""Going on with a run that failed, was cut short, or rests on something that changed: in its folder, with its parameters.

Read `investigate.runs.choosing` for what is executed again. The executed notebook is rewritten before the kernel starts,
so that a resumed run that is killed, too, can be gone on with once more.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import CaseError, InputError
from . import changing, manifest, patching
from .choosing import Choice, choose
from .driving import Progress, drive
from .journal import Journal, held_results, ingredients
from .leftovers import clear, clear_temporary, damaged, drop_views, refuse_if_rewritten, wait_for_kernel
from .outcome import last_started, read_notebook
from .run import FINDINGS, GRAPH, one_at_a_time, utc_now
from .runner import NOTEBOOK, REPORT, Clock, RunResult, end, execute
from .templates import Template, find

TODO, AGAIN = ".to-execute.ipynb", ".executed-again.ipynb"


@dataclass(frozen=True)
class Resumed:
    """What going on with a run came to.

    Attributes
    ----------
    result : RunResult
        Of the whole run, as after `execute`.
    executed : tuple of str
        Sections that were executed again; empty where only the report was written, or nothing was to do.
    because : tuple of str
        Why, each reason in words; empty where nothing was to do.
    new_run : bool
        The data had changed, and a new run was made of them instead.
    """

    result: RunResult
    executed: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    new_run: bool = False


@dataclass(frozen=True)
class _Stopped:
    """A run as its folder shows it."""

    folder: Path
    case: Case
    record: dict[str, Any]
    template: Template
    values: dict[str, Any]
    unfinished: bool

    @property
    def status(self) -> str:
        return "" if self.unfinished else str(self.record.get("status"))


def resume(folder: Path, *, accept_changed_data: bool = False, progress: Progress | None = None) -> Resumed:
    """Execute again what failed, was not run, or rests on something that changed, and write report and manifest anew.

    Parameters
    ----------
    folder : Path
        The run's folder, ``CASE/runs/...``; complete, partial, failed, or left by a killed process.
    accept_changed_data : bool
        Where the data are no longer those of the run: make a new run of them, with the same parameters, in a new case
        beside the old one. Without it such a run is refused.

    Raises
    ------
    CaseError, InputError
        There is no such run, it was made without the runner, or it can no longer be gone on with as it began.
    OutsideError
        The kernel of the killed run is still at work.
    """
    folder = folder.resolve()
    stopped = _read(folder)
    with one_at_a_time(stopped.case, f"resume of {folder.name}"):
        wait_for_kernel(stopped.record)
        refuse_if_rewritten(folder, stopped.case)
        changed = changing.data(stopped.record, stopped.values, stopped.case)
        if not changed:
            return _go_on(stopped, progress)
    if not accept_changed_data:
        raise InputError(
            "the data are not those that the run began with: " + "; ".join(changed),
            str(folder),
            "put the old file back; or give --accept-changed-data, which makes a new run of the new data, with the same "
            "parameters, and leaves this one as it is",
        )
    values = {k: v for k, v in stopped.values.items() if k not in ("case", "run_dir")}
    values["case"] = str(changing.free_case(stopped.case) if stopped.case.datasets else stopped.case.path)
    result = execute(stopped.template.path if stopped.record.get("template_file") else stopped.template.name, values)
    return Resumed(result, tuple(s.name for s in result.sections), tuple(changed), new_run=True)


def _read(folder: Path) -> _Stopped:
    if not (folder / manifest.MANIFEST).is_file() and not (folder / manifest.MARKER).is_file():
        raise CaseError("this is not a run", str(folder), "give a folder under CASE/runs")
    case = Case.open(folder.parents[1])
    record = manifest.marker(folder)
    unfinished = bool(record)
    record = record or manifest.read(folder)
    if record.get("owner") == "notebook" or record.get("status") == "unchecked":
        raise InputError(
            "the run was made in a notebook, without the runner",
            str(folder),
            "run its cells again there, or `investigate report` with the executed notebook",
        )
    named = record.get("template") or {}
    template = find(record.get("template_file") or (named if isinstance(named, str) else named.get("name", "")))
    given = {k: v for k, v in record["parameters"].items() if k not in ("case", "run_dir")}
    given = changing.without_lost_data(given, case)
    values = template.check({**given, "case": str(case.path)})
    return _Stopped(folder, case, record, template, values, unfinished)


def _go_on(run: _Stopped, progress: Progress | None) -> Resumed:
    clear_temporary(run.folder, but=(AGAIN,))
    template = json.loads(run.template.path.read_text(encoding="utf-8"))
    executed = patching.overlay(read_notebook(run.folder / NOTEBOOK), read_notebook(run.folder / AGAIN))
    hurt = [] if run.unfinished else damaged(run.folder)
    reasons = changing.rest(run.record, run.template, run.values, complete=run.status == "complete")
    good = _good(run, template, executed, hurt)
    choice = _choose(run, template, executed, good, reasons, hurt)
    if not choice.execute and run.status == "complete" and not hurt and not reasons.template:
        return Resumed(_as_it_is(run))
    cells = patching.code_cells(template)
    again = {str(cells[i].get("id", "")) for i in choice.execute}
    sections = tuple(s for s in run.template.sections if any(s in patching.tags(cells[i]) for i in choice.execute))
    because = _because(run, choice, reasons, hurt)
    _begin(run, sections, because, keep_results=not choice.whole)
    if choice.whole:
        clear(run.folder)
    keep = good - again
    base = patching.renew(template, executed, keep)
    drop_views(run.folder, set(patching.views_in(executed["cells"])) - set(patching.views_in(base["cells"])))
    patching.write(base, run.folder / NOTEBOOK)
    (run.folder / AGAIN).unlink(missing_ok=True)
    clock, outside = Clock(), None
    if again:
        patching.write(patching.only(template, again), run.folder / TODO)
        values = run.values | {"run_dir": str(run.folder)}
        outside = drive(run.folder / TODO, values, run.folder / AGAIN, progress, Journal(run.folder, run.case.path))
        patching.write(patching.overlay(base, read_notebook(run.folder / AGAIN)), run.folder / NOTEBOOK)
        for name in (TODO, AGAIN):
            (run.folder / name).unlink(missing_ok=True)
    result = end(run.template, run.folder, run.values, outside, clock)
    return Resumed(result, sections, because)


def _good(run: _Stopped, template: dict[str, Any], executed: dict[str, Any], hurt: Collection[str]) -> set[str]:
    """The cells that ended well as they stand in the template now, and whose files are as they left them."""
    now = {str(c.get("id", "")): c for c in patching.code_cells(template)}
    cut = last_started(executed) if run.status in ("", "failed") else None
    stems = {Path(name).stem for name in hurt if name.startswith(("tables/", "figures/"))}
    closing = {FINDINGS, GRAPH} & {*hurt}
    good = set()
    for cell in patching.code_cells(executed):
        name = str(cell.get("id", ""))
        if name not in now or not patching.ended_well(cell) or not patching.same_code(cell, now[name]):
            continue
        if cell is cut or stems & set(patching.views_in([cell])) or (closing and "finish(" in "".join(cell["source"])):
            continue
        good.add(name)
    return good


def _choose(
    run: _Stopped,
    template: dict[str, Any],
    executed: dict[str, Any],
    good: Collection[str],
    reasons: changing.Reasons,
    hurt: Collection[str],
) -> Choice:
    cells = patching.code_cells(template)
    everything = tuple(range(len(cells)))
    if reasons.whole:
        return Choice(everything, "; ".join(reasons.whole))
    if NOTEBOOK in hurt:
        return Choice(everything, f"{NOTEBOOK} was changed or removed after the run")
    kept = run.record.get("kept") or {}
    after, lost = str(kept.get("after", "")), "its build did not come far enough to leave results in the case"
    if after and held_results(run.case.path)[1] != kept["results_sha256"]:
        after, lost = "", "the results that the case holds now are not those of this run"
    elif after and changing.stages(template, after) != changing.stages(executed, after):
        after, lost = "", "the template builds the case in another way now"
    return choose(cells, good, after, lost)


def _begin(run: _Stopped, sections: tuple[str, ...], because: tuple[str, ...], *, keep_results: bool) -> None:
    """Mark the run as under way again, in its folder and in the case log."""
    before = {k: run.record[k] for k in ("status", "times") if run.record.get(k)}
    entry = {
        "at": utc_now(),
        "executed": list(sections),
        "because": list(because),
        **({"before": before} if before else {}),
    }
    carried = manifest.carried(run.record)
    if not keep_results:
        carried.pop("kept", None)
    carried["resumed"] = [*carried.get("resumed", []), entry]
    parameters = {k: v for k, v in run.values.items() if k != "run_dir"}
    fresh = ingredients(run.template, run.values)
    fresh["data_sha256"] = fresh["data_sha256"] or run.record.get("data_sha256", "")
    manifest.mark(run.folder, run.template.name, "runner", parameters, **{**carried, **fresh})
    run.case.log.append(
        "run_resumed", run=run.folder.name, template=run.template.name, executed=list(sections), because=list(because)
    )


def _because(run: _Stopped, choice: Choice, reasons: changing.Reasons, hurt: Collection[str]) -> tuple[str, ...]:
    out = [*reasons.template] + ([choice.whole] if choice.whole and choice.whole not in reasons.template else [])
    if run.unfinished:
        out.insert(0, "the run was cut short")
    elif run.status != "complete":
        held = [s for s in run.record["sections"] if s["status"] != "ok"]
        out.insert(0, f"the run was {run.status}: " + ", ".join(f"{s['name']} {s['status']}" for s in held))
    if hurt:
        out.append("changed or removed after the run: " + ", ".join(sorted(hurt)))
    return tuple(out)


def _as_it_is(run: _Stopped) -> RunResult:
    record = run.record
    sections = tuple(manifest.Section(**s) for s in record["sections"])
    return RunResult(run.template, run.folder, record["status"], 0, sections, None, run.folder / REPORT, 0.0)
