"""The options of `backport`."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, IntOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat
from devflow.engine.operands import OperandsOption


class Conflicts(Enum):
    """How to treat a series in which a commit conflicts: the values of `--conflicts`."""

    REFUSE = "refuse"
    COMMIT = "commit"


class BackportSubsystem(GoalSubsystem):
    """Options only."""

    takes_operands: ClassVar[bool] = True

    name = "backport"
    help = softwrap(
        """
        Backport commits of main to release series: make a new branch for each series, at its tip, with the commits,
        their authors and their messages. The work tree and the branch that is checked out do not change. Name the
        commits after the goal: `backport 3f2a1b0 --to=24.03,23.09`. An id, a ref, `'#2839'` (the commit of this branch
        whose subject ends with it) or a range `OLD..NEW`.

        Without `--execute`, it merges each commit into each series, lists which are clean, already there or in
        conflict, and changes nothing.
        """
    )

    commits = OperandsOption(
        help="The commits, for a configuration file: on the command line they need no option. Example: `main`."
    )
    to = StrListOption(default=[], help="The series, which are names of branches. Example: `--to=24.03,23.09`.")
    execute = BoolOption(default=False, help="Carry out the plan; without this option, print it and change nothing.")
    branch = StrOption(
        default="backport/{number}-to-{series}",
        help=softwrap(
            """
            The branch to make for a series. Placeholders: `{number}` (the first `(#N)` of the first commit's
            subject, or eight digits of its id) and `{series}`. Example: `--branch='backports/{series}/{number}'`.
            """
        ),
    )
    in_place = BoolOption(
        default=False,
        help="Make no branch, and move the branch of the series itself. Refused if that branch is checked out.",
    )
    push = BoolOption(default=False, help="Then push the new branches in one atomic push, never by force.")
    remote = StrOption(default="origin", help="The remote to push to. Example: `--remote=upstream`.")
    mainline = IntOption(
        default=None,
        help=softwrap(
            """
            For merges: the parent to compare the commit with, as in `git cherry-pick`. If not set: merges are refused.
            Example: `--mainline=1`.
            """
        ),
    )
    allow_empty = BoolOption(default=False, help="Also make the commits that change nothing on the series.")
    conflicts = EnumOption(
        default=Conflicts.REFUSE,
        help=softwrap(
            """
            How to treat a series in which a commit conflicts: `refuse` makes no branch, `commit` makes the commits with
            conflict markers, for a review. The exit code is 1 in both cases. Example: `--conflicts=commit`.
            """
        ),
    )
    skip_fragments = BoolOption(default=False, help="Leave the news fragments of the commits out.")
    fragments = StrListOption(
        default=[],
        help="Globs of news fragments, from the top of the repository. If not set: `changes/*`. Example: `news/*`.",
    )
    missing = StrOption(
        default=None,
        help=softwrap(
            """
            Only list the fixes of this branch that a series lacks: the commits since the series branched off whose
            first `(#N)` is in no subject of the series. Example: `--missing=24.03`.
            """
        ),
    )
    missing_subjects = StrOption(
        default=r"fix(\(.*\))?!?:",
        help="For `--missing`: a regular expression for the beginning of the subjects. Example: `(fix|perf):`.",
    )
    trailer = StrOption(
        default="",
        help=softwrap(
            """
            A line to add to the trailers of the message: `x` as `git cherry-pick -x` does, or a text with `{number}`,
            `{commit}` and `{series}`. If not set: none. Example: `Backport-of: {number}`.
            """
        ),
    )
    migrations = StrListOption(
        default=[],
        help=softwrap(
            """
            Globs of migration scripts, which the plan lists because a series may not accept them. If not set:
            `*/alembic/versions/*.py`. Example: `db/versions/*.py`.
            """
        ),
    )
    to_repository = StrOption(
        default=None,
        help="Another repository, whose series get the commits. It may be bare. Example: `--to-repository=../client`.",
    )
    path_map = StrListOption(
        default=[],
        help=softwrap(
            """
            For `--to-repository`: directories or files of this repository, and their paths in the other one. All other
            files are left out. If not set: each file has the same path there. Example:
            `--path-map=src/app/common=src/common,docs`.
            """
        ),
    )
    repository_name = StrOption(
        default=None,
        help=softwrap(
            """
            For `--to-repository`: the name of this repository, by which `#12` in messages becomes
            `owner/name#12`. Example: `--repository-name=lablup/backend.ai`.
            """
        ),
    )
    with_fragments = BoolOption(
        default=False,
        help=softwrap(
            """
            For `--to-repository`: also copy news fragments, each with a reference to this repository. If not set: they
            are left out, because their numbers belong to this repository.
            """
        ),
    )
    sign = BoolOption(
        default=False,
        help="Sign the commits; with `--no-sign`, do not. If neither is set, git's configuration decides "
        "(`commit.gpgSign`).",
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def signing(self) -> bool | None:
        """Whether to sign; None if the option is not set, which means as git is configured."""
        return None if self.options.is_default("sign") else self.sign
