"""What Pants and the tools that it runs raise, as something that a user can read."""

from __future__ import annotations

from pants.engine.process import ProcessExecutionFailure

from devflow.common.errors import Problem, UserError
from devflow.common.output import disk_full_fix, tail


def as_problem(error: BaseException, *, doing: str, fix: str) -> Problem:
    """Say what went wrong while `doing` ("exporting mypy"), in the failed tool's own last words."""
    if isinstance(error, UserError):
        return error.problem
    return Problem(f"{doing} failed: {last_words(error)}", disk_full_fix(str(error)) or fix)


def last_words(error: BaseException) -> str:
    """The last lines of a failed process, or the message of any other error."""
    text = str(error)
    if isinstance(error, ProcessExecutionFailure):
        output = (error.stderr or error.stdout or b"").decode(errors="replace")
        text = output.strip() or text
    return tail(text) or type(error).__name__
