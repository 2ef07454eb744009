"""The options of `release` that say what a run does: which version, and what comes of it."""

from __future__ import annotations

from pants.option.option_types import BoolOption, EnumOption, IntOption, StrOption
from pants.util.strutil import softwrap

from devflow.engine.session import with_implicit_value
from devflow.release.versions.scheme import Scheme
from devflow.release.versions.version import Bump

PLACEHOLDERS = "Placeholders: `{version}`, `{series}` (24.03), `{series_digits}` (2403), `{date}`."


class ModeOptions:
    """The first options of `ReleaseSubsystem`."""

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
    scheme = EnumOption(
        default=Scheme.AUTO,
        help=softwrap(
            """
            What `--bump=major` and `--bump=minor` raise: the numbers (`semver`), or the year and the month (`calver`).
            `auto` is `calver` for a version that is certainly a calendar version, and says so; if a version may be
            either, the goal asks for this option. Example: `--scheme=semver`.
            """
        ),
    )
    execute = BoolOption(default=False, help="Carry out the plan; without this option, print it and change nothing.")
    branch = with_implicit_value(
        StrOption(
            default=None,
            help=softwrap(
                f"""
                Make the commit on a new branch of this name, for a pull request, and no tag. The present branch and the
                work tree stay as they are. {PLACEHOLDERS} On Pants 2.17 to 2.20, `--branch` alone is
                `release/{{version}}`. Example: `--branch=release/{{version}}`.
                """
            ),
        ),
        "release/{version}",
    )
    tag_merged = with_implicit_value(
        StrOption(
            default=None,
            help=softwrap(
                """
                Tag the commit by which the release of this version was merged; `present` is the version that the branch
                has. On Pants 2.17 to 2.20, `--tag-merged` alone is `present`. Example: `--tag-merged=24.03.10`.
                """
            ),
        ),
        "present",
    )
    commit = StrOption(
        default=None,
        help="For `--tag-merged`: the commit to tag, if the goal finds another one. Example: `--commit=1a2b3c4`.",
    )
    also_branch = StrOption(
        default=None,
        help=softwrap(
            f"""
            For `--tag-merged`: also make this branch at the same commit, in the same transaction and push.
            {PLACEHOLDERS} Example: `--also-branch={{series}}`.
            """
        ),
    )
    fetch = BoolOption(default=False, help="For `--tag-merged`: first `git fetch` from the remote.")
    notes = StrOption(
        default=None,
        help=softwrap(
            """
            Print the section of this version on stdout, without its heading, as the text of a release page.
            Example: `--notes=24.03.10`.
            """
        ),
    )
    max_bytes = IntOption(
        default=None,
        help=softwrap(
            """
            For `--notes`: cut the text at a bullet, so that it has at most this many bytes, and say where the whole
            section is. If not set: a text of more than 125,000 characters is refused. Example: `--max-bytes=125000`.
            """
        ),
    )
    draft = BoolOption(default=False, help="Print the new section of the changelog on stdout, and nothing else.")
