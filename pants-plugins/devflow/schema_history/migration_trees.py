"""Which migration trees a run is about: those of the specs, of `--config`, of all targets, or the only one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pants.base.specs import Specs
from pants.engine.fs import FileContent, PathGlobs
from pants.engine.target import Target
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.members import failure_of
from devflow.engine import all_targets, filtered_targets_of_specs, read_files
from devflow.schema_history.contract import HistoryReader, Tree
from devflow.schema_history.targets import MigrationsOutputField, MigrationsResolveField, MigrationsSectionField


async def chosen_trees(
    union_membership: UnionMembership, *, specs: Specs | None = None, configs: Sequence[str] = ()
) -> tuple[HistoryReader, ...]:
    """The trees of a run, sorted by configuration; at least one. Raises: UserError."""
    members = tuple(union_membership.get(HistoryReader))
    if specs:
        if configs:
            raise UserError("Both targets and --config are given.", fix="leave one of them out")
        targets = await filtered_targets_of_specs(specs)
        trees = _declared(targets, members)
        if not trees:
            raise UserError(
                "None of these targets is a migration tree.",
                fix=f"name one that is: {bin_name()} --filter-target-type={_aliases(members)} list ::",
            )
        return trees
    declared = _declared(await all_targets(), members)
    if configs:
        named = [reader for config in configs for reader in _of_config(_normal(config), declared, members)]
        files = await read_files(PathGlobs(reader.tree.config for reader in named))
        texts = {file.path: _text(file) for file in files}
        return tuple(dict.fromkeys(part for reader in named for part in _divided(reader, texts)))
    return declared or await _found(members)


def _text(file: FileContent) -> str:
    return file.content.decode("utf-8-sig", errors="replace")


def _divided(reader: HistoryReader, texts: Mapping[str, str]) -> tuple[HistoryReader, ...]:
    """One reader for each section of the configuration that is a tree of its own, else this one."""
    tree = reader.tree
    if tree.address or tree.section or tree.config not in texts:
        return (reader,)
    try:
        sections = reader.sections(tree.config, texts[tree.config])
    except Exception as error:
        raise _failure(type(reader), error, f"looking for sections in {tree.config}") from error
    return tuple(type(reader)(replace(tree, section=section)) for section in sections) or (reader,)


async def _found(members: Sequence[type[HistoryReader]]) -> tuple[HistoryReader, ...]:
    globs = [glob for member in members for glob in member.config_globs]
    files = await read_files(PathGlobs(globs))
    found: dict[tuple[str, type[HistoryReader]], str] = {}
    for file in sorted(files, key=lambda file: file.path):
        member = next((member for member in members if _may_be(file.path, _text(file), member)), None)
        if member:
            # `alembic.ini` comes before `pyproject.toml`, and they are one tree.
            found.setdefault((os.path.dirname(file.path), member), file.path)
    if not found:
        names = " or ".join(sorted({os.path.basename(glob) for glob in globs}))
        others = ", ".join(sorted(file.path for file in files))
        raise UserError(
            "There is no configuration of a migration tool in this repository"
            + (f" (looked at: {others})." if others else f": no {names}."),
            fix="name it: --config=PATH",
        )
    if len(found) > 1:
        paths = sorted(found.values())
        raise UserError(
            f"There are several configurations: {', '.join(paths)}.",
            fix=f"choose: --config={paths[0]}; or declare them as targets: {bin_name()} tailor ::",
        )
    [((_, member), path)] = found.items()
    return _divided(member(Tree(path)), {file.path: _text(file) for file in files})


def _may_be(path: str, text: str, member: type[HistoryReader]) -> bool:
    names = {os.path.basename(glob) for glob in member.config_globs}
    if os.path.basename(path) not in names:
        return False
    try:
        return member.recognises(path, text)
    except Exception as error:
        raise _failure(member, error, f"looking into {path}") from error


def _takes(member: type[HistoryReader], config: str) -> bool:
    try:
        return member.takes(config)
    except Exception as error:
        raise _failure(member, error, f"looking at the name {config}") from error


def _failure(member: type[HistoryReader], error: Exception, doing: str) -> UserError:
    """The error of a member that is needed to find the trees, so that the run cannot continue without it."""
    problem = failure_of(member, error, doing=doing, fix=f"{bin_name()} -ldebug dump-schema-history")
    return UserError.of(problem)


def _of_config(
    config: str, declared: Iterable[HistoryReader], members: Sequence[type[HistoryReader]]
) -> tuple[HistoryReader, ...]:
    """The declared trees of this configuration, or of this section of it; else one that no target declares."""
    of_targets = tuple(reader for reader in declared if config in (reader.tree.config, reader.tree.as_config))
    if of_targets:
        return of_targets
    path, colon, section = config.rpartition(":")
    member = next((member for member in members if _takes(member, config)), None)
    if member is None and colon:
        member = next((member for member in members if _takes(member, path)), None)
        if member:
            return (member(Tree(path, section=section)),)
    if member is None:
        raise UserError(
            f"--config={config}: No migration tool has a configuration with such a name.",
            fix=f"name one of: {', '.join(sorted({glob for member in members for glob in member.config_globs}))}",
        )
    return (member(Tree(config)),)


def _normal(config: str) -> str:
    path = os.path.normpath(config)
    if os.path.isabs(path) or path.startswith(".."):
        raise UserError(
            f"--config={config}: The file is outside of this repository, or named by an absolute path.",
            fix="give a path from the build root: --config=alembic.ini",
        )
    return path


def _declared(targets: Iterable[Target], members: Sequence[type[HistoryReader]]) -> tuple[HistoryReader, ...]:
    found = [
        member(
            Tree(
                config=os.path.normpath(path),
                address=target.address.spec,
                resolve=target[MigrationsResolveField].value if target.has_field(MigrationsResolveField) else None,
                output=target[MigrationsOutputField].value if target.has_field(MigrationsOutputField) else None,
                section=target[MigrationsSectionField].value if target.has_field(MigrationsSectionField) else None,
            )
        )
        for target in targets
        for member in members
        if target.has_field(member.config_field) and (path := target[member.config_field].file_path)
    ]
    return tuple(sorted(found, key=lambda reader: (reader.tree.as_config, reader.tree.address or "")))


def _aliases(members: Sequence[type[HistoryReader]]) -> str:
    return ",".join(sorted(f"{member.tool}_migrations" for member in members))
