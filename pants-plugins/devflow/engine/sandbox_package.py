"""Modules of ours as files of a sandbox, for the processes that run them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator

from pants.engine.fs import FileContent


def module_file(module: str, path: str) -> FileContent:
    """The source of a module ("devflow.x.y") as the file `path`. Raises: FileNotFoundError."""
    package, _, name = module.rpartition(".")
    content = pkgutil.get_data(package, f"{name}.py")
    if content is None:
        raise FileNotFoundError(f"The source of {module} cannot be read where it is installed.")
    return FileContent(path, content)


def module_path(module: str, directory: str) -> str:
    """The path of the module in a sandbox that has its package below `directory`."""
    return f"{directory}/{module.replace('.', '/')}.py"


def package_files(package: str, modules: Iterable[str], directory: str) -> Iterator[FileContent]:
    """These modules of a package, to be imported with `directory` on the path. Its parents are empty."""
    names = package.split(".")
    for depth in range(1, len(names)):
        yield FileContent(module_path(".".join([*names[:depth], "__init__"]), directory), b"")
    for name in ("__init__", *modules):
        module = f"{package}.{name}"
        yield module_file(module, module_path(module, directory))
