"""The twin of the picture: the same accounts, links and contents as tables, and the actions over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import unknown
from ..store import frame
from ..views._html import plain
from .context import Context
from .state import ViewState
from .universe import ACCOUNT, OBJECT, Ints

MOST_ROWS = 100_000
TEXT = 280  # characters of a text in a table
KINDS = ("accounts", "edges", "contents", "objects")
BINS = 120
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)


def table(kind: str, state: ViewState, context: Context, selected: bool = False) -> pd.DataFrame:
    """What is visible, as a table.

    Parameters
    ----------
    kind : str
        "accounts", "edges", "contents" (of the visible accounts, inside the time) or "objects".
    selected : bool
        Only what is selected, links and contents of it.

    Returns
    -------
    DataFrame
        At most 100,000 rows; `attrs["rows"]` is how many there are, `attrs["cut"]` says what was left out. Texts are as
        they stand in the data: escape them before showing.
    """
    makers = {"accounts": _accounts, "edges": _edges, "contents": _contents, "objects": _objects}
    if kind not in makers:
        raise unknown("table", kind, KINDS)
    out, rows, order = makers[kind](state, context, selected)
    out.attrs["rows"] = rows
    out.attrs["cut"] = f"the first {len(out):,} of {rows:,} rows, {order}" if rows > len(out) else ""
    return out


def _seen_accounts(state: ViewState, context: Context, selected: bool) -> Ints:
    """Numbers of the accounts that are to be seen, those drawn inside a selected node where only these are wanted."""
    sight = context.sight(state)
    if not selected:
        return sight.accounts
    numbers = [sight.number[n] for n in state.selected]
    return np.flatnonzero(np.isin(sight.folded, numbers)) if numbers else np.zeros(0, dtype=np.int64)


def _in_time(state: ViewState, at: Ints) -> np.ndarray:
    return np.ones(len(at), bool) if state.time is None else (at >= state.time[0]) & (at <= state.time[1])


def _accounts(state: ViewState, context: Context, selected: bool) -> tuple[pd.DataFrame, int, str]:
    u, sight = context.universe, context.sight(state)
    codes = _seen_accounts(state, context, selected)
    rows = len(codes)
    codes = codes[:MOST_ROWS]
    contents = u.links.contents_of(codes)
    at, owner = u.links.content_at[contents], u.links.content_account[contents]
    inside = _in_time(state, at)
    posts = np.bincount(owner[inside], minlength=len(u.accounts))
    first = np.full(len(u.accounts), np.iinfo(np.int64).max)
    last = np.full(len(u.accounts), np.iinfo(np.int64).min)
    np.minimum.at(first, owner[inside], at[inside])
    np.maximum.at(last, owner[inside], at[inside])
    nodes = u.names(ACCOUNT, codes)
    drawn = sight.folded[codes]
    out = pd.DataFrame(
        {
            "node": nodes,
            "account_id": u.accounts[codes],
            "label": u.label[codes],
            "community": u.community[codes],
            "role": u.role[codes],
            "links": np.where(sight.kind[drawn] == ACCOUNT, sight.degree[drawn], 0) if len(codes) else drawn,
            "posts": posts[codes],
            "posts_in_all": u.n_content[codes],
            "first_at": _times(first[codes], posts[codes] > 0),
            "last_at": _times(last[codes], posts[codes] > 0),
            "tags": [", ".join(context.tags.get(n, ())) for n in nodes] if context.tags else "",
            "operator": [context.operators.get(a, "") for a in u.accounts[codes]] if context.operators else "",
            "selected": [n in state.selected for n in nodes],
        }
    )
    return out, rows, "by identifier"


def _edges(state: ViewState, context: Context, selected: bool) -> tuple[pd.DataFrame, int, str]:
    """Links between accounts, with the columns of `case.edges`; and those to contents and objects."""
    u, sight = context.universe, context.sight(state)
    keep = np.ones(len(sight.a), dtype=bool)
    if selected:
        own = np.fromiter((n in state.selected for n in sight.nodes), bool, len(sight.nodes))
        keep = own[sight.a] | own[sight.b]
    chosen = np.flatnonzero(keep)
    rows = len(chosen)
    order = np.argsort(-sight.weight[chosen], kind="stable")
    chosen = chosen[order][:MOST_ROWS]
    names = np.array(sight.nodes, dtype=object)
    labels = np.array(
        [u.label_of(n) if k != ACCOUNT else "" for n, k in zip(sight.nodes, sight.kind, strict=True)], dtype=object
    )
    accounts = sight.kind == ACCOUNT
    labels[accounts] = u.label[sight.code[accounts]]
    a, b, relation = sight.a[chosen], sight.b[chosen], sight.relation[chosen]
    titles = np.array([u.title(r) for r in sight.relations], dtype=object)
    out = pd.DataFrame(
        {
            "a": names[a],
            "b": names[b],
            "label_a": labels[a],
            "label_b": labels[b],
            "relation": np.array(sight.relations, dtype=object)[relation] if rows else [],
            "title": titles[relation] if rows else [],
            "weight": sight.weight[chosen],
            "merged": sight.merged[chosen],
        }
    )
    more = [c for c in ("n_objects", "n_acts", "expected", "lift", "q", "unusual", "symmetry") if c in u.edges]
    more += [c for c in ("first_at", "last_at", "mean_lag_s", "share_a_first") if c in u.edges]
    row = sight.row[chosen]
    beside = u.edges[more].reset_index(drop=True).reindex(np.where(row >= 0, row, -1))
    out[more] = beside.set_axis(out.index)
    return out, rows, "the strongest"


def _contents(state: ViewState, context: Context, selected: bool) -> tuple[pd.DataFrame, int, str]:
    u, sight = context.universe, context.sight(state)
    contents = u.links.contents_of(_seen_accounts(state, context, selected))
    contents = contents[_in_time(state, u.links.content_at[contents])]
    rows = len(contents)
    contents = contents[np.argsort(u.links.content_at[contents], kind="stable")][:MOST_ROWS]
    ids = u.links.content_ids(contents)
    owner = u.links.content_account[contents]
    texts = texts_of(context, ids)
    out = pd.DataFrame(
        {
            "node": [f"content:{i}" for i in ids],
            "content_id": ids,
            "account": u.nodes[owner],
            "label": u.label[owner],
            "at": _times(u.links.content_at[contents], np.ones(len(ids), bool)),
            "text": texts,
            "on_canvas": [f"content:{i}" in sight.shown for i in ids],
        }
    )
    return out, rows, "the earliest"


def texts_of(context: Context, ids: list[str], length: int = TEXT) -> list[str]:
    """The texts of some contents, cut."""
    con = context.universe.con
    con.register("wanted_rows", pd.DataFrame({"content_id": pd.Series(ids, dtype=object), "i": range(len(ids))}))
    try:
        found = frame(
            con,
            f"select i, left(text, {int(length)}) as text from content join wanted_rows using (content_id) order by i",
        )
    finally:
        con.unregister("wanted_rows")
    return found.set_index("i")["text"].reindex(range(len(ids))).fillna("").tolist()


def _objects(state: ViewState, context: Context, selected: bool) -> tuple[pd.DataFrame, int, str]:
    sight = context.sight(state)
    keep = sight.kind == OBJECT
    if selected:
        keep &= np.fromiter((n in state.selected for n in sight.nodes), bool, len(sight.nodes))
    nodes = sight.take(keep)
    out = pd.DataFrame(
        {
            "node": nodes,
            "type": [n.partition(":")[0] for n in nodes],
            "object": [n.partition(":")[2] for n in nodes],
            "links": sight.degree[keep],
        }
    )
    return out.head(MOST_ROWS), len(out), "by name"


def _times(us: Ints, known: np.ndarray) -> pd.Series:
    out = pd.Series(pd.to_datetime(np.where(known, us, 0), unit="us", utc=True)).astype("datetime64[us, UTC]")
    return out.where(known)


def brush(state: ViewState, context: Context, bins: int = BINS) -> dict[str, Any]:
    """The posts of the accounts on the canvas over time: what the time brush shows.

    The accounts are those that pass everything but the time, so that the picture around the brush stays.

    Returns
    -------
    dict
        `bins` (posts in each), `selected` (those by selected accounts), `from_us`, `to_us`, `step_us` (bin i begins at
        from_us + i * step_us), `range` ([start, end] or None), `total`, `step` (in words).
    """
    from dataclasses import replace

    from ..duration import say

    u = context.universe
    all_time = replace(state, time=None)
    contents = u.links.contents_of(context.sight(all_time).accounts)
    at = u.links.content_at[contents]
    chosen = np.zeros(len(u.accounts), dtype=bool)
    chosen[_seen_accounts(state, context, True)] = True
    if not len(at):
        return {
            "bins": [],
            "selected": [],
            "from_us": 0,
            "to_us": 0,
            "step_us": 1,
            "range": None,
            "total": 0,
            "step": "",
        }
    low, high = int(at.min()), int(at.max())
    seconds = next((s for s in _STEPS_S if (high - low) / 1e6 / s < bins - 1), 604800 * max(1, -(-(high - low) // (604800_000_000 * (bins - 1)))))  # fmt: skip
    step = int(seconds) * 1_000_000
    start = low // step * step
    n = int((high - start) // step) + 1
    which = (at - start) // step
    mine = chosen[u.links.content_account[contents]]
    return {
        "bins": np.bincount(which, minlength=n),
        "selected": np.bincount(which[mine], minlength=n),
        "from_us": start,
        "to_us": start + n * step,
        "step_us": step,
        "range": list(state.time) if state.time else None,
        "total": len(at),
        "step": say(step / 1e6),
    }


def counts(state: ViewState, context: Context) -> dict[str, int]:
    """What is visible, in numbers."""
    sight = context.sight(state)
    return {
        "accounts": len(sight.accounts),
        "contents": int((sight.kind == 1).sum()),
        "objects": int((sight.kind == OBJECT).sum()),
        "nodes": len(sight.nodes),
        "links": len(sight.a),
        "selected": len(state.selected),
        "hidden": len(state.hidden & frozenset(state.places)),
        "pinned": len(state.pinned),
        "on_canvas": len(state.places),
    }


def summary(state: ViewState, context: Context) -> str:
    """The view in a sentence or two, for the status line and for who cannot see the picture."""
    n = counts(state, context)
    said = [f"{n['accounts']:,} accounts"]
    said += [f"{n['contents']:,} posts"] if n["contents"] else []
    said += [f"{n['objects']:,} objects"] if n["objects"] else []
    said += [f"{n['links']:,} links", f"{n['selected']:,} selected"]
    said += [f"{n['hidden']:,} hidden"] if n["hidden"] else []
    out = ", ".join(said)
    if state.time is not None:
        span = " to ".join(pd.Timestamp(v, unit="us").strftime("%Y-%m-%d %H:%M") for v in state.time)
        out += f"; only {span} UTC"
    if state.selected and len(state.selected) <= 3:
        out += "; selected: " + ", ".join(plain(context.label(v)) for v in sorted(state.selected))
    return out + "."


def find(text: str, state: ViewState, context: Context, limit: int = 20) -> pd.DataFrame:
    """Accounts and objects of the whole case whose name holds a text: node, label, kind, on_canvas; exact ones first."""
    u = context.universe
    words = text.casefold().strip()
    rows: list[tuple[str, str, str, bool]] = []
    if words:
        names = pd.Series(u.accounts, dtype=object).str.casefold().str.contains(words, regex=False)
        names |= pd.Series(u.label, dtype=object).str.casefold().str.contains(words, regex=False)
        hits = np.flatnonzero(names.to_numpy(bool))
        exact = np.array([words not in (u.accounts[i].casefold(), str(u.label[i]).casefold()) for i in hits])
        hits = hits[np.lexsort((hits, -u.n_content[hits], exact))][:limit] if len(hits) else hits
        rows = [
            (n, str(u.label[i]), "account", n in state.places)
            for n, i in zip(u.names(ACCOUNT, hits), hits, strict=True)
        ]
        for node in u.links.objects_with(words, limit - len(rows)):
            rows.append((node, node.partition(":")[2], node.partition(":")[0], node in state.places))
    return pd.DataFrame(rows, columns=["node", "label", "kind", "on_canvas"])
