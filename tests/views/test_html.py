"""The escaper: whatever the text, it stays text, works as no address, and hides nothing."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pandas as pd
import pytest
from hostile_demo import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from investigate.views._html import defang, escape, json_script, plain, reveal, table_html


class Seen(HTMLParser):
    """Elements, attributes and text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    return parser


@given(st.text())
def test_escaped_text_makes_no_markup(text: str) -> None:
    """Any text at all comes out as text only, inside an element and inside an attribute."""
    found = seen(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert found.tags == ["p"]
    assert found.attributes == [("title", plain(text))]
    assert found.text == plain(text)


@given(st.text())
def test_plain_text_is_encodable_and_stable(text: str) -> None:
    """Plain text can be written as UTF-8, has no character that hides or reorders, and stays as it is the second time."""
    once = plain(text)
    once.encode("utf-8")
    assert plain(once) == once
    assert not set(once) & {"\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\u2028", "\u200e"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("news\u202egro", "news[U+202E]gro"),
        ("a\u200bb", "a[U+200B]b"),
        ("tab\tline\n", "tab\tline\n"),
        ("\x1b[31m", "[U+001B][31m"),
        ("\ud800", "[U+D800]"),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f466", "\U0001f469\u200d\U0001f469\u200d\U0001f466"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("pay\u200dpal", "pay[U+200D]pal"),
        ("Z" + "\u0351" * 9 + "a", "Z" + "\u0351" * 4 + "[+5 marks]a"),
        ("café é", "café é"),
    ],
)
def test_tricks_are_shown_and_real_writing_is_kept(text: str, shown: str) -> None:
    """Direction marks, zero-width characters, controls and towers of marks are spelt out; emoji and Persian joiners stay."""
    assert reveal(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://evil.example/a.b?x=c.d", "hxxps://evil[.]example/a.b?x=c.d"),
        ("see HTTP://A.B.example now", "see HxxP://A[.]B[.]example now"),
        ("evil.example", "evil[.]example"),
        ("t.co/abc", "t[.]co/abc"),
        ("go to t.co/abc or www.evil.example", "go to t[.]co/abc or www[.]evil[.]example"),
        ("user@host.example/x", "user@host.example/x"),
        ("ftp://files.example/x", "fxp://files[.]example/x"),
        ("3.5 is a number, v1.2.3 too. Yes.", "3.5 is a number, v1.2.3 too. Yes."),
        ("tables.csv", "tables.csv"),
        ("hxxps://evil[.]example/", "hxxps://evil[.]example/"),
    ],
)
def test_addresses_do_not_work(text: str, shown: str) -> None:
    """Web addresses and host names are changed so that no program makes a link of them; other text is left alone."""
    assert defang(text) == shown


@pytest.mark.parametrize("name", HOSTILE)
def test_data_blocks_cannot_be_left(name: str) -> None:
    """JSON inside a script element reads back as it was, and no text in it can end the element."""
    html = json_script({"name": name, name: [name]}, "x")
    body = html.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")
    assert json.loads(body) == {"name": name, name: [name]}
    assert not set(body) & set("<>&\u2028\u2029")


def test_table_is_accessible() -> None:
    """A table has a caption, column and row headers, numbers to the right with separators, and says what it leaves out."""
    df = pd.DataFrame({"account_id": ["a", "b", "c"], "n_objects": [57560, 1, 2], "q": [1.2e-5, 0.5, None]})
    html = table_html(df, "Accounts", name="accounts", max_rows=2)
    found = seen(html)
    assert "<caption><span>Accounts</span></caption>" in html
    assert ("scope", "col") in found.attributes
    assert ("scope", "row") in found.attributes
    assert '<td class="iv-num">57,560</td>' in html
    assert "1.2 × 10⁻⁵" in html
    assert "2 of 3 rows. All rows are in tables/accounts.csv." in found.text


def test_table_keeps_hostile_names_and_headings_as_text() -> None:
    """Cells and column names from data add no element and no attribute of their own."""
    tame = pd.DataFrame({f"column {i}": ["x"] * len(HOSTILE) for i in range(len(HOSTILE))})
    wild = pd.DataFrame({name: list(HOSTILE) for name in HOSTILE})
    expected, found = seen(table_html(tame, "x", max_rows=50)), seen(table_html(wild, HOSTILE[1], max_rows=50))
    assert found.tags == expected.tags
    assert {name for name, _ in found.attributes} == {name for name, _ in expected.attributes}
    for name in HOSTILE:
        assert plain(name) in found.text


def test_table_without_rows_says_so() -> None:
    """An empty table is a sentence, not a blank."""
    assert "No rows." in table_html(pd.DataFrame({"a": []}), "Nothing")
