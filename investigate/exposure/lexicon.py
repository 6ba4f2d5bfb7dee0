"""Terms that ask for a text to be hidden: the ones people supply, and a few phrases of warning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

from ..errors import InputError

SENSITIVE = "sensitive"
# Scripts that put no space between words: a term counts wherever it stands.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def normal(text: str) -> str:
    """Text as terms are compared: compatibility forms, case folded, invisible characters gone, "_" and "-" as spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    shown = "".join(ch for ch in folded if unicodedata.category(ch) != "Cf")
    return " ".join(re.sub(r"[\s_\-\u2010-\u2015]+", " ", shown).split())


@dataclass(frozen=True)
class Lexicon:
    """Terms and the harm each points to.

    A term counts as a whole word, whatever its case. It is a coarse tool: it misses every other spelling and hits
    harmless uses, news and counter-speech. Labels are the main way; a lexicon only decides what is covered at first.
    """

    terms: tuple[tuple[str, str], ...] = ()

    @classmethod
    def default(cls) -> Lexicon:
        """The phrases that come with the package."""
        text = resources.files(__package__).joinpath("default_lexicon.txt").read_text(encoding="utf-8")
        return cls.parse(text.splitlines(), "default_lexicon.txt")

    @classmethod
    def read(cls, path: Path, harms: Iterable[str] = ()) -> Lexicon:
        """A list of terms in a text file, one per line; `harm: term` names the harm; `#` starts a comment."""
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise InputError(f"the lexicon cannot be read: {error.strerror}", str(path), "check the path") from error
        except UnicodeDecodeError as error:
            raise InputError("the lexicon is not UTF-8", str(path), "save it as UTF-8") from error
        return cls.parse(lines, str(path), harms)

    @classmethod
    def parse(cls, lines: Iterable[str], where: str, harms: Iterable[str] = ()) -> Lexicon:
        """Terms from lines; InputError for a harm that no setting knows."""
        known, found = set(harms), []
        for number, line in enumerate(lines, 1):
            bare = line.partition("#")[0].strip()
            if not bare:
                continue
            harm, colon, term = bare.partition(":")
            harm = harm.strip()
            if not colon or not re.fullmatch(r"[a-z][a-z0-9_]*", harm):
                harm, term = SENSITIVE, bare
            elif known and harm not in known:
                raise InputError(
                    f"the lexicon names the harm '{harm}', which no setting has",
                    f"{where}, line {number}",
                    f"use one of {', '.join(sorted(known))}, or add [harms.{harm}]",
                )
            if term := normal(term):
                found.append((term, harm))
        return cls(tuple(found))

    def __add__(self, other: Lexicon) -> Lexicon:
        return Lexicon(self.terms + other.terms)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.terms:
            return None
        longest = sorted({term for term, _ in self.terms}, key=len, reverse=True)
        parts = [re.escape(t) if _UNSPACED.search(t) else rf"(?<!\w){re.escape(t)}(?!\w)" for t in longest]
        return re.compile("|".join(parts))

    def harms(self, text: str) -> tuple[str, ...]:
        """The harms whose terms stand in the text, each once."""
        if self._pattern is None or not text:
            return ()
        hits = set(self._pattern.findall(normal(text)))
        return tuple(dict.fromkeys(harm for term, harm in self.terms if term in hits)) if hits else ()
