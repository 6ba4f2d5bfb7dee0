"""The report: an executed notebook becomes one HTML file that makes no network request of any kind.

Code is hidden, the bottom line comes first, and a section that failed says so in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..files import write_text
from ._meta import read_meta
from ._page import page
from ._pdf import write_pdf
from ._sections import Failure, read_sections
from ._workbook import ROWS_IN_A_RUN, write_workbook

__all__ = ["ROWS_IN_A_RUN", "build_report", "write_pdf", "write_workbook"]


def build_report(
    notebook: Mapping[str, Any] | Path | str,
    *,
    title: str,
    meta: Mapping[str, Any],
    sections_failed: Mapping[str, str] | Iterable[str | Mapping[str, Any]] = (),
    out: Path | str,
) -> Path:
    """Write the report of an executed notebook and return its path; the same input gives the same bytes.

    Parameters
    ----------
    notebook : nbformat node, dict or path
        An executed notebook, format 4. A markdown cell that starts with `## ` opens a section. The section with a
        cell tagged `summary` comes first, then sections with results, then those that only prepare them; cells
        tagged `parameters` or `injected-parameters` go to the last section; cells tagged `remove` are left out.
        HTML is taken only from views; all else is shown as text.
    title : str
        The report's title.
    meta : mapping
        A run's manifest, or any of: case, template, template_version, data_from, data_to, as_of, purpose, tlp, draft
        (true unless given), run_id, parameters, inputs, versions, command. Others are listed with the run.
    sections_failed : mapping or iterable
        Sections that failed or were not run, by heading or tag: `{section: why}`, or names, or
        `{section, what, where, do, skipped}`. Errors that cells have left in the notebook are found without it.
    out : Path
        The HTML file, replaced whole.

    Raises
    ------
    InputError
        When the notebook has no cells, or `meta["tlp"]` is not a sharing label.
    """
    cells = notebook if isinstance(notebook, Mapping) else json.loads(Path(notebook).read_text(encoding="utf-8"))
    if isinstance(sections_failed, Mapping):
        sections_failed = [{"section": name, "what": why} for name, why in sections_failed.items()]
    failures = [Failure.of(entry) for entry in sections_failed]
    sections = read_sections(cells, failures)
    return write_text(Path(out), page(title, read_meta(meta), sections, failures))
