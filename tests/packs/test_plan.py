"""Plans: defaults and rows, and what a wrong plan is told."""

from __future__ import annotations

import pytest

from investigate.packs import Plan, bundled, read
from investigate.packs.plan import SAMPLE
from investigate.packs.reading import WrittenWrong


def test_the_sample_plan_is_one():
    """The bundled example reads as a plan with three rows that need nothing else than the bundled samples."""
    plan = read(bundled(SAMPLE), Plan)
    assert [row.name for row in plan.run] == ["usual", "known-groups", "narrow"]
    assert plan.defaults.template == "coordinated_behaviour" and plan.run[2].parameters["window"] == "30s"
    assert {bundled(row.data).is_file() for row in plan.run} == {True}


def test_dates_in_parameters_become_texts(tmp_path):
    """A TOML date is the same parameter as the text that a command line gives."""
    path = tmp_path / "p.toml"
    path.write_text('[[run]]\nname = "a"\ncase = "c"\ntemplate = "t"\nparameters.as_of = 2026-10-08T06:00:00Z\n')
    assert read(path, Plan).run[0].parameters == {"as_of": "2026-10-08T06:00:00+00:00"}


def test_everything_wrong_with_a_plan_is_said_at_once(tmp_path):
    """A double name, a row without a template, a key among the parameters, each at its line."""
    path = tmp_path / "p.toml"
    path.write_text(
        '[[run]]\nname = "a"\ncase = "c"\ntemplate = "t"\n'
        '[[run]]\nname = "A"\ncase = "d"\n[run.parameters]\ndata = "x.csv"\n'
    )
    with pytest.raises(WrittenWrong) as caught:
        read(path, Plan)
    assert {(p.line, p.what) for p in caught.value.problems} == {
        (6, "the name 'A' is given twice"),
        (5, "row 'A' has no template"),
        (9, "'data' stands among the parameters"),
    }


def test_names_that_cannot_be_and_missing_keys(tmp_path):
    """A name with a slash and a row without a case are refused; an empty plan is none."""
    path = tmp_path / "p.yaml"
    path.write_text("run:\n  - name: a/b\n    template: t\n")
    with pytest.raises(WrittenWrong) as caught:
        read(path, Plan)
    assert [(p.line, p.what.partition(":")[0]) for p in caught.value.problems] == [
        (2, "'case' is missing"),
        (2, "'a/b' cannot be a row's name"),
    ]
    path.write_text("title: nothing\n")
    with pytest.raises(WrittenWrong, match="'run' is missing"):
        read(path, Plan)
