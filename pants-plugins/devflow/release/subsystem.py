"""The options of `release`."""

from __future__ import annotations

import datetime
import re

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat
from devflow.common.paths import shown
from devflow.release.versions.version import Bump
from devflow.release.versions.version_file import Newline

_PLACEHOLDERS = "Placeholders: `{version}`, `{series}` (24.03), `{series_digits}` (2403), `{date}`."


class ReleaseSubsystem(GoalSubsystem):
    """Options only."""

    name = "release"
    help = softwrap(
        """
        Release a version: the version file, the changelog, one commit and one annotated tag, all of it or nothing.

        Without `--execute`, it makes every check, lists every change, and changes nothing.
        """
    )

    to = StrOption(default=None, help="The version to release, written as it should appear. Example: `--to=24.03.10`.")
    bump = EnumOption(
        default=None,
        enum_type=Bump,
        help=softwrap(
            """
            Instead of `--to`: the part of the current version to raise. `pre` is the next pre-release, `final` the
            release that a pre-release leads to. In a calendar version, `major` and `minor` are the year and the month
            of the date. Example: `--bump=patch`.
            """
        ),
    )
    execute = BoolOption(default=False, help="Carry out the plan; without this option, print it and change nothing.")
    draft = BoolOption(default=False, help="Print the new section of the changelog on stdout, and nothing else.")
    push = BoolOption(default=False, help="Then push the commit and the tag in one atomic push.")
    remote = StrOption(default="origin", help="The remote to push to. Example: `--remote=upstream`.")
    date = StrOption(
        default=None,
        help="The date of the release, YYYY-MM-DD; today's local date if not set. Example: `--date=2024-03-29`.",
    )
    version_file = StrOption(default="VERSION", help="The file that holds the version. Example: `src/app/VERSION`.")
    eol = EnumOption(
        default=None,
        enum_type=Newline,
        help=softwrap(
            """
            How the version file ends: `keep` (as it does now), `none` (without a newline) or `newline`. If not set: as
            `[release].version_file_newline` says, whose default is `keep`. Example: `--eol=none`.
            """
        ),
    )
    # The name that the setting has had from the beginning. Pants takes `--version-…` for its goal `version`.
    version_file_newline = EnumOption(
        default=Newline.KEEP,
        help="The same as `eol`, for `pants.toml`: on the command line, write `--eol`.",
    )
    changelog_file = StrOption(
        default=None,
        help=softwrap(
            f"""
            The changelog, if it is not the file that towncrier's `filename` names. {_PLACEHOLDERS} Example:
            `CHANGELOG/{{series}}.md`.
            """
        ),
    )
    changelog_config = StrListOption(
        default=[],
        help=softwrap(
            """
            The files with towncrier's settings, one for each changelog, as in `towncrier build --config`. If not set:
            `towncrier.toml` or `pyproject.toml` in the build root. Example:
            `--changelog-config=packages/web/towncrier.toml`.
            """
        ),
    )
    allow_dirty = BoolOption(
        default=False,
        help=softwrap(
            """
            Release although there are uncommitted changes. They stay as they are; the files that the release itself
            reads or writes must be committed.
            """
        ),
    )
    allow_branch = StrListOption(
        default=[],
        help=softwrap(
            """
            Branches on which a release may be made; globs are allowed. If not set: `main`, `master` and series such
            as `24.03` (`[0-9]*.[0-9]*`). Example: `--allow-branch='release/*'`.
            """
        ),
    )
    not_fragments = StrListOption(
        default=[],
        help=softwrap(
            """
            Files in the fragments' directory that are no fragments: names, or globs of paths. READMEs, hidden files,
            the template and the files that towncrier's own setting `ignore` lists need not be named. Example:
            `["changes/archive/*"]`.
            """
        ),
    )
    allow_equal = BoolOption(default=False, help="Accept the version that the version file already has.")
    tag = BoolOption(default=True, help="Make a tag. To make none: `--no-tag`.")
    sign = BoolOption(
        default=False,
        help=softwrap(
            """
            Sign the commit and the tag; with `--no-sign`, do not. If neither is set, git's configuration decides
            (`commit.gpgSign`, `tag.gpgSign`).
            """
        ),
    )
    skip = StrListOption(default=[], help="Steps to leave out. Example: `--skip=changelog`.")
    schema_history = BoolOption(
        default=False,
        help=softwrap(
            """
            Also write the schema history of the version, as `dump-schema-history --for-version` does, into the same
            commit.
            """
        ),
    )
    commit_message = StrOption(default="release: {version}", help=f"The commit's message. {_PLACEHOLDERS}")
    tag_name = StrOption(
        default="{version}",
        help=f"The tag's name. {_PLACEHOLDERS} Example: `v{{version}}`.",
    )
    tag_message = StrOption(default="Release v{version}", help=f"The tag's message. {_PLACEHOLDERS}")
    prerelease_tag_message = StrOption(
        default="Pre-release v{version}",
        help=f"The message of a pre-release's tag. {_PLACEHOLDERS}",
    )
    prerelease_pattern = StrOption(
        default=None,
        help=softwrap(
            r"""
            A regular expression that is found anywhere in the versions that are pre-releases. If not set, PEP 440
            decides (`a`, `b`, `rc`, `dev`). Example: `(a|b|rc)\d+$`.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def newline(self) -> Newline:
        """How the version file ends."""
        return self.eol or self.version_file_newline

    @property
    def signing(self) -> bool | None:
        """None: as git is configured. Pants has no flag of three values, but knows whether it was set."""
        return None if self.options.is_default("sign") else self.sign


def date_of(text: str | None) -> datetime.date:
    """The date of an option; today, local, if it is not set. Raises: UserError."""
    if text is None:
        return datetime.date.today()
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"--date={shown(text)} is not a date.", fix="write it as YYYY-MM-DD, such as 2024-03-29"
        ) from None
