"""Errors that say what is wrong, where it is, and what to do next.

Every error carries an exit code, so that the command line, a batch runner and a scheduler agree on whose
turn it is: 2 is the caller's input, 3 is something outside the program, 1 is a bug in this package.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

EXIT_OK = 0
EXIT_BUG = 1
EXIT_INPUT = 2
EXIT_OUTSIDE = 3
EXIT_PARTIAL = 4
EXIT_STOPPED = 130


class InvestigateError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, with the name and the count.
    where : str, optional
        File, row, column, parameter or log entry.
    do : str, optional
        The next step: the nearest valid name, or the command to run.
    """

    exit_code = EXIT_INPUT

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        # Bytes that are no UTF-8 stand in a name as lone surrogates, which no terminal or log can print.
        self.what, self.where, self.do = (t.encode("utf-8", "replace").decode("utf-8") for t in (what, where, do))
        super().__init__(self.message)

    @property
    def message(self) -> str:
        parts = [self.what.rstrip(".") + "."]
        if self.where:
            parts.append(f"Where: {self.where.rstrip('.')}.")
        if self.do:
            parts.append(f"What to do: {self.do.rstrip('.')}.")
        return " ".join(parts)


class InputError(InvestigateError, ValueError):
    """A file, a value or a parameter that cannot be used."""


class UnknownNameError(InvestigateError, LookupError):
    """A name that is not registered; the message offers the nearest one."""


class TooFewRowsError(InputError):
    """A file that was read and holds nothing to work on."""


class ResolutionError(InputError):
    """A time window finer than the source's clock can carry."""


class CaseError(InvestigateError, OSError):
    """A case folder that is missing, occupied or of another version."""


class TamperError(CaseError):
    """A case whose log, data or results no longer match their hashes."""


class OutsideError(InvestigateError, RuntimeError):
    """A failure outside the program: the disk, the network, a missing kernel."""

    exit_code = EXIT_OUTSIDE


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when nothing is close."""
    found = get_close_matches(name.lower(), {k.lower(): k for k in known}, n=1, cutoff=0.55)
    return next((k for k in known if found and k.lower() == found[0]), None)


def unknown(kind: str, name: str, known: Iterable[str], where: str = "") -> UnknownNameError:
    """The error for an unknown `name` of a `kind`, with the nearest valid one."""
    names = sorted(known)
    hint = nearest(name, names)
    do = f"did you mean '{hint}'? " if hint else ""
    return UnknownNameError(f"unknown {kind} '{name}'", where, f"{do}known: {', '.join(names) or 'none'}")


class Stopped(InvestigateError):
    """Somebody stopped a command; the message says how to go on."""

    exit_code = EXIT_STOPPED
