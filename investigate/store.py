"""The case's data: canonical tables as Parquet, one folder per loaded file, queried through DuckDB."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import engine
from .errors import CaseError, InputError, OutsideError
from .files import read_json, sha256, write_json
from .period import Period
from .tables import ACCOUNTS, ACTIONS, CLOCKS, CONTENT, OPTIONAL, SET_ASIDE, TABLES

ALWAYS = Period()
TIMED = CLOCKS | {"actions": "acted_at"}
"""The time by which a row falls into a period; an ad falls into it with its content."""


@dataclass(frozen=True)
class Dataset:
    """One loaded file: where it came from, what was read, what was set aside.

    Attributes
    ----------
    dataset_id : str
        The first 12 hexadecimal digits of the file's SHA-256 and the source's name.
    resolution_s : float
        The time resolution of the source, in seconds.
    set_aside : dict of str to int
        Rows set aside, by reason.
    files : dict of str to str
        SHA-256 of each file in the dataset's folder.
    """

    dataset_id: str
    source: str
    file: str
    sha256: str
    bytes: int
    options: dict[str, Any]
    rows_read: int
    n_accounts: int
    n_content: int
    n_actions: int
    first_at: str
    last_at: str
    resolution_s: float
    set_aside: dict[str, int]
    notes: list[str]
    columns_used: list[str]
    columns_dropped: list[str]
    files: dict[str, str]


class Store:
    """The datasets of one case.

    Parameters
    ----------
    folder : Path
        The case's `data` folder; each dataset is a folder in it, moved into place when it is whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def datasets(self) -> list[Dataset]:
        """The loaded datasets, in the order of their identifiers."""
        found = sorted(self.folder.glob("*/dataset.json")) if self.folder.exists() else []
        return [Dataset(**read_json(path)) for path in found if not path.parent.name.startswith(".")]

    def unfinished(self) -> list[str]:
        """Folders left behind by a load that was cut short."""
        if not self.folder.exists():
            return []
        return sorted(p.name for p in self.folder.iterdir() if p.is_dir() and p.name.startswith("."))

    def add(self, original: Path, source: str, options: dict[str, Any], reading: Any, digest: str) -> Dataset:
        """Write a reading as a dataset; the folder appears whole or not at all.

        A copy of the original file is kept read-only beside the tables, so that every row can be checked later.
        """
        dataset_id = dataset_name(digest, source)
        tables = {name: reading.tables[name] for name in (*TABLES, *OPTIONAL) if name in reading.tables}
        clocked = [(name, column) for name, column in CLOCKS.items() if name in tables and tables[name].num_rows]
        if not clocked:
            reasons = pc.value_counts(tables["set_aside"]["reason"]).to_pylist()
            named = ", ".join(f"{reason['counts']} {reason['values']}" for reason in reasons)
            raise InputError(
                f"no row of the file could be used: {reading.rows_read} read, {tables['set_aside'].num_rows} set aside "
                f"({named or 'none'})",
                str(original),
                f"run `investigate check` and compare the columns with what source '{source}' needs",
            )
        made_up = tables["content"].num_rows and pc.all(pc.starts_with(tables["content"]["content_id"], "row-")).as_py()
        if made_up:
            # Row numbers repeat from file to file; the dataset's name in front keeps two files apart.
            for name in filter(tables.__contains__, ("content", "actions", "ads")):
                ids = pc.binary_join_element_wise(dataset_id, tables[name]["content_id"].cast(pa.string()), ":")
                tables[name] = tables[name].set_column(
                    tables[name].schema.get_field_index("content_id"), "content_id", ids
                )
        partial, final = self.folder / f".{dataset_id}", self.folder / dataset_id
        try:
            shutil.rmtree(partial, ignore_errors=True)
            (partial / "original").mkdir(parents=True)
            copied = partial / "original" / safe_name(original.name)
            shutil.copyfile(original, copied)
            copied.chmod(0o444)
            for name, table in tables.items():
                pq.write_table(
                    table.cast((TABLES | OPTIONAL)[name].schema), partial / f"{name}.parquet", compression="zstd"
                )
        except OSError as error:
            raise OutsideError(
                f"cannot store the data: {error.strerror}", str(self.folder), "free space or choose another folder"
            ) from error
        times = pc.min_max(pa.chunked_array([c for n, column in clocked for c in tables[n][column].chunks]))
        reasons = {r["values"]: r["counts"] for r in pc.value_counts(tables["set_aside"]["reason"]).to_pylist()}
        dataset = Dataset(
            dataset_id=dataset_id,
            source=source,
            file=original.name,
            sha256=digest,
            bytes=original.stat().st_size,
            options={k: v for k, v in sorted(options.items())},
            rows_read=reading.rows_read,
            n_accounts=tables["accounts"].num_rows,
            n_content=tables["content"].num_rows,
            n_actions=tables["actions"].num_rows,
            first_at=times["min"].as_py().isoformat(),
            last_at=times["max"].as_py().isoformat(),
            resolution_s=float(reading.resolution_s),
            set_aside=dict(sorted(reasons.items())),
            notes=list(reading.notes),
            columns_used=list(reading.columns_used),
            columns_dropped=list(reading.columns_dropped),
            files={p.relative_to(partial).as_posix(): sha256(p) for p in sorted(partial.rglob("*")) if p.is_file()},
        )
        write_json(partial / "dataset.json", asdict(dataset))
        os.replace(partial, final)
        return dataset

    def verify(self) -> list[str]:
        """Which data files were changed, are missing or were added since they were written."""
        problems = []
        for dataset in self.datasets():
            folder = self.folder / dataset.dataset_id
            present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"dataset.json"}
            for name, digest in sorted(dataset.files.items()):
                if name not in present:
                    problems.append(f"data/{dataset.dataset_id}/{name}: the file is missing")
                elif sha256(folder / name) != digest:
                    problems.append(f"data/{dataset.dataset_id}/{name}: the file was changed after it was loaded")
            problems += [
                f"data/{dataset.dataset_id}/{name}: not written by this case"
                for name in sorted(present - set(dataset.files))
            ]
        return problems

    def connect(self, period: Period = ALWAYS) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views `accounts`, `content`, `actions` and `set_aside` over all datasets.

        Content that stands in two files is counted once, in the dataset whose identifier comes first. Tables with a
        clock (`TIMED`) hold only rows of `period`, and ads those of its content.
        """
        datasets = self.datasets()
        if not datasets:
            raise CaseError(
                "the case holds no data",
                str(self.folder),
                "load a file: `investigate load CASE_DIR FILE --source NAME`",
            )
        con = engine.connect()
        for table in (ACCOUNTS, CONTENT, ACTIONS, SET_ASIDE):
            con.execute(f"create view {table.name} as {within(period, table.name, self._union(table.name, datasets))}")
        for table in OPTIONAL.values():
            holding = [d for d in datasets if f"{table.name}.parquet" in d.files]
            con.register(f"no_{table.name}", table.schema.append(pa.field("dataset_id", pa.string())).empty_table())
            con.execute(
                f"create view {table.name} as "
                + (
                    within(period, table.name, self._union(table.name, holding))
                    if holding
                    else f"select * from no_{table.name}"
                )
            )
        define_views(con)
        return con

    def _union(self, table: str, datasets: list[Dataset]) -> str:
        def one(d: Dataset) -> str:
            path = (self.folder / d.dataset_id / f"{table}.parquet").as_posix().replace("'", "''")
            return f"select *, '{d.dataset_id}' as dataset_id from read_parquet('{path}')"

        union = " union all by name ".join(one(d) for d in datasets)  # a case may hold data of an older version
        if len(datasets) == 1:
            return union
        if table == "accounts":
            return f"select distinct on (account_id) * from ({union}) order by account_id, dataset_id"
        if table == "content" or table in OPTIONAL:
            key = ", ".join(CONTENT.key if table == "content" else OPTIONAL[table].key)
            return f"select distinct on ({key}) * from ({union}) order by {key}, dataset_id"
        if table == "actions":
            first = " union all ".join(
                one(d).replace(f"{table}.parquet", "content.parquet").replace("select *", "select content_id")
                for d in datasets
            )
            return f"select a.* from ({union}) a join (select content_id, min(dataset_id) as dataset_id from ({first}) group by 1) using (content_id, dataset_id)"
        return union

    def sql(self, query: str, period: Period = ALWAYS) -> pd.DataFrame:
        """The answer to a SQL query over the case's tables, for anyone who asks."""
        with self.connect(period) as con:
            return frame(con, query)


def within(period: Period, table: str, query: str) -> str:
    """The query of a table, restricted to the rows of a period where the table knows times."""
    if not period or table not in (*TIMED, "ads"):
        return query
    inside = "content_id in (select content_id from content)" if table == "ads" else period.where(TIMED[table])
    return f"select * from ({query}) where {inside}"


def define_views(con: duckdb.DuckDBPyConnection, more: Sequence[str] = ()) -> None:
    """Define what co-action queries read, over `actions` and `content`, in the SQL that DuckDB and Spark share.

    `action_us` (object_type, account_id, content_id, object_id, at_us) and `content_us` (content_id, account_id, at_us),
    with times as whole microseconds since 1970, UTC. `more` names tables of derived actions to hold as well.
    """
    derived = "".join(
        f" union all select object_type, account_id, content_id, object_id, at_us from {name}" for name in more
    )
    con.execute(
        "create or replace temp view action_us as select object_type, account_id, content_id, object_id, "
        f"epoch_us(acted_at) as at_us from actions{derived}"
    )
    con.execute(
        "create or replace temp view content_us as select content_id, account_id, epoch_us(created_at) as at_us from content"
    )


def frame(con: duckdb.DuckDBPyConnection, query: str, params: object = None) -> pd.DataFrame:
    """The answer to a query as a DataFrame, by way of Arrow: times stay UTC, whole numbers stay whole."""
    return con.sql(query, params=params).to_arrow_table().to_pandas()


def dataset_name(digest: str, source: str) -> str:
    """A dataset's identifier: the start of the file's hash and the source's name."""
    return f"{digest[:12]}-{source}"


def safe_name(name: str) -> str:
    """A file name that every system accepts."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip(".") or "file"


def plain_options(options: dict[str, Any]) -> dict[str, Any]:
    """Options as JSON can hold them, with paths reduced to the content they point to."""
    out = {}
    for key, value in sorted(options.items()):
        path = Path(value) if isinstance(value, str | Path) and value else None
        out[key] = (
            f"sha256:{sha256(path)}"
            if path is not None and path.is_file()
            else value
            if not isinstance(value, Path)
            else str(value)
        )
    return out
