"""The case log: what was changed, dropped, added or reordered is named; a crash is told from a forgery."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from investigate.errors import TamperError
from investigate.log import Log


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path / "log.jsonl", now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    for i in range(5):
        log.append("step", number=i, text="Übung ✓")
    return log


def lines(log):
    return log.path.read_text(encoding="utf-8").splitlines(keepends=True)


def write(log, rows):
    log.path.write_text("".join(rows), encoding="utf-8", newline="\n")


def test_a_whole_log_verifies_and_holds_what_was_written(log):
    """Five entries, in order, chained, none missing."""
    assert log.verify() == []
    assert [e["data"]["number"] for e in log.entries()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_changed_entry_is_named(log, at):
    """Any byte of any entry: the entry's line is named."""
    rows = lines(log)
    rows[at] = rows[at].replace(f'"number": {at}', '"number": 99')
    write(log, rows)
    assert f"line {at + 1}" in log.verify()[0] and "changed" in log.verify()[0]


@pytest.mark.parametrize("at", [0, 2])
def test_a_dropped_entry_is_named(log, at):
    """A line taken out of the middle or the start shows at its place."""
    rows = lines(log)
    del rows[at]
    write(log, rows)
    assert f"line {at + 1}" in log.verify()[0] and "dropped" in log.verify()[0]


def test_entries_dropped_at_the_end_are_noticed(log):
    """The chain alone cannot see a cut tail; the head file does."""
    write(log, lines(log)[:-2])
    assert "2 entries are missing at the end" in log.verify()[0]


def test_reordered_and_added_entries_are_noticed(log):
    """Two lines swapped; lines appended with a valid chain but beyond the recorded end."""
    rows = lines(log)
    write(log, [rows[0], rows[2], rows[1], *rows[3:]])
    assert "reordered" in log.verify()[0]
    write(log, rows)
    head = log.head_path.read_text()
    log.append("later")
    log.append("later")
    log.head_path.write_text(head)
    assert "beyond the recorded end" in log.verify()[0]


def test_a_line_cut_short_by_a_crash_is_set_aside(log):
    """Half a line does not count, is kept in a file beside, and writing goes on."""
    with log.path.open("ab") as file:
        file.write(b'{"seq": 6, "kind"')
    assert log.torn and log.verify() == [] and len(log.entries()) == 5
    log.append("after the crash")
    assert log.verify() == [] and len(log.entries()) == 6
    assert log.path.with_suffix(".torn").read_bytes() == b'{"seq": 6, "kind"'


def test_a_crash_before_the_head_is_written_is_no_forgery(log):
    """One entry more than the head says is how a crash between the two writes looks."""
    head = log.head_path.read_text()
    log.append("step", number=5)
    log.head_path.write_text(head)
    assert log.verify() == []


def test_nothing_is_added_to_a_broken_log(log):
    """Appending refuses, so that a broken chain is not buried."""
    rows = lines(log)
    rows[1] = "not json\n"
    write(log, rows)
    assert "line 2" in log.verify()[0]
    with pytest.raises(TamperError, match="nothing is added"):
        log.append("step")
    assert json.loads(lines(log)[0])["seq"] == 1
