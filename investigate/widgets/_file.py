"""A file to load: where it is, what reads it, which column is what, and what the reading holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as w

from ..errors import InputError, unknown
from ..files import replacing, sha256
from ..quality import QualityReport
from ..views._html import clip, escape
from . import _places as places
from ._mapping_form import MappingForm
from ._panel import LABEL, WIDE, Message, facts, help_text, shown, under

UPLOAD_LIMIT = 10 * 1024 * 1024  # what a Jupyter server takes in one message, unless told otherwise
FOLDERS = ("data/raw", "data/samples")
INBOX = "inbox"


def suffixes() -> tuple[str, ...]:
    """The endings of the files that some source reads."""
    from ..sources import SOURCES

    return tuple(dict.fromkeys(suffix for source in SOURCES for suffix in source.suffixes))


def put(folder: Path, name: str, content: bytes) -> Path:
    """Write an uploaded file into a case's inbox, whole or not at all; nothing there is written over.

    The name comes from somebody's computer: only its last part counts, and unusual characters become `_`.
    """
    last = re.split(r"[/\\]", name)[-1]
    safe = re.sub(r"[^\w.() -]", "_", last, flags=re.ASCII).strip(" .")[-120:]
    if not safe or not content:
        raise InputError("the uploaded file is empty or has no name", clip(name, 60), "choose another file")
    inbox = folder / INBOX
    digest = hashlib.sha256(content).hexdigest()
    stem, dot, ending = safe.partition(".")
    number, place = 1, inbox / safe
    while place.exists():
        if sha256(place) == digest:
            return place
        number += 1
        place = inbox / f"{stem}-{number}{dot}{ending}"
    with replacing(place) as temporary:
        temporary.write_bytes(content)
    return place


class FileChoice(w.VBox):
    """The part of the case panel that chooses a file, says how to read it, and shows what it holds.

    Parameters
    ----------
    on_change : callable
        Called without arguments when anything that decides the reading has changed.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.said, self._on_change = Message(), on_change
        self._inbox: Path | None = None
        self.folder = w.Combobox(
            description="Look in",
            options=[str(f) for f in self._folders()],
            value=str(self._folders()[0]),
            continuous_update=False,
            style=LABEL,
            layout={"width": WIDE},
        )
        self.found = w.Select(description="Files found", options=[], rows=5, style=LABEL, layout={"width": WIDE})
        self.found_note = under(help_text(""))
        self.path = w.Combobox(
            description="File", placeholder="the path of an export file", style=LABEL, layout={"width": WIDE}
        )
        self.path.continuous_update = False
        self.upload = w.FileUpload(
            disabled=True,
            description="Upload a file",
            multiple=False,
            layout={"width": "auto", "flex": "0 0 auto"},
            accept=",".join(_endings()),
        )
        self.source = w.Dropdown(description="Source", options=[], style=LABEL, layout={"width": WIDE})
        self.source_note = under(help_text(""))
        self.mapping = MappingForm(self._changed)
        self.report = w.HTML("")
        self.report_data: QualityReport | None = None
        limit = UPLOAD_LIMIT // 2**20
        super().__init__(
            [
                self.folder,
                self.found,
                self.found_note,
                self.path,
                w.HBox(
                    [
                        self.upload,
                        help_text(
                            f"Goes into the case's own inbox. Up to about {limit} MB, the notebook server's limit; put a "
                            "larger file into a folder and choose it above."
                        ),
                    ]
                ),
                self.source,
                self.source_note,
                self.mapping,
                self.report,
            ],
            layout={"width": WIDE},
        )
        self._filling = False
        self._sources()
        self.folder.observe(lambda _: self.list(), "value")
        self.found.observe(self._picked, "value")
        self.path.observe(lambda _: self._file_changed(), "value")
        self.upload.observe(self._uploaded, "value")
        self.source.observe(lambda _: self._source_changed(), "value")
        shown(self.mapping, False)
        self.list()

    # -- what was chosen -----------------------------------------------------------------------------------------

    @property
    def options(self) -> dict[str, Any]:
        """What is handed to the source beside the file."""
        if self.source.value != "csv":
            return {}
        given = self.mapping.given
        return {"mapping": given} if given else {}

    @property
    def file(self) -> Path:
        """The chosen file; InputError where there is none."""
        if not self.path.value.strip():
            raise InputError("no file is chosen", "File", "choose one from the list, or write its path")
        path = Path(self.path.value.strip()).expanduser()
        if not path.is_file():
            raise InputError(f"there is no file '{path}'", "File", "check the path; it starts at the notebook's folder")
        return path

    def choose(self, path: str | Path, source: str | None = None, mapping: Any = None) -> None:
        """Choose a file; the source and the mapping are guessed where they are not given."""
        self.path.value = str(path)
        if source is not None:
            if source not in self.source.options:
                raise unknown("source", source, self.source.options, "Source")
            self.source.value = source
        if mapping is not None:
            self.mapping.fill(mapping)

    def belongs_to(self, case_folder: Path | None) -> None:
        """Where uploads go, and one of the folders looked in."""
        self._inbox = case_folder
        self.upload.disabled = case_folder is None
        self.folder.options = [str(f) for f in self._folders()]

    def show_report(self, report: QualityReport | None) -> None:
        """The data-quality report of the file as it would be read now."""
        self.report_data = report
        if report is None:
            self.report.value = ""
            return
        notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
        self.report.value = facts(report.rows(), "Data quality") + (f"<ul>{notes}</ul>" if notes else "")

    # -- inside --------------------------------------------------------------------------------------------------

    def list(self) -> None:
        """List the files of the folder that some source reads."""
        folder = places.beside(self.folder.value or ".")
        if not folder.is_dir():
            self.found.options = []
            _say(self.found_note, f"There is no folder '{folder}'. Paths start at the notebook's folder.")
            return
        files, more = places.files_in([folder], suffixes())
        self._filling = True
        self.found.options = [(clip(str(Path(f).relative_to(folder)), 120), f) for f in files]
        self.found.value = None
        self._filling = False
        self.path.options = files
        text = f"{len(files)} files with an ending that a source reads" if files else "No file here that a source reads"
        _say(self.found_note, text + (f"; only the first {places.MAX_LISTED} are listed." if more else "."))

    def _folders(self) -> Sequence[Path]:
        known = [places.beside(name) for name in FOLDERS]
        inbox = [self._inbox / INBOX] if self._inbox else []
        found = [folder for folder in (*inbox, *known) if folder.is_dir()]
        return found or [Path(".")]

    def _picked(self, change: dict[str, Any]) -> None:
        if change["new"] and not self._filling:
            self.path.value = change["new"]

    def _uploaded(self, change: dict[str, Any]) -> None:
        if not change["new"]:
            return
        with self.said.catching():
            if self._inbox is None:
                raise InputError("no case is open", "Upload a file", "open or make a case first: the file goes into it")
            one = change["new"][0]
            place = put(self._inbox, one["name"], bytes(one["content"]))
            self.belongs_to(self._inbox)
            self.folder.value = str(self._inbox / INBOX)
            self.list()
            self.path.value = str(place)
            self.said.say(f"{place.name} is in the case's inbox.", "good")
        # The content is not kept in the widget: a notebook that saves its widgets would hold the file.
        self.upload.value = ()

    def _sources(self) -> None:
        from ..sources import SOURCES

        self._filling = True
        self.source.options = SOURCES.names()
        self.source.value = "csv"
        self._filling = False

    def _file_changed(self) -> None:
        from ..sources._guess_source import guess_source

        self.show_report(None)
        self.said.clear()
        with self.said.catching():
            fits = guess_source(self.file)
            self.source.value = fits[0].name if fits else "csv"
            said = "; ".join(f"{fit.name}: {fit.reason}" for fit in fits) or "no source knows this ending"
            _say(self.source_note, f"Guessed, to be confirmed. {said}.")
        self._source_changed()

    def _source_changed(self) -> None:
        if self._filling:
            return
        wanted = self.source.value == "csv"
        shown(self.mapping, wanted)
        if wanted and self.path.value.strip():
            with self.said.catching():
                self.mapping.propose(self.file)
        self._changed()

    def _changed(self) -> None:
        self.show_report(None)
        self._on_change()


def _endings() -> list[str]:
    # A browser compares the last ending only.
    return sorted({"." + suffix.rsplit(".", 1)[-1] for suffix in suffixes()})


def _say(line: w.HTML, text: str) -> None:
    line.value = f'<p class="iv-help">{escape(text)}</p>'
