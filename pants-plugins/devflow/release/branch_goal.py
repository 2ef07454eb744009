"""The goal `release-branch`: options, facts, a plan, and then the same transaction as a release."""

from __future__ import annotations

import dataclasses
import posixpath

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.git import SYMLINK
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.release import checks, report
from devflow.release.branch_plan import directories_of, paths_to_read, template_changes
from devflow.release.branch_subsystem import ReleaseBranchSubsystem
from devflow.release.execute import carry_out
from devflow.release.facts import RemoteState
from devflow.release.formats import fill
from devflow.release.ground import (
    Ground,
    finish_interrupted,
    fix_of_failure,
    in_the_way,
    one_at_a_time,
    present_version,
    refuse_interrupted,
    repository_here,
    take_ground,
)
from devflow.release.plan import Action, Change, Check, Plan, Push, failed, passed
from devflow.release.report import Outcome
from devflow.release.repository import (
    Repository,
    branch_commit,
    branch_name_is_valid,
    list_directory,
    read_committed,
    read_remote,
)
from devflow.release.subsystem import ReleaseSubsystem, date_of
from devflow.release.version_file import read_version, with_version
from devflow.release.versions import Version, parse


class ReleaseBranch(Goal):
    """Works on this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseBranchSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


def _next_version(options: ReleaseBranchSubsystem, date: str) -> Version:
    """Raises: UserError."""
    if options.next is None:
        raise UserError("Which series is next?", fix="add --next=SERIES, such as --next=24.09")
    series = parse(options.next)
    if series.rest or len(series.numbers) != 2:
        raise UserError(f"--next={options.next} is not a series of two numbers.", fix=f"--next={series.series}")
    return parse(fill("[release-branch].next_version", options.next_version, series, date))


def _series_check(current: Version, new: Version) -> Check:
    if parse(new.series).pep440 > parse(current.series).pep440:
        return passed("series", f"{current.series} → {new.series}")
    what = f"The present series is {current.series}, and {new.series} is not after it."
    return failed("series", Problem(what, "take a later one with --next=SERIES"))


def _is_opened(repository: Repository, head: str, message: str) -> bool:
    """Whether the last commit is the one that opened the series."""
    return repository.git.line("log", "-1", "--format=%B", head).strip() == message.strip()


def _plan_of_opened(
    options: ReleaseBranchSubsystem, ground: Ground, version_file: str, new: Version, date: str
) -> Plan:
    """What is left to do for a series that is open: nothing, or the push."""
    opened = f"the series {new.series} is open"
    repository, head = ground.repository, ground.head
    before = read_committed(repository, f"{head.commit}^", [version_file]).files.get(version_file)
    if not options.push or before is None:
        return Plan("", new.text, (), done_before=opened)
    branch = fill("[release-branch].branch_name", options.branch_name, parse(read_version(before)), date)
    remote = read_remote(repository, options.remote, head, new_branch=branch)
    if remote.state is RemoteState.SAME and remote.new_branch:
        return Plan("", new.text, (), done_before=opened)
    refs = (f"refs/heads/{head.branch}", *([] if remote.new_branch else [f"refs/heads/{branch}"]))
    check = checks.remote(dataclasses.replace(remote, new_branch=""), head)
    title = f"release-branch {branch}"
    return Plan(title, new.text, (check,), push=Push(options.remote, refs), done_before=opened)


def _plan(
    options: ReleaseBranchSubsystem, release: ReleaseSubsystem, repository: Repository, current: Version
) -> tuple[Plan, Ground]:
    """Every check, every change. Raises: UserError, GitError."""
    date = date_of(options.date).isoformat()
    new = _next_version(options, date)
    message = fill("[release-branch].commit_message", options.commit_message, new, date)
    branch = fill("[release-branch].branch_name", options.branch_name, current, date)
    allowed = split_commas(options.allow_branch) or ("main", "master")
    ground = take_ground(repository, sign=options.signing, with_tag=False, allowed=allowed, goal="release-branch")
    head = ground.head

    version_file = release.version_file
    if current.text == new.text and _is_opened(repository, head.commit, message):
        return _plan_of_opened(options, ground, version_file, new, date), ground
    listed = [
        path for each in directories_of(options.templates) for path in list_directory(repository, head.commit, each)
    ]
    needed = (version_file, *paths_to_read(options.templates, listed))
    committed = read_committed(repository, head.commit, needed)
    content = with_version(committed.files[version_file], new.text, release.version_file_newline)
    mode = committed.modes[version_file]
    changes = [Change(version_file, Action.CHANGE, content, f"{current.text} → {new.text}", mode)]
    problems: list[Problem] = []
    notes: list[str] = []
    for pattern, link in sorted(options.templates.items()):
        of_template = template_changes(pattern, link, committed, new, date)
        changes += of_template.changes
        problems += of_template.problems
        notes += of_template.notes
    # Moving a link changes it; writing the version through one would not.
    through_links = [change for change in changes if change.mode != SYMLINK or change.path == version_file]
    problems += checks.changes(through_links, committed, in_the_way(repository, changes))
    all_paths = {*needed, *(change.path for change in changes)}
    remote = read_remote(repository, options.remote, head, new_branch=branch) if options.push and head.branch else None
    all_checks = [
        checks.work_tree(
            head,
            [posixpath.normpath(repository.prefix + path) for path in sorted(all_paths)],
            allow_dirty=options.allow_dirty,
        ),
        _series_check(current, new),
        checks.new_branch(branch, branch_name_is_valid(repository, branch), branch_commit(repository, branch)),
        *ground.checks,
        checks.remote(remote, head, new_branch=branch) if remote else checks.no_remote(repository.shallow),
        *([failed("changes", *problems)] if problems else []),
    ]
    refs = (f"refs/heads/{head.branch}", f"refs/heads/{branch}")
    plan = Plan(
        f"release-branch {branch}",
        new.text,
        tuple(all_checks),
        tuple(sorted(changes, key=lambda change: change.path)),
        tuple(notes),
        commit=message,
        author=ground.author,
        signed=ground.sign_commit,
        new_branch=branch,
        push=Push(options.remote, refs) if options.push else None,
    )
    return plan, ground


def _command(options: ReleaseBranchSubsystem, typed: tuple[str, ...], release: ReleaseSubsystem) -> str:
    """The command line that carries out this plan. The version file is an option of `release`."""
    given = flagged(options, typed, without=("execute", "format"))
    version_file = flagged(release, only=("version_file", "version_file_newline"), scope=release.name)
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
        run.refuse_targets(specs)
        typed = typed_arguments(session)
        repository = repository_here(build_root, session)
        run.fix_of_failure = lambda: fix_of_failure(repository)
        if options.execute:
            timeout_s = global_options.pantsd_timeout_when_multiple_invocations
            with one_at_a_time(repository, run.say, timeout_s=timeout_s):
                if finish_interrupted(repository, run.say) and options.next is None:
                    return ReleaseBranch(exit_code=0)
                current = present_version(repository, release.version_file)
                plan, ground = _plan(options, release, repository, current)
                outcome = Outcome(plan, executed=True)
                if not plan.problems:
                    outcome = carry_out(plan, repository, ground.head, signing=ground.signing.settings)
        else:
            refuse_interrupted(repository, _command(options, typed, release))
            plan, _ = _plan(options, release, repository, present_version(repository, release.version_file))
            outcome = Outcome(plan, executed=False)
        document = report.as_json(outcome, options.name)
        run.report(options.format, text="\n".join(report.lines(outcome)), document=document)
        run.say(*report.closing(outcome, options.name, _command(options, typed, release)))
        run.end(outcome.exit_code)
    return ReleaseBranch(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
