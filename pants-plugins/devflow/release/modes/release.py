"""The plan of a release on the branch of HEAD, or, with `--branch`, on a branch of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from devflow.common.git_worktree import Repository
from devflow.common.options import split_commas
from devflow.engine import run_id
from devflow.release.facts import RepositoryState, StepResults
from devflow.release.git.inspect import inspect_repository, read_tag
from devflow.release.git.remotes import read_remote
from devflow.release.modes.merged.collect import choice_at_head, plan_of_choice
from devflow.release.modes.merged.history import Choice
from devflow.release.modes.merged.removed import removed_by_prereleases
from devflow.release.modes.names import ReleaseRequest, names_of
from devflow.release.modes.plan import ReleaseFacts, plan_of_released, plan_release
from devflow.release.modes.proposal.inspect import inspect_proposal
from devflow.release.modes.proposal.plan import plan_proposal
from devflow.release.plan import ReleasePlan
from devflow.release.steps.collect import collect_steps
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.regenerated.makers import Maker, makers_of
from devflow.release.steps.regenerated.regenerate import regenerate
from devflow.release.subsystem import ReleaseSubsystem


def _makers(options: ReleaseSubsystem, repository: Repository) -> tuple[Maker, ...]:
    """The makers that are not skipped. Raises: UserError."""
    makers = makers_of(options.outputs, options.commands, repository.prefix)
    return tuple(maker for maker in makers if maker.check not in split_commas(options.skip))


async def _results(
    options: ReleaseSubsystem,
    request: ReleaseRequest,
    repository: Repository,
    state: RepositoryState,
    steps: Sequence[type[ReleaseStep]],
) -> StepResults:
    """The changes of the steps, and of the files regenerated from these. Raises: UserError, GitError."""
    commit, new = state.head.commit, request.new
    makers = _makers(options, repository)
    removed = partial(
        removed_by_prereleases, repository, commit, new, options.all_version_files, options.commit_message
    )
    results = await collect_steps(steps, new, request.date, repository, commit, removed)
    if makers:
        results = regenerate(makers, repository, commit, new.text, results, execute=options.execute)
        await run_id()  # a run that was interrupted meanwhile ends here
    return results


async def inspect_and_plan(
    options: ReleaseSubsystem, request: ReleaseRequest, repository: Repository, steps: Sequence[type[ReleaseStep]]
) -> tuple[ReleasePlan, RepositoryState]:
    """The plan and the facts. The steps are asked only if HEAD is not the release yet. Raises: UserError, GitError."""
    names = names_of(request)
    with_tag = names.tag is not None and names.tag.annotated
    state = inspect_repository(repository, sign=options.signing, with_tag=with_tag)
    if names.branch is not None:
        results = await _results(options, request, repository, state, steps)
        makers = () if options.execute else _makers(options, repository)
        later = tuple(path for maker in makers if not maker.is_target for path in maker.paths)
        proposed = inspect_proposal(
            repository, state, names.branch, names.commit_message, results.changes, request.push_to, later
        )
        return plan_proposal(request, names, proposed, results), state
    tag = read_tag(repository, names.tag_name) if names.tag_name is not None else None
    push_to = request.push_to
    remote = read_remote(repository, push_to, state.head, tag=names.tag_name) if push_to is not None else None
    facts = ReleaseFacts(state, tag, remote)
    plan = plan_of_released(request, names, facts)
    if plan is not None:
        return plan, state
    is_equal = request.new.text == request.current.text and names.tag is not None
    choice = choice_at_head(options, repository, request.new, is_named=True) if is_equal else None
    if not choice or not request.allow_equal:
        results = await _results(options, request, repository, state, steps)
        is_free = tag is not None and tag.existing is None
        merged = str(choice.commit) if choice and choice.commit and is_free else None
        plan = plan_release(request, names, facts, results, merged=merged)
        if not is_equal or plan.changes or plan.problems:
            return plan, state
        choice = choice_at_head(options, repository, request.new, is_named=False)
    where = state.head.branch or "HEAD"
    plan = await plan_of_choice(
        options, repository, steps, state, request.new, where, choice or Choice(), with_branch=True
    )
    return plan, state
