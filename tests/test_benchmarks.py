"""The benchmarks measure what they say: same rows for every system, peers' rules as the peers apply them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from benchmarks import generator, machine
from benchmarks.quality import nulls, peers
from benchmarks.speed import systems
from benchmarks.speed.targets import targets
from investigate import Case

ROWS = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A small generated data set in every format."""
    out = tmp_path_factory.mktemp("actions")
    generator.write(out, ROWS)
    return out


class TestGenerator:
    def test_formats_hold_the_same_rows(self, folder):
        """CSV, Parquet and the toolkit's own CSV agree row for row, times included."""
        parquet = pq.read_table(folder / "actions.parquet").to_pandas()
        plain = pd.read_csv(folder / "actions.csv")
        other = pd.read_csv(folder / "toolkit.csv")
        assert len(parquet) == ROWS and parquet["content_id"].is_unique
        for name in ("account_id", "content_id", "object_id"):
            assert plain[name].tolist() == parquet[name].tolist()
        assert pd.to_datetime(plain["acted_at"], utc=True).tolist() == parquet["acted_at"].tolist()
        assert other["repost_id"].tolist() == plain["object_id"].tolist()
        assert pd.to_datetime(other["timestamp"], unit="s", utc=True).tolist() == parquet["acted_at"].tolist()
        assert other["urls"].isna().all() and other["message_id"].tolist() == plain["content_id"].tolist()

    def test_same_seed_same_rows_another_seed_others(self):
        """A block depends on its seed, the size of the data set and its number, and on nothing else."""
        first, again, other = (generator.block(ROWS, 0, seed) for seed in (1, 1, 2))
        assert all(
            np.array_equal(getattr(first, n), getattr(again, n)) for n in ("account", "object", "second", "group")
        )
        assert not np.array_equal(first.account, other.account)

    def test_blocks_are_whole_and_in_time_order(self, monkeypatch):
        """Several blocks give all rows, each sorted by time, with objects of different blocks' groups kept apart."""
        monkeypatch.setattr(generator, "BLOCK", 8_000)
        parts = [generator.block(ROWS, n, 0) for n in range(3)]
        assert [len(p.account) for p in parts] == [8_000, 8_000, 4_000]
        assert all((np.diff(p.second) >= 0).all() for p in parts)
        own = [set(p.object[p.group > 0].tolist()) - set(range(ROWS // 4)) for p in parts]
        assert all(own) and not own[0] & own[1] and not own[1] & own[2]

    def test_planted_groups_act_within_seconds(self, folder):
        """Every planted act lies within the spread, and the truth file names its accounts."""
        part = generator.block(ROWS, 0, 0)
        rows = pd.DataFrame({"g": part.group, "o": part.object, "s": part.second, "a": part.account})
        rows = rows[rows["g"] > 0]
        spans = rows.groupby(["g", "o"])["s"].agg(lambda s: s.max() - s.min())
        assert (spans <= generator.GROUP_SPREAD_S).mean() > 0.95  # two acts of a group may fall on one popular object
        truth = pd.read_csv(folder / "planted.csv")
        assert set(truth["account_id"]) == {f"a{n}" for n in rows["a"]}

    def test_activity_and_popularity_are_heavy_tailed(self):
        """One account in a hundred makes over a tenth of the rows; the busiest object has over a hundred times the mean."""
        part = generator.block(200_000, 0, 0)
        acts, uses = np.sort(np.bincount(part.account))[::-1], np.bincount(part.object)
        assert acts[: len(acts) // 100].sum() > 0.1 * acts.sum()
        assert uses.max() > 100 * uses[uses > 0].mean()


class TestSystems:
    @pytest.mark.parametrize("window", [10.0, 60.0, 3600.0])
    def test_every_system_gives_the_same_edges(self, folder, window):
        """Sweep, definition, range join and pandas: one digest, over accounts and all counts."""
        found = {}
        for name in ("sweep", "definition", "range_join", "pandas_merge"):
            edges = systems.SYSTEMS[name](folder / "actions.csv", window, 1, systems.Clock())["edges"]
            found[name] = systems.digest(edges[list(systems.COMPARED)].reset_index(drop=True))
        assert len(set(found.values())) == 1, found
        assert int(found["sweep"].partition(":")[0]) > 50

    def test_digest_sees_a_changed_count_and_not_the_order(self):
        """Order does not matter; one changed number does."""
        table = pd.DataFrame({"account_a": ["x", "y"], "account_b": ["z", "z"], "n_objects": [1, 2]})
        assert systems.digest(table) == systems.digest(table.iloc[::-1].reset_index(drop=True))
        assert systems.digest(table) != systems.digest(table.assign(n_objects=[1, 3]))

    def test_directed_is_what_the_toolkit_writes(self):
        """One row per direction; a direction below the least weight is left out while the other stays."""
        edges = pd.DataFrame({"account_a": ["x"], "account_b": ["y"], "n_content_a": [3], "n_content_b": [1]})
        assert systems.directed(edges, 2).values.tolist() == [["x", "y", 3]]


@pytest.fixture(scope="module")
def russian(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("russian")
    with tarfile.open(shared_data("coortweet_russian.tar.gz")) as tar:
        member = tar.extractfile("coortweet/russian_coord_tweets.csv.gz")
        (folder / "in.csv.gz").write_bytes(member.read())
    case = Case.create(folder / "case")
    case.load(folder / "in.csv.gz", "coortweet")
    return case


class TestPeers:
    def test_coortweet_at_its_defaults(self, russian, shared_data):
        """10 s, min_participation 2: the 442 edges and weights that CooRTweet 2.1.3 wrote, and its 4 above the median."""
        peer = pd.read_csv(shared_data("peer_results/rus_tw10_mp2_edges.csv.gz"), dtype=str)
        expected = {
            tuple(sorted((a, b))): int(w) for a, b, w in zip(peer["from"], peer["to"], peer["weight"], strict=True)
        }
        edges = peers.coortweet_edges(russian.connection(), "repost")
        found = dict(zip(zip(edges["account_a"], edges["account_b"], strict=True), edges["weight"], strict=True))
        assert len(expected) == 442 and found == expected
        assert (edges["weight"] > np.quantile(edges["weight"], 0.5)).sum() == 4

    def test_methods_on_rows_made_by_hand(self, tmp_path):
        """Two accounts repeat two links within seconds, a third shares one: what each rule flags is known beforehand."""
        rows = [
            (who, f"{who}{link}", f"2026-03-05T12:00:{link}{second}Z", f"look https://x{link}.example/a")
            for who, second, links in (("a", 0, "123"), ("b", 2, "123"), ("c", 4, "15"))
            for link in links
        ]
        pd.DataFrame(rows, columns=["who", "id", "at", "text"]).to_csv(tmp_path / "in.csv", index=False)
        case = Case.create(tmp_path / "case")
        mapping = {"account_id": "who", "content_id": "id", "created_at": "at", "text": "text"}
        case.load(tmp_path / "in.csv", "csv", mapping=mapping)
        con = case.connection()
        pair = {a for a in case.sql("select account_id from accounts")["account_id"] if not a.endswith("c")}
        assert len(pair) == 2
        assert peers.repeats(2)(con) == pair and peers.repeats(3)(con) == pair and peers.repeats(4)(con) == set()
        assert peers.toolkit(con) == pair and peers.toolkit(con, least=1) > pair
        # 3 for the pair, 1 for the two edges with c, which has too few but whose partners have enough.
        assert peers.coortweet_edges(con, "url")["weight"].tolist() == [3, 1, 1]
        assert peers.coortweet(con) == pair
        assert peers.cosine_edges(con).empty, "nobody has ten contents"


class TestNulls:
    def test_tails_are_those_of_scipy(self):
        """Poisson and hypergeometric chances against scipy's survival functions."""
        k, mean = np.array([0, 1, 3, 10]), np.array([0.5, 0.5, 2.0, 4.0])
        np.testing.assert_allclose(nulls.poisson_tail(k, mean), stats.poisson.sf(k - 1, mean))
        assert nulls.hypergeometric_tail(np.array([2]), 5, np.array([2]), np.array([2]))[0] == pytest.approx(0.1)

    def test_ranking_counts_equal_scores_together(self):
        """Two true and two false with equal scores: precision one half at the only threshold; a perfect order gives 1."""
        true = np.array([True, True, False, False])
        assert nulls.ranking(np.ones(4), true) == {
            "average precision": 0.5, "recall at precision 0.9": 0.0, "best F1": pytest.approx(2 / 3),
        }  # fmt: skip
        assert set(nulls.ranking(np.array([4.0, 3.0, 2.0, 1.0]), true).values()) == {1.0}

    def test_disparity_does_not_depend_on_the_order(self):
        """Renaming accounts so that every edge turns round changes nothing."""
        edges = pd.DataFrame({"account_a": ["a", "a", "b"], "account_b": ["b", "c", "c"], "n_objects": [5, 1, 1]})
        turned = edges.rename(columns={"account_a": "account_b", "account_b": "account_a"})
        np.testing.assert_allclose(nulls.disparity(edges), nulls.disparity(turned))
        assert nulls.disparity(edges)[0] == pytest.approx(1 - 5 / 6)

    def test_chance_to_meet_is_counted_by_size_of_object(self):
        """Two objects of three rows: of six pairs two lie within the window; an object of one row has none."""
        rows = pd.DataFrame({"object_id": list("xxxyyyz"), "at_us": [0, 1, 9_000_000, 0, 5_000_000, 5_500_000, 3]})
        thing = rows["object_id"].astype("category")
        assert nulls._meeting(rows, thing, 1.0).tolist() == pytest.approx([2 / 6, 2 / 6, 0.0])

    def test_planted_pairs_come_first_in_generated_actions(self, folder):
        """The exposure model ranks the planted pairs of the generator far above chance."""
        table = nulls.generated(folder / "actions.parquet").set_index("score")
        own = table.loc["exposure, counted in contents (`investigate.scoring`)"]
        assert own["true"] > 50 and own["average precision"] > 0.9
        assert own["average precision"] > own["true"] / own["edges"]


class TestResults:
    def test_tables_are_written_for_people_and_for_programs(self, tmp_path, monkeypatch):
        """Markdown and JSON hold the same rows, with the machine and the versions."""
        monkeypatch.setattr(machine, "RESULTS", tmp_path)
        table = pd.DataFrame(
            {"what": ["a | b", "c"], "share": [0.5, float("nan")], "n": [12_345, 1], "ok": [True, False]}
        )
        text = machine.write("demo", "Demo", [("Part", "About it.", table)])
        assert "| a \\| b | 0.500 | 12,345 | yes |" in text and "| c |  | 1 | no |" in text
        assert (tmp_path / "demo.md").read_text(encoding="utf-8") == text
        held = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
        assert held["tables"][0]["rows"][1] == {"what": "c", "share": None, "n": 1, "ok": False}
        assert held["machine"]["versions"]["duckdb"] and held["machine"]["cores"] >= 1

    def test_a_target_is_met_not_met_or_not_measured(self):
        """Ratios and limits are compared the right way round, and what was not run is not called met."""

        def run(system: str, seconds: float) -> dict:
            return {
                "system": system, "rows": 1_000_000, "window_s": 60, "compute": seconds, "compute_wall": seconds,
                "from_file": seconds, "from_file_wall": seconds, "peak": 1.0, "matches": 100,
            }  # fmt: skip

        runs = [run("sweep", 1.0), run("toolkit", 70.0), run("range_join", 9.0), run("definition", 2.0)]
        table = targets(runs, [{**run("sweep", 1.0), "rows": 10_000_000, "peak": 2.5}], {"leiden_s": 3.0}, 1_000_000)
        verdict = table.set_index("target")["verdict"].to_dict()
        assert verdict["file to edges against the toolkit, 1M, 60 s"] == "met"
        assert verdict["compute against the toolkit, 1M, 60 s"] == "not met"
        assert verdict["compute against the plain range join, 1M, 60 s"] == "not met"
        assert verdict["compute against the bucketed join, 1M, 60 s"] == "met"
        assert verdict["memory, 10M at 60 s"] == "not met" and verdict["Leiden on 1M edges"] == "met"
        assert verdict["memory, 50M at 60 s"] == verdict["compute against the toolkit, 10M, 60 s"] == "not measured"
