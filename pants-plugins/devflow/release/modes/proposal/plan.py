"""Decide what a release on a branch of its own does, from options and facts alone. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.paths import shell_quote, shown
from devflow.release.facts import (
    BranchState,
    Check,
    Head,
    PathBlocker,
    Remote,
    RepositoryState,
    StepResults,
    Why,
    failed,
    passed,
)
from devflow.release.git import checks
from devflow.release.modes.names import ReleaseNames, ReleaseRequest
from devflow.release.modes.plan import version_check
from devflow.release.plan import Push, ReleasePlan, commit_of

OPTION = "[release].branch"
# What stops a commit. All else is about files of the worktree, which stays as it is.
_OF_COMMITS = (Why.IS_A_DIRECTORY, Why.CASE)


@dataclass(frozen=True)
class ProposalFacts:
    """What was found. `same`: the branch is there, and is this very release on top of HEAD.

    `checked_out` is the worktree that has the branch; None if there is none. `remote` is None if it was not asked.
    `compare` is the page that opens a pull request, on a known host.
    """

    repository: RepositoryState
    branch: BranchState
    same: bool = False
    checked_out: str | None = None
    remote: Remote | None = None
    compare: str | None = None


def plan_proposal(
    request: ReleaseRequest, names: ReleaseNames, facts: ProposalFacts, steps: StepResults
) -> ReleasePlan:
    """Every check and every change of a release on a new branch."""
    state, name = facts.repository, facts.branch.name
    new_version = version_check(request.current, request.new, allow_equal=request.allow_equal)
    problems = checks.path_problems(_of_commits(steps.blockers), state.head, state.prefix)
    problems += checks.link_blockers(steps.changes, steps.committed)
    plan = ReleasePlan(
        f"release {request.new.text} on {name}",
        request.new.text,
        checks=(
            _worktree(state.head, steps),
            new_version,
            _new_branch(facts),
            _base(state.head, request.allowed_branches),
            checks.author(state.author),
            checks.signing(state.signing),
            _remote(facts) if facts.remote else checks.no_remote(state.shallow),
            *steps.checks,
            *([failed("changes", *problems)] if problems else []),
        ),
        changes=steps.changes,
        notes=(*request.notes, *steps.notes),
        commit=commit_of(names.commit_message, state),
        new_branch=name,
        push=_push(request, facts),
        apart=True,
        compare=facts.compare,
    )
    return _of_proposed(plan, facts) if facts.same and not plan.problems else plan


def _of_proposed(plan: ReleasePlan, facts: ProposalFacts) -> ReleasePlan:
    """What is left of a release that is on its branch: nothing, or the push."""
    name = facts.branch.name
    is_there = facts.remote is not None and facts.remote.new_branch == facts.branch.commit
    return ReleasePlan(
        plan.title,
        plan.version,
        checks=tuple(check for check in plan.checks if check.name == "remote") if plan.push and not is_there else (),
        push=None if is_there else plan.push,
        done_before=f"{shown(name)} is this release",
        apart=True,
        compare=facts.compare,
    )


def _of_commits(blockers: tuple[PathBlocker, ...]) -> list[PathBlocker]:
    return [each for each in blockers if each.why in _OF_COMMITS]


def _worktree(head: Head, steps: StepResults) -> Check:
    """Only what the release itself reads must be committed: the worktree stays as it is."""
    return checks.work_tree(dataclasses.replace(head, under_way=None), steps.needed, allow_dirty=True)


def _base(head: Head, allowed: tuple[str, ...]) -> Check:
    """Whether a release may be made of the branch that HEAD is on. A commit that a CI job has checked out may be."""
    if head.branch is None:
        return passed("branch", f"none: HEAD is detached at {head.commit[:12]}")
    return checks.branch(head, allowed, "release")


def _new_branch(facts: ProposalFacts) -> Check:
    state, head = facts.branch, facts.repository.head
    if state.commit is None or facts.same:
        return checks.new_branch(dataclasses.replace(state, commit=None), option=OPTION)
    name, quoted = shown(state.name), shell_quote(state.name)
    if state.name == head.branch:
        what = f"HEAD is on {name}, the branch that is to be made."
        return failed("new branch", Problem(what, "git switch -  # or to the branch that it comes from"))
    what = f"The branch {name} is there already, at {state.commit[:12]}, and is not this release on top of HEAD."
    if facts.checked_out:
        what = f"{what} It is checked out in {shown(facts.checked_out)}."
        return failed("new branch", Problem(what, f"give another name, such as --branch={quoted}-2"))
    fix = f"git branch -D {quoted}  # if its commits are not needed; else another name: --branch=NAME"
    return failed("new branch", Problem(what, fix))


def _remote(facts: ProposalFacts) -> Check:
    """Whether the remote would take the branch: it has no other of the name, and no more of the base than HEAD."""
    found, head = facts.remote, facts.repository.head
    if found is None:
        raise ValueError("the remote was not asked")
    theirs = found.new_branch
    check = checks.remote(
        dataclasses.replace(found, new_branch=None), head, new_branch=facts.branch.name, branch_option=OPTION
    )
    if not theirs or (facts.same and theirs == facts.branch.commit):
        return check
    name = shell_quote(facts.branch.name)
    what = f"{found.name} has a branch {shown(facts.branch.name)} already, at {theirs[:12]}."
    fix = (
        f"git push {shell_quote(found.name)} --delete refs/heads/{name}  # if nobody needs it; "
        "else another name: --branch=NAME"
    )
    return failed("remote", *check.problems, Problem(what, fix))


def _push(request: ReleaseRequest, facts: ProposalFacts) -> Push | None:
    if request.push_to is None:
        return None
    addresses = facts.remote.addresses if facts.remote else 1
    return Push(request.push_to, (f"refs/heads/{facts.branch.name}",), addresses)
