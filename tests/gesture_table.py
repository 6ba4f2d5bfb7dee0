"""The table of gestures in docs/workbench.md: calls from the Python registry, keys from the front end's list.

python tests/gesture_table.py      # writes it into the page
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "workbench.md"
MARKS = ("<!-- gestures: begin, made by `python tests/gesture_table.py` -->", "<!-- gestures: end -->")
COMMAND = re.compile(
    r'^\s*\{ id: "(?P<id>\w+)", title: "(?P<title>[^"]+)"(?:, hint: "[^"]*")?, '
    r'key: "(?P<key>[^"]+)"(?:, also: \[(?P<also>[^\]]*)\])?'
)
# Where a gesture is on the screen, beside its key: the only part written by hand; a test looks that none is missing.
SCREEN = {
    "add": "search for it, choose it from the list",
    "clear_selection": "click beside everything",
    "collapse": "**Collapse**",
    "common": "**Common**, with two selected",
    "differ": "**Identity > Different operators**",
    "expand": "double-click; **Expand**, then **Add**",
    "filter": "**Filter**",
    "group": "**Group**",
    "hide": "**Hide**",
    "invert": "**Select > Invert**",
    "keep": "**Keep only**",
    "layout": "**Layout**",
    "look": "**Look**",
    "merge": "**Identity > Same operator**",
    "move": "drag a node; with the keyboard Alt and an arrow",
    "path": "**Path**, with two selected",
    "pin": "**Pin**",
    "select": "click, shift-click; **Lasso**; a row of the table",
    "select_rule": "**Select**",
    "show_hidden": "**Layout > Show what was hidden**",
    "split": "**Identity > Split again**",
    "tag": "**Tag**",
    "time": "drag on the time line; **Play**",
    "unpin": "**Pin** again",
    "unsure": "**Identity > Unsure whether the same**",
    "untag": "**Identity > Remove a tag**",
}


def commands() -> list[dict[str, str]]:
    """The front end's commands: id, title, key, also, and the whole line as `text`."""
    lines = (ROOT / "js" / "commands.js").read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if COMMAND.match(line)]
    ends = [*starts[1:], next(i for i, line in enumerate(lines) if i > starts[-1] and line.startswith("];"))]
    found = []
    for begin, end in zip(starts, ends, strict=True):
        match = COMMAND.match(lines[begin])
        assert match
        found.append({**{k: v or "" for k, v in match.groupdict().items()}, "text": "\n".join(lines[begin:end])})
    return found


def made_by(command: dict[str, str], known: set[str]) -> set[str]:
    """The gestures a command makes, or whose menu or preview it opens."""
    run = re.sub(r'setTool\("\w+"\)', "", command["text"].partition("run:")[2])
    direct = {*re.findall(r'"(\w+)"', run), *re.findall(r"^ (\w+) \}", run)}
    direct |= {"select_rule" if m == "select" else m for m in re.findall(r"menus\.(\w+)\.open", run)}
    direct |= {"expand": {"expand"}, "lasso": {"select"}}.get(command["id"], set())
    return direct & known


def call(name: str, signature: inspect.Signature) -> str:
    """The Python call, with the names of what must be given."""
    parts = [
        p.name if p.default is inspect.Parameter.empty else f"{p.name}={p.default!r}"
        for p in signature.parameters.values()
    ]
    return f"wb.{name}({', '.join(parts)})"


def table() -> str:
    """The table as Markdown."""
    from investigate.workbench import GESTURES

    keys: dict[str, list[str]] = {}
    for command in commands():
        for gesture in made_by(command, {g.name for g in GESTURES}):
            also = re.findall(r'"([^"]+)"', command["also"])
            keys.setdefault(gesture, []).extend([command["key"], *also])
    order = {"select": 0, "grow": 1, "show": 2, "place": 3, "decide": 4}
    rows = ["| what it does | on the screen | keys | the call |", "|---|---|---|---|"]
    for g in sorted(GESTURES, key=lambda g: (order.get(g.group, 9), g.name)):
        pressed = ", ".join(f"`{k}`" for k in dict.fromkeys(keys.get(g.name, [])))
        code = call(g.name, g.signature).replace("|", "\\|")
        rows.append(f"| {g.summary} | {SCREEN.get(g.name, '')} | {pressed} | `{code}` |")
    return "\n".join(rows)


def other_keys() -> str:
    """The keys that are no gesture, as Markdown."""
    from investigate.workbench import GESTURES

    known = {g.name for g in GESTURES}
    rows = ["| key | |", "|---|---|"]
    for c in commands():
        if not made_by(c, known):
            also = "".join(f", `{k}`" for k in re.findall(r'"([^"]+)"', c["also"]))
            rows.append(f"| `{c['key']}`{also} | {c['title']} |")
    return "\n".join(rows)


def made(page: str) -> str:
    """The page with the tables as they are now."""
    begin, end = (page.index(mark) for mark in MARKS)
    return f"{page[:begin]}{MARKS[0]}\n\n{table()}\n\n{other_keys()}\n\n{page[end:]}"


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
