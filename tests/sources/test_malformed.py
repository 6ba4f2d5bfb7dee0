"""Files as they arrive: cut, mis-encoded, mis-delimited, mislabelled. Each gets one clear report."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from investigate.errors import InputError, TooFewRowsError, UnknownNameError
from investigate.sources import Reading, read
from investigate.sources._rows import read_delimited

MAPPING = {"account_id": "who", "created_at": "when", "text": "text"}
HEADER = "who,when,text\n"
GOOD = "anna,2031-05-01 08:00:01,hello\n"


def write(folder: Path, data: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def load(path: Path, **options: Any) -> Reading:
    return read(path, "csv", **({"mapping": MAPPING} | options))


def reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(r["source_row"], r["reason"]) for r in reading.tables["set_aside"].to_pylist()]


def complete(reading: Reading) -> bool:
    used = reading.tables["content"]["source_row"].to_pylist()
    aside = reading.tables["set_aside"]["source_row"].to_pylist()
    return sorted(used + aside) == list(range(1, reading.rows_read + 1))


class TestWholeFile:
    def test_missing(self, tmp_path: Path) -> None:
        """A wrong path says so and shows what the folder holds."""
        write(tmp_path, HEADER + GOOD)
        with pytest.raises(InputError, match=r"no file 'exprt.csv'.*holds export.csv"):
            load(tmp_path / "exprt.csv")

    def test_folder(self, tmp_path: Path) -> None:
        """A folder is not a file."""
        with pytest.raises(InputError, match="is a folder"):
            load(tmp_path)

    @pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0)])
    def test_empty(self, tmp_path: Path, data: bytes) -> None:
        """Nothing in it, packed or not."""
        with pytest.raises(TooFewRowsError, match="empty"):
            load(write(tmp_path, data))

    @pytest.mark.parametrize("data", ["\n\n", "\ufeff\n", ",,\n"])
    def test_blank(self, tmp_path: Path, data: str) -> None:
        """Line ends alone are neither header nor rows."""
        with pytest.raises(TooFewRowsError, match="no header"):
            load(write(tmp_path, data))

    def test_header_only(self, tmp_path: Path) -> None:
        """A header and nothing else is its own message."""
        with pytest.raises(TooFewRowsError, match="header and no rows"):
            load(write(tmp_path, HEADER))

    @pytest.mark.parametrize(("sign", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
    def test_wrong_delimiter(self, tmp_path: Path, sign: str, name: str) -> None:
        """The delimiter that would split the header is named, and works."""
        path = write(tmp_path, (HEADER + GOOD).replace(",", sign))
        with pytest.raises(InputError, match=f"{name} would split it into 3 columns: pass --option delimiter={name}"):
            load(path)
        assert load(path, delimiter=name).rows_read == 1

    def test_not_a_delimiter(self, tmp_path: Path) -> None:
        """Two characters are not one."""
        with pytest.raises(InputError, match="not a delimiter"):
            load(write(tmp_path, HEADER + GOOD), delimiter=";;")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"<!DOCTYPE html><html><body>log in</body></html>", "web page"),
            (b'\xef\xbb\xbf  <?xml version="1.0"?>', "web page or XML"),
            (b'{"who": "anna"}\n', "JSON"),
            (b'[{"who": "anna"}]\n', "JSON"),
            (b"SQLite format 3\x00" + bytes(50), "SQLite"),
            (b"%PDF-1.7\n", "PDF"),
            (b"PAR1" + bytes(50), "parquet"),
            (b"\xd0\xcf\x11\xe0" + bytes(50), "old Excel"),
            (b"\x28\xb5\x2f\xfd" + bytes(50), "Zstandard"),
            (bytes(range(256)) * 4 + bytes(4000), "control characters"),
        ],
    )
    def test_another_format(self, tmp_path: Path, data: bytes, said: str) -> None:
        """A file of another format is recognised by what it holds, whatever its name."""
        with pytest.raises(InputError, match=said):
            load(write(tmp_path, data))

    def test_archives(self, tmp_path: Path) -> None:
        """A zip, and a tar inside gzip, are named and left to be unpacked."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("export.csv", HEADER + GOOD)
        with pytest.raises(InputError, match=r"xlsx or zip.*unpack"):
            load(write(tmp_path, packed.getvalue()))
        rolled = io.BytesIO()
        with tarfile.open(fileobj=rolled, mode="w:gz") as archive:
            archive.add(write(tmp_path, HEADER + GOOD), "export.csv")
        with pytest.raises(InputError, match="inside gzip there is tar archive"):
            load(write(tmp_path, rolled.getvalue(), "export.csv.gz"))

    def test_missing_columns_are_named_with_the_nearest(self, tmp_path: Path) -> None:
        """All of them at once, for a fixed format and for a mapping."""
        path = write(tmp_path, "object_id,acount_id,content_id,time\no,a,c,1900000000\n")
        with pytest.raises(
            InputError, match=r"2 of 4 columns.*'account_id' \(nearest: 'acount_id'\).*'timestamp_share'"
        ):
            read(path, "coortweet")
        mapped = MAPPING | {"account_id": "whoo", "url": "link"}
        with pytest.raises(
            InputError, match=r"2 mapped columns.*'whoo' for account_id \(nearest: 'who'\).*'link' for url"
        ):
            load(write(tmp_path, HEADER + GOOD), mapping=mapped)

    def test_no_row_fits(self, tmp_path: Path) -> None:
        """A header that fits no row is one message, not a million set-aside rows."""
        with pytest.raises(InputError, match="no row of 2 fits the header: 2 columns where the header has 3"):
            load(write(tmp_path, HEADER + "a,b\nc,d\n"))

    def test_no_row_is_usable(self, tmp_path: Path) -> None:
        """When every row lacks something, the reasons are counted."""
        with pytest.raises(TooFewRowsError, match=r"none of 3 rows can be used: 2 missing_account, 1 missing_time"):
            load(write(tmp_path, HEADER + ",2031-05-01 08:00:01,x\n,2031-05-01 08:00:02,y\nanna,,z\n"))

    def test_unknown_source(self, tmp_path: Path) -> None:
        """A misspelt source name is answered with the nearest one."""
        with pytest.raises(UnknownNameError, match="did you mean 'coortweet'"):
            read(write(tmp_path, HEADER + GOOD), "coortwet")


class TestEncodings:
    @pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_marks_and_line_ends(self, tmp_path: Path, ends: str, mark: bytes) -> None:
        """A byte-order mark and any line end leave the header and the cells alone."""
        data = mark + (HEADER + GOOD + "bert,2031-05-01 08:00:02,last").replace("\n", ends).encode()
        reading = load(write(tmp_path, data))
        assert reading.columns_used == ("who", "when", "text")
        assert reading.tables["content"]["text"].to_pylist() == ["hello", "last"]

    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_wide_encodings_are_recognised(self, tmp_path: Path, codec: str) -> None:
        """Spreadsheet programs save "Unicode text" as UTF-16; it is read, and noted."""
        reading = load(write(tmp_path, (HEADER + GOOD + "ünal,2031-05-01 08:00:02,日本\n").encode(codec)))
        assert reading.tables["content"]["text"].to_pylist() == ["hello", "日本"]
        assert any("encoded as utf-" in n for n in reading.notes)

    def test_other_bytes_are_set_aside_and_counted(self, tmp_path: Path) -> None:
        """Rows in another encoding are kept out with their bytes shown; the others are read."""
        data = HEADER.encode() + GOOD.encode() + "café,2031-05-01 08:00:02,très\n".encode("latin-1") + GOOD.encode()
        reading = load(write(tmp_path, data.replace(b"01,hello", b"03,hello", 1)))
        assert reasons(reading) == [(2, "bad_encoding")] and complete(reading)
        row = reading.tables["set_aside"].to_pylist()[0]
        assert row["raw"] == "caf\\xe9,2031-05-01 08:00:02,tr\\xe8s"
        assert row["detail"] == "bytes that are not UTF-8 in: who, text"
        assert any("1 rows hold bytes that are not UTF-8" in n and "cp1252" in n for n in reading.notes)

    def test_naming_the_encoding_reads_them(self, tmp_path: Path) -> None:
        """The remedy that the message names works."""
        data = (HEADER + "café,2031-05-01 08:00:02,très\n").encode("latin-1")
        with pytest.raises(InputError, match=r"no row is UTF-8 text: 1 rows.*cp1252"):
            load(write(tmp_path, data))
        reading = load(write(tmp_path, data), encoding="cp1252")
        assert reading.tables["content"]["account_id"].to_pylist() == ["café"]

    def test_unknown_encoding(self, tmp_path: Path) -> None:
        """A codec that does not exist is an input error."""
        with pytest.raises(InputError, match="unknown encoding 'latin-99'"):
            load(write(tmp_path, HEADER + GOOD), encoding="latin-99")

    def test_zero_bytes_stay_in_the_cell(self, tmp_path: Path) -> None:
        """One zero byte does not make a text file binary, and does not end the text."""
        reading = load(write(tmp_path, HEADER + "anna,2031-05-01 08:00:01,a\x00b " + "x" * 100 + "\n"))
        assert reading.tables["content"]["text"].to_pylist()[0].startswith("a\x00b")


class TestRows:
    def test_bad_column_counts(self, tmp_path: Path) -> None:
        """Too few and too many cells are set aside with both counts and the row."""
        reading = load(write(tmp_path, HEADER + GOOD + "bert,2031-05-01 08:00:02\n" + "c,2031-05-01 08:00:03,x,y\n"))
        assert reasons(reading) == [(2, "bad_columns"), (3, "bad_columns")] and complete(reading)
        assert reading.tables["set_aside"].to_pylist()[1] == {
            "source_row": 3,
            "reason": "bad_columns",
            "detail": "4 columns where the header has 3",
            "raw": "c,2031-05-01 08:00:03,x,y",
        }

    @pytest.mark.parametrize("follows", [3, 400, 40_000])
    def test_an_open_quotation_mark_costs_one_row(self, tmp_path: Path, follows: int) -> None:
        """A quotation mark that is never closed must not swallow the rows after it."""
        rest = "".join(f"a{i},2031-05-01 08:{i // 60 % 60:02}:{i % 60:02},text {i}\n" for i in range(follows))
        reading = load(write(tmp_path, HEADER + GOOD + 'bad,2031-05-01 08:00:02,"open\n' + rest))
        assert reading.rows_read == follows + 2 and complete(reading)
        assert reasons(reading) == [(2, "bad_quotes")]

    def test_an_open_mark_that_a_later_row_closes(self, tmp_path: Path) -> None:
        """Rows between an open mark and the next quoted cell are rows, not one long text."""
        rows = [
            'bad,2031-05-01 08:00:02,"open',
            "bert,2031-05-01 08:00:03,x",
            'cara,2031-05-01 08:00:04,"quoted, cell"',
        ]
        reading = load(write(tmp_path, HEADER + "\n".join(rows) + "\n"))
        assert reasons(reading) == [(1, "bad_quotes")] and complete(reading)
        assert reading.tables["content"]["text"].to_pylist() == ["x", "quoted, cell"]

    def test_line_breaks_inside_quotes(self, tmp_path: Path) -> None:
        """A text of several lines is one cell, with the line breaks it had."""
        reading = load(write(tmp_path, HEADER + 'anna,2031-05-01 08:00:01,"one\ntwo\r\nthree"\n' + GOOD))
        assert reading.tables["content"]["text"].to_pylist() == ["one\ntwo\r\nthree", "hello"]
        assert reading.tables["content"]["source_row"].to_pylist() == [1, 2]

    def test_blank_lines_are_counted(self, tmp_path: Path) -> None:
        """Blank lines are no rows; how many there were is said."""
        reading = load(write(tmp_path, HEADER + "\n" + GOOD + "\n\n"))
        assert reading.rows_read == 1 and any("3 blank lines" in n for n in reading.notes)

    def test_a_cut_plain_file(self, tmp_path: Path) -> None:
        """A last row that breaks off is set aside, whole or inside a quoted cell."""
        for cut in ("bert,2031-05", 'bert,2031-05-01 08:00:02,"half a te'):
            reading = load(write(tmp_path, HEADER + GOOD + cut))
            assert reading.rows_read == 2 and len(reasons(reading)) == 1

    def test_missing_values(self, tmp_path: Path) -> None:
        """A row that lacks account and time says both, once."""
        reading = load(write(tmp_path, HEADER + GOOD + " ,,x\nbert,,y\n"))
        assert reasons(reading) == [(2, "missing_account"), (3, "missing_time")]
        assert reading.tables["set_aside"]["detail"].to_pylist()[0] == "column 'who' is empty; column 'when' is empty"

    def test_exact_copies(self, tmp_path: Path) -> None:
        """Equal in every mapped column is a copy; the first stays, the others name it."""
        reading = load(write(tmp_path, HEADER + GOOD + GOOD.replace("hello", "other") + GOOD + GOOD))
        assert reasons(reading) == [(3, "duplicate"), (4, "duplicate")]
        assert set(reading.tables["set_aside"]["detail"].to_pylist()) == {"the same as row 1"}
        kept = load(write(tmp_path, HEADER + GOOD + GOOD), duplicates="keep")
        assert kept.tables["content"].num_rows == 2

    def test_a_repeated_identifier(self, tmp_path: Path) -> None:
        """The same content collected twice is a duplicate; the same id for another account is a conflict."""
        header = "id,who,when,likes\n"
        rows = "7,anna,2031-05-01 08:00:01,1\n7,anna,2031-05-01 08:00:01,99\n7,bert,2031-05-01 08:00:01,1\n"
        mapping = {"account_id": "who", "created_at": "when", "content_id": "id"}
        reading = load(write(tmp_path, header + rows), mapping=mapping)
        assert reasons(reading) == [(2, "duplicate"), (3, "conflicting_id")] and complete(reading)

    def test_rows_without_identifier_get_their_row(self, tmp_path: Path) -> None:
        """An empty content id is replaced by the row, and said."""
        mapping = {"account_id": "who", "created_at": "when", "content_id": "id"}
        reading = load(write(tmp_path, "id,who,when\n,anna,2031-05-01\n8,bert,2031-05-01\n"), mapping=mapping)
        assert reading.tables["content"]["content_id"].to_pylist() == ["row-1", "8"]
        assert any("1 rows carry no content id" in n for n in reading.notes)

    def test_identifiers_cut_by_a_spreadsheet(self, tmp_path: Path) -> None:
        """1.23457E+18 stands for thousands of accounts; such rows are not merged into one."""
        reading = load(write(tmp_path, HEADER + GOOD + "1.23457E+18,2031-05-01 08:00:02,x\n"))
        assert reasons(reading) == [(2, "damaged_id")]

    def test_repeated_and_empty_column_names(self, tmp_path: Path) -> None:
        """Columns that share a name are told apart, and it is said how."""
        reading = load(write(tmp_path, "who,when,text,text,\n" + "anna,2031-05-01,a,b,c\n"))
        assert reading.columns_dropped == ("text_2", "column_5")
        assert sum("is called" in n for n in reading.notes) == 2

    def test_long_rows_are_cut_in_the_record_only(self, tmp_path: Path) -> None:
        """What is kept of a set-aside row ends at 2,000 characters."""
        reading = load(write(tmp_path, HEADER + GOOD + "," * 5 + "x" * 9000 + "\n"))
        assert len(reading.tables["set_aside"]["raw"].to_pylist()[0]) == 2000

    def test_hostile_cells_are_only_text(self, tmp_path: Path) -> None:
        """Formulas, markup and path tricks come through unchanged and do nothing."""
        texts = ["=HYPERLINK(A1)", "<script>alert(1)</script>", "../../etc", "'; drop table work; --"]
        rows = "".join(f"anna,2031-05-01 08:00:0{i},{t}\n" for i, t in enumerate(texts))
        assert load(write(tmp_path, HEADER + rows)).tables["content"]["text"].to_pylist() == texts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='a,b"\n\r;1 é', max_size=80))
def test_any_text_after_a_good_row_loses_no_line(tmp_path: Path, tail: str) -> None:
    """Whatever follows, every line that is not blank ends in a row or in the rows set aside; nothing is dropped."""
    path = tmp_path / "any.csv"
    path.write_bytes((HEADER + GOOD + tail).encode())
    raw = read_delimited(path)
    assert sorted([*raw.row.to_pylist(), *(a.row for a in raw.asides)]) == list(range(1, raw.rows_read + 1))
    kept = "".join(v or "" for column in raw.table.columns for v in column.to_pylist()) + "".join(
        a.raw for a in raw.asides
    )
    for letter in "ab1é;":
        assert kept.count(letter) == (GOOD + tail).count(letter)


class TestOtherFormats:
    ROWS = [{"who": "9007199254740993001", "when": "2031-05-01T08:00:01Z", "text": "hello"}] * 1

    def test_json_lines(self, tmp_path: Path) -> None:
        """Numbers keep their digits, nested fields get dotted names, broken lines are set aside."""
        lines = [
            '{"author": {"id": 9007199254740993001}, "at": "2031-05-01T08:00:01Z", "tags": ["A", "b"], "n": 1.50}',
            '{"author": {"id": 5}, "at": 1935820801, "extra": null}',
            "[1]",
            '{"author": {"id": 6}, "at": "2031-05-01T08:00:02Z", "tags": []}',
            '{"author": {"id"',
        ]
        mapping = {"account_id": "author.id", "created_at": "at", "hashtag": "tags"}
        reading = load(write(tmp_path, "\n".join(lines), "export.jsonl"), mapping=mapping)
        assert reading.tables["accounts"]["account_id"].to_pylist() == ["6", "9007199254740993001"]
        assert reasons(reading) == [(2, "bad_time"), (3, "bad_json"), (5, "bad_json")] and complete(reading)
        assert reading.tables["actions"]["object_id"].to_pylist() == ["a", "b"]

    def test_a_json_list_is_refused(self, tmp_path: Path) -> None:
        """One list over many lines is another format, and the way to convert it is named."""
        with pytest.raises(InputError, match="one JSON list"):
            load(write(tmp_path, '[\n{"who": 1}]', "export.jsonl"))

    def test_parquet(self, tmp_path: Path) -> None:
        """Numbers, times with a zone and lists arrive as the strings they stand for."""
        table = pa.table(
            {
                "who": pa.array([9007199254740993001, 5]),
                "when": pa.array([1935820801000000, 1935820802500000], pa.timestamp("us", "UTC")),
                "text": ["hello", None],
                "tags": [["One", "two"], []],
            }
        )
        path = tmp_path / "export.parquet"
        pq.write_table(table, path)
        reading = load(path, mapping=MAPPING | {"hashtag": "tags"})
        assert reading.tables["accounts"]["account_id"].to_pylist() == ["5", "9007199254740993001"]
        assert reading.tables["content"]["created_at"].cast(pa.int64()).to_pylist() == [
            1935820801000000,
            1935820802500000,
        ]
        assert reading.tables["actions"]["object_id"].to_pylist() == ["one", "two"]

    def test_a_cut_parquet_file(self, tmp_path: Path) -> None:
        """Parquet ends with its index; without it nothing is read."""
        path = tmp_path / "export.parquet"
        pq.write_table(pa.table({"who": ["a"] * 1000}), path)
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match="damaged or cut off"):
            load(path)
        with pytest.raises(InputError, match="cut off|damaged|not Parquet"):
            load(write(tmp_path, HEADER + GOOD, "text.parquet"))

    def test_spreadsheet(self, tmp_path: Path) -> None:
        """Dates become times; numbers too long for a spreadsheet are known to be cut."""
        from datetime import datetime

        import openpyxl

        book = openpyxl.Workbook()
        page = book.active
        page.append(["who", "when", "text"])
        page.append(["anna", datetime(2031, 5, 1, 8, 0, 1), "hello"])
        page.append([12345, datetime(2031, 5, 1, 8, 0, 2), "x"])
        page.append([9007199254740993001, datetime(2031, 5, 1, 8, 0, 3), "y"])
        path = tmp_path / "export.xlsx"
        book.save(path)
        reading = load(path)
        assert reading.tables["content"]["account_id"].to_pylist() == ["anna", "12345"]
        assert reasons(reading) == [(3, "damaged_id")] and complete(reading)
        with pytest.raises(InputError, match="no sheet 'Other'"):
            load(path, sheet="Other")
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(InputError, match="spreadsheet cannot be opened"):
            load(path)


def test_random_bytes_are_no_table(tmp_path):
    """Bytes of no known format: refused as no text file, with a message that can be printed."""
    import random

    path = tmp_path / "noise.csv"
    path.write_bytes(random.Random(0).randbytes(3000))
    with pytest.raises(InputError, match="not a text file") as caught:
        read(path, "csv", mapping={"account_id": "a", "created_at": "b", "text": "c"})
    assert str(caught.value).encode("utf-8")


def test_a_header_in_another_encoding_is_refused(tmp_path):
    """Column names that are not UTF-8: refused with the option to pass; read with it."""
    path = tmp_path / "latin.csv"
    path.write_bytes("caf\u00e9,time,text\nann,2024-01-01T00:00:01Z,d\u00e9j\u00e0 vu\n".encode("cp1252"))
    mapping = {"account_id": "caf\u00e9", "created_at": "time", "text": "text"}
    with pytest.raises(InputError, match="1 column names are not UTF-8.*encoding=cp1252"):
        read(path, "csv", mapping=mapping)
    assert read(path, "csv", mapping=mapping, encoding="cp1252").tables["content"]["text"].to_pylist() == [
        "d\u00e9j\u00e0 vu"
    ]
