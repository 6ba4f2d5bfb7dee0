"""The media viewer: a picture that is blurred and grey until somebody asks twice, and again when they look away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import exposure
from ..views._html import plain
from ._messages import Messages

WORDS = {
    "covered": "Nothing is shown yet.",
    "blurred": "Blurred and grey.",
    "grey": "Sharp, without colour.",
    "colour": "Sharp, in colour.",
}
ASK = {"blurred": "Show it blurred", "grey": "Remove the blur", "colour": "Add the colour"}


class Media(Messages):
    """One picture behind a reveal.

    The blurred picture is made in Python; the sharp one is sent as a message after the reveal, drawn on a canvas, and
    wiped when the pointer or the focus leaves, the tab is hidden, or Escape is pressed. No picture is ever in a trait, so
    none is saved with the notebook. A comfort control, not a protection.

    Parameters
    ----------
    case : Case or None
        Gives the labels of `content_id`, where one is named.
    source : path or bytes
        A local picture. Addresses are not loaded. Of anything else the hash and the size are shown.
    labels : str or list of str
        What it shows, as far as known: "gore", "sexual", ...
    caption : str
        What the picture shows, in words: shown first.
    content_id : str
        The content it belongs to.
    policy : Policy, optional
        By default `exposure.Policy.load()`.
    """

    name = "media"

    def __init__(
        self,
        case: Any,
        source: bytes | str | Path,
        labels: object = (),
        caption: str = "",
        *,
        content_id: str = "",
        policy: exposure.Policy | None = None,
        counter: exposure.Counter | None = None,
    ) -> None:
        self.exposure = exposure.Exposure(policy, counter)
        marks: list[object] = [labels]
        if case is not None and content_id:
            marks.append(exposure.labels_of(case, self.exposure.policy).get(content_id, ()))
        self.exposure.media("it", source, marks, caption)
        super().__init__()

    # -- the calls behind the buttons ----------------------------------------------------------------------------

    def reveal(self) -> str:
        """One step further, on every open page, until somebody there looks away; the step now reached."""
        self.exposure.reveal("it")
        self._show()
        return self.exposure.about("it").step

    def cover(self) -> str:
        """Blurred again; the step it is back at."""
        self.exposure.cover("it")
        self._show()
        return self.exposure.about("it").step

    # -- what the page asks for ----------------------------------------------------------------------------------

    def do_look(self) -> tuple[dict[str, Any], list[bytes]]:
        """A page that opens never gets a sharp picture, whatever another page shows."""
        if self.exposure.about("it").step in ("grey", "colour"):
            self.exposure.cover("it")
        return self._now()

    def do_reveal(self, step: str) -> tuple[dict[str, Any], list[bytes]]:
        """One step from where that page stands, which may be behind another one."""
        self.exposure.back_to("it", step)
        self.exposure.reveal("it")
        return self._now()

    def do_cover(self) -> tuple[dict[str, Any], list[bytes]]:
        self.exposure.cover("it")
        return self._now()

    def _show(self) -> None:
        message, buffers = self._now()
        self.send(message, buffers=buffers or None)

    def _now(self) -> tuple[dict[str, Any], list[bytes]]:
        about, data = self.exposure.about("it"), self.exposure.shown("it")
        never = about.hidden is not None and about.hidden.never
        state = {
            "step": about.step,
            "next": ASK.get(about.next, ""),
            "words": f"Not shown: {about.hidden.reason}." if never and about.hidden else WORDS[about.step],
            "reason": plain(about.hidden.reason) if about.hidden else "",
            "never": never,
            "caption": plain(about.caption),
            "sha256": about.sha256,
            "bytes": about.bytes,
            "width": about.width,
            "prompt": self.exposure.prompt,
        }
        return {"media": state}, [data] if data else []

    def words(self) -> str:
        about = self.exposure.about("it")
        named = f"SHA-256 {about.sha256}, {about.bytes:,} bytes" if about.sha256 else "a reference only"
        return f"Picture, covered: {plain(about.caption) or 'no caption'} ({named}). Run the cell to look at it."
