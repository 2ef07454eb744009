"""A process in a sandbox gets every module of ours that its modules import."""

from __future__ import annotations

import ast

import pytest
from pants.engine.fs import FileContent

from devflow.engine.sandbox_package import module_file, modules_as_files
from devflow.export_all_resolves import sandbox
from devflow.platform_wheels import package as platform_wheels
from devflow.schema_history import sandbox as schema_history
from devflow.schema_history.members import alembic, django
from devflow.sphinx_docs import serve_goal
from house.sources import imports_of

SANDBOXES = {
    "building an export": sandbox.staging_files(),
    "downloading wheels": sandbox.download_files("own"),
    "packing a wheel": tuple(modules_as_files(platform_wheels._MODULES, "own")),
    "reading scripts of alembic": tuple(schema_history.package(alembic._FOR_SCRIPTS)),
    "asking alembic": tuple(schema_history.package(["alembic_walk"])),
    "reading migrations of Django": tuple(schema_history.package(django._MODULES)),
    "serving a site": (
        *modules_as_files(serve_goal._MODULES, "own"),
        module_file("devflow.sphinx_docs.sandbox.run_sphinx", "run.py"),
    ),
}


def is_given(name: str, paths: frozenset[str]) -> bool:
    """Whether an imported name is a module of the sandbox, or may be in one."""
    path = name.replace(".", "/")
    return any(given.endswith((f"{path}.py", f"{path.rpartition('/')[0]}.py")) for given in paths)


@pytest.mark.parametrize("what", SANDBOXES)
def test_all_that_is_imported_is_there(what: str) -> None:
    files: tuple[FileContent, ...] = SANDBOXES[what]
    paths = frozenset(file.path for file in files)
    imported = {name for file in files for name in imports_of(ast.parse(file.content), file.path)}
    ours = {name for name in imported if name.startswith("devflow.")}
    assert [name for name in sorted(ours) if not is_given(name, paths)] == []
