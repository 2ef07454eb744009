"""Read the facts of `release-branch`: what git says, and the committed version file, templates and links."""

from __future__ import annotations

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.release.branch.plan import (
    BranchFacts,
    BranchNames,
    BranchRequest,
    OpenedFacts,
    branch_name_of,
    changes_of,
    changes_of_templates,
)
from devflow.release.branch.templates import directories_of, paths_to_read, targets_of
from devflow.release.facts import RepositoryState
from devflow.release.git.committed import list_directory, read_committed
from devflow.release.git.comparison import path_blockers
from devflow.release.git.inspect import ignored_files, read_branch
from devflow.release.git.names import path_problem
from devflow.release.git.remotes import read_remote
from devflow.release.versions.version_files import version_among


def inspect_branch(
    request: BranchRequest, names: BranchNames, repository: Repository, state: RepositoryState
) -> BranchFacts:
    """For a series that is to be opened. Raises: GitError, UserError."""
    commit, templates = state.head.commit, request.templates
    listed = [path for each in directories_of(templates) for path in list_directory(repository, commit, each)]
    needed = (*(file.path for file in request.version_files), *paths_to_read(templates, listed))
    targets = targets_of(templates, names.new, request.date)
    problems = [problem for path in (*needed, *targets) if (problem := path_problem(path, repository.prefix))]
    if problems:
        raise UserError.of(problems[0])
    committed = read_committed(repository, commit, needed)
    changes = changes_of(request, names, committed, changes_of_templates(request, names, committed))
    push_to = request.push_to
    return BranchFacts(
        state,
        read_branch(repository, names.branch),
        needed,
        committed,
        ignored_files(repository, targets),
        path_blockers(repository, commit, needed, changes),
        read_remote(repository, push_to, state.head, new_branch=names.branch) if push_to is not None else None,
    )


def inspect_opened(request: BranchRequest, repository: Repository, state: RepositoryState) -> OpenedFacts:
    """For a series that HEAD has opened: HEAD's parent has the version of the branch. Raises: GitError, UserError."""
    if request.push_to is None:
        return OpenedFacts(state)
    paths = [file.path for file in request.version_files]
    committed = read_committed(repository, f"{state.head.commit}^", paths).files
    try:
        branch = branch_name_of(request, version_among(request.version_files, committed))
    except UserError:
        return OpenedFacts(state)
    return OpenedFacts(state, branch, read_remote(repository, request.push_to, state.head, new_branch=branch))
