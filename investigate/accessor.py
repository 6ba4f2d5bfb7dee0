"""`df.investigate`: the method for people who start from a DataFrame.

    import investigate.accessor

    edges = df.investigate.relate(account="author", time="created_at", object="url", object_type="url")

The import registers the accessor with pandas; `import investigate` alone does not, because it loads no pandas. Nothing is
guessed silently: `df.investigate.check()` proposes the columns, and every call names them.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from . import duration
from .frames import OBJECT_FIELDS, Prepared, column, columns, identifiers, prepare, propose, times

if TYPE_CHECKING:
    import networkx as nx

    from .case import Case
    from .engines.finish import Links


class LeftOut(Warning):
    """Rows of a DataFrame that could not be used, with the reasons."""


@pd.api.extensions.register_dataframe_accessor("investigate")
class Investigate:
    """Relations between accounts, straight from a DataFrame with one action per row.

    Every method takes the names of the columns:

    account : str
        Who acted: text or whole numbers. Identifiers read as floats of 2**53 or more have lost digits and are refused.
    time : str
        When: timestamps, texts as in the source 'csv', or seconds (milli-, micro-, nano-) since 1970.
    object : str
        What was acted on; a cell that holds a list counts as several objects.
    content : str, optional
        The post's own identifier. Without it every row is a content of its own.
    object_type : str, optional
        "url", "domain", "hashtag", "mention", "text" or a kind of identifier: values are compared in their normal
        form (`investigate.objects`). Anything else, and by default: as they stand.
    tz : str, optional
        The zone of times that carry none, such as "UTC" or "Europe/Berlin". Without it such times are refused.

    Rows that cannot be used are counted by reason in a `LeftOut` warning and in ``result.attrs["investigate"]``.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def relate(
        self,
        account: str | None = None,
        time: str | None = None,
        object: str | None = None,
        content: str | None = None,
        object_type: str | None = None,
        *,
        window: str | float = "auto",
        min_shared: int = 2,
        tz: str | None = None,
    ) -> pd.DataFrame:
        """Pairs of accounts that acted on the same object within the window.

        Parameters
        ----------
        account, time, object, content, object_type, tz
            See the class.
        window : str or float
            "60s", "5m", seconds, or "auto": 60 s, or twice the time resolution where that is coarser. Inclusive.
        min_shared : int
            Distinct objects a pair must share.

        Returns
        -------
        DataFrame
            `investigate.relations.EDGE_COLUMNS`, sorted by the two accounts.

        Raises
        ------
        InputError
            A column is missing or cannot be used; the message names the columns there are.
        ResolutionError
            The window is finer than the clock of the data.

        Notes
        -----
        An edge is not yet unusual: busy accounts and popular objects meet by themselves. See `score`.
        """
        done, window_s = self._prepared(account, time, object, content, object_type, tz, window)
        return _said(done.links(window_s, min_shared), done, window_s)

    def score(
        self,
        account: str | None = None,
        time: str | None = None,
        object: str | None = None,
        content: str | None = None,
        object_type: str | None = None,
        *,
        window: str | float = "auto",
        min_shared: int = 2,
        fdr_q: float = 0.01,
        tz: str | None = None,
    ) -> pd.DataFrame:
        """The same edges with `investigate.scoring.SCORE_COLUMNS`: what chance would give, p, q, unusual or not.

        Notes
        -----
        The expectation is counted on the rows of this DataFrame. A frame that was filtered to suspects beforehand
        holds nobody to compare them with, and makes everything look ordinary.
        """
        return self._scored(account, time, object, content, object_type, tz, window, min_shared, fdr_q)[1]

    def graph(
        self,
        account: str | None = None,
        time: str | None = None,
        object: str | None = None,
        content: str | None = None,
        object_type: str | None = None,
        *,
        window: str | float = "auto",
        min_shared: int = 2,
        fdr_q: float = 0.01,
        unusual: bool = True,
        tz: str | None = None,
    ) -> nx.Graph:
        """A plain NetworkX graph of the scored edges; by default of the unusual ones only.

        Nodes have kind ("account"), label and n_content; edges the columns of `score`, times as ISO 8601 text.
        """
        from .export import edge_graph

        done, table = self._scored(account, time, object, content, object_type, tz, window, min_shared, fdr_q)
        kept = table[table["unusual"]] if unusual else table
        for name in ("first_at", "last_at"):
            kept = kept.assign(**{name: [moment.isoformat() for moment in kept[name]]})
        graph = edge_graph(kept)
        for node, data in graph.nodes(data=True):
            data.update(kind="account", label=node, n_content=int(done.contents[node]))
        graph.graph.update(table.attrs["investigate"])
        return graph

    def check(
        self,
        account: str | None = None,
        time: str | None = None,
        object: str | None = None,
        content: str | None = None,
        object_type: str | None = None,
        *,
        tz: str | None = None,
    ) -> pd.DataFrame:
        """What the frame holds, row by row of a small table: columns used, counts, times, rows left out by reason.

        Columns that are not named are proposed by their names and values, and marked so: nothing else uses the
        proposal.
        """
        named = {"account": account, "time": time, "object": object, "content": content}
        proposed = propose(self._frame)
        used = {role: name or proposed.get(role) for role, name in named.items()}
        facts: list[tuple[str, str | int, str]] = [
            (role, used[role] or "", "" if name else "proposed: check it" if used[role] else "none recognised")
            for role, name in named.items()
        ]
        done = prepare(self._frame, **used, object_type=object_type, tz=tz)
        at = done.acts["at_us"].to_numpy()
        facts += [
            ("rows", done.n_rows, ""),
            ("accounts", len(done.contents), ""),
            ("contents", int(done.contents.sum()), ""),
            ("objects", len(done.acts["object_id"].unique()), done.relation.removeprefix("co_")),
            ("actions", len(at), ""),
            ("first action", str(pd.Timestamp(at.min(), unit="us", tz="UTC")) if len(at) else "", ""),
            ("last action", str(pd.Timestamp(at.max(), unit="us", tz="UTC")) if len(at) else "", ""),
            ("time resolution", duration.say(done.resolution_s), ""),
            ("smallest window", duration.say(2 * done.resolution_s), "twice the resolution"),
            *(("left out", n, reason) for reason, n in done.left_out.items()),
        ]
        return pd.DataFrame(facts, columns=["what", "value", "note"]).astype({"value": "object"})

    def case(
        self,
        path: str | Path,
        account: str | None = None,
        time: str | None = None,
        object: str | None = None,
        content: str | None = None,
        object_type: str | None = None,
        *,
        purpose: str = "",
        title: str = "",
        tz: str | None = None,
        **fields: str,
    ) -> Case:
        """A new case in a folder with these rows loaded, to go on with `relate`, `score`, `group`, `find`.

        Parameters
        ----------
        fields
            Further fields of the source 'csv' and their columns: ``text="body", language="lang"``.

        Notes
        -----
        The case keeps a Parquet copy of the columns named here and of no others.
        """
        from .case import Case

        used = columns(self._frame, {"account": account, "time": time, "object": object, "content": content})
        times(self._frame[used["time"]], used["time"], tz)  # refused before a folder is made
        mapping = {"account_id": used["account"], "created_at": used["time"]}
        if content:
            mapping["content_id"] = content
        if object and object_type in OBJECT_FIELDS:
            mapping[OBJECT_FIELDS[object_type]] = object
        elif object:
            mapping |= {"object_id": object, "object_type": f"constant:{object_type or 'object'}"}
        mapping |= fields
        kept = pd.DataFrame(index=self._frame.index)
        for field, name in mapping.items():
            if not name.startswith("constant:"):
                kept[name] = self._cells(field, name, tz)
        with TemporaryDirectory() as folder:
            file = Path(folder) / "dataframe.parquet"
            kept.to_parquet(file, index=False)
            case = Case.create(path, title=title, purpose=purpose)
            case.load(file, "csv", mapping=mapping)
        return case

    def _cells(self, field: str, name: str, tz: str | None) -> pd.Series:
        values = column(self._frame, field, name)
        if field == "created_at":
            at, _ = times(values, name, tz)
            return pd.to_datetime(at, unit="us", utc=True)
        return identifiers(values, name) if field in ("account_id", "content_id", "object_id") else values

    def _prepared(
        self,
        account: str | None,
        time: str | None,
        object: str | None,
        content: str | None,
        object_type: str | None,
        tz: str | None,
        window: str | float,
        depth: int = 3,  # whose line the warning names: the caller of the public method
    ) -> tuple[Prepared, float]:
        done = prepare(
            self._frame, account=account, time=time, object=object, content=content, object_type=object_type, tz=tz
        )
        if done.left_out:
            reasons = ", ".join(f"{n:,} {reason}" for reason, n in done.left_out.items())
            warnings.warn(f"of {done.n_rows:,} rows: {reasons}", LeftOut, stacklevel=depth)
        return done, duration.resolve(window, done.resolution_s)

    def _scored(
        self,
        account: str | None,
        time: str | None,
        object: str | None,
        content: str | None,
        object_type: str | None,
        tz: str | None,
        window: str | float,
        min_shared: int,
        fdr_q: float,
    ) -> tuple[Prepared, pd.DataFrame]:
        from . import scoring

        done, window_s = self._prepared(account, time, object, content, object_type, tz, window, depth=4)
        links = done.links(window_s, min_shared)
        scored = scoring.score(
            links.edges, done.contents, links.exposure, min_shared=min_shared, fdr_q=fdr_q,
            tests=scoring.number_of_tests(done.contents, 1, min_shared),
        )  # fmt: skip
        scored.attrs["investigate"] = _said(links, done, window_s).attrs["investigate"] | {"fdr_q": fdr_q}
        return done, scored


def _said(links: Links, done: Prepared, window_s: float) -> pd.DataFrame:
    """The edges, with what stands behind them in `attrs`."""
    links.edges.attrs["investigate"] = {
        "window_s": window_s,
        "resolution_s": done.resolution_s,
        "rows": done.n_rows,
        "left_out": done.left_out,
        "accounts": len(done.contents),
        "pairs_before_min_shared": links.n_pairs_found,
    }
    return links.edges
