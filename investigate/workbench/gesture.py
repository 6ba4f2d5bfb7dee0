"""The registry of gestures: what can be done to a view, each declared in one place.

To add one, write a function `name(state, context, ...) -> Change` in a module of `investigate/workbench/gestures/` and
put `@gesture(...)` on it. The method of the workbench, the message of the widget, undo, history and code follow.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, nearest
from ..registry import Registry
from .state import ViewState


@dataclass(frozen=True)
class Record:
    """A decision to be written into the case log, and how it is taken back.

    Attributes
    ----------
    call : str
        The method of the case: tag, untag, same, different, unsure, forget_identity.
    args : dict
    """

    call: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What a gesture gives: the new state, the gesture in words for the history, and what should be said about it now."""

    state: ViewState
    text: str
    notice: str = ""
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Gesture:
    """Something that can be done to a view.

    Attributes
    ----------
    name : str
        Method of the workbench and name of the message.
    title, summary : str
        For menus; the summary starts with a verb.
    group : str
        select, grow, show, place or decide.
    run : callable
        ``run(state, context, **args) -> Change``; it changes nothing itself.
    """

    name: str
    title: str
    summary: str
    group: str
    run: Callable[..., Change]

    @property
    def signature(self) -> inspect.Signature:
        """The parameters without state and context."""
        whole = inspect.signature(self.run)
        return whole.replace(parameters=list(whole.parameters.values())[2:], return_annotation=inspect.Signature.empty)

    def arguments(self, *args: Any, **more: Any) -> dict[str, Any]:
        """The arguments by name, as JSON can hold them; InputError for a wrong, missing or unknown one."""
        signature = self.signature
        for name in more:
            if name not in signature.parameters:
                hint = nearest(name, signature.parameters)
                known = ", ".join(signature.parameters) or "none"
                raise InputError(
                    f"{self.name} has no argument '{name}'",
                    f"gesture {self.name}",
                    (f"did you mean '{hint}'? " if hint else "") + f"arguments: {known}",
                )
        try:
            bound = signature.bind(*args, **more)
        except TypeError as error:
            raise InputError(f"{self.name}: {error}", f"gesture {self.name}", f"call {self.name}{signature}") from error
        return {name: as_json(value) for name, value in bound.arguments.items()}


GESTURES: Registry[Gesture] = Registry("gesture", f"{__package__}.gestures")


def gesture(*, title: str, summary: str, group: str) -> Callable[[Callable[..., Change]], Callable[..., Change]]:
    """Register a gesture under the function's name."""

    def register(run: Callable[..., Change]) -> Callable[..., Change]:
        GESTURES.add(Gesture(run.__name__, title, summary, group, run))
        return run

    return register


def as_json(value: Any) -> Any:
    """An argument as JSON can hold it: sets, tuples, arrays and Series become lists, times become text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise InputError(f"a number is {value}", "arguments of a gesture", "give finite numbers")
        return float(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Mapping):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(as_json(v) for v in value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return as_json(value.tolist())
    try:
        return [as_json(v) for v in value]
    except TypeError as error:
        raise InputError(
            f"an argument of type {type(value).__name__} cannot be kept",
            "arguments of a gesture",
            "use text or numbers",
        ) from error
