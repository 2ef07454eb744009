"""The inputs of a Python export: lockfile, interpreter and settings, each as one comparable value."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Set
from urllib.parse import urlparse

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import LoadedLockfile, Lockfile, ResolvePexConstraintsFile
from pants.core.goals.export import ExportSubsystem
from pants.engine.fs import PathGlobs
from pants.engine.process import Process
from pants.util.logging import LogLevel

from devflow.common.errors import UserError, last_words
from devflow.engine import digest_contents, list_paths, run_process
from devflow.engine.python import (
    ResolvePexConfig,
    editable_local_dists,
    exported_codegen,
    load_lockfile,
)
from devflow.engine.python.resolves import how_to_make_lockfile
from devflow.export_all_resolves.facts import ExportInput

SYMLINKED = "symlinked_immutable_virtualenv"
_INDEX_SETTINGS = ("indexes", "find_links", "path_mappings")


async def lockfile_input(resolve: str, python_setup: PythonSetup) -> ExportInput:
    """The lockfile's content without its header and comments. Raises: UserError if it is missing or cannot be read."""
    url = python_setup.resolves[resolve]
    origin = f"the resolve `{resolve}`"
    how_to_make = how_to_make_lockfile(resolve, python_setup)
    parts = urlparse(url)
    if parts.scheme in ("", "file"):
        # Pants' own error for a missing lockfile names neither the resolve nor a fix.
        found = await list_paths(PathGlobs([parts.path.lstrip("/") if parts.scheme else url]))
        if not found.files:
            raise UserError(f"{url}, the lockfile of resolve {resolve}, does not exist.", fix=how_to_make)
    try:
        loaded = await load_lockfile(Lockfile(url=url, url_description_of_origin=origin, resolve_name=resolve))
    except Exception as error:
        raise _unreadable(url, resolve, last_words(error), how_to_make) from error
    contents = await digest_contents(loaded.lockfile_digest)
    return ExportInput("lockfile", _digest_of_lockfile(contents[0].content, loaded, resolve, how_to_make))


def _digest_of_lockfile(content: bytes, loaded: LoadedLockfile, resolve: str, how_to_make: str) -> str:
    if content.lstrip().startswith(b"{"):
        try:
            lockfile = json.loads(content)
        except ValueError as error:
            raise _unreadable(loaded.lockfile_path, resolve, str(error), how_to_make) from error
        if not isinstance(lockfile.get("locked_resolves"), list):
            raise _unreadable(loaded.lockfile_path, resolve, "it has no list of locked_resolves", how_to_make)
        return loaded.lockfile_digest.fingerprint  # without the header, which is in comments
    lines = (line.strip() for line in content.splitlines())
    return hash_of(*(line.decode(errors="replace") for line in lines if line and not line.startswith(b"#")))


def _unreadable(path: str, resolve: str, why: str, how_to_make: str) -> UserError:
    return UserError(f"{path}, the lockfile of resolve {resolve}, cannot be read: {why}", fix=how_to_make)


async def full_version(python: PythonExecutable) -> str:
    """The version that stock `export` puts into the path: "3.11.7"."""
    result = await run_process(
        Process(
            [python.path, "-c", "import sys; print('.'.join(str(part) for part in sys.version_info[:3]))"],
            # The cache must not give the result of another binary at the same path.
            env={"DEVFLOW_PYTHON_FINGERPRINT": python.fingerprint or ""},
            append_only_caches=python.append_only_caches,
            description=f"Read the version of {python.path}",
            level=LogLevel.DEBUG,
        )
    )
    return result.stdout.decode().strip()


def settings_inputs(config: ResolvePexConfig) -> tuple[ExportInput, ...]:
    """The settings as hashes, because an index address may hold a password; all that the running Pants has."""
    settings = {field.name: _comparable(getattr(config, field.name)) for field in dataclasses.fields(config)}
    index = {name: value for name, value in settings.items() if name in _INDEX_SETTINGS}
    others = {name: value for name, value in settings.items() if name not in _INDEX_SETTINGS}
    return (
        ExportInput("index settings", hash_of(sorted(index.items()))),
        ExportInput("resolver settings", hash_of(sorted(others.items()))),
    )


def _comparable(setting: object) -> object:
    if isinstance(setting, ResolvePexConstraintsFile):
        return setting.digest.fingerprint
    if isinstance(setting, Set):
        return sorted(map(str, setting))
    return setting


async def listed_inputs(resolve: str, export_subsystem: ExportSubsystem) -> tuple[ExportInput, ...]:
    """The inputs that `[export]` adds for the resolves in its options."""
    options = export_subsystem.options
    inputs = []
    if resolve in options.py_editable_in_resolve:
        editables = await editable_local_dists(resolve)
        digest = editables.optional_digest
        inputs.append(ExportInput("editable distributions", digest.fingerprint if digest else "none"))
    # Newer Pants has these options.
    if resolve in (options.get("py_generated_sources_in_resolve") or ()):
        generated = await exported_codegen(resolve)
        inputs.append(ExportInput("generated sources", generated.fingerprint))
    if resolve in (options.get("py_non_hermetic_scripts_in_resolve") or ()):
        inputs.append(ExportInput("scripts", "non-hermetic"))
    return tuple(inputs)


def export_format(export_subsystem: ExportSubsystem) -> str:
    """The value of `[export].py_resolve_format`, or of its deprecated predecessor."""
    options = export_subsystem.options
    if options.get("symlink_python_virtualenv"):
        return SYMLINKED
    return str(options.py_resolve_format.value)


def hash_of(*parts: object) -> str:
    """A hash of values that `repr` shows completely: strings, numbers, and tuples or lists of them."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
