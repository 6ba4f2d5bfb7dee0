"""A case can be asked: each question gives what its module gives, with the case's own settings."""

from __future__ import annotations

import pytest

from investigate import Case
from investigate.relations import RELATIONS
from investigate.simulate import make_world, plant_fast


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asking")
    world = make_world(3, groups=(plant_fast(),))
    world.save(folder / "world")
    case = Case.create(folder / "case")
    case.load(folder / "world" / "world.csv.gz", "csv", mapping=str(folder / "world" / "world.toml"))
    case.relate(window="60s")
    case.score(known_groups=world.known_groups)
    case.group()
    case.find()
    return case, sorted(next(iter(world.planted.values())))


def test_three_reported_accounts_lead_to_the_others(solved):
    """The other twelve of the planted group rank before anybody else, with the case's relations and window."""
    case, members = solved
    found = case.expand(members[:3], limit=20)
    assert set(found.newcomers["account_id"].head(12)) == set(members[3:])
    assert found.window_s == 60.0


def test_layers_name_the_relations_inside_the_group(solved):
    """Every row is about unusual edges inside one community; the planted group is in one piece."""
    case, members = solved
    number = case.communities.set_index("account_id")["community"][members[0]]
    rows = case.layers()
    rows = rows[rows["community"] == number]
    assert (
        set(rows["relation"]) <= set(case.settings.relations)
        and rows["n_members"].nunique() == 1
        and (rows["n_members"] >= 15).all()
    )
    assert rows["share_connected"].max() > 0.8
    assert {"n_layers", "layers"} <= set(case.fused().columns)


def test_nobody_leads_a_group_with_even_delays(solved):
    """Members' delays are drawn evenly, so no interval lies above the equal share."""
    case, members = solved
    pairs, groups = case.leads()
    assert len(pairs) == int(case.edges["unusual"].sum())
    planted = groups[groups["account_id"].isin(members)]
    assert len(planted) == 15 and not planted["leads"].any()


def test_several_windows_are_scored_as_one_family_of_tests(solved):
    """Wider windows hold every edge of narrower ones; q is never below that of the window scored alone."""
    case, _ = solved
    table = case.across(["30s", "60s", "300s"])
    keys = {
        w: set(map(tuple, part[["relation", "account_a", "account_b"]].to_numpy()))
        for w, part in table.groupby("window_s")
    }
    assert list(keys) == [30.0, 60.0, 300.0] and keys[30.0] <= keys[60.0] <= keys[300.0]
    alone = case.edges.set_index(["relation", "account_a", "account_b"])["p"]
    together = table[table["window_s"] == 60].set_index(["relation", "account_a", "account_b"])["p"]
    assert (alone.sort_index() == together.sort_index()).all()
    with pytest.raises(ValueError, match="no window is given"):
        case.across([])


def test_a_planted_group_stands_out_of_shuffled_objects(solved):
    """Dealing the objects of each hour anew never gives as many matches."""
    case, members = solved
    number = case.communities.set_index("account_id")["community"][members[0]]
    row = case.significance(draws=50).set_index("community").loc[number]
    assert row["p"] == pytest.approx(1 / 51) and row["expected"] < row["n_acts"] / 1.5
    evidence = [
        e for f in case.findings if set(members) & set(f.members) for e in f.evidence if e.kind == "permutation"
    ]
    assert len(evidence) == 1 and evidence[0].n == 100


def test_members_that_stay_under_all_checks_are_named(solved):
    """kept counts only checks that could be made and did not drop the account itself."""
    case, members = solved
    kept = case.kept.set_index("account_id").loc[members]
    assert (kept["kept"] <= kept["tried"]).all() and (kept["tried"] >= 6).all()
    assert (kept["always"] == (kept["kept"] == kept["tried"])).all() and kept["always"].sum() >= 12


def test_relations_that_are_never_alone_hold_no_group(solved, tmp_path):
    """Edges by rhythm can be computed and shown; a community of them is refused, with what to do."""
    case, _ = solved
    assert RELATIONS.get("synchronous_activity").never_alone
    other = Case.open(case.path)
    other.relate(["synchronous_activity"])
    other.score()
    with pytest.raises(ValueError, match="cannot hold a community together alone"):
        other.group()
