"""The repository of a build root: where git has its files, and a directory of ours beside them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.removal.trees import remove


@dataclass(frozen=True)
class Worktree:
    """`top` is its first directory, `git_dir` git's directory of this worktree, `common_dir` where the refs are."""

    git: Git
    top: Path
    git_dir: Path
    common_dir: Path

    @property
    def own_dir(self) -> Path:
        """Where devflow keeps its lock, journal and temporary files."""
        return self.git_dir / "devflow"

    @property
    def objects_dir(self) -> str:
        """The object database."""
        return os.path.join(self.git.directory, self.git.line("rev-parse", "--git-path", "objects"))

    def path(self, path: str) -> str:
        """A path of the commit as a path of the file system."""
        return os.path.join(self.top, path)

    @contextmanager
    def scratch_dir(self) -> Iterator[Path]:
        """A temporary directory. If this run is killed, the recovery of the next run removes it."""
        self.own_dir.mkdir(exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.own_dir))
        try:
            yield path
        finally:
            remove(str(path))


@dataclass(frozen=True)
class Repository:
    """`prefix` is the build root, relative to the top of the worktree: "" or "sub/directory/"."""

    worktree: Worktree
    prefix: str
    shallow: bool

    @property
    def git(self) -> Git:
        """Runs in the build root."""
        return self.worktree.git


def open_repository(git: Git) -> Repository:
    """Raises: UserError where there is no git, no repository, or no worktree."""
    wanted = ("--show-toplevel", "--absolute-git-dir", "--git-common-dir", "--is-shallow-repository", "--show-prefix")
    try:
        answer = git.line("rev-parse", *wanted).split("\n")
    except GitError as error:
        if "not a git repository" in str(error):
            raise UserError(
                f"{git.directory} is not in a git repository.", fix="clone one, or make one with `git init`"
            ) from None
        raise UserError(f"git cannot be used here: {error}", fix="do what git says") from None
    top, git_dir, common_dir, shallow = answer[:4]
    worktree = Worktree(git, Path(top), Path(git_dir), Path(os.path.normpath(git.directory / common_dir)))
    return Repository(worktree, prefix=answer[4] if len(answer) > 4 else "", shallow=shallow == "true")
