"""A view in which hidden texts are covered, for reports that are handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ._scene import Scene
from ._view import View

NOTE = "Texts that the settings for sensitive content hide are covered here; the tables beside the report hold them."


def covered(view: View, cover: Callable[[Any], Any]) -> View:
    """The view with `cover` applied to every text in it; identifiers and times stay.

    Parameters
    ----------
    cover : callable
        Gives a value back, or the words in its place; see `investigate.exposure.Quotes.cover`.
    """
    table = None if view.table is None else _table(view.table, cover)
    cards = tuple(_value(card, cover) for card in view.cards)
    figure = _scene(view.figure, cover) if isinstance(view.figure, Scene) else view.figure
    # Paragraph by paragraph: one quotation must not cover all that is said.
    lead = "\n\n".join(str(cover(part)) for part in view.lead.split("\n\n"))
    if (
        lead == view.lead
        and cards == view.cards
        and figure == view.figure
        and (table is None or view.table is None or table.equals(view.table))
    ):
        return view
    return replace(view, table=table, cards=cards, figure=figure, lead=lead, caveats=(*view.caveats, NOTE))


def _table(table: pd.DataFrame, cover: Callable[[Any], Any]) -> pd.DataFrame:
    out = table.copy()
    for name in table.columns:
        kind = table[name].dtype
        text = pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind)
        if text and (name == "object_id" or not str(name).endswith("_id")):
            changed = [cover(value) for value in table[name]]
            if changed != list(table[name]):
                out[name] = changed
    return out


def _value(value: Any, cover: Callable[[Any], Any], key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {k: _value(v, cover, str(k)) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_value(v, cover, key) for v in value)
    return value if key in ("finding_id", "members") else cover(value)


def _scene(figure: Scene, cover: Callable[[Any], Any]) -> Scene:
    cards = {
        node: replace(
            card,
            rows=tuple(
                replace(row, text=cover(row.text), objects=tuple(cover(o) for o in row.objects)) for row in card.rows
            ),
        )
        for node, card in figure.cards.items()
    }
    groups = tuple(replace(group, note=cover(group.note)) for group in figure.groups)
    return figure if cards == figure.cards and groups == figure.groups else replace(figure, cards=cards, groups=groups)
