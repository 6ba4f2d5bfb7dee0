"""The case log: append-only JSON Lines in which every entry carries the hash of the one before.

A second small file, the head, holds the number and hash of the last entry, so that lines cut off the end
are noticed as well. This detects changes; it does not prevent them: whoever can rewrite both files and
recompute every hash can forge a log. Keep a copy of the head elsewhere where that matters.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import CaseError, InvestigateError, OutsideError, TamperError
from .files import write_json

START = "0" * 64
LONGEST_WAIT_S = 30


def _digest(entry: dict[str, Any]) -> str:
    body = {k: v for k, v in entry.items() if k != "hash"}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def actor() -> str:
    """Who acts: INVESTIGATE_ACTOR, else the login name."""
    try:
        return os.environ.get("INVESTIGATE_ACTOR") or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


class Log:
    """The log of one case.

    Parameters
    ----------
    path : Path
        The `.jsonl` file; the head is kept beside it.
    now : callable, optional
        The clock, injected so that tests are repeatable.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path, self.head_path, self._now = path, path.with_suffix(".head.json"), now
        self.closed_because = ""

    def check_open(self) -> None:
        """CaseError where the case is read-only: `closed_because` says why."""
        if self.closed_because:
            raise CaseError(
                f"the case is read-only: {self.closed_because}",
                str(self.path.parent),
                "ask for it, or work on a copy of the folder",
            )

    def append(
        self, kind: str, check: Callable[[list[dict[str, Any]]], None] | None = None, /, **data: Any
    ) -> dict[str, Any]:
        """Add one entry and return it; refuses to build on a log that does not verify.

        Parameters
        ----------
        kind : str
            What happened.
        check : callable, optional
            Gets the entries there are and raises where this one must not follow. No other process can add one between
            the check and the entry.
        **data
            What is kept of it, as JSON.
        """
        from filelock import FileLock, Timeout

        self.check_open()
        try:
            with FileLock(str(self.path.with_suffix(".lock")), timeout=LONGEST_WAIT_S):
                return self._append(kind, check, data)
        except Timeout as error:
            raise OutsideError(
                f"another process has been writing the case log for {LONGEST_WAIT_S} s", str(self.path), "try again"
            ) from error
        except OSError as error:
            if isinstance(error, InvestigateError):
                raise
            raise OutsideError(
                f"cannot write the case log: {error.strerror or error}", str(self.path), "free space, then repeat"
            ) from error

    def _append(
        self, kind: str, check: Callable[[list[dict[str, Any]]], None] | None, data: dict[str, Any]
    ) -> dict[str, Any]:
        problems = self.verify()
        if problems:
            raise TamperError(
                "the case log does not verify, so nothing is added to it", problems[0], "run `investigate verify`"
            )
        entries = self.entries()
        if check is not None:
            check(entries)
        entry: dict[str, Any] = {
            "seq": len(entries) + 1,
            "at": self._now().isoformat(timespec="milliseconds"),
            "actor": actor(),
            "kind": kind,
            "data": data,
            "prev": entries[-1]["hash"] if entries else START,
        }
        entry["hash"] = _digest(entry)
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        try:
            self._drop_torn_line()
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutsideError(
                f"cannot write the case log: {error.strerror}", str(self.path), "free space, then repeat the step"
            ) from error
        write_json(self.head_path, {"seq": entry["seq"], "hash": entry["hash"]})
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """All whole entries, oldest first; a line cut short by a crash is left out."""
        if not self.path.exists():
            return []
        lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        out = []
        for number, line in enumerate(lines, 1):
            try:
                out.append(json.loads(line))
            except ValueError as error:
                raise TamperError(
                    "a log entry cannot be read", f"{self.path.name}, line {number}", "restore the log from a copy"
                ) from error
        return out

    def verify(self) -> list[str]:
        """What is wrong with the log, each problem naming its entry; empty when it is whole."""
        try:
            entries = self.entries()
        except TamperError as error:
            return [f"{error.where}: {error.what}"]
        problems, previous = [], START
        for number, entry in enumerate(entries, 1):
            place = f"{self.path.name}, line {number} (entry {entry.get('seq')}, {entry.get('kind')})"
            if entry.get("seq") != number:
                problems.append(f"{place}: entry {number} was expected here; entries were dropped, added or reordered")
                break
            if entry.get("prev") != previous:
                problems.append(f"{place}: does not follow from the entry before it")
            if entry.get("hash") != _digest(entry):
                problems.append(f"{place}: the entry was changed after it was written")
            previous = str(entry.get("hash"))
        return problems or self._verify_head(entries)

    def _verify_head(self, entries: list[dict[str, Any]]) -> list[str]:
        if not self.head_path.exists():
            # A crash between the very first entry and its head is the only honest way to get here.
            return [f"{self.head_path.name}: missing"] if len(entries) > 1 else []
        try:
            head = json.loads(self.head_path.read_text(encoding="utf-8"))
            seq, digest = int(head["seq"]), head["hash"]
        except (ValueError, KeyError, TypeError):
            return [f"{self.head_path.name}: cannot be read"]
        if len(entries) < seq:
            return [
                f"{self.path.name}: {seq - len(entries)} entries are missing at the end (entry {len(entries) + 1} to {seq})"
            ]
        # One entry more than the head says is a crash between the two writes, not a forgery.
        if len(entries) > seq + 1:
            return [f"{self.path.name}, line {seq + 2}: entries stand beyond the recorded end ({seq})"]
        if seq and entries[seq - 1]["hash"] != digest:
            return [f"{self.path.name}, line {seq}: is not the entry the head file names"]
        return []

    @property
    def torn(self) -> bool:
        """Whether the last line was cut short by a crash."""
        return self.path.exists() and self.path.stat().st_size > 0 and not self.path.read_bytes().endswith(b"\n")

    def _drop_torn_line(self) -> None:
        if self.torn:
            data = self.path.read_bytes()
            cut = data.rfind(b"\n") + 1
            self.path.with_suffix(".torn").write_bytes(data[cut:])
            with self.path.open("rb+") as file:
                file.truncate(cut)
