"""What a backend that was loaded before has already: the scope of options, the alias of a target.

Pants takes a scope from one backend only, and refuses to start with two. Of two targets with one alias, it takes that
of the later backend, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pants.engine.target import Target
from pants.option.subsystem import Subsystem

T = TypeVar("T")


def is_scope_taken(subsystem: type[Subsystem]) -> bool:
    """Whether another subsystem has the scope of this one."""
    scope = subsystem.options_scope
    return any(getattr(other, "options_scope", None) == scope for other in _below(Subsystem) if other is not subsystem)


def is_alias_taken(target: type[Target]) -> bool:
    """Whether another target type has the alias of this one."""
    alias = target.alias
    return any(getattr(other, "alias", None) == alias for other in _below(Target) if other is not target)


def _below(parent: type[T]) -> Iterator[type[T]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)
