"""A breaking crisis: four worlds, kept bins, earliest observed, appeals for money, what is masked, and the Koch slice."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from investigate import studies, views
from investigate.case import Case
from investigate.errors import InputError
from investigate.exposure import Lexicon
from investigate.objects import normal_text
from investigate.similar import jaccard
from investigate.simulate.crisis import (
    EVENT_TIME,
    HOAX,
    MAPPING,
    TERMS,
    account_number,
    broken_crisis,
    crisis_world,
    edited,
    wallet,
)
from investigate.simulate.organic import stream
from investigate.studies._crisis_aid import charities
from investigate.studies._crisis_answers import QUESTIONS
from investigate.studies._crisis_hubs import hash_list
from investigate.studies._crisis_marks import iban, is_appeal, payments
from investigate.studies._crisis_mask import HANDLE, MAIL, NAME, NUMBER, WITHHELD, masked
from investigate.studies._crisis_variants import pace
from investigate.studies._making import counted

TEMPLATE = "breaking_crisis"


def load(folder, rows, name="world", case=None):
    """A case with these rows loaded; `case` to load them into."""
    path = folder / f"{name}.csv"
    rows.to_csv(path, index=False)
    case = case or Case.create(folder / "case")
    case.load(path, "csv", mapping={field: column for field, column in MAPPING.items() if column in rows})
    return case


def run(case, world=None, **given):
    """The study of a case about the simulated event."""
    about = {"event_name": "Tolvik bridge", "event_time": EVENT_TIME, "event_terms": TERMS}
    about["charities"] = [world.charity] if world else []
    return studies.breaking_crisis(case, **{**about, **given})


def recall(study, case, world):
    """The share of planted wordings that stand in the family that holds most of their variant, for each variant."""
    from investigate.studies import _crisis_variants as v
    from investigate.studies._crisis_scope import event

    about = {"event_name": "", "event_place": "", "event_type": "other", "step_minutes": 15, "lookback_h": 6}
    seen, _, _ = v.sightings(
        case.connection(),
        study.table("kept_contents"),
        event(case, event_time=EVENT_TIME, terms=TERMS, as_of="", **about),
    )
    planted = world.truth[world.truth["variant"] != ""].merge(seen[["content_id", "family"]], left_on="post_id", right_on="content_id", how="left")  # fmt: skip
    return planted.groupby("variant")["family"].agg(lambda s: s.value_counts().iloc[0] / len(s))


@pytest.fixture(scope="module")
def positive(tmp_path_factory):
    """Case, study and world with three hoaxes, a false fundraiser and an amplifying group."""
    world = crisis_world(1)
    case = load(tmp_path_factory.mktemp("positive"), world.rows)
    return case, run(case, world), world


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    """Case, study and world of the innocent twin."""
    world = crisis_world(1, "twin")
    case = load(tmp_path_factory.mktemp("twin"), world.rows)
    return case, run(case, world), world


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Case, study and world of the bad export."""
    world = broken_crisis(crisis_world(1))
    case = load(tmp_path_factory.mktemp("broken"), world.rows)
    return case, run(case, world, groups=False), world


# --- the four worlds --------------------------------------------------------------------------------------------------


def test_every_planted_wording_is_within_the_threshold():
    """The worlds are fair: each edit keeps a Jaccard similarity of 0.8 to the text it was made from, in both scripts."""
    rng = stream(3, "edits")
    for text in HOAX:
        made = [edited(rng, text) for _ in range(40)]
        assert len(set(made)) > 10
        assert min(jaccard(normal_text(text), normal_text(m)) for m in made) >= 0.8


def test_planted_variants_are_found(positive):
    """At least 95 of 100 planted wordings of each hoax lie in one family, the Greek one included."""
    case, study, world = positive
    found = recall(study, case, world)
    assert len(found) == 3 and found.min() >= 0.95, found


@pytest.mark.parametrize("seed", [2, 3])
def test_planted_variants_are_found_in_other_worlds(tmp_path, seed):
    """The same under other seeds, and the false fundraiser is supported there, too."""
    world = crisis_world(seed, accounts=120)
    case = load(tmp_path, world.rows)
    study = run(case, world, groups=False)
    assert recall(study, case, world).min() >= 0.95
    assert [f.evidence_grade for f in case.findings if f.type == "link"] == ["E2"]


def test_false_fundraiser_is_supported(positive):
    """Four look-alikes that share a wallet and an account number come out as one supported finding, and nobody else with them."""
    case, _, _ = positive
    (finding,) = [f for f in case.findings if f.type == "link"]
    assert (finding.status, finding.evidence_grade) == ("supported", "E2")
    assert finding.members == sorted(
        f"quay:aid_{n}" for n in ("0rrinbayrelief", "orrinbay_relief", "orrinbayrelief_help", "orrinbayreliefs")
    )
    assert {e.family for e in finding.evidence} >= {"persona", "payment"}
    assert {p["policy_id"] for p in finding.policy}


def test_the_charity_itself_is_listed_as_such(positive):
    """The charity's own account appeals, is marked as its own and is in no finding."""
    case, study, _ = positive
    own = study.table("fundraisers").set_index("account_id").loc["quay:orrinbayrelief"]
    assert own["official"] and own["cluster"] == 0
    assert not any("quay:orrinbayrelief" in f.members for f in case.findings)


def test_people_who_pass_an_appeal_on_are_counted_and_not_listed(positive):
    """The table of appeals shows the look-alikes and the charity; those who pass its appeal on are a number."""
    case, study, _ = positive
    view = views.crisis_appeals(case)
    assert len(view.table) == 5 < len(study.table("fundraisers"))
    assert f"not listed: {len(study.table('fundraisers')) - 5} accounts" in view.lead


def test_amplifying_group_is_supported(positive):
    """The twelve accounts that push a hoax within a minute are a supported group, and its joint activity is about the event."""
    case, study, world = positive
    pushers = set(
        world.rows.loc[
            world.rows["post_id"].isin(world.truth.loc[world.truth["part"] == "pushed", "post_id"]), "account"
        ]
    )
    (group,) = [f for f in case.findings if f.type == "cluster" and f.status == "supported"]
    assert set(group.members) == {f"quay:{a}" for a in pushers}
    assert study.table("groups").iloc[0]["share_about"] > 0.5
    assert group.policy


def test_spread_alone_is_a_lead(positive):
    """However fast a text spreads, that finding is E1, has no members, and says that nobody may be acted against for being early."""
    case, _, _ = positive
    spread = [f for f in case.findings if f.type == "trend"]
    assert len(spread) == 3
    assert {f.evidence_grade for f in spread} == {"E1"} and all(not f.members for f in spread)
    assert all("for being early" in " ".join(f.limits) for f in spread)


def test_twin_stays_a_lead(twin):
    """Solidarity, mutual aid, agency news and an honest appeal in the same volume: no finding above E1."""
    case, study, _world = twin
    assert study.facts["speed"]["n_event"] > 900 and len(study.table("variants")) >= 3
    assert {f.evidence_grade for f in case.findings} <= {"E0", "E1"}
    assert len(study.table("ways_to_pay")) == 12 and not [f for f in case.findings if f.type == "link"]


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_supports_nothing(tmp_path, seed):
    """Talk in everybody's own words: no supported finding, and no family that reaches the alert."""
    world = crisis_world(seed, "noise", accounts=120)
    case = load(tmp_path, world.rows)
    study = run(case, world, groups=seed == 1)
    assert study.facts["speed"]["n_event"] == 420
    assert not study.table("variants")["alert"].any()
    assert {f.status for f in case.findings} <= {"lead"}


def test_broken_data_downgrade_the_first_sightings(broken):
    """After ten silent hours every large family's coverage caveat is raised, and no back-dated post is taken for the first."""
    _, study, _world = broken
    table = study.table("variants").head(3)
    assert table["raised"].all() and table["coverage"].str.contains("silent").all()
    assert table["n_before_event"].sum() > 10
    assert (table["first_at"] >= pd.Timestamp(EVENT_TIME)).all()
    assert table["clock"].str.contains("dated before the event and were not taken").all()
    assert len(study.table("gaps")) >= 1 and any("silent" in limit for limit in study.limits)


def test_broken_data_downgrade_the_fundraiser(broken):
    """Without names the look-alikes cannot be told: what a like site and shared ways to pay leave is a lead."""
    case, study, _ = broken
    (finding,) = [f for f in case.findings if f.type == "link"]
    assert (finding.evidence_grade, finding.status) == ("E1", "lead")
    unanswered = {a.question: a.because for a in study.answers if a.because}
    assert "neither language nor platform" in unanswered["In which languages and on which platforms?"]


def test_broken_data_hold_groups_at_leads(tmp_path):
    """The group that pushes a hoax is still seen, and stays a lead: ten silent hours hide what others did then."""
    world = broken_crisis(crisis_world(1))
    case = load(tmp_path, world.rows)
    run(case, world)
    groups = [f for f in case.findings if f.type == "cluster"]
    assert {(f.status, f.evidence_grade) for f in groups} == {("lead", "E1")}
    held = next(f for f in groups if f.n_members == 12)
    assert "Held at E1: the data are silent for" in held.limits[0] and held.confidence.startswith("low")
    assert held.recommended[0]["action"] == "Get the contents of the silent stretches and run this again"


def test_data_that_can_be_traced_by_nothing_are_refused(tmp_path):
    """An export without texts, links, tags and media is refused in words."""
    world = crisis_world(1, "noise", accounts=30)
    case = load(tmp_path, world.rows[["account", "post_id", "time"]])
    with pytest.raises(InputError, match="neither texts, links, tags nor media"):
        run(case, event_terms=[])


def test_all_problems_of_the_parameters_are_listed(broken):
    """Bins too fine for minute resolution, an unknown type and a clock before the event are told at once, with the nearest type."""
    case, _, _ = broken
    with pytest.raises(InputError) as problem:
        run(case, step_minutes=1, event_type="unrset", as_of="2026-03-06T00:00Z")
    assert all(part in str(problem.value) for part in ("time resolution of 60 s", "'unrest'", "after the run's clock"))


# --- earliest observed ------------------------------------------------------------------------------------------------


def test_without_the_true_earliest_the_next_one_is_shown_and_the_caveat_raised(positive, tmp_path):
    """With the first post of a hoax gone, the card shows the second, and says that others refer to what is missing."""
    _, study, world = positive
    first = study.table("variants").set_index("family")
    planted = world.truth[world.truth["variant"] == "hoax_1"]["post_id"]
    card = first[first["first_content"].isin(planted)].iloc[0]
    assert card["first_content"] == planted.iloc[0] and not card["raised"] and card["n_missing_origin"] == 0
    less = load(tmp_path, world.rows[world.rows["post_id"] != card["first_content"]])
    again = run(less, world, groups=False).table("variants").set_index("family").loc[card.name]
    assert again["first_at"] == card["second_at"] and again["first_content"] != card["first_content"]
    assert again["raised"] and again["n_missing_origin"] > 20 and "not in the data" in again["coverage"]


def test_a_time_that_the_client_claims_is_not_the_first(tmp_path):
    """A back-dated post on a platform whose clients state the time is counted and not taken for the first."""
    world = crisis_world(1, accounts=30)
    hoax = world.truth.loc[world.truth["variant"] == "hoax_1", "post_id"]
    rows = world.rows.copy()
    late = rows.index[rows["post_id"] == hoax.iloc[20]]
    rows.loc[late, ["platform", "time"]] = ["bluesky", "2026-03-07T14:00:30Z"]
    table = run(load(tmp_path, rows), world, groups=False).table("variants")
    card = table[table["n_claimed"] > 0].iloc[0]
    assert card["first_content"] == hoax.iloc[0] and "claimed by the client" in card["clock"]


# --- kept bins --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A case run on the rows up to 18:00, opened again, given the later rows, and run again; and one run on both at once."""
    world = crisis_world(5, accounts=100)
    early = world.rows["time"] < "2026-03-07T18:00:00Z"
    late_row = (
        world.rows["post_id"]
        == world.rows.loc[early & world.rows["text"].str.contains("TolvikBridge"), "post_id"].iloc[-40]
    )
    first, second = world.rows[early & ~late_row], world.rows[~early | late_row]
    folder = tmp_path_factory.mktemp("refreshed")
    case = load(folder, first, "first")
    before = run(case, world, groups=False)
    case.close()
    case = load(folder, second, "second", Case.open(folder / "case"))
    other = tmp_path_factory.mktemp("whole")
    whole = load(other, second, "second", load(other, first, "first"))
    return case, before, run(case, world, groups=False), whole, run(whole, world, groups=False), second


def test_only_changed_bins_are_worked_out(refreshed):
    """The second run reads the bins of the later file alone, the old bin that got a late row among them."""
    _, before, after, _, whole, second = refreshed
    bins = pd.to_datetime(second["time"]).dt.floor("15min").nunique()
    assert before.facts["refresh"]["recomputed"] == before.facts["refresh"]["bins"] > 20
    assert after.facts["refresh"]["recomputed"] == bins < after.facts["refresh"]["bins"]
    assert 0 < after.facts["refresh"]["variants_reused"] < after.facts["refresh"]["variants"]
    assert whole.facts["refresh"]["recomputed"] == whole.facts["refresh"]["bins"] == after.facts["refresh"]["bins"]


def test_a_refresh_equals_a_computation_from_nothing(refreshed):
    """Tables, numbers, answers, limits, proposals and findings are the same, down to the values."""
    case, _, after, other, whole, _ = refreshed
    assert set(after.tables) == set(whole.tables)
    for name in after.tables:
        pd.testing.assert_frame_equal(after.tables[name], whole.tables[name], obj=name)
    for part in ("bottom_line", "numbers", "answers", "limits", "proposals"):
        assert getattr(after, part) == getattr(whole, part), part
    assert {k: v for k, v in after.facts.items() if k != "refresh"} == {
        k: v for k, v in whole.facts.items() if k != "refresh"
    }
    assert [f.to_dict() for f in case.findings] == [f.to_dict() for f in other.findings]


def test_other_terms_read_every_bin_again(refreshed):
    """What decides the work on a bin decides whether it is taken up: other terms, or phrases, start from nothing."""
    case, _, _, _, _, _ = refreshed
    study = run(case, event_terms=["Tolvik"], groups=False)
    assert study.facts["refresh"]["recomputed"] == study.facts["refresh"]["bins"]
    assert "other parameters" in study.facts["refresh"]["because"]
    again = run(case, event_terms=["Tolvik"], groups=False)
    assert again.facts["refresh"]["recomputed"] == 0 and again.facts["refresh"]["because"] == ""


# --- what is masked, covered and found in texts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, shown",
    [
        ("ask @jane_doe, Jane Doe knows", f"ask {HANDLE}, {NAME} knows"),
        ("Jane Doe said so", "Jane Doe said so"),
        ("mail a.b@c.example or call +44 20 7946 0000", f"mail {MAIL} or call {NUMBER}"),
        ("it was john  smith!", f"it was {WITHHELD}!"),
        ("JOHN SMITH and blacksmith", f"{WITHHELD} and blacksmith"),
    ],
)
def test_quoted_texts_are_masked(text, shown):
    """Handles, addresses, numbers, supplied names, and names that spell a mentioned handle go; other words stay."""
    assert masked(text, ("john smith",)).replace("  ", " ") == shown


def test_display_names_of_mentioned_accounts_are_masked():
    """A mention takes the display name of that account out of the text with it."""
    assert masked("Ali Ünal was there @au_77", (), {"au_77": "Ali Ünal"}) == f"{NAME} was there {HANDLE}"


def test_threats_are_covered_and_names_withheld(tmp_path):
    """A listed phrase brings its content to the queue with its text covered; a listed name is counted and stands in no table."""
    world = crisis_world(1, "noise", accounts=30)
    rows = world.rows.copy()
    at = rows.index[rows["text"].str.contains("#TolvikBridge")][[3, 9, 12]]
    rows.loc[at[0], "text"] = "At #TolvikBridge somebody said they will blow up the depot next, be careful there"
    rows.loc[at[1:], "text"] = "Everybody says Zebedee Quillfeather did it at #TolvikBridge, tell all your friends now"
    (tmp_path / "phrases.txt").write_text("harassment: blow up the depot\n", encoding="utf-8")
    (tmp_path / "names.txt").write_text("Zebedee Quillfeather\n", encoding="utf-8")
    case = load(tmp_path, rows)
    study = run(case, threat_phrases=tmp_path / "phrases.txt", withheld_names=tmp_path / "names.txt", groups=False)
    threats = study.table("threats")
    assert threats["content_id"].tolist() == [rows.loc[at[0], "post_id"]]
    assert threats["text"].str.startswith("[hidden").all()
    assert study.table("named")[["name", "n_contents"]].values.tolist() == [["name 1", 2]]
    said = " ".join(t.to_csv() for n, t in study.tables.items() if not n.startswith("kept_")) + study.bottom_line
    assert "quillfeather" not in said.lower() and "blow up" not in said
    assert any("emergency" in p["action"] for p in study.proposals)
    shown = [
        views.crisis_threats(case),
        views.crisis_claims(case),
        views.crisis_named(case),
        views.crisis_situation(case),
    ]
    assert "quillfeather" not in "".join(v.html() for v in shown).lower()


def test_ways_to_pay_need_their_checksums():
    """Wallets and account numbers count by checksum, pages by their path; one wrong digit and it is none."""
    text = f"donate {wallet(3)} or {account_number(4)} or https://www.paypal.me/Somebody?x=1 or cash app $Help_Us"
    found = payments(text)
    assert [kind for kind, _ in found] == ["wallet", "bank_account", "payment", "payment"]
    assert "paypal.me" in found[2][1] and "somebody" not in found[2][1].lower()
    assert not payments(
        f"donate {wallet(3)[:-1]}x or XX{(int(account_number(4)[2:4]) + 1) % 97:02d}{account_number(4)[4:]}"
    )
    assert iban("GB82 WEST 1234 5698 7654 32") and not iban("GB83 WEST 1234 5698 7654 32")


@pytest.mark.parametrize("text, asks", [("Bitte spenden!", True), ("ΔΩΡΕΑ εδώ", False), ("δωρεά εδώ", True), ("donated yesterday", False), ("寄付をお願いします", True)])  # fmt: skip
def test_appeals_are_known_by_words_in_several_scripts(text, asks):
    """Appeals are whole words in several languages; accents count, and so does their lack."""
    assert is_appeal(text) is asks


def test_charities_are_taken_apart():
    """A protected name comes with its handles and sites, in any order."""
    (one,) = charities(["Orrin Bay Relief @orrinbayrelief orrinbayrelief.example"])
    assert (one.name, one.handles, one.domains) == (
        "Orrin Bay Relief",
        ("orrinbayrelief",),
        ("orrinbayrelief.example",),
    )


def test_bad_lines_of_a_hash_list_are_named(tmp_path):
    """Every line that holds no hash is told with its number."""
    path = tmp_path / "list.txt"
    path.write_text("hash,label\npdq:" + "f8" * 32 + ",seen\nnot a hash\n# a comment\nzz12\n", encoding="utf-8")
    with pytest.raises(InputError) as problem:
        hash_list(path)
    assert "line 3" in str(problem.value) and "line 5" in str(problem.value) and "line 2" not in str(problem.value)


def test_listed_media_are_found_exactly_and_nearly(tmp_path):
    """A media file two bits from a listed one and an equal one are matches; one that is far is none; nothing is displayed."""
    base = int("9b3c" * 16, 16)
    hashes = [f"pdq:{base:064x}", f"pdq:{base ^ 0b101:064x}", f"pdq:{base ^ ((1 << 90) - 1) << 60:064x}"]
    rows = pd.DataFrame(
        {
            "account_id": list("abc"),
            "content_id": list("xyz"),
            "created_at": ["2026-03-07T15:00:00Z"] * 3,
            "hash": hashes,
        }
    )
    rows.to_csv(tmp_path / "media.csv", index=False)
    (tmp_path / "list.txt").write_text(f"{hashes[0]},example\n", encoding="utf-8")
    case = Case.create(tmp_path / "case")
    case.load(tmp_path / "media.csv", "media_hashes")
    study = run(case, event_terms=[], hash_list=tmp_path / "list.txt", groups=False)
    assert study.table("matches")["distance"].tolist() == [0, 2]
    assert study.table("variants")["n_contents"].tolist() == [2]
    (finding,) = [f for f in case.findings if f.type == "match"]
    assert finding.evidence_grade == "E2" and finding.status == "supported"


# --- the study as a whole ---------------------------------------------------------------------------------------------


def test_every_question_has_an_answer_or_a_reason(positive, broken):
    """All questions of the template come back in order; what was not supplied is named as the reason."""
    for _, study, _ in (positive, broken):
        assert tuple(a.question for a in study.answers) == QUESTIONS
    because = " ".join(a.because for a in positive[1].answers)
    assert all(name in because for name in ("hash_list", "threat_phrases", "withheld_names"))


def test_situation_has_its_four_parts(positive):
    """Known, not known, assessed, next update: and the next update is due by the run's clock, not the wall's."""
    _case, study, _ = positive
    table = study.table("situation")
    assert list(dict.fromkeys(table["heading"])) == ["Known", "Not known", "Assessed", "Next update"]
    due = pd.Timestamp(re.search(r"[\d-]{10} [\d:]{5}", table["text"].iloc[-1])[0], tz="UTC")
    assert pd.Timedelta(0) < due - pd.Timestamp(study.facts["window"][1]) <= pd.Timedelta(hours=6)


def test_what_to_preserve_is_listed_by_identifier(positive):
    """The first contents of fast families and the accounts of the appeals' finding are on the list, once each, without texts."""
    case, study, _ = positive
    table, variants = study.table("preserve"), study.table("variants")
    (finding,) = [f for f in case.findings if f.type == "link"]
    assert table.loc[table["kind"] == "account", "ref"].tolist() == finding.members
    assert (
        table.loc[table["kind"] == "content", "ref"].tolist()
        == variants.loc[variants["alert"], "first_content"].tolist()
    )
    assert views.crisis_preserve(case).lead.startswith(f"{len(table)} items")


def test_the_packs_own_actions_are_proposed(positive):
    """What the policy pack proposes for groups stands with the group, what it proposes for every case with the study."""
    case, study, _ = positive
    (group,) = [f for f in case.findings if f.type == "cluster" and f.status == "supported"]
    assert any("side by side" in r["action"] for r in group.recommended)
    assert any("could not show" in p["action"] for p in study.proposals)


def test_nothing_is_called_false_or_a_source(positive, twin):
    """No answer, statement or queue calls a claim false or a sighting the source."""
    for case, study, _ in (positive, twin):
        said = " ".join(
            [study.bottom_line, *(a.answer for a in study.answers), *(f.statement + f.title for f in case.findings)]
        )
        assert not re.search(r"\b(is|are) false\b|\bthe source\b|\bfake\b|\bproves?\b", said.lower())
    assert "text" in positive[1].table("claims") and "verdict" not in positive[1].table("claims")


def test_decay_is_told_by_criteria(positive):
    """Exit criteria state what was observed and what must hold; right after a peak not all of them do."""
    _, study, _ = positive
    table = study.table("decay")
    assert set(table["met"]) <= {"yes", "no", "cannot be told"} and "no" in set(table["met"])


def test_too_soon_to_tell_decay(positive, tmp_path):
    """Two hours after the event the criteria cannot be told yet, whatever the counts."""
    case = load(tmp_path, positive[2].rows)
    study = run(case, as_of="2026-03-07T16:00:00Z", groups=False)
    assert (study.table("decay")["met"].iloc[1:] == "cannot be told").all()
    assert study.table("timeline")["at"].max() <= pd.Timestamp("2026-03-07T16:00:00Z")


def test_no_content_about_the_event(tmp_path):
    """Terms that find nothing: the study says so, nothing is compared, and no exit criterion but coverage is told."""
    case = load(tmp_path, crisis_world(1, "noise", accounts=30).rows)
    study = run(case, event_terms=["zeppelin"], groups=False)
    assert study.facts["speed"]["n_event"] == 0 and "Nothing was compared" in study.bottom_line
    assert set(study.table("decay")["met"].iloc[1:]) == {"cannot be told"}
    assert "widen event_terms" in study.answers[0].because and not case.findings


def test_without_an_event_time_the_first_content_stands_in(tmp_path):
    """No time given: the first content that the terms find is taken, and the limits say so; terms without any are refused."""
    world = crisis_world(1, "noise", accounts=30)
    case = load(tmp_path, world.rows)
    study = run(case, event_time="", groups=False)
    first = world.rows.loc[
        world.rows["post_id"].isin(world.truth.loc[world.truth["part"] == "talk", "post_id"]), "time"
    ].min()
    assert pd.Timestamp(study.facts["event"]["at"]) == pd.Timestamp(first)
    assert any("No event time was given" in limit for limit in study.limits)
    with pytest.raises(InputError, match="no content has any of the terms zeppelin"):
        run(case, event_time="", event_terms=["zeppelin"], groups=False)


def test_supplied_names_are_withheld_from_what_the_engine_quotes(positive, tmp_path):
    """A group's finding quotes the text it pushes; a name on the list is withheld there as well."""
    (tmp_path / "names.txt").write_text("rescue crews\n", encoding="utf-8")
    case = load(tmp_path, positive[2].rows)
    run(case, withheld_names=tmp_path / "names.txt")
    (group,) = [f for f in case.findings if f.type == "cluster" and f.status == "supported"]
    assert "rescue crews" not in group.statement + group.title and WITHHELD in group.statement


@pytest.mark.parametrize("last, before, said", [(0, 9, "quiet"), (20, 5, "growing"), (5, 20, "slowing"), (10, 10, "steady"), (5, 0, "growing"), (2, 0, "steady")])  # fmt: skip
def test_pace_needs_more_than_chance(last, before, said):
    """Growing and slowing need a difference that a fair coin gives in under one of twenty cases."""
    assert pace(last, before) == said


def test_counting_words():
    """Numbers and nouns agree."""
    assert [counted(n, w) for n, w in ((1, "family"), (2, "family"), (2, "way"), (0, "lead"))] == [
        "1 family",
        "2 families",
        "2 ways",
        "0 leads",
    ]


def test_hostile_texts_stay_text(tmp_path):
    """Markup in a text, a handle and a charity's name comes out escaped in every view of the study."""
    world = crisis_world(1, "noise", accounts=30)
    rows = world.rows.copy()
    bad = "<img src=x onerror=alert(1)> donate now for #TolvikBridge via https://paypal.me/evil<script>"
    at = rows.index[rows["text"].str.contains("#TolvikBridge")][:6]
    rows.loc[at, "text"] = bad
    rows.loc[at, "handle"] = "<b>orrinbayrelief</b>"
    case = load(tmp_path, rows)
    run(case, world, event_name="<i>event</i>", event_place="<u>place</u>", groups=False)
    for name in sorted(n for n in dir(views) if n.startswith("crisis_")):
        if callable(getattr(views, name)):
            html = getattr(views, name)(case).html()
            assert not re.search(r"<(img|script|b>|i>|u>)", html), name


def test_a_phrase_list_is_a_lexicon():
    """A phrase may name its harm, and counts as whole words in any case."""
    held = Lexicon.parse(["self_harm: end it all", "blow up"], "list")
    assert held.harms("They BLOW UP balloons") == ("sensitive",) and held.harms("blow upwards") == ()


# --- real data, and the template --------------------------------------------------------------------------------------

KOCH = {"event_name": "Koch Farms food-poisoning hoax", "event_time": "2015-11-26T00:00Z", "event_terms": ["KochFarms"]}


@pytest.fixture(scope="module")
def koch(shared_data, tmp_path_factory):
    """The Koch slice: the case, the study at 01:00 UTC in the middle of it, and the one a day later."""
    case = Case.create(tmp_path_factory.mktemp("koch") / "case")
    case.load(shared_data("ira_koch_2015-11-20_12-01.csv.gz"), "ira_tweets")
    early = studies.breaking_crisis(case, **KOCH, as_of="2015-11-27T01:00Z", groups=False)
    return case, early, studies.breaking_crisis(case, **KOCH, as_of="2015-11-28T00:00Z", groups=False)


@pytest.mark.slow
def test_koch_slice_gives_the_known_answers(koch):
    """The tag's 3,935 contents, the fullest bin and the first content are those that plain counting gives."""
    case, _, study = koch
    tagged = "from actions where object_type = 'hashtag' and object_id = 'kochfarms'"
    counted_ = case.sql(
        f"select count(*) as n, count(distinct account_id) as who, min(acted_at) as first {tagged}"
    ).iloc[0]
    bins = case.sql(
        f"select time_bucket(interval '15 minutes', acted_at) as at, count(*) as n {tagged} group by 1 order by n desc, 1"
    )
    assert (study.facts["speed"]["n_event"], counted_["who"]) == (counted_["n"], 145) == (3935, 145)
    assert pd.Timestamp(study.facts["speed"]["peak_at"]) == bins["at"].iloc[0]
    assert study.facts["speed"]["peak_n"] == bins["n"].iloc[0] == 774
    assert study.table("languages")["first_at"].min() == counted_["first"]
    labelled = case.sql(
        f"select source_label, count(*) as n, count(distinct account_id) as who {tagged.replace('from actions', 'from actions join accounts using (account_id)')} group by 1"
    ).set_index("source_label")
    assert labelled.loc["Koch"].tolist() == [3584, 120]


@pytest.mark.slow
def test_koch_refresh_takes_up_the_earlier_bins(koch):
    """The run a day later reads only bins from 01:00 on, and takes the numbers of families that did not change."""
    _, early, late = koch
    refresh = late.facts["refresh"]
    after = late.table("kept_bins")["at"] >= pd.Timestamp("2015-11-27T01:00Z")
    assert refresh["recomputed"] == after.sum() < refresh["bins"] and early.facts["refresh"]["bins"] < refresh["bins"]
    assert 0 < refresh["variants_reused"] < refresh["variants"]


@pytest.mark.slow
def test_documented_numbers_are_those_of_the_run(koch, repository):
    """Every number that the template's page states about the Koch slice comes out of this run."""
    case, early, study = koch
    text = " ".join((repository / "docs/templates/breaking_crisis.md").read_text(encoding="utf-8").split())
    fast, table = study.facts["speed"], study.table("variants")
    leads = [f for f in case.findings if f.type == "trend" and f.evidence_grade == "E1"]
    met, met_early = (int((s.table("decay")["met"] == "yes").sum()) for s in (study, early))
    top = table.iloc[0]
    tag = "object_type = 'hashtag' and object_id = 'kochfarms'"
    writers = int(case.sql(f"select count(distinct account_id) as n from actions where {tag}")["n"].iloc[0])
    stated = [
        f"{fast['n_event']:,} by {writers} accounts",
        f"{study.table('languages')['first_at'].min():%Y-%m-%d %H:%M} UTC",
        f"{pd.Timestamp(fast['peak_at']):%Y-%m-%d %H:%M} UTC, {fast['peak_n']:,} contents",
        f"{fast['peak_hour_n']:,} contents",
        f"{fast['doubling_h']:.1f} h, 95 % interval {fast['doubling_low_h']:.1f} h to no end",
        f"{len(table):,}, with {table['n_contents'].sum():,} contents; {table['alert'].sum():,} reached ten",
        f"{top['n_contents']} contents by {top['n_accounts']} accounts in {top['n_texts']} wordings, earliest observed at {top['first_at']:%H:%M} UTC",
        f"{len(study.table('claims')):,} clusters of like texts",
        f"{study.facts['short_links']:,} short links",
        f"{early.facts['speed']['n_event']:,} contents, *{early.facts['speed']['pace']}*; {met_early} of 5 exit criteria holds",
        f"*{fast['pace']}*; {met} of 5 exit criteria hold",
    ]
    assert fast["no_growth_possible"] and len(leads) == len(case.findings) == 5
    assert [s for s in stated if s not in text] == []


@pytest.mark.slow
def test_template_runs_from_an_export_to_a_report(tmp_path):
    """The notebook runs as it stands: every section is ok, the report tells the situation, and the study is in findings.json."""
    import json

    from investigate.runs import execute
    from investigate.wording.record import check_record

    world = crisis_world(4, accounts=30, size=0.5)
    mapping = ";".join(f"{field}={column}" for field, column in MAPPING.items())
    result = execute(
        TEMPLATE,
        {
            "data": str(world.save(tmp_path / "world.csv")),
            "mapping": mapping,
            "case": str(tmp_path / "case"),
            "event_time": EVENT_TIME,
            "event_terms": list(TERMS),
            "charities": [world.charity],
            "purpose": "Test of the template on an invented event.",
        },
    )
    assert (result.status, {s.status for s in result.sections}) == ("complete", {"ok"})
    record = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert check_record(record) == []
    assert record["study"]["name"] == TEMPLATE and any(f["evidence_grade"] == "E2" for f in record["findings"])
    report = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Situation report" in report and "Earliest observed" in report
    refs = {a["rows_ref"] for a in record["study"]["answers"] if a["rows_ref"]}
    refs |= {e["rows_ref"] for f in record["findings"] if f["type"] in ("link", "trend") for e in f["evidence"]}
    assert [ref for ref in sorted(refs) if not (result.folder / ref).is_file()] == []
