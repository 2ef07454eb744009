"""The options of `link`, and the mode that they select."""

from __future__ import annotations

from typing import ClassVar

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of
from devflow.link.mounts import PrintForm
from devflow.link.plan import LinkMode


class LinkSubsystem(GoalSubsystem):
    """Options, and the mode that they select."""

    flags_after_targets: ClassVar[bool] = True

    name = "link"
    help = softwrap(
        """
        Link distributions of this repository, and the distributions that they need, into another virtualenv: it then
        imports their sources from this repository, and nothing else of the repository.

        Name `python_distribution` targets: `link src/acme/cli:dist --into=../other/.venv`. No link is inside of
        `site-packages`, so that no installer can change or remove a file of the repository.
        """
    )

    into = StrOption(
        default=None,
        help=softwrap(
            """
            The virtualenv, relative to the caller's directory. This goal never creates one. Example:
            `--into=../other/.venv`.
            """
        ),
    )
    unlink = BoolOption(default=False, help="Remove everything that this goal has installed from the virtualenv.")
    check = BoolOption(default=False, help="Change nothing; exit with 1 if anything is to be linked or unlinked.")
    dry_run = BoolOption(default=False, help="Change nothing; print what would be linked.")
    locked = BoolOption(
        default=False, help="Install third-party requirements in the versions of the lockfile of their resolve."
    )
    requirements = BoolOption(
        default=True,
        help="Install third-party requirements that are missing; with `--no-requirements`, only list them.",
    )
    copy = BoolOption(
        default=False,
        help="Copy the files instead of linking them, for a virtualenv that is moved. A change needs a new run.",
    )
    force = BoolOption(default=False, help="Replace links into another repository.")
    print = EnumOption(
        enum_type=PrintForm,
        default=None,
        help=softwrap(
            """
            Link nothing, and print the same sources for a container that has the distributions installed: as arguments
            of `docker run`, as a part of a compose file or of `devcontainer.json`, as variables, or as paths. Example:
            `--print=docker`.
            """
        ),
    )
    mount_at = StrOption(
        default="/mono",
        help="For `--print`: the directory of the container that is the build root there. Example: `--mount-at=/src`.",
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> LinkMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, _ = one_of(
            (
                ("--unlink", LinkMode.UNLINK, self.unlink),
                ("--check", LinkMode.CHECK, self.check),
                ("--dry-run", LinkMode.DRY_RUN, self.dry_run),
            ),
            otherwise=LinkMode.LINK,
        )
        return mode
