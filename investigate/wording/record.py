"""The generated texts of a run's record (findings.json), by name, so that they can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import Problem, check_wording

_FINDING = ("title", "statement", "ceiling")
_LISTS = {
    "evidence": ("test", "note"),
    "alternatives": ("checked", "result"),
    "recommended": ("action", "effect", "risk"),
}


def finding_texts(finding: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and text of everything a finding says in words of ours; identifiers and people's reasons are left out."""
    name = str(finding.get("finding_id", "finding"))
    for key in _FINDING:
        yield f"{name} {key}", str(finding.get(key) or "")
    if finding.get("confidence"):
        # the field begins with the level: "moderate: two families agree"
        yield f"{name} confidence", f"Confidence is {finding['confidence']}"
    if finding.get("likelihood"):
        yield f"{name} likelihood", f"It is {finding['likelihood']}"
    for key, fields in _LISTS.items():
        for i, entry in enumerate(finding.get(key) or ()):
            for field in fields:
                yield f"{name} {key} {i + 1} {field}", str(entry.get(field) or "")
    for i, text in enumerate(finding.get("limits") or ()):
        yield f"{name} limits {i + 1}", str(text)


def study_texts(study: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and text of a study: bottom line, answers, limits, proposals, labels of numbers."""
    name = str(study.get("name", "study"))
    yield f"{name} bottom line", str(study.get("bottom_line") or "")
    for i, answer in enumerate(study.get("answers") or ()):
        for field in ("answer", "because"):
            yield f"{name} answer {i + 1} {field}", str(answer.get(field) or "")
    for i, text in enumerate(study.get("limits") or ()):
        yield f"{name} limits {i + 1}", str(text)
    for i, entry in enumerate(study.get("proposals") or ()):
        for field in _LISTS["recommended"]:
            yield f"{name} proposal {i + 1} {field}", str(entry.get(field) or "")
    for label, _ in study.get("numbers") or ():
        yield f"{name} number", str(label)


def check_record(record: Mapping[str, Any]) -> list[tuple[str, Problem]]:
    """The problems of wording in the record of a run: its findings and its study.

    Parameters
    ----------
    record : mapping
        What findings.json holds: `findings`, and `study` where the template has one.
    """
    texts: list[Iterable[tuple[str, str]]] = [finding_texts(f) for f in record.get("findings") or ()]
    if record.get("study"):
        texts.append(study_texts(record["study"]))
    return [(name, problem) for group in texts for name, text in group for problem in check_wording(text)]
