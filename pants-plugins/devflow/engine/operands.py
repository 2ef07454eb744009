"""Operands: words of the command line that are no targets, such as the commits of `backport COMMIT… --to=24.03`.

Pants takes a word after a goal for a target if it looks like one and else for a goal, and a flag after such a word for
a global one. What comes after `--` it gives to the option with `passthrough`, as it is. So the words of a goal that
takes operands are put there before Pants reads them; this is the one function of Pants that devflow wraps (ADR 15).
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

from pants.option.option_types import StrListOption, collect_options_info
from pants.option.options import Options
from pants.option.scope import ScopeInfo


class OperandsOption(StrListOption):
    """The option that gets the operands. Pants takes each as it is; only its own `ArgsListOption` sets `passthrough`."""

    def __new__(cls, *, help: str) -> OperandsOption:
        """Declare it, with the help of the option."""
        instance: OperandsOption = super().__new__(cls, default=[], help=help)
        instance._extra_kwargs["passthrough"] = True
        return instance


def arranged(arguments: Sequence[str], goals: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The same command line with the operands of its goal after `--`; `arguments[0]` is the program.

    `goals` has the goals that take operands, each with the names of its options ("to"). A flag after an operand is the
    goal's if the goal has an option of this name, and else a global one, as Pants takes it.
    """
    at = next((at for at, word in enumerate(arguments) if at and not word.startswith("-")), None)
    if at is None or arguments[at] not in goals:
        return tuple(arguments)
    goal, rest = arguments[at], list(arguments[at + 1 :])
    end = rest.index("--") if "--" in rest else len(rest)
    words, after = rest[:end], rest[end + 1 :]
    operands = [word for word in words if not word.startswith("-")]
    if not operands:
        return tuple(arguments)
    first = words.index(operands[0])
    flags = [_scoped(word, goal, goals[goal]) for word in words[first:] if word.startswith("-")]
    return (*arguments[:at], *flags, goal, *words[:first], "--", *operands, *after)


def _scoped(flag: str, goal: str, names: Collection[str]) -> str:
    """`--backport-to=24.03` for `--to=24.03`, if that is an option of the goal."""
    for prefix in ("--", "--no-"):
        if flag.startswith(prefix) and flag[len(prefix) :].partition("=")[0] in names:
            return f"{prefix}{goal}-{flag[len(prefix):]}"
    return flag


def take_operands() -> None:
    """Give operands to the goals whose subsystem has `takes_operands = True`; to call it twice is to call it once."""
    original = Options.create
    if hasattr(original, "with_operands"):
        return
    signature = inspect.signature(original)

    @wraps(original)
    def create(cls: type[Options], *args: Any, **kwargs: Any) -> Options:
        bound = signature.bind(*args, **kwargs)
        goals = _goals_with_operands(bound.arguments["known_scope_infos"])
        bound.arguments["args"] = arranged(bound.arguments["args"], goals)
        return original(*bound.args, **bound.kwargs)

    create.with_operands = True  # type: ignore[attr-defined]
    Options.create = classmethod(create)  # type: ignore[method-assign,assignment]


def _goals_with_operands(infos: Iterable[ScopeInfo]) -> dict[str, frozenset[str]]:
    found = {}
    for info in infos:
        subsystem = info.subsystem_cls
        if subsystem is not None and getattr(subsystem, "takes_operands", False):
            # The fields of these records have other names since 2.25; the first has the flags.
            records = map(dataclasses.astuple, collect_options_info(subsystem))
            found[info.scope] = frozenset(flag[2:] for flags, *_ in records for flag in flags)
    return found
