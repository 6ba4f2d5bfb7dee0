"""Spark runs the same text as DuckDB and gives the same edges, row for row."""

from __future__ import annotations

import tarfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from investigate import Case
from investigate.engines import co_action, definition
from investigate.engines import spark as engine_spark
from investigate.engines.finish import Links
from investigate.engines.spark import Inputs
from investigate.errors import InputError, OutsideError
from investigate.relations import RELATIONS

from .worlds import NAMES, by_hand, rows_of, same, table, with_acts

BARE = "select account_id, content_id, object_id, at_us from action_us"
pytestmark = pytest.mark.slow


def on_spark(spark, inputs, window_s, min_shared, tmp_path, acts=BARE) -> Links:
    """What Spark writes, read again."""
    out, exposure = tmp_path / "edges.parquet", tmp_path / "exposure.parquet"
    found = engine_spark.co_action(spark, inputs, acts, window_s, min_shared, "r", out, exposure)
    edges = pd.read_parquet(out)
    assert (found.n_edges, found.n_accounts) == (len(edges), len({*edges["account_a"], *edges["account_b"]}))
    assert sorted(p.name for p in tmp_path.glob("*edges*")) == ["edges.parquet"], "Spark's parts are cleared away"
    assert not list(tmp_path.glob(".edges*"))
    return Links(edges, pd.read_parquet(exposure), found.n_pairs_found, found.n_matches)


def stored(rows, path) -> Inputs:
    acts = table(rows)
    at = acts["at_us"].cast(pa.timestamp("us", tz="UTC"))
    pq.write_table(acts.drop_columns(["at_us"]).append_column("acted_at", at), path)
    return Inputs(table=str(path), object_type="url")


@pytest.mark.parametrize(("window_us", "min_shared"), [(0, 1), (7, 2), (60_000_000, 1), (3_600_000_000, 3)])
def test_as_counted_by_hand(spark, tmp_path, window_us, min_shared):
    """Forty worlds that do not touch, in one table: ties, edges of the window, times before 1970, names of all scripts."""
    rows = [row for seed in range(40) for row in rows_of(seed, 18, window_us, f"{seed:02}")]
    expected = by_hand(rows, window_us, min_shared)
    assert expected.n_pairs_found > 40
    same(on_spark(spark, stored(rows, tmp_path / "in.parquet"), window_us / 1e6, min_shared, tmp_path), expected)


def test_nothing_in_nothing_out(spark, tmp_path):
    """An empty table gives an empty edge table with all columns."""
    same(on_spark(spark, stored([], tmp_path / "in.parquet"), 60, 1, tmp_path), by_hand([], 60, 1))


@pytest.mark.parametrize("text", ["edges", "exposure", "found", "pairs"])
def test_one_text_for_both(spark, text):
    """Each text, unmodified, gives the same rows of the same values in DuckDB and in Spark, on identifiers as text."""
    rows = rows_of(3, 60, 5)
    query = getattr(definition, text)(5)
    spark.createDataFrame(
        rows, "account_id string, content_id string, object_id string, at_us bigint"
    ).createOrReplaceTempView("acts")
    with with_acts(rows) as con:
        found = con.sql(query)
        names, expected = found.columns, found.fetchall()
    answer = spark.sql(query)
    assert answer.columns == names
    assert sorted(map(tuple, answer.collect())) == sorted(expected) and len(expected) > 0


def test_accounts_are_ordered_by_their_bytes(spark):
    """Spark compares text by its UTF-8 bytes, as DuckDB and Arrow do, and not by Java's UTF-16."""
    spark.createDataFrame([(n,) for n in NAMES], "name string").createOrReplaceTempView("names")
    found = [r[0] for r in spark.sql("select name from names order by name").collect()]
    assert found == sorted(NAMES, key=lambda s: s.encode())


def test_a_case_of_two_files(spark, tmp_path):
    """A case's own Parquet files: content that stands in two data sets is counted once, as in the case itself."""
    for n, second in ((0, 0), (1, 30)):
        lines = ["id,who,when,what"]
        for i in range(6):
            lines.append(f"same{i},ann,2024-03-01 1{i}:00:00,https://news.example/{i}")
            lines.append(f"f{n}-{i},bob{n},2024-03-01 1{i}:00:{second:02},https://news.example/{i}")
        (tmp_path / f"{n}.csv").write_text("\n".join(lines), encoding="utf-8")
    case = Case.create(tmp_path / "case")
    mapping = {"account_id": "who", "created_at": "when", "text": "what", "content_id": "id"}
    for n in (0, 1):
        case.load(tmp_path / f"{n}.csv", "csv", mapping=mapping)
    inputs = Inputs(tuple((d.dataset_id, str(case.store.folder / d.dataset_id)) for d in case.datasets))
    rule = RELATIONS.get("co_url")
    with case.store.connect() as con:
        expected = co_action(con, "co_url", 60, engine="duckdb")
    found = on_spark(spark, inputs, 60, 1, tmp_path, rule.acts_query(60))
    assert len(expected.edges) == 3 and expected.edges["n_pairs"].tolist() == [6, 6, 6]
    pd.testing.assert_frame_equal(found.edges.assign(relation="co_url"), expected.edges)
    pd.testing.assert_frame_equal(found.exposure.assign(relation="co_url"), expected.exposure, check_dtype=False)


def test_derived_actions_are_handed_over(spark, tmp_path):
    """Actions on computed objects come as Parquet beside the case's own."""
    pq.write_table(
        pa.table({"object_type": ["family"] * 2, "account_id": ["a", "b"], "content_id": ["c", "d"], "object_id": ["o"] * 2, "at_us": [-5, 0]}),
        tmp_path / "derived.parquet",
    )  # fmt: skip
    (tmp_path / "set").mkdir()
    time = pa.timestamp("us", tz="UTC")
    empty = [(n, pa.string()) for n in ("account_id", "content_id", "object_type", "object_id")]
    pq.write_table(pa.schema([*empty, ("acted_at", time)]).empty_table(), tmp_path / "set" / "actions.parquet")
    content = pa.schema([("content_id", pa.string()), ("account_id", pa.string()), ("created_at", time)])
    pq.write_table(content.empty_table(), tmp_path / "set" / "content.parquet")
    inputs = Inputs((("set", str(tmp_path / "set")),), derived=(str(tmp_path / "derived.parquet"),))
    found = on_spark(spark, inputs, 1, 1, tmp_path, f"{BARE} where object_type = 'family'")
    assert found.edges[["account_a", "account_b", "mean_lag_s"]].to_numpy().tolist() == [["a", "b", 5e-6]]


def test_a_bare_table_is_read_strictly(spark, tmp_path):
    """A row without an identifier, a missing column, a time that is none, mixed units: an error, never a row less."""
    good = {"account_id": ["a", "b"], "content_id": ["c", "d"], "object_id": ["o", "o"], "acted_at": [5, 6]}
    for change, message in (
        ({"account_id": ["a", None]}, "1 rows lack"),
        ({"object_id": ["", "o"]}, "1 rows lack"),
        ({"acted_at": ["monday", "6"]}, "not a time"),
        ({"acted_at": [5, 1_700_000_000_000_000]}, "neither all seconds"),
    ):
        pq.write_table(pa.table(good | change), tmp_path / "bad.parquet")
        with pytest.raises(InputError, match=message):
            engine_spark.define_views(spark, Inputs(table=str(tmp_path / "bad.parquet"), object_type="url"))
    pq.write_table(pa.table(good).drop_columns(["object_id"]), tmp_path / "bad.parquet")
    with pytest.raises(InputError, match="no column object_id"):
        engine_spark.define_views(spark, Inputs(table=str(tmp_path / "bad.parquet")))
    pq.write_table(pa.table(good), tmp_path / "good.parquet")
    engine_spark.define_views(spark, Inputs(table=str(tmp_path / "good.parquet"), object_type="url"))
    assert [r[0] for r in spark.sql("select at_us from action_us order by at_us").collect()] == [5_000_000, 6_000_000]


def test_sparks_errors_become_ours(spark, tmp_path):
    """What Spark cannot run is said in a line, and its half-written parts are gone."""
    with pytest.raises(OutsideError, match="no_such_column"):
        on_spark(spark, stored([], tmp_path / "in.parquet"), 1, 1, tmp_path, "select no_such_column from action_us")
    assert not list(tmp_path.glob(".edges*")) and not (tmp_path / "edges.parquet").exists()


def test_coortweets_edges_on_spark(spark, shared_data, tmp_path):
    """CooRTweet 2.1.3, 60 s: 6,206 edges; coordination-network-toolkit's directed weights at 60 s: on Spark too."""
    with tarfile.open(shared_data("coortweet_russian.tar.gz")) as tar:
        member = tar.getmember("coortweet/russian_coord_tweets.csv.gz")
        (tmp_path / "in.csv.gz").write_bytes(tar.extractfile(member).read())
    case = Case.create(tmp_path / "case")
    case.load(tmp_path / "in.csv.gz", "coortweet")
    inputs = Inputs(tuple((d.dataset_id, str(case.store.folder / d.dataset_id)) for d in case.datasets))
    edges = on_spark(spark, inputs, 60, 1, tmp_path, RELATIONS.get("co_repost").acts_query(60)).edges
    peer = pd.read_csv(shared_data("peer_results/rus_tw60_mp1_edges.csv.gz"), dtype=str)
    expected = {tuple(sorted((a, b))): int(w) for a, b, w in zip(peer["from"], peer["to"], peer["weight"], strict=True)}
    pairs = list(zip(edges["account_a"], edges["account_b"], strict=True))
    assert len(expected) == 6206 and dict(zip(pairs, edges["n_pairs"], strict=True)) == expected
    peer = pd.read_csv(shared_data("peer_results/cnt_rus_coretweet_60_1.csv.gz"), dtype=str)
    peer = peer[peer["user_1"] != peer["user_2"]]
    directed = {(a, b): int(w) for a, b, w in zip(peer["user_1"], peer["user_2"], peer["weight"], strict=True)}
    found = {(e.account_a, e.account_b): e.n_content_a for e in edges.itertuples()}
    found |= {(e.account_b, e.account_a): e.n_content_b for e in edges.itertuples()}
    assert found == directed
