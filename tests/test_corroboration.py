"""A second family of evidence: identifiers that members of a group share raise it to E3, and nothing less does."""

from __future__ import annotations

import pytest

from investigate import Case
from investigate.simulate import make_world, plant_fast


def graded(folder, pixel_of):
    """The grade and evidence of the planted group of a world whose accounts carry pixels."""
    world = make_world(3, groups=(plant_fast(),))
    members = sorted(next(iter(world.planted.values())))
    rows = world.rows.copy()
    accounts = sorted(rows["account"].unique())
    rows["pixel"] = rows["account"].map({a: pixel_of(a, members, i) for i, a in enumerate(accounts)})
    rows.to_csv(folder / "world.csv", index=False)
    case = Case.create(folder / "case")
    columns = {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text", "pixel": "pixel"}
    case.load(folder / "world.csv", "csv", mapping=columns)
    case.relate(window="60s")
    case.score(known_groups=world.known_groups)
    case.group()
    finding = next(f for f in case.find() if len(set(f.members) & set(members)) > 10)
    return finding, [e for e in finding.evidence if e.family == "identifier"]


def number(i):
    return f"{100000000000000 + i * 7919}"


@pytest.mark.parametrize(
    ("pixel_of", "grade"),
    [
        # Three pixels over all fifteen members, everybody else with one of their own.
        (lambda a, members, i: number(members.index(a) % 3) if a in members else number(1000 + i), "E3"),
        # Four members of fifteen share a pixel: fewer than half.
        (lambda a, members, i: number(0) if a in members[:4] else number(1000 + i), "E2"),
        # One pixel on every account of the data: an agency's, or a tag manager's; it links nobody.
        (lambda a, members, i: number(0), "E2"),
    ],
    ids=["shared by the group", "shared by a few", "on everybody"],
)
def test_shared_identifiers_raise_the_grade_only_where_they_tie_half_of_the_group(tmp_path, pixel_of, grade):
    """E3 needs identifiers that tie at least half of the members beyond chance; a template never goes higher."""
    finding, evidence = graded(tmp_path, pixel_of)
    assert finding.evidence_grade == grade and finding.status == "supported"
    if grade == "E3":
        assert evidence[0].observed == 3 and evidence[0].expected < 0.5 and evidence[0].q < 0.01
        assert "identifiers" in finding.confidence
