"""The side of a run that works inside the notebook: begin, show, finish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import CaseError, InputError
from ..export import write_graph
from ..exposure import Policy, Quotes
from ..files import sha256, write_json
from ..lock import Lock
from ..log import actor
from ..views import View
from ..views._covered import covered
from . import manifest
from .parameters import VOCABULARY, check
from .templates import find, names

FINDINGS = "findings.json"
GRAPH = "graph.graphml"


@dataclass
class Run:
    """One execution of a template, as its notebook sees it.

    Attributes
    ----------
    case : Case
        The case, with the data loaded.
    folder : Path
        Where everything this run makes is written.
    parameters : dict
        The values the run works with.
    files : list of Path
        The files written so far.
    """

    template: str
    case: Case
    folder: Path
    parameters: dict[str, Any]
    files: list[Path] = field(default_factory=list)
    _quotes: Quotes | None = None

    def show(self, view: View) -> View:
        """Keep the view's table in the run's folder as CSV and Parquet, and return the view for display.

        With the parameter `sensitive` at `hide`, hidden texts are covered in what is returned; what is kept is whole.
        """
        self.files += view.save(self.folder)
        if self.parameters.get("sensitive") != "hide":
            return view
        if self._quotes is None:
            self._quotes = Quotes.of(self.case, Policy.load(own=False))
        return covered(view, self._quotes.cover)

    def finish(self) -> None:
        """Write findings.json, graph.graphml, tables.xlsx and, outside `investigate run`, the manifest; see `Run.folder`.

        The findings and the graph hold no clock and no path: the same input and parameters give the same bytes.
        """
        self.files.append(write_json(self.folder / FINDINGS, findings_record(self.template, self.case)))
        if "community" in self.case.communities:
            graph = self.case.graph("unusual").to_networkx("multi")
            self.files.append(write_graph(graph, self.folder / GRAPH))
        if any((self.folder / "tables").glob("*.parquet")):
            from ..report import ROWS_IN_A_RUN, write_workbook

            self.files.append(write_workbook(self.folder, max_rows=ROWS_IN_A_RUN))
        if manifest.marked_by(self.folder) != "runner":
            template = find(self.template) if self.template in names() else None
            close(self.case, self.folder, template, self.parameters, status="unchecked")


def begin(template: str, namespace: Mapping[str, Any]) -> Run:
    """Start a run: check the parameters, open the case, load the data, make the run's folder.

    Parameters
    ----------
    template : str
        The template's name, for the run's folder and the log.
    namespace : mapping
        Where the parameters stand: `globals()` in a notebook. Other names in it are left alone.

    Raises
    ------
    InputError, UnknownNameError
        A parameter cannot be used, or there is nothing to work on.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", template):
        raise InputError(
            f"'{template}' cannot be a template's name", "investigate.begin", "use lower case letters, digits and _"
        )
    given = {name: namespace[name] for name in VOCABULARY if name in namespace}
    values = check({name: VOCABULARY[name].default for name in given}, given, where=f"template '{template}'")
    case = open_case(values)
    folder = _folder(template, case, values.get("run_dir") or "", namespace.get("run"))
    if manifest.marked_by(folder) != "runner":
        start(case, folder, template, values, owner="notebook")
    if values.get("data"):
        case.load(Path(values["data"]), values.get("source") or "csv", **source_options(values))
    if not case.datasets:
        raise InputError(
            "there is nothing to work on: the case holds no data", str(case.path), "give the parameter 'data'"
        )
    case.between()  # a run starts from everything, whatever an earlier one was restricted to; see `Case.between`
    return Run(template, case, folder, {k: v for k, v in values.items() if k != "run_dir"})


def _folder(template: str, case: Case, given: str, earlier: Any) -> Path:
    """The run's folder: the given one, that of the unfinished run whose cell is run again, or a new one."""
    if given:
        return Path(given)
    same = isinstance(earlier, Run) and (earlier.template, earlier.case.path) == (template, case.path)
    if same and manifest.marked_by(earlier.folder) == "notebook":
        return earlier.folder
    return manifest.new_folder(case.path / "runs", template)


def open_case(values: Mapping[str, Any]) -> Case:
    """The case the parameters name, made where there is none yet."""
    if not values.get("case"):
        raise InputError("no case folder is given", "parameter 'case'", "name a folder; it is made where there is none")
    path = Path(values["case"])
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        return Case.open(path)
    return Case.create(path, title=values.get("title") or "", purpose=values.get("purpose") or "")


@contextmanager
def one_at_a_time(case: Case, doing: str) -> Iterator[None]:
    """CaseError where another run on the case is under way, or another person has the case open."""
    case.refuse_if_held()
    lock = Lock(case.path, "run", alone=True)
    if other := lock.take(actor(), doing):
        raise CaseError(f"another run is under way: {other}", str(case.path), "wait for it, or use another case")
    try:
        yield
    finally:
        lock.release()


def source_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is passed on to the source beside the file: the mapping, from a file or written out."""
    given = values.get("mapping") or ""
    if not given:
        return {}
    return {"mapping": Path(given) if Path(given).is_file() else inline_mapping(given.split(";"))}


def inline_mapping(pairs: Iterable[str]) -> dict[str, str | list[str]]:
    """`["field=column", ...]` as a mapping; a field named again takes the first of its columns that is not empty."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, column = (part.strip() for part in pair.partition("="))
        if not (sign and name and column):
            raise InputError(f"'{pair.strip()}' is not field=column", "mapping", "write field=column")
        found.setdefault(name, []).append(column)
    return {name: columns[0] if len(columns) == 1 else columns for name, columns in found.items()}


def start(case: Case, folder: Path, template: str, values: dict[str, Any], owner: str, **more: Any) -> None:
    """Mark the run as begun, in its folder (with `more`) and in the case log."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = {k: v for k, v in values.items() if k != "run_dir"}
    manifest.mark(folder, template, owner, parameters, **more)
    case.log.append("run_started", run=folder.name, template=template, parameters=parameters)


def close(case: Case, folder: Path, template: Any, parameters: dict[str, Any], *, status: str, **rest: Any) -> Path:
    """Write the manifest, log its hash, and take the marker away: in this order, so that a crash shows."""
    path = manifest.write(folder, template, parameters, case.datasets, status=status, **rest)
    case.log.append("run_finished", run=folder.name, status=status, manifest_sha256=sha256(path))
    manifest.unmark(folder)
    return path


def findings_record(template: str, case: Case) -> dict[str, Any]:
    """What findings.json holds: the findings by identifier, what people decided on them, and the hashes of the data."""
    own = [f for f in case.findings if f.template in (template, "")]
    found, stand = sorted(own, key=lambda f: f.finding_id), case.standings()
    record: dict[str, Any] = {
        "schema": 1,
        "template": template,
        "data": sorted(d.sha256 for d in case.datasets),
        "findings": [f.to_dict() for f in found],
    }
    for finding in record["findings"]:
        if standing := stand.get(finding["finding_id"]):
            finding["status"] = standing.status
            finding["judgements"] = [asdict(j) for j in standing.judgements]
    if study := case.studies.get(template):
        record["study"] = study.record()
    if pinned := [asdict(e) for e in case.exhibits() if not e.retracted]:
        record["exhibits"] = pinned
    return record


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
