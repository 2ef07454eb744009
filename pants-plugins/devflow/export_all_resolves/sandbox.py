"""The modules of `staging` as files of a sandbox, for the processes that run them."""

from __future__ import annotations

from collections.abc import Iterator

from pants.engine.fs import FileContent

from devflow.engine.sandbox_package import modules_as_files
from devflow.export_all_resolves.staging.build import OWN_DIR

STAGING = "devflow.export_all_resolves.staging"
_REMOVAL = "devflow.common.removal"
_STAGING_MODULES = (
    *("__init__", "__main__", "ageing", "build", "choice", "download", "fetch", "index", "marker", "network"),
    *("part_cache", "parts", "pip_form", "required", "seed", "shebang", "trees", "unchanged", "wheels"),
)
_MODULES: tuple[str, ...] = (
    *(f"{STAGING}.{name}" for name in _STAGING_MODULES),
    *(f"{_REMOVAL}.{name}" for name in ("__init__", "attributes", "facts", "mounts", "scan", "trees")),
    "devflow.common.paths",
)


def staging_files() -> Iterator[FileContent]:
    """All modules that such a process may import; their `PYTHONPATH` is `OWN_DIR`."""
    return modules_as_files(_MODULES, OWN_DIR)
