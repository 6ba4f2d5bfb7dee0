"""Briefs: one page each, known beside not known, no personal data where none may be, the same bytes every time."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import pytest
from shift_world import ACCOUNTS, PERSONAL

from investigate.briefs import AUDIENCES, audience, make_brief, read_run, scan, write_briefs
from investigate.briefs.brief import MAX_LINES, MAX_WORDS
from investigate.briefs.documents import brief_markdown
from investigate.errors import CaseError, InputError, UnknownNameError
from investigate.files import sha256
from investigate.wording import check_wording


@pytest.fixture(scope="module")
def run(finished):
    return read_run(finished.folder)


@pytest.fixture(scope="module")
def written(finished, tmp_path_factory):
    out = tmp_path_factory.mktemp("briefs")
    return {b.audience.name: (b, files) for b, files in write_briefs(finished.folder, out=out)}


@pytest.mark.parametrize("name", AUDIENCES)
def test_every_brief_says_what_is_known_and_what_is_not(written, name):
    """Each brief has the four parts, its reader's own parts, the label, the draft mark and the next update."""
    brief, (markdown, docx) = written[name]
    text = markdown.read_text(encoding="utf-8")
    for heading in ("Known", "Not known", "Assessed", *AUDIENCES[name].asks):
        assert f"## {heading.replace('(', '(')}" in text
    assert "TLP:AMBER+STRICT" in text and "Draft: not reviewed by a person" in text and "**Next update:**" in text
    assert docx.stat().st_size > 1000
    assert brief.problems == () == tuple(check_wording(brief.text))


@pytest.mark.parametrize("name", AUDIENCES)
def test_every_brief_is_one_page(run, written, name):
    """Words and lines stay within a page, also where a run has sixty findings with long statements; what is left out is counted."""
    assert written[name][0].fits
    many = tuple(
        {**run.findings[0], "finding_id": f"F-{i:012x}", "statement": "Long words are said here again. " * 40}
        for i in range(60)
    )
    brief = make_brief(replace(run, findings=many), audience(name))
    assert brief.n_words <= MAX_WORDS and brief.n_lines <= MAX_LINES
    assert AUDIENCES[name].free_text is False or sum(s.more for s in brief.sections) > 60


def test_sales_brief_holds_no_personal_data(run, written):
    """No account, handle, address, number of a person or text of the data is in the brief for sales and partners."""
    text = written["sales"][0].text + written["sales"][1][0].read_text(encoding="utf-8")
    with zipfile.ZipFile(written["sales"][1][1]) as docx:
        text += " ".join(
            re.sub(r"<[^>]+>", " ", docx.read(n).decode("utf-8"))
            for n in docx.namelist()
            if n.startswith("word/document")
        )
    for secret in (*ACCOUNTS, *PERSONAL, "JaneWasThere", "victims", "one.example", "posts.csv", "Links in March"):
        assert secret not in text
    assert scan(written["sales"][0].text, run.accounts) == []


def test_the_scan_would_see_them(run, written):
    """The same scan finds them in the brief for Legal, so that its silence on the other one means something."""
    kinds = {h.kind for h in scan(written["legal"][0].text, run.accounts)}
    assert {"account", "handle"} <= kinds
    assert set(ACCOUNTS[:2]) <= run.accounts


@pytest.mark.parametrize("name", ["public_policy", "leadership"])
def test_accounts_are_masked_where_names_are_not_needed(written, name):
    """Accounts and handles stand as [account]; the sentence around them stays."""
    text = written[name][0].text
    assert "[account] leads" in text
    assert not any(a in text for a in ("maria_lopez77", "@late_night_owl", "Jane Q. Doe"))


@pytest.mark.parametrize("name", sorted(set(AUDIENCES) - {"sales"}))
def test_contact_data_of_people_are_masked_for_everybody(written, name):
    """E-mail addresses, phone numbers, IBANs and card numbers are in no brief."""
    assert not any(p in written[name][0].text for p in PERSONAL[:4])


def test_small_counts_are_not_printed_for_partners(run):
    """With a cell size of 6 the five accounts become '<6'; with 5 they are printed."""
    assert "Accounts in findings: 5." in make_brief(run, audience("sales")).text
    assert "Accounts in findings: <6." in make_brief(run, audience("sales"), min_cell=6).text
    with pytest.raises(InputError, match="min_cell 2"):
        make_brief(run, audience("sales"), min_cell=2)


def test_the_same_run_gives_the_same_bytes(finished, written, tmp_path):
    """Both files of each brief are the same when they are written again."""
    for b, files in write_briefs(finished.folder, out=tmp_path):
        assert [sha256(f) for f in files] == [sha256(f) for f in written[b.audience.name][1]]


def test_word_documents_carry_no_clock_and_no_name(written):
    """Times inside the archive and the properties are fixed, and the author is the program."""
    with zipfile.ZipFile(written["legal"][1][1]) as docx:
        assert {i.date_time for i in docx.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = docx.read("docProps/core.xml").decode("utf-8")
    assert re.search(r"creator>investigate<", core)
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


def test_word_and_markdown_say_the_same(written):
    """Every item of the brief is a paragraph of the document."""
    from docx import Document

    brief, (_, path) = written["core_policy"]
    said = [p.text for p in Document(str(path)).paragraphs]
    assert all(item in said for s in brief.sections for item in s.items)
    assert Document(str(path)).sections[0].header.paragraphs[0].text == " · ".join(brief.marks)


def test_hostile_text_is_no_markup(run):
    """Text of the data becomes neither Markdown nor HTML, and control characters do not stop the document."""
    wild = "<img src=x onerror=alert(1)> [click](javascript:1) `x` | # **b** \x07\u202e"
    brief = make_brief(
        replace(run, findings=({**run.findings[0], "title": wild, "statement": wild},)), audience("legal")
    )
    text = brief_markdown(brief)
    assert (
        "\\<img" in text
        and "\\[click\\]" in text
        and "\\*\\*b" in text
        and "[click](" not in text.replace("\\", "\\\\")
    )
    assert "\x07" not in text and "\u202e" not in text


def test_labels_approval_and_next_update(run, finished, tmp_path):
    """An unknown label or audience is named with the nearest; an approved brief says by whom; the next update can be given."""
    with pytest.raises(InputError, match=r"did you mean 'AMBER'"):
        make_brief(run, audience("legal"), sharing="ambre")
    with pytest.raises(UnknownNameError, match="did you mean 'leadership'"):
        write_briefs(finished.folder, ["leadrship"], out=tmp_path)
    brief = make_brief(run, audience("legal"), sharing="green", approved_by="K. Ito", next_update="Friday 10:00 UTC")
    assert brief.marks == ("TLP:GREEN", "Approved by K. Ito") and brief.next_update == "Friday 10:00 UTC"
    assert "K. Ito" not in make_brief(run, audience("sales"), approved_by="K. Ito").text
    assert make_brief(run, audience("legal")).next_update.startswith("by 2026-03-07")


def test_a_brief_that_breaks_the_rules_of_wording_cannot_be_approved(run):
    """As a draft it is made with the problem named; approved it is refused."""
    bad = replace(run, study={**run.study, "bottom_line": "This proves that they act together."})
    assert [p.found for p in make_brief(bad, audience("legal")).problems] == ["proves"]
    with pytest.raises(InputError, match="cannot be approved: .*'proves'"):
        make_brief(bad, audience("legal"), approved_by="K. Ito")


def test_a_folder_without_a_run_is_refused(tmp_path):
    """The missing files are named."""
    with pytest.raises(CaseError, match="no manifest.json and no findings.json"):
        write_briefs(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_partial_run_is_said(run):
    """A run with failed sections says so among the facts and under what is not known."""
    brief = make_brief(replace(run, status="partial", failed=("network",)), audience("leadership"))
    assert (
        any("partial" in v for _, v in brief.facts) and "sections of the run that failed: network" in brief.text.lower()
    )
