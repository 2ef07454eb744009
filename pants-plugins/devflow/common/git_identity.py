"""Ask git who commits, and whether and how commits are signed."""

from __future__ import annotations

from devflow.common.git import GitError
from devflow.common.git_worktree import Repository
from devflow.common.identity import Author, Signing, UnknownAuthor

_SIGNING_SETTINGS = r"^(commit\.gpgsign|tag\.gpgsign|tag\.forcesignannotated|user\.signingkey|gpg\..*)$"


def read_author(repository: Repository) -> Author | UnknownAuthor:
    """Who commits now. git must know the author and the committer."""
    try:
        for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            ident = repository.git.line("-c", "user.useConfigOnly=true", "var", variable)
    except GitError as error:
        return UnknownAuthor(str(error).splitlines()[-1].strip())
    return Author(ident[: ident.rindex(">") + 1])


def read_signing(repository: Repository) -> Signing:
    """How commits and tags are signed, as git is configured."""
    settings = {}
    try:
        records = repository.git.records("config", "--null", "--get-regexp", _SIGNING_SETTINGS)
    except GitError:
        records = []  # none is set
    for record in records:
        key, _, value = record.partition("\n")
        settings[key] = value
    truths = ("true", "yes", "on", "1", "")
    commits, tags, annotated = (
        settings.get(name, "false").lower() in truths
        for name in ("commit.gpgsign", "tag.gpgsign", "tag.forcesignannotated")
    )
    return Signing(commit=commits, tag=tags or annotated, settings=settings)


def signing_failure(repository: Repository, commit: str) -> str | None:
    """Sign a commit in a temporary object database: no setting tells whether signing works."""
    worktree = repository.worktree
    with worktree.scratch_dir() as scratch:
        environment = {
            "GIT_OBJECT_DIRECTORY": str(scratch),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": worktree.as_alternate,
        }
        try:
            worktree.git.run("commit-tree", "-S", "-m", "Can this be signed?", f"{commit}^{{tree}}", env=environment)
        except GitError as error:
            return str(error)
    return None
