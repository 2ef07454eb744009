"""The import names that Pants must be told for added projects, and the BUILD files with these mappings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.imports.modules import ModuleNames, NeededMapping, needed_mapping, note_of
from devflow.add_requirement.outcome import MappingChange
from devflow.add_requirement.plan import MAPPINGS, RequirementChange
from devflow.add_requirement.texts.build_file import BuildText, Call
from devflow.add_requirement.texts.edits import CannotEditRequirementsError
from devflow.common.errors import Problem
from devflow.common.paths import shown
from devflow.locking.facts import canonical_name, name_of

_OF_ONE_TARGET = {"module_mapping": "modules", "type_stubs_module_mapping": "type_stub_modules"}
Inferred = Callable[[str], "tuple[tuple[str, ...], bool]"]


def with_mappings(
    texts: dict[str, str], added: Sequence[tuple[RequirementChange, ModuleNames]], inferred: Inferred
) -> tuple[tuple[MappingChange, ...], tuple[str, ...], tuple[Problem, ...]]:
    """Put the mapping of each added requirement into its BUILD file, where Pants would infer other modules.

    `texts` has those files, and is changed in place. Returns the mappings, notes, and what could not be edited.
    """
    changes: list[MappingChange] = []
    notes: list[str] = []
    problems: list[Problem] = []
    for change, real in added:
        note = note_of(change.name, real)
        notes += [note] if note else []
        names, is_stub = inferred(change.text)
        needed = needed_mapping(real, ModuleNames((), names) if is_stub else ModuleNames(names))
        if needed is None:
            continue
        try:
            path = _put(texts, change, needed)
        except CannotEditRequirementsError as error:
            problems.append(_to_paste(change, needed, error))
            continue
        if path:
            address = change.holder.address
            changes.append(MappingChange(path, address, needed.field, _name(change), needed.names, names))
    return tuple(changes), tuple(notes), tuple(problems)


def _put(texts: dict[str, str], change: RequirementChange, needed: NeededMapping) -> str:
    """Edit the text. Returns the path of the BUILD file, or "" if the file has an entry of the project already."""
    holder = change.holder
    if not holder.build_path:
        raise CannotEditRequirementsError("no call in a BUILD file makes that target")
    build = BuildText(texts[holder.build_path])
    call = build.call(holder.alias, holder.name, holder.directory_name)
    if call is None:
        raise CannotEditRequirementsError("it has no single call that makes that target")
    if holder.kind is HolderKind.CALL:
        if {name_of(text) for text in holder.requirements} - {change.name}:
            raise CannotEditRequirementsError("the target has requirements of several projects")
        edit = build.with_modules(call, _OF_ONE_TARGET[needed.field], needed.names)
    elif has_entry(build, call, change.name):
        return ""
    else:
        edit = build.with_mapping(call, needed.field, _name(change), needed.names)
    texts[holder.build_path] = edit.text
    return holder.build_path if edit.line else ""


def has_entry_of(change: RequirementChange, texts: Mapping[str, str]) -> bool:
    """Whether the target of a change already maps the modules of the project."""
    holder = change.holder
    if not holder.build_path or holder.kind is HolderKind.CALL:
        return False
    build = BuildText(texts[holder.build_path])
    call = build.call(holder.alias, holder.name, holder.directory_name)
    return call is not None and has_entry(build, call, change.name)


def has_entry(build: BuildText, call: Call, name: str) -> bool:
    """Whether a mapping of the call, or its overrides, has the project."""
    keys = (key for field in (*MAPPINGS, "overrides") for key in build.keys_of(call, field))
    return any(canonical_name(key) == name for key in keys)


def _name(change: RequirementChange) -> str:
    """The name as the requirement spells it, without extras, bounds and markers."""
    text = change.text.strip()
    end = next((at for at, char in enumerate(text) if not (char.isalnum() or char in "._-")), len(text))
    return text[:end]


def _to_paste(change: RequirementChange, needed: NeededMapping, error: CannotEditRequirementsError) -> Problem:
    listed = ", ".join(f'"{name}"' for name in needed.names)
    where = shown(change.holder.build_path) or "the macro"
    return Problem(
        f"Pants has to be told the modules of {change.name}, and {where} is not edited: {error}.",
        fix=f'add `"{_name(change)}": [{listed}]` to {needed.field} of {change.holder.address}, and run this again '
        "with --no-import-names",
    )


def stale_keys(holders: Sequence[Holder], texts: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each BUILD file, the keys of mappings that name no requirement of their target, as clauses."""
    found: dict[str, list[str]] = {}
    for holder in holders:
        if not holder.build_path or holder.kind is HolderKind.CALL:
            continue
        build = BuildText(texts[holder.build_path])
        call = build.call(holder.alias, holder.name, holder.directory_name)
        names = {name_of(text) for text in holder.requirements}
        for field in MAPPINGS:
            for key in build.keys_of(call, field) if call else ():
                if canonical_name(key) not in names:
                    clause = f"{field} of {holder.address} names {key}, which is none of its requirements"
                    found.setdefault(holder.build_path, []).append(clause)
    return tuple((path, tuple(clauses)) for path, clauses in sorted(found.items()))
