from __future__ import annotations

import sys
from types import ModuleType

import pytest

from devflow.engine import Rules, rules_once


def test_rules_are_collected_once_and_each_is_there_once_in_order() -> None:
    collections = []

    @rules_once
    def rules() -> Rules:
        """Three."""
        collections.append("one")
        return ["second", "first", "second", "third", "first"]

    assert rules() == ("second", "first", "third")
    assert rules() is rules()
    assert collections == ["one"]
    assert (rules.__name__, rules.__doc__) == ("rules", "Three.")


def test_they_are_collected_again_when_another_backend_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "backend_of_somebody_else"

    @rules_once
    def rules() -> Rules:
        return ["ours", *([] if name in sys.modules else ["what both have"])]

    assert rules() == ("ours", "what both have")
    monkeypatch.setitem(sys.modules, name, ModuleType(name))
    assert rules() == ("ours",)
    assert rules() is rules()
