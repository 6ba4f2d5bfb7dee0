"""The public data sets this project knows, with address, licence and, where measured, size and SHA-256.

A publisher's file carries a hash only where it was computed from that very file. The slices are cut from the
publishers' files for tests and benchmarks; they have no address of their own and are taken with `--from`.
"""

from __future__ import annotations

from ._entry import PublicData, PublicFile

_GITHUB = "https://github.com"
_RAW = "https://raw.githubusercontent.com"

_IRA_LICENCE = "MIT by the repository's README; CC BY 4.0 by the publisher's general statement on its data"
_IRA_CITE = "Linvill and Warren (Clemson University), published by FiveThirtyEight, 2018; cite both"
_IRA_MISSING = "Times are to the minute; no content id and no repost target; the largest accounts are missing."
_UCI_CITE = "Amaral, Fantinato, Peres: Incident management process enriched event log. UCI 498, doi:10.24432/C57S4H"
_GITHUB_CITE = "GitHub, transparency data"
_META_CITE = "Meta, threat research indicators and the Online Operations Kill Chain"
_COORTWEET_CITE = "Righetti and Balluff: CooRTweet; the accounts and texts are anonymised"


def _slice(
    name: str,
    title: str,
    licence: str,
    cite: str,
    file: str,
    size: int,
    sha256: str,
    part_of: str = "",
    source: str = "",
) -> PublicData:
    return PublicData(name, title, licence, cite, (PublicFile(file, "", size, sha256),), source, part_of)


ORIGINALS = (
    PublicData(
        "ira_tweets",
        "Internet Research Agency tweets, 2012-2018: 2,973,371 tweets of 2,848 accounts",
        _IRA_LICENCE,
        _IRA_CITE,
        tuple(
            PublicFile(
                f"IRAhandle_tweets_{n}.csv",
                f"{_RAW}/fivethirtyeight/russian-troll-tweets/master/IRAhandle_tweets_{n}.csv",
            )
            for n in range(1, 14)
        ),
        source="ira_tweets",
        notes=_IRA_MISSING,
    ),
    PublicData(
        "coortweet",
        "CooRTweet's example of coordinated reposts: 35,125 rows",
        "MIT",
        _COORTWEET_CITE,
        (
            PublicFile(
                "russian_coord_tweets.rda",
                f"{_RAW}/nicolarighetti/CooRTweet/930671c223fa142b4d0096f5a27c44934f1f2212/data/russian_coord_tweets.rda",
            ),
        ),
        notes="An R file: in R, load() it and write.csv(russian_coord_tweets, FILE, row.names = FALSE) for the coortweet source.",
    ),
    PublicData(
        "meta_threat_research",
        "Meta's published takedown indicators and the Online Operations Kill Chain",
        "MIT",
        _META_CITE,
        (PublicFile("threat-research.zip", f"{_GITHUB}/facebook/threat-research/archive/refs/heads/main.zip"),),
        notes="Values are defanged. Sharing a published link is no sign that an account belongs to an operation.",
    ),
    PublicData(
        "github_transparency",
        "GitHub's takedown notices, government requests and appeals by month",
        "CC BY 4.0",
        _GITHUB_CITE,
        (PublicFile("github-transparency.zip", f"{_GITHUB}/github/transparency/archive/HEAD.zip"),),
        notes="The monthly notices table holds a malformed row for 2023-09.",
    ),
    PublicData(
        "uci_incident_log",
        "A real ticket queue: states, priority, service levels, reassignment; 141,712 events",
        "CC BY 4.0",
        _UCI_CITE,
        (
            PublicFile(
                "incident_event_log.zip",
                "https://archive.ics.uci.edu/static/public/498/incident+management+process+enriched+event+log.zip",
            ),
        ),
        notes="'?' stands for null; dates are day first.",
    ),
    PublicData(
        "global_clsb",
        "Coordinated link-sharing pages and groups, 2017-2021: 818 accounts in 95 networks",
        "MIT",
        "Giglietto, Mincigrucci, Anwar: Global CLSB",
        tuple(
            PublicFile(name, f"{_RAW}/fabiogiglietto/Global_CLSB/main/{name}")
            for name in ("Global_CLSB_2017_2021_accounts.csv", "Global_CLSB_2017_2021_clusters.csv")
        ),
    ),
    PublicData(
        "bf_fakenews_top50",
        "Viral false stories of 2018 and their engagement",
        "CC BY 4.0",
        "BuzzFeed News, 2018",
        tuple(
            PublicFile(
                name,
                f"{_RAW}/BuzzFeedNews/2018-12-fake-news-top-50/3676df6b227b04a48899c058285d86e8b5ed7eed/data/{name}",
            )
            for name in ("sites_2016.csv", "sites_2017.csv", "sites_2018.csv", "top_2018.csv")
        ),
    ),
    PublicData(
        "us_legislators",
        "Members of the United States Congress and their official accounts",
        "CC0",
        "unitedstates/congress-legislators",
        tuple(
            PublicFile(name, f"https://unitedstates.github.io/congress-legislators/{name}")
            for name in ("legislators-current.yaml", "legislators-social-media.yaml")
        ),
        notes="Public officials in their role only.",
    ),
)

SLICES = (
    _slice(
        "ira_merkel",
        "Internet Research Agency tweets, 18-24 July 2016",
        _IRA_LICENCE,
        _IRA_CITE,
        "ira_merkel_2016-07-18_24.csv.gz",
        748_594,
        "d37146c2358eb8a139fa73d1d557ebe944f91953ee3ae3032c4f9c404a87b197",
        "ira_tweets",
        "ira_tweets",
    ),
    _slice(
        "ira_koch",
        "Internet Research Agency tweets, 20 November to 1 December 2015",
        _IRA_LICENCE,
        _IRA_CITE,
        "ira_koch_2015-11-20_12-01.csv.gz",
        2_803_140,
        "fe442bad56b286580953c4ed50124edeb12ec682d586c3b5bc63f459df7c1041",
        "ira_tweets",
        "ira_tweets",
    ),
    _slice(
        "ira_election",
        "Internet Research Agency tweets, 1-14 October 2016",
        _IRA_LICENCE,
        _IRA_CITE,
        "ira_election_2016-10-01_14.csv.gz",
        3_884_223,
        "e9ecc3a301a589308642863e58f9c1b119614c5768e168f0677cf9bfdf1f7254",
        "ira_tweets",
        "ira_tweets",
    ),
    _slice(
        "control_mayweather",
        "Ordinary people tweeting about one sports event, 27 August 2017, accounts hashed: the organic control",
        "CC BY 4.0",
        "not recorded; name the licence where it is shown",
        "control_mayweather_2017-08-27.hashed.csv.gz",
        560_523,
        "1ddb73d7fa1c8e0e6ac75bee5decb56b99258fbde4b2be658c1762c4ce537c23",
        source="csv",
    ),
    _slice(
        "coortweet_russian",
        "CooRTweet's example as CSV, with the R file it came from",
        "MIT",
        _COORTWEET_CITE,
        "coortweet_russian.tar.gz",
        2_562_457,
        "9c9635db83d170122903e00265faa807511799fe21b8270d0a163378c3d9ec82",
        "coortweet",
        "coortweet",
    ),
    _slice(
        "meta_threat_research_to_2025",
        "Meta's published indicators up to the first quarter of 2025",
        "MIT",
        _META_CITE,
        "meta_threat_research_to_Q1_2025.tar.gz",
        216_168,
        "63f6f90ef6fd7abc310d5cca26e6609387ade4367885cf01f912714065a7db7a",
        "meta_threat_research",
    ),
    _slice(
        "ira_facebook_ads",
        "Advertisements released by the United States House committee, 2015-2017: 3,498 ads",
        "public release; the repository that typed them states no licence",
        "US House Permanent Select Committee on Intelligence; text recognition by umd-mith/irads",
        "ira_facebook_ads.tar.gz",
        1_275_961,
        "5459232f1bf60af6852fc6411470dc31460e0cba5998eb3b16b87963d6f05235",
    ),
    _slice(
        "github_dmca_2015_2019",
        "GitHub's takedown notices, one row each, 2015-2019",
        "published records",
        _GITHUB_CITE,
        "github_dmca_2015_2019.tar.gz",
        73_261,
        "080454dd17f1c4d95817c788965a2e60494b866f40d09b291dae730e8fa98030",
        "github_transparency",
    ),
    _slice(
        "disinfo_laundromat",
        "Sites of concern and shared infrastructure indicators",
        "MIT",
        "Benzoni, Bargar, Chaturvedi: Information Laundromat",
        "disinfo_laundromat.tar.gz",
        135_722,
        "484d1c537ac3bb854b865956108a7419cf97cef55c8f16cd0eba3bb353b24737",
    ),
    _slice(
        "telegram_news",
        "Posts of 24 public news channels",
        "CC BY 4.0",
        "as stated in the file's own README",
        "telegram_news.tar.gz",
        5_129_569,
        "7571d18f020bfdb5ab5228d67d20f020f9cc24500d83fbfd09e185ec7133eec5",
    ),
    _slice(
        "pdq_bridge",
        "One photograph and its edited copies, with PDQ values",
        "BSD",
        "Meta, ThreatExchange: PDQ test images",
        "pdq_bridge.tar.gz",
        5_758_438,
        "22c6bd35eeb80eec656140229c04001e54c0c6aba55ad9490c62ce0994a4ebf9",
    ),
    _slice(
        "transparency_meta_tiktok",
        "Platform transparency releases up to the second quarter of 2023",
        "Apache-2.0 repository of public reports",
        "Meta and TikTok transparency reports",
        "transparency_meta_tiktok_to_2023Q2.tar.gz",
        156_359,
        "fd29f6751cc5ab66cc622059f3914fe140f77ddc2738e53fae7b9bbb52544df8",
    ),
    _slice(
        "uci_incident_log_first14000",
        "The first 14,000 events of the UCI ticket queue",
        "CC BY 4.0",
        _UCI_CITE,
        "uci_incident_log_first14000.csv.gz",
        1_447_866,
        "48c8d72ed649508190b508faaf6174edbd60ffa07891e952edd2e004b83e57ad",
        "uci_incident_log",
    ),
)

DATA = ORIGINALS + SLICES
