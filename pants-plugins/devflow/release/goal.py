"""The goal `release`: options → facts → plan → the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions

from devflow.common.git_worktree import Repository
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import split_commas
from devflow.engine import Rules, run_id
from devflow.release.arguments import (
    Mode,
    command_of,
    is_annotated,
    mode_of,
    request_of,
    skips_changelog,
    wanted_versions,
)
from devflow.release.facts import RepositoryState, StepResults
from devflow.release.frame import begin, conclude, outcome_of, turn
from devflow.release.git.inspect import inspect_repository, read_tag
from devflow.release.git.remotes import read_remote
from devflow.release.merged.collect import choice_at_head, plan_of_choice, plan_of_merge
from devflow.release.merged.history import Choice
from devflow.release.merged.removed import removed_by_prereleases
from devflow.release.notes.page import release_page
from devflow.release.plan import ReleaseFacts, ReleaseRequest, names_of, plan_of_released, plan_release
from devflow.release.planned import ReleasePlan
from devflow.release.proposal.inspect import inspect_proposal
from devflow.release.proposal.plan import plan_proposal
from devflow.release.regenerated.collect import regenerate
from devflow.release.regenerated.makers import COMMANDS, OUTPUTS, Maker, makers_of
from devflow.release.steps import contract
from devflow.release.steps.collect import chosen_steps, collect_steps, refuse_without_step
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.draft import draft_section
from devflow.release.steps.placeholder import PlaceholderStep
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.version import parse

_NOT_IN_RELEASE = "[release].skip has changelog: a release would leave the changelog and its fragments as they are."


class Release(Goal):
    """Changes this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


def _makers(options: ReleaseSubsystem, repository: Repository) -> tuple[Maker, ...]:
    """Raises: UserError."""
    makers = makers_of(options.outputs, options.commands, repository.prefix)
    return tuple(maker for maker in makers if maker.check not in split_commas(options.skip))


async def _results(
    options: ReleaseSubsystem,
    request: ReleaseRequest,
    repository: Repository,
    state: RepositoryState,
    steps: Sequence[type[ReleaseStep]],
) -> StepResults:
    """What the steps change, and then what is made anew of that. Raises: UserError, GitError."""
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
    """The steps are asked only if HEAD is not the release already. Raises: UserError, GitError."""
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


@goal_rule
async def release_goal(
    console: Console,
    options: ReleaseSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    union_membership: UnionMembership,
    session: SessionValues,
) -> Release:
    """See docs/goals/release.md."""
    with GoalRun(console, options.name) as run:
        repository = begin(run, specs, build_root, session)
        typed = typed_arguments(session)
        members = union_membership.get(ReleaseStep)
        refuse_without_step(options, members)
        mode = mode_of(options)
        if mode is Mode.DRAFT:
            run.say(*([_NOT_IN_RELEASE] if skips_changelog(options) else []))
        steps = chosen_steps(members, split_commas(options.skip), (OUTPUTS, COMMANDS))
        steps = tuple(step for step in steps if step is not PlaceholderStep or options.placeholder)
        if mode is Mode.DRAFT:
            _, new, _ = wanted_versions(options, repository)
            draft = await draft_section(options, repository, new)
            run.say(*draft.notes)
            console.write_stdout(draft.text)
            return Release(exit_code=0)
        if mode is Mode.NOTES:
            page = await release_page(options, repository)
            run.say(*page.notes)
            console.write_stdout(page.text)
            return Release(exit_code=0)
        timeout_s = global_options.pantsd_timeout_when_multiple_invocations
        finish = command_of(options, typed, None)
        with turn(run, repository, execute=options.execute, timeout_s=timeout_s, command=finish) as has_finished:
            if mode is Mode.TAG_MERGED:
                plan, state = await plan_of_merge(options, repository, steps)
            elif has_finished and options.to is None and options.bump is None:
                return Release(exit_code=0)
            else:
                current, new, notes = wanted_versions(options, repository)
                annotated = is_annotated(options, repository, new)
                request = request_of(options, current, new, notes=notes, annotated=annotated)
                plan, state = await inspect_and_plan(options, request, repository, steps)
            command = command_of(options, typed, parse(plan.version))
            outcome = outcome_of(run, plan, repository, state, execute=options.execute, command=command)
        conclude(run, outcome, options.format, command=command)
    return Release(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal, and the dispatch to its steps."""
    return [*contract.rules(), *collect_rules()]
