"""What is known about a public data set before it is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PublicFile:
    """One file of a public data set.

    Attributes
    ----------
    name : str
        The name it gets on disk.
    address : str
        Where its publisher offers it; empty where only copies are passed on.
    size : int or None
        Bytes; None where the publisher's file was not measured.
    sha256 : str or None
        None where the publisher's file was not verified; the file is then accepted as it comes and its
        hash is recorded beside it.
    """

    name: str
    address: str = ""
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class PublicData:
    """A named public data set: what it is, whose it is, and its files."""

    name: str
    title: str
    licence: str
    cite: str
    files: tuple[PublicFile, ...]
    source: str = ""
    part_of: str = ""
    notes: str = ""

    @property
    def verified(self) -> bool:
        """Whether every file has a known hash to be checked against."""
        return all(file.sha256 for file in self.files)

    @property
    def size(self) -> int | None:
        """Bytes of all files; None where one is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `verified` says whether the hashes are known beforehand."""
        files = [{"name": f.name, "address": f.address, "size": f.size, "sha256": f.sha256} for f in self.files]
        return {
            "name": self.name,
            "title": self.title,
            "licence": self.licence,
            "cite": self.cite,
            "source": self.source,
            "part_of": self.part_of,
            "notes": self.notes,
            "size": self.size,
            "verified": self.verified,
            "files": files,
        }
