"""Commands that take up finished or stopped runs: resume, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import show
from .arguments import Json
from .running import as_dict, stoppable, tell

RunDir = Annotated[Path, typer.Argument(help="A run's folder, CASE/runs/...", metavar="RUN_DIR")]


def register(app: typer.Typer) -> None:
    app.command("resume")(resume)
    app.command("compare")(compare)


def resume(
    run_dir: RunDir,
    accept_changed_data: Annotated[
        bool,
        typer.Option(
            "--accept-changed-data",
            help="Where the data are no longer those of the run: make a new run of them in a new case beside the old one.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Go on with a run that failed, was cut short, or rests on something that changed.

    Only what failed, was not run, or depends on a change is executed again, with the parameters of the run, in its folder."""
    from ..runs import resume as go_on

    with show.progress(quiet=json) as bar:
        task = bar.add_task("starting", total=1)

        def step(section: str, done: int, total: int) -> None:
            bar.update(task, description=section.replace("_", " "), completed=done, total=total)

        with stoppable(str(run_dir)):
            resumed = go_on(run_dir, accept_changed_data=accept_changed_data, progress=step)
    if json:
        more: dict[str, Any] = {"executed": list(resumed.executed), "because": list(resumed.because)}
        show.as_json(as_dict(resumed.result) | more | {"new_run": resumed.new_run})
    elif not resumed.because:
        show.say("There is nothing to do: the run is complete, and nothing that it rests on has changed.")
    else:
        show.say(*(f"because: {reason}" for reason in resumed.because))
        show.say(
            f"executed again: {', '.join(resumed.executed) or 'nothing, the report and the manifest were written'}"
        )
        tell(resumed.result)
    if resumed.result.exit_code:
        raise typer.Exit(resumed.result.exit_code)


def compare(
    run_a: Annotated[Path, typer.Argument(help="The earlier run's folder, CASE/runs/...", metavar="RUN_A")],
    run_b: Annotated[Path, typer.Argument(help="The later run's folder.", metavar="RUN_B")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the comparison as one HTML page.", metavar="FILE.html")
    ] = None,
    json: Json = False,
) -> None:
    """Say what is different in the later of two runs of one template.

    Findings are matched by their accounts; tables, volumes, parameters, data and versions are compared as well. Clocks, names of runs and places of cases are no difference."""
    from ..runs.comparing import compare as find_differences

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"'{out.name}' is no name for a page", "option --out", "let it end in .html")
    with show.working("comparing", quiet=json):
        found = find_differences(run_a, run_b)
    if out is not None:
        from ..runs.compared_page import page

        page(found, out)
    if json:
        show.as_json(found.record())
        return
    from ..runs.compared_page import text

    show.say(*text(found))
    if out is not None:
        show.say(f"page: {out}")
