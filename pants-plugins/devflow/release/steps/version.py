"""The release step that writes the version file."""

from __future__ import annotations

from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.common.errors import Problem
from devflow.common.paths import shown
from devflow.engine import Rules, create_digest, digest_contents
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.version_file import with_version


class VersionStep(ReleaseStep):
    """Writes `[release].version_file`."""

    name = "version"


@rule
async def version_inputs(step: VersionStep, options: ReleaseSubsystem) -> ReleaseStepInputs:
    """The version file."""
    return ReleaseStepInputs((options.version_file,))


@rule
async def version_changes(step: VersionStep, options: ReleaseSubsystem) -> ReleaseStepChanges:
    """The version file with the new version."""
    path = options.version_file
    before = {file.path: file for file in await digest_contents(step.committed)}.get(path)
    if before is None:
        problem = Problem(
            f"There is no {shown(path)} in the commit.", "set [release].version_file in pants.toml, or commit that file"
        )
        return ReleaseStepChanges(problems=(problem,))
    new = with_version(before.content, step.version, options.newline)
    written = await create_digest(CreateDigest([FileContent(path, new, is_executable=before.is_executable)]))
    return ReleaseStepChanges(writes=written, found=path)


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, VersionStep)]
