"""Decides for each series which branch and commits are made, with which messages, or why none is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from devflow.backport.facts import Branch, Merged, Outcome, Pick, RemoteBranches, Series
from devflow.backport.message import has_references, message_of
from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.options import command_line
from devflow.common.paths import shell_quote, shown

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class BackportRequest:
    """The options.

    `branch` is a template; `worktrees` is the beginning of the path of a worktree beside the target: "../app". For
    another repository, `repository_name` qualifies references in its messages, and `target_path` is its path.
    """

    branch: str
    in_place: bool = False
    allow_empty: bool = False
    commit_conflicts: bool = False
    mainline: int | None = None
    trailer: str = ""
    remote: str = "origin"
    push: bool = False
    execute: bool = False
    sign: bool | None = None  # None: as git is configured
    migrations: tuple[str, ...] = ()
    to_another: bool = False
    repository_name: str | None = None
    worktrees: str = "../backport"
    target_path: str = "."


@dataclass(frozen=True)
class SeriesFacts:
    """The facts of one series: the merged commits, and the branch that would have them."""

    series: Series
    merged: tuple[Merged, ...]
    branch: Branch


class Status(Enum):
    """What happens to a series."""

    MAKE = "make"
    NOTHING = "nothing to do"  # the series has each commit already
    DONE = "done before"  # the branch exists, with this content
    BLOCKED = "blocked"


@dataclass(frozen=True)
class PlannedCommit:
    """A commit to make, on top of the previous one, or of the series."""

    merged: Merged
    message: str


@dataclass(frozen=True)
class SeriesPlan:
    """The plan of one series.

    `commits` are all or none. With `problems`, the series is blocked, or its branch gets conflict markers because the
    user asked for them.
    """

    series: Series
    branch: str
    status: Status
    merged: tuple[Merged, ...]
    commits: tuple[PlannedCommit, ...] = ()
    push: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def ref(self) -> str:
        """The full name of the branch that is made or moved."""
        return f"refs/heads/{self.branch}"


def branch_of(request: BackportRequest, series: Series, picks: Sequence[Pick]) -> str:
    """The branch for a series. Raises: UserError for an unknown placeholder."""
    if request.in_place:
        return series.name
    first = picks[0].commit
    values = {"number": first.number or first.oid[:8], "series": series.name}
    unknown = [name for name in _PLACEHOLDER.findall(request.branch) if name not in values]
    if unknown:
        raise UserError(
            f"--branch={shown(request.branch)} has an unknown placeholder: {{{shown(unknown[0])}}}."
            f"{did_you_mean(unknown[0], values)}",
            fix="write {number} and {series}, such as --branch='backport/{number}-to-{series}'",
        )
    return _PLACEHOLDER.sub(lambda found: values[found[1]], request.branch)


def refuse_one_name(branches: Sequence[str]) -> None:
    """Raises: UserError if several series would get the same branch."""
    twice = next((name for name in branches if branches.count(name) > 1), None)
    if twice is not None:
        fix = f"put {{series}} into it: {shell_quote(f'--branch={twice}-to-{{series}}')}"
        raise UserError(f"--branch={shown(twice)} would be the branch of several series.", fix=fix)


def references_problem(request: BackportRequest, picks: Sequence[Pick]) -> Problem | None:
    """`#12` means another pull request in another repository."""
    if not request.to_another or request.repository_name:
        return None
    title = next((pick.commit.title for pick in picks if has_references(pick.commit.message)), None)
    if title is None:
        return None
    what = (
        f"The message of {shown(title)} has references such as #12, which the other repository would take for its own."
    )
    return Problem(what, "add the name of this repository, such as --repository-name=owner/name")


def plan_series(request: BackportRequest, facts: SeriesFacts, remote: RemoteBranches | None) -> SeriesPlan:
    """The plan of one series, from what was found."""
    series, branch, merged = facts.series, facts.branch, facts.merged
    made = [each for each in merged if each.outcome is not Outcome.THERE or request.allow_empty]
    problems = [] if request.commit_conflicts else _conflict_problems(request, facts, made)
    if not made:
        return SeriesPlan(series, branch.name, Status.NOTHING, merged)
    is_done = not request.in_place and branch.tree == made[-1].tree and not problems
    if request.in_place:
        problems += _in_place_problems(series)
    elif not is_done:
        problems += _branch_problems(branch)
    push = request.push
    if remote and push:
        problems += _remote_problems(remote, branch, in_place=request.in_place)
        push = not (is_done and remote.branches.get(branch.name) == branch.commit)
    if problems:
        return SeriesPlan(series, branch.name, Status.BLOCKED, merged, problems=tuple(problems))
    markers = tuple(_marker_problems(request, facts, made))
    if is_done:
        return SeriesPlan(series, branch.name, Status.DONE, merged, push=push, problems=markers)
    name = request.repository_name if request.to_another else None
    commits = tuple(
        PlannedCommit(each, message_of(each.pick.commit, series.name, trailer=request.trailer, repository=name))
        for each in made
    )
    return SeriesPlan(series, branch.name, Status.MAKE, merged, commits, push, markers)


def conflict_words(merged: Merged) -> str:
    """The files of a conflict, each with its kind and the commit of the series that changed it last."""
    words = []
    for conflict in merged.conflicts:
        last = f", last changed there by {conflict.last}" if conflict.last else ""
        words.append(shown(f"{conflict.path} ({conflict.kind}{last})"))
    return "; ".join(words)


def _conflict_problems(request: BackportRequest, facts: SeriesFacts, made: Sequence[Merged]) -> list[Problem]:
    found = next((each for each in made if each.outcome is Outcome.CONFLICT), None)
    if found is None:
        return []
    what = f"{shown(facts.series.name)}: {shown(found.pick.commit.title)} conflicts in {conflict_words(found)}."
    if request.to_another:
        fix = "add --conflicts=commit, which makes the branch with conflict markers, and correct the files there"
        return [Problem(what, fix)]
    return [Problem(what, f"{by_hand(request, facts, made)}  # {_AND_THEN}")]


_AND_THEN = "then correct the files, git add them, and git cherry-pick --continue"


def _marker_problems(request: BackportRequest, facts: SeriesFacts, made: Sequence[Merged]) -> list[Problem]:
    """The steps that the user takes on a branch with conflict markers; only `commit_conflicts` makes such a branch."""
    branch, directory = facts.branch.name, _directory(request, facts.branch.name)
    where = ("-C", request.target_path) if request.to_another else ()
    fix = f"{command_line('git', *where, 'worktree', 'add', directory, branch)}  # then correct them"
    return [
        Problem(
            f"{shown(branch)} gets conflict markers from {shown(each.pick.commit.title)}: {conflict_words(each)}.", fix
        )
        for each in made
        if each.outcome is Outcome.CONFLICT
    ]


def by_hand(request: BackportRequest, facts: SeriesFacts, made: Sequence[Merged]) -> str:
    """The commands that cherry-pick the commits in a new worktree, in which the user resolves the conflict."""
    branch, series = facts.branch.name, facts.series
    directory = _directory(request, branch)
    flags = ["-x"] if request.trailer == "x" else []
    flags += ["--allow-empty"] if request.allow_empty else []
    flags += ["-m", str(request.mainline)] if request.mainline is not None else []
    new = [] if request.in_place else ["-b", branch]
    commands = (
        command_line("git", "worktree", "add", *new, directory, series.name if request.in_place else series.base),
        command_line("cd", directory),
        command_line("git", "cherry-pick", *flags, *(each.pick.commit.oid[:12] for each in made)),
    )
    return " && ".join(commands)


def _directory(request: BackportRequest, branch: str) -> str:
    """The path of a new worktree for the branch, beside the present one."""
    return f"{request.worktrees}-{branch.replace('/', '-')}"


def _in_place_problems(series: Series) -> list[Problem]:
    if series.worktree is not None:
        what = f"{shown(series.name)} is checked out in {shown(series.worktree)}, whose files would be left behind."
        return [Problem(what, f"leave --in-place out; or git -C {shell_quote(series.worktree)} switch --detach")]
    if series.local is None:
        make = command_line("git", "branch", series.name, series.base)
        return [Problem(f"There is no branch {shown(series.name)} here to move.", make)]
    if series.local != series.commit.oid:
        what = f"The branch {shown(series.name)} here lacks commits of {shown(series.base)}."
        remote, _, name = series.base.partition("/")
        update = command_line("git", "fetch", remote, f"{name}:{series.name}")
        return [Problem(what, f"leave --in-place out; or, if it has none of its own, {update}")]
    return []


def _branch_problems(branch: Branch) -> list[Problem]:
    name = shown(branch.name)
    another = shell_quote(f"--branch={branch.name}-2")
    if not branch.valid:
        return [
            Problem(f"git does not accept {name} as the name of a branch.", "--branch='backport/{number}-to-{series}'")
        ]
    if branch.blocking:
        other = branch.blocking.split("/", 2)[2]
        what = f"git cannot make the branch {name} beside {shown(other)}: one name is below the other."
        flat = shell_quote(f"--branch={branch.name.replace('/', '-')}")
        return [Problem(what, flat)]
    if branch.commit is not None:
        what = f"The branch {name} is there already, at {branch.commit[:12]}, with another content."
        delete = command_line("git", "branch", "--delete", "--force", branch.name)
        return [Problem(what, f"{another}; or, if nobody needs it, {delete}")]
    return []


def _remote_problems(remote: RemoteBranches, branch: Branch, *, in_place: bool) -> list[Problem]:
    name = shown(remote.name)
    if remote.known or remote.message == "unknown":
        fix = (
            shell_quote(f"--remote={remote.known[0]}")
            if remote.known
            else f"git remote add {shell_quote(remote.name)} URL"
        )
        return [Problem(f"There is no remote {name}.{did_you_mean(remote.name, remote.known)}", fix)]
    if remote.message is not None:
        ask = f"git ls-remote {remote.source or shell_quote(remote.name)}"
        fix = f"run `{ask}` and correct what it reports; or leave --push out"
        return [Problem(f"{name} cannot be reached: {remote.message}", fix)]
    there = remote.branches.get(branch.name)
    if there is not None and there != branch.commit and not in_place:
        another = shell_quote(f"--branch={branch.name}-2")
        return [Problem(f"{name} has a branch {shown(branch.name)} already, at {there[:12]}.", another)]
    return []
