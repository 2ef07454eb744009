"""Names of refs that exclude each other: git keeps a ref as a file, so none can be below another."""

from __future__ import annotations

from devflow.common.git import GitError
from devflow.common.git_worktree import Repository


def names_above(ref: str) -> tuple[str, ...]:
    """The names above one: of `refs/heads/a/b/c`, `refs/heads/a` and `refs/heads/a/b`."""
    parts = ref.split("/")
    return tuple("/".join(parts[:length]) for length in range(3, len(parts)))


def blocking_ref(repository: Repository, ref: str) -> str | None:
    """The ref that is above or below this name, so that git cannot make it; None if there is none."""
    for above in names_above(ref):
        if repository.git.succeeds("show-ref", "--verify", "--quiet", above):
            return above
    try:
        below = repository.git.line("for-each-ref", "--count=1", "--format=%(refname)", f"{ref}/")
    except GitError:
        return None
    return below or None
