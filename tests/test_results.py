"""Results outlive the process that made them, and a damaged state never keeps a case from opening."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from investigate.case import Case
from investigate.concluding import KEPT
from investigate.errors import OutsideError
from investigate.study import Study

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Case:
    case = Case.create(tmp_path_factory.mktemp("kept") / "case")
    case.load(SAMPLES / "world.csv.gz", "csv", mapping=str(SAMPLES / "world.toml"))
    case.relate()
    case.score(known_groups=SAMPLES / "known_groups.csv")
    case.group()
    case.find()
    return case


def test_a_case_opens_with_the_results_it_was_left_with(done: Case):
    """Every table, the settings and the findings are the same in a new process; evidence can be asked for at once."""
    again = Case.open(done.path)
    for name in KEPT:
        pd.testing.assert_frame_equal(getattr(done, name), getattr(again, name))
    assert again.findings == done.findings and len(again.findings) > 0
    assert again.settings == done.settings and again.pairs_found == done.pairs_found
    assert again.known_groups is not None and again.known_groups.equals(done.known_groups)
    edge = done.edges[done.edges["unusual"]].iloc[0]
    pd.testing.assert_frame_equal(done.evidence(edge), again.evidence(edge))
    assert done.verify() == [] and done.incomplete == []


def test_results_of_other_data_are_not_taken_up(done: Case, tmp_path: Path):
    """After another file was loaded, the old edges no longer describe the data."""
    import shutil

    copy = shutil.copytree(done.path, tmp_path / "case")
    case = Case.open(copy)
    more = tmp_path / "more.csv"
    more.write_text("who,what,when,links\na,1,2026-01-01T00:00:00Z,https://example.org/a\n")
    case.load(more, "csv", mapping={"account_id": "who", "content_id": "what", "created_at": "when", "url": "links"})
    assert Case.open(copy).findings == [] and Case.open(copy).edges.empty


@pytest.mark.parametrize("damage", ["cut", "changed", "record"])
def test_damaged_results_are_named_and_the_case_opens(done: Case, tmp_path: Path, damage: str):
    """`verify` names the file; the case opens."""
    import shutil

    copy = shutil.copytree(done.path, tmp_path / "case")
    state = copy / "results" / json.loads((copy / "results" / "current.json").read_text())["state"]
    if damage == "record":
        (state / "record.json").write_text("{")
    else:
        path = state / "edges.parquet"
        path.write_bytes(path.read_bytes()[:100] if damage == "cut" else path.read_bytes() + b"x")
    case = Case.open(copy)
    assert any("results/" in problem and "changed" in problem for problem in case.verify())
    assert any("run the analysis again" in line for line in case.incomplete)
    assert case.path == copy


def test_a_disk_that_fills_up_leaves_the_old_results(done: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The state that counts is replaced last."""
    import shutil

    from investigate import results

    copy = shutil.copytree(done.path, tmp_path / "case")
    case = Case.open(copy)

    def full(path: Path, value: object) -> None:
        raise OutsideError("no space left on device", str(path), "free space")

    monkeypatch.setattr(results, "write_json", full)
    with pytest.raises(OutsideError):
        case.keep()
    monkeypatch.undo()
    assert Case.open(copy).findings == done.findings


def test_numbers_that_json_does_not_have_are_kept_as_missing():
    """Infinite and undefined values, however deep, become null in a study's record; all else stays."""
    facts = {"a": float("inf"), "b": [1.5, float("nan"), {"c": -float("inf"), "d": "inf"}], "e": (2, True)}
    record = Study(name="x", bottom_line="one", numbers=(("n", float("nan")), ("m", 3)), facts=facts).record()
    assert record["facts"] == {"a": None, "b": [1.5, None, {"c": None, "d": "inf"}], "e": [2, True]}
    assert record["numbers"] == [["n", None], ["m", 3]]
    json.dumps(record, allow_nan=False)
