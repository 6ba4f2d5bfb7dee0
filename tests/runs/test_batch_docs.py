"""docs/batch.md against the code: fields of the status file, keys of plans and packs, areas, rhythms."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from investigate.packs import AREAS, Plan, PolicyPack
from investigate.packs.plan import PlanRow
from investigate.packs.policy import Change, DefaultAction, ListedPolicy
from investigate.packs.reading import read
from investigate.runs.every import every
from investigate.runs.status import STATES, RowState, State


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "batch.md").read_text(encoding="utf-8")


def part(page: str, start: str, end: str) -> str:
    return page.split(start)[1].split(end)[0]


def named(text: str) -> list[str]:
    """What stands in code marks in the first column of the tables of a text."""
    return [name for row in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]


def test_every_field_of_the_status_file_is_explained(page, tmp_path):
    """The page lists exactly the fields that are written, of the batch and of its rows, and every status."""
    text = part(page, "## status.json", "## From Python")
    batch, row = text.split("| field of a row")
    record = State(tmp_path, "p", "0", "t", 1, []).record()
    assert sorted(named(batch)) == sorted(record)
    assert sorted(named(row)) == sorted(f.name for f in fields(RowState))
    assert all(f"`{state}`" in batch for state in STATES)


def test_every_key_of_plans_and_packs_is_explained(page):
    """Plan rows, and each table of a policy pack, with exactly the keys that their models know."""
    assert sorted(named(part(page, "| key of a row", "Paths start"))) == sorted(PlanRow.model_fields)
    rows = dict(re.findall(r"^\| (\S+) \| (.*) \|$", part(page, "| table | holds |", "<!-- areas"), re.MULTILINE))
    for name, model in (("changes", Change), ("policies", ListedPolicy), ("actions", DefaultAction)):
        assert re.findall(r"`(\w+)`", rows[f"`[[{name}]]`"]) == list(model.model_fields)
    assert set(PolicyPack.model_fields) == {"areas", "changes", "policies", "actions"} | set(
        re.findall(r"`(\w+)`", rows["top"])
    )
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", part(page, "<!-- areas -->", "<!-- end"), re.MULTILINE)) == AREAS


def test_the_plan_on_the_page_is_one(page, tmp_path):
    """The example of a plan reads as a plan."""
    path = tmp_path / "p.toml"
    path.write_text(part(page, "```toml\n", "```"), encoding="utf-8")
    plan = read(path, Plan)
    assert (
        plan.run[0].parameters == {"market_profile": "profiles/norway.toml"} and plan.defaults.mapping == "columns.toml"
    )


def test_the_rhythms_on_the_page_are_understood(page):
    """Every rhythm that is named can be read."""
    words = re.findall(
        r"`((?:daily|weekdays|weekly|monthly|hourly)[^`]*|\d+(?:h|min))`", part(page, "Rhythms:", "time zone")
    )
    assert len(words) >= 8 and all(every(w).cron() for w in words)
