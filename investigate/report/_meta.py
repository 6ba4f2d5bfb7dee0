"""What the page says about the run, from a run's manifest or from a plain mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath, PureWindowsPath
from typing import Any

import pandas as pd

from ..errors import InputError, nearest
from ..views._format import format_value

TLP = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
_TAKEN = frozenset(
    """case template template_version data_from data_to as_of purpose tlp draft run run_id parameters inputs versions
    command title times outputs sections side_files schema exit_code seed status platform""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Meta:
    """The header and the last section of a report, as values."""

    facts: tuple[tuple[str, str], ...]
    tlp: str
    draft: bool
    command: str
    parameters: Mapping[str, Any]
    inputs: pd.DataFrame
    versions: Mapping[str, Any]
    run: tuple[tuple[str, str], ...] = field(default=())


def looked_at(parameters: Mapping[str, Any]) -> str:
    """The period that a run was asked to look at, in words; empty where it was not."""
    start, end = (str(parameters.get(name) or "") for name in ("window_start", "window_end"))
    return " ".join(part for part in (f"from {start}" if start else "", f"to before {end}" if end else "") if part)


def read_meta(meta: Mapping[str, Any]) -> Meta:
    """Take `meta` apart; names that nobody expects are listed with the run.

    Raises
    ------
    InputError
        When `tlp` is given and is not a sharing label.
    """
    parameters = dict(meta.get("parameters") or {})
    template = meta.get("template") or ""
    if isinstance(template, Mapping):
        template = template.get("title") or template.get("name") or ""
    inputs = [dict(entry) for entry in meta.get("inputs") or ()]
    times = dict(meta.get("times") or {})
    case = meta.get("case") or parameters.get("title") or _last(parameters.get("case") or "")
    first = meta.get("data_from") or min((str(i["first_at"]) for i in inputs if i.get("first_at")), default="")
    last = meta.get("data_to") or max((str(i["last_at"]) for i in inputs if i.get("last_at")), default="")
    facts = (
        ("Case", case),
        ("Template", " ".join(str(p) for p in (template, meta.get("template_version")) if p)),
        ("Period of the data (UTC)", " to ".join(_time(v) for v in (first, last) if v)),
        ("Period looked at", looked_at(parameters)),
        ("As of", _time(meta.get("as_of") or times.get("ended_at") or "")),
        ("Purpose", meta.get("purpose") or parameters.get("purpose")),
    )
    started, seconds = times.get("started_at"), times.get("duration_s")
    run = [
        ("run", meta.get("run") or meta.get("run_id")),
        ("status", meta.get("status")),
        ("started (UTC)", _time(started) if started else None),
        ("seconds", seconds),
        ("platform", meta.get("platform")),
    ]
    if isinstance(meta.get("template"), Mapping):
        run.append(("template file, SHA-256", meta["template"].get("sha256")))
    run += [(f"{name} file, SHA-256", value) for name, value in sorted((meta.get("side_files") or {}).items())]
    run += [(str(name), value) for name, value in meta.items() if name not in _TAKEN]
    return Meta(
        facts=tuple((k, format_value(v)) for k, v in facts if v not in (None, "")),
        tlp=_tlp(meta.get("tlp") or parameters.get("tlp") or ""),
        draft=bool(meta.get("draft", True)),
        command=str(meta.get("command") or ""),
        parameters={k: v for k, v in parameters.items() if k not in ("case", "run_dir", "data")},
        inputs=_inputs(inputs),
        versions=dict(meta.get("versions") or {}),
        run=tuple((k.replace("_", " "), format_value(v)) for k, v in run if v not in (None, "", [], {})),
    )


def _last(path: str) -> str:
    """The last part of a path of any system: a report travels, and folders above the case are nobody's business."""
    return (PureWindowsPath(path) if "\\" in path else PurePath(path)).name


def _time(value: Any) -> str:
    text = format_value(value)
    return text.replace("T", " ").removesuffix("Z").removesuffix("+00:00") if isinstance(value, str) else text


def _tlp(value: object) -> str:
    label = str(value or "").upper().removeprefix("TLP:").strip()
    if label and label not in TLP:
        hint = nearest(label, TLP)
        do = (f"did you mean '{hint}'? " if hint else "") + f"known: {', '.join(TLP)}"
        raise InputError(f"'{value}' is not a sharing label", "parameter tlp", do)
    return label


def _inputs(entries: list[dict[str, Any]]) -> pd.DataFrame:
    rows = [
        {
            "File": _last(str(e.get("file") or e.get("name") or "")),
            "Source": e.get("source") or "",
            "Rows": e.get("rows_read", e.get("rows")),
            "Set aside": sum(e["set_aside"].values())
            if isinstance(e.get("set_aside"), Mapping)
            else e.get("set_aside"),
            "SHA-256": e.get("sha256") or "",
        }
        for e in entries
    ]
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.dropna(axis="columns", how="all").loc[:, lambda d: (d != "").any()]
