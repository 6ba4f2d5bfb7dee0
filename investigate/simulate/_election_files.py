"""The texts that go with simulated elections: how to read them, a market profile, two plans, a README."""

from __future__ import annotations

MAPPING = """\
# How to read week1.csv.gz and week2.csv.gz with the `csv` source.
account_id = "account"
content_id = "post_id"
created_at = "time"
text = "text"
handle = "handle"
display_name = "name"
account_created_at = "made"
"""

PROFILE = """\
# An invented market. What each key means stands in data/samples/market_profile.toml.
name = "{name}, parliament 2026"
version = "1"
dated = 2026-08-01
country = "{country}"
time_zone = "{zone}"
date_order = "dmy"
sensitivity = ["An invented market for practice."]

[election]
name = "Parliamentary election 2026"
type = "parliamentary"
[election.terms]
en = ["vote*", "voting", "election*", "ballot*", "polling", "#{tag}"]

[[languages]]
code = "en"
scripts = ["Latn"]

[dates]
registration_start = 2026-06-01
registration_deadline = 2026-08-15
campaign_start = 2026-09-01
silence_start = {silence}
voting_days = [{voting}]
count = {count}
certification = {certification}

[[methods]]
name = "in person"
offered = true
[[methods]]
name = "by text message"
offered = false
terms = {{ en = ["vote by text", "text your vote"] }}

[official]
domains = ["elections.example"]
accounts = [{official}]

[[protected]]
name = "{authority}"
role = "election authority"
kind = "body"
accounts = ["{authority}"]
[[protected]]
name = "{first}"
role = "candidate for prime minister"
accounts = ["{first_handle}"]
[[protected]]
name = "{second}"
role = "candidate for prime minister"
accounts = ["{second_handle}"]

[[parties]]
name = "{one}"
terms = {{ en = ["{one}"] }}
[[parties]]
name = "{two}"
terms = {{ en = ["{two}"] }}

[[narratives]]
id = "voting_day"
title = "When to vote"
claim = "date"
terms = {{ en = ["vote*", "voting", "polling day", "election day"] }}
[[narratives]]
id = "rigged"
title = "The count is rigged"
claim = "integrity"
terms = {{ en = ["rigged", "stolen election", "fake ballots"] }}

[parody]
en = ["parody", "fan", "unofficial"]

[[routes]]
topic = "voting_information"
team = "civic integrity desk, {name}"
backup = "civic integrity desk, region"
hours = "every day, 06:00-22:00"
[[routes]]
topic = "coordination"
team = "investigations"
backup = "investigations on call"
hours = "Monday to Friday; on call otherwise"
"""

_PLAN = """\
# Five invented markets, week {week}. Run it with `investigate batch week{week}.toml`.
title = "Five markets, week {week}"

[defaults]
template = "election_watch"
source = "csv"

[defaults.parameters]
purpose = "Practice on five invented markets before an invented election."
window_start = "{start}"
window_end = "{end}"
"""
PLAN = {
    1: _PLAN.format(week=1, start="2026-09-14", end="2026-09-21"),
    2: _PLAN.format(week=2, start="2026-09-21", end="2026-09-28"),
}

_ROW = """
[[run]]
name = "{name}"
case = "cases/{name}"
data = "{name}/week%d.csv.gz"
mapping = "{name}/world.toml"
[run.parameters]
market_profile = "{name}/profile.toml"
known_groups = "{name}/known_groups.csv"
"""
ROW = {1: _ROW % 1, 2: _ROW % 2 + 'previous_run = "cases/{name}/runs/latest"\n'}

README = """\
# Five invented markets

Everything here is invented by `investigate.simulate`: no country, party, person, account or site is real. The same command
gives the same files:

    python -m investigate.simulate --elections FOLDER --seed {seed}

Each market has a folder with two weeks of posts (`week1.csv.gz`, `week2.csv.gz`), how to read them (`world.toml`), its
profile (`profile.toml`) and the newsrooms that are known (`known_groups.csv`). `week1.toml` and `week2.toml` are plans for
`investigate batch`. docs/elections.md walks through them.

The answer, for those who want to check: in the second week twelve accounts in Valdoria push a wrong polling day within a
minute of each other, 26 times, and one account calls itself like a candidate; in Quessa the election authority and its
districts post as much, as close together, with the right day. A group that acts together on other things is there in both
weeks in Valdoria and Ostmere. Tarnholm and Brackney have nothing but everyday talk, newsrooms and a parody account.
"""
