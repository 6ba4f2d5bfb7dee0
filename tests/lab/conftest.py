"""One JupyterLab server per test session, and pages that may reach nothing but it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.server import Lab

ELSEWHERE = re.compile(r"^(?!(http|ws)://127\.0\.0\.1:|data:|blob:|about:)")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, repository: Path, chromium: str) -> Iterator[Lab]:
    """A JupyterLab whose root holds copies of `notebooks/` and `data/samples/`, laid out as in the repository."""
    missing = [name for name in ("jupyterlab", "playwright", "anywidget") if importlib.util.find_spec(name) is None]
    if missing:
        required = os.environ.get("INVESTIGATE_REQUIRE_BROWSER") == "1"
        (pytest.fail if required else pytest.skip)(f"not installed: {', '.join(missing)} (make test installs them)")
    root = tmp_path_factory.mktemp("desk")
    shutil.copytree(repository / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(repository / "data" / "samples", root / "data" / "samples")
    server = Lab(tmp_path_factory.mktemp("jupyter"), root)
    yield server
    server.close()


@pytest.fixture(scope="session")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice case on the bundled sample, made once; tests work on copies."""
    from investigate import practice

    case = practice(folder=tmp_path_factory.mktemp("practised") / "case")
    case.close()
    case.release()
    return case.path


@pytest.fixture
def lab_case(lab: Lab, practised: Path) -> Callable[[str], str]:
    """A function that puts a copy of the practice case below the server's root, in `data/cases/NAME`."""

    def copy(name: str) -> str:
        place = lab.root / "data" / "cases" / name
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(practised, place)
        return place.relative_to(lab.root).as_posix()

    return copy


@pytest.fixture
def lab_page(browser: Any, lab: Lab) -> Iterator[Callable[..., Any]]:
    """A function that gives a new page: `lab_page(width=1400, height=1000, dark=False)`.

    Every request that is not for the server is refused. After the test none may have been made, by the page, the server
    or a kernel, and no script of the page may have failed; `page.errors` and `page.refused` can be looked at before.
    """
    pages = []
    lab.forget_requests()

    def open_page(*, width: int = 1400, height: int = 1000, dark: bool = False) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        page.errors, page.refused = [], []

        def refuse(route: Any) -> None:
            page.refused.append(route.request.url)
            route.abort()

        # A pattern, not a function: local requests then go on by themselves while a test waits for something else.
        context.route(ELSEWHERE, refuse)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("websocket", lambda s: page.refused.append(s.url) if ELSEWHERE.match(s.url) else None)
        pages.append(page)
        return page

    yield open_page
    errors = [error for page in pages for error in page.errors]
    refused = [address for page in pages for address in page.refused]
    for page in pages:
        page.context.close()
    lab.end_kernels()
    assert refused == [], "a page asked for something on another machine"
    assert lab.requests == [], "the server or a kernel asked for something on another machine"
    assert errors == [], f"a script in the page failed: {errors}"
