"""investigate: from a real export to a defensible report.

Importing this package does no work; names are fetched when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "Case": "case",
    "Finding": "findings",
    "Evidence": "findings",
    "RelationGraph": "graph",
    "InvestigateError": "errors",
    "SOURCES": "sources",
    "RELATIONS": "relations",
    "begin": "runs",
    "execute": "runs",
    "practice": "runs",
    "make_world": "simulate",
}
__all__ = ["__version__", *_WHERE]  # noqa: PLE0604 - the names are the dictionary's keys, all text


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f".{_WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
