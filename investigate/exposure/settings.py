"""Settings files laid over one another and checked: unknown names, impossible values and loosened harms are refused."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from .lexicon import Lexicon, normal
from .policy import MEDIA, TEXT, Harm, Policy, suggestion, unreadable

# section -> setting -> (least, most) of a whole number, the allowed words, or the type.
KNOWN: dict[str, dict[str, Any]] = {
    "media": {"unlabelled": ("blur", "hide"), "detail": (8, 40), "greyscale": bool, "longest_side": (200, 2000)},
    "lexicon": {"files": list, "use_default": bool},
    "breaks": {"count": bool, "after_reveals": (1, 1000), "after_minutes": (1, 480), "pause_minutes": (1, 120)},
}
HARM: dict[str, Any] = {"title": str, "text": TEXT, "media": MEDIA, "labels": list, "fixed": bool, "hash": bool}


class Builder:
    """Collects the layers; `policy()` gives the result."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.harms: dict[str, Harm] = {}
        self.lexicons: list[tuple[Path, str]] = []
        self.files: list[str] = []

    def lay_file(self, path: Path, *, required: bool, organisation: bool) -> None:
        """Lay a file over what is there; one that was not asked for may be absent."""
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            if required:
                raise InputError("the exposure settings are missing", str(path), "check the path") from None
            return
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise unreadable(path, error) from error
        self.lay(data, str(path), path.parent, organisation=organisation)
        self.files.append(str(path))

    def lay(self, data: dict[str, Any], where: str, folder: Path | None, *, organisation: bool) -> None:
        """Lay one file's settings over those before it.

        Raises
        ------
        InputError
            With every problem of the file.
        """
        problems: list[str] = []
        for section, settings in data.items():
            if section == "harms" and isinstance(settings, dict):
                for name, given in settings.items():
                    self._harm(name, given, organisation, problems)
            elif section not in KNOWN or not isinstance(settings, dict):
                problems.append(f"unknown section [{section}]" + suggestion(section, [*KNOWN, "harms"]))
            else:
                self._section(section, settings, folder, where, problems)
        if problems:
            raise InputError("; ".join(problems), where, "mend the file; docs/exposure.md lists the settings")

    def _section(
        self, section: str, settings: dict[str, Any], folder: Path | None, where: str, problems: list[str]
    ) -> None:
        for name, value in settings.items():
            problem = _wrong(f"{section}.{name}", value, KNOWN[section].get(name), KNOWN[section])
            if problem:
                problems.append(problem)
            elif name == "files":
                self.lexicons += [((folder or Path()) / Path(str(f)).expanduser(), where) for f in value]
            else:
                self.values[name] = value

    def _harm(self, name: str, given: Any, organisation: bool, problems: list[str]) -> None:
        if not isinstance(given, dict) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            problems.append(f"[harms.{name}] must be a table with a name of small letters, digits and '_'")
            return
        wrong = [p for key, value in given.items() if (p := _wrong(f"harms.{name}.{key}", value, HARM.get(key), HARM))]
        if wrong:
            problems += wrong
            return
        before = self.harms.get(name)
        held = before or Harm(name, name.replace("_", " "))
        values = {k: v for k, v in given.items() if k != "labels"}
        labels = tuple(dict.fromkeys([*held.labels, *(normal(str(label)) for label in given.get("labels", []))]))
        new = replace(held, **values, labels=labels)
        if before is not None and before.fixed:
            order = [(TEXT, new.text, before.text), (MEDIA, new.media, before.media)]
            looser = any(words.index(now) < words.index(then) for words, now, then in order) or new.hash > before.hash
            if looser or not new.fixed:
                problems.append(f"[harms.{name}] is fixed: it can be made stricter, not looser")
                return
        if new.fixed and not organisation and not held.fixed:
            problems.append(f"harms.{name}.fixed: only the organisation's file can fix a harm")
            return
        self.harms[name] = new

    def policy(self) -> Policy:
        """The policy that all layers together make."""
        values = dict(self.values)
        lexicon = Lexicon.default() if values.pop("use_default", True) else Lexicon()
        for path, _ in self.lexicons:
            lexicon = lexicon + Lexicon.read(path, self.harms)
        return Policy(harms=dict(self.harms), lexicon=lexicon, files=tuple(self.files), **values)


def _wrong(name: str, value: Any, rule: Any, known: dict[str, Any]) -> str:
    """What is wrong with a value, or ""."""
    if rule is None:
        return f"unknown setting {name}" + suggestion(name.rpartition(".")[2], known)
    if rule is bool:
        return "" if isinstance(value, bool) else f"{name} must be true or false"
    if rule is list:
        fine = isinstance(value, list) and all(isinstance(v, str) for v in value)
        return "" if fine else f"{name} must be a list of texts"
    if rule is str:
        return "" if isinstance(value, str) and value.strip() else f"{name} must be a text"
    if isinstance(rule[0], int):
        fine = isinstance(value, int) and not isinstance(value, bool) and rule[0] <= value <= rule[1]
        return "" if fine else f"{name} must be a whole number from {rule[0]} to {rule[1]}"
    return "" if value in rule else f"{name} must be one of {', '.join(rule)}"
