"""Commands that read one export file and need no case: check, relate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from . import show
from .arguments import File, Json, Map, Mapping, Option, SourceName, existing_file, source_options


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("relate")(relate)


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


def relate(
    file: File,
    relation: Annotated[
        str, typer.Option("--relation", "-r", help="The rule that links accounts; see `investigate relations`.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the edges go: .csv, .parquet, .arrow, .graphml or .gexf.")
    ],
    source: SourceName = "csv",
    window: Annotated[
        str,
        typer.Option(
            "--window", "-w", help="Longest time between two actions that count as together: 60s, 5m, or auto."
        ),
    ] = "auto",
    min_shared: Annotated[int, typer.Option("--min-shared", min=1, help="Distinct objects a pair must share.")] = 2,
    mapping: Mapping = None,
    map_: Map = None,
    option: Option = None,
    json: Json = False,
) -> None:
    """Write the edges of one relation to a file.

    An edge is a pair of accounts that act on the same object within a window."""
    from .. import duration
    from ..export import check_format, write_edges
    from ..relations import RELATIONS
    from ..sources import read

    rule = RELATIONS.get(relation)
    check_format(out)
    options = source_options(mapping, map_, option)
    with show.working(f"reading {file.name}", quiet=json):
        reading = read(existing_file(file), source, **options)
    window_s = duration.resolve(window, reading.resolution_s)
    with show.working(f"relating by {relation}", quiet=json):
        edges = _edges(reading, rule, window_s)
    edges = edges[edges["n_objects"] >= min_shared].reset_index(drop=True)
    write_edges(edges, out)
    accounts = len(set(edges["account_a"]) | set(edges["account_b"]))
    said = {
        "out": str(out),
        "relation": relation,
        "edges": len(edges),
        "accounts": accounts,
        "window_s": window_s,
        "resolution_s": reading.resolution_s,
        "min_shared": min_shared,
        "rows_read": reading.rows_read,
        "rows_set_aside": reading.tables["set_aside"].num_rows,
    }
    if json:
        show.as_json(said)
        return
    show.say(
        f"{len(edges):,} edges between {accounts:,} accounts, written to {out}",
        f"relation {relation}, window {duration.say(window_s)} (inclusive), at least {min_shared} shared objects",
        f"times in the data are recorded to {duration.say(reading.resolution_s)}; "
        f"{reading.rows_read:,} rows read, {said['rows_set_aside']:,} set aside",
    )
    show.note(f"caution: {rule.caveat}", "an edge here is not yet unusual: `investigate run` compares it with chance")


def _edges(reading: Any, rule: Any, window_s: float) -> Any:
    from .. import engine
    from ..relations import check_available

    with engine.connect() as con:
        for name, table in reading.tables.items():
            con.register(name, table)
        check_available([rule.name], con)
        return rule.edges(con, window_s)
