"""Seeded worlds with planted truth: for samples, tests, benchmarks and training exercises.

A world is a plain export (account, post, time, text) in which some groups act together on purpose and others only
seem to: `make_world` makes one, `shuffle_times` and `without_groups` make its innocent twins. Nothing in it is real.
"""

from .ads import AdWorld, make_ads
from .crisis import CrisisWorld, broken_crisis, crisis_world
from .election import ElectionWorld, broken_election, election_world, save_markets
from .groups import KINDS, Plant, plant_camouflage, plant_fast, plant_slow
from .make import SAMPLE_SEED, make_world, sample_world
from .profiles import profiled, save_profiled
from .queue import QueueWorld, broken_queue, queue_world
from .world import World, shuffle_times, without_groups

__all__ = [
    "KINDS",
    "SAMPLE_SEED",
    "AdWorld",
    "CrisisWorld",
    "ElectionWorld",
    "Plant",
    "QueueWorld",
    "World",
    "broken_crisis",
    "broken_election",
    "broken_queue",
    "crisis_world",
    "election_world",
    "make_ads",
    "make_world",
    "plant_camouflage",
    "plant_fast",
    "plant_slow",
    "profiled",
    "queue_world",
    "sample_world",
    "save_markets",
    "save_profiled",
    "shuffle_times",
    "without_groups",
]
