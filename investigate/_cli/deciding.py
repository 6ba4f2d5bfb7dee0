"""Commands for decisions: judge, exhibits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from . import show
from .arguments import CaseDir, Json


def register(app: typer.Typer) -> None:
    app.command("judge")(judge)
    app.command("exhibits")(exhibits)


def judge(
    case_dir: CaseDir,
    finding: Annotated[str, typer.Argument(help="The finding's identifier: F-...", metavar="FINDING")],
    decision: Annotated[str, typer.Argument(help="confirmed_by_human, rejected or inconclusive.", metavar="DECISION")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.")],
    grade: Annotated[
        str | None,
        typer.Option("--grade", help="The grade at which it is confirmed; that of its evidence by default."),
    ] = None,
    second: Annotated[
        bool, typer.Option("--second", help="A second review, made without sight of the first decision.")
    ] = False,
    json: Json = False,
) -> None:
    """Decide on a finding, with a reason.

    Who decides is taken from INVESTIGATE_ACTOR, else from the login name. A finding cannot be confirmed above the grade
    that its evidence reaches, and one below E2 not at all. A later decision replaces yours; none is deleted."""
    from ..case import Case

    case = Case.open(case_dir)
    case.refuse_if_held()
    made = case.judge(finding, decision, reason, grade=grade, second=second)
    standing = case.standings()[finding]
    if json:
        show.as_json({**asdict(made), "status": standing.status, "disagree": standing.disagree})
        return
    show.say(f"{made.finding_id}: {made.decision}{f' as {made.grade}' if made.grade else ''}, by {made.by}")
    if standing.disagree:
        show.say("the reviewers disagree: inconclusive until somebody who has seen both decides")


def exhibits(case_dir: CaseDir, json: Json = False) -> None:
    """List the evidence that people pinned.

    Those taken back are listed too; their numbers are not given again."""
    from ..case import Case

    held = Case.open(case_dir).exhibits()
    if json:
        show.as_json([asdict(e) for e in held])
        return
    for e in held:
        words = [f"{e.stance} {e.finding_id}".strip(), e.note, f"by {e.by}", "taken back" if e.retracted else ""]
        show.say(f"{e.number}  {e.title}; " + "; ".join(w for w in words if w))
    if not held:
        show.say("no evidence was pinned in this case")
