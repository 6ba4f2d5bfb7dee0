"""Variants of contents: who had it first, how it changed, never all pairs."""

from __future__ import annotations

import csv
import json
import tarfile

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posts_of_rows import of_reading, posts

from investigate.errors import InputError, UnknownNameError
from investigate.objects import normal_text
from investigate.relations import similar_text
from investigate.relations import variants as module
from investigate.relations.variants import COLUMNS, changed, variant_graph, variants
from investigate.similar import jaccard
from investigate.sources import read

BASE = "The council will close the old bridge over the river for repairs next Monday and nobody was asked"
SECOND = BASE.replace("Monday", "Friday")
THIRD = SECOND.replace("repairs", "works")
ROWS = [
    ("C", "c1", 300, THIRD),
    ("A", "a1", 0, BASE),
    ("B", "b1", 100, SECOND),
    ("D", "d1", 400, BASE),
    ("E", "e1", 50, "Lovely morning at the lake with the children and far too much ice cream for everybody"),
]


def links(table):
    return [(r.link, r.content_a, r.content_b) for r in table.itertuples()]


def test_each_variant_points_to_its_nearest_earlier_one_and_to_the_first():
    table = variants(posts(ROWS))
    assert list(table.columns) == list(COLUMNS)
    assert links(table) == [
        ("nearest", "a1", "b1"),
        ("nearest", "b1", "c1"),
        ("first", "a1", "c1"),
        ("nearest", "a1", "d1"),
    ]
    assert (table["at_a"] <= table["at_b"]).all() and table["lag_s"].tolist() == [100.0, 200.0, 300.0, 400.0]
    for row in table.itertuples():
        assert row.similarity == jaccard(normal_text(row.text_a), normal_text(row.text_b))
    assert "[-Monday-] {+Friday+}" in table["change"][0] and table["change"][3] == ""
    assert table["distance"].isna().all()


def test_of_equally_near_ones_the_earliest_counts():
    """One word exchanged for another of the same length each time: all three are equally far from each other."""
    three = [BASE.replace("Monday", word) for word in ("qqqqqq", "zzzzzz", "jjjjjj")]
    table = variants(
        posts([(name, f"{name}1", n, text) for n, (name, text) in enumerate(zip("ABC", three, strict=True))])
    )
    assert links(table) == [("nearest", "A1", "B1"), ("nearest", "A1", "C1")]
    assert table["similarity"].nunique() == 1


def test_exact_copies_can_be_left_out():
    assert links(variants(posts(ROWS), most=0.999)) == links(variants(posts(ROWS)))[:3]
    assert links(variants(posts(ROWS), least=1)) == [("nearest", "a1", "d1")]


def test_pictures_have_a_distance():
    near, far = "phash:" + "c3" * 8, "phash:" + "c3" * 7 + "cc"
    table = variants(
        posts([("A", "a1", 0, "", [near]), ("B", "b1", 9, "", [far]), ("C", "c1", 10, "", [near])]), "media"
    )
    assert [(r.content_a, r.content_b, r.distance) for r in table.itertuples()] == [("a1", "b1", 4), ("a1", "c1", 0)]
    assert table["similarity"].isna().all() and set(table["change"]) == {""}
    only = variants(posts([("A", "a1", 0, "", [near]), ("B", "b1", 9, "", [far])]), "media", least=1)
    assert only["object_a"].tolist() == [near] and only["object_b"].tolist() == [far]


def test_a_content_is_no_variant_of_itself():
    """One post with two copies of a picture."""
    near, far = "phash:" + "c3" * 8, "phash:" + "c3" * 7 + "cc"
    assert variants(posts([("A", "a1", 0, "", [near, far])]), "media").empty
    table = variants(posts([("A", "a1", 0, "", [near, far]), ("B", "b1", 5, "", [far, near])]), "media")
    assert [(r.link, r.content_a, r.content_b, r.distance) for r in table.itertuples()] == [("nearest", "a1", "b1", 0)]


def test_a_long_chain_is_compared_within_reach_and_says_so(monkeypatch):
    rows = [("A", f"c{n:03}", n, f"{BASE} {n}") for n in range(60)]
    full = variants(posts(rows))
    assert full.attrs["notes"] == [] and (full["link"] == "nearest").sum() == 59
    monkeypatch.setattr(module, "LOOK_BACK", 10)
    monkeypatch.setattr(module, "_PAIRS", 25)
    cut = variants(posts(rows))
    assert "48 variants have more than 10 earlier ones" in cut.attrs["notes"][0]
    assert (cut["link"] == "nearest").sum() == 59 and set(cut["content_b"]) == set(full["content_b"])


TEXTS = [BASE, SECOND, THIRD, BASE + " now", SECOND + " now", ROWS[4][3]]
MANY = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 5), st.sampled_from(TEXTS)), max_size=12).map(
    lambda rows: [(a, f"c{n}", s, text) for n, (a, s, text) in enumerate(rows)]
)


@settings(max_examples=40, deadline=None)
@given(MANY, st.randoms(use_true_random=False))
def test_every_later_content_points_to_the_nearest_earlier(rows, chance):
    """Against a plain search, in any order of the rows."""
    when = {c: (s, c) for _, c, s, _ in rows}
    text = {c: normal_text(t) for _, c, _, t in rows}
    shuffled = list(rows)
    chance.shuffle(shuffled)
    table = variants(posts(shuffled), changes=False) if rows else None
    if table is None:
        return
    assert links(table) == links(variants(posts(rows), changes=False))
    nearest = table[table["link"] == "nearest"]
    assert not nearest["content_b"].duplicated().any()
    con = posts(rows)
    similar_text.prepare(con)
    family = dict(con.execute("select member, family from text_family_member").fetchall())
    for content, moment in when.items():
        earlier = [c for c in when if when[c] < moment and family[text[c]] == family[text[content]]]
        best = max((jaccard(text[c], text[content]) for c in earlier), default=0.0)
        got = nearest[nearest["content_b"] == content]
        if best >= 0.8:
            assert got["similarity"].tolist() == [best] and when[got["content_a"].iloc[0]] < moment
        else:
            assert got.empty


def test_the_graph_is_plain_and_goes_forward_in_time():
    graph = variant_graph(variants(posts(ROWS)))
    assert isinstance(graph, nx.DiGraph) and nx.is_directed_acyclic_graph(graph)
    assert set(graph) == {"a1", "b1", "c1", "d1"} and graph.nodes["a1"]["account_id"] == "A"
    assert graph.edges["a1", "b1"]["similarity"] >= 0.8 and "distance" not in graph.edges["a1", "b1"]
    assert list(nx.generate_graphml(graph))


def test_changes_are_told_word_by_word():
    assert changed("a b c", "a x c d") == "a [-b-] {+x+} c {+d+}"
    assert changed("same  words", "same words") == "" and changed(None, None) == ""
    long = " ".join(map(str, range(2000)))
    assert changed(long, long + " end").endswith(f"(first {module.DIFF_WORDS} words compared)")


def test_refuses_what_means_nothing():
    with pytest.raises(UnknownNameError, match="kind of variant"):
        variants(posts(ROWS), "video")
    for bounds in ({"least": 0.9, "most": 0.8}, {"least": -1}, {"most": 2}):
        with pytest.raises(InputError, match="nothing lies between"):
            variants(posts(ROWS), **bounds)
    assert variants(posts([("A", "a1", 0, "short")])).empty


def test_telegram_news(shared_data, tmp_path):
    """24 channels: agency texts travel with small edits, and every text that is identical across channels is found."""
    rows = []
    with tarfile.open(shared_data("telegram_news.tar.gz")) as packed:
        for member in packed:
            if member.name.endswith("_messages.json"):
                rows += json.load(packed.extractfile(member))
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    reading = read(path, "telegram_news")
    assert reading.rows_read == reading.tables["content"].num_rows == 22_099
    assert reading.tables["accounts"].num_rows == 24
    con = of_reading(reading)
    similar_text.prepare(con)
    spans = "select count(*) from (select object_id from action_us where object_type = '{}' group by 1 having count(distinct account_id) > 1)"
    same, similar = (con.execute(spans.format(t)).fetchall()[0][0] for t in ("text", "text_family"))
    assert same == 731 and 1_130 <= similar <= 1_160
    channels: dict[str, set] = {}
    for row in rows:
        channels.setdefault(row["text"] or "", set()).add(row["sender_id"])
    identical = {normal_text(t) for t, by in channels.items() if t and len(by) > 1} - {None}
    held = dict(con.execute("select member, family from text_family_member").fetchall())
    many = dict(
        con.execute(
            "select object_id, count(distinct account_id) from action_us where object_type = 'text_family' group by 1"
        ).fetchall()
    )
    assert len(identical) > 500 and all(many[held[t]] > 1 for t in identical)
    table = variants(con, changes=False)
    nearest = table[table["link"] == "nearest"]
    assert ((nearest["similarity"] < 1) & (nearest["account_a"] != nearest["account_b"])).sum() > 500
