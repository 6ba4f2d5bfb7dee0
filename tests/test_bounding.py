"""A case restricted to a period: what every stage reads, what is let go, what comes back."""

from __future__ import annotations

import pytest

from investigate.case import Case
from investigate.errors import InputError
from investigate.period import Period, period
from investigate.study import Study

ROWS = [
    ("ann", "1", "2026-03-01T10:00:00Z", "see https://one.example/a"),
    ("ben", "2", "2026-03-01T10:00:20Z", "see https://one.example/a"),
    ("ann", "3", "2026-03-02T00:00:00Z", "see https://two.example/b"),
    ("ben", "4", "2026-03-02T10:00:00Z", "see https://two.example/b"),
    ("cat", "5", "2026-03-03T00:00:00Z", "see https://six.example/c"),
]


@pytest.fixture
def case(tmp_path):
    file = tmp_path / "posts.csv"
    lines = ["account,post_id,time,text", *(",".join(row) for row in ROWS)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = Case.create(tmp_path / "case")
    mapping = {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text"}
    made.load(file, "csv", mapping=mapping)
    return made


def ids(case):
    return case.sql("select content_id from content order by 1")["content_id"].str.rpartition(":")[2].tolist()


def test_start_counts_and_end_does_not(case):
    """A row at the start of the period belongs to it, a row at its end does not; actions follow their contents."""
    case.between("2026-03-02", "2026-03-03")
    assert ids(case) == ["3", "4"]
    assert case.connection().sql("select count(distinct content_id) from actions").fetchall() == [(2,)]


def test_every_stage_reads_the_period(case):
    """Relating inside a period finds nothing that happened outside it; lifting the period brings it back."""
    case.between("2026-03-02", "2026-03-04")
    assert case.relate(["co_url"], min_shared=1).empty
    case.between()
    assert len(case.relate(["co_url"], min_shared=1)) == 1
    assert len(ids(case)) == 5


def test_times_with_a_zone_are_converted(case):
    """Midnight in a market's own zone is another moment than midnight UTC."""
    case.between("2026-03-02T00:00:00-10:00", "2026-03-03T05:00:00+05:00")
    assert case.period.start == "2026-03-02T10:00:00+00:00" and ids(case) == ["4"]
    with pytest.raises(InputError, match="nothing in the data"):
        case.between("2026-03-02T00:30+00:00", "2026-03-02T09:00+00:00")


def test_results_of_another_period_are_let_go(case):
    """After another period is set, neither studies nor findings of the old one are shown; back in it, they are."""
    case.between("2026-03-01", "2026-03-02")
    case.conclude(Study(name="rapid_triage", bottom_line="one"))
    case.between("2026-03-01T00:00", "2026-03-02T00:00Z")
    assert list(case.studies) == ["rapid_triage"]
    case.between("2026-03-02", "2026-03-03")
    assert case.studies == {} and case.settings is None
    case.between("2026-03-01", "2026-03-02")
    assert list(case.studies) == ["rapid_triage"]


def test_a_case_opens_with_the_period_of_its_results(case):
    """Results and what is read beside them belong together after the case is opened again."""
    case.between("2026-03-01", "2026-03-02")
    case.conclude(Study(name="rapid_triage", bottom_line="one"))
    again = Case.open(case.path)
    assert again.period == case.period and ids(again) == ["1", "2"]
    assert case.verify() == []


def test_what_came_before_can_be_asked_for(case):
    """The baseline is what the case holds from before the period, and nothing of the period itself."""
    assert case.before() is None
    case.between("2026-03-02", "2026-03-03")
    with case.before() as before:
        assert before.sql("select count(*) from content").fetchall() == [(2,)]


def test_the_log_says_which_period(case):
    """Who reads the log later sees what was left out."""
    case.between("2026-03-01", "2026-03-02")
    last = case.log.entries()[-1]
    assert last["kind"] == "period_set"
    assert last["data"] == {"start": "2026-03-01T00:00:00+00:00", "end": "2026-03-02T00:00:00+00:00"}


def test_bad_periods_are_refused_together():
    """Two texts that are no times are both named; an end before the start is refused."""
    with pytest.raises(InputError, match=r"window_start 'soon'.*window_end 'later'"):
        period("soon", "later")
    with pytest.raises(InputError, match="ends .* before it starts"):
        period("2026-03-02", "2026-03-01")
    assert not Period() and str(period("2026-03-02")) == "from 2026-03-02 00:00 UTC"
