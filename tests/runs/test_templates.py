"""Templates: found by name, read without being run, and made alike (tests/test_hygiene.py bans logic in them)."""

from __future__ import annotations

import ast
import json

import nbformat
import pytest

from investigate.errors import InputError, UnknownNameError
from investigate.runs import templates
from investigate.runs.parameters import VOCABULARY

BY_BEGIN = {
    "data",
    "source",
    "mapping",
    "case",
    "run_dir",
    "title",
    "purpose",
    "seed",
    "sensitive",
}  # seed is in the manifest, used or not
FILES = sorted(templates.folder().glob("*.ipynb"))


def code_cells(notebook):
    return [c for c in notebook.cells if c.cell_type == "code"]


def section(cell, about):
    return [t for t in cell.metadata.get("tags", []) if t in about["sections"]]


@pytest.fixture(params=FILES, ids=lambda p: p.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_there_are_templates():
    """The folder holds the first template and the skeleton to copy."""
    assert {"coordinated_behaviour", "_skeleton"} <= {p.stem for p in FILES}
    assert templates.names() == sorted(p.stem for p in FILES if not p.stem.startswith("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_file_is_written_in_one_way(path):
    """Sorted keys and one indent: a change of one cell is a change of a few lines."""
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_sections(notebook):
    """Every code cell carries one section's tag, in the order the metadata state; every section has a cell."""
    about = notebook.metadata.investigate
    tagged = [section(c, about) for c in code_cells(notebook) if "parameters" not in c.metadata.tags]
    assert all(len(names) == 1 for names in tagged)
    assert list(dict.fromkeys(n for names in tagged for n in names)) == about["sections"]


def test_isolation(notebook):
    """The cells that show a view are isolated, all others are not: a case half built has nothing to show."""
    for cell in code_cells(notebook):
        shows = cell.source.startswith("run.show(")
        assert shows == ("raises-exception" in cell.metadata.tags), cell.id
        if shows:
            assert len(cell.source.splitlines()) == 1, "one view for each cell"


def test_calls(notebook):
    """It begins with `investigate.begin` on its own name and ends with `run.finish()`."""
    cells = code_cells(notebook)
    assert f'investigate.begin("{notebook.metadata.investigate["name"]}", globals())' in cells[1].source
    assert cells[-1].source == "run.finish()"


def test_text_comes_first(notebook):
    """The notebook opens with its title and purpose, and has no empty cell."""
    nbformat.validate(notebook)
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        assert cell.source.strip()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_declaration(path):
    """What a template declares can be read, and its defaults pass the vocabulary's checks."""
    template = templates.load(path)
    assert template.name == path.stem.lstrip("_")
    assert set(template.parameters) <= set(VOCABULARY)
    assert {"data", "source", "case", "run_dir", "purpose", "seed"} <= set(template.parameters)
    assert template.check({}) == template.parameters


def test_every_parameter_is_used(notebook):
    """A declared parameter that no cell reads, and that `begin` does not use, would be a broken promise."""
    cells = code_cells(notebook)
    declared = {n.targets[0].id for n in ast.parse(cells[0].source).body}
    read = {n.id for c in cells[1:] for n in ast.walk(ast.parse(c.source)) if isinstance(n, ast.Name)}
    assert declared - read <= BY_BEGIN


def test_unknown_template_gets_the_nearest():
    """A misspelt template is refused with the nearest name."""
    with pytest.raises(UnknownNameError, match="did you mean 'coordinated_behaviour'"):
        templates.find("coordinated_behavior")


def test_a_path_is_a_template_too(tmp_path):
    """An investigator's own copy runs by its path; a path to nothing is refused."""
    copy = tmp_path / "mine.ipynb"
    copy.write_bytes((templates.folder() / "coordinated_behaviour.ipynb").read_bytes())
    assert templates.find(copy).name == "coordinated_behaviour"
    with pytest.raises(InputError, match="no notebook"):
        templates.find(tmp_path / "none.ipynb")


@pytest.mark.parametrize("text", ["", "{}", "[]", "PK\x03\x04", '{"cells": [], "metadata": {}}'])
def test_not_a_template(tmp_path, text):
    """A file that is no notebook, or declares nothing, is refused in words."""
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        templates.load(path)


@pytest.mark.parametrize("source", ["seed = 1 + f()", "import os", "seed: int", "sed = 1", "seed = ("])
def test_bad_parameters_cell(tmp_path, source):
    """The parameters cell holds plain values of known names, one per line, and nothing else."""
    notebook = json.loads((templates.folder() / "_skeleton.ipynb").read_text(encoding="utf-8"))
    next(c for c in notebook["cells"] if c["cell_type"] == "code")["source"] = [source]
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(InputError):
        templates.load(path)
