"""The goal `release`: options, facts, a plan, and then the transaction."""

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
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.release import checks, report, steps
from devflow.release.draft import draft_section
from devflow.release.execute import carry_out
from devflow.release.facts import Remote, RemoteState
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
from devflow.release.plan import Plan, Push, failed
from devflow.release.report import Outcome
from devflow.release.repository import Repository, read_remote, read_tags
from devflow.release.stepping import ask_steps, chosen_steps, refuse_without_step
from devflow.release.steps import ReleaseStep
from devflow.release.subsystem import ReleaseSubsystem, date_of
from devflow.release.versions import Version, bump, parse


class Release(Goal):
    """Works on this machine's repository, so it runs in the local environment only."""

    subsystem_cls = ReleaseSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def plan_release(
    options: ReleaseSubsystem,
    repository: Repository,
    current: Version,
    new: Version,
    steps: Sequence[type[ReleaseStep]],
) -> tuple[Plan, Ground]:
    """Every check, every change. Raises: UserError, GitError."""
    date = date_of(options.date).isoformat()
    message = fill("[release].commit_message", options.commit_message, new, date)
    tag_name = fill("[release].tag_name", options.tag_name, new, date) if options.tag else ""
    kind = "prerelease_tag_message" if options.is_prerelease(new) else "tag_message"
    tag_message = fill(f"[release].{kind}", getattr(options, kind), new, date) if options.tag else ""

    ground = take_ground(
        repository,
        sign=options.signing,
        with_tag=options.tag,
        allowed=split_commas(options.allow_branch),
        goal="release",
    )
    head = ground.head
    title = f"release {new.text}"
    tags = read_tags(repository, tag_name) if tag_name else None
    refs = (f"refs/heads/{head.branch}", *([f"refs/tags/{tag_name}"] if tag_name else []))
    remote = read_remote(repository, options.remote, head, tag=tag_name) if options.push and head.branch else None
    if new.text == current.text and _is_released(repository, head.commit, tags.commit if tags else None, message):
        return _plan_of_released(title, new, tag_name, ground, remote, refs, options), ground

    stepped = await ask_steps(steps, new, date, repository, head.commit)
    all_checks = [
        checks.work_tree(head, stepped.needed, allow_dirty=options.allow_dirty),
        checks.version(current, new, allow_equal=options.allow_equal),
        *([checks.tag(tags, head)] if tags else []),
        *ground.checks,
        checks.remote(remote, head, tag=tag_name) if remote else checks.no_remote(repository.shallow),
        *stepped.checks,
    ]
    obstacles = checks.changes(stepped.changes, stepped.committed, in_the_way(repository, stepped.changes))
    if obstacles:
        all_checks.append(failed("changes", *obstacles))
    plan = Plan(
        title,
        new.text,
        tuple(all_checks),
        stepped.changes,
        stepped.notes,
        commit=message,
        author=ground.author,
        signed=ground.sign_commit,
        tag=tag_name,
        tag_message=tag_message,
        tag_signed=ground.sign_tag,
        push=Push(options.remote, refs) if options.push else None,
    )
    return plan, ground


def _plan_of_released(
    title: str,
    new: Version,
    tag_name: str,
    ground: Ground,
    remote: Remote | None,
    refs: tuple[str, ...],
    options: ReleaseSubsystem,
) -> Plan:
    """What is left to do for a release that is made: nothing, or the push."""
    released = f"{new.text} is released"
    if remote is None:
        return Plan(title, new.text, (), done_before=released)
    there = ground.repository.git.line("rev-parse", f"refs/tags/{tag_name}") if tag_name else ""
    if remote.state is RemoteState.SAME and remote.tag == there:
        return Plan(title, new.text, (), done_before=released)
    ours = Remote(
        remote.name, remote.state, remote.tag if remote.tag != there else "", "", remote.message, remote.known
    )
    check = checks.remote(ours, ground.head, tag=tag_name)
    return Plan(title, new.text, (check,), tag=tag_name, push=Push(options.remote, refs), done_before=released)


def _is_released(repository: Repository, head: str, tagged: str | None, message: str) -> bool:
    """Whether the last commit is this release. `tagged` is the commit of its tag, None for a release without a tag."""
    if tagged is not None:
        return tagged == head
    return repository.git.line("log", "-1", "--format=%B", head).strip() == message.strip()


def _versions(options: ReleaseSubsystem, repository: Repository) -> tuple[Version, Version]:
    """The present version and the new one. Raises: UserError."""
    current = present_version(repository, options.version_file)
    if options.to is not None and options.bump is not None:
        raise UserError("--to and --bump cannot be used together.", fix="leave one of them out")
    if options.to is not None:
        return current, parse(options.to)
    if options.bump is not None:
        return current, bump(current, options.bump, date_of(options.date))
    raise UserError(
        f"The present version is {current.text}; which one is next?", fix="add --to=VERSION or --bump=patch"
    )


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
        run.refuse_targets(specs)
        typed = typed_arguments(session)
        repository = repository_here(build_root, session)
        run.fix_of_failure = lambda: fix_of_failure(repository)
        members = union_membership.get(ReleaseStep)
        refuse_without_step(options, members)
        steps = chosen_steps(members, split_commas(options.skip))
        timeout_s = global_options.pantsd_timeout_when_multiple_invocations
        if options.draft:
            _, new = _versions(options, repository)
            drafted = await draft_section(options, repository, new)
            run.say(*drafted.notes)
            console.write_stdout(drafted.text)
            return Release(exit_code=0)
        if not options.execute:
            refuse_interrupted(repository, _command(options, typed, None))
            current, new = _versions(options, repository)
            plan, _ = await plan_release(options, repository, current, new, steps)
            outcome = Outcome(plan, executed=False)
        else:
            with one_at_a_time(repository, run.say, timeout_s=timeout_s):
                if finish_interrupted(repository, run.say) and options.to is None and options.bump is None:
                    return Release(exit_code=0)
                current, new = _versions(options, repository)
                plan, ground = await plan_release(options, repository, current, new, steps)
                outcome = Outcome(plan, executed=True)
                if not plan.problems:
                    outcome = carry_out(plan, repository, ground.head, signing=ground.signing.settings)
        document = report.as_json(outcome, options.name)
        run.report(options.format, text="\n".join(report.lines(outcome)), document=document)
        run.say(*report.closing(outcome, options.name, _command(options, typed, new)))
        run.end(outcome.exit_code)
    return Release(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal, and the dispatch to its steps."""
    return [*steps.rules(), *collect_rules()]
