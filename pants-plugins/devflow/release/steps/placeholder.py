"""The release step that writes the version in the place of a name that stands for the next one."""

from __future__ import annotations

from fnmatch import fnmatch

from pants.engine.fs import CreateDigest, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.common.errors import Problem, UserError
from devflow.common.options import split_commas
from devflow.common.paths import shown
from devflow.common.report import count
from devflow.engine import Rules, create_digest, digest_contents, read_files
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.placeholder import frozen
from devflow.release.versions.version import is_prerelease, parse

_ALL = ("**/*.py",)


class PlaceholderStep(ReleaseStep):
    """Replaces `[release].placeholder`, in final releases. It takes part only if that is set."""

    name = "placeholder"


async def paths_of(version: str, options: ReleaseSubsystem) -> tuple[str, ...]:
    """The sources in which the placeholder is to be replaced: none in a pre-release. Raises: UserError."""
    name = options.placeholder or ""
    if not name.isidentifier():
        what = f"[release].placeholder = {name!r} is not a name."
        raise UserError(what, fix="write one like NEXT_RELEASE_VERSION, or leave it out")
    if is_prerelease(parse(version), options.prerelease_pattern):
        return ()
    kept = split_commas(options.placeholder_keep)
    files = await read_files(PathGlobs(split_commas(options.placeholder_files) or _ALL))
    return tuple(
        file.path
        for file in files
        if name.encode() in file.content and not any(fnmatch(file.path, glob) for glob in kept)
    )


@rule
async def placeholder_inputs(step: PlaceholderStep, options: ReleaseSubsystem) -> ReleaseStepInputs:
    """The sources that have the placeholder."""
    try:
        return ReleaseStepInputs(await paths_of(step.version, options))
    except UserError as error:
        return ReleaseStepInputs(problems=(error.problem,))


@rule
async def placeholder_changes(step: PlaceholderStep, options: ReleaseSubsystem) -> ReleaseStepChanges:
    """The sources with the version."""
    name = options.placeholder or ""
    paths = await paths_of(step.version, options)
    written: list[FileContent] = []
    problems: list[Problem] = []
    for file in await digest_contents(step.committed):
        if file.path not in paths:
            continue
        try:
            before = file.content.decode()
            after = frozen(file.path, before, name, step.version) if name in before else before
        except UnicodeDecodeError:
            what = f"{shown(file.path)} is not UTF-8."
            problems.append(Problem(what, f"save {shown(file.path)} as UTF-8, and commit it"))
            continue
        except UserError as error:
            problems.append(error.problem)
            continue
        if after != before:
            written.append(FileContent(file.path, after.encode(), is_executable=file.is_executable))
    return ReleaseStepChanges(
        writes=await create_digest(CreateDigest(written)),
        notes=(f"{step.version} replaces {name}: the formatter of your sources may wrap these lines differently.",)
        if written
        else (),
        found=f"{name} in {count(len(written), 'file')}",
        problems=tuple(problems),
    )


def rules() -> Rules:
    """The member of the union."""
    return [*collect_rules(), UnionRule(ReleaseStep, PlaceholderStep)]
