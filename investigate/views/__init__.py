"""Views: what can be shown of a case, as values.

To add one, write a module here with a function `name(case, *, option=default) -> View` under `@view(...)`.
It is found by itself, and can be called as `views.name(case)`.
"""

from __future__ import annotations

from ._cards import finding_cards
from ._chart import Chart
from ._chart import bars as bar_chart
from ._chart import histogram as histogram_chart
from ._chart import intervals as interval_chart
from ._chart import timeline as time_chart
from ._chart_kinds import heat_map as heat_chart
from ._chart_kinds import lines as line_chart
from ._chart_kinds import step_curves as curve_chart
from ._chart_kinds import week_hours as week_chart
from ._scene import Card, Group, Row, Scene, scene
from ._view import MIME, VIEWS, Figure, View, ViewKind, view

__all__ = [
    "MIME", "VIEWS", "Card", "Chart", "Figure", "Group", "Row", "Scene", "View", "ViewKind",
    "bar_chart", "curve_chart", "finding_cards", "heat_chart", "histogram_chart", "interval_chart", "line_chart", "scene",
    "time_chart", "view", "week_chart",
]  # fmt: skip

# A module `summary.py` with a function `summary` would hide the function behind the module's name, so the
# functions take their names here, after every module has been imported.
for _kind in VIEWS:
    if _kind.name in __all__:
        raise ValueError(f"a view cannot be called '{_kind.name}': the package uses that name")
    globals()[_kind.name] = _kind.build
