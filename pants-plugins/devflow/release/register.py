"""The backend `devflow.release`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.release import goal
from devflow.release.branch import goal as branch_goal
from devflow.release.steps import changelog, placeholder, version
from devflow.release.steps.towncrier import rules as towncrier_rules


@rules_once
def rules() -> Rules:
    """The goals, and the steps of a release that come with them."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *towncrier_rules.rules(),
        *version.rules(),
        *changelog.rules(),
        *placeholder.rules(),
        *goal.rules(),
        *branch_goal.rules(),
    ]
