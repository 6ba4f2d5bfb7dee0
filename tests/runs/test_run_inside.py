"""The notebook's side of a run, called without a kernel: begin, show, finish."""

from __future__ import annotations

import json

import pytest

from investigate import views
from investigate.case import Case
from investigate.errors import CaseError, InputError, UnknownNameError
from investigate.runs import begin, manifest
from investigate.runs.run import inline_mapping, source_options


@pytest.fixture
def namespace(given, tmp_path):
    """What `globals()` of a notebook holds after its parameters cell, with names that are nobody's parameter."""
    return given(tmp_path / "case") | {"np": object(), "my_note": 3}


def test_begin_loads_once_and_marks(namespace, tmp_path):
    """The case is made, the file is loaded, the run is marked and logged; other names are left alone."""
    run = begin("look", namespace)
    assert run.folder == tmp_path / "case/runs/look-0001" and "my_note" not in run.parameters
    assert (run.folder / manifest.MARKER).exists()
    assert len(run.case.datasets) == 1
    kinds = [e["kind"] for e in run.case.log.entries()]
    assert kinds == ["case_created", "run_started", "data_loaded"]
    assert any("look-0001" in line for line in run.case.incomplete)


def test_finish_closes_the_run(namespace):
    """After `finish` the case is whole, and the manifest names every file that was written."""
    run = begin("look", namespace)
    assert run.show(views.quality(run.case)).name == "quality"
    run.finish()
    record = manifest.read(run.folder)
    assert {"findings.json", "tables/quality.csv", "tables/quality.parquet"} <= set(record["outputs"])
    assert record["status"] == "unchecked" and record["template"] is None
    assert run.case.verify() == [] and run.case.incomplete == []


def test_cells_run_again(namespace):
    """An investigator runs cells again: an unfinished run goes on in its folder, a finished one gets a successor."""
    namespace["run"] = first = begin("look", namespace)
    namespace["case"] = first.case
    again = begin("look", namespace)
    assert again.folder == first.folder
    again.finish()
    again.show(views.quality(again.case))
    again.finish()
    assert again.case.verify() == [] and again.case.incomplete == []
    namespace["run"] = again
    assert begin("look", namespace).folder.name == "look-0002"


def test_findings_record_has_no_clock_and_no_path(namespace, tmp_path):
    """findings.json names the data by hash: nothing in it depends on when or where the run was made."""
    run = begin("look", namespace)
    run.finish()
    text = (run.folder / "findings.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text and json.loads(text)["data"] == [d.sha256 for d in run.case.datasets]


def test_a_case_with_data_needs_no_file(namespace, tmp_path):
    """A second run works on what the case holds; a case that holds nothing is refused."""
    begin("look", namespace)
    assert begin("look", {"case": str(tmp_path / "case")}).folder.name == "look-0002"
    with pytest.raises(InputError, match="holds no data"):
        begin("look", {"case": str(tmp_path / "empty")})


def test_begin_refuses(namespace, tmp_path):
    """Bad values, a missing case folder, an occupied folder and a bad name are refused in words."""
    with pytest.raises(InputError, match="fdr_q"):
        begin("look", namespace | {"fdr_q": 7})
    with pytest.raises(UnknownNameError, match="did you mean 'co_url'"):
        begin("look", namespace | {"relations": ["co_ulr"]})
    with pytest.raises(InputError, match="no case folder"):
        begin("look", namespace | {"case": ""})
    with pytest.raises(InputError, match="template's name"):
        begin("../look", namespace)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError):
        begin("look", namespace | {"case": str(tmp_path / "full")})
    assert (tmp_path / "full" / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_run_folders_are_numbered(tmp_path):
    """The next number is taken; other files and folders in the way change nothing."""
    assert manifest.new_folder(tmp_path, "look").name == "look-0001"
    (tmp_path / "look-0007").mkdir()
    (tmp_path / "look-notes").mkdir()
    (tmp_path / "other-0099").mkdir()
    assert manifest.new_folder(tmp_path, "look").name == "look-0008"
    assert [p.name for p in manifest.run_folders(tmp_path.parent)] == []


def test_mappings(tmp_path):
    """A mapping is a file, or written out; a field named twice takes the first column that is not empty."""
    file = tmp_path / "m.toml"
    file.write_text("", encoding="utf-8")
    assert source_options({"mapping": str(file)}) == {"mapping": file}
    assert source_options({"mapping": "account_id=who; text=what"}) == {
        "mapping": {"account_id": "who", "text": "what"}
    }
    assert source_options({}) == {}
    assert inline_mapping(["url=a", "url=b"]) == {"url": ["a", "b"]}
    with pytest.raises(InputError, match="not field=column"):
        inline_mapping(["url"])


def test_a_case_opens_elsewhere(namespace, tmp_path):
    """A case that was moved still verifies: nothing in it depends on its place."""
    run = begin("look", namespace)
    run.finish()
    run.case.close()
    moved = tmp_path / "moved"
    (tmp_path / "case").rename(moved)
    assert Case.open(moved).verify() == []
