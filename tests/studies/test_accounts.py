"""Account signals of groups, and the study of coordinated behaviour: what raises a grade, and what never does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from investigate import Case, signals, studies
from investigate.errors import InputError
from investigate.signals._scan import crowded_class, crowded_stretch
from investigate.simulate import make_world, plant_fast, profiled, save_profiled, without_groups

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def world():
    """A fast group of 15 among 260 ordinary accounts, a newsroom of 12, fans, and what goes round by itself."""
    return make_world(5, accounts=260, days=2, groups=(plant_fast(),), viral=1, weather=0)


@pytest.fixture(scope="module")
def solve(tmp_path_factory):
    """A function from a world and profile options to a case that went through the method and the study."""

    def make(world, **options):
        folder = tmp_path_factory.mktemp("world")
        csv, mapping = save_profiled(profiled(world, 3, **options), folder)
        case = Case.create(folder / "case")
        case.load(csv, "csv", mapping=mapping)
        case.relate()
        case.score()
        case.group()
        case.find()
        studies.account_signals(case)
        return case

    return make


@pytest.fixture(scope="module")
def batch(solve, world):
    return solve(world, batch=("fast", "newsroom_1"))


@pytest.fixture(scope="module")
def spread(solve, world):
    return solve(world)


def of_group(case, world, name):
    """The finding that holds most of a group, and the signals of its community."""
    members = set(world.truth.loc[world.truth["group"] == name, "account"])
    finding = max(case.findings, key=lambda f: len(set(f.members) & members))
    assert len(set(finding.members) & members) >= 10
    rows = case.signals[case.signals["community"] == finding.impact["community"]]
    return finding, rows.set_index("signal")


def test_a_batch_beside_the_timing_raises_the_grade(batch, world):
    """Fifteen accounts in step, created within ten hours: E3, with the batch among the evidence and its family named."""
    finding, rows = of_group(batch, world, "fast")
    assert finding.evidence_grade == "E3" and finding.status == "supported"
    assert rows.loc["creation_batch", "observed"] == 15 and rows.loc["creation_batch", "expected"] < 2
    assert rows.loc["creation_batch", "q"] < 1e-6
    proof = [e for e in finding.evidence if e.kind == "creation_batch"]
    assert len(proof) == 1 and proof[0].family == "account quality" and proof[0].observed == 15
    assert "how the accounts were made" in finding.confidence


def test_the_same_group_without_a_batch_stays_where_it_was(spread, world):
    """Creation dates like everybody's add nothing: the same group is supported at E2."""
    finding, rows = of_group(spread, world, "fast")
    assert finding.evidence_grade == "E2" and rows.loc["creation_batch", "q"] > 0.01
    assert not [e for e in finding.evidence if e.kind == "creation_batch"]


def test_a_newsroom_that_opened_its_accounts_in_one_day_is_explained(batch, world):
    """The innocent twin: twelve outlets in step and made in one day. The batch is shown; the explanation keeps the grade at E1."""
    finding, rows = of_group(batch, world, "newsroom_1")
    assert rows.loc["creation_batch", "q"] < 0.01
    assert finding.evidence_grade == "E1" and finding.status == "lead"
    assert any(a.verdict == "explains" for a in finding.alternatives)


def test_a_wave_of_registrations_explains_a_batch(solve, world):
    """Where everybody registered on that day, a group that did is nothing unusual, and its grade stays."""
    case = solve(world, batch=("fast",), wave=True)
    finding, rows = of_group(case, world, "fast")
    assert rows.loc["creation_batch", "observed"] == 15 and rows.loc["creation_batch", "q"] > 0.5
    assert finding.evidence_grade == "E2"


def test_handles_in_series_are_seen_and_days_are_counted_as_days(solve, world):
    """Fifteen handles of one name with running numbers are shown and raise nothing, not even beside a batch: one owner's
    branches look the same. Creation dates to the day are counted in whole days."""
    case = solve(world, series=("fast",), batch=("newsroom_1", "fast"), to_the_day=True)
    finding, rows = of_group(case, world, "fast")
    assert rows.loc["handle_series", "observed"] == 15 and rows.loc["handle_series", "q"] < 1e-6
    assert rows.loc["creation_batch", "q"] < 1e-6 and finding.evidence_grade == "E2"
    assert [e for e in finding.evidence if e.kind == "handle_series" and "never counted" in e.note]
    assert "14 of the 15 numbers" in rows.loc["handle_series", "note"]
    assert not bool(rows.loc["handle_shape", "counts"])
    _, news = of_group(case, world, "newsroom_1")
    assert news.loc["creation_batch", "observed"] == 12 and ":" not in news.loc["creation_batch", "what"]


def test_noise_gives_nothing_above_lead(solve, world):
    """Without the planted group, whatever else is found stays a lead, batches or none."""
    case = solve(without_groups(world), batch=("newsroom_1", "fans_1"))
    assert all(f.status == "lead" for f in case.findings)
    assert all(f.evidence_grade <= "E1" for f in case.findings)


def test_missing_dates_are_not_answered(solve, world):
    """Broken data: with nine creation dates in ten missing no batch is tested, and the study says so."""
    case = solve(world, batch=("fast",), unstated=0.9)
    finding, rows = of_group(case, world, "fast")
    assert "creation_batch" not in rows.index and finding.evidence_grade == "E2"
    missing = case.studies["coordinated_behaviour"].table("missing").set_index("signal")["because"]
    assert "have a creation date" in missing["creation_batch"]
    asked = next(p for p in case.studies["coordinated_behaviour"].proposals if "creation dates" in p["action"])
    assert asked["owner"] == "account integrity"


def test_every_question_has_an_answer_or_a_reason(batch):
    """Eight questions; who is behind it is never answered; life beyond the data's days is not either."""
    study = batch.studies["coordinated_behaviour"]
    assert len(study.answers) == 8
    by = {a.question: a for a in study.answers}
    assert not by["Who is behind it?"].answer and "names nobody" in by["Who is behind it?"].because
    signs = next(a for q, a in by.items() if "sign of deception" in q)
    assert "created close together (15 of 15" in signs.answer and "90" in signs.answer
    dormant = study.table("missing").set_index("signal")["because"]["dormant_then_active"]
    assert "span 1 day," in dormant


def test_what_is_proposed_has_owner_review_date_and_ceiling(batch):
    """Each proposal names an owner; its review date counts from the run's clock; the policies say how they fit."""
    study = studies.account_signals(batch, as_of="2026-03-10T12:00Z")
    own = [f for f in batch.findings if f.template == "coordinated_behaviour"]
    proposed = [p for f in own for p in f.recommended] + list(study.proposals)
    assert proposed and all(p["owner"] and p["review_by"] > "2026-03-10" for p in proposed)
    assert all(p["ceiling_ok"] for f in own for p in f.recommended)
    fits = {f.status: {p["fit"] for p in f.policy} for f in own}
    assert fits == {"supported": {"possible"}, "lead": {"unclear"}}


def test_the_same_data_give_the_same_signals(batch):
    """Asked again, every number is the same, and the case keeps what it found."""
    again = signals.table(batch.connection(), batch.communities)
    pd.testing.assert_frame_equal(again, batch.signals)
    held = Case.open(batch.path)
    assert held.studies["coordinated_behaviour"].answers == batch.studies["coordinated_behaviour"].answers
    held.close()


def test_signals_need_groups(tmp_path, world):
    """Before the groups are found there is nothing to look at: refused, with what to call first."""
    csv, mapping = save_profiled(profiled(world, 3), tmp_path)
    case = Case.create(tmp_path / "case")
    case.load(csv, "csv", mapping=mapping)
    with pytest.raises(InputError, match="no groups yet"):
        studies.account_signals(case)
    case.close()


@pytest.mark.parametrize("size", [3, 12, 40])
def test_a_batch_is_rarely_found_where_there_is_none(size):
    """Members drawn from everybody: of 400 draws at most one in twenty has a p of 0.05 or less (the scan is paid for)."""
    rng = np.random.default_rng(size)
    everybody = np.cumsum(rng.exponential(30_000, 2_000))
    hits = 0
    for _ in range(400):
        pick = rng.permutation(2_000)[:size]
        inside, outside = everybody[pick], np.delete(everybody, pick)
        hits += crowded_stretch(inside, outside, DAY_S)[3] <= 0.05
    assert hits <= 20


def test_a_common_class_is_no_sign_and_a_rare_one_is():
    """Nine of ten members in a class that nine of ten others have: nothing. In one that one of a thousand has: unusual."""
    members = pd.Series(["a"] * 9 + ["b"])
    assert crowded_class(members, {"a": 900, "b": 100}, 1000)[3] > 0.5
    what, k, expected, p = crowded_class(members, {"a": 1, "b": 999}, 1000)
    assert (what, k) == ("a", 9) and expected == pytest.approx(1 + 9 * 2 / 1001) and p < 1e-15
    assert crowded_class(pd.Series(["a", "a"]), {}, 1000) is None


@pytest.fixture(scope="module")
def long_lives(tmp_path_factory):
    """Two hundred days of 70 accounts; a group of six falls silent for 120 of them and comes back in another language."""
    rng, rows = np.random.default_rng(1), []
    start = pd.Timestamp("2025-01-01", tz="UTC")
    for n in range(70):
        group = n < 6
        days = np.sort(np.r_[rng.uniform(0, 30, 12), rng.uniform(150, 200, 12)] if group else rng.uniform(0, 200, 40))
        for i, day in enumerate(days):
            language = "de" if group and i >= 12 else "en"
            rows.append(
                (f"w{n:02d}", start + pd.Timedelta(days=float(day)), f"word number {i} of account {n}", language)
            )
    folder = tmp_path_factory.mktemp("long")
    table = pd.DataFrame(rows, columns=["who", "when", "what", "in"])
    table.to_csv(folder / "long.csv", index=False)
    case = Case.create(folder / "case")
    mapping = {"account_id": "who", "created_at": "when", "text": "what", "language": "in"}
    case.load(folder / "long.csv", "csv", mapping=mapping)
    yield case
    case.close()


def test_accounts_that_wake_and_change_their_language(long_lives):
    """All six woke and switched, none of the others did; neither may raise a grade: an export may be a sample."""
    groups = pd.DataFrame({"community": 1, "account_id": [f"w{n:02d}" for n in range(6)]})
    rows = signals.table(long_lives.connection(), groups).set_index("signal")
    for name in ("dormant_then_active", "language_switch"):
        assert rows.loc[name, "observed"] == 6 and rows.loc[name, "n_others"] == 64, name
        assert rows.loc[name, "expected"] == pytest.approx(6 / 65, abs=0.01) and rows.loc[name, "q"] < 1e-6
    assert not signals.supports(rows.reset_index(), 6, 0.01).shape[0]
    ordinary = pd.DataFrame({"community": 1, "account_id": [f"w{n:02d}" for n in range(20, 30)]})
    calm = signals.table(long_lives.connection(), ordinary)
    assert (calm["q"] > 0.05).all()


@pytest.mark.slow
def test_merkel_as_documented(shared_data, tmp_path, repository):
    """The numbers that docs/templates/coordinated_behaviour.md states for the Merkel week are those of the run."""
    case = Case.create(tmp_path / "case")
    case.load(shared_data("ira_merkel_2016-07-18_24.csv.gz"), "ira_tweets")
    case.relate()
    case.score()
    case.group()
    case.find()
    study = studies.account_signals(case)
    text = (repository / "docs" / "templates" / "coordinated_behaviour.md").read_text(encoding="utf-8")
    supported = [f for f in case.findings if f.status == "supported"]
    top = max(supported, key=lambda f: f.n_members)
    followers = case.signals[(case.signals["community"] == 1) & (case.signals["signal"] == "followers")].iloc[0]
    assert top.n_members == 50 and "#merkelmussbleiben" in top.title
    for said in (
        f"{len(supported)} supported groups and {len(case.findings) - len(supported)} leads",
        f"{int(top.evidence[0].observed):,} posts that match another member's where {top.evidence[0].expected:.0f} are expected",
        f"median of followers {followers['observed']:g} against {followers['expected']:g}",
        f"{len(study.table('signals'))} signals",
    ):
        assert said in text, said
    assert not (case.signals["counts"].astype(bool) & (case.signals["q"] <= 0.01)).any()
    case.close()
