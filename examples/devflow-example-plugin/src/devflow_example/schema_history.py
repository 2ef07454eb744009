"""A schema-history reader: a file `migrations.list` names SQL files in the order in which they are applied."""

from __future__ import annotations

import os

from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.target import COMMON_TARGET_FIELDS, OptionalSingleSourceField, Target
from pants.engine.unions import UnionRule

from devflow.api import (
    HistoryReader,
    MigrationsOutputField,
    Problem,
    Revision,
    SchemaHistory,
    UserError,
    read_files,
)


class SqlMigrationsConfigField(OptionalSingleSourceField):
    """The list."""

    alias = "config"
    default = "migrations.list"
    expected_file_extensions = (".list",)
    help = "The file that names the SQL files."


class SqlMigrationsTarget(Target):
    """A tree of migrations, for `dump-schema-history`."""

    alias = "sql_migrations"
    core_fields = (*COMMON_TARGET_FIELDS, SqlMigrationsConfigField, MigrationsOutputField)
    help = "SQL files in the order of a list, for `dump-schema-history`."


class SqlListReader(HistoryReader):
    """Each file comes after the one before it, so that there is one head."""

    tool = "sql"
    how_to_merge = "put them in one order"
    config_field = SqlMigrationsConfigField
    config_globs = ("**/migrations.list",)

    @classmethod
    def takes(cls, path: str) -> bool:
        """By its ending."""
        return path.endswith(".list")


@rule
async def read_sql_list(request: SqlListReader) -> SchemaHistory:
    """Newest first. A listed file that is not there is a problem of its line."""
    config = request.tree.config
    directory = os.path.dirname(config)
    globs = [config, os.path.join(directory, "**/*.sql")]
    files = {file.path: file.content.decode() for file in await read_files(PathGlobs(globs))}
    if config not in files:
        raise UserError(f"{config}: There is no such file.", fix="name the list of SQL files: --config=PATH")
    listed = [(number, name.strip()) for number, name in enumerate(files[config].splitlines(), 1) if name.strip()]
    missing = [(number, name) for number, name in listed if os.path.join(directory, name) not in files]
    if missing:
        return SchemaHistory(
            (),
            problems=tuple(
                Problem(f"{config}:{number}: There is no {name}.", "write it, or take it out of the list")
                for number, name in missing
            ),
        )
    revisions: list[Revision] = []
    for _, name in listed:
        path = os.path.join(directory, name)
        revisions.append(
            Revision(
                id=name[: -len(".sql")],
                parents=(revisions[-1].id,) if revisions else (),
                doc=files[path].partition("\n")[0].lstrip("- ").strip(),
                path=path,
                line=1,
                is_head=name == listed[-1][1],
                is_branch_point=False,
                is_merge_point=False,
            )
        )
    return SchemaHistory(tuple(reversed(revisions)))


def rules():
    """The member."""
    return [*collect_rules(), UnionRule(HistoryReader, SqlListReader)]
