"""Two runs of one template: nothing for identical ones, exactly the planted change for others."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from investigate.cli import main
from investigate.errors import InputError
from investigate.files import write_json
from investigate.runs import compare, execute
from investigate.runs.compared_findings import findings
from investigate.runs.compared_page import page, text
from investigate.runs.compared_tables import table
from investigate.runs.comparing import SAME


def finding(name: str, members: str = "", **more) -> dict:
    """The record of a finding, with one-letter members."""
    evidence = {"kind": "co_url", "test": "pair by pair", "observed": 9.0, "expected": 0.5, "q": 0.001, "n": 4}
    alternatives = [{"name": "A newsroom", "verdict": "does not explain", "result": "", "checked": "names"}]
    given = {"finding_id": name, "type": "cluster", "title": f"title of {name}", "members": list(members)}
    rest = {"status": "lead", "evidence_grade": "E1", "impact": {}, "limits": ["a sample"]}
    return {**given, **rest, "evidence": [evidence], "alternatives": alternatives, **more}


# -- findings ----------------------------------------------------------------------------------------------------------


def test_findings_are_matched_by_members_inside_their_type():
    """The same accounts in findings of two types are two findings; each is matched with its own kind."""
    before = [finding("F-1", "abcd"), finding("F-2", "abcd", type="link")]
    after = [finding("F-3", "abcde"), finding("F-2", "abcd", type="link")]
    found = {(f["change"], f["type"], f["before"], f["after"]) for f in findings(before, after)}
    assert found == {("grown", "cluster", "F-1", "F-3"), ("same", "link", "F-2", "F-2")}


def test_a_grade_and_a_number_that_changed():
    """The same accounts with other evidence are a changed finding, with the fields that differ and no others."""
    other = finding("F-1", "abcd", evidence_grade="E2", status="supported")
    other["evidence"] = [{**other["evidence"][0], "observed": 12.0}]
    (f,) = findings([finding("F-1", "abcd")], [other])
    assert f["change"] == "changed" and f["joined"] == f["left"] == []
    assert {(d["field"], d["before"], d["after"], d["difference"]) for d in f["fields"]} == {
        ("status", "lead", "supported", None),
        ("evidence_grade", "E1", "E2", None),
        ("evidence: co_url, pair by pair: observed", 9.0, 12.0, 3.0),
    }


def test_a_decision_counts_and_its_time_does_not():
    """A person's decision is a difference; the same decision at another time is none."""
    judged = [{"by": "ada", "decision": "rejected", "reason": "a fan club", "at": "2024-01-01T00:00Z", "seq": 9}]
    later = [{**judged[0], "at": "2025-01-01T00:00Z", "seq": 12}]
    (f,) = findings([finding("F-1", "ab", judgements=judged)], [finding("F-1", "ab", judgements=later)])
    assert f["change"] == "same"
    (f,) = findings([finding("F-1", "ab")], [finding("F-1", "ab", judgements=judged)])
    assert {d["field"] for d in f["fields"]} == {"judgements: ada: decision", "judgements: ada: reason"}


def test_findings_without_accounts():
    """They are the same by identifier, or by what they speak of; two that only share a title are not."""
    about = {"series": "calls"}
    before = [finding("F-1", impact=about), finding("F-2", title="A new text", impact={"text": "T-1"})]
    after = [
        finding("F-9", impact=about, title="title of F-1"),
        finding("F-3", title="A new text", impact={"text": "T-2"}),
    ]
    found = {(f["change"], f["before"], f["after"]) for f in findings(before, after)}
    assert found == {("same", "F-1", "F-9"), ("gone", "F-2", ""), ("new", "", "F-3")}


def test_who_joined_and_who_left_is_named():
    """A changed group names its accounts; merged groups have a row for each old one."""
    (f,) = findings([finding("F-1", "abcdef")], [finding("F-2", "abcdeg")])
    assert (f["change"], f["joined"], f["left"]) == ("changed", ["g"], ["f"])
    merged = findings([finding("F-1", "abc"), finding("F-2", "xyz")], [finding("F-3", "abcxyz")])
    assert [(f["change"], f["before"], f["after"]) for f in merged] == [
        ("merged", "F-1", "F-3"),
        ("merged", "F-2", "F-3"),
    ]


# -- tables ------------------------------------------------------------------------------------------------------------


def test_rows_by_their_key():
    """New, gone and changed rows, with differences; missing values are equal to each other."""
    before = pd.DataFrame({"name": ["a", "b", "c"], "n": [1, 2, 3], "x": [0.5, None, 1.0]})
    after = pd.DataFrame({"name": ["b", "c", "d"], "n": [2, 5, 9], "x": [None, 1.0 + 1e-13, 2.0]})
    found = table(before, after)
    assert (found["key"], found["n_new"], found["n_gone"], found["n_changed"], found["n_same"]) == (
        ["name"],
        1,
        1,
        1,
        1,
    )
    assert found["rows"][0] == {
        "change": "changed",
        "key": ["c"],
        "fields": [{"column": "n", "before": 3, "after": 5, "difference": 2}],
    }
    assert [(r["change"], r["key"]) for r in found["rows"][1:]] == [("new", ["d"]), ("gone", ["a"])]


def test_a_key_of_two_columns_and_rows_without_a_key():
    """The first columns that tell rows apart are the key; where none do, whole rows are counted."""
    before = pd.DataFrame({"name": ["a", "a"], "day": [1, 2], "n": [3, 4]})
    assert table(before, before.assign(n=[3, 7]))["rows"][0]["key"] == ["a", "2"]
    twice = pd.DataFrame({"name": ["a", "a", "a"], "day": [1, 1, 2]})
    found = table(twice, twice.iloc[1:])
    assert (found["n_gone"], found["n_new"], found["n_same"]) == (1, 0, 2)


def test_equal_tables_and_other_columns():
    """Order of rows is no difference; a column that came or went is one."""
    before = pd.DataFrame({"name": ["a", "b"], "n": [1, 2]})
    assert table(before, before.iloc[::-1]) is None
    assert table(before, before.assign(more=0))["columns_new"] == ["more"]
    assert table(pd.DataFrame(columns=["name"]), pd.DataFrame(columns=["name"])) is None


# -- run folders -------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(done, tmp_path):
    """Two copies of one run, in cases and folders of other names, the second with other times."""
    folders = []
    for case, number in (("one", 1), ("other", 7)):
        target = tmp_path / case / "runs" / f"coordinated_behaviour-{number:04d}"
        shutil.copytree(done.result.folder, target)
        folders.append(target)
    edit(folders[1] / "manifest.json", lambda m: m["times"].update(started_at="2031-01-01T00:00:00+00:00"))
    edit(folders[1] / "manifest.json", lambda m: m["parameters"].update(case="/somewhere/else", data="posts.csv"))
    return folders


def edit(path: Path, change) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record)
    write_json(path, record)


@pytest.mark.slow
def test_identical_runs(pair, capsys, tmp_path):
    """Other times, names and places are no difference: a sentence, exit code 0, an empty record, and a page that says so."""
    assert main(["compare", *map(str, pair)]) == 0
    assert SAME in capsys.readouterr().out
    assert main(["compare", *map(str, pair), "--json", "--out", str(tmp_path / "c.html")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["same"] and record["findings_same"] == 1 and record["findings"] == [] and record["tables"] == {}
    assert SAME in (tmp_path / "c.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_planted_changes_and_nothing_else(pair):
    """One narrative, one parameter, one data file, one version: each is found in its place, and nothing else is."""
    one, other = pair
    narratives = pd.DataFrame({"name": ["vote", "health"], "n_posts": [10, 4]})
    narratives.to_parquet(one / "tables/narratives.parquet")
    narratives.assign(n_posts=[25, 4]).to_parquet(other / "tables/narratives.parquet")
    edit(other / "manifest.json", lambda m: m["parameters"].update(min_shared=3))
    edit(other / "manifest.json", lambda m: m["inputs"][0].update(sha256="f" * 64, n_content=700))
    edit(other / "manifest.json", lambda m: m["versions"].update(duckdb="99.0"))
    found = compare(one, other)
    assert {name for name, part in found.parts().items() if part} == {
        "tables",
        "volumes",
        "parameters",
        "data",
        "versions",
    }
    assert [*found.tables] == ["narratives"]
    assert found.tables["narratives"]["rows"][0]["fields"][0]["difference"] == 15
    assert [(r["name"], r["before"], r["after"]) for r in found.parameters] == [("min_shared", 2, 3)]
    assert [(r["change"], r["name"]) for r in found.data] == [("replaced", "posts.csv")]
    assert [r["name"] for r in found.volumes] == ["Contents"] and [r["name"] for r in found.versions] == ["duckdb"]


@pytest.mark.slow
def test_a_group_that_grew(done, given, export, tmp_path):
    """A sixth account does in new data what the five do: the group has grown by that account, seen in a real run."""
    start = datetime(2024, 3, 1, tzinfo=UTC)
    more = [
        f"p9,{(start + timedelta(hours=7 * n, minutes=13, seconds=20)):%Y-%m-%d %H:%M:%S},https://planted.example/{n} look\n"
        for n in range(12)
    ]
    data = tmp_path / export.name
    data.write_text(export.read_text(encoding="utf-8") + "".join(more), encoding="utf-8")
    later = execute("coordinated_behaviour", given(tmp_path / "case", data=str(data)))
    found = compare(done.result.folder, later.folder)
    (f,) = found.findings
    assert (f["change"], f["joined"], f["left"], f["n_before"], f["n_after"]) == ("grown", ["p9"], [], 5, 6)
    assert [(r["change"], r["name"]) for r in found.data] == [("replaced", export.name)]
    assert {r["name"]: r["difference"] for r in found.volumes}["Accounts"] == 1
    assert {r["name"]: r["difference"] for r in found.volumes}["Contents"] == 12
    assert found.parameters == found.versions == found.sections == []
    rows = found.tables["members"]["rows"]
    assert [r["key"][1] for r in rows if r["change"] == "new"] == ["p9"]
    assert any("finding grown" in line and "1 joined" in line for line in text(found))


@pytest.mark.slow
def test_the_page_is_escaped_asks_for_nothing_and_repeats(pair, tmp_path):
    """Names from data cannot act on the page, it loads nothing, and the same comparison gives the same bytes."""
    one, other = pair
    hostile = "<script>alert(1)</script>[x](https://evil.example/a)"
    frame = pd.DataFrame({"name": ["vote"], "n_posts": [1]})
    frame.to_parquet(one / "tables/narratives.parquet")
    pd.DataFrame({"name": ["vote", hostile], "n_posts": [1, 2]}).to_parquet(other / "tables/narratives.parquet")
    edit(other / "findings.json", lambda r: r["findings"][0].update(title=hostile[:90]))
    found = compare(one, other)
    html = page(found, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html and "&lt;script&gt;" in html
    assert "https://evil.example" not in html and "evil[.]example" in html
    assert 'content="default-src' in html and "src=" not in html and 'href="http' not in html
    assert page(found, tmp_path / "b.html").read_bytes() == html.encode("utf-8")


@pytest.mark.slow
def test_other_templates_and_unfinished_runs_are_refused(pair, capsys):
    """Runs of different templates, folders that are none and names that are no page are refused in three lines."""
    one, other = pair
    edit(other / "findings.json", lambda r: r.update(template="rapid_triage"))
    assert main(["compare", str(one), str(other)]) == 2
    assert "different templates: 'coordinated_behaviour' and 'rapid_triage'" in capsys.readouterr().err
    (other / "findings.json").unlink()
    with pytest.raises(InputError, match="no findings.json"):
        compare(one, other)
    assert main(["compare", str(one), str(one.parent)]) == 2
    assert main(["compare", str(one), str(one), "--out", "page.txt"]) == 2


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_fits_its_window(pair, chromium, tmp_path):
    """In a browser the page is no wider than its window, with long texts and many rows in it."""
    one, other = pair
    frame = pd.DataFrame({"name": [f"n{i}" for i in range(60)], "words": ["long " * 80] * 60, "n": range(60)})
    frame.to_parquet(one / "tables/narratives.parquet")
    frame.assign(n=range(1, 61), words=["other " * 80] * 60).to_parquet(other / "tables/narratives.parquet")
    path = page(compare(one, other), tmp_path / "c.html")
    probe = "<script>document.title=document.documentElement.scrollWidth+' '+innerWidth</script></body>"
    html = path.read_text(encoding="utf-8")
    start = html.index('<meta http-equiv="Content-Security-Policy"')
    free = html[:start] + html[html.index(">", start) + 1 :]
    path.write_text(free.replace("</body>", probe), encoding="utf-8")
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1000,900",
        f"--user-data-dir={tmp_path / 'p'}",
    )
    done = subprocess.run([chromium, *flags, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120)
    wide, window = (int(n) for n in done.stdout.split("<title>")[1].split("</title>")[0].split())
    assert wide <= window


def test_the_page_in_docs_names_every_field(repository):
    """docs/compare-and-resume.md names every field of the JSON and every change."""
    from investigate.matching import CHANGES
    from investigate.runs import Comparison

    page_text = (repository / "docs/compare-and-resume.md").read_text(encoding="utf-8")
    (grown,) = findings([finding("F-1", "abc")], [finding("F-2", "abcd", status="supported")])
    rows = table(pd.DataFrame({"name": ["a"], "n": [1]}), pd.DataFrame({"name": ["a"], "n": [2]}))
    record = Comparison("t", "T", "one", "other").record()
    names = {*record, *grown, *grown["fields"][0], *rows, *rows["rows"][0], *rows["rows"][0]["fields"][0], *CHANGES}
    assert len(names) > 40 and [n for n in sorted(names) if f"`{n}`" not in page_text] == []
