"""Compare the worktree with a commit, and not with what git shows of it.

`git status` shows nothing of a file that the index calls skip-worktree or assume-unchanged (`core.ignoreStat`), that a
file system monitor calls unchanged, or that has the size and the times of the index. What such a file holds is not
committed, and a release that replaced it would lose it.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Collection, Iterable, Mapping

from devflow.common.files import Obstruction, blocker
from devflow.common.git import GitError
from devflow.common.git_entries import EXECUTABLE, SYMLINK, Entry
from devflow.common.git_worktree import Repository, Worktree
from devflow.release.facts import Action, FileChange, PathBlocker, Why

_DIRECTORY = "040000"
_WITH_A_PATH = (Why.BELOW_A_FILE, Why.CASE, Why.NO_ACCESS, Why.READ_ONLY)  # as their detail
SKIPPED, _ASSUMED = "--skip-worktree", "--assume-unchanged"  # bits of the index, as `update-index` sets them


def path_blockers(
    repository: Repository, commit: str, read: Iterable[str], changes: Iterable[FileChange]
) -> tuple[PathBlocker, ...]:
    """Why these changes cannot be made, or would lose what is not committed; paths are relative to the build root.

    `read` are the other files and directories that must be as in the commit. Raises: GitError.
    """
    planned = {_full(repository, change.path): change.action for change in changes}
    new = [path for path, action in planned.items() if action is Action.CREATE]
    committed = {*(_full(repository, path) for path in read), *planned} - {*new, "."}
    found = [
        *differences(repository.worktree, commit, committed),
        *blockers_of_new(repository.worktree, commit, new),
        *(each for path in planned for each in _not_writable(repository.worktree, path)),
    ]
    unique = {each.path: each for each in reversed(found)}
    return tuple(_relative(repository, unique[path]) for path in sorted(unique))


def _full(repository: Repository, path: str) -> str:
    return posixpath.normpath(repository.prefix + path)


def _relative(repository: Repository, found: PathBlocker) -> PathBlocker:
    start = repository.prefix or "."
    detail = posixpath.relpath(found.detail, start) if found.why in _WITH_A_PATH else found.detail
    return PathBlocker(posixpath.relpath(found.path, start), found.why, detail)


def differences(worktree: Worktree, commit: str, paths: Collection[str]) -> list[PathBlocker]:
    """The files below these paths that are not as in the commit. Paths are relative to the top of the worktree.

    A file that the index calls skip-worktree and that is not there is as it should be: a sparse checkout.
    Raises: GitError.
    """
    if not paths:
        return []
    entries = worktree.git.tree(commit, sorted(paths), recursive=True)
    bits = index_bits(worktree, paths)
    with_mode = _keeps_modes(worktree)
    texts = worktree.git.blobs(entry.oid for entry in entries.values() if entry.mode == SYMLINK)
    found = {}
    for path, entry in entries.items():
        if not (entry.is_file or entry.mode == SYMLINK):
            continue  # a submodule
        text = texts[entry.oid] if entry.mode == SYMLINK else None
        why = _difference(worktree, path, entry, text, with_mode=with_mode)
        if why and not (why is Why.MISSING and SKIPPED in bits.get(path, ())):
            found[path] = why
    regular = {path: entry for path, entry in entries.items() if entry.is_file and path not in found}
    present = {path: entry for path, entry in regular.items() if os.path.lexists(worktree.path(path))}
    found.update(dict.fromkeys(_edited(worktree, present), Why.EDITED))
    return [PathBlocker(path, found[path], " ".join(bits.get(path, ()))) for path in sorted(found)]


def _difference(worktree: Worktree, path: str, entry: Entry, text: bytes | None, *, with_mode: bool) -> Why | None:
    """Whether the path has a file of the same kind as the commit; `text` is that of a link. Contents: `_edited`."""
    if is_below_a_link(worktree, path):
        return Why.BELOW_A_LINK
    full = worktree.path(path)
    try:
        mode = os.lstat(full).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Why.MISSING
    if text is not None:
        same = stat.S_ISLNK(mode) and os.fsencode(os.readlink(full)) == text
    else:
        executable = bool(mode & stat.S_IXUSR)
        same = stat.S_ISREG(mode) and (not with_mode or executable == (entry.mode == EXECUTABLE))
    return None if same else Why.EDITED


def index_bits(worktree: Worktree, paths: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Path → the options of `update-index` that set its bits, of the paths below these that have any.

    Raises: GitError.
    """
    records = (
        worktree.git.records("-C", str(worktree.top), "ls-files", "-v", "-z", "--", *sorted(paths)) if paths else []
    )
    bits = {}
    for record in records:
        tag, path = record[0], record[2:]
        bits[path] = (*((SKIPPED,) if tag in "Ss" else ()), *((_ASSUMED,) if tag.islower() else ()))
    return {path: names for path, names in bits.items() if names}


def _keeps_modes(worktree: Worktree) -> bool:
    try:
        return worktree.git.line("config", "--type=bool", "core.fileMode") == "true"
    except GitError:
        return True


def _edited(worktree: Worktree, files: Mapping[str, Entry]) -> list[str]:
    """The files whose content neither `git add` turns into the blob, nor a checkout writes from the blob."""
    if not files:
        return []
    names = b"".join(_quoted(path) + b"\n" for path in files)
    oids = worktree.git.line("-C", str(worktree.top), "hash-object", "--stdin-paths", stdin=names).split("\n")
    changed = [path for path, oid in zip(files, oids) if oid != files[path].oid]
    return [path for path in changed if not _is_checked_out(worktree, path, files[path])]


def _quoted(path: str) -> bytes:
    """A line of `hash-object --stdin-paths`, which reads names in quotes as C does."""
    return b'"' + b"".join(b"\\%03o" % byte for byte in os.fsencode(path)) + b'"'


def _is_checked_out(worktree: Worktree, path: str, entry: Entry) -> bool:
    checked_out = worktree.git.run("-C", str(worktree.top), "cat-file", "--filters", f"--path={path}", entry.oid)
    with open(worktree.path(path), "rb") as file:
        return file.read() == checked_out


def is_below_a_link(worktree: Worktree, path: str) -> bool:
    """Whether a directory of the path, below the top of the worktree, is a symbolic link."""
    return any(os.path.islink(worktree.path(directory)) for directory in _directories(path))


def _directories(path: str) -> list[str]:
    """The directories of a path: of `a/b/c`, `a/b` and `a`."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


def blockers_of_new(worktree: Worktree, commit: str, paths: Collection[str]) -> list[PathBlocker]:
    """Why there can be no new files at these paths. Raises: GitError."""
    if not paths:
        return []
    directories = {each for path in paths for each in _directories(path)}
    entries = worktree.git.tree(commit, sorted({*paths, *directories}))
    by_case = _by_case(worktree, {*paths, *directories})
    found = []
    for path in paths:
        above = next(
            (each for each in _directories(path) if each in entries and entries[each].mode != _DIRECTORY), None
        )
        twin = next((by_case[each] for each in (path, *_directories(path)) if each in by_case), None)
        if above:
            found.append(PathBlocker(path, Why.BELOW_A_FILE, above))
        elif path in entries:
            found.append(PathBlocker(path, Why.IS_A_DIRECTORY))
        elif is_below_a_link(worktree, path):
            found.append(PathBlocker(path, Why.BELOW_A_LINK))
        elif twin:
            found.append(PathBlocker(path, Why.CASE, twin))
    return found


def _by_case(worktree: Worktree, paths: Collection[str]) -> dict[str, str]:
    """Path → the name by which the index has it, where the two differ by case alone."""
    ignoring = {"GIT_ICASE_PATHSPECS": "1", "GIT_NOGLOB_PATHSPECS": "1", "GIT_LITERAL_PATHSPECS": "0"}
    arguments = ("-C", str(worktree.top), "ls-files", "-z", "--", *sorted(paths))
    names = worktree.git.records(*arguments, env=ignoring)
    known = {each.lower(): each for name in names for each in (name, *_directories(name))}
    exact = {each for name in names for each in (name, *_directories(name))}
    return {path: known[path.lower()] for path in paths if path not in exact and path.lower() in known}


def _not_writable(worktree: Worktree, path: str) -> list[PathBlocker]:
    blocked = blocker(worktree.path(path))
    if not blocked:
        return []
    name = os.path.relpath(blocked.path, worktree.top)
    if blocked.obstruction is Obstruction.NOT_A_DIRECTORY:
        return [PathBlocker(path, Why.BELOW_A_FILE, name)]
    read_only = blocked.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM
    return [PathBlocker(path, Why.READ_ONLY if read_only else Why.NO_ACCESS, name)]
