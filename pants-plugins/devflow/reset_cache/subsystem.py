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
            `exports` and `launcher`; and `containers`, which interrupted tests left. The daemon always ends, because it
            would go on using what was removed, but not for `containers` alone. If not set: all but `launcher` and
            `containers`. Example: `--only=daemon` when Pants sees stale files.
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
    container_labels = StrListOption(
        default=[],
        help=softwrap(
            """
            The labels of containers that tests start, for the scope `containers`. If not set:
            `org.testcontainers=true`. Those of `[doctor].container_labels` count, too. Example:
            `--container-labels=com.example.test=yes`.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")


class CacheStatusSubsystem(GoalSubsystem):
    """The options of `cache-status`."""

    name = "cache-status"
    help = softwrap(
        """
        Show the daemon of this repository, other Pants processes on the same store, and each cache location: path,
        size, files, age, owner, option that sets it.
        """
    )

    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")
