"""From the options of `--tag-merged` to its plan: the history, the commit, and the changelog at that commit."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.release.facts import Check, RepositoryState
from devflow.release.git.inspect import inspect_repository, read_branch, read_tag
from devflow.release.git.remotes import read_remote
from devflow.release.modes.arguments import PRESENT, is_annotated, request_of
from devflow.release.modes.merged.history import Choice, HistoryCommit, candidates, choose, subject_pattern
from devflow.release.modes.merged.inspect import (
    commit_of,
    fetch,
    has_commit,
    read_history,
    trees_of,
    upstream_of,
)
from devflow.release.modes.merged.plan import MergedFacts, MergedRequest, plan_merged
from devflow.release.modes.names import names_of
from devflow.release.plan import ReleasePlan
from devflow.release.steps.changelog import ChangelogStep
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.sections import section_check, sections_at
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.formats import fill
from devflow.release.versions.tagged import Annotate
from devflow.release.versions.version import Version, parse

DEFAULT_BRANCH = "release/{version}"


async def plan_of_merge(
    options: ReleaseSubsystem, repository: Repository, steps: Sequence[type[ReleaseStep]]
) -> tuple[ReleasePlan, RepositoryState]:
    """The plan of `--tag-merged`. Raises: UserError, GitError."""
    if options.fetch:
        fetch(repository, options.remote)
    state = _state(options, repository)
    history = read_history(
        repository, upstream_of(repository, state.head.branch, options.remote), options.all_version_files
    )
    present = history.commits[0].version
    version = parse(options.tag_merged if options.tag_merged and options.tag_merged != PRESENT else str(present))
    date = request_of(options, version, version).date
    branch = fill("[release].branch", options.branch or DEFAULT_BRANCH, version, date)
    choice = choose(
        history,
        version,
        subject_pattern(options.commit_message, version),
        commit=commit_of(repository, options.commit) if options.commit is not None else None,
        trees=trees_of(repository, branch, options.remote),
    )
    return await plan_of_choice(options, repository, steps, state, version, history.where, choice), state


def _state(options: ReleaseSubsystem, repository: Repository) -> RepositoryState:
    return inspect_repository(repository, sign=options.signing, with_tag=options.annotate is not Annotate.NO)


async def plan_of_choice(
    options: ReleaseSubsystem,
    repository: Repository,
    steps: Sequence[type[ReleaseStep]],
    state: RepositoryState,
    version: Version,
    where: str,
    choice: Choice,
    *,
    with_branch: bool = False,
) -> ReleasePlan:
    """The plan for the commit that was chosen; `with_branch` pushes HEAD's branch with the tag, where it is needed.

    Raises: UserError, GitError.
    """
    annotated = is_annotated(options, repository, version)
    wanted = dataclasses.replace(request_of(options, version, version, annotated=annotated), branch=None)
    names = names_of(wanted)
    if names.tag is None:
        raise UserError("--no-tag and --tag-merged cannot be used together.", fix="leave one of them out")
    also = fill("--also-branch", options.also_branch, version, wanted.date) if options.also_branch else None
    request = MergedRequest(version, names.tag, wanted.allowed_branches, also, wanted.push_to, with_branch)
    tag = read_tag(repository, names.tag.name)
    branch = read_branch(repository, also) if also else None
    chosen = choice.commit
    if chosen is None:
        return plan_merged(request, MergedFacts(state, where, choice, tag, branch))
    section: Check | None = None
    if ChangelogStep in steps:
        section = section_check(
            await sections_at(options, repository, chosen.oid, version, wanted.date), version.text, chosen.oid
        )
    head = dataclasses.replace(state.head, commit=chosen.oid)
    remote = (
        read_remote(repository, wanted.push_to, head, tag=names.tag.name, new_branch=also) if wanted.push_to else None
    )
    facts = MergedFacts(
        state,
        where,
        choice,
        tag,
        branch,
        has_branch=bool(branch and branch.commit) and has_commit(repository, str(also), chosen.oid),
        section=section,
        remote=remote,
    )
    return plan_merged(request, facts)


def choice_at_head(
    options: ReleaseSubsystem, repository: Repository, version: Version, *, is_named: bool
) -> Choice | None:
    """The merge of the present version in HEAD's own history.

    With `is_named`, only a commit with the subject of the release counts. Without it, one that gave the version file
    this version counts, too, and then HEAD: there is nothing to commit. Raises: UserError, GitError.
    """
    history = read_history(repository, "HEAD", options.all_version_files)
    subject = subject_pattern(options.commit_message, version)
    found = candidates(history, version, subject)
    named = [each for each in found if subject.fullmatch(each.subject)]
    if named:
        return Choice(named[0], "its subject is that of the release", tuple(named[1:]))
    if is_named:
        return None
    changed = next((each for each in found if each.changed and not each.created), None)
    if changed:
        return Choice(changed, f"the first with {version.text} in the version file")
    head: HistoryCommit = history.commits[0]
    return Choice(head, "HEAD: there is nothing to commit")
