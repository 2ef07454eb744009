"""`Settings` from the options of Pants: in a goal, or before Pants has an engine."""

from __future__ import annotations

import os
from collections.abc import Mapping

from devflow.common.errors import UserError
from devflow.plain.facts import Settings
from devflow.plain.settings import without_pants

_DIRECTORIES = (
    "local_store_dir",
    "named_caches_dir",
    "local_execution_root_dir",
    "pants_workdir",
    "pants_subprocessdir",
    "pants_distdir",
)
_PHYSICAL_WORKDIR_BASE = "pants_physical_workdir_base"


def from_options(options: object, build_root: str) -> Settings:
    """From Pants' global options: an `OptionValueContainer`, whose options are attributes."""
    values = {name: getattr(options, name) for name in _DIRECTORIES}
    base = getattr(options, _PHYSICAL_WORKDIR_BASE, None)
    return from_values({**values, _PHYSICAL_WORKDIR_BASE: base} if base else values, build_root)


def from_values(values: Mapping[str, str], build_root: str) -> Settings:
    """From options by name; only `pants_physical_workdir_base` may be missing.

    A relative path is one below the build root. Links in parents are resolved. The last part of a path is not, because
    a location that is a link is left alone. Raises: UserError for a path that no system has.
    """
    for option, value in values.items():
        _check_path(option, value)

    def directory(option: str) -> str:
        path = os.path.join(build_root, values[option])
        parent, name = os.path.split(path.rstrip(os.sep) or os.sep)
        return os.path.join(os.path.realpath(parent), name) if name not in ("", ".", "..") else os.path.realpath(path)

    base = values.get(_PHYSICAL_WORKDIR_BASE)
    return Settings(
        os.path.realpath(build_root),
        local_store_dir=directory("local_store_dir"),
        named_caches_dir=directory("named_caches_dir"),
        local_execution_root_dir=directory("local_execution_root_dir"),
        pants_workdir=directory("pants_workdir"),
        pants_subprocessdir=directory("pants_subprocessdir"),
        pants_distdir=directory("pants_distdir"),
        pants_physical_workdir_base=os.path.join(build_root, base) if base else None,
    )


def _check_path(option: str, value: str) -> None:
    """Raises: UserError for a path that no system has, which would fail in each call."""
    try:
        possible = value and b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        possible = False
    if not possible:
        shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in value)
        raise UserError(f'[GLOBAL].{option} = "{shown}" is not a path.', fix=f"write a path in [GLOBAL].{option}")


def without_engine(build_root: str, environment: Mapping[str, str]) -> Settings:
    """Read what Pants would read, and open no store. Raises: UserError.

    By Pants itself where this Python has it; otherwise from the configuration files and the environment.
    """
    try:
        from pants.option.options_bootstrapper import OptionsBootstrapper  # Only here: a bare Python has no Pants.
    except ImportError:
        return from_values(without_pants.read_options(build_root, environment), build_root)
    try:
        bootstrapper = OptionsBootstrapper.create(env=dict(environment), args=["pants"], allow_pantsrc=True)
        return from_options(bootstrapper.bootstrap_options.for_global_scope(), build_root)
    except UserError:
        raise
    except Exception as error:
        what = f"Pants cannot read its configuration: {error}"
        raise UserError(what, fix="correct the configuration, then run the same command again") from error
