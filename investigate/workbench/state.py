"""What a view of a case is: one frozen value. Gestures make a new one; a difference leads from one to another and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

Place = tuple[float, float]
Difference = dict[str, dict[str, Any]]

LOOK = {"colour": "community", "size": "links", "label": "handle", "shape": "community"}


@dataclass(frozen=True)
class ViewState:
    """A view of a case. Nothing in it is ever changed in place.

    Attributes
    ----------
    places : mapping of str to (x, y)
        Every node on the canvas, hidden ones too, and where it stands; y up.
    hidden, pinned, selected : frozenset of str
        Nodes. A selected node is always visible.
    needs : mapping of str to frozenset of str
        What an expansion of the key put on the canvas or found there; "" is the view itself.
    opened : mapping of str to frozenset of str
        Relations by which all links of the key are drawn, and not only the telling ones.
    extra : frozenset of (account_a, account_b, relation)
        Single links drawn besides the telling ones.
    grouping : str
        "community" where communities stand as one node each, else "".
    unfolded : frozenset of str
        Community nodes that are opened again under a grouping.
    edges : str
        "telling": links inside a group that say something, and opened ones; "all": every link between visible nodes.
    relations, kinds : tuple of str, optional
        Only links by these, and only nodes of these kinds; None for all.
    min_weight, max_q : float
    lonely : bool
        Whether nodes without any visible link are shown.
    time : (int, int), optional
        Microseconds since 1970, UTC, both ends included.
    look : mapping of str to str
        colour, size, label, shape.
    """

    places: Mapping[str, Place] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    selected: frozenset[str] = frozenset()
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    opened: Mapping[str, frozenset[str]] = field(default_factory=dict)
    extra: frozenset[tuple[str, str, str]] = frozenset()
    grouping: str = ""
    unfolded: frozenset[str] = frozenset()
    edges: str = "telling"
    relations: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    min_weight: float = 0.0
    max_q: float = 1.0
    lonely: bool = True
    time: tuple[int, int] | None = None
    look: Mapping[str, str] = field(default_factory=lambda: dict(LOOK))

    def to_json(self) -> dict[str, Any]:
        """The same as JSON can hold it; sets are sorted."""
        return {f.name: _out(f.name, getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ViewState:
        known = {f.name for f in fields(cls)}
        return cls(**{name: _into(name, value) for name, value in data.items() if name in known})


_SETS = {"hidden", "pinned", "selected", "extra", "unfolded"}
_MAPPINGS = {"places", "needs", "opened", "look"}


def difference(old: ViewState, new: ViewState) -> Difference:
    """What leads from the old state to the new one, as JSON can hold it; empty where they are equal."""
    out: Difference = {}
    for f in fields(old):
        before, after = getattr(old, f.name), getattr(new, f.name)
        if before is after or before == after:
            continue
        if f.name in _SETS:
            out[f.name] = {"add": _sorted(after - before), "drop": _sorted(before - after)}
        elif f.name in _MAPPINGS:
            changed = {k: v for k, v in after.items() if before.get(k) != v}
            out[f.name] = {"set": _out(f.name, changed), "drop": sorted(k for k in before if k not in after)}
        else:
            out[f.name] = {"to": _out(f.name, after)}
    return out


def apply(state: ViewState, change: Difference) -> ViewState:
    """The state after a difference."""
    new: dict[str, Any] = {}
    for name, delta in change.items():
        held = getattr(state, name)
        if name in _SETS:
            new[name] = (held - _into(name, delta["drop"])) | _into(name, delta["add"])
        elif name in _MAPPINGS:
            merged = {**held, **_into(name, delta["set"])}
            for key in delta["drop"]:
                merged.pop(key, None)
            new[name] = merged
        else:
            new[name] = _into(name, delta["to"])
    return replace(state, **new) if new else state


def _sorted(values: Any) -> list[Any]:
    return sorted(list(v) if isinstance(v, tuple) else v for v in values)


def _out(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _SETS:
        return _sorted(value)
    if name in ("needs", "opened"):
        return {k: sorted(v) for k, v in value.items()}
    if name == "places":
        return {k: list(v) for k, v in value.items()}
    if name == "look":
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _into(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "extra":
        return frozenset(tuple(v) for v in value)
    if name in _SETS:
        return frozenset(value)
    if name in ("needs", "opened"):
        return {k: frozenset(v) for k, v in value.items()}
    if name == "places":
        return {k: (float(v[0]), float(v[1])) for k, v in value.items()}
    return tuple(value) if isinstance(value, list) else value
