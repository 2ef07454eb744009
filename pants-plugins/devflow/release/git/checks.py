"""Each check of a repository, from facts alone: what was found, and the exact fix for what is wrong."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase

from devflow.common.errors import Problem, did_you_mean
from devflow.common.identity import Author, Signing, UnknownAuthor
from devflow.common.paths import shell_quote, shown
from devflow.release.facts import (
    Action,
    BranchState,
    Check,
    Committed,
    FileChange,
    Head,
    PathBlocker,
    Remote,
    RemoteState,
    RepositoryState,
    TagState,
    Why,
    failed,
    not_checked,
    passed,
)

# Where a release may happen if `--allow-branch` does not say: the main branch, and those of a series ("24.03").
DEFAULT_BRANCHES = ("main", "master", "[0-9]*.[0-9]*")


def work_tree(head: Head, needed: Sequence[str], *, allow_dirty: bool) -> Check:
    """Whether all that counts is committed.

    `needed`: files and directories that the goal reads or writes, relative to the top of the worktree. They must be
    committed even if other changes are allowed, because a release is made from a commit.
    """
    name = "work tree"
    if head.under_way:
        return failed(
            name, Problem(f"{head.under_way[0].upper()}{head.under_way[1:]} is under way.", "finish or abort it first")
        )
    if not head.dirty:
        return passed(name, "clean")
    uncommitted = [path for path in head.dirty if any(_overlap(path, each) for each in needed)]
    if uncommitted:
        what = f"Not committed, and a part of the release: {shortened(uncommitted)}."
        return failed(name, Problem(what, _commit_or(head, "put them aside with `git stash --include-untracked`")))
    if not allow_dirty:
        return failed(
            name,
            Problem(
                f"Not committed: {shortened(head.dirty)}.",
                f"{_commit_or(head, '`git stash --include-untracked`')}; or leave them as they are with --allow-dirty",
            ),
        )
    return passed(name, f"not committed and left as it is: {shortened(head.dirty)}")


def _commit_or(head: Head, put_aside: str) -> str:
    """`git stash` leaves submodules as they are."""
    if not head.submodules:
        return f"commit them, or {put_aside}"
    modules = " ".join(shell_quote(path) for path in head.submodules)
    aside = f"git submodule update --force -- {modules}"
    if set(head.submodules) == set(head.dirty):
        return f"`git add -- {modules}` and commit, or `{aside}`"
    return f"commit them, or {put_aside} and `{aside}`"


def _overlap(path: str, needed: str) -> bool:
    # git names an untracked directory that is a repository of its own with a slash at its end
    path = path.rstrip("/")
    return path == needed or path.startswith(f"{needed}/") or needed.startswith(f"{path}/")


def branch(head: Head, allowed: Sequence[str], goal: str) -> Check:
    """Whether the goal may commit to this branch. `allowed` are globs; none: `DEFAULT_BRANCHES`."""
    name = "branch"
    if head.branch is None:
        return failed(
            name,
            Problem(
                f"HEAD is detached at {head.commit[:12]}: there is no branch for the commit.",
                "git switch BRANCH; in a CI job that checks out a commit: git switch -C BRANCH",
            ),
        )
    globs = allowed or DEFAULT_BRANCHES
    if any(fnmatchcase(head.branch, glob) for glob in globs):
        return passed(name, head.branch)
    return failed(
        name,
        Problem(
            f"{head.branch} is not one of the allowed branches: {', '.join(globs)}.",
            f"git switch to one of them, or {shell_quote(f'--allow-branch={head.branch}')}, "
            f"or [{goal}].allow_branch in pants.toml",
        ),
    )


def tag(state: TagState, head: Head) -> Check:
    """Whether the tag's name is free in this repository."""
    if not state.valid:
        what = f"git does not accept {state.name!r} as the name of a tag."
        return failed("tag", Problem(what, "change the version, or [release].tag_name in pants.toml"))
    if state.blocking:
        fix = "change the version, or [release].tag_name in pants.toml"
        return failed("tag", _blocked(f"the tag {state.name}", state.blocking, fix))
    if state.existing is None:
        return passed("tag", f"{state.name} is free")
    commit = state.existing.commit
    where = "no commit" if commit is None else "this commit" if commit == head.commit else commit[:12]
    delete = f"git tag --delete {shell_quote(state.name)}"
    fix = f"release a higher version; or, if it is a mistake that nobody has fetched, {delete}"
    return failed("tag", Problem(f"The tag {state.name} is there already, on {where}.", fix))


def new_branch(state: BranchState, *, option: str = "[release-branch].branch_name") -> Check:
    """Whether the name of the branch that is to be made is free in this repository; it is that of an option."""
    name = state.name
    if not state.valid:
        fix = f"change {option} in pants.toml"
        return failed("new branch", Problem(f"git does not accept {name!r} as the name of a branch.", fix))
    if state.blocking:
        old = state.blocking.split("/", 2)[2]
        move = f"git branch --move {shell_quote(old)} NEW_NAME"
        fix = f"change {option} in pants.toml, or rename that branch: {move}"
        return failed("new branch", _blocked(f"the branch {name}", state.blocking, fix))
    if state.commit is not None:
        fix = f"continue with it, or, if it is a mistake, git branch --delete {shell_quote(name)}"
        return failed("new branch", Problem(f"The branch {name} is there already, at {state.commit[:12]}.", fix))
    return passed("new branch", f"{name} is free")


def _blocked(what: str, ref: str, fix: str) -> Problem:
    return Problem(f"git cannot make {what} beside {ref.split('/', 2)[2]}: one name is below the other.", fix)


def author(found: Author | UnknownAuthor) -> Check:
    """Whether git knows who commits."""
    if isinstance(found, Author):
        return passed("identity", found.ident)
    return failed("identity", found.problem)


def signing(found: Signing) -> Check:
    """Whether git can sign, if it is to."""
    if not (found.commit or found.tag):
        return passed("signing", "not configured")
    return failed("signing", found.problem) if found.problem else passed("signing", "works")


def of_both_goals(state: RepositoryState, allowed_branches: Sequence[str], goal: str) -> tuple[Check, ...]:
    """The checks of `release` and of `release-branch` that do not depend on the version."""
    return (
        branch(state.head, allowed_branches, goal),
        author(state.author),
        signing(state.signing),
    )


def remote(
    found: Remote,
    head: Head,
    *,
    tag: str | None = None,
    new_branch: str | None = None,
    has_commit: bool = False,
    branch_option: str = "[release-branch].branch_name",
) -> Check:
    """Whether the remote would accept the push, as far as that can be known before it.

    `has_commit`: HEAD is to be pushed as it is, so a branch that has it and more is no problem.
    """
    name, problems = found.name, []
    quoted = shell_quote(name)
    if found.state is RemoteState.UNKNOWN_NAME:
        what = f"There is no remote {name!r}.{did_you_mean(name, found.known)}"
        fix = f"--remote={shell_quote(found.known[0])}" if found.known else f"git remote add {quoted} URL"
        problems.append(Problem(what, fix))
    elif found.state is RemoteState.UNREACHABLE:
        fix = f"run `git ls-remote {found.source or quoted}` and correct what it reports; or leave --push out"
        problems.append(Problem(f"{name} cannot be reached: {found.message}", fix))
    elif found.state is RemoteState.AHEAD and not has_commit:
        pull = f"git pull --ff-only {_pull(found, head)}"
        problems.append(Problem(f"{name}/{head.branch} has commits that {head.branch} lacks.", pull))
    elif found.state is RemoteState.DIVERGED:
        what = f"{head.branch} and {name}/{head.branch} have diverged: each has commits that the other lacks."
        problems.append(Problem(what, f"git pull --rebase {_pull(found, head)}"))
    elif found.state is RemoteState.CANNOT_TELL:
        lacks = f"{name}/{head.branch} has commits that {head.branch} lacks"
        what = f"This is a shallow clone: it does not show whether {lacks}."
        problems.append(Problem(what, f"git fetch --unshallow --tags {found.source or quoted}"))
    if found.tag:
        what = f"{name} has a tag {tag} already."
        look = f"git fetch {quoted} tag {shell_quote(str(tag))}"
        problems.append(Problem(what, f"release a higher version; to look at it: {look}"))
    if found.new_branch:
        fetch = f"git fetch {quoted} {shell_quote(f'refs/heads/{new_branch}')}"
        problems.append(Problem(f"{name} has a branch {new_branch} already.", fetch))
    if found.blocking:
        ref = f"{name}/{found.blocking.split('/', 2)[2]}"
        option = f"[release].tag_name ({tag})" if tag else f"{branch_option} ({new_branch})"
        what = f"{ref} blocks the push: one name is below the other."
        problems.append(Problem(what, f"change {option} in pants.toml"))
    if problems:
        return failed("remote", *problems)
    return passed("remote", f"{name}/{head.branch}: {found.state.value}")


def undo_unpushed(found: Remote, head: Head, *, tag: str | None = None, new_branch: str | None = None) -> Check:
    """The check of an unpushed release whose remote has new commits: it fails, and its fix undoes the release."""
    undo = ["git reset --keep HEAD^"]
    undo += [f"git tag --delete {shell_quote(tag)}"] if tag else []
    undo += [f"git branch --delete --force {shell_quote(new_branch)}"] if new_branch else []
    undo += [f"git pull --rebase {_pull(found, head)}"]
    what = f"{found.name}/{head.branch} has new commits, so the unpushed commit made here cannot be pushed any more."
    return failed("remote", Problem(what, f"{' && '.join(undo)}  # then the same command again"))


def _pull(found: Remote, head: Head) -> str:
    return found.pull_from or f"{shell_quote(found.name)} {shell_quote(head.branch or '')}"


def no_remote(shallow: bool) -> Check:
    """Without a push, the remote is not asked."""
    more = "; and this is a shallow clone, which may lack tags: git fetch --unshallow --tags" if shallow else ""
    return not_checked("remote", f"nothing is pushed without --push{more}")


def link_blockers(planned: Iterable[FileChange], committed: Committed) -> list[Problem]:
    """The changes that would be written through a symbolic link."""
    return [
        Problem(
            f"{change.path} is a symbolic link to {committed.links[change.path]}.",
            "name the file that it leads to in the options of pants.toml, or replace the link by the file",
        )
        for change in planned
        if change.action is Action.CHANGE and change.path in committed.links
    ]


def ignored_blockers(planned: Iterable[FileChange], ignored: Collection[str]) -> list[Problem]:
    """The new files in whose path the worktree has a file that git ignores."""
    return [
        Problem(f"{change.path} would be created, but git ignores a file of that path.", f"move {change.path} away")
        for change in planned
        if change.action is Action.CREATE and change.path in ignored
    ]


def path_problems(blockers: Iterable[PathBlocker], head: Head, prefix: str) -> list[Problem]:
    """The problems of paths that are not as in the commit, without those that the check of the worktree names."""
    return [
        _path_problem(each)
        for each in blockers
        if not any(_overlap(path, posixpath.normpath(prefix + each.path)) for path in head.dirty)
    ]


def _path_problem(found: PathBlocker) -> Problem:
    name, quoted = shown(found.path), shell_quote(found.path)
    what = f"{name} {found.why.value}"
    if found.why in (Why.EDITED, Why.MISSING):
        # `update-index` takes one such option at a time; without any, git trusts a monitor or the times of the file.
        hidden = found.detail.split()
        unhide = [f"git update-index --no-{option[2:]} -- {quoted}" for option in hidden]
        command = " && ".join(unhide) or f"git add --renormalize -- {quoted}"
        what += f" ({' and '.join(option[2:] for option in hidden)})" if hidden else ""
        return Problem(f"{what}.", f"{command}, then commit the change, or put it aside with `git stash`")
    if found.why is Why.BELOW_A_LINK:
        return Problem(f"{what}.", "put the directory back in the place of the link")
    if found.why is Why.READ_ONLY:
        return Problem(
            f"{what}.", "git clone . DIRECTORY, on a file system that can be written, and release from there"
        )
    if found.why is Why.NO_ACCESS:
        directory = shell_quote(found.detail)
        fix = f'chmod u+wx {directory}; or, if it is of another user, sudo chown "$(id -u)" {directory}'
        return Problem(f"{what}: {shown(found.detail)}.", fix)
    if found.why is Why.BELOW_A_FILE:
        fix = f"move {shell_quote(found.detail)} away, or choose another path in the options of pants.toml"
        return Problem(f"{what}: {shown(found.detail)}.", fix)
    other = f": {shown(found.detail)}" if found.detail else ""
    return Problem(f"{what}{other}.", "choose another path in the options of pants.toml")


def shortened(items: Sequence[str], *, most: int = 5) -> str:
    """A list of names for a sentence: "a, b and 7 more"."""
    first = [shown(item) for item in items[:most]]
    more = len(items) - len(first)
    if more:
        return f"{', '.join(first)} and {more} more"
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}"
