"""`python -m investigate.simulate --out FOLDER [--seed N]`: write the bundled sample, or another world."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import InvestigateError
from .make import SAMPLE_SEED, sample_world


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sample world; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m investigate.simulate", description="Write the simulated sample world and its truth."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the folder to write to (same as --out)")
    parser.add_argument("--out", type=Path, help="the folder to write to, such as data/samples")
    parser.add_argument(
        "--seed",
        type=int,
        default=SAMPLE_SEED,
        help=f"another seed gives another world of the same make-up (default {SAMPLE_SEED}, the bundled one)",
    )
    parser.add_argument(
        "--elections",
        type=Path,
        metavar="FOLDER",
        help="write five invented markets of two weeks instead (docs/elections.md)",
    )
    given = parser.parse_args(arguments)
    if given.elections:
        return _elections(given.elections, given.seed)
    folder = given.out or given.folder
    if folder is None:
        parser.error("name a folder: --out FOLDER")
    try:
        world = sample_world(given.seed)
        for path in world.save(folder):
            print(path)
    except InvestigateError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(world.composition().to_string(index=False))
    return 0


def _elections(folder: Path, seed: int) -> int:
    from .election import save_markets

    try:
        for path in save_markets(folder, seed):
            print(path)
    except InvestigateError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
