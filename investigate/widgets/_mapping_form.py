"""The column mapping as a form: the guess with its reasons, each entry to be confirmed or changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from ..errors import InputError
from ..sources._mapping import CONSTANT, FIELDS, REQUIRED, columns_of, load_mapping
from ..views._html import clip, escape
from ._panel import LABEL, WIDE, button, help_text, listing

NONE = "(not used)"
PREVIEW_ROWS = 3
REASON_LENGTH = 140


class MappingForm(w.VBox):
    """One menu of columns for each field of the mapping, and a line to add another field."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self.columns: list[str] = []
        self.menus: dict[str, w.Dropdown] = {}
        self._origin = help_text("")
        self._rows = w.VBox([], layout={"width": WIDE})
        self._preview = w.HTML("")
        self.add_field = w.Dropdown(description="Another field", options=[], style=LABEL, layout={"width": "22rem"})
        self.add_column = w.Combobox(
            description="Column",
            placeholder="a column, or constant:twitter",
            layout={"width": "19rem"},
            style={"description_width": "4rem"},
            ensure_option=False,
        )
        self._adding = w.HBox(
            [self.add_field, self.add_column, button("Add", self.add)], layout={"flex_flow": "row wrap"}
        )
        self._problem = w.HTML("")
        self._options: dict[str, Any] = {}
        self._file: Path | None = None
        super().__init__([self._origin, self._rows, self._adding, self._problem, self._preview], layout={"width": WIDE})

    @property
    def given(self) -> dict[str, Any]:
        """The mapping as `case.load` takes it; empty where nothing is chosen."""
        chosen = {name: self._meant(menu.value) for name, menu in self.menus.items() if menu.value != NONE}
        return chosen | ({"options": self._options} if self._options and chosen else {})

    def propose(self, file: Path) -> None:
        """Fill the form for a file: from the mapping beside it (`export.toml` beside `export.csv.gz`), else by the guess."""
        from ..sources._formats import read_rows
        from ..sources._guess import guess

        raw = read_rows(file, limit=500)
        self._file, self.columns = file, list(raw.columns)
        stem = file.name.split(".")[0]
        saved = file.with_name(f"{stem}.toml")
        proposed = guess(raw.table)
        if saved.is_file():
            fields, self._options = load_mapping(saved)
            reasons = {name: f"from {saved.name}" for name in fields}
            where = f"The mapping beside the file, {saved.name}. Confirm each line, or change it."
        else:
            fields, self._options = {name: one.column for name, one in proposed.items()}, {}
            reasons = {name: one.reason for name, one in proposed.items()}
            where = (
                "Guessed from the names of the columns and some values. Nothing is read with it before you confirm it."
            )
        self._origin.value = f'<p class="iv-help">{escape(where)}</p>'
        for name in REQUIRED:
            fields.setdefault(name, NONE)
            reasons.setdefault(name, "required; no column was recognised")
        self._build(fields, reasons)
        shown_columns = self.columns[:8]
        rows = [
            [clip(v, 40) if v is not None else "" for v in row.values()]
            for row in raw.table.slice(0, PREVIEW_ROWS).to_pylist()
        ]
        cut = f", the first {len(shown_columns)} of {len(self.columns)} columns" if len(self.columns) > 8 else ""
        self._preview.value = listing(shown_columns, [row[:8] for row in rows], f"The first {len(rows)} rows{cut}")

    def fill(self, mapping: Any) -> None:
        """Take a mapping as `case.load` does: a dict, or a TOML file."""
        fields, self._options = load_mapping(mapping)
        self._build(dict(fields), {name: "given" for name in fields})
        self._on_change()

    def add(self) -> None:
        """Add the field and the column of the last line."""
        name, column = self.add_field.value, self.add_column.value.strip()
        try:
            if not name or not column:
                raise InputError("choose a field and a column", "", "")
            unknown = [c for c in columns_of(column) if c not in self.columns]
            if unknown and self.columns:
                from ..errors import nearest

                hint = nearest(unknown[0], self.columns)
                do = f"did you mean '{hint}'?" if hint else f"write a column of the file, or {CONSTANT}VALUE"
                raise InputError(f"the file has no column '{unknown[0]}'", "Column", do)
        except InputError as error:
            text = f"{error.what}. {error.do}".strip()
            self._problem.value = f'<div class="iv-msg iv-bad" role="alert">{escape(text)}</div>'
            return
        self._problem.value = ""
        self.add_column.value = ""
        kept: dict[str, Any] = {n: self._meant(m.value) for n, m in self.menus.items()}
        self._build(kept | {name: column}, {**self._reasons, name: "added"})
        self._on_change()

    def _meant(self, value: str) -> Any:
        parts = value.split(_TOGETHER)
        return parts if len(parts) > 1 and value not in self.columns else value

    def _build(self, fields: dict[str, Any], reasons: dict[str, str]) -> None:
        self._reasons = reasons
        self.menus, rows = {}, []
        for name, column in fields.items():
            value = _shown(column)
            options = [NONE, *self.columns]
            if value not in options:
                options.append(value)
            label = f"{name} (required)" if name in REQUIRED else name
            menu = w.Dropdown(
                description=label,
                options=options,
                value=value,
                tooltip=FIELDS[name],
                style=LABEL,
                layout={"width": "26rem", "flex": "0 0 auto"},
            )
            menu.observe(lambda _: self._on_change(), "value")
            self.menus[name] = menu
            why = f"{FIELDS[name]}. {clip(reasons.get(name, ''), REASON_LENGTH)}"
            rows.append(w.HBox([menu, help_text(why)], layout={"align_items": "center"}))
        self._rows.children = rows
        free = [name for name in FIELDS if name not in self.menus]
        self.add_field.options = free
        self.add_column.options = self.columns


_TOGETHER = " | "


def _shown(column: Any) -> str:
    return _TOGETHER.join(column) if isinstance(column, (list, tuple)) else str(column)
