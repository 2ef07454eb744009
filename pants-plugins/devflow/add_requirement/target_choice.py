"""Chooses the target that gets a requirement. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.texts.order import is_stub
from devflow.common.errors import Problem, did_you_mean
from devflow.common.paths import shown
from devflow.locking.facts import name_of


@dataclass(frozen=True)
class PlaceChoice:
    """The options that choose a target.

    `resolve` is the given resolve, else the default one. `given_resolve`, `to` and `extra` are "" if the option is not
    set.
    """

    resolve: str
    given_resolve: str = ""
    to: str = ""
    extra: str = ""


def holder_of(name: str, holders: Sequence[Holder], choice: PlaceChoice) -> Holder | Problem:
    """The target that gets the requirement of a project: the target that has the project, else the one that fits."""
    found = (
        [one for one in holders if choice.to in (one.path, one.address)] if choice.to else _of_resolve(holders, choice)
    )
    if choice.to and not found:
        return _no_such_target(choice.to, holders)
    if not found:
        return Problem(
            f"No target holds requirements of resolve {choice.resolve}.",
            fix=f'add to a BUILD file: python_requirements(source="requirements.txt", resolve="{choice.resolve}"), and '
            "make that file",
        )
    present = [
        one for one in holders if _has(one, name) and any(set(one.resolves) & set(each.resolves) for each in found)
    ]
    elsewhere = [one for one in present if one not in found]
    if elsewhere and choice.to:
        [there, *_] = elsewhere
        return Problem(
            f"{name} is in {shown(there.path)} ({there.address}) already, and in {shown(found[0].path)} it would be in "
            f"the resolve {', '.join(there.resolves)} twice: Pants infers no dependency on what two targets have.",
            fix=f"--to={there.address}",
        )
    candidates = [one for one in found if _has(one, name)] or _preferred(
        [one for one in found if not one.blocker], name
    )
    if len(candidates) > 1:
        return _several(name, candidates)
    if not candidates:
        [first, *_] = found
        return Problem(
            f"Nothing is added to {first.address}{f' ({shown(first.path)})' if first.path else ''}: {first.blocker}.",
            fix="name another target with --to=ADDRESS",
        )
    [holder] = candidates
    if holder.blocker:
        return Problem(
            f"{shown(holder.path) or holder.address} ({holder.address}) is not edited: {holder.blocker}.",
            fix="change it there",
        )
    if choice.given_resolve and len(holder.resolves) > 1:
        return Problem(
            f"{shown(holder.path)} feeds {' and '.join(holder.resolves)}: not {choice.given_resolve} alone.",
            fix=f"leave --resolve out, so that all of them get it: --to={holder.address}; or name another target",
        )
    if choice.extra and holder.kind is not HolderKind.PYPROJECT:
        return Problem(
            f"--extra is for [project.optional-dependencies] of pyproject.toml, and {holder.address} has its "
            f"requirements in {shown(holder.path)}.",
            fix="leave --extra out, or name another target with --to=ADDRESS",
        )
    return holder


def _of_resolve(holders: Sequence[Holder], choice: PlaceChoice) -> list[Holder]:
    return [one for one in holders if choice.resolve in one.resolves]


def _has(holder: Holder, name: str) -> bool:
    return any(name_of(text) == name for text in holder.requirements)


def _preferred(candidates: Sequence[Holder], name: str) -> list[Holder]:
    """Prefer requirement files to single targets, and among them those of the project's kind: stubs, or not."""
    files = [one for one in candidates if one.kind is not HolderKind.CALL] or list(candidates)
    of_kind = [one for one in files if _is_for_stubs(one) == is_stub(name)]
    return of_kind if len(files) > 1 and len(of_kind) == 1 else files


def _is_for_stubs(holder: Holder) -> bool:
    stubs = sum(is_stub(name_of(text)) for text in holder.requirements)
    return bool(stubs) and 2 * stubs >= len(holder.requirements)


def _several(name: str, candidates: Sequence[Holder]) -> Problem:
    listed = "".join(f"\n    {one.address} ({shown(one.path)}, {', '.join(one.resolves)})" for one in candidates)
    return Problem(
        f"{name} may go to several targets:{listed}", fix=f"choose one, such as --to={candidates[0].address}"
    )


def _no_such_target(to: str, holders: Sequence[Holder]) -> Problem:
    known = [text for one in holders for text in (one.address, one.path) if text]
    fix = f"choose among: {', '.join(sorted(one.address for one in holders))}"
    if ":" not in to:  # It is not an address.
        target = f'python_requirements(source="{shown(to.rpartition("/")[2])}")'
        fix += f"; or make a target of that file: {target} in the BUILD file of its directory"
    return Problem(
        f"--to: no target with requirements has the address or the file '{shown(to)}'.{did_you_mean(to, known)}",
        fix=fix,
    )
