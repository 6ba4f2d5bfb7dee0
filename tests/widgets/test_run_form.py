"""The run form, driven through its controls and buttons; runs are processes of their own, as in a notebook."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from investigate import Case
from investigate.errors import UnknownNameError
from investigate.runs.background import Background
from investigate.runs.parameters import VOCABULARY
from investigate.runs.templates import find, names
from investigate.views._html import escape

pytest.importorskip("ipywidgets")

from investigate.widgets import RunForm

HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe'
PURPOSE = "a test on an invented world, nothing else"


@pytest.fixture
def sample(repository: Path) -> dict[str, str]:
    """The bundled sample as parameters."""
    folder = repository / "data" / "samples"
    return {"data": str(folder / "world.csv.gz"), "mapping": str(folder / "world.toml"), "purpose": PURPOSE}


def said(form: RunForm, name: str) -> str:
    return str(form.fields[name].said.value)


def test_every_declared_parameter_has_a_field(tmp_path: Path) -> None:
    """The form is made from the declaration: each parameter people may give, with its default, unit, limits and help."""
    for name in names():
        form = RunForm(tmp_path / "c", name)
        template = find(name)
        assert set(form.fields.fields) == {p for p in template.parameters if not VOCABULARY[p].internal}
        for field in form.fields.fields.values():
            declared = VOCABULARY[field.name]
            assert field.control.description == field.name.replace("_", " ").capitalize()
            assert escape(declared.help[1:]) in field.help.value
            if declared.unit:
                assert declared.unit in field.help.value
        assert form.parameters == {"case": str(tmp_path / "c")}


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("window", "6 parsecs", "60s, 5m or 1h"),
        ("min_shared", "0", "1 or more"),
        ("min_shared", "two", "whole number"),
        ("fdr_q", "0.9", "0.0001 to 0.2"),
        ("purpose", "short", "20 characters or more"),
        ("data", "nowhere.csv", "there is no file"),
        ("relations", ["co_ulr"], "did you mean &#x27;co_url&#x27;"),
        ("source", "cvs", "did you mean &#x27;csv&#x27;"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(tmp_path: Path, name: str, given: Any, expected: str) -> None:
    """The check of the command line, with its words and the nearest valid name."""
    form = RunForm(tmp_path / "c")
    form.fill(**{name: given})
    assert expected in said(form, name)
    assert [n for n, f in form.fields.fields.items() if f.problem] == [name]
    if isinstance(given, str) and name != "source":
        form.run_button.click()
        assert not form.running and form.result is None
        assert name in form.said.value
        assert not (tmp_path / "c").exists()
    form.fill(**{name: form.fields[name].default})
    assert said(form, name) == ""


def test_a_name_that_is_no_parameter_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """`fill(windw=...)` names `window`."""
    with pytest.raises(UnknownNameError, match="did you mean 'window'"):
        RunForm(tmp_path / "c").fill(windw="60s")


def test_no_case_is_said_beside_the_case(tmp_path: Path) -> None:
    """A run without a case folder is refused in the form."""
    form = RunForm(tmp_path / "c")
    form.fields["case"].control.value = ""
    assert not form.check()
    assert "no case folder" in said(form, "case")


def test_an_unknown_template_is_said_and_another_is_shown() -> None:
    """The nearest template is named; the form still works."""
    form = RunForm(template="coordinated_behavior")
    assert "coordinated_behaviour" in form.said.value
    assert form.template.value == names()[0]


def test_code_and_command_say_what_differs(tmp_path: Path) -> None:
    """Both hold what differs from the defaults, and nothing else."""
    form = RunForm(tmp_path / "c")
    form.fill(window="5m", min_shared="3", relations=["co_url", "co_text"])
    assert form.parameters == {
        "case": str(tmp_path / "c"),
        "relations": ["co_url", "co_text"],
        "window": "5m",
        "min_shared": 3,
    }
    assert form.as_code().splitlines()[-1] == f"execute('coordinated_behaviour', {form.parameters!r})"
    assert form.command.endswith("-p min_shared=3 -p relations=co_url,co_text -p window=5m")
    assert form.call.code in form.as_code()
    assert form.line.code == form.command


def test_a_run_from_the_form_is_the_run_of_the_command(tmp_path: Path, sample: dict[str, str]) -> None:
    """Run: the sections go by, the kernel stays free, the report is there, and it says what the command line's says."""
    form = RunForm(tmp_path / "form")
    form.fill(**sample)
    began = time.monotonic()
    form.run_button.click()
    free = time.monotonic() - began
    assert form.running and form.run_button.disabled and not form.cancel_button.disabled
    form.run()
    assert "a run is under way" in form.said.value
    form.wait(600)
    assert free < 30, "the click came back while the run went on"
    assert form.result is not None
    assert form.result["status"] == "complete", form.result
    assert set(form._sections.values()) <= {"done", "now"}, "every section was heard of"
    assert form.bar.value > 0
    assert not form.run_button.disabled and form.cancel_button.disabled
    report = Path(form.result["report"])
    assert report.is_file() and str(report) in form.outcome.value.replace("&#x27;", "'")
    assert "1 lead, 2 supported" in form.outcome.value
    assert Case.open(tmp_path / "form").verify() == []
    form.preview_button.click()
    frame = form.preview_part.value
    assert frame.startswith("<iframe") and 'sandbox="allow-scripts"' in frame
    assert frame.count("<") == 2, "the report is in an attribute, escaped"
    form.preview_button.click()
    assert form.preview_part.value == "", "hidden again, the notebook holds nothing of it"
    parameters = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters["purpose"] == PURPOSE


def test_a_cancelled_run_leaves_a_case_that_opens(tmp_path: Path, sample: dict[str, str]) -> None:
    """Cancel once the notebook works: the process ends, the case opens, and names the run as unfinished."""
    form = RunForm(tmp_path / "c")
    form.fill(**sample)
    form.run()
    end = time.monotonic() + 300
    while form._sections.get("intake") == "later" and form.running and time.monotonic() < end:
        time.sleep(0.05)
    form.cancel_button.click()
    form.wait(120)
    assert form.result is not None and form.result["status"] == "cancelled"
    assert "cancelled" in form.said.value and not form.run_button.disabled
    case = Case.open(tmp_path / "c")
    assert case.verify() == []
    assert any("coordinated_behaviour-0001" in line for line in case.incomplete)
    case.log.append("note", text="it takes new entries")


def test_a_run_that_cannot_begin_says_why(tmp_path: Path) -> None:
    """A case without data: the run fails, and the panel shows what, where and what to do, and no traceback."""
    Case.create(tmp_path / "empty", title=HOSTILE, purpose=PURPOSE)
    form = RunForm(Case.open(tmp_path / "empty"))
    assert form.fields["purpose"].value == PURPOSE, "the case's own purpose is proposed"
    form.run()
    form.wait(300)
    assert form.result is not None and form.result["status"] == "failed" and form.result["exit_code"] == 2
    assert "holds no data" in form.said.value and "What to do" in form.said.value
    assert "Traceback" not in form.said.value + form.outcome.value


def test_a_folder_that_is_no_case_is_refused(tmp_path: Path) -> None:
    """The runner's refusal, before a kernel starts, comes through the process as three parts."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x.txt").write_text("x", encoding="utf-8")
    form = RunForm(tmp_path / "full")
    form.run()
    form.wait(120)
    assert form.result is not None and form.result["status"] == "refused"
    assert "there is no case here" in form.said.value


def test_hostile_paths_are_text(tmp_path: Path) -> None:
    """A case folder with markup in its name makes no element in the form."""
    form = RunForm(tmp_path / "<img src=x onerror=alert(1)>")
    form.fill(title=HOSTILE, data=f"{HOSTILE}.csv")
    for part in (form.call, form.line, form.fields["data"].said, form.about):
        assert "<img" not in part.value and "\u202e" not in part.value


def test_a_process_that_dies_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the run's process ends without a word, its code and the end of its stderr are the error."""
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'no room' >&2\nexit 7\n", encoding="utf-8")
    script.chmod(0o755)
    if os.name == "nt":
        pytest.skip("needs a shell script")
    monkeypatch.setattr(sys, "executable", str(script))
    heard: list[dict[str, Any]] = []
    listener: Callable[[dict[str, Any]], None] = heard.append
    run = Background("coordinated_behaviour", {}, listener)
    assert run.wait(60)
    assert [e["event"] for e in heard] == ["ended"]
    assert heard[0]["error"]["what"] == "the run's process ended with code 7: no room"
