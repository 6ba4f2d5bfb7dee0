"""Choosing nodes. Only what is visible can be selected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import InputError, unknown
from ...views._html import clip
from ..context import Context
from ..gesture import Change, gesture
from ..sight import Sight
from ..state import ViewState
from ..universe import ACCOUNT

MODES = ("set", "add", "remove", "toggle")


def combine(held: frozenset[str], chosen: frozenset[str], mode: str) -> frozenset[str]:
    """The selection after choosing some nodes."""
    if mode not in MODES:
        raise unknown("mode", mode, MODES, "gesture select")
    return {"set": chosen, "add": held | chosen, "remove": held - chosen, "toggle": held ^ chosen}[mode]


_SAID = {
    "set": "Selected",
    "add": "Added to the selection:",
    "remove": "Out of the selection:",
    "toggle": "Turned over:",
}


@gesture(title="Select", summary="Chooses nodes: instead of, beside, or out of those chosen.", group="select")
def select(state: ViewState, context: Context, nodes: list[str], mode: str = "set") -> Change:
    """Choose nodes.

    Parameters
    ----------
    nodes : list of str
        Nodes on the canvas. Those that are hidden, filtered out or outside the time are left out, and this is said; for
        an account inside a group or merged with another, the node it is drawn in is chosen.
    mode : str
        "set", "add", "remove" or "toggle".
    """
    wanted = context.on_canvas(state, nodes)
    drawn = context.drawn(state, wanted)
    chosen = frozenset(drawn.values())
    left = len(wanted) - len(drawn)
    notice = f"{left:,} of {len(wanted):,} are not visible and were left out" if left and mode != "remove" else ""
    text = f"{_SAID.get(mode, '')} {context.named(wanted) or 'nothing'}"
    return Change(replace(state, selected=combine(state.selected, chosen, mode)), text, notice)


@gesture(title="Select by rule", summary="Chooses visible nodes by degree, group, links, words or tag.", group="select")
def select_rule(
    state: ViewState,
    context: Context,
    rule: str,
    min: int | None = None,
    community: int | None = None,
    k: int | None = None,
    text: str | None = None,
    relation: str | None = None,
    name: str | None = None,
    mode: str = "set",
) -> Change:
    """Choose visible nodes by a rule.

    Parameters
    ----------
    rule : str
        "degree" (min: visible links), "community" (its number), "linked_to_selected" (k: linked to at least so many of
        the nodes selected now), "search" (text, in names and identifiers), "relation" (an end of such a link), "tag"
        (name), "kind" (name: account, content, or a type of object).
    """
    if rule not in RULES:
        raise unknown("rule", rule, RULES, "gesture select_rule")
    wanted, choose = RULES[rule]
    offered = {"min": min, "community": community, "k": k, "text": text, "relation": relation, "name": name}
    given = {argument: value for argument, value in offered.items() if value is not None}
    given = {"k": 1, **given} if rule == "linked_to_selected" else given
    if set(given) != {wanted}:
        raise InputError(
            f"rule '{rule}' takes {wanted} and was given {', '.join(given) or 'nothing'}",
            "gesture select_rule",
            f"call select_rule('{rule}', {wanted}=...)",
        )
    sight = context.sight(state)
    mask = choose(state, context, sight, given[wanted])
    chosen = frozenset(sight.take(mask))
    text_ = f"Selected by {rule.replace('_', ' ')} ({clip(given[wanted], 60)}): {len(chosen):,}"
    return Change(replace(state, selected=combine(state.selected, chosen, mode)), text_)


@gesture(
    title="Invert selection", summary="Chooses every visible node that is not chosen, and no other.", group="select"
)
def invert(state: ViewState, context: Context) -> Change:
    """Choose every visible node that is not chosen, and no other."""
    chosen = context.sight(state).shown - state.selected
    return Change(replace(state, selected=chosen), f"Inverted the selection: {len(chosen):,}")


@gesture(title="Clear selection", summary="Chooses nothing.", group="select")
def clear_selection(state: ViewState, context: Context) -> Change:
    """Choose nothing."""
    return Change(replace(state, selected=frozenset()), "Cleared the selection")


def _degree(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    return sight.degree >= int(value)


def _community(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    out = np.zeros(len(sight.nodes), dtype=bool)
    own = sight.kind == ACCOUNT
    out[own] = context.universe.community[sight.code[own]] == int(value)
    return out


def _linked(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    """Different selected neighbours, not links: two relations to one account count once."""
    seed = np.fromiter((n in state.selected for n in sight.nodes), bool, len(sight.nodes))
    here, there = np.concatenate([sight.a, sight.b]), np.concatenate([sight.b, sight.a])
    keep = seed[there] & (here != there)
    pairs = np.unique(here[keep] * (len(sight.nodes) or 1) + there[keep]) // (len(sight.nodes) or 1)
    return (np.bincount(pairs, minlength=len(sight.nodes)) >= np.maximum(int(value), 1)) & ~seed


def _search(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    words = str(value).casefold()
    if not words.strip():
        raise InputError("nothing to search for", "gesture select_rule", "give a text")
    names = pd.Series(sight.nodes, dtype=object)
    own = sight.kind == ACCOUNT
    labels = names.copy()
    labels[own] = context.universe.label[sight.code[own]]
    hit = [words in n.casefold() or words in str(v).casefold() for n, v in zip(names, labels, strict=True)]
    return np.array(hit, dtype=bool)


def _relation(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    if value not in sight.relations:
        raise unknown("relation among the visible links", str(value), sight.relations, "gesture select_rule")
    own = sight.relation == sight.relations.index(value)
    out = np.zeros(len(sight.nodes), dtype=bool)
    out[sight.a[own]], out[sight.b[own]] = True, True
    return out


def _tag(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    return np.fromiter((value in context.tags.get(n, ()) for n in sight.nodes), bool, len(sight.nodes))


def _kind(state: ViewState, context: Context, sight: Sight, value: Any) -> np.ndarray:
    names = np.array([context.universe.kind_name(k, n) for k, n in zip(sight.kind.tolist(), sight.nodes, strict=True)])
    return names == value if len(names) else np.zeros(0, dtype=bool)


RULES: dict[str, tuple[str, Callable[[ViewState, Context, Sight, Any], np.ndarray]]] = {
    "degree": ("min", _degree),
    "community": ("community", _community),
    "linked_to_selected": ("k", _linked),
    "search": ("text", _search),
    "relation": ("relation", _relation),
    "tag": ("name", _tag),
    "kind": ("name", _kind),
}
