"""The workbook of a run's tables, and its report as PDF."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from investigate.errors import CaseError, InputError, OutsideError
from investigate.files import sha256
from investigate.report import _pdf, write_pdf, write_workbook
from investigate.views._save import save_table

LONG_ID = "1234567890123456789"
WILD = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "#N/A",
    "bell\x07",
    "nul\x00",
    "\u202egnp.exe",
    "x" * 40_000,
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_table(
        pd.DataFrame(
            {"account_id": [LONG_ID, "007"], "n": [3, 2**60], "share": [0.5, float("nan")], "yes": [True, False]}
        ),
        tmp_path,
        "accounts",
    )
    save_table(pd.DataFrame({"text": WILD, "=head": range(len(WILD))}), tmp_path, "texts")
    times = pd.to_datetime(["2026-03-05T10:00:00.123Z", None], utc=True)
    save_table(pd.DataFrame({"at": times, "members": [["a", "b"], []]}), tmp_path, "times")
    for name in ("a_table_with_a_very_long_name_number_one", "a_table_with_a_very_long_name_number_two", "About"):
        save_table(pd.DataFrame({"x": [1]}), tmp_path, name)
    return tmp_path


def test_identifiers_and_large_numbers_come_back_whole(folder: Path) -> None:
    """A 19-digit identifier, leading zeros and a number beyond 2^53 are text; small numbers stay numbers."""
    sheet = openpyxl.load_workbook(write_workbook(folder))["accounts"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("account_id", "n", "share", "yes")
    assert rows[1] == (LONG_ID, 3, 0.5, True) and rows[2] == ("007", str(2**60), None, False)
    assert sheet["A2"].data_type == "s"


def test_nothing_in_the_workbook_is_run(folder: Path) -> None:
    """No cell is a formula or an error, dangerous beginnings carry an apostrophe, control characters are shown as codes."""
    book = openpyxl.load_workbook(write_workbook(folder))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "n", "b", "d"}
    texts = [c.value for c in book["texts"]["A"]][1:]
    assert texts[:5] == ["'" + t for t in WILD[:5]] and texts[6] == "'#N/A"
    assert texts[7] == "bell[U+0007]" and "\u202e" not in texts[9] and len(texts[10]) == 32_767
    assert book["texts"]["B1"].value == "'=head"
    with zipfile.ZipFile(folder / "tables.xlsx") as archive:
        assert not any(b"<f>" in archive.read(n) for n in archive.namelist())


def test_sheets_have_valid_names_and_are_listed_first(folder: Path) -> None:
    """Names have at most 31 characters and are unique; the first sheet lists sheet, table and rows."""
    book = openpyxl.load_workbook(write_workbook(folder))
    assert len({n.lower() for n in book.sheetnames}) == len(book.sheetnames) == 7
    assert all(len(n) <= 31 for n in book.sheetnames) and book.sheetnames[0] == "About"
    listed = {row[1]: row for row in book["About"].iter_rows(min_row=2, values_only=True) if row[1]}
    assert listed["texts"][2:4] == (len(WILD), 2) and "About~2" in book.sheetnames
    assert set(listed) >= {p.stem for p in (folder / "tables").glob("*.parquet")}


def test_times_are_utc_and_lists_are_text(folder: Path) -> None:
    """A time is a date cell in UTC to the millisecond; a list is its members."""
    rows = list(openpyxl.load_workbook(write_workbook(folder))["times"].iter_rows(min_row=2, values_only=True))
    assert str(rows[0][0]).startswith("2026-03-05 10:00:00.123") and rows[0][1] == "a, b" and rows[1][0] is None


def test_rows_beyond_the_limit_are_said(folder: Path) -> None:
    """With a limit the sheet holds the first rows, and the first sheet says how many there are and where."""
    book = openpyxl.load_workbook(write_workbook(folder, max_rows=3))
    assert book["texts"].max_row == 4
    note = next(r[4] for r in book["About"].iter_rows(values_only=True) if r[1] == "texts")
    assert note == f"3 of {len(WILD)} rows; all are in tables/texts.parquet"
    with pytest.raises(InputError, match="out of range"):
        write_workbook(folder, max_rows=1_048_576)


def test_the_same_tables_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Written twice, the workbook is the same file."""
    first = sha256(write_workbook(folder))
    assert first == sha256(write_workbook(folder, tmp_path / "again.xlsx"))


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    """The folder is named, and nothing is written."""
    with pytest.raises(CaseError, match="no tables"):
        write_workbook(tmp_path)
    assert list(tmp_path.iterdir()) == []


PAGE = '<!doctype html><html><head><meta charset="utf-8"></head><body><h1>Report</h1><p>Elf Konten</p></body></html>'


@pytest.mark.browser
def test_the_report_is_printed(chromium: str, tmp_path: Path) -> None:
    """With Chromium the PDF holds the words of the page, and no profile is left behind."""
    page = tmp_path / "report.html"
    page.write_text(PAGE, encoding="utf-8")
    pdf = write_pdf(page)
    assert (
        pdf == tmp_path / "report.pdf"
        and pdf.read_bytes().startswith(b"%PDF")
        and sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.pdf"]
    )
    if shutil.which("pdftotext"):
        assert "Elf Konten" in subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout


def test_without_chromium_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one of the outside world and names the way out; a missing report is the caller's."""
    monkeypatch.setattr(_pdf, "find_chromium", lambda: "")
    page = tmp_path / "report.html"
    with pytest.raises(InputError, match="no report to print"):
        write_pdf(page)
    page.write_text(PAGE, encoding="utf-8")
    with pytest.raises(OutsideError, match="INVESTIGATE_CHROMIUM"):
        write_pdf(page)


def test_a_browser_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that writes nothing is an error with its exit code, and no half file stands where the PDF should."""
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 7\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(_pdf, "find_chromium", lambda: str(broken))
    page = tmp_path / "report.html"
    page.write_text(PAGE, encoding="utf-8")
    with pytest.raises(OutsideError, match="exit code 7"):
        write_pdf(page)
    assert not (tmp_path / "report.pdf").exists()
