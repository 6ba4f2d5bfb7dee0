"""A headless Chromium that may open files and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hostile_demo import FAILED, META, demo_notebook

from investigate.report import build_report


def wait_until(frame: Any, condition: str, seconds: float = 20) -> None:
    """Wait for a condition in the page. Playwright's own waiting evaluates text, which the security policy refuses."""
    for _ in range(int(seconds / 0.05)):
        if frame.evaluate(condition):
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {condition}")


@dataclass
class Opened:
    """A page with everything that went wrong on it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def wait(self, condition: str) -> None:
        wait_until(self.page, condition)

    @property
    def graph(self) -> Any:
        """The frame of the live graph, with the graph drawn in it."""
        element = self.page.wait_for_selector("iframe.iv-live")
        element.scroll_into_view_if_needed()
        frame = element.content_frame()
        wait_until(frame, "window.graph && window.graph.camera.w > 1")
        frame.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return frame


@pytest.fixture
def wait() -> Callable[..., None]:
    """`wait(page_or_frame, condition)`."""
    return wait_until


@pytest.fixture
def browser_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """A function that opens a file: `browser_page(path, width=1280, height=900, dark=False)`.

    Every request that is not for a file is refused and kept in `requests`; page errors and refusals by the
    Content-Security-Policy are kept too.
    """
    contexts = []

    def open_page(
        path: Path,
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            has_touch=touch,
        )
        contexts.append(context)
        opened = Opened(context.new_page())

        def route(request: Any) -> None:
            if request.request.url.startswith("file:"):
                request.continue_()
            else:
                opened.requests.append(request.request.url)
                request.abort()

        context.route("**/*", route)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on(
            "console", lambda m: opened.blocked.append(m.text) if "Content Security Policy" in m.text else None
        )
        opened.page.on("dialog", lambda dialog: (opened.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        opened.page.goto(path.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the made-up case with hostile names."""
    out = tmp_path_factory.mktemp("report") / "report.html"
    return build_report(demo_notebook(), title="Three groups, test data", meta=META, sections_failed=FAILED, out=out)


@pytest.fixture
def module_page(browser: Any, repository: Path) -> Iterator[Callable[..., Opened]]:
    """A function that opens a page with our own ES modules on it: `module_page(script, body="", dark=False, ...)`.

    `script` is a module that may import "/graph/mount.js" and what else lies in js/, or "/static/..." as it is built.
    Nothing but those files can be reached; other requests are refused and kept in `requests`.
    """
    from investigate.views._palette import tokens_css

    contexts = []
    style = (
        "".join(tokens_css(scope) for scope in (":root", ".ivg", ".ivb"))
        + "body { margin: 0; background: var(--iv-bg) }"
    )
    kinds = {".js": "text/javascript", ".css": "text/css"}

    def open_page(script: str, body: str = '<div id="box"></div>', size: str = "900px", **settings: Any) -> Opened:
        context = browser.new_context(
            viewport={"width": 900, "height": 640},
            color_scheme="dark" if settings.pop("dark", False) else "light",
            **settings,
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        sheets = "".join(f'<link rel="stylesheet" href="/{name}">' for name in ("graph/graph.css", "brush.css"))
        page = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><style>{style}</style>{sheets}'
            f"<style>#box {{ width: {size}; height: 600px }}</style></head><body>{body}"
            f'<script type="module">{script}\nwindow.ready = true;</script></body></html>'
        )

        def route(request: Any) -> None:
            host, _, path = request.request.url.removeprefix("http://").partition("/")
            file = repository / ("investigate/widgets" if path.startswith("static/") else "js") / path
            if host != "modules.test" or (path and not file.is_file()):
                opened.requests.append(request.request.url)
                request.abort()
            elif not path:
                request.fulfill(body=page, content_type="text/html")
            else:
                request.fulfill(body=file.read_text(encoding="utf-8"), content_type=kinds[file.suffix])

        context.route("**/*", route)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("dialog", lambda dialog: (opened.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        opened.page.goto("http://modules.test/")
        opened.wait("window.ready")
        return opened

    yield open_page
    for context in contexts:
        context.close()
