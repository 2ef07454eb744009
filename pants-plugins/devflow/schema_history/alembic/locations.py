"""The directories of the repository that a location in the configuration may stand for. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from devflow.common.errors import UserError
from devflow.schema_history.alembic.config import HERE, AlembicConfig

_PACKAGE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def candidates(location: str, *, config: str, source_roots: Iterable[str]) -> tuple[str, ...]:
    """Paths from the build root, the likeliest first; the caller takes the first that is a directory.

    alembic takes a relative path from where it is run: that is the directory of the configuration, or the build root.
    It imports a package, `app.db:migrations`; here the source roots say where that is. Raises: UserError for a place
    outside of the repository.
    """
    here = os.path.dirname(config)
    if location.startswith(HERE):
        return (_inside(os.path.join(here, location[len(HERE) :].lstrip("/")), location, config),)
    if os.path.isabs(location):
        raise _outside(location, config)
    package, colon, rest = location.partition(":")
    if colon and _PACKAGE.fullmatch(package):
        return _of_package(package, rest.replace(":", "/"), location, config, source_roots)
    paths = []
    for start in (here, ""):
        path = os.path.normpath(os.path.join(start, location))
        if not path.startswith(".."):
            paths.append(path)
    if not paths:
        raise _outside(location, config)
    if "." in location and _PACKAGE.fullmatch(location):
        paths.extend(_of_package(location, "", location, config, source_roots))
    return tuple(dict.fromkeys(paths))


def location_fix(config: AlembicConfig, path: str, is_target: bool, environments: Sequence[str]) -> str:
    """The fix for a configuration at `path` without a script location that exists.

    `environments` are the paths of `env.py` in the directory of the configuration and below it.
    """
    if config.others and not config.script_location:
        section = config.others[0]
        return f'set section="{section}" in its target' if is_target else f"name a section: --config={path}:{section}"
    here = os.path.dirname(path)
    directories = [os.path.relpath(os.path.dirname(environment), here or ".") for environment in environments]
    nearest = min(directories, key=lambda directory: (directory.count("/"), directory), default="migrations")
    location = os.path.normpath(os.path.join("%(here)s", nearest))
    written = f'script_location = "{location}"' if path.endswith(".toml") else f"script_location = {location}"
    if not directories:
        return f"make the directory (alembic init {os.path.join(here, nearest)}), and write: {written}"
    return f"name the directory that has env.py: {written}"


def _of_package(package: str, rest: str, location: str, config: str, source_roots: Iterable[str]) -> tuple[str, ...]:
    path = os.path.join(package.replace(".", "/"), rest)
    return tuple(_inside(os.path.join(root, path), location, config) for root in sorted(source_roots))


def _inside(path: str, location: str, config: str) -> str:
    normal = os.path.normpath(path)
    if normal.startswith(".."):
        raise _outside(location, config)
    return normal


def _outside(location: str, config: str) -> UserError:
    shown = location.replace(HERE, "%(here)s")
    return UserError(
        f"{config}: The location '{shown}' lies outside of this repository.",
        fix="name a directory of the repository, such as %(here)s/migrations",
    )
