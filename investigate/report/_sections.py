"""From the cells of a notebook to the sections of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..views._html import plain
from ._markdown import markdown_html
from ._outputs import Failed, Shown, failed_html, output_html

_PARAMETERS = {"parameters", "injected-parameters"}


@dataclass(frozen=True)
class Failure:
    """A section that failed or was skipped, as the runner knows it."""

    section: str
    what: str = ""
    where: str = ""
    do: str = ""
    skipped: bool = False

    @classmethod
    def of(cls, entry: str | Mapping[str, Any]) -> Failure:
        if isinstance(entry, str):
            return cls(entry)
        known = {k: str(entry.get(k) or "") for k in ("section", "what", "where", "do")}
        prefix = re.match(r"not run(?: because\b)?\s*", known["what"])
        known["what"] = known["what"][prefix.end() :] if prefix else known["what"]
        return cls(**known, skipped=bool(entry.get("skipped") or prefix))

    def matches(self, section: Section) -> bool:
        """Whether `section` is the one meant, by its heading or by a tag of its cells."""
        return self.section.strip().lower() in {section.heading.strip().lower(), *section.tags} - {""}


@dataclass
class Section:
    """One section while it is read: its heading, its HTML, its code, and whether it failed."""

    heading: str
    body: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    results: bool = False
    failed: bool = False
    outcome: str = "failed"
    anchor: str = ""

    @property
    def rank(self) -> int:
        """Reading order: the answer, the purpose, results, how they were prepared, how to get them again."""
        if "summary" in self.tags:
            return 0
        if not self.heading:
            return 1
        if "reproduce" in self.tags:
            return 4
        return 3 if self.code and not self.results else 2


def read_sections(notebook: Mapping[str, Any], failures: Sequence[Failure]) -> list[Section]:
    """The sections in reading order (see `Section.rank`); those that hold nothing but parameters have no body."""
    cells = notebook.get("cells")
    if not cells:
        raise InputError("the notebook has no cells", "the executed notebook", "run the template again")
    sections = [Section("")]
    for cell in cells:
        tags = set(cell.get("metadata", {}).get("tags", ()))
        source = _text(cell.get("source", ""))
        if "remove" in tags or "hide" in tags:
            continue
        if cell.get("cell_type") == "markdown":
            for heading, text in _split(source):
                if heading is not None:
                    sections.append(Section(heading))
                if text.strip():
                    sections[-1].body.append(f'<div class="rp-prose">{markdown_html(text)}</div>')
        elif cell.get("cell_type") == "code":
            _add_code(sections[-1], cell, source, tags)
        sections[-1].tags |= tags
    for section in sections:
        _mark(section, [f for f in failures if f.matches(section)])
        if section.parameters and not section.code and not section.failed:
            section.body.clear()
    sections = sorted((s for s in sections if s.body or s.code or s.parameters), key=lambda s: s.rank)
    for number, section in enumerate(sections):
        section.anchor = f"section-{number}"
    return sections


def _text(source: object) -> str:
    return source if isinstance(source, str) else "".join(source or [])  # type: ignore[arg-type]


def _split(source: str) -> Iterator[tuple[str | None, str]]:
    """Parts of a markdown cell at its `## ` lines; the title line `# ` is dropped, because the page has its own."""
    heading: str | None = None
    lines: list[str] = []
    fenced = False
    for line in source.splitlines():
        fenced ^= line.lstrip().startswith("```")
        found = None if fenced else re.match(r"(#{1,2})\s+(.*?)\s*#*\s*$", line)
        if found and found[1] == "##":
            if heading is not None or any(part.strip() for part in lines):
                yield heading, "\n".join(lines)
            heading, lines = re.sub(r"[*_`]", "", found[2]), []
        elif not found:
            lines.append(line)
    yield heading, "\n".join(lines)


def _add_code(section: Section, cell: Mapping[str, Any], source: str, tags: set[str]) -> None:
    if source.strip():
        (section.parameters if tags & _PARAMETERS else section.code).append(source.rstrip())
    for output in cell.get("outputs", ()):
        html = output_html(output, plain(section.heading))
        section.failed |= isinstance(html, Failed)
        if html:
            section.body.append(str(html))
            section.results |= isinstance(html, (Failed, Shown))


def _mark(section: Section, failures: list[Failure]) -> None:
    """Say that a section failed where its cells do not say so themselves."""
    if not failures or section.failed:
        return
    first = failures[0]
    what = first.what or ("it was not run" if first.skipped else "no details were kept; see the executed notebook")
    section.body.append(str(failed_html(what, first.where, first.do, skipped=first.skipped)))
    section.failed = section.results = True
    section.outcome = "not run" if first.skipped else "failed"
