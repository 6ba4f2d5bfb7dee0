"""The workbench as a still picture: what a notebook shows before it is trusted, and where no kernel runs."""

from __future__ import annotations

import base64
from typing import Any

from ..views._html import escape

MOST_BYTES = 1_500_000  # of the picture; more would make the notebook heavy


def page(core: Any, status: str) -> str:
    """HTML without a script and without a request: the picture as an image, and its text alternative."""
    view = core.snapshot()
    words = f"{core.case.title}, view {core.view}: {status}"
    picture = view.figure.to_svg() if view.figure is not None and len(view.figure.nodes) else ""
    data = picture.encode("utf-8")
    if data and len(data) <= MOST_BYTES:
        # An image, because notebooks strip inline SVG from what they do not trust.
        source = "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
        shown = f'<img alt="{escape(words)}" src="{source}" style="max-width:100%;height:auto;background:#fff">'
    elif data:
        shown = "<p>The picture is too large to be kept in the notebook; <code>wb.snapshot()</code> makes it.</p>"
    else:
        shown = "<p>Nothing is shown in this view.</p>"
    return (
        f"<figure>{shown}<figcaption>{escape(words)}. A still picture: run the cell in a trusted notebook "
        "for the live workbench.</figcaption></figure>"
    )
