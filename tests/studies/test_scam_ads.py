"""Scam ads: planted networks are found, agencies are not merged, money stays in its currency, lists are read strictly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from investigate import Case, studies, views
from investigate.errors import InputError, UnknownNameError
from investigate.seeds import Seeds
from investigate.simulate import make_ads
from investigate.simulate.ads import AdWorld
from investigate.studies._ads_chance import second_family
from investigate.studies._ads_files import read_brands, read_removed, read_reports
from investigate.studies._ads_likeness import label, lookalikes
from investigate.studies._ads_money import dated, never_shown, spend, survival, written
from investigate.studies._ads_seeds import reach
from investigate.studies._ads_ties import networks

AT = pd.Timestamp("2024-03-01", tz="UTC")
DOC = Path(__file__).parents[2] / "docs" / "templates" / "scam_ads.md"


@pytest.fixture(scope="module")
def solve(tmp_path_factory):
    """A function from a world, a change of its rows and options of the study to the case that was studied."""
    done: dict[tuple, Case] = {}

    def make(kind: str, seed: int = 1, *, change=None, key: str = "", size: dict | None = None, **options) -> Case:
        name = (kind, seed, key, str(size), str(options))
        if name not in done:
            folder = tmp_path_factory.mktemp("ads")
            world = make_ads(kind, seed, **(size or {}))
            rows = [change(dict(row)) for row in world.rows] if change else world.rows
            file = AdWorld(rows, world.brands, world.planted, kind).save(folder)
            case = Case.create(folder / "case")
            case.load(file, "ad_library")
            options.setdefault("brands", str(folder / "brands.csv"))
            studies.scam_ads(case, **options)
            done[name] = case
        return done[name]

    return make


def groups(case: Case) -> list:
    return [f for f in case.findings if f.type == "cluster"]


def answer(case: Case, question: str):
    return next(a for a in case.studies["scam_ads"].answers if a.question == question)


# -- the four worlds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_planted_network_is_found(solve, seed) -> None:
    """Eight pages tied through pixels and cards are found whole, with nobody else, at E2 and no higher."""
    case, world = solve("network", seed), make_ads("network", seed)
    (found,) = [f for f in groups(case) if f.status == "supported"]
    members, planted = {m.partition(":")[2] for m in found.members}, world.planted
    assert len(members & planted) / len(members) >= 0.95 and len(members & planted) / len(planted) >= 0.95
    assert found.evidence_grade == "E2" and found.ceiling == "human review of a sample"
    second = next(e for e in found.evidence if e.kind == "second family")
    assert second.q < 0.01 and second.observed > 10 * second.expected
    assert all(e.expected is not None for e in found.evidence)
    assert sum(a.verdict != "not checked" for a in found.alternatives) >= 4
    loose = case.studies["scam_ads"].table("members").query("place != 'member'")
    assert len(loose) == 1 and not loose["account_id"].str.partition(":")[2].isin(planted).any()


@pytest.mark.parametrize("seed", [1])
def test_an_agency_with_two_hundred_clients_merges_nobody(solve, seed) -> None:
    """One pixel, one card and one payer on 208 honest pages: held back and listed, and no group of any grade."""
    case = solve("agency", seed)
    assert case.findings == []
    held = case.studies["scam_ads"].table("capped")
    assert set(held["object_type"]) == {"pixel", "payment", "payer"} and set(held["degree"]) == {208}
    assert "3 are held back" in answer(case, "Which identifiers tie the pages?").answer


def test_an_agency_under_the_cap_is_explained(solve) -> None:
    """Thirty clients of one agency, too few for the cap: one lead at E1, with the agency as its explanation."""
    case = solve("agency", size={"honest": 24, "planted": 6})
    (found,) = groups(case)
    assert found.n_members == 30 and found.evidence_grade == "E1" and found.status == "lead"
    assert [a.name for a in found.alternatives if a.verdict == "explains"] == [
        "One agency that advertises for many clients"
    ]
    assert not any(r["action"].startswith("Review") for r in found.recommended)


@pytest.mark.parametrize("seed", [1])
def test_noise_gives_nothing(solve, seed) -> None:
    """Pages on their own: no group and no supported finding."""
    case = solve("noise", seed)
    assert groups(case) == [] and all(f.status == "lead" for f in case.findings)


def test_broken_data_are_downgraded(solve) -> None:
    """No ends, no landing links, cut identifiers, mixed currencies: nothing supported, and the questions say why."""
    case = solve("broken")
    assert all(f.evidence_grade <= "E1" for f in case.findings)
    assert set(case.datasets[0].set_aside) == {"damaged_id", "missing_time"}
    assert "no end, which is not the same as running" in answer(case, "Which ads are still live?").because
    assert "both its beginning and its end" in answer(case, "How long do ads run?").because
    money = case.studies["scam_ads"].table("spend").set_index("currency")
    assert set(money.index) == {"EUR", "USD", "not stated"} and not money.loc["not stated", "reliable"]
    assert money["n_stated"].sum() < money["n_ads"].sum()  # ranges upside down are left empty, not turned round


# -- what keeps a grade down -------------------------------------------------------------------------------------------


def without(*names: str):
    return lambda row: {k: v for k, v in row.items() if k not in names}


def no_site(row: dict) -> dict:
    return without("page_created_at", "landing_url")(row)


@pytest.mark.parametrize(
    ("key", "change", "options", "reason"),
    [
        ("one family", without("payment"), {}, "only one family of identifiers"),
        ("no sign", no_site, {"brands": ""}, "no sign of deceiving"),
        ("too many carriers", None, {"max_identifier_degree": 4}, "only one family of identifiers"),
    ],
)
def test_each_condition_counts(solve, key, change, options, reason) -> None:
    """Without a second family, or without a sign of deceiving, the same pages are a lead, and the finding says why."""
    case = solve("network", key=key, change=change, size={"honest": 40}, **options)
    found = groups(case)
    assert found and all(f.evidence_grade == "E1" for f in found)
    assert any(reason in limit for limit in found[0].limits)


def test_a_known_group_explains(solve, tmp_path) -> None:
    """Pages that somebody listed as one owner's are shown and explained, not hidden."""
    planted = sorted(make_ads("network", 1, honest=40).planted)
    listed = tmp_path / "known.csv"
    listed.write_text("account_id,group_name\n" + "".join(f"{p},One Owner\n" for p in planted), encoding="utf-8")
    (found,) = groups(solve("network", size={"honest": 40}, known_groups=str(listed)))
    assert found.evidence_grade == "E1" and "explanation" in found.title
    assert next(a for a in found.alternatives if a.verdict == "explains").result.endswith("belong to 'One Owner'")


def test_an_export_of_the_suspects_alone_has_nobody_to_compare_with() -> None:
    """Where only these pages carry such identifiers, the chance of the second family is 1."""
    table = ties([*((p, "pixel", "X") for p in "abcd"), *((p, "wallet", "Y") for p in "abcd")])
    (network,) = networks(table, least=3)
    second = second_family(network, table)
    assert second.p == 1.0 and not second.strong
    with_others = ties(
        [
            *((p, "pixel", "X") for p in "abcd"),
            *((p, "wallet", "Y") for p in "abcd"),
            *((f"o{i}", "wallet", f"own{i}") for i in range(60)),
            *((f"o{i}", "pixel", f"own{i}") for i in range(60)),
        ]
    )
    (network,) = networks(with_others, least=3)
    assert second_family(network, with_others).p < 1e-4


# -- blocks ------------------------------------------------------------------------------------------------------------


def ties(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    """The table that `carried` gives, from (account, type, value)."""
    from investigate.objects import IDENTIFIERS
    from investigate.studies._ads_ties import FAMILY_OF

    table = pd.DataFrame(rows, columns=["account_id", "object_type", "object_id"])
    table["family"] = table["object_type"].map(FAMILY_OF)
    table["degree"] = table.groupby(["object_type", "object_id"])["account_id"].transform("size")
    table["strength"] = table["object_type"].map(lambda t: IDENTIFIERS[t].value)
    table["weight"], table["held_back"], table["n_rows"] = 1.0, "", 1
    table["first_at"] = table["last_at"] = AT
    return table


def test_two_networks_that_touch_in_one_page_are_two() -> None:
    """a-d share two identifiers, d-g share two others: page d is in both, and no group holds all seven."""
    rows = [(p, k, "1") for k in ("pixel", "wallet") for p in "abcd"]
    rows += [(p, k, "2") for k in ("pixel", "wallet") for p in "defg"]
    found = networks(ties(rows), least=3)
    assert [n.pages for n in found] == [tuple("abcd"), tuple("defg")] and all(n.robust for n in found)


def test_what_hangs_on_by_one_identifier_falls_off() -> None:
    """Three honest pages share one host with a network's page: they are named as loose, and not as members."""
    rows = [(p, k, "1") for k in ("pixel", "wallet") for p in "abcd"] + [(p, "pixel", "host") for p in "dxyz"]
    (found,) = networks(ties(rows), least=3)
    assert found.pages == tuple("abcd") and found.loose == tuple("xyz")


def test_a_star_is_not_robust() -> None:
    """Five pages with one pixel and nothing else hang together by it alone."""
    (found,) = networks(ties([(p, "pixel", "1") for p in "abcde"]), least=3)
    assert found.pages == tuple("abcde") and not found.robust and found.families == ["site and tracking"]


# -- money and dates ---------------------------------------------------------------------------------------------------


def ads(rows: list[dict]) -> pd.DataFrame:
    names = ["currency", "spend_low", "spend_high", "impressions_high", "started_at", "ended_at", "status"]
    base = dict.fromkeys(names) | {"has_content": True}
    table = pd.DataFrame([{**base, **r} for r in rows])
    for name in ("spend_low", "spend_high", "impressions_high"):
        table[name] = table[name].astype(float)
    for name in ("started_at", "ended_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table


def test_currencies_are_never_added() -> None:
    """A row for each currency; open ends and rows set aside are counted; mostly zero amounts are called unreliable."""
    table = ads(
        [
            {"currency": "EUR", "spend_low": 100, "spend_high": 199},
            {"currency": "EUR", "spend_low": 1000, "spend_high": None},
            {"currency": "EUR", "spend_low": 0.1, "spend_high": 0.2, "has_content": False},
            *({"currency": "USD", "spend_low": 0, "spend_high": 0, "impressions_high": i} for i in range(3)),
            {"currency": "USD", "spend_low": 5, "spend_high": 5},
            {"spend_low": 7, "spend_high": 7},
        ]
    )
    found = spend(table).set_index("currency")
    assert found.loc["EUR", ["spend_low", "spend_high", "n_open", "n_without_content"]].tolist() == [
        1100.1,
        199.2,
        1,
        1,
    ]
    assert found["reliable"].to_dict() == {"EUR": True, "USD": False, "not stated": False}
    assert found.loc["USD", ["n_zero", "n_shown_for_nothing", "n_never_shown"]].tolist() == [3, 2, 1]
    assert "3 of 4 amounts are 0, also of 2 that were shown" in found.loc["USD", "why"]
    assert never_shown(table)[:2] == (1, 3)


def test_amounts_in_words() -> None:
    """A range keeps both ends, an open one says so, an exact amount keeps its cents."""
    assert written("EUR", 100, 199) == "EUR 100 to 199"
    assert written("RUB", 5_822_554.92, 5_822_554.92) == "RUB 5,822,554.92"
    assert written("EUR", 100, 99, 1) == "EUR 100 or more (1 without an upper bound)"


def test_states_of_ads() -> None:
    """Live only where the source says so or the end is to come; a missing end alone says nothing; no time runs backwards."""
    table = ads(
        [
            {"started_at": "2024-01-01", "ended_at": "2024-01-05"},
            {"started_at": "2024-01-01", "ended_at": "2023-12-31"},
            {"started_at": "2024-01-01"},
            {"started_at": "2024-01-01", "status": "active"},
            {"started_at": "2024-01-01", "ended_at": "2024-03-01"},
            {"ended_at": "2024-01-05"},
        ]
    )
    found = dated(table, datetime(2024, 2, 1, tzinfo=UTC))
    assert found["state"].tolist() == ["ended", "impossible", "end not known", "live", "live", "no beginning"]
    assert found["days"].dropna().tolist() == [4, 31, 31]
    curve = survival(found)
    assert curve["at_risk"].max() == 3 and curve["n_ended"].sum() == 1


# -- names and lists ---------------------------------------------------------------------------------------------------

BRANDS = pd.DataFrame([("Northlight Bank", "northlightbank.com", "")], columns=["name", "domain", "account_id"])


@pytest.mark.parametrize(
    ("domain", "url", "close"),
    [
        ("north1ightbank.com", "", True),
        ("northlightbank.shop", "", True),
        ("xn--nrthlightbank-i7k.com", "", True),  # the first o is Cyrillic
        ("northlightbank-login.net", "", True),
        ("norhtlightbank.com", "", True),
        ("evil.com", "https://northlightbank.com.evil.com/login", True),
        ("northlightbank.com", "https://login.northlightbank.com/", False),
        ("northlights.org", "", False),
        ("riverside-bakery.com", "", False),
    ],
)
def test_lookalike_domains(domain: str, url: str, close: bool) -> None:
    """Confusable letters, other suffixes, words, edits and subdomains are close; the brand's own and others are not."""
    table = pd.DataFrame(
        [("1", "p", url or f"https://{domain}/", domain)],
        columns=["content_id", "account_id", "landing_url", "landing_domain"],
    )
    accounts = pd.DataFrame([("p", None, "Some Page")], columns=["account_id", "handle", "display_name"])
    found = lookalikes(table, accounts, pd.DataFrame(columns=["content_id", "domain"]), BRANDS)
    assert bool(found["close"].any()) == close, found


def test_letters_of_an_internationalised_name() -> None:
    """A punycode label is read in its own letters; one that is none stays as it is."""
    assert (
        label("xn--mnchen-3ya.de") == "münchen"
        and label("xn--a\u00ff.com") == "xn--a\u00ff"
        and label("plain.com") == "plain"
    )


def test_a_page_that_shows_the_brand_and_leads_elsewhere() -> None:
    """Named like the brand it is a look-alike, unless it leads to the brand's own site only."""
    table = pd.DataFrame(
        [("1", "p", "https://x.com/", "elsewhere.com"), ("2", "own", "https://n/", "northlightbank.com")],
        columns=["content_id", "account_id", "landing_url", "landing_domain"],
    )
    accounts = pd.DataFrame(
        [("p", None, "Northlight Bank"), ("own", None, "Northlight Bank")],
        columns=["account_id", "handle", "display_name"],
    )
    shown = pd.DataFrame([("1", "northlightbank.com")], columns=["content_id", "domain"])
    found = lookalikes(table, accounts, shown, BRANDS)
    assert set(found["what"]) == {"page name", "shown site"} and set(found["account_id"]) == {"p"}


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_brands, "name,domain\nA,not a domain\nB,also none\n", "2 domains are none: row 1.*row 2"),
        (read_brands, "nam\nA\n", "lacks the columns name, domain"),
        (read_removed, "object_type,object_id\npixl,1\npixel,x\n", "2 rows.*row 1: no type 'pixl'.*'pixel'.*row 2"),
        (read_removed, "object_type,object_id,removed_at\npage,1,soon\n", "'soon' is no date"),
        (read_removed, "object_type\npage\n", "lacks the columns object_id"),
        (read_removed, "", "cannot be read"),
        (read_reports, "object_type,object_id\nadd,1\n", "no type 'add'.*nearest: 'ad'"),
    ],
)
def test_bad_lists_are_refused_whole(tmp_path, read, text, said) -> None:
    """Every bad row is named at once, with the nearest name where there is one."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read(str(path))


def test_redirects_and_earlier_removals(solve, tmp_path) -> None:
    """The ends of redirects tie pages; loops are named; what an earlier list names comes back, before or after its date."""
    pages = sorted({(r["page_id"], r["landing_url"]) for r in make_ads("noise", 7, honest=40).rows})[:4]
    chain = [(url, f"https://short.example{i}.com/x") for i, (_, url) in enumerate(pages)]
    hops = chain + [(f"https://short.example{i}.com/x", "https://theend.com/buy") for i in range(3)]
    hops += [("https://short.example3.com/x", pages[3][1])]
    table = tmp_path / "redirects.csv"
    table.write_text("from,to\n" + "".join(f"{a},{b}\n" for a, b in hops), encoding="utf-8")
    removed = tmp_path / "removed.csv"
    removed.write_text(
        f"object_type,object_id,removed_at\npage,{pages[0][0]},2020-01-01\nlanding_domain,theend.com,2030-01-01\n",
        encoding="utf-8",
    )
    case = solve("noise", 7, size={"honest": 40}, redirects=str(table), known_removed=str(removed), min_network_ads=1)
    led = case.studies["scam_ads"].table("redirects").set_index("landing_url")
    assert led["outcome"].value_counts().to_dict() == {"followed": 3, "loop": 1}
    assert led.loc[pages[0][1], "n_hops"] == 2 and led.loc[pages[0][1], "end_domain"] == "theend.com"
    back = case.studies["scam_ads"].table("returned")
    assert back[["object_type", "after"]].drop_duplicates().values.tolist() == [
        ["landing_domain", False],
        ["page", True],
    ]
    (group,) = groups(case)
    assert group.n_members == 3 and group.evidence_grade == "E1"


# -- reports and seeds -------------------------------------------------------------------------------------------------


def test_victim_reports_lead_to_groups(solve, tmp_path) -> None:
    """Reports name pages, ads and domains; those of the planted network are counted in its finding, others are told apart."""
    world = make_ads("network", 1)
    mine = next(r for r in world.rows if r["page_id"] in world.planted)
    other = next(r for r in world.rows if r["page_id"] not in world.planted)
    domain = mine["landing_url"].split("/")[2]
    path = tmp_path / "reports.csv"
    path.write_text(
        "object_type,object_id,reported_at\n"
        f"page,{mine['page_id']},2024-03-05\npage,{mine['page_id']},2024-03-07\nad,{mine['id']},2024-03-06\n"
        f"landing_domain,{domain},\npage,{other['page_id']},2024-03-05\npage,999,2024-03-05\n",
        encoding="utf-8",
    )
    case = solve("network", 1, key="reports", victim_reports=str(path))
    (found,) = [f for f in groups(case) if f.status == "supported"]
    assert found.impact["victim_reports"] == 4 and "4 victim reports name them" in found.statement
    said = answer(case, "What do victims report?").answer
    assert "6 reports name 5 ads, pages or identifiers; 4 of them lead to a group of pages" in said
    assert "1 name something that these data do not hold" in said
    table = case.studies["scam_ads"].table("reported").set_index(["object_type", "object_id"])
    assert table.loc[("page", mine["page_id"]), "n_reports"] == 2
    assert table.loc[("page", "999"), "held_back"] == "not in these data"


def test_only_groups_around_the_seeds_are_told_of(solve) -> None:
    """A planted page as seed keeps the network and shows the way hop by hop; an honest page as seed keeps nothing."""
    world = make_ads("network", 1)
    planted = sorted(world.planted)
    honest = next(r["page_id"] for r in world.rows if r["page_id"] not in world.planted and r["pixel"] not in
              {x["pixel"] for x in world.rows if x["page_id"] in world.planted})  # fmt: skip
    prefix = next(iter(solve("network", 1).findings)).members[0].partition(":")[0]
    case = solve("network", 1, seeds=[f"{prefix}:{planted[0]}"])
    (found,) = [f for f in groups(case) if f.status == "supported"]
    assert {m.partition(":")[2] for m in found.members} == world.planted
    table = case.studies["scam_ads"].table("reached")
    assert table.iloc[0]["account_id"] == f"{prefix}:{planted[0]}" and table.iloc[0]["hops"] == 0
    way = table[table["hops"] == 1]
    assert len(way) and set(way["from_account"]) == {f"{prefix}:{planted[0]}"} and (way["degree"] >= 2).all()
    assert table["account_id"].is_unique and table["hops"].max() <= 2
    case = solve("network", 1, seeds=[f"{prefix}:{honest}"])
    assert groups(case) == []
    assert "not told of" in answer(case, "What hangs on the reported seeds?").answer


def test_a_hop_takes_the_rarest_way_and_none_that_is_held_back() -> None:
    """Two identifiers lead on: the rarer one is told; a service that many carry leads nowhere, also as a seed."""
    rows = [("payment", "p1", "a"), ("payment", "p1", "b"), ("pixel", "x", "a"), ("pixel", "x", "b"), ("pixel", "x", "c"),
            ("pixel", "y", "c"), ("pixel", "y", "d"), ("pixel", "tag", "a"), ("pixel", "tag", "e")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["object_type", "object_id", "account_id"])
    table["degree"] = table.groupby(["object_type", "object_id"])["account_id"].transform("size")
    table["held_back"] = table["object_id"].map({"tag": "known shared service"}).fillna("")
    found, notes = reach(table, Seeds(accounts=("a",)), {}, 2)
    assert found[["account_id", "hops", "object_id", "from_account"]].values.tolist() == [
        ["a", 0, "", ""], ["b", 1, "p1", "a"], ["c", 1, "x", "a"], ["d", 2, "y", "c"],
    ]  # fmt: skip
    assert notes == []
    found, notes = reach(table, Seeds(objects=(("pixel", "tag"), ("payment", "p1"))), {}, 0)
    assert found["account_id"].tolist() == ["a", "b"] and notes == [
        "the seed pixel:tag leads nowhere: known shared service"
    ]
    found, _ = reach(table, Seeds(contents=("ad1",)), {"ad1": "d"}, 1)
    assert found["account_id"].tolist() == ["d", "c"]


def test_only_running_ads_can_be_asked_to_make_a_group(solve) -> None:
    """Long after the last ad ended no group has enough that run; they are counted as small."""
    ended = {"ad_delivery_stop_time": "2024-06-01"}
    case = solve("network", 1, change=lambda row: {**row, **ended}, key="ended", as_of="2030-01-01", count_ads="live")
    assert groups(case) == [] and "ads that run are not told of" in answer(case, "Which ads belong together?").answer
    with pytest.raises(UnknownNameError, match="count_ads"):
        studies.scam_ads(case, count_ads="some")


# -- shown -------------------------------------------------------------------------------------------------------------

VIEWS = (
    *(
        "ad_networks",
        "ad_members",
        "ad_identifiers",
        "ad_graph",
        "ad_creatives",
        "ad_pages",
        "ad_landing",
        "ad_lookalikes",
    ),
    *(
        "ad_redirects",
        "ad_spend",
        "ad_survival",
        "ad_live",
        "ad_collateral",
        "ad_held_back",
        "ad_returned",
        "ad_reported",
        "ad_reached",
        "ad_shared",
    ),
)


@pytest.mark.parametrize("name", VIEWS)
def test_views_stand_on_full_and_on_empty_cases(solve, name) -> None:
    """Each view shows itself with a network, and says what is missing without one; hostile names are text."""
    hostile = "<script>alert(1)</script>"
    full = solve(
        "network", key="hostile", size={"honest": 40}, change=lambda r: {**r, "page_name": hostile + r["page_name"]}
    )
    for case in (full, solve("noise"), solve("broken")):
        shown = getattr(views, name)(case)
        assert "<script>alert" not in shown.html()
        assert shown.table is not None or shown.figure is not None or shown.lead


def test_the_same_input_gives_the_same_study(tmp_path) -> None:
    """Two cases on one file: equal records, tables and findings."""
    file = make_ads("network", 2, honest=40).save(tmp_path)
    made = []
    for n in (1, 2):
        case = Case.create(tmp_path / f"case{n}")
        case.load(file, "ad_library")
        made.append((studies.scam_ads(case), [f.to_dict() for f in case.findings]))
    (one, first), (two, second) = made
    assert one.record() == two.record() and first == second
    for name in one.tables:
        pd.testing.assert_frame_equal(one.table(name), two.table(name))


@pytest.mark.slow
def test_the_template_runs(tmp_path) -> None:
    """From the export to a report: every section is ok, and the tables lie in the run's folder."""
    from investigate.runs import execute

    file = make_ads("network", 1, honest=40).save(tmp_path)
    result = execute(
        "scam_ads",
        {
            "data": str(file),
            "source": "ad_library",
            "case": str(tmp_path / "case"),
            "brands": str(tmp_path / "brands.csv"),
            "purpose": "Tests of the template on invented ads.",
        },
    )
    assert result.error is None and {s.status for s in result.sections} == {"ok"}
    assert len(pd.read_csv(result.folder / "tables" / "ad_members.csv")) == 9


# -- real data ---------------------------------------------------------------------------------------------------------


def studied(path: Path, source: str, folder: Path) -> Case:
    case = Case.create(folder / "case")
    case.load(path, source)
    studies.scam_ads(case)
    return case


def test_the_released_ads(shared_data, tmp_path) -> None:
    """3,498 ads, 26.0 % never shown, RUB 5,822,554.92, unreliable dollars, a third without an end, 202 impossible dates."""
    case = studied(shared_data("ira_facebook_ads.tar.gz"), "ira_facebook_ads", tmp_path)
    study = case.studies["scam_ads"]
    numbers = dict(study.numbers)
    assert numbers["Ads"] == 3_498 and numbers["Never shown"] == "26.0%"
    money = study.table("spend").set_index("currency")
    assert money.loc["RUB", ["n_ads", "spend_low", "spend_high"]].tolist() == [2_533, 5_822_554.92, 5_822_554.92]
    assert money.loc["USD", ["n_ads", "spend_high", "reliable"]].tolist() == [965, 109.33, False]
    without_end = case.sql("select count(*) filter (where ended_at is null) as n, count(*) as of from ads").iloc[0]
    assert round(without_end["n"] / without_end["of"], 3) == 0.326
    states = study.table("states").set_index("state")["n_ads"]
    assert states["impossible"] == 200 and states["no beginning"] == 9
    assert all(f.evidence_grade == "E1" for f in case.findings) and len(case.findings) == 7
    told = DOC.read_text(encoding="utf-8")
    spent = answer(case, "How much was spent?").answer
    for said in (
        "3,498",
        "26.0%",
        "RUB 5,822,554.92",
        "USD 109.33",
        "58,738.24",
        "960 of 965",
        "200",
        "7 groups",
        "32.6%",
    ):
        assert said in told, said
    assert "58,738.24 of it in 31 ads" in spent and "960 of 965 amounts are 0" in spent


def test_indicators_that_several_sites_share(shared_data, tmp_path) -> None:
    """Of 13 shared indicators 10 have the form of one; two pairs of sites are leads, and the ad questions say why not."""
    case = studied(shared_data("disinfo_laundromat.tar.gz"), "disinfo_laundromat", tmp_path)
    assert any(
        n.startswith("13 indicators, as they are written, stand beside several sites; 3 of them") for n in case.notes
    )
    assert sorted(f.n_members for f in case.findings) == [2, 2] and {f.evidence_grade for f in case.findings} == {"E1"}
    assert "no ads" in answer(case, "How much was spent?").because
    told = DOC.read_text(encoding="utf-8")
    assert "13 indicators" in told and "2 matches" in told


def test_domains_that_two_reports_name(shared_data, tmp_path) -> None:
    """311 domains stand in two reports; platforms that up to 21 reports name tie nobody."""
    case = studied(shared_data("meta_threat_research_to_Q1_2025.tar.gz"), "meta_threat_research", tmp_path)
    (found,) = case.findings
    assert found.evidence_grade == "E1" and found.type == "match" and found.evidence[0].observed == 311
    shared = case.studies["scam_ads"].table("shared")
    assert len(shared) == 332 and shared.iloc[0][["object_id", "degree"]].tolist() == ["twitter.com", 21]
    told = DOC.read_text(encoding="utf-8")
    assert "311 domains" in told and "332" in told and "1 match" in told
