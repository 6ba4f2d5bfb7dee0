"""Cells of a ticket export as values: text, whole numbers, flags, times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from ._times import parse_times

NULLS = frozenset({"", "?", "-", "null", "none", "n/a", "nan"})
TIMES = ("opened_at", "first_ack_at", "first_action_at", "resolved_at", "closed_at", "last_seen_at", "due_at")
NUMBERS = ("reopened_count", "reassigned_count", "hold_seconds")
FLAGS = ("sla_met", "is_open")
_YES, _NO = (
    frozenset({"true", "yes", "1", "y", "met", "open"}),
    frozenset({"false", "no", "0", "n", "missed", "closed"}),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text(cell: str | None) -> str | None:
    """The cell without blanks around it; None for the ways in which exports write nothing."""
    held = (cell or "").strip()
    return None if held.lower() in NULLS else held


def flag(cell: str | None) -> bool | None:
    """True, False, or None where the cell says neither."""
    held = (cell or "").strip().lower()
    return True if held in _YES else False if held in _NO else None


def number(cell: str | None) -> float | None:
    """A count or seconds; None for nothing and for what is no number or negative."""
    try:
        value = float(text(cell) or "nan")
    except ValueError:
        return None
    return value if value >= 0 else None


def times(
    cells: Iterable[str | None], *, name: str, where: str, time_format: str | None
) -> tuple[list[datetime | None], list[str], list[str], float]:
    """The times of a column, why each bad one is bad, notes, and the clock's step in seconds."""
    held = [text(c) for c in cells]
    if not any(held):
        return [None] * len(held), [""] * len(held), [], 86_400.0
    parsed = parse_times(
        pa.chunked_array([pa.array(held, pa.string())]), name=name, where=where, time_format=time_format
    )
    why = [
        detail if value is not None and reason else ""
        for value, reason, detail in zip(held, parsed.reason.to_pylist(), parsed.detail.to_pylist(), strict=True)
    ]
    at = [None if us is None else _EPOCH + timedelta(microseconds=us) for us in parsed.at.to_pylist()]
    return at, why, parsed.notes, parsed.resolution_s
