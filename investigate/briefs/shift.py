"""What one shift tells the next: the fields that people fill in, as a model of a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

import pandas as pd
from pydantic import Field

from ..packs.reading import Part

BANDS = ("none", "1-10", "11-50", "more than 50", "not known")
Moment = str | datetime | date


class OpenItem(Part):
    """One thing that is not done. An `id` that names a finding fills in what the case knows of it."""

    id: str = ""
    what: str = ""
    owner: str = ""
    next_action: str = ""
    due: Moment = ""
    trigger: str = ""


class Hypothesis(Part):
    """What is believed for now, and how sure the sources make it."""

    claim: str
    confidence: Literal["low", "moderate", "high"]
    because: str = ""


class Deadline(Part):
    """A clock that others set."""

    what: str
    due: Moment
    legal: bool = False


class Contact(Part):
    """Who was told what, and when they hear again."""

    who: str
    promised: str = ""
    due: Moment = ""


class Shift(Part):
    """One hand-over, as a person writes it (TOML, YAML or JSON); the case fills in findings, decisions and the log.

    Attributes
    ----------
    at : time
        When the shift ends; with a zone, else UTC.
    zones : list of str
        Two IANA zones that the time is shown in beside UTC.
    situation : list of str
        One to three lines.
    backup : str
        Who steps in where the incoming person cannot be reached; needed for P0 and P1.
    graphic_items : str
        How many graphic items the next person will still meet: a band, never a description.
    """

    outgoing: str = ""
    incoming: str = ""
    backup: str = ""
    at: Moment = ""
    zones: list[str] = Field(default=["America/New_York", "Asia/Singapore"])
    severity: str = ""
    trend: str = ""
    situation: list[str] = Field(default=[])
    changed: list[str] = Field(default=[])
    open_items: list[OpenItem] = Field(default=[])
    decisions: list[str] = Field(default=[])
    did_not_help: list[str] = Field(default=[])
    hypotheses: list[Hypothesis] = Field(default=[])
    do_not: list[str] = Field(default=[])
    deadlines: list[Deadline] = Field(default=[])
    people: list[Contact] = Field(default=[])
    links: list[str] = Field(default=[])
    graphic_items: str = "not known"
    next_checkpoint: Moment = ""


def moment(value: Moment) -> datetime | None:
    """A time in UTC; a day without a time is its last minute. None where it is no time.

    A time without a zone is taken as UTC.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if not str(value).strip():
        return None
    try:
        at = pd.Timestamp(str(value) if isinstance(value, str) else value)
    except (ValueError, TypeError):
        return None
    if at is pd.NaT:
        return None
    at = at.tz_localize(UTC) if at.tzinfo is None else at.tz_convert(UTC)
    found: datetime = at.to_pydatetime()
    return found.replace(hour=23, minute=59) if is_day(value) else found


def is_day(value: Moment) -> bool:
    """Whether a day is named and no time of it."""
    return (isinstance(value, date) and not isinstance(value, datetime)) or (
        isinstance(value, str) and len(value.strip()) == 10
    )
