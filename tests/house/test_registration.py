"""Pants asks each backend for its rules with every command: what that costs, every command of every user pays."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from pants.core.util_rules import archive
from pants.engine.rules import collect_rules

from house.sources import SLICES

_BACKENDS = ["devflow", *(f"devflow.{name}" for name in SLICES)]


@contextmanager
def _counted(function: object) -> Iterator[list[str]]:
    """The files that call this function of Python meanwhile, however they have imported it."""
    callers: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code is getattr(function, "__code__", None) and frame.f_back:
            callers.append(frame.f_back.f_code.co_filename)

    sys.setprofile(note)
    try:
        yield callers
    finally:
        sys.setprofile(None)


def test_the_counter_sees_what_pants_collects() -> None:
    with _counted(collect_rules) as callers:
        archive.rules()
    assert archive.__file__ in callers


@pytest.mark.parametrize("backend", _BACKENDS)
def test_a_backend_collects_its_rules_once(backend: str) -> None:
    register = importlib.import_module(f"{backend}.register")
    first = list(register.rules())
    with _counted(collect_rules) as callers:
        again = list(register.rules())
    assert not callers
    assert [id(rule) for rule in again] == [id(rule) for rule in first]


@pytest.mark.parametrize("backend", _BACKENDS)
def test_a_backend_gives_each_rule_once(backend: str) -> None:
    rules = list(importlib.import_module(f"{backend}.register").rules())
    assert rules
    assert len(rules) == len(set(rules))
