"""Fixtures every test module may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

LONGEST = (
    *("lab/test_journey.py", "lab/test_panels.py", "runs/test_batching.py", "workbench/test_shift.py"),
    *("studies/test_election_docs.py", "lab/test_explore.py", "test_docs.py", "test_wheel.py", "engines/test_spark.py"),
    *(
        "runs/test_resume.py",
        "lab/test_review.py",
        "test_known_answers.py",
        "studies/test_triage.py",
        "lab/test_first_look.py",
    ),
    *(
        "widgets/test_run_form.py",
        "runs/test_run_broken.py",
        "runs/test_compare.py",
        "test_cli.py",
        "studies/test_crisis.py",
    ),
)
"""Modules that take longest, first: with a module to a process, a long one that begins last keeps all others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest, for `--dist loadfile --no-loadscope-reorder`."""
    place = {REPOSITORY / "tests" / name: n for n, name in enumerate(LONGEST)}
    if gone := [str(path) for path in place if not path.is_file()]:
        raise pytest.UsageError(f"LONGEST in tests/conftest.py names modules that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: place.get(item.path, len(place)))


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


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome on this machine; skips without one, or fails where one is required.

    Looked for in the environment variable INVESTIGATE_CHROMIUM, on the path, and where macOS and Windows put it.
    INVESTIGATE_REQUIRE_BROWSER=1, which continuous integration sets, turns the skip into a failure.
    """
    named = os.environ.get("INVESTIGATE_CHROMIUM", "")
    on_path = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")]
    programs = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
    usual = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        *(f"{folder}/Google/Chrome/Application/chrome.exe" for folder in programs if folder),
    ]
    for path in (named, *on_path, *usual):
        if path and Path(path).is_file():
            return path
    message = "no Chromium here (install one, or set INVESTIGATE_CHROMIUM to its path)"
    if os.environ.get("INVESTIGATE_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """The browser, started once for all tests of a process."""
    try:
        from playwright import sync_api as playwright
    except ImportError:
        required = os.environ.get("INVESTIGATE_REQUIRE_BROWSER") == "1"
        (pytest.fail if required else pytest.skip)("playwright is not installed (make test installs it)")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield running
        running.close()
