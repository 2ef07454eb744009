"""Edits the arrays of requirements in the table `[project]` of pyproject.toml by splices. Pure. Source: PEP 621."""

from __future__ import annotations

from collections.abc import Iterator

from devflow.add_requirement.texts.bracketed_list import insert_item, quote_of, quoted, remove_item, replace_item
from devflow.add_requirement.texts.edits import CannotEditRequirementsError, RequirementEdit
from devflow.add_requirement.texts.order import place_of
from devflow.common import toml_edit
from devflow.common.splices import CannotEditError, TextNode, apply, line_of
from devflow.locking.facts import name_of

_DEPENDENCIES = ("project", "dependencies")
_EXTRAS = ("project", "optional-dependencies")
_GROUPS = ("dependency-groups",)  # PEP 735: no Pants up to 2.33 reads them


def with_requirement(text: str, requirement: str, extra: str = "") -> RequirementEdit:
    """The text with a requirement.

    It replaces the requirement of the same project, or is inserted into an array: `dependencies`, or the array of an
    extra, which is created if it is missing. Raises: CannotEditRequirementsError.
    """
    name = name_of(requirement)
    wanted = (*_EXTRAS, extra) if extra else _DEPENDENCIES
    try:
        places = [place for place in _places(text, name) if not extra or place[0] == wanted]
        if len(places) > 1:
            lines = ", ".join(str(line_of(text, array.items[index].start)) for _, array, index in places)
            raise CannotEditRequirementsError(f"lines {lines} are about {name}")
        for _, array, index in places:
            if array.items[index].value == requirement:
                return RequirementEdit(text)
            new = apply(text, replace_item(array, index, _quoted(requirement, text, array)))
            return RequirementEdit(new, line_of(text, array.items[index].start))
        found = toml_edit.node_at(text, wanted)
        if found is None and extra in toml_edit.keys_of(text, _GROUPS):
            raise CannotEditRequirementsError(
                f"{extra} is a group of [dependency-groups], which Pants does not read",
                fix=f"name a list of [project.optional-dependencies], such as --extra={_other_than(extra, text)}",
            )
        if found is None:
            new = toml_edit.set_value(text, wanted, [requirement])
        else:
            names = [name_of(str(item.value)) for item in found.items]
            splices = insert_item(text, found, place_of(names, name), _quoted(requirement, text, found))
            new = apply(text, splices)
        at = next(array.items[index].start for _, array, index in _places(new, name))
    except CannotEditError as error:
        raise CannotEditRequirementsError(str(error)) from None
    return RequirementEdit(new, line_of(new, at))


def _other_than(group: str, text: str) -> str:
    """The name of an existing extra, or a name for a new one."""
    return next(iter(toml_edit.keys_of(text, _EXTRAS)), f"{group}-requirements")


def without_requirement(text: str, name: str) -> RequirementEdit:
    """The text without the requirement of a project. Raises: CannotEditRequirementsError if there are several."""
    try:
        places = list(_places(text, name))
        if len(places) > 1:
            raise CannotEditRequirementsError(f"{len(places)} requirements are about {name}")
        for _, array, index in places:
            return RequirementEdit(
                apply(text, remove_item(text, array, index)), line_of(text, array.items[index].start)
            )
    except CannotEditError as error:
        raise CannotEditRequirementsError(str(error)) from None
    return RequirementEdit(text)


def _places(text: str, name: str) -> Iterator[tuple[tuple[str, ...], TextNode, int]]:
    """Where the project is required: the path of the array, the array, and the index in it."""
    toml_edit.node_at(text, (*_EXTRAS, "-"))  # refuses an inline table
    for path in (_DEPENDENCIES, *((*_EXTRAS, extra) for extra in toml_edit.keys_of(text, _EXTRAS))):
        array = toml_edit.node_at(text, path)
        for index, item in enumerate(array.items if array else ()):
            if isinstance(item.value, str) and name_of(item.value) == name:
                yield path, array, index  # type: ignore[misc]


def _quoted(value: str, text: str, array: TextNode) -> str:
    try:
        return quoted(value, quote_of(text, array))
    except ValueError as error:
        raise CannotEditRequirementsError(str(error)) from None
