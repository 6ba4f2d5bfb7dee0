"""The command that only looks at one export file: check."""

from __future__ import annotations

import typer

from . import show
from .arguments import File, Json, Map, Mapping, Option, SourceName, existing_file, source_options


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    file: File,
    source: SourceName = "csv",
    mapping: Mapping = None,
    map_: Map = None,
    option: Option = None,
    json: Json = False,
) -> None:
    """Check an export file and say what is in it.

    It is read and validated, and its data-quality report printed; nothing is written."""
    from ..quality import quality_report
    from ..sources import read

    options = source_options(mapping, map_, option)
    with show.working(f"reading {file.name}", quiet=json):
        report = quality_report(read(existing_file(file), source, **options))
    if json:
        show.as_json({"file": file.name, "source": source, **report.as_dict()})
        return
    show.pairs([("file", file.name), ("source", source), *report.rows()])
    for line in report.notes:
        show.say(f"note: {line}")
