"""Import names come from the files of a distribution, and a mapping is wanted only where Pants would be wrong."""

from __future__ import annotations

import pytest

from devflow.add_requirement.imports.modules import ModuleNames, NeededMapping, modules_in, needed_mapping


@pytest.mark.parametrize(
    ("files", "modules", "stubs"),
    [
        (["attr/__init__.py", "attr/_make.py", "attr/py.typed", "attrs/__init__.py"], ("attr", "attrs"), ()),
        (["Crypto/__init__.py", "Crypto/Cipher/__init__.py", "Crypto/Cipher/_raw.abi3.so"], ("Crypto",), ()),
        (["six.py", "six-1.dist-info/RECORD", "__pycache__/six.cpython-39.pyc"], ("six",), ()),
        (["google/cloud/storage/__init__.py", "google/cloud/_storage_v2/__init__.py"], ("google.cloud.storage",), ()),
        (["yaml/__init__.py", "_yaml/__init__.py"], ("yaml",), ()),
        (["_cffi_backend.cpython-39-x86_64-linux-gnu.so"], ("_cffi_backend",), ()),
        (["yaml-stubs/__init__.pyi", "yaml-stubs/METADATA.toml"], (), ("yaml",)),
        (["google-stubs/protobuf/__init__.pyi"], (), ("google.protobuf",)),
        (["django-stubs/__init__.pyi", "mypy_django_plugin/__init__.py"], ("mypy_django_plugin",), ("django",)),
        (["x.data/scripts/run.py", "../../bin/run", "tests/__init__.py", "x/__init__.py"], ("x",), ()),
        (["not-a-name/__init__.py", "fine.pyd", "also.fine.py"], ("fine",), ()),
        (["distutils-precedence.pth"], (), ()),
        (["backports/__init__.py", "backports/tarfile.py"], ("backports.tarfile",), ()),
    ],
)
def test_real_names(files: list[str], modules: tuple[str, ...], stubs: tuple[str, ...]) -> None:
    assert modules_in(files, ["backports"]) == ModuleNames(modules, stubs)


@pytest.mark.parametrize(
    ("real", "inferred", "needed"),
    [
        (ModuleNames(("Crypto",)), ModuleNames(("pretendcrypto",)), NeededMapping("module_mapping", ("Crypto",))),
        (ModuleNames(("google.cloud.storage",)), ModuleNames(("google.cloud",)), None),
        (
            ModuleNames(("cattr", "cattrs")),
            ModuleNames(("cattr",)),
            NeededMapping("module_mapping", ("cattr", "cattrs")),
        ),
        (ModuleNames(("cattr", "cattrs")), ModuleNames(("cattr", "cattrs", "more")), None),
        (ModuleNames((), ("yaml",)), ModuleNames((), ("yaml",)), None),
        (ModuleNames((), ("yaml",)), ModuleNames(("yaml",)), NeededMapping("type_stubs_module_mapping", ("yaml",))),
        (ModuleNames(("yaml",)), ModuleNames((), ("yaml",)), NeededMapping("module_mapping", ("yaml",))),
        (ModuleNames(("plugin",), ("django",)), ModuleNames((), ("django",)), None),
        (ModuleNames(), ModuleNames(("x",)), None),
    ],
)
def test_a_mapping_is_needed(real: ModuleNames, inferred: ModuleNames, needed: NeededMapping | None) -> None:
    assert needed_mapping(real, inferred) == needed
