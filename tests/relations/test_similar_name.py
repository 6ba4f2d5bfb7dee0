"""Names alike: folding, candidates, chance, and lookalikes of real officials."""

from __future__ import annotations

import random
import string
import tarfile

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from investigate.objects import fold_name, name_distance, name_shape, near_names
from investigate.objects._name_chance import LetterModel, WordModel, number_chance
from investigate.relations.similar_name import MAX_ACCOUNTS, edges, evidence, impersonation_candidates, name_forms
from investigate.scoring import benjamini_hochberg

FIRST = [
    "anna",
    "john",
    "mary",
    "peter",
    "paul",
    "lisa",
    "mark",
    "sara",
    "tom",
    "emma",
    "jack",
    "lucy",
    "david",
    "karen",
]
LAST = [
    "smith",
    "jones",
    "miller",
    "brown",
    "davis",
    "garcia",
    "wilson",
    "moore",
    "taylor",
    "thomas",
    "white",
    "harris",
]


def people(rows: list[tuple]) -> duckdb.DuckDBPyConnection:
    """A connection with `accounts` from (account_id, handle[, display_name])."""
    full = [(*r, None) if len(r) == 2 else r for r in rows]
    con = duckdb.connect()
    table = pd.DataFrame(full, columns=["account_id", "handle", "display_name"]).astype("str")
    con.register("accounts_rows", table.assign(platform="x"))
    con.execute("create view accounts as select * from accounts_rows")
    return con


def unusual(con: duckdb.DuckDBPyConnection, n: int) -> set[tuple[str, str]]:
    """Pairs at q <= 0.01 over all pairs of n accounts."""
    found = edges(con, 60.0)
    q = benjamini_hochberg(found["p"].to_numpy(), n * (n - 1) / 2)
    return set(found.loc[q <= 0.01, ["account_a", "account_b"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("PaypaI", "paypal"),
        ("P4YPAL", "paypal"),
        ("Аnnа_Smith", "anna.smith"),
        ("НАТО", "нато"),
        ("Modern", "Modem"),
        ("Søren", "Soren"),
        ("ＦＵＬＬ", "full"),
        ("ℝ𝕖𝕡 Foo", "RepFoo"),
        ("@vvhite", "white"),
        ("an\u200bna", "anna"),
        ("name٣٤", "name34"),
    ],
)
def test_names_that_look_the_same_fold_to_one_form(one, two):
    """Confusables, accents, case, separators, digits for letters and invisible characters make no difference."""
    assert fold_name(one).skeleton == fold_name(two).skeleton


def test_numbers_at_the_end_stay_numbers():
    """A running number is no word; one or two digits also have a reading as letters."""
    name = fold_name("anna_1234")
    assert (name.stem, name.number, name.leet) == ("anna", "1234", "")
    assert fold_name("Bi11").leet == fold_name("Bill").stem
    assert fold_name("club2012fans").stem == "club2012fans"
    assert fold_name("12345").number == "12345" and fold_name("🔥 !").skeleton == ""
    assert name_shape("Anna_Smith99") == "Aa_Aa99" and name_shape("Анна7") == "Aa9"


@given(st.text(max_size=20))
def test_folding_is_stable_and_blind_to_case(text):
    """Any text folds, to letters and digits only; ASCII names fold the same in capitals."""
    name = fold_name(text)
    assert name.skeleton == "" or name.skeleton.isalnum()
    if text.isascii():
        assert fold_name(text.upper()).skeleton == fold_name(text.lower()).skeleton


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abc", min_size=4, max_size=12), unique=True, max_size=30))
def test_near_names_are_all_pairs_within_the_edits(stems):
    """What the deletion forms find is exactly what comparing all pairs finds."""
    allowed = lambda a, b: (0, 1, 2)[(min(len(a), len(b)) >= 5) + (min(len(a), len(b)) >= 10)]
    expected = {
        (i, j): d
        for i, a in enumerate(stems)
        for j, b in enumerate(stems)
        if i < j and (d := OSA.distance(a, b)) <= allowed(a, b)
    }
    first, second, distance, passed_over = near_names(stems)
    found = {(int(i), int(j)): int(d) for i, j, d in zip(first, second, distance, strict=True)}
    assert found == expected and passed_over == 0
    assert all(name_distance(stems[i], stems[j]) == d for (i, j), d in expected.items())


def test_chance_is_learnt_from_other_names():
    """A stem's own letters are taken out: a lone stem is as rare as if unseen, a pattern of others is likelier."""
    stems = {"annasmith": 1, "annamiller": 1, "annajones": 1, "petersmith": 1, "zzyqxw": 40}
    model = LetterModel(stems)
    unseen = LetterModel({k: v for k, v in stems.items() if k != "zzyqxw"})
    assert model.chance("zzyqxw", {"zzyqxw": 40}) == pytest.approx(unseen.chance("zzyqxw", {}), rel=0.5)
    assert model.chance("annasmith", {"annasmith": 1}) > 1e4 * model.chance("zzyqxw", {"zzyqxw": 40})
    assert model.chance("annasmith", {}, 1) > model.chance("annasmith", {}) and model.chance("a", {}, 2) <= 1
    words = WordModel([["anna", "smith"], ["anna", "jones"], ["peter", "smith"], ["john", "brown"]])
    assert words.chance("annasmith", [["anna", "smith"]]) == pytest.approx(1 / 36)
    assert words.chance("annabrown", []) == pytest.approx(2 / 64) and words.chance("nobody", []) == 0.0
    from collections import Counter

    assert number_chance(Counter({"7": 3, "": 7}), "7", 10, 2) == pytest.approx(1 / 8 + 0.1)


def test_edges_say_how_names_are_alike():
    """Equal when folded, another number, one letter changed; unlike names and short stems give nothing."""
    rows = [
        ("a", "Qwortel_news", "Qwortel News"),
        ("b", "QworteI.news", "Someone"),
        ("c", "qwortelnews77"),
        ("d", "qwortelnewz"),
    ]
    rows += [("e", "tim1"), ("f", "tim2"), ("g", "completely_else")]
    con = people(rows)
    found = edges(con, 60.0)
    assert set(found[["account_a", "account_b"]].itertuples(index=False, name=None)) == {
        *(("a", x) for x in "bcd"),
        *(("b", x) for x in "cd"),
        ("c", "d"),
    }
    says = lambda a, b: evidence(con, 60.0, a, b)[["likeness", "distance", "text_a", "text_b"]].iloc[0].tolist()
    assert says("b", "a") == ["same when folded", 0, "Qwortel_news", "QworteI.news"]
    assert says("a", "c")[0] == "same stem, other number" and says("a", "d")[:2] == ["letters changed: 1", 1]
    assert evidence(con, 60.0, "a", "g").empty and evidence(con, 60.0, "a", "a").empty
    first = found.iloc[0]
    assert first["n_objects"] == 1 and first["first_at"] is pd.NaT and first["p"] == first["expected"] < 1e-4


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([20, 60, 300]), st.sampled_from([4, 8]))
def test_default_shapes_link_nobody(seed, n, digits):
    """First name and a long number, as platforms propose: no pair stands out, however many share a first name."""
    rng = random.Random(seed)
    names = rng.sample(FIRST, 10)
    rows = [(f"u{i}", rng.choice(names).capitalize() + "".join(rng.choices(string.digits, k=digits))) for i in range(n)]
    assert unusual(people(rows), n) == set()


def test_a_form_with_too_many_carriers_links_nobody_and_is_listed():
    """'news123' with more carriers than the cap gives no edge and stands in `name_forms` as one that links nobody."""
    n = MAX_ACCOUNTS + 1
    con = people([(f"u{i:03d}", f"hotnewsroom{i + 1000}") for i in range(n)])
    assert edges(con, 60.0).empty
    forms = name_forms(con)
    stem = forms[forms["kind"] == "stem"].iloc[0]
    assert (stem["form"], stem["n_accounts"], bool(stem["links"])) == ("hotnewsroom", n, False)
    assert len(edges(people([(f"u{i:03d}", f"hotnewsroom{i + 1000}") for i in range(n - 1)]), 60.0)) == 50 * 49 / 2
    assert edges(people([("a", "user12345"), ("b", "user54321"), ("c", "User_777")]), 60.0).empty


def test_a_named_set_stands_out_among_ordinary_names():
    """Fifteen accounts of one rare stem and one lookalike are found among 1,500 ordinary ones, and nobody else."""
    rng = random.Random(3)
    rows = [
        (
            f"u{i}",
            rng.choice(FIRST)
            + rng.choice(["", "_", "."])
            + rng.choice(LAST)
            + rng.choice(["", str(rng.randint(1, 2005))]),
        )
        for i in range(1000)
    ]
    rows += [(f"v{i}", rng.choice(FIRST).capitalize() + str(rng.randint(10**7, 10**8))) for i in range(500)]
    rows += [(f"set{i:02d}", f"patriotmomz_{rng.randint(1000, 9999)}") for i in range(15)]
    rows += [("look1", "Qwortel_news"), ("look2", "QworteI.news")]
    found = unusual(people(rows), len(rows))
    planted = {(f"set{i:02d}", f"set{j:02d}") for i in range(15) for j in range(i + 1, 15)} | {("look1", "look2")}
    assert found == planted


@pytest.fixture(scope="module")
def officials(shared_data, tmp_path_factory) -> pd.DataFrame:
    """Members of the US Congress and their official accounts (CC0)."""
    folder = tmp_path_factory.mktemp("officials")
    with tarfile.open(shared_data("us_legislators.tar.gz")) as archive:
        archive.extractall(folder, filter="data")
    load = lambda name: yaml.load(
        (folder / "us_legislators" / name).read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    names = {
        p["id"]["bioguide"]: p["name"].get("official_full") or f"{p['name']['first']} {p['name']['last']}"
        for p in load("legislators-current.yaml")
    }
    rows = [
        (s["id"]["bioguide"], s["social"]["twitter"], names.get(s["id"]["bioguide"]))
        for s in load("legislators-social-media.yaml")
        if "twitter" in s["social"]
    ]
    return pd.DataFrame(rows, columns=["identity", "handle", "display_name"]).assign(platform="twitter")


def lookalikes(protected: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Planted accounts, one kind of change each."""
    rng = random.Random(seed)
    homoglyph = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "i": "і"}
    leet = {"o": "0", "l": "1", "e": "3", "a": "4", "i": "1", "s": "5"}

    def swapped(h: str, by: dict[str, str]) -> str:
        k = rng.choice([k for k, x in enumerate(h[:-1]) if x.lower() in by])
        return h[:k] + by[h[k].lower()] + h[k + 1 :]

    def turned(h: str) -> str:
        k = rng.choice([k for k in range(1, len(h) - 1) if h[k].lower() != h[k + 1].lower()])
        return h[:k] + h[k + 1] + h[k] + h[k + 2 :]

    kinds = {
        "homoglyph": lambda h: swapped(h, homoglyph),
        "leet": lambda h: swapped(h, leet),
        "underscore": lambda h: h[:3] + "_" + h[3:],
        "swap": turned,
        "drop": lambda h: h[:4] + h[5:],
        "number": lambda h: h + str(rng.randrange(1, 99)),
        "official": lambda h: h + "_official",
        "fans": lambda h: h + "Fans",
    }
    rows = []
    for n, row in enumerate(protected.itertuples()):
        kind = list(kinds)[n % len(kinds)]
        rows.append((f"planted{n}", kinds[kind](row.handle), None, row.identity, kind))
    return pd.DataFrame(rows, columns=["account_id", "handle", "display_name", "identity", "kind"]).assign(
        platform="twitter"
    )


def test_lookalikes_of_real_officials_are_ranked_first(officials):
    """Half the officials are protected; 160 planted lookalikes stand among the other half's real accounts."""
    half = officials.sample(len(officials) // 2, random_state=1)
    rest = officials.drop(half.index)
    planted = lookalikes(half.sample(160, random_state=2), seed=5)
    own = half.assign(account_id="own:" + half["handle"])
    accounts = pd.concat([rest.assign(account_id="real:" + rest["handle"]), own, planted], ignore_index=True)
    columns = ["account_id", "handle", "display_name", "platform"]
    found = impersonation_candidates(accounts[columns], half)
    assert not found["account_id"].str.startswith("own:").any()
    matched = planted.merge(found, left_on=["account_id", "identity"], right_on=["account_id", "protected"], how="left")
    assert matched["rank"].notna().mean() >= 0.97
    assert found.head(160)["account_id"].str.startswith("planted").mean() >= 0.97
    assert list(found["rank"]) == list(range(1, len(found) + 1)) and found["similarity"].is_monotonic_decreasing
    # Officials themselves are not each other's lookalikes beyond chance.
    con = people(
        list(
            (officials.assign(account_id=officials["handle"]))[["account_id", "handle", "display_name"]].itertuples(
                index=False, name=None
            )
        )
    )
    assert unusual(con, len(officials)) == set()


def test_impersonation_needs_names():
    """A list without names is refused; an official's own second row, by identifier or handle, is no lookalike."""
    accounts = pd.DataFrame(
        {"account_id": ["1", "2"], "handle": ["Mayor_Town", "mayortown"], "display_name": [None, None]}
    )
    with pytest.raises(ValueError, match="names"):
        impersonation_candidates(accounts, pd.DataFrame({"note": ["x"]}))
    found = impersonation_candidates(accounts, pd.DataFrame({"handle": ["mayor_town"]}))
    assert found["account_id"].tolist() == ["2"] and found["likeness"].tolist() == ["same when folded"]
    assert np.isfinite(found["p"]).all()
