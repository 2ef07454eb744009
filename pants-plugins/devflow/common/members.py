"""The members of a union: classes of backends, which third parties may have written, with errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from devflow.common.errors import Problem, UserError, as_problem

M = TypeVar("M", bound=type[Any])

_OWN = "devflow."


def title(member: type[Any]) -> str:
    """The class and the module of a member, by which the user finds it: "NovaEditor (nova.register)"."""
    return f"{member.__qualname__} ({member.__module__})"


def failure_of(member: type[Any], error: BaseException, *, doing: str, fix: str) -> Problem:
    """The problem that a member raised while `doing` ("reading b/x.ini").

    For a third-party member, the fix names the backend, and how to run without it.
    """
    if member.__module__.startswith(_OWN):
        return as_problem(error, doing=doing, fix=fix)
    backend = member.__module__.rpartition(".")[0] or member.__module__
    return as_problem(
        error,
        doing=f"{title(member)}: {doing}",
        fix=f"correct its code, or take the backend {backend} out of [GLOBAL].backend_packages; to see more: {fix}",
    )


def by_name(members: Iterable[M], attribute: str = "name") -> dict[str, M]:
    """The members by their names. Raises: UserError for a member without a name, or two with one name."""
    found: dict[str, M] = {}
    for member in members:
        name = getattr(member, attribute, None)
        if not isinstance(name, str) or not name:
            raise UserError(
                f"{title(member)} has no `{attribute}`.", fix=f'give the class one: {attribute} = "example"'
            )
        if name in found:
            raise UserError(
                f"{title(found[name])} and {title(member)} both have the {attribute} '{name}'.",
                fix="rename one of them",
            )
        found[name] = member
    return found
