"""The command that needs no case: relate, from one file (or a case) to edges."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError, unknown
from . import show
from .arguments import Json, Map, Mapping, Option, assignments, existing_file, source_options

BARE = "actions"  # --source: a table of actions that is read as it is
ENGINES = ("sweep", "duckdb", "spark")


def register(app: typer.Typer) -> None:
    app.command("relate")(relate)


@dataclass
class Data:
    """What was read: a connection with the views of a case, or a bare table, and where Spark finds the same."""

    resolution_s: float
    rows_read: int
    rows_set_aside: int = 0
    con: Any = None
    table: Any = None
    datasets: list[tuple[str, str]] = field(default_factory=list)
    path: Path | None = None


def relate(
    file: Annotated[Path, typer.Argument(help="The file to read, or a case folder.", metavar="FILE_OR_CASE")],
    relation: Annotated[
        str, typer.Option("--relation", "-r", help="The rule that links accounts; see `investigate relations`.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Where the edges go: .csv, .parquet, .arrow, .graphml or .gexf; Spark writes .parquet."
        ),
    ],
    source: Annotated[
        str,
        typer.Option(
            "--source",
            "-s",
            help="The file's format; see `investigate sources`. `actions` is a bare table, CSV or Parquet, with account_id, "
            "content_id, object_id, acted_at and perhaps object_type, read strictly: a malformed row is an error.",
        ),
    ] = "csv",
    window: Annotated[
        list[str] | None,
        typer.Option(
            "--window",
            "-w",
            help="Longest time between two actions that count as together: 60s, 5m, or auto, which is meant where none is "
            "given. May be repeated: one file for each, its name ending in the window.",
        ),
    ] = None,
    min_shared: Annotated[int, typer.Option("--min-shared", min=1, help="Distinct objects a pair must share.")] = 2,
    engine: Annotated[
        str, typer.Option("--engine", "-e", help="sweep, duckdb or spark: the same edges; see docs/scale.md.")
    ] = "sweep",
    master: Annotated[
        str, typer.Option("--master", help="Spark only: local[N] for N processors here, or a cluster's address.")
    ] = "local[*]",
    conf: Annotated[
        list[str] | None,
        typer.Option("--conf", help="Spark only: a setting; may be repeated.", metavar="NAME=VALUE"),
    ] = None,
    memory: Annotated[
        str, typer.Option("--memory", help="Spark only: memory of the driver, all there is with local[N].")
    ] = "4g",
    mapping: Mapping = None,
    map_: Map = None,
    option: Option = None,
    json: Json = False,
) -> None:
    """Write the edges of one relation to a file.

    An edge is a pair of accounts that act on the same object within a window."""
    from ..export import check_format
    from ..relations import RELATIONS

    rule = RELATIONS.get(relation)
    if engine not in ENGINES:
        raise unknown("engine", engine, ENGINES, "option --engine")
    check_format(out)
    settings = assignments(conf, "--conf")
    if engine == "spark":
        _check_spark(rule, out)
    options = source_options(mapping, map_, option)
    start = time.perf_counter()
    with show.working(f"reading {file.name}", quiet=json):
        data = _read(file, source, options, rule, engine)
    read_s = time.perf_counter() - start
    try:
        windows = _windows(window or ["auto"], data.resolution_s, out)
        with _runner(engine, data, rule, min_shared, out, (master, settings, memory)) as run:
            results = []
            for window_s, target in windows:
                with show.working(f"relating by {relation}, {window_s:g} s", quiet=json):
                    found = run(window_s, target)
                said = {
                    "out": str(target),
                    "relation": relation,
                    **found,
                    "window_s": window_s,
                    "resolution_s": data.resolution_s,
                    "min_shared": min_shared,
                    "engine": engine,
                    "rows_read": data.rows_read,
                    "rows_set_aside": data.rows_set_aside,
                }
                said["seconds"] = {k: round(v, 3) for k, v in {"read": read_s, **found["seconds"]}.items()}
                results.append(said)
                if not json:
                    _say(said, rule)
    finally:
        if data.con is not None:
            data.con.close()
    if json:
        show.as_json(results[0] if len(results) == 1 else results)
        return
    show.note(f"caution: {rule.caveat}", "an edge here is not yet unusual: `investigate run` compares it with chance")


def _say(said: dict[str, Any], rule: Any) -> None:
    from .. import duration

    within = "no window" if rule.untimed else f"window {duration.say(said['window_s'])} (inclusive)"
    show.say(
        f"{said['edges']:,} edges between {said['accounts']:,} accounts, written to {said['out']}",
        f"relation {rule.name}, {within}, at least {said['min_shared']} shared objects",
        f"times in the data are recorded to {duration.say(said['resolution_s'])}; "
        f"{said['rows_read']:,} rows read, {said['rows_set_aside']:,} set aside",
        f"{said['pairs_found']:,} pairs of accounts met, in {said['matches']:,} pairs of actions",
        f"{said['engine']}: " + ", ".join(f"{stage} {s:.2f} s" for stage, s in said["seconds"].items()),
    )


def _check_spark(rule: Any, out: Path) -> None:
    if out.suffix.lower() != ".parquet":
        raise InputError(
            f"Spark does not write '{out.suffix}'", "option --out", "write .parquet, or use another --engine"
        )
    if not rule.is_co_action:
        raise InputError(
            f"relation '{rule.name}' is not a co-action, and Spark runs only those",
            "option --engine",
            "leave --engine out",
        )


def _windows(words: list[str], resolution_s: float, out: Path) -> list[tuple[float, Path]]:
    from .. import duration

    found = {duration.resolve(word, resolution_s): word for word in words}
    if len(found) == 1:
        return [(next(iter(found)), out)]
    return [(s, out.with_name(f"{out.stem}-{s:g}s{out.suffix}")) for s in found]


def _read(path: Path, source: str, options: dict[str, Any], rule: Any, engine: str) -> Data:
    from .. import engine as database
    from ..relations import check_available
    from ..sources import read
    from ..store import define_views

    if (path / "case.json").is_file():
        from ..case import Case

        case = Case.open(path)
        data = Data(
            max((d.resolution_s for d in case.datasets), default=0.0),
            sum(d.rows_read for d in case.datasets),
            sum(sum(d.set_aside.values()) for d in case.datasets),
            con=case.store.connect(),
            datasets=[(d.dataset_id, str(case.store.folder / d.dataset_id)) for d in case.datasets],
        )
    elif source == BARE:
        return _read_bare(path, options, rule, engine)
    else:
        reading = read(existing_file(path), source, **options)
        con = database.connect()
        for name, table in reading.tables.items():
            con.register(name, table)
        define_views(con)
        data = Data(reading.resolution_s, reading.rows_read, reading.tables["set_aside"].num_rows, con=con)
    check_available([rule.name], data.con)
    return data


def _read_bare(path: Path, options: dict[str, Any], rule: Any, engine: str) -> Data:
    import pyarrow.compute as pc

    from ..engines.read import is_parquet, parquet_facts, read_actions, resolution_s
    from ..relations.co_action import acts_on

    if options:
        raise InputError("a bare table has its own column names", f"--source {BARE}", "leave out --map and --option")
    if len(rule.needs) != 1 or rule.acts != acts_on(rule.needs[0]) or rule.prepare:
        raise InputError(
            f"relation '{rule.name}' needs more than a bare table of actions",
            f"--source {BARE}",
            "load the export into a case and give the case folder",
        )
    if engine == "spark" and is_parquet(path):  # Spark reads it; it need not fit in memory here
        rows, resolution = parquet_facts(path)
        return Data(resolution, rows, path=path)
    table = read_actions(path)
    rows = table.num_rows
    if "object_type" in table.column_names:
        held = pc.unique(table["object_type"]).to_pylist()
        if rule.needs[0] not in held:
            raise InputError(
                f"no action on {rule.needs[0]} (there are: {', '.join(sorted(str(h) for h in held))[:200] or 'no rows'})",
                str(path),
                "choose another relation",
            )
        table = table.filter(pc.equal(table["object_type"], rule.needs[0])).drop_columns(["object_type"])
    # As in every co-action query: what is reposted is no repost of itself.
    objects = table["object_id"]
    apart = pc.not_equal(table["content_id"], objects.cast("string") if objects.type != "string" else objects)
    if not pc.all(apart).as_py():
        table = table.filter(apart)
    return Data(resolution_s(table["at_us"].to_numpy()), rows, table=table)


@contextmanager
def _runner(
    engine: str, data: Data, rule: Any, min_shared: int, out: Path, spark: tuple[str, dict[str, str], str]
) -> Iterator[Any]:
    """A function from a window and a target to what was found and written there."""
    if engine == "spark":
        with _on_spark(data, rule, min_shared, out, *spark) as run:
            yield run
        return
    yield _alone(_embedded(engine, data, rule, min_shared))


def _alone(related: Any) -> Any:
    from ..export import write_edges

    def run(window_s: float, target: Path) -> dict[str, Any]:
        start = time.perf_counter()
        edges, n_found, n_matches = related(window_s)
        middle = time.perf_counter()
        write_edges(edges, target)
        return {
            "edges": len(edges),
            "accounts": len(set(edges["account_a"]) | set(edges["account_b"])),
            "pairs_found": n_found,
            "matches": n_matches,
            "seconds": {"relate": middle - start, "write": time.perf_counter() - middle},
        }

    return run


def _embedded(engine: str, data: Data, rule: Any, min_shared: int) -> Any:
    from .. import engine as database
    from .. import engines

    if not rule.is_co_action:

        def other(window_s: float) -> Any:
            every = rule.edges(data.con, window_s)
            kept = every[every["n_objects"] >= min_shared].reset_index(drop=True)
            return kept, len(every), int(every["n_pairs"].sum())

        return other
    if engine == "sweep":
        from ..engines import acts, sweep

        held: list[Any] = []

        def swept(window_s: float) -> Any:
            if not held or rule.depends_on_window:  # else every window sweeps the same rows
                held[:] = [
                    acts.build([(rule.name, data.table)])
                    if data.con is None
                    else engines.load(data.con, [rule.name], window_s)
                ]
            links = sweep.co_action(held[0], rule.name, window_s, min_shared)
            return links.edges, links.n_pairs_found, links.n_matches

        return swept

    def queried(window_s: float) -> Any:
        from ..engines import duck

        if data.con is not None:
            links = engines.co_action(data.con, rule.name, window_s, min_shared=min_shared, engine=engine)
        else:
            with database.connect() as con:
                con.register("bare_actions", data.table)
                acts = "select account_id, content_id, object_id, at_us from bare_actions"
                links = duck.co_action(con, acts, window_s, min_shared, rule.name)
        return links.edges, links.n_pairs_found, links.n_matches

    return queried


@contextmanager
def _on_spark(
    data: Data, rule: Any, min_shared: int, out: Path, master: str, conf: dict[str, str], memory: str
) -> Iterator[Any]:
    from ..engines import spark

    folder = out.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".spark.", dir=folder))
    try:
        start = time.perf_counter()
        inputs = _handed_over(data, rule, work)
        with spark.session(work, master, conf, memory) as session:
            once = {"start": time.perf_counter() - start}

            def run(window_s: float, target: Path) -> dict[str, Any]:
                found = spark.co_action(
                    session, inputs, rule.acts_query(window_s), window_s, min_shared, rule.name, target
                )
                return {
                    "edges": found.n_edges,
                    "accounts": found.n_accounts,
                    "pairs_found": found.n_pairs_found,
                    "matches": found.n_matches,
                    "seconds": once | found.seconds,
                }

            yield run
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _handed_over(data: Data, rule: Any, work: Path) -> Any:
    """What Spark reads: the case's own Parquet files where there are such, else copies; derived actions beside them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ..engines.spark import Inputs
    from ..relations import derived

    if data.path is not None:
        return Inputs(table=str(data.path), object_type=rule.needs[0])
    if data.con is None:
        columns = {name: data.table[name].cast("string") for name in ("account_id", "content_id", "object_id")}
        columns["acted_at"] = data.table["at_us"].cast(pa.timestamp("us", tz="UTC"))
        pq.write_table(pa.table(columns), work / "actions.parquet", compression="zstd")
        return Inputs(table=str(work / "actions.parquet"), object_type=rule.needs[0])
    datasets = data.datasets
    if not datasets:
        for name in ("actions", "content"):
            pq.write_table(data.con.sql(f"select * from {name}").to_arrow_table(), work / f"{name}.parquet")
        datasets = [("export", str(work))]
    if rule.prepare:
        rule.prepare(data.con)
    extra = []
    for name in derived.held(data.con):
        path = work / f"derived-{name}.parquet"
        rows = data.con.sql(f"select object_type, account_id, content_id, object_id, at_us from {derived.PREFIX}{name}")
        pq.write_table(rows.to_arrow_table(), path)
        extra.append(str(path))
    return Inputs(datasets=tuple(datasets), derived=tuple(extra))
