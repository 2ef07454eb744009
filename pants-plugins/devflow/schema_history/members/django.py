"""Django's member: the migrations of a project, read by the interpreter of its resolve. Django itself is not needed."""

from __future__ import annotations

import os
from dataclasses import replace

from pants.backend.python.subsystems.setup import PythonSetup
from pants.engine.fs import CreateDigest, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.engine import Rules, create_digest, list_paths, merge_digests, snapshot_of, try_process
from devflow.engine.python.resolves import constraints_of, python_for
from devflow.schema_history.contract import HistoryReader
from devflow.schema_history.facts import SchemaHistory
from devflow.schema_history.sandbox import package, printed, reading
from devflow.schema_history.targets import DjangoConfigField

_MODULES = (
    "bindings",
    "cycles",
    "django_apps",
    "django_graph",
    "django_migrations",
    "django_project",
    "imports",
    "parsing",
    "read_django",
)
_FILES = ("**/migrations/**/*.py", "**/apps.py", "**/apps/*.py")


class DjangoReader(HistoryReader):
    """Projects with a `manage.py`."""

    tool = "django"
    how_to_merge = "merge them: python manage.py makemigrations --merge"
    config_field = DjangoConfigField
    config_globs = ("**/manage.py",)

    @classmethod
    def takes(cls, path: str) -> bool:
        """Whether a configuration may be this tool's, by its extension."""
        return path.endswith(".py")

    @classmethod
    def recognises(cls, path: str, text: str) -> bool:
        """A `manage.py` may belong to another framework."""
        return "django" in text.lower()


@rule(desc="Read the history of a Django project", level=LogLevel.DEBUG)
async def read_django_history(request: DjangoReader, python_setup: PythonSetup) -> SchemaHistory:
    """Raises: UserError if no migration can be found."""
    tree = request.tree
    project = os.path.dirname(tree.config) or "."
    if not (await list_paths(PathGlobs([tree.config]))).files:
        near = await list_paths(PathGlobs(DjangoReader.config_globs))
        raise UserError(
            f"{tree.config}: There is no such file, or Pants ignores it.{did_you_mean(tree.config, near.files)}",
            fix="name the project's manage.py, a path from the build root: --config=manage.py",
        )
    files = await snapshot_of(PathGlobs(os.path.normpath(f"{project}/{name}") for name in _FILES))
    resolve = tree.resolve or python_setup.default_resolve
    if tree.resolve and tree.resolve not in python_setup.resolves:
        raise UserError(
            f"{tree.address}: resolve: no resolve has the name '{tree.resolve}'."
            f"{did_you_mean(tree.resolve, python_setup.resolves)}",
            fix=f"set it to one of: {', '.join(sorted(python_setup.resolves))}",
        )
    python = await python_for(resolve, constraints_of(resolve, python_setup))
    reader = await create_digest(CreateDigest(package(_MODULES)))
    result = await try_process(
        reading(
            python,
            "read_django",
            project,
            files=await merge_digests([files.digest, reader]),
            description=f"Read the schema history of {tree}",
        )
    )
    history = SchemaHistory.from_reader(printed(result, f"Reading the schema history of {tree}"))
    if not history.revisions and not history.problems:
        problem = Problem(
            f"{tree.config}: No app in {project} or below has migrations.",
            "make the first ones: python manage.py makemigrations; or, if the apps are elsewhere, name a Python "
            "file of the directory that has them: --config=shop/settings.py",
        )
        return replace(history, problems=(problem,))
    return history


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(HistoryReader, DjangoReader)]
