"""The watch over one election on worlds whose truth is known: claims, groups, delta, twin, noise, damaged data."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from worlds_of_elections import case_of, watch

from investigate import studies, views
from investigate.case import Case
from investigate.errors import InputError
from investigate.simulate.election import broken_election, election_world

SIZE = {"accounts": 60}


@pytest.fixture(scope="module")
def positive(tmp_path_factory):
    """A market with a group that was there before, and a false date pushed in the second week: both weeks watched."""
    folder = tmp_path_factory.mktemp("positive")
    world = election_world(3, "positive", standing=True, **SIZE)
    case = case_of(world, folder)
    first = watch(case, folder, 1, keep_it=True)
    second = watch(case, folder, 2, keep_it=True, previous_run=str(first.folder))
    return world, folder, first, second


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    return watch(case_of(election_world(4, "twin", **SIZE), folder), folder, 2)


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noise")
    return watch(case_of(election_world(5, "noise", **SIZE), folder), folder, 2)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    world = broken_election(election_world(3, "positive", **SIZE))
    return watch(case_of(world, folder, weeks=(2,)), folder, 2)


def changes(study, kind):
    table = study.table("delta")
    return [(r.change, r.after) for r in table[table["kind"] == kind].itertuples()]


def answer(study, start):
    return next(a for a in study.answers if a.question.startswith(start))


def test_false_date_stands_in_the_queue(positive):
    """The wrong day is asserted by exactly the planted accounts, beside the right one, and nobody has judged it."""
    world, _, _, second = positive
    claims = second.study.table("claims")
    top = claims.iloc[0]
    assert top["asserted"].startswith("2026-10-06") and top["official"].startswith("2026-10-04")
    assert top["differs"] == "yes" and top["n_accounts"] == len(world.planted) == top["n_in_groups"]
    assert set(claims["assessment"]) == {"to assess"}
    assert not any("false" in str(f.title).lower() for f in second.findings)


def test_planted_group_is_found_and_supported(positive):
    """The twelve accounts are one finding of grade E2 or more, and no ordinary account is in it."""
    world, _, _, second = positive
    strong = [f for f in second.findings if f.evidence_grade >= "E2"]
    members = {m for f in strong for m in f.members}
    assert world.planted <= members <= world.planted | world.standing
    assert all(f.status == "lead" for f in second.findings if f.type != "cluster")


def test_delta_names_exactly_the_planted_group(positive):
    """Of all groups only the planted one is new; the one that was there before is the same and not listed."""
    world, _, _, second = positive
    assert changes(second.study, "group") == [("new", len(world.planted))]
    assert [c for c, _ in changes(second.study, "claim")] == ["new"]
    assert len([c for c, _ in changes(second.study, "text") if c == "new"]) >= 3


def test_identical_data_give_an_empty_delta(positive, tmp_path):
    """The same week against its own run: nothing changed; the week before against it: the planted group is gone."""
    _, folder, _, second = positive
    case = Case.open(shutil.copytree(second.case.path, tmp_path / "case"))
    again = watch(case, folder, 2, previous_run=str(second.folder))
    assert again.study.table("delta").empty
    assert answer(again.study, "What changed").answer == "Nothing changed."
    backwards = watch(case, folder, 1, previous_run=str(second.folder))
    assert changes(backwards.study, "group") == [("gone", 0)]


def test_earlier_proposals_are_followed_up(positive):
    """Each proposal of the week before says whether its date has passed and what became of its group."""
    _, _, first, second = positive
    follow = second.study.table("follow_up")
    record = json.loads((first.folder / "findings.json").read_text(encoding="utf-8"))
    assert len(follow) == sum(len(f["recommended"]) for f in record["findings"]) + len(first.study.proposals) > 0
    assert follow["now"].str.startswith("still there (same)").any()
    assert set(follow["due"]) == {"yes", "no"}


def test_first_run_says_that_it_is_one(positive):
    """Without an earlier run the questions about change are not answered, and the reason is given."""
    _, _, first, _ = positive
    assert "no run before" in answer(first.study, "What changed").because
    assert first.study.table("delta").empty


def test_look_alike_is_found_and_the_parody_is_not_accused(positive):
    """A letter of another script does not hide a name; an account that says it is a parody is listed without a finding."""
    _, _, _, second = positive
    table = second.study.table("lookalikes").set_index("account_id")
    assert table.loc["MOstranderReal", "label"] == "" and table.loc["MiravelleOstranderParody", "label"] == "parody"
    accused = {m for f in second.of_type("match") for m in f.members}
    assert accused == {"MOstranderReal"}


def test_twin_is_explained(twin):
    """An official campaign of the same size gets no grade above E1, and its days are no claim."""
    assert {f.evidence_grade for f in twin.findings} <= {"E0", "E1"}
    groups = [f for f in twin.of_type("cluster") if any(m.startswith("ValdoriaVotes") for m in f.members)]
    assert [a.verdict for a in groups[0].alternatives if a.name.startswith("One known group")] == ["explains"]
    assert twin.study.table("claims").empty


def test_noise_gives_no_more_than_leads(noise):
    """Everyday talk about the election supports nothing."""
    assert all(f.status == "lead" for f in noise.findings)
    assert noise.study.table("claims").empty


def test_damaged_data_are_graded_down_and_said(broken):
    """With days instead of times nothing is supported, and the study says what cannot be told."""
    assert {f.evidence_grade for f in broken.findings} <= {"E0", "E1"}
    assert any("recorded to" in limit for limit in broken.study.limits)
    assert sum(broken.case.datasets[0].set_aside.values()) > 0


def test_what_the_data_lack_is_not_answered(noise):
    """Without ads, a queue or a second platform these questions are not answered, each with its reason."""
    for start, word in (
        ("Do political", "no ads"),
        ("Is the team", "no queue"),
        ("Is synthetic", "media"),
        ("Does it", "one platform"),
    ):
        assert word in answer(noise.study, start).because


def test_every_question_is_answered_or_not(positive):
    """Twelve questions, each with an answer or a reason, in the order of the template."""
    from investigate.studies._election_told import QUESTIONS

    assert tuple(a.question for a in positive[3].study.answers) == QUESTIONS


def test_views_show_every_table(positive):
    """Each view of the watch is made from the study, names hostile text as data, and saves its table."""
    case = positive[3].case
    names = ("election_delta", "election_follow_up", "election_incidents", "voting_claims", "election_narratives",
             "election_volume", "new_texts", "election_terms", "election_groups", "look_alikes", "name_mentions",
             "political_ads", "election_readiness", "election_coverage", "election_calendar")  # fmt: skip
    for name in names:
        view = getattr(views, name)(case)
        assert view.name == name and view.html() and (view.lead or view.table is not None)


def test_a_second_look_gives_the_same(noise, tmp_path):
    """The same data and parameters give the same record and the same tables, value for value."""
    case = Case.open(shutil.copytree(noise.case.path, tmp_path / "case"))
    again = watch(case, noise.case.path.parent, 2).study
    assert json.dumps(again.record(), sort_keys=True) == json.dumps(noise.study.record(), sort_keys=True)
    for name, table in noise.study.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_run_of_another_market_is_refused(positive, tmp_path):
    """What changed can only be told of one market; the message names both."""
    _, folder, first, _ = positive
    other = tmp_path / "profile.toml"
    text = (
        (folder / "profile.toml")
        .read_text(encoding="utf-8")
        .replace('name = "Valdoria, parliament', 'name = "Elsewhere, parliament')
    )
    other.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"watched 'XV: Valdoria.*'XV: Elsewhere"):
        studies.election_watch(first.case, market_profile=str(other), previous_run=str(first.folder))


def test_missing_profile_and_run_are_refused(positive, tmp_path):
    """Without a profile, or with a folder that holds no run, the study stops before any work."""
    _, folder, first, _ = positive
    with pytest.raises(InputError, match="no market profile"):
        studies.election_watch(first.case, market_profile="")
    with pytest.raises(InputError, match=r"no findings\.json"):
        studies.election_watch(first.case, market_profile=str(folder / "profile.toml"), previous_run=str(tmp_path))
