"""What the commands' arguments have in common, and how `name=value` and `name=column` are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError

File = Annotated[Path, typer.Argument(help="The file to read.", metavar="FILE")]
CaseDir = Annotated[Path, typer.Argument(help="The case folder.", metavar="CASE_DIR")]
SourceName = Annotated[str, typer.Option("--source", "-s", help="The file's format; see `investigate sources`.")]
Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", help="A TOML file that names the columns, for sources that take one.", metavar="FILE"),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="A column to read, as field=column; may be repeated.", metavar="FIELD=COLUMN"),
]
Option = Annotated[
    list[str] | None,
    typer.Option("--option", help="An option of the source, as name=value; may be repeated.", metavar="NAME=VALUE"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]


def assignments(words: list[str] | None, option: str) -> dict[str, str]:
    """`["a=b", ...]` as a dict; InputError for a word without `=` or a name given twice."""
    found: dict[str, str] = {}
    for word in words or []:
        name, sign, value = word.partition("=")
        name = name.strip()
        if not sign or not name:
            raise InputError(f"'{word}' is not name=value", f"option {option}", f"write {option} name=value")
        if name in found:
            raise InputError(f"'{name}' is given twice", f"option {option}", "give each name once")
        found[name] = value
    return found


def source_options(mapping: Path | None, columns: list[str] | None, options: list[str] | None = None) -> dict[str, Any]:
    """What is handed to the source's reader beside the file."""
    from ..runs.run import inline_mapping

    named = inline_mapping(columns or [])
    if mapping is not None and not mapping.is_file():
        raise InputError(f"there is no file '{mapping}'", "option --mapping", "check the path")
    if mapping is not None and named:
        raise InputError("both --mapping and --map are given", "options", "use one of them")
    found: dict[str, Any] = dict(assignments(options, "--option"))
    if mapping is not None:
        found["mapping"] = mapping
    elif named:
        found["mapping"] = named
    return found


def existing_file(path: Path) -> Path:
    """The path, or InputError where no file is there."""
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"'{path}' {kind}", "argument FILE", "give the path of the export file")
    return path
