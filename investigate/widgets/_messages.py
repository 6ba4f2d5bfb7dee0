"""Widgets that keep nothing in the notebook: everything shown travels as a message and is gone with the page.

A trait is saved with the notebook where people switch on the saving of widget state. So these widgets have none of their
own: the page asks when it opens, and the kernel answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import anywidget

from ..errors import InputError, InvestigateError, nearest
from ..views._html import escape, plain
from ..views._palette import tokens_css


@cache
def built(name: str) -> str:
    """A built file of `static/`."""
    return resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


class Messages(anywidget.AnyWidget):
    """Base of widgets that speak in messages: `{"do": name, "args": {...}}` comes in, answers go out.

    A subclass has a method `do_<name>(**args)` for everything that the page may ask for; each returns the message to send
    back, and a list of buffers with it, or None.
    """

    name = ""

    def __init__(self) -> None:
        self._esm = built(f"{self.name}.js")
        self._css = tokens_css(f".iv-{self.name}") + built(f"{self.name}.css")
        super().__init__()
        self.on_msg(lambda _, content, buffers: self.receive(content))

    def receive(self, content: Any) -> dict[str, Any]:
        """Do what the page asks for, and send the answer; an error becomes a message that says what to do."""
        asked = content.get("do", "") if isinstance(content, Mapping) else ""
        buffers: list[bytes] = []
        try:
            act = getattr(self, f"do_{asked}", None) if isinstance(asked, str) else None
            if act is None:
                known = [n[3:] for n in dir(self) if n.startswith("do_")]
                raise InputError(f"the page asked for '{asked}'", self.name, f"known: {nearest(str(asked), known)}")
            found = act(**dict(content.get("args") or {}))
            answer, buffers = found if isinstance(found, tuple) else (found, [])
        except (InvestigateError, TypeError, OSError) as error:
            answer = {"error": plain(str(error))}
        answer = {**(answer or {}), "to": content.get("id") if isinstance(content, Mapping) else None}
        self.send(answer, buffers=buffers or None)
        return answer

    def words(self) -> str:
        """What stands in place of the widget where none can run."""
        return self.name

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        made = super()._repr_mimebundle_(**kwargs)
        data, metadata = made if isinstance(made, tuple) else (made, {})
        text = self.words()
        return {**(data or {}), "text/plain": text, "text/html": f"<p>{escape(text)}</p>"}, metadata
