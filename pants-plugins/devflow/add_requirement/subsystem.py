"""The options of `add-requirement`."""

from __future__ import annotations

from typing import ClassVar

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, StrListOption, StrOption
from pants.util.strutil import softwrap

from devflow.add_requirement.plan import AddMode, Bounds, PinPolicy
from devflow.common.options import ReportFormat, one_of
from devflow.engine.operands import OperandsOption


class AddRequirementSubsystem(GoalSubsystem):
    """The options, and the mode that they select."""

    takes_operands: ClassVar[bool] = True

    name = "add-requirement"
    help = softwrap(
        """
        Add requirements of Python, or change or remove them: the line goes to its place in the right file, the
        lockfiles of its resolves are locked again with every other pin kept, Pants is told the import names where it
        would infer others, and the exports follow. All of it, or nothing.

        The requirements stand after the goal: `add-requirement 'aiohttp>=3.9' types-PyYAML`.
        """
    )

    requirements = OperandsOption(
        help="The requirements, for a configuration file: on the command line they need no option. Example: `aiohttp`."
    )
    to = StrOption(
        default=None,
        help=softwrap(
            """
            The target that gets them, by its address or by its file. If not set: the target of the resolve; if there
            are several, the one that has the project, or that holds requirements of its kind (type stubs). Example:
            `--to=3rdparty:reqs`.
            """
        ),
    )
    resolve = StrOption(
        default=None,
        help=softwrap(
            """
            The resolve whose targets are looked at; `[python].default_resolve` if not set. Example: `--resolve=mypy`.
            """
        ),
    )
    remove = StrListOption(
        default=[],
        help=softwrap(
            """
            Remove the requirements of these projects, with their comments and mappings. Refused while a target depends
            on one of them. Example: `--remove=attrs,redis`.
            """
        ),
    )
    force = BoolOption(
        default=False, help="With `--remove`: remove a requirement even if a target still depends on it."
    )
    upgrade = StrListOption(
        default=[],
        help=softwrap(
            """
            Lock the newest version of these projects that their bounds allow; the requirements stay. Example:
            `--upgrade=attrs`.
            """
        ),
    )
    bounds = EnumOption(
        default=Bounds.AUTO,
        help=softwrap(
            """
            The bound for a requirement without one, made from the locked version: `compatible` (`~=3.9.1`), `lower`
            (`>=3.9.1`), `exact` (`==3.9.1`), `none`; `auto` is what most requirements of the file have. Example:
            `--bounds=none`.
            """
        ),
    )
    extra = StrOption(
        default=None,
        help="Add to this list of `[project.optional-dependencies]` in pyproject.toml. Example: `--extra=web`.",
    )
    modules = StrListOption(
        default=[],
        help=softwrap(
            """
            The import names of a project, instead of those that its distribution has. Example:
            `--modules=pycryptodome=Crypto`.
            """
        ),
    )
    import_names = BoolOption(
        default=True,
        help=softwrap(
            """
            Install each new distribution in a sandbox, without its dependencies, to see its import names; with
            `--no-import-names`, do not.
            """
        ),
    )
    pins = EnumOption(
        default=PinPolicy.KEEP,
        help="`keep` the versions of all other projects, or let all of them move (`free`). Example: `--pins=free`.",
    )
    lock_command = StrOption(
        default=None,
        help=softwrap(
            """
            The command that makes a lockfile of this repository, if `[python].resolves_generate_lockfiles` is false.
            It runs in the build root, without a shell, and finds the new requirements in their files and the old pins
            in the lockfile. Placeholders: `{lockfile}` (its path), `{stem}` (the path without its suffix), `{resolve}`.
            Example: `--lock-command="3rdparty/python/lock.sh {stem}.in"`.
            """
        ),
    )
    export = BoolOption(default=True, help="Export the resolves that changed; with `--no-export`, do not.")
    dry_run = BoolOption(default=False, help="Change nothing; lock, and print what would be written.")
    check = BoolOption(
        default=False,
        help=softwrap(
            """
            Change nothing; exit with 1 if a lockfile does not match its requirements, or a mapping names a project
            that is no requirement. Nothing is locked.
            """
        ),
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")

    @property
    def mode(self) -> AddMode:
        """What the run is for. Raises: UserError for options that contradict each other."""
        mode, _ = one_of(
            (("--dry-run", AddMode.DRY_RUN, self.dry_run), ("--check", AddMode.CHECK, self.check)),
            otherwise=AddMode.WRITE,
        )
        return mode
