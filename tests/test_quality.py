"""The data-quality report counts what was read, what was not, and where the data have holes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from investigate.quality import Gap, quality_report
from investigate.sources import Reading, read

DATA = Path(__file__).parent / "sources" / "data"


@pytest.fixture(scope="module")
def archive() -> Reading:
    return read(DATA / "ira_tweets.csv", "ira_tweets")


def table(tmp_path: Path, *rows: str) -> Reading:
    path = tmp_path / "export.csv"
    path.write_text("who,when,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read(path, "csv", mapping={"account_id": "who", "created_at": "when", "text": "text"})


def test_rows_add_up(archive: Reading) -> None:
    """Used and set aside are all rows, and the reasons are all set aside, each with its first case."""
    report = quality_report(archive)
    assert report.rows_read == 7 == report.rows_kept + report.rows_set_aside
    assert report.set_aside == {"duplicate": 1, "missing_account": 1, "missing_time": 1}
    assert report.set_aside_examples["missing_time"] == "row 6: column 'publish_date' is empty"
    assert report.duplicate_share == pytest.approx(1 / 7)


def test_what_is_in_it(archive: Reading) -> None:
    """Accounts, contents, actions and distinct objects by type, span, resolution, texts."""
    report = quality_report(archive)
    assert (report.accounts, report.contents) == (3, 4)
    assert report.actions_by_type == {"hashtag": 4, "mention": 1, "text": 3, "url": 2}
    assert report.objects_by_type == {"hashtag": 2, "mention": 1, "text": 1, "url": 1}
    assert report.actions == sum(report.actions_by_type.values())
    assert report.first_at == "2031-05-01T10:00:00+00:00" and report.last_at == "2031-05-01T10:07:00+00:00"
    assert report.smallest_window_s == 120
    assert report.repeated_text_share == 0.5 and report.broken_text_share == 0.25
    assert report.busiest_account_share == 0.5


def test_gaps_in_the_hours(tmp_path: Path) -> None:
    """Runs of hours without any content are listed, the longest first, with their ends."""
    hours = ["2031-05-01 00:30:01", "2031-05-01 01:00:00", "2031-05-01 05:59:59", "2031-05-02 06:00:00"]
    report = quality_report(table(tmp_path, *(f"anna,{h},x{i}" for i, h in enumerate(hours))))
    assert report.hours == 31 and report.hours_empty == 27
    assert report.gaps == (
        Gap("2031-05-01T06:00:00+00:00", "2031-05-02T06:00:00+00:00", 24),
        Gap("2031-05-01T02:00:00+00:00", "2031-05-01T05:00:00+00:00", 3),
    )


def test_a_source_without_texts() -> None:
    """Shares of texts are unknown, not zero, where there are none."""
    report = quality_report(read(DATA / "coortweet.csv", "coortweet"))
    assert report.repeated_text_share is None and report.broken_text_share is None
    assert "texts" not in str(report).split("note:")[0]


def test_it_prints_and_goes_into_json(archive: Reading) -> None:
    """The printed report holds every note and reason; the JSON form survives a round trip."""
    report = quality_report(archive)
    shown = str(report)
    assert all(f"note: {note}" in shown for note in archive.notes)
    assert all(reason in shown for reason in report.set_aside)
    assert json.loads(json.dumps(report.as_dict()))["set_aside"] == report.set_aside
    assert report == quality_report(archive)


def test_a_queue_is_told_as_a_queue(tmp_path: Path) -> None:
    """Tickets are counted and dated; what only posts have is left out of the words, and stays in the JSON."""
    path = tmp_path / "queue.csv"
    path.write_text("id,at\n1,2026-01-05T10:00:00Z\n2,2026-01-06T11:00:00Z\n2,2026-01-06T11:00:00Z\n", encoding="utf-8")
    report = quality_report(read(path, "queue_csv", mapping={"escalation_id": "id", "opened_at": "at"}))
    words = dict(report.rows())
    assert words["escalations"] == "2" and words["first"] == "2026-01-05T10:00:00+00:00"
    assert words["last"] == "2026-01-06T11:00:00+00:00" and words["time resolution"] == f"{report.resolution_s:g} s"
    assert not {"accounts", "contents", "actions", "busiest account", "hours without content"} & set(words)
    assert report.as_dict()["others"] == {"escalations": 2} and report.as_dict()["contents"] == 0
