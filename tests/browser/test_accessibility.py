"""axe-core finds no serious or critical fault in the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import serious, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_the_report_has_no_serious_fault(
    browser_page: Callable[..., Any], report: Path, width: int, dark: bool
) -> None:
    """Page and graph, light and dark, on a desk and on a telephone; everything that can be opened is open."""
    opened = browser_page(report, width=width, dark=dark)
    opened.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    frame = opened.graph
    assert serious(opened.page) == []
    assert serious(frame) == []
    assert opened.requests == []


def test_a_fault_would_be_found(browser_page: Callable[..., Any], report: Path) -> None:
    """The check itself works inside the report's security policy: a button without a name is found."""
    opened = browser_page(report)
    opened.page.evaluate("document.querySelector('main, body').append(document.createElement('button'))")
    found = violations(opened.page)
    assert "button-name" in [one["rule"] for one in found]
    assert any(line.startswith("critical button-name") for line in serious(opened.page))
