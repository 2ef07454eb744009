"""The inputs of a Python export: lockfile, interpreter and settings, each as one comparable value."""

from __future__ import annotations

import dataclasses
import hashlib
import posixpath
import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import LoadedLockfile, Lockfile, ResolvePexConstraintsFile
from pants.core.goals.export import ExportSubsystem
from pants.engine.fs import PathGlobs
from pants.engine.platform import Platform
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.engine.unions import UnionMembership
from pants.util.logging import LogLevel

from devflow.common.errors import UserError, last_words
from devflow.engine import digest_contents, read_files, run_process, try_process_in
from devflow.engine.python import (
    ResolvePexConfig,
    editable_local_dists,
    exported_codegen,
    load_lockfile,
    sidecar_path,
)
from devflow.engine.python.lock import selected_uv
from devflow.engine.python.resolves import constraints_of, how_to_make_lockfile, meets_all
from devflow.engine.python.tool import tool_export
from devflow.export_all_resolves.facts import ExportInput
from devflow.export_all_resolves.members.lockfile_content import NotALockfileError, check_sidecar, content_of_file
from devflow.export_all_resolves.members.python_pins import is_taken_as_it_is

SYMLINKED = "symlinked_immutable_virtualenv"
# Where files come from, and how newer Pants makes a lockfile: neither decides what is installed from it.
_NOT_DECIDING = (
    *("indexes", "find_links", "path_mappings", "sources"),
    *("lock_style", "complete_platforms", "uploaded_prior_to"),
)
_HAS_FORMATS = "lockfile_format" in (field.name for field in dataclasses.fields(LoadedLockfile))  # Pants that has uv
_HASH = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())"


@dataclass(frozen=True)
class ResolveSource:
    """What a resolve is made from: a lockfile of the repository, or, for a tool without a resolve, that of Pants."""

    lockfile: Lockfile
    constraints: InterpreterConstraints
    requirements: tuple[str, ...] = ()


async def source_of(resolve: str, python_setup: PythonSetup, union_membership: UnionMembership) -> ResolveSource | None:
    """None for the resolve of another backend."""
    url = python_setup.resolves.get(resolve)
    if url:
        lockfile = Lockfile(url=url, url_description_of_origin=f"the resolve `{resolve}`", resolve_name=resolve)
        return ResolveSource(lockfile, constraints_of(resolve, python_setup))
    tool = await tool_export(resolve, python_setup, union_membership)
    return ResolveSource(tool.lockfile, tool.constraints, tool.requirements) if tool else None


async def lockfile_input(resolve: str, source: ResolveSource, python_setup: PythonSetup) -> ExportInput:
    """The content of the lockfile. Raises: UserError if it is missing, cannot be read, or pins nothing."""
    url = source.lockfile.url
    how_to_make = how_to_make_lockfile(resolve, python_setup)
    path = _path_of(url)
    if path is None:
        return _input_of(await _as_loaded(source, resolve, how_to_make), source, resolve, how_to_make)
    # Pants' own error for a missing lockfile names neither the resolve nor a fix, and none of its errors the line.
    sidecar = sidecar_path(path)
    contents = {
        file.path: file.content for file in await read_files(PathGlobs([path, *([sidecar] if sidecar else ())]))
    }
    if path not in contents:
        raise UserError(f"{url}, the lockfile of resolve {resolve}, does not exist.", fix=how_to_make)
    found = _input_of(contents[path], source, resolve, how_to_make)
    if sidecar:
        with _explained(url, resolve, how_to_make):
            check_sidecar(contents[path].decode(), _text_of(contents.get(sidecar)), sidecar)
    await _as_loaded(source, resolve, how_to_make)
    return found


def _path_of(url: str) -> str | None:
    """The path of a lockfile in the repository; None for one that is elsewhere."""
    parts = urlparse(url)
    if parts.scheme not in ("", "file"):
        return None
    return posixpath.normpath(parts.path.lstrip("/") if parts.scheme else url)


async def _as_loaded(source: ResolveSource, resolve: str, how_to_make: str) -> bytes:
    """The lockfile as Pants loads it. Raises: UserError if Pants cannot do so."""
    try:
        return await content_as_loaded(source.lockfile)
    except Exception as error:
        raise _unreadable(source.lockfile.url, resolve, last_words(error), how_to_make) from error


async def content_as_loaded(lockfile: Lockfile) -> bytes:
    """The content of a lockfile as Pants loads it: without its header. Raises: whatever Pants does if it cannot.

    Pants is not asked about a file that it takes as it is: it reads each requirement of each lockfile that changes.
    """
    path = _path_of(lockfile.url)
    files = await read_files(PathGlobs([path])) if path and not sidecar_path(path) else ()
    if files and is_taken_as_it_is(files[0].content):
        return files[0].content
    loaded = await load_lockfile(lockfile)
    return (await digest_contents(loaded.lockfile_digest))[0].content


async def installer_inputs(source: ResolveSource, platform: Platform) -> tuple[ExportInput, ...]:
    """The uv that installs from this lockfile, if it is one of uv: pex installs from all others.

    Raises: UserError if `[uv]` selects none for this platform.
    """
    if not _HAS_FORMATS:
        return ()
    loaded = await load_lockfile(source.lockfile)
    if getattr(loaded, "lockfile_format", None) != "uv":
        return ()
    uv = await selected_uv(platform)
    return (ExportInput("uv", f"{uv.file} {uv.sha256} {uv.path}", uv.version),) if uv else ()


async def refuse_other_python(resolve: str, source: ResolveSource, version: str, python_setup: PythonSetup) -> None:
    """Raises: UserError if the lockfile is one of uv, and its side-car excludes this version: uv then installs nothing.

    Source: `create_venv_repository_from_uv_lockfile` of Pants 2.32 and 2.33; uv 0.11.6.
    """
    if not _HAS_FORMATS:
        return
    loaded = await load_lockfile(source.lockfile)
    metadata: Any = getattr(loaded, "metadata", None)
    if getattr(loaded, "lockfile_format", None) != "uv" or not metadata:
        return
    constraints: InterpreterConstraints = metadata.valid_for_interpreter_constraints
    if not meets_all(constraints, version):
        raise UserError(
            f"{source.lockfile.url}, the lockfile of resolve {resolve}, cannot be used: it is for {constraints}, and "
            f"the interpreter is Python {version}.",
            fix=how_to_make_lockfile(resolve, python_setup),
        )


def _input_of(content: bytes, source: ResolveSource, resolve: str, how_to_make: str) -> ExportInput:
    with _explained(source.lockfile.url, resolve, how_to_make):
        pinned = content_of_file(content)
    return ExportInput("lockfile", hash_of(pinned, source.requirements) if source.requirements else pinned)


def _text_of(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


@contextmanager
def _explained(path: str, resolve: str, how_to_make: str) -> Iterator[None]:
    """Raises: UserError for what makes a lockfile unusable."""
    try:
        yield
    except NotALockfileError as error:
        what = f"{path}, the lockfile of resolve {resolve}, cannot be used: {error}."
        raise UserError(what, fix=f"{error.first}{how_to_make}") from error
    except ValueError as error:  # not UTF-8, or not JSON
        raise _unreadable(path, resolve, str(error), how_to_make) from error


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


async def hash_here(path: str, environment: ProcessExecutionEnvironment) -> str | None:
    """The hash of a binary on this machine, as Pants takes it of interpreters; None if there is none.

    Source: `find_interpreter` of Pants, 2.17 to 2.33.
    """
    process = Process(
        (sys.executable, "-I", "-c", _HASH, path),
        description=f"Look at {path} on this machine",
        level=LogLevel.DEBUG,
        cache_scope=ProcessCacheScope.PER_SESSION,
    )
    done = await try_process_in(environment, process)
    return None if done.exit_code else done.stdout.decode().strip()


def settings_input(config: ResolvePexConfig) -> ExportInput:
    """The settings of the resolver, all that the running Pants has, but not where files come from.

    Which index a file comes from does not matter: the lockfile has its hash. An index address may hold a token, and is
    then another one every day.
    """
    settings = {field.name: _comparable(getattr(config, field.name)) for field in dataclasses.fields(config)}
    deciding = {name: value for name, value in settings.items() if name not in _NOT_DECIDING}
    return ExportInput("resolver settings", hash_of(sorted(deciding.items())))


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
    hermetic = options.get("py_hermetic_scripts") is not False  # of Pants 2.21 to 2.25, for all resolves
    if resolve in (options.get("py_non_hermetic_scripts_in_resolve") or ()) or not hermetic:
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
