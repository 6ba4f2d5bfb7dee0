"""What an executed notebook says about its run: which sections worked, which failed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import errors
from ..errors import EXIT_BUG, EXIT_OUTSIDE, InvestigateError
from ..files import write_text
from .manifest import Section
from .templates import ISOLATED, sections_of

_MARKER_TAG = "papermill-error-cell-tag"
_OUTSIDE = {"MemoryError", "DeadKernelError", "KeyboardInterrupt"}


@dataclass(frozen=True)
class Failure:
    """An error that crossed from the kernel, or one that kept it from working."""

    name: str
    what: str
    where: str = ""
    do: str = ""
    exit_code: int = EXIT_BUG
    section: str = ""

    @property
    def message(self) -> str:
        """One line: what is wrong, and what to do."""
        return " ".join(
            part for part in (self.what.rstrip(".") + ".", f"What to do: {self.do}." if self.do else "") if part
        )


def known_errors() -> dict[str, type[InvestigateError]]:
    """The classes of `investigate.errors` by name."""
    found = vars(errors).values()
    return {c.__name__: c for c in found if isinstance(c, type) and issubclass(c, InvestigateError)}


def recover(name: str, value: str, section: str = "") -> Failure:
    """The failure behind an error output: our own errors are taken apart into what, where, do and exit code."""
    own = known_errors().get(name)
    if own is None:
        full = "No space left on device" in value or "[Errno 28]" in value
        code = EXIT_OUTSIDE if name in _OUTSIDE or full else EXIT_BUG
        do = "free space, then run it again" if full else "" if code == EXIT_BUG else "free memory or load less data"
        return Failure(name, f"{name}: {value}".strip().rstrip(":"), "", do, code, section)
    rest, _, do = value.partition(" What to do: ")
    what, _, where = rest.partition(" Where: ")
    return Failure(name, what.rstrip("."), where.rstrip("."), do.rstrip("."), own.exit_code, section)


def read_notebook(path: Path) -> dict[str, Any]:
    """The executed notebook, without the banners Papermill puts above a failed cell; empty where none was written."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {"cells": []}
    cells = [c for c in notebook["cells"] if _MARKER_TAG not in c["metadata"].get("tags", [])]
    if len(cells) < len(notebook["cells"]):
        notebook["cells"] = cells
        write_text(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    return notebook


def headings_of(notebook: dict[str, Any]) -> dict[str, str]:
    """Section -> the heading its text begins with, as the report shows it."""
    out: dict[str, str] = {}
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.startswith("## "):
            for tag in cell["metadata"].get("tags", []):
                out.setdefault(tag, text.splitlines()[0].removeprefix("## ").strip())
    return out


def judge(
    notebook: dict[str, Any], sections: tuple[str, ...], outside: Failure | None
) -> tuple[tuple[Section, ...], Failure | None, bool]:
    """How each section went, the first failure, and whether it is one that leaves nothing to report.

    Parameters
    ----------
    outside : Failure or None
        What stopped the kernel, if something did.

    Returns
    -------
    sections, failure, critical
        `critical` is true where a cell failed that is not isolated from the rest, or the kernel was lost.
    """
    out: list[Section] = []
    first, critical = outside, outside is not None
    stopped = f"not run because {outside.what}" if outside else ""
    cut = last_started(notebook) if outside else None
    for name, cells in sections_of(notebook, sections).items():
        failure = next(_failures(cells, name, outside, cut), None)
        seconds = sum((c["metadata"].get("papermill", {}).get("duration") or 0.0) for c in cells)
        if failure:
            fatal = any(ISOLATED not in c["metadata"].get("tags", []) for c in cells if _error(c) or c is cut)
            first = first or failure
            if fatal and not critical:
                first, critical = failure, True  # what stopped the run matters more than a section before it
                stopped = f"not run because the section '{name}' failed"
            out.append(Section(name, "failed", round(seconds, 2), failure.message))
        elif any(_pending(c) for c in cells) or (not cells and not notebook["cells"]):
            out.append(Section(name, "not run", None, stopped or "not run"))
        else:
            out.append(Section(name, "ok", round(seconds, 2)))
    return tuple(out), first, critical


def _failures(
    cells: list[dict[str, Any]], section: str, outside: Failure | None, cut: dict[str, Any] | None
) -> Iterator[Failure]:
    for cell in cells:
        error = _error(cell)
        if error:
            yield recover(error["ename"], error["evalue"], section)
        elif outside and cell is cut:
            yield replace(outside, section=section)


def _error(cell: dict[str, Any]) -> dict[str, Any] | None:
    return next((o for o in cell.get("outputs", []) if o["output_type"] == "error"), None)


def _pending(cell: dict[str, Any]) -> bool:
    # Papermill marks cells it never reached as completed when the kernel is lost; the start time tells them apart.
    return cell["metadata"].get("papermill", {}).get("start_time") is None


def last_started(notebook: dict[str, Any]) -> dict[str, Any] | None:
    """The cell the kernel was lost in; Papermill marks it as completed, too. A resumed run starts cells out of order."""
    started = [c for c in notebook["cells"] if c["cell_type"] == "code" and not _pending(c)]
    return max(reversed(started), key=lambda c: c["metadata"]["papermill"]["start_time"]) if started else None
