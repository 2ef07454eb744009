"""Find the series that a command line names, here or on the remote, and the branches that are there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from devflow.backport.facts import Branch, CommitObject, RemoteBranches, Series
from devflow.backport.objects import read_commits
from devflow.common.errors import Problem, did_you_mean
from devflow.common.git import Git, GitError
from devflow.common.git_pushes import at_all, push_sources
from devflow.common.git_ref_names import names_above
from devflow.common.paths import shell_quote, shown


def read_refs(git: Git, series: Iterable[str]) -> dict[str, str]:
    """Full name → id: all branches, those of remotes, and tags with the names of series. Raises: GitError."""
    tags = [f"refs/tags/{name}" for name in series]
    listed = git.line("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes", *tags)
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    return {ref: oid for oid, ref in pairs}


def find_series(git: Git, name: str, remote: str, refs: Mapping[str, str]) -> Series | Problem:
    """Find a series: the local branch or the remote one, whichever is newer. Raises: GitError."""
    here, there = f"refs/heads/{name}", f"refs/remotes/{remote}/{name}"
    if here not in refs and there not in refs and f"refs/remotes/{name}" in refs:
        there = f"refs/remotes/{name}"  # "origin/24.03"
    ref, notes = _newer(git, name, here, there, refs)
    if ref is None:
        known = [one.removeprefix(start) for one in refs for start in ("refs/heads/", f"refs/remotes/{remote}/")]
        known = [one for one in known if not one.startswith("refs/") and not one.startswith("backport/")]
        guess = did_you_mean(name, known)
        close = guess.rpartition("'")[0].partition("'")[2]
        fetch = (
            f"git fetch {shell_quote(remote)}" if any(one.startswith(f"refs/remotes/{remote}/") for one in refs) else ""
        )
        fix = ", or ".join(filter(None, (close and shell_quote(f"--to={close}"), fetch)))
        fix = fix or f"write one of the branches that are here: {', '.join(map(shown, known[:5]))}"
        return Problem(f"There is no branch {shown(name)} here or on {shown(remote)}.{guess}", fix)
    commit = read_commits(git, [ref]).get(ref)
    if commit is None:
        return Problem(f"The commit of {shown(ref)} is not here.", "git fetch --refetch")
    short = name if ref == here else ref.removeprefix("refs/remotes/")
    if ref == here and f"refs/tags/{name}" in refs:
        short = f"heads/{name}"
    return Series(name.removeprefix(f"{remote}/"), ref, short, commit, refs.get(here), notes=notes)


def _newer(git: Git, name: str, here: str, there: str, refs: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    """The ref to take, and a note on the choice."""
    if here not in refs or there not in refs:
        return next((ref for ref in (here, there) if ref in refs), None), ()
    if refs[here] == refs[there]:
        return here, ()
    remote = shown(there.removeprefix("refs/remotes/"))
    if git.succeeds("merge-base", "--is-ancestor", refs[here], refs[there]):
        return there, (f"{remote} is newer than {shown(name)} here, and is taken",)
    if git.succeeds("merge-base", "--is-ancestor", refs[there], refs[here]):
        return here, (f"{shown(name)} here has commits that {remote} lacks, and is taken",)
    return there, (f"{shown(name)} and {remote} have diverged: {remote} is taken",)


def worktrees_of(git: Git) -> dict[str, str]:
    """Full name of a branch → the directory in which it is checked out. Raises: GitError."""
    found, path = {}, ""
    for line in git.line("worktree", "list", "--porcelain").split("\n"):
        key, _, value = line.partition(" ")
        path = value if key == "worktree" else path
        if key == "branch":
            found[value] = path
    return found


def find_branch(git: Git, name: str, refs: Mapping[str, str]) -> Branch:
    """The present state of a branch that is to be made. Raises: GitError."""
    try:
        valid = git.line("check-ref-format", "--branch", name) == name  # git expands names such as `@{-1}`
    except GitError:
        valid = False
    ref = f"refs/heads/{name}"
    commit = read_commits(git, [ref]).get(ref) if valid and ref in refs else None
    blocking = [other for other in refs if other in names_above(ref) or other.startswith(f"{ref}/")]
    return Branch(
        name, valid, commit.oid if commit else None, commit.tree if commit else None, next(iter(blocking), None)
    )


def is_based_on(git: Git, commit: str, base: CommitObject) -> bool:
    """Whether `base` is an ancestor of the commit."""
    return git.succeeds("merge-base", "--is-ancestor", base.oid, commit)


def read_remote(git: Git, remote: str, branches: Sequence[str], refs: Mapping[str, str]) -> RemoteBranches:
    """Ask the addresses of a push, over the network, for these branches; `refs` are the local refs.

    Raises: GitError.
    """
    known = tuple(git.line("remote").splitlines())
    if remote not in known:
        return RemoteBranches(remote, known=known, message="unknown")
    names = [f"refs/heads/{name}" for name in branches]
    answers: list[dict[str, str]] = []
    for source in push_sources(git, remote):
        try:
            listed = git.line("ls-remote", "--end-of-options", source.where, *names)
        except GitError as error:
            return RemoteBranches(remote, message=str(error), source=source.words)
        answers.append({ref: oid for oid, ref in (line.split("\t") for line in listed.splitlines())})
    found = {ref: at_all([answer.get(ref) for answer in answers], refs.get(ref)) for ref in names}
    there = {ref.removeprefix("refs/heads/"): oid for ref, oid in found.items() if oid}
    return RemoteBranches(remote, branches=there, addresses=len(answers))
