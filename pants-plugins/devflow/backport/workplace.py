"""The repository that gets the commits, and temporary directories of ours in it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devflow.backport.merge import TreeMerger
from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.git_worktree import Repository, Worktree
from devflow.common.paths import shown
from devflow.common.removal.trees import remove

_DAY_S = 86_400  # no plan takes that long


@dataclass(frozen=True)
class Workplace:
    """The two repositories: `source` has the commits, `target` gets them.

    The target may be the same repository, or bare.
    """

    source: Repository
    target: Repository

    @property
    def to_another(self) -> bool:
        """Whether the commits go to another repository."""
        return self.target is not self.source

    @property
    def lock(self) -> Path:
        """The path of the lock, one for all worktrees of the target, because they share its branches."""
        return self.target.worktree.common_dir / "devflow" / "backport.lock"

    @property
    def _scratch_dirs(self) -> Path:
        return self.target.worktree.common_dir / "devflow" / "backport"

    @contextmanager
    def merger(self, *, keep: bool) -> Iterator[TreeMerger]:
        """A merger of trees. Unless `keep`, the objects that it writes are removed afterwards."""
        worktree = self.target.worktree
        self._scratch_dirs.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=self._scratch_dirs))
        env = {"GIT_DIR": str(worktree.git_dir)}
        if not keep:
            (scratch / "objects").mkdir()
            env["GIT_OBJECT_DIRECTORY"] = str(scratch / "objects")
            env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = worktree.as_alternate
        try:
            yield TreeMerger(worktree.git, scratch, env)
        finally:
            remove(str(scratch))

    def remove_leftovers(self) -> None:
        """Remove the leftovers of killed runs. The directory of a running process is younger, and so is kept."""
        if self._scratch_dirs.is_dir():
            for path in self._scratch_dirs.iterdir():
                if not path.is_symlink() and path.stat().st_mtime < time.time() - _DAY_S:
                    remove(str(path))


def open_target(path: str, environment: Mapping[str, str], beside: Path) -> Repository:
    """The repository of `--to-repository`, relative to the build root `beside`. Raises: UserError."""
    directory = Path(os.path.normpath(beside / os.path.expanduser(path)))
    git = Git(directory, environment)
    words = ("--absolute-git-dir", "--git-common-dir", "--is-shallow-repository")
    try:
        # One by one: a path may hold newlines.
        git_dir, common_dir, shallow = (os.fsdecode(git.run("rev-parse", word))[:-1] for word in words)
        objects = os.fsdecode(git.run("rev-parse", "--git-path", "objects"))[:-1]
    except GitError as error:
        raise UserError(
            f"--to-repository={shown(path)}: {error}", fix="name a directory with a clone, such as ../client"
        ) from None
    try:
        top = os.fsdecode(git.run("rev-parse", "--show-toplevel"))[:-1]
    except GitError:
        top = git_dir  # a bare repository
    worktree = Worktree(
        git,
        Path(top),
        Path(git_dir),
        Path(os.path.normpath(directory / common_dir)),
        os.path.join(directory, objects),
    )
    return Repository(worktree, prefix="", shallow=shallow == "true")
