"""Reading a file that a person wrote into a model: every problem at once, each with its line and the nearest valid key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import InputError, nearest
from ._located import Key, Lines, located, text_of

_QUOTED = re.compile(r"'([^']*)'")
_TEXT_NEEDED = {"string_type"}


class Part(BaseModel):
    """A table of a file that people write: unknown keys are refused, values do not change after reading.

    A subclass that wants to check more than single values defines ``problems()``, which returns `Problem`s with paths
    from its own top; `read` asks the model of the whole file only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def problems(self) -> Iterable[Problem]:
        """What is wrong across the file's parts; nothing by default."""
        return ()


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file.

    Attributes
    ----------
    key : tuple of str and int
        The path of the value: ``("run", 2, "case")``; list positions count from 0.
    what : str
        What is wrong, in words.
    do : str
        What to write instead.
    line : int
        Counted from 1; 0 where it is to be looked up from `key`.
    """

    key: Key
    what: str
    do: str = ""
    line: int = 0


class WrittenWrong(InputError):
    """A file that a person wrote and that cannot be used; `problems` holds what is wrong one by one."""

    problems: tuple[Problem, ...] = ()


Model = TypeVar("Model", bound=BaseModel)


def bundled(name: str) -> Path:
    """A file among the bundled samples: in the installed package, else beside it in a checkout."""
    installed = Path(__file__).resolve().parents[1] / "_samples"
    folder = installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "data" / "samples"
    return folder / name


def read(path: str | Path, model: type[Model]) -> Model:
    """The content of a TOML or YAML file, checked against a model.

    Parameters
    ----------
    path : str or Path
        Ends in `.toml`, `.yaml` or `.yml`; UTF-8. In YAML only `true` and `false` are truth values, and dates and times
        stay texts, so that `NO` is Norway and `06:00` a time of day.
    model : type
        A pydantic model that forbids unknown keys, such as a subclass of `Part`.

    Raises
    ------
    InputError
        The file is missing, its syntax is broken, or its content does not fit; one error lists every problem with line,
        key, what is wrong and the nearest valid key, and holds them as `problems`.
    """
    return read_located(path, model)[0]


def read_located(path: str | Path, model: type[Model]) -> tuple[Model, Lines]:
    """As `read`, and the line of every key by its path, for whoever checks more and calls `complain`."""
    path = Path(path)
    values, lines, doubled = located(path, text_of(path))
    found = [Problem(key, what, "keep one of them") for key, what in doubled]
    made = None
    try:
        made = model.model_validate(values)
    except ValidationError as error:
        found += [_problem(model, dict(e), values) for e in error.errors()]
    if made is not None and isinstance(made, Part):
        found += made.problems()
    if found or made is None:
        raise complain(path, found, lines)
    return made, lines


def complain(path: str | Path, problems: Sequence[Problem], lines: Lines | None = None) -> WrittenWrong:
    """The one error for a file with these problems, in the order of their lines."""
    placed = [Problem(p.key, p.what, p.do, p.line or _line(p.key, lines or {})) for p in problems]
    placed.sort(key=lambda p: (p.line, [str(k) for k in p.key]))
    told = [_told(p) for p in placed]
    if len(placed) == 1:
        error = WrittenWrong(placed[0].what, ", ".join(part for part in (str(path), told[0]) if part), placed[0].do)
    else:
        listed = "; ".join(f"({n}) {where}: {p.what}" for n, (p, where) in enumerate(zip(placed, told, strict=True), 1))
        advice = "; ".join(f"({n}) {p.do}" for n, p in enumerate(placed, 1) if p.do)
        error = WrittenWrong(f"{len(placed)} problems: {listed}", str(path), advice)
    error.problems = tuple(placed)
    return error


def at(key: Key) -> str:
    """The path of a key for people: `run #3 > parameters > top_n`; list entries count from 1."""
    out = ""
    for part in key:
        out += f" #{part + 1}" if isinstance(part, int) else f"{' > ' if out else ''}{part}"
    return out


def _told(problem: Problem) -> str:
    return ", ".join(part for part in (f"line {problem.line}" if problem.line else "", at(problem.key)) if part)


def _line(key: Key, lines: Lines) -> int:
    """The line of a key, or of the nearest thing around it that has one."""
    for length in range(len(key), -1, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return 0


def _problem(model: type[BaseModel], error: dict[str, Any], values: Any) -> Problem:
    """One of pydantic's errors in our words."""
    key, kind = _real(tuple(error["loc"]), values, missing=error["type"] == "missing"), error["type"]
    given, context = error.get("input"), error.get("ctx", {})
    name = key[-1] if key else ""
    if kind == "extra_forbidden":
        known = _keys(model, key[:-1])
        hint = nearest(str(name), known)
        do = f"did you mean '{hint}'? " if hint else ""
        return Problem(key, f"'{name}' is no key here", f"{do}known: {', '.join(known)}")
    if kind == "missing":
        return Problem(key, f"'{name}' is missing", f"add {name}")
    if kind in ("literal_error", "enum"):
        allowed = _QUOTED.findall(str(context.get("expected", "")))
        hint = nearest(str(given), allowed)
        do = f"did you mean '{hint}'? " if hint else ""
        return Problem(key, f"{given!r} is not one of {', '.join(allowed)}", f"{do}write one of them")
    if kind == "value_error":
        return Problem(key, str(context.get("error", error["msg"])))
    reason = str(error["msg"]).replace("Input should be", "it should be")
    do = f'put it in quotes: "{given}"' if kind in _TEXT_NEEDED and isinstance(given, (int, float)) else ""
    return Problem(key, f"{_short(given)} cannot be used: {reason}", do)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _real(location: tuple[str | int, ...], values: Any, missing: bool) -> Key:
    """The part of pydantic's location that stands in the file: it names the members of unions as well."""
    kept: list[str | int] = []
    for position, part in enumerate(location):
        inside = isinstance(values, dict) and part in values
        inside = inside or (isinstance(values, (list, tuple)) and isinstance(part, int) and part < len(values))
        if inside:
            values = values[part]
            kept.append(part)
        elif missing and position == len(location) - 1:
            kept.append(part)
    return tuple(kept)


def _keys(model: Any, key: Key) -> list[str]:
    """The keys that may stand in the table at `key`."""
    models = _models(model)
    for part in key:
        if isinstance(part, int):
            continue
        fields = [m.model_fields[part].annotation for m in models if part in m.model_fields]
        models = [inner for annotation in fields for inner in _models(annotation)] or models
    return list(dict.fromkeys(f.alias or name for m in models for name, f in m.model_fields.items()))


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation: of `list[Part] | None`, Part."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and get_origin(annotation) is None:
        return [annotation]
    if get_origin(annotation) in (Union, UnionType, list, tuple, dict) or get_args(annotation):
        return [model for inner in get_args(annotation) for model in _models(inner)]
    return []
