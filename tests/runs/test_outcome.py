"""What an executed notebook says about its run."""

from __future__ import annotations

import json

import pytest

from investigate import errors
from investigate.runs.outcome import Failure, judge, known_errors, read_notebook, recover

SECTIONS = ("build", "look", "end")


def cell(tag, *, isolated=False, error=None, started="2020-01-01T00:00:00", seconds=1.0):
    outputs = [{"output_type": "error", "ename": error[0], "evalue": error[1], "traceback": []}] if error else []
    return {
        "cell_type": "code",
        "source": "",
        "outputs": outputs,
        "metadata": {
            "tags": [tag, "raises-exception"] if isolated else [tag],
            "papermill": {"start_time": started, "duration": seconds, "status": "completed"},
        },
    }


def statuses(cells, outside=None):
    sections, error, critical = judge({"cells": cells}, SECTIONS, outside)
    return {s.name: s.status for s in sections}, error, critical


def test_all_went_well():
    """No error output anywhere: every section is ok, with the seconds of its cells added up."""
    cells = [cell("build"), cell("build"), cell("look", isolated=True), cell("end")]
    sections, error, critical = judge({"cells": cells}, SECTIONS, None)
    assert [(s.name, s.status, s.seconds) for s in sections] == [
        ("build", "ok", 2.0),
        ("look", "ok", 1.0),
        ("end", "ok", 1.0),
    ]
    assert error is None and not critical


def test_an_isolated_section_fails_alone():
    """An error in an isolated cell marks its section, and the run can still be reported."""
    found, error, critical = statuses(
        [cell("build"), cell("look", isolated=True, error=("KeyError", "'x'")), cell("end")]
    )
    assert found == {"build": "ok", "look": "failed", "end": "ok"}
    assert error.section == "look" and error.exit_code == errors.EXIT_BUG and not critical


def test_a_failed_build_stops_the_rest():
    """What comes after a failed build was not run, and says because of what."""
    never = {"started": None, "seconds": None}
    cells = [
        cell("build", error=("InputError", "bad. What to do: mend it.")),
        cell("look", isolated=True, **never),
        cell("end", **never),
    ]
    sections, error, critical = judge({"cells": cells}, SECTIONS, None)
    assert [s.status for s in sections] == ["failed", "not run", "not run"]
    assert "'build' failed" in sections[1].error
    assert critical and error.exit_code == errors.EXIT_INPUT and error.do == "mend it"


def test_the_stop_matters_more_than_an_earlier_section():
    """Where an isolated section failed and a later cell stopped the run, the latter decides the exit code."""
    cells = [cell("look", isolated=True, error=("KeyError", "x")), cell("build", error=("OutsideError", "disk."))]
    _, error, critical = statuses(cells)
    assert critical and error.name == "OutsideError" and error.exit_code == errors.EXIT_OUTSIDE


def test_a_lost_kernel():
    """The cell the kernel was lost in counts as failed, though Papermill calls it completed."""
    lost = Failure("OutsideError", "the kernel died", "", "free memory", errors.EXIT_OUTSIDE)
    found, error, critical = statuses([cell("build"), cell("look", isolated=True), cell("end", started=None)], lost)
    assert found == {"build": "ok", "look": "failed", "end": "not run"}
    assert critical and error.exit_code == errors.EXIT_OUTSIDE


def test_no_notebook_at_all():
    """A kernel that never started leaves no notebook: nothing was run."""
    found, _, critical = statuses([], Failure("OutsideError", "no kernel", exit_code=errors.EXIT_OUTSIDE))
    assert set(found.values()) == {"not run"} and critical


@pytest.mark.parametrize("kind", sorted(known_errors().values(), key=lambda c: c.__name__), ids=lambda c: c.__name__)
def test_own_errors_come_back_whole(kind):
    """An error of ours raised in the kernel keeps its three parts and its exit code on the way out."""
    error = kind("12 rows are bad", "file.csv, row 5", "mend the column 'time'")
    back = recover(kind.__name__, str(error))
    assert (back.what, back.where, back.do) == (error.what, error.where, error.do)
    assert back.exit_code == kind.exit_code


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("KeyError", "'x'", 1), ("OSError", "[Errno 28] No space left on device", 3), ("MemoryError", "", 3)],
)
def test_errors_of_others(name, value, code):
    """A full disk and exhausted memory are outside; any other foreign error is a bug."""
    assert recover(name, value).exit_code == code


def test_papermill_banners_are_removed(tmp_path):
    """The executed notebook is the template with its outputs, without Papermill's banners in it."""
    banner = {"cell_type": "markdown", "metadata": {"tags": ["papermill-error-cell-tag"]}, "source": "An Exception"}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [banner, cell("look")], "metadata": {}}), encoding="utf-8")
    assert len(read_notebook(path)["cells"]) == 1
    assert len(json.loads(path.read_text(encoding="utf-8"))["cells"]) == 1
    assert read_notebook(tmp_path / "none.ipynb") == {"cells": []}
