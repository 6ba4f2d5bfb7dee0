"""Views: what can be shown of a case, as values.

To add one, write a module here with a function `name(case, *, option=default) -> View` under `@view(...)`.
It is found by itself, and can be called as `views.name(case)`.
"""

from __future__ import annotations

from ._cards import finding_cards
from ._chart import Chart, bars, histogram, intervals, timeline
from ._scene import Card, Group, Row, Scene, scene
from ._view import MIME, VIEWS, Figure, View, ViewKind, view

__all__ = [
    "MIME", "VIEWS", "Card", "Chart", "Figure", "Group", "Row", "Scene", "View", "ViewKind",
    "bars", "finding_cards", "histogram", "intervals", "scene", "timeline", "view",
]  # fmt: skip

# A module `summary.py` with a function `summary` would hide the function behind the module's name, so the
# functions take their names here, after every module has been imported.
for _kind in VIEWS:
    globals()[_kind.name] = _kind.build
