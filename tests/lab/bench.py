"""The workbench on a page, handled as a person does it: with mouse and keyboard, at places on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

SHOWN = """(which) => {
  const app = document.querySelectorAll('.ivw')[which]?.app;
  return Boolean(app && app.canvas && app.scene.ids.length && app.canvas.camera.w > 1 && app.canvas.canvas.width > 1);
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Bench:
    """One workbench of a page.

    Parameters
    ----------
    which : int
        Its number among the workbenches that are on the page.
    """

    def __init__(self, page: Any, which: int = 0, seconds: float = 120) -> None:
        self.page, self.which = page, which
        page.wait_for_function(SHOWN, arg=which, timeout=seconds * 1000)
        self.root = page.locator(".ivw").nth(which)
        self.root.scroll_into_view_if_needed()
        self.root.evaluate("(e) => e.scrollIntoView({block: 'start'})")
        page.evaluate(FRAMES)

    def js(self, expression: str) -> Any:
        """What an expression on `app`, the workbench's own script, gives."""
        return self.page.evaluate(
            f"() => {{ const app = document.querySelectorAll('.ivw')[{self.which}].app; return {expression}; }}"
        )

    @property
    def nodes(self) -> list[str]:
        return self.js("app.scene.ids")

    def points(self, nodes: Iterable[str] | None = None) -> dict[str, tuple[float, float]]:
        """Where nodes are on the page."""
        found = self.js(
            "(() => { const box = app.canvas.canvas.getBoundingClientRect();"
            "return app.scene.ids.map((id, i) => { const at = app.canvas.screenOf(i);"
            "return [id, at.x + box.x, at.y + box.y]; }); })()"
        )
        wanted = None if nodes is None else set(nodes)
        return {name: (x, y) for name, x, y in found if wanted is None or name in wanted}

    def click(self, node: str, *, shift: bool = False) -> None:
        """Click a node."""
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.points([node])[node])
        if shift:
            self.page.keyboard.up("Shift")

    def drag(self, way: Sequence[tuple[float, float]]) -> None:
        """Press at the first place, move along, let go at the last."""
        self.page.mouse.move(*way[0])
        self.page.mouse.down()
        for x, y in way[1:]:
            self.page.mouse.move(x, y, steps=8)
        self.page.mouse.up()

    def click_edge(self, a: str, b: str, relation: str) -> None:
        """Click a link in its middle."""
        key = json.dumps([a, b, relation])
        x, y = self.js(
            "(() => { const box = app.canvas.canvas.getBoundingClientRect(), wanted = " + key + ";"
            "const keys = app.scene.edge_keys.map((k) => typeof k === 'string' ? JSON.parse(k) : k);"
            "const at = app.canvas.edgeAt(keys.findIndex((k) => k.join() === wanted.join()));"
            "return [at.x + box.x, at.y + box.y]; })()"
        )
        self.page.mouse.click(x, y)

    def button(self, name: str) -> Any:
        """A button of the workbench by its accessible name."""
        return self.root.get_by_role("button", name=name).first

    def key(self, name: str) -> None:
        """Press a key with the picture in focus."""
        self.root.locator("canvas").first.focus()
        self.page.keyboard.press(name)

    def colours(self) -> int:
        """How many colours the picture has: 1 for a blank."""
        return self.js(
            "(() => { const c = app.canvas.canvas, seen = new Set();"
            "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            "for (let k = 0; k < d.length; k += 4 * 7) seen.add(d[k] << 16 | d[k + 1] << 8 | d[k + 2]);"
            "return seen.size; })()"
        )
