"""The table of ads: ranges in every spelling, damaged identifiers, secrets left out, and totals that miss nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from investigate.errors import InputError, TooFewRowsError
from investigate.sources import Reading, read
from investigate.sources._ads import bounds

DATA = Path(__file__).parent / "data"


def ads(reading: Reading) -> pd.DataFrame:
    return reading.tables["ads"].to_pandas().set_index("content_id")


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as JSON, JSON Lines or CSV, as the suffix says."""
    if path.suffix == ".json":
        path.write_text(json.dumps({"data": rows, "paging": {}}), encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    else:
        names = list(dict.fromkeys(n for r in rows for n in r))
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, names)
            out.writeheader()
            out.writerows({n: json.dumps(v) if isinstance(v, (dict, list)) else v for n, v in r.items()} for r in rows)
    return path


ROWS: list[dict[str, object]] = [
    {
        "id": "9007199254740993001",
        "page_id": "9007199254740993999",
        "page_name": "One",
        "ad_delivery_start_time": "2024-03-01",
        "ad_delivery_stop_time": "2024-03-04",
        "ad_creative_bodies": ["Ten words that are enough to make up a text here"],
        "currency": "EUR",
        "spend": {"lower_bound": "100", "upper_bound": "199"},
        "bylines": "One Ltd",
    },
    {
        "id": "9007199254740993002",
        "page_id": "9007199254740993999",
        "page_name": "One more",
        "ad_delivery_start_time": "2024-03-02",
        "ad_creative_bodies": ["Other"],
        "currency": "EUR",
        "spend": {"lower_bound": "1000"},
    },
]


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv"])
def test_every_format_says_the_same(tmp_path: Path, suffix: str) -> None:
    """19-digit numbers, ranges and lists come out alike of JSON, JSON Lines and CSV."""
    found = ads(read(written(tmp_path / f"ads{suffix}", ROWS), "ad_library"))
    assert list(found.index) == ["facebook_ad:9007199254740993001", "facebook_ad:9007199254740993002"]
    assert set(found["account_id"]) == {"facebook:9007199254740993999"}
    assert found["spend_low"].tolist() == [100, 1000]
    assert found["spend_high"].iloc[0] == 199 and pd.isna(found["spend_high"].iloc[1])
    assert found["page_name"].tolist() == ["One", "One more"]
    assert found["status"].tolist() == ["ended", "active"]


@pytest.mark.parametrize(
    ("cells", "low", "high", "odd"),
    [
        (("0", "99", None), 0, 99, ""),
        (("1,000", None, None), 1000, None, ""),
        ((None, "99", None), 0, 99, ""),
        ((None, None, "100-499"), 100, 499, ""),
        ((None, None, "lower_bound: 0, upper_bound: 99"), 0, 99, ""),
        ((None, None, '{"lower_bound": "5", "upper_bound": "9"}'), 5, 9, ""),
        ((None, None, "161.23"), 161.23, 161.23, ""),
        (("300", "200", None), None, None, "has a lower bound above the upper one"),
        (("lots", "200", None), None, None, "is no amount"),
        ((None, None, "-5"), None, None, "is no amount"),
        ((None, None, None), None, None, ""),
    ],
)
def test_ranges(cells: tuple[str | None, ...], low: float | None, high: float | None, odd: str) -> None:
    """A range is read as written, never mended: an open end stays open, an impossible one is named."""
    found = bounds(*cells)
    assert (found.low, found.high, found.odd) == (low, high, odd)


def test_no_access_token_enters_the_tables() -> None:
    """The link to the snapshot carries a secret: it is in no table, not even in the rows set aside."""
    reading = read(DATA / "ad_library.jsonl", "ad_library")
    said = " ".join(str(table.to_pydict()) for table in reading.tables.values()) + " ".join(reading.columns_used)
    assert "SECRET" not in said and "access_token" not in said
    assert any("access token" in note for note in reading.notes)


def test_numbers_cut_by_a_floating_point_column(tmp_path: Path) -> None:
    """All digits still there: mended; digits lost: set aside, and in no table of ads, because it may be several ads."""
    rows = [{**ROWS[0], "id": i} for i in ("123456789012345.0", "9007199254740993000.0", "9.00719925474099E+18")]
    reading = read(written(tmp_path / "ads.csv", rows), "ad_library")
    assert list(ads(reading).index) == ["facebook_ad:123456789012345"]
    assert reading.tables["set_aside"]["reason"].to_pylist() == ["damaged_id", "damaged_id"]


def test_ads_set_aside_keep_their_amounts() -> None:
    """An ad without a start has no content and still counts as money spent."""
    reading = read(DATA / "ad_library.jsonl", "ad_library")
    contents = set(reading.tables["content"]["content_id"].to_pylist())
    assert set(ads(reading).index) - contents == {"facebook_ad:900719925474099304"}


def test_where_ads_lead_comes_from_a_table(tmp_path: Path) -> None:
    """The library does not say where an ad leads; a table of two columns does, and its strangers are counted."""
    table = tmp_path / "landing.csv"
    table.write_text(
        "ad,link\n9007199254740993001,https://www.shop.com/a?fbclid=1\n77,https://x.com\n", encoding="utf-8"
    )
    reading = read(written(tmp_path / "ads.jsonl", ROWS), "ad_library", landing=table)
    assert ads(reading)["landing_domain"].fillna("").tolist() == ["shop.com", ""]
    assert any("1 ads of the table of landing links are not in the export" in n for n in reading.notes)


def test_without_any_end_the_status_is_not_known(tmp_path: Path) -> None:
    """A missing end means 'runs' only where other ads have one."""
    found = ads(read(written(tmp_path / "ads.jsonl", ROWS[1:]), "ad_library"))
    assert found["status"].isna().all()


def test_what_is_missing_is_named_at_once(tmp_path: Path) -> None:
    """Three columns lack: one message, with the nearest names."""
    path = tmp_path / "ads.csv"
    path.write_text("ad_idd,pageid,begin\n1,2,2024-03-01\n", encoding="utf-8")
    with pytest.raises(InputError, match="the ad: .*nearest: 'ad_idd'.*the page: .*nearest: 'pageid'.*the start"):
        read(path, "ad_library")


@pytest.mark.parametrize("text", ["{}", '{"data": 5}', "5", "[1, 2]", '[{"id": 1}', "[]"])
def test_json_that_is_no_list_of_ads(tmp_path: Path, text: str) -> None:
    """Refused in words."""
    path = tmp_path / "ads.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((InputError, TooFewRowsError)):
        read(path, "ad_library")


def test_every_rouble_of_the_released_ads(shared_data) -> None:
    """All 3,498 ads are in the table, with RUB 5,822,554.92 and USD 109.33, though 40 of them have no content."""
    reading = read(shared_data("ira_facebook_ads.tar.gz"), "ira_facebook_ads")
    found = ads(reading)
    assert len(found) == 3_498 and reading.tables["content"].num_rows == 3_458
    assert found.groupby("currency")["spend_high"].sum().round(2).to_dict() == {"RUB": 5_822_554.92, "USD": 109.33}
    assert (found["spend_low"] == found["spend_high"]).all()
    assert found["currency"].value_counts().to_dict() == {"RUB": 2_533, "USD": 965}
    assert int((found["impressions_high"] == 0).sum()) == 911 and int(found["ended_at"].isna().sum()) == 1_140
