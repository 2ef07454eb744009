"""The goal `merge-lockfiles`: options, the conflict, a plan, new lockfiles, and then the index of git."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.fs import Workspace
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.files import exclusive_lock
from devflow.common.git import Git
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.common.paths import shown
from devflow.common.report import to_do
from devflow.engine import Rules
from devflow.engine.files import forget_files
from devflow.engine.python.resolves import how_to_make_lockfile, lockfile_paths, refuse_without_resolves
from devflow.locking.command import words_of
from devflow.locking.facts import NewLockfile
from devflow.locking.interrupted import finish_interrupted
from devflow.locking.journal import journal_path
from devflow.locking.locks import WantedLock, lock_with_pins
from devflow.locking.pinned import plan_locks
from devflow.locking.sources import requirement_sources
from devflow.merge_lockfiles import report
from devflow.merge_lockfiles.apply import make_by_command, write
from devflow.merge_lockfiles.facts import METADATA, GitFacts, ResolveFacts, Versions
from devflow.merge_lockfiles.inspect import inspect_git, inspect_resolves, is_merging, merged_versions
from devflow.merge_lockfiles.outcome import MergedLockfile, MergeOutcome, merged_lockfile
from devflow.merge_lockfiles.plan import (
    MergeMode,
    MergePlan,
    chosen_resolves,
    conflicts_of_inputs,
    examine,
    in_conflict,
    left_over,
    plan_merge,
    versions_in_conflict,
)
from devflow.merge_lockfiles.subsystem import MergeLockfilesSubsystem

_LOCK = "merge-lockfiles.lock"


class MergeLockfiles(Goal):
    """Writes files of the work tree and stages them, so it runs in the local environment only."""

    subsystem_cls = MergeLockfilesSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _refuse_conflicting_inputs(
    facts: GitFacts, global_options: GlobalOptions, python_setup: PythonSetup, words: tuple[str, ...]
) -> None:
    """Refuse to run while the inputs of the lockfiles are unmerged. Raises: UserError."""
    patterns = (*global_options.build_patterns, *global_options.build_file_prelude_globs)
    known = {*_settings_files(global_options), *_constraints_files(python_setup), *words}
    problem = conflicts_of_inputs(facts.unmerged, patterns, known)
    if problem is None:
        sources = await requirement_sources()
        others = ", ".join(map(shown, (path for path in facts.unmerged if path not in facts.lockfiles)))
        unmerged = f" Unmerged: {others}." if others else ""
        problem = (
            Problem(f"{sources.problem.what}{unmerged}", sources.problem.fix)
            if sources.problem
            else conflicts_of_inputs(facts.unmerged, (), sources.paths)
        )
    if problem:
        raise UserError.of(problem)


def _settings_files(global_options: GlobalOptions) -> tuple[str, ...]:
    return ("pants.toml", *(str(path) for path in global_options.options.get("pants_config_files") or ()))


def _constraints_files(python_setup: PythonSetup) -> tuple[str, ...]:
    configured = python_setup.options.get("resolves_to_constraints_file") or {}
    return tuple(map(str, configured.values())) if isinstance(configured, Mapping) else ()


async def _check(
    resolves: tuple[ResolveFacts, ...], facts: GitFacts, *, by_pants: bool
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The path, the resolve and the errors of each lockfile."""
    whole = [one for one in resolves if not in_conflict(one, facts)]
    planned = await plan_locks([one.resolve for one in whole] if by_pants else [])
    for plan in planned:
        if plan.problem:
            raise UserError.of(plan.problem)
    requirements = dict(zip((one.resolve for one in whole), (plan.requirements for plan in planned)))
    return tuple((one.path, one.resolve, examine(one, facts, requirements.get(one.resolve, ()))) for one in resolves)


@goal_rule
async def merge_lockfiles_goal(
    console: Console,
    options: MergeLockfilesSubsystem,
    global_options: GlobalOptions,
    python_setup: PythonSetup,
    build_root: BuildRoot,
    specs: Specs,
    workspace: Workspace,
    session: SessionValues,
) -> MergeLockfiles:
    """See docs/goals/merge-lockfiles.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        run.refuse_targets(specs, instead="choose lockfiles with --resolve=NAME")
        refuse_without_resolves(python_setup)
        environment: Mapping[str, str] = session[CompleteEnvironmentVars]  # os.environ has the variables of the daemon
        git = Git(Path(build_root.path), environment)
        paths = lockfile_paths(python_setup)
        by_pants = python_setup.resolves_generate_lockfiles
        lockfiles = {*paths.values(), *(f"{path}{METADATA}" for path in paths.values())}
        journal = journal_path(git, global_options.pants_workdir)
        looks = "" if mode is MergeMode.MERGE else command_line(bin_name(), options.name)
        forget_files(workspace, finish_interrupted(run, journal, build_root.path, global_options.pants_workdir, looks))
        facts = inspect_git(git, lockfiles)
        resolves = inspect_resolves(build_root.path, paths)
        run.say(*(_note_of(path, facts.former.get(path), paths) for path in left_over(facts, resolves)))
        names = split_commas(options.resolve)
        chosen = chosen_resolves(resolves, facts, names)
        words = _words_of_all(options.lock_command, chosen) if not by_pants else ()
        if chosen and mode is not MergeMode.CHECK:
            _refuse_index_lock(facts)
        await _refuse_conflicting_inputs(facts, global_options, python_setup, words)
        if mode is MergeMode.CHECK or not chosen:
            found = await _check(chosen if names else resolves, facts, by_pants=by_pants)
            _report_check(run, options, session, found)
            return MergeLockfiles(exit_code=run.exit_code)

        plans = _plans(chosen, facts, git, options)
        if by_pants:
            wanted = [WantedLock(plan.resolve, plan.merged.pins, plan.layout) for plan in plans]
            new = await lock_with_pins(wanted, run.say)
        # No await happens under the lock: the engine may restart the goal, which would then wait for its own lock.
        with exclusive_lock(Path(global_options.pants_workdir, _LOCK), timeout_s=-1):
            if inspect_git(git, lockfiles) != facts:
                what = "The conflict has changed meanwhile; nothing was written."
                raise UserError(what, fix=_command(options, session))
            if not by_pants:
                new = _by_command(plans, options, python_setup, build_root.path, environment, run, mode)
            merged = tuple(
                merged_lockfile(plan, one, conflicted=in_conflict(resolve, facts))
                for plan, one, resolve in zip(plans, new, chosen)
            )
            if mode is MergeMode.MERGE:
                merged = write(merged, build_root.path, git, add=options.add)
        outcome = MergeOutcome(mode, merged, facts.operation, _others(facts, merged))
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        run.fail(*(one.problem for one in merged if one.problem))
        run.say(*report.closing(outcome))
        run.say(*([to_do(_command(options, session))] if mode is MergeMode.DRY_RUN else []))
        run.end(outcome.exit_code)
    return MergeLockfiles(exit_code=run.exit_code)


def _report_check(
    run: GoalRun,
    options: MergeLockfilesSubsystem,
    session: SessionValues,
    found: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> None:
    """End a run that has nothing to merge: with `--check`, the findings are the result; otherwise they are notes."""
    checking = options.mode is MergeMode.CHECK
    wrong = [one for one in found if one[2]]
    run.report(
        options.format, lines=report.check_lines(found) if checking else (), document=report.check_as_json(found)
    )
    if not checking:
        run.say("No lockfile is in conflict.", *report.check_lines(wrong))
    if wrong:
        run.say(to_do(_command(options, session, resolves=[resolve for _, resolve, _ in wrong])))
    run.end(int(checking and bool(wrong)))


def _note_of(path: str, resolve: str | None, paths: Mapping[str, str]) -> str:
    drop = command_line("git", "rm", "--", path)
    if resolve is not None and resolve in paths:
        return f"{shown(path)} is in conflict, and is {shown(paths[resolve])} now; to drop it afterwards: {drop}"
    return f"{shown(path)} is in conflict, and is the lockfile of no resolve; to drop it: {drop}"


def _words_of_all(command: str | None, chosen: tuple[ResolveFacts, ...]) -> tuple[str, ...]:
    return tuple(
        word for one in chosen if command for word in words_of(command, resolve=one.resolve, lockfile=one.path)
    )


def _refuse_index_lock(facts: GitFacts) -> None:
    if facts.index_lock:
        raise UserError(
            f"Another git process holds the index: {shown(facts.index_lock)} exists.",
            fix=f"wait until it has ended; if no git runs, remove that file: {command_line('rm', facts.index_lock)}",
        )


def _plans(
    chosen: tuple[ResolveFacts, ...], facts: GitFacts, git: Git, options: MergeLockfilesSubsystem
) -> tuple[MergePlan, ...]:
    winner = options.base.side(facts.shared)
    conflicts = {one.path: found for one in chosen if (found := versions_in_conflict(one, facts))}
    clean = [one.path for one in chosen if one.path not in conflicts]
    merged = merged_versions(git, clean) if clean else {}
    present = {one.path: Versions(one.content, one.content, one.content) for one in chosen}
    versions = {**present, **{path: one for path, one in merged.items() if _all_differ(one)}, **conflicts}
    history = set(clean) if clean and not is_merging(git) else set()
    return tuple(plan_merge(one, versions[one.path], winner, committed=one.path in history) for one in chosen)


def _all_differ(versions: Versions) -> bool:
    return len({versions.base, versions.ours, versions.theirs}) == 3


def _by_command(
    plans: tuple[MergePlan, ...],
    options: MergeLockfilesSubsystem,
    python_setup: PythonSetup,
    build_root: str,
    environment: Mapping[str, str],
    run: GoalRun,
    mode: MergeMode,
) -> tuple[NewLockfile, ...]:
    """The lockfiles that the repository's lock command makes; for a dry run, the files that the command would find."""
    if options.lock_command is None:
        resolve = plans[0].resolve
        raise UserError(
            f"Pants makes no lockfile of resolve {resolve}, because [python].resolves_generate_lockfiles is false, and "
            "[merge-lockfiles].lock_command is not set.",
            fix='set it in pants.toml, for example lock_command = "3rdparty/python/lock.sh {stem}.in"; or '
            + how_to_make_lockfile(resolve, python_setup),
        )
    if mode is MergeMode.DRY_RUN:
        return tuple(NewLockfile(plan.resolve, {plan.path: plan.candidate.encode()}) for plan in plans)
    return make_by_command(plans, options.lock_command, build_root, environment, lambda line: run.say(line))


def _others(facts: GitFacts, merged: tuple[MergedLockfile, ...]) -> tuple[str, ...]:
    staged = {path for one in merged if one.staged for path in one.files}
    return tuple(path for path in facts.unmerged if path not in staged)


def _command(options: MergeLockfilesSubsystem, session: SessionValues, resolves: list[str] | None = None) -> str:
    """The command line that does what this run only planned."""
    without = ("check", "dry_run", "format", *(["resolve"] if resolves else []))
    given = flagged(options, typed_arguments(session), without=without)
    named = [f"--resolve={','.join(resolves)}"] if resolves else []
    return command_line(bin_name(), options.name, *named, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
