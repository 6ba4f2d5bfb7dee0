"""Ordinary life: who is there, when they post, what about, and the things that spread by themselves.

Each part draws from its own stream of random numbers, named after it. So the ordinary rows of a world stay the
same, number for number, whether or not groups are planted in it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .words import (
    GREEK_TAGS,
    LANGUAGES,
    SHORT,
    SKIES,
    STORY,
    TAG_ENDINGS,
    TOPICS,
    Ints,
    chatter,
    handles,
    links,
    stories,
    tags,
)

Floats = NDArray[np.float64]
HOUR, DAY = 3600, 86_400

# Each part that invents objects takes them from its own stretch of the vocabulary: no two parts share one by accident.
VIRAL_AT, PUSH_AT, FANS_AT, WIRE_AT, PLANTS_AT, OWN_NEWS_AT, POOL_AT = (
    0,
    5_000,
    10_000,
    20_000,
    60_000,
    100_000,
    1_000_000,
)


def stream(seed: int, *names: object) -> np.random.Generator:
    """The random numbers of one named part of a world."""
    return np.random.default_rng([seed, zlib.crc32(" ".join(map(str, names)).encode())])


def zipf_draw(rng: np.random.Generator, kinds: int, size: int, exponent: float = 1.0) -> Ints:
    """`size` draws of 0..kinds-1 whose chances fall as 1 / rank ** exponent."""
    chances = np.cumsum(1.0 / np.arange(1, kinds + 1) ** exponent)
    return np.searchsorted(chances / chances[-1], rng.random(size)).clip(0, kinds - 1)


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """`size` different positions, heavier ones more often, in random order (exponential keys)."""
    keys = rng.standard_exponential(len(weights)) / np.maximum(weights, 1e-12)
    return np.argsort(keys, kind="stable")[:size]


@dataclass(frozen=True)
class Cast:
    """Accounts as columns: one entry per account in each array.

    `zone` in hours east of UTC, `evening` the local hour of most posts, `weekend` the weight of a Saturday or Sunday
    against a weekday, `appetite` the relative activity (mean 1 among ordinary accounts).
    """

    handle: list[str]
    group: list[str]
    kind: list[str]
    language: Ints
    topic: Ints
    zone: Ints
    evening: Floats
    weekend: Floats
    appetite: Floats

    def __len__(self) -> int:
        return len(self.handle)

    def where(self, group: str) -> Ints:
        return np.flatnonzero(np.array(self.group, dtype=object) == group)


@dataclass(frozen=True)
class Posts:
    """Rows one part adds: account number, second since the start, text, and the joint act ('' for none)."""

    account: Ints
    second: Floats
    text: list[str]
    act: list[str]


def people(rng: np.random.Generator, names: list[str], group: str, kind: str) -> Cast:
    """Accounts with a language, a time zone, a topic, a daily rhythm and a heavy-tailed appetite."""
    n = len(names)
    language = np.searchsorted(np.cumsum([spoken.share for spoken in LANGUAGES]), rng.random(n)).clip(
        0, len(LANGUAGES) - 1
    )
    zone = np.array(
        [
            spoken.zones[int(u * len(spoken.zones))]
            for spoken, u in zip((LANGUAGES[i] for i in language), rng.random(n), strict=True)
        ],
        dtype=np.int64,
    )
    # A Pareto tail of exponent 1.2 cut at 150 times the floor: a few accounts write most rows.
    appetite = np.minimum((1.0 - rng.random(n)) ** (-1.0 / 1.2), 150.0)
    return Cast(
        handle=names,
        group=[group] * n,
        kind=[kind] * n,
        language=language,
        topic=zipf_draw(rng, len(TOPICS), n, 0.6),
        zone=zone,
        evening=20.0 + 2.0 * rng.standard_normal(n),
        weekend=np.exp(0.4 * rng.standard_normal(n)),
        appetite=appetite / appetite.mean() if n else appetite,
    )


def merge(casts: list[Cast]) -> Cast:
    """One cast of several, in the order given."""

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(cast, name) for cast in casts])

    return Cast(
        handle=[value for cast in casts for value in cast.handle],
        group=[value for cast in casts for value in cast.group],
        kind=[value for cast in casts for value in cast.kind],
        language=joined("language"),
        topic=joined("topic"),
        zone=joined("zone"),
        evening=joined("evening"),
        weekend=joined("weekend"),
        appetite=joined("appetite"),
    )


def moments(rng: np.random.Generator, cast: Cast, account: Ints, days: int, weekday: int) -> Floats:
    """Seconds since the start for posts of `account`: an evening peak, a smaller one in the morning, weekly weights."""
    n = len(account)
    weekend = np.isin((np.arange(days) + weekday) % 7, (5, 6))
    weights = np.where(weekend[None, :], cast.weekend[:, None], 1.0)
    steps = np.cumsum(weights, axis=1)
    day = (rng.random(n)[:, None] * steps[account, -1:] > steps[account]).sum(axis=1)
    morning = rng.random(n) < 0.3
    local = np.where(morning, 8.5 + 1.5 * rng.standard_normal(n), cast.evening[account] + 3.0 * rng.standard_normal(n))
    return day * DAY + ((local - cast.zone[account]) % 24) * HOUR


def with_tracking(rng: np.random.Generator, addresses: list[str]) -> list[str]:
    """Addresses as apps share them: about one in twelve carries a tracking parameter that canonical form drops."""
    tracked = (rng.random(len(addresses)) < 0.08).tolist()
    return [
        address + "?utm_source=app" if marked else address for address, marked in zip(addresses, tracked, strict=True)
    ]


def everyday(rng: np.random.Generator, cast: Cast, counts: Ints, days: int, weekday: int, pool: int) -> Posts:
    """Everyone's own posts: everyday sentences, tags of one's topic, links of Zipf popularity (`pool` to a topic)."""
    account = np.repeat(np.arange(len(cast)), counts)
    n = len(account)
    language = cast.language[account]
    text = np.array(chatter(rng, language), dtype=object)
    short = np.flatnonzero(rng.random(n) < 0.07)
    text[short] = [SHORT[i] for i in zipf_draw(rng, len(SHORT), len(short))]
    own = rng.random(n) < 0.8
    topic = np.where(own, cast.topic[account], rng.integers(len(TOPICS), size=n))
    greek = language == len(LANGUAGES) - 1
    for chance in (0.30, 0.10):
        tagged = np.flatnonzero(rng.random(n) < chance)
        ending, local = zipf_draw(rng, len(TAG_ENDINGS), len(tagged), 1.1), zipf_draw(rng, len(GREEK_TAGS), len(tagged))
        text[tagged] += [
            f" #{GREEK_TAGS[b]}" if g else f" #{TOPICS[t]}{TAG_ENDINGS[a]}"
            for a, b, g, t in zip(
                ending.tolist(), local.tolist(), greek[tagged].tolist(), topic[tagged].tolist(), strict=True
            )
        ]
    linked = np.flatnonzero(rng.random(n) < 0.25)
    place = POOL_AT + topic[linked] * pool + zipf_draw(rng, pool, len(linked), 0.9)
    text[linked] += [" " + address for address in with_tracking(rng, links(place))]
    return Posts(account, moments(rng, cast, account, days, weekday), text.tolist(), [""] * n)


def wordings(
    rng: np.random.Generator, form: str, position: int, language: Ints, copy_of: str = "", first: int = -1
) -> list[str]:
    """Posts about one object, one per entry of `language`.

    `form` says what they have in common: 'url' (own words, same link), 'hashtag' (own words, same tag), 'text' (same
    sentence), 'text+url' (same sentence and link). `copy_of` names the account that repost-like copies
    quote; entry `first` is that account's own post.
    """
    n, where = len(language), np.array([position])
    head = f"RT @{copy_of}: " if copy_of else ""
    said = [head + stories(where)[0]] * n if "text" in form else chatter(rng, language)
    if head and first >= 0:
        said[first] = said[first].removeprefix(head)
    if form == "hashtag":
        return [f"{words} {tags(where)[0]}" for words in said]
    if "url" in form:
        return [f"{words} {address}" for words, address in zip(said, with_tracking(rng, links(where) * n), strict=True)]
    return said


def bursts(rng: np.random.Generator, cast: Cast, days: int, viral: int, reach: float, cap: int) -> list[Posts]:
    """Things that go round by themselves: `viral` large ones and four times as many small ones.

    The sharers are ordinary and planted accounts alike, the active ones more often. Half of the shares fall within
    15 to 40 minutes; in every fifth burst, as after a power cut, within four minutes.
    """
    out = []
    forms = ("text+url", "hashtag", "url")
    # Mastheads and automated accounts pass nothing on.
    appetite = np.where(np.isin(np.array(cast.kind, dtype=object), ("newsroom", "automated")), 0.0, cast.appetite)
    for number in range(viral * 5):
        large = number < viral
        size = min(int((reach if large else reach / 5) * np.count_nonzero(appetite)), cap)
        who = pick(rng, np.sqrt(appetite), size)
        start = (rng.integers(days) * 24 + 11 + 10 * rng.random()) * HOUR
        median = 25.0 if large else (4.0, 15.0, 40.0, 25.0, 15.0)[number % 5]
        second = start + 60 * median * np.exp(1.0 * rng.standard_normal(size))
        form = forms[number % 3]
        first = int(np.argmin(second)) if form == "text+url" and size else -1
        source = cast.handle[who[first]] if first >= 0 else ""
        text = wordings(rng, form, VIRAL_AT + number, cast.language[who], source, first)
        out.append(Posts(who, second, text, [""] * size))
    return out


def pushed(rng: np.random.Generator, cast: Cast, days: int, pushes: int, reach: float) -> list[Posts]:
    """Alerts on everybody's telephone: a headline and its link, shared by half of the sharers within two minutes.

    Who is there differs from alert to alert; active accounts are there more often.
    """
    others = np.flatnonzero(np.array(cast.kind, dtype=object) == "ordinary")
    size = int(reach * len(others))
    out = []
    for number in range(pushes):
        who = others[pick(rng, np.sqrt(cast.appetite[others]), size)]
        start = (rng.integers(days) * 24 + 8 + 13 * rng.random()) * HOUR
        second = start + 120 * np.exp(0.8 * rng.standard_normal(size))
        out.append(Posts(who, second, wordings(rng, "text+url", PUSH_AT + number, cast.language[who]), [""] * size))
    return out


def same_hours(cast: Cast) -> Cast:
    """The same accounts, all in one time zone, with the same evening and the same week."""
    n = len(cast)
    return replace(cast, zone=np.zeros(n, dtype=np.int64), evening=np.full(n, 20.0), weekend=np.ones(n))


def automated(rng: np.random.Generator, cast: Cast, group: str, days: int) -> Posts:
    """Accounts that say they are automated: the weather of one town each, every hour on the hour."""
    who = cast.where(group)
    account = np.repeat(who, days * 24)
    hour = np.tile(np.arange(days * 24), len(who))
    second = hour * HOUR + rng.integers(6, size=len(account))
    degrees = np.round(11 + 5 * np.sin((hour % 24 - 9) / 24 * 2 * np.pi) + rng.standard_normal(len(account)))
    sky = zipf_draw(rng, len(SKIES), len(account), 0.7)
    text = [
        f"Weather in {STORY[0][a % len(STORY[0])]} at {h % 24:02d}:00 UTC: {int(d)} degrees, {SKIES[s]}."
        " Automated report. #weather"
        for a, h, d, s in zip(
            np.searchsorted(who, account).tolist(), hour.tolist(), degrees.tolist(), sky.tolist(), strict=True
        )
    ]
    return Posts(account, second.astype(float), text, [""] * len(account))


def dealt_handles(seed: int, size: int, pool: int) -> list[str]:
    """The first `size` of `pool` shuffled handles, so that a handle says nothing about the part its account plays."""
    return handles(stream(seed, "handles").permutation(pool)[:size].astype(np.int64))
