"""Views with controls, for JupyterLab, Notebook 7 and VS Code: the workbench, the case browser, the run form, the review.

They need the extra `lab` (`pip install "investigate[lab]"`). Widgets hold nothing that the case does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import OutsideError

# name -> module; each is imported when it is first asked for
_PARTS = {
    "Workbench": "workbench",
    "Cases": "cases",
    "RunForm": "run_form",
    "Review": "review",
    "Media": "media",
}

__all__ = list(_PARTS)


def __getattr__(name: str) -> Any:
    if name not in _PARTS:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'; it has {', '.join(sorted(_PARTS))}")
    try:
        module = import_module(f"{__name__}.{_PARTS[name]}")
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets"):
            raise
        raise OutsideError(
            f"{error.name} is not installed", f"investigate.widgets.{name}", 'pip install "investigate[lab]"'
        ) from error
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted(_PARTS)
