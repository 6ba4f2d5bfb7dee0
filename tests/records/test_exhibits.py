"""Exhibits: numbers, rows and their hashes, and `verify` against the data."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from investigate.case import Case
from investigate.errors import InputError, OutsideError
from investigate.records.exhibit import members_of, whole_query
from investigate.records.rows import REFS_KEPT, digest, row_hash

LINK = "url:https://p.example/3"
EDGE = ["p0", "p1", "co_url"]


def pin_all(case):
    """One exhibit of each kind."""
    return [
        case.exhibit("edge", EDGE),
        case.exhibit("edge", ["p0", LINK, "url"]),
        case.exhibit("account", "p0"),
        case.exhibit("content", post(case)),
        case.exhibit("object", LINK),
        case.exhibit("community", 1),
        case.exhibit("view", "main", members=["p0", LINK, f"content:{post(case)}"]),
    ]


def post(case):
    return case.sql("select content_id from content where account_id = 'p0' order by created_at limit 1").iloc[0, 0]


def change_text(case, where, text="something else"):
    """Change the text of one post of an account in the data file."""
    path = next(case.path.glob("data/*/content.parquet"))
    table = pq.read_table(path)
    rows = table.to_pylist()
    next(r for r in rows if where(r))["text"] = text
    path.chmod(0o644)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)


def test_each_kind_keeps_its_rows_and_finds_them_again(case):
    """The number of rows is that of the query the exhibit names; places point into the file; nothing is amiss."""
    pinned = pin_all(case)
    assert [e.number for e in pinned] == [f"E-{n}" for n in range(1, 8)]
    assert case.exhibits() == Case.open(case.path).exhibits() == pinned
    edge, _, account, content, thing, community, view = pinned
    assert edge.n_rows == len(case.evidence(("p0", "p1"), "co_url")) == 12
    for exhibit, extra in ((edge, 0), (account, 1), (content, 0), (thing, 0)):
        found = eval(exhibit.query, {"case": case})
        rows = found if exhibit.kind != "content" else case.sql("select * from content limit 1")
        more = (
            0 if exhibit.kind != "content" else len(case.sql(f"select * from actions where content_id='{post(case)}'"))
        )
        assert exhibit.n_rows == len(rows) + extra + more
    members = eval(community.query, {"case": case})["account_id"]
    assert members_of(case.path, community) == sorted(members)
    assert members_of(case.path, view) == sorted(["p0", LINK, f"content:{post(case)}"])
    dataset = case.datasets[0].dataset_id
    row_a, row_b = case.evidence(("p0", "p1"), "co_url").iloc[0][["row_a", "row_b"]]
    assert edge.rows[0] == f"{dataset}:{row_a} + {dataset}:{row_b}"
    assert case.verify() == []


def test_numbers_are_not_given_twice(case):
    """After a retraction the next exhibit takes the next number; restoring brings the old one back."""
    first = case.exhibit("account", "p0")
    back = case.retract_exhibit("e-1", "wrong account")
    second = case.exhibit("account", "p1")
    assert (first.number, second.number) == ("E-1", "E-2")
    assert [e.retracted for e in case.exhibits()] == [back, 0]
    case.retract(back, "it was right")
    assert [(e.number, e.retracted) for e in case.exhibits()] == [("E-1", 0), ("E-2", 0)]
    with pytest.raises(InputError, match="no exhibit 'E-22'.*did you mean E-2"):
        case.retract_exhibit("E-22", "")


def test_verify_names_the_exhibits_whose_rows_changed(case):
    """One post changed in the Parquet file: the exhibits that hold it are named with its row, the others are not."""
    pin_all(case)
    other = case.exhibit("account", "q0")
    changed = post(case)
    row = case.sql(f"select source_row from content where content_id = '{changed}'").iloc[0, 0]
    case.close()
    change_text(case, lambda r: r["content_id"] == changed)
    found = [p for p in case.verify() if p.startswith("exhibit")]
    assert {p.split(" ")[1] for p in found} >= {"E-3", "E-4", "E-6", "E-7"}
    assert all(f":{row}" in p for p in found if p.split(" ")[1] in ("E-3", "E-4"))
    assert not any(other.number in p for p in found) and not any("E-5 " in p for p in found)
    case.retract_exhibit("E-3", "moot")
    assert not any("E-3" in p for p in case.verify() if p.startswith("exhibit"))


def test_a_missing_or_changed_attachment_is_named(case):
    """What a community's exhibit was of stands in a file; without it, or with another, verify says so."""
    path = case.path / "exhibits" / case.exhibit("community", 1).attachment
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"p0", b"a0"))
    assert any("E-1" in p and "is changed" in p for p in case.verify())
    path.unlink()
    assert any("E-1" in p and "is missing" in p for p in case.verify())
    path.write_bytes(kept)
    assert case.verify() == []


def test_the_edge_is_checked_with_the_window_it_was_pinned_under(case):
    """Another window later gives other evidence; the exhibit keeps its own."""
    pinned = case.exhibit("edge", EDGE)
    case.relate(["co_url"], window="3s")
    assert len(case.evidence(("p0", "p1"), "co_url")) < pinned.n_rows
    assert case.verify() == []


def test_columns_that_a_later_version_reads_do_not_change_the_hash():
    """The columns that were hashed are kept; a lost one is said."""
    rows = pd.DataFrame({"ref": ["d:1"], "a": ["x"], "b": [1.5]})
    held = digest({"content": rows})
    assert digest({"content": rows.assign(c="new")}, held.columns).sha256 == held.sha256
    assert digest({"content": rows.assign(c="new")}).sha256 != held.sha256
    with pytest.raises(InputError, match="reads no column b"):
        digest({"content": rows.drop(columns="b")}, held.columns)


def test_rows_that_differ_have_other_hashes():
    """Separators in a text, a missing value and an empty one, a number and its text by type do not collide."""
    rows = [("a;1:b", "c"), ("a", "1:b;c"), (None, "c"), ("", "c"), ("-", "c"), ("a", None), ("a", "b"), ("ab", "")]
    assert len({row_hash(r) for r in rows}) == len(rows)
    assert row_hash([1.0]) == row_hash([1]) and row_hash([float("nan")]) == row_hash([None])
    two = pd.DataFrame({"ref": ["d:1", "d:2"], "a": ["x", "y"]})
    assert digest({"t": two}).sha256 == digest({"t": two.iloc[::-1]}).sha256
    twice = pd.concat([two, two.head(1)])
    assert digest({"t": two}).sha256 != digest({"t": twice}).sha256


def test_the_cap_on_listed_rows_is_said_by_the_count(case):
    """At most `REFS_KEPT` places are listed; the count and the hash are over all rows, so a change beyond them shows."""
    pinned = case.exhibit("community", 1)
    assert len(pinned.rows) == len(pinned.row_hashes) == REFS_KEPT < pinned.n_rows
    last = members_of(case.path, pinned)[-1]
    case.close()
    listed = set(pinned.rows)
    dataset = case.datasets[0].dataset_id
    change_text(case, lambda r: r["account_id"] == last and f"{dataset}:{r['source_row']}" not in listed)
    assert any("E-1" in p for p in case.verify())


@pytest.mark.parametrize(
    ("kind", "ref", "words"),
    [
        ("edgy", EDGE, "not a kind.*did you mean 'edge'"),
        ("edge", "p0", "names no edge"),
        ("edge", ["p0", "p1", "co_urls"], "did you mean 'co_url'"),
        ("edge", ["p0", "q0", "co_url"], "no row of the data"),
        ("edge", ["p0", "nobody", "co_url"], "no account 'nobody'"),
        ("account", "P0", "no account"),
        ("content", "none", "no content"),
        ("object", "p0", "names no object"),
        ("object", "url:https://nowhere.example/", "no url"),
        ("community", 99, "no community 99"),
        ("account", "", "names no account"),
    ],
)
def test_what_is_not_there_cannot_be_pinned(case, kind, ref, words):
    """The message says what is near; nothing is written."""
    entries = len(case.log.entries())
    with pytest.raises(InputError, match=words):
        case.exhibit(kind, ref)
    assert len(case.log.entries()) == entries and not (case.path / "exhibits").exists()


def test_the_words_around_an_exhibit_are_checked(case):
    """An unknown finding, stance or confidence; a stance without a finding."""
    known = case.findings[0].finding_id
    for words, wrong in {
        "there is no finding.*did you mean": {"finding_id": known[:-1]},
        "not a stance.*'supports'": {"finding_id": known, "stance": "support"},
        "must say what": {"stance": "contradicts"},
        "not a confidence": {"confidence": "very"},
    }.items():
        with pytest.raises(InputError, match=words):
            case.exhibit("account", "p0", **wrong)
    pinned = case.exhibit("account", "p0", finding_id=known, stance="contradicts", confidence="low", note=" why ")
    assert (pinned.finding_id, pinned.stance, pinned.confidence, pinned.note) == (known, "contradicts", "low", "why")
    assert pinned.by == "anna"


def test_a_long_query_is_kept_whole(case):
    """The log holds its start and says that it is cut; the file beside holds all of it."""
    long = "\n".join(f"wb.move({{'p0': ({n}, {n})}})" for n in range(500))
    pinned = case.exhibit("view", "main", members=["p0"], query=long)
    assert pinned.query.endswith("# ... cut here") and len(pinned.query) < len(long)
    assert whole_query(case.path, pinned) == long


def test_a_crash_while_writing_leaves_no_exhibit(case, monkeypatch):
    """The attachment may be there, the entry is not: no number is used up, and the case is whole."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OutsideError, match="No space left"):
            case.exhibit("account", "p0")
    again = Case.open(case.path)
    again.exhibits()
    assert again.exhibit("account", "p1").title
    assert again.verify() == []


def test_a_torn_last_line_does_not_count(case):
    """Half an exhibit at the end of the log is set aside, as after a crash."""
    case.exhibit("account", "p0")
    whole = case.log.path.read_bytes()
    case.exhibit("account", "p1")
    case.log.path.write_bytes(case.log.path.read_bytes()[:-40])
    case.log.head_path.write_text(
        json.dumps({"seq": len(whole.splitlines()), "hash": json.loads(whole.splitlines()[-1])["hash"]})
    )
    again = Case.open(case.path)
    assert [e.ref for e in again.exhibits()] == ["p0"]
    assert again.exhibit("account", "p2").number == "E-2"
