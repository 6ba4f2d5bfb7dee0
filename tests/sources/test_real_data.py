"""The real public files: known counts, and nothing lost."""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from investigate.sources import Reading, read

Find = Callable[[str], Path]
MERKEL = "ira_merkel_2016-07-18_24.csv.gz"


def complete(reading: Reading) -> bool:
    used = pa.chunked_array(
        [*reading.tables["content"]["source_row"].chunks, *reading.tables["actions"]["source_row"].chunks]
    ).unique()
    aside = reading.tables["set_aside"]["source_row"].combine_chunks()
    rows = sorted([*used.to_pylist(), *aside.to_pylist()])
    return rows == list(range(1, reading.rows_read + 1))


def tagged(reading: Reading, tag: str) -> pa.Table:
    actions = reading.tables["actions"]
    return actions.filter(pc.and_(pc.equal(actions["object_type"], "hashtag"), pc.equal(actions["object_id"], tag)))


@pytest.mark.parametrize(
    ("name", "rows", "copies"),
    [
        (MERKEL, 17_276, 3),
        ("ira_koch_2015-11-20_12-01.csv.gz", 57_560, 82),
        ("ira_election_2016-10-01_14.csv.gz", 64_546, 2_923),
    ],
)
def test_archive_slices(shared_data: Find, name: str, rows: int, copies: int) -> None:
    """Every row of the archive slices is used, or set aside as a copy of an earlier one."""
    reading = read(shared_data(name), "ira_tweets")
    assert reading.rows_read == rows and complete(reading)
    assert reading.tables["set_aside"]["reason"].to_pylist() == ["duplicate"] * copies
    assert reading.tables["content"].num_rows == rows - copies
    assert reading.resolution_s == 60


def test_merkel_muss_bleiben(shared_data: Find) -> None:
    """As published, 5,863 tweets carry the tag, by exactly 51 accounts, all labelled German; one is an exact copy."""
    label = {}
    for option, n in (("keep", 5_863), ("set_aside", 5_862)):
        reading = read(shared_data(MERKEL), "ira_tweets", duplicates=option)
        found = tagged(reading, "merkelmussbleiben")
        assert found.num_rows == len(set(found["content_id"].to_pylist())) == n
        accounts = set(found["account_id"].to_pylist())
        assert len(accounts) == 51
        label = {a["account_id"]: a["source_label"] for a in reading.tables["accounts"].to_pylist()}
        assert {label[a] for a in accounts} == {"German"}


def test_koch_farms(shared_data: Find) -> None:
    """349 tweets by 24 accounts labelled Right and 2 by one labelled left; 3,584 by 120 labelled Koch."""
    reading = read(shared_data("ira_koch_2015-11-20_12-01.csv.gz"), "ira_tweets", duplicates="keep")
    label = {a["account_id"]: a["source_label"] for a in reading.tables["accounts"].to_pylist()}
    accounts = tagged(reading, "kochfarms")["account_id"].to_pylist()
    by_label = {name: [a for a in accounts if label[a] == name] for name in ("Koch", "Right", "left")}
    assert {k: (len(v), len(set(v))) for k, v in by_label.items()} == {
        "Koch": (3_584, 120),
        "Right": (349, 24),
        "left": (2, 1),
    }


def test_organic_control(shared_data: Find) -> None:
    """12,118 tweets by 11,037 accounts, 1,774 of them with line breaks inside, through a column mapping."""
    mapping = {"account_id": "screen_name", "created_at": "created_at", "text": "text", "content_id": "id"}
    path = shared_data("control_mayweather_2017-08-27.hashed.csv.gz")
    reading = read(path, "csv", mapping=mapping)
    assert reading.rows_read == reading.tables["content"].num_rows == 12_118
    assert reading.tables["accounts"].num_rows == 11_037
    assert reading.tables["set_aside"].num_rows == 0 and reading.resolution_s == 1
    assert pc.sum(pc.match_substring(reading.tables["content"]["text"], "\n")).as_py() == 1_774
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream)]
    assert reading.tables["content"]["text"].to_pylist() == texts


def test_cooRTweet_example(shared_data: Find, tmp_path: Path) -> None:
    """35,125 rows: one exact copy is set aside, 35,085 contents, and 39 contents that act on two objects."""
    with tarfile.open(shared_data("coortweet_russian.tar.gz")) as archive:
        member = archive.extractfile("coortweet/russian_coord_tweets.csv.gz")
        assert member is not None
        path = tmp_path / "russian.csv.gz"
        path.write_bytes(member.read())
    reading = read(path, "coortweet")
    assert reading.rows_read == 35_125 and complete(reading)
    assert reading.tables["content"].num_rows == 35_085
    assert reading.tables["actions"].num_rows == 35_124
    assert reading.tables["accounts"].num_rows == 9_509
    assert reading.tables["set_aside"]["reason"].to_pylist() == ["duplicate"]
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        objects = {(r["content_id"], r["object_id"]) for r in csv.DictReader(stream)}
    actions = reading.tables["actions"]
    assert set(zip(actions["content_id"].to_pylist(), actions["object_id"].to_pylist(), strict=True)) == objects
    # What coordination-network-toolkit reads: the first row of each content.
    first = dict(zip(*(reading.tables["content"][c].to_pylist() for c in ("content_id", "source_row")), strict=True))
    kept = [a for a in actions.to_pylist() if first[a["content_id"]] == a["source_row"]]
    assert len(kept) == 35_085


@pytest.mark.parametrize(("name", "rows"), [("sim1_input.csv.gz", 552), ("sim2_input.csv.gz", 6_270)])
def test_simulated_input(shared_data: Find, name: str, rows: int) -> None:
    """The peers' simulated tables read whole."""
    reading = read(shared_data(f"peer_results/simulated/{name}"), "coortweet")
    assert reading.rows_read == reading.tables["actions"].num_rows == rows
    assert reading.tables["set_aside"].num_rows == 0


def test_the_archive_read_as_any_table_agrees(shared_data: Find) -> None:
    """The fixed reader and the mapped one see the same tags in the same rows."""
    path = shared_data(MERKEL)
    mapping = {
        "account_id": "author_id",
        "created_at": "publish_date",
        "text": "content",
        "platform": "constant:twitter",
    }
    one = read(path, "ira_tweets", duplicates="keep").tables["actions"]
    two = read(path, "csv", mapping=mapping, duplicates="keep").tables["actions"]
    tags = [t.filter(pc.equal(t["object_type"], "hashtag")) for t in (one, two)]
    assert tags[0].equals(tags[1])


def test_a_cut_download_is_refused(shared_data: Find, tmp_path: Path) -> None:
    """Half of a real file is not read as half a week."""
    from investigate.errors import InputError

    cut = tmp_path / MERKEL
    cut.write_bytes(io.BytesIO(shared_data(MERKEL).read_bytes()).read(400_000))
    with pytest.raises(InputError, match="cut off"):
        read(cut, "ira_tweets")
