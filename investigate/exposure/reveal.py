"""What is hidden and what was asked for, in the memory of one kernel. Nothing here is saved with a notebook or a case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from .counter import Counter
from .pictures import blurred, picture, shown_width
from .policy import Hidden, Policy

STEPS = ("covered", "blurred", "grey", "colour")


@dataclass(frozen=True)
class Media:
    """What can be said of a picture without showing it: its hash, size, caption, and where it stands now.

    `step` is "covered" (nothing shown), "blurred", "grey" (sharp, without colour) or "colour"; `next` is the step that
    a reveal leads to, "" at the end; `hidden` says why nothing is
    shown; `width` is that of the sharp picture, in pixels.
    """

    ref: str
    sha256: str
    bytes: int
    caption: str
    step: str
    next: str
    hidden: Hidden | None
    width: int = 0


class Exposure:
    """Texts and pictures behind a reveal.

    Parameters
    ----------
    policy : Policy, optional
        By default `Policy.load()`.
    counter : Counter, optional
        By default the person's own.

    Attributes
    ----------
    prompt : str
        The break prompt that the last reveal brought, or "".
    """

    def __init__(self, policy: Policy | None = None, counter: Counter | None = None) -> None:
        self.policy = Policy.load() if policy is None else policy
        self.counter = Counter(self.policy) if counter is None else counter
        self.prompt = ""
        self._texts: dict[str, tuple[str, Hidden | None]] = {}
        self._media: dict[str, tuple[bytes, Media, str]] = {}
        self._step: dict[str, str] = {}

    # -- texts ---------------------------------------------------------------------------------------------------

    def text(self, ref: str, text: str, labels: object = ()) -> str:
        """The text, or the words in its place; from now on `reveal(ref)` gives the text."""
        hidden = self.policy.hides(text, labels)
        self._texts[ref] = (text, hidden)
        return text if hidden is None or self._step.get(ref) == "shown" else str(hidden)

    def hidden(self, ref: str) -> Hidden | None:
        """Why a text or picture is hidden now, or None."""
        if ref in self._texts:
            return None if self._step.get(ref) == "shown" else self._texts[ref][1]
        return self._known(ref)[1].hidden

    # -- pictures ------------------------------------------------------------------------------------------------

    def media(self, ref: str, source: bytes | str | Path, labels: object = (), caption: str = "") -> Media:
        """Take in a picture, from a local file or as bytes, and say what may be said of it. Addresses are never loaded.

        Where the policy never shows it, no byte is kept; where it says so, the file is not even read.
        """
        hidden = self.policy.hides_media(labels, caption)
        never = hidden is not None and hidden.never
        data = b""
        if hidden is None or not never or self.policy.harms[hidden.harm].hash:
            data = source if isinstance(source, bytes) else _read(source)
        wording = self.policy.hides(caption) or (self.policy.hides("", labels) if never else None)
        width = shown_width(data, self.policy) if data and not never else 0
        if data and not never and not width:
            hidden, never = Hidden("it is no picture that this viewer reads", hidden.harm if hidden else "", True), True
        about = Media(
            ref=ref,
            sha256=hashlib.sha256(data).hexdigest() if data else "",
            bytes=len(data),
            caption=str(wording) if wording is not None and (wording.never or not never) else caption,
            step="covered" if hidden is not None else "blurred",
            next="",
            hidden=hidden,
            width=width,
        )
        self._media[ref] = (b"" if never else data, about, self.policy.harm(labels, caption))
        self._step[ref] = about.step
        return self.about(ref)

    def about(self, ref: str) -> Media:
        """Where a picture stands now."""
        return replace(self._known(ref)[1], step=self._step[ref], next=self._next(ref))

    def shown(self, ref: str) -> bytes:
        """The PNG for where the picture stands now; empty where nothing is shown."""
        data = self._known(ref)[0]
        step = self._step[ref]
        if step == "covered":
            return b""
        return blurred(data, self.policy) if step == "blurred" else picture(data, self.policy, grey=step == "grey")

    # -- both ----------------------------------------------------------------------------------------------------

    def reveal(self, ref: str) -> Any:
        """One step further: the text, or the picture one step less hidden. Steps that show something are counted.

        Returns
        -------
        str or bytes
            The text; or the PNG of the step now reached (`about(ref).step`).

        Raises
        ------
        InputError
            The policy never shows it, or nothing of that name is held.
        """
        self.prompt = ""
        if ref in self._texts:
            text, hidden = self._texts[ref]
            if hidden is not None and hidden.never:
                raise _never(hidden)
            if hidden is not None and self._step.get(ref) != "shown":
                self.prompt = self.counter.add(hidden.harm)
                self._step[ref] = "shown"
            return text
        _, about, harm = self._known(ref)
        hidden = about.hidden
        if hidden is not None and hidden.never:
            raise _never(hidden)
        following = self._next(ref)
        if following:
            if self._step[ref] == "blurred":
                self.prompt = self.counter.add(harm)
            self._step[ref] = following
        return self.shown(ref)

    def cover(self, ref: str) -> str:
        """Hide it again; the words in its place for a text, the step it is back at for a picture."""
        if ref in self._texts:
            self._step.pop(ref, None)
            text, hidden = self._texts[ref]
            return text if hidden is None else str(hidden)
        hidden = self._known(ref)[1].hidden
        # Whoever looked knows what is there: the blurred picture is enough, unless the policy never shows it.
        self._step[ref] = "covered" if hidden is not None and hidden.never else "blurred"
        return self._step[ref]

    def back_to(self, ref: str, step: str) -> None:
        """A picture back at an earlier step; never forward."""
        self._known(ref)
        if step in STEPS and STEPS.index(step) < STEPS.index(self._step[ref]):
            self._step[ref] = step

    def cover_all(self) -> None:
        """Hide again whatever was revealed."""
        for ref in [*self._texts, *self._media]:
            self.cover(ref)

    def _next(self, ref: str) -> str:
        hidden = self._known(ref)[1].hidden
        if hidden is not None and hidden.never:
            return ""
        steps = STEPS if self.policy.greyscale else tuple(s for s in STEPS if s != "grey")
        at = steps.index(self._step[ref])
        return steps[at + 1] if at + 1 < len(steps) else ""

    def _known(self, ref: str) -> tuple[bytes, Media, str]:
        if ref not in self._media:
            raise InputError(f"nothing called '{ref}' is held here", "exposure", "add it with text() or media() first")
        return self._media[ref]


def _never(hidden: Hidden) -> InputError:
    return InputError(
        f"this is never shown here: {hidden.reason}", "exposure settings", "follow your organisation's process for it"
    )


def _read(source: str | Path) -> bytes:
    if "://" in str(source) or str(source).startswith("data:"):
        raise InputError("addresses are not loaded", str(source)[:80], "give a local file or the bytes")
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", str(source), "check the path") from error
