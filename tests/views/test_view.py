"""A view shows itself without scripts of its own, says when it misleads, and saves all its rows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from hostile_demo import HOSTILE, demo_views, finding

from investigate import views
from investigate.errors import InputError
from investigate.report._outputs import foreign_markup
from investigate.views import MIME, VIEWS, View, finding_cards, view


@pytest.mark.parametrize("name", sorted(demo_views()))
def test_html_holds_only_what_views_write(name: str) -> None:
    """Whatever the names in it, a view's markup has no script, link, image, handler or address outside the sandbox."""
    assert foreign_markup(demo_views()[name].html()) == ""


@pytest.mark.parametrize("name", sorted(demo_views()))
def test_views_are_deterministic(name: str) -> None:
    """The same view gives the same markup twice."""
    assert demo_views()[name].html() == demo_views()[name].html()


def test_the_check_of_markup_can_fail() -> None:
    """The check used above finds scripts, handlers, addresses, frames without sandbox and comments."""
    for bad in (
        "<script>",
        "<p onclick=x>",
        "<a href=x>",
        "<img src=x>",
        "<iframe srcdoc=''>",
        "<!-- x -->",
        "<svg><use xlink:href=x>",
    ):
        assert foreign_markup(bad), bad


def test_text_form_says_the_same() -> None:
    """Printed as text, a view gives its question, the answer, the picture in words and the cautions, defanged."""
    text = str(demo_views()["network"])
    assert "Which accounts act together?" in text
    assert "60 accounts" in text
    assert "8 of 269 rows" in text
    assert "Caution: Groups close to each other are not more alike." in text
    assert "https://site.example" not in text


def test_notebook_bundle_is_marked() -> None:
    """The notebook gets text, HTML and the marker by which the report knows a view."""
    bundle = demo_views()["summary"]._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", MIME}
    assert bundle[MIME]["name"] == "summary"


def test_save_writes_all_rows(tmp_path: Path) -> None:
    """CSV and Parquet hold all rows, not only those shown; Parquet holds the values as they were."""
    original = demo_views()["network"]
    paths = original.save(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in paths] == [
        "tables/network.csv",
        "tables/network.parquet",
        "figures/network.svg",
    ]
    back = pd.read_parquet(paths[1])
    assert len(back) == len(original.table) > original.max_rows
    assert list(back["account_a"]) == list(original.table["account_a"])
    assert len(pd.read_csv(paths[0])) == len(back)
    ET.fromstring(paths[2].read_text(encoding="utf-8"))
    assert not list(tmp_path.rglob(".*")), "no temporary file is left"


def test_save_is_byte_identical(tmp_path: Path) -> None:
    """Saving twice gives the same bytes."""
    first, second = demo_views()["network"].save(tmp_path / "a"), demo_views()["network"].save(tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_csv_runs_no_formula(tmp_path: Path) -> None:
    """A name that a spreadsheet would run is made harmless in the CSV; numbers, handles and the Parquet file are not changed."""
    names = ["=HYPERLINK(1)", "@SUM(A1)", "+1 234", "-1001234567890", "@handle", "-x", "1234567890123456789"]
    csv, parquet = View("x", "x", "x?", table=pd.DataFrame({"name": names})).save(tmp_path)
    kept = pd.read_csv(csv, dtype=str)["name"].tolist()
    assert kept == ["'=HYPERLINK(1)", "'@SUM(A1)", "+1 234", "-1001234567890", "@handle", "'-x", "1234567890123456789"]
    assert pd.read_parquet(parquet)["name"].tolist() == names


def test_mixed_columns_can_be_saved(tmp_path: Path) -> None:
    """A column of numbers, texts, lists and nothing is saved as text, missing values as missing."""
    table = pd.DataFrame({"value": [1, "a", None, 2.5], "lists": [["a"], ["b", "c"], None, []]})
    _, parquet = View("x", "x", "x?", table=table).save(tmp_path)
    assert pd.read_parquet(parquet)["value"].tolist()[:2] == ["1", "a"]
    assert pd.read_parquet(parquet)["value"].isna().tolist() == [False, False, True, False]


def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    """A view cannot write outside its folder."""
    with pytest.raises(InputError, match="file name"):
        View("../x", "x", "x?", table=pd.DataFrame({"a": [1]})).save(tmp_path)


def test_cards_say_grade_numbers_chance_and_alternatives() -> None:
    """A finding's card has the grade in words, observed beside expected, and every explanation with its outcome."""
    html = finding_cards([finding()])
    for wanted in (
        "E2",
        "robust statistical signal",
        "Supported by the data",
        "Expected by chance",
        "2.1",
        "q = 3.2 × 10⁻⁹",
        "What else could explain it",
        "not checked",
        "No event calendar was given.",
        "human review of a sample",
    ):
        assert wanted in html, wanted
    assert "No finding" in finding_cards([])


def test_cards_keep_hostile_text_as_text() -> None:
    """Every text of a finding is escaped, whatever field it is in."""
    for name in HOSTILE:
        wild = finding(
            title=name, statement=name, confidence=name, status=name, evidence_grade=name, finding_id=name, limits=[name],
            numbers={name: name}, evidence=[{"kind": name, "test": name, "observed": name, "note": name}],
            alternatives=[{"name": name, "checked": name, "result": name, "verdict": name}, name],
        )  # fmt: skip
        assert foreign_markup(finding_cards([wild])) == ""
        assert "<script" not in finding_cards([wild])


def test_registered_views_can_be_called_by_name() -> None:
    """Every registered view is an attribute of the package, says what it shows, and no two share a name."""
    for kind in VIEWS:
        assert getattr(views, kind.name) is kind.build
        assert kind.title
        assert kind.summary
    with pytest.raises(ValueError, match="twice"):
        view(title="x", summary="x")(next(iter(VIEWS)).build)
