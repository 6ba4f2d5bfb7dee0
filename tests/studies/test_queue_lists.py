"""Escalation trends with lists at hand: reviews, appeals, holidays, a policy pack, and the days to come."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from investigate import studies, views
from investigate.case import Case
from investigate.errors import InputError
from investigate.packs import policy_pack
from investigate.records.reliability import krippendorff_alpha
from investigate.simulate.queue import MAPPING, appeals_of, queue_world, reviews_of
from investigate.studies._queue_quality import read_appeals, read_reviews

WORLD = queue_world("spike", 1)


def written(folder, name, table):
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False)
    return str(path)


@pytest.fixture(scope="module")
def queue(tmp_path_factory):
    """A case that holds the queue, and a function that studies it with some lists."""
    folder = tmp_path_factory.mktemp("lists")
    WORLD.rows.to_csv(folder / "queue.csv", index=False)
    case = Case.create(folder / "case")
    case.load(folder / "queue.csv", "queue_csv", mapping=MAPPING)

    def study(**lists):
        files = {k: written(folder, k, v) if isinstance(v, pd.DataFrame) else v for k, v in lists.items()}
        return studies.escalation_trends(case, **files)

    return case, study


def answer(study, start):
    return next(a for a in study.answers if a.question.startswith(start))


def test_reviews_are_held_against_chance(queue):
    """Share, alpha, confusions and errors are those of the rows; reviewers who agree give no finding."""
    case, run = queue
    reviews = reviews_of(WORLD, 2, agree=0.97)
    study = run(reviews=reviews)
    units = reviews.groupby("escalation_id")["label"].agg(list).tolist()
    whole = study.table("agreement").iloc[0]
    assert whole["n"] == len(units) and whole["agree"] == sum(a == b for a, b in units)
    assert whole["alpha"] == pytest.approx(krippendorff_alpha(units)) and whole["verdict"] == "reliable"
    assert whole["alpha_low"] < whole["alpha"] < whole["alpha_high"]
    assert study.table("confusions")["n"].sum() == sum(a != b for a, b in units)
    wrong = reviews[reviews["error_type"] != ""].groupby("error_type")["escalation_id"].nunique()
    assert study.table("errors").set_index("error_type")["n"].to_dict() == wrong.to_dict()
    assert f"{whole['agree']:,} of {len(units):,} tickets reviewed twice" in answer(study, "Do reviewers agree").answer
    assert not [f for f in case.findings if f.type == "gap"]
    by = study.table("agreement")
    assert by[by["dimension"] == "team"]["n"].sum() == len(units)


def test_little_agreement_is_a_gap_with_its_explanations(queue):
    """Alpha with its whole interval under the bound: a finding at E1, expected by chance beside it, sent to the register."""
    case, run = queue
    study = run(reviews=reviews_of(WORLD, 3, agree=0.65))
    (gap,) = [f for f in case.findings if f.type == "gap"]
    assert gap.evidence_grade == "E1"
    whole, (evidence,) = study.table("agreement").iloc[0], gap.evidence
    assert evidence.observed == whole["agree"] and evidence.n == whole["n"]
    # alpha is what is left of disagreement by chance: (agreed - expected) / (n - expected)
    assert (evidence.observed - evidence.expected) / (evidence.n - evidence.expected) == pytest.approx(
        whole["alpha"], abs=0.01
    )
    verdicts = {a.name: a.verdict for a in gap.alternatives}
    assert verdicts["two labels that mean nearly the same"] == "does not explain"
    assert verdicts["one team's cases"] == "does not explain"
    assert "guidance" in set(study.table("register")["root_cause_class"])


def test_two_labels_taken_for_one_another_explain_it(queue):
    """Reviewers differ only between two labels: without those tickets they agree, and the finding says so."""
    case, run = queue
    run(reviews=reviews_of(WORLD, 4, agree=1.0, confused=("remove", "restrict")))
    gaps = [f for f in case.findings if f.type == "gap"]
    assert [a.verdict for f in gaps for a in f.alternatives if a.name.startswith("two labels")] == ["explains"]
    assert "remove and restrict" in gaps[0].statement


def test_reviews_that_cannot_count_are_left_out_and_counted(queue):
    _, run = queue
    reviews = reviews_of(WORLD, 5)
    n = reviews["escalation_id"].nunique()
    more = pd.concat(
        [reviews, reviews.iloc[:3].assign(label="other"), reviews.iloc[[4]].assign(reviewer="x", blind="no"),
         reviews.iloc[[5]].assign(escalation_id="nobody")]
    )  # fmt: skip
    study = run(reviews=more)
    assert study.table("agreement").iloc[0]["n"] == n
    said = next(line for line in study.limits if line.startswith("Reviews left out"))
    assert "1 of tickets that the queue does not hold" in said and "1 that saw another's label" in said
    assert "3 by a reviewer who had labelled the ticket before" in said


def test_appeals_stand_as_they_did_at_the_clock(queue):
    """Rates are over ended tickets, overturned over appeals decided; what is decided later is pending."""
    _, run = queue
    appeals = appeals_of(WORLD, 2)
    # The last time that any ticket tells of is the clock; appeals go on after it.
    study = run(appeals=appeals)
    at = pd.Timestamp(study.facts["as_of"])
    filed, decided = pd.to_datetime(appeals["filed_at"]), pd.to_datetime(appeals["decided_at"].replace("", None))
    known = filed <= at
    done = known & decided.le(at) & appeals["outcome"].ne("")
    whole = study.table("appeals").iloc[0]
    assert (whole["n_appealed"], whole["n_judged"]) == (known.sum(), done.sum())
    assert whole["n_overturned"] == (done & appeals["outcome"].eq("overturned")).sum()
    assert 0 < done.sum() < known.sum() < len(appeals)
    said = answer(study, "How many decisions").answer
    assert f"{known.sum() - done.sum():,} are pending" in said and f"{known.sum():,} of" in said
    assert any("filed after the clock" in line for line in study.limits)
    teams = study.table("appeals").query("dimension == 'team'")
    assert teams["n_judged"].sum() == done.sum() and set(teams["verdict"]) <= {
        "higher",
        "lower",
        "cannot tell apart",
        "too few to say (under 30)",
    }


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_reviews, "escalation_id,reviewer,label\n1,,keep\n,b,keep\n", "2 rows of quality reviews.*row 2: no escalation_id.*row 1: no reviewer"),
        (read_reviews, "escalation_id,reviewr,label\n1,a,keep\n", "lacks the columns reviewer.*'reviewr'"),
        (read_reviews, "escalation_id,reviewer,label,blind\n1,a,keep,perhaps\n", "blind is 'perhaps'"),
        (read_appeals, "escalation_id,outcome,filed_at\n1,overruled,soon\n", "outcome 'overruled'.*'soon' is no date"),
    ],
)  # fmt: skip
def test_bad_lists_are_refused_with_every_row(tmp_path, read, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read(str(path))
    assert re.search(said, str(error.value).replace("\n", " "))


def test_policies_are_mapped_by_the_queues_own_names(queue, tmp_path):
    """The area 'fraud' of the sample pack is the queue's; a team's own area is found under x_, without case and signs."""
    case, run = queue
    run()
    (spike,) = [f for f in case.findings if f.type == "trend"]
    assert [p["policy_id"] for p in spike.policy] == ["C-FRAUD"] and spike.policy[0]["fit"] == "unclear"
    assert "C-FRAUD" in views.policies(case, study="escalation_trends")._repr_html_()
    pack = policy_pack()
    own = pack.model_copy(update={"areas": {**pack.areas, "x_parcel_scams": ["A-FRAUD"]}})
    assert [p["policy_id"] for p in own.for_label("Parcel scams")] == ["A-FRAUD"]
    assert [p["policy_id"] for p in own.for_label("c-privacy")] == ["C-PRIVACY"]
    assert own.for_label("Category 35") == [] and own.for_label("") == []


def test_what_comes_next_says_how_such_forecasts_did(queue):
    """The sum, its interval, the backlog at the present pace, and the tries on the history."""
    case, run = queue
    study = run(forecast_days=7)
    table, tries = study.table("outlook"), study.table("tries")
    assert len(table) == 7 and len(tries) >= 3
    said = answer(study, "What comes next").answer
    assert f"{table['expected'].sum():,.0f} arrivals are expected" in said
    ended = float(re.search(r"([\d.]+) ended a day", said)[1])
    more = 7 * ended - table["expected"].sum()
    told = re.search(r": ([\d,]+) (more|fewer) than arrive", said)
    assert (told[2] == "more") == (more >= 0) and abs(int(told[1].replace(",", "")) - abs(more)) <= 1
    assert f"Of {len(tries)} such forecasts made earlier, {int(tries['inside'].sum())} held what came" in said
    assert views.queue_outlook(case).figure is not None
    none = run(forecast_days=0)
    assert "not asked for" in answer(none, "What comes next").because and none.table("outlook").empty


def test_a_holiday_is_not_a_quiet_day_nor_a_rush(queue):
    """Days named as holidays are expected to be like Sundays."""
    _, run = queue
    plain, told = run(), run(holidays=["2026-04-22"])
    at = pd.Timestamp("2026-04-22", tz="UTC")

    def expected(study):
        rows = study.table("series").query("dimension == 'all'")
        return rows.loc[rows["at"] == at, "expected"].item()

    assert expected(told) < 0.8 * expected(plain)
    assert any("1 holidays count as Sundays" in line or "1 holiday counts" in line for line in told.limits)


@pytest.mark.slow
def test_the_template_takes_all_lists(tmp_path):
    """Through the runner, with a mapping file, a clock and a window: sections are ok and every table is there."""
    from investigate.runs import execute

    WORLD.rows.to_csv(tmp_path / "queue.csv", index=False)
    mapping = tmp_path / "tickets.toml"
    mapping.write_text("".join(f'{k} = "{v}"\n' for k, v in MAPPING.items()), encoding="utf-8")
    result = execute(
        "escalation_trends",
        {
            "data": str(tmp_path / "queue.csv"),
            "source": "queue_csv",
            "mapping": str(mapping),
            "case": str(tmp_path / "case"),
            "purpose": "Test of the template with all lists at hand.",
            "as_of": "2026-04-24T00:00Z",
            "window_start": "2026-04-10",
            "reviews": written(tmp_path, "reviews", reviews_of(WORLD, 2)),
            "appeals": written(tmp_path, "appeals", appeals_of(WORLD, 2)),
            "holidays": ["2026-04-03", "2026-04-06"],
            "forecast_days": 7,
        },
    )
    assert (result.status, {s.status for s in result.sections}) == ("complete", {"ok"})
    record = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert record["study"]["facts"]["window_start"].startswith("2026-04-10")
    assert all(a["answer"] for a in record["study"]["answers"])
    for name in ("queue_outlook", "queue_reviews", "queue_confusions", "queue_errors", "queue_appeals"):
        assert len(pd.read_csv(result.folder / "tables" / f"{name}.csv")) > 0, name
