"""Read files of a commit without a checkout. Symbolic links are followed within the commit."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping

from devflow.common.git_entries import SYMLINK
from devflow.common.git_worktree import Repository
from devflow.release.facts import Committed

_MOST_LINKS = 10  # a longer chain of links is taken for a cycle


def read_committed(repository: Repository, commit: str, paths: Iterable[str]) -> Committed:
    """Files of a commit, by paths relative to the build root; a directory gives all files below it.

    A link has the content of the file that it leads to; a submodule gives nothing. Raises: GitError.
    """
    wanted = sorted({posixpath.normpath(repository.prefix + path) for path in paths})
    entries = repository.git.tree(commit, wanted, recursive=True)
    links = {path: entry.oid for path, entry in entries.items() if entry.mode == SYMLINK}
    targets = _link_targets(repository, commit, links)
    oids = {path: entry.oid for path, entry in entries.items() if entry.is_file}
    oids.update({path: oid for path, (oid, _) in targets.items() if oid})
    contents = repository.git.blobs(oids.values())

    def relative(path: str) -> str:
        return path[len(repository.prefix) :] if path.startswith(repository.prefix) else path

    return Committed(
        files={relative(path): contents[oid] for path, oid in oids.items()},
        modes={relative(path): entry.mode for path, entry in entries.items()},
        links={relative(path): text for path, (_, text) in targets.items()},
    )


def list_directory(repository: Repository, commit: str, directory: str) -> tuple[str, ...]:
    """The files and links that are directly in a directory; paths are relative to the build root. Raises: GitError."""
    full = posixpath.normpath(repository.prefix + directory)
    entries = repository.git.tree(commit, ["/" if full == "." else f"{full}/"])
    paths = [path for path, entry in entries.items() if entry.is_file or entry.mode == SYMLINK]
    return tuple(path[len(repository.prefix) :] for path in paths)


def _link_targets(repository: Repository, commit: str, links: Mapping[str, str]) -> dict[str, tuple[str | None, str]]:
    """Path → the blob at the end of the link, and the link's text.

    The blob is None for a link that leads to no file, or out of the repository.
    """
    texts = repository.git.blobs(links.values())
    targets = {}
    for path, oid in links.items():
        text = os.fsdecode(texts[oid])
        targets[path] = (_blob_behind(repository, commit, path, text), text)
    return targets


def _blob_behind(repository: Repository, commit: str, path: str, text: str) -> str | None:
    """Follow the link in Python: git's own `--follow-symlinks` does not resolve `./`."""
    for _ in range(_MOST_LINKS):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        if path.startswith(("..", "/")):
            return None
        entry = repository.git.tree(commit, [path], recursive=True).get(path)
        if entry is None or entry.mode != SYMLINK:
            return entry.oid if entry and entry.is_file else None
        text = os.fsdecode(repository.git.blobs([entry.oid])[entry.oid])
    return None
