"""What every registered source must do, tried on one sample each."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from investigate.errors import InputError
from investigate.sources import SOURCES, Reading
from investigate.tables import OPTIONAL, TABLES

DATA = Path(__file__).parent / "data"
SAMPLES: dict[str, tuple[str, dict[str, Any], int]] = {
    "ad_library": ("ad_library.jsonl", {}, 8),
    "csv": ("csv.csv", {"mapping": DATA / "csv.toml"}, 6),
    "ira_tweets": ("ira_tweets.csv", {}, 7),
    "coortweet": ("coortweet.csv", {}, 7),
    "media_hashes": ("media_hashes.csv", {}, 8),
    "telegram_news": ("telegram_news.csv", {}, 6),
    # The samples that are no text are written by make_archives.py.
    "disinfo_laundromat": ("disinfo_laundromat.tar", {}, 19),
    "ira_facebook_ads": ("ira_facebook_ads.db", {}, 9),
    "meta_threat_research": ("meta_threat_research.tar", {}, 10),
    "github_transparency": ("github_transparency.tar", {}, 12),
    "queue_csv": ("queue_csv.csv", {"mapping": DATA / "queue_csv.toml"}, 7),
    "uci_incident_log": ("uci_incident_log.csv", {}, 9),
}
"""Source -> its sample, the options to read it with, and the rows it holds."""

WITHOUT_CONTENT = {"github_transparency": "counts", "queue_csv": "escalations", "uci_incident_log": "escalations"}
"""Sources of queues and published figures -> the table that holds their rows; accounts, contents and actions stay empty."""
SEVERAL_ROWS = {"uci_incident_log": ("number", "escalation_id")}
"""Sources that fold several rows of the file into one: the file's column and the table's that say which."""

names = pytest.mark.parametrize("name", SOURCES.names())


def reading(name: str, path: Path | None = None) -> Reading:
    sample, options, _ = SAMPLES[name]
    return SOURCES.get(name).read(path or DATA / sample, **options)


def rows_of(read: Reading, table: str) -> set[int]:
    return set(read.tables[table]["source_row"].to_pylist())


def test_every_source_has_a_sample() -> None:
    """A source without a sample is not tested by anything here."""
    assert set(SAMPLES) == set(SOURCES.names())


@names
def test_declares_what_it_is(name: str) -> None:
    """The lists, the documentation and the command line print these."""
    source = SOURCES.get(name)
    assert source.title and source.summary.endswith(".") and source.caveat.endswith(".")
    assert source.needs and source.suffixes
    assert all(s.startswith(".") for s in source.suffixes)
    assert source.read.__doc__


@names
def test_reads_into_the_declared_tables(name: str) -> None:
    """The four tables and any optional ones, each with exactly the declared columns and types, required ones filled, keys
    unique."""
    read = reading(name)
    assert read.rows_read == SAMPLES[name][2]
    assert set(TABLES) <= set(read.tables) <= {*TABLES, *OPTIONAL}
    for key, table in read.tables.items():
        declared = (TABLES | OPTIONAL)[key]
        assert table.schema.equals(declared.schema), key
        for column in declared.required:
            assert table[column].null_count == 0, (key, column)
        if key != "set_aside":
            keys = list(zip(*(table[c].to_pylist() for c in declared.key), strict=True))
            assert len(set(keys)) == len(keys), key
            holds = WITHOUT_CONTENT.get(name)
            assert bool(keys) == (key == holds if holds else True), key


@names
def test_loses_no_row(name: str) -> None:
    """Every row of the file is used or set aside, never both, never twice."""
    read = reading(name)
    used = rows_of(read, "content") | rows_of(read, "actions")
    if name in WITHOUT_CONTENT:
        used = rows_of(read, WITHOUT_CONTENT[name])
    aside = read.tables["set_aside"]["source_row"].to_pylist()
    assert len(set(aside)) == len(aside) > 0
    if name in SEVERAL_ROWS:
        column, key = SEVERAL_ROWS[name]
        lines = (DATA / SAMPLES[name][0]).read_text().splitlines()
        at = lines[0].split(",").index(column)
        kept = set(read.tables[WITHOUT_CONTENT[name]][key].to_pylist())
        of_kept = {i for i, line in enumerate(lines[1:], 1) if line.split(",")[at] in kept and i not in aside}
        assert used <= of_kept
        used = of_kept
    assert used | set(aside) == set(range(1, read.rows_read + 1))
    assert not used & set(aside)


@names
def test_tables_fit_together(name: str) -> None:
    """Actions and contents name accounts and contents that exist, and agree on them."""
    read = reading(name)
    accounts = set(read.tables["accounts"]["account_id"].to_pylist())
    content = {r["content_id"]: r for r in read.tables["content"].to_pylist()}
    assert {r["account_id"] for r in content.values()} == accounts
    for action in read.tables["actions"].to_pylist():
        behind = content[action["content_id"]]
        assert action["account_id"] == behind["account_id"]
        assert action["acted_at"] == behind["created_at"]


@names
def test_reading_twice_gives_the_same(name: str) -> None:
    """Tables, order of rows, notes and resolution are the same each time."""
    one, two = reading(name), reading(name)
    assert one.notes == two.notes and one.resolution_s == two.resolution_s
    for key in one.tables:
        assert one.tables[key].equals(two.tables[key]), key


@names
def test_times_are_utc(name: str) -> None:
    """Every time column carries the zone UTC."""
    for table in reading(name).tables.values():
        assert all(f.type.tz == "UTC" for f in table.schema if pa.types.is_timestamp(f.type))


@names
def test_gzip_reads_the_same(name: str, tmp_path: Path) -> None:
    """A gzipped file gives the tables of the plain one."""
    packed = tmp_path / f"{SAMPLES[name][0]}.gz"
    packed.write_bytes(gzip.compress((DATA / SAMPLES[name][0]).read_bytes()))
    one, two = reading(name), reading(name, packed)
    assert all(one.tables[key].equals(two.tables[key]) for key in one.tables)


@names
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_refuses_a_cut_gzip(name: str, share: float, tmp_path: Path) -> None:
    """A part of an export is never read as if it were the whole."""
    whole = gzip.compress((DATA / SAMPLES[name][0]).read_bytes())
    cut = tmp_path / f"{SAMPLES[name][0]}.gz"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match="cut off") as caught:
        reading(name, cut)
    assert caught.value.where == str(cut) and caught.value.do


@names
def test_refuses_a_damaged_gzip(name: str, tmp_path: Path) -> None:
    """A flipped byte in a packed file is found by its checksum."""
    packed = bytearray(gzip.compress((DATA / SAMPLES[name][0]).read_bytes()))
    packed[-6] ^= 0xFF
    damaged = tmp_path / f"{SAMPLES[name][0]}.gz"
    damaged.write_bytes(packed)
    with pytest.raises(InputError, match="damaged"):
        reading(name, damaged)


@names
def test_refuses_an_unknown_option(name: str) -> None:
    """A misspelt option is named with the nearest one, not ignored."""
    nearest = next(iter(SOURCES.get(name).options))
    with pytest.raises(InputError, match=f"'{nearest}x' \\(nearest: '{nearest}'\\)"):
        SOURCES.get(name).read(DATA / SAMPLES[name][0], **{f"{nearest}x": ","})


@names
def test_every_declared_option_is_taken(name: str) -> None:
    """The options a source lists are parameters of its reader."""
    source = SOURCES.get(name)
    code = source.read.__code__
    parameters = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    assert set(source.options) == parameters - {"path"}


def test_long_identifiers_stay_whole() -> None:
    """A 19-digit number is not representable as a float; here it keeps its last digit."""
    read = reading("coortweet")
    assert "9007199254740993001" in read.tables["actions"]["object_id"].to_pylist()
    assert "1000000000000000001" in read.tables["accounts"]["account_id"].to_pylist()
    assert "9007199254740993001" in reading("csv").tables["content"]["content_id"].to_pylist()
