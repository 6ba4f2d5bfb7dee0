"""Hashtag sequences: order, repeats, columns without order, and real tags."""

from __future__ import annotations

import pandas as pd
from tables_of_rows import START, connection

from investigate import engines
from investigate.case import Case
from investigate.relations import RELATIONS, available
from investigate.relations.hashtag_sequence import NAME, derive, tag_sequence


def tagged(rows: list[tuple[str, str, float, str]]):
    """A connection from (account, content, seconds, text), hashtags as the sources find them."""
    from investigate.objects import hashtags

    acts = [(a, tag, c, s, "hashtag") for a, c, s, text in rows for tag in hashtags(text)]
    con = connection(acts)
    texts = pd.DataFrame([(c, text) for _, c, _, text in rows], columns=["content_id", "text"])
    con.register("texts", texts)
    con.execute(
        "create or replace view content as select c.* replace (t.text as text) from content_rows c join texts t using (content_id)"
    )
    return con


def test_a_sequence_is_ordered_and_needs_three_tags():
    """Order counts, repeats and case do not; two tags are none; tags without a text are a set and match only sets."""
    assert tag_sequence("#A then #b, #C #a", ["c", "b", "a"]) == "#a #b #c"
    assert tag_sequence("#c #b #a", []) == "#c #b #a" != tag_sequence("#a #b #c", [])
    assert tag_sequence("#a #b", ["a", "b"]) is None
    assert tag_sequence(None, ["c", "a", "b"]) == tag_sequence("no tags here", ["b", "a", "c"]) == "{#a #b #c}"


def test_same_order_within_the_window_links():
    """Equal order within 60 s makes an edge on both engines; another order, or a minute too late, makes none."""
    con = tagged(
        [
            ("A", "a1", 0.0, "go #one #two #three"),
            ("B", "b1", 30.0, "#One #TWO now #three"),
            ("C", "c1", 10.0, "#three #two #one"),
            ("D", "d1", 100.0, "#one #two #three"),
            ("E", "e1", 5.0, "#one #two"),
        ]
    )
    assert NAME in available(con) and len(derive(con)) == 4
    for engine in engines.EMBEDDED:
        found = engines.co_action(con, NAME, 60.0, engine=engine).edges
        assert found[["account_a", "account_b", "n_objects"]].values.tolist() == [["A", "B", 1]]
    rows = RELATIONS.get(NAME).evidence(con, 60.0, "B", "A")
    assert rows["object_id"].tolist() == ["#one #two #three"] and rows["lag_s"].tolist() == [30.0]
    assert rows["at_a"][0] == START and NAME not in available(connection([("A", "t", "a1", 0.0, "hashtag")]))


def test_sequences_in_the_merkel_week(shared_data, tmp_path):
    """The real slice: accounts that pushed the tag share long sequences; every edge's sequences are in both accounts' posts."""
    case = Case.create(tmp_path / "case", purpose="test of hashtag sequences")
    case.load(shared_data("ira_merkel_2016-07-18_24.csv.gz"), "ira_tweets")
    with case.store.connect() as con:
        table = derive(con)
        assert len(table) > 500 and (table["object_id"].str.count("#") >= 3).all()
        links = engines.co_action(con, NAME, 120.0).edges
        assert len(links) > 0
        strongest = links.sort_values("n_objects", ascending=False).iloc[0]
        held = table.groupby("account_id")["object_id"].agg(set)
        shared = held[strongest["account_a"]] & held[strongest["account_b"]]
        assert strongest["n_objects"] <= len(shared)
