"""The options of `reset-cache` and `cache-status`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat


class ResetCacheSubsystem(GoalSubsystem):
    """The options of `reset-cache`; `parse_request` checks them together."""

    name = "reset-cache"
    help = softwrap(
        """
        Stop this repository's daemon and remove caches that Pants can rebuild: sandboxes, the local store, named caches
        and the workdir, but never `dist`.

        Nothing is removed while another run or another repository's busy daemon uses it. When Pants does not start,
        run `python3 -m devflow.reset_cache` where the plugins are: it does the same.
        """
    )

    only = StrListOption(
        default=[],
        help=softwrap(
            """
            Only these scopes: `daemon`, `execution`, `store`, `named-caches`, `workdir`, and those of backends, such as
            `exports` and `launcher`. The daemon always ends, because it would use files that are removed. Default: all
            but `launcher`. Example: `--only=daemon` when Pants sees stale files.
            """
        ),
    )
    older_than = StrOption(
        default=None,
        help=softwrap(
            """
            Remove only entries unchanged for this long: sandboxes and named caches one by one, the store as a whole.
            Units: s, min, h, d, w. Default: remove all. Example: `--older-than=14d`.
            """
        ),
    )
    max_size = StrOption(
        default=None,
        help=softwrap(
            """
            Reduce each scope to this size, oldest entries first: sandboxes and named caches one by one, the store as a
            whole.
            Units: KiB, MiB, GiB, TiB. Default: remove all. Example: `--max-size=10GiB`.
            """
        ),
    )
    dry_run = BoolOption(
        default=False,
        help="Change nothing; run every check and report what would be removed, with sizes. Default: false.",
    )
    force = BoolOption(
        default=False,
        help=softwrap(
            """
            Reset although another run or a busy daemon uses the caches, and name it. Daemons are stopped, runs without
            a daemon may fail. Files and processes of other users are never touched. Default: false.
            """
        ),
    )
    format = EnumOption(
        default=ReportFormat.TEXT, help="How to write the report. Default: `text`. Example: `--format=json`."
    )


class CacheStatusSubsystem(GoalSubsystem):
    """The options of `cache-status`."""

    name = "cache-status"
    help = softwrap(
        """
        Show the daemon of this repository, other Pants processes on the same store, and each cache location: path,
        size, files, age, owner, option that sets it.
        """
    )

    format = EnumOption(
        default=ReportFormat.TEXT, help="How to write the report. Default: `text`. Example: `--format=json`."
    )
