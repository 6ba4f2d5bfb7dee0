"""Policy packs: the bundled sample, mappings, and what a wrong pack is told."""

from __future__ import annotations

import pytest

from investigate.errors import UnknownNameError
from investigate.findings import GRADES
from investigate.packs import AREAS, PolicyPack, bundled, policy_pack, read
from investigate.packs.policy import SAMPLE
from investigate.packs.reading import WrittenWrong


def test_the_sample_covers_every_area_and_says_that_it_is_a_sample():
    """Every area maps to at least one policy, and nobody can take the sample for a platform's policy."""
    pack = policy_pack()
    assert {area: bool(pack.mapping(area)) for area in AREAS} == dict.fromkeys(AREAS, True)
    assert "no platform's policy" in pack.name and "NOT the policy of any platform" in bundled(SAMPLE).read_text()


def test_a_mapping_is_what_a_finding_takes():
    """Each entry holds identifier, title, clause, version and the fit that was asked for, as texts."""
    mapping = policy_pack().mapping("civic_integrity", fit="unclear")
    assert [m["policy_id"] for m in mapping] == ["C-VOTING", "C-MEDIA", "C-INAUTHENTIC"]
    assert all(list(m) == ["policy_id", "title", "clause", "version", "fit"] for m in mapping)
    assert {m["fit"] for m in mapping} == {"unclear"} and all(isinstance(v, str) for m in mapping for v in m.values())


def test_unknown_areas_and_fits_name_the_nearest():
    """A misspelt area is no empty mapping."""
    with pytest.raises(UnknownNameError, match="did you mean 'fraud_ads'"):
        policy_pack().mapping("fraud_ad")
    with pytest.raises(UnknownNameError, match="did you mean 'possible'"):
        policy_pack().mapping("fraud_ads", fit="posible")


def test_default_actions_are_chosen_by_template_and_kind():
    """An action that names templates or kinds stays out elsewhere; one that names none is proposed everywhere."""
    pack = policy_pack()
    queue = [a.owner for a in pack.actions_for("escalation_trends", "anomaly")]
    assert queue == ["operations", "product"]
    assert [a.owner for a in pack.actions_for("rapid_triage")] == ["product"]
    assert all(a.needs in GRADES for a in pack.actions)


def test_a_pack_whose_parts_do_not_fit_together_is_told_where(tmp_path):
    """A policy no area knows, an area no template knows, a category that does not exist: each with its line and the nearest."""
    text = bundled(SAMPLE).read_text(encoding="utf-8")
    changes = [
        ('"C-SPAM"]', '"C-SPAMS"]'),
        ("\nfraud_ads =", "\nfraud_adds ="),
        ("CATEGORY_VIOLENCE", "CATEGORY_VIOLENT"),
        ('policy_id = "C-MEDIA"', 'policy_id = "C-VOTING"'),
    ]
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = tmp_path / "pack.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrittenWrong) as caught:
        policy_pack(path)
    rows = text.splitlines()
    found = {p.what: (rows[p.line - 1], p.do) for p in caught.value.problems}
    assert len(caught.value.problems) == len(found) + 1  # two areas miss C-MEDIA
    assert 'policy_id = "C-VOTING"' in found["'C-VOTING' is given twice"][0]
    assert "VIOLENT" in found["'STATEMENT_CATEGORY_VIOLENT' is no category of the transparency database"][0]
    row, do = found["'fraud_adds' is no area that templates ask for"]
    assert row.startswith("fraud_adds") and "did you mean 'fraud_ads'?" in do
    row, do = found["no policy of this pack is called 'C-SPAMS'"]
    assert row.startswith("coordinated_behaviour") and "did you mean 'C-SPAM'?" in do


def test_a_yaml_pack_reads_like_a_toml_pack(tmp_path):
    """The same pack in either language is the same value; an area of one's own begins with x_."""
    toml = tmp_path / "p.toml"
    toml.write_text(
        'name = "n"\nversion = "1"\ndated = 2026-01-01\n[areas]\nx_own = ["P"]\n[[policies]]\npolicy_id = "P"\n'
        'family = "law"\ntitle = "t"\nversion = "1"\neffective_from = 2026-01-01\n'
    )
    yaml = tmp_path / "p.yaml"
    yaml.write_text(
        "name: n\nversion: '1'\ndated: 2026-01-01\nareas:\n  x_own: [P]\npolicies:\n"
        "  - {policy_id: P, family: law, title: t, version: '1', effective_from: 2026-01-01}\n"
    )
    assert read(toml, PolicyPack) == read(yaml, PolicyPack)
    assert policy_pack(str(yaml)).mapping("x_own")[0]["policy_id"] == "P"
    assert policy_pack(yaml).mapping("spam") == []
