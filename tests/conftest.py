"""Fixtures every test module may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A function from the name of a real public data file to its path; it skips where the file is absent.

    The files are too large, and not ours, to be kept in the repository. They are looked for in the folder
    that the environment variable INVESTIGATE_DATA names, else in `shared/data` beside the repository.
    """
    named = os.environ.get("INVESTIGATE_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"real data not here: {name} (set INVESTIGATE_DATA to the folder that holds it)")
        return path

    return find
