"""The changelogs of a version as they are in a commit: where `[release]` and towncrier's settings say they are."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.errors import Problem, UserError
from devflow.common.git_worktree import Repository
from devflow.common.paths import shown
from devflow.release.facts import Check, failed, passed
from devflow.release.git.committed import read_committed
from devflow.release.git.names import path_problem
from devflow.release.steps.changelog import ChangelogStep
from devflow.release.steps.changelog_setup import chosen_configs, config_files, set_up
from devflow.release.steps.section import Section, section_of
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version


@dataclass(frozen=True)
class VersionSection:
    """A changelog in a commit. `section` is None where it has none of the version; `is_there`: there is such a file."""

    path: str
    is_there: bool
    section: Section | None


async def sections_at(
    options: ReleaseSubsystem, repository: Repository, commit: str, version: Version, date: str
) -> tuple[VersionSection, ...]:
    """The section of a version in each changelog. Without `[release].changelog_file`, towncrier is asked for the path.

    Raises: UserError, GitError.
    """
    whole = False
    if options.changelog_file is not None:
        paths = [fill("[release].changelog_file", options.changelog_file, version, date)]
    else:
        step = ChangelogStep(version.text, version.series, date)
        configs = read_committed(repository, commit, config_files(options)).files
        paths = []
        for chosen in chosen_configs(options):
            setup = await set_up(chosen, configs, step, options)
            paths.append(setup.changelog)
            whole = not setup.config.single_file
    for path in paths:
        unusable = path_problem(path, repository.prefix)
        if unusable:
            raise UserError.of(unusable)
    files = read_committed(repository, commit, paths).files
    return tuple(_section(path, files.get(path), version.text, whole=whole) for path in paths)


def _section(path: str, content: bytes | None, version: str, *, whole: bool) -> VersionSection:
    """The section in a file. `whole`: the file is about this version alone."""
    if content is None:
        return VersionSection(path, False, None)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{shown(path)} is not UTF-8.", fix=f"save {shown(path)} as UTF-8, and commit it") from None
    found = section_of(path, text, version)
    if found is None and whole:
        found = Section(version, text.strip("\n") + "\n")
    return VersionSection(path, True, found)


def section_check(sections: tuple[VersionSection, ...], version: str, commit: str) -> Check:
    """Whether the changelog of a release has its section at a commit."""
    lacking = [each.path for each in sections if each.section is None]
    if not lacking:
        return passed("changelog", f"{' and '.join(each.path for each in sections)}: has {version}")
    return failed(
        "changelog",
        *(
            Problem(
                f"{shown(path)} has no section of {version} at {commit[:12]}: the pull request has lost it.",
                "add the section in a pull request, and tag its merge with --commit=COMMIT; "
                "or tag the release without a section: --skip=changelog",
            )
            for path in lacking
        ),
    )
