"""The first notebook in a real JupyterLab: it runs, shows its graph, and nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.server import Lab

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/01_first_look.ipynb"


def test_the_first_notebook_runs(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """Every cell runs; the case in its kernel has the two planted groups as supported findings."""
    page = lab_page()
    lab.open(page, NOTEBOOK)
    lab.run_all(page)
    with lab.kernel(NOTEBOOK) as ask:
        assert ask("sum(f.status == 'supported' for f in case.findings)") == 2


def test_nothing_leaves_the_machine(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """A page and a kernel that ask for something elsewhere are refused, and it is seen."""
    notebook = lab.write("scratch/reach.ipynb", "import socket", "x = 1")
    page = lab_page()
    lab.open(page, notebook)
    lab.run_all(page)
    with lab.kernel(notebook) as ask:
        refused = "(lambda: [1 for _ in [0] if socket.create_connection(('192.0.2.1', 80), 1)])"
        assert ask("x") == 1
        with pytest.raises(AssertionError, match="ConnectionRefusedError"):
            ask(f"{refused}()")
    assert lab.requests == ["socket.getaddrinfo 192.0.2.1"]
    lab.forget_requests()
    assert page.evaluate("() => fetch('https://example.invalid/x').then(() => 'sent', () => 'refused')") == "refused"
    assert page.refused == ["https://example.invalid/x"]
    page.refused.clear()
