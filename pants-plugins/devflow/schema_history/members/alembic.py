"""Alembic's member: the interpreter of the resolve reads the scripts, and its alembic puts them in order."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex import VenvPexProcess
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.engine.fs import CreateDigest, Digest, FileContent, PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.option.option_types import StrOption
from pants.option.subsystem import Subsystem
from pants.util.logging import LogLevel

from devflow.common.errors import UserError, did_you_mean
from devflow.common.report import count
from devflow.common.tool_resolve import WantedTool
from devflow.engine import (
    Rules,
    all_source_roots,
    create_digest,
    digest_entries,
    list_paths,
    merge_digests,
    read_files,
    snapshot_of,
    try_processes,
)
from devflow.engine.python import try_venv_pex
from devflow.engine.python.resolves import constraints_of, python_for
from devflow.engine.python.tool import tool_resolve, tool_venv
from devflow.engine.python.tool_options import unless_taken, wanted_tool
from devflow.schema_history.alembic.config import AlembicConfig, ConfigText, has_alembic_table, parse
from devflow.schema_history.alembic.files import parts, scripts_in_order
from devflow.schema_history.alembic.history import checked, history, links, refused
from devflow.schema_history.alembic.locations import candidates
from devflow.schema_history.contract import HistoryReader, Tree
from devflow.schema_history.facts import SchemaHistory
from devflow.schema_history.reader.alembic_scripts import Script
from devflow.schema_history.sandbox import ENVIRONMENT, package, printed, reading, script_path
from devflow.schema_history.targets import AlembicConfigField

_FOR_SCRIPTS = ("alembic_scripts", "bindings", "parsing", "read_scripts")
_LINKS = "links.json"


class Alembic(Subsystem):
    """Options for migration trees that have no target."""

    options_scope = "alembic"
    help = "The migration tool Alembic (https://alembic.sqlalchemy.org), as `dump-schema-history` uses it."

    install_from_resolve = StrOption(
        default=None,
        help="The resolve whose lockfile has alembic, for trees whose target names none. If not set: the default "
        "resolve if it has alembic, else the only resolve that has it. "
        "Example: `install_from_resolve = 'python-default'`.",
    )


class AlembicReader(HistoryReader):
    """Trees with an `alembic.ini`, a `pyproject.toml`, or both."""

    tool = "alembic"
    how_to_merge = "merge them: alembic merge heads"
    config_field = AlembicConfigField
    config_globs = ("**/alembic.ini", "**/pyproject.toml")

    @classmethod
    def takes(cls, path: str) -> bool:
        """By its extension."""
        return path.endswith((".ini", ".cfg", ".toml"))

    @classmethod
    def recognises(cls, path: str, text: str) -> bool:
        """A `pyproject.toml` may configure other tools only."""
        return not path.endswith(".toml") or has_alembic_table(text)


async def _read_config(path: str) -> AlembicConfig:
    """Read both configurations: alembic takes an option from the INI file, else from the `pyproject.toml` beside it."""
    is_toml = path.endswith(".toml")
    other = os.path.join(os.path.dirname(path), "alembic.ini" if is_toml else "pyproject.toml")
    found = {file.path: file.content for file in await read_files(PathGlobs([path, other]))}
    if path not in found:
        near = await list_paths(PathGlobs(AlembicReader.config_globs))
        raise UserError(
            f"{path}: There is no such file, or Pants ignores it.{did_you_mean(path, near.files)}",
            fix="name alembic's configuration, a path from the build root: --config=alembic.ini",
        )
    texts = {name: _decoded(name, content) for name, content in found.items()}
    ini, pyproject = texts.get(other if is_toml else path), texts.get(path if is_toml else other)
    if is_toml and pyproject and not has_alembic_table(pyproject.text):
        raise UserError(
            f"{path}: There is no [tool.alembic].", fix='add it, with script_location = "%(here)s/migrations"'
        )
    return parse(ini, pyproject)


def _decoded(path: str, content: bytes) -> ConfigText:
    try:
        return ConfigText(path, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: The file is no UTF-8: {error.reason} at byte {error.start}.", fix="save it as UTF-8"
        ) from error


async def _version_directories(config: AlembicConfig, path: str) -> tuple[str, ...]:
    """The `version_locations` that exist, as alembic takes them, else `versions` in the script location."""
    roots = [root.path for root in await all_source_roots()]
    script_location = await _directory(config.script_location, path, roots)
    if script_location is None:
        looked = ", ".join(candidates(config.script_location, config=path, source_roots=roots)) or "no source root"
        written = config.script_location.replace("//here", "%(here)s")
        raise UserError(
            f"{path}: script_location is '{written}', and there is no such directory (looked at: {looked}).",
            fix="name the directory that has env.py, such as %(here)s/migrations",
        )
    if not config.version_locations:
        return (os.path.normpath(os.path.join(script_location, "versions")),)
    found = [await _directory(location, path, roots) for location in config.version_locations]
    directories = tuple(dict.fromkeys(directory for directory in found if directory))
    if not directories:
        raise UserError(
            f"{path}: None of the version_locations exists: {', '.join(config.version_locations)}.",
            fix="name the directories that have the migration scripts",
        )
    return directories


async def _directory(location: str, config: str, roots: list[str]) -> str | None:
    options = candidates(location, config=config, source_roots=roots)
    if not options:
        return None
    found = await list_paths(PathGlobs(options))
    return next((option for option in options if option == "." or option in found.dirs), None)


async def _contents(tree: Tree, files: Digest, paths: Iterable[str], python: PythonExecutable) -> dict[str, Any]:
    """The contents of each script by its path. Raises: UserError if a process fails.

    Each process reads a part of the scripts: when one script changes, the cache still has all other parts.
    """
    reader = await create_digest(CreateDigest(package(_FOR_SCRIPTS)))
    entries = {entry.path: entry for entry in await digest_entries(files)}
    processes = []
    for part in parts(paths):
        scripts = await create_digest(CreateDigest(entries[path] for path in part))
        inputs = await merge_digests([scripts, reader])
        description = f"Read {count(len(part), 'migration script')} of {tree}"
        processes.append(reading(python, "read_scripts", *part, files=inputs, description=description))
    contents: dict[str, Any] = {}
    for result in await try_processes(processes):
        contents.update(printed(result, f"Reading the migration scripts of {tree}"))
    return contents


async def _walked(tree: Tree, scripts: Sequence[Script], resolve: str, python_setup: PythonSetup) -> dict[str, Any]:
    """The order, by the alembic of the resolve; from the cache, unless a link between revisions has changed."""
    venv = await tool_venv(resolve, "alembic", python_setup)
    files = [*package(["alembic_walk"]), FileContent(_LINKS, json.dumps(links(scripts)).encode())]
    result = await try_venv_pex(
        VenvPexProcess(
            # Pex's entry point ignores the environment, and so the hash seed; the interpreter does not.
            dataclasses.replace(venv, pex=venv.python),
            argv=(script_path("alembic_walk"), _LINKS),
            input_digest=await create_digest(CreateDigest(files)),
            extra_env=ENVIRONMENT,
            description=f"Walk the schema history of {tree}",
            level=LogLevel.DEBUG,
        )
    )
    return printed(result, f"Walking the schema history of {tree}")


@rule(desc="Read an Alembic history", level=LogLevel.DEBUG)
async def read_alembic_history(request: AlembicReader, python_setup: PythonSetup) -> SchemaHistory:
    """Raises: UserError if no script can be found."""
    tree = request.tree
    config = await _read_config(tree.config)
    directories = await _version_directories(config, tree.config)
    pattern = "**/*.py" if config.recursive else "*.py"
    files = await snapshot_of(PathGlobs(os.path.normpath(f"{directory}/{pattern}") for directory in directories))
    if not files.files:
        raise UserError(
            f"{tree.config}: There are no migration scripts in {', '.join(directories)}.",
            fix="write the first one: alembic revision; if there are some, see that neither .gitignore nor "
            "[GLOBAL].pants_ignore hides them",
        )
    of_tree = WantedTool("alembic", f"{tree.address}: resolve", tree.resolve)
    resolve = await tool_resolve(of_tree if tree.resolve else await wanted_tool("alembic"), python_setup)
    python = await python_for(resolve, constraints_of(resolve, python_setup))
    paths = scripts_in_order(files.files, directories, config.recursive)
    contents = await _contents(tree, files.digest, paths, python)
    scripts, problems = checked(contents[path] for path in paths)
    if problems:
        return SchemaHistory.from_reader(refused(problems))
    return SchemaHistory.from_reader(history(scripts, await _walked(tree, scripts, resolve, python_setup)))


def rules() -> Rules:
    """The rule, the membership, and the options, unless another backend has that scope."""
    return [*collect_rules(), *unless_taken(Alembic), UnionRule(HistoryReader, AlembicReader)]
