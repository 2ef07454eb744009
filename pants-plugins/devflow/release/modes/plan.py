"""Decide what a release on the branch of HEAD does, from options and facts alone: version, checks, commit, tag, push.

Pure.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from devflow.common.errors import Problem
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
from devflow.release.modes.names import ReleaseNames, ReleaseRequest
from devflow.release.plan import ReleasePlan, commit_of, push_of
from devflow.release.versions.version import Version


@dataclass(frozen=True)
class ReleaseFacts:
    """What was found before any step was asked. `tag` is None for a release without a tag.

    `remote` is None if it was not asked, because nothing is pushed.
    """

    repository: RepositoryState
    tag: TagState | None = None
    remote: Remote | None = None


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
            *checks.of_both_goals(state, request.allowed_branches, "release"),
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
        return failed("version", Problem(what, "choose a higher version with --to=VERSION"))
    if allow_equal:
        return passed("version", f"{new.text}, equal to the present version")
    if merged:
        what = f"The version is {current.text} already: {merged} is its release, and has no tag."
        return failed(
            "version", Problem(what, f"choose a higher version; or tag that commit: --tag-merged={current.text}")
        )
    fix = "choose a higher version, or --allow-equal to release this one"
    return failed("version", Problem(f"The version is {current.text} already.", fix))
