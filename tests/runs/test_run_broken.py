"""Runs that do not go well: each leaves what can be kept, says what happened, and has its own exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from investigate.case import Case
from investigate.cli import main
from investigate.errors import InputError, UnknownNameError
from investigate.runs import execute, manifest, runner, templates

pytestmark = pytest.mark.slow


@pytest.fixture
def no_kernel(monkeypatch):
    """Fails the test where a kernel is asked for."""

    def refuse(*_):
        raise AssertionError("a kernel was about to start")

    monkeypatch.setattr(runner, "drive", refuse)


def test_a_misspelt_parameter_starts_no_kernel(no_kernel, given, tmp_path):
    """An unknown name is refused with the nearest one, before a kernel starts and before a case is made."""
    with pytest.raises(UnknownNameError, match="did you mean 'min_shared'"):
        execute("coordinated_behaviour", given(tmp_path / "case", min_share=3))
    assert not (tmp_path / "case").exists()


def test_a_value_out_of_range_starts_no_kernel(no_kernel, given, tmp_path):
    """A wrong type or range is refused before anything is made."""
    with pytest.raises(InputError, match="2 problems.*fdr_q.*min_accounts"):
        execute("coordinated_behaviour", given(tmp_path / "case", fdr_q="5", min_accounts="one"))
    assert not (tmp_path / "case").exists()


def test_one_section_fails_alone(given, changed, tmp_path):
    """A view that fails is marked, the others are in the report, and the run is partial: exit code 4."""
    result = execute(changed("views.network(", "run.show(views.network(case, colour='red'))"), given(tmp_path / "case"))
    assert (result.status, result.exit_code) == ("partial", 4)
    assert {s.name for s in result.sections if s.status != "ok"} == {"network"}
    assert result.error.section == "network" and "colour" in result.error.what
    html = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Bottom line" in html and "Innocent explanations" in html and "colour" in html
    assert (result.folder / "findings.json").is_file() and not (result.folder / "tables/network.csv").exists()
    assert Case.open(tmp_path / "case").verify() == []


def test_a_build_that_cannot_work(given, tmp_path, capsys):
    """A window the data cannot carry stops the build: exit code 2, three lines, no report, nothing left unfinished."""
    values = given(tmp_path / "case", window="1s")
    words = [w for name, value in values.items() for w in ("-p", f"{name}={value}") if name != "case"]
    assert main(["run", "coordinated_behaviour", "--case", str(tmp_path / "case"), *words]) == 2
    shown = capsys.readouterr()
    lines = shown.err.strip().splitlines()
    assert shown.out == "" and len(lines) == 3
    assert lines[0].startswith("error: a window of 1 s is too narrow") and lines[2].startswith("do:")
    folder = tmp_path / "case/runs/coordinated_behaviour-0001"
    record = manifest.read(folder)
    assert record["status"] == "failed" and not (folder / "report.html").exists()
    by_name = {s["name"]: s for s in record["sections"]}
    assert by_name["build"]["status"] == "failed"
    assert by_name["summary"]["status"] == "not run" and "'build' failed" in by_name["summary"]["error"]
    case = Case.open(tmp_path / "case")
    assert case.verify() == [] and case.incomplete == []


def test_a_kernel_that_dies(given, changed, tmp_path):
    """A kernel that is lost is something outside: exit code 3, and the case still verifies."""
    result = execute(changed("views.summary(", "import os; os._exit(9)"), given(tmp_path / "case"))
    assert (result.status, result.exit_code) == ("failed", 3)
    assert "the kernel died" in result.error.what
    assert {s.name: s.status for s in result.sections}["summary"] == "failed"
    assert Case.open(tmp_path / "case").verify() == []


def test_a_killed_run_is_named(given, changed, tmp_path, capsys):
    """Killed half-way: the case opens, verify names the run and returns 4, and the next run works on it."""
    case = tmp_path / "case"
    slow = changed("views.summary(", "import time; time.sleep(30)")
    words = [w for name, value in given(case).items() for w in ("-p", f"{name}={value}") if name != "case"]
    started = subprocess.Popen(
        [sys.executable, "-m", "investigate", "run", str(slow), "--case", str(case), *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        log = case / "log.jsonl"
        for _ in range(1200):
            if log.exists() and "findings_made" in log.read_text(encoding="utf-8"):
                break
            assert started.poll() is None, "the run ended by itself"
            time.sleep(0.1)
    finally:
        started.kill()
        started.wait()
    folder = case / "runs/coordinated_behaviour-0001"
    assert (folder / manifest.MARKER).exists() and not (folder / "manifest.json").exists()
    opened = Case.open(case)
    assert opened.verify() == []
    assert any("runs/coordinated_behaviour-0001" in line for line in opened.incomplete)
    assert main(["verify", str(case)]) == 4
    assert "unfinished: runs/coordinated_behaviour-0001" in capsys.readouterr().out


def test_bare_papermill(given, tmp_path, capsys, monkeypatch, repository):
    """A template runs under Papermill alone; `investigate report` then builds what only the runner makes."""
    import papermill

    monkeypatch.setenv("PYTHONPATH", str(repository))
    case, out = tmp_path / "case", tmp_path / "out.ipynb"
    papermill.execute_notebook(
        str(templates.folder() / "coordinated_behaviour.ipynb"),
        str(out),
        given(case),
        progress_bar=False,
        kernel_name="python3",
    )
    folder = case / "runs/coordinated_behaviour-0001"
    assert manifest.read(folder)["status"] == "unchecked"
    assert json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert Case.open(case).verify() == [] and Case.open(case).incomplete == []
    assert main(["report", str(folder)]) == 2
    assert "--notebook" in capsys.readouterr().err
    assert main(["report", str(folder), "--notebook", str(out)]) == 0
    assert "Bottom line" in (folder / "report.html").read_text(encoding="utf-8")
    assert manifest.read(folder)["status"] == "complete"
    assert Case.open(case).verify() == []


def test_a_kernel_that_never_starts(given, tmp_path, monkeypatch):
    """Where no kernel can be started, the message carries its last words: exit code 3, and the run is closed."""
    from jupyter_client.kernelspec import KernelSpec

    from investigate.runs.kernel import OwnKernel

    argv = [sys.executable, "-m", "no_such_kernel", "{connection_file}"]
    monkeypatch.setattr(OwnKernel, "kernel_spec", KernelSpec(argv=argv, display_name="", language="python"))
    result = execute("coordinated_behaviour", given(tmp_path / "case"))
    assert (result.status, result.exit_code) == ("failed", 3)
    assert "No module named no_such_kernel" in result.error.what
    assert {s.status for s in result.sections} == {"not run"}
    case = Case.open(tmp_path / "case")
    assert case.verify() == [] and case.incomplete == []
