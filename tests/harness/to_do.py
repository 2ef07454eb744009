"""The command that a run prints to carry its plan out, and the options that it must know."""

from __future__ import annotations

import shlex
from typing import Any

from pants.testutil.rule_runner import GoalRuleResult

from devflow.common.options import flag_of
from harness.registered import registered

START = "To do it: "


def options_of(subsystem: type[Any]) -> set[str]:
    """The names of its options, as on the command line: "--dry-run"."""
    return {flag_of(subsystem, flag[2:].replace("-", "_")) for flag in registered(subsystem)}


def printed_arguments(result: GoalRuleResult) -> tuple[str, ...]:
    """The arguments of the printed command, without the program and the goal."""
    lines = [line for line in result.stderr.splitlines() if line.startswith(START)]
    assert lines, result.stderr
    return tuple(shlex.split(lines[-1][len(START) :])[2:])
