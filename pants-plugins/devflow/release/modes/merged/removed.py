"""What the commits of a version's pre-releases removed: the news fragments that went into their sections."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.common.paths import is_text
from devflow.release.modes.merged.history import candidates, subject_pattern
from devflow.release.modes.merged.inspect import read_history
from devflow.release.versions.version import Version, parse
from devflow.release.versions.version_files import VersionFile


def removed_by_prereleases(
    repository: Repository,
    commit: str,
    version: Version,
    files: Sequence[VersionFile],
    commit_message: str,
    directories: Collection[str],
) -> Mapping[str, Mapping[str, bytes]]:
    """Pre-release → path → content, of the files that its commits removed below the directories.

    A commit of a pre-release is one that `--tag-merged` would find for it. Paths are relative to the build root.
    Raises: GitError; UserError for a shallow clone that may lack such a commit.
    """
    history = read_history(repository, commit, files)
    present = {each.version for each in history.commits if each.version}
    before = [found for text in sorted(present) if (found := _prerelease(text, version))]
    if history.shallow and history.commits[-1].version in {found.text for found in before}:
        raise UserError(
            f"This is a shallow clone: it lacks the news fragments that the pre-releases of {version.text} removed.",
            fix="git fetch --unshallow --tags",
        )
    removed: dict[str, dict[str, bytes]] = {}
    for found in before:
        for each in candidates(history, found, subject_pattern(commit_message, found)):
            for path, content in _removed(repository, each.oid, directories).items():
                removed.setdefault(found.text, {}).setdefault(path, content)
    return removed


def _prerelease(text: str, version: Version) -> Version | None:
    try:
        found = parse(text)
    except UserError:
        return None
    return found if found.is_prerelease_of(version) else None


def _removed(repository: Repository, commit: str, directories: Collection[str]) -> dict[str, bytes]:
    """The files that a commit removed, compared with its first parent."""
    git, prefix = repository.git, repository.prefix
    parents = git.line("rev-list", "--parents", "--max-count=1", commit).split()[1:]
    if not parents:
        return {}
    paths = sorted(posixpath.normpath(prefix + directory) for directory in directories)
    raw = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--diff-filter=D", parents[0], commit, "--", *paths)
    records = iter(git.records("-C", str(repository.worktree.top), "--literal-pathspecs", *raw))
    oids = {path: fields.split()[2] for fields, path in zip(records, records) if is_text(path)}
    contents = git.blobs(oids.values())
    return {path[len(prefix) :]: contents[oid] for path, oid in oids.items()}
