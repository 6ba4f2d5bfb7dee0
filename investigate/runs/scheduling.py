"""A plan as a cron line, a systemd timer or a jupyter-scheduler job: text for a scheduler that is there already.

Nothing here runs, waits or starts anything.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from zoneinfo import available_timezones

from ..errors import InputError, nearest, unknown
from .every import Every, every
from .rows import planned

KINDS = ("cron", "systemd", "jupyter")


def schedule(
    plan: str | Path,
    rhythm: str,
    kind: str,
    *,
    zone: str = "UTC",
    jobs: int = 2,
    root: str | Path | None = None,
    folder: str | Path | None = None,
    python: str = "",
) -> dict[str, str]:
    """The files that make a scheduler run a plan, by name.

    Parameters
    ----------
    plan : str or Path
        The plan; it is read and checked first.
    rhythm : str
        How often; see `investigate.runs.every.every`.
    kind : str
        "cron": one file with a line for a crontab; "systemd": a service and its timer; "jupyter": a notebook, and the
        body of jupyter-scheduler's request `POST /scheduler/job_definitions` that runs it.
    zone : str
        The time zone of the rhythm, as in the tz database.
    root : str or Path, optional
        For "jupyter": the folder JupyterLab was started in, from which it names notebooks; by default the current one.
    folder : str or Path, optional
        For "jupyter": where the notebook will lie; by default beside the plan.
    python : str, optional
        The Python that runs the plan; by default this one.

    Raises
    ------
    InputError, UnknownNameError
        The plan, the rhythm, the kind or the time zone cannot be used; a path cannot be written in this form.
    """
    if kind not in KINDS:
        raise unknown("kind of schedule", kind, KINDS, "option --as")
    when = every(rhythm)
    if zone not in available_timezones():
        raise _no_zone(zone)
    path = Path(os.path.abspath(plan))
    planned(path)
    python = python or sys.executable
    for one in (str(path), python):
        if any(ord(c) < 32 or ord(c) == 127 for c in one):
            raise InputError("the path holds a control character", repr(one), "rename the file or folder")
    words = [python, "-m", "investigate", "batch", str(path), "--jobs", str(jobs)]
    slug = "investigate-" + (re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-") or "plan")
    if kind == "cron":
        return {f"{slug}.cron": _cron(when, zone, path, words)}
    if kind == "systemd":
        return {f"{slug}.service": _service(path, words), f"{slug}.timer": _timer(when, zone, path)}
    held_in = Path(os.path.abspath(folder)) if folder else path.parent
    return _jupyter(when, zone, path, jobs, held_in / f"{slug}.ipynb", Path(os.path.abspath(root or ".")))


def _no_zone(zone: str) -> InputError:
    hint = nearest(zone, sorted(available_timezones()))
    do = f"did you mean '{hint}'?" if hint else "give a name of the tz database, like Europe/Oslo or UTC"
    return InputError(f"there is no time zone '{zone}'", "option --zone", do)


def _cron(when: Every, zone: str, plan: Path, words: list[str]) -> str:
    log = shlex.quote(str(plan.with_name(f"{plan.stem}-batch.log")))
    command = f"{shlex.join(words)} >> {log} 2>&1"
    # To cron a per cent sign is the end of the line, unless it is escaped; quotes do not count.
    escaped = command.replace("%", "\\%")
    return (
        f"# {when.words}, {zone}. Add these lines with `crontab -e`.\n"
        "# CRON_TZ is known to cronie; other crons read the times in the machine's zone, whatever stands here.\n"
        f"CRON_TZ={zone}\n{when.cron()} {escaped}\n"
    )


def _service(plan: Path, words: list[str]) -> str:
    program, *rest = words
    # The program's own name is not searched for variables; what follows is.
    command = " ".join([_quoted(program), *(_quoted(word).replace("$", "$$") for word in rest)])
    return (
        f"[Unit]\nDescription=Investigate: the plan {_specifiers(plan.name)}\n\n"
        f"[Service]\nType=oneshot\nExecStart={command}\n"
        "# A batch ends its runs in an orderly way, which can take a while.\nTimeoutStopSec=120\n"
    )


def _timer(when: Every, zone: str, plan: Path) -> str:
    return (
        f"# {when.words}, {zone}. Put this file and its service into ~/.config/systemd/user, then:\n"
        "#   systemctl --user daemon-reload && systemctl --user enable --now THIS_FILE\n"
        f"[Unit]\nDescription=Investigate: {_specifiers(plan.name)}, {when.words} {zone}\n\n"
        f"[Timer]\nOnCalendar={when.calendar(zone)}\n"
        "# A time that was missed while the machine was off is made up for.\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of a systemd command line: quoted where it must be, specifiers escaped."""
    text = _specifiers(word)
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _jupyter(when: Every, zone: str, plan: Path, jobs: int, notebook: Path, root: Path) -> dict[str, str]:
    place = Path(os.path.relpath(notebook, root))
    if place.is_absolute() or ".." in place.parts:
        raise InputError(
            "JupyterLab cannot reach the notebook, which lies outside of its folder",
            f"root {root}, notebook {notebook}",
            "name with --root the folder that JupyterLab was started in, or with --out one below it",
        )
    code = (
        "from investigate.runs import batch\n\n"
        f"result = batch({str(plan)!r}, jobs={jobs})\n"
        "print(result.state.counts(), result.index)\n"
        "if result.exit_code:\n"
        '    raise RuntimeError(f"not every row is complete: {result.index}")'
    )
    cells = [
        {
            "cell_type": "markdown",
            "id": "about",
            "metadata": {},
            "source": f"# {plan.name}\n\nRuns every row of the plan, {when.words} ({zone}). Made by `investigate schedule`.",
        },
        {"cell_type": "code", "execution_count": None, "id": "run", "metadata": {}, "outputs": [], "source": code},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    held = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    job = {
        "input_uri": place.as_posix(),
        "name": re.sub(r"[^\w .-]", "-", f"{plan.stem} {when.words}"),
        "output_formats": ["ipynb", "html"],
        "runtime_environment_name": Path(os.environ.get("CONDA_PREFIX") or sys.executable).name,
        "schedule": when.cron(),
        "tags": ["investigate"],
        "timezone": zone,
    }
    return {notebook.name: _json(held), f"{notebook.stem}.job.json": _json(job)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
