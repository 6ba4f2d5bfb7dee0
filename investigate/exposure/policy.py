"""The settings of exposure control, and the one question they answer: is this hidden, and why.

Three layers, each laid over the one before, setting by setting: what comes with the package, the organisation's file,
a person's own file. A harm that the organisation marks `fixed` can be made stricter by a person, never looser.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, nearest
from .lexicon import SENSITIVE, Lexicon, normal

if TYPE_CHECKING:
    import pandas as pd

FILE = "exposure.toml"
TEXT = ("show", "hide", "never")
MEDIA = ("blur", "hide", "never")
PLACEHOLDER = "[hidden: {reason}; reveal in the workbench]"
NEVER = "[hidden: {reason}; never shown here]"
# What a column of flags says; Twitter's possibly_sensitive is one.
_YES, _NO = (
    {"true", "yes", "1", "1.0", "y", "t"},
    {"", "false", "no", "0", "n", "f", "none", "nan", "<na>", "nat", "0.0", "safe", "sfw", "ok"},
)


def settings_folder() -> Path:
    """The private folder of settings and counts: INVESTIGATE_CONFIG, else where this system keeps a person's settings."""
    named = os.environ.get("INVESTIGATE_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("investigate", appauthor=False)


def organisation_file() -> Path:
    """The organisation's settings: INVESTIGATE_EXPOSURE, else the file in the system's folder for all accounts."""
    named = os.environ.get("INVESTIGATE_EXPOSURE")
    if named:
        return Path(named)
    from platformdirs import site_config_path

    return site_config_path("investigate", appauthor=False) / FILE


@dataclass(frozen=True)
class Hidden:
    """Why something is hidden.

    Attributes
    ----------
    reason : str
        For people: "graphic violence, by label 'gore'".
    harm : str
        The harm's name in the settings.
    never : bool
        There is no reveal.
    """

    reason: str
    harm: str
    never: bool = False

    def __str__(self) -> str:
        return (NEVER if self.never else PLACEHOLDER).format(reason=self.reason)


@dataclass(frozen=True)
class Harm:
    """One kind of harm: its name for people, how text and media are treated, and the labels that mean it.

    `fixed`: nobody may loosen it. `hash`: whether media that is never shown may be read in order to name its hash.
    """

    name: str
    title: str
    text: str = "hide"
    media: str = "blur"
    labels: tuple[str, ...] = ()
    fixed: bool = False
    hash: bool = True


@dataclass(frozen=True)
class Policy:
    """What is hidden and how, for one person; see `Policy.load`."""

    harms: Mapping[str, Harm]
    lexicon: Lexicon = field(default_factory=Lexicon)
    unlabelled: str = "blur"
    detail: int = 20
    greyscale: bool = True
    longest_side: int = 900
    count: bool = True
    after_reveals: int = 20
    after_minutes: int = 45
    pause_minutes: int = 10
    files: tuple[str, ...] = ()

    @classmethod
    def load(
        cls, personal: str | Path | None = None, organisation: str | Path | None = None, *, own: bool = True
    ) -> Policy:
        """The settings of this person on this computer.

        Parameters
        ----------
        personal : path, optional
            A person's own file; by default `exposure.toml` in `settings_folder()`, which may be absent.
        organisation : path, optional
            By default the file that INVESTIGATE_EXPOSURE names, else `exposure.toml` in the system's folder.
        own : bool
            False leaves the person's file out: for reports, which must not depend on who makes them.

        Raises
        ------
        InputError
            A file that was named is missing, or a file holds an unknown setting or a value that cannot be, or loosens
            what is fixed; all problems of a file are listed.
        """
        from .settings import Builder

        builder = Builder()
        text = resources.files(__package__).joinpath("default.toml").read_text(encoding="utf-8")
        builder.lay(tomllib.loads(text), "default.toml", None, organisation=True)
        org = Path(organisation) if organisation is not None else organisation_file()
        named = organisation is not None or "INVESTIGATE_EXPOSURE" in os.environ
        builder.lay_file(org, required=named, organisation=True)
        if own:
            file = Path(personal) if personal is not None else settings_folder() / FILE
            builder.lay_file(file, required=personal is not None, organisation=False)
        return builder.policy()

    def hides(self, text: object, labels: object = ()) -> Hidden | None:
        """Why a text is hidden, or None where it is not.

        Parameters
        ----------
        text : str
            The text; missing values count as empty.
        labels : str or iterable of str
            Sensitivity labels of the text: a cell of the column `sensitivity` ("gore; violence", "true"), or names.
            A label that no harm knows, in such a cell, means "marked sensitive".
        """
        wording = text if isinstance(text, str) else ""
        return self._hidden(wording, labels, lambda harm: TEXT.index(harm.text))

    def hides_media(self, labels: object = (), caption: str = "") -> Hidden | None:
        """Why a picture or film shows nothing at first, or None where it starts blurred. It never starts sharp."""
        hidden = self._hidden(caption, labels, lambda harm: MEDIA.index(harm.media))
        if hidden is None and self.unlabelled == "hide" and not split(labels):
            return Hidden("media without a label", "")
        return hidden

    def harm(self, labels: object = (), text: str = "") -> str:
        """The harm that counts for the private counter: the strictest that applies, or ""."""
        found = self._found(text, labels)
        return max(found, key=lambda f: _strictness(f[0]))[0].name if found else ""

    def _found(self, text: str, labels: object) -> list[tuple[Harm, str]]:
        by_label = {label: harm for harm in self.harms.values() for label in (normal(harm.name), *harm.labels)}
        found: list[tuple[Harm, str]] = []
        for label in split(labels):
            harm = by_label.get(label) or self.harms.get(SENSITIVE)
            if harm is not None:
                found.append((harm, f"by label '{label}'" if label not in _YES else "by its label"))
        for name in self.lexicon.harms(text):
            if name in self.harms:
                found.append((self.harms[name], "by a word in it"))
        return found

    def _hidden(self, text: str, labels: object, strictness: Any) -> Hidden | None:
        found = [f for f in self._found(text, labels) if strictness(f[0]) > 0]
        if not found:
            return None
        harm, why = max(found, key=lambda f: strictness(f[0]))
        return Hidden(f"{harm.title}, {why}", harm.name, strictness(harm) == 2)

    def cover(self, text: Any, labels: object = ()) -> Any:
        """The text, or the words that stand in its place."""
        hidden = self.hides(text, labels)
        return text if hidden is None else str(hidden)

    def cover_frame(
        self, table: pd.DataFrame, labels: Mapping[str, Any] | None = None, columns: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """A copy of a table in which every hidden text is replaced.

        Parameters
        ----------
        labels : mapping, optional
            content_id -> labels, as `labels_of(case)` gives them; read where the table has a column `content_id`.
        columns : iterable of str, optional
            By default every column of texts. Identifiers of contents and accounts stay.
        """
        import pandas as pd

        out = table.copy()
        names = [c for c in (table.columns if columns is None else columns) if c in table.columns]
        own = table["sensitivity"] if "sensitivity" in table.columns else None
        for name in names:
            kind = table[name].dtype
            if str(name).endswith("_id") and name != "object_id" or name == "sensitivity":
                continue
            if not (pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind)):
                continue
            beside = beside_column(str(name), table.columns) if str(name).startswith("text") else None
            ids = table[beside] if beside else [None] * len(table)
            marks = own if own is not None and str(name).startswith("text") else [None] * len(table)
            out[name] = [
                self.cover(value, _joined((labels or {}).get(i, ()), mark)) if isinstance(value, str) else value
                for value, i, mark in zip(table[name], ids, marks, strict=True)
            ]
        return out


def beside_column(text: str, columns: Iterable[Any]) -> str | None:
    """The column of content identifiers that belongs to a column of texts: text_a goes with content_a or content_id_a."""
    held, end = set(columns), text.removeprefix("text")
    return next((c for c in (f"content_id{end}", f"content{end}", f"content{end}_id") if c in held), None)


def split(labels: object) -> list[str]:
    """Labels in normal form, from a cell or a list; "false", "none" and the like say that there is none."""
    parts: list[str] = []
    if isinstance(labels, str):
        parts = re.split(r"[;,|\n\[\]\"]+", labels)
    elif isinstance(labels, Iterable):
        parts = [part for label in labels for part in split(label)]
    elif labels is not None:
        parts = [str(labels)]  # True, False, a number, a missing value
    return [n for n in dict.fromkeys(normal(p.strip(" '")) for p in parts) if n not in _NO]


def _joined(*labels: object) -> list[str]:
    return [label for one in labels for label in split(one)]


def _strictness(harm: Harm) -> int:
    return max(TEXT.index(harm.text), MEDIA.index(harm.media))


def suggestion(name: str, known: Iterable[str]) -> str:
    """ " (nearest: 'x')", or nothing."""
    hint = nearest(name, known)
    return f" (nearest: '{hint}')" if hint else ""


def unreadable(path: Path, error: Exception) -> InputError:
    """The error for a settings file that cannot be read."""
    return InputError(f"the exposure settings cannot be read: {error}", str(path), "mend or remove the file")
