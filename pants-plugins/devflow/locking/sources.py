"""Finds the files that hold the requirements of a repository."""

from __future__ import annotations

from dataclasses import dataclass

from pants.backend.python.target_types import PythonRequirementTarget
from pants.engine.rules import collect_rules, rule
from pants.engine.target import SingleSourceField, TargetGenerator
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.engine import run_id
from devflow.engine.generation import HAS_GET, Get, Rules, by_name, implicitly
from devflow.engine.targets import all_unexpanded_targets
from devflow.locking.pinned import unreadable_inputs


@dataclass(frozen=True)
class RequirementSourcesRequest:
    """Ask for the sources of all targets that generate requirements."""


@dataclass(frozen=True)
class RequirementSources:
    """Paths relative to the build root, sorted; or the reason why they are not known."""

    paths: tuple[str, ...] = ()
    problem: Problem | None = None


@rule(desc="Find requirement files", level=LogLevel.DEBUG)
async def find_requirement_sources(_: RequirementSourcesRequest) -> RequirementSources:
    """A file that Pants cannot read gives a problem."""
    try:
        targets = await all_unexpanded_targets()
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has read
        return RequirementSources(problem=unreadable_inputs(error))
    generators = [
        target
        for target in targets
        if isinstance(target, TargetGenerator)
        and target.generated_target_cls is PythonRequirementTarget
        and target.has_field(SingleSourceField)
    ]
    return RequirementSources(tuple(sorted({target[SingleSourceField].file_path for target in generators})))


_find_requirement_sources = by_name(find_requirement_sources)


async def requirement_sources() -> RequirementSources:
    """The sources of all targets that generate requirements; a failure is data."""
    if HAS_GET:
        return await Get(RequirementSources, RequirementSourcesRequest())
    return await _find_requirement_sources(RequirementSourcesRequest(), **implicitly())  # type: ignore[no-any-return]


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
