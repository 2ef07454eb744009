"""Decide how a release that was merged gets its tag, from options and facts alone. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.paths import shell_quote, shown
from devflow.release.facts import (
    BranchState,
    Check,
    Head,
    Remote,
    RemoteState,
    RepositoryState,
    TagState,
    failed,
    passed,
)
from devflow.release.git import checks
from devflow.release.modes.merged.history import Choice, HistoryCommit
from devflow.release.plan import Push, ReleasedCommit, ReleasePlan
from devflow.release.transaction.spec import Tag
from devflow.release.versions.version import Version


@dataclass(frozen=True)
class MergedRequest:
    """The options of `--tag-merged` as values. `also_branch` is the name of the branch to make there, too.

    `with_branch`: HEAD's branch is pushed with the tag if the remote lacks the commit.
    """

    version: Version
    tag: Tag
    allowed_branches: tuple[str, ...]
    also_branch: str | None = None
    push_to: str | None = None
    with_branch: bool = False


@dataclass(frozen=True)
class MergedFacts:
    """What was found. `choice` is the commit in the history of the branch `where`.

    `has_branch`: the branch to make is there, with the commit in it. `section` says whether the changelog has the
    version at that commit; None: there is no step that writes a changelog. `remote` is None if it was not asked.
    """

    repository: RepositoryState
    where: str
    choice: Choice
    tag: TagState
    branch: BranchState | None = None
    has_branch: bool = False
    section: Check | None = None
    remote: Remote | None = None


def plan_merged(request: MergedRequest, facts: MergedFacts) -> ReleasePlan:
    """Every check, and the tag and the branch that are missing."""
    state, version = facts.repository, request.version.text
    chosen = facts.choice.commit
    found = [
        _merge(facts),
        *([_tag(facts, chosen)] if chosen else []),
        *([_also(facts, chosen)] if chosen and facts.branch else []),
        checks.branch(state.head, request.allowed_branches, "release"),
        checks.author(state.author),
        checks.signing(state.signing),
        *([facts.section] if facts.section else []),
    ]
    note = facts.choice.note
    plan = ReleasePlan(f"tag the merge of {version}", version, checks=tuple(found), notes=(note,) if note else ())
    if chosen is None:
        return plan
    has_tag = facts.tag.existing is not None and facts.tag.existing.commit == chosen.oid
    tag = None if has_tag else dataclasses.replace(request.tag, sign=state.signing.tag)
    branch = request.also_branch if facts.branch and not facts.has_branch else None
    push, check = _push(request, facts, chosen)
    return dataclasses.replace(
        plan,
        checks=(*plan.checks, check),
        tag=tag,
        new_branch=branch,
        at=ReleasedCommit(chosen.oid, chosen.subject, facts.where) if tag or branch else None,
        push=push,
        done_before=None if tag or branch else f"{version} is tagged, at {chosen.oid[:12]}",
    )


def _merge(facts: MergedFacts) -> Check:
    choice = facts.choice
    if choice.problem:
        return failed("merge", choice.problem)
    return passed("merge", f"{choice.commit} of {facts.where}: {choice.why}")


def _tag(facts: MergedFacts, chosen: HistoryCommit) -> Check:
    """Whether the tag is free, or is on this commit already."""
    existing = facts.tag.existing
    if existing is None:
        return checks.tag(facts.tag, Head(chosen.oid, None))
    if existing.commit == chosen.oid:
        return passed("tag", f"{shown(facts.tag.name)} is there, on this commit")
    name = facts.tag.name
    what = f"The tag {shown(name)} is on {existing.short}, and the merge is {chosen}."
    fix = f"git tag --delete {shell_quote(name)}  # if nobody has fetched it; then the same command again"
    return failed("tag", Problem(what, fix))


def _also(facts: MergedFacts, chosen: HistoryCommit) -> Check:
    """Whether the branch is free, or has this commit already."""
    state = facts.branch
    if state is None:
        raise ValueError("no branch is asked for")
    if facts.has_branch:
        return passed("new branch", f"{shown(state.name)} is there, with this commit in it")
    if state.commit is None:
        return checks.new_branch(state, option="--also-branch")
    what = f"The branch {shown(state.name)} is there, at {state.commit[:12]}, without {chosen}."
    return failed("new branch", Problem(what, "leave --also-branch out, or give it another name"))


def _push(request: MergedRequest, facts: MergedFacts, chosen: HistoryCommit) -> tuple[Push | None, Check]:
    """The refs that the remote lacks, and whether it would take them."""
    remote, name = facts.remote, facts.tag.name
    if request.push_to is None or remote is None:
        return None, checks.no_remote(facts.repository.shallow)
    head = dataclasses.replace(facts.repository.head, commit=chosen.oid)
    problems = []
    lacks = remote.state in (RemoteState.BEHIND, RemoteState.NO_BRANCH, RemoteState.DIVERGED)
    if lacks and not request.with_branch:
        what = (
            f"{remote.name}/{head.branch} does not have {chosen}: a tag would be of a commit that is not merged there."
        )
        problems.append(Problem(what, f"git push {shell_quote(remote.name)} {shell_quote(str(head.branch))}"))
        remote = dataclasses.replace(remote, state=RemoteState.SAME)
    existing = facts.tag.existing
    own_tag = existing is not None and remote.tag == existing.oid
    if remote.tag and not own_tag:
        what = f"{remote.name} has a tag {shown(name)} already, at {remote.tag[:12]}."
        problems.append(Problem(what, f"git fetch {shell_quote(remote.name)} tag {shell_quote(name)}"))
    refs = [f"refs/heads/{head.branch}"] if lacks and request.with_branch else []
    refs += [] if own_tag else [f"refs/tags/{name}"]
    if facts.branch:
        theirs, ours = remote.new_branch, facts.branch.commit if facts.has_branch else chosen.oid
        if theirs and theirs != ours and not facts.has_branch:
            what = f"{remote.name} has a branch {shown(facts.branch.name)} already, at {theirs[:12]}."
            problems.append(Problem(what, "leave --also-branch out, or give it another name"))
        refs += [f"refs/heads/{facts.branch.name}"] if not theirs else []
    rest = checks.remote(
        dataclasses.replace(remote, tag=None, new_branch=None),
        head,
        tag=name,
        has_commit=True,
        branch_option="--also-branch",
    )
    problems += rest.problems
    check = failed("remote", *problems) if problems else rest
    return (Push(remote.name, tuple(refs), remote.addresses) if refs else None), check
