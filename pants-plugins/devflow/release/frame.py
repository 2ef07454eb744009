"""The frame around a plan of `release` or `release-branch`: repository, lock, interrupted runs, report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.internals.session import SessionValues

from devflow.common.errors import UserError
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.git import Git, GitError
from devflow.common.git_worktree import Repository, open_repository
from devflow.common.goals import GoalRun
from devflow.common.options import ReportFormat
from devflow.release import report
from devflow.release.apply import carry_out
from devflow.release.facts import RepositoryState
from devflow.release.git.inspect import head_commit
from devflow.release.plan import ReleaseOutcome, ReleasePlan
from devflow.release.transaction import journal
from devflow.release.transaction.run import interrupted, recover


def begin(run: GoalRun, specs: Specs, build_root: BuildRoot, session: SessionValues) -> Repository:
    """The repository of the build root. Raises: UserError."""
    run.refuse_targets(specs)
    # Not os.environ: that is the daemon's.
    environment: Mapping[str, str] = session[CompleteEnvironmentVars]
    repository = open_repository(Git(Path(build_root.path), environment))
    run.fix_of_failure = lambda: "correct the cause, and run the same command again; nothing was changed"
    return repository


def _fix_of_failure(repository: Repository, before: str, again: str, *, pushes: bool = False) -> str:
    """What to do after an OSError or a GitError: it depends on what the run has done since HEAD was `before`."""
    try:
        if journal.path_of(repository.worktree).exists():
            return "correct the cause; the same command with --execute then finishes what has begun"
        now = head_commit(repository)
    except (GitError, OSError, UserError):
        return f"correct the cause, and see `git log -1` and `git tag --points-at=HEAD` for what is done; then {again}"
    if now != before:
        made = f"Commit {now[:12]} is made; the branch, the tag or the push after it may be missing"
        return f"correct the cause, then {again}. {made}"
    return f"correct the cause, then {again}{', which says what is left' if pushes else '; nothing was changed'}"


@contextmanager
def turn(run: GoalRun, repository: Repository, *, execute: bool, timeout_s: float, command: str) -> Iterator[bool]:
    """One run at a time may change the repository; yields whether this one has finished an interrupted run.

    With `execute`, hold the release lock and finish an interrupted run. Without it, take no lock, and refuse to plan
    if a run was interrupted; `command` is the one that finishes it. Raises: UserError, GitError.
    """
    if not execute:
        _refuse_interrupted(repository, command)
        yield False
        return
    try:
        with exclusive_lock(
            repository.worktree.own_dir / "lock",
            timeout_s=timeout_s,
            on_wait=lambda holder: run.say(f"Waiting for process {holder}, which releases in this repository, too."),
        ):
            before = head_commit(repository)
            run.fix_of_failure = lambda: _fix_of_failure(repository, before, "run the same command again")
            yield _finish_interrupted(run, repository)
    except LockHeldError as held:
        raise UserError(
            f"Process {held.holder} still holds the release lock of this repository.",
            fix="wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations",
        ) from None


def _finish_interrupted(run: GoalRun, repository: Repository) -> bool:
    done = recover(repository.worktree)
    if done is None:
        return False
    run.say(f"Finished what was interrupted: {done.title}, commit {done.commit[:12]}.")
    run.say(*(report.left_alone(path, "meanwhile") for path in done.left_alone))
    return True


def _refuse_interrupted(repository: Repository, command: str) -> None:
    """A plan that is made from a partly updated worktree would be wrong."""
    title = interrupted(repository.worktree)
    if title:
        raise UserError(
            f"`{title}` was interrupted: its commit is there, and the work tree is not updated yet.", fix=command
        )


def outcome_of(
    run: GoalRun, plan: ReleasePlan, repository: Repository, state: RepositoryState, *, execute: bool, command: str
) -> ReleaseOutcome:
    """Carry out the plan if `execute`; `command` does so, too. The caller then holds the release lock.

    Raises: GitError, UserError.
    """
    if not execute:
        return ReleaseOutcome(plan, executed=False)
    again, pushes = f"run: {command}", plan.push is not None
    run.fix_of_failure = lambda: _fix_of_failure(repository, state.head.commit, again, pushes=pushes)
    return carry_out(plan, repository, state)


def conclude(run: GoalRun, outcome: ReleaseOutcome, report_format: ReportFormat, *, command: str) -> None:
    """Print the report. `command` carries the plan out."""
    run.report(report_format, lines=report.lines(outcome), document=report.as_json(outcome, run.goal))
    run.say(*report.closing(outcome, run.goal, command))
    run.end(outcome.exit_code)
