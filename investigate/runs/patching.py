"""Putting an executed notebook together from two executions: cells that were kept, cells that were executed again."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..files import write_text
from ..views import MIME
from .templates import PARAMETERS

INJECTED = "injected-parameters"
_PENDING = {"duration": None, "end_time": None, "exception": None, "start_time": None, "status": "pending"}

Notebook = dict[str, Any]


def tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def code_cells(notebook: Notebook) -> list[dict[str, Any]]:
    """The code cells, but for the two that hold parameters."""
    held = (c for c in notebook["cells"] if c["cell_type"] == "code")
    return [c for c in held if not {PARAMETERS, INJECTED} & {*tags(c)}]


def ended_well(cell: Mapping[str, Any]) -> bool:
    """Whether the cell ran to its end without an error."""
    state = cell.get("metadata", {}).get("papermill", {})
    failed = any(o["output_type"] == "error" for o in cell.get("outputs", []))
    return bool(state.get("start_time")) and state.get("status") == "completed" and not failed


def same_code(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return "".join(one["source"]) == "".join(other["source"]) and tags(one) == tags(other)


def views_in(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The names of the views that cells have shown: the stems of their files."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if name := output.get("data", {}).get(MIME, {}).get("name"):
                yield str(name)


def overlay(older: Notebook, newer: Notebook) -> Notebook:
    """`older` with every cell that `newer` has started."""
    started = [c for c in newer["cells"] if c.get("metadata", {}).get("papermill", {}).get("start_time")]
    by_id = {c.get("id"): c for c in started if c["cell_type"] == "code" and INJECTED not in tags(c)}
    out = copy.deepcopy(older) | {"metadata": newer.get("metadata") or older.get("metadata", {})}
    out["cells"] = [by_id.get(c.get("id"), c) for c in out["cells"]]
    injected = [c for c in started if INJECTED in tags(c)]
    return _with_injected(out, injected) if injected else out


def renew(template: Notebook, executed: Notebook, keep: Collection[str]) -> Notebook:
    """The template's notebook with the cells of `executed` that are kept; all other cells are pending."""
    held = {c.get("id"): c for c in executed["cells"] if c["cell_type"] == "code"}
    out = copy.deepcopy(template)
    out["metadata"] = {**executed.get("metadata", {}), **out["metadata"]}
    for index, cell in enumerate(out["cells"]):
        if cell["cell_type"] == "code":
            old = held.get(cell.get("id"))
            if old is not None and (cell["id"] in keep or PARAMETERS in tags(cell)):
                out["cells"][index] = old
            else:
                cell |= {"outputs": [], "execution_count": None}
                cell["metadata"] = {**cell["metadata"], "papermill": dict(_PENDING)}
    return _with_injected(out, [c for c in executed["cells"] if INJECTED in tags(c)])


def only(template: Notebook, execute: Collection[str]) -> Notebook:
    """The template's parameters and the cells named, for Papermill."""
    out = copy.deepcopy(template)
    out["cells"] = [
        c
        for c in out["cells"]
        if c["cell_type"] == "code" and (PARAMETERS in tags(c) or str(c.get("id", "")) in execute)
    ]
    return out


def write(notebook: Notebook, path: Path) -> Path:
    return write_text(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")


def _with_injected(notebook: Notebook, injected: list[dict[str, Any]]) -> Notebook:
    cells = [c for c in notebook["cells"] if INJECTED not in tags(c)]
    at = next((i for i, c in enumerate(cells) if PARAMETERS in tags(c)), -1) + 1
    notebook["cells"] = cells[:at] + injected[:1] + cells[at:]
    return notebook
