"""Quoted texts without the names of private people: handles, e-mail addresses, numbers, and names given as suspects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..objects import fold, mentions
from ._crisis_scope import words

HANDLE, NAME, WITHHELD, MAIL, NUMBER = "@[account]", "[name]", "[name withheld]", "[e-mail]", "[number]"

_MENTION = re.compile(r"(?<![\w@＠])[@＠][\w.\-]*\w")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w/])\+?\d[\d \-()]{7,}\d(?!\w)")
_LETTERS = re.compile(r"[\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")


def masked(text: str, withheld: Iterable[str] = (), shown: Mapping[str, str] | None = None) -> str:
    """A text as it may be quoted in a report.

    Parameters
    ----------
    withheld : iterable of str
        Names that people supplied (suspects): they never stand in a quoted text.
    shown : mapping, optional
        Folded handle -> display name, for the accounts of the data.

    Notes
    -----
    A name is known only through a mention: "@jane_doe ... Jane Doe" loses both. A private person named in plain words,
    whom nobody mentions and nobody put on the list, stays: a person must read before a text leaves the team.
    """
    handles = mentions(text)
    names = [(shown or {}).get(handle, "") for handle in handles]
    names += _spelt_out(text, {_LETTERS.sub("", handle) for handle in handles})
    text = _MAIL.sub(MAIL, text)
    text = _MENTION.sub(HANDLE, text)
    text = without_names(text, withheld)
    text = _without(text, names, NAME)
    return _NUMBER.sub(NUMBER, text)


def without_names(text: str, withheld: Iterable[str]) -> str:
    """A text in which the supplied names are withheld, and nothing else is changed."""
    return _without(text, withheld, WITHHELD)


def _spelt_out(text: str, handles: set[str]) -> list[str]:
    """Two or three words that stand side by side and spell a mentioned handle: "Jane Doe" beside @jane_doe."""
    plain = _MENTION.sub(" ", text)
    found = list(_WORD.finditer(plain))
    out = []
    for size in (3, 2):
        for run in zip(*(found[i:] for i in range(size)), strict=False):
            said = plain[run[0].start() : run[-1].end()]
            if fold("".join(m.group() for m in run)) in handles and not re.search(r"[.!?;:,]", said):
                out.append(said)
    return out


def _without(text: str, names: Iterable[str], stand_in: str) -> str:
    known = [n for n in (fold(name).strip() for name in names) if len(n) > 2]
    if not known:
        return text
    pattern = words(known).pattern
    # A folded text may differ in length from the text itself, so the search ignores case on the text as it is.
    return re.sub(pattern.replace(r"\ ", r"[\s_.]+"), stand_in, text, flags=re.IGNORECASE)
