"""Innocent explanations: syndication is told from copying by what the accounts publish besides."""

from __future__ import annotations

import pandas as pd
import pytest
from tables_of_rows import connection

from investigate import Case
from investigate.explanations import EXPLAINS, NOT, PARTLY, Group, own_stories, syndication
from investigate.simulate import make_world


def group_of(forms: list[set[str]], accounts: int = 3, partners: int = 2) -> Group:
    """A community whose joint contents carry these kinds of objects, one content per entry."""
    rows = [(f"c{i}", kind, partners) for i, kinds in enumerate(forms) for kind in sorted(kinds)]
    joint = pd.DataFrame(rows, columns=["content_id", "object_type", "n_partners"])
    members = pd.DataFrame({"account_id": [f"m{i}" for i in range(accounts)]})
    return Group(members, joint, pd.DataFrame(), pd.DataFrame())


def own(shares: list[tuple[int, int]]) -> pd.DataFrame:
    table = pd.DataFrame(shares, columns=["n_linked", "n_own"], index=[f"m{i}" for i in range(len(shares))])
    return table.assign(n_texts=0, n_own_texts=0)


def speaking(shares: list[float]) -> pd.DataFrame:
    """Members with 100 texts each and no links, and the share of these that is their own."""
    table = own([(0, 0)] * len(shares))
    return table.assign(n_texts=100, n_own_texts=[int(100 * share) for share in shares])


BOTH, LINK = {"text", "url"}, {"url"}


@pytest.mark.parametrize(
    ("forms", "stories", "verdict"),
    [
        ([BOTH] * 10, [(50, 20), (50, 20), (50, 0)], EXPLAINS),  # most members are outlets
        ([BOTH] * 10, [(50, 20), (50, 0), (50, 0)], PARTLY),  # most only pass things on
        ([BOTH] * 8 + [LINK] * 2, [(50, 20)] * 3, PARTLY),  # bare links besides: not a wire
        ([BOTH] * 4 + [LINK] * 6, [(50, 20)] * 3, NOT),
        ([BOTH] * 10, [(0, 0)] * 3, PARTLY),  # nothing of their own at all
        ([{"text_family", "url"}] * 10, [(50, 20)] * 3, EXPLAINS),  # nearly the same headline is the same headline
    ],
)
def test_syndication_needs_a_wire_and_outlets(forms, stories, verdict):
    """Explained only where nearly all joint posts repeat headline and link, and most members have own stories."""
    assert syndication(group_of(forms), own(stories)).verdict == verdict


@pytest.mark.parametrize(
    ("form", "shares", "partners", "verdict"),
    [
        ({"text"}, [0.9] * 5, 1, PARTLY),
        ({"text_family"}, [0.9] * 5, 2, PARTLY),
        ({"text"}, [0.9] * 5, 3, NOT),  # each text is in most hands: a plan rather than a wire
        ({"text"}, [0.9, 0.9, 0.5, 0.5, 0.5], 1, NOT),  # most publish little of their own
        ({"hashtag"}, [0.9] * 5, 1, NOT),  # no text at all
    ],
)
def test_agency_texts_without_links_explain_in_part(form, shares, partners, verdict):
    """Channels with texts of their own, and few of them on each joint text: in part, never wholly."""
    assert syndication(group_of([form] * 10, 5, partners), speaking(shares)).verdict == verdict


def test_own_stories_are_links_nobody_else_posted():
    """Counted in contents: a post with one shared link is not an own story."""
    rows = [("A", "x", "a1", 0), ("B", "x", "b1", 9e6), ("A", "y", "a2", 5), ("A", "z", "a3", 6), ("A", "x", "a3", 6)]
    table = own_stories(connection(rows))
    assert table.loc["A"].tolist() == [3, 1, 0, 0] and table.loc["B"].tolist() == [1, 0, 0, 0]


def test_a_newsroom_that_nobody_listed_is_a_lead(tmp_path):
    """A simulated newsroom, with no list of known groups: flagged, explained by syndication, at most E1."""
    world = make_world(1, groups=(), newsrooms=1, fans=0, viral=0, weather=0)
    world.save(tmp_path / "world")
    case = Case.create(tmp_path / "case")
    case.load(tmp_path / "world" / "world.csv.gz", "csv", mapping=str(tmp_path / "world" / "world.toml"))
    case.relate(window="60s")
    case.score()
    case.group()
    found = [f for f in case.find() if set(f.members) & set(world.known_groups["account_id"])]
    assert len(found) == 1 and found[0].evidence_grade == "E1" and found[0].status == "lead"
    assert [a.verdict for a in found[0].alternatives if a.name.startswith("Syndication")] == [EXPLAINS]
