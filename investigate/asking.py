"""What can be asked of a case beside the method: start from seeds, who leads, which layers hold, other windows, variants.

Each is one call on a function of its own module, with the case's connection and settings filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd

from . import analysis, duration, expand, layers, leads, permutation, scoring
from .analysis import Settings
from .errors import InputError
from .relations import RELATIONS, check_available, defaults
from .relations.identifiers import FAMILIES, capped, collateral
from .relations.variants import variants


class Asking:
    """Questions to a case; `investigate.case.Case` has them all."""

    settings: Settings | None
    edges: pd.DataFrame
    communities: pd.DataFrame
    joint: pd.DataFrame

    def _connection(self) -> duckdb.DuckDBPyConnection:
        raise NotImplementedError

    def _need(self, stage: str) -> Settings:
        raise NotImplementedError

    @property
    def resolution_s(self) -> float:
        raise NotImplementedError

    def _relations(self, names: Iterable[str] | None) -> list[str]:
        con = self._connection()
        if names:
            return check_available(list(names), con)
        if self.settings is not None:
            return list(self.settings.relations)
        return defaults(con)

    def expand(
        self,
        seeds: Iterable[str],
        relations: Iterable[str] | None = None,
        window: str | float | None = None,
        **options: Any,
    ) -> expand.Expansion:
        """The accounts linked to reported accounts, objects or contents, ranked; see `investigate.expand.expand`.

        Parameters
        ----------
        seeds : iterable of str
            Accounts, "url:https://...", "hashtag:name", "content:identifier", ...
        relations : iterable of str, optional
            By default those of `relate`, or those that are on by default.
        window : str or float, optional
            By default that of `relate`, or 60 s (twice the time resolution where that is coarser).
        options
            hops, rank, limit, min_shared, fdr_q, max_acts, max_growth.
        """
        if window is None and self.settings is not None:
            window_s = self.settings.window_s
        else:
            window_s = duration.resolve("auto" if window is None else window, self.resolution_s)
        return expand.expand(self._connection(), seeds, self._relations(relations), window_s, **options)

    def leads(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Who acts first: per pair of the unusual edges, and per community; see `investigate.leads`."""
        self._need("group")
        return (
            leads.pair_leads(self.edges[self.edges["unusual"]]),
            leads.community_leads(self.joint, resolution_s=self.resolution_s if self.resolution_s >= 1 else 0.0),
        )

    def layers(self) -> pd.DataFrame:
        """Which relations hold each community together; see `investigate.layers.community_layers`."""
        self._need("group")
        return layers.community_layers(self.communities, analysis.telling(self.edges))

    def fused(self) -> pd.DataFrame:
        """The unusual edges of all relations as one multiplex graph, a row per pair; see `investigate.layers.fuse`."""
        self._need("score")
        return layers.fuse(self.edges[self.edges["unusual"]])

    def significance(self, *, draws: int = 200, within: str = "hour", seed: int = 0) -> pd.DataFrame:
        """Each community against shuffled actions; see `investigate.permutation.community_significance`."""
        settings = self._need("group")
        if not len(self.communities) or not analysis.co_actions(settings):
            return pd.DataFrame(columns=list(permutation.SIGNIFICANCE_COLUMNS))
        return permutation.community_significance(
            self._connection(),
            self.communities,
            settings.relations,
            settings.window_s,
            draws=draws,
            within=within,
            seed=seed,
        )

    def across(self, windows: Sequence[str | float], relations: Iterable[str] | None = None) -> pd.DataFrame:
        """The edges of several windows in one table, scored together.

        Parameters
        ----------
        windows : sequence of str or float
            "10s", "60s", "5m", ... The actions are read once.

        Returns
        -------
        DataFrame
            The edge table with scores and `window_s`. q is adjusted over all pairs, relations and windows, so an edge
            needs more here than under one window alone.
        """
        settings, con = self._need("relate"), self._connection()
        seconds = sorted({duration.resolve(w, self.resolution_s) for w in windows})
        if not seconds:
            raise InputError("no window is given", "parameter windows", 'name some, like ["60s", "5m"]')
        names = [n for n in self._relations(relations) if RELATIONS.get(n).is_co_action]
        contents = analysis.contents_per_account(con)
        tables = []
        for window_s, found in analysis.windows(con, settings, names, seconds):
            scored = analysis.score(found, contents, replace(settings, relations=tuple(names)))
            tables.append(scored.assign(window_s=window_s))
        out = pd.concat([t for t in tables if not t.empty] or tables[:1], ignore_index=True)
        tests = scoring.number_of_tests(contents, len(names) * len(seconds), settings.min_shared)
        if len(out):
            out["q"] = scoring.benjamini_hochberg(out["p"].to_numpy(), max(tests, len(out)))
            enough = (out["n_objects"] >= settings.min_shared) & (out["n_acts"] >= settings.min_shared)
            out["unusual"] = (out["q"] <= settings.fdr_q) & enough
        return out

    def variants(self, kind: str = "text", **options: Any) -> pd.DataFrame:
        """Contents that are versions of one another, earlier one first; see `investigate.relations.variants.variants`."""
        return variants(self._connection(), kind, **options)

    def capped(self) -> pd.DataFrame:
        """Identifiers that too many accounts carry to link any of them; see `investigate.relations.identifiers.capped`."""
        con = self._connection()
        tables = [capped(con, types).assign(relation=name) for name, types in FAMILIES.items()]
        return pd.concat([t for t in tables if not t.empty] or tables[:1], ignore_index=True)

    def collateral(self) -> pd.DataFrame:
        """Accounts that come along through the identifiers of the identifier edges; see `identifiers.collateral`."""
        self._need("relate")
        rows = self.edges[self.edges["relation"].isin(list(FAMILIES))]
        return collateral(self._connection(), rows)
