"""The one guard that each path passes before it is removed.

It does not matter what found the path: a location of caches, a pattern, pruning, a leftover, a staging directory. The
guard refuses a path that is, holds, or is on the way to:

1. the repository, `[GLOBAL].pants_distdir`, your home directory, or the program that is running
2. a git repository or worktree, but for clones that a tool keeps in its own named cache
3. a file that a git repository tracks
4. a mount point
5. a file or directory of another user, at any depth; what cannot be read counts as one
6. a link, or what is behind it

If git, the table of mount points or a directory cannot be read, the path is refused, too. A refused path is named, with
a fix that does not bypass the guard. The values of `Guarded` and docs/goals/reset-cache.md have the same list in the
same order.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import Problem
from devflow.common.paths import display_path, is_inside
from devflow.common.removal.facts import Usage
from devflow.common.removal.mounts import ReadMounts, mount_points
from devflow.common.removal.owners import closed_fix, ownership_fix
from devflow.common.removal.surroundings import Surroundings
from devflow.common.removal.tracked import CannotTellError, TrackedFiles
from devflow.common.removal.usage import TreeContent, look_through


class Guarded(Enum):
    """What is never removed, in the order of the checks."""

    OWN = "the repository, `[GLOBAL].pants_distdir`, your home directory, or the program that is running"
    REPOSITORY = "a git repository or worktree, but for clones that a tool keeps in its own named cache"
    TRACKED = "a file that a git repository tracks"
    MOUNT = "a mount point"
    FOREIGN = "a file or directory of another user, at any depth; what cannot be read counts as one"
    LINK = "a link, or what is behind it"


@dataclass(frozen=True)
class Refusal:
    """Why a path is kept: `reason` is a predicate of it ("holds a mount point (…)"); `fix` does not bypass the guard.

    The caller adds how to keep its caches elsewhere.
    """

    kind: Guarded
    reason: str
    fix: str | None = None

    def problem(self, path: str, *, fix: str, build_root: str = "") -> Problem:
        """The refusal as an error about the path. `fix` is the caller's way out."""
        what = f"{display_path(path, build_root)} {self.reason}, so it is not removed."
        return Problem(what, f"{self.fix}; or {fix}" if self.fix else fix)


@dataclass(frozen=True)
class Inspected:
    """What is known about a path before its removal; without a refusal, it may be removed."""

    usage: Usage
    refusal: Refusal | None


class Guard:
    """The guard of one run. The table of mount points is read when it is made, and by `refuses_now` again."""

    def __init__(self, around: Surroundings, *, read_mounts: ReadMounts = mount_points) -> None:
        self.around = around
        self.read_mounts = read_mounts
        self._tracked = TrackedFiles(around.environment, around.build_root)
        self.mounts = read_mounts()

    def inspect(self, path: str, *, clones: tuple[str, ...] = (), may_be_link: bool = False) -> Inspected:
        """Look at a path and at all that is below it; nothing is changed.

        `clones` are globs of entries of the tree in which a tool may keep repositories of its own. With `may_be_link`,
        a link is removed itself, and what is behind it stays.
        """
        real = real_path(path)
        if os.path.islink(real):
            tree = look_through(real, self.around.user_id)
            refusal = self._refuses_own(real) or self._refuses_tracked(real) or self._refuses_owner(real, tree)
            return Inspected(tree.usage, refusal or (None if may_be_link else _link(real)))
        # Without this, a whole home directory would be looked through before it is refused.
        refusal = self._refuses_own(real) or self._refuses_mounts(real, self.mounts)
        if refusal and refusal.kind is Guarded.OWN:
            return Inspected(Usage(), refusal)
        tree = look_through(real, self.around.user_id)
        return Inspected(
            tree.usage,
            _refuses_repositories(real, tree, clones)
            or self._refuses_tracked(real)
            or refusal
            or _refuses_devices(tree)
            or self._refuses_owner(real, tree),
        )

    def refuses_unseen(self, path: str) -> Refusal | None:
        """The refusal of a directory without looking into it; the directory may be a mount point itself."""
        real = real_path(path)
        inside = self.mounts and tuple(mount for mount in self.mounts if mount != real)
        return self._refuses_own(real) or self._refuses_mounts(real, inside)

    def refuses_now(self, path: str) -> Refusal | None:
        """The refusal without looking through the tree: asked just before the removal."""
        real = real_path(path)
        return self._refuses_own(real) or self._refuses_mounts(real, self.read_mounts())

    def is_mount_point(self, path: str) -> bool:
        """Whether a directory is a mount point; it cannot be renamed then."""
        return os.path.realpath(path) in (self.mounts or ())

    def _refuses_own(self, real: str) -> Refusal | None:
        for step, what, end in self.around.ways:
            if is_inside(step, real):
                relation = "holds" if step != real else "is" if step == end else "leads to"
                return Refusal(Guarded.OWN, f"{relation} {what}")
        for directory in self.around.code:
            if is_inside(real, directory):
                return Refusal(Guarded.OWN, f"is in the program that is running ({display_path(directory)})")
        return None

    def _refuses_tracked(self, real: str) -> Refusal | None:
        try:
            file = self._tracked.below(real)
        except CannotTellError as error:
            return Refusal(Guarded.TRACKED, f"may hold files that git tracks ({error})", error.fix)
        if file is None:
            return None
        return Refusal(
            Guarded.TRACKED, f"{'is' if file == real else 'holds'} a file that git tracks ({display_path(file)})"
        )

    def _refuses_mounts(self, real: str, mounts: tuple[str, ...] | None) -> Refusal | None:
        if mounts is None:
            what = "may hold a mount point (the table of mount points cannot be read)"
            return Refusal(Guarded.MOUNT, what, "mount /proc")
        found = next((mount for mount in mounts if is_inside(mount, real)), None)
        return _mounted(found, "is" if found == real else "holds") if found else None

    def _refuses_owner(self, real: str, tree: TreeContent) -> Refusal | None:
        user_id = self.around.user_id
        if tree.foreign:
            path, owner = tree.foreign.path, tree.foreign.user_id
            what = "belongs to" if path == real else f"holds {display_path(path)} of"
            reason = f"{what} user {owner}, and this runs as user {user_id}"
            return Refusal(Guarded.FOREIGN, reason, ownership_fix(real, tree, self.around))
        if tree.closed:
            what = (
                "cannot be read" if tree.closed == real else f"holds {display_path(tree.closed)}, which cannot be read"
            )
            return Refusal(Guarded.FOREIGN, what, closed_fix(tree.closed, user_id))
        return None


def real_path(path: str) -> str:
    """The path with the links in its parents resolved, but not the last part of it."""
    parent, name = os.path.split(path.rstrip(os.sep) or os.sep)
    return os.path.join(os.path.realpath(parent), name) if name not in ("", ".", "..") else os.path.realpath(path)


def _refuses_repositories(real: str, tree: TreeContent, clones: tuple[str, ...]) -> Refusal | None:
    inside = _repository_around(real)
    if inside:
        return Refusal(Guarded.REPOSITORY, f"is in the git repository {display_path(inside)}")
    for top, repository in sorted(tree.repositories.items()):
        is_top = repository == os.path.join(real, top, ".git") and not _is_phony(repository)
        if not is_top and any(fnmatch.fnmatchcase(top, glob) for glob in clones):
            continue
        what = "is a git repository" if top in (".", ".git") else f"holds the git repository {display_path(repository)}"
        place = real if top in (".", ".git") else repository
        fix = f"move {display_path(place)} to another directory"
        return Refusal(Guarded.REPOSITORY, what, fix)
    return None


def _is_phony(repository: str) -> bool:
    """Whether it is an empty file, as uv puts into its cache so that a build there finds no repository around.

    Source: uv 0.11, uv-cache, `Cache::init`.
    """
    try:
        status = os.lstat(repository)
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == 0


def _repository_around(real: str) -> str | None:
    """The directory of git's own files that the path is in, or None."""
    for directory in _parents(real):
        if os.path.basename(directory) == ".git" or all(
            os.path.lexists(os.path.join(directory, name)) for name in ("HEAD", "objects", "refs")
        ):
            return directory
    return real if os.path.basename(real) == ".git" else None


def _parents(path: str) -> Iterator[str]:
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        yield path


def _refuses_devices(tree: TreeContent) -> Refusal | None:
    return _mounted(tree.mounted, "holds") if tree.mounted else None


def _mounted(path: str, relation: str) -> Refusal:
    fix = f"unmount {display_path(path)} once nothing in it is needed"
    return Refusal(Guarded.MOUNT, f"{relation} a mount point ({display_path(path)})", fix)


def _link(real: str) -> Refusal:
    return Refusal(Guarded.LINK, f"is a link to {display_path(os.path.realpath(real))}")
