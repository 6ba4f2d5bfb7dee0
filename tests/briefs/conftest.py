"""A finished run made without a kernel, whose data hold hostile names, addresses and numbers of people."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from shift_world import ACCOUNTS, PERSONAL, findings, study, write_export

from investigate.runs import begin
from investigate.views import View


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> SimpleNamespace:
    """The run, its case and its folder."""
    folder = tmp_path_factory.mktemp("shift")
    export = write_export(folder / "posts.csv")
    given = {
        "data": str(export),
        "source": "csv",
        "mapping": "account_id=who;created_at=when;text=what",
        "case": str(folder / "case"),
        "purpose": "Tests of briefs on invented posts.",
        "title": "Links in March",
    }
    run = begin("shift", given)
    run.case.conclude(study(), findings())
    run.show(
        View("posts", "Posts", "", table=pd.DataFrame({"account_id": ACCOUNTS, "text": PERSONAL[:5], "n": range(5)}))
    )
    run.finish()
    return SimpleNamespace(case=run.case, folder=run.folder, path=folder / "case")
