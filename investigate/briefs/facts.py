"""What a brief is made from: the files of one finished run, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from ..errors import CaseError
from ..files import read_json

FINDINGS, MANIFEST = "findings.json", "manifest.json"
_NAMES = (
    "account_id",
    "account",
    "account_a",
    "account_b",
    "handle",
    "screen_name",
    "advertiser",
    "page_name",
    "payer",
)
_BESIDE = ("label", "label_a", "label_b", "display_name", "name")  # names of accounts only in a table that has accounts
_MOST_NAMES = 200_000


@dataclass(frozen=True)
class RunFacts:
    """One run, as its files tell it.

    Attributes
    ----------
    findings : tuple of dict
        Records of findings.json, strongest grade first.
    study : mapping
        The record of the template's study; empty where it has none.
    accounts : frozenset of str
        Identifiers and names that stand for accounts in findings and tables: what a brief without personal data
        must not hold.
    """

    folder: Path
    run: str
    status: str
    template: str
    title: str
    case: str
    as_of: str
    data_from: str
    data_to: str
    parameters: Mapping[str, Any]
    inputs: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    study: Mapping[str, Any]
    failed: tuple[str, ...]
    n_exhibits: int = 0
    accounts: frozenset[str] = field(default_factory=frozenset, repr=False)

    @property
    def bottom_line(self) -> str:
        """The study's own words, else one sentence about the findings."""
        if self.study.get("bottom_line"):
            return str(self.study["bottom_line"])
        if not self.findings:
            return "Nothing was found in these data that goes beyond what is expected."
        supported = sum(f["status"] in ("supported", "confirmed_by_human") for f in self.findings)
        top = self.findings[0]
        count = (
            f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}, {supported} supported by evidence"
        )
        return f"{count}. The strongest: {top['title']} (grade {top['evidence_grade']})."

    @property
    def proposals(self) -> list[Mapping[str, Any]]:
        """Proposed actions of the study and of the findings, those for now first, each named once."""
        every = [*self.study.get("proposals", ()), *(p for f in self.findings for p in f.get("recommended", ()))]
        seen: dict[tuple[str, str], Mapping[str, Any]] = {}
        for p in every:
            seen.setdefault((str(p.get("action")), str(p.get("owner"))), p)
        return sorted(seen.values(), key=lambda p: (p.get("horizon") != "now", str(p.get("review_by") or "9")))

    @property
    def severity(self) -> str:
        """As the study or a person rated it, else that nobody has."""
        facts = self.study.get("facts", {})
        found = facts.get("severity") or facts.get("priority") or self.parameters.get("severity")
        named = [
            f"{k} {v}"
            for k, v in self.study.get("numbers", ())
            if "severity" in str(k).lower() or "priority" in str(k).lower()
        ]
        return str(found or "; ".join(named) or "not rated yet")


def read_run(folder: Path) -> RunFacts:
    """Read the run in `folder`.

    Raises
    ------
    CaseError
        The folder holds no finished run.
    """
    missing = [name for name in (MANIFEST, FINDINGS) if not (folder / name).is_file()]
    if missing:
        raise CaseError(
            f"this is not a finished run: it holds no {' and no '.join(missing)}",
            str(folder),
            "give a folder under CASE/runs, and run the template first",
        )
    manifest, record = read_json(folder / MANIFEST), read_json(folder / FINDINGS)
    parameters, inputs = manifest.get("parameters", {}), manifest.get("inputs", [])
    template = manifest.get("template") or {}
    first = min((i["first_at"] for i in inputs if i.get("first_at")), default="")
    last = max((i["last_at"] for i in inputs if i.get("last_at")), default="")
    findings = sorted(record["findings"], key=lambda f: f["finding_id"])
    findings.sort(key=lambda f: (f["evidence_grade"], f["n_members"]), reverse=True)
    return RunFacts(
        folder=folder,
        run=str(manifest.get("run") or folder.name),
        status=str(manifest.get("status") or ""),
        template=str(template.get("name") or record.get("template") or ""),
        title=str(template.get("title") or record.get("template") or folder.name),
        case=str(parameters.get("title") or _last(parameters.get("case") or "") or folder.name),
        as_of=str(parameters.get("as_of") or last),
        data_from=str(first),
        data_to=str(last),
        parameters=parameters,
        inputs=tuple(inputs),
        findings=tuple(findings),
        study=record.get("study") or {},
        failed=tuple(s["name"] for s in manifest.get("sections", ()) if s["status"] != "ok"),
        n_exhibits=len(record.get("exhibits", ())),
        accounts=frozenset(_accounts(folder, findings)),
    )


def _last(path: object) -> str:
    text = str(path)
    return (PureWindowsPath(text) if "\\" in text else PurePath(text)).name


def _accounts(folder: Path, findings: list[Mapping[str, Any]]) -> set[str]:
    import pyarrow.parquet as pq

    found = {str(m) for f in findings for m in f["members"]}
    for path in sorted((folder / "tables").glob("*.parquet")):
        there = pq.read_schema(path).names
        columns = [c for c in _NAMES if c in there]
        if not columns:
            continue
        columns += [c for c in _BESIDE if c in there]
        for column in pq.read_table(path, columns=columns).to_pandas().itertuples(index=False):
            for value in column:
                parts = value if not isinstance(value, str) and hasattr(value, "__iter__") else [value]
                found.update(str(p) for p in parts if isinstance(p, (str, int)))
        if len(found) > _MOST_NAMES:
            break
    return {name.strip() for name in found if name.strip()}
