"""Ask a remote what it has of the refs that would be pushed, at each address of a push. Nothing is changed."""

from __future__ import annotations

from devflow.common.git import GitError
from devflow.common.git_pushes import PushSource, at_all, push_sources
from devflow.common.git_ref_names import names_above
from devflow.common.git_worktree import Repository
from devflow.common.paths import shell_quote
from devflow.release.facts import Head, Remote, RemoteState

# The first of these that one address is in is the state of a remote with several.
_WORST = (
    RemoteState.UNREACHABLE,
    RemoteState.DIVERGED,
    RemoteState.CANNOT_TELL,
    RemoteState.AHEAD,
    RemoteState.NO_BRANCH,
    RemoteState.BEHIND,
    RemoteState.SAME,
)


def read_remote(
    repository: Repository, remote: str, head: Head, *, tag: str | None = None, new_branch: str | None = None
) -> Remote | None:
    """What the remote has of the refs that would be pushed; None without a branch to push. It asks the network.

    Of several addresses, the one that needs most: see `_WORST`. A ref that some lack, and that the others have as it is
    here, is one that the remote lacks.
    """
    if head.branch is None:
        return None
    remotes = tuple(repository.git.line("remote").splitlines())
    if remote not in remotes:
        return Remote(remote, RemoteState.UNKNOWN_NAME, known=remotes)
    tag_ref = f"refs/tags/{tag}" if tag else None
    branch_ref = f"refs/heads/{new_branch}" if new_branch else None
    answers = [
        _ask(repository, source, remote, head, tag_ref, branch_ref) for source in push_sources(repository.git, remote)
    ]
    worst = min(answers, key=lambda answer: _WORST.index(answer.state))
    return Remote(
        remote,
        worst.state,
        tag=at_all([each.tag for each in answers], _oid(repository, tag_ref)),
        new_branch=at_all([each.new_branch for each in answers], _oid(repository, branch_ref)),
        message=worst.message,
        pull_from=worst.pull_from,
        source=worst.source,
        addresses=len(answers),
        blocking=next((each.blocking for each in answers if each.blocking), None),
    )


def _ask(
    repository: Repository, source: PushSource, remote: str, head: Head, tag: str | None, new_branch: str | None
) -> Remote:
    branch, tag_like_it = f"refs/heads/{head.branch}", f"refs/tags/{head.branch}"
    asked = [ref for ref in (branch, tag_like_it, tag, new_branch) if ref]
    new = [ref for ref in (tag, new_branch) if ref]
    around = [each for ref in new for each in (*names_above(ref), f"{ref}/*")]
    try:
        listed = repository.git.line("ls-remote", "--end-of-options", source.where, *asked, *around)
    except GitError as error:
        return Remote(remote, RemoteState.UNREACHABLE, message=str(error), source=source.words)
    found = {name: oid for oid, name in (line.split("\t") for line in listed.splitlines())}
    state, message = _compare(repository, source, head, found.get(branch))
    # git takes a tag before a branch of the same name.
    pulled = branch if tag_like_it in found else str(head.branch)
    blocking = [ref for ref in sorted(found) for each in new if ref in names_above(each) or ref.startswith(f"{each}/")]
    return Remote(
        remote,
        state,
        tag=found.get(tag or ""),
        new_branch=found.get(new_branch or ""),
        message=message,
        pull_from=f"{source.words} {shell_quote(pulled)}",
        source=source.words,
        blocking=next(iter(blocking), None),
    )


def _compare(
    repository: Repository, source: PushSource, head: Head, remote_commit: str | None
) -> tuple[RemoteState, str]:
    """The state, and git's message where the remote cannot be read."""
    if not remote_commit:
        return RemoteState.NO_BRANCH, ""
    if remote_commit == head.commit:
        return RemoteState.SAME, ""
    git = repository.git
    if git.succeeds("cat-file", "-e", f"{remote_commit}^{{commit}}"):
        if git.succeeds("merge-base", "--is-ancestor", remote_commit, head.commit):
            return RemoteState.BEHIND, ""
        if git.succeeds("merge-base", "--is-ancestor", head.commit, remote_commit):
            return RemoteState.AHEAD, ""
        return (RemoteState.CANNOT_TELL if repository.shallow else RemoteState.DIVERGED), ""
    if repository.shallow:
        return RemoteState.CANNOT_TELL, ""
    return _compare_with_fetched(repository, source, head, remote_commit)


def _compare_with_fetched(
    repository: Repository, source: PushSource, head: Head, remote_commit: str
) -> tuple[RemoteState, str]:
    """Fetch into a temporary object database: no ref, and no object of the repository, is changed by a plan."""
    with repository.worktree.scratch_dir() as scratch:
        environment = {
            "GIT_OBJECT_DIRECTORY": str(scratch),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": repository.worktree.as_alternate,
        }
        nothing_else = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--no-recurse-submodules")
        fetch = ("fetch", *nothing_else, "--no-auto-maintenance", "--", source.where, f"refs/heads/{head.branch}")
        try:
            repository.git.run(*fetch, env=environment)
        except GitError as error:
            return RemoteState.UNREACHABLE, str(error)
        try:
            repository.git.run("merge-base", "--is-ancestor", head.commit, remote_commit, env=environment)
        except GitError:
            return RemoteState.DIVERGED, ""
        return RemoteState.AHEAD, ""


def _oid(repository: Repository, ref: str | None) -> str | None:
    if ref is None:
        return None
    try:
        return repository.git.line("show-ref", "--verify", "--hash", ref)
    except GitError:
        return None
