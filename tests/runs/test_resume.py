"""Going on with a run: only what failed, was not run or changed is executed, and the result is that of one go."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from investigate.case import Case
from investigate.cli import main
from investigate.errors import CaseError, InputError, TamperError
from investigate.runs import changing, execute, manifest, resume, resuming, templates
from investigate.runs.choosing import choose
from investigate.runs.journal import ingredients
from investigate.runs.patching import overlay, renew

KEPT_CELLS = (
    "parameters-03",
    "intake-06",
    "build-09",
    "build-10",
    "build-11",
    "build-12",
    "summary-14",
    "groups-18",
    "limits-41",
    "record-48",
)
ENV = "__import__('os').environ.get"
TROUBLE = {  # what a variable of the environment does to a cell, so that the template stays the same file
    "build-12": f"findings = case.find() if not {ENV}('SLOW') else __import__('time').sleep(120)",
    "groups-18": f"run.show(views.groups(case)) if not {ENV}('BROKEN') else 1 / 0",
    "limits-41": f"run.show(views.limits(case)) if not {ENV}('KILL') else __import__('os').kill(__import__('os').getpid(), 9)",
}


def short_template(path: Path) -> Path:
    """The template with few cells, three of which can be made to fail from outside."""
    notebook = json.loads((templates.folder() / "coordinated_behaviour.ipynb").read_text(encoding="utf-8"))
    notebook["cells"] = [c for c in notebook["cells"] if c["id"] in KEPT_CELLS or c["id"].endswith(("summary-13",))]
    for cell in notebook["cells"]:
        cell["source"] = TROUBLE.get(cell["id"], cell["source"])
    notebook["metadata"]["investigate"]["sections"] = ["intake", "build", "summary", "groups", "limits", "record"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def with_code(path: Path, cell_id: str, code: str) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(c for c in notebook["cells"] if c["id"] == cell_id)["source"] = code
    path.write_text(json.dumps(notebook), encoding="utf-8")


def results(folder: Path) -> dict[str, bytes]:
    """The bytes of the findings, the graph and the tables."""
    names = [n for n in manifest.outputs(folder) if n.startswith("tables/") or n in ("findings.json", "graph.graphml")]
    return {n: (folder / n).read_bytes() for n in names}


def starts(folder: Path) -> dict[str, str]:
    """When each code cell of the executed notebook was started, by its id."""
    cells = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    held = {c["id"]: c["metadata"]["papermill"]["start_time"] for c in cells if c["cell_type"] == "code"}
    return {name: held[name] for name in KEPT_CELLS if name in held}


def executed_anew(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in after if after[name] != before.get(name)} - {"parameters-03"}


def kinds(case: Path) -> list[str]:
    return [e["kind"] for e in Case.open(case).log.entries()]


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return short_template(tmp_path_factory.mktemp("template") / "short.ipynb")


@pytest.fixture(scope="module")
def whole(template, given, tmp_path_factory):
    """A run that went through in one go."""
    case = tmp_path_factory.mktemp("whole") / "case"
    result = execute(template, given(case))
    assert result.status == "complete", result.error
    return SimpleNamespace(case=case, folder=result.folder, bytes=results(result.folder))


@pytest.fixture
def copy(whole, tmp_path):
    """A copy of that case, to be changed."""
    case = tmp_path / "case"
    shutil.copytree(whole.case, case)
    return SimpleNamespace(case=case, folder=case / "runs" / whole.folder.name)


@pytest.fixture
def no_kernel(monkeypatch):
    def refuse(*_):
        raise AssertionError("a kernel was about to start")

    monkeypatch.setattr(resuming, "drive", refuse)


# -- which cells, without a kernel -------------------------------------------------------------------------------------


def cell(name: str, source: str, *, isolated: bool = False) -> dict:
    return {"id": name, "source": source, "metadata": {"tags": ["raises-exception"] if isolated else []}}


CELLS = [
    cell("begin", "run = investigate.begin('x', globals())\ncase = run.case"),
    cell("relate", "edges = case.relate()"),
    cell("group", "groups = case.group()"),
    cell("see", "run.show(views.a(case))", isolated=True),
    cell("look", "run.show(views.b(case))", isolated=True),
    cell("end", "run.finish()"),
]


@pytest.mark.parametrize(
    ("good", "after", "expected"),
    [
        ("begin relate group see look end", "group", ""),
        ("begin relate group see end", "group", "begin look"),
        ("begin relate group see look", "group", "begin end"),
        ("begin relate group", "group", "begin see look end"),
        ("begin relate", "relate", "begin group see look end"),
        ("begin relate group see look", "", "begin relate group see look end"),
        ("begin group see look end", "group", "begin relate group see look end"),
    ],
)
def test_what_is_executed(good, after, expected):
    """Cells after the last kept results, cells that did not end well, and the closing cell where a stage is repeated."""
    choice = choose(CELLS, set(good.split()), after, "lost")
    assert [CELLS[i]["id"] for i in choice.execute] == expected.split()
    assert bool(choice.whole) == (len(choice.execute) == len(CELLS))


def test_a_name_that_the_case_does_not_keep():
    """Where a cell needs what a skipped stage called by a name of its own, everything is executed."""
    cells = [*CELLS[:4], cell("look", "run.show(views.b(case, edges))", isolated=True), CELLS[5]]
    choice = choose(cells, {"begin", "relate", "group", "see", "end"}, "group", "lost")
    assert len(choice.execute) == len(cells) and "'edges' is needed" in choice.whole


def test_a_name_that_an_isolated_cell_gives():
    """An isolated cell is executed again for a name that a later one takes from it; the others are not."""
    cells = [*CELLS[:3], cell("see", "x = views.a(case)", isolated=True), cell("look", "run.show(x)", isolated=True)]
    choice = choose(cells, {"begin", "relate", "group", "see"}, "group", "lost")
    assert [cells[i]["id"] for i in choice.execute] == ["begin", "see", "look"]


def test_an_early_cell_sees_no_later_stage():
    """A cell that failed before a later stage left results cannot be repeated alone: it would see the later ones."""
    cells = [*CELLS[:4], cell("again", "groups = case.group(2)"), CELLS[5]]
    choice = choose(cells, {"begin", "relate", "group", "again", "end"}, "again", "lost")
    assert len(choice.execute) == len(cells) and "'see'" in choice.whole


def executed(name: str, text: str, at: str | None = "2024-01-01T00:00:00") -> dict:
    output = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    papermill = {"start_time": at, "status": "completed" if at else "pending"}
    return {
        "id": name,
        "cell_type": "code",
        "source": name,
        "outputs": output,
        "metadata": {"tags": [], "papermill": papermill},
    }


def test_notebooks_are_laid_over_each_other():
    """Cells that were started again replace the old ones; those that were not reached stay."""
    older = {"metadata": {}, "cells": [executed("a", "old"), executed("b", "old"), executed("c", "")]}
    newer = {"metadata": {}, "cells": [executed("b", "new"), executed("c", "", None)]}
    texts = [c["outputs"][0]["text"] if c["outputs"] else "" for c in overlay(older, newer)["cells"]]
    assert texts == ["old", "new", ""]


def test_a_renewed_notebook_keeps_what_is_kept():
    """Cells that are not kept are pending and hold no old result."""
    older = {"metadata": {}, "cells": [executed("a", "old"), executed("b", "old")]}
    new = renew({"metadata": {}, "cells": [executed("a", ""), executed("b", "")]}, older, {"a"})
    assert [c["metadata"]["papermill"]["start_time"] is None for c in new["cells"]] == [False, True]
    assert new["cells"][1]["outputs"] == []


# -- what changed, without a kernel --------------------------------------------------------------------------------------


def test_what_else_changed(tmp_path):
    """A side file, a package and the template are each named; a complete run is not made again for a package."""
    known = tmp_path / "known.csv"
    known.write_text("account_id,group\na,b\n", encoding="utf-8")
    chosen = templates.find("coordinated_behaviour")
    values = chosen.check({"case": str(tmp_path / "case"), "known_groups": str(known)})
    record = {"parameters": values, **ingredients(chosen, values)}
    assert changing.rest(record, chosen, values, complete=False) == changing.Reasons()
    known.write_text("account_id,group\na,c\n", encoding="utf-8")
    record["versions"] = {**record["versions"], "duckdb": "0.1"}
    record["template_sha256"] = "0" * 64
    found = changing.rest(record, chosen, values, complete=False)
    assert found.whole[0] == "the file of the parameter 'known_groups' changed"
    assert found.whole[1].startswith("duckdb 0.1 is ") and found.template == (
        "the template coordinated_behaviour.ipynb changed",
    )
    assert len(changing.rest(record, chosen, values, complete=True).whole) == 1


def test_a_data_file_that_is_gone(tmp_path):
    """The case's own copy is taken where it has one; else the message says what is missing."""
    held = SimpleNamespace(datasets=[SimpleNamespace(file="posts.csv")])
    given = {"data": str(tmp_path / "posts.csv"), "seed": 1}
    assert changing.without_lost_data(given, held) == {"data": "", "seed": 1}
    with pytest.raises(InputError, match="data file of the run is gone"):
        changing.without_lost_data(given, SimpleNamespace(datasets=[]))


# -- whole runs --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_complete_run_has_nothing_to_do(whole, no_kernel, capsys):
    """Exit code 0, a sentence, and not a byte of the case is written."""
    before = {p: p.read_bytes() for p in whole.case.rglob("*") if p.is_file()}
    assert main(["resume", str(whole.folder)]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert {p: p.read_bytes() for p in whole.case.rglob("*") if p.is_file()} == before


@pytest.mark.slow
def test_killed_then_broken_then_whole(whole, template, given, tmp_path, monkeypatch, capsys):
    """Killed with SIGKILL in the last stage; resumed with a view that fails and one that kills the kernel; resumed again:
    stages that had ended and sections that were well are not executed again, and the result is byte for byte that of a
    run in one go."""
    case = tmp_path / "case"
    words = [w for name, value in given(case).items() for w in ("-p", f"{name}={value}") if name != "case"]
    started = subprocess.Popen(
        [sys.executable, "-m", "investigate", "run", str(template), "--case", str(case), *words],
        env={**os.environ, "SLOW": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    folder = case / "runs/coordinated_behaviour-0001"
    try:
        for _ in range(1200):
            if manifest.marker(folder).get("kept", {}).get("after") == "build-11":
                break
            assert started.poll() is None, "the run ended by itself"
            time.sleep(0.1)
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()
    assert "`investigate resume`" in Case.open(case).incomplete[0]
    first = starts(folder)
    monkeypatch.setenv("BROKEN", "1")
    monkeypatch.setenv("KILL", "1")
    assert main(["resume", str(folder), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["because"], told["new_run"]) == ("failed", ["the run was cut short"], False)
    assert told["executed"] == ["intake", "build", "summary", "groups", "limits", "record"]
    second = starts(folder)
    assert executed_anew(first, second) == {"intake-06", "build-12", "summary-14", "groups-18", "limits-41"}
    assert {s["name"] for s in manifest.read(folder)["sections"] if s["status"] == "ok"} == {
        "intake",
        "build",
        "summary",
    }
    assert Case.open(case).verify() == [] and Case.open(case).incomplete == []
    monkeypatch.delenv("BROKEN")
    monkeypatch.delenv("KILL")
    resumed = resume(folder)
    assert resumed.result.status == "complete" and resumed.executed == ("intake", "groups", "limits", "record")
    assert executed_anew(second, starts(folder)) == {"intake-06", "groups-18", "limits-41", "record-48"}
    assert results(folder) == whole.bytes
    assert [k for k in kinds(case) if k in ("findings_made", "run_resumed", "data_loaded")] == [
        "data_loaded",
        "run_resumed",
        "findings_made",
        "run_resumed",
    ]
    record = manifest.read(folder)
    assert [r["executed"][1] for r in record["resumed"]] == ["build", "groups"]
    assert record["resumed"][1]["before"]["status"] == "failed"
    assert {s["status"] for s in record["sections"]} == {"ok"}
    case_now = Case.open(case)
    assert case_now.verify() == [] and case_now.incomplete == []
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".")]


@pytest.mark.slow
def test_a_template_that_changed(copy, template, tmp_path, monkeypatch):
    """A view that was written anew is executed, with those whose files are gone; a changed stage means everything."""
    own = tmp_path / "own.ipynb"
    shutil.copy(template, own)
    with_code(own, "limits-41", "run.show(views.quality(case))")
    before = starts(copy.folder)
    (copy.folder / "tables/groups.csv").unlink()
    monkeypatch.setattr(resuming, "find", lambda _: templates.load(own))
    resumed = resume(copy.folder)
    assert resumed.result.status == "complete"
    assert resumed.because[0] == "the template own.ipynb changed" and "tables/groups.csv" in resumed.because[1]
    assert executed_anew(before, starts(copy.folder)) == {"intake-06", "groups-18", "limits-41"}
    assert (copy.folder / "tables/quality.csv").is_file() and (copy.folder / "tables/groups.csv").is_file()
    assert Case.open(copy.case).verify() == []

    with_code(own, "build-09", "edges = case.relate(relations, window='30s', min_shared=min_shared)")
    asked = []
    monkeypatch.setattr(resuming, "drive", lambda source, *_: asked.append(json.loads(source.read_text())))
    resumed = resume(copy.folder)
    assert "builds the case in another way" in "; ".join(resumed.because)
    assert {c["id"] for c in asked[0]["cells"]} == set(KEPT_CELLS)
    assert not (copy.folder / "tables").exists()


@pytest.mark.slow
def test_data_that_were_replaced(copy, export, given, tmp_path, monkeypatch, no_kernel, capsys):
    """A run is never gone on with on other data: it is refused with what changed, or made anew in a case of its own."""
    other = tmp_path / "posts.csv"
    shutil.copy(export, other)
    record = manifest.read(copy.folder)
    record["parameters"]["data"] = str(other)
    forge(copy, record)
    assert main(["resume", str(copy.folder)]) == 0
    other.write_bytes(export.read_bytes() + b"late,2024-03-09 10:00:00,one more\n")
    capsys.readouterr()
    assert main(["resume", str(copy.folder)]) == 2
    said = capsys.readouterr().err
    assert "posts.csv had SHA-256" in said and "--accept-changed-data" in said
    asked = []

    def ask(name, values):
        asked.append(values)
        return SimpleNamespace(sections=(), exit_code=0)

    monkeypatch.setattr(resuming, "execute", ask)
    assert resume(copy.folder, accept_changed_data=True).new_run
    assert asked[0]["case"] == str(copy.case) + "-2" and asked[0]["data"] == str(other)
    assert {k: v for k, v in asked[0].items() if k not in ("case", "data")} == {
        k: v for k, v in record["parameters"].items() if k not in ("case", "data")
    }


def forge(copy, record) -> None:
    """Write another manifest and log it, as a run would have."""
    from investigate.files import sha256, write_json

    path = write_json(copy.folder / "manifest.json", record)
    Case.open(copy.case).log.append(
        "run_finished", run=copy.folder.name, status=record["status"], manifest_sha256=sha256(path)
    )


@pytest.mark.slow
def test_results_of_something_else(copy, monkeypatch):
    """Where the case holds the results of another analysis now, a section that is made again brings the build with it."""
    other = Case.open(copy.case)
    other.relate(window="30s")
    other.score()
    other.group()
    (copy.folder / "tables/groups.csv").unlink()
    asked = []
    monkeypatch.setattr(resuming, "drive", lambda source, *_: asked.append(json.loads(source.read_text())))
    resumed = resume(copy.folder)
    assert "not those of this run" in "; ".join(resumed.because)
    assert {c["id"] for c in asked[0]["cells"]} == set(KEPT_CELLS)


@pytest.mark.slow
def test_a_manifest_that_was_changed(copy, no_kernel):
    """Parameters are taken from a manifest that the log vouches for, and from no other."""
    path = copy.folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"min_shared": 2', '"min_shared": 3'), encoding="utf-8")
    with pytest.raises(TamperError, match="manifest was changed"):
        resume(copy.folder)


@pytest.mark.slow
def test_what_cannot_be_gone_on_with(copy, given, tmp_path, no_kernel):
    """A folder that is no run, and a run made in a notebook, are refused in words."""
    from investigate.runs import begin

    with pytest.raises(CaseError, match="not a run"):
        resume(copy.case / "data")
    run = begin("look", given(tmp_path / "other"))
    with pytest.raises(InputError, match="without the runner"):
        resume(run.folder)


@pytest.mark.slow
def test_a_full_disk(whole, template, given, tmp_path):
    """On a disk that fills up the run stops with exit code 3 and three lines; with space it is gone on with, and the
    result is that of a run in one go."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        ballast = disk / "ballast"
        case = disk / "case"
        with_case = given(case)
        words = [w for name, value in with_case.items() for w in ("-p", f"{name}={value}") if name != "case"]
        used = sum(p.stat().st_size for p in whole.case.rglob("*") if p.is_file())
        ballast.write_bytes(b"x" * max(0, 4 * 2**20 - used // 2))
        done = subprocess.run(
            [sys.executable, "-m", "investigate", "run", str(template), "--case", str(case), *words],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode in (3, 4), done.stderr
        assert "No space left" in done.stderr and "Traceback" not in done.stderr
        assert "free" in done.stderr
        ballast.unlink()
        folder = case / "runs/coordinated_behaviour-0001"
        assert resume(folder).result.status == "complete"
        assert results(folder) == whole.bytes
        assert Case.open(case).verify() == [] and Case.open(case).incomplete == []
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_says_how_to_go_on(template, given, tmp_path):
    """Stopped in the middle: exit code 130, three lines that name the run and the command, and the case opens."""
    parameters = [f"-p{name}={value}" for name, value in given(tmp_path / "case").items() if name != "case"]
    process = subprocess.Popen(
        [sys.executable, "-m", "investigate", "run", str(template), "--case", "case", *parameters],
        cwd=tmp_path,
        env={**os.environ, "SLOW": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(1_200):
        if list(tmp_path.glob("case/runs/*/*.ipynb")) or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    [run] = [p.name for p in (tmp_path / "case" / "runs").iterdir()]
    said = [
        "error: stopped by you",
        f"where: case/runs/{run}",
        f"do:    `investigate resume case/runs/{run}` goes on where it stopped",
    ]
    assert "\n".join(said) in err and "Traceback" not in err
    assert Case.open(tmp_path / "case").path.is_dir()
