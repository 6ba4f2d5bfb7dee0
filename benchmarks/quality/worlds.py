"""Worlds to measure detection quality on: each kind under many seeds, made when asked for. No scoring here.

Run `python -m benchmarks.quality.worlds` for a table of what the worlds hold.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import pandas as pd

from investigate.errors import unknown
from investigate.simulate import World, make_world, plant_camouflage, plant_fast, plant_slow, shuffle_times

_QUIET = {"newsrooms": 0, "fans": 0, "viral": 0, "weather": 0}


class Kind(NamedTuple):
    """One kind of world: how it is made from a seed, what a good method does on it, and how it is looked at."""

    make: Callable[[int], World]
    good: str
    window: str = "60s"
    listed: bool = True  # the investigator has the list of known groups
    positive: bool = False


def _shuffled(seed: int) -> World:
    return shuffle_times(make_world(seed), seed)


KINDS: dict[str, Kind] = {
    "fast": Kind(partial(make_world, groups=(plant_fast(),)), "find the 15 accounts, and no others", positive=True),
    "slow": Kind(
        partial(make_world, groups=(plant_slow(),)),
        "find the 15 accounts with a window of 300 s; at 60 s only some",
        window="300s",
        positive=True,
    ),
    "camouflage": Kind(
        partial(make_world, groups=(plant_camouflage(),)), "find the 10 accounts, and no others", positive=True
    ),
    "nothing": Kind(partial(make_world, groups=()), "find no group but the known newsroom"),
    "newsroom": Kind(
        partial(make_world, groups=(), **(_QUIET | {"newsrooms": 1})), "explain the newsroom by the known group"
    ),
    "newsroom_unlisted": Kind(
        partial(make_world, groups=(), **(_QUIET | {"newsrooms": 1})),
        "give the newsroom as a lead at most, explained as syndication, though nobody listed it",
        listed=False,
    ),
    "fans": Kind(partial(make_world, groups=(), **(_QUIET | {"fans": 1})), "find nothing above a lead"),
    "shuffled": Kind(_shuffled, "find nothing by time: the texts are copies, the times are random"),
    "one_zone": Kind(
        partial(make_world, groups=(), newsrooms=0, one_zone=True, posts_per_day=8.0),
        "find nothing above a lead: everybody is awake in the same hours",
    ),
    "push": Kind(
        partial(make_world, accounts=3000, groups=(), newsrooms=0, pushes=9, posts_per_day=2.0),
        "find nothing above a lead: one alert brings half of 3,000 accounts together within minutes, nine times",
    ),
}
POSITIVE = tuple(name for name, kind in KINDS.items() if kind.positive)


class Trial(NamedTuple):
    """One world to judge a method on."""

    world: World
    truth: pd.DataFrame
    kind: str
    seed: int

    @property
    def positives(self) -> frozenset[str]:
        """The accounts a perfect method returns; none where the kind of world has nothing to find."""
        return frozenset().union(*self.world.planted.values()) if self.kind in POSITIVE else frozenset()


def trial(kind: str, seed: int) -> Trial:
    """One world of a kind, made now.

    Raises
    ------
    UnknownNameError
        A kind that is not in `KINDS`.
    """
    if kind not in KINDS:
        raise unknown("kind of world", kind, KINDS)
    world = KINDS[kind].make(seed)
    return Trial(world, world.truth, kind, seed)


def worlds(seeds: Iterable[int] = range(20), kinds: Iterable[str] = tuple(KINDS)) -> Iterator[Trial]:
    """Every kind of world under every seed, one at a time, kinds outermost.

    Raises
    ------
    UnknownNameError
        A kind that is not in `KINDS`; nothing has been made then.
    """
    kinds, seeds = tuple(kinds), tuple(seeds)
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind of world", kind, KINDS)
    for kind in kinds:
        for seed in seeds:
            yield trial(kind, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the benchmark worlds hold.")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1")
    for one in worlds(range(parser.parse_args().seeds)):
        accounts = one.truth["kind"].value_counts().sort_index()
        held = ", ".join(f"{n} {kind}" for kind, n in accounts.items())
        print(
            f"{one.kind:<18} seed {one.seed}: {len(one.world.rows):>6,} posts; {len(one.positives):>2} to find; {held}"
        )


if __name__ == "__main__":
    main()
