"""The version that a repository has now, from its version files as they are in HEAD's commit."""

from __future__ import annotations

from collections.abc import Sequence

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.release.git.committed import read_committed
from devflow.release.git.inspect import head_commit
from devflow.release.git.names import path_problem
from devflow.release.versions.version import Version
from devflow.release.versions.version_files import VersionFile, version_among


def present_version(repository: Repository, files: Sequence[VersionFile]) -> Version:
    """The version that HEAD has in the first of the version files that is there. Raises: UserError."""
    for file in files:
        unusable = path_problem(file.path, repository.prefix)
        if unusable:
            raise UserError.of(unusable)
    committed = read_committed(repository, head_commit(repository), [file.path for file in files]).files
    return version_among(files, committed)
