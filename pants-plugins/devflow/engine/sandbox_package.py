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


def modules_as_files(modules: Iterable[str], directory: str) -> Iterator[FileContent]:
    """These modules ("devflow.x.y"), to be imported with `directory` on the path.

    The packages above them are empty, unless their `__init__` is one of the modules.
    """
    files = {module_path(module, directory): module for module in modules}
    packages = {
        module_path(f"{package}.__init__", directory) for module in files.values() for package in _above(module)
    }
    yield from (FileContent(path, b"") for path in sorted(packages.difference(files)))
    yield from (module_file(module, path) for path, module in files.items())


def _above(module: str) -> Iterator[str]:
    """The packages that hold a module: "devflow.x" and "devflow"."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module
