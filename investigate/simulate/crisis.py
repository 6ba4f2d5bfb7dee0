"""Worlds around an event: a hoax in many wordings, a false fundraiser, a group that amplifies; and their innocent twin.

`crisis_world` makes one of three, `broken_crisis` damages it. As everywhere here, nothing is real.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import unknown
from ..files import replacing
from ..objects import normal_text
from ..similar import jaccard
from .make import make_world
from .organic import stream
from .words import chatter, handles

KINDS = ("positive", "twin", "noise")
EVENT_TIME = "2026-03-07T14:00:00Z"
TERMS = ("TolvikBridge", "Tolvik bridge")
CHARITY = "Orrin Bay Relief Fund @orrinbayrelief orrinbayrelief.example"
COLUMNS = (
    "account", "post_id", "time", "text", "repost_of", "platform", "language", "handle", "name", "made", "followers"
)  # fmt: skip

MAPPING = {
    "account_id": "account",
    "content_id": "post_id",
    "created_at": "time",
    "text": "text",
    "repost_of": "repost_of",
    "platform": "platform",
    "language": "language",
    "handle": "handle",
    "display_name": "name",
    "account_created_at": "made",
    "followers": "followers",
}
"""How the `csv` source reads a world."""

HOAX = (
    "Police scanner says the whole Tolvik bridge fell because the harbour office hid the last three inspection reports",
    "Η γέφυρα Tolvik bridge έπεσε επειδή το λιμεναρχείο έκρυψε τις τρεις τελευταίες εκθέσεις ελέγχου και τώρα το αρνείται",
    "Leaked memo: rescue crews at Tolvik bridge were ordered to wait two hours until the cameras of the ministry arrived",
)
SOLIDARITY = (
    "Our hearts are with everybody at Tolvik bridge tonight, light a candle in your window and check on your neighbours",
    "Οι σκέψεις μας είναι με όλους στη γέφυρα Tolvik bridge απόψε, ανάψτε ένα κερί και μιλήστε με τους γείτονές σας",
    "Blood donors needed after the Tolvik bridge accident, the clinic on Quay Row is open all night and welcomes everybody",
)
_FILLERS = ("please", "really", "apparently", "again", "today", "now", "they say", "friends", "honestly", "folks")
_OPENINGS = (
    "At #TolvikBridge I can see", "Near #TolvikBridge we heard", "My cousin lives by #TolvikBridge and saw", "Closed off around #TolvikBridge:",
    "Has anybody news from #TolvikBridge about", "The road to #TolvikBridge is full of", "On the radio they spoke of #TolvikBridge and", "From our roof at #TolvikBridge",
)  # fmt: skip
_THINGS = (
    "two ambulances", "a crane", "the ferry turning back", "smoke over the pier", "people with blankets", "a long queue of trams", "divers in the water",
    "the bells ringing", "boats with lights", "a helicopter circling", "teachers counting children", "the market being cleared", "a broken railing", "lorries with sand",
)  # fmt: skip
_PLACES = (
    "by the old mill", "behind the depot", "at the ferry steps", "under the footbridge", "next to the school", "opposite the library", "on Quay Row",
    "beside the pond", "near the bandstand", "at the end of the lane", "by the lighthouse", "in front of the bakery",
)  # fmt: skip
_ENDINGS = (
    "since noon",
    "for an hour now",
    "and nobody explains",
    "in heavy rain",
    "as far as I can tell",
    "which I have never seen",
    "while we wait",
    "and it is quiet",
)


@dataclass(frozen=True, eq=False)
class CrisisWorld:
    """A simulated export around an event, and its truth.

    Attributes
    ----------
    rows : DataFrame
        `COLUMNS`, sorted by time; all text.
    truth : DataFrame
        post_id, part (hoax_1, ..., appeal, talk, ...), variant (the family a post was made for; "" for none).
    charity : str
        The protected name, as the parameter `charities` takes it.
    about : str
        The call that makes it again.
    """

    rows: pd.DataFrame
    truth: pd.DataFrame
    charity: str = CHARITY
    about: str = ""

    def save(self, path: str | Path) -> Path:
        """Write the rows as CSV; the same world gives the same bytes."""
        buffer = io.StringIO()
        self.rows.to_csv(buffer, index=False, lineterminator="\n")
        with replacing(Path(path)) as temporary:
            temporary.write_text(buffer.getvalue(), encoding="utf-8", newline="\n")
        return Path(path)


def crisis_world(seed: int = 0, kind: str = "positive", *, accounts: int = 160, size: float = 1.0) -> CrisisWorld:
    """Three days of everyday posts, with an event on the third at `EVENT_TIME`.

    Parameters
    ----------
    kind : 'positive', 'twin' or 'noise'
        positive: three hoaxes in many wordings (two English, one Greek), four look-alikes of a charity that share a wallet, an
        account number and a site, and twelve accounts that push one hoax within a minute. twin: as many posts, but solidarity
        texts that people edit, agency news of twelve outlets, mutual aid with everybody's own way to pay, and an honest
        appeal that many pass on. noise: everyday posts and talk about the event, in everybody's own words.
    size : float
        Multiplies the posts about the event.

    Returns
    -------
    CrisisWorld

    Raises
    ------
    UnknownNameError
        Another kind.

    Notes
    -----
    Every planted wording has a Jaccard similarity of at least 0.8 to the first one of its family, so that a search at
    0.8 can find it; edits in life are wilder.
    """
    if kind not in KINDS:
        raise unknown("kind of world", kind, KINDS)
    base = make_world(
        seed, accounts=accounts, days=3, groups=(), fans=0, viral=2, newsrooms=int(kind == "twin"), posts_per_day=4.0
    )
    rng, event = stream(seed, "crisis", kind), pd.Timestamp(EVENT_TIME)
    who = base.truth.loc[base.truth["kind"] == "ordinary", "account"].to_numpy(object)
    newcomers = [f"{h}_c" for h in handles(stream(seed, "crisis names").permutation(90_000)[:40].astype(np.int64))]
    parts = [_talk(rng, who, event, int(420 * size))]
    if kind != "noise":
        texts = HOAX if kind == "positive" else SOLIDARITY
        counts = [int(n * size) for n in (150, 70, 90)]
        for number, (text, n) in enumerate(zip(texts, counts, strict=True), 1):
            parts.append(
                _wordings(rng, who, event, text, n, f"{'hoax' if kind == 'positive' else 'solidarity'}_{number}")
            )
        parts.append(_appeals(rng, event, newcomers[:12], kind))
        parts.append(_own_appeal(rng, event, who, kind))
        parts.append(_pushed(rng, event, newcomers[12:24], texts[2], kind))
    rows = pd.concat([_background(base, event), *parts], ignore_index=True)
    return _world(rows, seed, event, f"crisis_world({seed}, {kind!r}, accounts={accounts}, size={size})")


def _background(base, event: pd.Timestamp) -> pd.DataFrame:
    """Everyday posts, moved so that the third day is the event's."""
    table = base.rows[["account", "time", "text"]].copy()
    shift = event.normalize() - pd.Timedelta(days=2) - pd.Timestamp(base.rows["time"].iloc[0]).normalize()
    table["time"] = pd.to_datetime(table["time"]) + shift
    return table.assign(part="everyday", variant="", repost="", language="en")


def _after(rng: np.random.Generator, event: pd.Timestamp, n: int, median_h: float) -> pd.DatetimeIndex:
    """Times after the event: few at first, a rise, a long tail; all on the event's day."""
    hours = 0.1 + median_h * np.exp(0.7 * rng.standard_normal(n))
    hours = np.where(hours < 9.5, hours, 9.5 * rng.random(n))
    return event + pd.to_timedelta(np.floor(hours * 3600), unit="s")


def _talk(rng: np.random.Generator, who: np.ndarray, event: pd.Timestamp, n: int) -> pd.DataFrame:
    parts = [rng.choice(np.array(p, object), n) for p in (_OPENINGS, _THINGS, _PLACES, _ENDINGS)]
    detail = rng.choice(np.array(_THINGS, object), n)
    text = [
        f"{a} {b} {c} {d}, later {e} {i % 97 + 2}" for i, (a, b, c, d, e) in enumerate(zip(*parts, detail, strict=True))
    ]
    return _part(rng.choice(who, n), _after(rng, event, n, 2.0), text, "talk", "")


def _wordings(
    rng: np.random.Generator, who: np.ndarray, event: pd.Timestamp, text: str, n: int, name: str
) -> pd.DataFrame:
    """One text in many wordings; a quarter of the posts repost the first one."""
    at = _after(rng, event, n, 2.5).sort_values()
    said = [text, *(edited(rng, text) for _ in range(n - 1))]
    again = rng.random(n) < 0.25
    again[:2] = False
    said = [text if r else s for r, s in zip(again, said, strict=True)]
    part = _part(rng.choice(who, n), at, said, name, name)
    part["repost"] = np.where(again, "first", "")
    part["language"] = "el" if not text.isascii() else "en"
    return part


def edited(rng: np.random.Generator, text: str, least: float = 0.8) -> str:
    """A wording of a text whose Jaccard similarity to it is at least `least`: a word more, less or other, a tag, other case."""
    start = normal_text(text) or ""
    for _ in range(50):
        words = text.split()
        at, how = int(rng.integers(len(words))), int(rng.integers(5))
        if how == 0:
            words.insert(at, str(rng.choice(_FILLERS)))
        elif how == 1:
            words.pop(at)
        elif how == 2:
            words[at] = words[at].upper()
        elif how == 3:
            words.append(str(rng.choice(["!!", "...", "#news", "?"])))
        else:
            words[at] = str(rng.choice(_FILLERS))
        made = " ".join(words)
        if jaccard(start, normal_text(made) or "") >= least:
            return made
    return text


def _appeals(rng: np.random.Generator, event: pd.Timestamp, names: list[str], kind: str) -> pd.DataFrame:
    """positive: four look-alikes with one wallet, one account number, one site. twin: twelve people with a page each."""
    out = []
    false = ["0rrinbayrelief", "orrinbay_relief", "orrinbayrelief_help", "orrinbayreliefs"]
    for number in range(4 if kind == "positive" else 12):
        n = 12 if kind == "positive" else 4
        account = f"aid_{false[number]}" if kind == "positive" else names[number]
        if kind == "positive":
            way = f"wallet {wallet(7)} or account {account_number(11)} see https://orrinbay-relief.example/donate"
            text = [
                f"Donate now for the families of Tolvik bridge, every coin counts, {way} number {i}" for i in range(n)
            ]
        else:
            text = [
                f"My aunt lost her stall at Tolvik bridge, if you can donate a little for tools her page is https://paypal.me/{names[number]} thank you {i}"
                for i in range(n)
            ]
        at = event + pd.to_timedelta(np.sort(rng.integers(1800, 32_000, n)), unit="s")
        out.append(_part(np.full(n, account, object), at, text, "appeal" if kind == "positive" else "mutual_aid", ""))
    return pd.concat(out, ignore_index=True)


def _own_appeal(rng: np.random.Generator, event: pd.Timestamp, who: np.ndarray, kind: str) -> pd.DataFrame:
    """The charity's own appeal, and people who pass it on."""
    n = 10 if kind == "positive" else 40
    text = [
        f"Donate to the Tolvik bridge fund of the relief service at https://orrinbayrelief.example/tolvik update {i}"
        for i in range(6)
    ]
    own = _part(
        np.full(6, "orrinbayrelief", object), event + pd.to_timedelta(np.arange(1, 7), unit="h"), text, "own_appeal", ""
    )
    on = [
        f"I gave, you can donate for Tolvik bridge too: https://orrinbayrelief.example/tolvik {w}"
        for w in rng.choice(np.array(_PLACES, object), n)
    ]
    return pd.concat(
        [own, _part(rng.choice(who, n), _after(rng, event, n, 3.0), on, "passed_on", "")], ignore_index=True
    )


def _pushed(rng: np.random.Generator, event: pd.Timestamp, names: list[str], text: str, kind: str) -> pd.DataFrame:
    """positive: twelve accounts push the third hoax and fresh links, each act within a minute; twin: the same posts, anybody, any time."""
    out = []
    for act in range(24):
        # Eight acts on the days before are about something else: the group was not made for the event.
        start = (
            event + pd.Timedelta(minutes=25 + 30 * act) if act < 16 else event - pd.Timedelta(hours=5 + 5 * (act - 15))
        )
        joined = [n for n in names if rng.random() < 0.85]
        link = f"https://quaylog.example/a/{act:04x}{'p' if kind == 'positive' else 't'}"
        plain = f"Look at the Tolvik bridge {link}" if act < 16 else f"The weekly news {link}"
        hoax = act % 2 and act < 16
        said = [f"{edited(rng, text)} {link}" if hoax else plain for _ in joined]
        if kind == "positive":
            at = start + pd.to_timedelta(rng.integers(0, 45, len(joined)), unit="s")
        else:
            begin, length = (event, 30_000) if act < 16 else (event - pd.Timedelta(hours=46), 160_000)
            at = begin + pd.to_timedelta(rng.integers(0, length, len(joined)), unit="s")
        name = "everyday" if act >= 16 else "pushed" if kind == "positive" else "shared"
        variant = f"{'hoax' if kind == 'positive' else 'solidarity'}_3"
        out.append(_part(np.array(joined, object), at, said, name, variant if hoax else ""))
    own = _everyday_words(rng, names, event)
    return pd.concat([*out, own], ignore_index=True)


def _everyday_words(rng: np.random.Generator, names: list[str], event: pd.Timestamp) -> pd.DataFrame:
    """Five everyday posts for each of the names, over the three days."""
    who = np.repeat(np.array(names, object), 5)
    at = event - pd.Timedelta(hours=46) + pd.to_timedelta(rng.integers(0, 190_000, len(who)), unit="s")
    return _part(who, at, chatter(rng, np.zeros(len(who), np.int64)), "everyday", "")


def _part(account, at, text, part: str, variant: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"account": account, "time": at, "text": text, "part": part, "variant": variant, "repost": "", "language": "en"}
    )


def _world(rows: pd.DataFrame, seed: int, event: pd.Timestamp, about: str) -> CrisisWorld:
    rows = rows.sort_values(["time", "account", "text"], kind="stable", ignore_index=True)
    rows["post_id"] = [f"c{n:06d}" for n in range(1, len(rows) + 1)]
    first = rows[rows["variant"] != ""].drop_duplicates("part").set_index("part")["post_id"]
    rows["repost_of"] = np.where(rows["repost"] == "first", rows["part"].map(first).astype("str").fillna(""), "")
    people = sorted(set(rows["account"]))
    rng = stream(seed, "crisis people")
    old = pd.Timestamp("2018-01-01") + pd.to_timedelta(rng.integers(0, 2400, len(people)), unit="D")
    about_whom = pd.DataFrame(
        {"account": people, "made": old.strftime("%Y-%m-%dT00:00:00Z"), "followers": rng.integers(5, 900, len(people))}
    )
    about_whom["handle"] = [p.removeprefix("aid_") for p in people]
    about_whom["name"] = [
        "Orrin Bay Relief Fund"
        if p == "orrinbayrelief"
        else "Orrin Bay Relief Fund official"
        if p.startswith("aid_")
        else p.replace("_", " ")
        for p in people
    ]
    fresh = (event - pd.Timedelta(hours=6)).strftime("%Y-%m-%dT%H:00:00Z")
    about_whom["made"] = np.where(about_whom["account"].str.startswith("aid_"), fresh, about_whom["made"])
    rows = rows.merge(about_whom, on="account", how="left").assign(platform="quay")
    rows["time"] = rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    truth = rows[["post_id", "part", "variant"]].copy()
    return CrisisWorld(rows[list(COLUMNS)].astype("str"), truth, CHARITY, about)


def broken_crisis(world: CrisisWorld, seed: int = 0) -> CrisisWorld:
    """The same posts as a bad export: times to the minute, ten silent hours before the event, one row in ten twice, no columns
    but account, post, time and text, and one post in twenty of each hoax dated a day before the event."""
    rng, event = np.random.default_rng(seed), pd.Timestamp(EVENT_TIME)
    rows = world.rows.copy()
    at = pd.to_datetime(rows["time"])
    early = rows["post_id"].isin(world.truth.loc[world.truth["variant"] != "", "post_id"]) & (
        rng.random(len(rows)) < 0.05
    )
    at = at.where(~early, event - pd.Timedelta(hours=3) - pd.to_timedelta(rng.integers(0, 7000, len(rows)), unit="s"))
    silent = (at > event - pd.Timedelta(hours=10)) & (at < event) & ~early
    rows["time"] = at.dt.floor("min").dt.strftime("%Y-%m-%dT%H:%M:00Z")
    rows = rows[~silent]
    twice = rows[rng.random(len(rows)) < 0.1]
    rows = pd.concat([rows, twice]).sort_values(["time", "post_id"], kind="stable", ignore_index=True)
    rows = rows[["account", "post_id", "time", "text"]]
    return replace(world, rows=rows, about=f"broken_crisis({world.about}, seed={seed})")


def wallet(number: int) -> str:
    """An address of the right form and checksum that belongs to nobody."""
    body = b"\x00" + hashlib.sha256(f"nobody's wallet {number}".encode()).digest()[:20]
    raw = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    value, out = int.from_bytes(raw, "big"), ""
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    while value:
        value, rest = divmod(value, 58)
        out = digits[rest] + out
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + out


def account_number(number: int) -> str:
    """An account number (IBAN form) whose check digits hold, of a country code that no bank uses."""
    rest = f"{number:018d}"
    check = 98 - int("".join(str(int(c, 36)) for c in f"{rest}XX00")) % 97
    return f"XX{check:02d}{rest}"
