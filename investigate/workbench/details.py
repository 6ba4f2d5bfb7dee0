"""What is known about one node or one link: facts, the rows behind it side by side, chance, explanations, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..duration import say
from ..errors import InputError
from ..relations import RELATIONS
from ..views._format import format_number
from ..views._html import plain
from .context import Context
from .state import ViewState
from .tables import texts_of
from .universe import ACCOUNT, BUNDLE, COMMUNITY, CONTENT, KINDS, OBJECT

ROWS = 50  # pairs of posts, contents and links shown; how many there are is always said
TEXT = 2_000


def details(target: str | Sequence[str], state: ViewState, context: Context) -> dict[str, Any]:
    """What is known about a node, or about a link given as [a, b, relation].

    Returns
    -------
    dict
        For a node: `node`, `kind`, `title`, `sub`, `facts` (pairs of name and value), `tags`, `identity`, `linked` (its
        strongest links), `n_linked`, `contents`, `n_contents`, `findings`, `exhibits`, `notes`. For a link: `edge`,
        `ends`, `title`, `sub`, `facts`, `chance` (sentences), `explanations` (of the findings it belongs to), `objects`,
        `n_objects`, `pairs` (posts side by side, with gap and who was first), `n_pairs`, `findings`, `exhibits`,
        `notes`. Everything is fit for showing as text; texts of posts stand in `text` alone.
    """
    if isinstance(target, str):
        (node,) = context.known([target]) if target not in state.places else [target]
        return _node(node, state, context)
    link = [str(v) for v in target]
    a, b, relation = link[:3]
    rows = context.rows_of(state, link)
    if len(rows) == 1:
        return _edge(rows[0], relation, context)
    context.known([a, b])
    out = _plain_link(a, b, relation, context)
    if not rows and not out["n_contents"]:
        raise InputError(
            f"there is no link '{relation}' between these nodes",
            f"{context.label(a)} and {context.label(b)}",
            "see table('edges') for the links",
        )
    out["linked"] = [_link_row(row, context) for row in rows[:ROWS]]
    for row in out["linked"]:
        row["edge"].append("own")
    out["n_linked"] = len(rows)
    out["notes"] = [f"{len(rows):,} links drawn as one."] if rows else []
    return out


# -- a node ----------------------------------------------------------------------------------------------------------


def _node(node: str, state: ViewState, context: Context) -> dict[str, Any]:
    u = context.universe
    (kind,), (code,) = (v.tolist() for v in u.codes([node]))
    out: dict[str, Any] = {
        "node": node,
        "kind": u.kind_name(kind, node) if kind >= 0 else "gone",
        "title": context.label(node, 200),
        "sub": plain(u.kind_name(kind, node)) if kind >= 0 else "not in the case any more",
        "facts": [],
        "tags": _tags(node, context),
        "identity": [],
        "linked": [],
        "n_linked": 0,
        "contents": [],
        "n_contents": 0,
        "findings": [],
        "exhibits": _exhibits(context, node),
        "notes": [],
    }
    if kind == ACCOUNT:
        _account(out, code, state, context)
    elif kind == CONTENT:
        owner = int(u.links.content_account[code])
        out["contents"] = posts(np.array([code]), context)
        out["n_contents"] = 1
        out["sub"] = f"post by {context.label(str(u.nodes[owner]))}"
        acted = [n for t in u.types for n in u.names(OBJECT, u.neighbours(CONTENT, code, t).codes)]
        out["facts"] = [[plain(n.partition(":")[0]), plain(n.partition(":")[2])] for n in acted[:ROWS]]
    elif kind == OBJECT:
        by, on = u.neighbours(OBJECT, code, "account"), u.neighbours(OBJECT, code, "content")
        out["facts"] = [["Accounts", len(by.codes)], ["Posts", len(on.codes)], *_span(on.first, on.last)]
        out["contents"], out["n_contents"] = posts(on.codes[:ROWS], context), len(on.codes)
    elif kind == BUNDLE:
        from .picture import bundled

        out["sub"] = "neighbours that are not on the canvas"
        out["facts"] = [["Neighbours", bundled(context, state, node)]]
        out["notes"] = ["Expanding it adds the next strongest."]
    elif kind == COMMUNITY:
        _community(out, code, context)
    return out


def _account(out: dict[str, Any], code: int, state: ViewState, context: Context) -> None:
    u, case = context.universe, context.case
    account, node = str(u.accounts[code]), str(u.nodes[code])
    contents = u.links.contents_of(np.array([code]))
    at = u.links.content_at[contents]
    facts: list[list[Any]] = [["Identifier", plain(account)], ["Posts", int(u.n_content[code])], *_span(at, at)]
    if u.community[code]:
        facts += [["Group", int(u.community[code])], ["Role in it", str(u.role[code])]]
    own = case.sql(f"select * from accounts where account_id = '{account.replace(chr(39), chr(39) * 2)}' limit 1")
    for name, title in _PROFILE.items():
        value = own[name].iloc[0] if len(own) and name in own else None
        if value is not None and not pd.isna(value) and str(value) != "":
            facts.append([title, plain(value) if not isinstance(value, np.integer | int) else int(value)])
    out["facts"] = facts
    rows = np.concatenate([u.rows_at(code, r)[0] for r in u.relations] or [np.zeros(0, np.int64)])
    rows = rows[np.lexsort((rows, -u.weight[rows], ~u.telling[rows]))]
    out["n_linked"] = len(rows)
    for row in rows[:ROWS].tolist():
        other = str(u.nodes[u.b[row] if u.a[row] == code else u.a[row]])
        out["linked"].append({**_link_row(row, context), "node": other, "label": context.label(other)})
    shown = contents if state.time is None else contents[(at >= state.time[0]) & (at <= state.time[1])]
    out["contents"], out["n_contents"] = posts(shown[:ROWS], context), len(shown)
    out["findings"] = _findings(context, {account})
    held = getattr(case, "identities", None)
    for statement in held().statements if held else ():
        if account in (statement.a, statement.b):
            out["identity"].append(plain(str(statement)))
    if state.time is not None:
        out["notes"].append("Posts of the chosen time only.")
    if node != account:
        out["notes"].append("Its identifier looks like another kind of node, so it carries 'account:' in front.")


_PROFILE = {
    "handle": "Handle",
    "display_name": "Name",
    "platform": "Platform",
    "created_at": "Made",
    "followers": "Followers",
    "following": "Follows",
    "language": "Language",
    "region": "Region",
}


def _community(out: dict[str, Any], number: int, context: Context) -> None:
    u, case = context.universe, context.case
    members = u.members_of[number]
    core = int((u.role[members] == "core").sum())
    out["facts"] = [["Accounts", len(members)], ["Core accounts", core]]
    objects = case.objects[case.objects["community"] == number].head(8) if len(case.objects) else case.objects
    for row in objects.itertuples():
        out["facts"].append([plain(row.object_type), f"{plain(row.object_id)} ({row.n_members:,} members)"])
    out["findings"] = _findings(context, set(u.accounts[members].tolist()), whole=True)
    out["notes"] = ["Expanding it shows its accounts."]


def posts(codes: np.ndarray, context: Context) -> list[dict[str, Any]]:
    """Contents as rows: id, node, who, at, text."""
    u = context.universe
    ids = u.links.content_ids(codes)
    texts = texts_of(context, ids, TEXT) if ids else []
    return [
        {
            "id": content_id,
            "node": f"content:{content_id}",
            "who": context.label(str(u.nodes[u.links.content_account[code]])),
            "at": _time(int(u.links.content_at[code])),
            "text": plain(text),
        }
        for content_id, code, text in zip(ids, codes.tolist(), texts, strict=True)
    ]


# -- a link ----------------------------------------------------------------------------------------------------------


def _edge(row: int, relation: str, context: Context) -> dict[str, Any]:
    u, case = context.universe, context.case
    edge = u.edges.iloc[row]
    one, other = str(u.nodes[u.a[row]]), str(u.nodes[u.b[row]])
    evidence = case.evidence((edge["account_a"], edge["account_b"]), relation)
    objects = evidence.groupby("object_id", sort=False).size().sort_values(ascending=False, kind="stable")
    findings = _findings(context, {edge["account_a"], edge["account_b"]})
    return {
        "edge": [one, other, relation],
        "ends": [{"id": n, "label": context.label(n, 80)} for n in (one, other)],
        "title": f"{context.label(one)} and {context.label(other)}",
        "sub": u.title(relation) + (", unusual" if u.unusual[row] else ", not unusual"),
        "facts": _edge_facts(edge, context.label(one), context.label(other)),
        "chance": _chance(edge, case),
        "explanations": _explanations(context, findings),
        "objects": [
            {"label": plain(k), "words": f"{n:,} pairs" if n != 1 else "1 pair"} for k, n in objects.head(ROWS).items()
        ],
        "n_objects": len(objects),
        "pairs": [_pair(r, context.label(one), context.label(other)) for r in evidence.head(ROWS).to_dict("records")],
        "n_pairs": len(evidence),
        "findings": findings,
        "exhibits": _exhibits(context, [one, other, relation]),
        "notes": [RELATIONS.get(relation).caveat] if relation in RELATIONS else [],
    }


def _edge_facts(edge: pd.Series, a: str, b: str) -> list[list[Any]]:
    facts: list[list[Any]] = [["Weight", format_number(float(edge["weight"]))]]
    facts += [["Objects", int(edge["n_objects"])], ["Pairs of acts", int(edge["n_pairs"])]]
    facts += [[f"Posts of {a} in it", int(edge["n_content_a"])], [f"Posts of {b} in it", int(edge["n_content_b"])]]
    for name, title in (("first_at", "First"), ("last_at", "Last")):
        if pd.notna(edge[name]):
            facts.append([title, edge[name].strftime("%Y-%m-%d %H:%M:%S UTC")])
    if pd.notna(edge["mean_lag_s"]):
        facts.append(["Mean gap", say(round(float(edge["mean_lag_s"]), 1))])
    if pd.notna(edge["share_a_first"]):
        facts.append([f"{a} came first", f"{float(edge['share_a_first']):.0%} of {int(edge['n_ordered']):,}"])
    return facts


def _chance(edge: pd.Series, case: Any) -> list[str]:
    """What chance would give, in a sentence or two."""
    if pd.isna(edge["expected"]):
        return (
            ["There is no expectation by chance for this relation."] if pd.isna(edge["q"]) else [f"q {edge['q']:.2g}."]
        )
    acts = format_number(int(edge["n_acts"])) if pd.notna(edge["n_acts"]) else format_number(float(edge["weight"]))
    out = [f"{acts} matching acts; {format_number(float(edge['expected']))} are expected by chance."]
    out.append(
        f"After adjusting for all pairs tested, q is {edge['q']:.2g}; {case.settings.fdr_q:g} or less counts as unusual."
    )
    return out


def _pair(row: dict[str, Any], a: str, b: str) -> dict[str, Any]:
    """One pair of posts side by side. Evidence of relations without times has none."""
    lag = row.get("lag_s")
    out: dict[str, Any] = {"object": plain(row["object_id"]), "gap": "", "gap_s": None, "first": ""}
    if lag is not None and pd.notna(lag):
        at_a, at_b = row["at_a"], row["at_b"]
        out["gap_s"] = float(abs(lag))
        out["gap"] = say(round(abs(float(lag)), 3))
        out["first"] = "at the same time" if at_a == at_b else f"{a if at_a < at_b else b} first"
    for side, name in (("a", a), ("b", b)):
        at = row.get(f"at_{side}")
        out[side] = {
            "id": _text(row.get(f"content_{side}")),
            "who": name,
            "at": at.strftime("%Y-%m-%d %H:%M:%S") if at is not None and pd.notna(at) else "",
            "text": plain(_text(row.get(f"text_{side}"))[:TEXT]),
            "row": _text(row.get(f"row_{side}")),
        }
    return out


def _link_row(row: int, context: Context) -> dict[str, Any]:
    """One edge of the case in a line."""
    u = context.universe
    one, other, relation = str(u.nodes[u.a[row]]), str(u.nodes[u.b[row]]), u.relations[u.relation[row]]
    words = f"{u.title(relation)}: {format_number(u.weight[row])}" + (", unusual" if u.unusual[row] else "")
    return {"label": f"{context.label(one)} and {context.label(other)}", "words": words, "edge": [one, other, relation]}


def _plain_link(a: str, b: str, relation: str, context: Context) -> dict[str, Any]:
    """A link to a content or an object, or several links drawn as one."""
    u = context.universe
    kinds, codes = (v.tolist() for v in u.codes([a, b]))
    names = [context.label(n) for n in (a, b)]
    out: dict[str, Any] = {
        "edge": [a, b, relation],
        "ends": [{"id": n, "label": label} for n, label in zip((a, b), names, strict=True)],
        "title": f"{names[0]} and {names[1]}",
        "sub": u.title(relation),
        "facts": [], "chance": [], "explanations": [], "objects": [], "n_objects": 0, "pairs": [], "n_pairs": 0,
        "contents": [], "n_contents": 0, "findings": [], "exhibits": [], "notes": [],
    }  # fmt: skip
    if kinds == [ACCOUNT, OBJECT]:
        on = u.neighbours(OBJECT, codes[1], "content").codes
        own = on[u.links.content_account[on] == codes[0]]
        out["facts"] = [["Posts", len(own)], *_span(u.links.content_at[own], u.links.content_at[own])]
        out["contents"], out["n_contents"] = posts(own[:ROWS], context), len(own)
    elif CONTENT in kinds:
        one = codes[kinds.index(CONTENT)]
        out["contents"], out["n_contents"] = posts(np.array([one]), context), 1
    return out


# -- what people and the method said -----------------------------------------------------------------------------------


def _tags(node: str, context: Context) -> list[dict[str, str]]:
    ask = getattr(context.case, "tags", None)
    held = ask() if ask and node in context.tags else None
    if held is None:
        return []
    mine = held[[context.node_named(n) == node for n in held["node"]]]
    return [
        {"name": plain(r.tag), "words": f"{plain(r.reason)} ({plain(r.by)}, {r.at})".strip()} for r in mine.itertuples()
    ]


def _exhibits(context: Context, ref: Any) -> list[str]:
    ask = getattr(context.case, "exhibits", None)
    wanted = {str(ref), str(ref).removeprefix("content:"), str(ref).removeprefix("community:")}
    out = []
    for e in ask() if ask else ():
        same = sorted(map(str, e.ref)) == sorted(map(str, ref)) if isinstance(ref, list) and not isinstance(e.ref, str) else str(e.ref) in wanted  # fmt: skip
        if same and not e.retracted:
            out.append(e.number)
    return out


def _findings(context: Context, accounts: set[str], whole: bool = False) -> list[dict[str, str]]:
    """The findings that all of the accounts belong to, or, for a whole group, that have most of it."""
    out = []
    for f in context.case.findings:
        inside = len(accounts & set(f.members))
        if inside == len(accounts) or (whole and 2 * inside > len(accounts)):
            out.append({"id": f.finding_id, "title": plain(f.title), "grade": f.evidence_grade, "status": f.status})
    return out


def _explanations(context: Context, findings: list[dict[str, str]]) -> list[dict[str, str]]:
    wanted, out = {f["id"] for f in findings}, []
    for f in context.case.findings:
        for x in f.alternatives if f.finding_id in wanted else ():
            out.append(
                {"title": plain(x.name), "result": x.verdict, "text": plain(x.result), "checked": plain(x.checked)}
            )
    return out


def _span(first: np.ndarray, last: np.ndarray) -> list[list[str]]:
    if not len(first):
        return []
    return [["First", _time(int(first.min()))], ["Last", _time(int(last.max()))]]


def _time(us: int) -> str:
    return pd.Timestamp(us, unit="us").strftime("%Y-%m-%d %H:%M:%S")


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)


__all__ = ["KINDS", "ROWS", "details", "posts"]
