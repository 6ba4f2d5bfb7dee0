"""The workbench widget without a browser: messages in, traits and answers out."""

from __future__ import annotations

import base64
import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

from investigate import widgets
from investigate.errors import InputError, UnknownNameError
from investigate.widgets import Workbench
from investigate.widgets._wire import unpack
from investigate.workbench import GESTURES
from tests.widgets.conftest import BAD
from tests.workbench.worlds import made_case


@pytest.fixture
def say(widget):
    """A function that sends a message as the browser does, and returns the answer."""
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))

    def message(do, **args):
        widget._handle_custom_msg({"do": do, "args": args, "id": len(sent) + 1}, [])
        content, message.buffers = sent[-1]
        assert content["id"] == len(sent)
        return content

    return message


def scene_of(widget):
    return unpack(widget._scene)


# -- what is shown -------------------------------------------------------------------------------------------------


def test_the_picture_sent_is_the_picture_of_the_core(widget):
    """Nodes, places and links of the packed scene are those of the core."""
    sent, own = scene_of(widget), widget.core.scene()
    assert sent["ids"] == own["ids"]
    for name in ("x", "y", "a", "b", "weight", "group"):
        np.testing.assert_allclose(np.asarray(sent[name], float), np.asarray(own[name], float))


def test_a_selection_sends_no_picture_and_no_table(widget):
    """Choosing nodes changes the selection, the state and the history, and nothing large."""
    names = []
    widget.observe(lambda change: names.append(change["name"]))
    widget.select(["a0"])
    assert widget._selection == ["a0"]
    assert set(names) <= {"_selection", "_state", "_history", "_notice"}


def test_moving_sends_no_table(widget):
    """Positions concern the picture and not the table."""
    names = []
    widget.observe(lambda change: names.append(change["name"]))
    widget.move({"a0": (0.5, 0.5)})
    assert "_scene" in names
    assert "_table" not in names


@pytest.mark.parametrize("kind", ["accounts", "edges", "contents"])
def test_each_table_has_the_rows_of_the_core(widget, say, kind):
    """Same rows in the same order, each with the node or the edge it stands for."""
    assert say("show_table", kind=kind)["ok"]
    sent, own = unpack(widget._table), widget.core.table(kind)
    assert sent["kind"] == kind
    assert len(sent["keys"]) == len(own)
    if kind != "edges":
        assert sent["keys"] == own["node"].tolist()
    assert {len(v) for v in sent["data"].values()} == {len(own)}


def test_the_state_tells_what_would_be_undone(widget):
    """The names of undo and redo, and the sentence for screen readers."""
    assert widget._state["undo"] == ""
    widget.select(["a0"])
    widget.hide(["a0"])
    assert widget._state["undo"] == widget.core.can_undo != ""
    assert "1 hidden" in widget._state["status"]
    widget.undo()
    assert widget._state["redo"] == widget.core.can_redo != ""


# -- gestures --------------------------------------------------------------------------------------------------------


def test_every_gesture_is_a_method_of_the_widget(widget):
    """With the parameters of the core; `layout` is also the box that every widget has."""
    for gesture in GESTURES:
        method = getattr(widget, gesture.name)
        assert callable(method), gesture.name
        if gesture.name != "layout":
            assert list(inspect.signature(method).parameters) == list(gesture.signature.parameters), gesture.name
    widget.layout(seed=3)
    assert widget.core.history["gesture"].iloc[-1].startswith("Laid out")
    widget.layout.height = "500px"


def test_a_message_makes_the_gesture(widget, say):
    """The core is changed, the answer is empty, the traits follow."""
    assert say("expand", nodes=["a0"], via=["co_url"])["ok"]
    assert "c0" in scene_of(widget)["ids"]
    assert say("undo")["ok"]
    assert "c0" not in scene_of(widget)["ids"]


def test_arguments_of_any_name_reach_the_gesture(widget, say):
    """A tag's name and a rule's name are arguments like others."""
    assert say("tag", nodes=["a0"], name="to check", reason="same wording")["ok"]
    assert say("select_rule", rule="tag", name="to check")["ok"]
    assert widget._selection == ["a0"]


def test_refusals_come_back_as_words_and_change_nothing(widget, say):
    """A wrong node, a wrong argument, an unknown gesture, a wrong type: each is answered, none is raised."""
    before = widget._scene
    for do, args in [
        ("hide", {"nodes": ["nobody"]}),
        ("hide", {"nodez": ["a0"]}),
        ("hyde", {"nodes": ["a0"]}),
        ("select_rule", {"rule": "degree"}),
        ("go_to", {"position": "soon"}),
        ("details", {}),
        ("peek", {"start": 1}),
        ("show_table", {"kind": "people"}),
    ]:
        answer = say(do, **args)
        assert answer["ok"] is False, do
        assert answer["error"]["what"].strip(), do
    assert widget._scene == before
    assert len(widget.core.history) == 0


def test_a_method_called_in_a_cell_raises(widget):
    """In a cell the error belongs to the cell."""
    with pytest.raises(InputError):
        widget.hide(["nobody"])
    with pytest.raises(UnknownNameError):
        widget._answer("hyde", {})
    with pytest.raises(AttributeError):
        widget.no_such_thing  # noqa: B018


def test_going_to_a_step_undoes_and_redoes(widget):
    """Positions count gestures from the first opening of the view."""
    widget.select(["a0"])
    widget.hide(["a0"])
    widget.pin(["a2"])
    end = widget._scene
    widget.go_to(0)
    assert len(widget.core.history) == 0
    assert [s["text"] for s in widget._history["undone"]] != []
    widget.go_to(3)
    assert widget._scene == end
    assert len(widget._history["done"]) == 3


def test_another_time_can_be_looked_at_without_a_step(widget, say):
    """While the brush is dragged: a picture comes back, the view and its history stay."""
    bins = widget._brush
    answer = say("peek", start=bins["from_us"], end=bins["from_us"] + 1)
    assert answer["ok"]
    assert "accounts" in answer["result"]["status"]
    picture = unpack(say.buffers[0])
    assert len(picture["ids"]) < len(scene_of(widget)["ids"])
    assert widget.core.state.time is None
    assert len(widget.core.history) == 0


def test_time_governs_picture_table_and_counts(widget, say):
    """After the gesture nothing outside the time is sent."""
    bins = widget._brush
    span = [bins["from_us"], bins["from_us"] + 3_000_000]
    assert say("time", start=span[0], end=span[1])["ok"]
    shown = set(scene_of(widget)["ids"])
    assert 0 < len(shown) < 9
    assert set(unpack(widget._table)["keys"]) <= shown
    assert widget._state["counts"]["accounts"] == len(shown)
    assert widget._state["time"] == span


# -- questions and records ---------------------------------------------------------------------------------------------


def test_the_preview_counts_what_expanding_brings(widget, say):
    """New and shown neighbours by relation, as the core counts them."""
    rows = {r["title"]: r for r in say("preview", nodes=["a0"])["result"]["rows"]}
    own = widget.core.preview(["a0"]).set_index("title")
    assert {t: (r["new"], r["shown"]) for t, r in rows.items()} == {
        t: (int(own.loc[t, "new"]), int(own.loc[t, "shown"])) for t in own.index
    }
    assert any(r["new"] == 1 and r["via"] == ["co_url"] for r in rows.values())


def test_an_edge_pinned_is_in_the_basket_and_in_the_log(widget, say):
    """Numbered, with note and stance; retracted by a new entry, and still listed."""
    made = say("exhibit", kind="edge", ref=["a0", "a2", "co_url"], note="seconds apart", stance="context")
    assert made.get("result") == ["E-1"], made
    (item,) = widget._basket
    assert (item["number"], item["note"], item["stance"], item["retracted"]) == (
        "E-1",
        "seconds apart",
        "context",
        False,
    )
    assert widget.case.exhibits()[0].number == "E-1"
    refused = say("exhibit", kind="edge", ref=["a0", "a2", "co_url"], stance="supports")
    assert refused["error"]["do"] == "name the finding"
    assert say("retract_exhibit", number="E-1", reason="wrong pair")["ok"]
    assert widget._basket[0]["retracted"] is True


def test_nodes_and_views_are_pinned_by_their_kind(widget, say):
    """An account, a content and the view; a bundle is no evidence."""
    assert say("exhibit", kind="node", ref=["a0", "content:p00"])["result"] == ["E-1", "E-2"]
    assert [e["kind"] for e in widget._basket] == ["account", "content"]
    assert say("exhibit", kind="view")["result"] == ["E-3"]
    assert say("exhibit", kind="node", ref=["bundle:a0|co_url"])["ok"] is False


def test_an_identifier_with_a_colon_is_still_an_account(tmp_path):
    """Identifiers as "twitter:name" are accounts, and the basket leads back to them."""
    posts = [(f"p{n}{k}", n, "x", 60.0 * k) for n in ("twitter:a", "b", "c") for k in range(3)]
    links = [("c", "twitter:a", "co_url", 3.0, True), ("b", "c", "co_url", 3.0, True)]
    made = Workbench(made_case(tmp_path / "case", posts, links, {"twitter:a": 1, "b": 1, "c": 1}))
    assert made.answers.exhibit("node", ["twitter:a"]) == ["E-1"]
    assert [(e.kind, e.ref) for e in made.case.exhibits()] == [("account", "twitter:a")]
    assert [e["node"] for e in made.answers.basket()] == ["twitter:a"]


def test_what_was_stated_of_a_merged_account_can_be_taken_back(widget, say):
    """Merged accounts are one node; the statements name both, so that they can be split."""
    assert say("merge", a="a0", b="a2", reason="same contact address")["ok"]
    (stated,) = say("statements", node="a0")["result"]
    assert set(stated[:2]) == {"a0", "a2"}
    assert say("split", a=stated[0], b=stated[1], reason="two people")["ok"]
    assert say("statements", node="a0")["result"] == []


# -- texts ----------------------------------------------------------------------------------------------------------


def test_no_text_of_a_post_is_sent_with_the_traits(widget, say):
    """Widget state can end up in a saved notebook: texts are sent on demand only."""
    say("show_table", kind="contents")
    state = repr({name: getattr(widget, name) for name in widget.keys if name not in ("_esm", "_css")})
    assert "post 1 of number" not in state
    assert "terrible" not in state


def test_covered_texts_stay_in_the_kernel_until_they_are_asked_for(widget, say):
    """Table and details give the reason in place of the text; reveal gives the text; cover takes it back."""
    table = say("texts", nodes=["content:gore", "content:p00"])["result"]
    assert table["content:gore"]["text"] == ""
    assert table["content:gore"]["hidden"]
    assert "number 0" in table["content:p00"]["text"]
    details = repr(say("details", node="content:gore")["result"])
    assert "terrible" not in details
    assert "terrible" in say("reveal", content="gore")["result"]["text"]
    say("cover", content="gore")
    assert "terrible" not in repr(say("details", node="content:gore")["result"])


def test_texts_are_searched_in_the_kernel(say):
    """Contents whose text holds the words, whatever the case."""
    found = say("texts_with", words="NUMBER 3")["result"]
    assert sorted(found) == [f"content:p3{k}" for k in range(4)]
    assert say("texts_with", words="100%' or 1=1 --")["result"] == []


# -- the notebook -----------------------------------------------------------------------------------------------------


def test_an_untrusted_notebook_has_a_picture_and_words(widget):
    """Beside the live view: an image with a text alternative, and a line of text; no script, no request."""
    widget.select([BAD])
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("Workbench of 'case', view 'main': ")
    page = data["text/html"]
    assert "<script" not in page
    (source,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    picture = base64.b64decode(source).decode()
    assert "<svg" in picture
    assert "onerror=alert(1)>" not in picture
    assert "<script" not in picture
    assert re.findall(r'alt="([^"]+)"', page)[0].startswith("case, view main: 9 of 10 accounts")


HOLD = """
import sys
from investigate import Case
case = Case.open(sys.argv[1])
print(case.hold("workbench"), flush=True)
sys.stdin.read()
"""


def test_the_second_opener_is_told_and_cannot_write(case):
    """While another process holds the case: a banner, gestures that work, and decisions refused in words."""
    command = [sys.executable, "-c", HOLD, str(case.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline().strip() == "True"
        second, sent = Workbench(case), []
        assert "open" in second._state["read_only"]
        second.send = lambda content, buffers=None: sent.append(content)
        second._handle_custom_msg({"do": "exhibit", "args": {"kind": "node", "ref": ["a0"]}, "id": 1}, [])
        assert sent[-1]["ok"] is False
        assert "open" in sent[-1]["error"]["what"]
        second.select(["a0"])
        assert second._selection == ["a0"]
        first.stdin.close()


def test_files_of_the_front_end_are_in_the_package():
    """The page is made from files of the wheel, not from addresses."""
    source, sheet = str(Workbench._esm), str(Workbench._css)
    assert "export{" in source or "export {" in source
    assert ".ivw" in sheet
    assert not re.search(r"""(?:import|from|url\()\s*["']?https?://""", source + sheet)


def test_the_renderer_is_a_choice_with_a_name(case):
    """WebGL is sent only where it is asked for, and a misspelt renderer is refused with the nearest name."""
    assert Workbench(case)._painter == ""
    assert "painter" in Workbench(case, renderer="webgl")._painter
    with pytest.raises(UnknownNameError, match="webgl"):
        Workbench(case, renderer="webgpu")


def test_a_missing_part_names_those_there_are():
    with pytest.raises(AttributeError, match="Workbench"):
        widgets.Wokbench  # noqa: B018
