"""Where Pants was told to keep things: from its own options, in a goal or without an engine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from devflow.common.errors import UserError
from devflow.reset_cache import config_files
from devflow.reset_cache.locations import Settings

_SENTINELS = ("pants.toml", "pants", "BUILDROOT", "BUILD_ROOT")


def from_options(options: Any, build_root: str) -> Settings:
    """From Pants' global options: an `OptionValueContainer`, or anything else with their names.

    A relative path is one below the build root. Links in parents are resolved; the last part of a path is not, because
    it matters whether that is a link.
    """

    def place(option: str) -> str:
        path = os.path.join(build_root, getattr(options, option))
        parent, name = os.path.split(path.rstrip(os.sep) or os.sep)
        return os.path.join(os.path.realpath(parent), name) if name not in ("", ".", "..") else os.path.realpath(path)

    base = getattr(options, "pants_physical_workdir_base", None)
    return Settings(
        os.path.realpath(build_root),
        local_store_dir=place("local_store_dir"),
        named_caches_dir=place("named_caches_dir"),
        local_execution_root_dir=place("local_execution_root_dir"),
        pants_workdir=place("pants_workdir"),
        pants_subprocessdir=place("pants_subprocessdir"),
        pants_distdir=place("pants_distdir"),
        pants_physical_workdir_base=os.path.join(build_root, base) if base else "",
    )


def without_engine(build_root: str, environment: Mapping[str, str]) -> Settings:
    """Read what Pants would read, and touch no store. Raises: UserError.

    By Pants itself where this Python has it; otherwise from the configuration files and the environment.
    """
    try:
        from pants.option.options_bootstrapper import OptionsBootstrapper  # Only here: a bare Python has no Pants.
    except ImportError:
        return from_options(config_files.read(build_root, environment), build_root)
    try:
        bootstrapper = OptionsBootstrapper.create(env=dict(environment), args=["pants"], allow_pantsrc=True)
        return from_options(bootstrapper.bootstrap_options.for_global_scope(), build_root)
    except Exception as error:
        raise UserError(f"Pants cannot read its configuration: {error}", fix="mend it, then run this again") from error


def find_build_root(start: str, environment: Mapping[str, str]) -> str:
    """The nearest directory upwards in which Pants would run. Source: `build_root.py`. Raises: UserError."""
    override = environment.get("PANTS_BUILDROOT_OVERRIDE")
    if override:
        return override
    directory = os.path.realpath(start)
    while True:
        if any(os.path.isfile(os.path.join(directory, name)) for name in _SENTINELS):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            raise UserError(f"There is no pants.toml in {start} or above.", fix="cd to the repository first")
        directory = parent
