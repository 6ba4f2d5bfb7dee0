"""Commands that take up finished or stopped runs: resume, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from . import show
from .arguments import Json
from .running import _as_dict, _tell

RunDir = Annotated[Path, typer.Argument(help="A run's folder, CASE/runs/...", metavar="RUN_DIR")]


def register(app: typer.Typer) -> None:
    app.command("resume")(resume)


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

        resumed = go_on(run_dir, accept_changed_data=accept_changed_data, progress=step)
    if json:
        more: dict[str, Any] = {"executed": list(resumed.executed), "because": list(resumed.because)}
        show.as_json(_as_dict(resumed.result) | more | {"new_run": resumed.new_run})
    elif not resumed.because:
        show.say("There is nothing to do: the run is complete, and nothing that it rests on has changed.")
    else:
        show.say(*(f"because: {reason}" for reason in resumed.because))
        show.say(
            f"executed again: {', '.join(resumed.executed) or 'nothing, the report and the manifest were written'}"
        )
        _tell(resumed.result)
    if resumed.result.exit_code:
        raise typer.Exit(resumed.result.exit_code)
