"""Rapid triage: what it says of planted scenarios, of harmless ones, of noise and of damaged data."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest

from investigate import Case, studies, views
from investigate.errors import InputError
from investigate.series import gini
from investigate.simulate import make_world, plant_fast
from investigate.simulate.ads import make_ads
from investigate.simulate.crisis import MAPPING as CRISIS_MAPPING
from investigate.simulate.crisis import crisis_world
from investigate.simulate.election import election_world
from investigate.studies import _triage_priority as urgency
from investigate.studies import _triage_rules as rules
from investigate.studies._triage_threads import _components, verdict

QUIET = {"groups": (), "newsrooms": 0, "fans": 0, "viral": 0, "weather": 0}


def world_of(**more):
    return make_world(more.pop("seed", 1), accounts=240, days=3, **{**QUIET, **more})


@pytest.fixture(scope="module")
def triaged(tmp_path_factory):
    """A function from posts in a table, or a simulated world, to its triaged case."""
    number = itertools.count()

    def make(rows, mapping=None, **options):
        folder = tmp_path_factory.mktemp(f"triage{next(number)}")
        rows = getattr(rows, "rows", rows)
        rows.to_csv(folder / "rows.csv", index=False)
        case = Case.create(folder / "case")
        plain = {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text"}
        case.load(folder / "rows.csv", "csv", mapping=mapping or plain)
        studies.rapid_triage(case, **options)
        return case

    return make


@pytest.fixture(scope="module")
def fast(triaged):
    return triaged(world_of(groups=(plant_fast(),)), seed_terms=["bridge", "no such word"])


@pytest.fixture(scope="module")
def crisis(triaged):
    return triaged(crisis_world(0), CRISIS_MAPPING)


def study_of(case):
    return case.studies["rapid_triage"]


# --- the right template next -----------------------------------------------------------------------------------------


def test_planted_group(fast):
    """A fast group: coordinated behaviour first; the group itself is reported as supported, its policies unclear."""
    study = study_of(fast)
    assert study.facts["verdict"] == "coordinated_behaviour"
    group = [f for f in fast.findings if f.type == "cluster"]
    assert [f.status for f in group] == ["supported"] and group[0].n_members == 15
    assert {p["fit"] for f in fast.findings for p in f.policy} == {"unclear"}


@pytest.mark.parametrize("seed", [1, 2])
def test_newsroom_is_a_lead_and_no_more(triaged, seed):
    """The innocent twin: a newsroom's syndication suggests the same template, and stays at E1 with its explanation."""
    case = triaged(world_of(seed=seed, newsrooms=1))
    assert "coordinated_behaviour" in study_of(case).facts["suggested"]
    groups = [f for f in case.findings if f.type == "cluster"]
    assert groups and all(f.evidence_grade == "E1" and f.status == "lead" for f in case.findings if f.type == "cluster")
    assert any(a.verdict == "explains" for a in groups[0].alternatives)


def test_what_does_not_double_has_no_doubling_time(triaged):
    """A newsroom's even pace fits an infinite doubling time: the record says that there is none, as JSON can hold it."""
    case = triaged(world_of(seed=1000, newsrooms=1))
    assert study_of(case).facts["measures"]["doubling_h"] is None
    assert "Infinity" not in json.dumps(study_of(case).record())


def test_viral_posts_and_fans(triaged):
    """What goes round by itself suggests the crisis template at most; fans suggest nothing supported."""
    viral = triaged(make_world(1, accounts=500, days=3, **{**QUIET, "viral": 3}))
    assert study_of(viral).facts["suggested"][0] == "breaking_crisis"
    fans = triaged(world_of(fans=1))
    for case in (viral, fans):
        assert all(f.status == "lead" and f.evidence_grade <= "E1" for f in case.findings)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_is_insufficient_evidence(triaged, seed):
    """Everyday posts: nothing above lead, no peak, no template with enough points, and the verdict says so."""
    case = triaged(world_of(seed=seed))
    study = study_of(case)
    assert study.facts["verdict"] == "insufficient evidence" and study.facts["peak"] == []
    assert case.findings == [] and study.bottom_line.startswith("Insufficient evidence")


def test_crisis(crisis):
    """An event with a hoax and a group that pushes it: the crisis template among the two, the surge found as a lead."""
    case = crisis
    assert "breaking_crisis" in study_of(case).facts["suggested"]
    surge = [f for f in case.findings if f.type == "anomaly"]
    assert (
        len(surge) == 1 and surge[0].status == "lead" and surge[0].evidence[0].observed > surge[0].evidence[0].expected
    )
    assert surge[0].impact["first_at"].startswith("2026-03-07T1")


def test_election(tmp_path):
    """Two weeks of election talk with a pushed false date: the election template among the two."""
    case = Case.create(tmp_path / "case")
    election_world(1).save(tmp_path / "world")
    for n in (1, 2):
        case.load(tmp_path / "world" / f"week{n}.csv.gz", "csv", mapping=tmp_path / "world" / "world.toml")
    study = studies.rapid_triage(case)
    assert "election_watch" in study.facts["suggested"] and study.facts["measures"]["voting"] > 0.1
    case.close()


def test_ads(tmp_path):
    """An export of ads: the template for ads first, whatever else is in it."""
    case = Case.create(tmp_path / "case")
    case.load(make_ads("network").save(tmp_path / "ads"), "ad_library")
    assert studies.rapid_triage(case).facts["suggested"][0] == "scam_ads"
    case.close()


@pytest.fixture(scope="module")
def rule_table():
    return rules.judge({name: float("nan") for name in {r.measure for r in rules.RULES}})


def test_a_queue_suggests_its_template(rule_table):
    """Escalations and no contents: the queue's template; nothing measured: nothing suggested, and every rule is printed."""
    told = rules.suggest(rules.judge({"queue": 400.0, "contents_per_case": 0.0}))
    assert told["template"].tolist() == ["escalation_trends"] and bool(told["enough"].iloc[0])
    assert len(rule_table) == len(rules.RULES) and rules.suggest(rule_table).empty
    assert not rule_table["fired"].any() and rule_table["measured"].isna().all()


# --- broken data -----------------------------------------------------------------------------------------------------


def test_broken_data_are_answered_with_what_is_missing(triaged):
    """One day, times to the day, hardly a text: no speed, no novelty, no groups, and each question says why."""
    rows = world_of().rows.head(400).assign(text="ok", time="2026-03-05")
    case = triaged(rows)
    study = study_of(case)
    by = {a.question: a for a in study.answers}
    assert len(by) == 11 and study.facts["verdict"] == "insufficient evidence"
    for question in ("What is this?", "How fast?", "Is it new?", "Whom does it affect?", "Do accounts act together?"):
        assert not by[question].answer and by[question].because, question
    assert "How big is it?" in by and "400 contents" in by["How big is it?"].answer
    assert len(study.table("needs")) >= 6 and case.findings == []


def test_a_surge_that_fills_the_data_is_not_a_baseline(crisis):
    """Without earlier days nothing is compared with earlier hours: the study says so and grades a surge E0."""
    case, study = crisis, study_of(crisis)
    assert not study.facts["with_baseline"] and any("no baseline" in limit for limit in study.limits)
    assert [f.evidence_grade for f in case.findings if f.type == "anomaly"] == ["E0"]
    hour = next(a for f in case.findings if f.type == "anomaly" for a in f.alternatives if "hour of the day" in a.name)
    assert hour.verdict == "not checked"


@pytest.mark.parametrize(
    "given, says",
    [
        ({"severity": "S9"}, "no severity"),
        ({"window_start": "some day"}, "no date or time"),
        ({"window_start": "2026-03-07", "window_end": "2026-03-06"}, "window is empty"),
    ],
)
def test_wrong_parameters_are_refused(fast, given, says):
    """A severity or a time that cannot be used is refused in words."""
    with pytest.raises(InputError, match=says):
        studies.rapid_triage(fast, **given)


# --- what the numbers are --------------------------------------------------------------------------------------------


def test_tables_hold_what_the_rows_say(fast):
    """Top accounts, their shares and the Gini coefficient are those that pandas counts on the same rows."""
    rows, study = fast.sql("select account_id, content_id, text from content"), study_of(fast)
    counts = rows["account_id"].value_counts()
    top = study.table("top")
    accounts = top[top["kind"] == "account"]
    assert accounts["n_contents"].tolist() == counts.head(10).tolist()
    assert accounts["share"].iloc[0] == pytest.approx(counts.iloc[0] / len(rows), abs=1e-4)
    spread = study.table("concentration").set_index("kind")
    assert spread.loc["account", "gini"] == pytest.approx(gini(counts), abs=1e-3)
    seeded = study.table("seeded").set_index("term")
    assert seeded.loc["bridge", "n_contents"] == rows["text"].str.lower().str.contains("bridge").sum() > 0
    assert seeded.loc["no such word", "n_contents"] == 0
    assert int(study.table("hours")["n_contents"].sum()) == len(rows)


def test_new_words_in_any_script(triaged):
    """A tag, a Greek, an Arabic and a Japanese phrase that only the surge has are the new terms, ahead of all others."""
    rng = np.random.default_rng(0)
    words = ["harbour", "garden", "train", "bread", "music", "rain", "school", "river"]
    start, rows = pd.Timestamp("2026-03-01", tz="UTC"), []
    for n in range(1500):
        at = start + pd.Timedelta(hours=float(rng.uniform(0, 24 * 6)))
        rows.append((f"a{rng.integers(80)}", at, " ".join(rng.choice(words, 6))))
    for n in range(300):
        at = start + pd.Timedelta(hours=24 * 6 + float(rng.uniform(0, 2)))
        rows.append((f"a{rng.integers(80)}", at, f"{' '.join(rng.choice(words, 4))} #Σεισμός زلزال 地震速報 {n}"))
    table = pd.DataFrame(rows, columns=["account", "time", "text"])
    table["post_id"] = [f"p{n}" for n in range(len(table))]
    study = study_of(triaged(table))
    terms = study.table("terms")
    assert study.facts["peak"][0] == "2026-03-07T00:00:00+00:00" and study.facts["with_baseline"]
    assert set(terms.loc[terms["new"], "term"].head(5)) == {"#σεισμόσ", "زلزال", "地震", "震速", "速報"}
    assert (terms.loc[terms["new"], "n_peak"].head(5) == 300).all() and (terms["n_before"].head(5) == 0).all()


def test_one_thing_or_several():
    """Objects whose contents overlap by a fifth or more are one thread; the verdict follows the shares."""
    objects = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    contents = np.array([0, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8])
    parts = _components(objects, contents)
    assert parts[0] == parts[1] != parts[2]
    facts = {"n_threads": 3, "n_contents": 100, "in_threads": 0.9, "largest": 0.6, "large": 1}
    assert verdict(facts) == "one thing"
    assert verdict({**facts, "largest": 0.3, "large": 2}) == "several things"
    assert verdict({**facts, "largest": 0.05, "large": 0}) == "scattered"
    assert verdict({**facts, "n_threads": 0}) == ""


@pytest.mark.parametrize("part", list(urgency.WEIGHTS))
def test_raising_a_part_never_lowers_the_priority(part):
    """Monotonic in every part; the order in which parts are given changes nothing; nothing known is 50, P2, all assumed."""
    table, score, band = urgency.priority({})
    assert score == 50.0 and band == "P2" and table["assumed"].all()
    rng = np.random.default_rng(4)
    for _ in range(20):
        parts = dict(zip(urgency.WEIGHTS, rng.random(len(urgency.WEIGHTS)), strict=True))
        steps = [urgency.priority({**parts, part: v})[1] for v in (0.0, 0.3, 0.7, 1.0)]
        assert steps == sorted(steps) and steps[0] < steps[-1]
        assert urgency.priority(dict(reversed(parts.items())))[1] == urgency.priority(parts)[1]


def test_golden_priorities():
    """The weights add up to one, the bands begin where they are said to, and the parts are those of the table."""
    assert sum(w for w, _ in urgency.WEIGHTS.values()) == pytest.approx(1)
    top = urgency.priority(dict.fromkeys(urgency.WEIGHTS, 1.0))
    assert top[1:] == (100.0, "P0") and not top[0]["assumed"].any()
    assert urgency.priority(dict.fromkeys(urgency.WEIGHTS, 0.0))[1:] == (0.0, "P3")
    assert urgency.priority({"severity": 0.75, "reach": 0.9, "novelty": 0.8})[1:] == (68.2, "P1")
    assert urgency.ladder("S3") == 0.75 and np.isnan(urgency.ladder(""))
    assert urgency.reach(10_000, 0.5) == 1.0 and urgency.reach(1, float("inf")) == 0.0


def test_same_input_same_record(fast, triaged):
    """Another case of the same data says the same, byte for byte."""
    one = study_of(fast)
    two = study_of(triaged(world_of(groups=(plant_fast(),)), seed_terms=["bridge", "no such word"]))
    assert json.dumps(one.record(), sort_keys=True) == json.dumps(two.record(), sort_keys=True)
    for name in one.tables:
        pd.testing.assert_frame_equal(one.table(name), two.table(name))


def test_every_view_shows_a_triage(fast):
    """Each view of the template can be shown, escapes what the data say, and gives its table's columns headings."""
    for name in [
        "hours",
        "top",
        "texts",
        "terms",
        "affected",
        "places",
        "ages",
        "threads",
        "rules",
        "priority",
        "needs",
    ]:
        shown = getattr(views, f"triage_{name}")(fast)
        assert shown.name == f"triage_{name}" and shown.html().startswith("<section"), name
        if shown.table is not None:
            assert set(shown.table.columns) - set(shown.labels) <= {"p", "z", "n"}, name


def test_the_window_is_the_issue(fast):
    """Only what lies in the window is counted; the rest stays in the case."""
    study = studies.rapid_triage(fast, window_start="2026-03-06", window_end="2026-03-07", seed_terms=["bridge"])
    day = fast.sql(
        "select count(*) as n from content where created_at >= '2026-03-06 00:00:00+00' and created_at < '2026-03-07 00:00:00+00'"
    )
    assert dict(study.numbers)["Contents"] == int(day["n"].iloc[0])
    assert len(study.table("hours")) == 24


def test_hostile_names_stay_text(triaged):
    """A tag and a handle that try to be markup are shown as text."""
    bad = "<script>alert(1)</script>"
    rows = world_of().rows.assign(account=lambda t: t["account"].where(t.index % 3 > 0, bad))
    case = triaged(rows)
    assert "<script>" not in views.triage_top(case).html() and "&lt;script&gt;" in views.triage_top(case).html()


# --- the template ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_template_runs(tmp_path):
    """One run of the notebook: complete, every section shown, the tables that the answers point to are there."""
    from investigate.runs import execute

    world_of(groups=(plant_fast(),)).save(tmp_path / "world")
    result = execute(
        "rapid_triage",
        {
            "data": str(tmp_path / "world" / "world.csv.gz"),
            "mapping": str(tmp_path / "world" / "world.toml"),
            "case": str(tmp_path / "case"),
            "purpose": "Tests of the triage on invented posts.",
            "seed_terms": ["bridge"],
            "severity": "S2",
        },
    )
    assert result.status == "complete"
    record = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert record["study"]["facts"]["verdict"] == "coordinated_behaviour"
    pointed = {a["rows_ref"] for a in record["study"]["answers"] if a["rows_ref"]}
    assert pointed and [p for p in sorted(pointed) if not (result.folder / p).is_file()] == []


@pytest.mark.slow
def test_koch_as_documented(shared_data, tmp_path, repository):
    """Koch, November 2015: the peak, the tag, one thing, the next template; and the document states the run's numbers."""
    case = Case.create(tmp_path / "case")
    case.load(shared_data("ira_koch_2015-11-20_12-01.csv.gz"), "ira_tweets")
    study = studies.rapid_triage(case, seed_terms=["poison"])
    assert study.facts["peak"] == ["2015-11-26T22:00:00+00:00", "2015-11-27T02:00:00+00:00"]
    assert study.facts["suggested"][0] == "coordinated_behaviour" and study.facts["thread_verdict"] == "one thing"
    top = study.table("top")
    tag = top[(top["kind"] == "hashtag") & (top["name"] == "kochfarms")].iloc[0]
    labelled = case.sql(
        """select coalesce(c.source_label, '') as label, count(distinct a.content_id) as n, count(distinct a.account_id) as k
           from actions a join accounts c using (account_id)
           where a.object_type = 'hashtag' and a.object_id = 'kochfarms' group by 1"""
    ).set_index("label")
    assert (labelled.loc["Koch", "n"], labelled.loc["Koch", "k"]) == (3584, 120)
    text = (repository / "docs" / "templates" / "rapid_triage.md").read_text(encoding="utf-8")
    rule = study.table("rules").set_index("rule")["measured"]
    supported = sum(f.status == "supported" for f in case.findings)
    for said in (
        f"{dict(study.numbers)['Contents']:,} contents by {dict(study.numbers)['Accounts']:,} accounts",
        f"{tag['n_contents']:,} contents by {tag['n_accounts']:,} accounts",
        f"{supported} supported groups",
        f"{rule['the loudest hour over the expected one']:.0f} times the expected",
        f"{study.table('threads')['share'].iloc[0]:.0%} of the peak",
        f"{study.table('seeded')['n_contents'].iloc[0]:,} contents with `poison`",
        f"{study.facts['score']:g} of 100",
    ):
        assert said in text, said
    case.close()
