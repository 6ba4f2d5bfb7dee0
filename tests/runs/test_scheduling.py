"""Schedules: what is written for cron, systemd and jupyter-scheduler says when, where and in which time zone, whatever the path."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from plans import write_plan

from investigate.cli import main
from investigate.errors import InputError, UnknownNameError
from investigate.runs.every import every
from investigate.runs.scheduling import schedule

ODD = 'odd 100% $HOME\'s "x" \\n'


@pytest.fixture
def plan(tmp_path):
    folder = tmp_path / (ODD if os.name != "nt" else "odd 100% $HOME's")
    folder.mkdir()
    return write_plan(folder, "a")


@pytest.mark.parametrize(
    ("words", "cron", "calendar"),
    [
        ("daily 06:00", "0 6 * * *", "*-*-* 06:00:00 UTC"),
        ("Weekdays 6:05", "5 6 * * 1,2,3,4,5", "Mon,Tue,Wed,Thu,Fri *-*-* 06:05:00 UTC"),
        ("weekly mon 06:30", "30 6 * * 1", "Mon *-*-* 06:30:00 UTC"),
        ("weekly sunday,thu 23:59", "59 23 * * 4,0", "Thu,Sun *-*-* 23:59:00 UTC"),
        ("monthly 1 00:00", "0 0 1 * *", "*-*-01 00:00:00 UTC"),
        ("hourly", "0 * * * *", "*-*-* *:00:00 UTC"),
        ("hourly :15", "15 * * * *", "*-*-* *:15:00 UTC"),
        ("every 6h", "0 */6 * * *", "*-*-* 00/6:00:00 UTC"),
        ("1h", "0 * * * *", "*-*-* *:00:00 UTC"),
        ("15min", "*/15 * * * *", "*-*-* *:00/15:00 UTC"),
    ],
)
def test_a_rhythm_in_words(words, cron, calendar):
    """The same rhythm for both schedulers; where systemd is here, it reads the calendar as one."""
    assert (every(words).cron(), every(words).calendar("UTC")) == (cron, calendar)
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("daily", "end with a time of day"),
        ("weekly 06:00", "name the day before the time"),
        ("weekly mondey 06:00", "did you mean 'mon'"),
        ("monthly 31 06:00", "1 to 28"),
        ("7h", "steps must divide the day"),
        ("25min", "steps must divide the hour"),
        ("daily 24:00", "end with a time of day"),
        ("hourly 15", "write the minute as :15"),
        ("soon", "forms: `daily 06:00`"),
    ],
)
def test_a_rhythm_that_is_not_understood(words, hint):
    """The message says what is missing and lists the forms there are."""
    with pytest.raises(InputError) as caught:
        every(words)
    assert hint in caught.value.do and "`weekly mon 06:00`" in caught.value.do


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_a_cron_line_survives_any_path(plan):
    """Per cent signs are escaped as cron wants it; what the shell then gets are exactly the words of the command."""
    [text] = schedule(plan, "daily 06:00", "cron", zone="Europe/Oslo", jobs=3, python=sys.executable).values()
    *comments, zone, line = text.splitlines()
    assert all(c.startswith("#") for c in comments) and "Europe/Oslo" in comments[0] and zone == "CRON_TZ=Europe/Oslo"
    assert line.startswith("0 6 * * * ") and not re.search(r"(?<!\\)%", line)
    command = line.removeprefix("0 6 * * * ").replace("\\%", "%")
    words, _, log = command.partition(" >> ")
    assert shlex.split(words) == [sys.executable, "-m", "investigate", "batch", str(plan), "--jobs", "3"]
    assert shlex.split(log) == [str(plan.with_name("plan-batch.log")), "2>&1"]
    shown = subprocess.run(["sh", "-c", f"printf '%s\\n' {words}"], capture_output=True, text=True).stdout
    assert shown.splitlines() == shlex.split(words)


def test_systemd_units_survive_any_path(plan, tmp_path):
    """Specifiers, variables, quotes and backslashes are escaped; systemd itself finds nothing to complain about."""
    files = schedule(plan, "weekly mon 06:00", "systemd", zone="Europe/Oslo", python=sys.executable)
    service, timer = files["investigate-plan.service"], files["investigate-plan.timer"]
    assert "OnCalendar=Mon *-*-* 06:00:00 Europe/Oslo" in timer and "Persistent=true" in timer
    [command] = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert "%" not in command.replace("%%", "") and "$" not in command.replace("$$", "")
    words = shlex.split(command.replace("%%", "%").replace("$$", "$"))
    assert words == [sys.executable, "-m", "investigate", "batch", str(plan), "--jobs", "2"]
    if shutil.which("systemd-analyze"):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        paths = [str(tmp_path / name) for name in files]
        done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
        assert (done.returncode, [line for line in done.stderr.splitlines() if "investigate-plan" in line]) == (0, [])


def test_a_jupyter_job_runs_a_notebook_that_runs_the_plan(plan, tmp_path):
    """The job names a notebook below JupyterLab's folder, a cron rhythm and a time zone; the notebook is valid and its
    code calls the batch on this plan."""
    import nbformat

    files = schedule(plan, "daily 06:00", "jupyter", zone="Asia/Tokyo", root=tmp_path)
    job = json.loads(files["investigate-plan.job.json"])
    assert (job["schedule"], job["timezone"]) == ("0 6 * * *", "Asia/Tokyo")
    assert (tmp_path / job["input_uri"]).parent == plan.parent and job["input_uri"].endswith("investigate-plan.ipynb")
    assert job["runtime_environment_name"] and job["name"] == "plan daily 06-00" and "html" in job["output_formats"]
    notebook = nbformat.reads(files["investigate-plan.ipynb"], as_version=4)
    nbformat.validate(notebook)
    called = {}
    code = notebook.cells[1].source.replace("from investigate.runs import batch\n", "")
    with pytest.raises(RuntimeError, match="not every row is complete"):
        exec(code, {"batch": lambda path, jobs: called.update(path=path, jobs=jobs) or Ended()})  # noqa: S102 - the cell is our own
    assert called == {"path": str(plan), "jobs": 2}


class Ended:
    """A batch of which not all rows are complete."""

    exit_code, index = 4, "index.html"

    class state:
        @staticmethod
        def counts():
            return {"failed": 1}


def test_what_cannot_be_scheduled_is_refused(plan, tmp_path, capsys):
    """An unknown zone or kind names the nearest one; a notebook JupyterLab cannot reach, and a bad plan, are refused."""
    with pytest.raises(InputError, match="did you mean 'Europe/Oslo'"):
        schedule(plan, "daily 06:00", "cron", zone="Europe/Olso")
    with pytest.raises(UnknownNameError, match="did you mean 'systemd'"):
        schedule(plan, "daily 06:00", "systemdd")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputError, match="outside of its folder"):
        schedule(plan, "daily 06:00", "jupyter", root=other)
    plan.write_text(plan.read_text().replace("[[run]]", "[[runs]]"))
    assert main(["schedule", str(plan), "--every", "daily 06:00", "--as", "cron"]) == 2
    assert "did you mean 'run'" in capsys.readouterr().err


def test_the_command_prints_or_writes(plan, tmp_path, capsys):
    """Without --out the text is printed, with it each file is written; nothing else changes on disk."""
    before = sorted(plan.parent.iterdir())
    assert main(["schedule", str(plan), "--every", "6h", "--as", "systemd", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert sorted(files) == ["investigate-plan.service", "investigate-plan.timer"]
    assert main(["schedule", str(plan), "--every", "6h", "--as", "systemd"]) == 0
    shown = capsys.readouterr().out
    assert "# investigate-plan.timer" in shown and "OnCalendar=*-*-* 00/6:00:00 UTC" in shown
    assert sorted(plan.parent.iterdir()) == before
    assert main(["schedule", str(plan), "--every", "6h", "--as", "systemd", "--out", str(tmp_path / "units")]) == 0
    assert {p.name: p.read_text() for p in (tmp_path / "units").iterdir()} == files
