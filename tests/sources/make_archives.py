"""Writes the samples that are no text: `python tests/sources/make_archives.py`. The same bytes every time."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import tarfile
from pathlib import Path

DATA = Path(__file__).parent / "data"
CHANGED_AT = 1_700_000_000
"""14 November 2023: the date that rows without times are given."""


def tar(path: Path, files: dict[str, str]) -> None:
    """A tar archive with these files, all changed at `CHANGED_AT`."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in files.items():
            info, data = tarfile.TarInfo(name), text.encode()
            info.size, info.mtime = len(data), CHANGED_AT
            archive.addfile(info, io.BytesIO(data))


def certificate(seed: str) -> str:
    """Bytes in the clothes of a certificate."""
    body = base64.b64encode(seed.encode() * 8).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"


def table(header: str, rows: list[tuple[str, ...]]) -> str:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\n".join([header, *quoted]) + "\n"


def disinfo_laundromat(path: Path) -> None:
    record = {"domain_name": "one.example.com", "emails": ["abuse@reg.ru", "owner@one-news.com"]}
    record |= {"name_servers": ["NS1.REG.RU", "ns1.one-news.com."]}
    nothing = dict.fromkeys(record)
    rows = [
        ("ip", "8.8.8.8", ""),
        ("verification_id", "google-site-verification|abcDEF123456", "one-news.com"),
        ("verification_id", "google-site-verification|abcDEF123456", "two-news.com"),
        ("verification_id", "google-site-verification|abcDEF123456", "two-news.com"),
        ("whois", json.dumps(record), "one-news.com"),
        ("whois", json.dumps(nothing), "three-news.com"),
        ("certificate", certificate("one"), "one-news.com"),
        ("cert-domain", " www.one-news.com", "one-news.com"),
        ("cdn-domain", "mc.yandex.ru", "one-news.com"),
        ("cdn-domain", "mc.yandex.ru", "two-news.com"),
        ("crypto-wallet", "1d1ffcb3b1fc38c54e266ed85e22145a", "three-news.com"),
        ("ga_id", "UA-14540629", "three-news.com"),
        ("ga_tag_id", "GXGS20BWBJ", "three-news.com"),
        ("yandex_tag_id", "ym(10970266", "three-news.com"),
        ("meta_social", "twitter:site|@One_News", "one-news.com"),
        ("css-class", "set()", "two-news.com"),
    ]
    sites = [("", "https://one-news.com", "One News", "List A"), ("", "https://www.four-news.com", "", "List B")]
    files = {
        "disinfo/README.md": "A sample.\n",
        "disinfo/indicators.csv": table("indicator_type,indicator_content,domain_name", rows),
        "disinfo/sites_of_concern.csv": table("Threat Actor,Domain,Name,Source", [*sites, sites[0]]),
    }
    tar(path, files)


def meta_threat_research(path: Path) -> None:
    old = [
        ("domain_name", "shared-news.com", "Group A: Domain", "2022-09-27"),
        ("sha256", "7" * 64, "Group A: Hash", "2022-09-27"),
        ("telegram_url", "https://t.me/Some_Channel", "", "2022-09-27"),
    ]
    new = [
        (
            "0. Acquiring assets",
            "0.6 Acquiring domains",
            "0.6.2",
            "hxxps://www[.]shared-news[.]com",
            "Registered 7/13/2024",
        ),
        ("", "", "", "", ""),
        ("0. Acquiring assets", "0.9", "0.9.7", "https://t[.]me/some_channel", ""),
        ("0. Acquiring assets", "0.2", "0.2.1", "info[at]shared-news[.]com", ""),
        ("1. Disguising assets", "1.3", "1.3.1", "Posing as editors of shared-news[.]com", ""),
        ("8. Compromising assets", "8.3", "8.3.1", "victim-bank[.]com", ""),
        ("9. Enabling longevity", "9.5", "9.5.3", "", ""),
    ]
    files = {
        "meta/README.md": "A sample.\n",
        "meta/indicators/csv/2022_09_first.csv": table("indicator_type,indicator_value,comment,ds", old),
        "meta/indicators/csv/Q2_2024/Q2_2024_SECOND NETWORK #1 .csv": table(
            "Tactic ,Technique,Procedure,Indicator,Commernts", new
        ),
        "meta/indicators/json/2022_09_first.json": "[]",
    }
    tar(path, files)


ADS = [
    (1, "data/2016-06/1.pdf", 10, 100, "Like us!", "https://www.facebook.com/Good-Page-1579673598947501/", "RUB"),
    (2, "data/2016-06/2.pdf", 0, 0, "Like us!", "https://www.faoebook.com/Good—Page-1579673598947501/", "USD"),
    (3, "data/2016-06/3.pdf", 1, 10, "Come!", "https://www.facebook.com/events/1748220542079708/", "RUB"),
    (4, "data/2016-06/4.pdf", 1, 10, "Read", "https://b|ackgood.com/?utm_source=facebook", "RUB"),
    (5, "data/2016-06/5.pdf", 1, 10, "Read", "https://blackgood.oom/page", "RUB"),
    (6, "data/2016-06/6.pdf", 1, 10, "See", "https://www.instagram.Com/good_page/", "RUB"),
    (7, "data/2016-06/7.pdf", 1, 10, "Nothing", "—", "RUB"),
    (8, "data/2016-02/8.pdf", 1, 10, "Late", "https://www.facebook.com/GoodPage/", "USD"),
    (9, "data/2016-06/9.pdf", 1, 10, "Like", "https://www.facebook.com/GoodPage/", "RUB"),
]


def ira_facebook_ads(path: Path) -> None:
    path.unlink(missing_ok=True)
    con = sqlite3.connect(path)
    con.execute(
        "create table ads (id integer primary key, pdf text, image text, clicks integer, impressions integer, text text, "
        "url text, spend_amount text, spend_currency text, created text, ended text)"
    )
    con.execute("create table targets (id text primary key, name text, category text, prefix text)")
    con.execute("create table ad_targets (target_id text, ad_id integer)")
    for ad, pdf, clicks, impressions, text, url, currency in ADS:
        created = "2018-02-18T05:41:28-08:00" if ad == 8 else f"2016-06-{ad:02d}T03:48:25-07:00"
        ended = "2016-06-01T00:00:00-07:00" if ad == 3 else None
        row = (ad, pdf, None, clicks, impressions, text, url, "1.50", currency, created, ended)
        con.execute("insert into ads values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    names = {
        "a": "excluded_connections:Exclude people who like Good Page",
        "b": "people_who_match:Friends of connections: Friends of people who are connected to G00d Page",
        "c": "custom_audience:Lookalike (US, 1%) - testlist",
        "d": "age:18 - 65+",
    }
    con.executemany("insert into targets values (?, ?, '', '')", names.items())
    con.executemany(
        "insert into ad_targets values (?, ?)", [("a", 1), ("b", 3), ("b", 4), ("c", 6), ("d", 1), ("c", 9)]
    )
    con.commit()
    con.close()


def github_transparency(path: Path) -> None:
    monthly = "year,month,Takedown Notices Processed,Takedowns\n2023,8,256,1491\n2023,9,147,7,1022\n2023,10,129,1098\n2023,10,130,1098\n"
    halves = "calendar_year_half,takedowns\nH1-2015,773\nH2-2015,7557\n"
    places = "year,half,government,government_iso2_code,count\n2025,1,India,IN,10\n2025,1,Crimea,,4\n,,,,\n2025,3,India,IN,7\n"
    ranges = "year,month_range,type,count\n2025,Jul-Dec,Letters received,0-249\n2024,Jan-Jun,Letters received,250\n"
    files = {
        "github_transparency/README.md": "invented",
        "github_transparency/data/dmca/notices_by_month.csv": monthly,
        "github_transparency/data/dmca/takedowns_by_calendar_year_half.csv": halves,
        "github_transparency/data/requests/cross_border.csv": places,
        "github_transparency/data/requests/letters.csv": ranges,
    }
    tar(path, files)


if __name__ == "__main__":
    disinfo_laundromat(DATA / "disinfo_laundromat.tar")
    meta_threat_research(DATA / "meta_threat_research.tar")
    ira_facebook_ads(DATA / "ira_facebook_ads.db")
    github_transparency(DATA / "github_transparency.tar")
