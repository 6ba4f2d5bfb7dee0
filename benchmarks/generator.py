"""Heavy-tailed actions of any number, in bounded memory, from one seed: the input of the speed benchmarks.

What is in it, per million rows: 50,000 accounts and 250,000 objects whose activity and popularity fall as a power of
their rank; a week with a daily rhythm; things that go viral within the hour; forty groups of accounts that act on the
same object within seconds, a dozen times each. More rows mean more accounts, objects, viral things and groups in the
same week, so the popular objects grow busier: that is the quadratic trap of real data.

Rows are made in blocks of a million, each from its own stream of random numbers and in time order, so memory does not
grow with the number of rows.

Run `python -m benchmarks.generator FOLDER --rows 1000000`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from investigate.files import replacing

BLOCK = 1_000_000
WEEK_S, DAY_S = 7 * 86_400, 86_400
START = np.datetime64("2026-03-02T00:00:00", "s")

ACCOUNT_SHARE, OBJECT_SHARE = 1 / 20, 1 / 4  # distinct identifiers per row
ACCOUNT_FALL, OBJECT_FALL = 0.70, 0.66  # activity of rank r is proportional to r ** -fall
VIRAL_SHARE = 0.06  # rows that belong to something viral
VIRAL_SIZE, VIRAL_LEAST, VIRAL_MOST = 1.1, 30, 800  # Pareto exponent, and bounds of the rows of one viral thing
VIRAL_MEDIAN_S = 2_400.0
GROUPS_PER_BLOCK, GROUP_ACCOUNTS, GROUP_ACTS, GROUP_JOINS, GROUP_SPREAD_S = 40, 14, 12, 0.75, 15.0

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows as whole numbers: account, object, second since the start; `group` is 0 or the number of a planted group."""

    account: Ints
    object: Ints
    second: Ints
    group: Ints


def ranks(rng: np.random.Generator, n: int, kinds: int, fall: float) -> Ints:
    """`n` draws of 0..kinds-1 whose chance falls as rank ** -fall (fall below 1), without a table."""
    return np.minimum((kinds * rng.random(n) ** (1 / (1 - fall))).astype(np.int64), kinds - 1)


def moments(quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds of the week for quantiles of the rows, with a quiet night and a busy evening every day."""
    hour = np.linspace(0, 24, 289)
    density = 1.0 + 0.8 * np.cos((hour - 20) / 24 * 2 * np.pi)
    steps = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    day = np.floor(quantile * 7)
    return day * DAY_S + np.interp(quantile * 7 - day, steps / steps[-1], hour * 3600)


def block(rows: int, number: int, seed: int) -> Rows:
    """The rows of one block of a data set of `rows` rows, in time order."""
    rng = np.random.default_rng([seed, rows, number])
    begin, size = number * BLOCK, min(BLOCK, rows - number * BLOCK)
    accounts, objects = max(int(rows * ACCOUNT_SHARE), 50), max(int(rows * OBJECT_SHARE), 50)
    # Which account holds which rank is scattered over the numbers by a step that shares no factor with them.
    planted = _planted(rng, rows, number, size, accounts, objects)
    left = size - len(planted.account)
    n_viral = int(left * VIRAL_SHARE)
    sizes = (VIRAL_LEAST * (1 - rng.random(n_viral // VIRAL_LEAST + 1)) ** (-1 / VIRAL_SIZE)).astype(np.int64)
    sizes = np.minimum(sizes, VIRAL_MOST)
    event = np.repeat(np.arange(len(sizes)), sizes)[:n_viral]
    born = moments((begin + size * rng.random(len(sizes))) / rows)
    second = np.concatenate(
        [
            moments((begin + size * rng.random(left - len(event))) / rows),
            born[event] + VIRAL_MEDIAN_S * np.exp(rng.standard_normal(len(event))),
        ]
    )
    thing = np.concatenate(
        [
            ranks(rng, left - len(event), objects, OBJECT_FALL),
            # Viral things are objects of their own, numbered behind the everyday ones.
            objects + number * BLOCK + event,
        ]
    )
    account = ranks(rng, left, accounts, ACCOUNT_FALL)
    merged = Rows(
        np.concatenate([account, planted.account]),
        np.concatenate([thing, planted.object]),
        np.minimum(np.concatenate([second, planted.second]).astype(np.int64), WEEK_S - 1),
        np.concatenate([np.zeros(left, dtype=np.int64), planted.group]),
    )
    order = np.argsort(merged.second, kind="stable")
    return Rows(merged.account[order], merged.object[order], merged.second[order], merged.group[order])


def _planted(rng: np.random.Generator, rows: int, number: int, size: int, accounts: int, objects: int) -> Rows:
    """The joint acts of a block's planted groups; every second act is on an everyday object that others use too."""
    groups = max(round(GROUPS_PER_BLOCK * size / BLOCK), 1)
    member = rng.integers(accounts, size=(groups, GROUP_ACCOUNTS))
    there = rng.random((groups, GROUP_ACTS, GROUP_ACCOUNTS)) < GROUP_JOINS
    group, act, place = np.nonzero(there)
    begin = moments((number * BLOCK + size * rng.random((groups, GROUP_ACTS))) / rows)
    own = objects + number * BLOCK + BLOCK // 2 + np.arange(groups * GROUP_ACTS).reshape(groups, GROUP_ACTS)
    shared = ranks(rng, groups * GROUP_ACTS, objects, OBJECT_FALL).reshape(groups, GROUP_ACTS)
    thing = np.where(np.arange(GROUP_ACTS) % 2 == 0, own, shared)
    second = begin[group, act] + GROUP_SPREAD_S * rng.random(len(group))
    numbered = 1 + number * GROUPS_PER_BLOCK + group
    return Rows(member[group, place], thing[group, act], second.astype(np.int64), numbered)


def table(part: Rows, first_row: int) -> pa.Table:
    """A block as the columns account_id, content_id, object_id (text) and acted_at (UTC, microseconds)."""
    content = np.arange(first_row, first_row + len(part.account))
    stamps = (START + part.second.astype("timedelta64[s]")).astype("datetime64[us]")

    def named(letter: str, numbers: Ints) -> pa.Array:
        return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")

    return pa.table(
        {
            "account_id": named("a", part.account),
            "content_id": named("c", content),
            "object_id": named("o", part.object),
            "acted_at": pa.array(stamps).cast(pa.timestamp("us", tz="UTC")),
        }
    )


def blocks(rows: int, seed: int = 0) -> Iterator[tuple[pa.Table, Rows]]:
    """The data set block by block: the table, and the same rows as numbers with their planted group."""
    for number in range(-(-rows // BLOCK)):
        part = block(rows, number, seed)
        yield table(part, number * BLOCK), part


def toolkit_table(one: pa.Table) -> pa.Table:
    """The same rows in the columns that coordination-network-toolkit reads, as reposts, times in epoch seconds."""
    empty = pa.array([""] * len(one))
    return pa.table(
        {
            "message_id": one["content_id"],
            "user_id": one["account_id"],
            "username": one["account_id"],
            "repost_id": one["object_id"],
            "reply_id": empty,
            "message": empty,
            "timestamp": pc.divide(one["acted_at"].cast(pa.int64()), 1_000_000),
            "urls": empty,
        }
    )


def write(folder: Path, rows: int, seed: int = 0, *, csv: bool = True, parquet: bool = True) -> dict[str, Path]:
    """Write actions.csv, toolkit.csv (the same rows as coordination-network-toolkit reads them), actions.parquet and
    planted.csv (account_id, group); files that are there already are kept. Returns the path of each by its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["planted.csv"] + ["actions.parquet"] * parquet + ["actions.csv", "toolkit.csv"] * csv
    paths = {name: folder / name for name in wanted}
    for name in [n for n, path in paths.items() if not path.exists()]:
        with replacing(paths[name]) as temporary:
            _write_one(temporary, name, rows, seed)
    return paths


def _write_one(path: Path, name: str, rows: int, seed: int) -> None:
    writer = None
    for one, part in blocks(rows, seed):
        if name == "planted.csv":
            of = part.group > 0
            pairs = np.unique(np.stack([part.group[of], part.account[of]]), axis=1)
            one = pa.table(
                {
                    "account_id": pc.binary_join_element_wise("a", pa.array(pairs[1]).cast(pa.string()), ""),
                    "group": pairs[0],
                }
            )
        elif name == "toolkit.csv":
            one = toolkit_table(one)
        elif name == "actions.csv":
            said = pc.strftime(one["acted_at"].cast(pa.timestamp("s", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")
            one = one.set_column(3, "acted_at", said)
        if writer is None:
            plain = pa.csv.WriteOptions(quoting_style="none")
            writer = (
                pa.parquet.ParquetWriter(path, one.schema, compression="zstd")
                if name.endswith("parquet")
                else pa.csv.CSVWriter(path, one.schema, write_options=plain)
            )
        writer.write_table(one)
    if writer is not None:
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write generated actions as CSV and Parquet.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=BLOCK)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-csv", action="store_true", help="Parquet only")
    given = parser.parse_args()
    for name, path in write(given.folder, given.rows, given.seed, csv=not given.no_csv).items():
        print(f"{name}: {path} ({path.stat().st_size / 2**20:,.0f} MiB)")


if __name__ == "__main__":
    main()
