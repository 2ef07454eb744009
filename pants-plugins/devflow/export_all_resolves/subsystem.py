"""The options of `export-all-resolves`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of, together
from devflow.export_all_resolves.plan import ExportMode


class ExportAllResolvesSubsystem(GoalSubsystem):
    """The options, and the mode that they select."""

    name = "export-all-resolves"
    help = softwrap(
        """
        Export the virtualenv of each resolve that is missing, stale or damaged, and leave the rest.

        The same trees in the same places as `export --resolve=…` for each resolve
        (`dist/export/python/virtualenvs`), but built in parallel, only where something changed, and swapped in when
        they are complete.
        """
    )

    include = StrListOption(
        default=[],
        help=softwrap(
            """
            Only the resolves with these names; globs are allowed. The name of a tool that has no resolve exports the
            lockfile that Pants brings for it; `bin:` before a name exports a tool that is a single program, as stock
            `export --bin` does in newer Pants. Example: `--include=python-*,mypy,bin:ruff`.
            """
        ),
    )
    exclude = StrListOption(
        default=[],
        help="All resolves but those with these names; globs are allowed. Example: `--exclude=docs,bin:*`.",
    )
    list_ = BoolOption(
        "--list", default=False, help="Print the names of the resolves, one per line, and do nothing else."
    )
    check = BoolOption(
        default=False,
        help="Change nothing; exit with 1 if an export is missing, stale or damaged, and say why.",
    )
    dry_run = BoolOption(default=False, help="Change nothing; print what would be exported, and why.")
    force = BoolOption(default=False, help="Export resolves that are up to date, too.")
    assemble = BoolOption(
        default=True,
        help=softwrap(
            """
            Assemble a virtualenv from distributions that earlier exports have installed, and install only what they
            lack. The result is the same; without it, pex resolves and installs the whole lockfile again. Example:
            `--no-assemble`.
            """
        ),
    )
    prune = BoolOption(
        default=False,
        help=softwrap(
            """
            Also remove the exports of resolves that no longer exist, and of interpreter versions that a resolve no
            longer uses.
            """
        ),
    )
    venv_link = StrOption(
        default=None,
        help=softwrap(
            """
            Make `.venv` at the build root a link to the virtualenv of this resolve; editors and `uv run` look for one
            there. A `.venv` that is not a link of this goal is never replaced. Example: `--venv-link=python-default`.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> ExportMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, option = one_of(
            (
                ("--list", ExportMode.LIST, self.list_),
                ("--check", ExportMode.CHECK, self.check),
                ("--dry-run", ExportMode.DRY_RUN, self.dry_run),
            ),
            otherwise=ExportMode.EXPORT,
        )
        for other, is_set, modes in (
            ("--force", self.force, (ExportMode.CHECK, ExportMode.LIST)),
            ("--prune", self.prune, (ExportMode.LIST,)),
        ):
            if is_set and mode in modes:
                raise together(option, other)
        return mode
