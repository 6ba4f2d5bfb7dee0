"""The report as a file: complete, in reading order, without scripts of its own, marked where something is missing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hostile_demo import FAILED, HOSTILE, META, demo_notebook

from investigate.errors import InputError
from investigate.report import build_report
from investigate.report._markdown import markdown_html
from investigate.report._outputs import output_html
from investigate.views import MIME
from investigate.views._carrier import script_hash


class Page(HTMLParser):
    """Elements with their attributes, and the text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._skip = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._skip += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._skip else data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("report") / "report.html"
    build_report(demo_notebook(), title="Three groups", meta=META, sections_failed=FAILED, out=out)
    return out.read_text(encoding="utf-8")


def build(tmp_path: Path, cells: list[Any], **changes: Any) -> str:
    given = {"title": "x", "meta": {}, "sections_failed": [], "out": tmp_path / "r.html"} | changes
    return build_report(nbformat.v4.new_notebook(cells=cells), **given).read_text(encoding="utf-8")


def test_policy_allows_one_script_and_no_address(html: str) -> None:
    """The page's policy starts from nothing, names the graph's script by hash, and allows no place to load from."""
    policy = next(m["content"] for m in Page(html).named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'{script_hash()}'"
    assert rules["img-src"] == "data:"
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}


def test_page_loads_nothing(html: str) -> None:
    """No element can make a request: no scripts, pictures, links out, and no address in a style."""
    page = Page(html)
    assert not {tag for tag, _ in page.elements} & {
        "script",
        "img",
        "link",
        "object",
        "embed",
        "form",
        "base",
        "audio",
        "video",
    }
    assert all(a.get("href", "#").startswith("#") for a in page.named("a"))
    assert not [a for _, attrs in page.elements for a in attrs if a in ("src", "action") or a.startswith("on")]
    assert not re.search(r"url\(|@import", html)
    assert all(f["sandbox"] == "allow-scripts" for f in page.named("iframe"))


def test_frames_hold_data_that_cannot_leave_its_script(html: str) -> None:
    """Inside the frame there are two scripts, the data and the graph, whatever the names in the data say."""
    for frame in Page(html).named("iframe"):
        inner = Page(frame["srcdoc"] or "")
        assert [s.get("type") for s in inner.named("script")] == ["application/json", None]
        assert not {tag for tag, _ in inner.elements} & {"img", "svg", "link", "object", "iframe"}


def test_hostile_names_are_there_as_text(html: str) -> None:
    """Hostile names are neither lost nor run: they can be read, with tricks spelt out and addresses defanged."""
    text = Page(html).text
    assert "<img src=x onerror=alert(1)>" in text
    assert "news[U+202E]gro.rahter" in text
    assert "hxxps://evil[.]example" in text
    assert not [name for name in HOSTILE if "\u202e" in name and name in text]


def test_reading_order(html: str) -> None:
    """Bottom line, then results in the template's order, then how they were made; parameters are not a section."""
    headings = re.findall(r"<h2>(.*?)</h2>", html)
    assert headings[0] == "Bottom line"
    assert (
        headings.index("Findings")
        < headings.index("Network")
        < headings.index("Sensitivity")
        < headings.index("Build the case")
    )
    assert headings[-1] == "How to reproduce this"
    assert "Parameters" not in headings


def test_code_is_folded_away(html: str) -> None:
    """Code stands only in folded parts; the parameters are in the last section."""
    assert "case.relate(relations, window=window)" in html
    outside = re.sub(r"(?s)<details class=\"rp-code\">.*?</details>", "", html)
    assert "case.relate" not in outside
    assert "window = &quot;60s&quot;" in html[html.index('id="reproduce"') :]


def test_failures_are_marked_where_they_happened(html: str) -> None:
    """A failed section says what, where and what to do without a wall of code; a skipped one says why; the top counts both."""
    text = Page(html).text
    assert "This section failed: the column 'lang' is missing." in text
    assert "Where: test.csv, header." in text
    assert "What to do: give lang in the column mapping." in text
    assert "This section did not run: the stage before it failed." in text
    assert "This report is not complete. 2 sections have no result: Languages, Explanations." in text
    outside = re.sub(r"(?s)<details>.*?</details>", "", html)
    assert "Traceback" not in outside
    assert "\x1b" not in html


def test_failures_by_tag_and_without_a_section(tmp_path: Path) -> None:
    """A failure named by a cell's tag is shown in its section; one whose section is missing is shown at the top."""
    cell = nbformat.v4.new_markdown_cell("## Innocent explanations", metadata={"tags": ["alternatives"]})
    page = Page(
        build(
            tmp_path,
            [cell],
            sections_failed={"alternatives": "not run because the section 'build' failed", "gone": "it broke"},
        )
    )
    assert "This section did not run: the section 'build' failed." in page.text
    assert "This section failed: it broke." in page.text
    assert "2 sections have no result" in page.text


def test_only_views_may_bring_markup(tmp_path: Path) -> None:
    """HTML of anything but a view is left out, its text is shown; markup no view writes is refused even when marked as one."""
    v4 = nbformat.v4
    cell = v4.new_code_cell("x")
    cell.outputs = [
        v4.new_output("display_data", data={"text/html": "<b id=foreign>x</b>", "text/plain": "plain words"}),
        v4.new_output(
            "display_data", data={"text/html": "<p>ok</p><img src=x>", "text/plain": "forged", MIME: {"title": "t"}}
        ),
        v4.new_output(
            "display_data", data={"text/html": "<p>from a view</p>", "text/plain": "p", MIME: {"title": "t"}}
        ),
    ]
    html = build(tmp_path, [v4.new_markdown_cell("## A"), cell])
    assert "foreign" not in html
    assert "plain words" in html
    assert "<img" not in html
    assert "a picture was left out, because it holds &lt;img&gt;" in html
    assert "<p>from a view</p>" in html


def test_streams_are_text() -> None:
    """What a cell prints is escaped, without terminal colours; warnings are folded; endless output is cut and says so."""
    assert (
        output_html({"output_type": "stream", "name": "stdout", "text": "\x1b[1m<b>x</b>"})
        == '<pre class="rp-out">&lt;b&gt;x&lt;/b&gt;</pre>'
    )
    assert output_html({"output_type": "stream", "name": "stderr", "text": "careful"}).startswith("<details")
    assert "more characters" in output_html({"output_type": "stream", "name": "stdout", "text": "x" * 50_000})
    assert "left out" in output_html({"output_type": "display_data", "data": {"image/png": '"><script>'}})


@pytest.mark.parametrize(
    "source",
    ["<script>x</script>", "<img src=x onerror=y>", "[a](javascript:x)", "![a](https://x.example/p.png)", "<https://x.example>",
     "[a](https://x.example 'on\" x')", "`<b>`", "```\n<b>\n```", "[a][1]\n\n[1]: data:text/html,x", "&lt;script&gt;", "<!-- x -->"],
)  # fmt: skip
def test_markdown_makes_no_markup_of_its_own(source: str) -> None:
    """Markdown gives paragraphs, lists, tables and links inside the page; raw HTML, pictures and addresses become text."""
    page = Page(markdown_html(source))
    assert {tag for tag, _ in page.elements} <= {"p", "code", "pre", "em", "strong"}
    assert not [attrs for _, attrs in page.elements if attrs]


def test_markdown_keeps_what_a_template_needs() -> None:
    """Emphasis, lists, tables and links within the page work; headings stay below those of the page."""
    html = markdown_html("*a* **b**\n\n- c\n\n# d\n\n[e](#limits)\n\n| f | g |\n|---|---|\n| 1 | 2 |")
    for wanted in (
        "<em>a</em>",
        "<strong>b</strong>",
        "<li>c</li>",
        "<h3>d</h3>",
        '<a href="#limits">e</a>',
        "<td>1</td>",
    ):
        assert wanted in html


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Building twice gives the same file."""
    for name in ("a", "b"):
        build_report(demo_notebook(), title="x", meta=META, sections_failed=FAILED, out=tmp_path / f"{name}.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_stylesheet_is_there_once(html: str) -> None:
    """The stylesheet of views is in the page once, not with every picture."""
    assert html.count(".iv-view .iv-badges {") == 1


def test_manifest_can_be_given_as_it_is(tmp_path: Path) -> None:
    """A run's manifest fills the header: title of the template, period, purpose; folders above the case do not show."""
    manifest = {
        "schema": 1, "run": "t-0001", "status": "complete", "exit_code": 0, "seed": 0, "sections": [], "outputs": {},
        "template": {"name": "t", "title": "A template", "file": "t.ipynb", "sha256": "ab"},
        "parameters": {"case": "/home/someone/secret/CASE-7", "purpose": "Test of the header, with made-up data.", "window": "60s"},
        "inputs": [{"file": "C:\\Users\\someone\\in.csv", "sha256": "cd", "rows_read": 7, "first_at": "2026-01-01T00:00:00Z",
                    "last_at": "2026-01-02T03:04:05Z", "set_aside": {"no_time": 2}}],
        "versions": {"python": "3.11"}, "platform": "x", "times": {"started_at": "2026-01-03T00:00:00+00:00", "duration_s": 3},
    }  # fmt: skip
    text = Page(build(tmp_path, [nbformat.v4.new_markdown_cell("## A\n\nb")], meta=manifest)).text
    for wanted in (
        "CASE-7",
        "A template",
        "2026-01-01 00:00:00 to 2026-01-02 03:04:05",
        "Test of the header",
        "in.csv",
        "Draft",
    ):
        assert wanted in text, wanted
    assert "someone" not in text


def test_notebook_can_be_a_path(tmp_path: Path) -> None:
    """The executed notebook can be given as a file."""
    path = tmp_path / "n.ipynb"
    path.write_text(
        json.dumps(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("## A\n\nb")])), encoding="utf-8"
    )
    out = build_report(path, title="x", meta={}, sections_failed=[], out=tmp_path / "r.html")
    assert "<h2>A</h2>" in out.read_text(encoding="utf-8")


def test_sharing_label_is_checked(tmp_path: Path) -> None:
    """A label that does not exist is refused with the nearest one; a known one is in the header and on every printed page."""
    cells = [nbformat.v4.new_markdown_cell("## A\n\nb")]
    with pytest.raises(InputError, match="AMBER"):
        build(tmp_path, cells, meta={"tlp": "AMBRE"})
    html = build(tmp_path, cells, meta={"tlp": "TLP:green", "draft": False})
    assert '<span class="rp-tlp rp-tlp-green">TLP:GREEN</span>' in html
    assert '@bottom-left{content:"TLP:GREEN"}' in html
    assert "Draft" not in Page(html).text


def test_empty_notebook_is_refused(tmp_path: Path) -> None:
    """A notebook without cells is an error, not an empty page."""
    with pytest.raises(InputError, match="no cells"):
        build(tmp_path, [])
