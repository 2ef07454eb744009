"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from devflow.release.steps import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs

__all__ = ["changes_of_step", "inputs_of_step", "rules"]


@rule(polymorphic=True)
async def inputs_of_any_step(step: ReleaseStep, environment: EnvironmentName) -> ReleaseStepInputs:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


@rule(polymorphic=True)
async def changes_of_any_step(step: ReleaseStep, environment: EnvironmentName) -> ReleaseStepChanges:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rules."""
    return [inputs_of_any_step, changes_of_any_step]


async def inputs_of_step(step: ReleaseStep) -> ReleaseStepInputs:
    """Ask a member which files it needs."""
    # Not as a positional argument: that would call the base rule itself.
    return await inputs_of_any_step(**implicitly({step: ReleaseStep}))


async def changes_of_step(step: ReleaseStep) -> ReleaseStepChanges:
    """Ask a member what it changes."""
    return await changes_of_any_step(**implicitly({step: ReleaseStep}))
