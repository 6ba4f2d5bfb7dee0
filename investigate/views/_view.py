"""View: one thing to look at, as a value. It shows itself without scripts (but for the graph's own sandbox) and saves itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ..files import write_text
from ..registry import Registry
from . import _cards
from ._carrier import graph_html
from ._chart import Chart
from ._html import asset, escape, escape_name, paragraphs, plain, table_html
from ._palette import tokens_css
from ._save import save_table
from ._scene import Scene

Figure: TypeAlias = Scene | Chart
# The report trusts HTML only from outputs that carry this type; a notebook front end ignores it.
MIME = "application/vnd.investigate.view+json"


@dataclass(frozen=True)
class View:
    """One thing to look at: the question it answers, a picture, a table, and when it misleads.

    Attributes
    ----------
    name : str
        File stem and anchor: letters, digits, `_`.
    title : str
        What it shows.
    question : str
        The question it answers, in the reader's words.
    lead : str
        The answer in one or two sentences; blank lines separate paragraphs.
    table : pandas.DataFrame, optional
        The rows; `max_rows` are shown, all are saved.
    figure : Scene or Chart, optional
    caveats : tuple of str
        When this picture misleads.
    how_to_read : str
        One or two sentences, shown under the title.
    facts : tuple of (name, value)
        Key numbers, shown large: ("Accounts", "11,037").
    cards : tuple of dict
        Findings in the record of the findings module, shown as cards.
    labels : mapping
        Column name -> heading.
    max_rows : int
        Rows of the table shown.
    whole : bool
        Show long texts of the table in full: for answers and proposals, where the text is the point.
    """

    name: str
    title: str
    question: str
    lead: str = ""
    table: pd.DataFrame | None = None
    figure: Figure | None = None
    caveats: tuple[str, ...] = ()
    how_to_read: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    max_rows: int = 25
    whole: bool = False

    def _repr_html_(self) -> str:
        return style() + self.html()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        marker = {"name": self.name, "title": plain(self.title)}
        return {"text/plain": str(self), "text/html": self._repr_html_(), MIME: marker}

    def html(self) -> str:
        """The markup without the stylesheet; deterministic."""
        name = re.sub(r"[^A-Za-z0-9_-]", "-", self.name)
        css = "iv-view iv-whole" if self.whole else "iv-view"
        parts = [f'<section class="{css}" data-view="{escape_name(name)}" aria-label="{escape(self.title)}">']
        parts.append(f'<h3 class="iv-title">{escape(self.title)}</h3>')
        if self.question:
            parts.append(f'<p class="iv-question">{escape(self.question)}</p>')
        parts.append(paragraphs(self.lead, "iv-lead"))
        if self.facts:
            parts.append(_cards.facts_html(self.facts))
        if self.cards:
            parts.append(_cards.finding_cards(self.cards))
        if isinstance(self.figure, Scene):
            parts.append(graph_html(self.figure, name))
        elif self.figure is not None:
            parts.append(_chart_html(self.figure))
        if self.how_to_read:
            parts.append(f'<p class="iv-how"><strong>How to read this.</strong> {escape(self.how_to_read)}</p>')
        if self.table is not None:
            alone = self.figure is None and not self.cards
            parts.append(
                table_html(
                    self.table, self.title, name=self.name, max_rows=self.max_rows, labels=self.labels, quiet=alone
                )
            )
        if self.caveats:
            items = "".join(f"<li>{escape(c)}</li>" for c in self.caveats)
            parts.append(f'<div class="iv-caveats"><p>When this misleads</p><ul>{items}</ul></div>')
        return "".join(parts) + "</section>"

    def __str__(self) -> str:
        lines = [plain(self.title), "=" * min(79, len(plain(self.title))), plain(self.question), "", plain(self.lead)]
        lines += [f"{plain(k)}: {plain(v)}" for k, v in self.facts]
        lines += [_cards.card_text(card) for card in self.cards]
        if self.figure is not None:
            lines += ["", "Picture: " + plain(self.figure.summary)]
        if self.table is not None:
            shown = self.table.head(self.max_rows).map(lambda v: plain(v)[:80])
            lines += ["", shown.to_string(index=False), f"{len(shown):,} of {len(self.table):,} rows"]
        lines += [f"Caution: {plain(c)}" for c in self.caveats]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def save(self, folder: Path | str) -> list[Path]:
        """Write `tables/<name>.csv` and `.parquet` (all rows), and `figures/<name>.svg`; return the paths."""
        folder = Path(folder)
        paths = [] if self.table is None else save_table(self.table, folder, self.name)
        if self.figure is not None:
            svg = self.figure.to_svg()
            paths.append(write_text(folder / "figures" / f"{self.name}.svg", svg))
        return paths

    def to_pyvis(self, path: Path | str, *, max_nodes: int = 500) -> Path:
        """Write the graph of this view as one light page (pyvis, vis-network) that loads nothing; the path.

        Positions are those of the view. Raises InputError above `max_nodes` and where the view has no graph.
        """
        from ._pyvis import to_pyvis

        return to_pyvis(self, path, max_nodes=max_nodes)


def style() -> str:
    """The stylesheet of views, as a `<style>` element; the report holds it once and drops this one."""
    return f"<style>{tokens_css('.iv-view')}{asset('view.css')}</style>"


def _chart_html(chart: Chart) -> str:
    note = f"<figcaption>{escape(chart.note)}</figcaption>" if chart.note else ""
    label = escape(chart.title)
    numbers = chart.data.drop(
        columns=[c for c in ("series",) if c in chart.data and not chart.data[c].astype(str).any()]
    )
    return (
        f'<figure class="iv-figure"><div class="iv-scroll" role="region" aria-label="{label}" tabindex="0">{chart.to_svg()}</div>'
        f'{note}</figure><details class="iv-details"><summary>The numbers of this picture</summary>'
        f"{table_html(numbers, chart.title, max_rows=200)}</details>"
    )


@dataclass(frozen=True)
class ViewKind:
    """What a view function says about itself; the function takes a case and keyword options."""

    name: str
    title: str
    summary: str
    build: Callable[..., View]
    caveat: str = ""
    needs: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


VIEWS: Registry[ViewKind] = Registry("view", __package__)


def view(
    *, title: str, summary: str, caveat: str = "", needs: tuple[str, ...] = (), references: tuple[str, ...] = ()
) -> Callable[[Callable[..., View]], Callable[..., View]]:
    """Register `name(case, *, option=default) -> View` under the function's name.

    Parameters
    ----------
    title : str
        For menus.
    summary : str
        One line, verb first.
    caveat : str
        When it misleads.
    needs : tuple of str
        Stages of the case that must have run: "relate", "score", "group", "find".
    """

    def register(build: Callable[..., View]) -> Callable[..., View]:
        VIEWS.add(ViewKind(build.__name__, title, summary, build, caveat, needs, references))
        return build

    return register
