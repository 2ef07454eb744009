"""The options of `release` as values: the mode and the versions that they choose, and their command line."""

from __future__ import annotations

from enum import Enum

from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.common.options import ReportFormat, command_line, flagged, split_commas, together
from devflow.release.git.inspect import tagged_versions
from devflow.release.git.present_version import present_version
from devflow.release.modes.names import ReleaseRequest
from devflow.release.steps.changelog import ChangelogStep
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.dates import date_of
from devflow.release.versions.scheme import raised
from devflow.release.versions.tagged import Annotate, is_annotated_before
from devflow.release.versions.version import Version, parse

# What one mode needs, and no other has a use for.
_OF_MERGED = ("commit", "fetch", "also_branch")
_OF_NOTES = ("max_bytes",)
# What the command that carries out a plan does not repeat.
_LOOKS = ("to", "bump", "tag_merged", "execute", "draft", "notes", "max_bytes", "format")
PRESENT = "present"  # `--tag-merged` without a version


class Mode(Enum):
    """What a run of `release` does."""

    RELEASE = ""
    PROPOSE = "--branch"
    TAG_MERGED = "--tag-merged"
    DRAFT = "--draft"
    NOTES = "--notes"


def mode_of(options: ReleaseSubsystem) -> Mode:
    """The mode. Raises: UserError for options of the command line that contradict each other."""
    flagged_on = options.options.is_flagged
    wanted = {
        Mode.DRAFT: ("draft", bool(options.draft)),
        Mode.NOTES: ("notes", bool(options.notes)),
        Mode.TAG_MERGED: ("tag_merged", bool(options.tag_merged)),
        Mode.PROPOSE: ("branch", bool(options.branch)),
    }
    chosen = [mode for mode, (_, is_on) in wanted.items() if is_on]
    typed = [mode for mode in chosen if flagged_on(wanted[mode][0])]
    if len(typed) > 1:
        raise together(typed[0].value, typed[1].value)
    mode = (typed or chosen or [Mode.RELEASE])[0]
    given = {
        "--execute": options.execute and flagged_on("execute"),
        "--push": options.push and flagged_on("push"),
        "--format=json": options.format is ReportFormat.JSON and flagged_on("format"),
        "--skip=changelog": skips_changelog(options) and flagged_on("skip"),
        "--to": flagged_on("to"),
        "--bump": flagged_on("bump"),
    }
    refused = {Mode.DRAFT: list(given)[:4], Mode.NOTES: list(given), Mode.TAG_MERGED: list(given)[4:]}
    for option in filter(given.get, refused.get(mode, [])):
        raise together(mode.value, option)
    for names, its_mode in ((_OF_MERGED, Mode.TAG_MERGED), (_OF_NOTES, Mode.NOTES)):
        useless = [name for name in names if mode is not its_mode and flagged_on(name)]
        if useless:
            option = f"--{useless[0].replace('_', '-')}"
            raise UserError(
                f"{option} is for {its_mode.value}.", fix=f"add {its_mode.value}=VERSION, or leave {option} out"
            )
    return mode


def skips_changelog(options: ReleaseSubsystem) -> bool:
    """Whether a release leaves the changelog alone."""
    return ChangelogStep.name in split_commas(options.skip)


def is_annotated(options: ReleaseSubsystem, repository: Repository, version: Version) -> bool:
    """Whether the tag of a version is to be annotated. Raises: GitError."""
    if options.annotate is Annotate.AS_BEFORE:
        return is_annotated_before(version, tagged_versions(repository, options.tag_name))
    return options.annotate is Annotate.YES


def request_of(
    options: ReleaseSubsystem,
    current: Version,
    new: Version,
    *,
    notes: tuple[str, ...] = (),
    annotated: bool = True,
) -> ReleaseRequest:
    """The options as values. Raises: UserError."""
    return ReleaseRequest(
        current=current,
        new=new,
        date=date_of(options.date).isoformat(),
        commit_message=options.commit_message,
        tag_name=options.tag_name if options.tag else None,
        tag_message=options.tag_message,
        prerelease_tag_message=options.prerelease_tag_message,
        prerelease_pattern=options.prerelease_pattern,
        allowed_branches=split_commas(options.allow_branch),
        allow_dirty=options.allow_dirty,
        allow_equal=options.allow_equal,
        push_to=options.remote if options.push else None,
        branch=options.branch if mode_of(options) is Mode.PROPOSE else None,
        notes=notes,
        annotated=annotated,
    )


def wanted_versions(options: ReleaseSubsystem, repository: Repository) -> tuple[Version, Version, tuple[str, ...]]:
    """The present version, the new one, and what was guessed of it. Raises: UserError."""
    current = present_version(repository, options.all_version_files)
    if options.to is not None and options.bump is not None:
        raise together("--to", "--bump")
    if options.to is not None:
        return current, parse(options.to), ()
    if options.bump is not None:
        bumped = raised(
            current,
            options.bump,
            date_of(options.date),
            options.scheme,
            lambda: tagged_versions(repository, options.tag_name),
        )
        return current, bumped.version, (bumped.note,) if bumped.note else ()
    raise UserError(
        f"The present version is {current.text}; which one is next?", fix="add --to=VERSION or --bump=patch"
    )


def command_of(options: ReleaseSubsystem, typed: tuple[str, ...], version: str | None) -> str:
    """The command line that carries out this plan; without a version, the one that finishes an interrupted release."""
    given = flagged(options, typed, without=_LOOKS)
    is_flagged = options.options.is_flagged
    named = []
    if version and is_flagged("tag_merged"):
        named = [f"--tag-merged={version}"]
    elif version and (is_flagged("to") or is_flagged("bump")):
        named = [f"--to={version}"]
    return command_line(bin_name(), options.name, *named, *given, "--execute")
