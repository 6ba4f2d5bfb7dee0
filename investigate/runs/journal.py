"""What a run writes down while it is under way, so that it can be gone on with after a crash."""

from __future__ import annotations

import contextlib
import platform
from pathlib import Path
from typing import Any

from ..errors import InvestigateError
from ..files import read_json, sha256
from ..results import CURRENT
from . import manifest
from .templates import Template, folder


def ingredients(template: Template, values: dict[str, Any]) -> dict[str, Any]:
    """The hashes and versions of what a run is made from, as its marker keeps them.

    Returns
    -------
    dict
        `template_sha256`, `data_sha256` (empty without a data file), `side_files`, `versions`; for a template from
        elsewhere `template_file`, its path.
    """
    data = Path(values.get("data") or "")
    own = template.path.resolve().parent == folder().resolve()
    return {
        "template_sha256": sha256(template.path),
        "data_sha256": sha256(data) if values.get("data") and data.is_file() else "",
        "side_files": manifest.side_files(values),
        "versions": manifest.versions(),
        **({} if own else {"template_file": str(template.path.resolve())}),
    }


def held_results(case: Path) -> tuple[str, str]:
    """Which results the case holds: a name that every keeping gives anew, and the hash of the record; empty without."""
    try:
        current = read_json(case / "results" / CURRENT)
        return str(current["state"]), str(current["sha256"])
    except (InvestigateError, KeyError, TypeError):
        return "", ""


def held_data(case: Path) -> list[str]:
    """The datasets of a case, sorted."""
    return sorted(p.parent.name for p in (case / "data").glob("*/dataset.json"))


class Journal:
    """Notes in a run's marker, as each cell starts, whether the cell before it left results in the case.

    `kept` in the marker: `after`, the id of the last cell that did; `results_sha256`; `datasets`, those they were made
    from. Whoever finds the same hash in the case later need not execute that cell, or one before it, again.
    """

    def __init__(self, run: Path, case: Path) -> None:
        self._run, self._case = run, case
        self._seen, self._before = held_results(case), ""

    def __call__(self, cell: str) -> None:
        now = held_results(self._case)
        if not self._before:
            self._note(kernel=_kernel())
        elif now != self._seen:
            kept = {"after": self._before, "results_sha256": now[1], "datasets": held_data(self._case)}
            self._note(kept=kept)
        self._seen, self._before = now, cell

    def _note(self, **what: Any) -> None:
        # A full disk leaves the older note: its hash no longer fits, and everything is executed again.
        with contextlib.suppress(InvestigateError, OSError):
            held = manifest.marker(self._run)
            manifest.write_marker(self._run, held | what)


def _kernel() -> dict[str, Any]:
    from . import kernel

    process = kernel.last[-1].provisioner if kernel.last else None
    return {"host": platform.node(), "pid": getattr(process, "pid", None)}
