"""A small export with one planted group, and one finished run on it that many tests look at."""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from investigate.runs import templates

PLANTED = [f"p{n}" for n in range(5)]
PURPOSE = "Tests of the runner on invented posts."


def write_export(path: Path) -> Path:
    """Forty accounts that post as they like, and five that post the same twelve links within seconds."""
    pick, start = random.Random(7), datetime(2024, 3, 1, tzinfo=UTC)
    rows = []
    for account in range(40):
        for _ in range(15):
            at = start + timedelta(seconds=pick.randrange(5 * 86400))
            rows.append((f"a{account}", at, f"https://news.example/{pick.randrange(60)} my view of the day"))
    for link in range(12):
        at = start + timedelta(hours=7 * link, minutes=13)
        for account in PLANTED:
            rows.append(
                (
                    account,
                    at + timedelta(seconds=pick.randrange(40)),
                    f"https://planted.example/{link} look here {account}",
                )
            )
    rows.sort(key=lambda row: row[1])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["who", "when", "what"])
        writer.writerows((who, at.strftime("%Y-%m-%d %H:%M:%S"), what) for who, at, what in rows)
    path.with_suffix(".toml").write_text('account_id = "who"\ncreated_at = "when"\ntext = "what"\n', encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def export(tmp_path_factory) -> Path:
    return write_export(tmp_path_factory.mktemp("export") / "posts.csv")


@pytest.fixture(scope="session")
def given(export):
    """A function from a case folder to the parameters of a run on the export."""

    def make(case: Path, **more):
        mapping = str(export.with_suffix(".toml"))
        return {"data": str(export), "mapping": mapping, "case": str(case), "purpose": PURPOSE, **more}

    return make


@pytest.fixture(scope="session")
def done(given, tmp_path_factory):
    """One complete run: its result, and the progress it reported."""
    from investigate.runs import execute

    seen: list[tuple[str, int, int]] = []
    case = tmp_path_factory.mktemp("done") / "case"
    result = execute("coordinated_behaviour", given(case), lambda *step: seen.append(step))
    return SimpleNamespace(result=result, case=case, progress=seen, planted=PLANTED, purpose=PURPOSE)


@pytest.fixture
def changed(tmp_path):
    """A function that copies the template with one cell's code replaced, found by a part of it."""

    def make(part: str, code: str) -> Path:
        notebook = json.loads((templates.folder() / "coordinated_behaviour.ipynb").read_text(encoding="utf-8"))
        hits = [c for c in notebook["cells"] if c["cell_type"] == "code" and part in "".join(c["source"])]
        assert len(hits) == 1, f"{len(hits)} cells hold {part}"
        hits[0]["source"] = code
        path = tmp_path / "changed.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return make
