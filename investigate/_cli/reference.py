"""The command line as Markdown, made from the commands themselves; a test holds docs/command-line.md to it.

Write it again with ``investigate reference > docs/command-line.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
import typer.main

INTRO = """\
# Command line

`investigate COMMAND ...`, or `python -m investigate COMMAND ...`. This page is made from the program: after a change to a
command, write it again with `investigate reference > docs/command-line.md`.

Results go to stdout, everything else to stderr. With `--json`, stdout holds one JSON document and nothing else.
An error is three lines on stderr: what is wrong, where, and what to do. `--debug` adds where in the program it was raised.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a bug in this program |
| 2 | the input cannot be used: a file, a name, a value, or a case that was changed |
| 3 | something outside the program failed: the disk, the network, the kernel |
| 4 | done in part: some sections of a run failed, or a case holds work that was cut short |
"""


def reference(app: typer.Typer) -> str:
    """The page for an application, ending with a line end."""
    root = typer.main.get_command(app)
    parts = [INTRO]
    for path, command in _walk(root, ["investigate"]):
        parts.append(_section(path, command))
    return "\n".join(parts).rstrip() + "\n"


def _walk(command: Any, path: list[str]) -> list[tuple[list[str], Any]]:
    found = []
    for name, child in getattr(command, "commands", {}).items():
        if child.hidden:
            continue
        if getattr(child, "commands", None):
            found += _walk(child, [*path, name])
        else:
            found.append(([*path, name], child))
    return found


def _section(path: list[str], command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([*path, *(_metavar(p) for p in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"## {' '.join(path[1:])}", "", " ".join((command.help or "").split()), "", "```", usage, "```", ""]
    if arguments or options:
        lines += ["| argument or option | default | meaning |", "|---|---|---|"]
        lines += [f"| `{_metavar(p)}` | | {p.help or ''} |" for p in arguments]
        lines += [f"| {_names(p)} | {_default(p)} | {p.help or ''} |" for p in options]
        lines.append("")
    return "\n".join(lines)


def _metavar(parameter: Any) -> str:
    return parameter.metavar or (parameter.name or "").upper()


def _names(option: Any) -> str:
    takes = "" if option.is_flag else f" {option.metavar or 'VALUE'}"
    return ", ".join(f"`{name}{takes}`" for name in sorted(option.opts, key=len))


def _default(option: Any) -> str:
    if option.required:
        return "required"
    default = option.default
    if option.is_flag or default in (None, "", ()) or option.multiple:
        return "may be repeated" if option.multiple else ""
    return f"`{Path(default).as_posix() if isinstance(default, Path) else default}`"


NAMES_INTRO = """\
# Reference

Tables, sources, relations, columns, views and parameters, made from the package's own declarations; write it again with
`investigate reference --names > docs/reference.md`.
"""


def names_reference() -> str:
    """Everything that is declared once, as Markdown tables."""
    from ..graph import EDGE_ATTRIBUTES, NODE_ATTRIBUTES
    from ..relations import EDGE_COLUMNS, RELATIONS
    from ..runs.parameters import VOCABULARY
    from ..scoring import SCORE_COLUMNS
    from ..sources import SOURCES
    from ..tables import data_dictionary
    from ..views import VIEWS
    from .catalogue import bracketed, marks

    return (
        "\n".join(
            [
                NAMES_INTRO,
                "## Tables\n",
                data_dictionary(),
                "## Sources\n",
                _table(
                    ("source", "what it reads", "when it misleads"),
                    [(f"`{s.name}`", s.summary, s.caveat) for s in SOURCES],
                ),
                "## Relations\n",
                _table(
                    ("relation", "family", "what it links", "needs", "when it misleads"),
                    [
                        (
                            f"`{r.name}`",
                            r.family,
                            r.summary + bracketed(marks(r)),
                            ", ".join(r.needs),
                            r.caveat,
                        )
                        for r in RELATIONS
                    ],
                ),
                "## Edge columns\n",
                _table(("column", "meaning"), [(f"`{k}`", v) for k, v in EDGE_COLUMNS.items()]),
                "## Score columns\n",
                _table(("column", "meaning"), [(f"`{k}`", v) for k, v in SCORE_COLUMNS.items()]),
                "## NetworkX attributes\n",
                _table(("node attribute", "meaning"), [(f"`{k}`", v) for k, v in NODE_ATTRIBUTES.items()]),
                _table(("edge attribute", "meaning"), [(f"`{k}`", v) for k, v in EDGE_ATTRIBUTES.items()]),
                "## Views\n",
                _table(
                    ("view", "what it shows", "when it misleads"), [(f"`{v.name}`", v.summary, v.caveat) for v in VIEWS]
                ),
                "## Template parameters\n",
                _table(
                    ("parameter", "default", "meaning"),
                    [(f"`{p.name}`", f"`{p.default!r}`", p.help) for p in VOCABULARY.values() if not p.internal],
                ),
            ]
        ).rstrip()
        + "\n"
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) + "\n"
