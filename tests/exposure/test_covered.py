"""Reports that are handed on: with the option set, hidden texts and what quotes them are covered; else nothing changes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from investigate import Case, views
from investigate.errors import InputError
from investigate.exposure import Hidden, Policy, Quotes
from investigate.runs.parameters import check
from investigate.runs.run import Run
from investigate.views import View
from investigate.views._covered import NOTE, covered

SECRET = "Seven words that nobody should have to read twice"


@pytest.fixture
def quotes() -> Quotes:
    return Quotes(Policy.load(), {SECRET: Hidden("graphic violence, by label 'gore'", "graphic_violence")})


def test_quotations_are_known_by_their_beginning(quotes):
    """The whole text, its form as an object, its clipped beginning inside a sentence; not other sentences, not numbers."""
    for text in (SECRET, SECRET.lower(), f"Main objects: the text \u201c{SECRET[:40]}\u2026\u201d (12 members)."):
        assert str(quotes.cover(text)).startswith("[hidden: graphic violence")
    for value in ("Seven words", "another text altogether, longer than the window", 7, None, ""):
        assert quotes.cover(value) == value


def test_every_part_of_a_view_is_covered(quotes):
    """Table, lead (its paragraph only), cards, the rows on a graph's cards; identifiers stay; a note says so."""
    from investigate.views._scene import Card, Group, Row, scene

    nodes = pd.DataFrame({"id": ["a", "b"], "label": ["a", "b"], "group": ["g1", "g1"], "size": [1.0, 1.0]})
    lines = pd.DataFrame({"a": ["a"], "b": ["b"], "weight": [1], "relation": ["co_text"]})
    cards = {"a": Card(rows=(Row(at="2026", text=SECRET, objects=(SECRET.lower(),)),))}
    figure = scene(
        nodes, lines, groups=[Group("g1", "Group 1", SECRET[:30])], relations={"co_text": "x"}, cards=cards, title="t"
    )
    table = pd.DataFrame({"content_id": [SECRET], "object_id": [SECRET.lower()], "text": [SECRET], "n": [1]})
    view = View(
        name="v",
        title="T",
        question="Q",
        lead=f"First.\n\nThey wrote \u201c{SECRET}\u201d.",
        table=table,
        figure=figure,
        cards=({"finding_id": "F-1", "statement": f"on {SECRET}", "alternatives": [{"result": SECRET}]},),
    )
    shown = covered(view, quotes.cover)
    assert shown.lead.startswith("First.\n\n[hidden") and NOTE in shown.caveats
    assert shown.table.loc[0, "content_id"] == SECRET and shown.table.loc[0, "n"] == 1
    assert all(str(shown.table.loc[0, c]).startswith("[hidden") for c in ("object_id", "text"))
    assert SECRET[:30].lower() not in (shown.figure.to_svg() + repr(shown.cards) + repr(shown.figure.cards)).lower()
    assert repr(shown.figure.groups).count("[hidden") == 1
    assert view.table.loc[0, "text"] == SECRET, "the view given is as it was"
    plain = View(name="v", title="T", question="Q", lead="Nothing of it.")
    assert covered(plain, quotes.cover) is plain


def test_a_run_covers_only_where_it_is_asked_to(tmp_path: Path):
    """`sensitive` at hide: the view that the report shows is covered, the table that is kept is whole."""
    rows = [f"a{i},2026-01-01T00:00:0{i}Z,{SECRET},{'gore' if i == 0 else ''}" for i in range(3)]
    file = tmp_path / "posts.csv"
    file.write_text("who,at,said,mark\n" + "\n".join(rows) + "\n", encoding="utf-8")
    case = Case.create(tmp_path / "case", purpose="covered reports")
    case.load(file, "csv", mapping={"account_id": "who", "created_at": "at", "text": "said", "sensitivity": "mark"})
    view = View(name="v", title="T", question="Q", table=pd.DataFrame({"text": [SECRET]}))
    for option, hidden in (("show", False), ("hide", True)):
        run = Run("t", case, tmp_path / option, {"sensitive": option})
        shown = run.show(view)
        assert ("[hidden" in shown.html()) is hidden and (SECRET in shown.html()) is not hidden
        assert SECRET in (tmp_path / option / "tables" / "v.csv").read_text(encoding="utf-8")
    assert "quality" in run.show(views.quality(case)).name


def test_the_option_has_two_words():
    """Anything else is refused before a kernel starts."""
    assert check({"sensitive": "show"}, {"sensitive": "hide"}) == {"sensitive": "hide"}
    with pytest.raises(InputError, match="neither"):
        check({"sensitive": "show"}, {"sensitive": "yes"})


def test_a_persons_own_settings_do_not_change_a_report(private: Path):
    """The same run gives the same report whoever makes it: only the package's and the organisation's settings count."""
    private.mkdir(parents=True)
    (private / "exposure.toml").write_text('[harms.hate]\ntext = "show"\n', encoding="utf-8")
    assert Policy.load().hides("x", "hate") is None
    assert Policy.load(own=False).hides("x", "hate").harm == "hate"
