"""Reads the environment of commands (export, source roots, lockfile), and the files of `exec-files` in `dist`."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from pants.backend.python.target_types import PythonResolveField, PythonSourceField
from pants.engine.fs import PathGlobs
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.files import Obstruction, blocker, read_file
from devflow.common.paths import shell_quote, shown
from devflow.common.remembered import Remembered
from devflow.engine import all_targets, build_files_fingerprint, list_files, scoped_options
from devflow.exec.checksum import cksum
from devflow.exec.facts import CommandFacts, FileOnDisk, Lockfile
from devflow.exec.plan import in_the_way
from devflow.export_all_resolves.service import DeclaredExports, ExportTree, declared_exports
from devflow.ide_config.service import code_source_roots
from devflow.plugin_checkouts.service import plugin_roots

_IMPORTABLE = (".py", ".pyi")
_OF_DIRECTORIES: Remembered[frozenset[tuple[str, str | None]]] = Remembered()


async def chosen_exports(
    names: Collection[str],
    option: str,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
) -> DeclaredExports:
    """The exports of the named resolves. Raises: UserError for a resolve that is not an exportable Python resolve."""
    python = await scoped_options("python")
    exports = await declared_exports(tree, union_membership, target_types, only=names)
    chosen = [name for name in names if name in python.options.resolves and name in exports.paths]
    if len(chosen) < len(names):
        # Only the error needs the others.
        exports = await declared_exports(tree, union_membership, target_types)
    possible = [name for name in exports.names if name in python.options.resolves and name in exports.paths]
    for name in names:
        if name in exports.errors:
            raise UserError.of(exports.errors[name])
        if name not in possible:
            why = "it is not a Python resolve" if name in exports.names else "no resolve has that name"
            raise UserError(
                f"{option}={name}: {why}.{did_you_mean(name, possible)}", fix=f"choose from {', '.join(possible)}"
            )
    return exports


async def default_resolve(option: str | None) -> str:
    """The resolve of commands that name none: `[exec].resolve`, else `[python].default_resolve`."""
    if option:
        return option
    python = await scoped_options("python")
    return str(python.options.default_resolve)


async def inspect_commands(
    resolves: Collection[str], source_roots: Collection[str], exports: DeclaredExports
) -> tuple[CommandFacts, ...]:
    """The environments of commands, in the order of the resolves. `source_roots` are those of the settings, if any."""
    tree = exports.tree
    python = await scoped_options("python")
    lockfiles: Mapping[str, str] = python.options.resolves
    plugins = await plugin_roots(tree.build_root, tree.dist)
    roots = tuple(source_roots) or await code_source_roots(tree, plugins)
    plugins = plugins.without_roots() if source_roots else plugins
    others = {} if source_roots else await _resolves_of_roots(roots)
    return tuple(
        CommandFacts(
            tree.build_root,
            tree.dist,
            resolve,
            exports.paths[resolve],
            (*(root for root in roots if not others.get(root) or resolve in others[root]), *plugins.metadata_root),
            _lockfile(tree.build_root, lockfiles.get(resolve)),
            bin_name(),
            plugins.metadata_paths,
        )
        for resolve in resolves
    )


async def _resolves_of_directories() -> frozenset[tuple[str, str | None]]:
    """Each directory with importable files of a target, and the resolve of the target; None for the default resolve."""
    files = await list_files(PathGlobs([f"**/*{suffix}" for suffix in _IMPORTABLE]))
    fingerprint = await build_files_fingerprint()
    state = (fingerprint, files) if fingerprint else None
    known = _OF_DIRECTORIES.of(state)
    if known is not None:
        return known
    found = set()
    for target in await all_targets():
        if target.has_fields((PythonResolveField, PythonSourceField)):
            directory, name = os.path.split(target[PythonSourceField].file_path)
            if name.endswith(_IMPORTABLE):
                found.add((directory, target[PythonResolveField].value))
    return _OF_DIRECTORIES.keep(state, frozenset(found))


async def _resolves_of_roots(roots: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Source root → the resolves of its targets: code of another resolve does not run with this one."""
    python = await scoped_options("python")
    default = str(python.options.default_resolve)
    found: dict[str, set[str]] = {root: set() for root in roots}
    for directory, resolve in await _resolves_of_directories():
        root = _nearest(directory, found)
        if root is not None:
            found[root].add(resolve or default)
    return {root: frozenset(resolves) for root, resolves in found.items()}


def _nearest(directory: str, roots: Collection[str]) -> str | None:
    while directory and directory not in roots:
        directory = os.path.dirname(directory)
    return directory or ("." if "." in roots else None)


def _lockfile(build_root: str, path: str | None) -> Lockfile | None:
    """The lockfile of a resolve.

    None if it cannot be read: the export reports that, and the script does not compare.
    """
    try:
        return Lockfile(path or "", cksum(read_file(Path(build_root, path or ""))))
    except OSError:
        return None


def inspect_files(build_root: str, paths: Collection[str]) -> Mapping[str, FileOnDisk]:
    """The files at these paths. Read in the goal and never memoised: Pants does not watch `dist`."""
    return {path: _inspect_file(build_root, path) for path in paths}


def unwritable(build_root: str, path: str) -> Problem | None:
    """What keeps a file from being made or replaced, found without changing anything."""
    found = blocker(os.path.join(build_root, path))
    if found is None:
        return None
    parent = os.path.relpath(found.path, build_root)
    fix = {
        Obstruction.NOT_A_DIRECTORY: f"move it away: mv {shell_quote(parent)} {shell_quote(f'{parent}.old1')}",
        Obstruction.READ_ONLY_FILE_SYSTEM: "mount it for writing, or name another directory in [GLOBAL].pants_distdir",
        Obstruction.NOT_WRITABLE: f"sudo chown {os.getuid()} {shell_quote(parent)} && chmod u+wx {shell_quote(parent)}",
    }
    return Problem(
        f"{shown(path)} cannot be written: {shown(parent)} is {found.obstruction.value}.", fix=fix[found.obstruction]
    )


def _inspect_file(build_root: str, path: str) -> FileOnDisk:
    absolute = os.path.join(build_root, path)
    problem = unwritable(build_root, path)
    if problem:
        return FileOnDisk(blocker=problem)
    if os.path.islink(absolute):
        return FileOnDisk(target=os.readlink(absolute))
    if not os.path.lexists(absolute):
        return FileOnDisk()
    try:
        return FileOnDisk(read_file(Path(absolute)), executable=os.access(absolute, os.X_OK))
    except OSError as error:
        return FileOnDisk(blocker=in_the_way(path, str(error.strerror)))
