"""The commands brief, handover, workbook and wording, as a person types them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from shift_world import ACCOUNTS

from investigate.case import Case
from investigate.cli import main


@pytest.fixture
def case(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "case")
    return tmp_path / "case"


def test_briefs_are_written_beside_the_run_and_the_case_stays_whole(case, capsys):
    """Two audiences give four files; the case verifies after they are written, and again after they are written anew."""
    run = case / "runs/shift-0001"
    for _ in range(2):
        assert main(["brief", str(run), "-a", "legal", "-a", "sales", "--json"]) == 0
        made = json.loads(capsys.readouterr().out)["briefs"]
        assert [b["audience"] for b in made] == ["legal", "sales"] and all(b["wording"] == [] for b in made)
        assert sorted(p.name for p in (run / "briefs").iterdir()) == [
            "brief_legal.docx",
            "brief_legal.md",
            "brief_sales.docx",
            "brief_sales.md",
        ]
        assert Case.open(case).verify() == []
    assert main(["brief", str(run), "-a", "lawyers"]) == 2
    assert "known: core_policy" in capsys.readouterr().err


def test_a_shift_from_form_to_acknowledgement(case, capsys):
    """--draft writes the form, an unfilled one is refused line by line, the filled one is written and acknowledged."""
    assert main(["handover", str(case), "--draft"]) == 0
    assert main(["handover", str(case), "--draft"]) == 2, "a form that is there is not written over"
    capsys.readouterr()
    assert main(["handover", str(case)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "- outgoing is not named" in said and "- the next checkpoint is missing or has no time of day" in said
    form = case / "handover.toml"
    text = form.read_text(encoding="utf-8")
    days = [line for line in text.splitlines() if line.startswith('due = "')]
    assert days and set(days) == {'due = "2026-03-07"'}
    words = ["--set", "outgoing=Alex", "--set", "incoming=Kim", "--set", "severity=P2", "--set", "trend=better"]
    words += [
        "--set",
        "at=2026-03-06T06:00Z",
        "--set",
        "next_checkpoint=2026-03-06T14:00Z",
        "--set",
        "situation=One.",
        "--set",
        "situation=Two.",
    ]
    assert main(["handover", str(case), *words]) == 0
    folder = case / "handover/2026-03-06T0600Z"
    assert sorted(p.name for p in folder.iterdir()) == ["handover.html", "handover.json", "handover.md"]
    assert json.loads((folder / "handover.json").read_text(encoding="utf-8"))["shift"]["situation"] == ["One.", "Two."]
    assert main(["handover", str(case), "--ack", "--by", "Alex"]) == 2
    assert main(["handover", str(case), "--ack", "--by", "Kim", "--questions", "none"]) == 0
    kinds = [e["kind"] for e in Case.open(case).log.entries()]
    assert kinds[-2:] == ["handover_written", "handover_acknowledged"] and Case.open(case).verify() == []


def test_a_run_folder_stands_for_its_case(case, capsys):
    """Given a run, the hand-over is that of its case and names the run."""
    words = [
        f"--set={k}={v}"
        for k, v in {
            "outgoing": "A",
            "incoming": "B",
            "severity": "P3",
            "trend": "flat",
            "situation": "x",
            "at": "2026-03-06T06:00Z",
            "next_checkpoint": "2026-03-06T14:00Z",
        }.items()
    ]
    assert main(["handover", str(case / "runs/shift-0001"), *words, "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert json.loads(Path(files[-1]).read_text(encoding="utf-8"))["run"] == "shift-0001"
    assert main(["handover", str(case), "--set", "incomming=Kim"]) == 2
    assert "did you mean 'incoming'" in capsys.readouterr().err
    assert main(["handover", str(case), "--set", "open_items=x"]) == 2


def test_the_workbook_command_leaves_the_run_as_it_was(case, capsys):
    """All rows go to a file of its own, and the case verifies."""
    assert main(["workbook", str(case / "runs/shift-0001")]) == 0
    assert (case / "runs/shift-0001/tables_all.xlsx").is_file() and (case / "runs/shift-0001/tables.xlsx").is_file()
    assert Case.open(case).verify() == []
    assert main(["workbook", str(case)]) == 2


def test_wording_reads_texts_records_and_documents(case, tmp_path, capsys):
    """Exit code 0 where nothing is found, 2 with place, reason and suggestion where something is."""
    run = case / "runs/shift-0001"
    main(["brief", str(run), "-a", "core_policy"])
    for fine in (run / "findings.json", run / "briefs/brief_core_policy.md", run / "briefs/brief_core_policy.docx"):
        assert main(["wording", str(fine)]) == 0, fine
    record = json.loads((run / "findings.json").read_text(encoding="utf-8"))
    record["study"]["bottom_line"] = "It is certainly one campaign."
    bad = tmp_path / "findings.json"
    bad.write_text(json.dumps(record), encoding="utf-8")
    capsys.readouterr()
    assert main(["wording", str(bad), "--json"]) == 2
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["in"], found["rule"], found["found"]) == ("shift bottom line", "certainty", "certainly")
    text = tmp_path / "note.txt"
    text.write_text(f"{ACCOUNTS[0]} is fine.\nIran is behind it.\n", encoding="utf-8")
    assert main(["wording", str(text)]) == 2
    assert "line 2: 'Iran is behind'" in capsys.readouterr().out


@pytest.mark.browser
def test_a_report_is_printed_without_building_it_again(chromium, case, capsys):
    """`report --pdf` prints the report that is there: the run keeps its hashes."""
    run = case / "runs/shift-0001"
    (run / "report.html").write_text("<!doctype html><p>Report</p>", encoding="utf-8")
    before = (run / "manifest.json").read_bytes()
    assert main(["report", str(run), "--pdf", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["report"].endswith("report.pdf")
    assert (run / "report.pdf").read_bytes().startswith(b"%PDF") and (run / "manifest.json").read_bytes() == before
