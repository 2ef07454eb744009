"""`doctor` without Pants, for when Pants does not start: `python3 -m devflow.doctor` in the directory of the plugins.

It has the options and the checks of the goal, except those that need Pants' engine, and uses the standard library only.
To read the configuration, a Python before 3.11 needs a copy of `tomli`, which setuptools and pip contain.
"""

from __future__ import annotations

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during these imports ends the program without a traceback

import argparse
import os
import sys
from collections.abc import Sequence

from devflow.common.options import ReportFormat
from devflow.doctor import report
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.inspect import inspect
from devflow.doctor.plan import Diagnosis, choose_checks
from devflow.doctor.world import World
from devflow.plain.command import print_document, print_lines, run_plain
from devflow.plain.settings.without_pants import find_build_root

_PROGRAM = "python3 -m devflow.doctor"
_RESET = "python3 -m devflow.reset_cache"


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    return run_plain(report.GOAL, lambda: _run(options), if_interrupted="Nothing was changed.")


def _run(options: argparse.Namespace) -> int:
    is_json = options.format == ReportFormat.JSON.value
    checks = choose_checks(ALL_CHECKS, only=options.only, skip=options.skip, network=options.network)
    if options.list:
        if is_json:
            print_document(report.list_as_json(ALL_CHECKS))
        else:
            print_lines(report.list_lines(ALL_CHECKS))
        return 0
    build_root = find_build_root(os.getcwd(), os.environ)
    own = os.path.isfile(os.path.join(build_root, "pants"))
    world = World.of(build_root, os.environ, pants="./pants" if own else "pants", reset=_RESET, network=options.network)
    diagnosis = Diagnosis(inspect(checks, world), options.strict)
    if is_json:
        print_document(report.as_json(diagnosis))
    else:
        print_lines(report.lines(diagnosis, verbose=options.verbose))
    return diagnosis.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Look for what keeps Pants from working in the repository around this directory. Change nothing.",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="CHECKS", help="only these checks, as in --only=locale,store"
    )
    parser.add_argument("--skip", action="append", default=[], metavar="CHECKS", help="all checks but these")
    parser.add_argument("--network", action="store_true", help="also ask the package indexes, for 5 s each")
    parser.add_argument("--strict", action="store_true", help="exit with 1 for a warning, too")
    parser.add_argument("--verbose", action="store_true", help="also show the checks that found nothing")
    parser.add_argument("--list", action="store_true", help="print the names of all checks, and check nothing")
    parser.add_argument("--format", choices=[one.value for one in ReportFormat], default=ReportFormat.TEXT.value)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
