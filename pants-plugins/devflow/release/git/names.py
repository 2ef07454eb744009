"""Which paths a release accepts: names may be any bytes, and options may name any path. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from devflow.common.errors import Problem
from devflow.common.paths import is_text, shell_quote, shown

# git puts no such directory into a tree, whatever the case, on any file system. Source: `verify_path` and
# `is_hfs_dotgit`, `is_ntfs_dotgit` of git 2.39.
_GIT_DIRECTORY = re.compile(r"(\.git|git~1)[ .]*(:.*)?", re.IGNORECASE | re.DOTALL)


def path_problem(path: str, prefix: str = "") -> Problem | None:
    """Why no commit can have a file at this path, or why the engine cannot be given its name; None if all is well.

    `prefix` is the build root, to which the path is relative, relative to the top of the worktree.
    """
    name = f"The path {shown(path)!r}" if path else "An empty path"
    fix = "name a file of the repository, relative to the build root, in the options of pants.toml"
    full = posixpath.normpath(prefix + path)
    if not path or path.endswith("/") or full in (".", "..") or full + "/" == prefix or "\0" in path:
        return Problem(f"{name} is no path of a file.", fix)
    if path.startswith("/") or full.startswith("../"):
        return Problem(f"{name} leads out of the repository.", fix)
    if any(_GIT_DIRECTORY.fullmatch(part) for part in full.split("/")):
        return Problem(f"{name} is in a git directory, of which no commit has a file.", fix)
    if not is_text(path):
        return not_text_problem(path)
    return None


def not_text_problem(path: str) -> Problem:
    """The problem of a file whose name is not UTF-8: the engine of Pants takes no such name."""
    what = f"The name {shown(path)} is not UTF-8, and Pants cannot read such a file."
    name = re.sub("[\ud800-\udfff]+", "_", path)
    return Problem(what, f"git mv -- {shell_quote(path)} {shell_quote(name)}, and commit that")


def not_text_problems(paths: Iterable[str]) -> tuple[Problem, ...]:
    """The problems of all paths that are not UTF-8."""
    return tuple(not_text_problem(path) for path in sorted(paths) if not is_text(path))
