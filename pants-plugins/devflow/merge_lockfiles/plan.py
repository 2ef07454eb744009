"""Decides which lockfiles are merged, with which pins, and what prevents a merge. Pure."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from posixpath import basename

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.paths import shown
from devflow.locking.consistency import contradictions
from devflow.locking.facts import LockedProjects, LockfileFormat
from devflow.locking.reading import UnreadableLockfileError, header_requirements, read_lockfile
from devflow.locking.requirement_file import with_pins
from devflow.merge_lockfiles.facts import METADATA, GitFacts, ResolveFacts, Side, Versions
from devflow.merge_lockfiles.threeway import MergedPins, merge_pins

RESOLVE_THEM = "resolve the conflicts in these files and `git add` them, then run this again"


class MergeMode(Enum):
    """What a run is for."""

    MERGE = "merge"
    DRY_RUN = "dry-run"
    CHECK = "check"


class BaseChoice(Enum):
    """The values of `--base`."""

    AUTO = "auto"
    OURS = "ours"
    THEIRS = "theirs"

    def side(self, shared: Side) -> Side:
        """The side that wins a tie."""
        return shared if self is BaseChoice.AUTO else Side(self.value)


@dataclass(frozen=True)
class ReadSides:
    """Both sides of a lockfile and their common base, as far as they can be read; notes say why one cannot."""

    base: LockedProjects | None
    ours: LockedProjects | None
    theirs: LockedProjects | None
    notes: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[LockedProjects, ...]:
        """The versions that can be read."""
        return tuple(one for one in (self.ours, self.theirs, self.base) if one)


@dataclass(frozen=True)
class MergePlan:
    """One lockfile to merge.

    `layout` is the version of the side that wins ties, "" if neither can be read; `candidate` has the merged pins in
    that layout: the file that a lock command finds in its place.
    """

    resolve: str
    path: str
    sides: ReadSides
    merged: MergedPins
    layout: str = ""
    candidate: str = ""


def plan_merge(resolve: ResolveFacts, versions: Versions, winner: Side, *, committed: bool = False) -> MergePlan:
    """The pins of a lockfile.

    A side that is deleted or cannot be read counts as unchanged. With `committed`, the merge is committed already: the
    present pins win, and the sides only add the projects that the lockfile lacks.
    """
    sides = read_sides(versions)
    base = dict(sides.base.pins) if sides.base else {}
    ours = dict(sides.ours.pins) if sides.ours else None
    theirs = dict(sides.theirs.pins) if sides.theirs else None
    merged = merge_pins(
        base if ours is not None and theirs is not None else {},
        ours if ours is not None else theirs or {},
        theirs if theirs is not None else ours or {},
        shared=winner,
    )
    moving = {name for one in sides.all for name in one.not_pinned}
    now = read_sides(Versions(None, resolve.content, None)).ours if committed else None
    present = now.pins if now else {}
    pins = {name: version for name, version in {**merged.pins, **present}.items() if name not in moving}
    sides_of_missing = {name: side for name, side in merged.sides.items() if name not in present}
    merged = MergedPins(pins, sides_of_missing, tuple(tie for tie in merged.ties if tie.name not in present))
    texts = _readable(versions, winner)
    hashed = bool(texts) and read_lockfile(texts[0]).format is LockfileFormat.REQUIREMENTS
    candidate = with_pins(texts[0], texts[1:], pins, moving) if hashed else ""
    return MergePlan(resolve.resolve, resolve.path, sides, merged, texts[0] if texts else "", candidate)


def _readable(versions: Versions, winner: Side) -> list[str]:
    """The texts of the versions that are lockfiles; the side that wins ties comes first."""
    found = (versions.of(winner), versions.of(winner.other), versions.base)
    return [text for text in (_text(one) for one in found) if text is not None and _is_readable(text)]


def _is_readable(text: str) -> bool:
    try:
        read_lockfile(text)
    except UnreadableLockfileError:
        return False
    return True


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode(errors="replace")


def read_sides(versions: Versions) -> ReadSides:
    """Read each version that exists.

    If the sides have two formats, the format is that of ours, and the pins of both count.
    """
    notes: list[str] = []

    def read(content: bytes | None, of_whom: str) -> LockedProjects | None:
        if content is None:
            if of_whom:
                notes.append(f"{of_whom} has no such file")
            return None
        try:
            return read_lockfile(content.decode())
        except UnicodeDecodeError:
            reason = "it is not UTF-8"
        except UnreadableLockfileError as error:
            reason = str(error)
        notes.append(f"the pins of {of_whom or 'the common base'} are not used: {reason}")
        return None

    ours, theirs = read(versions.ours, "ours"), read(versions.theirs, "theirs")
    return ReadSides(read(versions.base, ""), ours, theirs, tuple(notes))


def in_conflict(resolve: ResolveFacts, facts: GitFacts) -> bool:
    """Whether the lockfile of a resolve is unmerged, at this or a former path, or the metadata beside the lockfile."""
    paths = (resolve.path, f"{resolve.path}{METADATA}")
    return any(path in paths or facts.former.get(path) == resolve.resolve for path in facts.unmerged)


def versions_in_conflict(resolve: ResolveFacts, facts: GitFacts) -> Versions | None:
    """The three versions of a lockfile in conflict; None if it is not in conflict.

    If one side has moved the file and git has not detected that, the old path has the version of the other side. The
    new path is then not in conflict, and has the version of the side that moved the file.
    """
    paths = [resolve.path, *(path for path in facts.unmerged if facts.former.get(path) == resolve.resolve)]
    found = [facts.lockfiles[path] for path in paths if path in facts.lockfiles]
    if not found:
        return None
    moved = resolve.content if resolve.path not in facts.unmerged else None
    base, ours, theirs = (
        next((side for side in sides if side is not None), None)
        for sides in zip(*((one.base, one.ours, one.theirs) for one in found))
    )
    return Versions(base, ours if ours is not None else moved, theirs if theirs is not None else moved)


def chosen_resolves(
    resolves: Sequence[ResolveFacts], facts: GitFacts, names: Sequence[str]
) -> tuple[ResolveFacts, ...]:
    """The resolves that `names` name; without names, those whose lockfiles are in conflict. Raises: UserError."""
    known = {one.resolve: one for one in resolves}
    for name in names:
        if name not in known:
            raise UserError(
                f"--resolve: no resolve has the name '{name}'.{did_you_mean(name, known)}",
                fix=f"choose among: {', '.join(sorted(known))}",
            )
    if names:
        return tuple(known[name] for name in dict.fromkeys(names))
    return tuple(one for one in resolves if in_conflict(one, facts))


def conflicts_of_inputs(unmerged: Iterable[str], patterns: Collection[str], files: Collection[str]) -> Problem | None:
    """The problem of unmerged files that Pants reads before it can lock.

    `patterns` are globs of base names or of paths (BUILD files, preludes), `files` are paths (settings, constraints,
    sources of requirements).
    """
    found = sorted(path for path in unmerged if path in files or any(_matches(path, one) for one in patterns))
    if not found:
        return None
    listed = "".join(f"\n    {shown(path)}" for path in found)
    return Problem(f"What the lockfiles are made from is in conflict itself:{listed}", fix=RESOLVE_THEM)


def _matches(path: str, pattern: str) -> bool:
    return fnmatch.fnmatch(path, pattern) or ("/" not in pattern and fnmatch.fnmatch(basename(path), pattern))


def examine(resolve: ResolveFacts, facts: GitFacts, requirements: Iterable[str]) -> tuple[str, ...]:
    """The errors of a lockfile, each as a clause; none if it fits its requirements."""
    if in_conflict(resolve, facts):
        return (f"is in conflict, in the middle of {facts.operation.name}",)
    if resolve.content is None:
        return ("does not exist",)
    try:
        locked = read_lockfile(resolve.content.decode())
        if resolve.metadata is not None:
            locked = dataclasses.replace(locked, header=header_requirements(resolve.metadata.decode()))
    except (UnreadableLockfileError, UnicodeDecodeError) as error:
        return (f"cannot be read: {error}",)
    return contradictions(locked, requirements)


def left_over(facts: GitFacts, resolves: Sequence[ResolveFacts]) -> tuple[str, ...]:
    """Unmerged lockfiles that belong to no resolve: the resolve was removed, or its path changed."""
    paths = {one.path for one in resolves} | {f"{one.path}{METADATA}" for one in resolves}
    return tuple(path for path in facts.lockfiles if path not in paths)
