"""The edge lists of the field's own tools are reproduced exactly from the columns of the edge table."""

from __future__ import annotations

import pandas as pd
import pytest

from investigate import Case
from investigate.sources import read


@pytest.fixture(scope="module")
def russian(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("russian")
    import tarfile

    with tarfile.open(shared_data("coortweet_russian.tar.gz")) as tar:
        member = tar.getmember("coortweet/russian_coord_tweets.csv.gz")
        (folder / "in.csv.gz").write_bytes(tar.extractfile(member).read())
    case = Case.create(folder / "case")
    case.load(folder / "in.csv.gz", "coortweet")
    return case


def table(path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str)


def test_coortweet_edges_and_weights(russian, shared_data):
    """CooRTweet 2.1.3, 60 s, min_participation 1: 6,206 edges, weight = n_pairs, mean symmetry of sides."""
    peer = table(shared_data("peer_results/rus_tw60_mp1_edges.csv.gz"))
    expected = {tuple(sorted((a, b))): int(w) for a, b, w in zip(peer["from"], peer["to"], peer["weight"], strict=True)}
    edges = russian.relate(["co_repost"], window="60s", min_shared=1)
    assert len(expected) == 6206
    assert (
        dict(zip(zip(edges["account_a"], edges["account_b"], strict=True), edges["n_pairs"], strict=True)) == expected
    )


def test_coortweet_object_counts(russian, shared_data):
    """The distinct objects CooRTweet lists per edge are n_objects; two or more: 58 accounts in 26 components."""
    import networkx as nx

    peer = table(shared_data("peer_results/rus_tw60_mp1_edges.csv.gz"))
    expected = {
        tuple(sorted((a, b))): len(set(o.split(",")))
        for a, b, o in zip(peer["from"], peer["to"], peer["object_ids"], strict=True)
    }
    edges = russian.relate(["co_repost"], window="60s", min_shared=1)
    assert (
        dict(zip(zip(edges["account_a"], edges["account_b"], strict=True), edges["n_objects"], strict=True)) == expected
    )
    strong = edges[edges["n_objects"] >= 2]
    graph = nx.Graph(list(zip(strong["account_a"], strong["account_b"], strict=True)))
    assert (graph.number_of_nodes(), nx.number_connected_components(graph)) == (58, 26)


@pytest.mark.parametrize(("window", "least"), [(10, 1), (60, 1), (60, 2)])
def test_coordination_network_toolkit_directed_weights(russian, shared_data, window, least):
    """coordination-network-toolkit 1.5.2 co_retweet: each directed weight is n_content of that side."""
    peer = table(shared_data(f"peer_results/cnt_rus_coretweet_{window}_{least}.csv.gz"))
    peer = peer[peer["user_1"] != peer["user_2"]]  # the published version also stores self-loops
    expected = {(a, b): int(w) for a, b, w in zip(peer["user_1"], peer["user_2"], peer["weight"], strict=True)}
    edges = russian.relate(["co_repost"], window=window, min_shared=1)
    found = {}
    for e in edges.itertuples():
        found[e.account_a, e.account_b], found[e.account_b, e.account_a] = e.n_content_a, e.n_content_b
    assert {k: v for k, v in found.items() if v >= least} == expected


@pytest.mark.parametrize("name", ["sim1", "sim2"])
def test_coortweet_simulator_truth(shared_data, tmp_path, name):
    """CooRTweet's simulator: its edges, and exactly its planted pairs of contents."""
    path = shared_data(f"peer_results/simulated/{name}_input.csv.gz")
    peer = table(shared_data(f"peer_results/simulated/{name}_edges.csv.gz"))
    truth = table(shared_data(f"peer_results/simulated/{name}_truth.csv.gz"))
    planted = truth[truth["coordinated"] == "TRUE"]
    window = float(planted["time_delta"].astype(float).max())
    assert read(path, "coortweet").rows_read > 0
    case = Case.create(tmp_path / "case")
    case.load(path, "coortweet")
    edges = case.relate(["co_repost"], window=max(window, 2.0), min_shared=1)
    found = dict(zip(zip(edges["account_a"], edges["account_b"], strict=True), edges["n_pairs"], strict=True))
    expected = {tuple(sorted((a, b))): int(w) for a, b, w in zip(peer["from"], peer["to"], peer["weight"], strict=True)}
    assert found == expected
    pairs = {frozenset((r.object_id, r.content_id, r.content_id_y)) for r in planted.itertuples()}
    behind = {frozenset((r.object_id, r.content_a, r.content_b)) for k in found for r in case.evidence(k).itertuples()}
    assert behind == pairs
