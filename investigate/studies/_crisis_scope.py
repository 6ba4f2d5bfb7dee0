"""What a crisis study looks at: the event, the window, the words that mean it; checked before any work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from ..errors import InputError, nearest
from ..objects import UNSPACED, fold
from ..store import frame
from ._making import clock

EVENT_TYPES = ("terror_violent_extremist", "mass_violence", "natural_disaster", "unrest", "war", "accident", "other")

CLIENT_CLAIMED = ("bluesky", "nostr")
"""Platforms on which the client states the time of a content; such a time orders nothing."""

WITHIN_GAP_H = 24
"""Hours after a gap, or after the data begin, within which "first" says little (the field's rule)."""


@dataclass(frozen=True)
class Event:
    """The event and the window around it.

    Attributes
    ----------
    at : Timestamp
        When it happened, UTC; the first content about it where nobody said (`given` is False then).
    begin, end : Timestamp
        The window: from the bin that holds `at` less the look-back, up to and with `end`, the run's clock.
    step : Timedelta
        Width of a bin.
    terms : tuple of str
        Folded words and tags; empty: every content counts.
    """

    name: str
    place: str
    kind: str
    at: pd.Timestamp
    given: bool
    begin: pd.Timestamp
    end: pd.Timestamp
    step: pd.Timedelta
    terms: tuple[str, ...]

    @property
    def label(self) -> str:
        """The event's name for people."""
        return self.name or "the event"


def event(
    case: Any,
    *,
    event_name: str,
    event_time: str,
    event_place: str,
    event_type: str,
    step_minutes: int,
    lookback_h: int,
    terms: Sequence[str],
    as_of: str,
) -> Event:
    """The event as the parameters state it, checked against the data.

    Raises
    ------
    InputError
        The parameters contradict each other or the data cannot carry them; every problem is listed.
    """
    con = case.connection()
    held = frame(con, "select count(*) as n, min(created_at) as first, max(created_at) as last from content")
    n, first, last = held.iloc[0]
    if not n:
        raise InputError("the case holds no contents", str(case.path), "load an export of posts, comments or ads")
    now, said = pd.Timestamp(clock(case, as_of)), tuple(t for t in (fold(t).strip(" #") for t in terms) if t)
    problems = []
    if event_type not in EVENT_TYPES:
        hint = nearest(event_type, EVENT_TYPES)
        problems.append(f"event_type '{event_type}' is not known" + (f"; did you mean '{hint}'" if hint else ""))
    if not 1 <= step_minutes <= 720 or 1440 % step_minutes:
        problems.append(f"step_minutes is {step_minutes}: it must divide a day and be 1 to 720")
    elif step_minutes * 60 < 2 * case.resolution_s:
        problems.append(
            f"bins of {step_minutes} minutes are under twice the data's time resolution of {case.resolution_s:g} s"
        )
    if not 0 <= lookback_h <= 720:
        problems.append(f"lookback_h is {lookback_h}: 0 to 720 hours")
    at = _time(event_time, problems) if event_time else None
    if at is not None and at > now:
        problems.append(f"the event at {at:%Y-%m-%d %H:%M} UTC lies after the run's clock, {now:%Y-%m-%d %H:%M} UTC")
    if now < pd.Timestamp(first):
        problems.append(f"as_of, {now:%Y-%m-%d %H:%M} UTC, lies before the first content")
    if at is not None and pd.Timestamp(last) < at:
        problems.append(f"the data end at {last:%Y-%m-%d %H:%M} UTC, before the event")
    if problems:
        raise InputError("; ".join(problems), "study breaking_crisis", "correct the parameters or load other data")
    given = at is not None
    if at is None:
        at = first_about(con, said, now)
    step = pd.Timedelta(minutes=step_minutes)
    begin = (at - pd.Timedelta(hours=lookback_h)).floor(step)
    return Event(event_name, event_place, event_type, at, given, begin, now, step, said)


def _time(text: str, problems: list[str]) -> pd.Timestamp | None:
    try:
        at = pd.Timestamp(text)
    except ValueError:
        problems.append(f"event_time '{text}' is no date or time: write it like 2026-11-03T06:00Z")
        return None
    return at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")


def first_about(con: Any, terms: tuple[str, ...], end: datetime) -> pd.Timestamp:
    """The time of the first content that the terms find; of the first content of all where there are none.

    Raises
    ------
    InputError
        No content has any of the terms.
    """
    rows = frame(con, "select content_id, created_at, text from content where created_at <= $end", {"end": end})
    tagged = _tagged(con, terms)
    found = rows[about(rows, tagged, terms)]
    if found.empty:
        raise InputError(
            f"no content has any of the terms {', '.join(terms)}",
            "parameter terms",
            "check their spelling, or give event_time",
        )
    return pd.Timestamp(found["created_at"].min())


def _tagged(con: Any, terms: Iterable[str]) -> set[str]:
    query = "select distinct content_id from actions where object_type = 'hashtag' and object_id in (select unnest($t))"
    names = [t.replace(" ", "") for t in terms]
    return {row[0] for row in con.execute(query, {"t": names}).fetchall()} if names else set()


def about(rows: pd.DataFrame, tagged: set[str], terms: tuple[str, ...]) -> pd.Series:
    """Which contents are about the event: tagged with a term, or with a term as whole words in the text.

    Parameters
    ----------
    rows : DataFrame
        content_id, text.
    tagged : set of str
        Contents that carry a term as a hashtag.
    """
    if not terms:
        return pd.Series(True, index=rows.index)
    pattern = words(terms)
    texts = rows["text"].fillna("")
    hit = [bool(text) and pattern.search(fold(text)) is not None for text in texts]
    return pd.Series(hit, index=rows.index, dtype=bool) | rows["content_id"].isin(tagged)


def words(terms: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds folded terms as whole words; anywhere in scripts that put no space between words."""
    longest = sorted(set(terms), key=lambda t: (-len(t), t))
    return re.compile(
        "|".join(re.escape(t) if UNSPACED.search(t) else rf"(?<!\w){re.escape(t)}(?!\w)" for t in longest) or r"(?!)"
    )
