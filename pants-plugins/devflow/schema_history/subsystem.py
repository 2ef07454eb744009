"""The options of `dump-schema-history`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.errors import UserError
from devflow.schema_history.plan import HistoryFormat


class DumpSchemaHistorySubsystem(GoalSubsystem):
    """The options."""

    name = "dump-schema-history"
    help = softwrap(
        """
        Write the history of the schema's migrations in the repository to a file.

        Nothing of the application is imported or run, and no database is needed: migration scripts are read, not
        executed, by the Python of the resolve that owns them.
        """
    )

    config = StrListOption(
        default=[],
        help=softwrap(
            """
            Configurations of the migration tool, as paths from the build root; `alembic.ini:billing` is one section of
            an INI file, as for `alembic --name`. If not set: the trees that targets declare, else the one configuration
            in the repository. Example: `--config=alembic.ini`.
            """
        ),
    )
    for_version = StrOption(
        default=None,
        help="The version of the history; if not set, the content of `[dump-schema-history].version_file`. "
        "Example: `--for-version=24.03.10`.",
    )
    output = StrOption(
        default=None,
        help=softwrap(
            """
            The file to write, a path from the build root; `{version}`, `{config_dir}` and `{section}` may be used. In
            `pants.toml`, it is for trees whose target has no `output`. If not set: standard output.
            Example: `--output='{config_dir}/revision_history/{version}.json'`.
            """
        ),
    )
    check = BoolOption(
        default=False,
        help="Change nothing; exit with 1 if the file at the output path has another history, and show the "
        "differences by revision.",
    )
    format = EnumOption(
        default=HistoryFormat.JSON,
        help="`json` is the documented file, `text` is for reading, `dot` and `mermaid` draw the graph. "
        "Example: `--format=mermaid`.",
    )
    fold = BoolOption(
        default=False,
        help="In text and pictures, show each long linear stretch of revisions as one line or node.",
    )
    allow_multiple_heads = BoolOption(default=False, help="Do not treat several heads as a mistake.")
    version_key = StrOption(
        default="manager_version",
        help="The key of the version in the JSON file. Example: `version_key = 'version'`.",
    )
    version_file = StrOption(
        default="VERSION",
        help="The file that holds the version. Example: `version_file = 'src/app/VERSION'`.",
    )

    def refuse_contradictions(self) -> None:
        """Raises: UserError for options that contradict each other."""
        if self.fold and self.format is HistoryFormat.JSON:
            raise UserError(
                "--fold is for text and pictures.", fix="add --format=text, dot or mermaid, or leave it out"
            )
        if self.check and self.format is not HistoryFormat.JSON:
            raise UserError("--check compares the JSON file.", fix="leave --format out")
