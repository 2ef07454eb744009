"""The goal `release-branch`: options → facts → plan → the same transaction as a release."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.git_worktree import Repository
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.release.branch.inspect import inspect_branch, inspect_opened
from devflow.release.branch.plan import BranchRequest, is_opened, names_of, plan_branch, plan_of_opened
from devflow.release.branch.subsystem import ReleaseBranchSubsystem
from devflow.release.facts import RepositoryState
from devflow.release.frame import begin, conclude, outcome_of, turn
from devflow.release.git.inspect import inspect_repository
from devflow.release.git.present_version import present_version
from devflow.release.plan import ReleasePlan
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.dates import date_of
from devflow.release.versions.version import Version


class ReleaseBranch(Goal):
    """Changes this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseBranchSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


def inspect_and_plan(
    request: BranchRequest, repository: Repository, *, sign: bool | None
) -> tuple[ReleasePlan, RepositoryState]:
    """Raises: UserError, GitError."""
    names = names_of(request)
    state = inspect_repository(repository, sign=sign, with_tag=False)
    if is_opened(request, names, state):
        return plan_of_opened(request, names, inspect_opened(request, repository, state)), state
    return plan_branch(request, names, inspect_branch(request, names, repository, state)), state


def _request(options: ReleaseBranchSubsystem, release: ReleaseSubsystem, current: Version) -> BranchRequest:
    """The options as values. Raises: UserError."""
    return BranchRequest(
        current=current,
        next=options.next,
        date=date_of(options.date).isoformat(),
        branch_name=options.branch_name,
        next_version=options.next_version,
        commit_message=options.commit_message,
        version_files=release.all_version_files,
        eol=release.newline,
        allowed_branches=split_commas(options.allow_branch),
        allow_dirty=options.allow_dirty,
        push_to=options.remote if options.push else None,
        templates=options.templates,
    )


def _command(options: ReleaseBranchSubsystem, typed: tuple[str, ...], release: ReleaseSubsystem) -> str:
    """The command line that carries out this plan. The version file is an option of `release`."""
    given = flagged(options, typed, without=("execute", "format"))
    version_file = flagged(
        release, only=("version_file", "version_files", "eol", "version_file_newline"), scope=release.name
    )
    return command_line(bin_name(), options.name, *given, *version_file, "--execute")


@goal_rule
async def release_branch_goal(
    console: Console,
    options: ReleaseBranchSubsystem,
    release: ReleaseSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    session: SessionValues,
) -> ReleaseBranch:
    """See docs/goals/release-branch.md."""
    with GoalRun(console, options.name) as run:
        repository = begin(run, specs, build_root, session)
        timeout_s = global_options.pantsd_timeout_when_multiple_invocations
        command = _command(options, typed_arguments(session), release)
        with turn(run, repository, execute=options.execute, timeout_s=timeout_s, command=command) as has_finished:
            if has_finished and options.next is None:
                return ReleaseBranch(exit_code=0)
            request = _request(options, release, present_version(repository, release.all_version_files))
            plan, state = inspect_and_plan(request, repository, sign=options.signing)
            outcome = outcome_of(run, plan, repository, state, execute=options.execute, command=command)
        conclude(run, outcome, options.format, command=command)
    return ReleaseBranch(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
