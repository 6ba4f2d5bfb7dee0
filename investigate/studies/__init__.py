"""Studies: what each template works out about a case, one module per template, as plain functions.

    rapid_triage(case, ...)  ->  Study         kept in the case by `case.conclude(study, findings)`

A study reads the case's tables and results, never the clock and never the network. Views show it, briefs retell it.
To add one, write a module here and name its function in `_WHERE`; the template of the same name calls it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "account_signals": "accounts",
    "breaking_crisis": "crisis",
    "election_watch": "election",
    "escalation_trends": "queue",
    "rapid_triage": "triage",
    "scam_ads": "advertising",
}
__all__ = [*_WHERE]  # noqa: PLE0604 - the names are the dictionary's keys, all text


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        found = getattr(import_module(f".{_WHERE[name]}", __name__), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
