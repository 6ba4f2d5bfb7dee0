"""What axe-core says about a page and its frames. A test tool: the package never ships it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Rules about whole pages say nothing about a part of one.
RUN = """([inside, off]) => axe.run(inside ? {include: [inside]} : document, {
  resultTypes: ['violations'], iframes: false, preload: false, rules: Object.fromEntries(off.map((r) => [r, {enabled: false}])),
}).then((found) => found.violations.map((v) => ({
  rule: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' :: ' + n.failureSummary),
})))"""


@cache
def _axe() -> str:
    found = find_spec("axe_playwright_python")
    assert found and found.submodule_search_locations, "axe-playwright-python is not installed (make test installs it)"
    return Path(found.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")


def violations(frame: Any, inside: str = "", off: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Everything axe-core finds in a page or a frame, or in the elements of a selector; `off` names rules left out."""
    if not frame.evaluate("typeof window.axe === 'object'"):
        frame.evaluate(_axe() + "; null")
    return frame.evaluate(RUN, [inside, list(off)])


def serious(frame: Any, inside: str = "", off: tuple[str, ...] = ()) -> list[str]:
    """The serious and critical ones, one line for each element."""
    return [
        f"{found['impact']} {found['rule']}: {found['help']}: {node}"
        for found in violations(frame, inside, off)
        if found["impact"] in {"serious", "critical"}
        for node in found["nodes"]
    ]
