"""Each check of a release, from facts alone: what was found, and the exact fix for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from devflow.common.errors import Problem, did_you_mean
from devflow.release.facts import Committed, Head, Remote, RemoteState, Tags
from devflow.release.plan import Action, Change, Check, failed, not_checked, passed, shortened
from devflow.release.versions import Version

# Where a release may happen if `--allow-branch` does not say: the main branch, and those of a series ("24.03").
DEFAULT_BRANCHES = ("main", "master", "[0-9]*.[0-9]*")


def work_tree(head: Head, needed: Sequence[str], *, allow_dirty: bool) -> Check:
    """`needed`: files and directories that the release reads or writes, relative to the top, as dirty paths are.

    Those must be committed, whatever is allowed: a release is made of a commit.
    """
    name = "work tree"
    if head.under_way:
        return failed(
            name, Problem(f"{head.under_way[0].upper()}{head.under_way[1:]} is under way.", "finish or abort it first")
        )
    if not head.dirty:
        return passed(name, "clean")
    in_the_way = [path for path in head.dirty if any(_is_in(path, place) for place in needed)]
    if in_the_way:
        what = f"Not committed, and a part of the release: {shortened(in_the_way)}."
        return failed(name, Problem(what, "commit them, or put them aside with `git stash --include-untracked`"))
    if not allow_dirty:
        return failed(
            name,
            Problem(
                f"Not committed: {shortened(head.dirty)}.",
                "commit them, or `git stash --include-untracked`; or let them be as they are with --allow-dirty",
            ),
        )
    return passed(name, f"not committed and left as it is: {shortened(head.dirty)}")


def _is_in(path: str, place: str) -> bool:
    # git names an untracked directory that is a repository of its own with a slash at its end
    path = path.rstrip("/")
    return path == place or path.startswith(f"{place}/") or place.startswith(f"{path}/")


def branch(head: Head, allowed: Sequence[str], goal: str) -> Check:
    """Whether a commit may be made here."""
    name = "branch"
    if not head.branch:
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
            f"{head.branch} is not a branch for this: allowed are {', '.join(globs)}.",
            f"git switch to one of them, or --allow-branch='{head.branch}', or [{goal}].allow_branch in pants.toml",
        ),
    )


def version(current: Version, new: Version, *, allow_equal: bool) -> Check:
    """Whether it goes up."""
    if new.pep440 > current.pep440:
        return passed("version", f"{current.text} → {new.text}")
    if new.pep440 == current.pep440:
        if allow_equal:
            return passed("version", f"{new.text}, which it is already")
        return failed(
            "version",
            Problem(
                f"The version is {current.text} already.", "take a higher one, or --allow-equal to release this one"
            ),
        )
    return failed(
        "version",
        Problem(f"{new.text} is lower than the present {current.text}.", "take a higher one with --to=VERSION"),
    )


def tag(tags: Tags, head: Head) -> Check:
    """Whether the tag is free here."""
    if not tags.valid:
        problem = Problem(f"git takes no tag {tags.name!r}.", "change the version, or [release].tag_name in pants.toml")
        return failed("tag", problem)
    if not tags.commit:
        return passed("tag", f"{tags.name} is free")
    where = "this commit" if tags.commit == head.commit else tags.commit[:12] if tags.commit != "?" else "no commit"
    return failed(
        "tag",
        Problem(
            f"The tag {tags.name} is there already, of {where}.",
            f"release a higher version; or, if it is a mistake that nobody has fetched, git tag --delete {tags.name}",
        ),
    )


def new_branch(name: str, valid: bool, commit: str) -> Check:
    """Whether the branch that is to be made is free here."""
    if not valid:
        fix = "change [release-branch].branch_name in pants.toml"
        return failed("new branch", Problem(f"git takes no branch {name!r}.", fix))
    if commit:
        fix = f"continue with it, or, if it is a mistake, git branch --delete {name}"
        return failed("new branch", Problem(f"The branch {name} is there already, at {commit[:12]}.", fix))
    return passed("new branch", f"{name} is free")


def identity(ident: str, message: str) -> Check:
    """Whether git knows who commits."""
    if ident:
        return passed("identity", ident)
    return failed(
        "identity",
        Problem(
            f"git does not know who commits: {message}",
            "git config user.name NAME && git config user.email MAIL; or GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, "
            "GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL in the environment",
        ),
    )


def signing(wanted: bool, message: str) -> Check:
    """`message`: why a trial failed, or ""."""
    if not wanted:
        return passed("signing", "not configured")
    if message:
        return failed(
            "signing",
            Problem(
                f"Signing does not work: {message}", "mend user.signingkey and gpg.* in git's settings; or --no-sign"
            ),
        )
    return passed("signing", "works")


def remote(found: Remote, head: Head, *, tag: str = "", new_branch: str = "") -> Check:
    """Whether a push would be taken, as far as one can tell before it."""
    name, problems = found.name, []
    pull = f"git pull --ff-only {name} {head.branch}"
    if found.state is RemoteState.UNKNOWN_NAME:
        what = f"There is no remote {name!r}.{did_you_mean(name, found.known)}"
        fix = f"--remote={found.known[0]}" if found.known else f"git remote add {name} URL"
        problems.append(Problem(what, fix))
    elif found.state is RemoteState.UNREACHABLE:
        fix = f"try `git ls-remote {name}` and mend what it says; or leave --push out"
        problems.append(Problem(f"{name} cannot be reached: {found.message}", fix))
    elif found.state is RemoteState.AHEAD:
        problems.append(Problem(f"{name}/{head.branch} has commits that are not here.", pull))
    elif found.state is RemoteState.CANNOT_TELL:
        what = f"This is a shallow clone: whether {name}/{head.branch} has commits that are not here cannot be seen."
        problems.append(Problem(what, f"git fetch --unshallow --tags {name}"))
    if found.tag:
        what = f"{name} has a tag {tag} already."
        problems.append(Problem(what, f"release a higher version; to look at it: git fetch {name} tag {tag}"))
    if found.new_branch:
        problems.append(Problem(f"{name} has a branch {new_branch} already.", f"git fetch {name} {new_branch}"))
    if problems:
        return failed("remote", *problems)
    return passed("remote", f"{name}/{head.branch}: {found.state.value}")


def no_remote(shallow: bool) -> Check:
    """Where nothing is pushed, no remote is asked."""
    more = "; and this is a shallow clone, which may lack tags: git fetch --unshallow --tags" if shallow else ""
    return not_checked("remote", f"nothing is pushed without --push{more}")


def changes(planned: Sequence[Change], committed: Committed, in_the_way: Sequence[str]) -> tuple[Problem, ...]:
    """What cannot be changed as it is planned. `in_the_way`: files that git ignores, where a new one is to be."""
    links = [change for change in planned if change.path in committed.links and change.action is Action.CHANGE]
    problems = [
        Problem(
            f"{change.path} is a symbolic link to {committed.links[change.path]}.",
            "name the file that it leads to in the options of pants.toml, or replace the link by the file",
        )
        for change in links
    ]
    problems += [
        Problem(f"{path} is to be made, and there is a file that git ignores.", f"move {path} away")
        for path in in_the_way
    ]
    return tuple(problems)
