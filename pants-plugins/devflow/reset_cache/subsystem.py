"""The options of `reset-cache` and `cache-status`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat


class ResetCacheSubsystem(GoalSubsystem):
    """Options only; what they mean together is in `command_line.request`."""

    name = "reset-cache"
    help = softwrap(
        """
        Stop this repository's daemon and remove what Pants can make again: sandboxes, the local store, named caches
        and the workdir, but never `dist`.

        Nothing is removed while another run or another repository's busy daemon uses it. When Pants itself does not
        start, the same is done by `python3 -m devflow.reset_cache`, called where the plugins are.
        """
    )

    only = StrListOption(
        default=[],
        help=softwrap(
            """
            Only these scopes: `daemon`, `execution`, `store`, `named-caches`, `workdir`, and those of backends, such as
            `exports` and `launcher`. The daemon always ends, because it would go on using what was removed. If not
            set: all but `launcher`. Example: `--only=daemon` when Pants sees stale files.
            """
        ),
    )
    older_than = StrOption(
        default=None,
        help=softwrap(
            """
            Remove only entries that have not changed for this long: the store as a whole, sandboxes and named caches
            one by one. Units: s, min, h, d, w. Example: `--older-than=14d`.
            """
        ),
    )
    max_size = StrOption(
        default=None,
        help=softwrap(
            """
            Reduce each scope to this size: sandboxes and named caches oldest first, the store as a whole. Units: KiB,
            MiB, GiB, TiB. Example: `--max-size=10GiB`.
            """
        ),
    )
    dry_run = BoolOption(
        default=False, help="Change nothing; make every check and print what would be removed, with sizes."
    )
    force = BoolOption(
        default=False,
        help=softwrap(
            """
            Go on although another run or a busy daemon uses the caches, and name it. Daemons are stopped, runs without
            one may fail, and files of other users are never touched.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")


class CacheStatusSubsystem(GoalSubsystem):
    """Options only."""

    name = "cache-status"
    help = softwrap(
        """
        Show the daemon of this repository, other daemons on the same store, and each place where Pants keeps what it
        can make again: path, option that sets it, size, files, owner, age.
        """
    )

    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")
