"""The manifest keeps the hash of every file that a parameter names."""

from __future__ import annotations

from investigate.files import sha256
from investigate.packs import bundled
from investigate.runs.manifest import side_files
from investigate.runs.parameters import VOCABULARY


def test_every_named_file_is_hashed_and_the_data_are_not(tmp_path):
    """Each parameter of kind path gives a hash; the data file stands among the inputs, an inline mapping is no file."""
    file = tmp_path / "one.toml"
    file.write_text("a = 1\n")
    wanted = [name for name, p in VOCABULARY.items() if p.kind == "path" and name != "data"]
    found = side_files({name: str(file) for name in wanted} | {"data": str(file), "mapping": "text=body", "seed": 1})
    assert found == dict.fromkeys(wanted, sha256(file)) and {"known_groups", "policy_pack"} <= set(found)


def test_the_bundled_pack_is_hashed_where_none_is_named():
    """A run that used the sample pack says which; a template without the parameter says nothing."""
    assert side_files({"policy_pack": ""}) == {"policy_pack": sha256(bundled("policy_pack.toml"))}
    assert side_files({"seed": 1, "known_groups": ""}) == {}
