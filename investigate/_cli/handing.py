"""Commands for what leaves a run: brief, handover, workbook, wording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_origin

import typer

from ..errors import EXIT_INPUT, InputError, unknown
from . import show
from .arguments import File, Json, existing_file

RunDir = Annotated[Path, typer.Argument(help="A run's folder, CASE/runs/...", metavar="RUN_DIR")]
Sharing = Annotated[
    str,
    typer.Option(
        "--sharing", help="The traffic-light label: RED, AMBER+STRICT, AMBER, GREEN or CLEAR.", metavar="LABEL"
    ),
]


def register(app: typer.Typer) -> None:
    app.command("brief")(brief)
    app.command("handover")(handover)
    app.command("workbook")(workbook)
    app.command("wording")(wording)


def brief(
    run_dir: RunDir,
    audience: Annotated[
        list[str] | None,
        typer.Option(
            "--audience",
            "-a",
            help="legal, public_policy, core_policy, sales, product or leadership; may be repeated; all of them by default.",
            metavar="NAME",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Another folder than RUN_DIR/briefs.", metavar="FOLDER")
    ] = None,
    sharing: Sharing = "AMBER+STRICT",
    approved_by: Annotated[
        str, typer.Option("--approved-by", help="Who has read and approved it; a draft without.", metavar="NAME")
    ] = "",
    next_update: Annotated[
        str, typer.Option("--next-update", help="When the reader hears again, in words.", metavar="TEXT")
    ] = "",
    min_cell: Annotated[
        int, typer.Option("--min-cell", help="Smallest count printed for sales and partners, 3 to 50.", metavar="N")
    ] = 5,
    json: Json = False,
) -> None:
    """Write one-page briefs of a run as Markdown and DOCX.

    Each says what is known, not known and assessed, and when the next update comes."""
    from ..briefs import write_briefs

    made = write_briefs(
        run_dir,
        audience or (),
        out=out,
        sharing=sharing,
        approved_by=approved_by,
        next_update=next_update,
        min_cell=min_cell,
    )
    if json:
        show.as_json(
            {
                "briefs": [
                    {
                        "audience": b.audience.name,
                        "words": b.n_words,
                        "files": [str(f) for f in files],
                        "wording": [str(p) for p in b.problems],
                    }
                    for b, files in made
                ]
            }
        )
        return
    for b, files in made:
        show.say(f"{b.audience.title} ({b.n_words} words): {files[0]}, {files[1].name}")
        for problem in b.problems:
            show.note(f"  wording, {problem}")


def handover(
    case_or_run: Annotated[Path, typer.Argument(help="A case folder, or a run's folder.", metavar="CASE_OR_RUN")],
    fill: Annotated[
        Path | None,
        typer.Option(
            "--fill", help="The filled-in form: TOML, YAML or JSON; CASE/handover.toml where it exists.", metavar="FILE"
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="One field, such as incoming=Kim; may be repeated.", metavar="FIELD=VALUE"),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Write the form with what the case knows, and stop.")] = False,
    since: Annotated[
        float, typer.Option("--since", help="Hours of the shift, for the count of log entries.", metavar="HOURS")
    ] = 12.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Another folder than CASE/handover/TIME.", metavar="FOLDER")
    ] = None,
    sharing: Sharing = "AMBER+STRICT",
    ack: Annotated[
        bool, typer.Option("--ack", help="Acknowledge the newest hand-over: written to the case log.")
    ] = False,
    by: Annotated[
        str, typer.Option("--by", help="With --ack: your name, as the hand-over has it.", metavar="NAME")
    ] = "",
    questions: Annotated[
        str, typer.Option("--questions", help="With --ack: what is still open to you.", metavar="TEXT")
    ] = "",
    json: Json = False,
) -> None:
    """Write the hand-over to the next shift, or acknowledge it.

    It is refused while an open item has no owner, next action or due time. It becomes handover.md, .html and .json."""
    from .. import briefs
    from ..files import read_json, write_text

    folder, run = _case_of(case_or_run)
    case = _open(folder)
    if ack:
        path, digest = briefs.latest(folder)
        entry = briefs.acknowledge(case, read_json(path), digest, by=by or _me(), questions=questions)
        said = {"acknowledged": str(path), "by": entry["data"]["by"], "log_entry": entry["seq"]}
        show.as_json(said) if json else show.say(
            f"acknowledged by {said['by']} in log entry {said['log_entry']}: {path}"
        )
        return
    if draft:
        path = out / "handover.toml" if out else folder / "handover.toml"
        if path.exists():
            raise InputError("there is a form already", str(path), "fill it in, or move it away")
        write_text(path, briefs.form(briefs.proposed(case, run)))
        show.as_json({"form": str(path)}) if json else show.say(
            f"form: {path}", f"then: investigate handover {case_or_run}"
        )
        return
    fill = fill or (folder / "handover.toml" if (folder / "handover.toml").is_file() else None)
    shift = _with(briefs.read_shift(fill) if fill else briefs.Shift(), set_ or [])
    try:
        made = briefs.make_handover(case, shift, run=run, since_hours=since)
    except briefs.NotReady as error:
        for problem in error.problems:
            show.note(f"- {problem}")
        n = len(error.problems)
        raise InputError(
            f"the hand-over has {n} problem{'' if n == 1 else 's'}, listed above", error.where, error.do
        ) from error
    target = out or folder / "handover" / f"{made.at:%Y-%m-%dT%H%MZ}"
    files = briefs.write_handover(made, target, sharing=sharing)
    from ..files import sha256

    case.log.append("handover_written", at=made.at.isoformat(), run=run, handover_sha256=sha256(files[-1]))
    if json:
        show.as_json({"files": [str(f) for f in files], "wording": [str(p) for p in made.notes]})
        return
    show.say(*(f"hand-over: {f}" for f in files))
    for note in made.notes:
        show.note(f"wording, {note}")
    show.note(f"the incoming person: investigate handover {folder} --ack --by NAME")


def _me() -> str:
    from ..log import actor

    return actor()


def _open(folder: Path) -> Any:
    from ..case import Case

    return Case.open(folder)


def _case_of(path: Path) -> tuple[Path, str]:
    """The case folder and the run's name; the name is empty where the case itself was given."""
    if (path / "manifest.json").is_file() and path.resolve().parent.name == "runs":
        return path.resolve().parent.parent, path.resolve().name
    return path, ""


def _with(shift: Any, words: list[str]) -> Any:
    """The same fields with those given as FIELD=VALUE; `at` is now where nobody said otherwise."""
    from datetime import UTC, datetime

    values = shift.model_dump(exclude_unset=True)
    for word in words:
        name, sign, value = word.partition("=")
        fields = type(shift).model_fields
        if not sign or name not in fields:
            raise (
                unknown("field", name, fields, "option --set")
                if sign
                else InputError(f"'{word}' is not field=value", "option --set", "write --set incoming=Kim")
            )
        if get_origin(fields[name].annotation) is list and fields[name].annotation != list[str]:
            raise InputError(f"'{name}' has parts of its own", "option --set", "write it in a file and give --fill")
        values[name] = [*values.get(name, []), value] if fields[name].annotation == list[str] else value
    if not str(values.get("at") or "").strip():
        values["at"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return type(shift)(**values)


def workbook(
    run_dir: RunDir,
    out: Annotated[
        Path | None, typer.Option("--out", help="Another file than RUN_DIR/tables_all.xlsx.", metavar="FILE")
    ] = None,
    max_rows: Annotated[int, typer.Option("--max-rows", help="Rows per sheet at most.", metavar="N")] = 1_048_575,
    json: Json = False,
) -> None:
    """Write all tables of a run as one XLSX workbook.

    A run itself leaves tables.xlsx with the first 1,000 rows of each."""
    from ..report import write_workbook

    with show.working("writing the workbook", quiet=json):
        path = write_workbook(run_dir, out or run_dir / "tables_all.xlsx", max_rows=max_rows)
    show.as_json({"workbook": str(path)}) if json else show.say(f"workbook: {path}")


def wording(file: File, json: Json = False) -> None:
    """Check a text for certainty, attribution, and likelihood mixed with confidence.

    It reads Markdown, plain text, DOCX, or a run's findings.json. Exit code 2 where something was found."""
    from ..wording import check_wording

    path = existing_file(file)
    if path.suffix.lower() == ".json":
        from ..files import read_json
        from ..wording.record import check_record

        found = check_record(read_json(path))
    else:
        found = [("", p) for p in check_wording(_text(path))]
    if json:
        show.as_json(
            [
                {
                    "in": name,
                    "rule": p.rule,
                    "line": p.line,
                    "start": p.start,
                    "end": p.end,
                    "found": p.found,
                    "why": p.why,
                    "do": p.do,
                }
                for name, p in found
            ]
        )
    else:
        for name, p in found:
            show.say(f"{f'{name}: ' if name else ''}{p}")
        show.note(f"{len(found)} problem{'' if len(found) == 1 else 's'} of wording in {path.name}")
    if found:
        raise typer.Exit(EXIT_INPUT)


def _text(path: Path) -> str:
    if path.suffix.lower() == ".docx":
        from docx import Document

        return "\n".join(p.text for p in Document(str(path)).paragraphs)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("the file is no text in UTF-8", str(path), "save it as UTF-8") from error
