"""Simulated worlds: the same seed gives the same world, and a world is what its documentation says."""

from __future__ import annotations

import gzip
import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError, UnknownNameError
from investigate.objects import text_objects
from investigate.simulate import (
    KINDS,
    Plant,
    World,
    make_world,
    plant_camouflage,
    plant_fast,
    plant_slow,
    sample_world,
    shuffle_times,
    without_groups,
    words,
)
from investigate.simulate.__main__ import main
from investigate.sources import read

ALL_GROUPS = (plant_fast(), plant_slow(), plant_camouflage())

# Countries, cities, platforms, parties and offices: a sample of what an invented world has no business to name.
_REAL = """
america american amsterdam apple argentina athens australia austria barcelona beijing belgium berlin bluesky boston
brazil britain brussels cairo california canada chicago china chinese christian cologne communist congress
conservative delhi democrat democrats dublin egypt england europe european facebook france french geneva german
germany google greece greek hamburg hungary india indonesia instagram iran iraq ireland israel istanbul italy
jakarta japan jewish kenya kremlin labour lisbon london madrid mastodon mexico microsoft milan moscow munich muslim
nairobi nato netherlands nigeria norway oslo pakistan palestine paris parliament philippines poland portugal prague
president reddit republican republicans rome russia russian scotland seoul shanghai singapore spain stockholm sudan
sweden switzerland sydney syria telegram texas tiktok tokyo toronto turkey twitter ukraine vienna vietnam warsaw
washington wechat whatsapp youtube zurich
"""
REAL_NAMES = frozenset(_REAL.split())


@pytest.fixture(scope="module")
def world() -> World:
    """A world of 600 ordinary accounts with one planted group of each kind."""
    return make_world(seed=11, groups=ALL_GROUPS)


@pytest.fixture(scope="module")
def sample() -> World:
    """The world that is bundled with the package."""
    return sample_world()


def seconds(world: World) -> pd.Series:
    return pd.to_datetime(world.rows["time"], format="%Y-%m-%dT%H:%M:%SZ").astype("datetime64[s]").astype("int64")


def joint(world: World) -> pd.DataFrame:
    """Posts of joint acts with account, second and text."""
    return world.acts.merge(world.rows.assign(second=seconds(world)), on="post_id", validate="one_to_one")


def links(text: pd.Series) -> pd.Series:
    return text.str.extract(r"(https://[^\s?]+)")[0]


class TestDeterminism:
    def test_same_arguments_give_the_same_world(self, world: World) -> None:
        """Two calls with the same arguments give equal tables."""
        again = make_world(seed=11, groups=ALL_GROUPS)
        for name in ("rows", "truth", "known_groups", "acts"):
            pd.testing.assert_frame_equal(getattr(world, name), getattr(again, name))

    def test_another_seed_gives_another_world(self, world: World) -> None:
        """Handles, times and texts all depend on the seed."""
        other = make_world(seed=12, groups=ALL_GROUPS)
        assert not set(world.planted["fast"]) & set(other.planted["fast"])
        assert world.rows["text"].isin(set(other.rows["text"])).mean() < 0.4
        assert pd.Series(world.rows["time"]).isin(set(other.rows["time"])).mean() < 0.2

    def test_saving_twice_gives_the_same_bytes(self, world: World, tmp_path: Path) -> None:
        """No clock, path or order of a set gets into a saved file."""
        first, second = world.save(tmp_path / "a"), world.save(tmp_path / "b" / "c")
        assert [p.name for p in first] == [p.name for p in second]
        for one, other in zip(first, second, strict=True):
            assert one.read_bytes() == other.read_bytes(), one.name
        packed = first[0].read_bytes()
        assert packed[4:8] == b"\0\0\0\0", "the gzip header carries a time"
        assert packed[3] == 0, "the gzip header carries a file name"

    def test_the_readme_holds_the_call_that_makes_the_world_again(self, tmp_path: Path) -> None:
        """The call in README.md, run as it stands, gives the same rows."""
        world = make_world(5, accounts=40, days=1, groups=(plant_fast(acts=4),))
        world.save(tmp_path)
        call = re.search(r"```python\n(.*?)\n```", (tmp_path / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        assert call is not None
        again = eval(call.group(1), {"make_world": make_world, "Plant": Plant})
        pd.testing.assert_frame_equal(world.rows, again.rows)

    def test_ordinary_posts_do_not_depend_on_what_is_planted(self) -> None:
        """With nothing spreading by itself, a planted group adds rows and changes none."""
        still = {"accounts": 150, "viral": 0, "newsrooms": 0, "fans": 0}
        with_plant, bare = make_world(3, groups=(plant_fast(echoed=0),), **still), make_world(3, groups=(), **still)
        columns = ["account", "time", "text"]
        pd.testing.assert_frame_equal(without_groups(with_plant).rows[columns], bare.rows[columns])


class TestBundledSample:
    def test_the_bundled_files_are_what_the_generator_makes(self, repository: Path, tmp_path: Path) -> None:
        """What the generator makes is remade exactly; the rest of data/samples are commented files that people write.

        The compressed file is compared unpacked, as builds of zlib differ.
        """
        assert main(["--out", str(tmp_path)]) == 0
        folder = repository / "data" / "samples"
        made = sorted(path.name for path in tmp_path.iterdir())
        written = {"market_profile.toml", "market_us_2016.toml", "plan.toml", "policy_pack.toml"}
        assert made == sorted(path.name for path in folder.iterdir() if path.name not in written)
        for name in made:
            new, old = (tmp_path / name).read_bytes(), (folder / name).read_bytes()
            if name.endswith(".gz"):
                assert old[3:8] == b"\0\0\0\0\0"
                new, old = gzip.decompress(new), gzip.decompress(old)
            assert new == old, f"{name} differs: run `make samples` and look at the change"

    def test_the_sample_is_small_and_holds_what_it_promises(self, repository: Path, sample: World) -> None:
        """One fast group of 15, one hidden group of 10, one newsroom, one fan community, in less than 300 kB."""
        assert (repository / "data" / "samples" / "world.csv.gz").stat().st_size <= 300_000
        assert {name: len(members) for name, members in sample.planted.items()} == {"fast": 15, "camouflage": 10}
        held = sample.truth["kind"].value_counts().to_dict()
        assert held == {
            "ordinary": 440,
            "fans": 41,
            "planted_fast": 15,
            "newsroom": 12,
            "planted_camouflage": 10,
            "automated": 3,
        }
        assert 400 <= len(sample.truth) <= 600

    def test_command_line_refuses_a_bad_seed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A negative seed is the caller's input: exit code 2, a message, no files."""
        assert main(["--out", str(tmp_path), "--seed", "-1"]) == 2
        assert "seed = -1" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())


class TestShape:
    def test_rows_are_a_plain_export(self, world: World) -> None:
        """Four columns of strings, sorted by time, unique post numbers, whole UTC seconds, no empty text."""
        rows = world.rows
        assert list(rows.columns) == ["account", "post_id", "time", "text"]
        assert all(str(kind) == "str" for kind in rows.dtypes)
        assert rows["post_id"].is_unique and rows["time"].is_monotonic_increasing
        assert rows["time"].str.fullmatch(r"2026-03-0[567]T\d\d:\d\d:\d\dZ").all()
        assert rows["text"].str.strip().ne("").all() and rows.notna().all(axis=None)

    def test_activity_has_a_heavy_tail(self, world: World) -> None:
        """The most active hundredth of ordinary accounts writes at least 8 % of their posts, ten times the median."""
        ordinary = world.truth.loc[world.truth["kind"] == "ordinary", "account"]
        posts = world.rows["account"].value_counts().reindex(ordinary).fillna(0).sort_values(ascending=False)
        assert 0.08 <= posts.iloc[:6].sum() / posts.sum() <= 0.5
        assert posts.iloc[:6].mean() >= 10 * posts.median()

    def test_days_have_a_rhythm(self, world: World) -> None:
        """Greek posts come from one time zone: there, evenings are busy and nights are not."""
        greek = world.rows[world.rows["text"].str.contains(r"^[\u0370-\u03ff\u1f00-\u1fff]")]
        local = (pd.to_datetime(greek["time"]).dt.hour + 2) % 24
        assert len(greek) > 100
        assert local.isin(range(18, 23)).mean() > 3 * local.isin(range(1, 6)).mean()

    def test_weekends_differ_between_accounts(self) -> None:
        """Some accounts post mostly on weekdays, some mostly at weekends: more spread than even chances give."""
        rows = make_world(4, accounts=200, days=28, groups=(), newsrooms=0, fans=0, viral=0, weather=0).rows
        free = pd.to_datetime(rows["time"]).dt.day_of_week >= 5
        share = free.groupby(rows["account"]).agg(["mean", "size"])
        share = share[share["size"] >= 50]
        assert share["mean"].std() > 1.5 * np.sqrt((2 / 7) * (5 / 7) / share["size"]).mean()

    def test_objects_have_a_heavy_tail(self, world: World) -> None:
        """The ten most shared links carry a tenth of all link posts or more; most links are shared once or twice."""
        shared = links(world.rows["text"]).value_counts()
        assert shared.iloc[:10].sum() >= 0.1 * shared.sum()
        assert shared.median() <= 2

    def test_a_viral_object_reaches_hundreds_within_the_hour(self) -> None:
        """A large viral object is shared by a third of all accounts, by more than 100 of them in its busiest hour."""
        world = make_world(6, groups=(), newsrooms=0, fans=0, weather=0, viral=3)
        rows = world.rows.assign(second=seconds(world), link=links(world.rows["text"]))
        top = rows[rows["link"] == rows["link"].value_counts().index[0]]
        assert 0.25 * 600 <= top["account"].nunique() <= 0.36 * 600
        start = top["second"].to_numpy()
        assert max(np.searchsorted(start, t + 3600, "right") - i for i, t in enumerate(start)) > 100

    def test_several_languages_and_one_other_script(self, world: World) -> None:
        """English, Spanish, German and Greek posts are all there, the Greek ones a few."""
        text = world.rows["text"]
        greek = text.str.contains(r"^[\u0370-\u03ff\u1f00-\u1fff]").mean()
        assert 0.01 < greek < 0.12
        assert text.str.contains("Laterne").any() and text.str.contains("una cometa").any()

    def test_truth_covers_every_account_once(self, world: World) -> None:
        """Every account that posts is in the truth table, once, with a known kind; every group has its size."""
        assert world.truth["account"].is_unique
        assert set(world.rows["account"]) <= set(world.truth["account"])
        assert set(world.truth["kind"]) == set(KINDS)
        sizes = world.truth["group"].value_counts().to_dict()
        assert sizes == {
            "ordinary": 600,
            "fans_1": 41,
            "fast": 15,
            "slow": 15,
            "newsroom_1": 12,
            "camouflage": 10,
            "weather": 3,
        }
        assert world.composition()["posts"].sum() == len(world.rows)

    def test_known_groups_name_the_outlets_only(self, world: World) -> None:
        """The table an investigator has beforehand says nothing about planted groups."""
        outlets = set(world.truth.loc[world.truth["kind"] == "newsroom", "account"])
        known = world.known_groups
        assert list(known.columns) == ["account_id", "group_name", "relation", "source", "valid_from", "valid_to"]
        assert set(known["account_id"]) == outlets and set(known["relation"]) == {"newsroom"}


class TestPlanted:
    @pytest.mark.parametrize(("group", "spread"), [("fast", 60), ("slow", 300), ("camouflage", 60)])
    def test_joint_acts_take_the_time_they_say(self, world: World, group: str, spread: int) -> None:
        """The posts of one act lie within the spread, and together use most of it."""
        second = joint(world).query("group == @group").groupby("act")["second"]
        width = second.max() - second.min()
        assert width.max() <= spread
        assert width.mean() > 0.5 * spread

    def test_fast_group_counts(self, world: World) -> None:
        """15 members, 30 objects, four of five members in each act, half of the objects shared by others."""
        posts = joint(world).query("group == 'fast'")
        assert posts["act"].nunique() == 30 and posts["account"].nunique() == 15
        assert 0.7 * 450 <= len(posts) <= 0.9 * 450
        by_link = posts.assign(link=links(posts["text"])).dropna(subset="link").groupby("act")["link"].first()
        rows = world.rows.assign(link=links(world.rows["text"]))
        others = rows[~rows["account"].isin(world.planted["fast"])]
        assert 0.25 <= by_link.isin(set(others["link"].dropna())).mean() <= 0.75

    def test_joint_acts_can_be_read_from_the_text(self, world: World) -> None:
        """All posts of one act have a link, a hashtag or a sentence in common, and each form occurs."""
        forms = set()
        for _, posts in joint(world).query("group == 'fast'").groupby("act"):
            found = {
                "url": links(posts["text"]),
                "hashtag": posts["text"].str.extract(r"(#\w+)")[0],
                "text": posts["text"].str.replace(r"\s*https://\S+", "", regex=True),
            }
            same = {name for name, values in found.items() if values.notna().all() and values.nunique() == 1}
            assert same
            forms |= same
        assert forms == {"url", "hashtag", "text"}

    def test_the_package_reads_the_joint_objects(self, sample: World) -> None:
        """As the package reads texts, all posts of every act in the sample share a link, a tag or a text."""
        texts = sample.rows.set_index("post_id")["text"]
        kinds = set()
        for act, posts in sample.acts.groupby("act"):
            common = set.intersection(*(set(text_objects(texts[post])) for post in posts["post_id"]))
            assert common, act
            kinds |= {kind for kind, _ in common}
        assert {"url", "hashtag", "text"} <= kinds

    def test_camouflage_is_mostly_ordinary(self, world: World) -> None:
        """Every hidden member joins six acts or more, and at least 78 % of the group's posts are ordinary."""
        posts = joint(world).query("group == 'camouflage'")
        assert posts["account"].value_counts().reindex(sorted(world.planted["camouflage"])).min() >= 6
        own = world.rows["account"].isin(world.planted["camouflage"]).sum()
        assert len(posts) / own <= 0.22

    def test_planted_accounts_do_not_look_different(self, world: World) -> None:
        """Handles and sites of planted groups come from the same pools as everyone's."""
        planted = set().union(*world.planted.values())
        ordinary = world.truth.loc[world.truth["kind"] == "ordinary", "account"]
        shape = r"[a-z]{6,9}\d{1,2}"
        assert all(re.fullmatch(shape, name) for name in planted) and ordinary.str.fullmatch(shape).all()
        sites = world.rows["text"].str.extract(r"https://([^/]+)/")[0]
        mine = world.rows["account"].isin(planted)
        assert set(sites[mine].dropna()) <= set(sites[~mine].dropna())

    def test_bad_groups_are_refused_with_every_reason(self) -> None:
        """Wrong kind, form, size and chance are all named in one message."""
        with pytest.raises(InputError) as caught:
            Plant("x", "ordinary", 1, 0, -1, forms=("smoke",))
        for word in ("kind 'ordinary'", "smoke", "accounts must be", "spread_s"):
            assert word in str(caught.value)

    def test_bad_worlds_are_refused_with_every_reason(self) -> None:
        """Two groups of one name, too many newsrooms and a false date are all named in one message."""
        with pytest.raises(InputError) as caught:
            make_world(groups=(plant_fast(), plant_slow(name="fast")), newsrooms=99, start="spring")
        for word in ("two groups called 'fast'", "newsrooms = 99", "start = 'spring'"):
            assert word in str(caught.value)


class TestInnocent:
    def test_newsrooms_syndicate(self, world: World) -> None:
        """Each agency story: one text, one link, eight to twelve outlets, within two minutes."""
        acts = joint(world).query("group == 'newsroom_1'").groupby("act")
        assert acts.ngroups == 24
        assert (acts["text"].nunique() == 1).all() and acts["text"].first().str.contains("https://").all()
        assert acts["account"].nunique().between(8, 12).all()
        assert (acts["second"].max() - acts["second"].min()).max() <= 120

    def test_readers_press_share(self, world: World) -> None:
        """Readers repeat agency posts word for word, mostly after an hour, sometimes within a minute or two."""
        news = joint(world).query("group == 'newsroom_1'").groupby("text")["second"].min()
        rows = world.rows.assign(second=seconds(world))
        readers = rows[~rows["account"].isin(set(world.known_groups["account_id"]))]
        delay = (readers["second"] - readers["text"].map(news)).dropna()
        assert len(delay) > 50
        assert (delay > 3600).mean() > 0.5 and (delay <= 120).any()

    def test_fans_are_never_the_same_crowd(self, world: World) -> None:
        """Fans react within minutes, to every post in another combination."""
        acts = joint(world).query("group == 'fans_1'").groupby("act")
        crowds = acts["account"].agg(frozenset)
        assert crowds.nunique() == len(crowds) == 24
        assert acts["account"].nunique().between(10, 36).all()
        delay = joint(world).query("group == 'fans_1'")["second"] - acts["second"].transform("min")
        assert 120 <= delay[delay > 0].median() <= 600

    def test_automated_accounts_say_so(self, world: World) -> None:
        """Weather accounts carry the word in their handle and in every post, and post on the hour."""
        rows = world.rows[world.rows["account"].str.startswith("auto_weather_")]
        assert len(rows) == 3 * 24 * 3
        assert rows["text"].str.contains("Automated report").all()
        assert rows["time"].str.contains(r":00:0\dZ").all()

    def test_nothing_real_is_named(self, world: World) -> None:
        """No word of texts, tags or handles is on a list of real places, platforms and parties; sites are reserved ones."""
        invented = [world.rows["text"].str.cat(sep=" "), world.rows["account"].str.cat(sep=" ")]
        spoken = set(re.findall(r"[^\W\d_]+", " ".join(invented).lower()))
        spoken |= {part.lower() for tag in words.tags(np.arange(500)) for part in re.findall("[A-Z][a-z]+", tag)}
        assert not spoken & REAL_NAMES
        sites = world.rows["text"].str.extractall(r"https?://([^/\s]+)")[0]
        assert sites.str.endswith(".example").all()

    def test_vocabulary_never_repeats_an_object(self) -> None:
        """Stories, tags, links and handles differ for different positions, over every stretch in use."""
        at = np.concatenate([np.arange(5000), np.arange(60_000, 65_000), np.arange(100_000, 105_000)])
        for make in (words.stories, words.tags, words.links, words.handles):
            assert len(set(make(at))) == len(at), make.__name__


class TestTwins:
    def test_shuffling_keeps_every_count(self, world: World) -> None:
        """Posts per account, texts and the multiset of times stay; only their pairing changes."""
        mixed = shuffle_times(world, seed=1)
        key = ["account", "post_id", "text"]
        pd.testing.assert_frame_equal(
            mixed.rows[key].sort_values("post_id", ignore_index=True),
            world.rows[key].sort_values("post_id", ignore_index=True),
        )
        assert mixed.rows["time"].tolist() == world.rows["time"].tolist()
        assert mixed.rows["time"].is_monotonic_increasing
        pd.testing.assert_frame_equal(shuffle_times(world, seed=1).rows, mixed.rows)

    def test_shuffling_destroys_the_timing(self, world: World) -> None:
        """After shuffling, the acts of the fast group spread over hours."""
        mixed = joint(shuffle_times(world, seed=1)).query("group == 'fast'").groupby("act")["second"]
        assert (mixed.max() - mixed.min()).min() > 3600

    def test_without_groups_has_no_planted_rows(self, world: World) -> None:
        """No row, truth or act of a planted account is left; all other rows stay as they were."""
        planted = set().union(*world.planted.values())
        bare = without_groups(world)
        assert not set(bare.rows["account"]) & planted and not bare.planted
        assert set(bare.acts["group"]) == {"newsroom_1", "fans_1"}
        kept = world.rows[~world.rows["account"].isin(planted)].reset_index(drop=True)
        pd.testing.assert_frame_equal(bare.rows, kept)
        assert len(world.planted) == 3, "the world itself was changed"

    def test_without_named_groups(self, world: World) -> None:
        """Any group can be taken out by name, with its known group; an unknown name is refused with the known ones."""
        bare = without_groups(world, ("newsroom_1",))
        assert bare.known_groups.empty and len(bare.planted) == 3
        with pytest.raises(InputError, match="newsroom_1"):
            without_groups(world, ("newsroom",))

    def test_nothing_planted(self) -> None:
        """groups=() gives a world without planted accounts."""
        assert make_world(1, accounts=50, groups=()).planted == {}


class TestInnocentRhythms:
    def test_an_alert_brings_many_strangers_into_the_same_minutes(self) -> None:
        """Each alert is one link and headline, shared by half of the ordinary accounts, half of them in two minutes."""
        alerted = make_world(3, accounts=400, days=2, groups=(), newsrooms=0, fans=0, viral=0, weather=0, pushes=3)
        posts = alerted.rows.assign(link=links(alerted.rows["text"]), second=seconds(alerted)).dropna(subset="link")
        sizes = posts["link"].value_counts()
        pushed = sizes[sizes == 200]
        assert len(pushed) == 3 and (sizes.drop(pushed.index) < 100).all()
        for link in pushed.index:
            one = posts[posts["link"] == link]
            assert one["account"].is_unique and one["text"].str.split("?").str[0].nunique() == 1
            begin = one["second"].quantile(0.01)
            assert 0.35 < (one["second"] <= begin + 120).mean() < 0.75
        assert alerted.planted == {} and set(alerted.truth["kind"]) == {"ordinary"}

    def test_alerts_change_no_other_row(self) -> None:
        """The world without the alerts is the rest of the world with them."""
        quiet = make_world(3, accounts=100, days=2, groups=())
        alerted = make_world(3, accounts=100, days=2, groups=(), pushes=2)
        rest = quiet.rows.groupby(["account", "time", "text"]).size()
        more = alerted.rows.groupby(["account", "time", "text"]).size()
        assert more.sub(rest, fill_value=0).ge(0).all() and len(alerted.rows) - len(quiet.rows) == 100

    def test_one_zone_puts_everybody_into_the_same_hours(self) -> None:
        """In one time zone the busiest six hours hold far more of the posts than in the mixed world."""
        calm = {"groups": (), "newsrooms": 0, "fans": 0, "viral": 0, "weather": 0}

        def busiest(world: World) -> float:
            return pd.Series(seconds(world) // 3600 % 24).value_counts(normalize=True).head(6).sum()

        together, mixed = make_world(3, one_zone=True, **calm), make_world(3, **calm)
        assert busiest(together) > busiest(mixed) + 0.1 and len(together.rows) == len(mixed.rows)


class TestFiles:
    def test_save_and_load(self, world: World, tmp_path: Path) -> None:
        """What is saved is loaded unchanged, the call included."""
        world.save(tmp_path)
        again = World.load(tmp_path)
        for name in ("rows", "truth", "known_groups", "acts"):
            pd.testing.assert_frame_equal(getattr(world, name), getattr(again, name), check_dtype=False)
        assert again.about == world.about

    def test_loading_something_else_names_what_is_missing(self, tmp_path: Path) -> None:
        """An empty folder, and a file with other columns, are refused with the reason."""
        with pytest.raises(InputError, match=r"world\.csv\.gz, truth\.csv"):
            World.load(tmp_path)
        make_world(1, accounts=20, days=1, groups=()).save(tmp_path)
        (tmp_path / "truth.csv").write_text("who,what\na,b\n", encoding="utf-8")
        with pytest.raises(InputError, match="who, what found"):
            World.load(tmp_path)

    def test_the_mapping_names_columns_that_exist(self, world: World, tmp_path: Path) -> None:
        """world.toml is TOML and maps to columns of the export."""
        world.save(tmp_path)
        mapping = tomllib.loads((tmp_path / "world.toml").read_text(encoding="utf-8"))
        assert mapping == {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text"}
        assert set(mapping.values()) == set(world.rows.columns)

    def test_the_csv_source_reads_a_world_whole(self, sample: World, tmp_path: Path) -> None:
        """Through world.toml every post becomes content, none is set aside, and times keep their seconds."""
        sample.save(tmp_path)
        reading = read(tmp_path / "world.csv.gz", "csv", mapping=tmp_path / "world.toml")
        assert reading.rows_read == reading.tables["content"].num_rows == len(sample.rows)
        assert reading.tables["set_aside"].num_rows == 0 and reading.resolution_s == 1
        content = reading.tables["content"].to_pandas().set_index("content_id").loc[sample.rows["post_id"]]
        assert content["account_id"].tolist() == sample.rows["account"].tolist()
        assert content["created_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").tolist() == sample.rows["time"].tolist()
        assert {"url", "hashtag", "text"} <= set(reading.tables["actions"]["object_type"].to_pylist())


@pytest.fixture()
def benchmark_worlds(repository: Path) -> Iterator[object]:
    """The module benchmarks/quality/worlds.py."""
    spec = importlib.util.spec_from_file_location("quality_worlds", repository / "benchmarks" / "quality" / "worlds.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


class TestBenchmarkWorlds:
    def test_every_kind_holds_what_is_to_be_found(self, benchmark_worlds) -> None:
        """Positive kinds have a planted group, the others nothing to find; the shuffled one keeps its truth."""
        found = {trial.kind: trial for trial in benchmark_worlds.worlds(seeds=[0])}
        assert {kind: len(trial.positives) for kind, trial in found.items()} == {
            "fast": 15, "slow": 15, "camouflage": 10, "nothing": 0, "newsroom": 0, "newsroom_unlisted": 0, "fans": 0,
            "shuffled": 0, "one_zone": 0, "push": 0,
        }  # fmt: skip
        assert set(found["newsroom"].truth["kind"]) == {"ordinary", "newsroom"}
        assert set(found["fans"].truth["kind"]) == {"ordinary", "fans"}
        world, truth, *_ = found["fast"]
        assert truth is world.truth

    def test_an_unknown_kind_is_refused_before_anything_is_made(self, benchmark_worlds) -> None:
        """A misspelt kind names the nearest one."""
        with pytest.raises(UnknownNameError, match="camouflage"):
            next(benchmark_worlds.worlds(seeds=[0], kinds=["fast", "camoflage"]))
