"""The repository of a build root: where git has its files, and a directory of ours beside them."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.removal.trees import remove

_WANTED = (
    ("--show-toplevel",),
    ("--absolute-git-dir",),
    ("--git-common-dir",),
    ("--git-path", "objects"),
    ("--show-prefix",),
    ("--is-shallow-repository",),
)
# What git says of a repository of another user.
_COMMAND = re.compile(r"^\s*(git config --global --add safe\.directory .*\S)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Worktree:
    """`top` is its first directory, `git_dir` git's directory of this worktree, `common_dir` where the refs are."""

    git: Git
    top: Path
    git_dir: Path
    common_dir: Path
    objects_dir: str  # the object database

    @property
    def as_alternate(self) -> str:
        """The object database as an item of GIT_ALTERNATE_OBJECT_DIRECTORIES, whose items are separated by colons."""
        quoted = "".join(f"\\{char}" if char in '\\"' else char for char in self.objects_dir)
        return f'"{quoted}"'

    @property
    def own_dir(self) -> Path:
        """Where devflow keeps its lock, journal and temporary files."""
        return self.git_dir / "devflow"

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
        """git, run in the build root."""
        return self.worktree.git


def open_repository(git: Git) -> Repository:
    """Raises: UserError where there is no git, no repository, or no worktree."""
    # Paths may hold newlines. So an option that nobody has stands between the answers: git prints it as it is.
    mark = f"--{secrets.token_hex(16)}"
    try:
        output = os.fsdecode(git.run("rev-parse", *(word for words in _WANTED for word in (*words, mark))))
    except GitError as error:
        if "not a git repository" in str(error):
            raise UserError(
                f"{git.directory} is not in a git repository.", fix="clone one, or make one with `git init`"
            ) from None
        command = _COMMAND.search(str(error))
        fix = command[1] if command else "run `git status` here, and correct what it reports"
        raise UserError(f"git cannot be used here: {error}", fix=fix) from None
    top, git_dir, common_dir, objects_dir, prefix, shallow = (part[:-1] for part in output.split(f"{mark}\n")[:-1])
    worktree = Worktree(
        git,
        Path(top),
        Path(git_dir),
        Path(os.path.normpath(git.directory / common_dir)),
        os.path.join(git.directory, objects_dir),
    )
    return Repository(worktree, prefix=prefix, shallow=shallow == "true")
