"""The options of `plugin-checkouts`, and the mode that they select."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of
from devflow.plugin_checkouts.plan import CheckoutMode


class PluginCheckoutsSubsystem(GoalSubsystem):
    """Options, and the mode that they select."""

    name = "plugin-checkouts"
    help = softwrap(
        """
        Manage the checkouts of plugins that are developed beside the repository: clone, update and show the entries of
        a committed list. Without an option, show the state of all.

        Their source roots and entry points reach `exec`, `exec-files` and `ide-config`.
        """
    )

    clone = BoolOption(default=False, help="Clone the entries of the list that the directory lacks.")
    add = StrOption(
        default=None,
        help="Clone a repository and write it to the list: OWNER/REPO or a URL. Example: `--add=acme/notifier-mail`.",
    )
    ref = StrOption(default=None, help="For `--add`: a branch, a tag or a commit. Example: `--ref=v1.2`.")
    directory_name = StrOption(
        "--name", default=None, help="For `--add`: the name of its directory. If not set: that of the repository."
    )
    update = BoolOption(
        default=False,
        help="Fetch and fast-forward; a checkout that has uncommitted changes or has diverged is not changed.",
    )
    freeze = BoolOption(default=False, help="Write the checked-out commits into the list.")
    check = BoolOption(
        default=False, help="Change nothing; exit with 1 if a checkout is missing, changed, or lacks a requirement."
    )
    dry_run = BoolOption(default=False, help="Change nothing; print what would be cloned or updated.")
    only = StrListOption(default=[], help="Only these checkouts. Example: `--only=notifier-mail,notifier-sms`.")
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")
    list = StrOption(
        default="plugins.toml",
        advanced=True,
        help="The list of checkouts, a committed file. Example: `etc/plugins.toml`.",
    )
    directory = StrOption(
        default="plugins",
        advanced=True,
        help="The directory of the checkouts, ignored by git. Example: `extensions`.",
    )
    url_template = StrOption(
        default="https://github.com/{repository}",
        advanced=True,
        help="The URL of OWNER/REPO in `--add`. Example: `git@git.acme.example:{repository}.git`.",
    )
    entry_point_groups = StrListOption(
        default=[],
        advanced=True,
        help=softwrap(
            """
            The groups of entry points that this repository loads, as globs. The goal warns of a checkout that has entry
            points in other groups, or none in these. If not set: groups are not checked. Example: `kiln.*`.
            """
        ),
    )

    @property
    def mode(self) -> CheckoutMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, _ = one_of(
            (
                ("--clone", CheckoutMode.CLONE, self.clone),
                ("--add", CheckoutMode.ADD, self.add is not None),
                ("--update", CheckoutMode.UPDATE, self.update),
                ("--freeze", CheckoutMode.FREEZE, self.freeze),
                ("--check", CheckoutMode.CHECK, self.check),
            ),
            otherwise=CheckoutMode.STATUS,
        )
        return mode
