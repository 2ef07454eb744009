"""The options of `exec` and `exec-files`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import ArgsListOption, BoolOption, DictOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of
from devflow.exec.plan import FilesMode


class ExecSubsystem(GoalSubsystem):
    """The options of `exec`, and the settings that both goals share."""

    name = "exec"
    help = softwrap(
        """
        Run a command with the virtualenv of a resolve and the repository's own code, after exporting what is missing
        or stale.

        Write the command after `--`: a console script, a program on PATH, a Python file, or arguments for Python
        itself (`-- -m acme.cli`). For commands that you run often, use the script that `exec-files` writes: it does not
        start Pants, and gives the command your terminal.
        """
    )

    resolve = StrOption(
        default=None,
        help=softwrap(
            """
            The resolve whose virtualenv runs the command; `[python].default_resolve` if not set. Example:
            `--resolve=towncrier`.
            """
        ),
    )
    source_roots = StrListOption(
        default=[],
        help=softwrap(
            """
            The source roots that the command can import from, in search order. If not set: all source roots that hold
            code of this resolve only, other than tests and type stubs. Example: `--exec-source-roots=src,tools`.
            """
        ),
    )
    export = BoolOption(
        default=True, help="Export the resolve first if its export is missing or stale; with `--no-export`, refuse."
    )
    check = BoolOption(
        default=False, help="Change nothing; exit with 1 if the export is missing, stale or damaged, and run nothing."
    )
    cwd = StrOption(
        default=None,
        help="The directory to run the command in. If not set: the caller's directory. Example: `--cwd=src`.",
    )
    extra_env = DictOption[str](
        default={},
        help="Variables for the command, beside those of the caller. Example: `--extra-env=\"{'DEBUG': '1'}\"`.",
    )
    args = ArgsListOption(example="-m acme.cli --help", passthrough=True)


class ExecFilesSubsystem(GoalSubsystem):
    """The options of `exec-files`, and the mode that they select."""

    name = "exec-files"
    help = softwrap(
        """
        Write files that run commands with the virtualenv of a resolve and the repository's own code, without Pants: a
        script, a file to source, a file of variables, and a link to the virtualenv without a version in its path.
        """
    )

    resolve = StrListOption(
        default=[],
        help="The resolves to write files for; `[exec].resolve` if not set. Example: `--resolve=python-default,mypy`.",
    )
    only = StrListOption(
        default=[], help="Only these files: script, env, activate, link, plugins. Example: `--only=script,link`."
    )
    check = BoolOption(default=False, help="Change nothing; exit with 1 if a file is missing or stale, and name it.")
    dry_run = BoolOption(default=False, help="Change nothing; print what would be written.")
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> FilesMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, _ = one_of(
            (("--check", FilesMode.CHECK, self.check), ("--dry-run", FilesMode.DRY_RUN, self.dry_run)),
            otherwise=FilesMode.WRITE,
        )
        return mode
