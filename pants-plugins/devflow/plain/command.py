"""The frame of a plain command: what it prints where, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable

from devflow.common.errors import UserError
from devflow.common.masking import masked
from devflow.common.paths import shown_lines


def run_plain(goal: str, body: Callable[[], int], *, if_interrupted: str) -> int:
    """The exit code of `body`; 1 for a mistake of the user, 130 after Ctrl-C, each with a message and no traceback."""
    try:
        return body()
    except UserError as error:
        say(f"{goal}: {error}")
        return 1
    except OSError as error:
        say(f"{goal}: {type(error).__name__}: {error}\n  Fix: correct that, and run the same command again")
        return 1
    except KeyboardInterrupt:
        say(f"{goal}: interrupted. {if_interrupted}")
        return 130


def say(text: str) -> None:
    """Print what is not data on standard error, at once, without passwords."""
    print(shown_lines(masked(text)), file=sys.stderr, flush=True)


def print_report(text: str) -> None:
    """Print a report on standard output, without characters that a terminal obeys."""
    print(shown_lines(text), flush=True)
