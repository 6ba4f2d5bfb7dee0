"""Commands for a case: new, load, verify."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import EXIT_PARTIAL, TamperError
from . import show
from .arguments import CaseDir, File, Json, Map, Mapping, Option, SourceName, existing_file, source_options


def register(app: typer.Typer) -> None:
    app.command("new")(new)
    app.command("load")(load)
    app.command("verify")(verify)


def new(
    case_dir: CaseDir,
    title: Annotated[str, typer.Option("--title", help="What the case is called in reports.")] = "",
    purpose: Annotated[
        str, typer.Option("--purpose", help="Why personal data are processed; printed in reports.")
    ] = "",
    json: Json = False,
) -> None:
    """Make a case folder."""
    from ..case import Case

    case = Case.create(case_dir, title=title, purpose=purpose)
    if json:
        show.as_json({"case": str(case.path), "title": case.title})
    else:
        show.say(f"new case: {case.path}", f"next: investigate load {case_dir} FILE --source NAME")


def load(
    case_dir: CaseDir,
    file: File,
    source: SourceName = "csv",
    mapping: Mapping = None,
    map_: Map = None,
    option: Option = None,
    json: Json = False,
) -> None:
    """Read an export file into a case.

    A file that is already there is left alone."""
    from dataclasses import asdict

    from ..case import Case
    from ..tables import OPTIONAL

    options = source_options(mapping, map_, option)
    case = Case.open(case_dir)
    case.refuse_if_held()
    with show.working(f"loading {file.name}", quiet=json):
        dataset = case.load(existing_file(file), source, **options)
    if json:
        show.as_json(asdict(dataset))
        return
    aside = sum(dataset.set_aside.values())
    held = [f"{dataset.n_accounts:,} accounts", f"{dataset.n_content:,} contents", f"{dataset.n_actions:,} actions"]
    others = []
    for name in OPTIONAL:
        count = case.sql(f"select count(*) as n from {name} where dataset_id = '{dataset.dataset_id}'")["n"].item()
        others += [f"{count:,} {name}"] if count else []
    show.say(
        f"loaded {dataset.file} as {dataset.dataset_id}: {dataset.rows_read:,} rows read, {aside:,} set aside",
        ", ".join([*(held if dataset.n_content or not others else []), *others]),
        f"{dataset.first_at} to {dataset.last_at}, times to {dataset.resolution_s:g} s",
    )
    for reason, count in dataset.set_aside.items():
        show.say(f"set aside, {reason}: {count:,}")
    for line in dataset.notes:
        show.say(f"note: {line}")


def verify(case_dir: CaseDir, json: Json = False) -> None:
    """Check that nothing in a case was changed.

    The chain of the log, the hash of every data file, the manifest and files of every run, and the rows of every exhibit
    are checked; what a crash left unfinished is named."""
    from ..case import Case
    from ..runs.manifest import run_folders

    case = Case.open(case_dir)
    with show.working(f"verifying {case_dir.name}", quiet=json):
        changed, unfinished = case.verify(), case.incomplete
    if json:
        show.as_json(
            {"case": str(case.path), "ok": not changed and not unfinished, "changed": changed, "unfinished": unfinished}
        )
    else:
        show.say(*(f"changed: {p}" for p in changed), *(f"unfinished: {p}" for p in unfinished))
    if changed:
        raise TamperError(
            f"{len(changed)} problems: {changed[0]}", str(case.path), "restore the case from a copy, or start a new one"
        )
    if unfinished:
        raise typer.Exit(EXIT_PARTIAL)
    if not json:
        entries, runs = len(case.log.entries()), len(run_folders(case.path))
        show.say(
            f"whole: {entries} log entries, {len(case.datasets)} data sets and {runs} runs agree with their hashes"
        )
