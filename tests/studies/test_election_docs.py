"""docs/elections.md typed as it stands, and the numbers of docs/templates/election_watch.md against the real weeks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from worlds_of_elections import KEPT_VIEWS, keep

from investigate import studies
from investigate.case import Case


def steps(page: str) -> list[tuple[str, str]]:
    """The page's commands and files in order: ("sh", command) and (file, text)."""
    page = re.sub(r"Save as\n`", "Save as `", page)
    out = []
    for block in re.finditer(r"(?:Save as `([^`]+)`:\n\n)?```(sh|toml)\n(.*?)```", page, re.DOTALL):
        file, kind, text = block.groups()
        if kind == "sh":
            out += [("sh", line) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
        elif file:
            out.append((file, text))
    return out


def two_markets(plan: Path) -> None:
    """Leave the first two rows of a plan: the other three markets would only take time here."""
    head, *rows = plan.read_text(encoding="utf-8").split("\n[[run]]")
    assert len(rows) == 5
    plan.write_text("\n[[run]]".join([head, *rows[:2]]), encoding="utf-8")


@pytest.mark.slow
def test_the_week_works_as_written(repository, tmp_path):
    """Every command of the page ends well when typed in a folder with a copy of the samples; the delta is the planted one.

    Two of the five markets are run: the one with something in it, and its innocent twin.
    """
    page = (repository / "docs" / "elections.md").read_text(encoding="utf-8")
    shutil.copytree(repository / "data" / "samples", tmp_path / "data" / "samples")
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "INVESTIGATE_ACTOR": "a new colleague",
    }
    done = []
    for what, text in steps(page):
        if what != "sh":
            (tmp_path / what).write_text(text, encoding="utf-8")
            continue
        ran = subprocess.run(
            text, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        assert ran.returncode == 0, f"{text}\n{ran.stdout[-1500:]}\n{ran.stderr[-1500:]}"
        done.append(text)
        if "--elections" in text:
            for week in (1, 2):
                two_markets(tmp_path / "practice" / f"week{week}.toml")
    assert len(done) == 11
    runs = tmp_path / "practice" / "cases" / "valdoria" / "runs"
    delta = pd.read_parquet(runs / "election_watch-0002" / "tables" / "election_delta.parquet")
    groups = delta[delta["kind"] == "group"]
    assert list(zip(groups["change"], groups["after"], strict=True)) == [("new", 12)]
    assert set(delta["kind"]) >= {"group", "claim", "text", "look-alike"}
    twin = json.loads(
        (tmp_path / "practice/cases/quessa/runs/election_watch-0002/findings.json").read_text(encoding="utf-8")
    )
    assert {f["evidence_grade"] for f in twin["findings"]} <= {"E0", "E1"}
    handed = list((tmp_path / "practice/cases/valdoria/handover").glob("*/handover.md"))
    assert len(handed) == 1 and "wrong polling day" in handed[0].read_text(encoding="utf-8")
    assert (tmp_path / "practice" / "valdoria.html").is_file()


@pytest.fixture(scope="module")
def weeks(tmp_path_factory, shared_data, repository):
    """Both real weeks, watched in one case as the page says."""
    folder = tmp_path_factory.mktemp("us")
    case = Case.create(folder / "us_2016")
    case.load(shared_data("ira_election_2016-10-01_14.csv.gz"), "ira_tweets")
    profile = str(repository / "data" / "samples" / "market_us_2016.toml")
    out = []
    for start, end in (("2016-10-01", "2016-10-08"), ("2016-10-08", "2016-10-15")):
        case.between(start, end)
        earlier = str(folder / out[-1].facts["window"][0][:10]) if out else ""
        study = studies.election_watch(case, market_profile=profile, novelty_min_posts=5, previous_run=earlier)
        keep(case, folder / study.facts["window"][0][:10])
        out.append(study)
    return out


@pytest.mark.slow
def test_page_states_what_the_real_weeks_give(weeks, repository):
    """Posts, election posts, fullest hour, groups, claims, and the delta of the page are those of the run; the archive's known
    peak, 6 October 20:00 UTC, is the fullest hour of the first week."""
    page = (repository / "docs" / "templates" / "election_watch.md").read_text(encoding="utf-8")
    one, two = weeks

    def row(start):
        return next(line for line in page.splitlines() if line.startswith(f"| {start}"))

    def fullest(study):
        found = study.table("coverage").set_index("what").loc["Posts in the fullest hour"]
        return found["note"].removeprefix("began "), f"{found['n']:,}"

    for study in weeks:
        assert f"{study.facts['n_posts']:,}" in row("posts in the period")
        assert f"{study.facts['n_election']:,}" in row("posts on the election")
        assert all(part in row("fullest hour") for part in fullest(study))
    assert fullest(one)[0] == "2016-10-06 20:00 UTC"
    supported = [int((s.table("groups")["evidence_grade"] >= "E2").sum()) for s in weeks]
    said = [f"{len(s.table('groups'))}, of them {n} supported" for s, n in zip(weeks, supported, strict=True)]
    assert all(part in row("groups that act together") for part in said)
    differ = [int((s.table("claims")["differs"] == "yes").sum()) for s in weeks]
    assert row("claims that differ").split("|")[2:4] == [f" {n} " for n in differ]
    delta = two.table("delta")
    counts = {k: part["change"].value_counts().to_dict() for k, part in delta.groupby("kind")}
    assert counts["group"] == {"new": 3, "shrunk": 2, "gone": 1} and "3 new, 2 shrunk, 1 gone" in row("groups |")
    assert counts["narrative"] == {"grown": 2, "shrunk": 4, "gone": 1} and "2 grown" in row("narratives")
    assert counts["claim"] == {"new": 5, "gone": 7} and "5 new, 7 gone" in row("claims |")
    top = two.table("claims").iloc[0]
    assert (
        top["asserted"].startswith("2016-11-28")
        and f"in {top['n_posts']} posts by {top['n_accounts']} accounts" in page
    )
    terms = two.table("terms")
    assert ", ".join(terms.loc[terms["emerging"], "term"].head(5)) in row("words and tags")
    tried = two.table("calibration").iloc[0]
    assert f"{tried['n_alarms']} of {tried['n_bins']} bins" in row("alarm on the history") and tried["kept"] == "no"
    assert len(KEPT_VIEWS) == 6
