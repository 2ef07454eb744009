"""Finds the desired exports, and their actual state on disk.

`dist` is read in goal rules only and never memoised, because Pants does not watch it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping

from pants.base.build_root import BuildRoot
from pants.core.goals.generate_lockfiles import KnownUserResolveNames
from pants.core.util_rules.distdir import DistDir
from pants.engine.rules import collect_rules, rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.strutil import path_safe

from devflow.common.errors import Problem, UserError
from devflow.common.files import Obstruction, blocker
from devflow.common.paths import shell_quote
from devflow.engine import (
    Rules,
    binaries_to_export,
    binary_tools,
    declared_names,
    known_resolve_names,
    tools_with_sentinels,
)
from devflow.export_all_resolves.contract import DescribedResolve, ResolveExporter
from devflow.export_all_resolves.facts import (
    BINARY,
    DesiredExport,
    ExistingExport,
    ExportFacts,
    ExportOnDisk,
    ExportTree,
    ResolveNames,
)
from devflow.export_all_resolves.staging import marker, trash
from devflow.export_all_resolves.staging.trees import leftovers

_VERSION = re.compile(r"\d+(\.\d+)*\w*")
_NO_NAMES = ResolveNames(frozenset(), frozenset())


@rule
async def find_export_tree(build_root: BuildRoot, dist_dir: DistDir, global_options: GlobalOptions) -> ExportTree:
    """The directory of exports of this repository."""
    return ExportTree(build_root.path, str(dist_dir.relpath), global_options.pants_workdir)


async def resolve_names(union_membership: UnionMembership, target_types: RegisteredTargetTypes) -> ResolveNames:
    """Every resolve that the repository declares, in any language, and the tools that bring a lockfile of their own.

    Raises: UserError if there is no resolve because no backend that declares resolves is enabled.
    """
    binaries = {f"{BINARY}{scope}": directory for scope, directory in binary_tools(union_membership).items()}
    declared = {f"{BINARY}{scope}" for scope in await binaries_to_export()}
    tools = set(tools_with_sentinels(union_membership))
    for known in await known_resolve_names(union_membership):
        if _is_enabled(known, target_types):
            own = await declared_names(known)
            declared |= own
            tools |= set(known.names) - own
    if not declared and not _python_is_enabled(target_types):
        raise UserError(
            "No enabled backend declares a resolve: pants.backend.python is not enabled.",
            fix='put "pants.backend.python" into [GLOBAL].backend_packages of pants.toml',
        )
    return ResolveNames(frozenset(declared), frozenset(tools), binaries)


def _is_enabled(names: KnownUserResolveNames, target_types: RegisteredTargetTypes) -> bool:
    """Whether the repository enables the language of these resolves."""
    return names.option_name != "[python].resolves" or _python_is_enabled(target_types)


def _python_is_enabled(target_types: RegisteredTargetTypes) -> bool:
    """Whether the repository enables the Python backend.

    `devflow.engine.python` brings rules of that backend, and with them a default resolve, into repositories that do not
    enable it. Its target types come with the backend only.
    """
    return "python_sources" in target_types.aliases


def inspect_exports(
    resolves: Iterable[DescribedResolve],
    tree: ExportTree,
    *,
    names: ResolveNames = _NO_NAMES,
    exporters: Iterable[type[ResolveExporter]] = (),
) -> ExportFacts:
    """The facts about the exports of these resolves.

    A run that prunes gives all names that may be exported, and the members whose exports it may remove.
    """
    linked: set[str] = set()
    desired = tuple(_desired(resolve, tree, linked) for resolve in resolves)
    on_disk = {one.path: export_on_disk(tree, one) for one in desired if one.path}
    roots = {exporter.export_root: exporter.has_versions for exporter in exporters}
    existing = (export for root in sorted(roots) for export in _existing_exports(tree, root, roots[root]))
    homes = (
        os.path.join(tree.exports, root, names.binaries.get(name) or path_safe(name))
        for root in roots
        for name in names.declared | names.undeclared
    )
    return ExportFacts(desired, on_disk, tuple(existing), frozenset(homes))


def _desired(described: DescribedResolve, tree: ExportTree, linked: set[str]) -> DesiredExport:
    """`linked` are the links of those before it: of two programs with one name, the first one is linked."""
    fingerprint = described.fingerprint
    if not fingerprint:
        return DesiredExport(described.resolve, exportable=False)
    links = {link: target for link, target in described.links_in(tree).items() if link not in linked}
    linked.update(links)
    return DesiredExport(
        described.resolve,
        path=described.path_in(tree),
        home=described.home_in(tree),
        inputs=fingerprint.inputs,
        tools=fingerprint.tools,
        error=fingerprint.problem,
        links=links,
    )


def export_on_disk(tree: ExportTree, desired: DesiredExport) -> ExportOnDisk:
    """The state of the path of one export, which it has."""
    path, links = str(desired.path), desired.links
    blocked = _blocker(tree, path, links)
    if blocked:
        return ExportOnDisk(exists=True, blocker=blocked)
    export = tree.absolute(path)
    if not os.path.lexists(export):
        inputs = _inputs_of_previous(os.path.dirname(export)) if path != desired.home else None
        return ExportOnDisk(exists=False, inputs=inputs)
    record = marker.read(export)
    if record is None:
        return ExportOnDisk(exists=True)
    damage = marker.damage(export, record) or _damaged_link(tree, links)
    return ExportOnDisk(exists=True, inputs=record.inputs, damage=damage)


def _damaged_link(tree: ExportTree, links: Mapping[str, str]) -> str | None:
    """The first link that is not there, or has another target, as a phrase."""
    for link, target in links.items():
        if not os.path.islink(link):
            return f"the link {os.path.relpath(link, tree.build_root)} is gone"
        if os.readlink(link) != target:
            return f"the link {os.path.relpath(link, tree.build_root)} points elsewhere"
    return None


def has_marked_export(tree: ExportTree, exporters: Iterable[type[ResolveExporter]]) -> bool:
    """Whether this goal has made an export of these members: the engine is not asked, so that it takes no time."""
    return any(
        os.path.isfile(marker.marker_path(tree.absolute(export.path)))
        for exporter in exporters
        for export in _existing_exports(tree, exporter.export_root, exporter.has_versions)
    )


def _inputs_of_previous(directory: str) -> Mapping[str, tuple[str, str | None]] | None:
    """The inputs of the most recent export in the directory of a resolve."""
    markers = [marker.marker_path(os.path.join(directory, name)) for name in _directories(directory)]
    found = [path for path in markers if os.path.isfile(path)]
    record = marker.read_file(max(found, key=os.path.getmtime)) if found else None
    return record.inputs if record else None


def _blocker(tree: ExportTree, path: str, links: Iterable[str]) -> Problem | None:
    """Why no export can be made at the path: a file is there, or the directory above cannot be written to."""
    export = tree.absolute(path)
    if os.path.isfile(export) and not os.path.islink(export):
        return Problem(f"{path} is a file, and the export is a directory.", fix=_move_away(path, tree))
    for link in links:
        if os.path.lexists(link) and not os.path.islink(link):
            shown = os.path.relpath(link, tree.build_root)
            return Problem(f"{shown} is not a link, and the export has one there.", fix=_move_away(shown, tree))
    found = next(filter(None, map(blocker, (export, *links))), None)
    if found is None:
        return None
    shown = os.path.relpath(found.path, tree.build_root)
    if found.obstruction is Obstruction.NOT_A_DIRECTORY:
        return Problem(f"{shown} is not a directory, and the export goes below it.", fix=_move_away(shown, tree))
    if found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        other = "another directory in [GLOBAL].pants_distdir"
        return Problem(f"{shown} is on a read-only file system.", fix=f"mount it for writing, or name {other}")
    return Problem(f"{shown} is not writable.", fix=f"sudo chown {os.getuid()} {shell_quote(shown)}")


def _move_away(path: str, tree: ExportTree) -> str:
    """A command that frees the path, and loses nothing."""
    number = 1
    while os.path.lexists(tree.absolute(f"{path}.old{number}")):
        number += 1
    return f"mv {shell_quote(path)} {shell_quote(f'{path}.old{number}')}"


def _existing_exports(tree: ExportTree, root: str, has_versions: bool) -> Iterator[ExistingExport]:
    """Every `<root>/<resolve>/<version>`, or `<root>/<name>`, that stock `export` or this goal made.

    Nothing else is ever pruned.
    """
    for name in _directories(tree.absolute(os.path.join(tree.exports, root))):
        home = os.path.join(tree.exports, root, name)
        if not has_versions:
            if _is_export(tree.absolute(home)) or links_into(tree, home):
                yield ExistingExport(home, home)
            continue
        for version in _directories(tree.absolute(home)):
            path = os.path.join(home, version)
            if _VERSION.fullmatch(version) and _is_export(tree.absolute(path)):
                yield ExistingExport(path, home)


def links_into(tree: ExportTree, path: str) -> list[str]:
    """The links in the directory of programs that lead into an export: absolute paths, sorted."""
    directory = tree.absolute(tree.programs)
    inside = f"{tree.absolute(path)}/"
    links = (os.path.join(directory, name) for name in _directories(directory))
    return [link for link in links if os.path.islink(link) and os.readlink(link).startswith(inside)]


def _is_export(path: str) -> bool:
    return (
        os.path.islink(path)
        or os.path.isfile(os.path.join(path, "pyvenv.cfg"))
        or os.path.isfile(marker.marker_path(path))
    )


def _directories(directory: str) -> list[str]:
    """The names of directories and of links (broken ones, too), sorted, without hidden ones."""
    try:
        entries = list(os.scandir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(
        entry.name for entry in entries if not entry.name.startswith(".") and (entry.is_dir() or entry.is_symlink())
    )


def abandoned(desired: Iterable[DesiredExport], tree: ExportTree) -> list[str]:
    """What killed runs left beside these exports and their links, and old contents of the trash: absolute, sorted."""
    places = {place for one in desired if one.path for place in (tree.absolute(one.path), *one.links)}
    beside = (path for directory in set(map(os.path.dirname, places)) for path in leftovers(directory))
    return sorted((*beside, *trash.left(tree.trash, time.time())))


def rules() -> Rules:
    """The rule of this module."""
    return collect_rules()
