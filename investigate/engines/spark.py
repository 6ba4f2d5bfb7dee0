"""The definition, run by Apache Spark: on this machine's processors or on a cluster.

The texts of `definition` go to Spark as they are. Only the reading of times is Spark's own. Whoever has a session of
their own calls `frames` with it; the command line opens one with `session`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import engine
from ..errors import InputError, OutsideError
from ..files import replacing
from . import definition
from .finish import finish

JAVA = "install Java 17 or later (Debian: openjdk-17-jre-headless) or set JAVA_HOME to it"
MEMORY = "4g"
BATCH = 1_000_000  # edges finished at a time


@dataclass(frozen=True)
class Inputs:
    """What Spark reads.

    Attributes
    ----------
    datasets : tuple of (str, str)
        Name and folder of each dataset of a case (`actions.parquet`, `content.parquet`). Content that stands in two of
        them counts in the one whose name comes first.
    table : str
        Instead: one Parquet file or folder with account_id, content_id, object_id, acted_at[, object_type].
    object_type : str
        What the objects of `table` are, where it has no column `object_type`.
    derived : tuple of str
        Parquet files of derived actions: object_type, account_id, content_id, object_id, at_us.
    """

    datasets: tuple[tuple[str, str], ...] = ()
    table: str = ""
    object_type: str = ""
    derived: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What Spark found and wrote; the numbers are those of `investigate.engines.finish.Links`."""

    n_edges: int
    n_accounts: int
    n_pairs_found: int
    n_matches: int
    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def session(
    work: Path, master: str = "local[*]", conf: Mapping[str, str] | None = None, memory: str = MEMORY
) -> Iterator[Any]:
    """A Spark session: times in UTC, no web page, on loopback only where the master is local.

    Parameters
    ----------
    work : Path
        Folder for Spark's own files; on the disk that the output goes to.
    master : str
        "local[2]", or a cluster's address such as "spark://host:7077" or "yarn".
    conf : mapping of str to str
        Spark settings; they win over those made here.
    memory : str
        Memory of the driver, which in local mode is all there is.

    Raises
    ------
    OutsideError
        No pyspark, no Java, or a master that does not answer.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise OutsideError("pyspark is not installed", "engine spark", "pip install 'investigate[spark]'") from error
    home = os.environ.get("JAVA_HOME", "")
    if not shutil.which("java") and not (home and (Path(home) / "bin" / "java").exists()):
        raise OutsideError("Spark needs Java, and there is none", "engine spark", JAVA)
    work = work.resolve()
    settings = {
        "spark.app.name": "investigate",
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": (work / "warehouse").as_uri(),
        "spark.local.dir": str(work),
        "spark.driver.memory": memory,
    }
    if master.startswith("local"):
        # A few tasks for each processor; on a cluster Spark's 200, which adaptive execution merges where they are small.
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(8 * _processors(master)),
            "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={work}",
        }
    builder = SparkSession.builder
    for name, value in (settings | dict(conf or {})).items():
        builder = builder.config(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = builder.getOrCreate()
    except Exception as error:  # py4j, PySpark and the JVM each have their own
        raise OutsideError(f"Spark did not start: {_first_line(error)}", f"--master {master}", JAVA) from error
    try:
        yield opened
    finally:
        opened.stop()


def define_views(spark: Any, inputs: Inputs) -> None:
    """The views `action_us` and `content_us` of `investigate.store.define_views`, over Parquet files."""
    derived = "".join(
        f" union all select object_type, account_id, content_id, object_id, at_us from derived_{i}"
        for i in range(len(inputs.derived))
    )
    for i, path in enumerate(inputs.derived):
        _parquet(spark, [path]).createOrReplaceTempView(f"derived_{i}")
    if inputs.table:
        _bare_view(spark, inputs)
        return
    for table in ("actions", "content"):
        parts = []
        for i, (name, folder) in enumerate(inputs.datasets):
            _parquet(spark, [str(Path(folder) / f"{table}.parquet")]).createOrReplaceTempView(f"{table}_{i}")
            parts.append(f"select *, '{name}' as dataset_id from {table}_{i}")
        spark.sql(f"create or replace temp view every_{table} as {' union all '.join(parts)}")
    spark.sql(
        "create or replace temp view first_content as "
        "select content_id, min(dataset_id) as dataset_id from every_content group by content_id"
    )
    own = "join first_content f on f.content_id = t.content_id and f.dataset_id = t.dataset_id"
    if len(inputs.datasets) == 1:
        own = ""
    spark.sql(
        "create or replace temp view action_us as select t.object_type, t.account_id, t.content_id, t.object_id, "
        f"unix_micros(t.acted_at) as at_us from every_actions t {own}{derived}"
    )
    spark.sql(
        "create or replace temp view content_us as "
        f"select t.content_id, t.account_id, unix_micros(t.created_at) as at_us from every_content t {own}"
    )


def frames(spark: Any, acts: str, window_s: float, min_shared: int = 1) -> tuple[Any, Any, Any]:
    """Edges and exposure as Spark DataFrames, not yet computed, and where the counts will be.

    Parameters
    ----------
    spark : SparkSession
    acts : str
        A query for the actions that count: account_id, content_id, object_id, at_us.
    window_s : float
        Seconds, inclusive.
    min_shared : int
        Distinct objects an edge must have.

    Returns
    -------
    edges, exposure : DataFrame
        `definition.RAW_COLUMNS`, in no order; account_id and exposed.
    counts : pyspark.sql.Observation
        `counts.get` holds n_pairs_found and n_matches once the edges have been computed.
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    window_us = round(window_s * 1_000_000)
    spark.sql(f"create or replace temp view acts as {acts}")
    # Counted while they pass, before the cut: a second query would enumerate all pairs again.
    counts = Observation()
    every = spark.sql(definition.edges(window_us)).observe(
        counts,
        f.count(f.lit(1)).alias("n_pairs_found"),
        f.coalesce(f.sum("n_pairs"), f.lit(0)).alias("n_matches"),
    )
    return every.where(f.col("n_objects") >= min_shared), spark.sql(definition.exposure(window_us)), counts


def co_action(
    spark: Any,
    inputs: Inputs,
    acts: str,
    window_s: float,
    min_shared: int,
    relation: str,
    out: Path,
    exposure_out: Path | None = None,
) -> Found:
    """Write the edges of one relation as one Parquet file, with the columns and the order of every other engine.

    Parameters
    ----------
    out : Path
        The Parquet file. Spark's parts are written to a folder beside it first, which the workers must be able to reach.
    exposure_out : Path, optional
        A Parquet file for the exposure; it takes a second pass over the pairs.
    """
    import time

    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    seconds = {}
    try:
        start = time.perf_counter()
        with _told():
            define_views(spark, inputs)
            edges, exposure, counts = frames(spark, acts, window_s, min_shared)
            edges.write.parquet((work / "edges").as_uri(), compression="zstd")
            counted = counts.get
        seconds["relate"] = time.perf_counter() - start
        if exposure_out is not None:
            start = time.perf_counter()
            with _told():
                exposure.write.parquet((work / "exposure").as_uri(), compression="zstd")
            _gather(work / "exposure", exposure_out, ("account_id",), relation, work)
            seconds["exposure"] = time.perf_counter() - start
        start = time.perf_counter()
        n_edges, n_accounts = _gather(work / "edges", out, ("account_a", "account_b"), relation, work)
        seconds["write"] = time.perf_counter() - start
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Found(n_edges, n_accounts, int(counted["n_pairs_found"]), int(counted["n_matches"]), seconds)


def _gather(parts: Path, out: Path, order: Sequence[str], relation: str, work: Path) -> tuple[int, int]:
    """Spark's parts as one Parquet file in the order of the accounts, a batch at a time; rows, and accounts of edges."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Wherever the workers do not share this disk, the parts are not here.
    if not list(parts.glob("*.parquet")):
        raise OutsideError(
            "the workers' results cannot be seen from here",
            str(parts),
            "write to a folder that all workers and this machine share",
        )
    n = 0
    with engine.connect() as con, replacing(out) as temporary:
        con.execute(f"set temp_directory = '{work.as_posix().replace(chr(39), chr(39) * 2)}'")
        con.from_parquet(str(parts / "*.parquet")).create_view("parts")
        writer = None
        for batch in con.sql(f"select * from parts order by {', '.join(order)}").to_arrow_reader(BATCH):
            table = pa.Table.from_batches([batch])
            if "account_a" in order:
                table = pa.Table.from_pandas(finish(table, relation), preserve_index=False)
            else:
                table = table.add_column(0, "relation", pa.array([relation] * len(table), pa.string()))
            writer = writer or pq.ParquetWriter(temporary, table.schema)
            writer.write_table(table)
            n += table.num_rows
        if writer is None:
            empty = con.sql("select * from parts limit 0").to_arrow_table()
            if "account_a" in order:
                empty = pa.Table.from_pandas(finish(empty, relation), preserve_index=False)
            else:
                empty = empty.add_column(0, "relation", pa.array([], pa.string()))
            writer = pq.ParquetWriter(temporary, empty.schema)
        writer.close()
        both = " union ".join(f"select {name} from parts" for name in order)
        accounts = con.sql(f"select count(*) from ({both}) u").fetchall()[0][0]
    return n, int(accounts)


def _bare_view(spark: Any, inputs: Inputs) -> None:
    """`action_us` over one table of actions, strictly: a row without a value is an error, not left out."""
    table = _parquet(spark, [inputs.table])
    types = {name.lower(): kind for name, kind in table.dtypes}
    missing = [c for c in ("account_id", "content_id", "object_id", "acted_at") if c not in types]
    if missing:
        raise InputError(
            f"no column {', '.join(missing)}", inputs.table, "name the columns as `investigate relate` says"
        )
    table.createOrReplaceTempView("bare_actions")
    blank = " or ".join(f"{c} is null or cast({c} as string) = ''" for c in ("account_id", "content_id", "object_id"))
    lacking = spark.sql(f"select count(*) from bare_actions where {blank} or acted_at is null").collect()[0][0]
    if lacking:
        raise InputError(
            f"{lacking:,} rows lack an identifier or a time", inputs.table, "complete or leave out these rows"
        )
    at = "unix_micros(cast(acted_at as timestamp))"
    if types["acted_at"] in ("bigint", "int"):
        from .read import epoch_unit

        least, most = spark.sql(
            "select coalesce(min(abs(acted_at)), 0), coalesce(max(abs(acted_at)), 0) from bare_actions"
        ).collect()[0]
        at = f"cast(acted_at as bigint) * {epoch_unit(least, most, inputs.table)}"
    elif not types["acted_at"].startswith("timestamp"):
        raise InputError(
            f"acted_at is {types['acted_at']}, not a time",
            inputs.table,
            "store timestamps, or epoch seconds or microseconds",
        )
    kind = "object_type" if "object_type" in types else f"'{inputs.object_type}' as object_type"
    spark.sql(
        "create or replace temp view action_us as select "
        f"{kind}, cast(account_id as string) as account_id, cast(content_id as string) as content_id, "
        f"cast(object_id as string) as object_id, {at} as at_us from bare_actions"
    )


def _parquet(spark: Any, paths: Sequence[str]) -> Any:
    return spark.read.parquet(*(p if "://" in p else Path(p).resolve().as_uri() for p in paths))


@contextmanager
def _told() -> Iterator[None]:
    """Spark's errors as ours: the first line says what went wrong."""
    try:
        yield
    except (InputError, OutsideError):
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark", "py4j")):
            raise
        raise OutsideError(
            f"Spark failed: {_first_line(error)}",
            "engine spark",
            "give it more memory or disk, or read Spark's own log",
        ) from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def _processors(master: str) -> int:
    number = master.removeprefix("local").strip("[]").split(",")[0]
    return int(number) if number.isdigit() else (os.cpu_count() or 1) if number == "*" else 1
