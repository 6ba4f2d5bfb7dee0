"""A view outlives its process: killed and opened again, it is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest

from investigate import Case
from investigate.errors import CaseError, InputError, TamperError
from investigate.workbench import Workbench
from investigate.workbench.journal import EVERY

# Makes gestures for ever and says each one on its output, after it was answered.
FOREVER = """
import json, sys
from investigate import Case
from investigate.workbench import Workbench
from tests.workbench.test_saved import work
wb = Workbench(Case.open(sys.argv[1]))
assert not wb.read_only
for _ in work(wb):
    print(json.dumps([wb.state.to_json(), [s.text for s in wb.steps[0]], [s.text for s in wb.steps[1]]]), flush=True)
"""


def work(wb):
    """The same gestures every time, without end."""
    rng = np.random.default_rng(3)
    nodes = sorted(wb.state.places)
    while True:
        some = [str(n) for n in rng.choice(nodes, 3)]
        place = [float(v) for v in rng.normal(size=2)]
        gestures = [
            *(partial(wb.move, {some[0]: place}), partial(wb.select, some), partial(wb.expand, some[0], "url", 2)),
            *(partial(wb.hide, some), wb.undo, wb.undo, wb.redo, wb.show_hidden),
        ]
        yield gestures[int(rng.integers(len(gestures)))]()


def test_killed_in_the_middle_it_opens_as_it_was(case, tmp_path, repository):
    """A process killed with SIGKILL while it works: state, undo and redo are those of the last gesture that was answered,
    or of the one that was being answered; undoing all gives the start."""
    script = tmp_path / "forever.py"
    script.write_text(FOREVER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    process = subprocess.Popen(
        [sys.executable, script, str(case.path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    lines = []
    while len(lines) < EVERY + 20:  # past a snapshot
        lines.append(process.stdout.readline())
        assert lines[-1], "the process ended by itself"
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
    answered = [*lines, *(line for line in rest.splitlines(keepends=True) if line.endswith("\n"))]
    killed = Workbench(Case.open(case.path))
    same = Workbench(case, view="same")
    first, going = same.state, work(same)
    for line in answered:
        next(going)
    text = lambda wb: [wb.state.to_json(), *([s.text for s in steps] for steps in wb.steps)]
    assert text(same) == json.loads(line)
    possible = [text(same)]
    next(going)
    possible.append(text(same))
    assert text(killed) in possible
    while killed.undo() is not None:
        pass
    assert killed.state == first


def test_reopened_it_is_identical(wb, case):
    """State, undo, redo, history, code and picture are the same in a new workbench."""
    nodes = sorted(wb.state.places)
    wb.expand(nodes[0], via=["url"], top=5)
    wb.tag(nodes[:2], "check", "posts at night")
    wb.time("2026-03-05", "2026-03-06 12:00")
    wb.select(nodes[:5])
    wb.move({nodes[1]: (1 / 3, -2 / 7)})
    wb.undo()
    again = Workbench(Case.open(case.path))
    assert again.state == wb.state
    assert again.history.equals(wb.history)
    assert again.to_code() == wb.to_code()
    assert again.can_redo == wb.can_redo != ""
    assert str(again.scene()) == str(wb.scene())
    again.redo()
    assert again.state.places[nodes[1]] == (0.333333, -0.285714)
    while again.undo() is not None:
        pass
    assert case.tags().empty and again.state == Workbench(case, view="fresh").state


@pytest.mark.parametrize("steps", [1, EVERY - 1, EVERY, EVERY + 3])
def test_snapshot_and_history_agree(wb, case, steps):
    """Whatever stands in the snapshot, history after it is replayed, undo among it."""
    nodes = sorted(wb.state.places)
    for i in range(steps):
        wb.select(nodes[i % len(nodes)])
        if i % 5 == 4:
            wb.undo()
    assert Workbench(Case.open(case.path)).state == wb.state
    wb.save()
    wb.save()
    assert Workbench(Case.open(case.path)).state == wb.state


def test_a_line_cut_short_is_cut_off(wb, case):
    """Half a line at the end, as a power cut leaves it: the view opens at the gesture before and goes on."""
    nodes = sorted(wb.state.places)
    wb.hide(nodes[0])
    state = wb.state
    wb.hide(nodes[1])
    path = case.path / "views" / "main" / "history.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[:-40])
    again = Workbench(Case.open(case.path))
    assert again.state == state
    again.hide(nodes[2])
    assert Workbench(Case.open(case.path)).state == again.state


def test_damage_is_named(wb, case):
    """A changed line, missing lines and a damaged snapshot are refused with the place, not guessed at."""
    for node in sorted(wb.state.places)[:4]:
        wb.hide(node)
    wb.save()
    folder = case.path / "views" / "main"
    history, snapshot = (folder / "history.jsonl").read_bytes(), (folder / "view.json").read_bytes()
    (folder / "history.jsonl").write_bytes(b"{}\n" + history)
    with pytest.raises(TamperError, match="line 1"):
        Workbench(case)
    (folder / "history.jsonl").write_bytes(history.split(b"\n", 1)[1])
    with pytest.raises(TamperError, match="missing"):
        Workbench(case)
    (folder / "history.jsonl").write_bytes(history)
    (folder / "view.json").write_bytes(snapshot[:100])
    with pytest.raises(InputError, match="view.json"):
        Workbench(case)
    (folder / "view.json").write_bytes(snapshot)
    assert Workbench(case).state == wb.state


def test_views_are_apart(case):
    """Two views of one case do not touch each other; a name that could leave the folder is refused."""
    one, two = Workbench(case, view="one"), Workbench(case, view="two")
    one.hide(sorted(one.state.places)[:5])
    assert not two.state.hidden and not Workbench(case, view="two").state.hidden
    for name in ("../out", "", "a/b", ".hidden", "x" * 100, "a b"):
        with pytest.raises(InputError, match="name of a view"):
            Workbench(case, view=name)


HOLD = "import sys, time; from investigate import Case; c = Case.open(sys.argv[1]); assert c.hold(); print('held', flush=True); time.sleep(60)"


def test_the_second_opens_for_reading_only(wb, case):
    """While another process holds the case: gestures work on the screen, nothing is written, decisions are refused."""
    wb.hide(min(wb.state.places))
    wb.save()
    case.release()
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(case.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline().strip() == "held"
        folder = case.path / "views" / "main"
        before = {p.name: p.read_bytes() for p in folder.iterdir()}
        second = Workbench(Case.open(case.path))
        assert second.read_only and "reading only" in second.notice and second.read_only in second.notice
        assert second.state == wb.state
        second.select(sorted(wb.state.places)[5])
        second.show_hidden()
        assert not second.state.hidden
        with pytest.raises(CaseError):
            second.tag(sorted(wb.state.places)[5], "check", "why")
        second.save()
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    finally:
        holder.kill()
        holder.wait()
    time.sleep(0.05)
    third = Workbench(Case.open(case.path))
    assert not third.read_only and third.state == wb.state


def test_a_view_survives_other_results(wb, case):
    """Related again, an account of the view may be gone from the groups, and a link from the case: it opens and says so."""
    gone = "url:https://nowhere.example/"
    path = case.path / "views" / "main" / "view.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["state"]["places"][gone] = [0.0, 0.0]
    held["state"]["extra"] = [["nobody", "noone", "co_url"]]
    path.write_text(json.dumps(held), encoding="utf-8")
    again = Workbench(Case.open(case.path))
    assert "1 nodes of this view are not in the case" in again.notice
    assert gone in again.state.places and gone not in again.scene()["ids"]
