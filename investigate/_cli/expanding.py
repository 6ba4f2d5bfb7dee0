"""The command that starts from reported accounts, objects or contents: expand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import show
from .arguments import CaseDir, Json


def register(app: typer.Typer) -> None:
    app.command("expand")(expand)


def expand(
    case_dir: CaseDir,
    seed: Annotated[
        list[str],
        typer.Option(
            "--seed",
            help="An account, a handle, content:ID, or an object with its type in front, like url:https://... or hashtag:x; "
            "may be repeated.",
        ),
    ],
    relation: Annotated[
        list[str] | None,
        typer.Option(
            "--relation",
            "-r",
            help="A rule that links accounts; by default all that are on by default; may be repeated.",
        ),
    ] = None,
    window: Annotated[
        str, typer.Option("--window", "-w", help="Longest time between two actions that match: 60s, 5m, or auto.")
    ] = "auto",
    hops: Annotated[
        int, typer.Option("--hops", min=1, help="Newcomers over the threshold are the seeds of the next hop.")
    ] = 1,
    rank: Annotated[str, typer.Option("--rank", help="surprise, acts, seeds or share.")] = "surprise",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Accounts listed.")] = 20,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the list to a file too: .csv, .parquet or .arrow.")
    ] = None,
    json: Json = False,
) -> None:
    """List the accounts linked to reported ones, with reasons.

    The links of everybody with everybody are never computed. A high rank says that an account does what the seeds do,
    at the same time, far more often than others; not that it belongs to them."""
    if out is not None and out.suffix.lower() not in (".csv", ".parquet", ".arrow"):
        raise InputError(
            f"a list cannot be written as '{out.name}'", "option --out", "end it in .csv, .parquet or .arrow"
        )
    from ..case import Case

    case = Case.open(case_dir)
    try:
        with show.working("expanding", quiet=json):
            found = case.expand(seed, relation, window, hops=hops, rank=rank, limit=limit)
        labels = case.labels()
    finally:
        case.close()
    written = None
    if out is not None:
        from ..export import write_table

        written = str(write_table(found.newcomers, out))
    if json:
        show.as_json(_document(found, written))
        return
    _say(found, labels)
    if written:
        show.say(f"written: {written}")


def _document(found: Any, written: str | None) -> dict[str, Any]:
    seeds = found.seeds
    return {
        "seeds": {"accounts": seeds.accounts, "objects": seeds.objects, "contents": seeds.contents},
        "window_s": found.window_s,
        "newcomers": _rows(found.newcomers),
        "reasons": _rows(found.reasons),
        "touched": _rows(found.touched),
        "notes": found.notes,
        "out": written,
    }


def _rows(table: Any) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: missing values as null, times as text, lists as lists, every digit kept."""
    out = table.copy()
    for name in out.columns:
        if out[name].dtype.kind == "M":
            out[name] = out[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    out = out.astype(object)
    rows = out.where(out.notna(), None).to_dict("records")
    return [{k: list(v) if hasattr(v, "tolist") else v for k, v in row.items()} for row in rows]


def _say(found: Any, labels: Any) -> None:
    over = int(found.newcomers["accepted"].sum())
    show.say(
        f"seeds: {len(found.seeds):,}; accounts listed: {len(found.newcomers):,}, {over:,} of them over the threshold "
        "(linked more often than chance explains)"
    )
    for n in found.newcomers.itertuples():
        label = labels.get(n.account_id, n.account_id)
        name = n.account_id if label == n.account_id else f"{n.account_id} ({label})"
        mark = "" if n.accepted else "  [below the threshold]"
        hop = f"  hop {n.hop}" if len(found.hops) > 1 else ""
        show.say(f"{n.rank:>4}  {name}  q={n.q:.2g}{hop}{mark}", f"      {n.reason}")
    for note in found.notes:
        show.say(f"note: {note}")
    for t in found.touched.itertuples():
        skipped = (
            f"; {t.objects_skipped:,} objects with {t.rows_skipped:,} actions left out" if t.objects_skipped else ""
        )
        show.say(
            f"touched: hop {t.hop}, {t.relation}: {t.rows_touched:,} of {t.rows_all:,} actions compared, "
            f"{t.matches:,} matches{skipped}"
        )
