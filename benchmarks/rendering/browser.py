"""What is measured in the page, by the same script for everybody.

First paint: from the start until marks are on a visible canvas of at least 200 by 200 pixels and two more frames have passed. Frames:
the times between callbacks of `requestAnimationFrame` while the mouse drags or turns its wheel, so that slow scripts and slow
drawing both count. Every request that leaves this machine is refused and counted.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader",
)  # fmt: skip
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "file:", "data:", "blob:", "about:")
PAN_MOVES, PAN_MOST_S, WHEEL_TURNS = 60, 4.0, 15
CHANGED = 0.01  # share of pixels that a drag or a zoom changes at least

# Runs in every frame before its scripts. Drawing calls are watched until the first paint only, then put back as they were.
WATCH = """() => {
  if (window.__bench) return;
  const bench = (window.__bench = { painted: 0, frames: null });
  const now = () => performance.timeOrigin + performance.now();
  const large = (c) => c && c.isConnected && c.clientWidth >= 200 && c.clientHeight >= 200;
  const restore = [];
  const drew = (canvas) => {
    if (bench.painted || bench.seen || !large(canvas)) return;
    bench.seen = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { bench.painted = now(); restore.forEach((f) => f()); }));
  };
  const watch = (type, names, wanted) => {
    if (!type) return;
    for (const name of names) {
      const real = type.prototype[name];
      type.prototype[name] = function (...given) { const out = real.apply(this, given); if (wanted(given)) drew(this.canvas); return out; };
      restore.push(() => { type.prototype[name] = real; });
    }
  };
  watch(window.CanvasRenderingContext2D, ["fill", "stroke"], () => true);
  for (const type of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    watch(type, ["drawArrays"], (given) => given[2] > 0);
    watch(type, ["drawElements"], (given) => given[1] > 0);
    watch(type, ["drawArraysInstanced", "drawElementsInstanced"], (given) => given.at(-1) > 0);
  }
  const tick = (time) => { if (bench.frames) bench.frames.push(time); requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""


def chromium() -> str:
    """Chromium or Chrome: INVESTIGATE_CHROMIUM, else on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("INVESTIGATE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise SystemExit("no Chromium here: install one, or set INVESTIGATE_CHROMIUM to its path")
    return found


@contextlib.contextmanager
def pages() -> Iterator[Any]:
    """A function that opens a fresh page in a fresh context: `page.refused` holds what it wanted from elsewhere."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        opened = []

        def page() -> Any:
            context = running.new_context(viewport={"width": 1280, "height": 900})
            opened.append(context)
            made = context.new_page()
            made.refused = []

            def route(request: Any) -> None:
                if request.request.url.startswith(LOCAL):
                    request.continue_()
                else:
                    made.refused.append(request.request.url)
                    request.abort()

            context.route("**/*", route)
            context.add_init_script(f"({WATCH})()")
            return made

        try:
            yield page
        finally:
            for context in opened:
                with contextlib.suppress(Exception):
                    context.close()
            running.close()


def version() -> str:
    """What the browser calls itself."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        said: str = running.version
        running.close()
    return said


def painted(page: Any, started_ms: float, seconds: float = 120) -> tuple[Any, float]:
    """The frame in which a canvas was drawn first since `started_ms` (epoch), and the seconds until then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for frame in page.frames:
            with contextlib.suppress(Exception):
                at = frame.evaluate("() => window.__bench ? window.__bench.painted : 0")
                if at > started_ms:
                    return frame, (at - started_ms) / 1000
        time.sleep(0.05)
    raise TimeoutError(f"nothing painted within {seconds:.0f} s")


def movement(page: Any, frame: Any) -> dict[str, float]:
    """Frames per second and the 95th percentile of the time between frames while dragging, and while zooming.

    Not a number where the picture was the same afterwards: then nothing was dragged or zoomed.
    """
    time.sleep(1.5)
    box = largest_canvas(frame)
    # the drag begins below the graph: on a mark it would move that mark in some of the tools
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 12

    def drag() -> None:
        end = time.monotonic() + PAN_MOST_S
        for i in range(PAN_MOVES):
            step = i if i < 2 * PAN_MOVES / 3 else 4 * PAN_MOVES / 3 - i
            page.mouse.move(x - 5 * step, y - 4 * step)
            if time.monotonic() > end:
                break

    def turn() -> None:
        for i in range(WHEEL_TURNS):
            page.mouse.wheel(0, -120 if i < 2 * WHEEL_TURNS / 3 else 120)
            frame.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(0)))")

    page.mouse.move(x, y)
    page.mouse.down()
    pan = _frames(page, frame, box, drag)
    page.mouse.up()
    time.sleep(0.6)
    page.mouse.move(x, box["y"] + box["height"] / 2)
    zoom = _frames(page, frame, box, turn)
    return {"pan_fps": per_second(pan), "pan_p95_ms": p95(pan), "zoom_p95_ms": p95(zoom)}


def _frames(page: Any, frame: Any, box: dict[str, float], move: Callable[[], None]) -> list[float]:
    """The times of the frames while something is moved; none where the picture is the same afterwards."""
    before = page.screenshot(clip=box)
    frame.evaluate("() => { window.__bench.frames = []; }")
    move()
    times: list[float] = frame.evaluate(
        "() => { const f = window.__bench.frames; window.__bench.frames = null; return f; }"
    )
    time.sleep(0.8)
    return times if _changed(before, page.screenshot(clip=box)) > CHANGED else []


def _changed(before: bytes, after: bytes) -> float:
    """Share of the pixels that differ clearly between two screenshots."""
    one, two = (np.asarray(Image.open(io.BytesIO(b)).convert("L"), dtype=int) for b in (before, after))
    return float((np.abs(one - two) > 24).mean())


def largest_canvas(frame: Any) -> dict[str, float]:
    """The place of the largest canvas on the page, scrolled into sight."""
    handles = frame.query_selector_all("canvas")
    sizes = [(h.bounding_box() or {"width": 0, "height": 0}) for h in handles]
    best = max(range(len(handles)), key=lambda i: sizes[i]["width"] * sizes[i]["height"])
    handles[best].scroll_into_view_if_needed()
    box = handles[best].bounding_box()
    assert box is not None
    return dict(box)


def per_second(times: list[float]) -> float:
    gaps = np.diff(times)
    return float(1000 * len(gaps) / gaps.sum()) if len(gaps) and gaps.sum() > 0 else float("nan")


def p95(times: list[float]) -> float:
    gaps = np.diff(times)
    return float(np.quantile(gaps, 0.95)) if len(gaps) else float("nan")


def heap_mb(page: Any) -> float:
    """Memory of the page's scripts, after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def open_file(page: Any, path: Path) -> float:
    """Go to a file; when that began, in milliseconds since 1970."""
    page.goto("about:blank")
    started = time.time() * 1000
    page.goto(path.as_uri(), wait_until="commit", timeout=120_000)
    return started
