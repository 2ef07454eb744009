"""Finds migration trees that no target declares, for `tailor`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from pants.core.goals.tailor import PutativeTarget, PutativeTargets, PutativeTargetsRequest
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_targets, read_files
from devflow.schema_history.members.alembic import AlembicReader
from devflow.schema_history.members.django import DjangoReader
from devflow.schema_history.targets import AlembicMigrationsTarget, DjangoMigrationsTarget, MigrationsSectionField

_KINDS = ((AlembicReader, AlembicMigrationsTarget), (DjangoReader, DjangoMigrationsTarget))
_NAME = "migrations"


@dataclass(frozen=True)
class PutativeMigrationsRequest(PutativeTargetsRequest):
    """The request of `tailor`."""


@rule(desc="Find migration trees without a target", level=LogLevel.DEBUG)
async def find_putative_migrations(request: PutativeMigrationsRequest) -> PutativeTargets:
    """One target for each directory with a configuration: an `alembic.ini` and a `pyproject.toml` are one tree.

    If sections of a configuration are trees, one for each of them.
    """
    globs = {os.path.basename(glob) for reader, _ in _KINDS for glob in reader.config_globs}
    files = await read_files(request.path_globs(*sorted(globs)))
    targets = await all_targets()
    found = []
    for reader, target_type in _KINDS:
        names = {os.path.basename(glob) for glob in reader.config_globs}
        declared = {
            (os.path.dirname(path), target[MigrationsSectionField].value if sectioned else None)
            for target in targets
            if target.has_field(reader.config_field) and (path := target[reader.config_field].file_path)
            for sectioned in (target.has_field(MigrationsSectionField),)
        }
        homes: dict[str, tuple[str, tuple[str | None, ...]]] = {}
        for file in sorted(files, key=lambda file: file.path):
            directory, name = os.path.split(file.path)
            text = file.content.decode("utf-8-sig", errors="replace")
            if name in names and reader.recognises(file.path, text):
                homes.setdefault(directory, (name, reader.sections(file.path, text) or (None,)))
        found += [
            PutativeTarget.for_target_type(
                target_type,
                path=directory,
                name=re.sub(r"[^\w.-]", "_", section) if section else _NAME,
                triggering_sources=[name],
                kwargs={
                    **({} if name == reader.config_field.default else {"config": name}),
                    **({"section": section} if section else {}),
                },
            )
            for directory, (name, sections) in homes.items()
            for section in sections
            if (directory, section) not in declared
        ]
    return PutativeTargets(found)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(PutativeTargetsRequest, PutativeMigrationsRequest)]
