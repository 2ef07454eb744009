"""The goal `release`: options → facts → plan → the transaction."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import split_commas
from devflow.engine import Rules
from devflow.release.frame import begin, conclude, outcome_of, turn
from devflow.release.modes.arguments import (
    Mode,
    command_of,
    is_annotated,
    mode_of,
    request_of,
    skips_changelog,
    wanted_versions,
)
from devflow.release.modes.draft import draft_section
from devflow.release.modes.merged.collect import plan_of_merge
from devflow.release.modes.notes import release_page
from devflow.release.modes.release import inspect_and_plan
from devflow.release.steps import contract
from devflow.release.steps.collect import chosen_steps, refuse_without_step
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.placeholder import PlaceholderStep
from devflow.release.steps.regenerated.makers import COMMANDS, OUTPUTS
from devflow.release.subsystem import ReleaseSubsystem

_NOT_IN_RELEASE = "[release].skip has changelog: a release would leave the changelog and its fragments as they are."


class Release(Goal):
    """Changes this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


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
            command = command_of(options, typed, plan.version)
            outcome = outcome_of(run, plan, repository, state, execute=options.execute, command=command)
        conclude(run, outcome, options.format, command=command)
    return Release(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal, and the dispatch to its steps."""
    return [*contract.rules(), *collect_rules()]
