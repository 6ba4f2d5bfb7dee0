"""Days that posts name: dates in figures and words, and days of the week, in the languages of a market."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..packs.market import MarketProfile
from ._election_text import fold

MONTHS = {
    "en": "january february march april may june july august september october november december "
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
"""Twelve names in order, or a multiple of twelve for other forms."""

WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
}
"""Seven names in order, Monday first."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_DATES = frozenset({(9, 11), (11, 9), (24, 7), (7, 24)})
"""Pairs of figures that people write for other things: an attack known by its date, round the clock."""

_FIGURES = re.compile(r"(?<![\d/.\-])(\d{1,4})([/.\-])(\d{1,2})(?:\2(\d{2,4}))?(?![\d/\-]|\.\d)")


@dataclass(frozen=True)
class Named:
    """A day that a text names: a date, or a day of the week (0 is Monday)."""

    day: date | None
    weekday: int | None

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} ({DAYS[self.day.weekday()]})" if self.day else f"a {DAYS[self.weekday or 0]}"


class DayReader:
    """Finds the days that a text names, as people of one market write them.

    Parameters
    ----------
    profile : MarketProfile
        Its languages, its order of day and month, and its first voting day, whose year holds where a text gives none.

    Notes
    -----
    It misleads for scores, prices and versions written like dates; "tomorrow" and "next week" are not read; a language
    without names in `MONTHS` or in the profile is read in figures only.
    """

    def __init__(self, profile: MarketProfile) -> None:
        self.year, self.order = min(profile.dates.voting_days).year, profile.date_order
        self.months: dict[str, int] = {}
        self.weekdays: dict[str, int] = {}
        for language in profile.languages:
            code = language.code.partition("-")[0]
            for names, given, known, each in (
                (self.months, language.months, MONTHS, 12),
                (self.weekdays, language.weekdays, WEEKDAYS, 7),
            ):
                words = given or known.get(code, "").split()
                names.update({fold(word).strip(): n % each for n, word in enumerate(words)})
        month = "|".join(sorted(map(re.escape, self.months), key=lambda w: (-len(w), w)))
        of = r"(?:(?:st|nd|rd|th)|º)?(?: (?:of|de|do|di))? ?"
        self._worded = re.compile(
            rf"(?<!\w)(?:(?P<d>\d{{1,2}}){of}(?P<m>{month})(?!\w)|(?P<m2>{month}) ?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\w))"
            r"(?: (?:de )?(?P<y>(?:1[6-9]|20)\d\d)(?!\d))?"
        )
        self._weekday = re.compile(
            rf" ({'|'.join(sorted(map(re.escape, self.weekdays), key=lambda w: (-len(w), w)))}) "
        )

    def days(self, text: str) -> list[Named]:
        """The days a text names, in order and each once; a weekday beside a date belongs to the date."""
        found = list(dict.fromkeys([*self._figures(text), *self._words(fold(text))]))
        dates = [n for n in found if n.day]
        return dates or found

    def _figures(self, text: str) -> Iterator[Named]:
        for hit in _FIGURES.finditer(text):
            one, sign, two, three = hit[1], hit[2], int(hit[3]), hit[4]
            if len(one) == 4:
                day = _date(int(one), two, int(three)) if three else None
            elif (sign != "/" and not three) or len(one) > 2 or (int(one), two) in NOT_DATES:
                continue  # 2.30 is a price or an hour
            else:
                year = self.year if not three else int(three) + (2000 if len(three) == 2 else 0)
                month, number = (int(one), two) if self.order == "mdy" else (two, int(one))
                day = _date(year, month, number)
            if day:
                yield Named(day, None)

    def _words(self, folded: str) -> Iterator[Named]:
        if self.months:
            for hit in self._worded.finditer(folded):
                month, number = self.months[hit["m"] or hit["m2"]], int(hit["d"] or hit["d2"])
                if day := _date(int(hit["y"] or self.year), month + 1, number):
                    yield Named(day, None)
        if self.weekdays:
            for hit in self._weekday.finditer(folded.replace(" ", "  ")):
                yield Named(None, self.weekdays[hit[1]])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
