"""Similar text as a relation: more than the same text, never less; evidence with the pair's own similarity."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posts_of_rows import of_reading, posts
from tables_of_rows import START

from investigate.engines import co_action
from investigate.objects import normal_text
from investigate.relations import RELATIONS, available, similar_text
from investigate.similar import jaccard
from investigate.sources import read

BASE = "The council will close the old bridge over the river for repairs next Monday and nobody was asked"
EDIT = BASE.replace("Monday", "Friday") + " https://example.org/x"
OTHER = "Lovely morning at the lake with the children and far too much ice cream for everybody"

ROWS = [
    ("A", "a1", 0, BASE),
    ("B", "b1", 20, EDIT),
    ("C", "c1", 30, BASE),
    ("D", "d1", 40, OTHER),
    ("D", "d2", 4000, BASE),
    ("E", "e1", 50, "too short to say anything"),
]


def edges(con, relation="similar_text", window=60.0, engine="sweep"):
    table = co_action(con, relation, window, engine=engine).edges
    return {(r.account_a, r.account_b): (r.n_objects, r.n_pairs) for r in table.itertuples()}


@pytest.mark.parametrize("engine", ["sweep", "duckdb"])
def test_links_edited_and_equal_texts_within_the_window(engine):
    con = posts(ROWS)
    assert edges(con, "co_text", engine=engine) == {("A", "C"): (1, 1)}
    assert edges(con, engine=engine) == dict.fromkeys([("A", "B"), ("A", "C"), ("B", "C")], (1, 1))
    assert edges(posts(ROWS), window=5000, engine=engine)[("C", "D")] == (1, 1)


def test_evidence_shows_both_texts_and_their_own_similarity():
    rows = RELATIONS.get("similar_text").evidence(posts(ROWS), 60.0, "B", "A")
    assert rows[["account_a", "account_b", "content_a", "content_b"]].values.tolist() == [["A", "B", "a1", "b1"]]
    assert rows["text_a"].tolist() == [BASE] and rows["text_b"].tolist() == [EDIT]
    own = jaccard(normal_text(BASE), normal_text(EDIT))
    assert rows["similarity"].tolist() == [own] and 0.8 <= own < 1
    assert rows["object_id"].tolist() == [min(normal_text(BASE), normal_text(EDIT))]
    assert rows["lag_s"].tolist() == [20.0]
    assert (rows["at_a"][0], rows["at_b"][0]) == (START, START + pd.Timedelta(seconds=20))
    assert rows[["row_a", "row_b"]].values.tolist() == [[1, 2]]
    assert RELATIONS.get("similar_text").evidence(posts(ROWS), 60.0, "A", "D").empty


def test_a_chain_shows_a_similarity_under_the_threshold():
    """Three texts, neighbours alike, ends not: the evidence of the ends says how far apart they are."""
    words = normal_text(BASE).split()
    chain = [" ".join([f"x{i}y" for i in range(k)] + words[k:]) for k in range(6)]
    con = posts([(name, f"{name}1", n, text) for n, (name, text) in enumerate(zip("ABCDEF", chain, strict=True))])
    rows = RELATIONS.get("similar_text").evidence(con, 60.0, "A", "F")
    assert len(rows) == 1 and rows["similarity"][0] == jaccard(chain[0], chain[5]) < 0.8


def test_is_offered_for_texts_and_not_by_default():
    relation = RELATIONS.get("similar_text")
    assert "similar_text" in available(posts(ROWS)) and not relation.by_default and relation.family == "timing"
    assert "similar_text" not in available(posts([("A", "a1", 0, "short", ["pdq:" + "a5" * 32])]))


WORDS = normal_text(BASE).split()
POSTS = st.lists(
    st.tuples(
        st.sampled_from("ABCD"), st.integers(0, 200), st.integers(0, len(WORDS) - 1), st.sampled_from(["", "new"])
    ),
    max_size=14,
).map(
    lambda rows: [
        (a, f"{a}{n}", s, " ".join([*WORDS[:at], *([new] if new else []), *WORDS[at + 1 :]]))
        for n, (a, s, at, new) in enumerate(rows)
    ]
)


@settings(max_examples=30, deadline=None)
@given(POSTS, st.randoms(use_true_random=False))
def test_order_and_unrelated_accounts_change_nothing(rows, chance):
    """Rows shuffled, and a stranger with texts of their own: the same edges, the same objects."""
    more = [*rows, ("Z", "z1", 5, OTHER), ("Y", "y1", 6, OTHER.replace("lake", "sea"))]
    chance.shuffle(more)
    after = {pair: n for pair, n in edges(posts(more)).items() if not {"Y", "Z"} & set(pair)}
    assert after == edges(posts(rows))
    # Whatever has the same text has a similar one.
    assert set(edges(posts(rows), "co_text")) <= set(edges(posts(rows)))


@pytest.mark.parametrize(
    ("name", "texts", "families"),
    [("ira_merkel_2016-07-18_24.csv.gz", 7_589, 6_946), ("ira_koch_2015-11-20_12-01.csv.gz", 22_202, 21_081)],
)
def test_archive_slices(shared_data, name, texts, families):
    """Texts and families of the real slices, within a hundredth; nothing was left out."""
    con = of_reading(read(shared_data(name), "ira_tweets"))
    similar_text.prepare(con)
    counted = con.execute("select count(distinct member), count(distinct family) from text_family_member").fetchall()[0]
    assert counted[0] == texts and abs(counted[1] - families) <= 0.01 * families
    assert similar_text.notes(con) == ()
