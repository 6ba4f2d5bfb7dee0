"""Who has a case open: one process at a time may work in it, everybody else is told who that is.

The lock itself is the operating system's (`flock`, `LockFileEx`), so it goes away with its process and is never stale.
A small file beside it says who took it, for people. Where a file system knows no such locks, `filelock` falls back to a
marker file, which it takes over when its process is gone from the same machine.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import weakref
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import OutsideError
from .files import write_json


@dataclass(frozen=True)
class Holder:
    """Who has something open, on which machine, since when (ISO 8601, UTC), and for what."""

    name: str
    host: str
    pid: int
    since: str
    doing: str

    def __str__(self) -> str:
        since = self.since[:16].replace("T", " ")
        return _printable(f"{self.name} on {self.host} since {since} UTC ({self.doing})")

    def is_same_person(self, name: str) -> bool:
        """Whether it is the same name on this machine: another window of one person."""
        return (self.name, self.host) == (name, platform.node())


class _Claim:
    """One operating-system lock of this process, shared by everything in it that asks for the same path."""

    def __init__(self, lock: Any, holder: Holder) -> None:
        self.lock, self.holder, self.tokens = lock, holder, set[int]()


_CLAIMS: dict[str, _Claim] = {}
_GUARD = threading.Lock()


class Lock:
    """A lock on a folder.

    Parameters
    ----------
    folder : Path
        Holds the two files `.<name>.lock` and `.<name>.holder.json`.
    name : str
        What is locked: "case" or "run".
    alone : bool
        Two takers inside one process exclude each other as well. Otherwise they share it: a notebook cell that
        opens the same case again is no second person.
    """

    def __init__(self, folder: Path, name: str = "case", *, alone: bool = False) -> None:
        self.path, self.who_path = folder / f".{name}.lock", folder / f".{name}.holder.json"
        self._key, self._alone = str(self.path.absolute().resolve()), alone
        self._finalizer = weakref.finalize(self, _drop, self._key, id(self), self.who_path)

    @property
    def held(self) -> bool:
        """Whether this very lock is taken."""
        with _GUARD:
            return self._key in _CLAIMS and id(self) in _CLAIMS[self._key].tokens

    def take(self, name: str, doing: str) -> Holder | None:
        """Take the lock; None where that worked, else who has it.

        Parameters
        ----------
        name : str
            Who asks.
        doing : str
            What for, in a word or two.

        Raises
        ------
        OutsideError
            The folder cannot be written.
        """
        with _GUARD:
            claim = _CLAIMS.get(self._key)
            if claim is not None and self._alone and id(self) not in claim.tokens:
                return claim.holder
            if claim is None:
                lock = self._acquire()
                if lock is None:
                    return self._written()
                now = datetime.now(UTC).isoformat(timespec="seconds")
                claim = _Claim(lock, Holder(name, platform.node(), os.getpid(), now, doing))
                try:
                    write_json(self.who_path, asdict(claim.holder))
                except OutsideError:  # a full disk: nobody is to be kept out by somebody who cannot work
                    lock.release()
                    raise
                _CLAIMS[self._key] = claim
            claim.tokens.add(id(self))
            return None

    def release(self) -> None:
        """Give the lock back; nothing happens where it was not taken."""
        _drop(self._key, id(self), self.who_path)

    def holder(self) -> Holder | None:
        """Who has it at this moment: another process, or for `alone` locks another taker. None where nobody has."""
        with _GUARD:
            claim = _CLAIMS.get(self._key)
            if claim is not None:
                return claim.holder if self._alone and id(self) not in claim.tokens else None
            if not self.path.exists():
                return None
            try:
                lock = self._acquire()
            except OutsideError:
                return self._written() if self.who_path.exists() else None
            if lock is None:
                return self._written()
            lock.release()
            return None

    def _acquire(self) -> Any:
        from filelock import FileLock, Timeout

        try:
            lock = FileLock(str(self.path), thread_local=False)
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise OutsideError(
                f"cannot write: {error.strerror or error}", str(self.path), "check who may write in the folder"
            ) from error
        return lock

    def _written(self) -> Holder:
        try:
            return Holder(**json.loads(self.who_path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # taken a moment ago and not written down yet
            return Holder("somebody", "an unknown machine", 0, datetime.now(UTC).isoformat(), "opening it")


def _drop(key: str, token: int, who_path: Path) -> None:
    with _GUARD:
        claim = _CLAIMS.get(key)
        if claim is None or token not in claim.tokens:
            return
        claim.tokens.discard(token)
        if claim.tokens:
            return
        del _CLAIMS[key]
        who_path.unlink(missing_ok=True)  # before the lock goes: never somebody else's
        claim.lock.release()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
