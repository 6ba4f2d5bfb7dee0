"""Two weeks before an election in an invented market: a pushed false date, its innocent twin, noise, and damaged data.

`election_world` makes one, `save_markets` writes five of them with profiles and plans, for a team's first week.
As everywhere here, nothing is real: no country, party, person or site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError, unknown
from ..files import replacing, write_text
from ._election_files import MAPPING, PLAN, PROFILE, README, ROW
from .groups import plant_fast
from .make import make_world
from .organic import stream
from .words import handles
from .world import _csv, _gzip

KINDS = ("positive", "twin", "noise")
START, DAYS = "2026-09-14", 14
WEEK_2 = "2026-09-21"
"""The first week is the baseline; what is planted happens in the second."""
MEMBERS, ACTS, JOINS, SPREAD_S = 12, 26, 0.85, 50.0
COLUMNS = ("account", "post_id", "time", "text", "handle", "name", "made")


@dataclass(frozen=True)
class Market:
    """An invented market: what its people write about, and what is true of its election."""

    name: str
    country: str
    zone: str
    voting_day: date
    tag: str
    authority: str
    candidates: tuple[str, str]
    parties: tuple[str, str]

    @property
    def folder(self) -> str:
        return self.name.lower()

    @property
    def voting(self) -> str:
        """The voting day as people write it."""
        return f"{self.voting_day.day} {self.voting_day:%B}"

    @property
    def wrong(self) -> str:
        """The day that the planted group names: two days late."""
        late = self.voting_day + timedelta(days=2)
        return f"{late.day} {late:%B}"

    @property
    def official(self) -> tuple[str, ...]:
        """Handles of the election authority: the head office and its districts."""
        return (self.authority, *(f"{self.authority}{n:02d}" for n in range(1, MEMBERS)))


MARKETS = (
    Market("Valdoria", "XV", "Europe/Athens", date(2026, 10, 4), "valdoria2026", "ValdoriaVotes",
           ("Miravelle Ostrander", "Teodoric Banesh"), ("Harbour Party", "Upland Union")),
    Market("Quessa", "XQ", "America/Lima", date(2026, 10, 11), "quessa2026", "QuessaElections",
           ("Ilvana Corrigast", "Berend Solwick"), ("River League", "Granite Front")),
    Market("Ostmere", "XO", "Asia/Kolkata", date(2026, 10, 6), "ostmere2026", "OstmereBallot",
           ("Halvard Inskip", "Rosalind Tveit"), ("Lantern List", "Field and Forge")),
    Market("Tarnholm", "XT", "Europe/Dublin", date(2026, 10, 8), "tarnholm2026", "TarnholmVote",
           ("Cosima Dray", "Ansgar Pell"), ("Bell Movement", "Mill Alliance")),
    Market("Brackney", "XB", "Pacific/Auckland", date(2026, 10, 10), "brackney2026", "BrackneyPolls",
           ("Odalys Fenwright", "Jorund Ash"), ("Tide Party", "Moor Party")),
)  # fmt: skip

_OPENINGS = (
    "Talked about the election with", "Saw the posters of the election near", "My neighbour will vote for the party of",
    "The debate last night was about", "Nobody at work wants to vote because of", "Waiting for the ballot paper and thinking of",
    "I will vote for whoever repairs", "The election programme of the party mentions", "Heard a long speech on",
    "Election leaflets again, this time about", "They promise before every election to mend", "I wonder who will vote against",
)  # fmt: skip
_THINGS = (
    "the ferry steps", "the tram to the harbour", "two broken bridges", "the school roof", "cheaper bread", "the old mill",
    "the library hours", "our fish market", "the night bus", "the hospital queue", "clean wells", "the bell tower", "the flood wall",
    "the market hall", "street lamps", "the bicycle lane",
)  # fmt: skip
_ENDINGS = (
    "and I am not convinced", "which is long overdue", "as every time", "and my sister disagrees", "so we shall see",
    "while the rain came in", "and nobody laughed", "with far too many numbers", "before breakfast", "and then the lights went out",
)  # fmt: skip
_WRONG = (
    "Polling day is {day}: the office moved it because of the harvest, tell everybody you know, act {n}",
    "They changed the calendar, we vote on {day} and not before, pass this on to your street, act {n}",
    "Do not queue for nothing: voting takes place on {day} this year, share it with your family, act {n}",
)
_RIGHT = (
    "Polling day is {day}: find your polling station in the register and bring a document, notice {n}",
    "We vote on {day}, from seven in the morning to eight in the evening, every district alike, notice {n}",
    "Voting takes place on {day}, ask your district office for help with stairs or lifts, notice {n}",
)


@dataclass(frozen=True, eq=False)
class ElectionWorld:
    """A simulated export of two weeks, and its truth.

    Attributes
    ----------
    rows : DataFrame
        `COLUMNS`, sorted by time; all text.
    planted : frozenset of str
        Accounts that push the false date; empty in the other kinds.
    standing : frozenset of str
        Accounts of a group that acts together in both weeks, on other things.
    known_groups : DataFrame
        The newsrooms, as an investigator could list them.
    market : Market
    profile : str
        The market's profile, TOML.
    """

    rows: pd.DataFrame
    planted: frozenset[str]
    standing: frozenset[str]
    known_groups: pd.DataFrame
    market: Market
    profile: str
    about: str = ""

    def week(self, number: int) -> pd.DataFrame:
        """The rows of the first or the second week."""
        late = self.rows["time"] >= WEEK_2
        return self.rows[late if number == 2 else ~late].reset_index(drop=True)

    def save(self, folder: str | Path) -> list[Path]:
        """Write week1.csv.gz, week2.csv.gz, world.toml, profile.toml and known_groups.csv; the same world, the same bytes."""
        folder = Path(folder)
        paths = []
        for number in (1, 2):
            with replacing(folder / f"week{number}.csv.gz") as temporary:
                temporary.write_bytes(_gzip(_csv(self.week(number))))
            paths.append(folder / f"week{number}.csv.gz")
        texts = {"world.toml": MAPPING, "profile.toml": self.profile, "known_groups.csv": _csv(self.known_groups)}
        return [*paths, *(write_text(folder / name, text) for name, text in texts.items())]


def election_world(
    seed: int = 0, kind: str = "positive", *, market: int = 0, accounts: int = 160, standing: bool = False
) -> ElectionWorld:
    """Two weeks of everyday posts and election talk, with what `kind` says in the second week.

    Parameters
    ----------
    kind : 'positive', 'twin' or 'noise'
        positive: twelve accounts say 26 times within a minute that polling day is two days late, and one account calls itself
        like a candidate with a letter of another script. twin: as many posts, as close together, by the election authority and
        its districts, with the right day. noise: neither. In all of them: a newsroom of twelve outlets, and a parody account.
    market : int
        0 to 4, of `MARKETS`.
    standing : bool
        With a group of eight that acts together in both weeks on links of no election.

    Raises
    ------
    UnknownNameError, InputError
        Another kind, or another market.
    """
    if kind not in KINDS:
        raise unknown("kind of world", kind, KINDS)
    if not 0 <= market < len(MARKETS):
        raise InputError(f"market {market} does not exist", "election_world", f"give 0 to {len(MARKETS) - 1}")
    place = MARKETS[market]
    group = (plant_fast("standing", accounts=8, acts=40),) if standing else ()
    base = make_world(
        1000 * market + seed, accounts, DAYS, groups=group, newsrooms=1, fans=0, viral=2, posts_per_day=1.2,
        weather=1, wire_per_day=5, start=START,
    )  # fmt: skip
    ordinary = base.truth.loc[base.truth["kind"] == "ordinary", "account"].to_numpy()
    rng = stream(seed, "election", place.name, kind if kind == "noise" else "pushed")
    taken = set(base.truth["account"])
    fresh = (
        [h for h in handles(rng.permutation(90_000)[: MEMBERS * 4].astype(np.int64)) if h not in taken][:MEMBERS]
        if kind == "positive"
        else []
    )
    parts = [_talk(rng, place, ordinary), _notices(rng, place)]
    if kind != "noise":
        parts.append(_pushed(rng, place, fresh or list(place.official), kind))
    names = _alike(rng, place, kind)
    parts += [part for part, _ in names]
    more = pd.concat(parts, ignore_index=True)
    more["post_id"] = [f"e{n:06d}" for n in range(len(more))]
    rows = pd.concat([base.rows, more], ignore_index=True)
    shown = dict(pair for _, pairs in names for pair in pairs)
    rows["handle"] = rows["account"]
    rows["name"] = rows["account"].map(shown).fillna(rows["account"])
    young = set(fresh) | {a for a in shown if kind == "positive"}
    rows["made"] = ["2026-08-30" if a in young else _made(a) for a in rows["account"]]
    rows = rows.sort_values(["time", "post_id"], ignore_index=True).reindex(columns=list(COLUMNS))
    return ElectionWorld(
        rows=rows,
        planted=frozenset(fresh),
        standing=base.planted.get("standing", frozenset()),
        known_groups=base.known_groups,
        market=place,
        profile=_profile(place),
        about=f"election_world(seed={seed}, kind={kind!r}, market={market}, accounts={accounts}, standing={standing})",
    )


def broken_election(world: ElectionWorld, seed: int = 0) -> ElectionWorld:
    """The same export damaged: days instead of times, a tenth of the rows twice, some without account or time, two days lost."""
    rng = stream(seed, "broken")
    rows = world.rows.assign(time=world.rows["time"].str[:10])
    lost = rows["time"].isin(["2026-09-23", "2026-09-24"])
    rows = rows[~lost]
    twice = rows[rng.random(len(rows)) < 0.1]
    rows = pd.concat([rows, twice], ignore_index=True)
    draw = rng.random(len(rows))
    rows.loc[draw < 0.02, "account"] = ""
    rows.loc[draw > 0.98, "time"] = ""
    return replace(world, rows=rows, about=f"broken_election({world.about}, seed={seed})")


def save_markets(folder: str | Path, seed: int = 0) -> list[Path]:
    """Write five markets of two weeks, their profiles, and the plans week1.toml and week2.toml for `investigate batch`.

    In the second week one market has a pushed false date (Valdoria), one an official campaign of the same size (Quessa), and a
    group that was there before goes on in two (Valdoria, Ostmere); the others have nothing.
    """
    folder = Path(folder)
    kinds = ("positive", "twin", "noise", "noise", "noise")
    paths: list[Path] = []
    for number, (place, kind) in enumerate(zip(MARKETS, kinds, strict=True)):
        world = election_world(seed, kind, market=number, standing=number in (0, 2))
        paths += world.save(folder / place.folder)
    for week in (1, 2):
        rows = "".join(ROW[week].format(name=m.folder) for m in MARKETS)
        paths.append(write_text(folder / f"week{week}.toml", PLAN[week] + rows))
    paths.append(write_text(folder / "README.md", README.format(seed=seed)))
    return paths


def _stamp(days: np.ndarray, seconds: np.ndarray) -> list[str]:
    at = pd.Timestamp(START, tz="UTC") + pd.to_timedelta(np.round(days * 86_400 + seconds), unit="s")
    return list(at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _hours(rng: np.random.Generator, n: int) -> np.ndarray:
    """Seconds of the day at which people write: mostly in the evening."""
    return np.clip(rng.normal(18, 3.5, n), 0.2, 23.8) * 3600 + rng.random(n) * 600 - 300


def _talk(rng: np.random.Generator, place: Market, people: np.ndarray) -> pd.DataFrame:
    """What ordinary accounts say about the election, each in own words; a few name the right day."""
    n = 42 * DAYS
    who = people[(len(people) * rng.random(n) ** 2).astype(int)]
    texts = [
        f"{_OPENINGS[a]} {_THINGS[b]} {_ENDINGS[c]}"
        for a, b, c in zip(rng.integers(len(_OPENINGS), size=n), rng.integers(len(_THINGS), size=n), rng.integers(len(_ENDINGS), size=n), strict=True)
    ]  # fmt: skip
    extra = rng.random(n)
    said = [
        t + (f" #{place.tag}" if x < 0.3 else f", {place.candidates[int(x * 100) % 2]} said" if x < 0.5 else f", vote on {place.voting}" if x < 0.56 else "")
        for t, x in zip(texts, extra, strict=True)
    ]  # fmt: skip
    return pd.DataFrame({"account": who, "time": _stamp(rng.integers(DAYS, size=n), _hours(rng, n)), "text": said})


def _notices(rng: np.random.Generator, place: Market) -> pd.DataFrame:
    """The authority's own notices, two a day."""
    n = 2 * DAYS
    texts = [_RIGHT[k % 3].format(day=place.voting, n=f"{place.tag} {k}") for k in range(n)]
    days = np.repeat(np.arange(DAYS), 2)
    return pd.DataFrame({"account": place.authority, "time": _stamp(days, _hours(rng, n)), "text": texts})


def _pushed(rng: np.random.Generator, place: Market, members: list[str], kind: str) -> pd.DataFrame:
    """Joint acts in the second week: the same words and tag within a minute."""
    words, day = (_WRONG, place.wrong) if kind == "positive" else (_RIGHT, place.voting)
    begin = np.sort(rng.choice(7 * 60, ACTS, replace=False))  # twenty-minute slots between 6 and 20 o'clock
    rows = []
    for act, slot in enumerate(begin):
        there = rng.random(MEMBERS) < JOINS
        at = 6 * 3600 + (slot % 60) * 840 + SPREAD_S * rng.random(MEMBERS)
        text = words[act % 3].format(day=day, n=1000 + act) + f" #{place.tag}act{act}"
        rows += [(members[i], 7 + slot // 60, at[i], text) for i in np.flatnonzero(there)]
    table = pd.DataFrame(rows, columns=["account", "day", "second", "text"])
    table["time"] = _stamp(table["day"].to_numpy(float), table["second"].to_numpy(float))
    return table[["account", "time", "text"]]


def _alike(rng: np.random.Generator, place: Market, kind: str) -> list[tuple[pd.DataFrame, list[tuple[str, str]]]]:
    """A parody account that says so, and in the positive world one that looks like a candidate: (posts, names shown)."""
    first, last = place.candidates[0].split()
    accounts = [(f"{first}{last}Parody", f"{first} {last} (parody)")]
    if kind == "positive":
        # The letters a and e of another script, which look the same.
        folded = last.replace("a", "\u0430").replace("e", "\u0435")
        accounts.append((f"{first[0]}{last}Real", f"{first} {folded}"))
    out = []
    for account, shown in accounts:
        n = 6
        texts = [f"{_OPENINGS[k]} {_THINGS[(k * 5) % 16]} {_ENDINGS[k % 10]}, says {account}" for k in range(n)]
        days = 7 + rng.integers(7, size=n)
        posts = pd.DataFrame({"account": account, "time": _stamp(days, _hours(rng, n)), "text": texts})
        out.append((posts, [(account, shown)]))
    return out


def _made(account: str) -> str:
    """When an ordinary account was made: a day that its name decides."""
    return str(date(2015, 1, 1) + timedelta(days=sum(map(ord, account)) * 7 % 4000))


def _profile(place: Market) -> str:
    return PROFILE.format(
        name=place.name,
        country=place.country,
        zone=place.zone,
        voting=place.voting_day.isoformat(),
        silence=(place.voting_day - timedelta(days=1)).isoformat(),
        count=(place.voting_day + timedelta(days=1)).isoformat(),
        certification=(place.voting_day + timedelta(days=15)).isoformat(),
        tag=place.tag,
        authority=place.authority,
        official=", ".join(f'"{handle}"' for handle in place.official),
        first=place.candidates[0],
        second=place.candidates[1],
        first_handle=place.candidates[0][0] + place.candidates[0].split()[1],
        second_handle=place.candidates[1].replace(" ", ""),
        one=place.parties[0],
        two=place.parties[1],
    )
