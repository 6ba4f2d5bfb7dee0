"""Similar media as a relation: perceptual hashes within a distance, exact hashes left to co_media."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from posts_of_rows import of_reading, posts

from investigate.engines import co_action
from investigate.relations import RELATIONS, available, similar_media
from investigate.sources import read

TESTS = Path(__file__).parents[1]
with (TESTS / "similar" / "bridge_pdq.csv").open(encoding="utf-8") as handle:
    BRIDGE = {row["file"]: row["hash"] for row in csv.DictReader(handle)}
ORIGINAL, SMALL, TURNED = (BRIDGE[f"{n}.jpg"] for n in ("aaa-orig", "shrink-a-lot", "bridge-2-rotate-90"))
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

ROWS = [
    ("A", "a1", 0, "", [ORIGINAL, SHA]),
    ("B", "b1", 20, "", [SMALL]),
    ("C", "c1", 30, "", [TURNED, "phash:" + "c3" * 8]),
    ("D", "d1", 40, "", [SHA, "pdq:" + "0" * 64, "phash:" + "c3" * 7 + "c2"]),
    ("E", "e1", 50, "", ["pdq:" + "0" * 64]),
]


def linked(con, relation, window=60.0):
    return {(r.account_a, r.account_b) for r in co_action(con, relation, window).edges.itertuples()}


def test_links_edited_copies_and_nothing_else():
    """The shrunk copy and the near pHash; not the turned copy, not equal SHA-256, not two blank pictures."""
    con = posts(ROWS)
    assert linked(con, "similar_media") == {("A", "B"), ("C", "D")}
    assert linked(con, "co_media") == {("A", "D"), ("D", "E")}


def test_evidence_shows_the_distance_of_the_two():
    rows = RELATIONS.get("similar_media").evidence(posts(ROWS), 60.0, "B", "A")
    assert rows["distance"].tolist() == [16]
    assert (rows["hash_a"][0], rows["hash_b"][0]) == (ORIGINAL, SMALL)
    assert rows["object_id"].tolist() == [min(ORIGINAL, SMALL)]
    empty = RELATIONS.get("similar_media").evidence(posts(ROWS), 60.0, "A", "E")
    assert empty.empty and {"distance", "hash_a", "hash_b"} <= set(empty.columns)


def test_what_was_not_compared_is_counted():
    con = posts([*ROWS, ("F", "f1", 60, "", ["phash:" + "a5" * 32])])
    said = " ".join(similar_media.notes(con))
    assert "1 hashes were not compared: featureless" in said and "2 of 8 media objects" in said
    table = similar_media.coverage(con).set_index(["algorithm", "bits"])
    assert table.loc[("pdq", 256), "n_hashes"] == 4 and table.loc[("pdq", 256), "compared"]
    assert not table.loc[("phash", 256), "compared"] and not table.loc[("", 0), "compared"]
    assert table["n_hashes"].sum() == 8


def test_is_offered_only_where_a_hash_can_be_compared():
    assert "similar_media" in available(posts(ROWS))
    for objects in ([SHA], ["phash:" + "a5" * 32], ["photo:1"]):
        found = available(posts([("A", "a1", 0, "", objects)]))
        assert "similar_media" not in found and "co_media" in found


def test_from_a_table_of_hashes():
    """The sample of the source: two copies of one photograph, twenty seconds apart; the blank one has quality 0."""
    reading = read(TESTS / "sources" / "data" / "media_hashes.csv", "media_hashes")
    con = of_reading(reading)
    assert linked(con, "similar_media") == {("forum:a1", "forum:a2")}
    assert reading.tables["set_aside"]["reason"].to_pylist() == ["bad_hash", "missing_time"]
    assert any("quality under 50" in note for note in reading.notes)
    assert any("1 hashes state no perceptual algorithm" in note for note in reading.notes)
    assert "c4" in reading.tables["content"]["content_id"].to_pylist()


@pytest.mark.parametrize("option", ["pdq", "sha256"])
def test_a_bare_hash_is_what_the_option_says(option, tmp_path):
    """Sixty-four digits are a PDQ only when somebody says so."""
    path = tmp_path / "hashes.csv"
    rows = [
        f"{a},{a}1,2024-05-01T10:00:0{n}Z,{h.removeprefix('pdq:')}"
        for n, (a, h) in enumerate([("A", ORIGINAL), ("B", SMALL)])
    ]
    path.write_text("account_id,content_id,created_at,hash\n" + "\n".join(rows) + "\n")
    con = of_reading(read(path, "media_hashes", algorithm=option))
    assert ("similar_media" in available(con)) == (option == "pdq")
    if option == "pdq":
        assert linked(con, "similar_media") == {("A", "B")}
