"""Documentation against code: generated pages are current, links lead somewhere, notebooks run as written."""

from __future__ import annotations

import json
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from benchmarks.machine import markdown
from investigate._cli.reference import names_reference


def test_reference_is_what_the_code_declares(repository):
    """docs/reference.md equals what the declarations say; write it again with `investigate reference --names`."""
    assert (repository / "docs" / "reference.md").read_text(encoding="utf-8") == names_reference()


def test_links_between_pages_lead_somewhere(repository):
    """Every relative link and picture in README and docs names a file or folder that is there."""
    pages = [*repository.glob("*.md"), *repository.glob("docs/**/*.md")]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert len(pages) >= 8 and dead == []


def test_readme_numbers_are_those_measured(repository):
    """The README's tables of quality and speed are what the result files give; write them again with
    `python -m benchmarks.readme`."""
    from benchmarks import readme

    text = (repository / "README.md").read_text(encoding="utf-8")
    assert text.count(readme.BEGIN) == text.count(readme.END) == 1
    assert readme.current(text) == readme.block()
    assert len(re.findall(r"\b[01]\.\d{3}\b", readme.block())) >= 20


@pytest.mark.parametrize("name", ["real", "simulated", "nulls", "speed", "others", "templates"])
def test_results_for_people_and_for_programs_agree(repository, name):
    """Each results file names its machine and versions, and its Markdown is the tables of its JSON."""
    folder = repository / "benchmarks" / "results"
    held = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    assert held["machine"]["cores"] and held["machine"]["versions"]["duckdb"] and held["tables"]
    assert f"Measured {held['machine']['measured_on']}" in text
    for table in held["tables"]:
        assert table["rows"] and markdown(table["rows"]) in text, table["heading"]


def test_the_decision_on_the_null_model_quotes_what_was_measured(repository):
    """The table of null models in decision 0002 is made from benchmarks/results/nulls.json."""
    from benchmarks import readme

    page = (repository / "docs" / "decisions" / "0002-null-model.md").read_text(encoding="utf-8")
    assert readme.current(page, readme.NULLS_BEGIN, readme.NULLS_END) == readme.null_models()
    assert len(re.findall(r"\b[01]\.\d{3}\b", readme.null_models())) >= 40


def run_notebook(repository, folder, name):
    """A guided notebook, run on a copy laid out as in the repository."""
    shutil.copytree(repository / "notebooks", folder / "notebooks")
    shutil.copytree(repository / "data" / "samples", folder / "data" / "samples")
    notebook = nbformat.read(folder / "notebooks" / name, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder / "notebooks")}}
    ).execute()
    assert not [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    return folder / "data" / "cases", notebook


def shown(notebook):
    """The texts of all outputs."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    return "\n".join([o.get("text", "") + str(o.get("data", {}).get("text/plain", "")) for o in outputs])


def test_the_first_notebook_runs_from_top_to_bottom(repository, tmp_path):
    """It runs on the bundled sample without an error, and ends with its findings on disk."""
    cases, _ = run_notebook(repository, tmp_path, "01_first_look.ipynb")
    assert list((cases / "first_look" / "runs").glob("*/findings.json"))


def test_the_second_notebook_runs_without_the_real_slice(repository, tmp_path, monkeypatch):
    """Where the file of the real slice is missing it says so, names the command, and goes on with the sample."""
    monkeypatch.setenv("INVESTIGATE_DATA", "")
    cases, notebook = run_notebook(repository, tmp_path, "02_explore_a_case.ipynb")
    assert sorted(p.name for p in (cases / "practice_sample" / "views").iterdir()) == ["main", "real"]
    assert not (cases / "practice_koch").exists()
    assert "investigate data get ira_koch" in shown(notebook) and "37 of 521 accounts" in shown(notebook)


def test_the_second_notebook_shows_the_real_slice(repository, tmp_path, monkeypatch, shared_data):
    """Where the file is, the workbench opens on the accounts of the real slice."""
    monkeypatch.setenv("INVESTIGATE_DATA", str(shared_data("ira_koch_2015-11-20_12-01.csv.gz").parent))
    cases, notebook = run_notebook(repository, tmp_path, "02_explore_a_case.ipynb")
    assert (cases / "practice_koch" / "views" / "real").is_dir()
    assert "Workbench of 'Practice: koch'" in shown(notebook)


def test_the_third_notebook_runs_from_top_to_bottom(repository, tmp_path):
    """The review panel, the decisions and the exhibits show, and the case verifies."""
    _, notebook = run_notebook(repository, tmp_path, "03_review_findings.ipynb")
    assert "Everything in the case matches its log." in shown(notebook)
