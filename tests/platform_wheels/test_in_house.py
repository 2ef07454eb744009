"""A repository whose own backend has `platform_resources`, with the same options: it keeps both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import devflow
from devflow.engine.session import is_alias_taken, is_scope_taken
from devflow.platform_wheels import register
from devflow.platform_wheels.subsystem import PlatformResourcesSubsystem
from devflow.platform_wheels.targets import PlatformResourcesTarget, PlatformWheelTarget

SCOPE = """
from pants.option.subsystem import Subsystem
class InHouse(Subsystem):
    options_scope = "platform-specific-resources"
    help = "The options of an in-house backend."
"""
ALIAS = """
from pants.engine.target import COMMON_TARGET_FIELDS, Target
class InHouse(Target):
    alias = "platform_resources"
    core_fields = COMMON_TARGET_FIELDS
    help = "The target of an in-house backend."
"""
LOAD = """
from devflow.platform_wheels import register
from devflow.platform_wheels.subsystem import PlatformResourcesSubsystem
rules = register.rules()
print([target.alias for target in register.target_types()])
selectors = [selector for rule in rules for selector in getattr(rule, "input_selectors", ())]
print([selector for selector in selectors if selector is PlatformResourcesSubsystem])
"""


@pytest.mark.parametrize("in_house", [SCOPE, ALIAS])
def test_what_a_backend_before_has_is_left_to_it(in_house: str) -> None:
    path = {"PYTHONPATH": str(Path(next(iter(devflow.__path__))).parent)}
    done = subprocess.run(
        [sys.executable, "-c", in_house + LOAD], env=path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "['platform_wheel']\n[]\n"), done.stderr


def test_what_nobody_has_is_ours() -> None:
    assert not is_scope_taken(PlatformResourcesSubsystem)
    assert not is_alias_taken(PlatformResourcesTarget)
    assert list(register.target_types()) == [PlatformWheelTarget, PlatformResourcesTarget]
