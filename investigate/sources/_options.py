"""Checks of the options that people pass to a source."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InputError, nearest


def refuse_unknown(given: Mapping[str, object], source: str, known: tuple[str, ...]) -> None:
    """Refuse options that a source does not have, each with its nearest name."""
    said = [f"'{name}'" + (f" (nearest: '{hint}')" if (hint := nearest(name, known)) else "") for name in sorted(given)]
    if said:
        raise InputError(
            f"unknown option of the source '{source}': {', '.join(said)}", "", f"options: {', '.join(known)}"
        )


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not one of the choices."""
    if value not in choices:
        hint = nearest(str(value), choices)
        do = f"one of {', '.join(choices)}" + (f"; nearest: '{hint}'" if hint else "")
        raise InputError(f"{name} cannot be '{value}'", f"option {name}", do)


def positive_seconds(name: str, given: float | str | None) -> float | None:
    """A positive number of seconds, also when the command line gave it as text; None for none."""
    if given is None:
        return None
    try:
        value = float(given)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InputError(f"{name} is not a positive number: '{given}'", f"option {name}", "give seconds, such as 60")
    return value
