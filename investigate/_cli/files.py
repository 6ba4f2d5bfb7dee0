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
    from ..sources import read

    options = source_options(mapping, map_, option)
    with show.working(f"reading {file.name}", quiet=json):
        reading = read(existing_file(file), source, **options)
    report = _quality(file, source, reading)
    if json:
        show.as_json(report)
        return
    counts = report["tables"]
    show.pairs(
        [
            ("file", report["file"]),
            ("source", source),
            ("rows read", f"{reading.rows_read:,}"),
            ("rows set aside", f"{counts['set_aside']:,}"),
            ("accounts", f"{counts['accounts']:,}"),
            ("contents", f"{counts['content']:,}"),
            ("actions", f"{counts['actions']:,}"),
            ("first", report["first_at"]),
            ("last", report["last_at"]),
            ("time resolution", f"{reading.resolution_s:g} s"),
            ("columns used", ", ".join(reading.columns_used)),
            ("columns left out", ", ".join(reading.columns_dropped)),
        ]
    )
    if report["objects"]:
        show.say("")
        show.table(("objects", "actions", "distinct"), [(k, f"{n:,}", f"{d:,}") for k, n, d in report["objects"]])
    if report["set_aside"]:
        show.say("")
        show.table(("set aside because", "rows", "for example"), [(r, f"{n:,}", example) for r, n, example in report["set_aside"]])
    for line in reading.notes:
        show.say("", f"note: {line}")


def _quality(file: Path, source: str, reading: Any) -> dict[str, Any]:
    import pyarrow.compute as pc

    tables = reading.tables
    times = pc.min_max(tables["content"]["created_at"])
    actions = tables["actions"].group_by("object_type").aggregate([("object_id", "count"), ("object_id", "count_distinct")])
    aside = tables["set_aside"].group_by("reason").aggregate([("source_row", "count"), ("detail", "min")])
    # "source_row" can be empty, so rows are counted through the reason itself
    counted = {row["values"]: row["counts"] for row in pc.value_counts(tables["set_aside"]["reason"]).to_pylist()}
    return {
        "file": file.name,
        "source": source,
        "rows_read": reading.rows_read,
        "tables": {name: table.num_rows for name, table in sorted(tables.items())},
        "first_at": times["min"].as_py().isoformat() if times["min"].is_valid else None,
        "last_at": times["max"].as_py().isoformat() if times["max"].is_valid else None,
        "resolution_s": reading.resolution_s,
        "objects": sorted([r["object_type"], r["object_id_count"], r["object_id_count_distinct"]] for r in actions.to_pylist()),
        "set_aside": sorted([r["reason"], counted[r["reason"]], r["detail_min"] or ""] for r in aside.to_pylist()),
        "columns_used": list(reading.columns_used),
        "columns_dropped": list(reading.columns_dropped),
        "notes": list(reading.notes),
    }


def relate(
    file: File,
    relation: Annotated[str, typer.Option("--relation", "-r", help="The rule that links accounts; see `investigate relations`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the edges go: .csv, .parquet, .graphml or .gexf.")],
    source: SourceName = "csv",
    window: Annotated[
        str, typer.Option("--window", "-w", help="Longest time between two actions that count as together: 60s, 5m, or auto.")
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
    import duckdb

    from ..relations import check_available

    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as con:
        con.execute("set timezone = 'UTC'; set enable_progress_bar = false")
        for name, table in reading.tables.items():
            con.register(name, table)
        check_available([rule.name], con)
        return rule.edges(con, window_s)
