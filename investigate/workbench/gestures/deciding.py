"""What people decide about nodes: tags, and which accounts one operator runs. Each becomes an entry of the case log.

Undoing one appends its retraction; the data stay as they were loaded.
"""

from __future__ import annotations

from ...errors import InputError
from ..context import Context, as_nodes
from ..gesture import Change, Record, gesture
from ..state import ViewState
from ..universe import ACCOUNT, BUNDLE, COMMUNITY


def _recordable(context: Context, nodes: list[str]) -> list[str]:
    """The nodes as the case log names them: accounts by their identifier."""
    u, out = context.universe, []
    kinds, codes = u.codes(nodes)
    for node, kind, code in zip(nodes, kinds.tolist(), codes.tolist(), strict=True):
        if kind in (BUNDLE, COMMUNITY) or kind < 0:
            raise InputError(
                f"'{context.label(node)}' stands for many",
                "nodes",
                "choose accounts, contents or objects; expand() opens it",
            )
        out.append(str(u.accounts[code]) if kind == ACCOUNT else node)
    return out


def _accounts(context: Context, a: str, b: str) -> dict[str, str]:
    kinds, codes = context.universe.codes([a, b])
    if (kinds != ACCOUNT).any():
        raise InputError("only accounts have an operator", "arguments a and b", "choose two accounts")
    first, second = context.universe.accounts[codes]
    return {"a": str(first), "b": str(second)}


def _reason(reason: str) -> str:
    if not str(reason).strip():
        raise InputError("the reason is missing", "argument reason", "say why in a sentence; it goes into the case log")
    return str(reason).strip()


@gesture(title="Tag", summary="Puts a tag on nodes, with a reason.", group="decide")
def tag(state: ViewState, context: Context, nodes: list[str], name: str, reason: str = "") -> Change:
    """Put a tag on accounts, contents or objects; an entry of the case log."""
    wanted = as_nodes(nodes)
    record = Record("tag", {"node": _recordable(context, wanted), "name": name, "reason": reason})
    return Change(state, f"Tagged {context.named(wanted)} as '{name}'", records=(record,))


@gesture(title="Remove a tag", summary="Takes a tag off nodes, with a reason.", group="decide")
def untag(state: ViewState, context: Context, nodes: list[str], name: str, reason: str = "") -> Change:
    """Take a tag off; an entry of the case log."""
    wanted = as_nodes(nodes)
    record = Record("untag", {"node": _recordable(context, wanted), "name": name, "reason": reason})
    return Change(state, f"Took the tag '{name}' off {context.named(wanted)}", records=(record,))


@gesture(
    title="Same operator", summary="States that one operator runs two accounts; they are drawn as one.", group="decide"
)
def merge(state: ViewState, context: Context, a: str, b: str, reason: str) -> Change:
    """State that one operator runs both accounts; they are drawn as one node. Refused where it contradicts what is held."""
    args = {**_accounts(context, a, b), "reason": _reason(reason)}
    return Change(state, f"Same operator: {context.named([a, b])}", records=(Record("same", args),))


@gesture(title="Different operators", summary="States that different operators run two accounts.", group="decide")
def differ(state: ViewState, context: Context, a: str, b: str, reason: str) -> Change:
    """State that different operators run the two accounts. Refused where it contradicts what is held."""
    args = {**_accounts(context, a, b), "reason": _reason(reason)}
    return Change(state, f"Different operators: {context.named([a, b])}", records=(Record("different", args),))


@gesture(
    title="Unsure", summary="States that it cannot be told whether one operator runs two accounts.", group="decide"
)
def unsure(state: ViewState, context: Context, a: str, b: str, reason: str) -> Change:
    """State that it cannot be told whether one operator runs both."""
    args = {**_accounts(context, a, b), "reason": _reason(reason)}
    return Change(state, f"Unsure whether one operator: {context.named([a, b])}", records=(Record("unsure", args),))


@gesture(
    title="Split", summary="Takes back what was stated of two accounts; they are drawn apart again.", group="decide"
)
def split(state: ViewState, context: Context, a: str, b: str, reason: str) -> Change:
    """Take back what was stated of exactly these two accounts."""
    args = {**_accounts(context, a, b), "reason": _reason(reason)}
    return Change(
        state, f"Took back what was stated of {context.named([a, b])}", records=(Record("forget_identity", args),)
    )
