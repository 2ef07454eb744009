"""The modules of `staging` as files of a sandbox, for the processes that run them."""

from __future__ import annotations

import marshal
from functools import cache
from importlib.util import MAGIC_NUMBER
from types import CodeType

from pants.engine.fs import FileContent

from devflow.engine.sandbox_package import REMOVING, module_file, modules_as_files
from devflow.export_all_resolves.staging.build import OWN_DIR

STAGING = "devflow.export_all_resolves.staging"
# Files that Python starts: `-m` takes longer than to import most of the others.
MAIN, DOWNLOAD = "main.py", "download.py"
_STAGING_MODULES = (
    "__init__",
    "__main__",
    "ageing",
    "anchors",
    "build",
    "choice",
    "commands",
    "download",
    "fetch",
    "fetching",
    "frame",
    "index",
    "installed",
    "late_site",
    "marker",
    "metadata",
    "network",
    "part_cache",
    "part_making",
    "parts",
    "pip_form",
    "projects",
    "replaced",
    "required",
    "run",
    "seed",
    "shebang",
    "specifiers",
    "start",
    "trash",
    "trees",
    "unchanged",
    "verdict",
    "wheels",
)
_DOWNLOAD_MODULES = (
    "__init__",
    "anchors",
    "choice",
    "download",
    "fetch",
    "index",
    "installed",
    "late_site",
    "network",
    "projects",
)
_MODULES: tuple[str, ...] = (
    *(f"{STAGING}.{name}" for name in _STAGING_MODULES),
    *REMOVING,
)


@cache
def staging_files() -> tuple[FileContent, ...]:
    """All modules that such a process may import; their `PYTHONPATH` is `OWN_DIR`."""
    return (*modules_as_files(_MODULES, OWN_DIR), module_file(f"{STAGING}.download", f"{OWN_DIR}/{DOWNLOAD}"))


@cache
def download_files(directory: str) -> tuple[FileContent, ...]:
    """Those that download wheels if there is a seed; their `PYTHONPATH` is this directory."""
    modules = modules_as_files([f"{STAGING}.{name}" for name in _DOWNLOAD_MODULES], directory)
    return (*modules, module_file(f"{STAGING}.download", f"{directory}/{DOWNLOAD}"))


@cache
def compiled_staging_files() -> tuple[FileContent, ...]:
    """The same, and `MAIN`, for the interpreter that runs this: each process would compile them again."""
    return tuple(
        FileContent(f"{file.path}c", MAGIC_NUMBER + bytes(12) + marshal.dumps(_compiled(file)))
        for file in (*staging_files(), module_file(f"{STAGING}.__main__", f"{OWN_DIR}/{MAIN}"))
    )


def _compiled(file: FileContent) -> CodeType:
    return compile(file.content, file.path, "exec", dont_inherit=True)
