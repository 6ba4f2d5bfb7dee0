"""The review panel and the media viewer without a browser: what the page is told, and what the log says after."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anywidget")

from investigate import Case
from investigate.errors import InputError
from investigate.findings import GRADES
from investigate.widgets import Media, Review
from investigate.widgets._review_page import no_confirmation


@pytest.fixture(scope="module")
def solved(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The sample, through all stages."""
    samples = repository / "data" / "samples"
    case = Case.create(
        tmp_path_factory.mktemp("review") / "sample", title="sample", purpose="tests of the review panel"
    )
    case.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    case.relate()
    case.score(known_groups=samples / "known_groups.csv")
    case.group()
    case.find()
    return case


@pytest.fixture
def case(solved: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A copy of the sample's case; its reviewer is Ada, whose settings are her own."""
    monkeypatch.setenv("INVESTIGATE_CONFIG", str(tmp_path / "settings"))
    monkeypatch.setenv("INVESTIGATE_ACTOR", "Ada")
    shutil.copytree(solved.path, tmp_path / "case", ignore=shutil.ignore_patterns(".*"))
    return Case.open(tmp_path / "case")


@pytest.fixture
def panel(case: Case, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A panel whose messages are kept in `.sent`."""

    def make(**options: Any) -> Any:
        made = Review(case, **options)
        made.sent = []
        monkeypatch.setattr(made, "send", lambda message, buffers=None: made.sent.append(message))
        return made

    return make


def test_a_finding_is_shown_with_all_that_speaks_for_and_against_it(panel, case):
    """Statement, expected by chance beside the observed, every explanation and limit, exhibits by stance, posts."""
    first = case.findings[0]
    row = case.edges[case.edges["unusual"]].iloc[0]
    edge = [row["account_a"], row["account_b"], row["relation"]]
    case.exhibit("edge", edge, finding_id=first.finding_id, stance="supports", note="same minute")
    case.exhibit("account", first.members[0], finding_id=first.finding_id, stance="contradicts", confidence="low")
    case.exhibit("account", first.members[1], finding_id=case.findings[1].finding_id, stance="supports")
    shown = panel().state()["review"]["finding"]
    assert shown["id"] == first.finding_id and shown["statement"]["text"].startswith("15 accounts acted")
    assert shown["evidence"][0]["observed"] == "359" and shown["evidence"][0]["expected"] == "6.4"
    assert len(shown["evidence"]) == len(first.evidence)
    assert [a["verdict"] for a in shown["alternatives"]] == [a.verdict for a in first.alternatives]
    assert len(shown["limits"]) == len(first.limits) > 0
    assert [e["number"] for e in shown["exhibits"]["supports"]] == ["E-1"]
    assert [(e["number"], e["confidence"]) for e in shown["exhibits"]["contradicts"]] == [("E-2", "low")]
    assert len(shown["posts"]) == 6 and len({p["text"] for p in shown["posts"]}) == 6
    assert shown["n_posts"] == case.joint[case.joint["community"] == 1]["content_id"].nunique()


def test_buttons_write_to_the_log_and_nowhere_else(panel, case):
    """Confirm one, reject another: two entries; a new panel on the case opened anew shows the same."""
    made = panel()
    first, second = (f.finding_id for f in case.findings[:2])
    made.receive(
        {"do": "judge", "args": {"finding": first, "decision": "confirmed_by_human", "reason": "Seen.", "grade": "E2"}}
    )
    assert "Finding 1 is confirmed" in made.sent[0]["review"]["said"]
    made.receive({"do": "show", "args": {"finding": second}})
    made.receive({"do": "judge", "args": {"finding": second, "decision": "rejected", "reason": "A newsroom."}})
    entries = [e["data"] for e in case.log.entries() if e["kind"] == "finding_judged"]
    assert [(e["finding"], e["decision"], e["reason"]) for e in entries] == [
        (first, "confirmed_by_human", "Seen."),
        (second, "rejected", "A newsroom."),
    ]
    again = Review(Case.open(case.path)).state()["review"]
    assert [row["status"] for row in again["list"]] == ["confirmed", "rejected", "supported"]
    assert again["at"] == 2, "it opens at the first finding that waits"


def test_the_call_behind_the_button_does_the_same(panel, case):
    """The line of Python that is shown, run on the case, gives the same decision."""
    made = panel()
    made.receive(
        {
            "do": "judge",
            "args": {"finding": made.finding.finding_id, "decision": "rejected", "reason": 'It\'s "one" man'},
        }
    )
    call = made.sent[0]["review"]["call"]
    eval(call, {"case": case})
    first, second = case.judgements().itertuples()
    assert (first.decision, first.reason, first.finding_id) == (second.decision, second.reason, second.finding_id)


def test_the_ceiling_holds(panel, case):
    """An E1 finding cannot be confirmed, an E2 one not at E3; nothing is written then, and the page is told why."""
    made = panel()
    lead = next(f for f in case.findings if f.evidence_grade == "E1")
    grade = next(f for f in case.findings if f.evidence_grade == "E2")
    for finding, wanted in ((lead, ""), (lead, "E2"), (grade, "E3"), (grade, "E4")):
        made.show(finding.finding_id)
        told = made.receive(
            {
                "do": "judge",
                "args": {
                    "finding": finding.finding_id,
                    "decision": "confirmed_by_human",
                    "reason": "x",
                    "grade": wanted,
                },
            }
        )
        assert "carr" in told["error"] or "cannot be confirmed" in told["error"]
    assert case.judgements().empty
    made.show(lead.finding_id)
    page = made.state()["review"]["finding"]
    assert page["grades"] == [] and "not confirmed" in page["no_confirmation"]
    assert [bool(no_confirmation(g)) for g in GRADES] == [True, True, False, False, False]


@pytest.mark.parametrize(
    "args, said",
    [
        ({"decision": "confirmed_by_human", "reason": " "}, "reason"),
        ({"decision": "maybe", "reason": "x"}, "not a decision"),
        ({"finding": "F-other", "decision": "rejected", "reason": "x"}, "another finding"),
        ({"decision": "rejected"}, "reason"),
    ],
)
def test_wrong_requests_change_nothing(panel, case, args, said):
    """A missing reason, an unknown decision, a page that is behind: an answer in words, no entry."""
    made = panel()
    told = made.receive({"do": "judge", "args": {"finding": made.finding.finding_id, **args}, "id": 7})
    assert said in told["error"] and told["to"] == 7
    assert case.judgements().empty


@pytest.mark.parametrize(
    "content",
    [None, "x", {}, {"do": "__init__"}, {"do": "look", "args": {"x": 1}}, {"do": 3}, {"do": "look", "args": 5}],
)
def test_odd_messages_are_answered(panel, content):
    """Whatever arrives: words come back, not a traceback in the log of the kernel."""
    assert panel().receive(content)["error"]


def test_the_second_reviewer_sees_nothing_of_the_first(panel, case, monkeypatch):
    """Not the decision, the reason, the status or the note on an exhibit, anywhere in what the page is told."""
    first = case.findings[0]
    case.exhibit("account", first.members[0], finding_id=first.finding_id, stance="supports", note="telltale note")
    case.judge(first.finding_id, "rejected", "telltale reason")
    monkeypatch.setenv("INVESTIGATE_ACTOR", "Grace")
    made = panel(second=True)
    told = json.dumps(made.state())
    assert "telltale" not in told and '"rejected"' not in told.replace('"rejected": "Reject"', "")
    assert made.state()["review"]["finding"]["blind"] and made.state()["review"]["list"][0]["blind"]
    with pytest.raises(InputError):
        made.show("F-nothing")
    made.judge("confirmed_by_human", "I see it otherwise.")
    page = made.state()["review"]
    assert [(j["decision"], j["second"]) for j in page["finding"]["judgements"]] == [
        ("rejected", False),
        ("confirmed", True),
    ]
    assert page["finding"]["disagree"] and page["agreement"]["lead"].startswith("0 of 1 findings")
    assert "telltale note" in json.dumps(page)


def test_a_second_review_needs_a_first(panel, case):
    """On a finding that nobody judged, the blind review says so and writes nothing."""
    made = panel(second=True)
    assert "Nobody has judged" in made.state()["review"]["finding"]["waiting"]
    told = made.receive(
        {"do": "judge", "args": {"finding": made.finding.finding_id, "decision": "rejected", "reason": "x"}}
    )
    assert "nobody has judged" in told["error"] and case.judgements().empty


def test_switching_to_the_second_review_forgets_the_last_decision(panel, case):
    """Two people at one screen: what the first just did is not on the second's page."""
    made = panel()
    made.judge("rejected", "telltale reason")
    assert "telltale" in json.dumps(made.state())
    made.receive({"do": "second", "args": {"on": True}})
    assert not made.state()["review"]["said"] and not made.state()["review"]["call"]


def test_hidden_posts_stay_in_the_kernel_until_asked_for(panel, case):
    """A labelled post: words in its place, its text in no state; asked for it comes as a message, and goes again."""
    made = panel()
    post = made.state()["review"]["finding"]["posts"][0]
    case.tag(post["ref"], "gore", "seen")
    page = made.state()
    assert post["text"] not in json.dumps(page, ensure_ascii=False)
    assert page["review"]["finding"]["posts"][0]["text"].startswith("[hidden: graphic violence")
    assert made.receive({"do": "reveal", "args": {"ref": post["ref"]}})["revealed"]["text"] == post["text"]
    assert made.exposure.counter.today() == {"graphic_violence": 1}
    assert made.receive({"do": "cover", "args": {"ref": post["ref"]}})["covered"]["text"].startswith("[hidden")
    made.receive({"do": "reveal", "args": {"ref": post["ref"]}})
    made.show(made.finding.finding_id)
    assert post["text"] not in json.dumps(made.state(), ensure_ascii=False), "turning the page covers again"
    assert not [e for e in case.log.entries() if "reveal" in json.dumps(e)], "reveals are nobody else's business"


def test_a_statement_that_quotes_a_hidden_post_is_hidden_too(panel, case):
    """The label of a post counts for the finding's title and statement where they may quote it."""
    quoting = next(f for f in case.findings if "the text" in f.title)
    joint = case.joint[(case.joint["community"] == quoting.impact["community"]) & (case.joint["object_type"] == "text")]
    case.tag("content:" + joint["content_id"].iloc[0], "hate", "seen")
    made = panel()
    made.show(quoting.finding_id)
    page = made.state()["review"]
    assert page["finding"]["statement"]["hidden"] and page["finding"]["title"].startswith("[hidden")
    assert page["list"][page["at"]]["title"].startswith("[hidden")


def test_nothing_is_held_in_traits(panel, case):
    """The state that a notebook would save: the script and the style, no word of the case."""
    made = panel()
    held = {k: v for k, v in made.get_state().items() if k not in ("_esm", "_css")}
    assert not [part for part in ("15 accounts", case.findings[0].finding_id, "Ada") if part in repr(held)]
    bundle = made._repr_mimebundle_()[0]
    assert "Review of 3 findings" in bundle["text/html"] and "application/vnd.jupyter.widget-view+json" in bundle


def test_a_read_only_case_says_so(panel, case):
    """Somebody else holds the case: the page is told, and a decision is refused."""
    case.log.closed_because = "it is open with Bo"
    made = panel()
    assert made.state()["review"]["read_only"] == "it is open with Bo"
    told = made.receive(
        {"do": "judge", "args": {"finding": made.finding.finding_id, "decision": "rejected", "reason": "x"}}
    )
    assert "open with Bo" in told["error"]


def test_a_case_without_findings_is_refused(tmp_path):
    """With the step that is missing."""
    with pytest.raises(InputError, match="find"):
        Review(Case.create(tmp_path / "empty", purpose="none"))


# --- the media viewer


@pytest.fixture
def picture() -> bytes:
    import numpy as np
    from PIL import Image

    pixels = np.full((300, 400, 3), 250, dtype=np.uint8)
    pixels[:, ::4] = [220, 30, 40]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def viewer(case: Case, picture: bytes, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def make(**options: Any) -> Any:
        made = Media(None, picture, **options)
        made.sent = []
        monkeypatch.setattr(made, "send", lambda message, buffers=None: made.sent.append((message, buffers)))
        return made

    return make


def steps(made: Any) -> list[str]:
    return [message["media"]["step"] for message, _ in made.sent]


def test_a_page_starts_blurred_and_each_step_is_asked_for(viewer, picture):
    """Blurred, grey, colour, blurred; the bytes travel beside the message, and the traits hold none of them."""
    made = viewer(labels="sexual", caption="on a beach")
    made.receive({"do": "look"})
    made.receive({"do": "reveal", "args": {"step": "blurred"}})
    made.receive({"do": "reveal", "args": {"step": "grey"}})
    made.receive({"do": "cover"})
    assert steps(made) == ["blurred", "grey", "colour", "blurred"]
    sizes = [len(buffers[0]) for _, buffers in made.sent]
    assert sizes[0] == sizes[3] and all(b[0][:4] == b"\x89PNG" for _, b in made.sent)
    assert not [v for k, v in made.get_state().items() if isinstance(v, bytes | memoryview)]
    assert "on a beach" not in repr({k: v for k, v in made.get_state().items() if k != "_esm"})


def test_a_second_page_is_never_a_step_ahead(viewer):
    """A page that opens while another shows the sharp picture gets the blurred one; a page that is behind goes one step."""
    made = viewer()
    made.receive({"do": "reveal", "args": {"step": "blurred"}})
    made.receive({"do": "look"})
    made.receive({"do": "reveal", "args": {"step": "blurred"}})
    made.receive({"do": "reveal", "args": {"step": "blurred"}})
    made.receive({"do": "reveal", "args": {"step": "colour"}})
    assert steps(made) == ["grey", "blurred", "grey", "grey", "colour"]


def test_never_shown_sends_no_picture(viewer):
    """Caption, size and hash; asked for anyway, it is refused in words."""
    made = viewer(labels="ncii", caption="reported by the person in it")
    made.receive({"do": "look"})
    message, buffers = made.sent[-1]
    assert message["media"]["never"] and not message["media"]["next"] and not buffers
    assert "never shown" in made.receive({"do": "reveal", "args": {"step": "covered"}})["error"]


def test_labels_of_the_content_count(case, picture):
    """A tag on the content hides its picture."""
    content = case.joint["content_id"].iloc[0]
    case.tag(f"content:{content}", "gore", "seen")
    made = Media(case, picture, content_id=content)
    assert made.exposure.about("it").step == "covered"
    assert made.reveal() == "blurred" and made.reveal() == "grey" and made.cover() == "blurred"
