"""Seed first: exact on hand-made rows, equal to brute force, and the published groups from a few of their accounts."""

from __future__ import annotations

import random
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from tables_of_rows import connection

from benchmarks.quality.measure import truth_of
from investigate.errors import InputError
from investigate.expand import NEWCOMER_COLUMNS, REASON_COLUMNS, expand
from investigate.relations import RELATIONS
from investigate.seeds import find_seeds
from investigate.simulate import make_world, plant_fast
from investigate.store import Store, frame

FOUR = ["co_hashtag", "co_mention", "co_text", "co_url"]
# A is the seed. B matches on x and y; C on x only; D acts on x an hour later; E never touches them.
ROWS = [
    ("A", "x", "a1", 0),
    ("A", "y", "a2", 1000),
    ("B", "x", "b1", 60),
    ("B", "y", "b2", 990),
    ("B", "z", "b3", 5000),
    ("C", "x", "c1", -10),
    ("C", "w", "c2", 9000),
    ("D", "x", "d1", 3600),
    ("E", "w", "e1", 9001),
]


def test_by_hand():
    """N = 9 - 2 contents, three of others match A (b1, b2, c1): the window is inclusive, D comes too late."""
    found = expand(connection(ROWS), ["A"], ["co_url"], 60.0)
    table = found.newcomers.set_index("account_id")
    assert list(table.index) == ["B", "C"] and list(found.newcomers.columns) == list(NEWCOMER_COLUMNS)
    b = table.loc["B"]
    assert (b["n_acts"], b["n_contents"], b["n_objects"], b["n_seeds"], b["hop"]) == (2, 3, 2, 1, 1)
    assert b["expected"] == pytest.approx(3 * 3 / 7) and b["p"] == pytest.approx(binom.sf(1, 3, 3 / 7))
    assert b["first_at"] == pd.Timestamp("2024-03-01T00:01:00Z") == b["first_seen"]
    assert table.loc["C", "p"] == pytest.approx(binom.sf(0, 2, 3 / 7))
    why = found.reasons.set_index("account_id").loc["B"]
    assert list(found.reasons.columns) == list(REASON_COLUMNS)
    assert list(why["seeds"]) == ["A"] and list(why["objects"]) == ["x", "y"]
    assert b["reason"].startswith("2 of its 3 contents match 1 of the 1 seeds within 60 s; 1.3 expected by chance.")
    counts = found.touched.iloc[0]
    assert (counts["rows_seeds"], counts["rows_touched"], counts["rows_all"], counts["objects"]) == (2, 6, 9, 2)


def test_a_reported_object_matches_at_any_time():
    found = expand(connection(ROWS), ["url:x"], ["co_url"], 60.0)
    table = found.newcomers.set_index("account_id")
    assert set(table.index) == {"A", "B", "C", "D"} and (table["n_acts"] == 1).all()
    # D does nothing else, so its one content out of one is the hardest to explain; B with three the easiest.
    assert found.newcomers["account_id"].iloc[0] == "D" and found.newcomers["account_id"].iloc[-1] == "B"
    assert table.loc["D", "p"] == pytest.approx(4 / 9)
    rows = frame(connection(ROWS), found.evidence_query("D", "seed_object"))
    assert rows["content_id"].tolist() == ["d1"]


def test_a_reported_content_stands_for_its_own_acts_only():
    found = expand(connection(ROWS), ["content:a2"], ["co_url"], 60.0)
    assert found.newcomers["account_id"].tolist() == ["B"] and found.newcomers["n_acts"].tolist() == [1]
    assert list(found.reasons["seeds"].iloc[0]) == ["content:a2"]


def test_the_second_hop_starts_from_what_the_first_accepted():
    """A - B on ten links; B - C on ten others; C is not linked to A. One hop finds B, two find C as well."""
    rows = [("A", f"x{i}", f"a{i}", 1000 * i) for i in range(10)]
    rows += [("B", f"x{i}", f"b{i}", 1000 * i + 5) for i in range(10)]
    rows += [("B", f"y{i}", f"bb{i}", 1000 * i + 500) for i in range(10)]
    rows += [("C", f"y{i}", f"c{i}", 1000 * i + 505) for i in range(10)]
    rows += [(f"crowd{i}", f"own{i}", f"q{i}", i) for i in range(300)]
    con = connection(rows)
    assert expand(con, ["A"], ["co_url"], 60.0).newcomers["account_id"].tolist() == ["B"]
    found = expand(con, ["A"], ["co_url"], 60.0, hops=5)
    assert found.newcomers[["account_id", "hop"]].to_numpy().tolist() == [["B", 1], ["C", 2]]
    assert list(found.reasons.set_index("account_id").loc["C", "seeds"]) == ["B"]
    assert found.notes == ["hop 3: stopped here, no newcomer is over the threshold"]
    assert frame(con, found.evidence_query("C", "co_url"))["seed_account"].unique().tolist() == ["B"]


def test_caps_are_told_with_their_effect():
    rows = [*ROWS, *((f"v{i}", "x", f"v{i}", 5) for i in range(20))]
    found = expand(connection(rows), ["A"], ["co_url"], 60.0, max_acts=10)
    assert found.newcomers["account_id"].tolist() == ["B"] and found.newcomers["n_acts"].tolist() == [1]
    note = (
        "hop 1: co_url: 1 of the seeds' 2 objects have more than 10 actions and were left out with all 24 of them; "
        "1 of the seeds' 2 actions were compared with nothing"
    )
    assert found.notes == [note]
    cut = expand(connection(rows), ["A"], ["co_url"], 60.0, limit=3)
    assert len(cut.newcomers) == 3 and cut.notes == ["22 accounts match; the first 3 are listed"]
    grown = expand(connection(rows), ["A"], ["co_url"], 60.0, hops=2, min_shared=1, fdr_q=1.0, max_growth=1)
    assert "hop 1: 22 newcomers are over the threshold, more than max_growth=1" in grown.notes[0]
    assert [len(s) for s in grown.hops] == [1, 2]


NAMES = st.sampled_from("abcdef")
ACTS = st.lists(
    st.tuples(NAMES, st.sampled_from("xyz"), st.integers(0, 8), st.integers(0, 300)), min_size=2, max_size=40
)


@settings(max_examples=20, deadline=None)
@given(ACTS, st.sets(NAMES, min_size=1, max_size=3), st.sampled_from([0.5, 30.0, 60.0]), st.randoms())
def test_equal_to_brute_force_in_any_order(acts, seeds, window, shuffler):
    """Counts, seeds and expectation equal a double loop over all rows; the order of the rows does not matter."""
    rows = [(a, o, f"{a}{c}", s) for a, o, c, s in dict.fromkeys(acts)]
    seeds = sorted(seeds & {r[0] for r in rows})
    if not seeds:
        return
    matched = {
        (a, c, o, s)
        for a, o, c, t in rows
        for s, so, sc, u in rows
        if a not in seeds and s in seeds and o == so and c != sc and abs(t - u) <= window
    }
    found = expand(connection(rows), seeds, ["co_url"], window, limit=100)
    per = pd.DataFrame(sorted(matched), columns=["account_id", "content", "object", "seed"]).groupby("account_id")
    table = found.newcomers.set_index("account_id").sort_index()
    assert table["n_acts"].to_dict() == per["content"].nunique().to_dict()
    assert table["n_objects"].to_dict() == per["object"].nunique().to_dict()
    assert table["n_seeds"].to_dict() == per["seed"].nunique().to_dict()
    contents = pd.DataFrame(rows, columns=["a", "o", "c", "t"]).groupby("a")["c"].nunique()
    rate = per["content"].nunique().sum() / max(contents.drop(seeds).sum(), 1)
    for account, row in table.iterrows():
        assert row["expected"] == pytest.approx(contents[account] * min(rate, 1.0))
    shuffler.shuffle(rows)
    again = expand(connection(rows), seeds, ["co_url"], window, limit=100)
    columns = [c for c in NEWCOMER_COLUMNS if c not in ("p", "q", "surprise", "expected", "share", "first_seen")]
    pd.testing.assert_frame_equal(again.newcomers[columns], found.newcomers[columns])


@settings(max_examples=10, deadline=None)
@given(ACTS)
def test_a_wider_window_loses_nobody_and_a_stranger_changes_no_count(acts):
    rows = [(a, o, f"{a}{c}", s) for a, o, c, s in dict.fromkeys(acts)]
    seed = [rows[0][0]]
    narrow = expand(connection(rows), seed, ["co_url"], 20.0).newcomers.set_index("account_id")["n_acts"]
    wide = expand(connection(rows), seed, ["co_url"], 90.0).newcomers.set_index("account_id")["n_acts"]
    assert set(narrow.index) <= set(wide.index) and (wide[narrow.index] >= narrow).all()
    more = [*rows, *((f"s{i}", f"own{i}", f"s{i}", i) for i in range(5))]
    same = expand(connection(more), seed, ["co_url"], 20.0).newcomers.set_index("account_id")["n_acts"]
    assert same.to_dict() == narrow.to_dict()


def test_evidence_shows_the_acts_that_were_counted_whatever_the_names_hold():
    """Quotes in identifiers stay text, and marks that reorder text do not reach the sentence."""
    evil = "o'x\u202e'); drop view actions; --"
    rows = [("A'", evil, "a1", 0), ("A'", "y", "a'2", 100), ("B';--", evil, "b'1", 5), ("B';--", "y", "b2", 101)]
    con = connection(rows)
    found = expand(con, ["A'"], ["co_url"], 60.0)
    shown = frame(con, found.evidence_query("B';--", "co_url"))
    assert shown["content_id"].nunique() == found.newcomers["n_acts"].iloc[0] == 2
    assert shown["lag_s"].tolist() == [5.0, 1.0] and shown["row"].tolist() == [3, 4]
    assert "\u202e" not in found.newcomers["reason"].iloc[0] and "drop view" in found.newcomers["reason"].iloc[0]
    pd.testing.assert_frame_equal(found.evidence(con, "B';--"), shown)


def test_relations_of_other_kinds(monkeypatch):
    """Edges with their own p give reasons; a relation that never speaks alone brings nobody in by itself."""

    def edges(con, window_s):
        row = {"relation": "shared_id", "account_a": "A", "account_b": "E", "n_objects": 3, "n_pairs": 3}
        row |= {"n_content_a": 4, "n_content_b": 5, "expected": 0.1, "p": 1e-6, "first_at": pd.NaT, "last_at": pd.NaT}
        return pd.DataFrame([row])

    url = RELATIONS.get("co_url")
    shared = replace(
        url, name="shared_id", acts="", edges=edges, evidence=lambda con, w, a, b: pd.DataFrame({"of": [a, b]})
    )
    quiet = replace(url, name="quiet", never_alone=True)
    monkeypatch.setitem(RELATIONS._entries, "shared_id", shared)
    monkeypatch.setitem(RELATIONS._entries, "quiet", quiet)
    con = connection(ROWS)
    found = expand(con, ["A"], ["co_url", "shared_id"], 60.0)
    row = found.newcomers.iloc[0]
    assert row["account_id"] == "E" and row["p"] == pytest.approx(2e-6) and row["relations"] == "shared_id"
    assert row["n_acts"] == 5 and pd.isna(row["first_at"])
    assert found.evidence(con, "E")["of"].tolist() == ["E", "A"]
    only = expand(con, ["A"], ["quiet"], 60.0)
    assert only.newcomers.empty
    assert only.notes == ["hop 1: 2 accounts are linked only by relations that never speak alone (quiet): left out"]
    both = expand(con, ["A"], ["co_url", "quiet"], 60.0)
    assert set(both.newcomers["relations"]) == {"co_url"} and set(both.reasons["relation"]) == {"co_url", "quiet"}


def test_seeds_are_found_under_the_names_people_give_them():
    rows = [
        ("tw:1", "https://a.example/x", "p1", 0, "url"),
        ("tw:2", "tag", "p2", 0, "hashtag"),
        ("tw:2", "https://a.example/x", "p2", 0, "url"),
    ]
    con = connection(rows)
    con.execute(
        "create view accounts as select * from (values ('tw:1', 'Jo'), ('tw:2', 'Max'), ('fb:2', 'max')) t(account_id, handle)"
    )
    held = find_seeds(con, ["tw:1", "@JO", "hashtag:#TAG", "url:HTTPS://a.example/x?utm_source=app", "content:p2"])
    assert held.accounts == ("tw:1",) and held.contents == ("p2",) and len(held) == 4
    assert held.objects == (("hashtag", "tag"), ("url", "https://a.example/x"))
    assert "handle of account tw:1" in held.notes[0] and len(held.notes) == 3
    short = find_seeds(con, ["account:1", "content:p1"])
    assert short.accounts == ("tw:1",) and short.contents == ("p1",)
    assert short.notes == ("the seed 'account:1' is held as tw:1",)
    with pytest.raises(InputError, match="2 accounts have the handle 'MAX'.*fb:2, tw:2"):
        find_seeds(con, ["MAX"])
    with pytest.raises(InputError, match="'tw:3' is not in the data.*nearest account is 'tw:1'"):
        find_seeds(con, ["tw:1", "tw:3"])
    with pytest.raises(InputError, match="no seed"):
        find_seeds(con, [])


@pytest.mark.parametrize(
    "options", [{"hops": 0}, {"rank": "surprize"}, {"limit": 0}, {"max_acts": 0}, {"relations": ["co_media"]}]
)
def test_bad_parameters(options):
    arguments = {"relations": ["co_url"], **options}
    with pytest.raises((InputError, LookupError)):
        expand(connection(ROWS), ["A"], arguments.pop("relations"), 60.0, **arguments)


def test_rankings_order_by_what_they_say():
    for rank, column in (("surprise", "surprise"), ("acts", "n_acts"), ("seeds", "n_seeds"), ("share", "share")):
        table = expand(connection(ROWS), ["A", "E"], ["co_url"], 60.0, rank=rank).newcomers
        assert table[column].is_monotonic_decreasing and table["rank"].tolist() == list(range(1, len(table) + 1))


def leading(found, members) -> int:
    """How many members come before the first account that is none."""
    hit = found.newcomers["account_id"].isin(members).tolist()
    return hit.index(False) if False in hit else len(hit)


def loaded(path, source, folder, **options):
    from investigate import Case

    case = Case.create(folder / "case")
    case.load(path, source, **options)
    return Store(folder / "case" / "data").connect()


def test_three_planted_accounts_bring_the_other_twelve_first(tmp_path):
    world = make_world(4, groups=(plant_fast(),))
    world.save(tmp_path / "world")
    con = loaded(tmp_path / "world" / "world.csv.gz", "csv", tmp_path, mapping=str(tmp_path / "world" / "world.toml"))
    members = sorted(world.planted["fast"])
    for draw in range(3):
        seeds = random.Random(draw).sample(members, 3)
        found = expand(con, seeds, FOUR, 60.0)
        rest = set(members) - set(seeds)
        assert (
            leading(found, rest) == 12 and set(found.newcomers.loc[found.newcomers["accepted"], "account_id"]) == rest
        )
        assert found.touched["rows_touched"].sum() < found.touched["rows_all"].iloc[0] / 3


def test_merkel_five_accounts_bring_the_others_first(shared_data, tmp_path):
    """At least 40 of the other 46 come before the first account that did not push the tag; nobody else is accepted."""
    path = shared_data("ira_merkel_2016-07-18_24.csv.gz")
    members = truth_of(path, "content", "#merkelmussbleiben")
    con = loaded(path, "ira_tweets", tmp_path)
    for draw in range(3):
        seeds = random.Random(draw).sample(sorted(members), 5)
        found = expand(con, seeds, FOUR, 120.0)
        assert leading(found, members - set(seeds)) >= 40
        accepted = set(found.newcomers.loc[found.newcomers["accepted"], "account_id"])
        assert len(accepted) >= 40 and accepted <= members


def test_koch_five_accounts_bring_the_others_first(shared_data, tmp_path):
    """Of the 145 accounts that pushed #KochFarms at least 120 come before the first that did not."""
    path = shared_data("ira_koch_2015-11-20_12-01.csv.gz")
    labelled, pushed = truth_of(path, "account_type", "koch"), truth_of(path, "content", "#kochfarms")
    con = loaded(path, "ira_tweets", tmp_path)
    for draw in range(2):
        seeds = random.Random(draw).sample(sorted(labelled), 5)
        found = expand(con, seeds, FOUR, 120.0, limit=1000)
        assert leading(found, pushed - set(seeds)) >= 120
        assert set(found.newcomers.loc[found.newcomers["accepted"], "account_id"]) <= pushed


def test_ordinary_accounts_bring_nobody_over_the_threshold(shared_data, tmp_path):
    """Five accounts of the organic control, drawn at random, two hops: many meet them by chance, none is accepted."""
    columns = {"account_id": "screen_name", "created_at": "created_at", "text": "text", "content_id": "id"}
    con = loaded(shared_data("control_mayweather_2017-08-27.hashed.csv.gz"), "csv", tmp_path, mapping=columns)
    query = "select account_id from content_us group by 1 having count(*) >= 3 order by 1"
    accounts = [row[0] for row in con.execute(query).fetchall()]
    for draw in range(3):
        found = expand(con, random.Random(draw).sample(accounts, 5), FOUR, 60.0, hops=2)
        assert len(found.newcomers) == 100 and not found.newcomers["accepted"].any()
