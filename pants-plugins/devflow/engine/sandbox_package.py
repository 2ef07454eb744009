"""Modules of ours as files of a sandbox, for the processes that run them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from pants.engine.fs import FileContent

# What `devflow.common.removal.trees` imports, itself included.
REMOVING = (
    "devflow.common.paths",
    *(f"devflow.common.removal.{name}" for name in ("__init__", "attributes", "inode", "mounts", "scan", "trees")),
)


def module_file(module: str, path: str) -> FileContent:
    """The source of a module ("devflow.x.y") as the file `path`. Raises: FileNotFoundError.

    The package of the module may be one without an `__init__.py`, in which `pkgutil.get_data` would find nothing.
    """
    spec = find_spec(module)
    get_data = getattr(spec.loader, "get_data", None) if spec else None
    if not spec or not spec.origin or not get_data:
        raise FileNotFoundError(f"{module.replace('.', '/')}.py cannot be read where it should be installed.")
    return FileContent(path, get_data(spec.origin))


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
