"""What the relation engine found, made visible: layers, leads, steady members, seeds, windows, variants, capped identifiers."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hostile_demo import HOSTILE

from investigate import views
from investigate.case import Case
from investigate.errors import InputError
from investigate.report._outputs import foreign_markup

START = datetime(2024, 3, 1)
MAP = {"account_id": "who", "created_at": "when", "text": "what", "email": "mail"}
NEW = ("layers", "leads", "steady_members", "capped", "windows", "variants")
CREW = [f"crew{n}" for n in range(6)]


def write(path: Path, rows: list[tuple[str, float, str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["who", "when", "what", "mail"])
        out.writerows(
            (who, (START + timedelta(seconds=s)).isoformat(sep=" "), what, mail) for who, s, what, mail in rows
        )
    return path


def world(together: bool, crew: list[str] = CREW, mail: str = "one@mail.example", coarse: bool = False) -> list[tuple]:
    """Forty strangers with links of their own; a crew of which three share a mail address and, if together, all push thirty links."""
    draw = random.Random(7)
    rows = [
        (
            f"user{a}",
            draw.randrange(600_000),
            f"my own day https://own.example/{a}/{n}",
            f"user{a}@mail.example" if n == 0 else "",
        )
        for a in range(40)
        for n in range(12)
    ]
    for a, who in enumerate(crew):
        rows += [
            (
                who,
                draw.randrange(600_000),
                f"note {a} {n} https://own.example/c{a}/{n}",
                mail if n == 0 and a < 3 else "",
            )
            for n in range(12)
        ]
        # crew[0] is always first where they push a link
        rows += [
            (who, 20_000 * n + 3 * a, f"look at number {n} https://push.example/{n}", "") for n in range(30) if together
        ]
    return [(who, s - s % 60 if coarse else s, what, mail) for who, s, what, mail in rows]


def found(folder: Path, rows: list[tuple], relations: list[str] | None = None, window: str = "auto") -> Case:
    case = Case.create(folder / "case", title="views")
    case.load(write(folder / "posts.csv", rows), "csv", mapping=MAP)
    case.relate(relations, window=window)
    case.score()
    case.group()
    case.find()
    return case


@pytest.fixture(scope="module")
def acting(tmp_path_factory) -> Case:
    return found(tmp_path_factory.mktemp("acting"), world(together=True))


@pytest.fixture(scope="module")
def carrying(tmp_path_factory) -> Case:
    """No joint act at all: the group is what shares an address."""
    return found(tmp_path_factory.mktemp("carrying"), world(together=False, crew=CREW[:3]), ["shared_contact"])


def test_layers_say_which_kinds_of_evidence_hold_the_group(acting):
    """Timing and identifiers are two kinds; the sentence and the table give the same counts as the edges."""
    shown = views.layers(acting)
    assert set(shown.table["family"]) == {"timing", "identifier"}
    assert "more than one kind of evidence (group 1: identifier, timing)" in shown.lead
    row = shown.table.set_index("relation").loc["Same link"]
    assert (row["members"], row["pairs"]) == ("6 of 6", "15 of 15")
    assert "“Same link” links 6 of 6 members by 15 edges" in shown.lead


def test_leads_name_who_comes_first_or_say_that_nobody_does(acting, carrying, tmp_path):
    shown = views.leads(acting)
    assert shown.table[shown.table["leads"]]["account_id"].tolist() == ["crew0"]
    assert "1 account comes first more often than an equal share, over 30 objects" in shown.lead
    assert len(views.leads(acting, top=2).table) == 2
    nobody = views.leads(carrying)
    assert nobody.table is None and "no order to tell" in nobody.lead
    coarse = views.leads(found(tmp_path, world(together=True, coarse=True), window="120s"))
    assert "the clock cannot say" in coarse.lead and not coarse.table["leads"].any()
    assert any("Times are recorded to 60 s" in c for c in coarse.caveats)


def test_steady_members_are_those_that_the_case_kept(acting, carrying):
    shown = views.steady_members(acting)
    kept = acting.kept.set_index("account_id")
    assert dict(zip(shown.table["account_id"], shown.table["kept"], strict=True)) == kept["kept"].to_dict()
    assert kept["always"].all() == shown.lead.startswith(f"All {len(kept)} members stay")
    acting_kept = acting.kept
    try:
        acting.kept = acting_kept.assign(
            always=acting_kept["account_id"] != "crew3",
            kept=acting_kept["kept"] - (acting_kept["account_id"] == "crew3"),
        )
        one_falls = views.steady_members(acting)
    finally:
        acting.kept = acting_kept
    assert one_falls.table["account_id"].iloc[0] == "crew3" and "5 of 6 members stay" in one_falls.lead
    assert views.steady_members(carrying).table is None


def test_untimed_relations_say_nothing_of_a_window(carrying):
    """A group that only carries the same thing has its lines, rows and groups shown, and no text speaks of a window."""
    assert views.network(carrying).figure is not None and "3 links" in str(views.network(carrying))
    assert len(views.edges(carrying).table) == 3 and len(views.evidence(carrying).table) == 3
    assert len(carrying.graph().edges) == 3
    groups = views.groups(carrying).table
    assert "n_acts" not in groups and groups["main_objects"].tolist() == ["Same contact"]
    for name in ("summary", "groups", "layers", "leads", "network", "evidence", "edges", "limits", "findings"):
        assert "within" not in str(getattr(views, name)(carrying)), name
    reason = views.expansion(carrying, seeds=["crew0"]).table["reason"].iloc[0]
    assert "within" not in reason and "same contact" in reason


def test_expansion_ranks_the_crew_first_and_says_why(acting):
    shown = views.expansion(acting, seeds=["crew0", "crew1"])
    assert set(shown.table["account_id"].head(4)) == set(CREW[2:]) and shown.table["accepted"].head(4).all()
    # the address has no window, the links have one: each clause says what holds for it
    assert "same link within 60 s: 30 objects" in shown.table["reason"].iloc[0]
    assert dict(shown.facts)["Seeds"] == 2 and "actions" in shown.lead
    with pytest.raises(InputError, match="no seed"):
        views.expansion(acting)


def test_windows_count_what_across_returns(acting, carrying):
    shown = views.windows(acting, windows=["5s", "60s"]).table.set_index("window")
    table = acting.across(["5s", "60s"])
    for window_s, label in ((5.0, "5 s"), (60.0, "60 s")):
        part = table[table["window_s"] == window_s]
        assert (shown.loc[label, "n_edges"], shown.loc[label, "n_unusual"]) == (len(part), part["unusual"].sum())
    assert shown.loc["60 s", "n_in_groups"] == 6
    assert views.windows(carrying).table is None


def test_variants_show_the_change(tmp_path):
    text = "the harbour office counts every blue footbridge in the old town {} by lantern light"
    rows = [
        ("ann", 0, text.format("tonight"), ""),
        ("bob", 500, text.format("today"), ""),
        ("ann", 900, text.format("tonight") + " again", ""),
    ]
    case = Case.create(tmp_path / "case", title="v")
    case.load(write(tmp_path / "posts.csv", rows), "csv", mapping=MAP)
    shown = views.variants(case)
    assert shown.table[["account_a", "account_b"]].to_numpy().tolist() == [["ann", "bob"]]
    assert "[-tonight-] {+today+}" in shown.table["change"].iloc[0] and any("1 versions of" in c for c in shown.caveats)
    assert len(views.variants(case, own=True).table) == 2


def test_capped_identifiers_are_listed_and_are_a_limit(acting, tmp_path):
    assert "Every identifier" in views.capped(acting).lead and views.capped(acting).table is None
    crowd = [(f"u{n}", 60.0 * n, f"post {n}", "all@mail.example") for n in range(60)]
    case = Case.create(tmp_path / "case", title="c")
    case.load(write(tmp_path / "posts.csv", crowd), "csv", mapping=MAP)
    shown = views.capped(case)
    assert shown.table[["degree", "n_edges"]].to_numpy().tolist() == [[60, 1770]] and "1,770 pairs" in shown.lead
    case.relate(["shared_contact"])
    assert any("1 identifier is carried by too many" in c for c in views.limits(case).caveats)
    none = Case.create(tmp_path / "none", title="n")
    none.load(write(tmp_path / "none.csv", [("a", 0, "x", ""), ("b", 1, "y", "")]), "csv", mapping=MAP)
    assert "holds no identifiers" in views.capped(none).lead


def test_hostile_names_stay_text(tmp_path):
    """Account names written by others reach every new view, and no markup comes out."""
    names = [name for name in dict.fromkeys(str(h).strip() for h in HOSTILE) if name and "\x00" not in name][:6]
    case = found(tmp_path, world(together=True, crew=names))
    assert len(case.communities), "the crew is found whatever it is called"
    shown = [getattr(views, name)(case) for name in NEW] + [
        views.expansion(case, seeds=[case.communities["account_id"].iloc[0]])
    ]
    for one in shown:
        assert foreign_markup(one.html()) == "", one.name
        assert one.question and one.lead and one.caveats is not None
        one.save(tmp_path / "saved")
