"""A small case for tests of the workbench widget: two groups, an account beside them, hostile names, a text to cover."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_demo import HOSTILE

from investigate import Case
from investigate.widgets import Workbench
from tests.workbench.worlds import made_case

BAD = HOSTILE[0]


def small_case(folder: Path) -> Case:
    """a0-a4 and b0-b3 in groups, c0 linked to a0 and in none; a1 carries a hostile name."""
    names = {f"a{i}": 1 for i in range(5)} | {f"b{i}": 2 for i in range(4)}
    names = {BAD if n == "a1" else n: g for n, g in names.items()}
    accounts = [*names, "c0"]
    posts = [
        (f"p{i}{k}", n, f"post {k} of number {i} https://example.com/{k} <b>bold</b>", 21_600.0 * k + i)
        for i, n in enumerate(accounts)
        for k in range(4)
    ]
    posts.append(("gore", "a0", "trigger warning: a terrible thing", 50.0))
    links = [
        (x, y, "co_url", 5.0, True) for g in (1, 2) for x in names for y in names if x < y and names[x] == names[y] == g
    ]
    links += [("a0", "a2", "co_text", 3.0, True), ("a0", "c0", "co_url", 2.0, False)]
    return made_case(folder, posts, links, names)


@pytest.fixture
def case(tmp_path):
    return small_case(tmp_path / "case")


@pytest.fixture
def widget(case):
    return Workbench(case)
