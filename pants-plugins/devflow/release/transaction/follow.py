"""The work tree and the index follow a commit that is already there. What somebody has written meanwhile stays."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import EXECUTABLE, SYMLINK, Entry, Git, GitError, index_info
from devflow.release.transaction.journal import File, Journal
from devflow.release.transaction.objects import scratch_dir
from devflow.release.transaction.order import OnStep, Place

_BESIDE = ".devflow-release.new"  # one name in each directory, so that the next run finds what a killed one left


def fingerprint(path: str) -> str:
    """What is at a path: "" for nothing. Raises: OSError."""
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
    """The same of a content that is to come."""
    return ("link:" if mode == SYMLINK else "file:") + hashlib.sha256(content).hexdigest()


def work_tree_content(place: Place, blob: str, path: str, mode: str) -> bytes:
    """What a checkout would write."""
    if mode == SYMLINK:
        return place.git.run("cat-file", "blob", blob)
    return place.git.run("-C", str(place.top), "cat-file", "--filters", f"--path={path}", blob)


def follow(place: Place, journal: Journal, on_step: OnStep) -> tuple[str, ...]:
    """Bring every file after the commit, then the index. Paths that were left alone: somebody wrote there meanwhile."""
    wanted = _still_wanted(place, journal)
    left_alone = []
    for file in wanted:
        on_step(f"file {file.path}")
        if not _follow_file(place, file):
            left_alone.append(file.path)
    on_step("index")
    _follow_index(place, journal, wanted, on_step)
    return tuple(left_alone)


def _still_wanted(place: Place, journal: Journal) -> list[File]:
    """The files that HEAD has as this commit made them: somebody may have gone on, or elsewhere."""
    now = place.git.tree("HEAD", [file.path for file in journal.files])
    return [file for file in journal.files if now.get(file.path) == _entry_of(file)]


def _entry_of(file: File) -> Entry | None:
    """What the new commit has at the path."""
    return Entry(file.mode, file.blob) if file.blob else None


def _follow_file(place: Place, file: File) -> bool:
    path = place.path(file.path)
    beside = os.path.join(os.path.dirname(path), _BESIDE)
    if os.path.lexists(beside):
        os.unlink(beside)
    now = fingerprint(path)
    if now == file.after:
        return True
    if now != file.before:
        return False
    if not file.blob:
        os.unlink(path)
        _remove_empty_parents(place, path)
        return True
    content = work_tree_content(place, file.blob, file.path, file.mode)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if file.mode == SYMLINK:
        os.symlink(os.fsdecode(content), beside)
    else:
        permissions = 0o777 if file.mode == EXECUTABLE else 0o666
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions), "wb") as new:
            new.write(content)
    os.replace(beside, path)
    return True


def _remove_empty_parents(place: Place, path: str) -> None:
    """As git does when the last file of a directory goes."""
    directory = os.path.dirname(path)
    while directory != str(place.top):
        try:
            os.rmdir(directory)
        except OSError:
            return
        directory = os.path.dirname(directory)


def _follow_index(place: Place, journal: Journal, files: Iterable[File], on_step: OnStep) -> None:
    """Set the entries that are still those of the commit before.

    Git would leave a lock behind that nobody knows if it were killed. So its lock is made here, as a hard link of a
    file of ours: the next run recognises it.
    """
    index, lock, token = _index_paths(place)
    remove_stale_index_lock(place)
    token.touch()
    try:
        os.link(token, lock)
    except FileExistsError:
        raise UserError(
            f"{lock} is there: another git command is at work, or was killed.",
            fix="wait for it, or remove that file; then run the same command again, which finishes what has begun",
        ) from None
    try:
        on_step("index lock")
        paths = [file.path for file in files]
        before = place.git.tree(journal.old, paths)
        now = Git(place.top, place.git.environment).staged(paths)
        changes = "".join(
            index_info(file.path, _entry_of(file), like=journal.new)
            for file in files
            if now.get(file.path) == before.get(file.path)
        )
        with scratch_dir(place) as scratch:
            new = scratch / "index"
            if index.exists():
                shutil.copyfile(index, new)
            environment = {"GIT_INDEX_FILE": str(new)}
            top = ["-C", str(place.top)]
            place.git.run(*top, "update-index", "-z", "--index-info", stdin=os.fsencode(changes), env=environment)
            # Its exit code tells of files that differ, such as those that somebody wrote meanwhile.
            with contextlib.suppress(GitError):
                place.git.run(*top, "update-index", "-q", "--refresh", env=environment)
            on_step("index swap")
            os.replace(new, index)
    finally:
        lock.unlink()
        token.unlink()


def remove_stale_index_lock(place: Place) -> None:
    """Remove the lock of a run of ours that was killed; a lock of git's stays."""
    _, lock, token = _index_paths(place)
    if lock.exists() and token.exists() and os.path.samefile(lock, token):
        lock.unlink()
    token.unlink(missing_ok=True)


def _index_paths(place: Place) -> tuple[Path, Path, Path]:
    place.own_dir.mkdir(exist_ok=True)
    return place.git_dir / "index", place.git_dir / "index.lock", place.own_dir / "index.lock"
