"""Which entries of the log count: a later entry may take an earlier one back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import InputError

Entry = dict[str, Any]
RETRACTION = "record_retracted"


def taken_back(entries: Sequence[Entry]) -> dict[int, int]:
    """Number of an entry -> number of the entry that takes it back. A retraction that is itself taken back is void."""
    out: dict[int, int] = {}
    for entry in reversed(entries):  # a retraction names earlier entries only, so the later ones settle first
        if entry["kind"] == RETRACTION and entry["seq"] not in out:
            for seq in entry["data"]["entries"]:
                if seq < entry["seq"]:
                    out[seq] = entry["seq"]
    return out


def living(entries: Sequence[Entry], kinds: Iterable[str]) -> list[Entry]:
    """The entries of these kinds that were not taken back, oldest first."""
    wanted, dead = set(kinds), taken_back(entries)
    return [e for e in entries if e["kind"] in wanted and e["seq"] not in dead]


def retraction(seqs: Sequence[int], kinds: Iterable[str]) -> Callable[[Sequence[Entry]], None]:
    """A check for the log: these entries exist, are of these kinds or retractions, and are not taken back yet."""
    allowed = {*kinds, RETRACTION}

    def check(entries: Sequence[Entry]) -> None:
        if not seqs:
            raise InputError("no entry is named", "retract", "give the number of a log entry")
        dead = taken_back(entries)
        for seq in seqs:
            entry = entries[seq - 1] if 0 < seq <= len(entries) else None
            if entry is None or entry["kind"] not in allowed:
                kind = f"a '{entry['kind']}'" if entry else "not in the log"
                raise InputError(
                    f"entry {seq} is {kind}: it cannot be taken back",
                    f"log entry {seq}",
                    "name an exhibit, judgement, tag or identity",
                )
            if seq in dead:
                raise InputError(
                    f"entry {seq} was taken back already", f"log entry {dead[seq]}", "take that one back to restore it"
                )

    return check


def reason_of(reason: object, what: str) -> str:
    """The reason without outer blanks; InputError where there is none."""
    text = str(reason or "").strip()
    if not text:
        raise InputError(f"a {what} needs a reason", "parameter reason", "say in a sentence why")
    return text
