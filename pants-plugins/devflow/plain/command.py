"""The frame of a plain command: what it prints where, and how it ends."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Iterable

from devflow.common.errors import Problem, UserError, headed
from devflow.common.paths import shown_fact
from devflow.common.report import said


def run_plain(goal: str, body: Callable[[], int], *, if_interrupted: str) -> int:
    """The exit code of `body`; 1 for a mistake of the user, 130 after Ctrl-C, each with a message and no traceback.

    A character that the terminal does not have is escaped: the locale in which Pants does not start may be this one.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # of the program that has imported this module
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return body()
    except UserError as error:
        say(headed(goal, error.problem))
        return 1
    except OSError as error:
        what = f"{goal}: {type(error).__name__}: {error}"
        say(Problem(what, fix="correct the cause, and run the same command again"))
        return 1
    except KeyboardInterrupt:
        say(f"{goal}: interrupted. {if_interrupted}")
        return 130


def say(*facts: str | Problem) -> None:
    """Print what is not data on standard error, at once, without passwords."""
    if facts:
        print(said(facts), file=sys.stderr, flush=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print a report on standard output, without characters that a terminal obeys. No lines are no output."""
    text = "\n".join(map(shown_fact, lines))
    if text:
        print(text, flush=True)


def print_document(document: str) -> None:
    """Print a report that is a JSON document."""
    print(document, flush=True)
