"""Operands: words of the command line that are no targets, such as the commits of `backport COMMIT… --to=24.03`.

Pants takes a word after a goal for a target if it looks like one and else for a goal, and a flag after such a word for
a global one. What comes after `--` it gives to the option with `passthrough`, as it is. So the words of a goal that
takes operands are put there before Pants reads them; this is the one function of Pants that devflow wraps (ADR 15).

A goal that takes targets may have its flags behind these in the same way: `link src/app:dist --into=../other/.venv`.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Sequence
from functools import wraps
from typing import Any

from pants.option.option_types import StrListOption, collect_options_info
from pants.option.options import Options
from pants.option.scope import GLOBAL_SCOPE


class OperandsOption(StrListOption):
    """The option that gets the operands, each as it is. Of Pants, only `ArgsListOption` sets `passthrough`."""

    def __new__(cls, *, help: str) -> OperandsOption:
        """Declare it, with the help of the option."""
        instance: OperandsOption = super().__new__(cls, default=[], help=help)
        instance._extra_kwargs["passthrough"] = True
        return instance


def arranged(
    arguments: Sequence[str],
    goals: Collection[str],
    global_flags: Collection[str],
    goals_of_targets: Collection[str] = (),
) -> tuple[str, ...]:
    """The same command line with the operands of its goal after `--`; `arguments[0]` is the program.

    `goals` are those that take operands. A flag after an operand is a global one if it is in `global_flags`
    ("--level"), and else the goal's. Of `goals_of_targets`, only the flags are put before the targets.
    """
    at = next((at for at, word in enumerate(arguments) if at and not word.startswith("-")), None)
    if at is not None and arguments[at] in goals_of_targets:
        return _flags_first(arguments, at, global_flags)
    if at is None or arguments[at] not in goals:
        return tuple(arguments)
    rest = list(arguments[at + 1 :])
    end = rest.index("--") if "--" in rest else len(rest)
    words, after = rest[:end], rest[end + 1 :]
    operands = [word for word in words if not word.startswith("-")]
    if not operands:
        return tuple(arguments)
    first = words.index(operands[0])
    flags = [word for word in words[first:] if word.startswith("-")]
    for_all = [flag for flag in flags if not flag.startswith("--") or _name(flag) in global_flags]
    own = [flag for flag in flags if flag not in for_all]
    return (*arguments[:at], *for_all, arguments[at], *words[:first], *own, "--", *operands, *after)


def _flags_first(arguments: Sequence[str], at: int, global_flags: Collection[str]) -> tuple[str, ...]:
    """What has one dash (`-ldebug`, `-src/app:dist`) and what follows `--` stays where it is: Pants knows both."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    words = arguments[at + 1 : end]
    own = [word for word in words if word.startswith("--") and _name(word) not in global_flags]
    return (*arguments[: at + 1], *own, *(word for word in words if word not in own), *arguments[end:])


def _name(flag: str) -> str:
    """`--pantsd`, of `--no-pantsd` and of `--pantsd=true`."""
    name = flag.partition("=")[0]
    return f"--{name[5:]}" if name.startswith("--no-") else name


def take_operands() -> None:
    """Give operands to the goals whose subsystem has `takes_operands = True`; to call it twice is to call it once.

    The flags of those with `flags_after_targets = True` may stand anywhere after the goal.
    """
    original = Options.create
    if hasattr(original, "with_operands"):
        return
    signature = inspect.signature(original)

    @wraps(original)
    def create(cls: type[Options], *args: Any, **kwargs: Any) -> Options:
        bound = signature.bind(*args, **kwargs)
        subsystems = {info.scope: info.subsystem_cls for info in bound.arguments["known_scope_infos"]}
        goals = {scope for scope, subsystem in subsystems.items() if getattr(subsystem, "takes_operands", False)}
        of_targets = {scope for scope, one in subsystems.items() if getattr(one, "flags_after_targets", False)}
        if goals or of_targets:
            flags = _flags(subsystems[GLOBAL_SCOPE]) if GLOBAL_SCOPE in subsystems else frozenset()
            bound.arguments["args"] = arranged(bound.arguments["args"], goals, flags, of_targets)
        return original(**bound.arguments)

    create.with_operands = True  # type: ignore[attr-defined]
    Options.create = classmethod(create)  # type: ignore[method-assign,assignment]


def _flags(subsystem: Any) -> frozenset[str]:
    """The flags of all options of a subsystem: the first field of each record, whose name changed in Pants 2.25."""
    records = collect_options_info(subsystem)
    return frozenset(flag for record in records for flag in next(iter(vars(record).values())))
