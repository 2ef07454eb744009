"""Settings files as they are on disk, and what git says of them.

Read in the goal and never memoised: Pants does not watch the files that it ignores.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote

from devflow.common import toml_edit
from devflow.common.destinations import leads_into_git, link_in
from devflow.common.errors import Problem, UserError
from devflow.common.files import Obstruction, blocker, read_file
from devflow.common.git import Git, GitError
from devflow.common.splices import CannotEditError
from devflow.ide_config.facts import SettingsFile


def inspect_files(build_root: str, paths: Iterable[str]) -> Mapping[str, SettingsFile]:
    """The files at these paths, which are relative to the build root."""
    return {path: _inspect_file(build_root, path) for path in paths}


def _inspect_file(build_root: str, path: str) -> SettingsFile:
    """The text keeps every line end and a byte order mark."""
    file = Path(build_root, path)
    try:
        content = read_file(file)
    except FileNotFoundError:
        return SettingsFile(None, blocker=_blocker(build_root, path))
    except IsADirectoryError:
        problem = Problem(f"{path} is a directory, and should be a file.", fix=f"move it away: mv {quote(path)} …")
    except NotADirectoryError:
        parent = next(str(one) for one in Path(path).parents if not Path(build_root, one).is_dir())
        problem = Problem(f"{parent} is a file, and {path} goes below it.", fix=f"move it away: mv {quote(parent)} …")
    except OSError as error:
        fix = f"move it away: mv {quote(path)} …" if error.errno == errno.EINVAL else f"look at it: ls -l {quote(path)}"
        problem = Problem(f"{path} cannot be read: {error.strerror}.", fix)
    else:
        try:
            return SettingsFile(content.decode(), blocker=_blocker(build_root, path))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problem = Problem(f"{path} is left alone: line {line}: it is not UTF-8.", fix="save it as UTF-8")
    return SettingsFile(None, problem)


def _blocker(build_root: str, path: str) -> Problem | None:
    """Why a file cannot be written. A file without write permission counts as read-only for root, too."""
    into_git = leads_into_git(build_root, path)
    if into_git:
        return Problem(f"{path} {into_git}.", fix=f"remove the link: rm {quote(link_in(build_root, path) or path)}")
    file = Path(os.path.realpath(os.path.join(build_root, path)))
    found = blocker(str(file))
    shown = os.path.relpath(found.path, build_root) if found else ""
    if found and found.obstruction is Obstruction.NOT_A_DIRECTORY:
        return Problem(f"{shown} is a file, and {path} goes below it.", fix=f"move it away: mv {quote(shown)} …")
    if found and found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        return Problem(f"{path} is on a read-only file system.", fix="mount it for writing")
    if file.exists() and not (os.access(file, os.W_OK) and file.stat().st_mode & stat.S_IWUSR):
        return Problem(f"{path} is read-only.", fix=f"chmod u+w {quote(path)}")
    if found:
        return Problem(f"{shown} is not writable.", fix=f"chmod u+w {quote(shown)}")
    return None


def find_evidence(build_root: str, evidence: Iterable[str]) -> frozenset[str]:
    """Which of the files, directories and tables ("pyproject.toml [tool.x]") exist; of a glob, what matches it."""
    evidence = tuple(evidence)
    globs = [one for one in evidence if "*" in one]
    above = glob.escape(build_root)
    matching = {os.path.relpath(path, build_root) for one in globs for path in glob.glob(f"{above}/{one}")}
    return frozenset(
        {one for one in evidence if one not in globs and _exists(build_root, *one.partition(" ")[::2])} | matching
    )


def _exists(build_root: str, path: str, table: str) -> bool:
    if not table:
        return os.path.lexists(os.path.join(build_root, path))
    text = _inspect_file(build_root, path).text
    try:
        return bool(text) and toml_edit.has_table(text or "", table.strip("[]").split("."))
    except CannotEditError:
        return False  # a file that cannot be parsed has no tables


def not_ignored(build_root: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that git does not ignore; none outside of a git worktree, or without git."""
    return _without(build_root, paths, lambda git: git.ignored(paths))


def untracked(build_root: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that git does not track; none outside of a git worktree, or without git."""
    return _without(build_root, paths, lambda git: git.records("ls-files", "-z", "--", *paths))


def _without(build_root: str, paths: Sequence[str], known: Callable[[Git], Collection[str]]) -> tuple[str, ...]:
    if not paths:
        return ()
    try:
        excluded = known(Git(Path(build_root), os.environ))
    except (GitError, UserError):
        return ()
    return tuple(path for path in paths if path not in excluded)
