"""Which labels a case's contents carry: the column `sensitivity` of the data, and what people tagged."""

from __future__ import annotations

from typing import Any

from .lexicon import normal
from .policy import Policy, split


def labels_of(case: Any, policy: Policy) -> dict[str, list[str]]:
    """content_id -> its sensitivity labels, for contents that have any.

    From the data: the column `sensitivity` of the table content. From people: tags on a content, and tags on an
    account, which hold for all its contents; a tag counts only where its name is a label of a harm ("gore"), because
    tags say other things too.
    """
    con = case.connection()
    found: dict[str, list[str]] = {}
    if "sensitivity" in {row[0] for row in con.execute("describe content").fetchall()}:
        query = "select content_id, sensitivity from content where sensitivity is not null and sensitivity <> ''"
        for content, cell in con.execute(query).fetchall():
            if labels := split(cell):
                found.setdefault(content, []).extend(labels)
    tagged = tagged_labels(case, policy)
    accounts = {node for node in tagged if not node.startswith("content:")}
    for node in tagged.keys() - accounts:
        found.setdefault(node.removeprefix("content:"), []).extend(tagged[node])
    if accounts:
        marks = ", ".join("?" for _ in accounts)
        query = f"select content_id, account_id from content where account_id in ({marks})"
        for content, account in con.execute(query, sorted(accounts)).fetchall():
            found.setdefault(content, []).extend(tagged[account])
    return {content: list(dict.fromkeys(labels)) for content, labels in sorted(found.items())}


def tagged_labels(case: Any, policy: Policy) -> dict[str, list[str]]:
    """node -> the tags on it that are labels of a harm."""
    known = {label for harm in policy.harms.values() for label in (normal(harm.name), *harm.labels)}
    found: dict[str, list[str]] = {}
    tags = case.tags() if hasattr(case, "tags") else None
    if tags is None or not len(tags):
        return found
    for node, name in zip(tags["node"], tags["tag"], strict=True):
        if normal(str(name)) in known:
            found.setdefault(str(node), []).append(normal(str(name)))
    return found
