"""Cases to practise on."""

from __future__ import annotations

import pytest

from investigate import practice
from investigate.errors import InputError, UnknownNameError
from investigate.runs.practising import available


def test_the_sample_goes_through_the_method_once(tmp_path) -> None:
    """Made at the first call, opened at the second: the same findings, and nothing more in the log."""
    made = practice(folder=tmp_path / "case")
    found = [f.title for f in made.findings]
    entries = len(made.log.entries())
    made.close()
    again = practice(folder=tmp_path / "case")
    assert sum(f.status == "supported" for f in again.findings) == 2
    assert [f.title for f in again.findings] == found
    assert len(again.log.entries()) == entries


def test_a_slice_that_is_not_here_is_said(tmp_path, monkeypatch, capsys) -> None:
    """Where a real slice is missing, the error says how to get it; `otherwise` takes the sample and says so."""
    (tmp_path / "desk" / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "desk" / "notebooks")
    monkeypatch.delenv("INVESTIGATE_DATA", raising=False)
    assert [one.name for one in available() if one.file is None] == ["koch", "merkel"]
    with pytest.raises(InputError, match="investigate data get ira_koch"):
        practice("koch")
    with pytest.raises(UnknownNameError, match="koch"):
        practice("kosh")
    (tmp_path / "desk" / "data").mkdir()
    case = practice("koch", otherwise="sample")
    assert "ira_koch" in capsys.readouterr().out
    assert case.path.resolve() == tmp_path / "desk" / "data" / "cases" / "practice_sample"


@pytest.mark.parametrize("folder", ["data/raw", "elsewhere"])
def test_a_slice_is_found_beside_the_checkout(tmp_path, monkeypatch, folder) -> None:
    """INVESTIGATE_DATA and data/raw are looked in."""
    name = "ira_merkel_2016-07-18_24.csv.gz"
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INVESTIGATE_DATA", str(tmp_path / "elsewhere"))
    found = {one.name: one.file for one in available()}
    assert found["merkel"] is not None and found["merkel"].resolve() == tmp_path / folder / name
    assert found["koch"] is None
