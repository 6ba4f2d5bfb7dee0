"""The sections every template has: the bottom line, its questions, proposed actions, policies, limits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import InputError
from ..study import Study
from ._view import View, view
from ._words import plural


def studied(case: Any, name: str) -> Study:
    """The study of a template; InputError where it has not been made on this case."""
    if name not in case.studies:
        raise InputError(
            f"'{name}' has not been worked out on this case",
            f"studies held: {', '.join(sorted(case.studies)) or 'none'}",
            f"call studies.{name}(case) first",
        )
    return case.studies[name]


def own_findings(case: Any, study: str) -> list[Any]:
    """The findings of one template, strongest first."""
    own = [f for f in case.findings if f.template == study]
    return sorted(own, key=lambda f: (f.evidence_grade, f.n_members, f.finding_id), reverse=True)


@view(
    title="In short",
    summary="Says in two or three sentences what a template found, with its key numbers.",
    caveat="It retells the sections below; it judges nothing.",
)
def bottom_line(case: Any, *, study: str) -> View:
    held, found = studied(case, study), own_findings(case, study)
    supported = sum(f.status == "supported" for f in found)
    return View(
        name="bottom_line",
        title="In short",
        question="What is this, and how far does the evidence carry?",
        lead=held.bottom_line,
        facts=(*held.numbers, ("Findings supported", supported), ("Leads", len(found) - supported)),
    )


@view(
    title="Questions",
    summary="Lists the template's questions with their answers, and why others are not answered.",
    caveat="An answer holds for the rows of the file, not for the platform.",
)
def questions(case: Any, *, study: str) -> View:
    answers = studied(case, study).answers
    table = pd.DataFrame(
        [(a.question, a.answer or f"Not answered, because {a.because}", a.rows_ref) for a in answers],
        columns=["question", "answer", "rows_ref"],
    )
    without = sum(not a.answer for a in answers)
    return View(
        name="questions",
        title="Questions and answers",
        question="What was asked, and what can the data say?",
        lead=f"{len(answers) - without} of {plural(len(answers), 'question')} can be answered with these data.",
        table=table,
        labels={"question": "Question", "answer": "Answer", "rows_ref": "To be checked in"},
        max_rows=40,
        whole=True,
    )


@view(
    title="Proposed actions",
    summary="Lists what is proposed now and in the mid term, with owner, risk and review date.",
    caveat="A proposal is no decision: nothing is done before a person has decided it.",
)
def proposals(case: Any, *, study: str) -> View:
    rows = [("the whole issue", p) for p in studied(case, study).proposals]
    rows += [(f.title, p) for f in own_findings(case, study) for p in f.recommended]
    columns = ["horizon", "action", "about", "owner", "effect", "risk", "reversible", "review_by", "ceiling_ok"]
    table = pd.DataFrame(
        [{"about": about, **{c: p.get(c, "") for c in columns if c != "about"}} for about, p in rows], columns=columns
    )
    table = table.sort_values("horizon", key=lambda s: s.map({"now": 0}).fillna(1), kind="stable", ignore_index=True)
    blocked = int((~table.pop("ceiling_ok").astype(bool)).sum()) if len(table) else 0
    held_back = f" {plural(blocked, 'action')} would need stronger evidence than there is." if blocked else ""
    return View(
        name="proposals",
        title="Proposed actions",
        question="What could be done now, and what in the mid term?",
        lead=(f"{plural(len(table), 'action')} proposed.{held_back}" if len(table) else "No action is proposed."),
        table=table if len(table) else None,
        labels={
            "horizon": "When",
            "action": "Action",
            "about": "About",
            "owner": "Owner",
            "effect": "Expected effect",
            "risk": "Risk",
            "reversible": "Reversible",
            "review_by": "Review by",
        },
        caveats=("Owners are functions. Nothing here is done by itself; reversible steps come first.",),
        max_rows=40,
        whole=True,
    )


@view(
    title="Policies",
    summary="Lists the policies that a person should read beside each finding, with clause and version.",
    caveat="That a policy is listed does not say it was broken.",
)
def policies(case: Any, *, study: str) -> View:
    rows = [
        (
            f.title,
            p.get("title", ""),
            p.get("policy_id", ""),
            p.get("clause", ""),
            p.get("version", ""),
            p.get("fit", ""),
        )
        for f in own_findings(case, study)
        for p in f.policy
    ]
    table = pd.DataFrame(rows, columns=["finding", "policy", "policy_id", "clause", "version", "fit"])
    return View(
        name="policies",
        title="Policies to read",
        question="Which policies could apply, in which version?",
        lead="" if rows else "No policy is mapped: there is no finding, or the policy pack names none for it.",
        table=table if rows else None,
        labels={
            "finding": "Finding",
            "policy": "Policy",
            "policy_id": "Identifier",
            "clause": "Clause",
            "version": "Version",
            "fit": "Fit",
        },
        caveats=("The fit is for a person to decide. The texts are those of the policy pack, not of any platform.",),
        max_rows=40,
    )


@view(
    title="Innocent explanations by finding",
    summary="Lists what else could explain each finding of a template, what was checked and what came out.",
    caveat="A check can only find what the data holds.",
)
def alternatives(case: Any, *, study: str) -> View:
    rows = [
        (f.title, f.evidence_grade, a.name, a.verdict, a.result, a.checked)
        for f in own_findings(case, study)
        for a in f.alternatives
    ]
    table = pd.DataFrame(rows, columns=["finding", "evidence_grade", "explanation", "verdict", "result", "checked"])
    return View(
        name="alternatives",
        title="Innocent explanations",
        question="What else could explain each finding?",
        lead="" if rows else "There is no finding to explain.",
        table=table if rows else None,
        how_to_read="A finding that is explained is shown and graded down, never hidden.",
        labels={
            "finding": "Finding",
            "evidence_grade": "Grade",
            "explanation": "Explanation",
            "verdict": "Verdict",
            "result": "What came out",
            "checked": "What was checked",
        },
        max_rows=40,
        whole=True,
    )


@view(
    title="Limits of the study",
    summary="Says what a template's data and method cannot show.",
    caveat="",
)
def study_limits(case: Any, *, study: str) -> View:
    rows = [*studied(case, study).limits, *(f"Source: {note}" for note in case.notes)]
    rows.append(
        "The export may be a sample: 'first', 'all' and 'only' hold for the rows of the file, not for the platform."
    )
    return View(name="limits", title="Limits", question="What can these data not show?", caveats=tuple(rows))


@view(
    title="Findings of a template",
    summary="Shows a card per finding of one template: evidence, expected by chance, explanations, grade.",
    caveat="A grade speaks of the evidence, not of guilt.",
)
def study_findings(case: Any, *, study: str, top: int = 8) -> View:
    from .overview import findings

    return findings(case, top=top, template=study)
