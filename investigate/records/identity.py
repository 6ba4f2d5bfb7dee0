"""Identities: which accounts people hold to be run by the same operator, by different ones, or cannot tell.

"Same" carries over: A = B and B = C make A = C. "Different" holds between all accounts of two operators. A statement that
contradicts what follows from the others is refused. Accounts are never merged in the data.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..errors import InputError
from .entries import Entry, living

IDENTITY = "identity_stated"
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
DECISIONS = (SAME, DIFFERENT, UNSURE)
COLUMNS = ("a", "b", "decision", "reason", "by", "at", "seq")


@dataclass(frozen=True)
class Statement:
    """One person's statement on two accounts."""

    a: str
    b: str
    decision: str
    reason: str
    by: str
    at: str
    seq: int

    def __str__(self) -> str:
        words = {SAME: "the same operator", DIFFERENT: "different operators", UNSURE: "perhaps the same operator"}
        return f"{self.a} and {self.b} are {words[self.decision]} (entry {self.seq}, {self.by})"


@dataclass
class Identities:
    """The statements taken together.

    Attributes
    ----------
    statements : list of Statement
        Those that hold; an "unsure" is left out once something certain is known of the pair.
    refused : list of (Statement, str)
        Those that contradict earlier ones, with the contradiction. The case refuses them, so that only a log written
        by other means has any.
    """

    statements: list[Statement] = field(default_factory=list)
    refused: list[tuple[Statement, str]] = field(default_factory=list)
    _parent: dict[str, str] = field(default_factory=dict)
    _apart: dict[str, set[str]] = field(default_factory=dict)

    def relation(self, a: str, b: str) -> str:
        """What follows for two accounts: "same", "different", "unsure", or "" where nothing was said."""
        first, second = self._root(a), self._root(b)
        if first == second:
            return SAME
        if second in self._apart.get(first, ()):
            return DIFFERENT
        pairs = {frozenset((self._root(s.a), self._root(s.b))) for s in self.statements if s.decision == UNSURE}
        return UNSURE if frozenset((first, second)) in pairs else ""

    def operators(self) -> dict[str, str]:
        """Account -> the account that stands for its operator: the first by identifier. Only accounts that were merged."""
        groups: dict[str, list[str]] = {}
        for account in self._parent:
            groups.setdefault(self._root(account), []).append(account)
        merged = (sorted(g) for g in groups.values() if len(g) > 1)
        return {account: group[0] for group in sorted(merged) for account in group}

    def why(self, a: str, b: str) -> list[Statement]:
        """The statements from which follows that two accounts are the same or different; empty where nothing does."""
        if (path := self._path(a, b)) is not None:
            return path
        for s in self.statements:
            if s.decision != DIFFERENT:
                continue
            for x, y in ((s.a, s.b), (s.b, s.a)):
                left, right = self._path(a, x), self._path(y, b)
                if left is not None and right is not None:
                    return [*left, s, *right]
        return []

    def direct(self, a: str, b: str) -> list[Statement]:
        """The statements on exactly this pair."""
        return [s for s in self.statements if {s.a, s.b} == {a, b}]

    def contradiction(self, a: str, b: str, decision: str) -> str:
        """Why the statement cannot be taken, in words; "" where it can."""
        if a == b:
            return "an account is always the same as itself"
        known = self.relation(a, b)
        if known not in (SAME, DIFFERENT) or known == decision:
            return ""
        chain = "; ".join(str(s) for s in self.why(a, b))
        return f"{a} and {b} are held to be {'the same operator' if known == SAME else 'different operators'}: {chain}"

    def add(self, statement: Statement) -> None:
        """Take a statement in, or put it among the refused."""
        a, b = statement.a, statement.b
        if why := self.contradiction(a, b, statement.decision):
            self.refused.append((statement, why))
            return
        self.statements.append(statement)
        first, second = self._root(a), self._root(b)
        self._parent.setdefault(a, a)
        self._parent.setdefault(b, b)
        if statement.decision == DIFFERENT:
            self._apart.setdefault(first, set()).add(second)
            self._apart.setdefault(second, set()).add(first)
        elif statement.decision == SAME and first != second:
            self._parent[second] = first
            for other in self._apart.pop(second, set()):
                self._apart[other].discard(second)
                self._apart[other].add(first)
                self._apart.setdefault(first, set()).add(other)

    def table(self) -> pd.DataFrame:
        """The statements that hold: a, b, decision, reason, by, at, seq."""
        rows = [tuple(getattr(s, c) for c in COLUMNS) for s in self.statements]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"seq": "int64"})

    def _root(self, account: str) -> str:
        while (up := self._parent.get(account, account)) != account:
            account = up
        return account

    def _path(self, a: str, b: str) -> list[Statement] | None:
        """The shortest chain of "same" statements from a to b; None where there is none."""
        if a == b:
            return []
        links: dict[str, list[Statement]] = {}
        for s in self.statements:
            if s.decision == SAME:
                links.setdefault(s.a, []).append(s)
                links.setdefault(s.b, []).append(s)
        came: dict[str, tuple[str, Statement] | None] = {a: None}
        queue = deque([a])
        while queue:
            here = queue.popleft()
            for s in links.get(here, ()):
                there = s.b if s.a == here else s.a
                if there not in came:
                    came[there] = (here, s)
                    queue.append(there)
        if b not in came:
            return None
        path, step = [], came[b]
        while step is not None:
            path.append(step[1])
            step = came[step[0]]
        return path[::-1]


def identities(entries: Sequence[Entry]) -> Identities:
    """The identities that follow from the log."""
    out = Identities()
    for e in living(entries, (IDENTITY,)):
        d = e["data"]
        out.add(Statement(d["a"], d["b"], d["decision"], d["reason"], e["actor"], e["at"], e["seq"]))
    out.statements = [
        s for s in out.statements if s.decision != UNSURE or out.relation(s.a, s.b) not in (SAME, DIFFERENT)
    ]
    return out


def no_contradiction(entries: Sequence[Entry]) -> None:
    """InputError where the log's statements contradict each other."""
    if refused := identities(entries).refused:
        statement, why = refused[0]
        raise InputError(
            f"this contradicts what is held: {why}",
            f"{statement.a} and {statement.b}",
            "look at both again; `forget_identity` takes a statement back",
        )
