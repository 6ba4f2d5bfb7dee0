"""A plan's rows made ready: paths from the plan's folder, parameters checked, and a hash of all that a row is made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import InputError, InvestigateError, nearest
from ..files import sha256, to_json
from ..packs import Problem, complain
from ..packs.plan import Defaults, Plan, PlanRow
from ..packs.reading import read_located
from .parameters import VOCABULARY, check_kind, convert, raise_all
from .templates import Template, find


@dataclass(frozen=True)
class Row:
    """One row of a plan, ready to run.

    Attributes
    ----------
    parameters : dict
        For `execute`; every path absolute.
    problem : InvestigateError or None
        Why this row cannot run, where the rest of the plan can: a file that is missing, a market profile that is wrong.
    """

    name: str
    template: Template
    template_name: str
    parameters: dict[str, Any]
    problem: InvestigateError | None = None
    folder: Path = field(default_factory=Path)

    @property
    def case(self) -> Path:
        return Path(self.parameters["case"])

    def fingerprint(self) -> str:
        """A hash of all that this row's result is made from; empty where something it needs is not there.

        It holds the contents of data, side files and template, the other parameters, and this package's version; for a
        row without a data file, what the case holds. Where the files lie does not matter.
        """
        if self.problem is not None:
            return ""
        made: dict[str, Any] = {"template": sha256(self.template.path), "version": __version__}
        for name, value in self.parameters.items():
            kind = VOCABULARY[name].kind
            if value and kind in ("path", "mapping") and Path(str(value)).is_file():
                made[name] = {"sha256": sha256(Path(value))}
            elif value and kind == "folder":
                made[name] = os.path.relpath(value, self.folder)
            else:
                made[name] = value
        if not self.parameters.get("data"):
            made["held"] = sorted(p.parent.name for p in (self.case / "data").glob("*/dataset.json"))
        return hashlib.sha256(to_json(made).encode()).hexdigest()


def planned(path: Path) -> tuple[Plan, list[Row]]:
    """A plan and its rows, checked as far as it can be without running them.

    Raises
    ------
    InputError
        The plan cannot be read, a template or a parameter is unknown, or a value has the wrong type or range: every
        problem is listed with its line.
    """
    plan, lines = read_located(path, Plan)
    folder = Path(os.path.abspath(path)).parent
    problems: list[Problem] = []
    templates: dict[int, Template] = {}
    for number, row in enumerate(plan.run):
        try:
            templates[number] = find(_template_of(row.template or plan.defaults.template, folder))
        except InvestigateError as error:
            at = ("run", number, "template") if row.template else ("defaults", "template")
            if all(p.key != at for p in problems):
                problems.append(Problem(at, error.what, error.do))
    if len(templates) == len(plan.run):
        problems += _useless(plan.defaults, list(templates.values()))
    rows = []
    for number, template in templates.items():
        ready, found = _row(plan.run[number], number, plan.defaults, template, folder)
        rows.append(ready)
        problems += [p for p in found if all(p.key != other.key for other in problems)]
    if problems:
        raise complain(path, problems, lines)
    return plan, rows


def _template_of(name: str, folder: Path) -> str | Path:
    return folder / Path(name).expanduser() if name.endswith(".ipynb") else name


def _useless(defaults: Defaults, templates: list[Template]) -> Iterator[Problem]:
    known = sorted({name for t in templates for name in _own(t)})
    for name in defaults.parameters:
        if name not in known:
            hint = nearest(name, known)
            do = (f"did you mean '{hint}'? " if hint else "") + f"known: {', '.join(known)}"
            yield Problem(("defaults", "parameters", name), f"no template of the plan has a parameter '{name}'", do)


def _own(template: Template) -> list[str]:
    return sorted(name for name in template.parameters if not VOCABULARY[name].internal)


def _row(row: PlanRow, number: int, defaults: Defaults, template: Template, folder: Path) -> tuple[Row, list[Problem]]:
    """The row, and what is wrong with it in the plan itself; what is wrong with files it names is kept in the row."""
    given: dict[str, tuple[tuple[str | int, ...], Any]] = {}
    for name, value in defaults.parameters.items():
        if name in template.parameters:
            given[name] = (("defaults", "parameters", name), value)
    for name, value in row.parameters.items():
        given[name] = (("run", number, "parameters", name), value)
    for name, value in (("source", defaults.source), ("mapping", defaults.mapping)):
        if value is not None and name in template.parameters:
            given[name] = (("defaults", name), value)
    own = {"case": row.case, "data": row.data or None, "source": row.source, "mapping": row.mapping}
    given |= {name: (("run", number, name), value) for name, value in own.items() if value is not None}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    missing: list[InvestigateError] = []
    for name, (at, value) in given.items():
        if name not in _own(template):
            hint = nearest(name, _own(template))
            do = (f"did you mean '{hint}'? " if hint else "") + f"known: {', '.join(_own(template))}"
            problems.append(Problem(at, f"template '{template.name}' has no parameter '{name}'", do))
            continue
        try:
            values[name] = _placed(name, convert(name, value), folder)
            if absent := _missing(name, values[name]):
                missing.append(absent)
            else:
                check_kind(VOCABULARY[name], values[name])
        except InvestigateError as error:
            problems.append(Problem(at, error.what, error.do))
    problem = None if problems else _all_of(missing) or _wrong_pack(values)
    name_of = str(template.path) if str(row.template or defaults.template).endswith(".ipynb") else template.name
    return Row(row.name, template, name_of, values, problem, folder), problems


def _placed(name: str, value: Any, folder: Path) -> Any:
    """A path from the plan's folder as an absolute one; anything else as it is."""
    kind = VOCABULARY[name].kind
    names_a_file = kind in ("path", "folder") or (kind == "mapping" and "=" not in str(value))
    return os.path.abspath(folder / Path(value).expanduser()) if names_a_file and value else value


def _missing(name: str, value: Any) -> InvestigateError | None:
    kind = VOCABULARY[name].kind
    wanted = kind == "path" or (kind == "mapping" and "=" not in str(value))
    if wanted and value and not Path(value).is_file():
        what = f"there is no file '{value}'" if not Path(value).is_dir() else f"'{value}' is a folder, not a file"
        return InputError(what, f"parameter '{name}'", "check the path; relative paths start at the plan's folder")
    return None


def _all_of(problems: list[InvestigateError]) -> InvestigateError | None:
    try:
        raise_all(problems, "the files this row names")
    except InvestigateError as error:
        return error
    return None


def _wrong_pack(values: dict[str, Any]) -> InvestigateError | None:
    """What is wrong with a file of its own kind that a row names: a policy pack, a market profile."""
    from ..packs.market import market_profile
    from ..packs.policy import policy_pack

    for name, reader in (("policy_pack", policy_pack), ("market_profile", market_profile)):
        if values.get(name):
            try:
                reader(values[name])
            except InvestigateError as error:
                return error
    return None
