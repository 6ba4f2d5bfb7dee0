"""A plan's rows before anything starts: parameters, paths, files that cannot be used, and the hash of what a row is made from."""

from __future__ import annotations

import shutil

import pytest
from plans import posts, write_plan

from investigate.packs.reading import WrittenWrong
from investigate.runs.rows import planned


def test_paths_start_at_the_plan(tmp_path):
    """Data, mapping, case and template are found from the plan's folder, wherever the command is given."""
    _, rows = planned(write_plan(tmp_path, "a"))
    assert rows[0].problem is None and rows[0].template.name == "tiny"
    assert rows[0].parameters == {
        "mapping": str(tmp_path / "m.toml"),
        "case": str(tmp_path / "cases" / "a"),
        "data": str(tmp_path / "a.csv"),
    }


def test_unknown_and_wrong_parameters_stop_the_plan_with_their_lines(tmp_path):
    """Every problem of every row is named with line and nearest name, and is an error of the plan."""
    path = write_plan(
        tmp_path,
        'a;parameters = { min_share = 3, min_shared = "many" }',
        "b;parameters = { window = \"soon\" }\nsource = 'cvs'",
        defaults="parameters = { fdr = 0.1 }",
    )
    with pytest.raises(WrittenWrong) as caught:
        planned(path)
    rows = path.read_text().splitlines()
    found = {p.key[-1]: (rows[p.line - 1], p.what, p.do) for p in caught.value.problems}
    assert set(found) == {"min_share", "min_shared", "window", "source", "fdr"}
    assert "did you mean 'min_shared'?" in found["min_share"][2] and "min_share = 3" in found["min_share"][0]
    assert "cannot be 'many'" in found["min_shared"][1]
    assert (
        "window" in found["window"][0] and "'cvs'" in found["source"][1] and "did you mean 'csv'" in found["source"][2]
    )
    assert "no template of the plan has a parameter 'fdr'" in found["fdr"][1]


def test_a_default_reaches_only_templates_that_know_it(tmp_path):
    """Rows of another template are not bothered with a parameter they do not declare."""
    path = write_plan(
        tmp_path, "a", 'b;template = "coordinated_behaviour"', defaults="parameters = { fdr_q = 0.05, min_shared = 4 }"
    )
    _, (a, b) = planned(path)
    assert "fdr_q" not in a.parameters and b.parameters["fdr_q"] == 0.05
    assert a.parameters["min_shared"] == b.parameters["min_shared"] == 4


def test_an_unknown_template_is_named_once_for_all_rows(tmp_path):
    """A misspelt default template is one problem at its line, with the nearest name."""
    path = write_plan(tmp_path, "a", "b")
    path.write_text(path.read_text().replace("tiny.ipynb", "coordinated_behavior"))
    with pytest.raises(WrittenWrong, match="did you mean 'coordinated_behaviour'") as caught:
        planned(path)
    assert [p.line for p in caught.value.problems] == [3]


def test_missing_and_wrong_files_stop_only_their_row(tmp_path):
    """A data file that is not there, or a market profile that is wrong, is the row's own problem, in its own words."""
    path = write_plan(tmp_path, "a", 'b;parameters = { market_profile = "no.toml" }', "c")
    (tmp_path / "no.toml").write_text('country = "Norway"\nlanguagges = []\n')
    (tmp_path / "c.csv").unlink()
    _, (a, b, c) = planned(path)
    assert a.problem is None
    assert (
        "no.toml" in b.problem.where
        and "languagges" in b.problem.message
        and "did you mean 'languages'" in b.problem.do
    )
    assert "there is no file" in c.problem.what and "c.csv" in c.problem.what
    assert [row.fingerprint() != "" for row in (a, b, c)] == [True, False, False]


def test_a_row_is_the_same_while_its_ingredients_are(tmp_path):
    """Another place leaves the hash of a row as it is; other data, mapping, template or parameters change it."""
    path = write_plan(tmp_path, "a")

    def now(plan):
        return planned(plan)[1][0].fingerprint()

    first = now(path)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("plan.toml", "m.toml", "a.csv", "tiny.ipynb"):
        shutil.copy(tmp_path / name, moved)
    assert now(moved / "plan.toml") == first
    seen = {first}
    posts(tmp_path, "a", 7)
    seen.add(now(path))
    (tmp_path / "m.toml").write_text('account_id = "who"\ncreated_at = "when"\n')
    seen.add(now(path))
    (tmp_path / "tiny.ipynb").write_text((tmp_path / "tiny.ipynb").read_text().replace("0.05", "0.06"))
    seen.add(now(path))
    path.write_text(path.read_text() + "parameters = { min_shared = 5 }\n")
    seen.add(now(path))
    assert len(seen) == 5


def test_a_row_without_data_depends_on_what_its_case_holds(tmp_path):
    """Data added to the case by other means change the row."""
    path = write_plan(tmp_path, "a")
    path.write_text(path.read_text().replace('data = "a.csv"\n', ""))
    before = planned(path)[1][0].fingerprint()
    held = tmp_path / "cases" / "a" / "data" / "abc-csv"
    held.mkdir(parents=True)
    (held / "dataset.json").write_text("{}")
    assert planned(path)[1][0].fingerprint() != before
