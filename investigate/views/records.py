"""Where the numbers come from: what was read and set aside, and how to get the same result again."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..duration import say
from ._view import View, view


@view(
    title="Data quality",
    summary="Counts what was read, what was set aside and why, and says what the source leaves out.",
    caveat="Rows that are absent from the file are not seen here.",
    needs=("load",),
)
def quality(case: Any) -> View:
    rows: list[tuple[str, str, Any]] = []
    for d in case.datasets:
        rows += [
            (d.file, "rows read", d.rows_read),
            (d.file, "accounts", d.n_accounts),
            (d.file, "posts", d.n_content),
            (d.file, "actions", d.n_actions),
            (d.file, "first (UTC)", d.first_at),
            (d.file, "last (UTC)", d.last_at),
            (d.file, "time resolution", say(d.resolution_s)),
        ]
        rows += [(d.file, f"set aside: {reason.replace('_', ' ')}", n) for reason, n in d.set_aside.items()] or [
            (d.file, "set aside", 0)
        ]
        rows += [(d.file, "columns not used", ", ".join(d.columns_dropped))] if d.columns_dropped else []
    kinds = (
        case.connection()
        .execute(
            "select object_type, count(*) n, count(distinct object_id) o, count(distinct account_id) a from actions group by 1 order by 1"
        )
        .fetchall()
    )
    rows += [
        ("all files", f"objects: {kind}", f"{n:,} actions on {o:,} objects by {a:,} accounts")
        for kind, n, o, a in kinds
    ]
    aside = sum(sum(d.set_aside.values()) for d in case.datasets)
    read = sum(d.rows_read for d in case.datasets)
    return View(
        name="quality",
        title="Data quality",
        question="What was read, and what could not be used?",
        table=pd.DataFrame(rows, columns=["file", "what", "value"]),
        lead=f"{read:,} rows were read; {aside:,} were set aside and are kept with their reasons in the case (table set_aside).",
        caveats=tuple(case.notes),
        max_rows=60,
    )


@view(
    title="How to reproduce",
    summary="Lists files with their hashes and the settings that decide the result.",
    caveat="",
    needs=("relate",),
)
def reproduce(case: Any) -> View:
    s = case.settings
    rows = [("file", d.file, f"SHA-256 {d.sha256}, source {d.source}") for d in case.datasets]
    rows += [("setting", "period", str(case.period))] if case.period else []
    rows += (
        [
            ("setting", name, str(value))
            for name, value in (
                ("relations", ", ".join(s.relations)),
                ("window", say(s.window_s)),
                ("min_shared", s.min_shared),
                ("fdr_q", s.fdr_q),
                ("min_accounts", s.min_accounts),
                ("min_actions", s.min_actions),
                ("resolution", s.resolution),
                ("seed", s.seed),
            )
        ]
        if s
        else []
    )
    return View(
        name="reproduce",
        title="How to reproduce",
        question="Which inputs and settings give this result?",
        table=pd.DataFrame(rows, columns=["kind", "name", "value"]),
        lead="The same files and settings give the same findings and tables, byte for byte.",
        max_rows=60,
    )
