"""The backend `devflow.release`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules
from devflow.engine import python as engine_python
from devflow.release import branch_goal, changelog_step, goal, version_step
from devflow.release.towncrier import rules as towncrier_rules


def rules() -> Rules:
    """The goals, and the steps of a release that come with them."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *towncrier_rules.rules(),
        *version_step.rules(),
        *changelog_step.rules(),
        *goal.rules(),
        *branch_goal.rules(),
    ]
