"""The frame of every goal: what it refuses, where its output goes, how its errors are shown, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.internals.session import SessionValues
from pants.option.options_bootstrapper import OptionsBootstrapper

from devflow.common.errors import Problem, UserError, headed
from devflow.common.git import GitError
from devflow.common.options import ReportFormat
from devflow.common.paths import shown_fact
from devflow.common.report import said


def typed_arguments(session: SessionValues) -> tuple[str, ...]:
    """The arguments of this run, as they were typed."""
    return tuple(session[OptionsBootstrapper].args)


def _try_again() -> str:
    return "correct the cause, and run the same command again"


class GoalRun:
    """One run of a goal, used as `with GoalRun(console, options.name) as run:` around the body of the goal rule.

    The body stays in the rule, because Pants reads the rule's own source to find what it awaits. `UserError`,
    `GitError` and `OSError` end the body; they are printed without a traceback, and `exit_code` is 1. All that is
    printed passes `shown_fact`, or is JSON: no character that a terminal obeys, and no line that a name has made.
    """

    def __init__(self, console: Console, goal: str) -> None:
        self.console = console
        self.goal = goal
        self.exit_code = 0
        self.fix_of_failure: Callable[[], str] = _try_again  # for a GitError or an OSError

    def __enter__(self) -> GoalRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if isinstance(error, UserError):
            self.fail(error.problem)
        elif isinstance(error, GitError):
            self.fail(Problem(f"git failed: {error}", self.fix_of_failure()))
        elif isinstance(error, OSError):
            self.fail(Problem(f"{type(error).__name__}: {error}", self.fix_of_failure()))
        else:
            return False
        return True

    def is_cancelled(self) -> bool:
        """Whether the user has left this run by Ctrl-C: the daemon lets the goal go on, and nobody sees its output."""
        session = self.console._session
        return session is not None and session.is_cancelled

    def refuse_targets(self, specs: Specs, *, instead: str = "") -> None:
        """For a goal that takes none; `instead` is what else the user may want to do. Raises: UserError."""
        if specs:
            raise UserError(
                "This goal takes no targets.", fix="leave them out" + (f", and {instead}" if instead else "")
            )

    def report(self, report_format: ReportFormat, *, lines: Iterable[str], document: str) -> None:
        """Print the report on standard output: as lines, of which there may be none, or as a JSON document."""
        printed = document if report_format is ReportFormat.JSON else "\n".join(map(shown_fact, lines))
        if printed:
            self.console.print_stdout(printed)
            self.console.flush()

    def say(self, *facts: str | Problem) -> None:
        """Print what is not data (notes, counts, "To do it") on standard error, at once, without passwords."""
        if facts:
            self.console.print_stderr(said(facts))
            self.console.flush()

    def fail(self, *problems: Problem) -> None:
        """Print problems. The run goes on, and exits with 1."""
        if problems:
            self.say(*(headed(self.goal, problem) for problem in problems))
            self.exit_code = 1

    def end(self, exit_code: int) -> None:
        """Set the exit code, unless the run has failed already."""
        self.exit_code = self.exit_code or exit_code
