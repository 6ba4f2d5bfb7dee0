"""Reading a bare table of actions fast and strictly: what does not fit is an error with its place, never left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError

NEEDED = ("account_id", "content_id", "object_id", "acted_at")
PIECE = 1 << 20  # bytes looked at together: as much as a processor holds close
_TEXT = ("account_id", "content_id", "object_id", "object_type")
_LEAST_US, _MOST_US = -62_135_596_800_000_000, 253_402_300_799_999_999  # years 1 to 9999


def read_actions(path: str | Path) -> pa.Table:
    """The actions in a bare table: a Parquet file or folder, or a CSV file.

    Parameters
    ----------
    path : path
        With the columns account_id, content_id, object_id, acted_at, and perhaps object_type; others are not read.
        acted_at is ISO 8601 (read as UTC where it names no zone) or a whole number since 1970: seconds, or
        microseconds, one unit in all rows.

    Returns
    -------
    pyarrow.Table
        account_id, content_id, object_id (string, or dictionary of string), at_us (int64), and object_type where the
        file has it.

    Raises
    ------
    InputError
        A missing column, value or field, a time that is none, a quotation mark that is never closed: with its place.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"'{path}' does not exist", "argument FILE", "give the path of the table of actions")
    if is_parquet(path):
        table = _parquet(path)
    else:
        table = _csv(path)
    return _checked(table, path)


def is_parquet(path: Path) -> bool:
    """Whether the path is read as Parquet: a file by its suffix, or a folder of such files."""
    return path.is_dir() or path.suffix.lower() in (".parquet", ".pq")


def parquet_facts(path: Path) -> tuple[int, float]:
    """Rows and the time resolution in seconds of a Parquet table of actions, without holding it in memory."""
    import pyarrow.dataset as ds

    if not path.exists():
        raise InputError(f"'{path}' does not exist", "argument FILE", "give the path of the table of actions")
    try:
        data = ds.dataset(path, format="parquet")
        _columns(data.schema.names, path)
        rows, step = 0, 86_400.0
        for batch in data.to_batches(columns=["acted_at"]):
            rows += batch.num_rows
            if batch.num_rows and not batch["acted_at"].null_count:
                at = _micros(pa.chunked_array([batch["acted_at"]]), path)
                step = min(step, resolution_s(at.to_numpy()))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as error:
        raise InputError(f"not a Parquet table: {_short(error)}", str(path), "write it again") from error
    return rows, step


def epoch_unit(least: int, most: int, where: str) -> int:
    """Microseconds in the unit of whole-number times, from the least and the greatest distance to 1970.

    Below 10**11 they are seconds (until the year 5138), from 10**14 on microseconds (from the year 1973). A zero fits both.
    """
    if most < 10**11:
        return 1_000_000
    if least >= 10**14 or least == 0:
        return 1
    raise InputError(
        f"whole-number times from {least} to {most} are neither all seconds nor all microseconds since 1970",
        where,
        "write acted_at as ISO 8601, or as epoch seconds or microseconds",
    )


def resolution_s(at_us: np.ndarray) -> float:
    """The coarsest of a day, an hour, a minute, a second, a millisecond that every time is a multiple of; else 1e-6."""
    for step in (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000):
        # Most tables fail at once: the first rows tell.
        if not (at_us[:1000] % step).any() and not (at_us % step).any():
            return step / 1e6
    return 1e-6


def _parquet(path: Path) -> pa.Table:
    import pyarrow.parquet as pq

    try:
        names = pq.ParquetDataset(path).schema.names
        columns = _columns(names, path)
        return pq.read_table(path, columns=columns, read_dictionary=["object_type"])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as error:
        raise InputError(f"not a Parquet table: {_short(error)}", str(path), "write it again") from error


def _columns(names: list[str], path: Path) -> list[str]:
    missing = [c for c in NEEDED if c not in names]
    if missing:
        raise InputError(
            f"no column {', '.join(missing)} (there are: {', '.join(names[:20])})",
            f"{path}, header",
            f"name the columns {', '.join(NEEDED)}, or read the file with another --source",
        )
    wanted = [c for c in (*NEEDED, "object_type") if c in names]
    twice = [c for c in wanted if names.count(c) > 1]
    if twice:
        raise InputError(f"column {', '.join(twice)} stands there twice", f"{path}, header", "keep one of them")
    return wanted


def _csv(path: Path) -> pa.Table:
    from pyarrow import csv

    header, first = _first_rows(path)
    columns = _columns(header, path)
    times = _time_type(dict(zip(header, first, strict=False)).get("acted_at", "")) if first else pa.string()
    kinds: dict[str, Any] = dict.fromkeys(columns, pa.string())
    kinds |= {"acted_at": times}
    if "object_type" in kinds:
        kinds["object_type"] = pa.dictionary(pa.int32(), pa.string())

    def read(types: dict[str, Any], threads: bool) -> pa.Table:
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(block_size=2 * PIECE, use_threads=threads),
            parse_options=csv.ParseOptions(ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=types, include_columns=columns, strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )

    try:
        table = read(kinds, True)
    except pa.ArrowInvalid as error:
        raise _misfit(error, path, lambda: read(dict.fromkeys(columns, pa.string()), False), times) from error
    _check_lines(table, path)
    return table


def _first_rows(path: Path) -> tuple[list[str], list[str]]:
    import csv

    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        header, first = next(rows, []), next(rows, [])
    if not header:
        raise InputError("the file is empty", str(path), "give a table with a header")
    return header, first


def _time_type(value: str) -> pa.DataType:
    if value.lstrip("+-").isdigit():
        return pa.int64()
    zoned = value[10:].rstrip().upper()
    return pa.timestamp("us", tz="UTC" if zoned.endswith("Z") or "+" in zoned or "-" in zoned else None)


def _misfit(error: Exception, path: Path, as_text: Any, times: pa.DataType) -> InputError:
    """The error with its place: the row that does not have as many fields, or the first time that is none."""
    do = "mend the row; `--source csv` sets such rows aside and counts them"
    try:
        table = as_text()
    except pa.ArrowInvalid as shape:  # read by one thread, the message names the row
        return InputError(f"malformed CSV: {_short(shape)}", str(path), do)
    column = table["acted_at"]
    for start in range(0, len(column), 100_000):
        part = column.slice(start, 100_000)
        try:
            part.cast(times)
        except pa.ArrowInvalid:
            for i, value in enumerate(part):
                try:
                    value.cast(times)
                except pa.ArrowInvalid:
                    return InputError(
                        f"'{str(value)[:60]}' is not a time as in the first row", f"{path}, row {start + i + 1}", do
                    )
    return InputError(f"malformed CSV: {_short(error)}", str(path), do)


def _check_lines(table: pa.Table, path: Path) -> None:
    """As many rows as lines: a quotation mark that is not closed swallows lines without a word."""
    import mmap

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        held = np.frombuffer(data, np.uint8)
        lines = sum(int(np.count_nonzero(held[i : i + PIECE] == 10)) for i in range(0, len(held), PIECE))
        lines += held[-1] != 10
        del held  # a map cannot be closed while something looks into it
    if lines == table.num_rows + 1:
        return
    for name in table.column_names:
        if pa.types.is_integer(table[name].type) or pa.types.is_timestamp(table[name].type):
            continue
        at = pc.index(pc.match_substring_regex(table[name].cast(pa.string()), "[\r\n]"), True).as_py()
        if at >= 0:
            raise InputError(
                f"a line break inside {name}: a quotation mark is opened and not closed where it should be",
                f"{path}, row {at + 1}",
                "mend the row; identifiers hold no line breaks",
            )
    raise InputError(
        f"{lines:,} lines, but {table.num_rows:,} rows and a header",
        str(path),
        "end lines with a line feed, quote nothing else",
    )


def _checked(table: pa.Table, path: Path) -> pa.Table:
    for name in (c for c in _TEXT if c in table.column_names):
        column = table[name]
        if not pa.types.is_dictionary(column.type) and column.type != pa.string():
            try:
                column = column.cast(pa.string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise InputError(
                    f"{name} is {column.type}, not text", str(path), "store identifiers as text"
                ) from error
            table = table.set_column(table.column_names.index(name), name, column)
        if name == "object_type":
            continue
        _no_blank(column, name, path)
    at = _micros(table["acted_at"], path)
    return table.set_column(table.column_names.index("acted_at"), "at_us", at)


def _no_blank(column: Any, name: str, path: Path) -> None:
    values: Any = column
    if pa.types.is_dictionary(column.type):
        held = pa.chunked_array([c.dictionary for c in column.chunks], type=column.type.value_type)
        if not column.null_count and not pc.any(pc.equal(pc.binary_length(held), 0)).as_py():
            return
        values = column.cast(pa.string())
    lengths = pc.binary_length(values)
    if values.null_count or pc.min(lengths).as_py() == 0:
        blank = pc.fill_null(pc.equal(lengths, 0), True)
        n, at = pc.sum(blank).as_py(), pc.index(blank, True).as_py()
        raise InputError(
            f"{n:,} rows have no {name}", f"{path}, row {at + 1}", "complete these rows, or leave them out knowingly"
        )


def _micros(column: Any, path: Path) -> Any:
    if column.null_count:
        at = pc.index(pc.is_null(column), True).as_py()
        raise InputError(f"{column.null_count:,} rows have no acted_at", f"{path}, row {at + 1}", "complete these rows")
    if pa.types.is_timestamp(column.type):
        try:
            out = column.cast(pa.timestamp("us", tz=column.type.tz)).cast(pa.int64())
        except pa.ArrowInvalid as error:
            raise InputError(
                f"times that microseconds do not hold: {_short(error)}", str(path), "round them"
            ) from error
    elif pa.types.is_integer(column.type):
        column = column.cast(pa.int64())
        ends = pc.min_max(column)
        distance = pc.min_max(pc.abs(column))
        if len(column) and ends["min"].as_py() == -(2**63):
            raise InputError("a time out of range", str(path), "write epoch seconds or microseconds")
        unit = epoch_unit(distance["min"].as_py() or 0, distance["max"].as_py() or 0, f"{path}, column acted_at")
        out = pc.multiply(column, pa.scalar(unit, pa.int64()))
    elif len(column) == 0:
        return pa.chunked_array([pa.array([], pa.int64())])
    else:
        raise InputError(f"acted_at is {column.type}, not a time", str(path), "write ISO 8601 or epoch seconds")
    ends = pc.min_max(out)
    if len(out) and not (_LEAST_US <= ends["min"].as_py() and ends["max"].as_py() <= _MOST_US):
        raise InputError("a time outside the years 1 to 9999", f"{path}, column acted_at", "mend the row")
    return out


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
