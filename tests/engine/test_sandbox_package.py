from __future__ import annotations

import pytest

from devflow.engine.sandbox_package import module_file, module_path, package_files

PACKAGE = "devflow.export_all_resolves.staging"


def test_a_package_with_its_parents() -> None:
    files = {file.path: file.content for file in package_files(PACKAGE, ["seed"], ".own")}
    assert sorted(files) == [
        ".own/devflow/__init__.py",
        ".own/devflow/export_all_resolves/__init__.py",
        ".own/devflow/export_all_resolves/staging/__init__.py",
        ".own/devflow/export_all_resolves/staging/seed.py",
    ]
    assert files[".own/devflow/__init__.py"] == files[".own/devflow/export_all_resolves/__init__.py"] == b""
    assert files[module_path(f"{PACKAGE}.seed", ".own")] == module_file(f"{PACKAGE}.seed", "x").content != b""


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match="sead.py"):
        module_file(f"{PACKAGE}.sead", "x")
