"""A period that an analysis is restricted to: from its start, up to but not including its end; UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import InputError

_HOW = "write it like 2026-11-03 (midnight UTC) or 2026-11-03T06:00+02:00"


@dataclass(frozen=True)
class Period:
    """From `start` up to but not including `end`; an empty text leaves that side open.

    Attributes
    ----------
    start, end : str
        ISO 8601, UTC: "2026-11-03T00:00:00+00:00".
    """

    start: str = ""
    end: str = ""

    def __bool__(self) -> bool:
        return bool(self.start or self.end)

    def __str__(self) -> str:
        """In words: 'from 2016-10-01 00:00 to before 2016-10-08 00:00 UTC'."""
        parts = [f"from {self.start[:16]}"] if self.start else []
        parts += [f"to before {self.end[:16]}"] if self.end else []
        return " ".join(parts).replace("T", " ") + " UTC" if parts else "all times in the data"

    def where(self, column: str) -> str:
        """The condition on a time column, for SQL; empty where the period is open on both sides."""
        parts = [f"{column} >= timestamptz '{self.start}'"] if self.start else []
        parts += [f"{column} < timestamptz '{self.end}'"] if self.end else []
        return " and ".join(parts)


def period(start: str = "", end: str = "") -> Period:
    """A checked period; times without a zone are UTC.

    Raises
    ------
    InputError
        A text is no time, or the period ends before it starts; both are listed.
    """
    problems, at = [], {}
    for name, text in (("window_start", start), ("window_end", end)):
        try:
            at[name] = _utc(text) if text else None
        except ValueError:
            problems.append(f"{name} '{text}' is no date or time")
    first, last = at.get("window_start"), at.get("window_end")
    if first and last and first >= last:
        problems.append(f"the period ends ({end}) before it starts ({start})")
    if problems:
        raise InputError("; ".join(problems), "window_start, window_end", _HOW)
    return Period(*(t.isoformat() if t else "" for t in (first, last)))


def _utc(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
