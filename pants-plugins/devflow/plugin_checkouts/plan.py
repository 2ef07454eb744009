"""Decides which checkouts have problems, and what a run changes. Pure."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.options import command_line
from devflow.common.paths import shell_quote, shown
from devflow.plugin_checkouts.facts import CheckoutKind, DeclaredCheckout, PluginCheckout, unusable_name

_SCRIPTS = {"console_scripts", "gui_scripts"}  # an installer loads them


class CheckoutMode(Enum):
    """What a run is for."""

    STATUS = "status"
    CLONE = "clone"
    ADD = "add"
    UPDATE = "update"
    FREEZE = "freeze"
    CHECK = "check"


@dataclass(frozen=True)
class CheckoutReport:
    """The report of one checkout.

    `missing` are requirements that the export lacks. `problems` are those of `--check`.
    """

    name: str
    checkout: PluginCheckout
    declared: DeclaredCheckout | None
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    must_be_declared: bool = True

    @property
    def ready(self) -> bool:
        """Whether the checkout exists and has no problem.

        If there is a list, it must be declared, or tracked by the repository.
        """
        is_known = not self.must_be_declared or self.checkout.kind is CheckoutKind.TRACKED
        return is_known and not self.problems and self.checkout.kind is not CheckoutKind.ABSENT


def choose(names: Sequence[str], known: Collection[str]) -> frozenset[str]:
    """The names of `--only`, else all names. Raises: UserError for an unknown name."""
    for name in names:
        if name not in known:
            raise UserError(
                f"--only={shown(name)}: no checkout has that name.{did_you_mean(name, known)}",
                fix=f"choose from {', '.join(sorted(known))}" if known else "leave it out",
            )
    return frozenset(names) or frozenset(known)


def judge(
    checkouts: Sequence[PluginCheckout],
    declared: Mapping[str, DeclaredCheckout],
    missing: Mapping[str, Sequence[str]],
    *,
    has_list: bool,
    make_missing: str,
    pants: str,
) -> tuple[CheckoutReport, ...]:
    """A report for each checkout, by name. `make_missing`: the fix for missing requirements."""
    twice = _duplicates(checkouts)
    reports = []
    for one in checkouts:
        entry = declared.get(one.name)
        lacks = tuple(missing.get(one.name, ()))
        problems = list(_wrong(one, entry, pants))
        if one.project.problem:
            rename = f"rename it: mv {shell_quote(one.path)} {os.path.dirname(one.path)}/NAME"
            fix = rename if unusable_name(one.name) else f"correct it in {shown(one.path)}"
            problems.append(Problem(f"{shown(one.path)}: {one.project.problem}.", fix=fix))
        if lacks:
            problems.append(
                Problem(f"{shown(one.path)} requires {', '.join(lacks)}, which the export lacks.", fix=make_missing)
            )
        problems += twice.get(one.name, [])
        undeclared = has_list and entry is None
        reports.append(CheckoutReport(one.name, one, entry, lacks, tuple(problems), must_be_declared=undeclared))
    return tuple(reports)


def warnings(
    checkouts: Sequence[PluginCheckout],
    excluded: Mapping[str, Sequence[tuple[str, str]]],
    groups: Sequence[str],
) -> list[str]:
    """Warnings about states that may be intended.

    `excluded`: checkout → requirements that exclude the repository's own version, each followed by that version.
    `groups` are globs of the groups of entry points that the repository loads; without globs, groups are not checked.
    """
    found = []
    for one in checkouts:
        path = shown(one.path)
        found += [
            f"{path} requires {shown(text)}, and this repository has {shown(version)}."
            for text, version in excluded.get(one.name, ())
        ]
        own = sorted(set(one.project.entry_points) - _SCRIPTS)
        loaded = [group for group in own if any(fnmatchcase(group, glob) for glob in groups)]
        if groups and one.project.name and not loaded and not own:
            found.append(f"{path} has no entry point in a group that this repository loads: {', '.join(groups)}.")
        found += [
            f"{path} has entry points in {shown(group)}, which this repository does not load."
            f"{did_you_mean(group, groups)}"
            for group in own
            if groups and group not in loaded
        ]
    return found


def _wrong(one: PluginCheckout, entry: DeclaredCheckout | None, pants: str) -> list[Problem]:
    found = []
    path, state = shown(one.path), one.state
    if entry and one.kind is CheckoutKind.ABSENT:
        fix = command_line(pants, "plugin-checkouts", "--clone", f"--only={one.name}")
        return [Problem(f"{path} is not cloned.", fix=fix)]
    if one.kind is CheckoutKind.OTHER or (entry and is_no_repository(one)):
        return [no_repository(one)]
    if not entry or not state:
        return []
    if state.url != entry.url:
        remote = f"the remote {shown(state.url)}" if state.url else "no remote"
        what = f"{path} has {remote}, and the list has {shown(entry.url)}."
        verb = "set-url" if state.url else "add"
        found.append(Problem(what, fix=f"git -C {shell_quote(one.path)} remote {verb} origin {shell_quote(entry.url)}"))
    if not at_ref(one, entry):
        fix = command_line(pants, "plugin-checkouts", "--update", f"--only={one.name}")
        found.append(Problem(f"{path} is at {shown(where(one))}, and the list has {shown(entry.ref or '')}.", fix=fix))
    if state.dirty:
        found.append(Problem(f"{path} has uncommitted changes.", fix=f"git -C {shell_quote(one.path)} commit"))
    return found


def at_ref(one: PluginCheckout, entry: DeclaredCheckout) -> bool:
    """Whether a checkout is at the declared branch, tag or commit."""
    state, ref = one.state, entry.ref
    if state is None or ref is None:
        return True
    return ref == state.branch or ref in state.tags or (len(ref) >= 7 and state.commit.startswith(ref))


def where(one: PluginCheckout) -> str:
    """The branch, the tag or the commit that is checked out."""
    if one.state is None:
        return one.kind.value
    return one.state.branch or next(iter(one.state.tags), one.state.commit[:12])


def is_no_repository(one: PluginCheckout) -> bool:
    """Whether there is no repository where one should be. Files that this repository tracks are its own affair."""
    return one.state is None and one.kind not in (CheckoutKind.ABSENT, CheckoutKind.TRACKED)


def no_repository(one: PluginCheckout) -> Problem:
    """The problem of a path that is no repository, or none that git can read."""
    path = shell_quote(one.path)
    away = f"move it away: mv {path} {shell_quote(f'{one.path}.old1')}"
    if one.kind is CheckoutKind.UNREADABLE:
        what = f"{shown(one.path)} is {one.kind.value}: {one.git_says}"
        return Problem(what, fix=f"do what git says, or {away}")
    kind = CheckoutKind.PLAIN if one.kind is CheckoutKind.LINK else one.kind
    return Problem(f"{shown(one.path)} is {kind.value}.", fix=away)


def refusal_to_update(one: PluginCheckout) -> Problem | None:
    """Why a checkout must not be updated; None if it may be."""
    state, path = one.state, shell_quote(one.path)
    if state is None:
        return no_repository(one)
    if state.busy:
        return Problem(f"{shown(one.path)} is in the middle of {state.busy}.", fix=f"finish it: git -C {path} status")
    if state.dirty:
        return Problem(
            f"{shown(one.path)} has uncommitted changes.", fix=f"git -C {path} commit, or git -C {path} stash"
        )
    return None


def refusal_to_advance(one: PluginCheckout, entry: DeclaredCheckout | None) -> Problem | None:
    """The same after the remote has been fetched."""
    state, path = one.state, shell_quote(one.path)
    if state and state.ahead and state.behind:
        what = f"{shown(one.path)} has diverged: {state.ahead} ahead of {state.upstream}, {state.behind} behind."
        return Problem(what, fix=f"git -C {path} rebase, or git -C {path} merge")
    if state and state.branch is None and (entry is None or entry.ref is None):
        what = f"{shown(one.path)} has a detached HEAD at {state.commit[:12]}, and no ref in the list."
        return Problem(what, fix="give it a ref in the list, or check a branch out in it")
    return None


def _duplicates(checkouts: Sequence[PluginCheckout]) -> dict[str, list[Problem]]:
    """Entry points, distributions and packages of two checkouts.

    The checkout whose name sorts first is first on the path.
    """
    points: dict[tuple[str, str], list[PluginCheckout]] = defaultdict(list)
    names: dict[str, list[PluginCheckout]] = defaultdict(list)
    for one in checkouts:
        for group, of_group in one.project.entry_points.items():
            for point in of_group:
                points[group, point].append(one)
        keys = {f"the distribution {one.project.name}"} if one.project.name else set()
        for key in keys | {f"the package {module}" for module in one.project.modules if module != "tests"}:
            names[key].append(one)
    found: dict[str, list[Problem]] = defaultdict(list)
    for (group, point), owners in sorted(points.items()):
        if len(owners) > 1:
            files = " and ".join(f"{shown(one.path)}/{one.project.where(group, point)}" for one in owners)
            problem = Problem(
                f"The entry point {shown(point)} of {shown(group)} is in {files}.", fix="rename one of them"
            )
            for one in owners:
                found[one.name].append(problem)
    for key, owners in sorted(names.items()):
        if len(owners) > 1:
            both = " and ".join(shown(one.path) for one in owners)
            problem = Problem(f"{both} have {shown(key)}; {shown(owners[0].path)} wins.", fix="remove one of them")
            for one in owners:
                found[one.name].append(problem)
    return found
