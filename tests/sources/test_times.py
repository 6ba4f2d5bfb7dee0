"""Times: what is understood, what is refused, and what the clock's step is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.sources._times import Times, parse_times

MOMENT = datetime(2031, 5, 1, 8, 0, 1, tzinfo=UTC)
SECONDS = int(MOMENT.timestamp())


def parse(*values: str | None, time_format: str | None = None) -> Times:
    return parse_times(
        pa.chunked_array([pa.array(values, pa.string())]), name="when", where="file", time_format=time_format
    )


def moments(times: Times) -> list[datetime | None]:
    return times.at.cast(pa.timestamp("us", "UTC")).to_pylist()


@pytest.mark.parametrize(
    "written",
    [
        "2031-05-01 08:00:01",
        "2031-05-01T08:00:01Z",
        "2031-05-01T08:00:01.000+00:00",
        "2031-05-01 10:00:01 +0200",
        "2031-05-01T03:00:01-05:00",
        "2031-05-01 08:00:01 UTC",
        "2031/05/01 08:00:01",
        "Thu May 01 08:00:01 +0000 2031",
        "Thu, 01 May 2031 08:00:01 GMT",
        " 2031-05-01 08:00:01 ",
        str(SECONDS),
        f"{SECONDS}.0",
        f"{SECONDS}000",
        f"{SECONDS}000000",
        f"{SECONDS}000000000",
        "1.935388801e9",
    ],
)
def test_ways_to_write_one_moment(written: str) -> None:
    """All of these are 08:00:01 UTC on 1 May 2031."""
    assert moments(parse(written)) == [MOMENT]


@pytest.mark.parametrize(
    "written", ["01/05/2031 08:00", "5/1/31", "1 May", "soon", "20310501", "2031-13-01", "nan", "inf"]
)
def test_what_is_not_guessed(written: str) -> None:
    """Dates whose order is unknown, and words, are refused with the way to say what they are."""
    if written == "20310501":
        assert parse(written, "2031-05-01", "2031-05-02").reason.to_pylist() == ["bad_time", "", ""]
    else:
        with pytest.raises(InputError, match="no value of column 'when' is a time.*time_format="):
            parse(written)


def test_a_stated_pattern_decides_the_order() -> None:
    """03/04 is 3 April or 4 March, as the caller says."""
    assert moments(parse("03/04/2031 10:00", time_format="%d/%m/%Y %H:%M"))[0] == datetime(2031, 4, 3, 10, tzinfo=UTC)
    assert moments(parse("03/04/2031 10:00", time_format="%m/%d/%Y %H:%M"))[0] == datetime(2031, 3, 4, 10, tzinfo=UTC)
    assert moments(parse(f"{SECONDS}500", time_format="epoch_ms"))[0] == MOMENT + timedelta(milliseconds=500)


def test_the_unit_is_judged_from_the_whole_column() -> None:
    """Milliseconds are converted with a note; a value in seconds among them is set aside, not taken for 1970."""
    times = parse(f"{SECONDS}000", f"{SECONDS}123", str(SECONDS))
    assert moments(times) == [MOMENT, MOMENT + timedelta(milliseconds=123), None]
    assert times.reason.to_pylist() == ["", "", "implausible_time"]
    assert times.detail.to_pylist()[2] == f"'{SECONDS}' looks like seconds in a column of milliseconds"
    assert times.notes == ["'when' holds milliseconds since 1970; all of it was converted."]


def test_the_unit_counts_rows_not_distinct_values() -> None:
    """Two odd values do not outvote a frequent one."""
    times = parse(*[str(SECONDS)] * 5, f"{SECONDS}000", f"{SECONDS}001")
    assert times.at.null_count == 2


def test_numbers_among_written_times_are_set_aside() -> None:
    """A column that changes its form half-way was put together from two exports; that is said."""
    times = parse("2031-05-01 08:00:01", "2031-05-01 08:00:02", str(SECONDS))
    assert times.reason.to_pylist() == ["", "", "bad_time"]
    assert any("mixes written times and numbers" in n for n in times.notes)


@pytest.mark.parametrize(
    "written", ["1970-01-01", "1989-12-31 23:59:59", "2100-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00"]
)
def test_implausible_times(written: str) -> None:
    """Zero, default and far-off dates are placeholders, not times of posts."""
    assert parse(written, "2031-05-01").reason.to_pylist() == ["implausible_time", ""]


def test_missing_times() -> None:
    """An empty cell has its own reason."""
    times = parse(None, "2031-05-01")
    assert times.reason.to_pylist() == ["missing_time", ""] and times.detail.to_pylist()[0] == "column 'when' is empty"


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (["2031-05-01 08:00:00", "2031-05-01 08:01:00", "2031-05-01 09:02:00"], 60),
        (["2031-05-01 08:00:00", "2031-05-01 09:00:00", "2031-05-02 10:00:00"], 3600),
        (["2031-05-01", "2031-05-02", "2031-05-03"], 86400),
        (["2031-05-01 08:00:00", "2031-05-01 08:01:00", "2031-05-01 09:02:01"], 1),
        ([str(SECONDS - 1), str(SECONDS + 59), str(SECONDS + 119)], 60),
        # Too few to tell a coarse clock from chance, unless the way of writing has no seconds.
        (["2031-05-01 08:00:00"], 1),
        (["2031-05-01 08:00"], 60),
        (["2031-05-01"], 86400),
    ],
)
def test_resolution(values: list[str], step: int) -> None:
    """The clock's step is the coarsest on which all times lie."""
    assert parse(*values).resolution_s == step


@settings(deadline=None, max_examples=200)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.timezones())
def test_any_zone_comes_back_as_utc(moment: datetime, zone: object) -> None:
    """Whatever the zone, the moment is the same to the microsecond."""
    local = moment.replace(tzinfo=UTC).astimezone(zone)  # type: ignore[arg-type]
    if local.utcoffset().seconds % 60 == 0:  # type: ignore[union-attr]
        assert moments(parse(local.isoformat())) == [moment.replace(tzinfo=UTC)]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_hostile_values_never_crash(values: list[str]) -> None:
    """Any text is a time, a counted reason, or one clear error."""
    try:
        times = parse(*values)
    except InputError:
        return
    assert pc.equal(pc.is_null(times.at), pc.not_equal(times.reason, "")).to_pylist() == [True] * len(values)
