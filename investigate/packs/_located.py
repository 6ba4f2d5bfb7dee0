"""TOML and YAML as plain values, with the line of every key and of every entry of a list."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError
from ._toml_lines import toml_lines

Key = tuple[str | int, ...]
Lines = dict[Key, int]
LARGEST_BYTES = 4_000_000  # a file that a person writes; anything larger is another file by mistake
_AT = re.compile(r"\(at (?:line (\d+)|end of document)[^)]*\)")
_TOML_DO = "write texts in quotes and one `name = value` per line"
_YAML_DO = "check the indentation, and put texts with ':' or '#' in quotes"


def located(path: Path, text: str) -> tuple[dict[str, Any], Lines, list[tuple[Key, str]]]:
    """The values of a file, the line of each of its keys, and problems that do not stop the reading.

    Parameters
    ----------
    path : Path
        Its ending says the language: `.toml`, `.yaml` or `.yml`.
    text : str
        What the file holds.

    Returns
    -------
    values : dict
        TOML dates are date objects; YAML dates are texts.
    lines : dict of tuple to int
        From the path of a key, such as ``("run", 2, "case")``, to its line, counted from 1.
    problems : list of (path, what)
        Keys given twice, which YAML alone lets pass.

    Raises
    ------
    InputError
        The file is neither, or its syntax is broken; the line is named.
    """
    languages: dict[str, Callable[[Path, str], Any]] = {".toml": _toml, ".yaml": _yaml, ".yml": _yaml}
    if path.suffix.lower() not in languages:
        raise InputError(f"'{path.suffix}' is no ending this can read", str(path), "write TOML (.toml) or YAML (.yaml)")
    return languages[path.suffix.lower()](path, text)


def text_of(path: Path) -> str:
    """The text of a file that a person wrote; InputError where it is missing, too large, or no UTF-8."""
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"the file '{path}' {kind}", "", "check the path; relative paths start at the current folder")
    if path.stat().st_size > LARGEST_BYTES:
        raise InputError(
            f"the file is larger than {LARGEST_BYTES // 1_000_000} MB", str(path), "name the file you wrote yourself"
        )
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("the text is not UTF-8", f"{path}, line {line}", "save it as UTF-8") from error


def _toml(path: Path, text: str) -> tuple[dict[str, Any], Lines, list[tuple[Key, str]]]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = _AT.sub("", str(error)).strip()
        raise InputError(f"the TOML cannot be read: {what}", f"{path}, line {line}", _TOML_DO) from error
    except RecursionError as error:
        raise InputError("the TOML is nested too deeply", str(path), _TOML_DO) from error
    return values, toml_lines(text), []


class _Loader(yaml.SafeLoader):
    """YAML with the plain scalars of JSON: `NO` stays Norway, `06:00` a time of day, a date the text that it is."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - how yaml declares it


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _yaml(path: Path, text: str) -> tuple[dict[str, Any], Lines, list[tuple[Key, str]]]:
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise InputError("references (`*name`) are not read", f"{path}, line {line}", "write the values out")
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return {}, {(): 1}, []
        if not isinstance(root, yaml.MappingNode):
            line = root.start_mark.line + 1
            raise InputError("the file holds no `key: value` lines", f"{path}, line {line}", _YAML_DO)
        lines: Lines = {(): 1}
        problems: list[tuple[Key, str]] = []
        _walk(root, (), lines, problems)
        return loader.construct_document(root), lines, problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise InputError(f"the YAML cannot be read: {what}", where, _YAML_DO) from error
    except yaml.YAMLError as error:
        raise InputError(f"the YAML cannot be read: {error}", str(path), _YAML_DO) from error
    except RecursionError as error:
        raise InputError("the YAML is nested too deeply", str(path), _YAML_DO) from error


def _walk(node: yaml.Node, at: Key, lines: Lines, problems: list[tuple[Key, str]]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if (*at, name) in lines:
                problems.append(((*at, name), f"'{name}' is given twice, first on line {lines[(*at, name)]}"))
            lines[(*at, name)] = key.start_mark.line + 1
            _walk(value, (*at, name), lines, problems)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[(*at, number)] = value.start_mark.line + 1
            _walk(value, (*at, number), lines, problems)
