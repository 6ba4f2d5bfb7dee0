"""What is different between two runs of one template: findings, tables, volumes, parameters, data, versions.

Clocks, the names of runs and the places of cases are no difference: the same data, parameters and versions compare as the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..files import read_json
from . import manifest
from .compared_findings import ONE_TO_ONE, difference, findings
from .compared_tables import rename, table
from .parameters import VOCABULARY
from .run import FINDINGS

Record = dict[str, Any]

SAME = "Nothing is different: the two runs have the same findings, tables, volumes, parameters, data and versions."
# Tables that say again what findings.json and the manifest say, which are compared themselves.
TOLD_ELSEWHERE = frozenset(
    ("alternatives", "explanations", "findings", "policies", "proposals", "quality", "questions", "reproduce")
)
_COUNTS = (("rows_read", "Rows read"), ("n_accounts", "Accounts"), ("n_content", "Contents"), ("n_actions", "Actions"))


@dataclass(frozen=True)
class Comparison:
    """What differs between an earlier run and a later one; empty parts where nothing does.

    Attributes
    ----------
    before, after : str
        The runs' folders: CASE/runs/NAME as "case, name".
    findings : list of dict
        See `compared_findings.findings`; those that are the same are only counted, in `n_same`.
    tables : dict of str to dict
        See `compared_tables.table`; a table that only one run has is `{"only": "before"}` or `{"only": "after"}`.
    volumes, answers, parameters, sections, versions : list of dict
        `name`, `before`, `after`, `difference`.
    proposals : list of dict
        Proposed for the whole issue: `change`, `name`.
    data : list of dict
        `change` (new, gone, replaced), `name`, `before`, `after` (hashes).
    """

    template: str
    title: str
    before: str
    after: str
    findings: list[Record] = field(default_factory=list)
    n_same: int = 0
    tables: dict[str, Record] = field(default_factory=dict)
    volumes: list[Record] = field(default_factory=list)
    answers: list[Record] = field(default_factory=list)
    proposals: list[Record] = field(default_factory=list)
    parameters: list[Record] = field(default_factory=list)
    data: list[Record] = field(default_factory=list)
    sections: list[Record] = field(default_factory=list)
    versions: list[Record] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing is different."""
        return not any(self.parts().values())

    def parts(self) -> dict[str, Any]:
        names = ["findings", "tables", "volumes", "answers", "proposals", "parameters", "data", "sections", "versions"]
        return {name: getattr(self, name) for name in names}

    def record(self) -> Record:
        """As JSON; docs/compare-and-resume.md says what each part holds."""
        about = {"schema": 1, "template": self.template, "before": self.before, "after": self.after}
        return {**about, "same": self.same, "findings_same": self.n_same, **self.parts()}

    def said(self) -> str:
        """The comparison in one or two sentences."""
        if self.same:
            return SAME
        counts = Counter(f["change"] for f in self.findings)
        found = ", ".join(f"{n} {change}" for change, n in counts.items())
        found = f"findings: {found}, {self.n_same} the same" if found else f"findings: all {self.n_same} the same"
        named = {**self.parts(), "findings": ()}
        rest = ", ".join(f"{name} ({len(part)})" for name, part in named.items() if part)
        return f"Of the {found}." + (f" Different as well: {rest}." if rest else " Nothing else is different.")


def compare(before: Path | str, after: Path | str) -> Comparison:
    """What is different in the later run.

    Parameters
    ----------
    before, after : path
        Two run folders, CASE/runs/..., of the same template; finished, complete or partial.

    Raises
    ------
    CaseError, InputError
        A folder holds no finished run, or the templates are different.

    Notes
    -----
    It misleads where a run is partial: what its failed sections would hold counts as gone. `sections` names them.
    """
    sides = [_Side.read(Path(folder)) for folder in (before, after)]
    old, new = sides
    if old.template != new.template:
        raise InputError(
            f"the runs are of different templates: '{old.template}' and '{new.template}'",
            f"{old.folder} and {new.folder}",
            "compare two runs of one template",
        )
    found = findings(old.findings, new.findings)
    told = [f for f in found if f["change"] != "same"]
    return Comparison(
        template=old.template,
        title=(new.manifest.get("template") or {}).get("title") or old.template,
        before=old.name,
        after=new.name,
        findings=told,
        n_same=len(found) - len(told),
        tables=_tables(old, new, found),
        volumes=_pairs(old.volumes(), new.volumes()),
        answers=_pairs(old.answers(), new.answers()),
        proposals=_proposals(old, new),
        parameters=_pairs(old.parameters(), new.parameters()),
        data=_data(old, new),
        sections=_pairs(old.sections(), new.sections()),
        versions=_pairs(old.versions(), new.versions()),
    )


@dataclass(frozen=True)
class _Side:
    """One run as its folder shows it."""

    folder: Path
    manifest: Record
    record: Record

    @classmethod
    def read(cls, folder: Path) -> _Side:
        held = manifest.read(folder)
        if not (folder / FINDINGS).is_file():
            raise InputError(
                f"the run has no {FINDINGS}: it is {held['status']}",
                str(folder),
                "`investigate resume` goes on with it",
            )
        return cls(folder.resolve(), held, _without(read_json(folder / FINDINGS), folder.resolve().name))

    @property
    def name(self) -> str:
        return f"{self.folder.parents[1].name}, {self.folder.name}"

    @property
    def template(self) -> str:
        return str(self.record["template"])

    @property
    def findings(self) -> list[Record]:
        return list(self.record["findings"])

    @property
    def study(self) -> Mapping[str, Any]:
        return self.record.get("study") or {}

    def volumes(self) -> Record:
        inputs = self.manifest["inputs"]
        out: Record = {title: sum(int(i.get(name) or 0) for i in inputs) for name, title in _COUNTS}
        out["Rows set aside"] = sum(sum((i.get("set_aside") or {}).values()) for i in inputs)
        return out | {str(label): value for label, value in self.study.get("numbers", ())}

    def answers(self) -> Record:
        told = self.study.get("answers", ())
        out = {a["question"]: a["answer"] or f"Not answered, because {a['because']}" for a in told}
        return out | ({"In short": self.study["bottom_line"]} if self.study else {})

    def parameters(self) -> Record:
        """Values; of files their content counts, and folders are places."""
        files = self.manifest.get("side_files") or {}
        out: Record = {}
        for name, value in self.manifest["parameters"].items():
            kind = VOCABULARY[name].kind if name in VOCABULARY else ""
            if name != "data" and kind != "folder":
                out[name] = f"a file, SHA-256 {files[name]}" if name in files else value
        return out

    def sections(self) -> Record:
        return {s["name"]: s["status"] for s in self.manifest["sections"]}

    def versions(self) -> Record:
        template = (self.manifest.get("template") or {}).get("sha256")
        return {**self.manifest["versions"], "template, SHA-256": template}

    def tables(self) -> dict[str, Path]:
        held = sorted((self.folder / "tables").glob("*.parquet"))
        return {p.stem: p for p in held if p.stem not in TOLD_ELSEWHERE}


def _without(value: Any, run: str) -> Any:
    """The same with the run's own name left out of every text."""
    if isinstance(value, str):
        return value.replace(run, "this run")
    if isinstance(value, dict):
        return {k: _without(v, run) for k, v in value.items()}
    return [_without(v, run) for v in value] if isinstance(value, list) else value


def _pairs(before: Record, after: Record) -> list[Record]:
    names = [*before, *(n for n in after if n not in before)]
    return [difference("name", n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]


def _proposals(old: _Side, new: _Side) -> list[Record]:
    def told(side: _Side) -> Counter[str]:
        return Counter(f"{p['action']} ({p['owner']}, {p['horizon']})" for p in side.study.get("proposals", ()))

    out = [{"change": "new", "name": name} for name in sorted((told(new) - told(old)).elements())]
    return out + [{"change": "gone", "name": name} for name in sorted((told(old) - told(new)).elements())]


def _data(old: _Side, new: _Side) -> list[Record]:
    """Files by their content; one of the same name with other content is replaced."""
    left, right = ({i["sha256"]: i["file"] for i in side.manifest["inputs"]} for side in (old, new))
    gone, come = ([(s, f) for s, f in one.items() if s not in other] for one, other in ((left, right), (right, left)))
    out: list[Record] = []
    for digest, file in come:
        was = next((s for s, f in gone if f == file), "")
        gone = [(s, f) for s, f in gone if s != was]
        out.append({"change": "replaced" if was else "new", "name": file, "before": was or None, "after": digest})
    out += [{"change": "gone", "name": file, "before": digest, "after": None} for digest, file in gone]
    return sorted(out, key=lambda r: (r["name"], r["change"]))


def _tables(old: _Side, new: _Side, found: Iterable[Record]) -> dict[str, Record]:
    pairs = {f["after"]: f["before"] for f in found if f["change"] in ONE_TO_ONE}
    numbers = [{f["finding_id"]: (f.get("impact") or {}).get("community") for f in s.findings} for s in (old, new)]
    # Groups are numbered by size: a number means nothing in another run, and one without a counterpart is nobody's.
    groups = {
        str(n): str(numbers[0][pairs[i]]) if i in pairs else f"{n} (after)"
        for i, n in numbers[1].items()
        if n is not None
    }
    left, right = old.tables(), new.tables()
    out: dict[str, Record] = {}
    for name in sorted({*left, *right}, key=lambda n: ("narrative" not in n, n)):
        if name not in left or name not in right:
            out[name] = {"only": "before" if name in left else "after"}
            continue
        a = rename(pd.read_parquet(left[name]), {"finding_id": {}, "community": {}}, old.folder.name)
        b = rename(pd.read_parquet(right[name]), {"finding_id": pairs, "community": groups}, new.folder.name)
        if (changed := table(a, b)) is not None:
            out[name] = changed
    return out
