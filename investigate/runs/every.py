"""How often a plan runs, in words, and the same for cron and for systemd."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InputError, nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FORMS = (
    "`daily 06:00`, `weekdays 06:00`, `weekly mon 06:00`, `weekly mon,thu 06:00`, `monthly 1 06:00`, `hourly`, "
    "`hourly :15`, `15min`, `6h`"
)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_STEP = re.compile(r"(\d{1,2}) ?(min|h)")


@dataclass(frozen=True)
class Every:
    """A rhythm: at `hour`:`minute` on the given days, or in steps.

    Attributes
    ----------
    days : tuple of int
        Days of the week, Monday is 0; empty for all.
    day : int
        Day of the month; 0 for all.
    step_min, step_h : int
        Every so many minutes, or hours, from the full hour, or from midnight; 0 where the rhythm has no steps.
    """

    words: str
    minute: int = 0
    hour: int = 0
    days: tuple[int, ...] = ()
    day: int = 0
    step_min: int = 0
    step_h: int = 0

    def cron(self) -> str:
        """The five fields of a crontab line."""
        if self.step_min:
            return f"*/{self.step_min} * * * *"
        if self.step_h:
            return f"{self.minute} {'*' if self.step_h == 1 else f'*/{self.step_h}'} * * *"
        days = ",".join(str((d + 1) % 7) for d in self.days) or "*"
        return f"{self.minute} {self.hour} {self.day or '*'} * {days}"

    def calendar(self, zone: str) -> str:
        """The value of systemd's OnCalendar, with its time zone."""
        days = ",".join(DAYS[d].capitalize() for d in self.days)
        date = f"*-*-{self.day:02d}" if self.day else "*-*-*"
        if self.step_min:
            time = f"*:00/{self.step_min}:00"
        elif self.step_h:
            time = f"*:{self.minute:02d}:00" if self.step_h == 1 else f"00/{self.step_h}:{self.minute:02d}:00"
        else:
            time = f"{self.hour:02d}:{self.minute:02d}:00"
        return " ".join(part for part in (days, date, time, zone) if part)


def every(words: str) -> Every:
    """Read a rhythm from words.

    Raises
    ------
    InputError
        The words are not understood; the forms there are, and the nearest day, are named.

    Examples
    --------
    >>> every("weekly mon 06:30").cron()
    '30 6 * * 1'
    >>> every("daily 06:00").calendar("Europe/Oslo")
    '*-*-* 06:00:00 Europe/Oslo'
    """
    text = " ".join(words.casefold().split())
    kind, _, rest = text.partition(" ")
    if step := _STEP.fullmatch(text.removeprefix("every ")):
        return _step(text, int(step[1]), step[2])
    if kind == "hourly":
        minute = re.fullmatch(r":([0-5]\d)", rest) if rest else None
        if rest and not minute:
            raise _not_understood(words, "write the minute as :15")
        return Every(text, minute=int(minute[1]) if minute else 0, step_h=1)
    if kind not in ("daily", "weekdays", "weekly", "monthly"):
        raise _not_understood(words)
    *between, clock = rest.split(" ")
    found = _TIME.fullmatch(clock)
    if not found:
        raise _not_understood(words, f"end with a time of day, like `{text.split(' ')[0]} ... 06:00`")
    hour, minute_ = int(found[1]), int(found[2])
    if kind in ("weekly", "monthly") and len(between) != 1:
        raise _not_understood(words, "name the day before the time: `weekly mon 06:00`, `monthly 1 06:00`")
    if kind in ("daily", "weekdays") and between:
        raise _not_understood(words)
    if kind == "monthly":
        if not between[0].isdecimal() or not 1 <= int(between[0]) <= 28:
            raise _not_understood(words, "give a day from 1 to 28, which every month has")
        return Every(text, minute_, hour, day=int(between[0]))
    days = tuple(range(5)) if kind == "weekdays" else ()
    if kind == "weekly":
        days = tuple(sorted({_day(name, words) for name in between[0].split(",")}))
    return Every(text, minute_, hour, days)


def _step(text: str, number: int, unit: str) -> Every:
    whole = 60 if unit == "min" else 24
    if not 0 < number < whole or whole % number:
        fits = ", ".join(f"{n}{unit}" for n in range(1, whole) if whole % n == 0)
        raise _not_understood(text, f"steps must divide {'the hour' if unit == 'min' else 'the day'}: {fits}")
    return Every(text, step_min=number) if unit == "min" else Every(text, step_h=number)


def _day(name: str, words: str) -> int:
    for days in (DAYS, _LONG):
        if name in days:
            return days.index(name)
    hint = nearest(name, _LONG)
    raise _not_understood(words, f"'{name}' is no day" + (f"; did you mean '{hint[:3]}'" if hint else ""))


def _not_understood(words: str, do: str = "") -> InputError:
    return InputError(f"'{words}' is no rhythm", "option --every", f"{do}{'; ' if do else ''}forms: {_FORMS}")
