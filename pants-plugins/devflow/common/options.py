"""What the options of all goals have in common, and the command line that they make. Standard library only."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from devflow.common.errors import UserError
from devflow.common.paths import shell_quote

M = TypeVar("M")

# Pants has the scopes `version` and `source`, and so reads `--version-file` as the option `file` of the first. Source:
# `ArgSplitter` of Pants 2.17.
_OF_ANOTHER_GOAL = ("source_", "version_")


class ReportFormat(Enum):
    """How a report is written: the values of `--format`."""

    TEXT = "text"
    JSON = "json"


def split_commas(values: Iterable[str]) -> tuple[str, ...]:
    """`--only=a,b --only=c` as `("a", "b", "c")`: Pants does not split the values of a list option."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def one_of(modes: Iterable[tuple[str, M, bool]], otherwise: M) -> tuple[M, str]:
    """The mode whose option is set, and that option; `otherwise` and "" if none is.

    `modes` has the option ("--check"), its mode, and whether it is set. Raises: UserError for two that are set.
    """
    chosen = [(option, mode) for option, mode, is_set in modes if is_set]
    if len(chosen) > 1:
        names = " and ".join(option for option, _ in chosen)
        raise UserError(f"{names} cannot be used together.", fix="leave all but one out")
    [(option, mode)] = chosen or [("", otherwise)]
    return mode, option


def together(option: str, other: str) -> UserError:
    """The error for two options that contradict each other."""
    return UserError(f"{option} and {other} cannot be used together.", fix="leave one of them out")


def flagged(
    options: Any,
    typed: Collection[str] = (),
    *,
    without: Collection[str] = (),
    only: Collection[str] = (),
    scope: str = "",
) -> list[str]:
    """The arguments that repeat what the command line gave for a subsystem, in the order of its declaration.

    A run of the same command finds pants.toml and the environment again, so that what they say is not repeated.
    `typed` are the arguments of this run: whether a list adds to what pants.toml has or replaces it is only there.
    `without` has the options that do not belong to the command, such as `dry_run`; `only`, those that do, if not all
    others do. With its `scope`, a subsystem's arguments can be given to another goal: `--release-version-file=…`.
    """
    # A base class first, as Pants registers them.
    declared_names = (name for cls in reversed(type(options).__mro__) for name in vars(cls))
    declared = {name.strip("_"): place for place, name in enumerate(declared_names)}
    values = options.options
    names = sorted(values, key=lambda name: declared.get(name, len(declared)))
    repeated = [name for name in names if name not in without and (not only or name in only)]
    given = {name: values[name] for name in repeated if values.is_flagged(name)}
    whole = [name for name in given if _is_literal(name, f"{options.options_scope}-", typed)]
    return [
        argument
        for name, value in given.items()
        for argument in arguments_of({name: value}, scope=scope or _needed_scope(options, name), whole=whole)
    ]


def _needed_scope(options: Any, name: str) -> str:
    """The goal's name, for an option that needs it because another goal has one of that name; else ""."""
    return str(options.options_scope) if name.startswith(_OF_ANOTHER_GOAL) else ""


def flag_of(options: Any, name: str) -> str:
    """How the command line of a goal takes an option: `--dry-run`, `--release-version-file`.

    `options` is the subsystem of the goal, or its class; `name` is as in the settings.
    """
    scope = _needed_scope(options, name)
    return f"--{f'{scope}-' if scope else ''}{name.replace('_', '-')}"


def _is_literal(name: str, prefix: str, typed: Iterable[str]) -> bool:
    """Whether an option was given as `--skip=["a"]`, `--release-skip=-["a"]` or the like."""
    flag = re.compile(rf"--(?:{re.escape(prefix)})?{name.replace('_', '-')}=[-+]?[\[(]")
    return any(map(flag.match, typed))


def arguments_of(values: Mapping[str, object], *, scope: str = "", whole: Collection[str] = ()) -> list[str]:
    """Options and their values as arguments. Raises: TypeError for a value of an unknown type.

    Lists are written as `a,b`, which adds to what pants.toml has. Those in `whole`, and empty ones, are written as
    `["a", "b"]`, which replaces that, as a table does.
    """
    prefix = f"--{scope}-" if scope else "--"
    return [_argument(prefix, name.replace("_", "-"), value, name in whole) for name, value in values.items()]


def _argument(prefix: str, name: str, value: object, whole: bool) -> str:
    if isinstance(value, bool):
        # Pants has the negation before the scope: --no-release-tag.
        return f"{prefix}{name}" if value else f"--no-{prefix[2:]}{name}"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (list, tuple)):
        value = list(dict.fromkeys(split_commas(value)))
        value = value if whole or not value else ",".join(value)
    if isinstance(value, (list, Mapping)):
        value = json.dumps(value, ensure_ascii=False, default=dict)
    if not isinstance(value, (str, int, float)):
        raise TypeError(f"{prefix}{name} has the value {value!r}")
    return f"{prefix}{name}={value}"


def command_line(*words: str) -> str:
    """A command that can be pasted into a shell."""
    return " ".join(map(shell_quote, words))
