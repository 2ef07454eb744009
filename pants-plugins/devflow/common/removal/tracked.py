"""Which files git tracks, asked of each repository around a path."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.paths import is_inside, shell_quote

# A directory called `.git` with none of these in it is no repository.
_OF_A_REPOSITORY = frozenset({"HEAD", "config", "index", "objects"})


class CannotTellError(Exception):
    """Git does not say what it tracks. `fix` is what makes it answer, if that is safe."""

    def __init__(self, why: str, fix: str | None) -> None:
        super().__init__(why)
        self.fix = fix


class TrackedFiles:
    """What git tracks. Each repository is asked once in a run. `build_root` is the real one of the user."""

    def __init__(self, environment: Mapping[str, str], build_root: str) -> None:
        self._environment = environment
        self._build_root = build_root
        self._repositories: dict[str, tuple[str, ...]] = {}
        self._files: dict[str, list[bytes]] = {}

    def below(self, path: str) -> str | None:
        """A file that git tracks at a real path or below it, or None. Raises: CannotTellError."""
        for top in self._around(os.path.dirname(path)):
            if top not in self._files:
                self._files[top] = self._ask(top)
            found = _first_below(os.fsencode(os.path.relpath(path, top)), self._files[top])
            if found is not None:
                return os.path.join(top, os.fsdecode(found))
        return None

    def _ask(self, top: str) -> list[bytes]:
        """All files that a repository tracks, sorted. Raises: CannotTellError."""
        try:
            # Without the ceiling, git would answer for a repository further up if it cannot read this one.
            ceiling = {"GIT_CEILING_DIRECTORIES": os.path.dirname(top)}
            output = Git(Path(top), self._environment).run("ls-files", "--cached", "--full-name", "-z", env=ceiling)
        except UserError as error:
            raise CannotTellError(error.problem.what, error.problem.fix) from error
        except GitError as error:
            raise CannotTellError(str(error).splitlines()[0], self._fix(top, str(error))) from error
        return sorted(output.split(b"\0"))

    def _fix(self, top: str, message: str) -> str | None:
        if "dubious ownership" not in message:
            return f"correct that repository, until this succeeds: git -C {shell_quote(top)} ls-files"
        # Another user's repository may have been put there to be trusted, for example in /tmp.
        own = is_inside(self._build_root, top)
        return f"git config --global --add safe.directory {shell_quote(top)}" if own else None

    def _around(self, directory: str) -> tuple[str, ...]:
        """The directories with a `.git` in them, from this one upwards."""
        if directory not in self._repositories:
            parent = os.path.dirname(directory)
            above = self._around(parent) if parent != directory else ()
            own = (directory,) if _has_repository(directory) else ()
            self._repositories[directory] = (*own, *above)
        return self._repositories[directory]


def _first_below(path: bytes, files: list[bytes]) -> bytes | None:
    for first in (path, path + b"/"):
        at = bisect_left(files, first)
        # A submodule may be tracked at the path itself.
        if at < len(files) and (files[at] == path or files[at].startswith(path + b"/")):
            return files[at]
    return None


def _has_repository(directory: str) -> bool:
    path = os.path.join(directory, ".git")
    if not os.path.isdir(path):
        return os.path.lexists(path)  # a worktree or a submodule has a file
    try:
        return bool(_OF_A_REPOSITORY.intersection(os.listdir(path)))
    except OSError:
        return True
