"""docs/workbench.md and the front end against the registry of gestures."""

from __future__ import annotations

import inspect
import re

import gesture_table

from investigate.workbench import GESTURES

# What the front end sends: `gesture("name", { a: ..., b })`.
SENT = re.compile(r'gesture\("(\w+)", \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}')


def test_the_table_of_gestures_is_the_registrys() -> None:
    """Every gesture, its arguments and its keys are in the page as they are in the code."""
    page = gesture_table.PAGE.read_text(encoding="utf-8")
    assert gesture_table.made(page) == page, "run: python tests/gesture_table.py"
    assert set(gesture_table.SCREEN) == {g.name for g in GESTURES}


def test_every_gesture_can_be_reached_by_keyboard() -> None:
    """Each has a key, or is made by arrows, in the time line, in the search field or in a menu that has one."""
    with_key = set().union(*(gesture_table.made_by(c, {g.name for g in GESTURES}) for c in gesture_table.commands()))
    without = {g.name for g in GESTURES} - with_key
    assert without <= {"add", "move", "time"}, "those three have keys of their own: search, Alt and arrows, the sliders"


def test_no_key_stands_for_two_things() -> None:
    """The keys of the workbench are all different."""
    keys = [k for c in gesture_table.commands() for k in [c["key"], *re.findall(r'"([^"]+)"', c["also"])]]
    assert len(keys) == len(set(keys)) and len(keys) > 30


def test_the_front_end_sends_what_the_gestures_take(repository) -> None:
    """Every gesture the front end names exists, and every argument it sends is one that it takes."""
    wrong, seen = [], set()
    for path in sorted((repository / "js").rglob("*.js")):
        if "node_modules" in path.parts:
            continue
        for name, inside in SENT.findall(path.read_text(encoding="utf-8")):
            flat = re.sub(r"\([^()]*\)|\[[^\]]*\]|\.\.\.[\w.]+", "", inside)
            given = {part.partition(":")[0].strip() for part in flat.split(",")} - {""}
            takes = set(inspect.signature(GESTURES.get(name).run).parameters) if name in GESTURES else set()
            seen.add(name)
            wrong += [f"{path.name}: {name}({g})" for g in given - takes if re.fullmatch(r"\w+", g)]
    assert wrong == []
    assert len(seen) >= 10, "the pattern does not find the calls any more"


def test_the_select_menu_gives_each_rule_its_argument(repository) -> None:
    """`go(rule, {argument: ...})` and `choice(title, rule, argument, ...)` name the argument the rule takes."""
    from investigate.workbench.gestures.selecting import RULES

    menus = (repository / "js" / "menus.js").read_text(encoding="utf-8")
    sent = dict(re.findall(r'go\("(\w+)", \{ (\w+):', menus)) | dict(
        re.findall(r'choice\("[^"]+", "(\w+)", "(\w+)"', menus)
    )
    assert sent == {rule: argument for rule, (argument, _) in RULES.items()}
