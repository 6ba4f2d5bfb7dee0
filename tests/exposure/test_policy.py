"""Settings of exposure control: what hides, whose settings win, what nobody can loosen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.exposure import Exposure, Lexicon, Policy, labels_of


@pytest.fixture
def policy() -> Policy:
    return Policy.load()


@pytest.mark.parametrize(
    "text, labels, harm",
    [
        ("a walk in the park", "", None),
        ("a walk in the park", "False", None),
        ("a walk in the park", None, None),
        ("a walk in the park", float("nan"), None),
        ("a walk in the park", pd.NA, None),
        (None, "gore", "graphic_violence"),
        ("a walk in the park", "Self-Harm", "self_harm"),
        ("a walk in the park", "self_harm", "self_harm"),
        ("a walk in the park", True, "sensitive"),
        ("a walk in the park", "true", "sensitive"),
        ("a walk in the park", '["nudity", "ok"]', "sexual"),
        ("a walk in the park", ["hate", "csam"], "child_safety"),
        ("a walk in the park", "a label nobody knows", "sensitive"),
        ("CONTENT\u200b WARNING: what follows", "", "sensitive"),
        ("snsfwx is no word of the list", "", None),
    ],
)
def test_labels_and_words_hide(policy, text, labels, harm):
    """A label hides whatever its spelling, an unknown one too; flags that say no, and other words, do not."""
    hidden = policy.hides(text, labels)
    assert (hidden.harm if hidden else None) == harm


def test_what_stands_in_place_of_a_hidden_text(policy):
    """The words say why, by which label, and where it can be seen; or that it never is."""
    assert str(policy.hides("x", "gore")) == ("[hidden: graphic violence, by label 'gore'; reveal in the workbench]")
    assert str(policy.hides("x", "csam")).endswith("by label 'csam'; never shown here]")
    assert policy.cover("plain") == "plain" and policy.cover("x", "gore").startswith("[hidden")


def test_a_persons_file_lies_over_the_organisations(tmp_path: Path):
    """Setting by setting: a person's own wins over the organisation's, which wins over what comes with the package."""
    org, own = tmp_path / "org.toml", tmp_path / "own.toml"
    org.write_text('[media]\ndetail = 12\ngreyscale = false\n[harms.hate]\ntext = "show"\n', encoding="utf-8")
    own.write_text(
        '[media]\ndetail = 10\n[harms.scams]\ntitle = "scam victims"\nlabels = ["Romance Scam"]\n', encoding="utf-8"
    )
    policy = Policy.load(personal=own, organisation=org)
    assert (policy.detail, policy.greyscale, policy.longest_side) == (10, False, 900)
    assert policy.hides("x", "hate") is None
    assert policy.hides("x", "romance-scam").harm == "scams"
    assert policy.files == (str(org), str(own))


def test_labels_are_added_never_taken_away(tmp_path: Path):
    """A file that lists labels for a harm adds to those that are there: no list of ours can be lost by a short one."""
    own = tmp_path / "own.toml"
    own.write_text('[harms.graphic_violence]\nlabels = ["accident"]\n', encoding="utf-8")
    policy = Policy.load(personal=own)
    assert policy.hides("x", "accident").harm == policy.hides("x", "gore").harm == "graphic_violence"


@pytest.mark.parametrize("setting", ['media = "blur"', 'text = "hide"', "fixed = false", "hash = true"])
@pytest.mark.parametrize("whose", ["personal", "organisation"])
def test_nobody_can_have_the_never_shown_class_shown(tmp_path: Path, setting: str, whose: str):
    """Suspected sexual abuse of children: no file, the organisation's included, makes it visible."""
    file = tmp_path / "loose.toml"
    file.write_text(f"[harms.child_safety]\n{setting}\n", encoding="utf-8")
    with pytest.raises(InputError, match="fixed"):
        Policy.load(**{whose: file})


def test_what_the_organisation_fixes_a_person_can_only_tighten(tmp_path: Path):
    """A fixed harm: stricter is allowed, looser is refused, and a person cannot fix one."""
    org, own = tmp_path / "org.toml", tmp_path / "own.toml"
    org.write_text('[harms.hate]\nmedia = "hide"\nfixed = true\n', encoding="utf-8")
    own.write_text('[harms.hate]\nmedia = "never"\n', encoding="utf-8")
    assert Policy.load(personal=own, organisation=org).harms["hate"].media == "never"
    own.write_text('[harms.hate]\nmedia = "blur"\n', encoding="utf-8")
    with pytest.raises(InputError, match="fixed"):
        Policy.load(personal=own, organisation=org)
    own.write_text("[harms.sexual]\nfixed = true\n", encoding="utf-8")
    with pytest.raises(InputError, match="only the organisation"):
        Policy.load(personal=own)


def test_every_problem_of_a_file_is_named(tmp_path: Path):
    """A misspelt setting would silently show what somebody wanted hidden: each is refused, with the nearest name."""
    own = tmp_path / "own.toml"
    own.write_text(
        '[medai]\ndetail = 3\n[media]\ndetial = 9\ndetail = 400\ngreyscale = "yes"\n[harms.hate]\nmedia = "show"\nlabels = "x"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        Policy.load(personal=own)
    for part in (
        "'media'",
        "detial (nearest: 'detail')",
        "from 8 to 40",
        "greyscale must be true or false",
        "blur, hide, never",
        "list of texts",
    ):
        assert part in error.value.what
    with pytest.raises(InputError, match="missing"):
        Policy.load(personal=tmp_path / "absent.toml")
    own.write_text("[media\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        Policy.load(personal=own)


def test_ones_own_words(tmp_path: Path):
    """A supplied list: whole words, whatever their case; in scripts without spaces anywhere; an unknown harm is refused."""
    words = tmp_path / "words.txt"
    words.write_text("# ours\nhate: Zorblax\nflood\n洪水\n", encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text('[lexicon]\nfiles = ["words.txt"]\nuse_default = false\n', encoding="utf-8")
    policy = Policy.load(personal=own)
    assert policy.hides("a zorblax!").harm == "hate" and policy.hides("#ZORBLAX").harm == "hate"
    assert policy.hides("the FLOOD came").harm == "sensitive" and policy.hides("今日は洪水だ") is not None
    assert policy.hides("flooding") is None and policy.hides("nsfw") is None
    words.write_text("hatred: zorblax\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"hatred.*words.txt, line 1"):
        Policy.load(personal=own)


def test_the_list_that_is_shipped_is_short_and_neutral():
    """A few phrases of warning; every harm they name exists."""
    lexicon = Lexicon.default()
    assert 0 < len(lexicon.terms) <= 12
    assert {harm for _, harm in lexicon.terms} <= set(Policy.load().harms)


def test_tables_are_covered_without_being_changed(policy):
    """Texts of a table, by the label of their content; identifiers stay; the table given is as it was."""
    table = pd.DataFrame(
        {
            "content_a": ["c1", "c2"],
            "text_a": ["one", "two"],
            "content_b": ["c3", "c1"],
            "text_b": ["NSFW", "one"],
            "n": [1, 2],
        }
    )
    before = table.copy()
    out = policy.cover_frame(table, {"c1": ["gore"]})
    assert out["text_a"].str.startswith("[hidden: graphic").tolist() == [True, False]
    assert out["text_b"].str.startswith("[hidden").tolist() == [True, True]
    assert out[["content_a", "content_b", "n"]].equals(before[["content_a", "content_b", "n"]])
    pd.testing.assert_frame_equal(table, before)
    marked = policy.cover_frame(pd.DataFrame({"content_id": ["c9"], "text": ["x"], "sensitivity": ["gore"]}))
    assert marked["text"].iloc[0].startswith("[hidden") and marked["sensitivity"].iloc[0] == "gore"


def test_labels_come_from_the_data_and_from_tags(tmp_path: Path, policy):
    """The column `sensitivity`, a tag on a content, a tag on an account; other tags say other things."""
    from investigate import Case

    rows = [
        "a,2026-01-01T00:00:00Z,one,c1,false",
        "b,2026-01-01T00:00:10Z,two,c2,true",
        "a,2026-01-01T00:01:00Z,three,c3,",
    ]
    file = tmp_path / "posts.csv"
    file.write_text("who,at,said,id,possibly_sensitive\n" + "\n".join(rows) + "\n", encoding="utf-8")
    case = Case.create(tmp_path / "case", purpose="labels")
    names = {
        "account_id": "who",
        "created_at": "at",
        "text": "said",
        "content_id": "id",
        "sensitivity": "possibly_sensitive",
    }
    case.load(file, "csv", mapping=names)
    assert labels_of(case, policy) == {"c2": ["true"]}
    case.tag("content:c3", "Gore", "seen")
    case.tag("content:c1", "interesting", "not a harm")
    case.tag("b", "self-harm", "all of it")
    assert labels_of(case, policy) == {"c2": ["true", "self harm"], "c3": ["gore"]}
    shown = Exposure(policy)
    assert shown.text("c3", "three", ["gore"]).startswith("[hidden") and shown.reveal("c3") == "three"


def test_the_page_lists_every_setting_and_harm(repository):
    """docs/exposure.md names each setting, harm and allowed word."""
    from investigate.exposure.settings import HARM, KNOWN

    page = (repository / "docs" / "exposure.md").read_text(encoding="utf-8")
    names = {*KNOWN, *(n for settings in KNOWN.values() for n in settings), *Policy.load().harms} | set(HARM) - {
        "title",
        "hash",
    }
    assert [n for n in sorted(names) if n not in page] == []
