"""Decide what a release does, from options and facts alone: version, names, checks, and what is committed and pushed.

Pure: no Pants, no git, no file system. `release-branch` has the same kind of plan (`branch/plan.py`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

from devflow.common.errors import Problem, UserError
from devflow.common.identity import Author
from devflow.common.paths import shell_quote
from devflow.release.facts import (
    Check,
    Remote,
    RemoteState,
    RepositoryState,
    StepResults,
    TagState,
    failed,
    passed,
)
from devflow.release.git import checks
from devflow.release.planned import Commit, Push, ReleasePlan
from devflow.release.transaction.spec import Tag
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version


@dataclass(frozen=True)
class ReleaseRequest:
    """The options of `release` as values. Names and messages are templates with placeholders."""

    current: Version
    new: Version
    date: str  # YYYY-MM-DD
    commit_message: str
    tag_name: str | None  # None: make no tag
    tag_message: str
    prerelease_tag_message: str
    prerelease_pattern: str | None  # None: PEP 440 decides which versions are pre-releases
    allowed_branches: tuple[str, ...]
    allow_dirty: bool = False
    allow_equal: bool = False
    push_to: str | None = None  # a remote; None: push nothing
    branch: str | None = None  # the new branch that the commit is made on; None: HEAD's
    notes: tuple[str, ...] = ()  # what was guessed
    annotated: bool = True


@dataclass(frozen=True)
class ReleaseFacts:
    """What was found before any step was asked. `tag` is None for a release without a tag.

    `remote` is None if it was not asked, because nothing is pushed.
    """

    repository: RepositoryState
    tag: TagState | None = None
    remote: Remote | None = None


@dataclass(frozen=True)
class ReleaseNames:
    """The commit's message, and the tag's name and message; None makes no tag. `branch` is the one to make, if any."""

    commit_message: str
    tag: Tag | None
    branch: str | None = None

    @property
    def tag_name(self) -> str | None:
        """None without a tag."""
        return self.tag.name if self.tag else None


def names_of(request: ReleaseRequest) -> ReleaseNames:
    """Fill in the templates. Raises: UserError."""
    message = fill("[release].commit_message", request.commit_message, request.new, request.date)
    if request.branch:
        # The commit that is merged is another one, which gets the tag.
        return ReleaseNames(message, None, fill("[release].branch", request.branch, request.new, request.date))
    return ReleaseNames(message, _tag_of(request))


def _tag_of(request: ReleaseRequest) -> Tag | None:
    if request.tag_name is None:
        return None
    name = fill("[release].tag_name", request.tag_name, request.new, request.date)
    option, template = (
        ("prerelease_tag_message", request.prerelease_tag_message)
        if is_prerelease(request.new, request.prerelease_pattern)
        else ("tag_message", request.tag_message)
    )
    message = fill(f"[release].{option}", template, request.new, request.date)
    return Tag(name, message, annotated=request.annotated)


def is_prerelease(version: Version, pattern: str | None) -> bool:
    """Whether a version is a pre-release: as a regular expression says, or else PEP 440. Raises: UserError."""
    if not pattern:
        return version.is_prerelease
    try:
        return bool(re.search(pattern, version.text))
    except re.error as error:
        what = f"[release].prerelease_pattern is not a regular expression: {error}."
        raise UserError(what, fix="correct it in pants.toml") from None


def plan_of_released(request: ReleaseRequest, names: ReleaseNames, facts: ReleaseFacts) -> ReleasePlan | None:
    """What is left of a release that is made: nothing, or the push. None: HEAD is not this release."""
    title = f"release {request.new.text}"
    if not _is_released(request, names, facts):
        moved = _moved_check(request, names, facts)
        return ReleasePlan(title, request.new.text, checks=(moved,)) if moved else None
    existing = facts.tag.existing if facts.tag else None
    tag_oid = existing.oid if existing else None
    plan = ReleasePlan(title, request.new.text, done_before=f"{request.new.text} is released")
    remote, head = facts.remote, facts.repository.head
    has_commit = remote is not None and remote.state in (RemoteState.SAME, RemoteState.AHEAD)
    if remote is None or (has_commit and remote.tag == tag_oid):
        return plan
    if remote.tag == tag_oid:
        remote = dataclasses.replace(remote, tag=None)  # it has our own tag: that is no problem
    if remote.state is RemoteState.DIVERGED and _is_release_commit(names, facts):
        return dataclasses.replace(plan, checks=(checks.undo_unpushed(remote, head, tag=names.tag_name),))
    push = push_of(request.push_to, facts.repository, tag=names.tag_name)
    if remote.state is RemoteState.AHEAD and push:
        push = dataclasses.replace(push, refs=push.refs[1:])  # the branch is there, and more on top of it
    check = checks.remote(remote, head, tag=names.tag_name, has_commit=True)
    return dataclasses.replace(plan, checks=(check,), push=push)


def _is_release_commit(names: ReleaseNames, facts: ReleaseFacts) -> bool:
    return facts.repository.head_message.strip() == names.commit_message.strip()


def _moved_check(request: ReleaseRequest, names: ReleaseNames, facts: ReleaseFacts) -> Check | None:
    """The check of a release commit that was rebased or amended, so that its tag is still on the old one."""
    existing = facts.tag.existing if facts.tag else None
    if not existing or not names.tag or not _is_release_commit(names, facts):
        return None
    if request.new.text != request.current.text or (facts.remote and facts.remote.tag):
        return None
    name = names.tag.name
    what = f"HEAD is the release {request.new.text}, rebased or amended: the tag {name} is still on {existing.short}."
    message = f"--message={shell_quote(names.tag.message)}"
    fix = f"git tag --force --annotate {message} {shell_quote(name)}  # then the same command again"
    return failed("tag", Problem(what, fix))


def _is_released(request: ReleaseRequest, names: ReleaseNames, facts: ReleaseFacts) -> bool:
    """Whether HEAD is the commit of the tag; without a tag, whether HEAD has the message of this release."""
    if request.new.text != request.current.text:
        return False
    if facts.tag is not None:
        return facts.tag.existing is not None and facts.tag.existing.commit == facts.repository.head.commit
    return _is_release_commit(names, facts)


def plan_release(
    request: ReleaseRequest,
    names: ReleaseNames,
    facts: ReleaseFacts,
    steps: StepResults,
    merged: str | None = None,
) -> ReleasePlan:
    """Every check and change of a release. `merged` names the commit by which this version was released already."""
    state, tag_name = facts.repository, names.tag_name
    blockers = [
        *checks.link_blockers(steps.changes, steps.committed),
        *checks.ignored_blockers(steps.changes, steps.ignored),
        *checks.path_problems(steps.blockers, state.head, state.prefix),
    ]
    return ReleasePlan(
        f"release {request.new.text}",
        request.new.text,
        checks=(
            checks.work_tree(state.head, steps.needed, allow_dirty=request.allow_dirty),
            version_check(request.current, request.new, allow_equal=request.allow_equal, merged=merged),
            *([checks.tag(facts.tag, state.head)] if facts.tag else []),
            *repository_checks(state, request.allowed_branches, "release"),
            checks.remote(facts.remote, state.head, tag=tag_name) if facts.remote else checks.no_remote(state.shallow),
            *steps.checks,
            *([failed("changes", *blockers)] if blockers else []),
        ),
        changes=steps.changes,
        notes=(*request.notes, *steps.notes),
        commit=commit_of(names.commit_message, state),
        tag=dataclasses.replace(names.tag, sign=state.signing.tag) if names.tag else None,
        push=push_of(request.push_to, state, tag=tag_name, addresses=facts.remote.addresses if facts.remote else 1),
    )


def version_check(current: Version, new: Version, *, allow_equal: bool, merged: str | None = None) -> Check:
    """Whether the new version is higher than the present one. `merged` names the commit that has released it."""
    if new.pep440 > current.pep440:
        return passed("version", f"{current.text} → {new.text}")
    if new.pep440 < current.pep440:
        what = f"{new.text} is lower than the present {current.text}."
        return failed("version", Problem(what, "take a higher one with --to=VERSION"))
    if allow_equal:
        return passed("version", f"{new.text}, which it is already")
    if merged:
        what = f"The version is {current.text} already: {merged} is its release, and has no tag."
        return failed("version", Problem(what, f"take a higher one; or tag that commit: --tag-merged={current.text}"))
    fix = "take a higher one, or --allow-equal to release this one"
    return failed("version", Problem(f"The version is {current.text} already.", fix))


def repository_checks(state: RepositoryState, allowed_branches: Sequence[str], goal: str) -> tuple[Check, ...]:
    """The checks of both goals that do not depend on the version."""
    return (
        checks.branch(state.head, allowed_branches, goal),
        checks.author(state.author),
        checks.signing(state.signing),
    )


def commit_of(message: str, state: RepositoryState) -> Commit:
    """The commit that a goal makes, by the author and with the signature that git knows."""
    author = state.author.ident if isinstance(state.author, Author) else None
    return Commit(message, author, signed=state.signing.commit)


def push_of(
    remote: str | None,
    state: RepositoryState,
    *,
    tag: str | None = None,
    new_branch: str | None = None,
    addresses: int = 1,
) -> Push | None:
    """The push of HEAD's branch, and of the tag or the new branch with it."""
    if remote is None or state.head.branch is None:
        return None
    refs = [f"refs/heads/{state.head.branch}"]
    refs += [f"refs/tags/{tag}"] if tag else []
    refs += [f"refs/heads/{new_branch}"] if new_branch else []
    return Push(remote, tuple(refs), addresses)
