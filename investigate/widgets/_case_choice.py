"""The part of the case panel that lists the cases of a folder, and makes a new one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from ..errors import InputError, InvestigateError
from ..files import read_json
from ..runs.parameters import DEMO_PURPOSE
from ..views._html import clip
from . import _places as places
from ._fields import Field
from ._panel import LABEL, WIDE, Call, button, call, help_text, shown, under
from ._standing import free_name


class CaseChoice(w.VBox):
    """The cases of a folder, the one used last first, and a form for a new one.

    Parameters
    ----------
    folder : Path
        Where the cases are.
    refresh, open_case, create : callable
        What the buttons call.
    """

    def __init__(
        self,
        folder: Path,
        refresh: Callable[[], object],
        open_case: Callable[[], object],
        create: Callable[[], object],
    ) -> None:
        wide: dict[str, Any] = {"style": LABEL, "layout": {"width": WIDE}}
        self.folder = w.Text(description="Cases in", value=str(folder), continuous_update=False, **wide)
        self.chooser = w.Select(description="Case", options=[], rows=5, **wide)
        self.listed = under(help_text(""))
        self.open_button = button("Open", open_case, primary=True, tip="Open the chosen case")
        self.new_button = button("New case", self._offer, tip="Make a case in a folder of its own")
        self.list_button = button("List again", refresh)
        self.name = w.Text(description="Folder's name", **wide)
        self.title, self.purpose = Field("title", ""), Field("purpose", DEMO_PURPOSE)
        self.create_button = button("Make the case", create, primary=True)
        self.open_call, self.create_call = Call("The call behind Open"), Call("The call behind Make the case")
        self.form = w.VBox([self.name, self.title, self.purpose, w.HBox([self.create_button]), self.create_call])
        shown(self.form, False)
        super().__init__(
            [
                self.folder,
                self.chooser,
                self.listed,
                w.HBox([self.open_button, self.new_button, self.list_button], layout={"flex_flow": "row wrap"}),
                self.open_call,
                self.form,
            ],
            layout={"width": WIDE},
        )
        for control in (self.chooser, self.folder, self.name, self.title.control, self.purpose.control):
            control.observe(lambda _: self._calls(), "value")
        self.folder.observe(lambda _: refresh(), "value")

    def list(self) -> None:
        """List the cases again; the chosen one stays chosen."""
        folder = Path(self.folder.value).expanduser()
        found, more = places.cases_in(folder)
        held = self.chooser.value
        self.chooser.options = [(_label(path), str(path)) for path in found]
        self.chooser.value = held if held in [str(p) for p in found] else (str(found[0]) if found else None)
        some = "1 case" if len(found) == 1 else f"{len(found)} cases, the one used last first"
        text = some if found else f"No case in {folder} yet: make one"
        self.listed.value = help_text(text + ("; only the first are listed." if more else ".")).value
        self.name.value = free_name(folder)
        if not found:
            shown(self.form, True)
        self._calls()

    def chosen(self) -> str:
        """The chosen case's folder; InputError where none is chosen."""
        if not self.chooser.value:
            raise InputError("no case is chosen", self.folder.value, "choose one from the list, or make one")
        return str(self.chooser.value)

    def new(self, name: str, title: str | None, purpose: str | None) -> tuple[Path, str, str]:
        """Folder, title and purpose of a new case: what is given, else what stands in the form; checked."""
        name = name or self.name.value.strip()
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise InputError(f"'{name}' cannot be a folder's name", "Folder's name", "use letters, digits, - and _")
        if title is not None:
            self.title.value = title
        if purpose is not None:
            self.purpose.value = purpose
        if not self.purpose.check():
            self.purpose.control.focus()
            raise InputError("the purpose cannot be used", "Purpose", "see beside it")
        folder = Path(self.folder.value).expanduser() / name
        return folder, self.title.value.strip(), self.purpose.value.strip()

    def take(self, folder: Path) -> None:
        """Show a case that was just made as the chosen one."""
        self.list()
        self.chooser.value = str(folder)
        shown(self.form, False)

    def _offer(self) -> None:
        shown(self.form, True)
        self.name.focus()

    def _calls(self) -> None:
        self.open_call.show(call("case = Case.open", self.chooser.value) if self.chooser.value else "")
        where = str(Path(self.folder.value) / (self.name.value.strip() or "NAME"))
        named = {"title": self.title.value.strip(), "purpose": self.purpose.value.strip()}
        self.create_call.show(call("case = Case.create", where, **{k: v for k, v in named.items() if v}))


def _label(path: Path) -> str:
    try:
        title = str(read_json(path / "case.json").get("title", ""))
    except (InvestigateError, AttributeError):
        title = "cannot be opened"
    return clip(f"{title} ({path.name})" if title != path.name else path.name, 120)
