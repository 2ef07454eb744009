"""Update the worktree and the index to a commit that HEAD is at already. Later changes by others are kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.git_entries import EXECUTABLE, SYMLINK, Entry, index_info
from devflow.common.git_worktree import Worktree
from devflow.release.git.comparison import index_bits, is_below_a_link
from devflow.release.transaction.journal import File, Journal
from devflow.release.transaction.spec import OnStep


def fingerprint(path: str) -> str:
    """A fingerprint of the file at a path; "" is no file. Raises: OSError."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if stat.S_ISLNK(status.st_mode):
        return "link:" + hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()
    if not stat.S_ISREG(status.st_mode):
        return "other"
    return fingerprint_of(Path(path).read_bytes())


def fingerprint_of(content: bytes, *, mode: str = "") -> str:
    """The fingerprint that a file with this content will have."""
    return ("link:" if mode == SYMLINK else "file:") + hashlib.sha256(content).hexdigest()


def checked_out_content(worktree: Worktree, blob: str, path: str, mode: str) -> bytes:
    """The content that a checkout would write: line ends and filters applied. Raises: GitError."""
    if mode == SYMLINK:
        return worktree.git.run("cat-file", "blob", blob)
    return worktree.git.run("-C", str(worktree.top), "cat-file", "--filters", f"--path={path}", blob)


def update_worktree(worktree: Worktree, journal: Journal, on_step: OnStep) -> tuple[str, ...]:
    """Update every file, then the index. Returned are the paths that were kept: their content was not as expected."""
    files = _files_at_head(worktree, journal)
    left_alone = []
    for file in files:
        on_step(f"file {file.path}")
        if not _update_file(worktree, file, journal.temporary):
            left_alone.append(file.path)
    if files:
        on_step("index")
        _update_index(worktree, journal, files, on_step)
    return tuple(left_alone)


def _files_at_head(worktree: Worktree, journal: Journal) -> list[File]:
    """The files that HEAD has as the journal's commit has them: HEAD may have moved since an interruption."""
    now = worktree.git.tree("HEAD", [file.path for file in journal.files])
    return [file for file in journal.files if now.get(file.path) == _entry_of(file)]


def _entry_of(file: File) -> Entry | None:
    """The entry that the new commit has at the path."""
    return Entry(file.mode, file.blob) if file.blob else None


def _update_file(worktree: Worktree, file: File, temporary: str) -> bool:
    """Replace one file atomically. False: its content is neither the old nor the new one, and was kept.

    `temporary` is the name of the new file beside it. The journal has it, so a file of that name is of a killed run.
    """
    if is_below_a_link(worktree, file.path):
        return False
    path = worktree.path(file.path)
    beside = os.path.join(os.path.dirname(path), temporary)
    if os.path.lexists(beside):
        os.unlink(beside)
    now = fingerprint(path)
    if now == file.after:
        return True
    if now != file.before:
        return False
    if not file.blob:
        os.unlink(path)
        _remove_empty_parents(worktree, path)
        return True
    content = checked_out_content(worktree, file.blob, file.path, file.mode)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if file.mode == SYMLINK:
        os.symlink(os.fsdecode(content), beside)
    else:
        permissions = 0o777 if file.mode == EXECUTABLE else 0o666
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions), "wb") as new:
            new.write(content)
    os.replace(beside, path)
    return True


def _remove_empty_parents(worktree: Worktree, path: str) -> None:
    """Remove the directories that became empty, as git does."""
    directory = os.path.dirname(path)
    while directory != str(worktree.top):
        try:
            os.rmdir(directory)
        except OSError:
            return
        directory = os.path.dirname(directory)


def _update_index(worktree: Worktree, journal: Journal, files: Iterable[File], on_step: OnStep) -> None:
    """Set the entries that are still those of the commit before. Raises: UserError if git's lock is held.

    A killed git would leave a lock of unknown origin. So git's lock is made here, as a hard link to a file in our own
    directory, by which the next run recognises it.
    """
    index, lock, token = _index_paths(worktree)
    remove_stale_index_lock(worktree)
    token.touch()
    try:
        os.link(token, lock)
    except FileExistsError:
        raise UserError(
            f"{lock} exists: another git command is running, or was killed.",
            fix="wait for it, or remove that file; then run the same command again, which finishes what has begun",
        ) from None
    try:
        on_step("index lock")
        paths = [file.path for file in files]
        before = worktree.git.tree(journal.old, paths)
        now = Git(worktree.top, worktree.git.environment).staged(paths)
        bits = index_bits(worktree, paths)
        changes = "".join(
            index_info(file.path, _entry_of(file), like=journal.new)
            for file in files
            if now.get(file.path) == before.get(file.path)
        )
        with worktree.scratch_dir() as scratch:
            new = scratch / "index"
            if index.exists():
                shutil.copyfile(index, new)
            environment = {"GIT_INDEX_FILE": str(new)}
            top = ["-C", str(worktree.top)]
            worktree.git.run(*top, "update-index", "-z", "--index-info", stdin=os.fsencode(changes), env=environment)
            # It exits with 1 if files differ from the index, such as those that were written meanwhile.
            with contextlib.suppress(GitError):
                worktree.git.run(*top, "update-index", "-q", "--refresh", env=environment)
            # A new entry has none of the bits that the old one had.
            for bit in {bit for path in paths for bit in bits.get(path, ())}:
                kept = "".join(f"{file.path}\0" for file in files if file.blob and bit in bits.get(file.path, ()))
                worktree.git.run(*top, "update-index", bit, "-z", "--stdin", stdin=os.fsencode(kept), env=environment)
            on_step("index swap")
            os.replace(new, index)
    finally:
        lock.unlink()
        token.unlink()


def remove_stale_index_lock(worktree: Worktree) -> None:
    """Remove the index lock of a killed run of this goal; a lock that git made is kept."""
    _, lock, token = _index_paths(worktree)
    if lock.exists() and token.exists() and os.path.samefile(lock, token):
        lock.unlink()
    token.unlink(missing_ok=True)


def _index_paths(worktree: Worktree) -> tuple[Path, Path, Path]:
    worktree.own_dir.mkdir(exist_ok=True)
    return worktree.git_dir / "index", worktree.git_dir / "index.lock", worktree.own_dir / "index.lock"
