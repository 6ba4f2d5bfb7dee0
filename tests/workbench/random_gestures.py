"""Gestures by chance: what an investigator might do, in any order."""

from __future__ import annotations

from typing import Any

import numpy as np

from investigate.errors import InputError, InvestigateError
from investigate.workbench import Workbench


def one(wb: Workbench, rng: np.random.Generator) -> tuple[str, dict[str, Any]]:
    """A gesture that fits the view as it is."""
    placed = sorted(wb.state.places)
    shown = wb.context.sight(wb.state).nodes
    some = lambda n, of=None: [str(v) for v in rng.choice(of or placed, min(n, len(of or placed)), replace=False)]
    accounts = [n for n in placed if wb.context.universe.codes([n])[0][0] == 0]
    pair = some(2, accounts) if len(accounts) > 1 else some(2)
    span = np.sort(rng.integers(1_772_668_800, 1_773_014_000, 2)) * 1_000_000
    grown = sorted(set(wb.state.needs) - {""})
    everything = wb.context.universe.nodes.tolist()
    makers: dict[str, Any] = {
        "select": lambda: {"nodes": some(4), "mode": str(rng.choice(["set", "add", "remove", "toggle"]))},
        "select_rule": lambda: [
            {"rule": "degree", "min": int(rng.integers(1, 12))},
            {"rule": "community", "community": int(rng.integers(1, 4))},
            {"rule": "linked_to_selected", "k": int(rng.integers(1, 3)), "mode": "add"},
            {"rule": "search", "text": str(rng.choice(["a", "ber", "11", "e"]))},
            {"rule": "tag", "name": "seen"},
        ][int(rng.integers(0, 5))],
        "invert": dict,
        "clear_selection": dict,
        "add": lambda: {"nodes": some(2, everything)},
        "expand": lambda: {
            "nodes": some(int(rng.integers(1, 3)), shown or None),
            "via": None if rng.random() < 0.5 else ["url"],
            "top": int(rng.integers(1, 6)),
        },
        "collapse": lambda: {"node": str(rng.choice(grown or placed))},
        "hide": lambda: {"nodes": some(3)},
        "keep": lambda: {"nodes": some(25)},
        "show_hidden": dict,
        "pin": lambda: {"nodes": some(2)},
        "unpin": lambda: {"nodes": some(4)},
        "move": lambda: {"places": {n: rng.normal(size=2).tolist() for n in some(3)}},
        "layout": lambda: {
            "scope": "selection" if wb.selection and rng.random() < 0.7 else "all",
            "seed": int(rng.integers(3)),
        },
        "path": lambda: {"a": pair[0], "b": pair[1]},
        "common": lambda: {"a": pair[0], "b": pair[1], "through": str(rng.choice(["accounts", "objects"]))},
        "group": lambda: {"by": None if rng.random() < 0.6 else "community"},
        "filter": lambda: {
            "relations": None if rng.random() < 0.6 else ["co_url"],
            "min_weight": float(rng.choice([0, 0, 3])),
            "edges": str(rng.choice(["telling", "unusual", "all"])),
            "lonely": bool(rng.random() < 0.8),
        },
        "time": lambda: {} if rng.random() < 0.6 else {"start": int(span[0]), "end": int(span[1])},
        "look": lambda: {"colour": str(rng.choice(["community", "kind", "tag"]))},
        "tag": lambda: {"nodes": some(2, accounts or None), "name": "seen", "reason": "a test"},
        "merge": lambda: {"a": pair[0], "b": pair[1], "reason": "a test"},
        "differ": lambda: {"a": pair[0], "b": pair[1], "reason": "a test"},
        "unsure": lambda: {"a": pair[0], "b": pair[1], "reason": "a test"},
    }
    rare = {"layout": 0.3, "keep": 0.4, "hide": 0.6}
    names = sorted(makers)
    chance = np.array([rare.get(n, 1.0) for n in names])
    name = str(rng.choice(names, p=chance / chance.sum()))
    return name, makers[name]()


def make(wb: Workbench, rng: np.random.Generator, n: int) -> int:
    """Make gestures until `n` were accepted; how many were refused. A refused one must change nothing."""
    refused = 0
    while len(wb.steps[0]) < n:
        name, arguments = one(wb, rng)
        before = wb.state
        try:
            wb.do(name, **arguments)
        except (InputError, InvestigateError):
            refused += 1
            assert wb.state is before
    return refused
