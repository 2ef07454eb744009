"""Finds migration trees that no target declares, for `tailor`."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pants.core.goals.tailor import PutativeTarget, PutativeTargets, PutativeTargetsRequest
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_targets, read_files
from devflow.schema_history.members.alembic import AlembicReader
from devflow.schema_history.members.django import DjangoReader
from devflow.schema_history.targets import AlembicMigrationsTarget, DjangoMigrationsTarget

_KINDS = ((AlembicReader, AlembicMigrationsTarget), (DjangoReader, DjangoMigrationsTarget))
_NAME = "migrations"


@dataclass(frozen=True)
class PutativeMigrationsRequest(PutativeTargetsRequest):
    """The request of `tailor`."""


@rule(desc="Find migration trees without a target", level=LogLevel.DEBUG)
async def find_putative_migrations(request: PutativeMigrationsRequest) -> PutativeTargets:
    """One target for each directory with a configuration: an `alembic.ini` and a `pyproject.toml` are one tree."""
    globs = {os.path.basename(glob) for reader, _ in _KINDS for glob in reader.config_globs}
    files = await read_files(request.path_globs(*sorted(globs)))
    targets = await all_targets()
    found = []
    for reader, target_type in _KINDS:
        names = {os.path.basename(glob) for glob in reader.config_globs}
        declared = {
            os.path.dirname(path)
            for target in targets
            if target.has_field(reader.config_field) and (path := target[reader.config_field].file_path)
        }
        homes: dict[str, str] = {}
        for file in sorted(files, key=lambda file: file.path):
            directory, name = os.path.split(file.path)
            if name in names and reader.recognises(file.path, file.content.decode(errors="replace")):
                homes.setdefault(directory, name)
        found += [
            PutativeTarget.for_target_type(
                target_type,
                path=directory,
                name=_NAME,
                triggering_sources=[name],
                kwargs={} if name == reader.config_field.default else {"config": name},
            )
            for directory, name in homes.items()
            if directory not in declared
        ]
    return PutativeTargets(found)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(PutativeTargetsRequest, PutativeMigrationsRequest)]
