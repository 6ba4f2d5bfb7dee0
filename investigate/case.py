"""The case: one folder, one log, and the method in order. Read this module as the table of contents.

    load -> relate -> score -> group -> find

Each stage hands to one function in one module; the case keeps what came out and writes down what was done.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from . import analysis, corroboration, duration, explanations, judging, sensitivity, verification
from . import signals as account_signals
from .analysis import Settings
from .asking import Asking
from .bounding import Bounding
from .concluding import Concluding
from .engines.acts import Acts
from .errors import CaseError, InputError
from .files import read_json, sha256, write_json
from .findings import Finding
from .graph import RelationGraph
from .log import Log
from .period import Period
from .recording import Recording
from .relations import RELATIONS, check_available, defaults
from .sources import read
from .store import Dataset, Store, dataset_name, frame, plain_options
from .study import Study

FORMAT = 1


class Case(Asking, Recording, Concluding, Bounding):
    """One investigation in one folder.

    Attributes
    ----------
    path : Path
    log : Log
        Hash-chained record of what was done.
    settings : Settings or None
        What decides the results; set by `relate`.
    edges : DataFrame
        The edges with at least `min_shared` objects, with scores after `score`.
    exposure : DataFrame
        relation, account_id, exposed: what the scores compare with; see `investigate.engines`.
    pairs_found : dict of str to int
        Pairs of accounts with any joint act, by relation, before `min_shared`.
    communities : DataFrame
        One row per member, after `group`.
    crowds : DataFrame
        Sets of accounts that a shared interest explains; not communities.
    sensitivity, kept : DataFrame
        What becomes of each community, and of each member, under other choices; after `find`.
    signals : DataFrame
        What each community's accounts have in common beside their acts (`investigate.signals`); after `find`.
    findings : list of Finding
        After `find` or `conclude`; each names the template that made it.
    studies : dict of str to Study
        What templates found out beside findings, by template; after `conclude`.
    period : Period
        What `between` restricts the case to; all times by default.
    """

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path, self.about = path, about
        self.log, self.store = Log(path / "log.jsonl"), Store(path / "data")
        self.settings: Settings | None = None
        self.edges, self.communities, self.crowds = pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
        self.joint, self.objects, self.sensitivity = pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
        self.exposure, self.kept, self.signals = pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
        self.pairs_found: dict[str, int] = {}
        self.known_groups: pd.DataFrame | None = None
        self.findings: list[Finding] = []
        self.studies: dict[str, Study] = {}
        self.period = Period()
        self._con: duckdb.DuckDBPyConnection | None = None
        self._acts: Acts | None = None

    # -- the folder ---------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: str | Path, *, title: str = "", purpose: str = "") -> Case:
        """A new case in an empty or absent folder; CaseError where something stands already."""
        folder = Path(path)
        if (folder / "case.json").exists():
            raise CaseError("there is a case already", str(folder), "open it, or choose another folder")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseError("the folder is not empty", str(folder), "choose an empty or new folder")
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "runs").mkdir(exist_ok=True)
        case = cls(folder, {"format": FORMAT, "title": title or folder.name, "purpose": purpose})
        case.log.append("case_created", title=case.about["title"], purpose=purpose)
        write_json(folder / "case.json", case.about)
        return case

    @classmethod
    def open(cls, path: str | Path) -> Case:
        """An existing case with its last results; CaseError where there is none. One left by a crash opens: see `incomplete`."""
        folder = Path(path)
        if not (folder / "case.json").is_file():
            raise CaseError(
                "there is no case here", str(folder), f"make one: `investigate new {folder.name or 'CASE_DIR'}`"
            )
        about = read_json(folder / "case.json")
        if about.get("format") != FORMAT:
            raise CaseError(
                f"the case has format {about.get('format')}, this version reads {FORMAT}",
                str(folder),
                "use the version that made it",
            )
        case = cls(folder, about)
        case._restore()
        return case

    @property
    def title(self) -> str:
        return str(self.about.get("title", ""))

    @property
    def datasets(self) -> list[Dataset]:
        return self.store.datasets()

    @property
    def resolution_s(self) -> float:
        """The coarsest time resolution among the datasets, seconds."""
        return max((d.resolution_s for d in self.datasets), default=1.0)

    @property
    def notes(self) -> list[str]:
        """What the sources say is missing or odd, each note once, and the period that was looked at."""
        only = [f"Only the period {self.period} was looked at."] if self.period else []
        return list(dict.fromkeys([*only, *(note for d in self.datasets for note in d.notes)]))

    def verify(self) -> list[str]:
        """Everything in the folder that does not match the log and the hashes, each with its place; empty when whole."""
        return verification.problems(self.path, self.log, self.store)

    @property
    def incomplete(self) -> list[str]:
        """What a crash left unfinished: loads and runs that were started and not ended."""
        return verification.incomplete(self.path, self.log, self.store)

    def sql(self, query: str) -> pd.DataFrame:
        """The answer to a SQL query over accounts, content, actions and set_aside."""
        return self.store.sql(query, self.period)

    # -- the method, in order ------------------------------------------------------------------------------------

    def load(self, file: str | Path, source: str, **options: Any) -> Dataset:
        """Read a file with a source into the case; the same file and source again changes nothing.

        Raises
        ------
        InputError
            The file cannot be read, or holds no usable row. Nothing is written then.
        """
        self.log.check_open()
        original = Path(file)
        if not original.is_file():
            raise InputError("the file does not exist", str(original), "check the path")
        digest = sha256(original)
        for held in self.datasets:
            if held.dataset_id == dataset_name(digest, source):
                return self._already_loaded(held, options)
        dataset = self.store.add(original, source, plain_options(options), read(original, source, **options), digest)
        self._log_load(dataset)
        self._forget()
        return dataset

    def relate(
        self, relations: list[str] | None = None, window: str | float = "auto", min_shared: int = 2
    ) -> pd.DataFrame:
        """Link accounts that act on the same objects within the window; see `investigate.relations`.

        Parameters
        ----------
        relations : list of str, optional
            Names of relations; by default those the data can carry that are on by default (`investigate relations`).
        window : str or float
            "60s", "5m", seconds, or "auto": 60 s, or twice the time resolution where that is coarser.
        min_shared : int
            Distinct objects, and acts by each account, that an unusual edge must have. Pairs with fewer are counted
            for the expectation and in `pairs_found`, and make no edge.
        """
        con, window_s = self._connection(), duration.resolve(window, self.resolution_s)
        names = check_available(relations, con) if relations else defaults(con)
        if not names:
            raise InputError(
                "the data holds no object that a relation works on",
                str(self.path),
                "run `investigate check` on the file",
            )
        self.settings = Settings(tuple(sorted(names)), window_s, min_shared)
        self._acts = analysis.load(con, self.settings)
        linked = analysis.relate(con, self.settings, self._acts)
        self.edges, self.exposure, self.pairs_found = linked.edges, linked.exposure, linked.pairs
        return self.edges

    def score(self, fdr_q: float = 0.01, known_groups: str | Path | pd.DataFrame | None = None) -> pd.DataFrame:
        """Say how unusual each edge is: expected by chance, p, q; see `investigate.scoring`.

        Known groups (newsrooms, owners, agencies) are kept for the explanations; they never hide an edge.
        """
        self.settings = replace(self._need("relate"), fdr_q=fdr_q)
        if known_groups is not None and str(known_groups) != "":
            self.known_groups = (
                known_groups if isinstance(known_groups, pd.DataFrame) else explanations.read_known_groups(known_groups)
            )
        contents = analysis.contents_per_account(self._connection())
        linked = analysis.Linked(self.edges, self.exposure, self.pairs_found, 0)
        self.edges = analysis.score(linked, contents, self.settings)
        return self.edges

    def group(
        self, min_accounts: int = 3, min_actions: int = 10, resolution: float = 1.0, seed: int = 0
    ) -> pd.DataFrame:
        """Find the communities of the unusual edges; see `investigate.communities`."""
        self.log.check_open()
        self.settings = replace(
            self._need("score"), min_accounts=min_accounts, min_actions=min_actions, resolution=resolution, seed=seed
        )
        con = self._connection()
        contents = analysis.contents_per_account(con)
        self.communities, self.crowds = analysis.group(self.edges, contents, self._need_acts(), self.settings)
        self.joint = analysis.joint_contents(con, self.communities, self.settings)
        self.objects = analysis.shared_objects(con, self.joint, self.communities)
        # Findings about communities speak of the old ones; what other templates found stays.
        self.findings = [f for f in self.findings if "community" not in f.impact]
        self.sensitivity, self.kept, self.signals = pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
        self.keep()
        return self.communities

    def find(self, template: str = "coordinated_behaviour") -> list[Finding]:
        """Turn communities into findings: sensitivity, innocent explanations, grade, limits; see `investigate.judging`."""
        self.log.check_open()
        settings, con = self._need("group"), self._connection()
        self.sensitivity, self.kept = sensitivity.table(
            con, self.communities, self.objects, self.joint, settings, self._need_acts(), self.resolution_s
        )
        self.signals = account_signals.table(con, self.communities)
        found = judging.findings(
            con=con,
            communities=self.communities,
            edges=self.edges,
            joint=self.joint,
            objects=self.objects,
            sensitivity=self.sensitivity,
            known=self.known_groups,
            hours=explanations.contents_per_hour(con),
            own=explanations.own_stories(con),
            identifiers=corroboration.identifiers_inside(con, self.communities, self.edges),
            significance=self.significance(draws=100),
            signals=self.signals,
            as_of=max(pd.Timestamp(d.last_at) for d in self.datasets).to_pydatetime(),
            settings=settings,
            resolution_s=self.resolution_s,
            notes=self.notes,
            template=template,
        )
        return self._found(template, found)

    # -- looking at the result -----------------------------------------------------------------------------------

    def graph(self, accounts: str = "communities") -> RelationGraph:
        """The graph of the unusual edges, with the actions of its accounts.

        Parameters
        ----------
        accounts : str
            "communities": edges inside communities (`investigate.analysis.telling`); "unusual": every unusual edge; "all": every edge.
        """
        self._need("group")
        con = self._connection()
        return judging.graph(
            con=con,
            edges=self.edges,
            communities=self.communities,
            labels=self.labels(),
            contents=analysis.contents_per_account(con),
            which=accounts,
        )

    def evidence(self, edge: Any, relation: str | None = None) -> pd.DataFrame:
        """The rows behind an edge: objects, both contents, times, lags, texts, rows of the file.

        Parameters
        ----------
        edge : tuple of str, or a row of `edges`
            The two accounts.
        relation : str, optional
            One relation; by default all that the case used.
        """
        settings = self._need("relate")
        a, b = (edge["account_a"], edge["account_b"]) if hasattr(edge, "keys") else tuple(edge)[:2]
        names = [relation] if relation else list(settings.relations)
        tables = [RELATIONS.get(n).evidence(self._connection(), settings.window_s, a, b) for n in names]
        return pd.concat([t for t in tables if not t.empty] or tables[:1], ignore_index=True)

    def labels(self) -> pd.Series:
        """What to call each account: its handle, else its display name, else its identifier."""
        table = frame(
            self._connection(),
            "select account_id, coalesce(nullif(handle, ''), nullif(display_name, ''), account_id) as label from accounts order by 1",
        )
        return table.set_index("account_id")["label"]

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open DuckDB connection with the case's tables, for views."""
        return self._connection()

    def close(self) -> None:
        """Close the data and let go of the case, so that others may write to it."""
        self._forget()
        self.release()

    # -- inside --------------------------------------------------------------------------------------------------

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._con is None:
            self._con = self.store.connect(self.period)
        return self._con

    def _forget(self) -> None:
        if self._con is not None:
            self._con.close()
        self._con = self._acts = None

    def _need_acts(self) -> Acts:
        if self._acts is None:
            self._acts = analysis.load(self._connection(), self._need("relate"))
        return self._acts

    def _need(self, stage: str) -> Settings:
        done = {
            "relate": self.settings is not None,
            "score": "q" in self.edges,
            "group": "community" in self.communities,
        }
        if not done[stage] or self.settings is None:
            raise InputError(
                f"the case has not been through '{stage}' yet",
                "stages: load, relate, score, group, find",
                f"call case.{stage}() first",
            )
        return self.settings

    def _already_loaded(self, held: Dataset, options: dict[str, Any]) -> Dataset:
        if plain_options(options) != held.options:
            raise InputError(
                "the same file is loaded already with other options",
                f"data/{held.dataset_id}",
                "use a new case for another reading of it",
            )
        if held.dataset_id not in {e["data"]["dataset"] for e in self.log.entries() if e["kind"] == "data_loaded"}:
            self._log_load(held)  # a crash came between storing the data and writing it down
        return held

    def _log_load(self, dataset: Dataset) -> None:
        self.log.append(
            "data_loaded",
            dataset=dataset.dataset_id,
            file=dataset.file,
            sha256=dataset.sha256,
            source=dataset.source,
            rows_read=dataset.rows_read,
            set_aside=dataset.set_aside,
            record_sha256=sha256(self.store.folder / dataset.dataset_id / "dataset.json"),
        )


def remove_unfinished(case: Case) -> list[str]:
    """Delete the folders of loads that were cut short, and say which."""
    case.log.check_open()
    names = case.store.unfinished()
    for name in names:
        shutil.rmtree(case.store.folder / name)
        case.log.append("unfinished_load_removed", folder=name)
    return names
