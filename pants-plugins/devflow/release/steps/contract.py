"""The union by which a backend takes part in a release, and its dispatch.

A step says which files it needs and what it changes. The goal does the rest: checks, commit, tag, push and recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.fs import EMPTY_DIGEST, Digest
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union

from devflow.common.errors import Problem
from devflow.engine.generation import HAS_GET, Get, Rules, implicitly

SCHEMA_HISTORY = "schema-history"  # the name of the step that `[release].schema_history` turns on


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class ReleaseStep(EngineAwareParameter):
    """A backend's part of a release. Members give two rules: which files they need, and what they change.

    A release is made from a commit, so the files that a step reads must be committed. `committed` holds them as they
    are in that commit (in the first rule it is empty). Paths are relative to the build root. `removed` holds what the
    commits of earlier pre-releases of this version removed from the directories of `removed_from`, each file below a
    directory of that pre-release's name.

        class DocsStep(ReleaseStep):
            name = "docs"

        @rule
        async def docs_inputs(step: DocsStep) -> ReleaseStepInputs:
            return ReleaseStepInputs(("docs/conf.py",))

        @rule
        async def docs_changes(step: DocsStep) -> ReleaseStepChanges:
            files = await digest_contents(step.committed)
            ...
            return ReleaseStepChanges(writes=await create_digest(CreateDigest([FileContent("docs/conf.py", new)])))

        def rules():
            return [*collect_rules(), UnionRule(ReleaseStep, DocsStep)]
    """

    version: str  # as it is written, never normalised
    series: str
    date: str  # YYYY-MM-DD
    committed: Digest = EMPTY_DIGEST
    removed: Digest = EMPTY_DIGEST

    # What `--skip` and the report call it.
    name: ClassVar[str]

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.version


@dataclass(frozen=True)
class ReleaseStepInputs:
    """The files and directories that a step reads or writes, whether they exist or not.

    With `applies` false, the step has nothing to do in this repository as it is configured. `removed_from` are
    directories of which the step also gets what pre-releases of the version have removed.
    """

    paths: tuple[str, ...] = ()
    applies: bool = True
    problems: tuple[Problem, ...] = ()
    removed_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseStepChanges:
    """Files to write, files to remove, and what the plan says about them.

    `writes` may hold files whose content does not change; an existing file keeps its mode. A problem makes the plan
    fail, and so the release.
    """

    writes: Digest = EMPTY_DIGEST
    removes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    found: str = ""  # the detail of this step's check: "7 news fragments into CHANGELOG.md"
    problems: tuple[Problem, ...] = ()


if not HAS_GET:

    @rule(polymorphic=True)
    async def inputs_of_any_step(step: ReleaseStep, environment: EnvironmentName) -> ReleaseStepInputs:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError

    @rule(polymorphic=True)
    async def changes_of_any_step(step: ReleaseStep, environment: EnvironmentName) -> ReleaseStepChanges:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def inputs_of_step(step: ReleaseStep) -> ReleaseStepInputs:
    """Ask a member which files it needs. Raises: what the member raises."""
    if HAS_GET:
        return await Get(ReleaseStepInputs, ReleaseStep, step)
    return await inputs_of_any_step(**implicitly({step: ReleaseStep}))  # type: ignore[no-any-return]


async def changes_of_step(step: ReleaseStep) -> ReleaseStepChanges:
    """Ask a member what it changes. Raises: what the member raises."""
    if HAS_GET:
        return await Get(ReleaseStepChanges, ReleaseStep, step)
    return await changes_of_any_step(**implicitly({step: ReleaseStep}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
