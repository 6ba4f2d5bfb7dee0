"""A run from an export to a report: what it leaves, and that it leaves the same again."""

from __future__ import annotations

import json

import networkx as nx
import pandas as pd
import pytest

from investigate.case import Case
from investigate.files import sha256
from investigate.runs import execute, manifest, rebuild, templates
from investigate.wording.record import check_record, finding_texts

pytestmark = pytest.mark.slow


def test_a_complete_run(done):
    """Every section is ok, the exit code is 0, and every section was announced while it ran."""
    result = done.result
    assert (result.status, result.exit_code, result.error) == ("complete", 0, None)
    assert {s.status for s in result.sections} == {"ok"}
    announced = [name for name, _, _ in done.progress]
    assert set(templates.find("coordinated_behaviour").sections) <= set(announced)
    assert all(done_ <= total for _, done_, total in done.progress)


def test_the_run_folder(done):
    """The folder holds the notebook, the report, the findings, tables in two formats, the graph and the manifest."""
    folder = done.result.folder
    assert folder == done.case / "runs" / "coordinated_behaviour-0001"
    for name in ("notebook.ipynb", "report.html", "findings.json", "graph.graphml", "tables.xlsx", "manifest.json"):
        assert (folder / name).stat().st_size > 0, name
    assert not (folder / manifest.MARKER).exists()
    for stem in ("groups", "evidence", "quality"):
        csv, parquet = (pd.read_csv if s == "csv" else pd.read_parquet for s in ("csv", "parquet"))
        assert len(csv(folder / f"tables/{stem}.csv")) == len(parquet(folder / f"tables/{stem}.parquet")) > 0


def test_the_planted_group_is_the_only_finding(done):
    """The five accounts that post together are one finding; the forty others are in none."""
    findings = json.loads((done.result.folder / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert [sorted(f["members"]) for f in findings] == [done.planted]
    assert findings[0]["status"] in ("lead", "supported")


def test_the_words_of_the_run_pass_the_check(done):
    """Nothing the run says of its findings claims certainty, names an author, or mixes likelihood and confidence."""
    record = json.loads((done.result.folder / "findings.json").read_text(encoding="utf-8"))
    assert len(list(finding_texts(record["findings"][0]))) > 15
    assert [f"{name}: {problem}" for name, problem in check_record(record)] == []


def test_the_graph_is_read_by_others(done):
    """graph.graphml opens in NetworkX, with the planted accounts in it."""
    assert set(done.planted) <= set(nx.read_graphml(done.result.folder / "graph.graphml"))


def test_the_manifest(done, export):
    """The manifest holds hashes of what went in and came out, parameters, versions, the seed, sections and times."""
    record = manifest.read(done.result.folder)
    assert record["inputs"][0]["sha256"] == sha256(export)
    assert record["side_files"]["mapping"] == sha256(export.with_suffix(".toml"))
    assert record["template"]["sha256"] == sha256(templates.folder() / "coordinated_behaviour.ipynb")
    assert (
        record["parameters"]["purpose"] == done.purpose
        and record["seed"] == 0
        and "run_dir" not in record["parameters"]
    )
    assert record["versions"]["papermill"][0].isdigit() and record["versions"]["investigate"][0].isdigit()
    assert [s["name"] for s in record["sections"]] == list(templates.find("coordinated_behaviour").sections)
    assert record["times"]["duration_s"] > 0
    assert record["outputs"]["report.html"] == sha256(done.result.folder / "report.html")
    assert set(record["outputs"]) == set(manifest.outputs(done.result.folder))


def test_the_report_says_how_to_run_it_again(done):
    """The report prints the purpose and the command."""
    html = (done.result.folder / "report.html").read_text(encoding="utf-8")
    assert done.purpose in html and "investigate run coordinated_behaviour" in html


def test_the_case_verifies(done):
    """After a run the case is whole, and nothing is unfinished."""
    case = Case.open(done.case)
    assert case.verify() == [] and case.incomplete == []
    assert [e["kind"] for e in case.log.entries()][-1] == "run_finished"


def test_same_input_same_bytes(done, given, tmp_path):
    """A second run, in another case, gives byte-identical findings, graph and tables."""
    again = execute("coordinated_behaviour", given(tmp_path / "other"))
    names = [
        n
        for n in manifest.outputs(done.result.folder)
        if n.startswith("tables/") or n in ("findings.json", "graph.graphml")
    ]
    assert len(names) > 10
    differ = [n for n in names if (again.folder / n).read_bytes() != (done.result.folder / n).read_bytes()]
    assert differ == []


def test_the_report_can_be_built_again(done):
    """`rebuild` writes the report from what the folder holds, and the case still verifies."""
    before = (done.result.folder / "report.html").read_bytes()
    (done.result.folder / "report.html").unlink()
    assert Case.open(done.case).verify() != []
    rebuild(done.result.folder)
    assert (done.result.folder / "report.html").read_bytes() == before
    assert Case.open(done.case).verify() == []
