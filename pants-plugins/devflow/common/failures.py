"""What Pants and the tools that it runs raise, as something that a user can read."""

from __future__ import annotations

import re

from pants.engine.process import ProcessExecutionFailure

from devflow.common.errors import Problem, UserError

_LINES = 12
_CREDENTIALS = re.compile(r"://[^/@\s]+@")  # of an index, which pip repeats in its command line


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


def tail(text: str) -> str:
    """The last lines, without the frames of tracebacks and without passwords in addresses."""
    lines: list[str] = []
    in_traceback = False
    for line in filter(str.strip, _CREDENTIALS.sub("://…@", text).splitlines()):
        in_traceback = line.lstrip().startswith("Traceback (most") or (in_traceback and line.startswith(" "))
        if not in_traceback:
            lines.append(line.rstrip())
    return "\n    ".join(lines[-_LINES:]).strip()


def disk_full_fix(text: str) -> str:
    """A fix, if the text says that a disk is full."""
    return "free some space on that disk, then run the same command again" if "No space left on device" in text else ""
