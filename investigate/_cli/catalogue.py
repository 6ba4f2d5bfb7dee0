"""Commands that list and describe what is there: templates, sources, relations, describe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ..errors import unknown
from . import show
from .arguments import Json


def register(app: typer.Typer) -> None:
    app.command("templates")(templates)
    app.command("sources")(sources)
    app.command("relations")(relations)
    app.command("describe")(describe)


def templates(json: Json = False) -> None:
    """List the templates that can be run."""
    _list(_templates(), json)


def sources(json: Json = False) -> None:
    """List the export formats that can be read."""
    from ..sources import SOURCES

    _list(SOURCES, json)


def relations(json: Json = False) -> None:
    """List the rules that link accounts.

    The family is the kind of evidence: rules of one family do not add up to two. In brackets: rules used only when named,
    rules too weak to link accounts alone, rules for which the window has no meaning, rules with a direction."""
    from ..relations import RELATIONS

    rows = [{"name": r.name, "title": r.title, "summary": r.summary, **_about_relation(r)} for r in RELATIONS]
    if json:
        show.as_json(rows)
        return
    shown = [(r.name, r.family, f"{r.summary}{bracketed(marks(r))}") for r in RELATIONS]
    show.table(("name", "family", "what it does"), shown)


def bracketed(words: list[str]) -> str:
    return f" [{'; '.join(words)}]" if words else ""


def _about_relation(rule: Any) -> dict[str, Any]:
    names = ("family", "by_default", "never_alone", "untimed", "directed")
    return {name: getattr(rule, name) for name in names}


def marks(rule: Any) -> list[str]:
    """What is special about a relation, in a few words each."""
    words = {"never_alone": "never alone", "untimed": "no window", "directed": "has a direction"}
    return ([] if rule.by_default else ["only when named"]) + [w for name, w in words.items() if getattr(rule, name)]


def describe(
    name: Annotated[str, typer.Argument(help="A source, relation, template, view or parameter.", metavar="NAME")],
    json: Json = False,
) -> None:
    """Say what something is, takes and needs.

    NAME is a source, relation, template, view or parameter. It is said, too, when it misleads."""
    found = [(kind, entry) for kind, entries in _everything().items() for entry in entries if entry.name == name]
    if not found:
        known = sorted({entry.name for entries in _everything().values() for entry in entries})
        raise unknown("name", name, known)
    described = [_describe(kind, entry) for kind, entry in found]
    if json:
        show.as_json(described)
        return
    for number, about in enumerate(described):
        if number:
            show.say("")
        plain = {k: v for k, v in about.items() if not isinstance(v, list)}
        show.pairs((k.replace("_", " "), v) for k, v in plain.items())
        for key in (k for k, v in about.items() if isinstance(v, list) and v):
            rows = about[key]
            show.say("")
            if isinstance(rows[0], dict):
                show.table([c.replace("_", " ") for c in rows[0]], [list(row.values()) for row in rows])
            else:
                show.say(f"{key.replace('_', ' ')}:", *(f"  {row}" for row in rows))


def _templates() -> list[Any]:
    from ..runs import templates

    return [templates.find(name) for name in templates.names()]


def _everything() -> dict[str, list[Any]]:
    from ..relations import RELATIONS
    from ..runs.parameters import VOCABULARY
    from ..sources import SOURCES
    from ..views import VIEWS

    return {
        "template": _templates(),
        "source": list(SOURCES),
        "relation": list(RELATIONS),
        "view": list(VIEWS),
        "parameter": [p for p in VOCABULARY.values() if not p.internal],
    }


def _describe(kind: str, entry: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"kind": kind, "name": entry.name}
    if kind == "parameter":
        return about | _parameter(entry, entry.default)
    about |= {"title": entry.title, "summary": entry.summary}
    for key in ("question", "caveat", "family"):
        if getattr(entry, key, ""):
            about[key] = getattr(entry, key)
    if kind == "relation":
        about["remarks"] = ", ".join(marks(entry))
    for key in ("needs", "suffixes", "sections", "references"):
        if getattr(entry, key, ()):
            about[key] = [str(v) for v in getattr(entry, key)]
    if kind == "template":
        about["parameters"] = [_parameter(p, entry.parameters[p.name]) for p in _declared(entry)]
    for key in ("options", "defaults"):
        if getattr(entry, key, None):
            about[key] = [{"name": k, "value": str(v)} for k, v in getattr(entry, key).items()]
    if kind == "view":
        about["options"] = _options(entry.build)
    return about


def _declared(template: Any) -> list[Any]:
    from ..runs.parameters import VOCABULARY

    return [VOCABULARY[name] for name in template.parameters if not VOCABULARY[name].internal]


def _parameter(parameter: Any, default: Any) -> dict[str, str]:
    shown = ", ".join(default) if isinstance(default, list) else str(default)
    return {
        "name": parameter.name,
        "type": parameter.type_name,
        "default": shown or "(empty)",
        "range": parameter.limits,
        "unit": parameter.unit,
        "meaning": parameter.help,
    }


def _options(build: Any) -> list[dict[str, str]]:
    from inspect import Parameter, signature

    return [
        {"name": p.name, "default": repr(p.default)}
        for p in signature(build).parameters.values()
        if p.kind is Parameter.KEYWORD_ONLY
    ]


def _list(entries: Iterable[Any], json: bool) -> None:
    rows = [{"name": e.name, "title": e.title, "summary": e.summary} for e in entries]
    if json:
        show.as_json(rows)
    else:
        show.table(("name", "what it does"), [(r["name"], r["summary"]) for r in rows])
