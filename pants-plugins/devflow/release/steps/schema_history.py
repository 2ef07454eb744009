"""The release step that writes the schema history of the version that is released."""

from __future__ import annotations

from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule

from devflow.common.errors import Problem, UserError
from devflow.engine import Rules, create_digest, run_id
from devflow.release.steps.contract import SCHEMA_HISTORY, ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.subsystem import ReleaseSubsystem
from devflow.schema_history.service import DumpedHistories, DumpSchemaHistorySubsystem, dumped_histories


class SchemaHistoryStep(ReleaseStep):
    """Does what `dump-schema-history --for-version` does, if `[release].schema_history` is on."""

    name = SCHEMA_HISTORY


@rule
async def schema_history_inputs(
    step: SchemaHistoryStep,
    release: ReleaseSubsystem,
    options: DumpSchemaHistorySubsystem,
    union_membership: UnionMembership,
    build_root: BuildRoot,
) -> ReleaseStepInputs:
    """The migrations, and the file to write."""
    if not release.schema_history:
        return ReleaseStepInputs(applies=False)
    await run_id()  # a file that may be overwritten is read again in each run
    try:
        dumped = await dumped_histories(step.version, options, union_membership, Path(build_root.path))
    except UserError as error:
        return ReleaseStepInputs(problems=(error.problem,))
    written = {history.path for history in dumped.histories if history.path is not None}
    read = {revision.path for history in dumped.histories for revision in history.revisions}
    return ReleaseStepInputs(tuple(sorted(written | read)), problems=problems_of(dumped))


@rule
async def schema_history_changes(
    step: SchemaHistoryStep,
    options: DumpSchemaHistorySubsystem,
    union_membership: UnionMembership,
    build_root: BuildRoot,
) -> ReleaseStepChanges:
    """One document for each tree of migrations."""
    await run_id()
    dumped = await dumped_histories(step.version, options, union_membership, Path(build_root.path))
    files = [FileContent(each.path, each.document.encode()) for each in dumped.histories if each.path is not None]
    count = sum(len(history.revisions) for history in dumped.histories)
    return ReleaseStepChanges(
        writes=await create_digest(CreateDigest(files)),
        notes=tuple(warning.what for warning in dumped.warnings),
        found=f"{count} revisions into {' and '.join(file.path for file in files)}",
        problems=problems_of(dumped),
    )


def problems_of(dumped: DumpedHistories) -> tuple[Problem, ...]:
    """The problems of histories in a release: each needs a path."""
    nowhere = [
        Problem(
            f"The schema history of {history.tree} has no path in the release.",
            "give its target an `output`, or set [dump-schema-history].output, with {version} in it",
        )
        for history in dumped.histories
        if history.path is None
    ]
    return (*dumped.problems, *dumped.crashes, *nowhere)


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, SchemaHistoryStep)]
