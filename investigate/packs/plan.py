"""Plans: which templates to run on which data, as a file; one row for each market, case or date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from pydantic import Field, field_validator

from .reading import Part, Problem

SAMPLE = "plan.toml"
OWN_KEYS = ("case", "data", "source", "mapping")  # parameters that a row writes as keys of its own
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Defaults(Part):
    """What holds for every row that says nothing else.

    A default parameter reaches the rows whose template declares it; one that no row's template declares is refused.
    """

    template: str = ""
    source: str | None = None
    mapping: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)

    @field_validator("parameters", mode="after")
    @classmethod
    def _plain(cls, value: dict[str, Any]) -> dict[str, Any]:
        return {name: _written(one) for name, one in value.items()}


class PlanRow(Part):
    """One run: a name, the case folder, and what else differs from the defaults.

    Paths start at the folder of the plan. `mapping` and `source` may be "" to take a default away.
    """

    name: str
    case: str = Field(min_length=1)
    template: str = ""
    data: str = ""
    source: str | None = None
    mapping: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)

    @field_validator("name", mode="after")
    @classmethod
    def _short(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(f"'{value}' cannot be a row's name: up to 80 letters, digits, dots, dashes, underscores")
        return value

    @field_validator("parameters", mode="after")
    @classmethod
    def _plain(cls, value: dict[str, Any]) -> dict[str, Any]:
        return {name: _written(one) for name, one in value.items()}


class Plan(Part):
    """A plan: its title, defaults, and the rows under `[[run]]`, in the order in which they start."""

    title: str = ""
    defaults: Defaults = Field(default_factory=Defaults)
    run: list[PlanRow] = Field(min_length=1)

    def problems(self) -> Iterable[Problem]:
        """Names given twice, rows without a template, and parameters that belong among a row's own keys."""
        names = [row.name.casefold() for row in self.run]
        for number, row in enumerate(self.run):
            if row.name.casefold() in names[:number]:
                yield Problem(
                    ("run", number, "name"), f"the name '{row.name}' is given twice", "rename one of the rows"
                )
            if not (row.template or self.defaults.template):
                yield Problem(("run", number), f"row '{row.name}' has no template", "name one here or under [defaults]")
            yield from _misplaced(("run", number, "parameters"), row.parameters)
        yield from _misplaced(("defaults", "parameters"), self.defaults.parameters)


def _misplaced(at: tuple[str | int, ...], parameters: dict[str, Any]) -> Iterable[Problem]:
    for name in OWN_KEYS:
        if name in parameters:
            yield Problem((*at, name), f"'{name}' stands among the parameters", f"write {name} outside of parameters")


def _written(value: Any) -> Any:
    """TOML's dates and times as the texts that parameters are."""
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value
