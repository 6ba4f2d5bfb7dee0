"""Hidden texts wherever they are quoted: in a statement, on an account's card, in the name of a shared object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .labels import labels_of
from .lexicon import normal
from .policy import Hidden, Policy

WINDOW = 24  # characters of a hidden text's beginning by which a quotation is known


class Quotes:
    """What covers a value that holds, or quotes the beginning of, a hidden text.

    Parameters
    ----------
    policy : Policy
    hidden : mapping
        Text -> why it is hidden.

    Notes
    -----
    A quotation that starts in the middle of a text, or is shorter than 24 characters, is not recognised.
    """

    def __init__(self, policy: Policy, hidden: Mapping[str, Hidden]) -> None:
        self.policy = policy
        self._whole: dict[str, Hidden] = {}
        self._starts: dict[str, Hidden] = {}
        for text, why in hidden.items():
            form = normal(text)
            if form:
                self._whole[form] = why
            if len(form) >= WINDOW:
                self._starts[form[:WINDOW]] = why
        self._seen: dict[str, str] = {}

    @classmethod
    def of(cls, case: Any, policy: Policy) -> Quotes:
        """The texts of a case's contents that a label hides, as exported and in the form in which they are objects."""
        labels = labels_of(case, policy)
        why = {content: hidden for content, marks in labels.items() if (hidden := policy.hides("", marks))}
        if not why:
            return cls(policy, {})
        con = case.connection()
        ids = sorted(why)
        query = (
            "select content_id, text from content where content_id in (select unnest(?)) and text is not null union all "
            "select content_id, object_id from actions where object_type = 'text' and content_id in (select unnest(?)) order by all"
        )
        return cls(policy, {text: why[content] for content, text in con.execute(query, [ids, ids]).fetchall()})

    def cover(self, value: Any) -> Any:
        """The value, or the words in its place; anything but text comes back as it is."""
        if not isinstance(value, str) or not value:
            return value
        if value not in self._seen:
            hidden = self.policy.hides(value) or self._quoted(normal(value))
            self._seen[value] = value if hidden is None else str(hidden)
        return self._seen[value]

    def _quoted(self, form: str) -> Hidden | None:
        if form in self._whole:
            return self._whole[form]
        if not self._starts:
            return None
        parts = (form[i : i + WINDOW] for i in range(len(form) - WINDOW + 1))
        return next((self._starts[part] for part in parts if part in self._starts), None)
