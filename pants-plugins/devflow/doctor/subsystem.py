"""The options of `doctor`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat


class DoctorSubsystem(GoalSubsystem):
    """The options of `doctor`; `choose_checks` checks the names."""

    name = "doctor"
    help = softwrap(
        """
        Look for what keeps Pants from working on this machine and in this clone, and print a fix for each finding. It
        changes nothing, and runs no code of the repository.

        When Pants does not start, run `python3 -m devflow.doctor` where the plugins are: it makes the same checks.
        """
    )

    only = StrListOption(
        default=[],
        help="Only these checks: `--list` prints their names. If not set: all. Example: `--only=locale,store`.",
    )
    skip = StrListOption(default=[], help="All checks but these. Example: `--skip=launchers`.")
    network = BoolOption(default=False, help="Also ask the package indexes, for 5 seconds each.")
    strict = BoolOption(default=False, help="Exit with 1 for a warning, too, not only for an error.")
    verbose = BoolOption(
        default=False, help="Also show the checks that found nothing, with what they saw, and those that were not made."
    )
    list = BoolOption(default=False, help="Print the names of all checks, and check nothing.")
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")
    exports = BoolOption(
        default=False,
        help=softwrap(
            """
            Each clone should have its exports: the check `exports` warns of those that are missing or stale, and if
            there are none. If not set: a note, where `export-all-resolves` has made one. Example, in pants.toml:
            `exports = true`.
            """
        ),
    )
    git_hooks = StrListOption(
        default=[],
        help=softwrap(
            """
            The git hooks that every clone should have, for the check `git-hooks`. If not set: none. Example, in
            pants.toml: `git_hooks = ["pre-commit"]`.
            """
        ),
    )
    git_hooks_fix = StrOption(
        default=None,
        help=softwrap(
            """
            The command that installs these hooks. If not set: the check prints a link to the file of that name in
            `scripts`. Example: `"scripts/install-hooks.sh"`.
            """
        ),
    )
    container_labels = StrListOption(
        default=[],
        help=softwrap(
            """
            The labels of containers that tests start, for the check `containers`. If not set:
            `org.testcontainers=true`. Those of `[reset-cache].container_labels` count, too. Example:
            `--container-labels=com.example.test=yes`.
            """
        ),
    )
