"""`reset-cache` for when Pants itself does not start: `python3 -m devflow.reset_cache`, called where the plugins are.

The same core and the same options as the goal, as plain Python. With the Python of Pants' virtualenv it reads the
configuration as Pants does; a bare Python needs to be 3.11 or newer, and on macOS cannot see who uses the caches.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat, arguments_of, command_line
from devflow.reset_cache import report, status
from devflow.reset_cache.locations import locations
from devflow.reset_cache.own_locations import exports, launcher
from devflow.reset_cache.plan import Plan
from devflow.reset_cache.processes import process_source
from devflow.reset_cache.requests import request
from devflow.reset_cache.reset import Place, reset
from devflow.reset_cache.settings import find_build_root, without_engine

_PROGRAM = "python3 -m devflow.reset_cache"


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except UserError as error:
        _say(f"{report.GOAL}: {error}")
        return 1
    except KeyboardInterrupt:
        _say(f"{report.GOAL}: interrupted. The same command goes on with it.")
        return 130


def _run(options: argparse.Namespace) -> int:
    build_root = find_build_root(os.getcwd(), os.environ)
    settings = without_engine(build_root, os.environ)
    everything = (*locations(settings), exports(settings.pants_distdir, build_root), launcher(os.environ))
    place = Place(settings, everything, process_source())
    if options.status:
        found = status.take_status(place)
        if options.format == ReportFormat.JSON.value:
            print(status.as_json(found))
        else:
            print("\n".join(status.lines(found)))
            _say("\n".join(status.closing(found)))
        return 0
    asked = request(
        everything,
        only=options.only,
        older_than=options.older_than,
        max_size=options.max_size,
        dry_run=options.dry_run,
        force=options.force,
    )

    def announce(plan: Plan) -> None:
        _say("\n".join(report.announcement(plan, settings.build_root)))

    outcome = reset(asked, place, _say, announce)
    if options.format == ReportFormat.JSON.value:
        print(report.as_json(outcome))
    else:
        print("\n".join(report.lines(outcome, settings.build_root)))
    _say("\n".join(report.closing(outcome, _command(options))))
    return outcome.exit_code


def _command(options: argparse.Namespace) -> str:
    """The command line that carries out this plan."""
    defaults = vars(_parser().parse_args([]))
    left_out = ("dry_run", "format", "status")
    given = {name: value for name, value in vars(options).items() if value != defaults[name] and name not in left_out}
    return command_line(*_PROGRAM.split(), *arguments_of(given))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Stop the daemon of the repository around this directory and remove what Pants can make again.",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="SCOPES", help="only these, as --only=daemon,store"
    )
    parser.add_argument("--older-than", metavar="14d", help="only what has not changed for so long")
    parser.add_argument("--max-size", metavar="10GiB", help="only what is too much, in each scope")
    parser.add_argument("--dry-run", action="store_true", help="change nothing; say what would be removed, with sizes")
    parser.add_argument("--force", action="store_true", help="even if another run or a busy daemon uses the caches")
    parser.add_argument("--format", choices=[one.value for one in ReportFormat], default=ReportFormat.TEXT.value)
    parser.add_argument(
        "--status", action="store_true", help="show what there is, as cache-status does, and do nothing"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
