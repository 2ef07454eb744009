"""Errors that the user can correct: what happened, where, and the exact fix. Standard library only.

Code that runs without Pants imports this module, too: `python3 -m devflow.reset_cache`, and the readers of migration
scripts, whose Python may be 3.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from devflow.common.masking import masked
from devflow.common.paths import shown_fact

_LINES = 12
# Source: `BinaryNotFoundError` of Pants.
_PEX_CALLS_PIP = re.compile(r"pid \d+ -> .* exited with -?\d+ and STDERR:\s*$")
_NO_PROGRAM = re.compile(r"Cannot find `([^`]+)` on `")
# Source: `status_to_str` of Pants, 2.17 to 2.33: a status of gRPC, and what the server or the connection says.
_STATUS = re.compile(
    r"^(Cancelled|Unknown|InvalidArgument|DeadlineExceeded|NotFound|PermissionDenied|ResourceExhausted|Aborted"
    r'|FailedPrecondition|Unimplemented|Internal|Unavailable|DataLoss|Unauthenticated): "(.*)"\s*$',
    re.MULTILINE,
)
_NO_SERVER = frozenset({"Unavailable", "DeadlineExceeded"})
_CONNECTION = re.compile(r"\bconnect", re.IGNORECASE)  # newer Pants: Unknown: "client error (Connect)"
# Source: `local.rs` of Pants, 2.17.1 and 2.32.1. Between the two is the whole process, over many lines.
_NOT_STARTED = re.compile(
    r'^Failed to execute: Process \{\s+argv: \[\s+"((?:[^"\\]|\\.)*)".*'
    r'\nError launching process: Os \{ .*message: "([^"]*)" \}',
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Problem:
    """An error as data. `fix` is a command or an edit, complete enough to be pasted; neither text holds a password.

    `lacks` is the program that this machine lacks, if that is the error: several of the same are reported as one.
    """

    what: str
    fix: str
    lacks: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", masked(self.what))
        object.__setattr__(self, "fix", masked(self.fix))

    def __str__(self) -> str:
        return f"{shown_fact(self.what)}\n  Fix: {shown_fact(self.fix)}"

    def as_json(self) -> dict[str, str]:
        """The object that stands for the problem in every report with `--format=json`."""
        return {"what": self.what, "fix": self.fix}


def headed(heading: str, problem: Problem) -> Problem:
    """The problem with a heading in front of it: "release: …"."""
    return replace(problem, what=f"{heading}: {problem.what}")


class UserError(Exception):
    """A problem that ends a goal. The goal prints it without a traceback."""

    def __init__(self, what: str, *, fix: str) -> None:
        self.problem = Problem(what, fix)
        super().__init__(str(self.problem))

    @classmethod
    def of(cls, problem: Problem) -> UserError:
        """The error that has this problem."""
        error = cls(problem.what, fix=problem.fix)
        error.problem = problem
        return error


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A question to append to an error about an unknown name: `" Did you mean 'mypy'?"`, or nothing."""
    close = get_close_matches(name, sorted(valid), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def as_problem(error: BaseException, *, doing: str, fix: str) -> Problem:
    """What went wrong while `doing` ("exporting mypy"), in the last words of the tool that failed."""
    if isinstance(error, UserError):
        return error.problem
    not_started = _NOT_STARTED.search(str(error))
    if not_started:
        path, why = not_started.groups()
        return Problem(
            f"{doing} failed: Pants cannot start {path}: {why}.",
            fix=f"if {path} is outside of Pants' caches, install it again; else run the goal "
            "`reset-cache --only=store,named-caches`, because both caches refer to it. Then run the same "
            "command again",
        )
    # The output of a failed process may have such a line, too.
    status = None if _output(error) else _STATUS.search(str(error))
    if status:
        return _of_cluster(*status.groups())
    known = disk_full_fix(str(error)) or missing_program_fix(str(error))
    return Problem(f"{doing} failed: {last_words(error)}", known or fix)


def _of_cluster(status: str, said: str) -> Problem:
    """The same for all that a run asks of the server, so that it is reported once."""
    fix = "start the server, or correct [GLOBAL].remote_execution_address and remote_store_address"
    if status not in _NO_SERVER and not _CONNECTION.search(said):
        fix = "correct [GLOBAL].remote_instance_name, or the headers and certificates for the server"
    return Problem(
        f"Remote execution failed, {status}: {said}.",
        fix=f"{fix}; or turn remote execution off: add --no-remote-execution before the goal",
    )


def last_words(error: BaseException) -> str:
    """The last lines of a failed process, or the message of any other error.

    A failed process is an error with the output as bytes: `ProcessExecutionFailure` of Pants, whose class is not named
    here because this module is imported without Pants, too.
    """
    return tail(_output(error) or str(error)) or type(error).__name__


def _output(error: BaseException) -> str:
    output = getattr(error, "stderr", None) or getattr(error, "stdout", None)
    return output.decode(errors="replace").strip() if isinstance(output, bytes) else ""


def tail(text: str) -> str:
    """The last lines of an output, without the frames of tracebacks, pex's calls of pip, and passwords."""
    lines: list[str] = []
    in_traceback = False
    for line in filter(str.strip, text.splitlines()):
        in_traceback = line.lstrip().startswith("Traceback (most") or (in_traceback and line.startswith(" "))
        if not in_traceback and not _PEX_CALLS_PIP.match(line):
            lines.append(line.rstrip())
    return masked("\n    ".join(lines[-_LINES:]).strip())


def disk_full_fix(text: str) -> str:
    """The fix for a full disk if `text` reports one, else ""."""
    return "free some space on that disk, then run the same command again" if "No space left on device" in text else ""


def missing_program_fix(text: str) -> str:
    """A fix, if the text is Pants' message about a program that the system lacks; else ""."""
    found = _NO_PROGRAM.search(text)
    return f"install {found[1]}, so that it is in one of these directories" if found else ""
