"""One run: it refuses wrong options, and changes each checkout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from devflow.common.errors import Problem, UserError
from devflow.common.options import split_commas
from devflow.common.paths import shown
from devflow.plugin_checkouts import apply
from devflow.plugin_checkouts.facts import CheckoutKind, DeclaredCheckout, PluginCheckout
from devflow.plugin_checkouts.inspect import find_checkouts, inspect_checkouts
from devflow.plugin_checkouts.listed import to_add, with_commits, with_entry
from devflow.plugin_checkouts.plan import CheckoutMode, choose, is_no_repository
from devflow.plugin_checkouts.subsystem import PluginCheckoutsSubsystem

CHANGES = (CheckoutMode.CLONE, CheckoutMode.ADD, CheckoutMode.UPDATE, CheckoutMode.FREEZE)


@dataclass(frozen=True)
class CheckoutsPlace:
    """The context in which checkouts are read. `directory` has no slash at its end."""

    build_root: str
    directory: str
    list_path: str
    env: Mapping[str, str]

    def checkouts(self, declared: Mapping[str, DeclaredCheckout], only: Sequence[str] = ()) -> list[PluginCheckout]:
        """The declared checkouts and those on disk, by name. Raises: UserError for an unknown name."""
        there = find_checkouts(self.build_root, self.directory)
        names = choose(only, {*declared, *there})
        refs = {name: declared[name].ref if name in declared else None for name in names}
        return inspect_checkouts(self.build_root, self.directory, refs, self.env)


def refuse_options(options: PluginCheckoutsSubsystem) -> None:
    """Raises: UserError."""
    if options.add is None:
        for name, flag in (("ref", "--ref"), ("name", "--name")):
            if options.options.is_flagged(name):
                raise UserError(f"{flag} needs --add.", fix=f"leave {flag} out, or add --add=OWNER/REPO")
    if options.dry_run and options.mode not in CHANGES:
        raise UserError(
            "--dry-run is of --clone, --add, --update and --freeze.", fix="leave it out, or add one of them"
        )


@dataclass
class Changes:
    """The changes of checkouts, by name, and the failures. A dry run has the planned changes."""

    dry_run: bool
    done: dict[str, str] = field(default_factory=dict)
    failed: dict[str, Problem] = field(default_factory=dict)

    def attempt(self, name: str, verb: str, act: Callable[[], Problem | None]) -> bool:
        """Change one checkout, unless in a dry run. Returns whether that succeeded."""
        problem = None if self.dry_run else act()
        if problem:
            self.failed[name] = problem
        else:
            self.done[name] = f"would be {verb}" if self.dry_run else verb
        return problem is None


def change(
    around: CheckoutsPlace,
    options: PluginCheckoutsSubsystem,
    declared: dict[str, DeclaredCheckout],
    text: str,
) -> Changes:
    """Carry out the run, or plan it.

    `text` is the list; added entries are put into `declared`. Raises: UserError, OSError.
    """
    changes = Changes(options.dry_run)
    only = split_commas(options.only)
    if options.mode is CheckoutMode.ADD:
        entry = to_add(options.add or "", options.url_template, options.directory_name, options.ref, around.build_root)
        _add(around, entry, declared, text, changes)
        return changes
    for one in around.checkouts(declared, only):
        entry_of_one = declared.get(one.name)
        if options.mode is CheckoutMode.CLONE and one.kind is CheckoutKind.ABSENT and entry_of_one:
            changes.attempt(one.name, "cloned", _cloning(around, entry_of_one))
        elif options.mode is CheckoutMode.UPDATE and (one.state or (entry_of_one and is_no_repository(one))):
            changes.attempt(one.name, "updated", _updating(around, one, entry_of_one))
    if options.mode is CheckoutMode.FREEZE:
        states = {one.name: one.state for one in around.checkouts(declared, only) if one.name in declared}
        commits = {name: state.commit for name, state in states.items() if state}
        frozen = with_commits(text, commits)
        if frozen != text:
            changes.done.update({name: "would be frozen" if options.dry_run else "frozen" for name in commits})
            if not options.dry_run:
                apply.write_list(around.build_root, around.list_path, frozen)
    return changes


def _cloning(around: CheckoutsPlace, entry: DeclaredCheckout) -> Callable[[], Problem | None]:
    return lambda: apply.clone(around.build_root, around.directory, entry, around.env)


def _updating(
    around: CheckoutsPlace, one: PluginCheckout, entry: DeclaredCheckout | None
) -> Callable[[], Problem | None]:
    return lambda: apply.update(around.build_root, one, entry, around.env)


def _add(
    around: CheckoutsPlace,
    entry: DeclaredCheckout,
    declared: dict[str, DeclaredCheckout],
    text: str,
    changes: Changes,
) -> None:
    """Clone a missing checkout, and declare an undeclared one. Raises: UserError if another checkout has the name."""
    former = declared.get(entry.name)
    if former and former.url != entry.url:
        raise UserError(f"{around.list_path} has {entry.name} already, with {former.url}.", fix="choose another --name")
    [there] = around.checkouts({**declared, entry.name: entry}, [entry.name])
    if there.kind is not CheckoutKind.ABSENT and (there.state is None or there.state.url != entry.url):
        theirs = f"a checkout of {shown(there.state.url or 'no remote')}" if there.state else there.kind.value
        raise UserError(f"{there.path} is there already: {theirs}.", fix="choose another --name, or move it away")
    ready = there.kind is not CheckoutKind.ABSENT or changes.attempt(entry.name, "cloned", _cloning(around, entry))
    if ready and not former:
        declared[entry.name] = entry
        if not changes.dry_run:
            apply.write_list(around.build_root, around.list_path, with_entry(text, entry))
