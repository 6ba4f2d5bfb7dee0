"""Market profiles: what is refused, with its line, and in which phase an election is at a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from investigate.cli import main
from investigate.errors import InputError, UnknownNameError
from investigate.packs import bundled
from investigate.packs.countries import COUNTRIES, is_country
from investigate.packs.market import MarketProfile, market_profile
from investigate.packs.phases import PHASES, calendar, phase_at
from investigate.packs.reading import read

SAMPLE = bundled("market_profile.toml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def changed(tmp_path, *pairs: tuple[str, str]) -> str:
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["market_profile.toml", "market_us_2016.toml"])
def test_bundled_profiles_can_be_read(name):
    """The commented example and the one from public facts pass every check."""
    held = market_profile(bundled(name))
    assert held.narratives and held.protected and is_country(held.country)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('country = "XV"', 'country = "UK"', "'UK' is no ISO 3166-1 code"),
        ("Europe/Athens", "Europe/Athen", "did you mean 'Europe/Athens'"),
        ("silence_start = 2026-10-03", "silence_start = 2026-10-13", "is after the first voting day"),
        ('id = "rigged"', 'id = "voting_day"', "'voting_day' is given twice"),
        ('claim = "date"', 'claim = "dates"', "did you mean 'date'"),
        ("campaign_start", "campagn_start", "did you mean 'campaign_start'"),
        ('topic = "ads"', 'topic = "adds"', "did you mean 'ads'"),
        ('es = ["vot*"', 'pt = ["vot*"', "'pt' is no language of this profile"),
        ('scripts = ["Latn"]', 'scripts = ["latin"]', "no code of a script"),
        ("certification = 2026-10-19", "certification = 2026-10-01", "before the last voting day"),
    ],
)
def test_mistakes_are_named(tmp_path, old, new, said):
    """Each kind of mistake is refused with what is wrong and the nearest thing that would be right."""
    with pytest.raises(InputError) as caught:
        market_profile(changed(tmp_path, (old, new)))
    assert said in str(caught.value)


def test_all_mistakes_at_once(tmp_path):
    """Three mistakes in three places are one error that lists the three."""
    path = changed(
        tmp_path,
        ('country = "XV"', 'country = "UK"'),
        ("Europe/Athens", "Europe/Athen"),
        ('id = "rigged"', 'id = "voting_day"'),
    )
    with pytest.raises(
        InputError, match=r"3 problems: \(1\) line 10, country.*\(2\) line 11, time_zone.*\(3\) line \d+, narr"
    ):
        market_profile(path)


def test_yaml_says_the_same(tmp_path):
    """A profile in YAML, with dates as text, is the same profile."""
    import yaml

    held = market_profile(SAMPLE)
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump(held.model_dump(mode="json"), allow_unicode=True), encoding="utf-8")
    assert read(path, MarketProfile) == held


@pytest.mark.parametrize(
    "moment, phase",
    [
        ("2026-05-31T20:59", "pre"),
        ("2026-05-31T21:00", "registration"),
        ("2026-08-20", "pre"),
        ("2026-08-31T21:00", "campaign"),
        ("2026-10-02T20:59", "campaign"),
        ("2026-10-02T21:00", "silence"),
        ("2026-10-03T21:00", "polling"),
        ("2026-10-04T20:59", "polling"),
        ("2026-10-04T21:00", "count"),
        ("2026-10-05T21:00", "certification"),
        ("2026-10-19T21:00", "post"),
    ],
)
def test_phases_change_at_local_midnight(moment, phase):
    """In Athens, three hours ahead of UTC in October, the next phase begins at 21:00 UTC and not a minute sooner."""
    assert phase_at(market_profile(SAMPLE), at(moment)).name == phase


def test_midnight_is_the_markets_own(tmp_path):
    """The same moment is already polling day in Auckland and not yet in Honolulu; the clocks' change is allowed for."""
    moment = at("2026-10-03T12:00")
    east = market_profile(changed(tmp_path, ("Europe/Athens", "Pacific/Auckland")))
    assert phase_at(east, moment).name == "polling"
    west = market_profile(changed(tmp_path, ("Europe/Athens", "Pacific/Honolulu")))
    assert phase_at(west, moment).name == "silence"
    assert phase_at(west, moment).ends_at == at("2026-10-04T10:00")


def test_phase_can_be_set_by_hand():
    """A forced phase holds whatever the calendar says; an unknown one is refused with the nearest."""
    held = market_profile(SAMPLE)
    forced = phase_at(held, at("2026-05-01"), "polling")
    assert forced.name == "polling" and forced.forced and forced.ends_at is None
    with pytest.raises(UnknownNameError, match="did you mean 'polling'"):
        phase_at(held, at("2026-05-01"), "poling")


def test_phases_without_a_date_are_left_out(tmp_path):
    """An election without registration, silence, count and certification goes from campaign to polling to what follows."""
    path = changed(
        tmp_path,
        ("registration_start = 2026-06-01\n", ""),
        ("registration_deadline = 2026-08-15\n", ""),
        ("silence_start = 2026-10-03\n", ""),
        ("count = 2026-10-05 # through this day\n", ""),
        ("certification = 2026-10-19 # through this day\n", ""),
    )
    assert [name for _, name in calendar(market_profile(path))] == ["campaign", "polling", "post"]
    assert {name for _, name in calendar(market_profile(SAMPLE))} == set(PHASES)


def test_country_codes():
    """ISO 3166-1 assigns 249 codes; the ranges it leaves free are for invented markets."""
    assert len(COUNTRIES) == 249 and is_country("GB") and is_country("XV")
    assert not is_country("UK") and not is_country("gb") and not is_country("XXX")


def test_the_command_tells_the_phase_and_what_is_wanting(capsys, tmp_path):
    """check-profile prints phases and what a run could not answer, as JSON for programs; a broken profile ends with code 2."""
    assert main(["check-profile", str(SAMPLE), "--at", "2026-10-03T06:00Z", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["phase"] == "silence" and told["phase_ends_at"].startswith("2026-10-03T21:00")
    assert told["wanting"] == [
        "no route for candidates, narratives, queue: proposals name a function instead of a team"
    ]
    assert main(["check-profile", changed(tmp_path, ('country = "XV"', 'country = "UK"'))]) == 2
    assert "line 10" in capsys.readouterr().err
