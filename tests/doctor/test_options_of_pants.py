"""The names of options by their declarations are those that Pants reads."""

from __future__ import annotations

import pytest
from pants.backend.python.subsystems.setup import PythonSetup
from pants.core.goals.test import TestSubsystem as PantsTest
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.option.options import Options
from pants.option.subsystem import Subsystem
from pants.testutil.option_util import create_options_bootstrapper

from devflow.doctor.options_of_pants import options_that_may_be_set
from devflow.doctor.subsystem import DoctorSubsystem

SUBSYSTEMS: tuple[type[Subsystem], ...] = (GlobalOptions, PythonSetup, PantsTest, DoctorSubsystem)


@pytest.fixture(scope="module")
def options() -> Options:
    infos = [subsystem.get_scope_info() for subsystem in SUBSYSTEMS]
    return create_options_bootstrapper().full_options_for_scopes(infos, UnionMembership.from_rules([]))


@pytest.mark.parametrize("subsystem", SUBSYSTEMS)
def test_each_name(options: Options, subsystem: type[Subsystem]) -> None:
    scope = str(subsystem.options_scope)
    found = options_that_may_be_set(options, [f"PANTS_{scope.upper()}_X"])
    assert set(found[scope]) == set(options.for_scope(scope))
    assert len(found[scope]) > 5


def test_only_scopes_that_a_variable_may_be_about(options: Options) -> None:
    assert set(options_that_may_be_set(options, ["PANTS_DOCTOR_X", "HOME"])) == {"", "doctor"}
    assert options_that_may_be_set(options, ["HOME"]) == {}
