"""The one declaration of every template parameter: type, default, unit, range and help. `parameters` checks what is given against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

DEMO_PURPOSE = "Demonstration or training: no purpose was stated, and no decision may rest on this run."

Text = str
Whole = int
Names = list[str]


@dataclass(frozen=True)
class Parameter:
    """One parameter of the vocabulary.

    Attributes
    ----------
    type : type
        A Python type, with pydantic's limits where there are any.
    unit : str
        What the number counts or measures; empty where the name says it.
    kind : str
        What else is checked: "path" must exist, "folder" may be new, "window" must be a duration, "source" and
        "relations" must be registered, "days" must be dates, "mapping" must be a file unless it holds `=`.
    internal : bool
        Filled in by the runner, not by people.
    """

    name: str
    type: Any
    default: Any
    help: str
    unit: str = ""
    kind: str = ""
    internal: bool = False

    @property
    def limits(self) -> str:
        """The range in words: `1 or more`, `0.1 to 10`, `20 characters or more`."""
        schema = adapter(self.name).json_schema()
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None and high is not None:
            return f"{low:.12g} to {high:.12g}"
        if low is not None:
            return f"{low:g} or more"
        if "minLength" in schema:
            return f"{schema['minLength']} characters or more"
        if "enum" in schema:
            return f"one of {', '.join(schema['enum'])}"
        return "auto, or a number with s, m, h or d" if self.kind == "window" else ""

    @property
    def type_name(self) -> str:
        """The type as a person would say it."""
        kind = adapter(self.name).json_schema()["type"]
        return {"string": "text", "integer": "whole number", "number": "number", "array": "list of names"}[kind]


_DECLARED = (
    Parameter("data", Text, "", "the file to load; empty where the case already holds its data", kind="path"),
    Parameter("source", Text, "csv", "the format of the file (`investigate sources`)", kind="source"),
    Parameter(
        "mapping",
        Text,
        "",
        "which columns to read, for sources that ask: a TOML file, or `field=column; field=column`",
        kind="mapping",
    ),
    Parameter("case", Text, "", "the case folder; it is made where there is none", kind="folder"),
    Parameter("run_dir", Text, "", "the run's folder; filled in by `investigate run`", kind="folder", internal=True),
    Parameter(
        "relations",
        Names,
        [],
        "the rules that link accounts; empty means all that the data can carry",
        kind="relations",
    ),
    Parameter(
        "window",
        Text,
        "auto",
        "two actions on one object this far apart, or less, count as together; auto is 60 s or twice the data's time "
        "resolution, whichever is longer",
        kind="window",
    ),
    Parameter("min_shared", Annotated[int, Field(ge=1)], 2, "distinct objects a pair must share", "objects"),
    Parameter("min_accounts", Annotated[int, Field(ge=2)], 3, "accounts a group must have", "accounts"),
    Parameter(
        "min_actions",
        Annotated[int, Field(ge=1)],
        10,
        "posts an account must have to be called a core member; with fewer it is listed as peripheral",
        "actions",
    ),
    Parameter(
        "fdr_q", Annotated[float, Field(ge=0.0001, le=0.2)], 0.01, "expected share of false edges among those kept"
    ),
    Parameter("resolution", Annotated[float, Field(ge=0.1, le=10)], 1.0, "higher values split groups finer"),
    Parameter("seed", Annotated[int, Field(ge=0, le=2**31 - 1)], 0, "start of every random step"),
    Parameter(
        "known_groups", Text, "", "a CSV of accounts known to belong together (newsroom, owner, agency)", kind="path"
    ),
    Parameter(
        "purpose",
        Annotated[str, Field(min_length=20)],
        DEMO_PURPOSE,
        "why these data are processed; printed in the report and the manifest",
    ),
    Parameter(
        "top_n",
        Annotated[int, Field(ge=1, le=1000)],
        8,
        "findings shown as cards; all of them are in the tables",
        "findings",
    ),
    Parameter(
        "sensitive",
        Text,
        "show",
        "`hide` covers texts in the report that the settings for sensitive content hide; the tables beside it keep them",
        kind="sensitive",
    ),
    Parameter("title", Text, "", "the case's title; empty for the case folder's name"),
    Parameter(
        "as_of",
        Text,
        "",
        "the run's only clock, like 2026-11-03T06:00Z; empty for the last time in the data",
        kind="time",
    ),
    Parameter(
        "window_start",
        Text,
        "",
        "the period looked at begins here; a date is its midnight UTC; empty for the first time in the data",
        kind="time",
    ),
    Parameter(
        "window_end",
        Text,
        "",
        "the period looked at ends before this time; empty for the last time in the data",
        kind="time",
    ),
    Parameter(
        "market_profile",
        Text,
        "",
        "what is known of one election in one market (TOML or YAML; `investigate check-profile FILE`)",
        kind="path",
    ),
    Parameter(
        "previous_run",
        Text,
        "",
        "the folder of the run to compare with, CASE/runs/...; empty for the first one",
        kind="folder",
    ),
    Parameter(
        "phase",
        Literal["auto", "pre", "registration", "campaign", "silence", "polling", "count", "certification", "post"],
        "auto",
        "the phase of the election; auto takes it from the market profile's dates, at local midnight",
    ),
    Parameter(
        "novelty_min_posts",
        Annotated[int, Field(ge=2, le=100_000)],
        20,
        "posts that a new text, word or narrative needs before it is spoken of",
        "posts",
    ),
    Parameter(
        "growth_alpha",
        Annotated[float, Field(ge=0.00001, le=0.1)],
        0.001,
        "level of one bin of a forecast, and of a change since the run before",
    ),
    Parameter(
        "match_jaccard",
        Annotated[float, Field(gt=0, le=1)],
        0.5,
        "share of the smaller group from which the groups of two runs can be the same one",
    ),
    Parameter("policy_pack", Text, "", "a policy pack (TOML or YAML); empty for the bundled sample pack", kind="path"),
    Parameter(
        "baseline_days",
        Annotated[int, Field(ge=1, le=365)],
        28,
        "days before the loudest stretch that it is compared with",
        "days",
    ),
    Parameter(
        "anomaly_alpha",
        Annotated[float, Field(ge=0.00001, le=0.1)],
        0.001,
        "level at which one hour counts as loud",
    ),
    Parameter(
        "near_dup_threshold",
        Annotated[float, Field(gt=0.3, le=1)],
        0.8,
        "similarity (Jaccard) from which two texts count as nearly equal",
    ),
    Parameter("seed_terms", Names, [], "words to look for in the texts; nothing is searched for that is not given"),
    Parameter(
        "severity",
        Annotated[str, Field(pattern=r"^(S[0-4])?$")],
        "",
        "severity as a person sees it, S0 (nuisance) to S4 (imminent threat to life); empty counts as not known",
    ),
    Parameter(
        "max_identifier_degree",
        Annotated[int, Field(ge=2, le=10_000)],
        50,
        "accounts that may carry an identifier before it ties nobody any more: agencies, hosts, tag managers",
        "accounts",
    ),
    Parameter(
        "min_network_ads", Annotated[int, Field(ge=1)], 5, "ads the pages of a network must have together", "ads"
    ),
    Parameter(
        "new_page_days",
        Annotated[int, Field(ge=1, le=365)],
        30,
        "age at its first ad under which a page is new",
        "days",
    ),
    Parameter("brands", Text, "", "a CSV of protected brands: name, domain, account_id", kind="path"),
    Parameter(
        "known_removed",
        Text,
        "",
        "a CSV of what was removed before: object_type (page, pixel, landing_domain, ...), object_id, removed_at, reference",
        kind="path",
    ),
    Parameter("redirects", Text, "", "a CSV of two columns, link and where it leads, resolved elsewhere", kind="path"),
    Parameter(
        "victim_reports",
        Text,
        "",
        "a CSV of what people reported: object_type (ad, page, landing_domain, phone, ...), object_id, and perhaps reported_at "
        "and reference",
        kind="path",
    ),
    Parameter(
        "seeds",
        Names,
        [],
        "reported pages, ads or identifiers to start from: an account's identifier or handle, content:ID, or landing_domain:x",
    ),
    Parameter("hop_limit", Annotated[int, Field(ge=0, le=6)], 2, "how far from the seeds, page to page", "hops"),
    Parameter(
        "count_ads",
        Literal["all", "live"],
        "all",
        "which ads count towards the size of a group: all, or those that run at the run's clock",
    ),
    Parameter("event_name", Text, "", "what people call the event"),
    Parameter(
        "event_time",
        Text,
        "",
        "when it happened, like 2026-11-03T06:00Z; empty for the first content that the terms find",
        kind="time",
    ),
    Parameter("event_place", Text, "", "where it happened, for the report"),
    Parameter(
        "event_type",
        Literal["terror_violent_extremist", "mass_violence", "natural_disaster", "unrest", "war", "accident", "other"],
        "other",
        "what kind of event it is",
    ),
    Parameter(
        "event_terms",
        Names,
        [],
        "words and hashtags that mean the event; empty: everything in the window is about it",
    ),
    Parameter("step_minutes", Annotated[int, Field(ge=1, le=720)], 15, "width of a bin of the timeline", "minutes"),
    Parameter(
        "lookback_h", Annotated[int, Field(ge=0, le=720)], 6, "time before the event that is looked at as well", "hours"
    ),
    Parameter(
        "hash_list",
        Text,
        "",
        "a file of known media hashes, one per line, as `hash` or `hash,label`: pdq:f8f8..., or a SHA-256",
        kind="path",
    ),
    Parameter(
        "variant_growth_alert",
        Annotated[int, Field(ge=1)],
        10,
        "contents of one variant within an hour from which it counts as fast",
        "contents per hour",
    ),
    Parameter(
        "charities",
        Names,
        [],
        "protected names, each with its own handles and sites: Orrin Bay Relief @orrinbayrelief orrinbayrelief.example",
    ),
    Parameter(
        "threat_phrases",
        Text,
        "",
        "a file of phrases that go to the priority queue, one per line: `phrase` or `harm: phrase`",
        kind="path",
    ),
    Parameter(
        "withheld_names",
        Text,
        "",
        "a file of names given as suspects, one per line: counted, and never shown",
        kind="path",
    ),
    Parameter(
        "period", Literal["day", "week", "month"], "week", "rows of the table of flow, and how far alarms look back"
    ),
    Parameter(
        "dimensions",
        Names,
        [],
        "columns of escalations whose values are series of their own (policy_area, market, team, ...); empty: all that tell "
        "tickets apart",
    ),
    Parameter(
        "min_series_total", Annotated[int, Field(ge=1)], 50, "tickets or events a series needs to be judged", "events"
    ),
    Parameter(
        "spike_alpha",
        Annotated[float, Field(ge=0.00001, le=0.1)],
        0.001,
        "level of one alarm: how often a bin alarms while nothing happens",
    ),
    Parameter(
        "min_excess", Annotated[int, Field(ge=0)], 5, "events above the expected number an alarm needs", "events"
    ),
    Parameter(
        "baseline_weeks", Annotated[int, Field(ge=4, le=104)], 12, "history that a forecast is fitted to", "weeks"
    ),
    Parameter(
        "drift_cusum_k",
        Annotated[float, Field(ge=0, le=3)],
        0.5,
        "allowance of the cumulative sums",
        "standard deviations",
    ),
    Parameter(
        "drift_cusum_h",
        Annotated[float, Field(ge=1, le=50)],
        5.0,
        "limit of the cumulative sums",
        "standard deviations",
    ),
    Parameter(
        "reviews",
        Text,
        "",
        "a CSV of quality reviews: escalation_id, reviewer, label, and perhaps error_type and blind (yes or no)",
        kind="path",
    ),
    Parameter(
        "appeals",
        Text,
        "",
        "a CSV of appeals: escalation_id, outcome (upheld, overturned, partly, withdrawn; empty while pending), and perhaps "
        "filed_at and decided_at",
        kind="path",
    ),
    Parameter("holidays", Names, [], "days that count as Sundays, like 2026-12-25", kind="days"),
    Parameter("forecast_days", Annotated[int, Field(ge=0, le=90)], 14, "days to look ahead to; 0 for none", "days"),
    Parameter("sla_target", Annotated[float, Field(ge=0, le=1)], 0.9, "share of deadlines that should be kept"),
    Parameter(
        "qa_min_n", Annotated[int, Field(ge=2)], 30, "tickets a team needs before anything is said about it", "tickets"
    ),
)

VOCABULARY: dict[str, Parameter] = {p.name: p for p in _DECLARED}


@cache
def adapter(name: str) -> TypeAdapter[Any]:
    """What checks and converts the values of one parameter."""
    return TypeAdapter(VOCABULARY[name].type)
