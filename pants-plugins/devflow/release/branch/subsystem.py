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
        Branch out the current series and open the next one: a new branch at this commit, and on this branch one commit
        with the next version, the copied templates and the updated links. All of it or nothing.

        Without `--execute`, it makes every check, lists every change, and changes nothing.
        """
    )

    next = StrOption(default=None, help="The series to open. Example: `--next=24.09`.")
    execute = BoolOption(default=False, help="Carry out the plan; without this option, print it and change nothing.")
    push = BoolOption(default=False, help="Then push both branches in one atomic push.")
    remote = StrOption(default="origin", help="The remote to push to. Example: `--remote=upstream`.")
    date = StrOption(
        default=None,
        help="The date for `{date}` in messages, YYYY-MM-DD; today's local date if not set. "
        "Example: `--date=2024-03-29`.",
    )
    allow_dirty = BoolOption(
        default=False,
        help=softwrap(
            """
            Go on although there are uncommitted changes. They stay as they are; the files that this goal itself reads
            or writes must be committed.
            """
        ),
    )
    allow_branch = StrListOption(
        default=[],
        help="Branches to branch out from; globs are allowed. If not set: `main` and `master`. Example: `develop`.",
    )
    sign = BoolOption(
        default=False,
        help="Sign the commit; with `--no-sign`, do not. If neither is set, git's configuration decides "
        "(`commit.gpgSign`).",
    )
    branch_name = StrOption(
        default="{series}",
        help=f"The new branch; placeholders refer to the current version. {_PLACEHOLDERS}",
    )
    next_version = StrOption(
        default="{series}.0dev0",
        help=f"The version to write; placeholders refer to `--next`. {_PLACEHOLDERS}",
    )
    commit_message = StrOption(
        default="chore: open the series {series}",
        help=f"The commit's message; placeholders refer to the next version. {_PLACEHOLDERS}",
    )
    templates = DictOption[str](
        default={},
        help=softwrap(
            """
            Files of which each series has a copy: a path with `{series}` or `{series_digits}` in it, and the symbolic
            link that points to the newest copy ("" if there is none). The file that the link points to is copied, and
            the link is moved to the copy. Example:
            `{"docker-compose.halfstack-{series_digits}.yml": "docker-compose.halfstack-main.yml"}`.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def signing(self) -> bool | None:
        """None: as git is configured. Pants has no flag of three values, but knows whether it was set."""
        return None if self.options.is_default("sign") else self.sign
