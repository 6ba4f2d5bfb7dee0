"""A case's graph leaving the tool: every kind, in every format, read back by other programs' readers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import duckdb
import networkx as nx
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.errors import InputError, InvestigateError
from investigate.export import COLOURS, KINDS, NO_COLOUR, PICTURE, export, tables, write_edges, write_graph
from investigate.graph import RelationGraph

HOSTILE = "x\x00\x1b[2J\u202e<!--\"&'\ud800\uffff]]>"
GEXF = {"g": "http://www.gexf.net/1.2draft", "viz": "http://www.gexf.net/1.2draft/viz"}


def at(minute: float) -> pd.Timestamp:
    return pd.Timestamp("2024-03-01T10:00:00Z") + pd.Timedelta(minutes=minute)


@pytest.fixture
def graph() -> RelationGraph:
    """Four accounts, two relations; one label is hostile, one account is in no community."""
    accounts = pd.DataFrame(
        {
            "account_id": ["d", "a", "b", "c"],
            "label": ["dee", HOSTILE.replace("\ud800", ""), "=1+1", "cy"],
            "community": [0, 1, 1, 2],
            "role": ["", "core", "core", "peripheral"],
            "component": [0, 1, 1, 1],
            "n_content": [3, 20, 11, 2],
        }
    )
    pairs = [("co_url", "a", "b", 3), ("co_text", "a", "b", 2), ("co_url", "b", "c", 5), ("co_url", "c", "d", 2)]
    edges = pd.DataFrame(pairs, columns=["relation", "account_a", "account_b", "n_objects"])
    edges["weight"] = edges["n_objects"].astype(float)
    edges = edges.assign(n_pairs=7, n_content_a=3, n_content_b=4, n_ordered=7, median_lag_s=4.5, mean_lag_s=5.0)
    edges["first_at"] = [at(i) for i in range(4)]
    edges["last_at"] = [at(i + 60.5) for i in range(4)]
    edges["share_a_first"] = [0.5, None, 1.0, 0.0]
    edges = edges.assign(n_acts=3, expected=0.1, lift=30.0, p=1e-9, q=[1e-8, 1e-7, 1e-6, 0.5], symmetry=0.75)
    acts = [("a", "1", "url", "u"), ("a", "1", "text", "t"), ("b", "2", "url", "u"), ("a", "3", "url", "u")]
    acts += [("c", "4", "url", "v"), ("d", "5", "hashtag", "u")]
    actions = pd.DataFrame(acts, columns=["account_id", "content_id", "object_type", "object_id"])
    actions["acted_at"] = [at(int(content)) for content in actions["content_id"]]
    return RelationGraph(accounts, edges, actions)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_the_networkx_graph(graph, kind):
    """The tables hold the nodes, the edges and the weights that `to_networkx` gives, for every kind."""
    nodes, edges = tables(graph, kind)
    expected = graph.to_networkx(kind)
    assert list(nodes["node"]) == sorted(nodes["node"], key=lambda n: (expected.nodes[n]["kind"] != "account", n))
    assert set(nodes["node"]) == set(expected)
    assert dict(zip(nodes["node"], nodes["kind"], strict=True)) == dict(expected.nodes(data="kind"))
    assert dict(zip(nodes["node"], nodes["label"], strict=True)) == dict(expected.nodes(data="label"))
    names = [c for c in ("weight", "relation", "relations", "q") if c in edges]
    ends = [tuple(e) if expected.is_directed() else tuple(sorted(e)) for e in edges[["source", "target"]].to_numpy()]
    made = sorted(zip(ends, edges[names].to_dict("records"), strict=True), key=str)
    held = []
    for a, b, data in expected.edges(data=True):
        end = (a, b) if expected.is_directed() else tuple(sorted((a, b)))
        held.append((end, {name: data[name] for name in names}))
    assert len(made) == expected.number_of_edges() > 0
    assert {(e, tuple(d.items())) for e, d in made} == {(e, tuple(d.items())) for e, d in held}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("suffix", "read"), [(".graphml", nx.read_graphml), (".gexf", nx.read_gexf)])
def test_every_kind_is_read_back(graph, tmp_path, kind, suffix, read):
    """NetworkX's own readers give back the nodes, edges, directions, kinds of node and weights that were written."""
    [path] = export(graph, tmp_path / f"g{suffix}", kind=kind)
    back, expected = read(path), graph.to_networkx(kind)
    assert back.is_directed() == expected.is_directed()
    assert set(back) == set(expected)
    assert dict(back.nodes(data="kind")) == dict(expected.nodes(data="kind"))
    assert back.number_of_edges() == expected.number_of_edges()
    if kind == "content":
        assert set(back.edges) == set(expected.edges)
    else:

        def weights(g):
            return sorted((*sorted((a, b)), float(w)) for a, b, w in g.edges(data="weight"))

        assert weights(back) == weights(expected)


def test_gexf_has_places_sizes_and_colours(graph, tmp_path):
    """Nodes with a known position have it in Gephi's units; colour follows the community, size the number of edges."""
    [path] = export(graph, tmp_path / "g.gexf", positions={"a": (-1, 0.5), "b": (0.25, 1), "c": (0, 0), "zz": (1, 1)})
    viz = dict(nx.read_gexf(path).nodes(data="viz"))
    assert viz["a"]["position"] == {"x": -PICTURE, "y": PICTURE / 2, "z": 0.0}
    assert "position" not in viz["d"]
    colours = {n: "#{r:02x}{g:02x}{b:02x}".format(**v["color"]) for n, v in viz.items()}
    assert colours == {"a": COLOURS[0], "b": COLOURS[0], "c": COLOURS[1], "d": NO_COLOUR}
    assert viz["b"]["size"] > viz["a"]["size"] > viz["d"]["size"] > 0  # 3, 2 and 1 edges


def test_colours_are_those_of_the_pictures():
    """A community has the same colour in Gephi as in the report."""
    from investigate.views._palette import LIGHT

    assert tuple(LIGHT[f"c{i}"] for i in range(8)) == COLOURS and LIGHT["other"] == NO_COLOUR


def test_gexf_edges_stand_in_time(graph, tmp_path):
    """Edges carry start and end as ISO times in UTC, the graph is dynamic; the attributes stay beside them."""
    [path] = export(graph, tmp_path / "g.gexf", kind="multi")
    root = ET.parse(path).getroot()
    assert root.find("g:graph", GEXF).attrib["mode"] == "dynamic"
    edges = root.findall(".//g:edge", GEXF)
    assert len(edges) == 4
    for edge in edges:
        start, end = pd.Timestamp(edge.attrib["start"]), pd.Timestamp(edge.attrib["end"])
        assert end - start == pd.Timedelta(minutes=60.5) and start.tzinfo is not None
    _, _, data = next(iter(nx.read_gexf(path).edges(data=True)))
    assert pd.Timestamp(data["first_at"]) == pd.Timestamp(data["start"])
    [path] = export(graph, tmp_path / "c.gexf", kind="content")
    assert all(d["start"] == d["end"] == d["at"] for *_, d in nx.read_gexf(path).edges(data=True))


def test_positions_in_graphml_and_tables(graph, tmp_path):
    """Other formats carry positions as x and y; a node without one has none."""
    places = {"a": (-1.0, 0.5)}
    [path] = export(graph, tmp_path / "g.graphml", positions=places)
    nodes = nx.read_graphml(path).nodes
    assert (nodes["a"]["x"], nodes["a"]["y"]) == (-1.0, 0.5) and "x" not in nodes["b"]
    _, beside = export(graph, tmp_path / "g.parquet", positions=places)
    table = pd.read_parquet(beside).set_index("node")
    assert tuple(table.loc["a", ["x", "y"]]) == (-1.0, 0.5) and table.loc["b", ["x", "y"]].isna().all()


@pytest.mark.parametrize("wrong", [(float("nan"), 0.0), (0.0, float("inf"))])
def test_a_position_that_is_no_place_is_refused(graph, tmp_path, wrong):
    """A position that is not finite is refused before anything is written."""
    with pytest.raises(InputError, match="first 'a'"):
        export(graph, tmp_path / "g.gexf", positions={"a": wrong})
    with pytest.raises(InvestigateError, match="did you mean 'projected'"):
        export(graph, tmp_path / "g.gexf", kind="project")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", [".arrow", ".parquet", ".csv"])
def test_tables_are_written_without_a_graph(graph, tmp_path, monkeypatch, kind, suffix):
    """Parquet, Arrow and CSV come from the tables alone: NetworkX is never asked, and two writes give the same bytes."""

    def refuse(*_, **__):
        raise AssertionError("a NetworkX graph was built")

    monkeypatch.setattr(RelationGraph, "to_networkx", refuse)
    first = export(graph, tmp_path / f"one{suffix}", kind=kind)
    assert [p.name for p in first] == [f"one{suffix}", f"one.nodes{suffix}"]
    second = export(graph, tmp_path / f"two{suffix}", kind=kind)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_arrow_and_parquet_hold_types(graph, tmp_path):
    """Counts stay whole, times stay UTC timestamps, text stays as it is; DuckDB reads the Parquet file."""
    export(graph, tmp_path / "g.arrow")
    with pa.memory_map(str(tmp_path / "g.arrow")) as file:
        table = pa.ipc.open_file(file).read_all()
    assert table.column_names[:3] == ["source", "target", "relation"]
    assert pa.types.is_integer(table.schema.field("n_objects").type)
    assert table.schema.field("first_at").type.tz == "UTC"
    export(graph, tmp_path / "g.parquet")
    file = (tmp_path / "g.nodes.parquet").as_posix()
    with duckdb.connect() as con:
        assert con.execute(f"select label from '{file}' where node = 'b'").fetchall() == [("=1+1",)]


def test_csv_defuses_formulas_in_labels(graph, tmp_path):
    """A label that a spreadsheet would run gets its apostrophe in the node table, too."""
    _, beside = export(graph, tmp_path / "g.csv")
    assert pd.read_csv(beside).set_index("node").loc["b", "label"] == "'=1+1"


def test_an_empty_graph_is_written(graph, tmp_path):
    """No edge is an answer in every kind and format."""
    empty = RelationGraph(graph.accounts.head(0), graph.edges.head(0), graph.actions.head(0))
    for kind in KINDS:
        for suffix in (".csv", ".arrow", ".parquet", ".graphml", ".gexf"):
            assert all(p.stat().st_size > 0 for p in export(empty, tmp_path / f"{kind}{suffix}", kind=kind))


def test_names_that_become_alike_stay_two_nodes(tmp_path):
    """Two accounts that differ only in a character XML cannot hold are not merged; the one that has it gets the number."""
    g = nx.Graph([("a\x0b", "b"), ("a\x0c", "b"), ("a\ufffd", "b")])
    for name, read in (("g.gexf", nx.read_gexf), ("g.graphml", nx.read_graphml)):
        assert set(read(write_graph(g, tmp_path / name))) == {"a\ufffd", "a\ufffd~2", "a\ufffd~3", "b"}


def test_columns_with_names_the_format_needs(tmp_path):
    """Columns called id, type, start, ... of a table are data, not instructions to Gephi."""
    edges = pd.DataFrame({"account_a": ["a", "a"], "account_b": ["b", "c"], "type": ["evil", "x"], "id": [1, 1]})
    edges = edges.assign(start="never", viz="red", mixed=[1, "x"], number=[1, 2.5])
    back = nx.read_gexf(write_edges(edges.astype({"number": object}), tmp_path / "e.gexf"))
    data = back.edges["a", "b"]
    assert (data["type_"], data["id_"], data["start_"], data["viz_"]) == ("evil", 1, "never", "red")
    assert data["mixed"] == "1" and data["number"] == 1.0 and back.edges["a", "c"]["number"] == 2.5


# Carriage returns aside, which every XML reader turns into line feeds.
TEXT = st.text(st.characters(exclude_categories=(), exclude_characters="\r"), max_size=12)


@given(names=st.lists(TEXT.filter(bool), min_size=2, max_size=6, unique=True), label=TEXT, note=TEXT)
def test_no_text_breaks_the_formats(names, label, note, tmp_path_factory):
    """Whatever stands in an identifier, a label or an attribute, the files parse, and no node or edge is lost."""
    g = nx.Graph()
    nx.add_path(g, names, note=note)
    for name in names:
        g.nodes[name]["label"] = label
    folder = tmp_path_factory.mktemp("hostile")
    for path, read in ((folder / "g.gexf", nx.read_gexf), (folder / "g.graphml", nx.read_graphml)):
        back = read(write_graph(g, path))
        assert back.number_of_nodes() == len(names) and back.number_of_edges() == len(names) - 1
        ET.parse(path)
    clean = [n for n in names if n.isprintable()]
    assert set(clean) <= set(back)


def test_hostile_label(graph, tmp_path):
    """Control characters, comments, entities and CDATA ends in a label come back as text, without what XML forbids."""
    for name, read in (("g.gexf", nx.read_gexf), ("g.graphml", nx.read_graphml)):
        [path] = export(graph, tmp_path / name)
        label = read(path).nodes["a"]["label"]
        assert "<!--\"&'" in label and "]]>" in label and "\x00" not in label and "\x1b" not in label
