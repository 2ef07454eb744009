"""A text option without a value, on the Pants that has such options."""

from __future__ import annotations

from typing import Any

import pytest
from pants.option.option_types import StrOption
from pants.option.subsystem import Subsystem
from pants.testutil.rule_runner import QueryRule, RuleRunner

from devflow.engine.optional_value import HAS_IMPLICIT_VALUES, with_implicit_value


class Orbit(Subsystem):
    options_scope = "orbit"
    help = "Has an option."

    moon = with_implicit_value(StrOption(default=None, help="The moon."), "luna")


@pytest.mark.parametrize(
    ("args", "value"),
    [
        ([], None),
        (["--orbit-moon=io"], "io"),
        (["--orbit-moon="], ""),
        pytest.param(
            ["--orbit-moon"],
            "luna",
            marks=pytest.mark.skipif(not HAS_IMPLICIT_VALUES, reason="this Pants wants a value for every text"),
        ),
    ],
)
def test_the_value(args: list[str], value: str | None) -> None:
    runner = RuleRunner(rules=[*Orbit.rules(), QueryRule(Orbit, [])])
    runner.set_options(args)
    orbit: Any = runner.request(Orbit, [])
    assert orbit.moon == value
