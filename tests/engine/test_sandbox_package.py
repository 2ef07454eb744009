from __future__ import annotations

import pytest

from devflow.engine.sandbox_package import module_file, module_path, modules_as_files

PACKAGE = "devflow.export_all_resolves.staging"


def test_modules_with_the_packages_above_them() -> None:
    modules = [f"{PACKAGE}.__init__", f"{PACKAGE}.seed"]
    files = {file.path: file.content for file in modules_as_files(modules, ".own")}
    assert sorted(files) == [
        ".own/devflow/__init__.py",
        ".own/devflow/export_all_resolves/__init__.py",
        ".own/devflow/export_all_resolves/staging/__init__.py",
        ".own/devflow/export_all_resolves/staging/seed.py",
    ]
    assert files[".own/devflow/__init__.py"] == files[".own/devflow/export_all_resolves/__init__.py"] == b""
    assert files[module_path(f"{PACKAGE}.__init__", ".own")] != b""
    assert files[module_path(f"{PACKAGE}.seed", ".own")] == module_file(f"{PACKAGE}.seed", "x").content != b""


def test_modules_of_several_packages() -> None:
    files = {file.path: file.content for file in modules_as_files([f"{PACKAGE}.seed", "devflow.common.errors"], ".own")}
    assert sorted(path for path, content in files.items() if content == b"") == [
        ".own/devflow/__init__.py",
        ".own/devflow/common/__init__.py",
        ".own/devflow/export_all_resolves/__init__.py",
        ".own/devflow/export_all_resolves/staging/__init__.py",
    ]


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match="sead.py"):
        module_file(f"{PACKAGE}.sead", "x")
