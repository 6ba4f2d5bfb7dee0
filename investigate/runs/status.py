"""The state of a batch: one record per row, in a file that other programs can read while it runs. See docs/batch.md."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import InputError, InvestigateError
from ..files import read_json, write_json

STATUS = "status.json"
SCHEMA = 1
ENDED = ("complete", "partial", "failed")
STATES = ("waiting", "running", "stopped", *ENDED)


@dataclass(frozen=True)
class RowState:
    """How one row stands; the fields are those of `rows` in status.json, which docs/batch.md explains."""

    name: str
    template: str
    case: str
    status: str = "waiting"
    section: str = ""
    cells_done: int = 0
    cells_total: int = 0
    exit_code: int | None = None
    started_at: str = ""
    ended_at: str = ""
    seconds: float | None = None
    run: str = ""
    report: str = ""
    grades: dict[str, int] = field(default_factory=dict)
    supported: int = 0
    leads: int = 0
    strongest: str = ""
    bottom_line: str = ""
    failed_sections: tuple[str, ...] = ()
    error: dict[str, str] | None = None
    fingerprint: str = ""
    kept: bool = False
    tries: int = 0

    @property
    def findings(self) -> str:
        """The findings in words, by grade, the highest first: "2 at E2, 1 at E1"."""
        return by_grade(self.grades)


@dataclass
class State:
    """A batch under way.

    Attributes
    ----------
    folder : Path
        Where status.json and index.html stand; paths in them start here.
    state : str
        running, ended, or stopped (by Ctrl-C, or because nothing could be written).
    dropped : list of str
        Rows of the batch before that the plan no longer has; their cases stay.
    """

    folder: Path
    plan: str
    plan_sha256: str
    title: str
    jobs: int
    rows: list[RowState]
    dropped: list[str] = field(default_factory=list)
    state: str = "running"
    exit_code: int | None = None
    started_at: str = field(default_factory=lambda: now())
    ended_at: str = ""

    def set(self, number: int, **what: Any) -> RowState:
        """Change one row and return it."""
        self.rows[number] = replace(self.rows[number], **what)
        return self.rows[number]

    def counts(self) -> dict[str, int]:
        """Rows by status, every status named."""
        found = Counter(row.status for row in self.rows)
        return {name: found[name] for name in STATES}

    def record(self) -> dict[str, Any]:
        """What status.json holds."""
        return {
            "schema": SCHEMA,
            "state": self.state,
            "title": self.title,
            "plan": self.plan,
            "plan_sha256": self.plan_sha256,
            "jobs": self.jobs,
            "process": {"host": platform.node(), "pid": os.getpid()} if self.state == "running" else None,
            "started_at": self.started_at,
            "updated_at": now(),
            "ended_at": self.ended_at,
            "exit_code": self.exit_code,
            "counts": self.counts(),
            "dropped": self.dropped,
            "rows": [asdict(row) for row in self.rows],
        }

    def write(self) -> Path:
        """Write status.json, whole or not at all; OutsideError where that cannot be done."""
        return write_json(self.folder / STATUS, self.record())


def earlier(folder: Path) -> dict[str, RowState]:
    """The rows of the batch before in this folder, by name; empty where there was none.

    Raises
    ------
    InputError
        status.json is damaged, or another version wrote it.
    """
    path = folder / STATUS
    if not path.exists():
        return {}
    do = "move the file away; every row is then run again"
    try:
        held = read_json(path)
        if held["schema"] != SCHEMA:
            raise InputError(f"status.json has schema {held['schema']}, this version reads {SCHEMA}", str(path), do)
        rows = [RowState(**row | {"failed_sections": tuple(row["failed_sections"])}) for row in held["rows"]]
    except InputError as error:
        raise InputError(error.what, str(path), do) from error
    except (InvestigateError, KeyError, TypeError) as error:
        raise InputError("status.json is no state of a batch", str(path), do) from error
    return {row.name: row for row in rows}


def relative(path: str | Path | None, folder: Path) -> str:
    """A path as it is written in status.json: from its folder, with forward slashes; absolute where it cannot be."""
    if not path:
        return ""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return Path(path).as_posix()


def results_of(run: Path) -> dict[str, Any]:
    """What a run found, from its findings.json: findings by grade, how many are supported, the strongest, in short."""
    path = run / "findings.json"
    if not path.is_file():
        return {}
    held = read_json(path)
    found = sorted(held["findings"], key=lambda f: (f["evidence_grade"], f["n_members"], f["finding_id"]), reverse=True)
    supported = sum(f["status"] in ("supported", "confirmed_by_human") for f in found)
    return {
        "grades": dict(Counter(f["evidence_grade"] for f in found)),
        "supported": supported,
        "leads": len(found) - supported,
        "strongest": found[0]["title"] if found else "",
        "bottom_line": held.get("study", {}).get("bottom_line", ""),
    }


def by_grade(grades: Mapping[str, int]) -> str:
    """Numbers of findings by grade in words, the highest grade first."""
    return ", ".join(f"{n} at {grade}" for grade, n in sorted(grades.items(), reverse=True)) or "no findings"


def worst_first(rows: list[RowState]) -> list[RowState]:
    """Failed, partial, not run; then complete ones by the number of findings of the highest grade, the next, and so on."""
    order = {"failed": 0, "partial": 1, "stopped": 2, "running": 3, "waiting": 4, "complete": 5}
    grades = ("E4", "E3", "E2", "E1", "E0")
    return sorted(rows, key=lambda r: (order[r.status], [-r.grades.get(g, 0) for g in grades], r.name))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
