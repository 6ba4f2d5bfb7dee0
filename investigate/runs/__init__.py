"""Templates and their runs: find, check parameters, execute, report.

Names are looked up when they are used, so that a notebook's `investigate.begin` does not load Papermill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batching import BatchResult, batch
    from .comparing import Comparison, compare
    from .practising import practice
    from .resuming import Resumed, resume
    from .run import Run, begin
    from .runner import RunResult, execute, rebuild

_PLACES = {
    "batch": "batching",
    "BatchResult": "batching",
    "compare": "comparing",
    "Comparison": "comparing",
    "begin": "run",
    "Run": "run",
    "practice": "practising",
    "resume": "resuming",
    "Resumed": "resuming",
    "execute": "runner",
    "rebuild": "runner",
    "RunResult": "runner",
}

__all__ = [
    "BatchResult",
    "Comparison",
    "Resumed",
    "Run",
    "RunResult",
    "batch",
    "begin",
    "compare",
    "execute",
    "practice",
    "rebuild",
    "resume",
]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
