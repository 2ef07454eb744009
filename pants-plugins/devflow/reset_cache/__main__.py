"""`reset-cache` without Pants, for when Pants does not start: `python3 -m devflow.reset_cache` where the plugins are.

It has the options and the guards of the goal, and runs on the standard library alone. On the Python of Pants'
virtualenv, Pants reads the configuration; any other Python must be 3.11 or newer, and cannot read processes on macOS.
"""

from __future__ import annotations

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during these imports ends the program without a traceback

import argparse
import os
import sys
import time
from collections.abc import Sequence

from devflow.common.options import ReportFormat, arguments_of, command_line
from devflow.plain.command import print_lines, run_plain, say
from devflow.plain.settings.from_pants import without_engine
from devflow.plain.settings.without_pants import find_build_root
from devflow.reset_cache import report, status_report
from devflow.reset_cache.apply import reset
from devflow.reset_cache.containers import ContainerAccess
from devflow.reset_cache.inspect import Machine, ResetContext, inspect_caches
from devflow.reset_cache.locations.builtin import exports_location, launcher_location
from devflow.reset_cache.locations.pants import pants_locations
from devflow.reset_cache.plan import ResetPlan
from devflow.reset_cache.selection.request import parse_request

_PROGRAM = "python3 -m devflow.reset_cache"
_THIS_MACHINE = Machine()


def main(arguments: Sequence[str], machine: Machine = _THIS_MACHINE) -> int:
    """Run the command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    again = "Run the same command again to complete it."
    return run_plain(report.GOAL, lambda: _run(options, machine), if_interrupted=again)


def _run(options: argparse.Namespace, machine: Machine) -> int:
    build_root = find_build_root(os.getcwd(), os.environ)
    settings = without_engine(build_root, os.environ)
    locations = (
        *pants_locations(settings),
        exports_location(settings.pants_distdir, build_root),
        launcher_location(os.environ),
    )
    containers = ContainerAccess.of(settings.build_root, os.environ)
    context = ResetContext.of(settings, locations, machine, _command(options), containers=containers)
    if options.status:
        caches = inspect_caches(context)
        if options.format == ReportFormat.JSON.value:
            print(status_report.as_json(caches))
        else:
            print_lines(status_report.lines(caches))
            say(*status_report.closing(caches))
        return 0
    request = parse_request(
        locations,
        only=options.only,
        older_than=options.older_than,
        max_size=options.max_size,
        dry_run=options.dry_run,
        force=options.force,
        now_s=time.time(),
    )

    def announce(plan: ResetPlan) -> None:
        say(*report.announcement(plan, settings.build_root))

    outcome = reset(request, context, say, announce)
    if options.format == ReportFormat.JSON.value:
        print(report.as_json(outcome))
    else:
        print_lines(report.lines(outcome, settings.build_root))
    say(*report.closing(outcome, _command(options)))
    return outcome.exit_code


def _command(options: argparse.Namespace) -> str:
    """The command line that carries out this plan."""
    defaults = vars(_parser().parse_args([]))
    left_out = ("dry_run", "format", "status")
    given = {name: value for name, value in vars(options).items() if value != defaults[name] and name not in left_out}
    return command_line(*_PROGRAM.split(), *arguments_of(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Stop the daemon of the repository around this directory and remove caches that Pants can rebuild.",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="SCOPES", help="only these scopes, as in --only=daemon,store"
    )
    parser.add_argument("--older-than", metavar="14d", help="remove only entries unchanged for this long")
    parser.add_argument("--max-size", metavar="10GiB", help="reduce each scope to this size, oldest entries first")
    parser.add_argument(
        "--dry-run", action="store_true", help="change nothing; report what would be removed, with sizes"
    )
    parser.add_argument(
        "--force", action="store_true", help="reset even if another run or a busy daemon uses the caches"
    )
    parser.add_argument("--format", choices=[one.value for one in ReportFormat], default=ReportFormat.TEXT.value)
    parser.add_argument(
        "--status", action="store_true", help="show the caches, as cache-status does, and change nothing"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
