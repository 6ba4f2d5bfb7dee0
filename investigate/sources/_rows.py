"""Delimited text to columns of strings, with every row that does not fit kept aside.

The rows are parsed by Python's own `csv` in strict mode rather than by DuckDB's reader: after a quotation mark
that is never closed, DuckDB 2.0 drops the rest of the file without a reject, and its reject lines disagree
with the row count where lines are blank. Here a record that fails costs its first line only; the lines it had
swallowed are read again.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ..errors import InputError, TooFewRowsError, nearest
from ._files import Peek, open_text, peek

RAW_LIMIT = 2000
"""Characters of a row that are kept in `set_aside.raw`."""

BATCH = 20_000
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|", "space": " "}


@dataclass(frozen=True)
class Aside:
    """One row that is not used: where it is, why, what was found, and the row as it stood."""

    row: int
    reason: str
    detail: str
    raw: str


@dataclass(frozen=True)
class Raw:
    """A file's rows before they mean anything.

    `table` holds one string column per column of the file, nulls where a cell is empty; `row` numbers its rows
    within the file, from 1 without the header. `asides` are the rows that have no place in `table`.
    """

    path: Path
    table: pa.Table
    row: pa.Array
    asides: list[Aside]
    rows_read: int
    notes: list[str] = field(default_factory=list)
    derived: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The file's own columns, without those that a source has derived from them."""
        return [c for c in self.table.column_names if c not in self.derived]


class _Lines:
    """The lines of a file, some of which may be handed back to be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back, self.taken = lines, deque[str](), list[str]()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


def delimiter_of(path: Path, delimiter: str | None) -> str:
    """The delimiter to use: as given (a character or its name), else by the file's suffix."""
    if delimiter is None:
        return "\t" if ".tsv" in path.suffixes or ".tab" in path.suffixes else ","
    delimiter = DELIMITERS.get(delimiter.lower(), delimiter).replace("\\t", "\t")
    if len(delimiter) != 1:
        raise InputError(
            f"'{delimiter}' is not a delimiter", "option delimiter", f"one character, or one of {', '.join(DELIMITERS)}"
        )
    return delimiter


def read_delimited(path: Path, *, delimiter: str | None = None, encoding: str | None = None, limit: int = 0) -> Raw:
    """The rows of a delimited text file, gzipped or not; `limit` reads only the first rows (0: all).

    Raises
    ------
    InputError
        The file as a whole cannot be used: missing, another format, cut gzip, wrong delimiter, wrong encoding.
    TooFewRowsError
        Empty, or a header and nothing else.
    """
    sep = delimiter_of(path, delimiter)
    seen = peek(path, encoding)
    refuse_markup(path, seen)
    with open_text(path, seen) as text:
        lines = _Lines(iter(text))
        reader = csv.reader(lines, delimiter=sep, strict=True)
        header, notes = _header(path, reader, lines, sep)
        raw = _Collector(path, header, sep, notes, strict_utf8=encoding is None)
        raw.collect(reader, lines, limit)
    if seen.encoding not in ("utf-8-sig", "utf-8"):
        raw.notes.append(f"The file is encoded as {seen.encoding}; it was read in that encoding.")
    return raw.finish()


def refuse_markup(path: Path, seen: Peek) -> None:
    """Refuse HTML, XML and JSON under a delimited file's name."""
    start = seen.text.lstrip("\ufeff \t\r\n")[:300].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise InputError(
            "the file is a web page or XML, not a table", str(path), "export it as CSV; a login page is often saved so"
        )
    if start.startswith(("{", "[{", "[\n")):
        raise InputError(
            "the file is JSON, not delimited text",
            str(path),
            "JSON with one object per line is read by the source 'csv' when its name ends in .jsonl or .ndjson",
        )


def _header(path: Path, reader: Iterator[list[str]], lines: _Lines, sep: str) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    try:
        header = next((row for row in reader if row), [])
    except csv.Error as error:
        raise InputError(
            f"the header cannot be read: {error}", f"{path}, line 1", "check the quotation marks"
        ) from error
    header = [h.strip().lstrip("\ufeff") for h in header]
    if odd := [h for h in header if not _encodable(h)]:
        raise InputError(
            f"{len(odd)} column names are not UTF-8, first '{odd[0]}'",
            f"{path}, line 1",
            "name the file's encoding: pass --option encoding=cp1252 (Western Windows), or another codec",
        )
    if not any(header):
        raise TooFewRowsError("the file holds no header and no rows", str(path), "export it again")
    if len(header) == 1:
        counts = {name: len(header[0].split(char)) for name, char in DELIMITERS.items() if char not in (sep, " ")}
        name, parts = max(counts.items(), key=lambda item: item[1])
        if parts > 1:
            raise InputError(
                f"the header is one column: '{header[0][:80]}'",
                f"{path}, line 1",
                f"wrong delimiter? {name} would split it into {parts} columns: pass --option delimiter={name}",
            )
    names: list[str] = []
    for i, given in enumerate(header, 1):
        name, n = given or f"column_{i}", 2
        while name in names:
            name, n = f"{given or 'column'}_{n}", n + 1
        if name != given:
            notes.append(f"Column {i} ({'no name' if not given else 'a repeated name'}) is called '{name}' here.")
        names.append(name)
    lines.taken.clear()
    return names, notes


class _Collector:
    """Gathers records into batches of Arrow columns, and what does not fit into `asides`."""

    def __init__(self, path: Path, header: list[str], sep: str, notes: list[str], strict_utf8: bool) -> None:
        self.path, self.header, self.sep, self.notes = path, header, sep, notes
        self.asides: list[Aside] = []
        self.rows_read = self.blank = self.bad_bytes = 0
        self._batches: list[pa.RecordBatch] = []
        self._numbers: list[pa.Array] = []
        self._rows: list[list[str]] = []
        self._row_numbers: list[int] = []

    def collect(self, reader: Iterator[list[str]], lines: _Lines, limit: int) -> None:
        width = len(self.header)
        while not limit or self.rows_read < limit:
            lines.taken.clear()
            try:
                record = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                self._set_aside_first(lines, "bad_quotes", f"the quotation marks do not match: {error}")
                continue
            if len(record) == width:
                self.rows_read += 1
                self._rows.append(record)
                self._row_numbers.append(self.rows_read)
                if len(self._rows) >= BATCH:
                    self._flush()
            elif not record:
                self.blank += 1
            elif len(lines.taken) > 1 and self._swallowed(lines.taken[1:], width):
                self._set_aside_first(lines, "bad_quotes", "a quotation mark is opened and not closed in its row")
            else:
                detail = f"{len(record)} columns where the header has {width}"
                self._aside("bad_columns", detail, "".join(lines.taken))
        self._flush()

    def _swallowed(self, lines: list[str], width: int) -> bool:
        """Whether a record that is too wide or too narrow has eaten lines that are rows themselves."""
        for line in lines[:50]:
            try:
                if [len(r) for r in csv.reader([line], delimiter=self.sep, strict=True)] == [width]:
                    return True
            except csv.Error:
                continue
        return False

    def _set_aside_first(self, lines: _Lines, reason: str, detail: str) -> None:
        first, rest = lines.taken[0], lines.taken[1:]
        lines.give_back(rest)
        self._aside(reason, detail, first)

    def _aside(self, reason: str, detail: str, raw: str) -> None:
        self.rows_read += 1
        shown = readable(raw.rstrip("\r\n"))[:RAW_LIMIT]
        self.asides.append(Aside(self.rows_read, reason, detail, shown))

    def _flush(self) -> None:
        rows, numbers = self._rows, self._row_numbers
        if not rows:
            return
        try:
            batch = self._batch(rows)
        except UnicodeEncodeError:
            good = []
            for number, row in zip(numbers, rows, strict=True):
                bad = [h for h, cell in zip(self.header, row, strict=True) if not _encodable(cell)]
                if bad:
                    detail = f"bytes that are not UTF-8 in: {', '.join(bad)}"
                    raw = readable(as_line(row, self.sep))[:RAW_LIMIT]
                    self.asides.append(Aside(number, "bad_encoding", detail, raw))
                    self.bad_bytes += 1
                else:
                    good.append((number, row))
            numbers, rows = [n for n, _ in good], [r for _, r in good]
            batch = self._batch(rows)
        self._batches.append(batch)
        self._numbers.append(pa.array(numbers, pa.int64()))
        self._rows, self._row_numbers = [], []

    def _batch(self, rows: list[list[str]]) -> pa.RecordBatch:
        columns = zip(*rows, strict=True) if rows else [[] for _ in self.header]
        # An empty cell and no cell are the same thing in delimited text.
        arrays = [pa.array([v or None for v in column], pa.string()) for column in columns]
        return pa.RecordBatch.from_arrays(arrays, names=self.header)

    def finish(self) -> Raw:
        if self.rows_read == 0:
            raise TooFewRowsError("the file has a header and no rows", str(self.path), "export it again")
        schema = pa.schema([(name, pa.string()) for name in self.header])
        table = pa.Table.from_batches(self._batches, schema=schema)
        if self.blank:
            self.notes.append(f"{self.blank:,} blank lines were passed over.")
        if self.bad_bytes:
            do = "if the file is in another encoding, name it: encoding='cp1252' (Western Windows) or 'latin-1'"
            if table.num_rows == 0:
                raise InputError(f"no row is UTF-8 text: {self.bad_bytes:,} rows hold other bytes", str(self.path), do)
            self.notes.append(f"{self.bad_bytes:,} rows hold bytes that are not UTF-8 and were set aside; {do}.")
        if table.num_rows == 0:
            first = self.asides[0]
            raise InputError(
                f"no row of {self.rows_read:,} fits the header: {first.detail}",
                f"{self.path}, row {first.row}",
                "check the delimiter and the quotation marks",
            )
        self.asides.sort(key=lambda a: a.row)
        numbers = pa.concat_arrays(self._numbers) if self._numbers else pa.array([], pa.int64())
        return Raw(self.path, table, numbers, self.asides, self.rows_read, self.notes)


def _encodable(cell: str) -> bool:
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def readable(text: str) -> str:
    """`text` with bytes that were not UTF-8 written as \\xNN."""
    if _encodable(text):
        return text
    return "".join(f"\\x{ord(c) - 0xDC00:02x}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)


def as_line(cells: list[str] | tuple[str | None, ...], sep: str = ",") -> str:
    """Cells as one line of delimited text."""
    out = []
    for cell in cells:
        cell = cell or ""
        quoted = any(c in cell for c in (sep, '"', "\n", "\r"))
        out.append('"' + cell.replace('"', '""') + '"' if quoted else cell)
    return sep.join(out)


def require_columns(raw: Raw, names: tuple[str, ...], source: str) -> None:
    """Refuse a file that lacks columns the format has; names each with the nearest column there is."""
    missing = [n for n in names if n not in raw.columns]
    if missing:
        said = [f"'{n}'" + (f" (nearest: '{hint}')" if (hint := nearest(n, raw.columns)) else "") for n in missing]
        raise InputError(
            f"{len(missing)} of {len(names)} columns that '{source}' needs are missing: {', '.join(said)}",
            f"{raw.path}; its columns: {', '.join(raw.columns)[:500]}",
            "use the source 'csv' with a column mapping if this is another export",
        )
