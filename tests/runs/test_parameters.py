"""Parameters: what is accepted, what is refused, and in which words."""

from __future__ import annotations

import pytest

from investigate.errors import InputError, UnknownNameError
from investigate.runs import parameters
from investigate.runs.parameters import VOCABULARY, check, convert

DEFAULTS = {name: p.default for name, p in VOCABULARY.items()}


def test_defaults_are_valid():
    """Every default of the vocabulary passes its own check."""
    assert check(DEFAULTS, {}) == DEFAULTS


def test_misspelt_name_is_refused_with_the_nearest():
    """A name nobody declared is refused, and the nearest declared one is offered."""
    with pytest.raises(UnknownNameError, match="'min_share'.*did you mean 'min_shared'"):
        check(DEFAULTS, {"min_share": 3})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("min_shared", "3", 3),
        ("fdr_q", "0.05", 0.05),
        ("seed", " 7 ", 7),
        ("relations", "co_url, co_text", ["co_url", "co_text"]),
        ("relations", '["co_url"]', ["co_url"]),
        ("relations", "", []),
        ("window", 90, "90s"),
        ("window", "5m", "5m"),
    ],
)
def test_texts_become_values(name, text, value):
    """Values given as text, as a command line does, become the declared type."""
    assert check(DEFAULTS, {name: text})[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_shared", 0),
        ("min_shared", "many"),
        ("min_shared", 2.5),
        ("min_shared", True),
        ("min_accounts", 1),
        ("fdr_q", 0.5),
        ("fdr_q", "last week"),
        ("fdr_q", float("nan")),
        ("resolution", 0),
        ("window", "last week"),
        ("window", "0s"),
        ("purpose", "because"),
        ("relations", 5),
        ("seed", -1),
        ("data", "no/such/file.csv"),
        ("top_n", "0"),
    ],
)
def test_wrong_type_or_range_is_refused(name, value):
    """A value of the wrong type or out of range is refused, and the message names the parameter."""
    with pytest.raises(InputError, match=name):
        check(DEFAULTS, {name: value})


def test_the_message_states_the_range():
    """Who gives a value out of range reads which values are in it."""
    with pytest.raises(InputError, match=r"0\.0001 to 0\.2"):
        check(DEFAULTS, {"fdr_q": 5})


def test_all_problems_at_once():
    """Several problems come in one message, so that nobody mends them one by one."""
    with pytest.raises(InputError) as caught:
        check(DEFAULTS, {"min_share": 2, "fdr_q": "x", "purpose": "short", "relations": "co_ur"})
    for part in ("4 problems", "min_share", "fdr_q", "purpose", "co_ur", "co_url"):
        assert part in str(caught.value)


def test_only_unknown_names_keep_their_class():
    """Two misspelt names and nothing else are still an UnknownNameError."""
    with pytest.raises(UnknownNameError, match="2 problems"):
        check(DEFAULTS, {"min_share": 2, "windw": "60s"})


def test_a_source_is_known_before_anything_is_read():
    """A source nobody registered is refused."""
    with pytest.raises(UnknownNameError, match="source 'csvv'"):
        check(DEFAULTS, {"source": "csvv"})


def test_an_opened_case_stands_for_its_folder(tmp_path):
    """A notebook whose cells are run twice hands the opened case in place of the folder's name."""

    class Opened:
        path = tmp_path

    assert convert("case", Opened()) == str(tmp_path)


def test_every_parameter_explains_itself():
    """Each one has help in words, a type in words, and a default."""
    for parameter in VOCABULARY.values():
        assert len(parameter.help) > 8
        assert parameter.type_name in ("text", "whole number", "number", "list of names")
        assert isinstance(parameter.limits, str)


def test_unknown_declarations_are_named():
    """A template that declares a name outside the vocabulary is told so."""
    assert parameters.undeclared(["seed"]) == []
    assert "did you mean 'window'" in parameters.undeclared(["windows"])[0]
