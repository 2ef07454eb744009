"""Decides which files change, to which texts, and what the resolves then require. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.requirement_words import WantedRequirement
from devflow.add_requirement.target_choice import PlaceChoice, holder_of
from devflow.add_requirement.texts import pyproject, requirement_lines
from devflow.add_requirement.texts.build_file import BuildText
from devflow.add_requirement.texts.edits import CannotEditRequirementsError, RequirementEdit
from devflow.common.errors import Problem, did_you_mean
from devflow.common.paths import shown
from devflow.locking.facts import name_of
from devflow.locking.requirement import parse_requirement

Parser = Callable[[Holder, str], Sequence[str]]  # the requirements that Pants reads from the text of a holder's file
MAPPINGS = ("module_mapping", "type_stubs_module_mapping")


class AddMode(Enum):
    """What a run is for."""

    WRITE = "write"
    DRY_RUN = "dry-run"
    CHECK = "check"


class Bounds(Enum):
    """The bound of a requirement that has none: the values of `--bounds`."""

    AUTO = "auto"
    NONE = "none"
    COMPATIBLE = "compatible"
    LOWER = "lower"
    EXACT = "exact"


class PinPolicy(Enum):
    """Whether the pins of other projects in a lockfile are kept: the values of `--pins`."""

    KEEP = "keep"
    FREE = "free"


_OPERATORS = {Bounds.NONE: "", Bounds.COMPATIBLE: "~=", Bounds.LOWER: ">=", Bounds.EXACT: "=="}


@dataclass(frozen=True)
class RequirementChange:
    """What happens to one requirement.

    `action` is "added", "changed", "removed", "upgraded" or "kept". `line` is its line in the file of its holder (for a
    removal: in the old file); 0 if the file does not change.
    """

    action: str
    name: str
    text: str
    holder: Holder
    line: int = 0


@dataclass(frozen=True)
class RequirementPlan:
    """The new texts by path, and per resolve the requirements to lock and the names whose pins may move."""

    changes: tuple[RequirementChange, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    requirements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    free: Mapping[str, frozenset[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def plan_changes(
    wanted: Sequence[WantedRequirement],
    removed: Collection[str],
    upgraded: Collection[str],
    holders: Sequence[Holder],
    texts: Mapping[str, str],
    choice: PlaceChoice,
    parse: Parser,
) -> RequirementPlan:
    """Add or change the given requirements and remove others; names are canonical."""
    new = dict(texts)
    changes: list[RequirementChange] = []
    problems: list[Problem] = []
    for one in wanted:
        holder = holder_of(one.name, holders, choice)
        if isinstance(holder, Problem):
            problems.append(holder)
            continue
        try:
            changes.append(_put(one, holder, new, choice.extra))
        except CannotEditRequirementsError as error:
            problems.append(_not_edited(holder, f"put {one.text}", error))
    for name in removed:
        found = _holders_with(name, holders, choice)
        if not found:
            known = {name_of(text) for holder in holders for text in holder.requirements}
            problems.append(
                Problem(f"No requirement is about {name}.{did_you_mean(name, known)}", fix="correct the name")
            )
        elif len(found) > 1:
            listed = ", ".join(f"{holder.address} ({shown(holder.path)})" for holder in found)
            problems.append(Problem(f"{name} is in several places: {listed}.", fix="choose one with --to=ADDRESS"))
        else:
            try:
                changes.append(_take(name, found[0], new))
            except CannotEditRequirementsError as error:
                problems.append(_not_edited(found[0], f"take {name}", error))
    for name in upgraded:
        found = _holders_with(name, holders, choice)
        if not found:
            problems.append(Problem(f"No requirement is about {name}.", fix="correct the name, or add it"))
        changes += [RequirementChange("upgraded", name, name, holder) for holder in found]
    if problems:
        return RequirementPlan(problems=tuple(problems))
    return _with_requirements(changes, new, holders, texts, parse)


def _holders_with(name: str, holders: Sequence[Holder], choice: PlaceChoice) -> list[Holder]:
    found = [holder for holder in holders if any(name_of(text) == name for text in holder.requirements)]
    if choice.to:
        return [holder for holder in found if choice.to in (holder.path, holder.address)]
    return [holder for holder in found if not choice.given_resolve or choice.given_resolve in holder.resolves]


def _not_edited(holder: Holder, doing: str, error: CannotEditRequirementsError) -> Problem:
    return Problem(
        f"{shown(holder.path)} ({holder.address}) is not edited to {doing}: {error}.",
        fix=error.fix or f"change {shown(holder.path)} yourself, and lock {', '.join(holder.resolves)} again",
    )


def _put(one: WantedRequirement, holder: Holder, texts: dict[str, str], extra: str) -> RequirementChange:
    had = any(name_of(text) == one.name for text in holder.requirements)
    if had and one.is_name_alone:
        return RequirementChange("kept", one.name, one.text, holder)
    text = texts[holder.path]
    if holder.kind is HolderKind.LINES:
        edit = requirement_lines.with_requirement(text, one.text)
    elif holder.kind is HolderKind.PYPROJECT:
        edit = pyproject.with_requirement(text, one.text, extra)
    else:
        edit = _put_into_call(one, holder, text)
    texts[holder.path] = edit.text
    action = "kept" if not edit.line else "changed" if had else "added"
    return RequirementChange(action, one.name, one.text, holder, edit.line)


def _put_into_call(one: WantedRequirement, holder: Holder, text: str) -> RequirementEdit:
    build = BuildText(text)
    call = build.call(holder.alias, holder.name, holder.directory_name)
    if call is None:
        raise CannotEditRequirementsError(f"it has no single call that makes {holder.address}")
    names = {name_of(listed) for listed in holder.requirements}
    fields = [name for name in ("modules", "type_stub_modules") if build.has(call, name)]
    if one.name not in names and names and fields:
        raise CannotEditRequirementsError(f"{fields[0]} of it is for {', '.join(sorted(names))}")
    return build.with_requirement(call, one.text)


def _take(name: str, holder: Holder, texts: dict[str, str]) -> RequirementChange:
    if holder.blocker:
        raise CannotEditRequirementsError(holder.blocker)
    text = texts[holder.path]
    [written] = [one for one in holder.requirements if name_of(one) == name][:1]
    if holder.kind is HolderKind.CALL:
        build = BuildText(text)
        call = build.call(holder.alias, holder.name, holder.directory_name)
        if call is None:
            raise CannotEditRequirementsError(f"it has no single call that makes {holder.address}")
        edit = build.without_requirement(call, name)
    elif holder.kind is HolderKind.LINES:
        edit = requirement_lines.without_requirement(text, name)
    else:
        edit = pyproject.without_requirement(text, name)
    texts[holder.path] = edit.text
    for key in MAPPINGS:
        if holder.build_path and holder.kind is not HolderKind.CALL:
            build = BuildText(texts[holder.build_path])
            call = build.call(holder.alias, holder.name, holder.directory_name)
            if call:
                texts[holder.build_path] = build.without_mapping(call, key, name).text
    return RequirementChange("removed", name, written, holder, edit.line)


def _with_requirements(
    changes: Sequence[RequirementChange],
    new: Mapping[str, str],
    holders: Sequence[Holder],
    old: Mapping[str, str],
    parse: Parser,
) -> RequirementPlan:
    changed = {path: text for path, text in new.items() if text != old[path]}
    after = {
        holder.address: tuple(parse(holder, new[holder.path])) if holder.path in changed else holder.requirements
        for holder in holders
    }
    edited = [holder for holder in holders if holder.path in changed]
    problems = [problem for holder in edited for problem in _misread(holder, changes, old, new, parse)]
    touched = {change.holder.address: change for change in changes if change.action != "kept"}
    resolves = {resolve for change in touched.values() for resolve in change.holder.resolves}
    return RequirementPlan(
        tuple(changes),
        changed,
        {
            resolve: tuple(
                sorted({text for holder in holders if resolve in holder.resolves for text in after[holder.address]})
            )
            for resolve in sorted(resolves)
        },
        {
            resolve: frozenset(
                change.name for change in changes if change.action != "kept" and resolve in change.holder.resolves
            )
            for resolve in resolves
        },
        tuple(problems),
    )


def _misread(
    holder: Holder,
    changes: Sequence[RequirementChange],
    old: Mapping[str, str],
    new: Mapping[str, str],
    parse: Parser,
) -> list[Problem]:
    """Refuse a new text from which Pants would read other changes than those of the planned projects."""
    names = {change.name for change in changes if change.holder.path == holder.path}

    def others(texts: Mapping[str, str]) -> Counter[str]:
        return Counter(text for text in parse(holder, texts[holder.path]) if name_of(text) not in names)

    if others(old) == others(new):
        return []
    error = CannotEditRequirementsError("Pants would read other requirements from it, too")
    return [_not_edited(holder, "change " + ", ".join(sorted(names)), error)]


def operator_for(bounds: Bounds, requirements: Sequence[str]) -> str:
    """The operator of the bound that a requirement gets; for `auto`, that which most requirements beside it have."""
    if bounds is not Bounds.AUTO:
        return _OPERATORS[bounds]
    counts = Counter(map(_operator_of, requirements))
    listed = counts.most_common()
    if not listed or len(listed) > 1 and listed[0][1] == listed[1][1]:
        return ""
    return listed[0][0] if listed[0][0] in _OPERATORS.values() else ""


def _operator_of(requirement: str) -> str:
    """Give "~=", "==" or ">=" for a requirement with that alone, "" for one without a bound, "?" for any other."""
    parsed = parse_requirement(requirement)
    if parsed is None or parsed.url:
        return "?"
    operators = [one.operator for one in parsed.specifier]
    return operators[0] if len(operators) == 1 else "?" if operators else ""
