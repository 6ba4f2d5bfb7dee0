"""What is given to a template, checked against the vocabulary before a kernel starts.

A template's parameters cell names which parameters it uses and may give its own defaults. Papermill itself lets a misspelt
name or a wrong type pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..duration import seconds
from ..errors import InputError, InvestigateError, UnknownNameError, nearest, unknown
from .vocabulary import DEMO_PURPOSE, VOCABULARY, Names, Parameter, adapter

__all__ = ["DEMO_PURPOSE", "VOCABULARY", "Names", "Parameter", "check", "convert", "raise_all", "undeclared"]


def check(defaults: Mapping[str, Any], given: Mapping[str, Any], where: str = "parameters") -> dict[str, Any]:
    """All parameter values of a run: what is `given`, converted and checked, over a template's `defaults`.

    Parameters
    ----------
    defaults : mapping
        The names a template declares, with its own defaults.
    given : mapping of str to object
        Values from a caller; texts, as a command line gives them, are converted.

    Returns
    -------
    dict
        One value per declared name, in the order of `defaults`.

    Raises
    ------
    UnknownNameError
        A given name is not declared; the nearest declared one is named.
    InputError
        A value has the wrong type or is out of range, a file is missing; every problem is listed.
    """
    problems: list[InvestigateError] = [
        unknown("parameter", name, (k for k in defaults if not VOCABULARY[k].internal), where)
        for name in given
        if name not in defaults
    ]
    values: dict[str, Any] = {}
    for name, default in defaults.items():
        try:
            values[name] = convert(name, given.get(name, default))
            check_kind(VOCABULARY[name], values[name])
        except InvestigateError as error:
            problems.append(error)
    raise_all(problems, where)
    return values


def convert(name: str, value: Any) -> Any:
    """`value` in the type that the vocabulary declares for `name`; InputError where that cannot be done."""
    parameter, held = VOCABULARY[name], adapter(name)
    if parameter.type is Names:
        value = _as_list(value)
    elif parameter.kind in ("path", "folder", "mapping") and not isinstance(value, str):
        # In a notebook `case` is a parameter first and the opened Case later; a second run of the cell sees the latter.
        value = str(getattr(value, "path", value)) if isinstance(value, Path) or hasattr(value, "path") else value
    elif name == "window" and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value:g}s"
    elif isinstance(value, str):
        value = value.strip()
    wrong_kind = isinstance(value, bool)  # pydantic would read True as 1
    try:
        if not wrong_kind:
            return held.validate_python(value)
        reason = "true and false are not accepted here"
    except ValidationError as error:
        reason = "; ".join(str(e["msg"]) for e in error.errors())
    wanted = ", ".join(part for part in (parameter.type_name, parameter.limits, parameter.unit) if part)
    raise InputError(f"parameter '{name}' cannot be {value!r} ({reason})", "parameters", f"give {name} as {wanted}")


def _as_list(value: Any) -> Any:
    if not isinstance(value, str):
        return list(value) if isinstance(value, tuple) else value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value  # pydantic names the problem
    return [part.strip() for part in value.split(",") if part.strip()]


def check_kind(parameter: Parameter, value: Any) -> None:
    """What a type cannot say: that a file is there, a name registered, a time written as one; InputError otherwise."""
    where = f"parameter '{parameter.name}'"
    if parameter.kind == "window" and value != "auto":
        seconds(value)
    if parameter.kind == "time" and value:
        _check_time(where, value)
    if parameter.kind == "days":
        raise_all([error for day in value if (error := _no_day(day, where))], where)
    if parameter.kind == "sensitive" and value not in ("show", "hide"):
        raise InputError(f"'{value}' is neither 'show' nor 'hide'", where, "give sensitive as show or hide")
    needs_file = parameter.kind == "path" or (parameter.kind == "mapping" and "=" not in value)
    if needs_file and value and not Path(value).is_file():
        raise InputError(
            f"there is no file '{value}'", where, "check the path; relative paths start at the current folder"
        )
    if parameter.kind == "source" and value:
        from ..sources import SOURCES

        if value not in SOURCES:
            raise unknown("source", value, SOURCES.names(), where)
    if parameter.kind == "relations":
        from ..relations import RELATIONS

        raise_all(
            [unknown("relation", name, RELATIONS.names(), where) for name in value if name not in RELATIONS], where
        )


def _check_time(where: str, value: str) -> None:
    from datetime import datetime

    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"'{value}' is no date or time", where, "write it like 2026-11-03T06:00Z") from error


def _no_day(value: str, where: str) -> InputError | None:
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError:
        return InputError(f"'{value}' is no day", where, "write it like 2026-12-25")
    return None


def raise_all(problems: Iterable[InvestigateError], where: str) -> None:
    """Raise nothing, the one problem, or one error that lists them all."""
    found = list(problems)
    if not found:
        return
    if len(found) == 1:
        raise found[0]
    kind = UnknownNameError if all(isinstance(p, UnknownNameError) for p in found) else InputError
    listed = "; ".join(f"({n}) {p.what.rstrip('.')}" for n, p in enumerate(found, 1))
    advice = "; ".join(f"({n}) {p.do.rstrip('.')}" for n, p in enumerate(found, 1) if p.do)
    raise kind(f"{len(found)} problems: {listed}", where, advice)


def undeclared(names: Iterable[str]) -> list[str]:
    """Problems with the names a template declares: those the vocabulary does not know, with the nearest one."""
    out = []
    for name in names:
        if name not in VOCABULARY:
            hint = nearest(name, VOCABULARY)
            out.append(f"'{name}' is not in the vocabulary" + (f"; did you mean '{hint}'?" if hint else ""))
    return out
