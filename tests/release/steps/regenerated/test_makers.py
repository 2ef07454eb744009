"""Targets and commands that make files again, from the settings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.release.steps.regenerated.makers import Maker, covers, makers_of


def test_targets_before_commands() -> None:
    commands: Any = {"tools/dump.sh": ["docs/a.json", "docs/schemas/"], "make x": "x.json"}
    assert makers_of({"docs:openapi": "docs/openapi.json"}, commands, "") == (
        Maker("docs:openapi", ("docs/openapi.json",), is_target=True),
        Maker("make x", ("x.json",)),
        Maker("tools/dump.sh", ("docs/a.json", "docs/schemas/")),
    )


@given(st.permutations(["a:x", "b:y", "c"]))
def test_the_order_in_which_pants_gives_the_settings_does_not_matter(names: list[str]) -> None:
    outputs, commands = {name: f"{name[0]}.json" for name in names}, {f"make {name}": ["x/"] for name in names}
    assert [maker.words for maker in makers_of(outputs, commands, "")] == [
        *("a:x", "b:y", "c"),
        *("make a:x", "make b:y", "make c"),
    ]


@pytest.mark.parametrize(
    ("path", "is_covered"),
    [("docs/a.json", True), ("docs/b/c", True), ("docs/b", False), ("docs/a.json.bak", False), ("docs", False)],
)
def test_what_may_change(path: str, is_covered: bool) -> None:
    assert covers(["docs/a.json", "docs/b/"], path) is is_covered


@pytest.mark.parametrize(
    ("outputs", "commands", "message"),
    [
        ({"docs:x": ""}, {}, "[release].outputs: An empty path is no path of a file."),
        ({"docs:x": "../x"}, {}, "[release].outputs: The path '../x' leads out of the repository."),
        ({" ": "x"}, {}, "[release].outputs: ' ' has no file that it makes."),
        ({}, {"make": []}, "[release].commands: 'make' has no file that it makes."),
        ({}, {"make": [1]}, "[release].commands: 'make' has no file that it makes."),
        ({}, {"make": [".git/x"]}, "[release].commands: The path '.git/x' is in a git directory"),
    ],
)
def test_bad_settings(outputs: Any, commands: Any, message: str) -> None:
    with pytest.raises(UserError) as caught:
        makers_of(outputs, commands, "")
    assert str(caught.value).startswith(message)
