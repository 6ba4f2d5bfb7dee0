"""Commands for public data sets: data list, data get. The only ones that may use the network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID

from . import show
from .arguments import Json

app = typer.Typer(
    help="Public data sets for tests, training and demonstrations.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(json: Json = False) -> None:
    """List the public data sets, with licences."""
    from ..datasets import catalogue

    entries = list(catalogue().values())
    if json:
        show.as_json([entry.to_dict() for entry in entries])
        return
    show.table(
        ("name", "size", "licence", "what it is"), [(e.name, _size(e.size), e.licence, e.title) for e in entries]
    )


@app.command("get")
def get(
    name: Annotated[str, typer.Argument(help="A name from `investigate data list`.", metavar="NAME")],
    to: Annotated[Path, typer.Option("--to", help="The folder the files go to.", metavar="FOLDER")] = Path("data/raw"),
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="A local copy to take instead of the network.", metavar="FILE_OR_FOLDER"),
    ] = None,
    json: Json = False,
) -> None:
    """Fetch a public data set and check its hash."""
    from .. import datasets

    entry = datasets.find(name)
    show.note(f"{entry.title}", f"licence: {entry.licence}", f"cite: {entry.cite}")
    with show.progress(quiet=json) as bar:
        tasks: dict[str, TaskID] = {}

        def step(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file)
            bar.update(tasks[file], completed=done, total=total or done)

        fetched = datasets.get(entry, to, from_, step)
    if json:
        show.as_json(
            [{"path": str(f.path), "size": f.size, "sha256": f.sha256, "verified": f.verified} for f in fetched]
        )
        return
    for file in fetched:
        state = "already there" if file.was_there else "fetched"
        show.say(f"{state}: {file.path} ({file.size:,} bytes)")
        show.say(
            f"SHA-256: {file.sha256}"
            + ("" if file.verified else " (no hash was known beforehand: compare it with a colleague's)")
        )


def _size(size: int | None) -> str:
    if size is None:
        return "?"
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
