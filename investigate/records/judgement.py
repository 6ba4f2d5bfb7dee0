"""Judgements: what people decided on findings, and what stands when they decided differently."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import InputError, nearest
from ..findings import EMITTED_BY_TEMPLATES, GRADES, STATUSES, Finding, Judgement
from .entries import Entry, taken_back

JUDGEMENT = "finding_judged"
DECISIONS = tuple(s for s in STATUSES if s not in EMITTED_BY_TEMPLATES)
CONFIRMED, INCONCLUSIVE = "confirmed_by_human", "inconclusive"
LOWEST_CONFIRMED, HIGHEST_BY_TEMPLATE, BY_A_PERSON = "E2", "E3", "E4"


@dataclass(frozen=True)
class Standing:
    """What counts for a finding now.

    Attributes
    ----------
    status : str
        The decision; "inconclusive" while two reviewers disagree and nobody has decided after them.
    grade : str
        The grade at which it is confirmed; empty otherwise.
    judgements : tuple of Judgement
        Each person's latest judgement that counts, oldest first.
    decides : int
        The entry of the judgement that counts; second reviews after it count beside it.
    disagree : bool
        The second reviewer decided otherwise than the first, and nobody has decided since.
    """

    finding_id: str
    status: str
    grade: str
    judgements: tuple[Judgement, ...]
    decides: int
    disagree: bool = False

    def stands(self, judgement: Judgement) -> bool:
        """Whether a judgement counts, by itself or as the second review beside it."""
        seq = judgement.seq
        return judgement in self.judgements and (seq == self.decides or (judgement.second and seq > self.decides))


def finding_sha256(finding: Finding) -> str:
    """The hash of a finding's record: it changes with the evidence, the grade or the wording."""
    text = json.dumps(finding.to_dict(), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def known_finding(finding_id: str, findings: Iterable[Finding]) -> Finding:
    """The finding; InputError with the nearest identifier where there is none."""
    by_id = {f.finding_id: f for f in findings}
    if finding_id in by_id:
        return by_id[finding_id]
    hint = nearest(finding_id, by_id)
    do = (
        f"did you mean {hint}?" if hint else f"one of: {', '.join(sorted(by_id)[:5]) or 'none; run the analysis first'}"
    )
    raise InputError(f"there is no finding '{finding_id}' in the results", "parameter finding_id", do)


def decided_grade(finding: Finding, decision: str, grade: str | None) -> str:
    """The grade that the judgement carries; InputError above what the finding's evidence allows.

    A confirmation is the outcome of a human review, which the evidence of grade E2 is the first to carry. E4 is E3 and the
    person's own evidence, stated in the reason. No person lifts a finding above E3 otherwise.
    """
    if decision not in DECISIONS:
        hint = nearest(decision, DECISIONS)
        do = f"did you mean '{hint}'?" if hint else f"one of {', '.join(DECISIONS)}"
        raise InputError(f"'{decision}' is not a decision", "parameter decision", do)
    if decision != CONFIRMED:
        if grade:
            raise InputError(
                f"a grade goes with a confirmation, not with '{decision}'", "parameter grade", "leave it out"
            )
        return ""
    reached = finding.evidence_grade
    means, carries = GRADES[reached]
    if reached < LOWEST_CONFIRMED:
        raise InputError(
            f"the evidence reaches {reached} ({means}); it carries no more than '{carries}', and no confirmation",
            finding.finding_id,
            "judge it inconclusive and say what is missing, or find independent evidence and run the analysis again",
        )
    wanted = grade or reached
    if wanted not in GRADES:
        raise InputError(f"'{wanted}' is not a grade", "parameter grade", f"one of {', '.join(GRADES)}")
    highest = BY_A_PERSON if reached >= HIGHEST_BY_TEMPLATE else reached
    if wanted > highest:
        raise InputError(
            f"the evidence reaches {reached} and cannot be confirmed as {wanted}; {reached} carries at most '{carries}'",
            finding.finding_id,
            f"confirm it as {reached}"
            + ("" if wanted != BY_A_PERSON else f"; {BY_A_PERSON} needs a finding of grade {HIGHEST_BY_TEMPLATE}"),
        )
    if wanted < LOWEST_CONFIRMED:
        raise InputError(
            f"{wanted} carries no confirmation",
            "parameter grade",
            f"give {LOWEST_CONFIRMED} to {highest}, or leave it out",
        )
    return wanted


def judged(entries: Sequence[Entry]) -> list[Judgement]:
    """All judgements, oldest first, those taken back included."""
    dead = taken_back(entries)
    return [
        Judgement(
            e["data"]["finding"],
            e["data"]["decision"],
            e["actor"],
            e["at"],
            e["data"]["reason"],
            title=e["data"]["title"],
            grade=e["data"]["grade"],
            second=e["data"]["second"],
            seq=e["seq"],
            finding_sha256=e["data"]["finding_sha256"],
            retracted=dead.get(e["seq"], 0),
        )
        for e in entries
        if e["kind"] == JUDGEMENT
    ]


def check_second(finding_id: str, second: bool, by: str, entries: Sequence[Entry]) -> None:
    """InputError where a second review is not one: nobody judged before, or the same person did."""
    if not second:
        return
    first = [j for j in judged(entries) if j.finding_id == finding_id and not j.retracted and not j.second]
    if not first:
        raise InputError("nobody has judged this finding yet", finding_id, "leave out `second`")
    if by in {j.by for j in first}:
        raise InputError(
            f"{by} judged it first; a second review is another person's",
            finding_id,
            "set INVESTIGATE_ACTOR to the reviewer's name, or leave out `second` to change your own decision",
        )


def standing(judgements: Iterable[Judgement]) -> dict[str, Standing]:
    """What counts for each judged finding.

    The latest judgement of each person counts. Where a second review differs from the first, the finding is inconclusive
    until somebody who has seen both decides: a judgement that is not a second review and comes after it.
    """
    latest: dict[str, dict[str, Judgement]] = {}
    for j in sorted(judgements, key=lambda j: j.seq):
        if not j.retracted:
            latest.setdefault(j.finding_id, {})[j.by] = j
    out = {}
    for finding_id, by in latest.items():
        held = sorted(by.values(), key=lambda j: j.seq)
        first, seconds = [j for j in held if not j.second], [j for j in held if j.second]
        last = held[-1] if not first else first[-1]
        disagree = bool(first) and any(s.decision != last.decision and s.seq > last.seq for s in seconds)
        status, grade = (INCONCLUSIVE, "") if disagree else (last.decision, last.grade)
        out[finding_id] = Standing(finding_id, status, grade, tuple(held), last.seq, disagree)
    return out
