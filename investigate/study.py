"""What a template's analysis leaves beside findings: tables, key numbers, answers, and what the data could not answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from .errors import InputError


@dataclass(frozen=True)
class Answer:
    """One question of a template, and its answer.

    Attributes
    ----------
    question : str
        As the template asks it.
    answer : str
        In one or two sentences with numbers; empty where the data cannot carry an answer.
    because : str
        Why it is not answered: what is missing, and who could supply it. Empty where it is answered.
    rows_ref : str
        The table that the answer can be checked in: "tables/volume.csv".
    """

    question: str
    answer: str = ""
    because: str = ""
    rows_ref: str = ""

    def __post_init__(self) -> None:
        if bool(self.answer) == bool(self.because):
            raise InputError(
                f"the question '{self.question}' needs either an answer or a reason why there is none",
                "a study's answers",
                "give `answer` or `because`, not both",
            )


@dataclass(frozen=True)
class Study:
    """What one template found out about a case, beside its findings.

    Attributes
    ----------
    name : str
        The template's name.
    bottom_line : str
        Two or three sentences for somebody who reads nothing else.
    numbers : tuple of (label, value)
        At most eight key numbers, JSON values.
    tables : mapping of str to DataFrame
        Every table a view or a brief is made from; columns in the terms of `investigate.tables`.
    answers : tuple of Answer
        In the order of the template's questions.
    limits : tuple of str
        What these data and this method cannot show.
    proposals : tuple of dict
        Actions proposed for the whole issue, not for one finding; records of `investigate.proposals.propose`.
    facts : mapping
        Other JSON values that views need: settings used, thresholds, names of columns.
    """

    name: str
    bottom_line: str
    numbers: tuple[tuple[str, Any], ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    limits: tuple[str, ...] = ()
    proposals: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables; an empty one where the study has none of that name."""
        return self.tables.get(name, pd.DataFrame())

    def record(self) -> dict[str, Any]:
        """All but the tables, as JSON can hold it: what is infinite or not a number is null."""
        return {
            "name": self.name,
            "bottom_line": self.bottom_line,
            "numbers": _finite([list(pair) for pair in self.numbers]),
            "answers": [asdict(a) for a in self.answers],
            "limits": list(self.limits),
            "proposals": [dict(p) for p in self.proposals],
            "facts": _finite(dict(self.facts)),
        }

    @classmethod
    def of(cls, record: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Study:
        """The study that `record` describes, with its tables."""
        return cls(
            name=record["name"],
            bottom_line=record["bottom_line"],
            numbers=tuple((str(k), v) for k, v in record["numbers"]),
            tables=dict(tables),
            answers=tuple(Answer(**a) for a in record["answers"]),
            limits=tuple(record["limits"]),
            proposals=tuple(record["proposals"]),
            facts=dict(record["facts"]),
        )


def _finite(value: Any) -> Any:
    """The value with None in place of numbers that JSON does not have, however deep they lie."""
    if isinstance(value, Mapping):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
