"""The options of `merge-lockfiles`."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat, one_of
from devflow.merge_lockfiles.plan import BaseChoice, MergeMode


class MergeLockfilesSubsystem(GoalSubsystem):
    """The options, and the mode that they select."""

    name = "merge-lockfiles"
    help = softwrap(
        """
        Merge the lockfiles that git has left in conflict: keep the pins of both sides, lock the requirements of the
        merged files, and stage the result. Use it during a merge, rebase, cherry-pick or stash pop. It never commits.
        """
    )

    resolve = StrListOption(
        default=[],
        help=softwrap(
            """
            Only the lockfiles of these resolves, also those that git has merged without a conflict. If not set: those
            in conflict. Example: `--resolve=python-default,mypy`.
            """
        ),
    )
    base = EnumOption(
        default=BaseChoice.AUTO,
        help=softwrap(
            """
            The side whose version is taken for a project that both sides have moved, in git's words: `ours` or
            `theirs`. `auto` is the side that is published already: the branch that is rebased onto, or the default
            branch. Example: `--base=theirs`.
            """
        ),
    )
    add = BoolOption(default=True, help="Stage the merged lockfiles with `git add`. Example: `--no-add`.")
    lock_command = StrOption(
        default=None,
        help=softwrap(
            """
            The command that makes a lockfile of this repository, if `[python].resolves_generate_lockfiles` is false.
            It runs in the build root, without a shell, and finds the merged pins in the lockfile. Placeholders:
            `{lockfile}` (its path), `{stem}` (the path without its suffix), `{resolve}`. Example:
            `--lock-command="3rdparty/python/lock.sh {stem}.in"`.
            """
        ),
    )
    dry_run = BoolOption(default=False, help="Change nothing; lock, and print what would be written, and why.")
    check = BoolOption(
        default=False,
        help=softwrap(
            """
            Change nothing; exit with 1 if a lockfile is in conflict or does not match its requirements, as after a
            merge of its lines, and say why. Nothing is locked.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> MergeMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, _ = one_of(
            (("--dry-run", MergeMode.DRY_RUN, self.dry_run), ("--check", MergeMode.CHECK, self.check)),
            otherwise=MergeMode.MERGE,
        )
        return mode
