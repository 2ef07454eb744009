"""The options of `release-branch`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, DictOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat

_PLACEHOLDERS = "Placeholders: `{version}`, `{series}` (24.03), `{series_digits}` (2403), `{date}`."


class ReleaseBranchSubsystem(GoalSubsystem):
    """Options only; the version file is that of `[release]`."""

    name = "release-branch"
    help = softwrap(
        """
        Branch the present series out, and open the next one: a new branch at this commit, and on this branch one commit
        with the next version, the copied templates and the links that follow. All of it or nothing.

        Without `--execute`, it makes every check, lists every change, and changes nothing.
        """
    )

    next = StrOption(default=None, help="The series to open. Example: `--next=24.09`.")
    execute = BoolOption(default=False, help="Do it. Default: false, a plan.")
    push = BoolOption(default=False, help="Then push both branches in one atomic push. Default: false.")
    remote = StrOption(default="origin", help="Where to push. Default: `origin`. Example: `--remote=upstream`.")
    date = StrOption(
        default=None,
        help="The date for `{date}` in messages, YYYY-MM-DD. Default: today, local. Example: `--date=2024-03-29`.",
    )
    allow_dirty = BoolOption(
        default=False,
        help=softwrap(
            """
            Go on although there are changes that are not committed. They stay as they are; what this goal itself reads
            or writes must be committed. Default: false.
            """
        ),
    )
    allow_branch = StrListOption(
        default=[],
        help="Branches to branch out from; globs are allowed. Default: `main` and `master`. Example: `develop`.",
    )
    sign = BoolOption(
        default=False,
        help="Sign the commit; `--no-sign`: do not. Default: as git is configured (`commit.gpgSign`).",
    )
    branch_name = StrOption(
        default="{series}",
        help=f"The new branch; placeholders are of the present version. {_PLACEHOLDERS} Default: `{{series}}`.",
    )
    next_version = StrOption(
        default="{series}.0dev0",
        help=f"The version to write; placeholders are of `--next`. {_PLACEHOLDERS} Default: `{{series}}.0dev0`.",
    )
    commit_message = StrOption(
        default="chore: open the series {series}",
        help=f"The commit's message; placeholders are of the next version. {_PLACEHOLDERS} "
        "Default: `chore: open the series {series}`.",
    )
    templates = DictOption[str](
        default={},
        help=softwrap(
            """
            Files that each series has a copy of: a path with `{series}` or `{series_digits}` in it, and the symbolic
            link that points to the newest one ("" if there is none). What the link points to is copied, and the link
            moved to the copy. Default: none. Example:
            `{"docker-compose.halfstack-{series_digits}.yml": "docker-compose.halfstack-main.yml"}`.
            """
        ),
    )
    format = EnumOption(
        default=ReportFormat.TEXT, help="How to write the report. Default: `text`. Example: `--format=json`."
    )

    @property
    def signing(self) -> bool | None:
        """None: as git is configured. Pants has no flag of three values, but knows whether it was set."""
        return None if self.options.is_default("sign") else self.sign
