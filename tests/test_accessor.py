"""`df.investigate`: the same edges as elsewhere, clear refusals, and every row accounted for."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import investigate.accessor  # noqa: F401 - registers df.investigate
from investigate.accessor import LeftOut
from investigate.errors import InputError, ResolutionError
from investigate.relations import EDGE_COLUMNS
from investigate.scoring import SCORE_COLUMNS

NAMES = {"account": "author", "time": "created_at", "object": "url"}


def seconds(*values: float) -> pd.Series:
    return pd.Timestamp("2024-03-01T10:00:00Z") + pd.to_timedelta(pd.Series(values, dtype=float), unit="s")


@pytest.fixture
def posts() -> pd.DataFrame:
    """Two accounts meet on two links; a third is late; the links are written in different ways."""
    return pd.DataFrame(
        {
            "author": ["ann", "bob", "ann", "bob", "cy"],
            "created_at": seconds(0, 30, 7200, 7230, 9999),
            "url": ["http://news.example/1", "https://www.news.example/1#top", "news.example/2", "news.example/2"] * 1
            + ["news.example/2"],
        }
    )


def relate(frame: pd.DataFrame, **more) -> pd.DataFrame:
    return frame.investigate.relate(**NAMES, **more)


def test_edges(posts):
    """The columns, the counts and the order of every other way to relate; links compared in their normal form."""
    edges = relate(posts, object_type="url", window="60s")
    assert list(edges.columns) == list(EDGE_COLUMNS)
    [row] = edges.to_dict("records")
    assert (row["relation"], row["account_a"], row["account_b"]) == ("co_url", "ann", "bob")
    assert (row["n_objects"], row["n_pairs"], row["mean_lag_s"], row["share_a_first"]) == (2, 2, 30.0, 1.0)
    assert edges.attrs["investigate"]["window_s"] == 60.0 and edges.attrs["investigate"]["left_out"] == {}


def test_without_a_type_objects_are_compared_as_they_stand(posts):
    """Nothing is known of the objects: only equal texts are equal."""
    assert relate(posts, min_shared=2).empty
    [row] = relate(posts, min_shared=1).to_dict("records")
    assert (row["relation"], row["n_objects"]) == ("co_object", 1)


ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 200), st.sampled_from("xyz")),
    min_size=1,
    max_size=25,
    unique=True,
)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, window=st.integers(2, 100), least=st.integers(1, 2))
def test_edges_are_those_of_the_definition(rows, window, least):
    """Against a double loop over all pairs of rows, whatever the order of the rows."""
    objects: dict[tuple[str, str], list[str]] = {}
    for (a, s, o), (b, t, p) in combinations(rows, 2):
        if a != b and o == p and abs(s - t) <= window:
            objects.setdefault((min(a, b), max(a, b)), []).append(o)
    expected = {pair: (len(set(o)), len(o)) for pair, o in objects.items() if len(set(o)) >= least}
    frame = pd.DataFrame(rows, columns=["author", "s", "url"])
    frame["created_at"] = seconds(*frame["s"])
    # All seconds at full minutes would mean a clock that only knows minutes.
    frame.loc[len(frame)] = ["e", 0, "alone", pd.Timestamp("2024-03-01T10:00:01Z")]
    frame.loc[len(frame)] = ["e", 0, "alone", pd.Timestamp("2024-03-01T10:00:03Z")]
    for order in (frame, frame.iloc[::-1]):
        edges = relate(order, window=window, min_shared=least)
        found = edges.set_index(["account_a", "account_b"])[["n_objects", "n_pairs"]]
        assert {pair: tuple(row) for pair, row in zip(found.index, found.to_numpy(), strict=True)} == expected


def test_known_answer_on_real_data(shared_data):
    """CooRTweet's Russian tweets, co-repost within 60 s: 3,954 accounts and 6,206 edges; 58 accounts at two objects."""
    with tarfile.open(shared_data("coortweet_russian.tar.gz")) as archive:
        held = archive.extractfile("coortweet/russian_coord_tweets.csv.gz").read()
        tweets = pd.read_csv(io.BytesIO(held), compression="gzip", dtype=str)
    columns = {"account": "account_id", "time": "timestamp_share", "object": "object_id", "content": "content_id"}
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        once = tweets.investigate.relate(**columns, object_type="repost", window="60s", min_shared=1)
    assert len(once) == 6206 and len(set(once["account_a"]) | set(once["account_b"])) == 3954
    twice = once[once["n_objects"] >= 2]
    assert len(set(twice["account_a"]) | set(twice["account_b"])) == 58


def test_score_and_graph(posts):
    """Scores beside the edges; the graph is plain NetworkX with documented attributes."""
    scored = posts.investigate.score(**NAMES, object_type="url", fdr_q=0.05)
    assert set(SCORE_COLUMNS) <= set(scored.columns) and scored.attrs["investigate"]["fdr_q"] == 0.05
    assert not scored["unusual"].any(), "two links among three accounts are nothing unusual"
    assert posts.investigate.graph(**NAMES, object_type="url").number_of_edges() == 0
    graph = posts.investigate.graph(**NAMES, object_type="url", unusual=False)
    assert type(graph).__name__ == "Graph" and type(graph).__module__.startswith("networkx")
    assert graph.nodes["ann"] == {"kind": "account", "label": "ann", "n_content": 2}
    assert graph.edges["ann", "bob"]["weight"] == 2 and graph.edges["ann", "bob"]["p"] == scored["p"][0]


def test_a_planted_pair_is_unusual():
    """Two accounts that post twenty links in the same half minute, among strangers that never meet, stand out."""
    rng = np.random.default_rng(3)
    rows = [(f"s{i}", f"u{i}", t) for i, t in enumerate(rng.integers(0, 10**6, 400))]
    rows += [(who, f"p{i}", 40_000 * i + late) for i in range(20) for who, late in (("x", 0), ("y", 20))]
    frame = pd.DataFrame(rows, columns=["author", "url", "s"])
    frame["created_at"] = seconds(*frame["s"])
    graph = frame.investigate.graph(**NAMES)
    assert set(graph.edges) == {("x", "y")} and graph.edges["x", "y"]["q"] < 1e-6


def test_contents_without_an_object_count_for_the_expectation(posts):
    """A post without a link is no action, and still says how busy its author is; both are said."""
    more = pd.DataFrame({"author": ["ann"] * 5, "created_at": seconds(*range(20_000, 20_005)), "url": [None] * 5})
    full = pd.concat([posts, more], ignore_index=True)
    with pytest.warns(LeftOut, match=r"of 10 rows: 5 without an object \(counted as contents\)"):
        graph = full.investigate.graph(**NAMES, object_type="url", unusual=False)
    assert graph.nodes["ann"]["n_content"] == 7


def test_every_row_left_out_is_counted_by_reason(posts):
    """Copies, missing accounts, missing and impossible times, and objects without a normal form are counted, once each."""
    bad = pd.DataFrame(
        {
            "author": [None, "  ", "dee", "dee", "ann"],
            "created_at": [*seconds(1, 2), pd.NaT, pd.Timestamp("1970-01-01", tz="UTC"), posts["created_at"][0]],
            "url": ["news.example/9", "news.example/9", "news.example/9", "news.example/9", posts["url"][0]],
        }
    )
    last = pd.DataFrame({"author": ["dee"], "created_at": seconds(5), "url": ["not a link"]})
    frame = pd.concat([posts, bad, last], ignore_index=True)
    with pytest.warns(LeftOut) as said:
        edges = relate(frame, object_type="url")
    assert edges.attrs["investigate"]["left_out"] == {
        "copies of another row": 1,
        "without an account": 2,
        "without a time that can be read": 2,
        "whose object is no url (counted as contents)": 1,
    }
    assert len(said) == 1 and said[0].filename == __file__, "the warning names the caller's line"
    assert edges["n_objects"].tolist() == [2]


def test_lists_of_objects(posts):
    """A cell with a list is several objects of one content."""
    tags = pd.DataFrame({"author": ["ann", "bob"], "created_at": seconds(0, 5), "url": [["#A", "b"], ("a", "#B", "c")]})
    [row] = relate(tags, object_type="hashtag").to_dict("records")
    assert (row["relation"], row["n_objects"], row["n_content_a"], row["n_content_b"]) == ("co_hashtag", 2, 1, 1)


def test_a_content_is_one_act(posts):
    """Rows with one content identifier are one content; the same object again in it is counted once and said."""
    frame = posts.assign(post=["1", "2", "3", "4", "5"], other=range(5))
    frame.loc[5] = ["ann", frame["created_at"][0], "news.example/1", "1", 99]
    with pytest.warns(LeftOut, match="1 that repeat a content's object"):
        edges = relate(frame, content="post", object_type="url")
    assert edges["n_pairs"].tolist() == [2]


@pytest.mark.parametrize(
    "ids",
    [
        [1234567890123456789, 1234567890123456788],
        ["1234567890123456789", "1234567890123456788"],
        pd.array([1234567890123456789, 1234567890123456788], dtype="Int64"),
        pd.Categorical(["1234567890123456789", "1234567890123456788"]),
        pd.array([1234567890123456789, 1234567890123456788], dtype=object),
    ],
    ids=["int", "text", "Int64", "category", "object"],
)
def test_long_identifiers_keep_their_digits(ids):
    """Nineteen digits come through, whatever the column's type."""
    frame = pd.DataFrame({"author": ids, "created_at": seconds(0, 1), "url": ["u", "u"]})
    [row] = relate(frame, min_shared=1).to_dict("records")
    assert (row["account_a"], row["account_b"]) == ("1234567890123456788", "1234567890123456789")


def test_identifiers_read_as_floats():
    """Small ones are whole numbers again; large ones have lost digits and are refused, with the way to read them."""
    small = pd.DataFrame({"author": [12.0, 7.0, np.nan], "created_at": seconds(0, 1, 2), "url": ["u", "u", "u"]})
    with pytest.warns(LeftOut, match="1 without an account"):
        assert relate(small, min_shared=1)[["account_a", "account_b"]].to_numpy().tolist() == [["12", "7"]]
    large = small.assign(author=[1234567890123456789.0, 5.0, 6.0])
    with pytest.raises(InputError, match=r"lost its last digits.*dtype=\{'author': str\}"):
        relate(large)
    assert float(2**53) == float(2**53 + 1), "the first float that stands for two whole numbers"
    with pytest.raises(InputError, match="lost its last digits"):
        relate(small.assign(author=[float(2**53), 5.0, 6.0]))


@pytest.mark.parametrize(
    ("column", "match"),
    [
        ([0.5, 1.0], "no whole number"),
        ([True, False], "no identifier"),
        ([b"a", b"b"], "no identifier"),
        (["\ud800", "b"], "no text"),
    ],
    ids=["fraction", "bool", "bytes", "surrogate"],
)
def test_what_is_no_identifier_is_refused(column, match):
    """Values that cannot name an account stop the computation instead of becoming some name."""
    frame = pd.DataFrame({"author": pd.Series(column, dtype=object), "created_at": seconds(0, 1), "url": ["u", "u"]})
    with pytest.raises(InputError, match=match):
        relate(frame)


def test_times_without_a_zone_are_refused_until_it_is_named(posts):
    """A zone is asked for; UTC and Berlin differ by what they mean; an unknown zone is refused."""
    naive = posts.assign(created_at=posts["created_at"].dt.tz_localize(None))
    as_text = posts.assign(created_at=naive["created_at"].dt.strftime("%Y-%m-%d %H:%M:%S"))
    for frame in (naive, as_text):
        with pytest.raises(InputError, match="carry no zone.*tz='UTC'"):
            relate(frame)
        first = relate(frame, object_type="url", tz="UTC")["first_at"][0]
        assert first == posts["created_at"][0]
        first = relate(frame, object_type="url", tz="Europe/Berlin")["first_at"][0]
        assert first == posts["created_at"][0] - pd.Timedelta(hours=1)
        with pytest.raises(InputError, match="no time zone"):
            relate(frame, tz="Moon/Crater")


def test_hours_that_a_clock_change_repeats_are_counted(posts):
    """02:30 on the last Sunday of October happens twice in Berlin: the row is left out, and said."""
    naive = posts.assign(created_at=posts["created_at"].dt.tz_localize(None))
    naive.loc[4, "created_at"] = pd.Timestamp("2024-10-27T02:30:00")
    with pytest.warns(LeftOut, match="1 without a time that can be read"):
        relate(naive, object_type="url", tz="Europe/Berlin")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("form", ["epoch", "timestamp", "text", "arrow"])
def test_times_in_every_form_are_the_same_moment(posts, unit, form):
    """Seconds to nanoseconds since 1970, timestamps of any unit and zone, texts, Arrow columns: one result."""
    moments = posts["created_at"].dt.as_unit(unit)
    if form == "epoch":
        column = moments.astype("int64")
    elif form == "text":
        column = moments.map(lambda m: m.isoformat())
    elif form == "arrow":
        column = moments.astype(pd.ArrowDtype(__import__("pyarrow").timestamp(unit, "UTC")))
    else:
        column = moments.dt.tz_convert("Asia/Kolkata")
    expected = relate(posts, object_type="url")
    pd.testing.assert_frame_equal(relate(posts.assign(created_at=column), object_type="url"), expected)


def test_a_window_finer_than_the_clock_is_refused(posts):
    """Times to the minute carry no 60-second window; auto takes two minutes."""
    minutes = posts.assign(created_at=posts["created_at"].dt.floor("min"))
    with pytest.raises(ResolutionError):
        relate(minutes, object_type="url", window="60s")
    assert relate(minutes, object_type="url").attrs["investigate"]["window_s"] == 120.0


def test_columns_are_asked_for_and_proposed(posts):
    """Without names nothing is computed: the message lists the columns and a call to confirm; a slip gets its nearest."""
    with pytest.raises(InputError, match="author, created_at, url.*account='author', time='created_at', object='url'"):
        posts.investigate.relate()
    with pytest.raises(InputError, match="no column 'auther'.*did you mean 'author'.*author, created_at, url"):
        posts.investigate.relate("auther", "created_at", "url")
    with pytest.raises(InputError, match="2 columns 'url'"):
        relate(pd.concat([posts, posts[["url"]]], axis="columns"))
    with pytest.raises(InputError, match="no column is named for account"):
        pd.DataFrame().investigate.relate()


def test_check(posts):
    """Check uses its own proposal, marks it so, and counts."""
    table = posts.investigate.check().set_index("what")
    assert table.loc["account"].tolist() == ["author", "proposed: check it"]
    assert table.loc["content", "note"] == "none recognised"
    assert (table.loc["rows", "value"], table.loc["accounts", "value"], table.loc["objects", "value"]) == (5, 3, 3)
    named = posts.investigate.check(**NAMES, object_type="url").set_index("what")
    assert named.loc["account", "note"] == "" and named.loc["objects", "value"] == 2


def test_an_empty_frame(posts):
    """No row is a valid answer: no edge."""
    assert relate(posts.head(0)).empty and list(relate(posts.head(0)).columns) == list(EDGE_COLUMNS)


def test_the_frame_is_left_as_it_was(posts):
    """Neither cells, index, columns nor attrs of the caller's frame change."""
    posts.index = pd.Index([7, 7, 8, 9, 9])
    before = posts.copy()
    posts.investigate.graph(**NAMES, object_type="url", unusual=False)
    posts.investigate.check()
    pd.testing.assert_frame_equal(posts, before)
    assert posts.attrs == {}


def test_import_investigate_registers_nothing_and_loads_no_pandas():
    """The accessor is asked for by name; `import investigate` alone stays light."""
    code = (
        "import sys, investigate; print('pandas' in sys.modules);"
        "import pandas; print(hasattr(pandas.DataFrame, 'investigate'));"
        "import investigate.accessor; print(hasattr(pandas.DataFrame, 'investigate'));"
        "print([m for m in ('numba', 'networkx', 'papermill') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split("\n")[:4] == ["False", "False", "True", "[]"]


def test_case(posts, tmp_path):
    """A case made from the frame holds the same rows, of the named columns only, and goes on to the same edges."""
    posts = posts.assign(author=[1234567890123456789, 2, 1234567890123456789, 2, 3], secret="x", body="hello")
    case = posts.investigate.case(tmp_path / "c", **NAMES, object_type="url", text="body", purpose="a test")
    [held] = case.datasets
    assert (held.rows_read, held.n_accounts) == (5, 3) and sorted(held.columns_used) == [
        "author",
        "body",
        "created_at",
        "url",
    ]
    assert case.sql("select min(account_id) as a from accounts")["a"][0] == "1234567890123456789"
    edges = case.relate(["co_url"], window="60s")
    expected = relate(posts, object_type="url", window="60s", min_shared=1)
    same = [c for c in EDGE_COLUMNS if c in edges.columns]
    kept = edges[edges["n_objects"] >= 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept[same], expected[same], check_dtype=False)
    assert case.verify() == []


def test_case_refuses_before_a_folder_is_made(posts, tmp_path):
    """Times without a zone stop it, and nothing is left behind."""
    naive = posts.assign(created_at=posts["created_at"].dt.tz_localize(None))
    with pytest.raises(InputError, match="carry no zone"):
        naive.investigate.case(tmp_path / "c", **NAMES)
    assert list(tmp_path.iterdir()) == []
