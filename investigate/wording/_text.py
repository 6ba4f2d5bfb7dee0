"""Text as the check sees it: quoted words blanked out, sentences with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Quoted words are data, or words of others: they stay as they are. Straight quotes are paired within one line.
_QUOTED = re.compile(
    r"```.*?```|`[^`\n]*`|“[^”]*”|„[^“”]*[“”]|«[^»]*»|‘[^’\n]*’|\"[^\"\n]*\"|(?<![\w'])'[^'\n]+'(?!\w)|^[ \t]*>[^\n]*"
    r"|[#@]\w+|\bh(?:tt|xx)ps?://\S+|\b[\w-]+(?:\[\.\][\w-]+)+\S*",  # tags, handles and addresses are words of others, too
    re.DOTALL | re.MULTILINE,
)
_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9À-Þ])|\n\s*\n|\n(?=\s*(?:[-*#|]|\d+[.)]\s))|;\s+|\|")
_NOT_AN_END = re.compile(r"(?:\b(?:e\.g|i\.e|vs|approx|no|Nr|Dr|Mr|Mrs|Ms|St|U\.S|U\.K|cf|al)\.)$")


@dataclass(frozen=True)
class Problem:
    """One place where a text breaks a rule of wording.

    Attributes
    ----------
    rule : str
        certainty, likelihood, confidence, mixed, attribution or p-value.
    found : str
        The words.
    start, end : int
        Their place in the text, in characters.
    line : int
        The line they stand in, from 1.
    why, do : str
        What is wrong with it, and what to write instead.
    """

    rule: str
    found: str
    start: int
    end: int
    line: int
    why: str
    do: str

    def __str__(self) -> str:
        return f"line {self.line}: '{self.found}': {self.why}; {self.do}"


def without_quotes(text: str) -> str:
    """The same text with quoted parts blanked out: every other character keeps its place."""
    return _QUOTED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Start and words of each sentence; lines of a list, cells of a table and parts around `;` count as sentences."""
    start = 0
    for end in _END.finditer(text):
        if text[end.start() : end.end()].isspace() and _NOT_AN_END.search(text[start : end.start()]):
            continue
        if text[start : end.start()].strip():
            yield start, text[start : end.start()]
        start = end.end()
    if text[start:].strip():
        yield start, text[start:]


def problem(text: str, rule: str, start: int, end: int, why: str, do: str) -> Problem:
    """The problem at a place of `text`."""
    return Problem(rule, " ".join(text[start:end].split()), start, end, text.count("\n", 0, start) + 1, why, do)
