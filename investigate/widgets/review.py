"""The review panel: findings one by one, with what speaks for and against each, and a decision with its reason."""

from __future__ import annotations

from typing import Any

from .. import exposure
from .. import log as log_
from ..errors import InputError
from ..findings import Finding, Judgement
from ..views._html import plain
from . import _review_page as pages
from ._messages import Messages


class Review(Messages):
    """Findings one by one: confirm, reject or leave open, each with a reason.

    Everything shown is read from the case, and every decision is an entry of its log; `judge` is the call behind the
    buttons. In a second review the decisions of others, and the notes on their exhibits, stay in the kernel until the
    reviewer has decided.

    Parameters
    ----------
    case : Case
        With findings.
    second : bool
        A blind second review.
    policy : exposure.Policy, optional
        What is hidden until asked for; by default `exposure.Policy.load()`.
    """

    name = "review"

    def __init__(
        self,
        case: Any,
        *,
        second: bool = False,
        policy: exposure.Policy | None = None,
        counter: exposure.Counter | None = None,
    ) -> None:
        if not case.findings:
            raise InputError("the case has no findings", str(case.path), "run `case.find()` first")
        self.case, self.second = case, second
        self.exposure = exposure.Exposure(policy, counter)
        self._labels = exposure.labels_of(case, self.exposure.policy)
        self.finding: Finding = case.findings[0]
        self.said, self.call = "", ""
        super().__init__()
        self._to_next()

    # -- the calls behind the buttons ----------------------------------------------------------------------------

    def show(self, finding_id: str) -> Finding:
        """Turn to a finding; what was revealed is covered again."""
        self.finding = next((f for f in self.case.findings if f.finding_id == finding_id), self.finding)
        if self.finding.finding_id != finding_id:
            raise InputError(f"there is no finding '{finding_id}'", "the review panel", "see `case.findings`")
        self.said, self.call = "", ""
        self._cover_all()
        self.send(self.state())
        return self.finding

    def judge(self, decision: str, reason: str, grade: str | None = None) -> Judgement:
        """Decide on the finding that is shown: `case.judge`, as a second review where that is what this panel is for."""
        key = self.finding.finding_id
        second = self.second and self._blind(key)
        made = self.case.judge(key, decision, reason, grade=grade or None, second=second)
        more = (f", grade={grade!r}" if grade else "") + (", second=True" if second else "")
        self.call = f"case.judge({key!r}, {decision!r}, {made.reason!r}{more})"
        self.said = (
            f"Finding {self._number(key)} is {pages.STATUS[decision]}; written to the case log as entry {made.seq}."
        )
        self.send(self.state())
        return made

    def reviewing_second(self, second: bool) -> None:
        """Switch between first and blind second review."""
        self.second = bool(second)
        # What the last reviewer did is nothing for the next one to see.
        self.said, self.call = "", ""
        self._cover_all()
        self._to_next()
        self.send(self.state())

    # -- what the page asks for ----------------------------------------------------------------------------------

    def do_look(self) -> dict[str, Any]:
        self.said, self.call = "", ""
        self._cover_all()
        return self.state()

    def do_show(self, finding: str) -> None:
        self.show(finding)

    def do_judge(self, finding: str, decision: str, reason: str, grade: str = "") -> None:
        if self.second and not self._blind(finding) and not self._mine(finding):
            raise InputError("nobody has judged this finding yet", finding, "switch the blind second review off")
        if finding != self.finding.finding_id:
            raise InputError("another finding is shown by now", "the review panel", "look at it again and decide then")
        self.judge(decision, reason, grade if decision == "confirmed_by_human" else None)

    def do_second(self, on: bool) -> None:
        self.reviewing_second(on)

    def do_reveal(self, ref: str) -> dict[str, Any]:
        text = self.exposure.reveal(ref)
        return {"revealed": {"ref": ref, "text": plain(text), "prompt": self.exposure.prompt}}

    def do_cover(self, ref: str) -> dict[str, Any]:
        return {"covered": {"ref": ref, "text": plain(self.exposure.cover(ref))}}

    # -- what is shown -------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything the page shows now; hidden texts and other people's decisions under review are not in it."""
        self._labels = exposure.labels_of(self.case, self.exposure.policy)
        rows = pages.listed(self.case, second=self.second, shown=self.exposure, labels=self._labels)
        page = pages.page(self.case, self.finding, second=self.second, shown=self.exposure, labels=self._labels)
        done = sum(row["mine"] for row in rows)
        return {
            "review": {
                "case": plain(self.case.title),
                "reviewer": plain(log_.actor()),
                "second": self.second,
                "read_only": plain(self.case.read_only_because),
                "progress": f"{done} of {len(rows)} findings judged by you",
                "list": rows,
                "at": self._number(self.finding.finding_id) - 1,
                "finding": page,
                "decide": pages.DECIDE,
                "agreement": pages.agreement(self.case),
                "said": self.said,
                "call": self.call,
            }
        }

    def words(self) -> str:
        return (
            f"Review of {len(self.case.findings)} findings of the case “{plain(self.case.title)}”. "
            "Run the cell to judge them; decisions made so far are in the case log and the report."
        )

    # -- inside --------------------------------------------------------------------------------------------------

    def _number(self, key: str) -> int:
        return [f.finding_id for f in self.case.findings].index(key) + 1

    def _blind(self, key: str) -> bool:
        """Whether this reviewer comes second: somebody else has judged, and this one has not."""
        standing, me = self.case.standings().get(key), log_.actor()
        by = {j.by for j in standing.judgements} if standing else set()
        return bool(by) and me not in by

    def _mine(self, key: str) -> bool:
        standing = self.case.standings().get(key)
        return standing is not None and log_.actor() in {j.by for j in standing.judgements}

    def _to_next(self) -> None:
        """To the first finding that waits for this reviewer."""
        rows = pages.listed(self.case, second=self.second, shown=self.exposure, labels=self._labels)
        waiting = [row["number"] for row in rows if not row["mine"] and (row["blind"] or not self.second)]
        self.finding = self.case.findings[(waiting or [1])[0] - 1]

    def _cover_all(self) -> None:
        self.exposure.cover_all()
