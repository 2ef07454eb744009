"""The targets that declare migration trees."""

from __future__ import annotations

from pants.engine.target import COMMON_TARGET_FIELDS, OptionalSingleSourceField, StringField, Target
from pants.util.strutil import softwrap


class MigrationsResolveField(StringField):
    """A name of `[python].resolves`."""

    alias = "resolve"
    help = softwrap(
        """
        The resolve whose Python reads the scripts, and whose lockfile has the tool.

        If not set: `[alembic].install_from_resolve`, else the default resolve if it has the tool, else the only
        resolve that has it. Example: `resolve="python-default"`.
        """
    )


class MigrationsOutputField(StringField):
    """A template of a path."""

    alias = "output"
    help = softwrap(
        """
        Where `dump-schema-history` writes the history: a path from the build root, in which `{version}`,
        `{config_dir}` and `{section}` may be used.

        If not set: `[dump-schema-history].output`. Example: `output="{config_dir}/history/{version}.json"`.
        """
    )


class MigrationsSectionField(StringField):
    """A section of an INI file."""

    alias = "section"
    help = softwrap(
        """
        The section of the INI file, as for `alembic --name`.

        If not set: `[alembic]`. Example: `section="billing"`.
        """
    )


class AlembicConfigField(OptionalSingleSourceField):
    """A file, so that specs and `--changed-since` find the target by it."""

    alias = "config"
    default = "alembic.ini"
    expected_file_extensions = (".ini", ".cfg", ".toml")
    help = 'Alembic\'s configuration, beside the BUILD file or below. Example: `config="pyproject.toml"`.'


class AlembicMigrationsTarget(Target):
    """See docs/goals/dump-schema-history.md."""

    alias = "alembic_migrations"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        AlembicConfigField,
        MigrationsSectionField,
        MigrationsResolveField,
        MigrationsOutputField,
    )
    help = "A tree of Alembic migrations, for `dump-schema-history`."


class DjangoConfigField(OptionalSingleSourceField):
    """A file, so that specs and `--changed-since` find the target by it."""

    alias = "config"
    default = "manage.py"
    expected_file_extensions = (".py",)
    help = "The `manage.py` of a Django project: the apps with migrations are in its directory and below."


class DjangoMigrationsTarget(Target):
    """See docs/goals/dump-schema-history.md."""

    alias = "django_migrations"
    core_fields = (*COMMON_TARGET_FIELDS, DjangoConfigField, MigrationsResolveField, MigrationsOutputField)
    help = "The migrations of a Django project, for `dump-schema-history`."
