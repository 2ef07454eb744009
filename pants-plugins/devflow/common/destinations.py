"""Where a file of ours may go: links lead a path out of the repository, or into git's files. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterator

from devflow.common.paths import display_path, is_inside


def leads_outside(build_root: str, path: str) -> str | None:
    """A phrase that says where a path leads out of the build root, to which it is relative; None if it does not."""
    real, root = _real(build_root, path), os.path.realpath(build_root)
    return None if is_inside(real, root) and real != root else f"leads out of the repository, to {display_path(real)}"


def leads_into_git(build_root: str, path: str) -> str | None:
    """A phrase that names the git directory that a path is, or is in; None if there is none.

    A `.git` counts whether it exists or not, and so does a git directory of any name, such as a bare repository.
    """
    real, root = _real(build_root, path), os.path.realpath(build_root)
    for directory in _with_parents(real, until=root):
        if os.path.basename(directory).lower() == ".git" or _is_git_directory(directory):
            return f"is inside of the git directory {display_path(directory, root)}"
    return None


def link_in(build_root: str, path: str) -> str | None:
    """The first symbolic link in a path; None if there is none. Both are relative to the build root."""
    parts = path.split("/")
    links = ("/".join(parts[: number + 1]) for number in range(len(parts)))
    return next((link for link in links if os.path.islink(os.path.join(build_root, link))), None)


def _real(build_root: str, path: str) -> str:
    return os.path.realpath(os.path.join(build_root, path))


def _with_parents(path: str, *, until: str) -> Iterator[str]:
    while path not in (until, os.path.dirname(path)):
        yield path
        path = os.path.dirname(path)


def _is_git_directory(directory: str) -> bool:
    """Source: `is_git_directory` of git."""
    return all(os.path.lexists(os.path.join(directory, name)) for name in ("HEAD", "objects", "refs"))
