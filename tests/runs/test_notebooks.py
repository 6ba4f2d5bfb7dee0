"""The guided notebooks run from top to bottom on what the repository holds."""

from __future__ import annotations

from pathlib import Path

import papermill
import pytest

from investigate.case import Case

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path, tmp_path, monkeypatch, repository):
    """Every cell works when the notebook is opened where it lies, as `make lab` opens it."""
    monkeypatch.setenv("PYTHONPATH", str(repository))
    papermill.execute_notebook(
        str(path),
        str(tmp_path / "out.ipynb"),
        {"case": str(tmp_path / "case")},
        kernel_name="python3",
        progress_bar=False,
        cwd=str(path.parent),
    )
    case = Case.open(tmp_path / "case")
    assert case.verify() == [] and case.incomplete == []
