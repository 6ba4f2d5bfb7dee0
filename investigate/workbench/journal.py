"""A view on disk: a snapshot of the state, and every gesture appended with what leads forward and back.

The journal is the truth. Each line is on disk before the gesture is answered, so that a killed process loses nothing; the
snapshot, written whole or not at all, spares replaying it. A line cut short by a crash is cut off at the next opening.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, InvestigateError, OutsideError, TamperError
from ..files import read_json, write_json, write_text
from .state import Difference, ViewState, apply

FORMAT = 1
EVERY = 50  # gestures between snapshots
CAMERA = "camera.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, repr=False)
class Step:
    """One gesture that was made.

    Attributes
    ----------
    name, args
        The gesture.
    text, notice : str
        In words, as the history shows it; what was said when it was made.
    at, by : str
        Time (ISO 8601, UTC) and person.
    back, forth : dict
        What leads to the state before, and to the state after.
    records : tuple of dict
        Decisions written into the case log by it: call, args, seq.
    """

    name: str
    args: dict[str, Any]
    text: str
    notice: str
    at: str
    by: str
    back: Difference
    forth: Difference
    records: tuple[dict[str, Any], ...] = ()

    def __repr__(self) -> str:
        return f"{self.text}. {self.notice}".strip() if self.notice else self.text


def folder_of(case_folder: Path, view: str) -> Path:
    """Where a view is kept; InputError for a name that is no plain word."""
    if not _NAME.fullmatch(view):
        raise InputError(
            f"'{view[:80]}' cannot be the name of a view", "parameter view", "use letters, digits, '-' and '_'"
        )
    return case_folder / "views" / view


class Journal:
    """The files of one view.

    Parameters
    ----------
    folder : Path
        `CASE/views/<view>`.
    writable : bool
        Whether anything is written.
    """

    def __init__(self, folder: Path, writable: bool) -> None:
        self.folder = folder
        self.snapshot, self.path, self.writable = folder / "view.json", folder / "history.jsonl", writable
        self.lines = self._since = 0

    @property
    def exists(self) -> bool:
        return self.snapshot.is_file()

    def start(self, state: ViewState) -> None:
        """The first snapshot of a new view."""
        if self.writable:
            self._write(state)

    def read(self) -> tuple[ViewState, list[Step], list[Step]]:
        """The last state, the steps that led to it, and those that were undone.

        Raises
        ------
        TamperError
            A line or the snapshot cannot be read, or they do not fit each other.
        """
        held = read_json(self.snapshot)
        if held.get("format") != FORMAT:
            raise InputError(
                f"the view has format {held.get('format')}", str(self.snapshot), "use the version that made it"
            )
        state = ViewState.from_json(held["state"])
        done: list[Step] = []
        undone: list[Step] = []
        for number, line in enumerate(self._lines(), 1):
            late = number > held["lines"]
            try:
                state = _replay(line, state, done, undone, late)
            except (KeyError, IndexError, TypeError) as error:
                raise TamperError(
                    "the history of the view does not fit together",
                    f"{self.path}, line {number}",
                    "restore it from a copy",
                ) from error
            self.lines = number
        if self.lines < held["lines"]:
            raise TamperError(
                f"{held['lines'] - self.lines} lines are missing from the history",
                str(self.path),
                "restore it from a copy",
            )
        self._since = self.lines - held["lines"]
        return state, done, undone

    def did(self, step: Step, state: ViewState) -> None:
        """Write a gesture down."""
        self._append({"do": {f.name: getattr(step, f.name) for f in fields(step)}}, state)

    def undid(self, state: ViewState, records: list[dict[str, Any]]) -> None:
        """Write down that the last step was undone; `records` as they are after it."""
        self._append({"undo": records}, state)

    def redid(self, state: ViewState, records: list[dict[str, Any]]) -> None:
        self._append({"redo": records}, state)

    def looked(self, camera: dict[str, float] | None) -> None:
        """Keep where one looks, None for the whole picture; it is no gesture, and no undo brings it back."""
        if not self.writable:
            return
        if camera is None:
            (self.folder / CAMERA).unlink(missing_ok=True)
        else:
            write_json(self.folder / CAMERA, camera)

    def camera(self) -> dict[str, float] | None:
        """Where one looked last; None where nobody looked anywhere but at the whole, or the file is damaged."""
        try:
            held = read_json(self.folder / CAMERA)
            return {name: float(held[name]) for name in ("cx", "cy", "span")}
        except (InvestigateError, OSError, KeyError, TypeError, ValueError):
            return None

    def save(self, state: ViewState) -> None:
        """Write the snapshot, where anything happened since the last."""
        if self.writable and (self._since or not self.exists):
            self._write(state)

    def _append(self, entry: dict[str, Any], state: ViewState) -> None:
        if not self.writable:
            return
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            with self.path.open("a", encoding="utf-8", newline="\n", errors="surrogatepass") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutsideError(
                f"cannot save the view: {error.strerror}", str(self.path), "free space, then repeat the gesture"
            ) from error
        self.lines, self._since = self.lines + 1, self._since + 1
        if self._since >= EVERY:
            self._write(state)

    def _write(self, state: ViewState) -> None:
        record = {"format": FORMAT, "lines": self.lines, "state": state.to_json()}
        text = json.dumps(record, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        write_text(self.snapshot, text + "\n")
        self._since = 0

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.is_file():
            return
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data) and self.writable:
            with self.path.open("rb+") as file:
                file.truncate(whole)
        for number, line in enumerate(data[:whole].split(b"\n")[:-1], 1):
            try:
                yield json.loads(line.decode("utf-8", "surrogatepass"))
            except ValueError as error:
                raise TamperError(
                    "a line of the history cannot be read", f"{self.path}, line {number}", "restore it from a copy"
                ) from error


def _replay(line: dict[str, Any], state: ViewState, done: list[Step], undone: list[Step], late: bool) -> ViewState:
    """Take one line into the lists of steps, and into the state where the snapshot is older."""
    if "do" in line:
        made = line["do"]
        step = Step(**{**made, "records": tuple(made["records"])})
        done.append(step)
        undone.clear()
        return apply(state, step.forth) if late else state
    if "undo" in line:
        step = with_records(done.pop(), line["undo"])
        undone.append(step)
        return apply(state, step.back) if late else state
    step = with_records(undone.pop(), line["redo"])
    done.append(step)
    return apply(state, step.forth) if late else state


def with_records(step: Step, records: list[dict[str, Any]]) -> Step:
    return replace(step, records=tuple(records))
