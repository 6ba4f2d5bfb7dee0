"""The case: the method on the bundled sample, and a folder that says what happened to it."""

from __future__ import annotations

import csv
import json
import os
import shutil

import pandas as pd
import pytest

from investigate import Case
from investigate.errors import CaseError, InputError, ResolutionError
from investigate.findings import check

TEXT = {"account_id": "account", "created_at": "time", "text": "text"}


@pytest.fixture(scope="module")
def samples(repository):
    return repository / "data" / "samples"


@pytest.fixture(scope="module")
def solved(samples, tmp_path_factory):
    """The sample, through all stages."""
    case = Case.create(
        tmp_path_factory.mktemp("case") / "sample", title="sample", purpose="tests of the method on the sample"
    )
    case.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    case.relate()
    case.score(known_groups=samples / "known_groups.csv")
    case.group()
    case.find()
    return case


@pytest.fixture
def copied(solved, tmp_path):
    """A copy of the solved case's folder, to damage."""
    shutil.copytree(solved.path, tmp_path / "copy")
    return Case.open(tmp_path / "copy")


def truth(samples):
    with (samples / "truth.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {kind: {r["account"] for r in rows if r["kind"] == kind} for kind in {r["kind"] for r in rows}}


def test_the_sample_gives_the_planted_groups_and_nothing_else(solved, samples):
    """Supported: exactly the two planted groups. Besides: one lead, the newsroom, explained by the known group."""
    known = truth(samples)
    supported = {frozenset(f.members) for f in solved.findings if f.status == "supported"}
    assert supported == {frozenset(known["planted_fast"]), frozenset(known["planted_camouflage"])}
    leads = [f for f in solved.findings if f.status == "lead"]
    assert [set(f.members) for f in leads] == [known["newsroom"]]
    assert leads[0].evidence_grade == "E1"
    assert leads[0].alternatives[0].verdict == "explains" and "12 of 12 members" in leads[0].alternatives[0].result


def test_every_finding_keeps_the_contract(solved):
    """Expected by chance, two checked explanations, limits, a status a template may give, a stable identifier."""
    for finding in solved.findings:
        check(finding)
        assert (
            finding.evidence[0].expected is not None
            and finding.evidence[0].observed > 10 * finding.evidence[0].expected
        )
        assert json.loads(json.dumps(finding.to_dict(), allow_nan=False))["finding_id"].startswith("F-")
    again = {f.finding_id for f in solved.findings}
    solved.find()
    assert {f.finding_id for f in solved.findings} == again


def test_no_text_accuses(solved):
    """No finding calls anybody a bot or a troll, or claims intent."""
    words = json.dumps([f.to_dict() for f in solved.findings]).lower()
    assert not any(w in words for w in ("bot ", "bots", "troll", "state-sponsored", "certainly", "proves"))


def test_an_edge_opens_into_its_rows(solved):
    """Every unusual edge's evidence has as many rows as n_pairs, on n_objects objects, within the window."""
    strongest = solved.edges[solved.edges["unusual"]].nsmallest(5, "q")
    for _, edge in strongest.iterrows():
        rows = solved.evidence(edge, edge["relation"])
        assert len(rows) == edge["n_pairs"] and rows["object_id"].nunique() == edge["n_objects"]
        assert rows["lag_s"].abs().max() <= solved.settings.window_s
        assert rows["text_a"].notna().all() and rows["row_b"].notna().all()


def test_graphs_are_plain_networkx(solved):
    """Projected, multi-relation, bipartite and content graphs agree with the tables, and GraphML takes them."""
    import networkx as nx

    graph = solved.graph()
    multi, flat = graph.to_networkx("multi"), graph.to_networkx()
    assert multi.number_of_edges() == len(graph.edges) and set(flat) == set(graph.accounts["account_id"])
    assert flat.number_of_edges() == len(graph.edges.drop_duplicates(["account_a", "account_b"]))
    pairs = graph.to_networkx("bipartite")
    assert nx.is_bipartite(pairs) and all(d["weight"] >= 1 for *_, d in pairs.edges(data=True))
    content = graph.to_networkx("content")
    assert {d["kind"] for _, d in content.nodes(data=True)} == {"account", "content", "object"}
    for g in (multi, flat, pairs, content):
        assert "".join(nx.generate_graphml(g)).startswith("<graphml")
    assert set(graph.keep(relations=["co_url"]).edges["relation"]) == {"co_url"}
    assert graph.keep(min_weight=10**6).accounts.empty
    with pytest.raises(LookupError, match="projected"):
        graph.to_networkx("proj")


def test_data_is_open_to_sql(solved):
    """Anyone who asks can query the tables."""
    found = solved.sql("select count(*) as n, count(distinct account_id) as a from content")
    assert (found["n"][0], found["a"][0]) == (9797, 521)


def test_loading_the_same_file_twice_changes_nothing(solved, samples):
    """Idempotent: one dataset, no new log entry; another mapping of the same file is refused."""
    before = len(solved.log.entries())
    solved.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    assert len(solved.datasets) == 1 and len(solved.log.entries()) == before
    with pytest.raises(InputError, match="other options"):
        solved.load(samples / "world.csv.gz", "csv", mapping=TEXT)


def test_two_files_with_made_up_ids_do_not_collide(tmp_path):
    """Row numbers as content identifiers are kept apart by the dataset; the same account is one account."""
    for n in (1, 2):
        (tmp_path / f"{n}.csv").write_text(
            f"account,time,text\nann,2024-01-0{n}T00:00:01Z,see https://example.org/{n}\n"
        )
    case = Case.create(tmp_path / "case")
    for n in (1, 2):
        case.load(tmp_path / f"{n}.csv", "csv", mapping=TEXT)
    found = case.sql("select count(distinct content_id) c, count(distinct account_id) a, count(*) n from content")
    assert found.iloc[0].tolist() == [2, 1, 2]
    assert case.sql("select count(*) n from accounts")["n"][0] == 1
    assert case.sql("select count(*) n from actions where object_type = 'url'")["n"][0] == 2


def test_a_window_finer_than_the_clock_is_refused(tmp_path):
    """Minute times and a 60 s window: refused with the reason and the least window; auto takes it."""
    rows = "".join(f"a{i % 3},2024-01-01T10:{i:02d}:00Z,see https://example.org/x{i % 4}\n" for i in range(30))
    (tmp_path / "m.csv").write_text("account,time,text\n" + rows)
    case = Case.create(tmp_path / "case")
    assert case.load(tmp_path / "m.csv", "csv", mapping=TEXT).resolution_s == 60
    with pytest.raises(ResolutionError, match="rounding.*use 2 min or more"):
        case.relate(window="60s")
    case.relate()
    assert case.settings.window_s == 120


def test_stages_out_of_order_say_what_is_missing(tmp_path, samples):
    """Scoring before relating names the stage to call."""
    case = Case.create(tmp_path / "case")
    with pytest.raises(CaseError, match="investigate load"):
        case.relate()
    case.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    with pytest.raises(InputError, match=r"call case.relate\(\) first"):
        case.score()


def test_folders_that_are_no_cases_are_refused(tmp_path):
    """Nothing there; something else there; a case there already; a case of another version."""
    with pytest.raises(CaseError, match="no case here"):
        Case.open(tmp_path / "none")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x.txt").write_text("x")
    with pytest.raises(CaseError, match="not empty"):
        Case.create(tmp_path / "full")
    case = Case.create(tmp_path / "case")
    with pytest.raises(CaseError, match="already"):
        Case.create(tmp_path / "case")
    (case.path / "case.json").write_text('{"format": 99}')
    with pytest.raises(CaseError, match="format 99"):
        Case.open(case.path)


def test_verify_finds_a_whole_case_whole(copied):
    assert copied.verify() == [] and copied.incomplete == []


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    os.chmod(path, 0o644)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["actions.parquet", "content.parquet", "original/world.csv.gz", "set_aside.parquet"])
def test_a_flipped_bit_in_the_data_is_named(copied, name):
    """One bit in any data file: verify names the file."""
    flip(copied.store.folder / copied.datasets[0].dataset_id / name)
    assert any(name in p and "changed" in p for p in copied.verify())


def test_missing_added_and_rewritten_files_are_named(copied):
    """A deleted table, a foreign file, and a dataset record rewritten to hide a change."""
    folder = copied.store.folder / copied.datasets[0].dataset_id
    (folder / "extra.parquet").write_bytes(b"x")
    (folder / "set_aside.parquet").unlink()
    found = copied.verify()
    assert any("extra.parquet" in p and "not written" in p for p in found)
    assert any("set_aside.parquet" in p and "missing" in p for p in found)
    record = json.loads((folder / "dataset.json").read_text())
    record["rows_read"] += 1
    (folder / "dataset.json").write_text(json.dumps(record))
    assert any("dataset.json" in p and "log entry" in p for p in copied.verify())


def test_a_dropped_log_line_is_named(copied):
    """The chain names the place."""
    rows = copied.log.path.read_text(encoding="utf-8").splitlines(keepends=True)
    copied.log.path.write_text("".join(rows[:1] + rows[2:]), encoding="utf-8", newline="\n")
    assert "line 2" in copied.verify()[0]


def test_a_load_cut_short_leaves_a_case_that_opens(copied, samples):
    """A half-written dataset folder is not used, is named, and can be loaded again."""
    (copied.store.folder / ".abc-csv").mkdir()
    (copied.store.folder / ".abc-csv" / "actions.parquet").write_bytes(b"half")
    again = Case.open(copied.path)
    assert len(again.datasets) == 1 and "load was cut short" in again.incomplete[0]
    assert again.sql("select count(*) n from content")["n"][0] == 9797


def test_a_crash_before_the_log_entry_is_mended_by_loading_again(tmp_path):
    """Data stored and not yet written down: named as incomplete; loading the same file writes the entry."""
    (tmp_path / "a.csv").write_text("account,time,text\nann,2024-01-01T00:00:01Z,see https://example.org/1\n")
    case = Case.create(tmp_path / "case")
    log, head = case.log.path.read_bytes(), case.log.head_path.read_bytes()
    case.load(tmp_path / "a.csv", "csv", mapping=TEXT)
    case.log.path.write_bytes(log)
    case.log.head_path.write_bytes(head)
    assert "load the same file again" in case.incomplete[0]
    case.load(tmp_path / "a.csv", "csv", mapping=TEXT)
    assert case.incomplete == [] and case.verify() == [] and len(case.datasets) == 1


def test_the_case_is_deterministic(solved, samples, tmp_path):
    """A second case from the same file and parameters gives equal tables and findings."""
    other = Case.create(tmp_path / "again")
    other.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    other.relate()
    other.score(known_groups=samples / "known_groups.csv")
    other.group()
    assert [f.to_dict() for f in other.find()] == [f.to_dict() for f in solved.findings]
    for name in ("edges", "communities", "joint", "objects", "sensitivity"):
        pd.testing.assert_frame_equal(getattr(other, name), getattr(solved, name))
