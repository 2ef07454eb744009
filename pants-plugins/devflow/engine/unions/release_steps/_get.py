"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from devflow.release.steps import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs

__all__ = ["changes_of_step", "inputs_of_step", "rules"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def inputs_of_step(step: ReleaseStep) -> ReleaseStepInputs:
    """Ask a member which files it needs."""
    return await Get(ReleaseStepInputs, ReleaseStep, step)


async def changes_of_step(step: ReleaseStep) -> ReleaseStepChanges:
    """Ask a member what it changes."""
    return await Get(ReleaseStepChanges, ReleaseStep, step)
