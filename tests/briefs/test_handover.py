"""The hand-over: refused while it would leave the next shift guessing, made from the case, acknowledged in its log."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pytest
from shift_world import ACCOUNTS

from investigate.briefs import (
    NotReady,
    Shift,
    acknowledge,
    form,
    latest,
    make_handover,
    proposed,
    read_shift,
    write_handover,
)
from investigate.briefs.shift import moment
from investigate.case import Case
from investigate.errors import CaseError, InputError
from investigate.files import sha256
from investigate.report._outputs import foreign_markup

AT = "2026-03-06T06:00Z"
PEOPLE = {
    "outgoing": "Alex",
    "incoming": "Kim",
    "at": AT,
    "trend": "flat",
    "next_checkpoint": "2026-03-06T06:45Z",
    "situation": ["Five accounts post the same links."],
}


@pytest.fixture
def case(finished, tmp_path):
    """A copy of the case: hand-overs are written into its log."""
    shutil.copytree(finished.path, tmp_path / "case")
    return Case.open(tmp_path / "case")


def filled(case, **more) -> Shift:
    """Everything a hand-over needs, with a due time for each open item."""
    items = [{"id": i.id, "due": "2026-03-06T18:00Z"} for i in proposed(case).open_items]
    return Shift.model_validate(PEOPLE | {"severity": "P2", "open_items": items} | more)


def problems(case, shift) -> list[str]:
    with pytest.raises(NotReady) as caught:
        make_handover(case, shift)
    return list(caught.value.problems)


def test_the_case_fills_in_findings_judgements_and_proposals(case):
    """Open findings and the study's proposals are items with owner, action and review date; a judged one is a decision."""
    first, second = sorted(case.findings, key=lambda f: f.evidence_grade, reverse=True)
    items = proposed(case).open_items
    assert [i.id for i in items[:2]] == [first.finding_id, second.finding_id]
    assert (items[0].owner, items[0].next_action, items[0].due) == (
        "investigations",
        "Review a sample of members",
        "2026-03-07",
    )
    assert items[-1].owner == "ads integrity" and items[-1].id.startswith("P-")
    case.judge(first.finding_id, "confirmed_by_human", "sample of 20 read", grade="E2")
    after = proposed(case)
    assert first.finding_id not in [i.id for i in after.open_items]
    assert any(first.finding_id in d and "sample of 20 read" in d for d in after.decisions)


def test_everything_missing_is_listed_at_once(case):
    """An empty hand-over names each missing field in one error."""
    found = problems(case, Shift())
    for words in (
        "outgoing is not named",
        "incoming is not named",
        "severity ''",
        "trend ''",
        "situation",
        "(at) is missing",
        "next checkpoint is missing",
    ):
        assert sum(words in p for p in found) == 1, words


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"what": "Call back", "next_action": "call", "due": "2026-03-06T10:00Z"}, "no owner"),
        ({"what": "Call back", "owner": "tbd", "next_action": "call", "due": "2026-03-06T10:00Z"}, "no owner"),
        ({"what": "Call back", "owner": "legal", "due": "2026-03-06T10:00Z"}, "no next action"),
        ({"what": "Call back", "owner": "legal", "next_action": "call"}, "no due"),
        ({"what": "Call back", "owner": "legal", "next_action": "call", "due": "soon"}, "no due"),
        (
            {"what": "Call back", "owner": "legal", "next_action": "call", "due": "2026-03-05T10:00Z"},
            "before the hand-over",
        ),
    ],
)
def test_an_open_item_needs_owner_action_and_due_time(case, item, said):
    """Without one of them, with a placeholder, or due in the past, the hand-over is refused; complete it is not."""
    whole = filled(case)
    found = problems(
        case,
        whole.model_copy(
            update={"open_items": [*whole.open_items, Shift.model_validate({"open_items": [item]}).open_items[0]]}
        ),
    )
    assert len(found) == 1 and said in found[0] and "Call back" in found[0]
    assert make_handover(case, whole).shift.open_items[0].owner == "investigations"


@pytest.mark.parametrize("severity", ["P0", "P1"])
def test_urgent_ones_need_a_backup_and_times_of_day(case, severity):
    """P0 and P1 need a back-up who is somebody else, and items due at a time."""
    days = [{"id": i.id, "due": "2026-03-07"} for i in proposed(case).open_items]
    found = problems(case, filled(case, severity=severity, open_items=days))
    assert sum("backup" in p for p in found) == 1 and sum("needs a time" in p for p in found) == len(days)
    assert "the backup is the incoming person" in problems(case, filled(case, severity=severity, backup="Kim"))
    assert make_handover(case, filled(case, severity=severity, backup="Sam"))


def test_the_next_checkpoint_of_a_p0_is_within_an_hour(case):
    """61 minutes are refused for P0 and fine for P1; a checkpoint before the hand-over is refused."""
    later = {"next_checkpoint": "2026-03-06T07:01Z", "backup": "Sam"}
    assert problems(case, filled(case, severity="P0", **later)) == [
        "the next checkpoint of a P0 is more than 1 hour away"
    ]
    assert make_handover(case, filled(case, severity="P1", **later))
    assert make_handover(case, filled(case, severity="P0", backup="Sam", next_checkpoint="2026-03-06T07:00Z"))
    assert "not after" in problems(case, filled(case, next_checkpoint="2026-03-06T05:00Z"))[0]


def test_identifiers_that_lead_nowhere_are_refused(case):
    """A finding or exhibit named anywhere must be one of this case; the nearest is offered."""
    known = case.findings[0].finding_id
    wrong = known[:-1] + ("0" if known[-1] != "0" else "1")
    found = problems(case, filled(case, changed=[f"{known} was read", f"{wrong} was read", "see E-9"]))
    assert len(found) == 2 and f"did you mean {known}?" in found[0] and "'E-9'" in found[1]


def test_a_page_is_a_page(case):
    """Texts longer than a page are refused with the count."""
    assert "words are more than one page holds" in problems(case, filled(case, changed=["word " * 700]))[0]


def test_many_findings_are_not_lost(case):
    """Beyond eight, findings become one item that counts them."""
    from dataclasses import replace

    top = case.findings[0]
    case.findings = [replace(top, finding_id=f"F-{i:012x}") for i in range(30)]
    rest = [i for i in proposed(case).open_items if i.id == "rest"]
    assert len(rest) == 1 and rest[0].what.startswith("22 further findings")
    assert any("'22 further findings" in p and "no owner" in p for p in problems(case, filled(case)))


def test_files_say_the_same_and_are_the_same(case, tmp_path):
    """Markdown, HTML and JSON hold every item, hostile names are text, and writing again gives the same bytes."""
    made = make_handover(case, filled(case, situation=[f"<script>alert(1)</script> {ACCOUNTS[0]}"], people=[{"who": "Legal", "promised": "an update", "due": "2026-03-06T09:00Z"}], deadlines=[{"what": "Answer the court", "due": "2026-03-06T20:00Z", "legal": True}]))  # fmt: skip
    md, html, js = write_handover(made, tmp_path / "a")
    record = json.loads(js.read_text(encoding="utf-8"))
    assert next(t for _, t in record["due_within_24h"]) == "legal: Answer the court"
    assert record["times"] == [
        ["UTC", "2026-03-06 06:00"],
        ["America/New_York", "2026-03-06 01:00"],
        ["Asia/Singapore", "2026-03-06 14:00"],
    ]
    for path in (md, html):
        text = path.read_text(encoding="utf-8")
        assert all(i.next_action in text for i in made.shift.open_items) and "<script>" not in text
        assert "To be acknowledged" in text and "TLP:AMBER+STRICT" in text
    body = html.read_text(encoding="utf-8").split("<main", 1)[1].split(">", 1)[1].split("</main>")[0]
    assert foreign_markup(body.replace("<h2>", "<h3>").replace("</h2>", "</h3>")) == ""
    assert [sha256(p) for p in write_handover(made, tmp_path / "b")] == [sha256(p) for p in (md, html, js)]


def test_the_form_is_read_back(case, tmp_path):
    """The form holds what the case knows as valid TOML; filled in it is a hand-over, and as JSON it is the same."""
    path = tmp_path / "handover.toml"
    path.write_text(form(proposed(case)), encoding="utf-8")
    shift = read_shift(path)
    assert [i.id for i in shift.open_items] == [i.id for i in proposed(case).open_items]
    assert "outgoing is not named" in problems(case, shift)
    text = path.read_text(encoding="utf-8")
    for name, value in {**PEOPLE, "severity": "P3"}.items():
        text = (
            text.replace(f'{name} = ""', f'{name} = "{value}"', 1)
            if isinstance(value, str)
            else text.replace(f"{name} = []", f"{name} = {json.dumps(value)}", 1)
        )
    path.write_text(text, encoding="utf-8")
    made = make_handover(case, read_shift(path))
    other = tmp_path / "handover.json"
    other.write_text(read_shift(path).model_dump_json(), encoding="utf-8")
    assert make_handover(case, read_shift(other)).shift == made.shift


def test_a_form_with_mistakes_names_them(tmp_path):
    """Unknown keys are refused with the nearest, in TOML and in JSON."""
    path = tmp_path / "handover.toml"
    path.write_text('outgong = "Alex"\n', encoding="utf-8")
    with pytest.raises(InputError, match="outgoing"):
        read_shift(path)
    other = tmp_path / "handover.json"
    other.write_text('{"outgong": "Alex"}', encoding="utf-8")
    with pytest.raises(InputError, match="outgong"):
        read_shift(other)


def test_acknowledgement_is_an_entry_of_the_log(case, tmp_path):
    """The incoming person acknowledges the very file, by hash; nobody else can, and without a hand-over there is nothing to."""
    with pytest.raises(CaseError, match="no hand-over"):
        latest(case.path)
    write_handover(make_handover(case, filled(case)), case.path / "handover/2026-03-06T0600Z")
    path, digest = latest(case.path)
    record = json.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(InputError, match="made for Kim"):
        acknowledge(case, record, digest, by="Alex")
    entry = acknowledge(case, record, digest, by="Kim", questions="Who reads the sample?")
    assert entry["kind"] == "handover_acknowledged"
    assert entry["data"] == {
        "by": "Kim",
        "at": record["at"],
        "handover_sha256": sha256(path),
        "questions": "Who reads the sample?",
    }
    assert case.verify() == []


def test_the_log_of_the_shift_is_counted(case):
    """Entries within the shift are counted by kind, others are not."""
    now = datetime.now(UTC)
    later = {"at": now.isoformat(), "next_checkpoint": now.replace(year=now.year + 1).isoformat()}
    items = [{"id": i.id, "due": now.replace(year=now.year + 1).isoformat()} for i in proposed(case).open_items]
    assert dict(make_handover(case, filled(case, open_items=items, **later)).log)["findings_made"] == 1
    assert make_handover(case, filled(case)).log == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-03-06T06:00Z", "06:00"),
        ("2026-03-06 07:00+01:00", "06:00"),
        ("2026-03-06", "23:59"),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_read_in_utc(value, said):
    """Zones are converted, a day is its last minute, and what is no time is none."""
    at = moment(value)
    assert (at.strftime("%H:%M") if at else None) == said
