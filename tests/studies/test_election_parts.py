"""The parts of the election watch, one by one: terms, days, claims, changes, ads, readiness, the run before."""

from __future__ import annotations

import json

import duckdb
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.packs import bundled
from investigate.packs.market import market_profile
from investigate.studies._election_ads import political_ads
from investigate.studies._election_claims import claims
from investigate.studies._election_dates import DayReader
from investigate.studies._election_delta import Delta, changed
from investigate.studies._election_emerging import emerging
from investigate.studies._election_people import lookalikes
from investigate.studies._election_previous import Previous, previous
from investigate.studies._election_readiness import readiness
from investigate.studies._election_text import ELECTION, fold, holds, lexicon, matches
from investigate.studies._election_volume import judged, width_for
from investigate.tables import OPTIONAL

VALDORIA = market_profile(bundled("market_profile.toml"))
US = market_profile(bundled("market_us_2016.toml"))


@pytest.mark.parametrize(
    "term, text, found",
    [
        ("vote", "I VOTE!", True),
        ("vote", "votes", False),
        ("vote*", "votes", True),
        ("#maga", "go #MAGA", True),
        ("#maga", "maga", False),
        ("maga", "#MAGA", True),
        ("don't vote", "DON\u2019T  vote", True),
        ("dead + register*", "registering dead people", True),
        ("dead + register*", "register now", False),
        ("voter fraud", "voter\nfraud", True),
        ("vote", "\U0001d42f\U0001d428\U0001d42d\U0001d41e", True),
        ("投票", "明日は投票日です", True),
        ("non-citizen*", "non citizens", True),
    ],
)
def test_terms(term, text, found):
    """Whole words, case, apostrophes, hyphens and fancy letters aside; beginnings, tags, and terms of two parts."""
    assert holds(fold(text), [term]) is found


def test_matching_in_the_database_is_the_same_as_in_python():
    """What DuckDB finds is what `holds` finds, for every name of a profile."""
    texts = [
        "Vote online!",
        "the old mill",
        "Miravelle Ostrander spoke",
        "fake ballots again",
        "@MOstrander hi",
        "O'Brien's vote",
    ]
    posts = pd.DataFrame(
        {
            "content_id": [str(n) for n in range(len(texts))],
            "account_id": "a",
            "created_at": pd.to_datetime(["2026-09-20T10:00Z"] * len(texts)),
            "text": texts,
            "folded": [fold(t) for t in texts],
        }
    )
    words = lexicon(VALDORIA)
    with duckdb.connect() as con:
        found = matches(con, posts, words)
    expected = {
        (c, n)
        for c, f in zip(posts["content_id"], posts["folded"], strict=True)
        for n, t in words.terms.items()
        if holds(f, t)
    }
    assert set(zip(found["content_id"], found["name"], strict=True)) == expected
    assert ("1", ELECTION) not in expected and ("2", "person:Miravelle Ostrander") in expected


@pytest.mark.parametrize(
    "text, days",
    [
        ("watch on #November28 ok", ["2016-11-28 (Monday)"]),
        ("vote on Nov. 8th", ["2016-11-08 (Tuesday)"]),
        ("11/28/16", ["2016-11-28 (Monday)"]),
        ("11/28", ["2016-11-28 (Monday)"]),
        ("2016-11-28", ["2016-11-28 (Monday)"]),
        ("28 de noviembre de 2016", ["2016-11-28 (Monday)"]),
        ("Vote Wednesday!", ["a Wednesday"]),
        ("Tuesday, Nov 8", ["2016-11-08 (Tuesday)"]),
        ("after 9/11 they work 24/7 for 1.5 million, 3-2, 2.30", []),
        ("13/45 and 99/99", []),
        ("born October 6, 1917", ["1917-10-06 (Saturday)"]),
        ("sunday school on marches", ["a Sunday"]),
    ],
)
def test_days_in_texts(text, days):
    """Dates in figures and words, in the market's order and year; what only looks like a date is none."""
    assert [str(d) for d in DayReader(US).days(text)] == days


def test_order_of_day_and_month_is_the_markets():
    """11/8 is 8 November where people write the month first, and 11 August where they do not."""
    assert str(DayReader(US).days("11/8")[0]).startswith("2016-11-08")
    assert str(DayReader(VALDORIA).days("11/8")[0]).startswith("2026-08-11")


def posts_of(texts, accounts=None):
    at = pd.to_datetime("2026-09-20T10:00Z")
    return pd.DataFrame(
        {
            "content_id": [f"c{n}" for n in range(len(texts))],
            "account_id": accounts or [f"a{n}" for n in range(len(texts))],
            "created_at": [at + pd.Timedelta(minutes=n) for n in range(len(texts))],
            "text": texts,
            "folded": [fold(t) for t in texts],
        }
    )


def queue(texts, **more):
    posts = posts_of(texts)
    with duckdb.connect() as con:
        matched = matches(con, posts, lexicon(VALDORIA))
    return claims(posts, matched, VALDORIA, more.get("members", set()), more.get("official", set()))


def test_days_that_the_profile_knows_are_no_claims():
    """The voting day, the deadline for postal ballots and a past day are not queued; another day is, with its company."""
    table = queue(
        [
            "Vote on 4 October",
            "Last day to ask for your vote by post is 26 September",
            "I voted on 3 May",
            "Vote on 6 October, not on 4 October",
            "Polling day is 6 October",
            "The match is on 6 October",
        ],
        official={"a4"},
    )
    dates = table[table["kind"] == "date"]
    assert dates["asserted"].tolist() == ["2026-10-06 (Tuesday)"]
    assert dates[["n_posts", "n_beside", "n_official"]].iloc[0].tolist() == [2, 1, 1]


def test_ways_of_voting_that_are_not_offered_are_claims():
    """Voting by text message is queued beside what is offered; voting by post, which is offered, is not."""
    table = queue(["You can text your vote to 555", "A vote by post is easy"])
    assert table.loc[table["kind"] == "method", "asserted"].tolist() == ["by text message"]
    assert "by post" in table.iloc[0]["official"]


def test_claims_without_a_reference_are_families_of_texts():
    """A threat in nearly the same words is one row; the profile has nothing to compare it with."""
    text = "people who vote in the harbour district were arrested at the polling station this morning says my cousin {}"
    table = queue([text.format("anna"), text.format("berta"), "vote for the old mill"])
    own = table[table["kind"] == "intimidation"]
    assert own["n_posts"].tolist() == [2] and own["differs"].tolist() == ["no reference"]


@pytest.mark.parametrize(
    "before, after, said",
    [
        (0, 0, "same"),
        (0, 4, "same"),
        (0, 25, "new"),
        (25, 0, "gone"),
        (100, 300, "grown"),
        (300, 100, "shrunk"),
        (1000, 1200, "same"),
        (3, 6, "same"),
    ],
)
def test_changes_of_counts(before, after, said):
    """New and gone need enough posts; growth needs both a factor and a test; trifles in large counts are no change."""
    assert changed(before, 7.0, after, 7.0, 0.001, least=20) == said


def test_longer_periods_are_allowed_for():
    """Twice the posts in twice the time is no growth."""
    assert changed(100, 7.0, 200, 14.0, 0.001) == "same"
    assert changed(100, 7.0, 200, 7.0, 0.001) == "grown"


def empty(*names):
    return pd.DataFrame(columns=list(names))


def test_delta_of_claims_without_a_table_is_left_out():
    """Where the run before kept no table of claims, claims are not compared, rather than all called new."""
    alike = empty("protected", "account_id", "n_posts", "label")
    groups = empty("finding_id", "title", "members")
    now = pd.DataFrame(
        {
            "claim_id": ["C-1"],
            "kind": ["date"],
            "asserted": ["x"],
            "differs": ["yes"],
            "n_posts": [3],
            "n_accounts": [2],
        }
    )
    narratives, texts = (
        empty("name", "title", "n_posts", "n_accounts"),
        empty("representative", "n_posts", "example", "cluster_id"),
    )
    for tables, rows in (({}, 0), ({"claims": now.iloc[:0]}, 1)):
        delta = Delta(Previous("r", [], {"facts": {}}, tables), (7.0, 7.0), alpha=0.001, least=20, jaccard=0.5)
        assert len(delta.table(groups, now, narratives, texts, alike)) == rows


def test_terms_that_stand_out():
    """A tag in every tenth post that nobody used before stands out; a word as frequent as before, or of one account, does not."""
    now = pd.DataFrame({"term": ["#new", "usual", "mine"], "n_posts": [50, 200, 60], "n_accounts": [20, 90, 1]})
    before = pd.DataFrame({"term": ["usual"], "n_posts": [210]})
    table = emerging(now, 500, before, 500, least_posts=20, q=0.01).set_index("term")
    assert table["emerging"].to_dict() == {"#new": True, "usual": False, "mine": False}


def test_widths_of_bins():
    """Six hours for two weeks, days for two months, and never finer than the times are recorded."""
    start = pd.Timestamp("2026-09-01", tz="UTC")
    spans = [(1, 1.0), (14, 1.0), (60, 1.0), (1, 86_400.0)]
    assert [width_for(start, start + pd.Timedelta(days=d), r) for d, r in spans] == ["1h", "6h", "1D", "1D"]


def test_forecast_sees_a_surge_and_no_more():
    """Twenty quiet days and a bin of fifty posts: that bin is an alarm whose q holds, and no other one is."""
    index = pd.date_range("2026-08-25", periods=80, freq="6h", tz="UTC")
    past = pd.Series([4, 6, 5, 7] * 20, index=index)
    now = pd.Series([5, 4, 6, 50, 5, 6, 5, 5], index=pd.date_range("2026-09-14", periods=8, freq="6h", tz="UTC"))
    bins, tried = judged({"x": now}, {"x": past}, 0.001, [])
    assert bins.loc[bins["alarm"] & (bins["q"] < 0.01), "observed"].tolist() == [50.0]
    assert len(bins) == 8 and tried["n_alarms"].iloc[0] == 0


def test_look_alikes_keep_parodies_apart():
    """A folded letter is found; the official account is left out; an account that says it is a fan's carries the word."""
    accounts = pd.DataFrame(
        {
            "account_id": ["1", "2", "3", "4"],
            "platform": "x",
            "handle": ["MOstrander", "miravelle_ostrander", "ostranderfans", "somebody"],
            "display_name": [
                "Miravelle Ostrander",
                "Miravelle \u041estrander",
                "Miravelle Ostrander fan club",
                "Some Body",
            ],
            "created_at": pd.to_datetime(["2015-01-01", "2026-09-01", "2020-01-01", "2020-01-01"], utc=True),
        }
    )
    found = lookalikes(accounts, posts_of(["hello"], ["2"]), VALDORIA, pd.Timestamp("2026-09-20", tz="UTC")).set_index(
        "account_id"
    )
    assert set(found.index) == {"2", "3"}
    assert found.loc["2", ["label", "is_new", "signals", "n_posts"]].tolist() == ["", True, 2, 1]
    assert found.loc["3", "label"] == "fan"


def ads_in(con, rows):
    names = ["content_id", "account_id", "payer", "disclaimer", "started_at", "ended_at"]
    con.register("no_ads", OPTIONAL["ads"].schema.empty_table())
    table = pd.DataFrame(rows, columns=names)
    for name in ("started_at", "ended_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    con.register("some_ads", table)
    con.execute("create table ads as select * from no_ads union all by name select * from some_ads")
    con.execute("create table content as select content_id, 'vote' as text from ads")


def test_ads_against_the_rules():
    """What lacks a payer is named; the silence period is that of the market's zone, to the hour; ads of other matters are left out."""
    rows = [
        ("1", "p", "Harbour Party", "Paid by", "2026-09-20T10:00Z", "2026-09-25T10:00Z"),
        ("2", "p", "", "Paid by", "2026-09-20T10:00Z", "2026-09-25T10:00Z"),
        ("3", "p", "Harbour Party", "Paid by", "2026-10-01T10:00Z", "2026-10-02T20:59Z"),
        ("4", "p", "Harbour Party", "Paid by", "2026-10-01T10:00Z", "2026-10-02T21:00Z"),
        ("5", "p", "", "", "2026-10-03T10:00Z", None),
    ]
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        ads_in(con, rows)
        table, absent, n = political_ads(con, {"1", "2", "3", "4"}, VALDORIA)
    assert n == 5 and absent == []
    own = table.set_index("content_id")
    assert own["missing"].to_dict() == {"1": "", "2": "payer", "3": "", "4": ""}
    assert own["in_silence"].to_dict() == {"1": False, "2": False, "3": False, "4": True}


def test_a_field_that_the_export_lacks_is_not_held_against_ads():
    """Where no ad at all names a payer, the export leaves it out: nothing is missing from the ads."""
    rows = [(str(n), "p", None, "Paid by", "2026-09-20T10:00Z", None) for n in range(3)]
    with duckdb.connect() as con:
        ads_in(con, rows)
        table, absent, _ = political_ads(con, {"0", "1"}, VALDORIA)
    assert absent == ["payer"] and set(table["missing"]) == {""}


class Queue:
    """As much of a case as readiness needs."""

    def __init__(self, rows):
        self.con = duckdb.connect()
        self.con.register("rows", pd.DataFrame(rows, columns=["opened_at", "language", "sla_met", "is_open"]))
        self.con.execute("create table escalations as select row_number() over () as escalation_id, * from rows")

    def connection(self):
        return self.con

    def before(self):
        return None


def test_readiness_counts_open_cases_and_deadlines():
    """Open cases count, the share of kept deadlines has an interval, a language of the market without a case is named."""
    at = pd.to_datetime("2026-09-20T10:00Z")
    rows = [(at, "en", True, False)] * 8 + [(at, "en-GB", False, True)] * 2
    table, because = readiness(Queue(rows), VALDORIA, 0.001)
    gauges = table.set_index("gauge")
    assert because == "" and gauges.loc["Still open", "value"] == 2
    kept = gauges.loc["Deadlines kept, share"]
    assert kept["value"] == 0.8 and kept["low"] < 0.8 < kept["high"] and kept["n"] == 10
    assert "es" in gauges.loc["Languages with cases", "note"]


def test_without_a_queue_readiness_has_a_reason():
    """No rows, no gauges: the reason says what to load."""
    table, because = readiness(Queue([]), VALDORIA, 0.001)
    assert table.empty and "load" in because


def run_folder(runs, name, market, window, template="election_watch"):
    folder = runs / name
    (folder / "tables").mkdir(parents=True)
    facts = {"market": market, "window": window, "n_rows": {"claims": 0}, "days": 7.0}
    record = {"template": template, "findings": [], "study": {"facts": facts, "proposals": []}}
    (folder / "findings.json").write_text(json.dumps(record), encoding="utf-8")


def test_latest_is_the_last_run_over_an_earlier_period(tmp_path):
    """Of the runs of this market, the one whose period ended last before this one begins; other markets and later weeks never."""
    runs = tmp_path / "runs"
    run_folder(runs, "election_watch-0001", "XV: A", ["2026-09-01", "2026-09-08"])
    run_folder(runs, "election_watch-0002", "XV: A", ["2026-09-08", "2026-09-15"])
    run_folder(runs, "election_watch-0003", "XV: A", ["2026-09-15", "2026-09-22"])
    run_folder(runs, "election_watch-0004", "XB: B", ["2026-09-08", "2026-09-15"])
    found = previous(runs / "latest", "XV: A", "2026-09-15")
    assert found is not None and found.name == "election_watch-0002"
    assert previous(runs / "latest", "XV: A", "2026-09-01") is None
    assert previous("", "XV: A", "2026-09-15") is None


def test_an_empty_table_before_is_no_missing_one(tmp_path):
    """A run that had no claim can be compared with; one that did not keep its narratives cannot, and says so."""
    run_folder(tmp_path, "one", "XV: A", ["2026-09-01", "2026-09-08"])
    found = previous(tmp_path / "one", "XV: A", "2026-09-15")
    assert found is not None and found.table("claims").empty and "claims" in found.tables
    assert "narratives" in found.missing


def test_other_runs_are_refused(tmp_path):
    """A run of another template cannot be compared with; the message says of which it is."""
    run_folder(tmp_path, "one", "XV: A", ["2026-09-01", "2026-09-08"], template="rapid_triage")
    with pytest.raises(InputError, match="a run of 'rapid_triage'"):
        previous(tmp_path / "one", "XV: A", "2026-09-15")
