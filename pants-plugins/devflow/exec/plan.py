"""Decides which files a resolve gets, with which content, and which of them change. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.paths import shell_quote, shown
from devflow.exec.facts import CommandFacts, FileOnDisk
from devflow.exec.shell import ambiguous_path, dotenv, script, sourced


class FilesMode(Enum):
    """What a run is for. All modes share one plan and differ in the last step."""

    WRITE = "write"
    CHECK = "check"
    DRY_RUN = "dry-run"


class FileKind(Enum):
    """The values of `--only`."""

    SCRIPT = "script"
    ENV = "env"
    ACTIVATE = "activate"
    LINK = "link"
    PLUGINS = "plugins"


class CommandFileStatus(Enum):
    """State of a file, relative to what it should be."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True)
class DesiredFile:
    """A file of a resolve, relative to the build root: a link if it has a `target`, else a file with `content`."""

    resolve: str
    kind: FileKind
    path: str
    content: bytes | None = None
    target: str | None = None
    problem: Problem | None = None

    @property
    def executable(self) -> bool:
        """Whether the file is executable."""
        return self.kind is FileKind.SCRIPT


@dataclass(frozen=True)
class PlannedFile:
    """The decision on one file."""

    desired: DesiredFile
    status: CommandFileStatus
    problem: Problem | None = None

    @property
    def changed(self) -> bool:
        """Whether the file must be written."""
        return self.status in (CommandFileStatus.MISSING, CommandFileStatus.STALE)


def choose_kinds(names: Sequence[str]) -> frozenset[FileKind]:
    """The kinds with these names; all kinds if no name is given. Raises: UserError for an unknown name."""
    known = {kind.value: kind for kind in FileKind}
    for name in names:
        if name not in known:
            raise UserError(
                f"--only={name}: there is no such file.{did_you_mean(name, known)}",
                fix=f"choose from {', '.join(known)}",
            )
    return frozenset(known[name] for name in names) or frozenset(known.values())


def script_path(of: CommandFacts) -> str:
    """The path of the script of a resolve; the paths of its other files begin with it."""
    return f"{of.dist}/exec/{of.name}"


def desired_files(of: CommandFacts, kinds: Collection[FileKind], marker: str) -> tuple[DesiredFile, ...]:
    """The files of one resolve, in the order of the kinds. `marker`: see `shell.script`."""
    path = script_path(of)
    env = dotenv(of)
    ambiguous = ambiguous_path(of)
    no_env = Problem(
        f"{path}.env is left out: the readers of such files take a character of {ambiguous} in different ways.",
        fix="move that to a path that has letters, digits, spaces, and - _ . only, or leave this file out with "
        "--only=script,activate,link,plugins",
    )
    files = (
        DesiredFile(of.resolve, FileKind.SCRIPT, path, script(of, path, marker).encode()),
        DesiredFile(of.resolve, FileKind.ACTIVATE, f"{path}.sh", sourced(of).encode()),
        DesiredFile(
            of.resolve,
            FileKind.ENV,
            f"{path}.env",
            env.encode() if env is not None else None,
            problem=None if env is not None else no_env,
        ),
        DesiredFile(of.resolve, FileKind.LINK, of.current, target=of.export.rpartition("/")[2]),
        *(DesiredFile(of.resolve, FileKind.PLUGINS, one, content) for one, content in sorted(of.plugins.items())),
    )
    return tuple(file for file in files if file.kind in kinds)


def in_the_way(path: str, what: str) -> Problem:
    """The problem of a path that a foreign file has: only the user knows whether it is needed."""
    aside = shell_quote(f"{path}.old1")
    return Problem(f"{shown(path)} cannot be written: {what}.", fix=f"move it away: mv {shell_quote(path)} {aside}")


def plan_files(desired: Sequence[DesiredFile], on_disk: Mapping[str, FileOnDisk]) -> tuple[PlannedFile, ...]:
    """A decision for each file, in their order. `on_disk` has every path."""
    return tuple(_plan_file(file, on_disk[file.path]) for file in desired)


def _plan_file(desired: DesiredFile, there: FileOnDisk) -> PlannedFile:
    if desired.problem:
        return PlannedFile(desired, CommandFileStatus.FAILED, desired.problem)
    is_file_for_link = desired.target is not None and there.content is not None
    is_link_for_file = desired.target is None and there.target is not None
    if there.blocker:
        return PlannedFile(desired, CommandFileStatus.FAILED, there.blocker)
    if is_file_for_link or is_link_for_file:
        kind = "a file" if is_file_for_link else "a link"
        return PlannedFile(desired, CommandFileStatus.FAILED, in_the_way(desired.path, f"{kind} is in its place"))
    if there == FileOnDisk():
        return PlannedFile(desired, CommandFileStatus.MISSING)
    same = (there.content, there.target, there.executable or not desired.executable) == (
        desired.content,
        desired.target,
        True,
    )
    return PlannedFile(desired, CommandFileStatus.UP_TO_DATE if same else CommandFileStatus.STALE)
