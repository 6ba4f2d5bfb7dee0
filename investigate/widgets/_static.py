"""The workbench as a still picture: what a notebook shows before it is trusted, and where no kernel runs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..views._html import escape
from ..views._scene import Group, Scene

MOST_BYTES = 1_500_000  # of the picture; more would make the notebook heavy


def page(core: Any, status: str) -> str:
    """HTML without a script and without a request: the picture as an image, and its text alternative."""
    words = f"{core.case.title}, view {core.view}: {status}"
    figure = _figure(core.scene(), core.view)
    data = figure.to_svg().encode("utf-8") if len(figure.nodes) else b""
    if data and len(data) <= MOST_BYTES:
        # An image, because notebooks strip inline SVG from what they do not trust.
        source = "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii")
        shown = f'<img alt="{escape(words)}" src="{source}" style="max-width:100%;height:auto;background:#fff">'
    elif data:
        shown = "<p>The picture is too large to be kept in the notebook; <code>wb.snapshot()</code> makes it.</p>"
    else:
        shown = "<p>Nothing is shown in this view.</p>"
    return (
        f"<figure>{shown}<figcaption>{escape(words)} A still picture: run the cell in a trusted notebook "
        "for the live workbench.</figcaption></figure>"
    )


def _figure(picture: Mapping[str, Any], view: str) -> Scene:
    """The canvas's own columns as a `Scene`: quicker than a snapshot, which carries a card for every node."""
    ids = np.array(picture["ids"], dtype=object)
    groups = np.array([*(str(i) for i in range(len(picture["groups"]))), ""], dtype=object)  # the last one is number -1
    names = np.array(picture["relation_names"], dtype=object)
    nodes = pd.DataFrame(
        {
            "id": ids,
            "label": picture["labels"],
            "x": picture["x"],
            "y": picture["y"],
            "kind": np.array(picture["kinds"], dtype=object)[picture["kind"]] if len(ids) else [],
            "group": groups[picture["group"]],
            "size": picture["size"],
        }
    )
    edges = pd.DataFrame(
        {
            "a": ids[picture["a"]],
            "b": ids[picture["b"]],
            "weight": picture["weight"],
            "relation": names[picture["relation"]] if len(picture["a"]) else [],
            "label": "",
        }
    )
    return Scene(
        nodes,
        edges,
        tuple(Group(str(i), g["name"], g["note"]) for i, g in enumerate(picture["groups"])),
        tuple(zip(picture["relation_names"], picture["relations"], strict=True)),
        title=f"View {view}",
    )
