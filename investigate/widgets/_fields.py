"""Form fields made from the declaration the command line uses: type, default, unit, limits, help, and the same checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as w

from ..errors import InvestigateError, unknown
from ..registry import Registry
from ..runs.parameters import VOCABULARY, Names, Parameter, check
from ..views._html import escape
from ._panel import LABEL, WIDE

MAX_SUGGESTIONS = 200
LONG = 40  # a longer default stands in the field itself


class Field(w.VBox):
    """One parameter: its control, what it means, and beneath it what is wrong with what was given.

    Attributes
    ----------
    name : str
    value : object
        What was given, as a command line would hand it over; lists as lists.
    problem : InvestigateError or None
        What the check says of it.
    """

    def __init__(self, name: str, default: Any, suggestions: Iterable[str] = ()) -> None:
        self.parameter: Parameter = VOCABULARY[name]
        self.name, self.default = name, default
        self.problem: InvestigateError | None = None
        self.control = _control(self.parameter, default, list(suggestions))
        self.control.add_class("iv-control")
        self.help = w.HTML(f'<p class="iv-help">{escape(self._meaning())}</p>')
        self.said = w.HTML("", layout={"display": "none"})
        super().__init__([self.control, self.help, self.said], layout={"width": WIDE})
        self.add_class("iv-field")
        self.control.observe(lambda _: self.check(), "value")

    @property
    def value(self) -> Any:
        held = self.control.value
        if self.parameter.type is Names and isinstance(held, str):
            return [part.strip() for part in held.split(",") if part.strip()]
        return list(held) if isinstance(held, tuple) else held

    @value.setter
    def value(self, given: Any) -> None:
        if isinstance(self.control, w.SelectMultiple):
            self.control.value = tuple(_names(given, self.control.options, self.name))
        elif isinstance(self.control, w.Dropdown):
            if str(given) not in self.control.options:
                raise unknown(self.name, str(given), self.control.options, f"parameter '{self.name}'")
            self.control.value = str(given)
        else:
            self.control.value = ",".join(given) if isinstance(given, (list, tuple)) else str(given)

    @property
    def changed(self) -> bool:
        """Whether it says anything else than the default."""
        return self.value != (list(self.default) if isinstance(self.default, (list, tuple)) else str(self.default))

    def check(self) -> bool:
        """Check the value as a run would, and show what is wrong."""
        try:
            check({self.name: self.default}, {self.name: self.value})
        except InvestigateError as error:
            self.tell(error)
            return False
        self.tell(None)
        return True

    def tell(self, problem: InvestigateError | None) -> None:
        """Show a problem under the control, or none."""
        self.problem = problem
        if problem is None:
            self.remove_class("iv-wrong")
            self.said.value, self.said.layout.display = "", "none"
            return
        self.add_class("iv-wrong")
        do = f" {problem.do.rstrip('.')}." if problem.do else ""
        text = escape(f"{problem.what.rstrip('.')}.{do}")
        self.said.value = f'<div class="iv-msg iv-bad" role="alert">{text}</div>'
        self.said.layout.display = None

    def _meaning(self) -> str:
        p = self.parameter
        limits = ", ".join(part for part in (p.type_name, p.limits, p.unit) if part)
        if p.type is Names and p.kind == "relations":
            return f"{p.help[0].upper()}{p.help[1:]}. (Ctrl and click chooses several, or none again)"
        default = f"; default {self.default}" if 0 < len(str(self.default)) < LONG else ""
        return f"{p.help[0].upper()}{p.help[1:]}. ({limits}{default})"


def title_of(name: str) -> str:
    """The parameter's name as a label: `min_shared` is 'Min shared'."""
    return name.replace("_", " ").capitalize()


def _registry(kind: str) -> Registry[Any]:
    if kind == "source":
        from ..sources import SOURCES

        return SOURCES
    from ..relations import RELATIONS

    return RELATIONS


def _control(parameter: Parameter, default: Any, suggestions: list[str]) -> w.ValueWidget:
    common: dict[str, Any] = {"description": title_of(parameter.name), "style": LABEL, "layout": {"width": WIDE}}
    if parameter.type is Names and parameter.kind != "relations":
        return w.Text(value=", ".join(default), placeholder="several by commas", **common)
    if parameter.type is Names:
        names = _registry(parameter.kind).names()
        return w.SelectMultiple(options=names, value=tuple(default), rows=6, **common)
    if parameter.kind == "source":
        return w.Dropdown(options=_registry("source").names(), value=default or "csv", **common)
    if parameter.kind in ("path", "folder", "mapping"):
        return w.Combobox(options=suggestions[:MAX_SUGGESTIONS], value=str(default), ensure_option=False, **common)
    if parameter.name == "purpose":
        return w.Textarea(value=str(default), rows=2, **common)
    # Numbers are texts here, too: a number field of the browser would silently throw away what it cannot read.
    return w.Text(
        value=str(default), **(common | {"layout": {"width": WIDE if parameter.name == "title" else "24rem"}})
    )


def _names(given: Any, known: Sequence[str], name: str) -> list[str]:
    wanted = [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else list(given)
    for one in wanted:
        if one not in known:
            raise unknown(name.rstrip("s"), str(one), known, f"parameter '{name}'")
    return wanted


class Fields(w.VBox):
    """Fields for a template's parameters, or for some of them.

    Parameters
    ----------
    defaults : mapping
        Names and a template's own defaults.
    on_change : callable
        Called without arguments after every change of a value.
    """

    def __init__(
        self,
        defaults: Mapping[str, Any],
        on_change: Callable[[], object],
        suggestions: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        hints = suggestions or {}
        self.fields = {n: Field(n, d, hints.get(n, ())) for n, d in defaults.items() if not VOCABULARY[n].internal}
        super().__init__(list(self.fields.values()), layout={"width": WIDE})
        for held in self.fields.values():
            held.control.observe(lambda _: on_change(), "value")

    def __getitem__(self, name: str) -> Field:
        if name not in self.fields:
            raise unknown("parameter", name, self.fields, "the form")
        return self.fields[name]

    @property
    def given(self) -> dict[str, Any]:
        """What differs from the defaults, as given."""
        return {name: held.value for name, held in self.fields.items() if held.changed}

    def check(self) -> list[Field]:
        """The fields with a problem, after checking all of them."""
        return [held for held in self.fields.values() if not held.check()]

    def values(self) -> dict[str, Any]:
        """All values, converted; the error names every problem."""
        return check({n: f.default for n, f in self.fields.items()}, {n: f.value for n, f in self.fields.items()})
