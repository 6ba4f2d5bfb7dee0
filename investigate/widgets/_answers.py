"""What the browser asks of the kernel: the state in words, tables, previews, facts, evidence, and what is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import InputError
from ..exposure import Exposure, labels_of
from ..views._html import plain
from ..views._words import plural
from ..workbench import Workbench as Core
from ..workbench.gestures.showing import LOOKS
from ..workbench.tables import MOST_ROWS, texts_of
from ..workbench.universe import KINDS

QUESTIONS = frozenset(
    {"find", "preview", "details", "to_code", "texts", "texts_with", "statements", "reveal", "cover", "save"}
)
RECORDS = frozenset({"exhibit", "retract_exhibit"})


class Answers:
    """What a workbench can say of itself to the screen. It holds nothing but what was revealed.

    Parameters
    ----------
    core : investigate.workbench.Workbench
    """

    def __init__(self, core: Core) -> None:
        self.core, self.case = core, core.case
        self._exposure: Exposure | None = None
        self._labels: dict[str, list[str]] = {}

    # -- the state ---------------------------------------------------------------------------------------------------

    def scene(self) -> dict[str, Any]:
        return self.core.scene()

    def brush(self) -> dict[str, Any]:
        """The histogram under the picture, as JSON can hold it."""
        return {k: v.tolist() if hasattr(v, "tolist") else v for k, v in self.core.brush().items()}

    def table(self, kind: str) -> pd.DataFrame:
        """A table of the view; texts of contents are not sent with it, see `texts`."""
        return self.core.table(kind)

    def state(self) -> dict[str, Any]:
        core, s = self.core, self.core.state
        return {
            "title": plain(self.case.title),
            "view": core.view,
            "read_only": core.read_only,
            "undo": core.can_undo,
            "redo": core.can_redo,
            "time": list(s.time) if s.time else None,
            "filters": {
                "relations": _list(s.relations),
                "kinds": _list(s.kinds),
                "min_weight": s.min_weight,
                "max_q": s.max_q,
                "edges": s.edges,
                "lonely": s.lonely,
            },
            "look": dict(s.look),
            "group": s.grouping or None,
            "counts": self.core.counts(),
            "status": self.status(),
            "choices": self.choices(),
            "findings": [[f.finding_id, plain(f.title)] for f in self.case.findings],
        }

    def status(self) -> str:
        """The view in one sentence, for the line below and for screen readers."""
        n, s = self.core.counts(), self.core.state
        shown = f"{n['accounts']:,} of {len(self.core.context.universe.accounts):,} accounts"
        parts = [shown, *(plural(n[k], word) for k, word in (("contents", "post"), ("objects", "object")) if n[k])]
        parts.append(f"{plural(n['links'], 'link')} shown")
        parts += [f"{n[k]:,} {k}" for k in ("hidden", "pinned") if n[k]]
        parts.append(f"{n['selected']:,} selected")
        parts.append("time: all" if s.time is None else f"time: {_time(s.time[0])} to {_time(s.time[1])} UTC")
        return "; ".join(parts) + "."

    def choices(self) -> dict[str, Any]:
        """What the menus offer."""
        u = self.core.context.universe
        edges = self.case.edges["relation"].value_counts().to_dict()
        return {
            "relations": [[r, plain(u.title(r)), int(edges.get(r, 0))] for r in u.relations],
            "kinds": [
                [
                    k,
                    plain(u.title(k))
                    if k not in ("account", "content")
                    else {"account": "Accounts", "content": "Posts"}[k],
                    None,
                ]
                for k in ("account", "content", *u.types)
            ],
            "communities": sorted(int(k) for k in u.members_of),
            "tags": sorted({plain(t) for held in self.core.context.tags.values() for t in held}),
            **{name: list(values) for name, values in LOOKS.items()},
        }

    def steps(self) -> tuple[list[Any], list[Any]]:
        """What was done, oldest first; what was undone, the next to redo first."""
        return list(self.core._done), list(reversed(self.core._undone))

    def history(self, most: int) -> dict[str, Any]:
        """The last steps in words, for the side panel."""
        done, undone = self.steps()
        first = max(0, len(done) - most)
        return {
            "first": first,
            "done": [{"text": plain(s.text), "at": s.at[11:16]} for s in done[first:]],
            "undone": [{"text": plain(s.text)} for s in undone[:most]],
        }

    def basket(self) -> list[dict[str, Any]]:
        """The exhibits of the case, with retracted ones marked."""
        return [
            {
                "number": e.number,
                "kind": e.kind,
                "ref": e.ref,
                "node": self._node(e.kind, e.ref),
                "title": plain(e.title),
                "note": plain(e.note),
                "confidence": e.confidence,
                "finding_id": e.finding_id,
                "stance": e.stance,
                "by": plain(e.by),
                "at": e.at[:16].replace("T", " "),
                "query": plain(e.query),
                "n_rows": e.n_rows,
                "retracted": bool(e.retracted),
            }
            for e in self.case.exhibits()
        ]

    def _node(self, kind: str, ref: Any) -> str:
        """The node of the canvas that an exhibit is about; "" for a link and a view."""
        if kind in ("content", "community"):
            return f"{kind}:{ref}"
        if kind == "account":
            return self.core.context.universe.node_of(str(ref))
        return str(ref) if kind == "object" else ""

    # -- questions ---------------------------------------------------------------------------------------------------

    def find(self, text: str, limit: int = 8) -> list[dict[str, str]]:
        """Accounts and objects of the case whose name holds a text."""
        found = self.core.find(text, limit)
        return [
            {"id": str(r.node), "label": plain(str(r.label)), "kind": plain(str(r.kind))} for r in found.itertuples()
        ]

    def preview(self, nodes: Sequence[str]) -> dict[str, Any]:
        """What expanding would bring, a row for each relation and type."""
        rows = []
        for r in self.core.preview(nodes).itertuples():
            about = [f"{r.hidden:,} hidden"] if r.hidden else []
            about += ["many: the rest comes as one bundle"] if r.bundled else []
            rows.append(
                {
                    "via": [r.via],
                    "title": plain(r.title),
                    "kind": r.kind,
                    "new": int(r.new),
                    "shown": int(r.shown),
                    "note": "; ".join(about),
                    "strongest": str(r.strongest or ""),
                }
            )
        return {"rows": rows}

    def peek(self, start: int, end: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture of another time, which the view does not take on; and what it is, in words."""
        span = (int(start), int(end))
        n = self.core.counts(span)
        words = (
            f"{n['accounts']:,} accounts, {n['links']:,} links shown; time: {_time(span[0])} to {_time(span[1])} UTC."
        )
        return self.core.scene(span), {"status": words}

    def statements(self, node: str) -> list[list[str]]:
        """What was stated of the operator of an account: both nodes of each statement, and it in words."""
        held, u = self.case.identities(), self.core.context.universe
        out = []
        for s in held.statements:
            ends = [u.node_of(s.a), u.node_of(s.b)]
            if node in ends or self.core.context.operators.get(node, node) in [
                self.core.context.operators.get(e, e) for e in ends
            ]:
                out.append(
                    [
                        *ends,
                        plain(f"{s.decision}: {' and '.join(self.core.context.label(e) for e in ends)} ({s.reason})"),
                    ]
                )
        return out

    def to_code(self) -> str:
        return self.core.to_code()

    def save(self) -> None:
        self.core.save()

    # -- what is written down ----------------------------------------------------------------------------------------

    def exhibit(
        self,
        kind: str,
        ref: Any = None,
        note: str = "",
        stance: str = "context",
        finding_id: str = "",
        confidence: str = "",
    ) -> list[str]:
        """Put something into the basket: an edge, nodes, or the view; the numbers given."""
        more = {"note": note, "stance": stance, "finding_id": finding_id, "confidence": confidence}
        wanted = [(self._exhibit_kind(node), node) for node in ref] if kind == "node" else [(kind, ref)]
        made = [self.core.exhibit(what, one, **more) for what, one in wanted]
        return [e.number for e in made]

    def _exhibit_kind(self, node: str) -> str:
        """The kind under which a node of the canvas is pinned; the data know it, the node's name may not tell."""
        number = int(self.core.context.universe.codes([node])[0][0])
        kind = KINDS[number] if number >= 0 else "account"  # which the case then refuses, with the nearest one
        if kind == "bundle":
            raise InputError("a bundle is no evidence", node[:80], "open it, and choose what is in it")
        return kind

    def retract_exhibit(self, number: str, reason: str) -> None:
        self.case.retract_exhibit(number, reason)

    def details(self, node: str = "", edge: Sequence[str] = ()) -> dict[str, Any]:
        """Facts about a node, or what an edge is made of; texts that the settings of exposure hide are left out."""
        facts = self.core.details(list(edge) if edge else node)
        cover = self.exposure.policy.cover  # objects can be texts too
        facts["facts"] = [[k, cover(v) if isinstance(v, str) else v] for k, v in facts["facts"]]
        facts["objects"] = [{**o, "label": cover(o["label"])} for o in facts.get("objects", ())]
        facts["contents"] = [{**c, **self.covered(c["id"], c["text"])} for c in facts.get("contents", ())]
        facts["pairs"] = [
            {
                **p,
                "object": cover(p["object"]),
                **{side: {**p[side], **self.covered(p[side]["id"], p[side]["text"])} for side in ("a", "b")},
            }
            for p in facts.get("pairs", ())
        ]
        if any(c["hidden"] for c in facts["contents"]) and facts.get("kind") == "content":
            facts["facts"] = [f for f in facts["facts"] if f[0] != "text"]
        return facts

    # -- texts behind a cover ----------------------------------------------------------------------------------------

    @property
    def exposure(self) -> Exposure:
        """What is covered, in the memory of this kernel only."""
        if self._exposure is None:
            self._exposure = Exposure()
            self._labels = labels_of(self.case, self._exposure.policy)
        return self._exposure

    def covered(self, content: str, text: str) -> dict[str, str]:
        """The text of a content as the screen may have it, and why it is covered, "" where it is not."""
        held = self.exposure
        shown = held.text(content, text or "", self._labels.get(content, ()))
        hidden = held.hidden(content)
        return {"id": content, "text": "" if hidden else plain(shown), "hidden": plain(str(hidden)) if hidden else ""}

    def texts(self, nodes: Sequence[str]) -> dict[str, dict[str, str]]:
        """The texts of some contents, covered where the settings of exposure say so."""
        ids = [n.removeprefix("content:") for n in nodes]
        found = texts_of(self.core.context, ids)
        return {n: self.covered(i, text) for n, i, text in zip(nodes, ids, found, strict=True)}

    def texts_with(self, words: str) -> list[str]:
        """The contents whose text holds some words, whatever the case."""
        query = "select content_id from content where contains(lower(text), lower(?)) limit ?"
        found = self.case.connection().execute(query, [words, MOST_ROWS]).fetchall()
        return [f"content:{row[0]}" for row in found]

    def reveal(self, content: str) -> dict[str, str]:
        """The text behind a cover; counted, and never for what the settings never show."""
        text = self.exposure.reveal(content)
        return {"text": plain(text), "prompt": self.exposure.prompt}

    def cover(self, content: str) -> None:
        self.exposure.cover(content)


def _list(values: Any) -> list[str] | None:
    return None if values is None else list(values)


def _time(microseconds: int) -> str:
    # The end of a period is the last microsecond in it; people read the next second.
    return pd.Timestamp(microseconds + (microseconds % 1_000_000 == 999_999), unit="us").strftime("%Y-%m-%d %H:%M:%S")
