"""Findings: what was observed, how sure the evidence makes it, what else could explain it, and who judged it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import InputError

GRADES: dict[str, tuple[str, str]] = {
    "E0": ("context or a single oddity", "note"),
    "E1": ("one statistical or similarity signal, or a window above 300 s", "watch, with an expiry date"),
    "E2": ("synchrony under false-discovery control that holds in the sensitivity checks", "human review of a sample"),
    "E3": (
        "E2 and an independent family of evidence, innocent explanations checked",
        "recommend review of named accounts, one by one",
    ),
    "E4": ("E3 and confirmation by a person with strong internal evidence", "enforcement decision by a person"),
}
EMITTED_BY_TEMPLATES = ("lead", "supported")
STATUSES = (*EMITTED_BY_TEMPLATES, "confirmed_by_human", "rejected", "inconclusive")
LONGEST_SUPPORTING_WINDOW_S = 300.0


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: what was tested, what came out, what chance would give, and where the rows are.

    `q` is the largest p-value of the rows counted, adjusted for all tests made; `n` is how many units were tested.
    """

    kind: str
    test: str
    observed: float
    expected: float | None
    q: float | None
    n: int
    rows_ref: str
    family: str
    note: str = ""


@dataclass(frozen=True)
class Alternative:
    """One innocent explanation and what checking it showed.

    `verdict` is "explains" (it accounts for the finding), "partly", "does not explain" or "not checked".
    """

    name: str
    checked: str
    result: str
    verdict: str


@dataclass(frozen=True)
class Judgement:
    """A person's decision on a finding; it is taken back by a new entry in the case's log, never deleted.

    Attributes
    ----------
    grade : str
        The evidence grade at which the finding was confirmed; empty for other decisions.
    second : bool
        A second review, made without sight of the first.
    seq : int
        The entry of the log.
    finding_sha256 : str
        Hash of the finding as it was judged: a later run may give the same group other evidence.
    retracted : int
        The entry that took it back; 0 while it counts.
    """

    finding_id: str
    decision: str
    by: str
    at: str
    reason: str
    title: str = ""
    grade: str = ""
    second: bool = False
    seq: int = 0
    finding_sha256: str = ""
    retracted: int = 0


@dataclass(frozen=True)
class Finding:
    """A claim in words with its evidence, grade, alternatives and limits (the record of the template contract)."""

    finding_id: str
    type: str
    title: str
    statement: str
    members: list[str]
    n_members: int
    n_core: int
    evidence: list[Evidence]
    evidence_grade: str
    confidence: str
    alternatives: list[Alternative]
    limits: list[str]
    status: str
    ceiling: str = ""
    likelihood: str | None = None
    impact: dict[str, Any] = field(default_factory=dict)
    policy: list[dict[str, str]] = field(default_factory=list)
    framework_tags: list[dict[str, str]] = field(default_factory=list)
    recommended: list[dict[str, Any]] = field(default_factory=list)
    review: dict[str, str] | None = None
    template: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def finding_id(template: str, kind: str, members: list[str], window: str) -> str:
    """A stable identifier: the same members found in the same window by the same template keep it."""
    text = "\x1f".join([template, kind, window, *sorted(members)])
    return "F-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def check(finding: Finding) -> Finding:
    """The finding, or InputError listing every rule of the contract that it breaks."""
    problems = []
    if finding.evidence_grade not in GRADES:
        problems.append(f"grade {finding.evidence_grade} is not one of {', '.join(GRADES)}")
    if finding.status not in EMITTED_BY_TEMPLATES:
        problems.append(f"a template may emit only {' or '.join(EMITTED_BY_TEMPLATES)}, not {finding.status}")
    if finding.status == "supported" and finding.evidence_grade < "E2":
        problems.append(f"grade {finding.evidence_grade} supports no more than a lead")
    if sum(a.verdict != "not checked" for a in finding.alternatives) < 2:
        problems.append("fewer than two innocent explanations were checked")
    if len(finding.title) > 100:
        problems.append("the title is longer than 100 characters")
    if not finding.evidence or not finding.limits:
        problems.append("evidence and limits must be stated")
    if problems:
        raise InputError(
            "the finding breaks the contract: " + "; ".join(problems), finding.finding_id, "mend the finding's maker"
        )
    return finding


def lost_too_many(survived: int, tried: int) -> bool:
    """Whether a group vanishes in more than a third of the sensitivity checks: in two of four, in three of seven."""
    return 3 * (tried - survived) > tried


def grade(*, window_s: float, survived: int, tried: int, families: set[str], explained: bool, n_core: int) -> str:
    """The evidence grade of a group of accounts that act together.

    Parameters
    ----------
    survived, tried : int
        Sensitivity checks that the group survived, of those that could be made; see `lost_too_many`.
    families : set of str
        Independent families of evidence beside timing (identifier, persona, account quality); co-actions of any
        kind are one family.
    explained : bool
        An innocent explanation accounts for the group.
    n_core : int
        Members with enough contents to judge.
    """
    if n_core < 3 or explained or window_s > LONGEST_SUPPORTING_WINDOW_S:
        return "E1"
    if tried < 2 or lost_too_many(survived, tried):
        return "E1"
    return "E3" if families else "E2"
