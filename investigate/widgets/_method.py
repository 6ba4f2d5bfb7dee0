"""The part of the case panel that finds groups: the steps of the method, and the settings that decide each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as w

from ..case import Case
from ..errors import InputError, InvestigateError
from ..runs.parameters import VOCABULARY
from ..views._words import plural
from . import _places as places
from ._fields import Fields
from ._panel import WIDE, Call, Message, button, call, heading, help_text, shown

STEPS: dict[str, tuple[str, ...]] = {
    "relate": ("relations", "window", "min_shared"),
    "score": ("fdr_q", "known_groups"),
    "group": ("min_accounts", "min_actions", "resolution", "seed"),
    "find": (),
}
"""The steps, and the parameters that decide each; their declaration is that of the templates."""


class Method(w.VBox):
    """A button for each step and one for all, and a form for the settings.

    Parameters
    ----------
    on_click : mapping of str to callable
        What the buttons call: one for each step, and `all`.
    """

    def __init__(self, on_click: Mapping[str, Callable[[], object]]) -> None:
        data = places.beside("data")
        groups, _ = places.files_in([data] if data.is_dir() else [], (".csv",))
        defaults = {name: VOCABULARY[name].default for names in STEPS.values() for name in names}
        self.settings = Fields(defaults, self.show_calls, {"known_groups": groups})
        shown(self.settings, False)
        self.settings_button = button("Show the settings", self._toggle)
        self.all_button = button("Find groups", on_click["all"], primary=True, tip="Relate, score, group, find")
        self.buttons = {name: button(name.capitalize(), on_click[name]) for name in STEPS}
        self.call = Call("The calls behind these buttons; Find groups makes all of them")
        self.said, self.slot = Message(), w.VBox([])
        super().__init__(
            [
                heading("Find groups"),
                help_text(
                    "Relate: who acts on the same things at the same time. Score: what chance would give. Group: who hangs "
                    "together. Find: findings with evidence, innocent explanations, grade and limits."
                ),
                w.HBox(
                    [self.all_button, *self.buttons.values(), self.settings_button], layout={"flex_flow": "row wrap"}
                ),
                self.settings,
                self.slot,
                self.said,
                self.call,
            ],
            layout={"width": WIDE},
        )
        self.show_calls()

    def arguments(self) -> dict[str, dict[str, Any]]:
        """The arguments of each step; where a setting cannot be used it is shown, and InputError raised."""
        wrong = self.settings.check()
        if wrong:
            shown(self.settings, True)
            wrong[0].control.focus()
            named = ", ".join(f.name for f in wrong)
            raise InputError(
                f"{plural(len(wrong), 'setting')} cannot be used: {named}", "the settings", "see beside each"
            )
        values = self.settings.values()
        values["relations"] = values["relations"] or None
        return {step: {name: values[name] for name in names} for step, names in STEPS.items()}

    def show_calls(self) -> None:
        """The calls, with what differs from the defaults."""
        given = self.settings.given
        try:
            given = {k: v for k, v in self.settings.values().items() if k in given}
        except InvestigateError:
            pass  # said beside the field; shown as it was written
        lines = [call(f"case.{step}", **{n: given[n] for n in names if n in given}) for step, names in STEPS.items()]
        self.call.show("\n".join(lines))

    def _toggle(self) -> None:
        visible = self.settings.layout.display == "none"
        shown(self.settings, visible)
        self.settings_button.description = "Hide the settings" if visible else "Show the settings"


def outcome(case: Case) -> str:
    """What the steps have made so far, in numbers."""
    parts = [f"{len(case.edges):,} edges"]
    if "q" in case.edges:
        parts.append(f"{int(case.edges['unusual'].sum()):,} of them unusual")
    if "community" in case.communities:
        parts.append(f"{case.communities['community'].nunique():,} groups")
    if case.findings:
        parts.append(f"{len(case.findings):,} findings")
    return ", ".join(parts) + "."
