"""Templates: notebooks for one kind of crisis each, found by name, with what their first cells declare."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError, unknown
from .parameters import VOCABULARY, check, undeclared

PARAMETERS = "parameters"
ISOLATED = "raises-exception"  # the tag nbclient knows: go on after an error in this cell


@dataclass(frozen=True)
class Template:
    """A template and what it says about itself.

    Attributes
    ----------
    sections : tuple of str
        The sections in order; each code cell carries the tag of its section.
    parameters : dict of str to object
        The names of the parameters cell and their defaults.
    """

    name: str
    title: str
    summary: str
    question: str
    path: Path
    sections: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)

    def check(self, given: dict[str, Any]) -> dict[str, Any]:
        """All parameter values of a run of this template; see `investigate.runs.parameters.check`."""
        return check(self.parameters, given, where=f"template '{self.name}'")


def folder() -> Path:
    """Where the templates lie: in the installed package, else beside it in a checkout."""
    installed = Path(__file__).resolve().parents[1] / "_templates"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "templates"


def names() -> list[str]:
    """The names of all templates; files that begin with an underscore are for copying, not for running."""
    return sorted(p.stem for p in folder().glob("*.ipynb") if not p.name.startswith(("_", ".")))


def find(name: str | Path) -> Template:
    """A template by name, or by the path of an `.ipynb` file.

    Raises
    ------
    UnknownNameError
        No template has this name; the nearest one is named.
    InputError
        The notebook is damaged or does not declare what a template must.
    """
    if str(name).endswith(".ipynb"):
        path = Path(name)
        if not path.is_file():
            raise InputError(f"there is no notebook '{name}'", "template", f"known templates: {', '.join(names())}")
        return load(path)
    if name not in names():
        raise unknown("template", str(name), names())
    return load(folder() / f"{name}.ipynb")


def load(path: Path) -> Template:
    """Read a template's declaration; nothing is executed."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        about = notebook["metadata"].get("investigate", {})
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "this is not a notebook", str(path), "give an .ipynb file made from templates/_skeleton.ipynb"
        ) from error
    missing = [key for key in ("name", "title", "summary", "question", "sections") if not about.get(key)]
    if missing:
        raise InputError(
            f"the notebook's metadata.investigate lacks {', '.join(missing)}",
            str(path),
            "copy templates/_skeleton.ipynb",
        )
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code" and PARAMETERS in c["metadata"].get("tags", [])]
    if len(cells) != 1:
        raise InputError(
            f"{len(cells)} cells carry the tag '{PARAMETERS}', there must be one",
            str(path),
            "tag the cell that holds the defaults",
        )
    defaults = _defaults("".join(cells[0]["source"]), path)
    return Template(
        name=about["name"],
        title=about["title"],
        summary=about["summary"],
        question=about["question"],
        path=path,
        sections=tuple(about["sections"]),
        parameters=defaults,
    )


def _defaults(source: str, path: Path) -> dict[str, Any]:
    try:
        tree = ast.parse(source)
        out = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                out[node.targets[0].id] = ast.literal_eval(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                out[node.target.id] = ast.literal_eval(node.value)
            else:
                raise ValueError(f"line {node.lineno} is not `name = value`")
    except (SyntaxError, ValueError) as error:
        raise InputError(
            f"the parameters cell cannot be read: {error}",
            str(path),
            "write one `name = value` per line, plain values only",
        ) from error
    problems = undeclared(out)
    if problems:
        raise InputError("; ".join(problems), f"{path}, parameters cell", f"known: {', '.join(sorted(VOCABULARY))}")
    return out


def sections_of(notebook: dict[str, Any], sections: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """The code cells of each section, in order; a cell belongs to the section its tag names."""
    out: dict[str, list[dict[str, Any]]] = {name: [] for name in sections}
    for cell in notebook["cells"]:
        tags = cell.get("metadata", {}).get("tags", [])
        if cell["cell_type"] == "code":
            for name in sections:
                if name in tags:
                    out[name].append(cell)
    return out
