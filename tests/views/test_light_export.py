"""The light export: what is in the page, that nothing in it is markup from a name, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hostile_demo import HOSTILE, demo_scene, labels

from investigate.errors import InputError, OutsideError
from investigate.graph import RelationGraph
from investigate.views import View, scene
from investigate.views._pyvis import network_of, page, to_pyvis

pytest.importorskip("pyvis")


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def parsed(text: str) -> Elements:
    elements = Elements()
    elements.feed(text)
    return elements


def data_of(text: str) -> dict:
    return json.loads(parsed(text).scripts[0])


def relation_graph(n: int = 30) -> RelationGraph:
    """A ring of accounts with hostile names, two relations, two communities."""
    ids = [f"id{i:03d}" for i in range(n)]
    accounts = pd.DataFrame({"account_id": ids, "label": labels(n), "community": [1 + i * 2 // n for i in range(n)]})
    accounts = accounts.assign(role="core", component=1, n_content=range(n))
    pairs = [tuple(sorted((ids[i], ids[(i + 1) % n]))) for i in range(n)]
    edges = pd.DataFrame(pairs, columns=["account_a", "account_b"]).assign(
        weight=2.0, n_objects=2, q=0.001, relation="co_url"
    )
    second = edges.head(5).assign(relation="co_text")
    return RelationGraph(accounts, pd.concat([edges, second], ignore_index=True), pd.DataFrame())


def test_the_same_scene_gives_the_same_page_with_its_positions() -> None:
    """Two writings are equal; nodes stand where the scene has them, y turned downwards; nothing moves by itself."""
    picture = demo_scene()
    data = data_of(page(picture))
    assert page(picture) == page(demo_scene())
    x = pd.Series([n["x"] for n in data["nodes"]])
    y = pd.Series([n["y"] for n in data["nodes"]])
    assert x.corr(picture.nodes["x"]) > 0.9999
    assert y.corr(picture.nodes["y"]) < -0.9999
    assert len(data["edges"]) == len(picture.edges)
    assert data["options"]["physics"] == {"enabled": False}


def test_nothing_in_the_page_points_anywhere() -> None:
    """No element has an address; no style fetches; every script is in the page and named in its policy by its hash."""
    text = page(demo_scene())
    found = parsed(text)
    for tag, attributes in found.seen:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "a", "svg"}
        assert not {"src", "href", "srcdoc", "action", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not any("url(" in s or "@import" in s for s in styles)
    policy = next(a["content"] for t, a in found.seen if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    own = [
        s
        for s, (t, a) in zip(found.scripts, [e for e in found.seen if e[0] == "script"], strict=True)
        if "type" not in a
    ]
    assert len(own) == 2
    for script in own:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    # what is left of addresses stands in the library's licence texts and names of markup languages
    hosts = set(re.findall(r"https?://([a-z0-9.-]+)", text))
    assert hosts <= {"visjs.github.io", "github.com", "almende.com", "www.apache.org", "opensource.org", "www.w3.org"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name: str) -> None:
    """As label, identifier, group, relation, edge label, title and note: the page has the same elements as with a plain name."""

    def made(text: str) -> str:
        nodes = pd.DataFrame({"id": [text, "b"], "label": [text, "b"], "group": [text, text]})
        edges = pd.DataFrame({"a": [text], "b": ["b"], "relation": [text], "label": [text]})
        return page(scene(nodes, edges, title=text, note=text))

    assert [tag for tag, _ in parsed(made(name)).seen] == [tag for tag, _ in parsed(made("ordinary")).seen]
    assert "https://evil" not in made(name)


def test_the_network_is_safe_in_pyvis_own_page_too() -> None:
    """Identifiers are numbers, and no title has the word that makes pyvis's template read it as markup."""
    nodes = pd.DataFrame({"id": ["a", "b"], "label": ['<a href="javascript:alert(1)">x</a>', "<A HREF=x>"]})
    net = network_of(scene(nodes, pd.DataFrame({"a": ["a"], "b": ["b"], "label": ["href=x"]})))
    assert [n["id"] for n in net.nodes] == [0, 1]
    assert not [item for item in [*net.nodes, *net.edges] if "href" in item["title"].lower()]
    assert net.heading == ""


def test_a_relation_graph_and_a_view_are_written(tmp_path: Path) -> None:
    """`RelationGraph.to_pyvis` and `View.to_pyvis` write the page; all nodes, edges and communities are in it."""
    written = relation_graph().to_pyvis(tmp_path / "graph.html")
    data = data_of(written.read_text(encoding="utf-8"))
    assert (len(data["nodes"]), len(data["edges"])) == (30, 35)
    assert len({n["color"] for n in data["nodes"]}) == 2
    assert len(data["relations"]) == 2
    lanes = [e for e in data["edges"] if "smooth" in e]
    assert len(lanes) == 5, "the second link of a pair is bent, or it would lie on the first"
    view = View("v", "A view", "What?", figure=demo_scene())
    assert view.to_pyvis(tmp_path / "view.html").read_text(encoding="utf-8") == page(demo_scene())


def test_what_it_refuses(tmp_path: Path) -> None:
    """Too large, no graph, another suffix: an error that says what to do, and no file."""
    with pytest.raises(InputError, match=r"30 nodes; this light export is for up to 20.*max_nodes"):
        relation_graph().to_pyvis(tmp_path / "g.html", max_nodes=20)
    with pytest.raises(InputError, match="35 edges"):
        to_pyvis(relation_graph(), tmp_path / "g.html", max_edges=34)
    with pytest.raises(InputError, match="no graph"):
        View("v", "A view", "What?").to_pyvis(tmp_path / "g.html")
    with pytest.raises(InputError, match=r"\.html"):
        relation_graph().to_pyvis(tmp_path / "g.png")
    assert list(tmp_path.iterdir()) == []


def test_without_pyvis_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pyvis is an extra: without it the package works, and this export names the command."""
    monkeypatch.setitem(sys.modules, "pyvis.network", None)
    with pytest.raises(OutsideError, match=r"investigate\[lab\]"):
        relation_graph().to_pyvis(tmp_path / "g.html")


def test_an_empty_graph_has_a_page() -> None:
    """No nodes: a page that says so."""
    text = page(scene(pd.DataFrame({"id": []}), pd.DataFrame({"a": [], "b": []})))
    assert "0 accounts" in text


def test_a_workbench_writes_what_is_on_its_canvas(tmp_path: Path) -> None:
    """`Workbench.to_pyvis`: the visible nodes, where they stand on the canvas."""
    from workbench.worlds import clustered, made_case

    from investigate.workbench import Workbench

    bench = Workbench(made_case(tmp_path / "case", *clustered(40, 90, 2)))
    first, *others = sorted(bench.scene()["ids"])
    bench.hide(others[:5])
    written = bench.to_pyvis(tmp_path / "bench.html")
    names = data_of(written.read_text(encoding="utf-8"))["names"]
    assert first in names and not set(others[:5]) & set(names)
    assert len(names) == len(bench.scene()["ids"])
