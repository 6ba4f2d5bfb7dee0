"""Documentation against code: generated pages are current, links lead somewhere, notebooks run as written."""

from __future__ import annotations

import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

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
    """The quality figures in the README stand in the results that the benchmark wrote."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    results = "".join(
        (repository / "benchmarks" / "results" / f"{n}.md").read_text(encoding="utf-8") for n in ("real", "simulated")
    )
    quoted = set(re.findall(r"\b[01]\.\d{3}\b", readme)) - {"0.963"}  # the baseline's own figure
    assert len(quoted) >= 8
    assert sorted(q for q in quoted if q not in results) == []


@pytest.mark.parametrize("name", ["01_first_look.ipynb"])
def test_notebooks_run_from_top_to_bottom(repository, tmp_path, name):
    """A guided notebook runs on the bundled sample without an error, and ends with its findings on disk."""
    shutil.copytree(repository / "notebooks", tmp_path / "notebooks")
    shutil.copytree(repository / "data" / "samples", tmp_path / "data" / "samples")
    notebook = nbformat.read(tmp_path / "notebooks" / name, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path / "notebooks")}}
    ).execute()
    assert not [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert list((tmp_path / "data" / "cases" / "first_look" / "runs").glob("*/findings.json"))
