"""In which phase of its election a market is: by the calendar of its profile, at local midnight of its own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ..errors import unknown
from .market import MarketProfile

PHASES = ("pre", "registration", "campaign", "silence", "polling", "count", "certification", "post")
CADENCE = {
    "pre": "weekly",
    "registration": "weekly",
    "campaign": "daily",
    "silence": "every 6 hours",
    "polling": "hourly",
    "count": "hourly",
    "certification": "daily",
    "post": "weekly",
}
"""How often to run in each phase: a proposal."""


@dataclass(frozen=True)
class Phase:
    """The phase at one moment.

    Attributes
    ----------
    name : str
        One of `PHASES`.
    day : date
        The day in the market's zone.
    forced : bool
        Chosen by the caller, whatever the calendar says.
    ends_at : datetime or None
        When the next phase begins (local midnight), UTC; None in the last one, or where it is forced.
    follows : str
        The next phase.
    """

    name: str
    day: date
    forced: bool
    ends_at: datetime | None
    follows: str

    @property
    def cadence(self) -> str:
        return CADENCE[self.name]


def phase_at(profile: MarketProfile, at: datetime, wanted: str = "auto") -> Phase:
    """The phase of a market at a moment; `wanted` names one that holds whatever the calendar says.

    Raises
    ------
    UnknownNameError
        `wanted` is neither "auto" nor a phase; the nearest one is named.

    Examples
    --------
    >>> from investigate.packs import bundled
    >>> from investigate.packs.market import market_profile
    >>> phase_at(market_profile(bundled("market_profile.toml")), datetime(2026, 10, 3, 21, 30, tzinfo=UTC)).name
    'silence'
    """
    if wanted not in (*PHASES, "auto"):
        raise unknown("phase", wanted, (*PHASES, "auto"), "parameter phase")
    day = at.astimezone(profile.zone).date()
    if wanted != "auto":
        return Phase(wanted, day, True, None, "")
    starts = calendar(profile)
    name = [phase for start, phase in starts if start <= day][-1] if starts[0][0] <= day else "pre"
    later = [(start, phase) for start, phase in starts if start > day and phase != name]
    if not later:
        return Phase(name, day, False, None, "")
    start, follows = later[0]
    return Phase(name, day, False, datetime.combine(start, time(), profile.zone).astimezone(UTC), follows)


def calendar(profile: MarketProfile) -> list[tuple[date, str]]:
    """The first day of each phase, in order; a phase without a date in the profile is left out.

    The count begins the day after the last voting day and lasts through the day named for it; then certification,
    through its day; without either day the next phase begins at once.
    """
    d, one = profile.dates, timedelta(days=1)
    first, last = min(d.voting_days), max(d.voting_days)
    starts: list[tuple[date, str]] = []
    if d.registration_start and d.registration_start < d.campaign_start:
        starts.append((d.registration_start, "registration"))
        if d.registration_deadline and d.registration_deadline + one < d.campaign_start:
            starts.append((d.registration_deadline + one, "pre"))
    starts.append((d.campaign_start, "campaign"))
    if d.silence_start and d.silence_start < first:
        starts.append((d.silence_start, "silence"))
    starts.append((first, "polling"))
    after = last + one
    if d.count and d.count >= after:
        starts.append((after, "count"))
        after = d.count + one
    if d.certification and d.certification >= after:
        starts.append((after, "certification"))
        after = d.certification + one
    starts.append((after, "post"))
    return starts
