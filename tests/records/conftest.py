"""A small case with findings, made once, and a fresh copy of it for every test."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from investigate.case import Case

HOSTILE = "<script>alert(1)</script>\u202egnp.exe https://evil.example/x"


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty accounts that post as they like, two groups that post the same links within seconds; one handle is hostile."""
    pick, start = random.Random(5), datetime(2024, 3, 1, tzinfo=UTC)
    rows = []
    for account in range(30):
        for _ in range(15):
            at = start + timedelta(seconds=pick.randrange(5 * 86400))
            rows.append((f"a{account}", at, f"https://news.example/{pick.randrange(60)} my view of the day"))
    for group in ("p", "q"):
        for link in range(12):
            at = start + timedelta(hours=7 * link, minutes=13 if group == "p" else 43)
            for n in range(5):
                when = at + timedelta(seconds=pick.randrange(40))
                rows.append((f"{group}{n}", when, f"https://{group}.example/{link} look here {n}"))
    rows.sort(key=lambda row: row[1])
    folder = tmp_path_factory.mktemp("records")
    with (folder / "posts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["who", "name", "when", "what"])
        for who, at, what in rows:
            writer.writerow([who, HOSTILE if who == "p0" else who.upper(), at.strftime("%Y-%m-%d %H:%M:%S"), what])
    case = Case.create(folder / "case")
    mapping = {"account_id": "who", "handle": "name", "created_at": "when", "text": "what"}
    case.load(folder / "posts.csv", "csv", mapping=mapping)
    case.relate(["co_url"])
    case.score()
    case.group()
    case.find()
    case.close()
    return case.path


@pytest.fixture
def case(_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A copy with two findings of grade E2; anna is at work."""
    monkeypatch.setenv("INVESTIGATE_ACTOR", "anna")
    return Case.open(shutil.copytree(_made, tmp_path / "case"))


@pytest.fixture
def becomes(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody else sits down."""
    return lambda name: monkeypatch.setenv("INVESTIGATE_ACTOR", name)
