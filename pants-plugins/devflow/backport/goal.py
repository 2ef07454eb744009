"""The goal `backport`: options → commits and series → merges → plans → branches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.backport import report
from devflow.backport.carry import Carrier
from devflow.backport.message import refuse_template
from devflow.backport.missing import missing_fixes, pattern_of
from devflow.backport.path_map import parse_map
from devflow.backport.plan import (
    BackportRequest,
    Status,
)
from devflow.backport.run import backport
from devflow.backport.series import find_series, read_refs
from devflow.backport.subsystem import BackportSubsystem, Conflicts
from devflow.backport.workplace import Workplace, open_target
from devflow.common.errors import Problem, UserError
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas, together
from devflow.common.paths import shown
from devflow.engine import Rules

_FRAGMENTS = ("changes/*",)
_MIGRATIONS = ("*/alembic/versions/*.py",)


class Backport(Goal):
    """Changes this machine's repository, so it runs in the local environment only."""

    subsystem_cls = BackportSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


def _workplace(options: BackportSubsystem, build_root: BuildRoot, environment: Mapping[str, str]) -> Workplace:
    source = open_repository(Git(Path(build_root.path), environment))
    if options.to_repository is None:
        return Workplace(source, source)
    return Workplace(source, open_target(options.to_repository, environment, Path(build_root.path)))


def _request(options: BackportSubsystem, place: Workplace) -> BackportRequest:
    """The options as values. Raises: UserError."""
    refuse_template(options.trailer)
    if options.in_place and options.options.is_flagged("branch"):
        raise together("--in-place", "--branch")
    if not place.to_another:
        for name in ("path_map", "repository_name", "with_fragments"):
            if options.options.is_flagged(name):
                flag = f"--{name.replace('_', '-')}"
                raise UserError(f"{flag} needs --to-repository.", fix=f"leave {flag} out, or add --to-repository=PATH")
    # As the user types it in the build root. `git -C PATH worktree add` would take it as relative to PATH.
    top, here = place.target.worktree.top, place.source.git.directory
    beside = os.path.relpath(top.parent, here)
    return BackportRequest(
        branch=options.branch,
        in_place=options.in_place,
        allow_empty=options.allow_empty,
        commit_conflicts=options.conflicts is Conflicts.COMMIT,
        mainline=options.mainline,
        trailer=options.trailer,
        remote=options.remote,
        push=options.push,
        execute=options.execute,
        sign=options.signing,
        migrations=split_commas(options.migrations) or _MIGRATIONS,
        to_another=place.to_another,
        repository_name=options.repository_name,
        worktrees=str(top) if place.to_another else os.path.join(beside, top.name),
        target_path=options.to_repository or ".",
    )


def _carrier(options: BackportSubsystem, place: Workplace) -> Carrier:
    return Carrier(
        place,
        fragments=split_commas(options.fragments) or _FRAGMENTS,
        skip_fragments=options.skip_fragments or (place.to_another and not options.with_fragments),
        paths=parse_map(split_commas(options.path_map)) or {"": ""},
        repository=options.repository_name,
    )


def _command(options: BackportSubsystem, typed: Sequence[str], words: Sequence[str], series: Sequence[str]) -> str:
    """The command line that carries out the plans of these series."""
    given = flagged(options, typed, without=("commits", "to", "execute", "format"))
    return command_line(bin_name(), options.name, *words, f"--to={','.join(series)}", *given, "--execute")


@contextmanager
def _turn(run: GoalRun, place: Workplace, *, execute: bool, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a run that makes branches; a run that only plans takes no lock. Raises: UserError."""
    if not execute:
        yield
        return
    try:
        with exclusive_lock(
            place.lock,
            timeout_s=timeout_s,
            on_wait=lambda holder: run.say(f"Waiting for process {holder}, which makes backports here, too."),
        ):
            place.remove_leftovers()
            yield
    except LockHeldError as held:
        raise UserError(
            f"Process {held.holder} still makes backports in this repository.",
            fix="wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations",
        ) from None


@goal_rule
async def backport_goal(
    console: Console,
    options: BackportSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    session: SessionValues,
) -> Backport:
    """See docs/goals/backport.md."""
    with GoalRun(console, options.name) as run:
        run.refuse_targets(specs)
        # Not os.environ: that is the daemon's.
        place = _workplace(options, build_root, session[CompleteEnvironmentVars])
        run.fix_of_failure = lambda: "correct the cause, and run the same command again; no branch was changed"
        words, names = list(dict.fromkeys(split_commas(options.commits))), list(dict.fromkeys(split_commas(options.to)))
        if options.missing is not None and place.to_another:
            raise together("--missing", "--to-repository")
        if options.missing is not None:
            _print_missing(run, options, place)
            return Backport(exit_code=0)
        _refuse_nothing(options, words, names)
        request, carrier = _request(options, place), _carrier(options, place)
        timeout_s = global_options.pantsd_timeout_when_multiple_invocations
        begin = (bin_name(), options.name, f"--to={','.join(names)}")
        with _turn(run, place, execute=options.execute, timeout_s=timeout_s):
            outcome = backport(place, request, carrier, words, names, command=begin)
        ready = [plan.series.name for plan in outcome.plans if plan.status is Status.MAKE or plan.push]
        blocked = bool(outcome.problems) or not ready
        command = None if blocked else _command(options, typed_arguments(session), words, ready)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome, options.name))
        run.say(*report.closing(outcome, options.name, command))
        run.end(1 if outcome.all_problems else 0)
    return Backport(exit_code=run.exit_code)


def _refuse_nothing(options: BackportSubsystem, words: Sequence[str], names: Sequence[str]) -> None:
    """Raises: UserError without commits or without series."""
    if not words:
        raise UserError(
            "Which commits are to be backported?", fix=f"name them: {options.name} COMMIT --to=24.03, or '#2839'"
        )
    if not names:
        raise UserError("Which series get the commits?", fix="add --to=SERIES, such as --to=24.03")


def _print_missing(run: GoalRun, options: BackportSubsystem, place: Workplace) -> None:
    """Raises: GitError, UserError."""
    name = options.missing or ""
    pattern = pattern_of(options.missing_subjects)
    git = place.target.git
    series = find_series(git, name, options.remote, read_refs(git, [name]))
    if isinstance(series, Problem):
        raise UserError(series.what, fix=series.fix.replace("--to=", "--missing="))
    commits = missing_fixes(place.source.git, series, pattern)
    run.report(
        options.format,
        lines=report.missing_lines(commits),
        document=report.missing_as_json(options.name, series.name, commits),
    )
    run.say(*series.notes, f"{shown(series.base)} lacks {len(commits):,} fixes of HEAD.")


def rules() -> Rules:
    """The goal."""
    return collect_rules()
