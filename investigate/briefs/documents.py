"""Briefs and hand-overs as Markdown and DOCX; the same brief gives the same bytes."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path

from ..files import replacing, same_zip, write_text
from .brief import Brief, Section, _more

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~])")


def md(text: str) -> str:
    """Text in which no character is Markdown or HTML."""
    return re.sub(r"^(\s*)([#+>-]|\d+[.)])", r"\1\\\2", _MARKDOWN.sub(r"\\\1", text.replace("&", "&amp;")))


def brief_markdown(brief: Brief) -> str:
    """The brief as Markdown."""
    lines = [f"# {md(brief.title)}", "", " · ".join(f"**{md(m)}**" for m in brief.marks), ""]
    lines += [" · ".join(f"{k}: {md(v)}" for k, v in brief.facts), "", f"**{md(brief.bottom_line)}**", ""]
    for section in brief.sections:
        lines += [f"## {md(section.heading)}", "", *(f"- {md(item)}" for item in _items(section)), ""]
    return "\n".join([*lines, f"**Next update:** {md(brief.next_update)}", ""])


def _items(section: Section) -> list[str]:
    return [*section.items, *([_more(section)] if section.more else [])]


def write_markdown(brief: Brief, path: Path) -> Path:
    return write_text(path, brief_markdown(brief))


def write_docx(brief: Brief, path: Path) -> Path:
    """The brief as a Word document on A4, in 10 point; no date of today and nobody's name in its properties."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(1.6)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = Pt(10), "Calibri"
    normal.paragraph_format.space_after = Pt(2)
    for level, size in ((1, 15), (2, 11)):
        style = document.styles[f"Heading {level}"]
        style.font.size, style.font.name, style.font.color.rgb = Pt(size), "Calibri", RGBColor(0x1F, 0x5F, 0xA8)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(6 if level == 2 else 0), Pt(2)
    header = page.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    header.add_run(" · ".join(brief.marks)).bold = True
    document.add_heading(brief.title, level=1)
    document.add_paragraph(" · ".join(f"{k}: {v}" for k, v in brief.facts))
    document.add_paragraph().add_run(brief.bottom_line).bold = True
    for section in brief.sections:
        document.add_heading(section.heading, level=2)
        for item in _items(section):
            document.add_paragraph(item, style="List Bullet").paragraph_format.space_after = Pt(1)
    last = document.add_paragraph()
    last.paragraph_format.space_before = Pt(6)
    last.add_run("Next update: ").bold = True
    last.add_run(brief.next_update)
    core = document.core_properties
    core.author = core.last_modified_by = "investigate"
    core.title, core.comments, core.revision = brief.title, "", 1
    core.created = core.modified = datetime(1980, 1, 1)
    raw = io.BytesIO()
    document.save(raw)
    with replacing(path) as temporary:
        temporary.write_bytes(same_zip(raw.getvalue()))
    return path
