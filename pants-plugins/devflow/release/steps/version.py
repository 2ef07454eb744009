"""The release step that writes the version files."""

from __future__ import annotations

from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.common.errors import Problem, UserError
from devflow.engine import Rules, create_digest, digest_contents
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.version import parse
from devflow.release.versions.version_files import missing, version_in_file, with_new_version


class VersionStep(ReleaseStep):
    """Writes `[release].version_file` and `[release].version_files`."""

    name = "version"


@rule
async def version_inputs(step: VersionStep, options: ReleaseSubsystem) -> ReleaseStepInputs:
    """The version files."""
    try:
        return ReleaseStepInputs(tuple(file.path for file in options.all_version_files))
    except UserError as error:
        return ReleaseStepInputs(problems=(error.problem,))


@rule
async def version_changes(step: VersionStep, options: ReleaseSubsystem) -> ReleaseStepChanges:
    """The version files with the new version."""
    committed = {file.path: file for file in await digest_contents(step.committed)}
    files = [file for file in options.all_version_files if file.path in committed or not file.optional]
    problems: list[Problem] = [missing(file.path).problem for file in files if file.path not in committed]
    written: list[FileContent] = []
    if not problems:
        new = parse(step.version)
        try:
            present = version_in_file(files[0], committed[files[0].path].content)
        except UserError as error:
            return ReleaseStepChanges(problems=(error.problem,))
        for file in files:
            before = committed[file.path]
            try:
                content = with_new_version(file, before.content, present, new, options.newline)
            except UserError as error:
                problems.append(error.problem)
                continue
            written.append(FileContent(file.path, content, is_executable=before.is_executable))
    return ReleaseStepChanges(
        writes=await create_digest(CreateDigest(written)),
        found=" and ".join(file.path for file in files),
        problems=tuple(problems),
    )


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, VersionStep)]
