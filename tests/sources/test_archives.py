"""Data sets that come as archives: what a cut, hostile or foreign file does, and the real ones."""

from __future__ import annotations

import gzip
import io
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.sources import Reading, read
from investigate.sources._archives import members
from investigate.sources._landing import landings
from investigate.sources._ocr import best_spellings, nearest_number, skeleton
from investigate.sources.meta_threat_research import report_name

Find = Callable[[str], Path]
DATA = Path(__file__).parent / "data"
ARCHIVES = ["disinfo_laundromat", "meta_threat_research", "ira_facebook_ads"]


def rows(reading: Reading, table: str) -> list[dict]:
    return reading.tables[table].to_pylist()


def reasons(reading: Reading) -> dict[str, int]:
    out: dict[str, int] = {}
    for row in rows(reading, "set_aside"):
        out[row["reason"]] = out.get(row["reason"], 0) + 1
    return out


def packed(path: Path, files: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.type = len(data), kind
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ARCHIVES)
def test_foreign_files_are_refused(name: str, tmp_path: Path) -> None:
    """A text, an empty file, a folder, an archive of something else: each says what is wrong."""
    text = tmp_path / "a.tar"
    text.write_text("account_id,text\n1,2\n" * 100)
    with pytest.raises(InputError, match="not a whole tar archive"):
        read(text, name)
    other = packed(tmp_path / "b.tar", {"x/readme.md": b"hello"})
    with pytest.raises(InputError, match="holds none of the files") as caught:
        read(other, name)
    assert "x/readme.md" in caught.value.where
    (tmp_path / "empty.tar").write_bytes(b"")
    for wrong, said in ((tmp_path / "empty.tar", "empty"), (tmp_path, "folder"), (tmp_path / "none.tar", "no file")):
        with pytest.raises(InputError, match=said):
            read(wrong, name)


@pytest.mark.parametrize("name", ["disinfo_laundromat", "meta_threat_research"])
def test_a_cut_archive_is_refused(name: str, tmp_path: Path) -> None:
    """Half of a tar is never read as if it were the whole."""
    data = (DATA / f"{name}.tar").read_bytes()
    for n in (700, 1536 + 200, 2600):
        (tmp_path / "cut.tar").write_bytes(data[:n])
        with pytest.raises(InputError):
            read(tmp_path / "cut.tar", name)


def test_nothing_is_written_whatever_the_archive_names(tmp_path: Path) -> None:
    """Paths that climb out of the folder, and links, are names in memory and nothing else."""
    evil = packed(tmp_path / "evil.tar", {"../../indicators.csv": b"a,b\n1,2\n", "/etc/indicators.csv": b"a\n"})
    before = sorted(tmp_path.parent.rglob("*"))
    found, _ = members(evil, ("*indicators.csv",), "test")
    assert [m.path for m in found] == ["../../indicators.csv", "/etc/indicators.csv"]
    assert sorted(tmp_path.parent.rglob("*")) == before
    link = packed(tmp_path / "link.tar", {"indicators.csv": b""}, tarfile.SYMTYPE)
    with pytest.raises(InputError, match="holds none"):
        members(link, ("*indicators.csv",), "test")


def test_ads_in_an_archive_are_the_ads_of_the_database(tmp_path: Path) -> None:
    """The database alone and the archive that holds it give the same tables."""
    path = packed(tmp_path / "ads.tar", {"ads/russian-ads.db": (DATA / "ira_facebook_ads.db").read_bytes()})
    zipped = tmp_path / "ads.tar.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    plain = read(DATA / "ira_facebook_ads.db", "ira_facebook_ads")
    for other in (read(path, "ira_facebook_ads"), read(zipped, "ira_facebook_ads")):
        assert all(plain.tables[key].equals(other.tables[key]) for key in plain.tables)


def test_a_database_that_is_another_or_damaged_is_refused(tmp_path: Path) -> None:
    """Missing tables, missing columns, a view in a table's place, and noise behind the first bytes."""
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as con:
        con.execute("create table x (y)")
        con.execute("create view ads as select 1 as id")
    with pytest.raises(InputError, match="lacks the tables ad_targets, ads, targets"):
        read(path, "ira_facebook_ads")
    noise = tmp_path / "b.db"
    noise.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)
    with pytest.raises(InputError, match="cannot be read"):
        read(noise, "ira_facebook_ads")
    columns = tmp_path / "c.db"
    with sqlite3.connect(columns) as con:
        con.executescript(
            "create table ads (id); create table targets (id, name); create table ad_targets (target_id, ad_id)"
        )
    with pytest.raises(InputError, match="lacks the columns pdf"):
        read(columns, "ira_facebook_ads")


def test_sample_of_ads() -> None:
    """Misread hosts, dashes and names are one page; an event is an account; audiences in three spellings are two."""
    reading = read(DATA / "ira_facebook_ads.db", "ira_facebook_ads")
    assert sorted(a["account_id"] for a in rows(reading, "accounts")) == [
        "facebook:1579673598947501",
        "facebook:GoodPage",
        "facebook:event/1748220542079708",
        "instagram:good_page",
        "web:blackgood.com",
    ]
    assert reasons(reading) == {"missing_account": 1, "implausible_time": 1}
    by_ad = {a["content_id"]: a["object_id"] for a in rows(reading, "actions") if a["object_type"] == "audience"}
    assert by_ad["facebook_ad:1"] == by_ad["facebook_ad:3"] == "followers of g00d page", "the more frequent spelling"
    assert by_ad["facebook_ad:6"] == by_ad["facebook_ad:9"] == "list testlist"
    links = {a["content_id"]: a["object_id"] for a in rows(reading, "actions") if a["object_type"] == "url"}
    assert links["facebook_ad:4"] == "https://blackgood.com" and links["facebook_ad:5"] == "https://blackgood.com/page"
    said = read(DATA / "ira_facebook_ads.db", "ira_facebook_ads", repair="no")
    assert "facebook:event/1748220542079708" in [a["account_id"] for a in rows(said, "accounts")]
    assert "missing_account" in reasons(said) and reasons(said)["missing_account"] > 1
    with pytest.raises(InputError, match="maybe"):
        read(DATA / "ira_facebook_ads.db", "ira_facebook_ads", repair="maybe")


def test_skeletons_join_misreadings_and_nothing_else() -> None:
    assert skeleton("BIackJourneyZJustice") == skeleton("B|ackJourney2Justice")
    assert skeleton("veterahs—us") == skeleton("veterans-us") and skeleton("blaok") == skeleton("black")
    assert skeleton("pages") != skeleton("paces") and skeleton("red") != skeleton("rad")
    assert best_spellings(["B|ack", "B|ack", "Black"])[skeleton("Black")] == "Black"
    from collections import Counter

    assert nearest_number(Counter({"12345678": 9, "12345679": 1, "99999999": 1})) == {"12345679": "12345678"}


def test_links_misread_in_known_ways() -> None:
    """A slash read as l, '/V' read as N, a page under a number that lost a digit to a letter."""
    links = [
        "https://www.facebook.com/LGBT-United-839497472793277/",
        "https://www.facebook.com/LGBT-United-83949T472793277/",
        "https://www.faoebook.comlLGBT-United-839497472793277/",
        "https://www.facebook.comNeterans-Come-First-1757336424535312/",
        "https://www.facebook.comleventsl1095560153903958]",
        "https://www.facebook.com/pages/Blacktivist/128371547505950",
        "https://www.facebook.com/Iogin/?next=x",
        "—",
        "javascript:alert(1)",
        "https://bit.ly/x?a=<script>",
    ]
    pages = [p.page for p in landings(links, repair=True, notes=[])]
    assert pages[:3] == ["839497472793277"] * 3
    assert pages[3:9] == ["1757336424535312", "event/1095560153903958", "128371547505950", None, None, None]


def test_sample_of_takedown_reports() -> None:
    """One domain, defanged or not, is one; prose and victims give nothing; separators are set aside."""
    reading = read(DATA / "meta_threat_research.tar", "meta_threat_research")
    actions = rows(reading, "actions")
    first, second = "report:2022_09_first", "report:q2_2024_second_network_1"
    shared = {
        a["account_id"] for a in actions if (a["object_type"], a["object_id"]) == ("landing_domain", "shared-news.com")
    }
    assert shared == {first, second}
    assert {a["account_id"] for a in actions if a["object_id"] == "t.me/some_channel"} == {first, second}
    assert not [a for a in actions if "victim" in a["object_id"]]
    assert [a["object_id"][:7] for a in actions if a["object_type"] == "email"] == ["sha256:"]
    assert reasons(reading) == {"blank_row": 1, "empty_object": 1}
    assert {str(c["created_at"].date()) for c in rows(reading, "content") if c["account_id"] == second} == {
        "2024-06-30"
    }
    assert "hxxps://www[.]shared-news[.]com" in [c["text"] for c in rows(reading, "content")]
    with_victims = read(DATA / "meta_threat_research.tar", "meta_threat_research", victims="yes")
    assert [a for a in rows(with_victims, "actions") if a["object_id"] == "victim-bank.com"]


def test_report_names_are_steady() -> None:
    assert report_name("a/Q2_2024_RUSSIA-BASED CIB NETWORK #1 .csv") == "q2_2024_russia_based_cib_network_1"
    assert report_name("Q2 2023 Türkiye-based CIB network 1.csv") == "q2_2023_türkiye_based_cib_network_1"


def test_sample_of_sites() -> None:
    """The hash of an address of the owner stays, a registrar's does not; the day can be named."""
    reading = read(DATA / "disinfo_laundromat.tar", "disinfo_laundromat")
    actions = rows(reading, "actions")
    assert {a["account_id"] for a in actions if a["object_type"] == "verification"} == {
        "web:one-news.com",
        "web:two-news.com",
    }
    assert len([a for a in actions if a["object_type"] == "email"]) == 1
    assert not [a for a in actions if a["object_type"] == "wallet"]
    assert {str(c["created_at"].date()) for c in rows(reading, "content")} == {"2023-11-14"}
    assert reasons(reading) == {"missing_account": 1, "duplicate": 2}
    named = read(DATA / "disinfo_laundromat.tar", "disinfo_laundromat", observed_at="2023-02-01")
    assert {str(c["created_at"].date()) for c in rows(named, "content")} == {"2023-02-01"}
    with pytest.raises(InputError, match="no value of column"):
        read(DATA / "disinfo_laundromat.tar", "disinfo_laundromat", observed_at="yesterday")


def complete(reading: Reading) -> bool:
    used = {r["source_row"] for key in ("content", "actions") for r in rows(reading, key)}
    aside = [r["source_row"] for r in rows(reading, "set_aside")]
    return sorted([*used, *aside]) == list(range(1, reading.rows_read + 1))


def test_the_real_ads(shared_data: Find) -> None:
    """3,498 ads, 26.0 % never shown, RUB 5,822,554.92, 965 dollar rows of $109.33, 32.6 % without end."""
    reading = read(shared_data("ira_facebook_ads.tar.gz"), "ira_facebook_ads")
    assert reading.rows_read == 3_498 and complete(reading)
    assert reasons(reading) == {"missing_account": 31, "implausible_time": 8, "missing_time": 1}
    said = " ".join(reading.notes)
    for fact in (
        "911 of 3,498 ads (26.0%)",
        "RUB 5,822,554.92 in 2,533",
        "USD 109.33 in 965",
        "1,140 ads (32.6%)",
        "202 end",
    ):
        assert fact in said
    pages = {a["account_id"] for a in rows(reading, "accounts")}
    assert {"facebook:1579673598947501", "web:blackmattersus.com", "web:musicfb.info"} <= pages
    assert not [p for p in pages if "aoebook" in p or "oom" in p.split(":")[0]]


def test_the_real_sites(shared_data: Find) -> None:
    """482 indicators and 7,747 sites; of 148 'wallets' none passes its checksum."""
    reading = read(shared_data("disinfo_laundromat.tar.gz"), "disinfo_laundromat")
    assert reading.rows_read == 482 + 7_747 and complete(reading)
    assert reasons(reading) == {"missing_account": 46, "duplicate": 2}
    assert "148 values given as crypto-wallet do not have the form of one" in " ".join(reading.notes)


def test_the_real_reports(shared_data: Find) -> None:
    """55 reports with headers in seven spellings, 167 separators, 11,189 rows; none is lost."""
    reading = read(shared_data("meta_threat_research_to_Q1_2025.tar.gz"), "meta_threat_research")
    assert reading.rows_read == 11_189 and complete(reading)
    assert len(rows(reading, "accounts")) == 55 and reasons(reading)["blank_row"] == 167
    assert "headers in 7 spellings" in reading.notes[0]
    assert set(reasons(reading)) == {"blank_row", "empty_object", "duplicate"}
