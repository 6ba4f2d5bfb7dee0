"""`make_world`: the parts of a world put together, in one order, from one seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from .groups import Plant, plant_camouflage, plant_fast, planted
from .groups import fans as fan_posts
from .groups import newsroom as newsroom_posts
from .organic import (
    DAY,
    Cast,
    Posts,
    automated,
    bursts,
    dealt_handles,
    everyday,
    merge,
    people,
    pushed,
    same_hours,
    stream,
)
from .words import MASTHEADS, STORY, TOPICS
from .world import ACT_COLUMNS, KNOWN_COLUMNS, World

SAMPLE_SEED = 7


def make_world(
    seed: int = 0,
    accounts: int = 600,
    days: int = 3,
    groups: Sequence[Plant] = (plant_fast(),),
    newsrooms: int = 1,
    fans: int = 1,
    viral: int = 3,
    *,
    posts_per_day: float = 4.0,
    outlets: int = 12,
    wire_per_day: int = 8,
    fan_accounts: int = 40,
    idol_posts_per_day: int = 8,
    fan_delay_min: float = 6.0,
    viral_reach: float = 0.35,
    viral_cap: int = 2000,
    weather: int = 3,
    pushes: int = 0,
    push_reach: float = 0.5,
    one_zone: bool = False,
    start: str = "2026-03-05",
) -> World:
    """A seeded world of posts, with its truth.

    The same arguments give the same rows. Ordinary accounts, and what they post by themselves, do not depend on
    `groups`, `newsrooms` or `fans`, so worlds with and without a planted group differ by that group alone
    (and by who happens to share what goes viral).

    Parameters
    ----------
    seed : int
        Not negative.
    accounts : int
        Ordinary accounts. Members of groups, newsrooms, fan communities and weather accounts come on top.
    days : int
        Whole days from `start`, midnight UTC.
    groups : sequence of Plant
        What to plant: `plant_fast()`, `plant_slow()`, `plant_camouflage()`, or a `Plant`; `()` for nothing.
    newsrooms, fans, viral : int
        Newsrooms with `outlets` outlets that share `wire_per_day` agency stories a day; fan communities of
        `fan_accounts` and one performer with `idol_posts_per_day`; large viral objects (four times as many small
        ones come with them).
    posts_per_day : float
        Mean number of everyday posts of an ordinary account; a heavy tail lies around it.
    fan_delay_min : float
        Minutes until half of the fans who react have done so: below about 4 they look like a slow planted group.
    viral_reach : float
        Share of all accounts that pass on a large viral object (a fifth of it for a small one), at most `viral_cap`.
    weather : int
        Accounts that declare themselves automated and post every hour.
    pushes : int
        Alerts sent to everybody's telephone: one link and headline each, passed on by `push_reach` of all ordinary
        accounts, half of them within two minutes.
    one_zone : bool
        Everybody lives in one time zone and is awake in the same hours.
    start : str
        First day, ISO 8601.

    Returns
    -------
    World

    Raises
    ------
    InputError
        Parameters out of range, or two groups of one name.

    Notes
    -----
    What is simple here and not so in life: accounts do not answer one another, everyday posts are independent of one
    another, and a planted group never changes its habits. A method that does well here has passed the easy part.
    """
    given = dict(locals())
    _check(given)
    weekday = date.fromisoformat(start).weekday()
    cast = _cast(seed, accounts, groups, newsrooms, fans, outlets, fan_accounts, weather)
    if one_zone:
        cast = same_hours(cast)
    owed = np.zeros(len(cast), dtype=np.int64)
    parts: list[Posts] = []
    for number, plant in enumerate(groups):
        posts, more = planted(stream(seed, "plant", plant.name), cast, plant, number, days)
        parts += posts
        owed += more
    for number in range(newsrooms):
        parts += newsroom_posts(
            stream(seed, "newsroom", number), cast, f"newsroom_{number + 1}", number, days, wire_per_day
        )
    for number in range(fans):
        parts += fan_posts(
            stream(seed, "fans", number), cast, f"fans_{number + 1}", number, days, idol_posts_per_day, fan_delay_min
        )
    parts += bursts(stream(seed, "viral"), cast, days, viral, viral_reach, viral_cap)
    parts += pushed(stream(seed, "push"), cast, days, pushes, push_reach)
    parts.append(automated(stream(seed, "weather"), cast, "weather", days))
    parts += _everyday(seed, cast, owed, days, weekday, posts_per_day)
    return _assemble(cast, parts, days, start, _call(given))


def sample_world(seed: int = SAMPLE_SEED) -> World:
    """The world in `data/samples`: a fast group of 15, a hidden group of 10, and every innocent trap."""
    return make_world(seed, accounts=440, days=4, groups=(plant_fast(), plant_camouflage()), posts_per_day=3.0)


def _check(given: dict[str, Any]) -> None:
    """Refuse what the vocabulary or the calendar cannot carry, all at once."""
    days, names = given["days"], [plant.name for plant in given["groups"]]
    limits = {
        "seed": (given["seed"], 0, 2**63 - 1),
        "accounts": (given["accounts"], 1, 2_000_000),
        "days": (days, 1, 120),
        "number of groups": (len(names), 0, 40),
        "newsrooms": (given["newsrooms"], 0, 10),
        "fans": (given["fans"], 0, 10),
        "viral": (given["viral"], 0, 1000),
        "posts_per_day": (given["posts_per_day"], 0, 1000),
        "outlets": (given["outlets"], 2, len(MASTHEADS) * len(STORY[0])),
        "wire_per_day x days": (given["wire_per_day"] * days, 0, 4000),
        "fan_accounts": (given["fan_accounts"], 1, 1000),
        "fan_delay_min": (given["fan_delay_min"], 0, 1440),
        "idol_posts_per_day x days": (given["idol_posts_per_day"] * days, 0, 1000),
        "viral_reach": (given["viral_reach"], 0, 1),
        "viral_cap": (given["viral_cap"], 0, 1_000_000),
        "weather": (given["weather"], 0, 100),
        "pushes": (given["pushes"], 0, 1000),
        "push_reach": (given["push_reach"], 0, 1),
    }
    wrong = [
        f"{name} = {value} is not between {low} and {high:,}"
        for name, (value, low, high) in limits.items()
        if not low <= value <= high
    ]
    taken = {"weather", "ordinary"} | {f"{kind}_{n}" for kind in ("newsroom", "fans") for n in range(1, 11)}
    wrong += [f"two groups called '{name}'" for name in sorted({n for n in names if names.count(n) > 1})]
    wrong += [f"the group name '{name}' is taken" for name in sorted(set(names) & taken)]
    try:
        date.fromisoformat(given["start"])
    except ValueError:
        wrong.append(f"start = '{given['start']}' is not a date such as 2026-03-05")
    if wrong:
        raise InputError("; ".join(wrong), "parameters of make_world", "correct them")


def _cast(
    seed: int,
    accounts: int,
    groups: Sequence[Plant],
    newsrooms: int,
    fans: int,
    outlets: int,
    fan_accounts: int,
    weather: int,
) -> Cast:
    """Everybody. Handles come from one pool; those of mastheads and automated accounts say what they are."""
    wanted = [("ordinary", "ordinary", accounts)]
    wanted += [(plant.name, plant.kind, plant.accounts) for plant in groups]
    wanted += [(f"fans_{n + 1}", "fans", fan_accounts + 1) for n in range(fans)]
    # A fixed margin over the ordinary accounts keeps their handles the same whatever else is in the world.
    names = dealt_handles(seed, sum(size for *_, size in wanted), accounts + 100_000)
    casts, at = [], 0
    for group, kind, size in wanted:
        casts.append(people(stream(seed, "people", group), names[at : at + size], group, kind))
        at += size
    for n in range(newsrooms):
        titles = [f"{town}_{title}".lower().replace(" ", "_") for title in MASTHEADS for town in STORY[0]]
        order = stream(seed, "outlets", n).permutation(len(titles))[:outlets]
        mark = f"_{n + 1}" if n else ""
        casts.append(
            people(
                stream(seed, "people", f"newsroom_{n + 1}"),
                [titles[i] + mark for i in order],
                f"newsroom_{n + 1}",
                "newsroom",
            )
        )
    casts.append(
        people(
            stream(seed, "people", "weather"), [f"auto_weather_{n + 1}" for n in range(weather)], "weather", "automated"
        )
    )
    return merge(casts)


def _everyday(seed: int, cast: Cast, owed: np.ndarray, days: int, weekday: int, posts_per_day: float) -> list[Posts]:
    """Everyday posts: ordinary accounts and fans by appetite, planted accounts what they owe, one stream per group."""
    out = []
    pool = max(40, int(cast.kind.count("ordinary") * posts_per_day * days) // (2 * len(TOPICS)))
    for group in dict.fromkeys(cast.group):
        who = cast.where(group)
        kind = cast.kind[who[0]]
        rng = stream(seed, "everyday", group)
        counts = np.zeros(len(cast), dtype=np.int64)
        if kind in ("ordinary", "fans"):
            counts[who] = rng.poisson(cast.appetite[who] * posts_per_day * days)
        else:
            counts[who] = owed[who]
        out.append(everyday(rng, cast, counts, days, weekday, pool))
    return out


def _assemble(cast: Cast, parts: list[Posts], days: int, start: str, about: str) -> World:
    """One table of all parts: posts outside the days dropped, whole seconds, sorted by time, numbered."""
    account = np.concatenate([part.account for part in parts])
    second = np.floor(np.concatenate([part.second for part in parts])).astype(np.int64)
    text = np.array([text for part in parts for text in part.text], dtype=object)
    act = np.array([act for part in parts for act in part.act], dtype=object)
    inside = np.flatnonzero((second >= 0) & (second < days * DAY))
    order = inside[np.lexsort((inside, account[inside], second[inside]))]
    times = np.datetime64(start, "s") + second[order].astype("timedelta64[s]")
    rows = pd.DataFrame(
        {
            "account": pd.array(np.array(cast.handle, dtype=object)[account[order]], dtype="str"),
            "post_id": pd.array([f"p{n:07d}" for n in range(1, len(order) + 1)], dtype="str"),
            "time": pd.array(np.strings.add(np.datetime_as_string(times), "Z"), dtype="str"),
            "text": pd.array(text[order], dtype="str"),
        }
    )
    truth = pd.DataFrame({"account": cast.handle, "group": cast.group, "kind": cast.kind}, dtype="str").sort_values(
        "account", ignore_index=True
    )
    joint = np.flatnonzero(act[order] != "")
    label = act[order][joint].tolist()
    acts = pd.DataFrame(
        {"post_id": rows["post_id"].to_numpy()[joint], "group": [a.partition("/")[0] for a in label], "act": label},
        columns=list(ACT_COLUMNS),
        dtype="str",
    )
    news = truth[truth["kind"] == "newsroom"]
    known = pd.DataFrame(
        {
            "account_id": news["account"],
            "group_name": news["group"],
            "relation": "newsroom",
            "source": "imprint of the simulated outlets",
            "valid_from": start,
            "valid_to": "",
        },
        columns=list(KNOWN_COLUMNS),
        dtype="str",
    )
    return World(
        rows, truth, known.reset_index(drop=True), acts.sort_values(["act", "post_id"], ignore_index=True), about
    )


def _call(given: dict[str, Any]) -> str:
    """The call that makes the world again, with every argument."""
    return "make_world(" + ", ".join(f"{name}={value!r}" for name, value in given.items()) + ")"
