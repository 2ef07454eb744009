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
        Find the causes that prevent Pants from working on this machine and in this clone, and print a fix for each. It
        changes nothing, and runs no code of the repository. If Pants does not start, run `python3 -m devflow.doctor` in
        the directory of the plugins: it makes the same checks.
        """
    )

    only = StrListOption(
        default=[],
        help="Only these checks: `--list` prints their names. If not set: all. Example: `--only=locale,store`.",
    )
    skip = StrListOption(default=[], help="All checks except these. Example: `--skip=launchers`.")
    network = BoolOption(default=False, help="Also ask the package indexes, for 5 seconds each.")
    strict = BoolOption(default=False, help="Also exit with 1 for a warning, not only for an error.")
    verbose = BoolOption(
        default=False,
        help="Also show the checks that found nothing, with their facts, and the checks that were not made.",
    )
    list = BoolOption(default=False, help="Print the names of all checks, and check nothing.")
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")
    exports = BoolOption(
        default=False,
        help=softwrap(
            """
            Require exports in each clone: the check `exports` warns of missing and stale exports, also if there are
            none at all. If not set: a note, and only in a clone in which `export-all-resolves` has made an export.
            Example, in pants.toml: `exports = true`.
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
