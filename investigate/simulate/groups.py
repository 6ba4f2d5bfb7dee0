"""Groups that act together: planted ones, and the innocent ones they are easily mistaken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from .organic import (
    DAY,
    FANS_AT,
    HOUR,
    OWN_NEWS_AT,
    PLANTS_AT,
    WIRE_AT,
    Cast,
    Posts,
    pick,
    with_tracking,
    wordings,
)
from .words import Ints, links, stories

KINDS = ("planted_fast", "planted_slow", "planted_camouflage", "newsroom", "fans", "automated", "ordinary")
FORMS = ("url", "text+url", "hashtag", "text")


@dataclass(frozen=True)
class Plant:
    """A group to plant.

    Parameters
    ----------
    name : str
        The group's name in the truth tables.
    kind : str
        'planted_fast', 'planted_slow' or 'planted_camouflage'.
    accounts : int
        Members.
    acts : int
        Objects the group pushes together.
    spread_s : float
        Seconds within which the members of one act post; their delays are even over it.
    joins : float
        Chance that a member takes part in an act.
    least : int
        Joint acts every member takes part in at least.
    echoed : float
        Share of the objects that ordinary accounts share as well, earlier or later.
    ordinary_share : float
        Share of the members' posts that are ordinary: everyday posts, in the members' own rhythm.
    forms : tuple of str
        What the posts of one act have in common, taken in turn: 'url', 'hashtag', 'text', 'text+url'.
    """

    name: str
    kind: str
    accounts: int
    acts: int
    spread_s: float
    joins: float = 0.8
    least: int = 3
    echoed: float = 0.5
    ordinary_share: float = 0.4
    forms: tuple[str, ...] = ("url", "text+url", "hashtag")

    def __post_init__(self) -> None:
        wrong = []
        if not self.kind.startswith("planted_") or self.kind not in KINDS:
            wrong.append(f"kind '{self.kind}' is not one of {', '.join(k for k in KINDS if k.startswith('planted_'))}")
        if set(self.forms) - set(FORMS) or not self.forms:
            wrong.append(f"forms {self.forms} must be taken from {', '.join(FORMS)}")
        if not 2 <= self.accounts <= 2000 or not 1 <= self.acts <= 1000 or self.least > self.acts:
            wrong.append("accounts must be 2 to 2000, acts 1 to 1000, least no more than acts")
        if (
            not 0 < self.joins <= 1
            or not 0 <= self.echoed <= 1
            or not 0 <= self.ordinary_share < 1
            or self.spread_s < 0
        ):
            wrong.append(
                "joins must be above 0 and at most 1, echoed 0 to 1, ordinary_share below 1, spread_s not negative"
            )
        if wrong:
            raise InputError("; ".join(wrong), f"planted group '{self.name}'", "correct the parameters of the group")


def plant_fast(name: str = "fast", accounts: int = 15, acts: int = 30, **more: Any) -> Plant:
    """A group whose members share the same objects within a minute; six posts in ten are joint acts."""
    return Plant(name, "planted_fast", accounts, acts, **{"spread_s": 60.0, **more})


def plant_slow(name: str = "slow", accounts: int = 15, acts: int = 30, **more: Any) -> Plant:
    """A group that takes five minutes over each object: a window of 60 s sees a third of its pairs."""
    return Plant(name, "planted_slow", accounts, acts, **{"spread_s": 300.0, **more})


def plant_camouflage(name: str = "camouflage", accounts: int = 10, acts: int = 12, **more: Any) -> Plant:
    """A group that hides: four posts in five are ordinary, and every member joins at least six acts of a minute."""
    hidden: dict[str, Any] = {"spread_s": 60.0, "least": 6, "ordinary_share": 0.8, "forms": ("url", "text+url")}
    return Plant(name, "planted_camouflage", accounts, acts, **{**hidden, **more})


def attendance(rng: np.random.Generator, members: int, acts: int, joins: float, least: int) -> np.ndarray:
    """Who takes part in what: a table of members by acts, at least `least` acts per member and two members per act."""
    draw = rng.random((members, acts))
    cut = np.maximum(joins, np.partition(draw, least - 1, axis=1)[:, least - 1 : least]) if least else joins
    there = draw <= cut
    there |= draw <= np.partition(draw, 1, axis=0)[1]
    return there


def beginnings(rng: np.random.Generator, acts: int, days: int, first_hour: float, last_hour: float) -> np.ndarray:
    """Seconds at which acts begin, sorted: different quarters of an hour, between two hours of the day (UTC)."""
    quarters = np.arange(int(first_hour * 4), int(last_hour * 4))
    slots = (np.arange(days)[:, None] * 96 + quarters[None, :]).ravel()
    chosen = rng.permutation(slots)[:acts] if acts <= len(slots) else rng.choice(slots, size=acts)
    return np.sort(chosen) * 900.0 + rng.random(acts) * 600


def planted(rng: np.random.Generator, cast: Cast, plant: Plant, number: int, days: int) -> tuple[list[Posts], Ints]:
    """The joint posts of a planted group, the echoes by others, and how many ordinary posts each member owes."""
    who = cast.where(plant.name)
    there = attendance(rng, len(who), plant.acts, plant.joins, plant.least)
    begin = beginnings(rng, plant.acts, days, 7, 22)
    others = np.flatnonzero(np.array(cast.kind, dtype=object) == "ordinary")
    echoed = np.zeros(plant.acts, dtype=bool)
    echoed[rng.permutation(plant.acts)[: round(plant.echoed * plant.acts)]] = True
    out = []
    for act in range(plant.acts):
        form, position = plant.forms[act % len(plant.forms)], PLANTS_AT + number * 1000 + act
        members = who[there[:, act]]
        second = begin[act] + plant.spread_s * rng.random(len(members))
        out.append(
            Posts(
                members,
                second,
                wordings(rng, form, position, cast.language[members]),
                [f"{plant.name}/{act + 1:03d}"] * len(members),
            )
        )
        if echoed[act] and len(others):
            size = min(3 + int(12 * rng.standard_exponential()), 60, len(others))
            fellow = others[pick(rng, np.sqrt(cast.appetite[others]), size)]
            delay = 5400 * np.exp(1.2 * rng.standard_normal(size)) * np.where(rng.random(size) < 0.3, -1, 1)
            out.append(
                Posts(fellow, begin[act] + delay, wordings(rng, form, position, cast.language[fellow]), [""] * size)
            )
    owed = np.zeros(len(cast), dtype=np.int64)
    owed[who] = np.round(there.sum(axis=1) * plant.ordinary_share / (1 - plant.ordinary_share))
    return out, owed


def newsroom(rng: np.random.Generator, cast: Cast, group: str, number: int, days: int, per_day: int) -> list[Posts]:
    """Outlets that carry agency stories within two minutes of one another, their own stories, and readers."""
    who = cast.where(group)
    readers = np.flatnonzero(np.array(cast.kind, dtype=object) == "ordinary")
    out = []
    for act, begin in enumerate(beginnings(rng, per_day * days, days, 5, 21)):
        position = WIRE_AT + number * 4000 + act
        text = f"{stories(np.array([position]))[0]} {links(np.array([position]))[0]}"
        carriers = rng.permutation(who)[: rng.integers(min(8, len(who)), len(who) + 1)]
        second = begin + rng.uniform(60, 120) * rng.random(len(carriers))
        out.append(Posts(carriers, second, [text] * len(carriers), [f"{group}/{act + 1:03d}"] * len(carriers)))
        size = min(2 + 2 * int(rng.zipf(1.8)), len(readers) // 5)
        fellow = readers[pick(rng, np.sqrt(cast.appetite[readers]), size)]
        # One reader in eight acts on the push notification, within a minute or so of the outlets.
        delay = np.where(
            rng.random(size) < 0.125, 5 + 85 * rng.random(size), 9000 * np.exp(1.2 * rng.standard_normal(size))
        )
        out.append(Posts(fellow, begin + delay, with_tracking(rng, [text] * size), [""] * size))
    own = np.repeat(who, 3 * days)
    place = OWN_NEWS_AT + number * 5000 + np.arange(len(own)) % 5000
    text_own = [f"{headline} {address}" for headline, address in zip(stories(place), links(place), strict=True)]
    second = rng.integers(days, size=len(own)) * DAY + (6 + 14 * rng.random(len(own))) * HOUR
    return [*out, Posts(own, second, text_own, [""] * len(own))]


def fans(
    rng: np.random.Generator, cast: Cast, group: str, number: int, days: int, per_day: int, delay_min: float
) -> list[Posts]:
    """People who react within minutes to one performer (the group's first account), never quite the same people."""
    idol, crowd = cast.where(group)[0], cast.where(group)[1:]
    keen = 0.25 + 0.5 * rng.random(len(crowd))
    forms = ("text+url", "hashtag", "url")
    out = []
    for act, begin in enumerate(beginnings(rng, per_day * days, days, 9, 22)):
        form, position = forms[act % 3], FANS_AT + number * 1000 + act
        label = f"{group}/{act + 1:03d}"
        out.append(
            Posts(np.array([idol]), np.array([begin]), wordings(rng, form, position, cast.language[[idol]]), [label])
        )
        there = crowd[rng.random(len(crowd)) < keen]
        second = begin + 60 * delay_min * np.exp(1.0 * rng.standard_normal(len(there)))
        source = cast.handle[idol] if form == "text+url" else ""
        out.append(
            Posts(there, second, wordings(rng, form, position, cast.language[there], source), [label] * len(there))
        )
    return out
