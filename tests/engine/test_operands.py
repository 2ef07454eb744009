"""Words of a command line that are no targets reach the goal that takes them, wherever its flags stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pants.option.options import Options

from devflow.backport import register
from devflow.engine.operands import arranged, take_operands

GOALS = {"backport"}
GLOBAL = {"-l", "--level", "--pantsd"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("backport 3f2a --to=1", "backport --to=1 -- 3f2a"),
        ("backport --to=1 3f2a", "backport --to=1 -- 3f2a"),
        ("backport 3f2a --to=1 #12 --execute A..B", "backport --to=1 --execute -- 3f2a #12 A..B"),
        ("backport main --no-sign --no-pantsd", "--no-pantsd backport --no-sign -- main"),
        ("backport main --level=debug -linfo", "--level=debug -linfo backport -- main"),
        ("backport release --to=1", "backport --to=1 -- release"),  # the name of another goal
        ("backport 3f2a --backport-to=1 --typo", "backport --backport-to=1 --typo -- 3f2a"),
        ("--no-pantsd -ldebug backport 3f2a", "--no-pantsd -ldebug backport -- 3f2a"),
        ("backport 3f2a -- -x 4b", "backport -- 3f2a -x 4b"),
        ("backport --to=1 -- 3f2a", "backport --to=1 -- 3f2a"),
        ("backport --to=1", "backport --to=1"),
        ("backport --help", "backport --help"),
        ("help backport", "help backport"),
        ("list backport ::", "list backport ::"),
        ("", ""),
    ],
)
def test_arranged(typed: str, expected: str) -> None:
    assert arranged(["pants", *typed.split()], GOALS, GLOBAL) == ("pants", *expected.split())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("link a:b --into=../x c/:: --no-requirements", "link --into=../x --no-requirements a:b c/::"),
        ("link a:b --no-pantsd --check -ldebug", "link --check a:b --no-pantsd -ldebug"),
        ("-ldebug link -a:b c:: --check", "-ldebug link --check -a:b c::"),
        ("link a:b --check -- --x", "link --check a:b -- --x"),
        ("list link a:b --check", "list link a:b --check"),
    ],
)
def test_flags_after_targets(typed: str, expected: str) -> None:
    assert arranged(["pants", *typed.split()], GOALS, GLOBAL, {"link"}) == ("pants", *expected.split())


words = st.lists(
    st.sampled_from(["a", "#1", "A..B", "--to=1", "--no-sign", "--no-pantsd", "-lx", "backport", "--"]), max_size=6
)


@given(words)
def test_nothing_is_lost_and_once_is_enough(typed: list[str]) -> None:
    once = arranged(["pants", "backport", *typed], GOALS, GLOBAL)
    operands = [word for word in typed[: typed.index("--") if "--" in typed else None] if not word.startswith("-")]
    assert sorted(once) == sorted(["pants", "backport", *typed, *(["--"] if operands and "--" not in typed else [])])
    if operands:
        assert list(once)[list(once).index("--") + 1 :][: len(operands)] == operands
    assert arranged(once, GOALS, GLOBAL) == once


@given(words)
def test_other_goals_get_what_was_typed(typed: list[str]) -> None:
    assert arranged(["pants", "list", *typed], GOALS, GLOBAL) == ("pants", "list", *typed)


def test_it_is_installed_once() -> None:
    list(register.rules())
    installed: Any = Options.create
    take_operands()
    assert Options.create == installed
    assert installed.with_operands
