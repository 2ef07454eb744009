"""The options of `release`."""

from __future__ import annotations

from enum import Enum

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, DictOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat
from devflow.release.mode_options import PLACEHOLDERS, ModeOptions
from devflow.release.versions.tagged import Annotate
from devflow.release.versions.version_file import Newline
from devflow.release.versions.version_files import VersionFile, Where, files_of


class Consolidate(Enum):
    """Whether the sections of pre-releases are folded into that of the final release, and from which source."""

    NONE = "none"
    TEXT = "text"
    FRAGMENTS = "fragments"


class ReleaseSubsystem(ModeOptions, GoalSubsystem):
    """Options only."""

    name = "release"
    help = softwrap(
        """
        Release a version: the version file, the changelog, one commit and one annotated tag, all of it or nothing.

        Without `--execute`, it makes every check, lists every change, and changes nothing.
        """
    )

    push = BoolOption(default=False, help="Then push the commit and the tag in one atomic push.")
    remote = StrOption(default="origin", help="The remote to push to. Example: `--remote=upstream`.")
    date = StrOption(
        default=None,
        help="The date of the release, YYYY-MM-DD; today's local date if not set. Example: `--date=2024-03-29`.",
    )
    version_file = StrOption(
        default="VERSION",
        help=softwrap(
            """
            The file that holds the version. It is the version alone; or a TOML, JSON, INI, YAML or Python file, which
            has the version at the usual place. Example: `src/app/VERSION`.
            """
        ),
    )
    version_files = DictOption[Where](
        default={},
        help=softwrap(
            """
            More files that hold the version, and where it is in each: the path of a key (`project.version`,
            `$.version`), the name of a variable in Python, a text around `{version}`, a list of these, or "" for the
            usual place. With this option, the default of `version_file` need not exist. Example:
            `{"pyproject.toml": "project.version", "src/app/__init__.py": "__version__ = \"{version}\""}`.
            """
        ),
    )
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
            The changelog, if it is not the file that towncrier's `filename` names. {PLACEHOLDERS} Example:
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
    consolidate = EnumOption(
        default=Consolidate.NONE,
        help=softwrap(
            """
            What a final release does with the sections of its pre-releases in the changelog: keep them (`none`); fold
            their text into its own section and remove them (`text`); or remove them and write one section from the news
            fragments of all (`fragments`), which are taken from the history. Example: `--consolidate=text`.
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
    annotate = EnumOption(
        default=Annotate.YES,
        help=softwrap(
            """
            Make an annotated tag, which has a message (`yes`), a lightweight tag (`no`), or the kind that the tag of
            the highest version of the series has (`as-before`). Example: `--annotate=no`.
            """
        ),
    )
    sign = BoolOption(
        default=False,
        help=softwrap(
            """
            Sign the commit and the tag; with `--no-sign`, do not. If neither is set, git's configuration decides
            (`commit.gpgSign`, `tag.gpgSign`).
            """
        ),
    )
    placeholder = StrOption(
        default=None,
        help=softwrap(
            """
            A name that stands for the next version in Python sources. A final release writes its version in its place:
            a string in code, the text in strings and comments. Example: `NEXT_RELEASE_VERSION`.
            """
        ),
    )
    placeholder_files = StrListOption(
        default=[],
        help="Globs of the sources that may have the placeholder. If not set: `**/*.py`. Example: `src/**/*.py`.",
    )
    placeholder_keep = StrListOption(
        default=[],
        help=softwrap(
            """
            Globs of sources that keep the placeholder. The file that assigns it need not be named. Example:
            `src/acme/meta/__init__.py`.
            """
        ),
    )
    skip = StrListOption(default=[], help="Steps to leave out. Example: `--skip=changelog`.")
    outputs = DictOption[str](
        default={},
        help=softwrap(
            """
            Targets whose files a release regenerates, and the path of each in the repository: the file, or a directory
            with `/` at its end. They are built from what the release commits. Example: `{"docs:openapi":
            "docs/openapi.json"}`.
            """
        ),
    )
    commands = DictOption[Where](
        default={},
        help=softwrap(
            """
            Command lines that regenerate files which no target makes, and the files or directories that each may
            change. A release runs them with `sh` in a worktree of its own that has what the release commits; a plan
            does not run them. Example: `{"tools/dump.sh": ["docs/openapi.json", "docs/schemas/"]}`.
            """
        ),
    )
    schema_history = BoolOption(
        default=False,
        help=softwrap(
            """
            Also write the schema history of the version, as `dump-schema-history --for-version` does, into the same
            commit.
            """
        ),
    )
    commit_message = StrOption(default="release: {version}", help=f"The commit's message. {PLACEHOLDERS}")
    tag_name = StrOption(
        default="{version}",
        help=f"The tag's name. {PLACEHOLDERS} Example: `v{{version}}`.",
    )
    tag_message = StrOption(default="Release v{version}", help=f"The tag's message. {PLACEHOLDERS}")
    prerelease_tag_message = StrOption(
        default="Pre-release v{version}",
        help=f"The message of a pre-release's tag. {PLACEHOLDERS}",
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
    def all_version_files(self) -> tuple[VersionFile, ...]:
        """Every file that holds the version. Raises: UserError."""
        is_set = not self.options.is_default("version_file")
        return files_of(self.version_file, self.version_files, is_set=is_set)

    @property
    def newline(self) -> Newline:
        """How the version file ends."""
        return self.eol or self.version_file_newline

    @property
    def signing(self) -> bool | None:
        """None: as git is configured. Pants has no flag of three values, but knows whether it was set."""
        return None if self.options.is_default("sign") else self.sign
