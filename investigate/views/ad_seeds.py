"""Advertising seen from what was reported: victims' reports, and what lies around the seeds."""

from __future__ import annotations

from typing import Any

from ._view import View, view
from .ad_lists import answer_of
from .advertising import STUDY
from .contract import studied


@view(
    title="Victim reports",
    summary="Lists what victims reported, and the pages and groups it leads to.",
    caveat="A report is somebody's word: none is checked here.",
)
def ad_reported(case: Any) -> View:
    table = studied(case, STUDY).table("reported")
    return View(
        name="ad_reported",
        title="What victims reported",
        question="What do victims report?",
        lead=answer_of(case, "What do victims report?"),
        table=table if len(table) else None,
        labels={
            "object_type": "Type",
            "object_id": "Reported",
            "account_id": "Page",
            "network": "Group",
            "n_reports": "Reports",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
            "degree": "Carriers",
            "held_back": "Says little because",
        },
        max_rows=25,
    )


@view(
    title="Around the seeds",
    summary="Lists the pages within a few hops of the reported seeds, with the identifier that led to each.",
    caveat="Every hop is weaker than the one before: read the number of carriers.",
)
def ad_reached(case: Any) -> View:
    table = studied(case, STUDY).table("reached")
    return View(
        name="ad_reached",
        title="Around the reported seeds",
        question="What hangs on the reported seeds?",
        lead=answer_of(case, "What hangs on the reported seeds?"),
        table=table if len(table) else None,
        labels={
            "account_id": "Page",
            "hops": "Hops",
            "object_type": "Led there: type",
            "object_id": "Led there",
            "degree": "Carriers",
            "from_account": "From page",
            "network": "Group",
        },
        max_rows=40,
    )
