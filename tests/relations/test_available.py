"""Which relations the data can carry: only those that are named look at it."""

from __future__ import annotations

import pytest
from tables_of_rows import connection

from investigate.errors import InputError, UnknownNameError
from investigate.relations import RELATIONS, available, check_available

ROWS = [("A", "a1", "x", 0.0, "url"), ("B", "b1", "x", 5.0, "url")]


@pytest.fixture
def asked(monkeypatch):
    """The names of the relations whose own check was called."""
    names: list[str] = []
    for rule in RELATIONS:
        if rule.holds is None:
            continue

        def noted(con, name=rule.name, holds=rule.holds):
            names.append(name)
            return holds(con)

        monkeypatch.setitem(RELATIONS._entries, rule.name, _with(rule, noted))
    return names


def _with(rule, holds):
    from dataclasses import replace

    return replace(rule, holds=holds)


def test_only_the_named_relations_look_at_the_data(asked):
    con = connection(ROWS)
    assert check_available(["co_url", "co_url"], con) == ["co_url"] and asked == []
    with pytest.raises(InputError, match="cannot carry shared_payment") as error:
        check_available(["shared_payment"], con)
    assert "co_url" in error.value.do and set(asked) > {"shared_payment"}
    asked.clear()
    assert available(con) == ["co_url"] and set(asked) == {r.name for r in RELATIONS if r.holds}
    with pytest.raises(UnknownNameError, match="co_ulr"):
        check_available(["co_ulr"], con)
