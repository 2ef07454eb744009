"""The options of `ide-config`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of, together
from devflow.ide_config.plan import SettingsMode


class IdeConfigSubsystem(GoalSubsystem):
    """The options, and the mode that they select."""

    name = "ide-config"
    help = softwrap(
        """
        Write or update the settings of the editors that this repository uses: interpreter, source roots, type stubs,
        linters and formatters, from the exports and the source roots that Pants knows.

        Your own settings and comments in these files are kept.
        """
    )

    editors = StrListOption(
        default=[],
        help=softwrap(
            """
            Only these editors: vscode, pyright, coc, vim-ale, neovim, helix, zed, emacs, ty, pycharm. If not set:
            those whose files exist; if there are none, vscode. Example: `--editors=vscode,neovim`.
            """
        ),
    )
    print_ = StrOption(
        "--print",
        default=None,
        help="Write nothing; print the settings of this editor. Example: `--print=helix`.",
    )
    check = BoolOption(
        default=False,
        help="Change nothing; exit with 1 if a setting or an export is missing or stale, and name it.",
    )
    dry_run = BoolOption(default=False, help="Change nothing; print what would change as a diff.")
    main_resolve = StrOption(
        default=None,
        help=softwrap(
            """
            The resolve whose third-party packages editors see; `[python].default_resolve` if not set. Example:
            `--main-resolve=python-default`.
            """
        ),
    )
    export = BoolOption(
        default=False,
        help="First export the resolves that the settings refer to, where they are missing or stale.",
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> SettingsMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, option = one_of(
            (
                ("--print", SettingsMode.PRINT, self.print_ is not None),
                ("--check", SettingsMode.CHECK, self.check),
                ("--dry-run", SettingsMode.DRY_RUN, self.dry_run),
            ),
            otherwise=SettingsMode.WRITE,
        )
        if self.export and mode is not SettingsMode.WRITE:
            raise together(option, "--export")
        if self.editors and mode is SettingsMode.PRINT:
            raise together(option, "--editors")
        return mode
