"""The goal `release`: options → facts → plan → the transaction."""

from __future__ import annotations

from collections.abc import Sequence

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.git_worktree import Repository
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import ReportFormat, command_line, flagged, split_commas, together
from devflow.engine import Rules
from devflow.release.facts import RepositoryState
from devflow.release.frame import begin, conclude, outcome_of, present_version, turn
from devflow.release.git.inspect import inspect_repository, read_tag
from devflow.release.git.remotes import read_remote
from devflow.release.plan import (
    ReleaseFacts,
    ReleasePlan,
    ReleaseRequest,
    names_of,
    plan_of_released,
    plan_release,
)
from devflow.release.steps import contract
from devflow.release.steps.collect import chosen_steps, collect_steps, refuse_without_step
from devflow.release.steps.contract import ReleaseStep
from devflow.release.steps.draft import draft_section
from devflow.release.subsystem import ReleaseSubsystem, date_of
from devflow.release.versions.version import Version, bump, parse


class Release(Goal):
    """Changes this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def inspect_and_plan(
    options: ReleaseSubsystem, request: ReleaseRequest, repository: Repository, steps: Sequence[type[ReleaseStep]]
) -> tuple[ReleasePlan, RepositoryState]:
    """The steps are asked only if HEAD is not the release already. Raises: UserError, GitError."""
    names = names_of(request)
    state = inspect_repository(repository, sign=options.signing, with_tag=names.tag is not None)
    tag = read_tag(repository, names.tag_name) if names.tag_name is not None else None
    push_to = request.push_to
    remote = read_remote(repository, push_to, state.head, tag=names.tag_name) if push_to is not None else None
    facts = ReleaseFacts(state, tag, remote)
    plan = plan_of_released(request, names, facts)
    if plan is None:
        results = await collect_steps(steps, request.new, request.date, repository, state.head.commit)
        plan = plan_release(request, names, facts, results)
    return plan, state


def _request(options: ReleaseSubsystem, current: Version, new: Version) -> ReleaseRequest:
    """The options as values. Raises: UserError."""
    return ReleaseRequest(
        current=current,
        new=new,
        date=date_of(options.date).isoformat(),
        commit_message=options.commit_message,
        tag_name=options.tag_name if options.tag else None,
        tag_message=options.tag_message,
        prerelease_tag_message=options.prerelease_tag_message,
        prerelease_pattern=options.prerelease_pattern,
        allowed_branches=split_commas(options.allow_branch),
        allow_dirty=options.allow_dirty,
        allow_equal=options.allow_equal,
        push_to=options.remote if options.push else None,
    )


def _versions(options: ReleaseSubsystem, repository: Repository) -> tuple[Version, Version]:
    """The present version and the new one. Raises: UserError."""
    current = present_version(repository, options.version_file)
    if options.to is not None and options.bump is not None:
        raise together("--to", "--bump")
    if options.to is not None:
        return current, parse(options.to)
    if options.bump is not None:
        return current, bump(current, options.bump, date_of(options.date))
    raise UserError(
        f"The present version is {current.text}; which one is next?", fix="add --to=VERSION or --bump=patch"
    )


def _refuse_beside_draft(options: ReleaseSubsystem) -> None:
    """What the command line gives beside `--draft`, which only prints a text. Raises: UserError."""
    flagged = options.options.is_flagged
    given = {
        "--execute": options.execute and flagged("execute"),
        "--push": options.push and flagged("push"),
        "--format=json": options.format is ReportFormat.JSON and flagged("format"),
    }
    for option in filter(given.get, given):
        raise together("--draft", option)


def _command(options: ReleaseSubsystem, typed: tuple[str, ...], new: Version | None) -> str:
    """The command line that carries out this plan; without a version, the one that finishes an interrupted release."""
    given = flagged(options, typed, without=("to", "bump", "execute", "draft", "format"))
    is_flagged = options.options.is_flagged
    version = [f"--to={new.text}"] if new and (is_flagged("to") or is_flagged("bump")) else []
    return command_line(bin_name(), options.name, *version, *given, "--execute")


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
        steps = chosen_steps(members, split_commas(options.skip))
        if options.draft:
            _refuse_beside_draft(options)
            _, new = _versions(options, repository)
            draft = await draft_section(options, repository, new)
            run.say(*draft.notes)
            console.write_stdout(draft.text)
            return Release(exit_code=0)
        timeout_s = global_options.pantsd_timeout_when_multiple_invocations
        finish = _command(options, typed, None)
        with turn(run, repository, execute=options.execute, timeout_s=timeout_s, command=finish) as has_finished:
            if has_finished and options.to is None and options.bump is None:
                return Release(exit_code=0)
            current, new = _versions(options, repository)
            request = _request(options, current, new)
            plan, state = await inspect_and_plan(options, request, repository, steps)
            outcome = outcome_of(plan, repository, state, execute=options.execute)
        conclude(run, outcome, options.format, command=_command(options, typed, new))
    return Release(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal, and the dispatch to its steps."""
    return [*contract.rules(), *collect_rules()]
