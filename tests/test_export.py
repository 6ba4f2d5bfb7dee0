"""Leaving the tool: the same edges in every format, whole, repeatable, and safe to open."""

from __future__ import annotations

import csv

import networkx as nx
import pandas as pd
import pytest

from investigate.errors import InputError, OutsideError
from investigate.export import EDGE_FORMATS, edge_graph, no_formula, write_edges, write_graph

HOSTILE = '=HYPERLINK("http://x.y","a")'


@pytest.fixture
def edges() -> pd.DataFrame:
    times = pd.to_datetime(["2020-01-01T00:00:00Z", "2020-01-01T00:01:30Z", "2020-01-02T00:00:00Z"])
    return pd.DataFrame(
        {
            "relation": ["co_url", "co_url", "co_url"],
            "account_a": ["1234567890123456789", "-100123", "a\x0b<&>"],
            "account_b": ["9", HOSTILE, "b"],
            "n_objects": [2, 3, 4],
            "first_at": times,
            "share_a_first": [0.5, None, 1.0],
        }
    )


def test_csv_keeps_identifiers_as_text(edges, tmp_path):
    """A 19-digit identifier and a negative one come back digit for digit."""
    path = write_edges(edges, tmp_path / "e.csv")
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert [r["account_a"] for r in rows][:2] == ["1234567890123456789", "-100123"]
    assert rows[0]["first_at"].startswith("2020-01-01T00:00:00") and rows[0]["first_at"].endswith("Z")


def test_csv_defuses_formulas(edges, tmp_path):
    """A text that a spreadsheet would run gets an apostrophe in CSV, and stays as it is in Parquet."""
    rows = list(csv.DictReader(write_edges(edges, tmp_path / "e.csv").open(encoding="utf-8", newline="")))
    assert rows[1]["account_b"] == "'" + HOSTILE
    assert pd.read_parquet(write_edges(edges, tmp_path / "e.parquet"))["account_b"][1] == HOSTILE


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-1+2", "@SUM(1+1)", "\t=1", "\r=1"])
def test_formula_starts(text):
    """Every start a spreadsheet may read as a formula is defused."""
    assert no_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["-100123", "+4.5", "@handle", "plain", "", 5, None, 1.5])
def test_harmless_values_stay(text):
    """Numbers, handles and everything else stay as they are: an identifier must still join."""
    assert no_formula(text) == text


def test_parquet_round_trip(edges, tmp_path):
    """Parquet holds the table itself."""
    pd.testing.assert_frame_equal(pd.read_parquet(write_edges(edges, tmp_path / "e.parquet")), edges, check_dtype=False)


@pytest.mark.parametrize(("name", "read"), [("e.graphml", nx.read_graphml), ("e.gexf", nx.read_gexf)])
def test_graph_formats_are_read_back(edges, tmp_path, name, read):
    """GraphML and GEXF hold the nodes as text, the weight as a number, times as text, and no empty attribute."""
    graph = read(write_edges(edges, tmp_path / name))
    assert graph.number_of_edges() == 3
    data = graph.edges["1234567890123456789", "9"]
    assert int(data["weight"]) == int(data["n_objects"]) == 2
    assert data["first_at"] == "2020-01-01T00:00:00Z"
    assert "share_a_first" not in graph.edges["-100123", HOSTILE]
    assert "a\ufffd<&>" in graph, "a character XML cannot hold is replaced"


@pytest.mark.parametrize("suffix", sorted(EDGE_FORMATS))
def test_same_edges_same_bytes(edges, tmp_path, suffix):
    """Two writes give the same bytes: no date, no random identifier."""
    first, second = (write_edges(edges, tmp_path / f"{n}{suffix}").read_bytes() for n in "ab")
    assert first == second
    assert b"lastmodified" not in first


def test_several_relations_become_a_multigraph(edges):
    """Two relations between one pair stay two edges, keyed by relation."""
    both = pd.concat([edges, edges.assign(relation="co_text")])
    graph = edge_graph(both)
    assert graph.is_multigraph() and graph.number_of_edges() == 6
    assert set(graph["9"]["1234567890123456789"]) == {"co_url", "co_text"}
    assert not edge_graph(edges).is_multigraph()


def test_unknown_suffix_is_refused_before_anything_is_written(edges, tmp_path):
    """A format nobody writes is refused with those that can be written."""
    with pytest.raises(InputError, match="gexf"):
        write_edges(edges, tmp_path / "e.xlsb")
    with pytest.raises(InputError, match="gexf"):
        write_graph(nx.Graph(), tmp_path / "e.csv")
    assert list(tmp_path.iterdir()) == []


def test_empty_table(edges, tmp_path):
    """No edge is a valid answer in every format."""
    for suffix in EDGE_FORMATS:
        assert write_edges(edges.head(0), tmp_path / f"e{suffix}").stat().st_size > 0


def test_a_folder_that_cannot_be_written_is_outside(edges, tmp_path):
    """A path that goes through a file is nobody's bug: the error says so, and no half file is left."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutsideError):
        write_edges(edges, tmp_path / "file" / "e.csv")
