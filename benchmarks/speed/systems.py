"""One co-action computation by one system, in the process it is started in.

    python -m benchmarks.speed.systems SYSTEM FILE --window 60 --least 2

The last line printed is JSON: seconds of each phase (wall and CPU of all threads), the number of edges, a digest of
the edge table that does not depend on the order of its rows, and the pairs of actions that match where they are known.
Phases: `start` (imports), `compile` (the compiled kernel: made, or loaded from numba's files), `read` (the file),
`prepare` (codes for identifiers, sorting), `compute` (edges with identifiers, as a DataFrame in memory).
"""

from __future__ import annotations

import time

_BEGIN, _BEGIN_CPU = time.perf_counter(), time.process_time()

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

COMPARED = ("account_a", "account_b", "n_objects", "n_pairs", "n_content_a", "n_content_b")


class Clock:
    """Seconds of named phases."""

    def __init__(self) -> None:
        self.phases: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.phases[name] = [time.perf_counter() - wall, time.process_time() - cpu]


def digest(edges: pd.DataFrame) -> str:
    """Rows and a sum of row hashes: equal for equal tables in any order."""
    plain = edges.astype({c: "str" if c.startswith(("account", "user")) else "int64" for c in edges.columns})
    total = int(pd.util.hash_pandas_object(plain, index=False).to_numpy().sum())
    return f"{len(edges)}:{total:016x}"


def sweep(path: Path, window_s: float, least: int, clock: Clock) -> dict[str, Any]:
    """The package's embedded engine."""
    with clock("start"):
        from investigate.engines import acts, read, sweep
    with clock("compile"):
        tiny = pa.table(
            {c: ["a", "b"] for c in ("account_id", "content_id")} | {"object_id": ["o", "o"], "at_us": [0, 1]}
        )
        sweep.co_action(acts.build([("co_repost", tiny)]), "co_repost", 1.0, 1)
    with clock("read"):
        table = read.read_actions(path)
    with clock("prepare"):
        built = acts.build([("co_repost", table)])
        del table
    with clock("compute"):
        links = sweep.co_action(built, "co_repost", window_s, least)
    return {"edges": links.edges, "pairs_of_accounts": links.n_pairs_found, "matches": links.n_matches}


_LOAD = "create table raw as select account_id, content_id, object_id, epoch_us(acted_at) as at_us from {source}"
_CODES = """
create table account_code as select account_id, row_number() over (order by account_id) - 1 as code
    from (select distinct account_id from raw);
create table content_code as select content_id, row_number() over () - 1 as code from (select distinct content_id from raw);
create table object_code as select object_id, row_number() over () - 1 as code from (select distinct object_id from raw);
create table acts as select a.code as account_id, c.code as content_id, o.code as object_id, r.at_us
    from raw r join account_code a using (account_id) join content_code c using (content_id) join object_code o using (object_id);
drop table raw; drop table content_code; drop table object_code;
"""
_NAMED = """
select ua.account_id as account_a, ub.account_id as account_b, e.* exclude (account_a, account_b)
from ({edges}) e join account_code ua on ua.code = e.account_a join account_code ub on ub.code = e.account_b
"""
_RANGE = """
with pairs as (
    select l.account_id as account_a, r.account_id as account_b, l.object_id, l.content_id as content_a,
           r.content_id as content_b, l.at_us as a_us, r.at_us as b_us
    from acts l join acts r on l.object_id = r.object_id and l.account_id < r.account_id
         and r.at_us between l.at_us - {window_us} and l.at_us + {window_us}
    where l.content_id <> r.content_id)
select account_a, account_b, count(distinct object_id) as n_objects, count(*) as n_pairs,
       count(distinct content_a) as n_content_a, count(distinct content_b) as n_content_b,
       min(least(a_us, b_us)) as first_us, max(greatest(a_us, b_us)) as last_us, sum(abs(a_us - b_us)) as lag_sum_us,
       count(*) filter (a_us < b_us) as n_a_first, count(*) filter (a_us > b_us) as n_b_first
from pairs group by account_a, account_b having count(distinct object_id) >= {least}
"""


def _duckdb(path: Path, clock: Clock, query: Callable[[], str]) -> dict[str, Any]:
    with clock("start"):
        from investigate.engine import connect

        con = connect()
    with clock("read"):
        source = f"read_parquet('{path}')" if path.suffix == ".parquet" else f"read_csv('{path}')"
        con.execute(_LOAD.format(source=source))
    with clock("prepare"):
        con.execute(_CODES)
    with clock("compute"):
        edges = con.execute(_NAMED.format(edges=query())).df()
    return {"edges": edges}


def definition(path: Path, window_s: float, least: int, clock: Clock) -> dict[str, Any]:
    """The package's SQL definition (an equi-join of time buckets) on DuckDB, edges only."""

    def query() -> str:
        from investigate.engines import definition

        return definition.edges(round(window_s * 1_000_000), least)

    return _duckdb(path, clock, query)


def range_join(path: Path, window_s: float, least: int, clock: Clock) -> dict[str, Any]:
    """What one writes first in SQL: the table joined with itself on the object and a range of time."""
    return _duckdb(path, clock, lambda: _RANGE.format(window_us=round(window_s * 1_000_000), least=least))


def pandas_merge(path: Path, window_s: float, least: int, clock: Clock) -> dict[str, Any]:
    """pandas: merge on the object and a bucket of time, exact condition, group by."""
    import numpy as np

    with clock("read"):
        raw = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, engine="pyarrow")
    with clock("prepare"):
        acc, names = pd.factorize(raw["account_id"], sort=True)
        at = pd.to_datetime(raw["acted_at"], utc=True).astype("datetime64[us, UTC]").astype("int64").to_numpy()
        window = round(window_s * 1_000_000)
        rows = pd.DataFrame(
            {"acc": acc, "content": pd.factorize(raw["content_id"])[0], "obj": pd.factorize(raw["object_id"])[0]}
        ).assign(at=at, bucket=at // window)
    with clock("compute"):
        near = pd.concat([rows.assign(slot=rows["bucket"]), rows.assign(slot=rows["bucket"] - 1)], ignore_index=True)
        pairs = rows.merge(near, left_on=["obj", "bucket"], right_on=["obj", "slot"], suffixes=("_l", "_r"))
        same = pairs["bucket_l"] == pairs["bucket_r"]
        pairs = pairs[
            ((pairs["acc_l"] < pairs["acc_r"]) | (~same & (pairs["acc_l"] > pairs["acc_r"])))
            & ((pairs["at_l"] - pairs["at_r"]).abs() <= window)
            & (pairs["content_l"] != pairs["content_r"])
        ]
        left = (pairs["acc_l"] < pairs["acc_r"]).to_numpy()

        def side(column: str, first: bool) -> np.ndarray:
            return np.where(left == first, pairs[f"{column}_l"], pairs[f"{column}_r"])

        flat = pd.DataFrame({"a": side("acc", True), "b": side("acc", False), "obj": pairs["obj"].to_numpy()}).assign(
            content_a=side("content", True),
            content_b=side("content", False),
            a_us=side("at", True),
            b_us=side("at", False),
        )
        flat = flat.assign(
            lag=(flat["a_us"] - flat["b_us"]).abs(),
            ahead=flat["a_us"] < flat["b_us"],
            behind=flat["a_us"] > flat["b_us"],
        ).assign(first=flat[["a_us", "b_us"]].min(axis=1), last=flat[["a_us", "b_us"]].max(axis=1))
        edges = flat.groupby(["a", "b"]).agg(
            n_objects=("obj", "nunique"), n_pairs=("obj", "size"), n_content_a=("content_a", "nunique"),
            n_content_b=("content_b", "nunique"), first_us=("first", "min"), last_us=("last", "max"),
            lag_sum_us=("lag", "sum"), n_a_first=("ahead", "sum"), n_b_first=("behind", "sum"),
        ).reset_index()  # fmt: skip
        edges = edges[edges["n_objects"] >= least].reset_index(drop=True)
        edges = edges.assign(account_a=names[edges["a"].to_numpy()], account_b=names[edges["b"].to_numpy()])
    return {"edges": edges}


def spark(path: Path, window_s: float, least: int, clock: Clock) -> dict[str, Any]:
    """The same SQL definition on Spark on this machine, from Parquet to one Parquet file of edges."""
    import tempfile

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        out = Path(folder) / "edges.parquet"
        with clock("start"):
            from investigate.engines import spark

            opened = spark.session(Path(folder), "local[2]")
            session = opened.__enter__()
        try:
            with clock("compute"):
                acts = "select account_id, content_id, object_id, at_us from action_us"
                inputs = spark.Inputs(table=str(path), object_type="repost")
                found = spark.co_action(session, inputs, acts, window_s, least, "co_repost", out)
            edges = pd.read_parquet(out)
        finally:
            opened.__exit__(None, None, None)
    return {"edges": edges, "pairs_of_accounts": found.n_pairs_found, "matches": found.n_matches}


SYSTEMS: dict[str, Callable[[Path, float, int, Clock], dict[str, Any]]] = {
    "sweep": sweep,
    "definition": definition,
    "range_join": range_join,
    "pandas_merge": pandas_merge,
    "spark": spark,
}


def directed(edges: pd.DataFrame, least: int) -> pd.DataFrame:
    """Edges as coordination-network-toolkit writes them: one row per direction with at least `least` contents."""
    both = [
        edges[[f"account_{one}", f"account_{other}", f"n_content_{one}"]].set_axis(
            ["user_1", "user_2", "weight"], axis="columns"
        )
        for one, other in (("a", "b"), ("b", "a"))
    ]
    table = pd.concat(both, ignore_index=True)
    return table[table["weight"] >= least]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("system", choices=sorted(SYSTEMS))
    parser.add_argument("file", type=Path)
    parser.add_argument("--window", type=float, default=60.0)
    parser.add_argument("--least", type=int, default=2)
    parser.add_argument(
        "--directed", type=int, help="digest as coordination-network-toolkit writes edges, least weight"
    )
    parser.add_argument("--no-digest", action="store_true")
    given = parser.parse_args()
    clock = Clock()
    started = [time.perf_counter() - _BEGIN, time.process_time() - _BEGIN_CPU]
    found = SYSTEMS[given.system](given.file, given.window, given.least, clock)
    edges = found.pop("edges")
    # pandas and Arrow, imported above by every system, count as its start.
    start = clock.phases.get("start", [0.0, 0.0])
    clock.phases["start"] = [start[0] + started[0], start[1] + started[1]]
    said = {"phases": clock.phases, "n_edges": len(edges), **found}
    if not given.no_digest:
        said["digest"] = digest(
            directed(edges, given.directed) if given.directed else edges[list(COMPARED)].reset_index(drop=True)
        )
    print(json.dumps(said))


if __name__ == "__main__":
    main()
