"""The backend `devflow.sphinx_docs`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.sphinx_docs import check, inspect, links_goal, package, run, serve_goal, tailor, translate_goal
from devflow.sphinx_docs.subsystem import SphinxSubsystem
from devflow.sphinx_docs.targets import SphinxDocsTarget


@rules_once
def rules() -> Rules:
    """The rules that build and check sites."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *SphinxSubsystem.rules(),
        *inspect.rules(),
        *run.rules(),
        *package.rules(),
        *check.rules(),
        *links_goal.rules(),
        *serve_goal.rules(),
        *translate_goal.rules(),
        *tailor.rules(),
    ]


def target_types() -> Iterable[type[Target]]:
    """The target of a site."""
    return [SphinxDocsTarget]
