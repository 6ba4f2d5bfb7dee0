"""Commands that run templates: run, report."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import EXIT_BUG, InputError, Stopped
from . import show
from .arguments import Json, Map, Mapping, assignments


def register(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("report")(report)


def run(
    template: Annotated[
        str, typer.Argument(help="A template's name (`investigate templates`) or an .ipynb file.", metavar="TEMPLATE")
    ],
    case: Annotated[Path, typer.Option("--case", "-c", help="The case folder; it is made where there is none.")],
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The export file; may be left out where the case holds data.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", "-s", help="The file's format; see `investigate sources`.")
    ] = None,
    mapping: Mapping = None,
    map_: Map = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="A parameter of the template; may be repeated.", metavar="NAME=VALUE"),
    ] = None,
    json: Json = False,
) -> None:
    """Run a template on a case: the main job.

    It leaves a run folder with the report, the findings, tables, the graph and a manifest."""
    from ..runs import execute

    given: dict[str, Any] = dict(assignments(parameter, "-p"))
    if mapping and map_:
        raise InputError("both --mapping and --map are given", "options", "use one of them")
    named = mapping or "; ".join(map_ or []) or None
    for name, value in (("case", case), ("data", data), ("source", source), ("mapping", named)):
        if value is None:
            continue
        if name in given:
            raise InputError(f"'{name}' is given twice", f"--{name} and -p {name}=...", "give it once")
        given[name] = str(value)
    with show.progress(quiet=json) as bar:
        task = bar.add_task("starting", total=1)

        def step(section: str, done: int, total: int) -> None:
            bar.update(task, description=section.replace("_", " "), completed=done, total=total)

        with stoppable():
            result = execute(template, given, step)
    if json:
        show.as_json(as_dict(result))
    else:
        tell(result)
    if result.exit_code:
        raise typer.Exit(result.exit_code)


@contextmanager
def stoppable(run: str = "") -> Iterator[None]:
    """Ctrl-C in here is answered with the run and the command that goes on with it; `run` where its folder is known before."""
    try:
        yield
    except KeyboardInterrupt as stop:
        # What was about to be done with the kernel is given up; neither the loop nor Python need say so.
        logging.getLogger("asyncio").disabled = True
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        where = run or str(stop)
        do = f"`investigate resume {where}` goes on where it stopped" if where else "nothing was begun"
        raise Stopped("stopped by you", where, do) from None


def as_dict(result: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "template": result.template.name,
        "status": result.status,
        "exit_code": result.exit_code,
        "folder": str(result.folder),
        "report": str(result.report) if result.report else None,
        "findings": _count(result.folder),
        "sections": [asdict(s) for s in result.sections],
        "error": asdict(result.error) if result.error else None,
        "seconds": round(result.seconds, 1),
    }


def tell(result: Any) -> None:
    failed = [s for s in result.sections if s.status != "ok"]
    if result.status == "failed":
        error = result.error
        what = (
            error.what
            if error.exit_code != EXIT_BUG
            else f"a bug in this program, in section '{error.section}': {error.what}"
        )
        do = error.do or f"see {result.folder / 'notebook.ipynb'}"
        show.complain(what, error.where, do)
        return
    count = _count(result.folder)
    total = sum(count.values())
    grades = ", ".join(f"{n} {status}" for status, n in count.items())
    show.say(f"{result.template.title}: {total} findings{f' ({grades})' if grades else ''}, {result.seconds:.0f} s")
    show.say(f"report: {result.report}", f"folder: {result.folder}")
    for section in failed:
        show.complain(f"section '{section.name}' {section.status}: {section.error}")


def _count(folder: Path) -> dict[str, int]:
    from collections import Counter

    from ..files import read_json

    path = folder / "findings.json"
    return dict(sorted(Counter(f["status"] for f in read_json(path)["findings"]).items())) if path.is_file() else {}


def report(
    run_dir: Annotated[Path, typer.Argument(help="A run's folder, CASE/runs/...", metavar="RUN_DIR")],
    notebook: Annotated[
        Path | None,
        typer.Option("--notebook", help="The executed notebook, where it lies elsewhere (a bare papermill run)."),
    ] = None,
    pdf: Annotated[
        bool,
        typer.Option("--pdf", help="Print the report as PDF; one that is there is not built again. Needs Chromium."),
    ] = False,
    json: Json = False,
) -> None:
    """Build the report of a run again.

    After a bare papermill run it is built for the first time."""
    from ..report import write_pdf
    from ..runs import rebuild

    path = run_dir / "report.html"
    if not (pdf and path.is_file() and notebook is None):
        with show.working("building the report", quiet=json):
            path = rebuild(run_dir, notebook)
    if pdf:
        with show.working("printing the report", quiet=json):
            path = write_pdf(path)
    if json:
        show.as_json({"report": str(path)})
    else:
        show.say(f"report: {path}")
