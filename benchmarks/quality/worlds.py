"""Worlds to measure detection quality on: each kind under many seeds, made when asked for. No scoring here.

Run `python benchmarks/quality/worlds.py` for a table of what the worlds hold.
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


def _shuffled(seed: int) -> World:
    return shuffle_times(make_world(seed), seed)


# Each kind with what a good method does on it.
KINDS: dict[str, tuple[Callable[[int], World], str]] = {
    "fast": (partial(make_world, groups=(plant_fast(),)), "find the 15 accounts, and no others"),
    "slow": (
        partial(make_world, groups=(plant_slow(),)),
        "find the 15 accounts with a window of 300 s; at 60 s only some",
    ),
    "camouflage": (partial(make_world, groups=(plant_camouflage(),)), "find the 10 accounts, and no others"),
    "nothing": (partial(make_world, groups=()), "find no group but the known newsroom"),
    "newsroom": (
        partial(make_world, groups=(), **(_QUIET | {"newsrooms": 1})),
        "explain the newsroom by the known group",
    ),
    "fans": (partial(make_world, groups=(), **(_QUIET | {"fans": 1})), "find nothing above a lead"),
    "shuffled": (_shuffled, "find nothing by time: the texts are copies, the times are random"),
}
POSITIVE = ("fast", "slow", "camouflage")


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
            world = KINDS[kind][0](seed)
            yield Trial(world, world.truth, kind, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the benchmark worlds hold.")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1")
    for trial in worlds(range(parser.parse_args().seeds)):
        accounts = trial.truth["kind"].value_counts().sort_index()
        held = ", ".join(f"{n} {kind}" for kind, n in accounts.items())
        print(
            f"{trial.kind:<11} seed {trial.seed}: {len(trial.world.rows):>6,} posts;"
            f" {len(trial.positives):>2} to find; {held}"
        )


if __name__ == "__main__":
    main()
