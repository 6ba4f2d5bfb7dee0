"""Policy packs: which policies a team works with, in which version, and what it does by default; a file, not code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from ..errors import nearest, unknown
from .reading import Part, Problem, bundled, read

SAMPLE = "policy_pack.toml"
FITS = ("clear", "possible", "unclear")

# The areas that templates ask for: what a pack's `[areas]` may name, beside a team's own with `x_` in front.
AREAS: dict[str, str] = {
    "ban_evasion": "accounts that come back after their removal",
    "civic_integrity": "voting and elections: misleading about how to vote, intimidation, false results",
    "coordinated_behaviour": "accounts that act together and hide it",
    "fraud_ads": "deceptive or fraudulent advertising",
    "fraud": "fraud and deception outside advertising, false fundraisers among it",
    "harassment": "bullying, raids, mass reporting, publishing private data",
    "impersonation": "posing as a person, a brand or an institution",
    "intellectual_property": "third-party rights: copyright, trade marks, counterfeits",
    "manipulated_media": "synthetic or altered media that misleads",
    "misinformation": "false claims with a risk of harm",
    "political_ads": "advertising about elections, politics and social issues",
    "privacy": "private data of private individuals",
    "spam": "unwanted mass distribution",
    "violent_events": "attacks, disasters and unrest: violence, threats, graphic material",
}

# The categories of the EU transparency database's statements of reasons, as its current schema lists them.
DSA_CATEGORIES = tuple(
    f"STATEMENT_CATEGORY_{name}"
    for name in (
        "ANIMAL_WELFARE",
        "CONSUMER_INFORMATION",
        "CYBER_VIOLENCE",
        "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        "ILLEGAL_OR_HARMFUL_SPEECH",
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "NOT_SPECIFIED_NOTICE",
        "OTHER_VIOLATION_TC",
        "PROTECTION_OF_MINORS",
        "RISK_FOR_PUBLIC_SECURITY",
        "SCAMS_AND_FRAUD",
        "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS",
        "VIOLENCE",
    )
)


class Change(Part):
    """One line of a pack's history."""

    version: str
    dated: date
    note: str


class ListedPolicy(Part):
    """One policy of a pack: where a person reads it, not its text.

    `severity_floor` is the least severity (S0 nuisance to S4 imminent threat to life) at which it is worth a queue.
    """

    policy_id: str = Field(min_length=1)
    family: Literal["community", "ads", "commerce", "law"]
    title: str = Field(min_length=1)
    clause: str = ""
    version: str
    effective_from: date
    dsa_category: str = ""
    severity_floor: Literal["S0", "S1", "S2", "S3", "S4"] = "S1"
    notes: str = ""


class DefaultAction(Part):
    """An action that a team proposes by default; fields as in `investigate.proposals.propose`.

    `templates` and `findings` (kinds of finding: cluster, anomaly, link, match, trend, breach, gap) narrow where it is
    proposed; an empty list means everywhere.
    """

    action: str = Field(min_length=1)
    horizon: Literal["now", "mid-term"]
    owner: str = Field(min_length=1)
    effect: str = ""
    risk: str = ""
    reversible: bool = True
    needs: Literal["E0", "E1", "E2", "E3", "E4"] = "E0"
    review_days: int | None = Field(default=None, ge=1, le=365)
    templates: list[str] = Field(default_factory=list)
    findings: list[Literal["cluster", "anomaly", "link", "match", "trend", "breach", "gap"]] = Field(
        default_factory=list
    )


class PolicyPack(Part):
    """The policies and default actions of one team, in one version.

    Attributes
    ----------
    areas : dict of str to list of str
        From an area (`AREAS`, or a name that begins with `x_`) to the `policy_id`s a person should read for it.
    """

    name: str
    version: str
    dated: date
    about: str = ""
    changes: list[Change] = Field(default_factory=list)
    policies: list[ListedPolicy] = Field(min_length=1)
    areas: dict[str, list[str]] = Field(default_factory=dict)
    actions: list[DefaultAction] = Field(default_factory=list)

    def problems(self) -> Iterable[Problem]:
        """Identifiers given twice, categories that do not exist, areas and policies that nothing knows."""
        ids = [p.policy_id for p in self.policies]
        for number, policy in enumerate(self.policies):
            if policy.policy_id in ids[:number]:
                yield Problem(("policies", number, "policy_id"), f"'{policy.policy_id}' is given twice", "rename one")
            if policy.dsa_category and policy.dsa_category not in DSA_CATEGORIES:
                what = f"'{policy.dsa_category}' is no category of the transparency database"
                yield Problem(
                    ("policies", number, "dsa_category"), what, _did_you_mean(policy.dsa_category, DSA_CATEGORIES)
                )
        for area, wanted in self.areas.items():
            if area not in AREAS and not area.startswith("x_"):
                do = _did_you_mean(area, AREAS) + "; an area of your own begins with x_"
                yield Problem(("areas", area), f"'{area}' is no area that templates ask for", do)
            for number, policy_id in enumerate(wanted):
                if policy_id not in ids:
                    what = f"no policy of this pack is called '{policy_id}'"
                    yield Problem(("areas", area, number), what, _did_you_mean(policy_id, ids))

    def mapping(self, area: str, fit: str = "possible") -> list[dict[str, str]]:
        """The policies to read for an area, as `Finding.policy` takes them: policy_id, title, clause, version, fit.

        Parameters
        ----------
        area : str
            One of `AREAS`, or an own area of this pack. A known area that the pack leaves out gives an empty list.
        fit : str
            clear, possible or unclear: how well the finding fits, said by whoever makes it; a person decides.

        Raises
        ------
        UnknownNameError
            The area or the fit is not known; the nearest one is named.
        """
        if fit not in FITS:
            raise unknown("fit", fit, FITS, "PolicyPack.mapping")
        if area not in self.areas:
            if area not in AREAS:
                raise unknown("policy area", area, {*AREAS, *self.areas}, f"policy pack '{self.name}'")
            return []
        by_id = {p.policy_id: p for p in self.policies}
        return [_entry(by_id[policy_id], fit) for policy_id in self.areas[area]]

    def for_label(self, label: str, fit: str = "unclear") -> list[dict[str, str]]:
        """The policies to read for a queue's own name of a policy area; none where the pack does not know the name.

        Compared without case, blanks and signs: with the areas (`x_` in front does not count), then with the identifiers
        and titles of policies.
        """
        key = _plain(label)
        for area in self.areas:
            if key and key in (_plain(area), _plain(area.removeprefix("x_"))):
                return self.mapping(area, fit)
        return [_entry(p, fit) for p in self.policies if key and key in (_plain(p.policy_id), _plain(p.title))]

    def actions_for(self, template: str, finding: str = "") -> list[DefaultAction]:
        """The default actions for a template, and for one kind of finding where it is named; in the pack's order."""
        return [
            a
            for a in self.actions
            if (not a.templates or template in a.templates) and (not finding or not a.findings or finding in a.findings)
        ]


def _entry(policy: ListedPolicy, fit: str) -> dict[str, str]:
    return {
        "policy_id": policy.policy_id,
        "title": policy.title,
        "clause": policy.clause,
        "version": policy.version,
        "fit": fit,
    }


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def policy_pack(path: str | Path = "") -> PolicyPack:
    """A team's policy pack, or the bundled sample where no path is given.

    Raises
    ------
    InputError
        The file is missing or wrong; every problem is listed with its line.

    Examples
    --------
    >>> policy_pack().mapping("coordinated_behaviour")[0]["fit"]
    'possible'
    """
    return read(path, PolicyPack) if path else _sample()


@cache
def _sample() -> PolicyPack:
    return read(bundled(SAMPLE), PolicyPack)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    hint = nearest(name, names)
    return (f"did you mean '{hint}'? " if hint else "") + f"known: {', '.join(names)}"
