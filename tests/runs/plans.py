"""A template that does next to nothing, and plans of it: what the tests of batches run."""

from __future__ import annotations

import json
from pathlib import Path

PURPOSE = "Tests of batches on invented posts."
PARAMETERS = (
    'data = ""\nsource = "csv"\nmapping = ""\ncase = ""\nrun_dir = ""\nmin_shared = 2\nknown_groups = ""\n'
    f'market_profile = ""\nwindow = "auto"\npurpose = "{PURPOSE}"\n'
)
CELLS = (
    ("parameters", PARAMETERS),
    ("intake", 'import investigate\nfrom investigate import views\nrun = investigate.begin("tiny", globals())'),
    # As long as the file exists the section goes on: tests decide how long a run takes.
    ("wait", "import pathlib, time\nwhile pathlib.Path(data + '.hold').exists():\n    time.sleep(0.05)"),
    ("quality", "1 / (min_shared - 3)\nrun.show(views.quality(run.case))"),
    ("record", "run.finish()"),
)


def tiny(folder: Path) -> Path:
    """The template as a file: it loads the data, waits while `<data>.hold` exists, and fails in part at min_shared = 3."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"{tag}-00",
            "metadata": {"tags": [tag, "raises-exception"] if tag == "quality" else [tag]},
            "outputs": [],
            "source": source,
        }
        for tag, source in CELLS
    ]
    about = {
        "name": "tiny",
        "title": "Tiny",
        "summary": "Shows the quality of the data.",
        "question": "Does it run?",
        "sections": ["intake", "wait", "quality", "record"],
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"investigate": about, "kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / "tiny.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def posts(folder: Path, name: str, n: int = 6) -> Path:
    """An export of a few posts; `n` makes it another file."""
    lines = ["who,when,what", *(f"a{i % 3},2024-03-01 10:{i:02d}:00,post {i} of {name}" for i in range(n))]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_plan(folder: Path, *rows: str, defaults: str = "") -> Path:
    """A plan of the tiny template: each row is its name, and what else is written in it after a semicolon."""
    text = f'title = "A <b>test</b>"\n[defaults]\ntemplate = "tiny.ipynb"\nmapping = "m.toml"\n{defaults}\n'
    (folder / "m.toml").write_text('account_id = "who"\ncreated_at = "when"\ntext = "what"\n', encoding="utf-8")
    tiny(folder)
    for row in rows:
        name, _, more = row.partition(";")
        case = "" if "case =" in more else f'case = "cases/{name}"\n'
        text += f'[[run]]\nname = "{name}"\n{case}data = "{name}.csv"\n{more.strip()}\n'
        if not (folder / f"{name}.csv").exists():
            posts(folder, name)
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path
