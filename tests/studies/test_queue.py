"""Escalation trends: the four worlds, open tickets counted, intervals, register, and the known answers of real queues."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from investigate import studies, views
from investigate.case import Case
from investigate.errors import InputError
from investigate.simulate.queue import MAPPING, broken_queue, queue_world
from investigate.studies import _queue_data as data
from investigate.studies import _queue_kpis as kpis
from investigate.studies._queue_told import QUESTIONS

TEMPLATE = "escalation_trends"


def load(folder, rows):
    """A case that holds these rows of an export."""
    rows.to_csv(folder / "queue.csv", index=False)
    case = Case.create(folder / "case")
    case.load(folder / "queue.csv", "queue_csv", mapping={k: v for k, v in MAPPING.items() if v in rows})
    return case


@pytest.fixture(scope="module")
def spiked(tmp_path_factory):
    """(world, case, study) with one category four times its size on one day."""
    world = queue_world("spike", 1)
    case = load(tmp_path_factory.mktemp("spike"), world.rows)
    return world, case, studies.escalation_trends(case)


@pytest.fixture(scope="module")
def published(tmp_path_factory, request):
    """A case with a published monthly series: steady, then one month with three times as many; one month is missing."""
    lines = ["year,month,Notices"]
    for i in range(48):
        if i != 20:
            lines.append(f"{2021 + i // 12},{i % 12 + 1},{(300 if i == 47 else 95 + 7 * i % 11)}")
    folder = tmp_path_factory.mktemp("published")
    import io
    import tarfile

    with tarfile.open(folder / "counts.tar", "w") as archive:
        text = "\n".join(lines).encode()
        info = tarfile.TarInfo("data/notices_by_month.csv")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    case = Case.create(folder / "case")
    case.load(folder / "counts.tar", "github_transparency")
    return case, studies.escalation_trends(case)


def test_a_spike_in_one_category_is_found_and_placed(spiked):
    """The planted day and category come out as one supported finding, with the category as what carries it."""
    world, case, study = spiked
    (finding,) = [f for f in case.findings if f.type == "trend"]
    assert finding.evidence_grade == "E2" and finding.status == "supported"
    assert f"{world.day:%Y-%m-%d}" in finding.title and f"policy_area {world.category}" in finding.title
    parts = study.table("contributions")
    top = parts[parts["dimension"] == "policy_area"].iloc[0]
    assert top["value"] == world.category and top["share"] > 0.6
    assert finding.evidence[0].observed > finding.evidence[0].expected
    assert finding.evidence[0].observed - finding.evidence[0].expected == pytest.approx(world.extra, abs=15)


def test_calibration_is_printed_and_kept(spiked):
    """The share of alarms on history is in the study, in the answer and in the view, and no more than twice the level."""
    _, case, study = spiked
    shares = study.table("calibration").set_index("alpha")
    assert shares.loc[0.01, "n_bins"] > 1000 and shares.loc[0.01, "share"] <= 0.02
    said = f"{shares.loc[0.01, 'share']:.2%} of {shares.loc[0.01, 'n_bins']:,} bins"
    assert said in next(a.answer for a in study.answers if a.question == QUESTIONS["promise"])
    assert said in str(views.queue_calibration(case))


@pytest.mark.parametrize(("kind", "seed"), [("form_outage", 0), ("definition_change", 1)])
def test_innocent_twins_are_explained(tmp_path, kind, seed):
    """As many tickets on top, in every category at once: found, explained by the way of counting, at most grade E1."""
    case = load(tmp_path, queue_world(kind, seed).rows)
    studies.escalation_trends(case)
    found = [f for f in case.findings if f.type == "trend"]
    assert found and max(f.evidence_grade for f in found) <= "E1"
    first = found[-1] if kind == "definition_change" else found[0]
    verdicts = {a.name: a.verdict for a in first.alternatives}
    assert verdicts["a change in how cases are counted (form, tags, outage)"] == "explains"


def test_noise_gives_nothing_above_a_lead(tmp_path):
    """Where nothing was planted, nothing is supported."""
    case = load(tmp_path, queue_world("noise", 0).rows)
    studies.escalation_trends(case)
    assert all(f.status == "lead" for f in case.findings)


def test_a_broken_export_is_named_and_graded_down(tmp_path):
    """A gap, copies and bad times are counted in the first lines, and no finding is supported."""
    rows = broken_queue(queue_world("spike", 0))
    case = load(tmp_path, rows)
    study = studies.escalation_trends(case)
    (dataset,) = case.datasets
    assert {"duplicate", "bad_time", "ends_before_it_begins"} <= set(dataset.set_aside)
    assert f"{sum(dataset.set_aside.values()):,} of {len(rows):,} rows could not be used" in study.bottom_line
    assert "On 36 days" in study.bottom_line and "read as a gap" in study.bottom_line
    assert all(f.evidence_grade <= "E1" for f in case.findings)


def test_a_case_without_a_queue_is_refused(tmp_path):
    """A case of posts has no tickets: the error says which sources carry them."""
    (tmp_path / "posts.csv").write_text("who,when,what\na,2026-01-01T00:00Z,one\nb,2026-01-01T00:01Z,two\n")
    case = Case.create(tmp_path / "case")
    case.load(tmp_path / "posts.csv", "csv", mapping={"account_id": "who", "created_at": "when", "text": "what"})
    with pytest.raises(InputError, match="no tickets and no published counts.*queue_csv"):
        studies.escalation_trends(case)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"period": "fortnight"}, "unknown period"), ({"dimensions": ["categroy"]}, "unknown dimension"), ({"spike_alpha": 1.0}, "level")],
)  # fmt: skip
def test_bad_parameters_are_refused(spiked, given, said):
    """Unknown periods and dimensions are named with the known ones, a level outside 0..1 is refused."""
    with pytest.raises(Exception, match=said):
        studies.escalation_trends(spiked[1], **given)


def test_open_tickets_are_counted_not_dropped(tmp_path):
    """Three tickets, one open: it is in the intake, the backlog, the times as censored, and past due in the deadlines."""
    rows = pd.DataFrame(
        {
            "ticket": ["1", "2", "3"],
            "opened": ["2026-01-01T00:00Z", "2026-01-01T00:00Z", "2026-01-02T00:00Z"],
            "status": ["solved", "open", "solved"],
            "solved": ["2026-01-01T10:00Z", "", "2026-01-02T20:00Z"],
            "due": ["2026-01-02T00:00Z", "2026-01-02T00:00Z", "2026-01-02T06:00Z"],
        }
    )
    q = data.queue(load(tmp_path, rows), "2026-01-03T00:00Z")
    assert q.tickets["is_open_now"].tolist() == [False, True, False]
    a = kpis.attainment(q.tickets)
    assert (a["met"], a["missed"], a["open_past_due"], a["n"]) == (1, 1, 1, 3)
    figures = kpis.figures(q).set_index("figure")["value"]
    assert figures["intake"] == 3 and figures["open at the clock"] == 1
    assert figures["time over the deadline"] == pytest.approx(24 + 14)
    assert figures["time to resolve, median"] == 20
    assert kpis.ageing(q)["n_open"].sum() == 1


def test_the_clock_shows_tickets_as_they_stood(tmp_path):
    """Seen from an earlier clock, what ended later is open, and what came later is left out and counted."""
    case = load(tmp_path, queue_world("noise", 3, days=40).rows)
    early, late = data.queue(case, "2026-01-25T12:00Z"), data.queue(case, "")
    assert early.later + len(early.tickets) == len(late.tickets) and early.later > 0
    assert early.tickets["is_open_now"].sum() > 0
    assert (early.tickets["ended_at"].dropna() <= pd.Timestamp("2026-01-25T12:00Z")).all()


def test_small_teams_are_drawn_in_and_never_ranked():
    """Nine of ten missed by a team of ten says less than three hundred of six hundred; below 30 nothing is said."""
    rows = [("small", "missed")] * 9 + [("small", "met")] + [("large", "missed")] * 300 + [("large", "met")] * 300
    rows += [("usual", "missed")] * 100 + [("usual", "met")] * 900
    table = kpis.pooled(pd.DataFrame(rows, columns=["team", "sla"]), "team").set_index("value")
    assert table.loc["small", "pooled"] < table.loc["small", "raw"] == 0.9
    assert table.loc["small", "verdict"].startswith("too few")
    assert table.loc["large", "verdict"] == "higher" and table.loc["usual", "verdict"] == "lower"
    assert table.index.tolist() == ["usual", "large", "small"], "in the order of size, not of misses"


def test_a_flow_that_holds_together_obeys_littles_law(spiked):
    """The mean number open is what arrivals and waits make it, within a tenth; arrivals and ends add up to the backlog."""
    _, _, study = spiked
    assert study.facts["little"]["ratio"] == pytest.approx(1, abs=0.1)
    flow = study.table("flow")
    assert (flow["n_opened"].cumsum() - flow["n_ended"].cumsum()).tolist() == flow["n_open_at_end"].tolist()


def test_every_question_is_answered_or_says_why_not(spiked, published):
    """Questions come in the template's order; published counts alone say what tickets would carry."""
    _, _, study = spiked
    assert [a.question for a in study.answers] == list(QUESTIONS.values())
    unanswered = {a.question for a in study.answers if a.because}
    assert unanswered == {QUESTIONS["quality"], QUESTIONS["appeals"]}
    without = {a.question for a in published[1].answers if "no tickets" in a.because}
    assert without == {QUESTIONS[k] for k in ("time", "backlog", "outlook", "teams")}


def test_the_register_holds_a_draft_per_finding(spiked):
    """Each record has a problem, a cause class, evidence with n, a proposal, an owner and a date."""
    _, case, study = spiked
    register = study.table("register")
    assert register["problem"].tolist() == [f.title for f in case.findings if f.template == TEMPLATE]
    assert (register["status"] == "draft").all() and register["evidence"].str.contains(r"n [\d,]+").all()
    assert register[["owner_function", "proposal", "due", "root_cause_class"]].ne("").all().all()


def test_a_published_series_with_a_missing_month(published):
    """The month three times as high is a lead; the month that is missing is no zero."""
    case, study = published
    table = study.table("series")
    assert len(table) == 47 and table["observed"].min() > 0
    (finding,) = [f for f in case.findings if " arrivals where " in f.title]
    assert finding.title.startswith("2024-12-01: 300") and finding.evidence_grade == "E1"


def test_the_same_queue_gives_the_same_study(spiked, tmp_path):
    """Loaded and worked out anew, the study and its findings are the same, byte for byte."""
    world, case, study = spiked
    again = load(tmp_path, world.rows)
    second = studies.escalation_trends(again)
    assert json.dumps(second.record(), sort_keys=True) == json.dumps(study.record(), sort_keys=True)
    assert [f.to_dict() for f in again.findings] == [f.to_dict() for f in case.findings]


def test_all_views_show_both_kinds_of_data(spiked, published):
    """Every view of the template has something to say for tickets and for published counts."""
    names = [n for n in dir(views) if n.startswith("queue_") and callable(getattr(views, n))]
    assert len(names) == 16
    for case in (spiked[1], published[0]):
        for name in names:
            view = getattr(views, name)(case)
            html = view._repr_html_()
            assert view.question in html and (view.lead or view.table is not None), name


@pytest.fixture(scope="module")
def incidents(shared_data, tmp_path_factory):
    """The public incident log as a case."""
    case = Case.create(tmp_path_factory.mktemp("incidents") / "case")
    case.load(shared_data("uci_incident_log_first14000.csv.gz"), "uci_incident_log")
    return case


def stated(name):
    """The numbers of the page's table of answers, as text."""
    page = (Path(__file__).parents[2] / "docs/templates/escalation_trends.md").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", page.split(f"### {name}")[1].split("\n##")[0])


@pytest.mark.slow
def test_the_incident_log_has_its_known_answers(incidents):
    """6,561 of 14,000 tickets missed their deadline; seen from 18 April 2016, open ones are counted; the page says so."""
    page = stated("Tickets")
    q = data.queue(incidents, "")
    a = kpis.attainment(q.tickets)
    assert (a["missed"] + a["open_past_due"], a["n"], len(q.tickets)) == (6561, 14000, 14000)
    assert f"6,561 of 14,000 ({6561 / 14000:.1%})" in page
    figures = kpis.figures(q).set_index("figure")
    median = figures.loc["time to resolve, median"]
    assert f"{median['value']:.1f} h ({median['low']:.1f} to {median['high']:.1f})" in page
    assert f"{int(q.tickets['resolved_at'].isna().sum()):,} tickets without a time of resolution" in page
    early = data.queue(incidents, "2016-04-18T12:27Z")
    n_open = int(early.tickets["is_open_now"].sum())
    assert n_open > 0 and len(early.tickets) == 14000
    assert f"{n_open:,} open" in page


def test_github_counts_have_their_known_answers(shared_data, tmp_path):
    """1,799 notices in 2018, and the malformed row of September 2023 is set aside by name."""
    case = Case.create(tmp_path / "case")
    case.load(shared_data("github_transparency.tar.gz"), "github_transparency")
    held, _ = data.published(case, data.now(case, "", pd.DataFrame()), 50)
    notices = held["dmca_notices_and_projects_taken_down_by_month: Takedown Notices Processed", "all"]
    assert notices[notices.index.year == 2018].sum() == 1799
    assert pd.Timestamp("2023-09-01", tz="UTC") not in notices.index and len(notices) == 131
    aside = case.sql("select * from set_aside where reason = 'bad_columns'")
    assert aside["raw"].tolist() == ["2023,9,147,7,1022"]
    assert any("2023-9" in note for note in case.notes)
    assert "1,799" in stated("Published counts") and "131 months" in stated("Published counts")


@pytest.mark.slow
def test_the_template_runs_from_an_export_to_a_report(tmp_path):
    """The notebook runs as it stands: every section is ok, the report shows the spike, and the tables pointed to are there."""
    from investigate.runs import execute

    queue_world("spike", 1).rows.to_csv(tmp_path / "queue.csv", index=False)
    result = execute(
        TEMPLATE,
        {
            "data": str(tmp_path / "queue.csv"),
            "source": "queue_csv",
            "mapping": ";".join(f"{field}={column}" for field, column in MAPPING.items()),
            "case": str(tmp_path / "case"),
            "purpose": "Test of the template on an invented queue.",
        },
    )
    assert (result.status, {s.status for s in result.sections}) == ("complete", {"ok"})
    record = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert [f["evidence_grade"] for f in record["findings"]] == ["E2"]
    assert "policy_area fraud" in (result.folder / "report.html").read_text(encoding="utf-8")
    refs = {a["rows_ref"] for a in record["study"]["answers"] if a["rows_ref"]}
    refs |= {e["rows_ref"] for f in record["findings"] for e in f["evidence"]}
    assert refs and [ref for ref in sorted(refs) if not (result.folder / ref).is_file()] == []
