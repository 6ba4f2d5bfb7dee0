"""A brief as a value: made from a run, kept to one page, checked for wording and personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..errors import InputError, nearest
from ..report._meta import TLP
from ..views._html import plain
from ..wording import Problem, check_wording
from . import parts
from .audiences import Audience
from .facts import RunFacts
from .privacy import MASKS, mask

MAX_WORDS = 430
MAX_LINES = 56  # of a page of A4 in 10 point
_LINE = 94  # characters, the width of a bullet in that size
_ALWAYS = ("e-mail", "phone", "IBAN", "card")
DEFAULT_LABEL = "AMBER+STRICT"
MOST_CELL, LEAST_CELL = 50, 3


@dataclass(frozen=True)
class Section:
    """A heading with short items, and how many more there are."""

    heading: str
    items: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Brief:
    """One page for one audience.

    Attributes
    ----------
    marks : tuple of str
        Sharing label, and whether it is a draft: shown on top.
    facts : tuple of (name, value)
        Case, period, run.
    problems : tuple of Problem
        Places that the wording check would have changed; positions count in `text`.
    """

    audience: Audience
    title: str
    marks: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    bottom_line: str
    sections: tuple[Section, ...]
    next_update: str
    problems: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        """All words of the brief, one paragraph a line."""
        head = [self.title, *self.marks, *(f"{k}: {v}" for k, v in self.facts), self.bottom_line]
        body = [line for s in self.sections for line in (s.heading, *s.items, *([_more(s)] if s.more else []))]
        return "\n".join([*head, *body, f"Next update: {self.next_update}"])

    @property
    def n_words(self) -> int:
        return len(self.text.split())

    @property
    def n_lines(self) -> int:
        """Lines on paper, as estimated from the length of each paragraph."""
        return sum(1 + (len(line) - 1) // _LINE for line in self.text.splitlines()) + len(self.sections)

    @property
    def fits(self) -> bool:
        return self.n_words <= MAX_WORDS and self.n_lines <= MAX_LINES


def _more(section: Section) -> str:
    return f"{section.more} more in the report"


def make_brief(
    run: RunFacts,
    audience: Audience,
    *,
    sharing: str = "",
    approved_by: str = "",
    next_update: str = "",
    min_cell: int = 5,
) -> Brief:
    """The brief of a run for one audience, on one page.

    Parameters
    ----------
    sharing : str
        A traffic-light label: RED, AMBER+STRICT (the default), AMBER, GREEN or CLEAR.
    approved_by : str
        Who has read and approved it; without, it is marked as a draft.
    next_update : str
        When the reader hears again, in words.
    min_cell : int
        Smallest count that is printed where counts only are shared, 3 to 50.

    Raises
    ------
    InputError
        An unknown label, a cell size out of range, or an approval of a text that breaks the rules of wording.
    """
    label = sharing_label(sharing or str(run.parameters.get("tlp") or DEFAULT_LABEL))
    if not LEAST_CELL <= min_cell <= MOST_CELL:
        raise InputError(f"min_cell {min_cell} is out of range", "min_cell", f"give {LEAST_CELL} to {MOST_CELL}")
    kinds = tuple(MASKS) if not audience.free_text else _ALWAYS if audience.names else (*_ALWAYS, "handle", "account")

    def shown(text: str) -> str:
        return mask(plain(text), run.accounts, kinds=kinds)

    sections, line = _sections(run, audience, min_cell, shown)
    update = parts.next_update(run, next_update)
    facts: tuple[tuple[str, str], ...] = (
        ("Case", run.case if audience.free_text else "see the owner of the case"),
        ("Data (UTC)", f"{run.data_from[:16].replace('T', ' ')} to {run.data_to[:16].replace('T', ' ')}"),
        ("As of", run.as_of[:16].replace("T", " ")),
        ("Run", run.run),
    )
    if run.status in ("partial", "failed"):
        facts += (("Status", f"{run.status}: not every section of the run worked"),)
    mark = (
        ("Approved by " + approved_by if audience.free_text else "Approved")
        if approved_by
        else "Draft: not reviewed by a person"
    )
    brief = Brief(
        audience,
        f"Brief for {audience.title}: {shown(run.title)}",
        (f"TLP:{label}", mark),
        tuple((k, shown(v)) for k, v in facts),
        line,
        sections,
        shown(update),
    )
    brief = _to_one_page(brief)
    brief = replace(brief, problems=tuple(check_wording(brief.text)))
    if approved_by and brief.problems:
        raise InputError(
            f"the brief for {audience.title} cannot be approved: " + "; ".join(str(p) for p in brief.problems),
            run.run,
            "mend the texts, or send it as a draft",
        )
    return brief


def sharing_label(value: str) -> str:
    """The traffic-light label that `value` names; InputError with the nearest one."""
    label = value.upper().removeprefix("TLP:").strip()
    if label not in TLP:
        hint = nearest(label, TLP)
        raise InputError(
            f"'{value}' is not a sharing label",
            "sharing",
            (f"did you mean '{hint}'? " if hint else "") + f"known: {', '.join(TLP)}",
        )
    return label


def _sections(
    run: RunFacts, audience: Audience, min_cell: int, shown: Callable[[str], str]
) -> tuple[tuple[Section, ...], str]:
    if audience.free_text:
        groups = [("Known", parts.known(run)), ("Not known", parts.not_known(run)), ("Assessed", parts.assessed(run))]
        own, line = parts.OWN[audience.name](run), run.bottom_line
    else:
        figures, own = parts.sales(run, min_cell)
        groups = [
            ("Known", figures),
            ("Not known", ["Who stands behind accounts, and why.", "What review by people will find."]),
            ("Assessed", ["Nothing that can be shared before a person has judged the findings."]),
        ]
        line = f"A run of the template {run.title} is finished and under review."
    asked = list(zip(audience.asks, own, strict=True))
    groups = [*asked, *groups] if audience.own_first else [*groups, *asked]
    made = []
    for heading, items in groups:
        short = [shown(i) for i in parts.shortened(items[: audience.items], audience.words)]
        made.append(Section(heading, tuple(short), max(0, len(items) - audience.items)))
    return tuple(made), shown(parts.first_sentences(line, 70))


def _to_one_page(brief: Brief) -> Brief:
    """Leave out the last item of the fullest section, again and again, until the page holds the rest; each is counted.

    One item a section stays; where that is still too much, items are shortened.
    """
    while not brief.fits and any(len(s.items) > 1 for s in brief.sections):
        i = max(
            range(len(brief.sections)), key=lambda i: (len(brief.sections[i].items) > 1, _size(brief.sections[i]), i)
        )
        full = brief.sections[i]
        less = Section(full.heading, full.items[:-1], full.more + 1)
        brief = replace(brief, sections=(*brief.sections[:i], less, *brief.sections[i + 1 :]))
    for words in (40, 30, 20, 12):
        if brief.fits:
            break
        brief = replace(
            brief,
            sections=tuple(replace(s, items=tuple(parts.shortened(s.items, words))) for s in brief.sections),
            bottom_line=parts.first_sentences(brief.bottom_line, words + 20),
        )
    return brief


def _size(section: Section) -> int:
    return sum(len(item) for item in section.items)
