"""Colours, in one place for pictures, pages and the live graph. Each stands out at least 3:1 from its background."""

from __future__ import annotations

LIGHT = {
    "bg": "#ffffff",
    "panel": "#f6f7f9",
    "ink": "#1b2027",
    "muted": "#59626e",
    "line": "#d9dde3",
    "edge": "#7b8592",
    "accent": "#1f5fa8",
    "warn-ink": "#7a4a00",
    "warn-bg": "#fdf5e4",
    "warn-line": "#e5c98a",
    "bad-ink": "#96201c",
    "bad-bg": "#fdf0ef",
    "bad-line": "#e3aaa6",
    "good-ink": "#1d6340",
    "good-bg": "#ebf6ef",
    "good-line": "#a4d0b5",
    "other": "#8a93a0",
    "c0": "#2b6cb0",
    "c1": "#c2571a",
    "c2": "#2a7d55",
    "c3": "#a0307a",
    "c4": "#6b46c1",
    "c5": "#80660a",
    "c6": "#0f7c88",
    "c7": "#b83232",
}
DARK = {
    "bg": "#14181d",
    "panel": "#1c2127",
    "ink": "#e6e9ed",
    "muted": "#a2abb7",
    "line": "#343b45",
    "edge": "#7d8794",
    "accent": "#82b4f0",
    "warn-ink": "#f0cf8e",
    "warn-bg": "#2b2415",
    "warn-line": "#5d4d26",
    "bad-ink": "#f5aaa5",
    "bad-bg": "#2f1b1a",
    "bad-line": "#6b3532",
    "good-ink": "#93d6ae",
    "good-bg": "#162a1f",
    "good-line": "#2f5c43",
    "other": "#79828e",
    "c0": "#6ea8e6",
    "c1": "#f0995a",
    "c2": "#62c28d",
    "c3": "#e07fb8",
    "c4": "#ab92ee",
    "c5": "#d6b84a",
    "c6": "#4fc1cc",
    "c7": "#f08080",
}
COLOURS = 8
SHAPES = ("circle", "square", "triangle", "diamond", "down", "plus", "hexagon", "cross")
# Kinds of node that no group's marker may stand for; any other kind is a type of object. Accounts take their group's.
KIND_SHAPES = {"account": "", "content": "page", "bundle": "stack", "community": "ring"}
# One line pattern per relation, in picture units: told apart without colour.
DASHES = ((), (7, 4), (2, 3), (10, 3, 2, 3), (14, 5), (4, 2, 1, 2, 1, 2))


def colour(index: int) -> str:
    """CSS value of the colour of group or series `index`; -1 is "other"; with the light one for pictures on their own."""
    name = "other" if index < 0 else f"c{index % COLOURS}"
    return token(name)


def token(name: str) -> str:
    """CSS value of a named colour that follows the page's theme."""
    return f"var(--iv-{name},{LIGHT[name]})"


def shape(index: int) -> str:
    """Marker of group `index`: shifts by one after each round of colours, so that 64 pairs differ."""
    return SHAPES[(index + index // COLOURS) % len(SHAPES)] if index >= 0 else "circle"


def node_shape(kind: str, index: int) -> str:
    """Marker of a node of some kind in group `index`, as on the live canvas."""
    return KIND_SHAPES.get(kind, "tag") or shape(index)


def tokens_css(scope: str) -> str:
    """Custom properties for `scope`: light, dark where the reader's system asks for it, light again on paper.

    JupyterLab's own theme wins over the system's setting.
    """
    light = "".join(f"--iv-{k}:{v};" for k, v in LIGHT.items())
    dark = "".join(f"--iv-{k}:{v};" for k, v in DARK.items())
    return (
        f"{scope}{{{light}color-scheme:light}}"
        f"@media (prefers-color-scheme:dark){{{scope}{{{dark}color-scheme:dark}}}}"
        f'[data-theme="light"]{scope},[data-jp-theme-light="true"] {scope}{{{light}color-scheme:light}}'
        f'[data-theme="dark"]{scope},[data-jp-theme-light="false"] {scope}{{{dark}color-scheme:dark}}'
        f"@media print{{{scope}{{{light}color-scheme:light}}}}"
    )
