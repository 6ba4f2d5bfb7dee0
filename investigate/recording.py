"""What people decide about a case: exhibits, judgements, tags, identities; and who has the case open.

Everything becomes an entry of the case's log. The functions that read the entries are in `investigate.records`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from . import log as log_
from . import records
from .analysis import Settings
from .errors import CaseError, InputError, OutsideError
from .findings import Finding, Judgement
from .lock import Holder, Lock
from .log import Log
from .records import entries as entries_
from .records import exhibit as exhibits_
from .records import identity as identities_
from .records import judgement as judgements_
from .records import rows as rows_
from .records.tag import tag_name

KINDS = (records.EXHIBIT, records.JUDGEMENT, records.TAG, records.UNTAG, records.IDENTITY)


class Recording:
    """Decisions on a case; `investigate.case.Case` has them all."""

    path: Path
    log: Log
    settings: Settings | None
    findings: list[Finding]
    communities: pd.DataFrame
    _lock: Lock | None = None
    _read: tuple[tuple[int, int], list[dict[str, Any]]] | None = None

    def _connection(self) -> duckdb.DuckDBPyConnection:
        raise NotImplementedError

    def labels(self) -> pd.Series:
        raise NotImplementedError

    # -- who has the case open ------------------------------------------------------------------------------------

    def hold(self, doing: str = "workbench") -> bool:
        """Take the case for this process; False where somebody else has it, or nobody can write: the case is read-only then.

        `holder` and `read_only_because` say who. Asking again later takes it if it has become free.
        """
        lock = self._lock or Lock(self.path)
        try:
            other = lock.take(log_.actor(), doing)
        except OutsideError as error:  # a case on a medium that nobody can write to can still be read
            self.log.closed_because = error.what
            return False
        if other is not None:
            self.log.closed_because = f"it is open with {other}"
            return False
        self._lock, self.log.closed_because = lock, ""
        return True

    def release(self) -> None:
        """Give the case back, so that somebody else can take it."""
        if self._lock is not None:
            self._lock.release()

    @property
    def holder(self) -> Holder | None:
        """Who else has the case open for writing; None where nobody has."""
        return Lock(self.path).holder()

    @property
    def read_only_because(self) -> str:
        """Why the case refuses to write, in words; empty where it does not."""
        return self.log.closed_because

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_because)

    def refuse_if_held(self) -> None:
        """CaseError where another person, or this one on another machine, has the case open."""
        self.log.check_open()
        other = self.holder
        if other is not None and not other.is_same_person(log_.actor()):
            raise CaseError(
                f"the case is open with {other}", str(self.path), "ask for it, or work on a copy of the folder"
            )

    # -- exhibits -------------------------------------------------------------------------------------------------

    def exhibit(
        self,
        kind: str,
        ref: Any,
        *,
        note: str = "",
        confidence: str = "",
        finding_id: str = "",
        stance: str = "context",
        query: str = "",
        members: Iterable[str] = (),
    ) -> records.Exhibit:
        """Pin evidence under the next number, with the hashes of its rows.

        Parameters
        ----------
        kind : str
            edge, account, content, community, view or object.
        ref : str or list of str
            The identifier; [a, b, relation] for an edge; "hashtag:x" for an object; the number of a community; the name
            of a view.
        confidence : str
            Yours, in this evidence: low, moderate, high, or empty.
        stance : str
            supports, contradicts or context: what it says of the finding.
        query : str
            The call that finds it again; made up where none is given.
        members : iterable of str
            The nodes on a pinned view. Those of a community are looked up.

        Raises
        ------
        InputError
            There is no such thing, or no row behind it; a finding or a word is unknown.
        """
        self.log.check_open()
        ref = exhibits_.checked(kind, ref, confidence=confidence, finding_id=finding_id, stance=stance)
        if finding_id:
            judgements_.known_finding(finding_id, self.findings)
        nodes = self._members(kind, ref, members)
        window_s = self.settings.window_s if self.settings is not None else 0.0
        con = self._connection()
        rows_.check_nodes(con, ref[:2] if kind == "edge" else [_node(kind, ref)] if not nodes else nodes)
        found = rows_.digest(rows_.behind(con, kind, ref, members=nodes, window_s=window_s))
        if not found.n:
            raise InputError(f"no row of the data is behind this {kind}", str(ref), "pin something the data show")
        query = query or exhibits_.default_query(kind, ref)
        attachment = ""
        if nodes or len(query) > exhibits_.LONGEST_QUERY:
            attachment = exhibits_.attach(self.path, nodes, query)
        data = exhibits_.as_data(
            exhibits_.title_of(kind, ref, found.n, self.labels()),
            query,
            found,
            kind=kind,
            ref=ref,
            note=str(note).strip(),
            confidence=confidence,
            finding_id=finding_id,
            stance=stance,
            window_s=window_s if kind == "edge" else 0.0,
            attachment=attachment,
        )
        entry = self.log.append(records.EXHIBIT, **data)
        return next(e for e in self.exhibits() if e.seq == entry["seq"])

    def exhibits(self) -> list[records.Exhibit]:
        """All exhibits by number; those taken back have `retracted` set."""
        return records.exhibits(self._entries())

    def retract_exhibit(self, number: str, reason: str) -> int:
        """Take an exhibit back; its number is not given again."""
        return self.retract(exhibits_.by_number(number, self._entries()).seq, reason)

    # -- judgements -----------------------------------------------------------------------------------------------

    def judge(
        self, finding_id: str, decision: str, reason: str, *, grade: str | None = None, second: bool = False
    ) -> Judgement:
        """Decide on a finding.

        Parameters
        ----------
        decision : str
            confirmed_by_human, rejected or inconclusive.
        reason : str
            Why, in a sentence; needed.
        grade : str, optional
            The grade at which it is confirmed; that of its evidence by default. E4 on a finding of grade E3 only.
        second : bool
            A second review, made without sight of the first decision, by another person.

        Raises
        ------
        InputError
            The finding or the decision is unknown, the reason is missing, or the evidence does not carry the grade.
        """
        finding = judgements_.known_finding(finding_id, self.findings)
        carried = judgements_.decided_grade(finding, decision, grade)
        text = entries_.reason_of(reason, "judgement")
        by = log_.actor()
        entry = self.log.append(
            records.JUDGEMENT,
            lambda held: judgements_.check_second(finding_id, second, by, held),
            finding=finding_id,
            title=finding.title,
            decision=decision,
            grade=carried,
            reason=text,
            second=second,
            finding_sha256=records.finding_sha256(finding),
        )
        return next(j for j in records.judged(self._entries()) if j.seq == entry["seq"])

    def judgements(self, *, blind: bool = False) -> pd.DataFrame:
        """All judgements, oldest first.

        Parameters
        ----------
        blind : bool
            Leave out what others decided on findings that you have not judged: for a second review.

        Returns
        -------
        DataFrame
            finding_id, title, decision, grade, reason, by, at, second, stands (nobody has decided anew
            since), retracted, changed (the finding has other evidence now, or is gone), hidden (left out by `blind`), seq.
        """
        held = records.judged(self._entries())
        latest = {j.seq for s in records.standing(held).values() for j in s.judgements if s.stands(j)}
        now = {f.finding_id: records.finding_sha256(f) for f in self.findings}
        me = log_.actor()
        mine = {j.finding_id for j in held if j.by == me and not j.retracted}
        table = []
        for j in held:
            hide = blind and j.by != me and j.finding_id not in mine
            said = ("", "", "") if hide else (j.decision, j.grade, j.reason)
            changed = now.get(j.finding_id) != j.finding_sha256
            rest = (j.by, j.at, j.second, j.seq in latest, bool(j.retracted), changed, hide, j.seq)
            table.append((j.finding_id, j.title, *said, *rest))
        columns = [
            "finding_id",
            "title",
            "decision",
            "grade",
            "reason",
            "by",
            "at",
            "second",
            "stands",
            "retracted",
            "changed",
            "hidden",
            "seq",
        ]
        return pd.DataFrame(table, columns=columns)

    def standings(self) -> dict[str, records.Standing]:
        """What counts for each judged finding: status, grade, the judgements, whether reviewers disagree."""
        return records.standing(records.judged(self._entries()))

    def status(self, finding_id: str, *, blind: bool = False) -> str:
        """Where a finding stands: what the template gave it, or what people decided.

        With `blind`, other people's decisions do not count until you have judged it yourself.
        """
        standing = self.standings().get(finding_id)
        if standing is None or (blind and log_.actor() not in {j.by for j in standing.judgements}):
            return judgements_.known_finding(finding_id, self.findings).status
        return standing.status

    def agreement(self) -> dict[str, Any]:
        """How far blind first and second reviews agree; see `investigate.records.agreement`."""
        return records.agreement(records.judged(self._entries()))

    # -- tags -----------------------------------------------------------------------------------------------------

    def tag(self, node: str | Iterable[str], name: str, reason: str = "") -> int:
        """Put a tag on one or more accounts, contents ("content:ID") or objects ("hashtag:x"); the log entry's number."""
        return self._tag(records.TAG, node, name, reason)

    def untag(self, node: str | Iterable[str], name: str, reason: str = "") -> int:
        """Take a tag off; the log entry's number."""
        nodes, held = _nodes(node), self.tags()
        held = set(held.loc[held["tag"] == tag_name(name), "node"])
        if missing := [n for n in nodes if n not in held]:
            raise InputError(f"'{missing[0]}' has no tag '{tag_name(name)}'", "untag", "see `case.tags()`")
        return self._tag(records.UNTAG, nodes, name, reason)

    def tags(self) -> pd.DataFrame:
        """The tags that stand: node, tag, reason, by, at, seq."""
        return records.tags(self._entries())

    # -- identities -----------------------------------------------------------------------------------------------

    def same(self, a: str, b: str, reason: str) -> int:
        """State that one operator runs both accounts; the log entry's number. The data stay as they are."""
        return self._state(a, b, identities_.SAME, reason)

    def different(self, a: str, b: str, reason: str) -> int:
        """State that different operators run the two accounts; the log entry's number."""
        return self._state(a, b, identities_.DIFFERENT, reason)

    def unsure(self, a: str, b: str, reason: str) -> int:
        """State that it cannot be told whether one operator runs both; the log entry's number."""
        return self._state(a, b, identities_.UNSURE, reason)

    def forget_identity(self, a: str, b: str, reason: str) -> int:
        """Take back what was stated of exactly these two accounts; the log entry's number."""
        held = self.identities()
        if direct := held.direct(a, b):
            return self.retract([s.seq for s in direct], reason)
        chain = "; ".join(str(s) for s in held.why(a, b))
        raise InputError(
            f"nothing was stated of '{a}' and '{b}' themselves",
            f"it follows from: {chain}" if chain else "identities",
            "take back one of those" if chain else "see `case.identities().table()`",
        )

    def identities(self) -> records.Identities:
        """What follows from all statements: `.relation(a, b)`, `.why(a, b)`, `.operators()`, `.table()`."""
        return records.identities(self._entries())

    def operators(self) -> dict[str, str]:
        """Account -> the account that stands for its operator, for merged accounts only."""
        return self.identities().operators()

    # -- taking back ----------------------------------------------------------------------------------------------

    def retract(self, seq: int | Sequence[int], reason: str = "") -> int:
        """Take back an exhibit, judgement, tag, untagging or identity by its log entry; the new entry's number.

        Taking back a retraction restores what it took. Nothing is deleted.
        """
        seqs = [int(s) for s in seq] if isinstance(seq, Sequence | set) else [int(seq)]
        data = {"entries": seqs, "reason": str(reason).strip()}
        allowed = records.retraction(seqs, KINDS)

        def check(held: Sequence[dict[str, Any]]) -> None:
            allowed(held)
            identities_.no_contradiction(_with(held, records.RETRACTION, data))

        return int(self.log.append(records.RETRACTION, check, **data)["seq"])

    # -- inside ---------------------------------------------------------------------------------------------------

    def _entries(self) -> list[dict[str, Any]]:
        """The log's entries, read again only after it was written to."""
        if not self.log.path.exists():
            return []
        stat = self.log.path.stat()
        mark = (stat.st_size, stat.st_mtime_ns)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, self.log.entries())
        return self._read[1]

    def _tag(self, kind: str, node: str | Iterable[str], name: str, reason: str) -> int:
        self.log.check_open()
        nodes, word = _nodes(node), tag_name(name)
        rows_.check_nodes(self._connection(), nodes)
        return int(self.log.append(kind, nodes=nodes, name=word, reason=str(reason).strip())["seq"])

    def _state(self, a: str, b: str, decision: str, reason: str) -> int:
        self.log.check_open()
        rows_.check_nodes(self._connection(), [a, b])
        if wrong := [n for n in (a, b) if rows_.split_node(n)[0] != "account"]:
            raise InputError(f"'{wrong[0]}' is no account", "identities", "only accounts have operators")
        data = {"a": a, "b": b, "decision": decision, "reason": entries_.reason_of(reason, "statement on identity")}
        check = lambda held: identities_.no_contradiction(_with(held, records.IDENTITY, data))
        return int(self.log.append(records.IDENTITY, check, **data)["seq"])

    def _members(self, kind: str, ref: Any, members: Iterable[str]) -> list[str]:
        if kind == "view":
            return sorted({str(m) for m in members})
        if kind != "community":
            return []
        held = self.communities
        found = (
            []
            if held.empty
            else held.loc[held["community"].astype(str) == ref.removeprefix("community:"), "account_id"]
        )
        if not len(found):
            most = 0 if held.empty else int(held["community"].max())
            raise InputError(f"there is no community {ref}", "parameter ref", f"they are numbered 1 to {most}")
        return sorted(found)


def _nodes(node: str | Iterable[str]) -> list[str]:
    nodes = [node] if isinstance(node, str) else [str(n) for n in node]
    if not nodes:
        raise InputError("no node is named", "parameter node", "name at least one")
    return list(dict.fromkeys(nodes))


def _node(kind: str, ref: str) -> str:
    return f"content:{ref}" if kind == "content" else ref


def _with(held: Sequence[dict[str, Any]], kind: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries with one more at the end, as the log would write it."""
    return [*held, {"seq": len(held) + 1, "kind": kind, "data": data, "actor": log_.actor(), "at": ""}]
