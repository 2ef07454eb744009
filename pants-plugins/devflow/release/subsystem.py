"""The options of `release`."""

from __future__ import annotations

import datetime

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat
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

    to = StrOption(default=None, help="The version to release, as it is to be written. Example: `--to=24.03.10`.")
    bump = EnumOption(
        default=None,
        enum_type=Bump,
        help=softwrap(
            """
            Instead of `--to`: which part of the present version goes up; `pre` is the next pre-release, `final` the
            release that a pre-release is of. Of a calendar version, `major` and `minor` are the year and the month of
            the date. Example: `--bump=patch`.
            """
        ),
    )
    execute = BoolOption(default=False, help="Do it. Default: false, a plan.")
    draft = BoolOption(
        default=False, help="Print the section of the changelog, and nothing else, on stdout. Default: false."
    )
    push = BoolOption(default=False, help="Then push the commit and the tag in one atomic push. Default: false.")
    remote = StrOption(default="origin", help="Where to push. Default: `origin`. Example: `--remote=upstream`.")
    date = StrOption(
        default=None, help="The date of the release, YYYY-MM-DD. Default: today, local. Example: `--date=2024-03-29`."
    )
    version_file = StrOption(default="VERSION", help="The file that holds the version. Default: `VERSION`.")
    version_file_newline = EnumOption(
        default=Newline.KEEP,
        help=softwrap(
            """
            Whether the version file ends with a newline: `keep` (as it is now), `none` or `newline`. Default: `keep`.
            """
        ),
    )
    changelog_file = StrOption(
        default=None,
        help=softwrap(
            f"""
            The changelog, where it is not what towncrier's `filename` says. {_PLACEHOLDERS} Default:
            what `filename` says. Example: `CHANGELOG/{{series}}.md`.
            """
        ),
    )
    allow_dirty = BoolOption(
        default=False,
        help=softwrap(
            """
            Release although there are changes that are not committed. They stay as they are; what the release itself
            reads or writes must be committed. Default: false.
            """
        ),
    )
    allow_branch = StrListOption(
        default=[],
        help=softwrap(
            """
            Branches on which a release may be made; globs are allowed. Default: `main`, `master` and series like
            `24.03` (`[0-9]*.[0-9]*`). Example: `--allow-branch='release/*'`.
            """
        ),
    )
    not_fragments = StrListOption(
        default=[],
        help=softwrap(
            """
            Files among the news fragments that are none and stay: names, or globs of paths. READMEs, hidden files, the
            template and what towncrier's own setting `ignore` has need not be listed. Default: none. Example:
            `["changes/archive/*"]`.
            """
        ),
    )
    allow_equal = BoolOption(
        default=False, help="Release the version that the version file has already. Default: false."
    )
    tag = BoolOption(default=True, help="Make a tag. Default: true. Example: `--no-tag`.")
    sign = BoolOption(
        default=False,
        help=softwrap(
            """
            Sign the commit and the tag; `--no-sign`: do not. Default: as git is configured (`commit.gpgSign`,
            `tag.gpgSign`).
            """
        ),
    )
    skip = StrListOption(default=[], help="Steps to leave out. Default: none. Example: `--skip=changelog`.")
    schema_history = BoolOption(
        default=False,
        help=softwrap(
            """
            Also write the schema history of the version, as `dump-schema-history --for-version` does, into the same
            commit. Default: false.
            """
        ),
    )
    commit_message = StrOption(
        default="release: {version}", help=f"The commit's message. {_PLACEHOLDERS} Default: `release: {{version}}`."
    )
    tag_name = StrOption(
        default="{version}",
        help=f"The tag's name. {_PLACEHOLDERS} Default: `{{version}}`. Example: `v{{version}}`.",
    )
    tag_message = StrOption(
        default="Release v{version}", help=f"The tag's message. {_PLACEHOLDERS} Default: `Release v{{version}}`."
    )
    prerelease_tag_message = StrOption(
        default="Pre-release v{version}",
        help=f"The tag's message of a pre-release. {_PLACEHOLDERS} Default: `Pre-release v{{version}}`.",
    )
    prerelease_pattern = StrOption(
        default=None,
        help=softwrap(
            r"""
            A regular expression for versions that are pre-releases, found anywhere in them. Default: those that
            PEP 440 calls so (`a`, `b`, `rc`, `dev`). Example: `(a|b|rc)\d+$`.
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


def date_of(text: str | None) -> datetime.date:
    """The date of an option; today, local, if it is not set. Raises: UserError."""
    if not text:
        return datetime.date.today()
    try:
        if len(text) != len("2024-03-29"):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--date={text} is not a date.", fix="write it as YYYY-MM-DD, such as 2024-03-29") from None
