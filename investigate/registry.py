"""The one registry: what kinds of thing exist, by name, with what each of them says about itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .errors import unknown


class Entry(Protocol):
    """What every registered thing can say about itself."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...


T = TypeVar("T", bound=Entry)


@dataclass
class Registry(Generic[T]):
    """Named entries of one kind, discovered from the modules of one package.

    Parameters
    ----------
    kind : str
        The noun used in messages: "source", "relation", "view".
    package : str, optional
        A package whose modules are imported at first use; importing them registers their entries.
    """

    kind: str
    package: str | None = None
    _entries: dict[str, T] = field(default_factory=dict)
    _loaded: bool = False

    def add(self, entry: T) -> T:
        if entry.name in self._entries:
            raise ValueError(f"{self.kind} '{entry.name}' is registered twice")
        self._entries[entry.name] = entry
        return entry

    def get(self, name: str) -> T:
        """The entry called `name`; UnknownNameError with the nearest name otherwise."""
        self._discover()
        if name not in self._entries:
            raise unknown(self.kind, name, self._entries)
        return self._entries[name]

    def names(self) -> list[str]:
        self._discover()
        return sorted(self._entries)

    def __iter__(self) -> Iterator[T]:
        return (self.get(name) for name in self.names())

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries

    def _discover(self) -> None:
        if self._loaded or self.package is None:
            return
        self._loaded = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self.package}.{module.name}")
