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

from devflow.common.errors import Problem, UserError, did_you_mean
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
from devflow.engine.python.tool import tool_resolve, tool_venv, unless_taken, wanted_tool
from devflow.schema_history.alembic.below import NOTHING_BELOW, Below, scripts_below
from devflow.schema_history.alembic.config import (
    HERE,
    MAIN_SECTION,
    AlembicConfig,
    ConfigText,
    has_alembic_table,
    parse,
    sections_with_scripts,
)
from devflow.schema_history.alembic.files import parts, scripts_in_order
from devflow.schema_history.alembic.history import checked, history, links, refused
from devflow.schema_history.alembic.locations import candidates, location_fix
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

    @classmethod
    def sections(cls, path: str, text: str) -> tuple[str, ...]:
        """Those that `alembic --name` takes, unless `alembic` alone reads scripts."""
        found = () if path.endswith(".toml") else sections_with_scripts(text)
        return () if MAIN_SECTION in found else found


async def _read_config(path: str, section: str | None) -> AlembicConfig:
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
    return parse(ini, pyproject, section or MAIN_SECTION)


def _decoded(path: str, content: bytes) -> ConfigText:
    try:
        return ConfigText(path, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: The file is no UTF-8: {error.reason} at byte {error.start}.", fix="save it as UTF-8"
        ) from error


async def _script_directory(config: AlembicConfig, tree: Tree, roots: list[str]) -> str:
    """The script location. Raises: UserError."""
    here = os.path.dirname(tree.config) or "."
    if config.script_location:
        directory = await _directory(config.script_location, tree.config, roots)
        if directory is not None:
            return directory
        looked = candidates(config.script_location, config=tree.config, source_roots=roots)
        written = config.script_location.replace(HERE, "%(here)s")
        what = (
            f"{tree.config}: script_location is '{written}', and there is no such directory "
            f"(looked at: {', '.join(looked) or 'no source root'})."
        )
    else:
        beside = [os.path.normpath(f"{here}/{name}") for name in ("env.py", "versions/*.py")]
        if config.may_be_of_flask and (await list_paths(PathGlobs(beside))).files:
            return here
        what = f"{config.where} has no `script_location`."
    environments = await list_paths(PathGlobs([os.path.normpath(f"{here}/**/env.py")]))
    raise UserError(what, fix=location_fix(config, tree.config, tree.address is not None, environments.files))


async def _version_directories(config: AlembicConfig, tree: Tree) -> tuple[tuple[str, ...], list[Problem]]:
    """The `version_locations` that exist, as alembic takes them, else `versions` in the script location; warnings."""
    roots = [root.path for root in await all_source_roots()]
    script_location = await _script_directory(config, tree, roots)
    if not config.version_locations:
        return (os.path.normpath(os.path.join(script_location, "versions")),), []
    found = {location: await _directory(location, tree.config, roots) for location in config.version_locations}
    directories = tuple(dict.fromkeys(directory for directory in found.values() if directory))
    if not directories:
        raise UserError(
            f"{tree.config}: None of the version_locations exists: {', '.join(config.version_locations)}.",
            fix="name the directories that have the migration scripts",
        )
    missing = [location.replace(HERE, "%(here)s") for location, directory in found.items() if not directory]
    return directories, [
        Problem(
            f"{config.where}: The version location '{location}' does not exist, so alembic skips it.",
            "name a directory that has migration scripts, or take it out of version_locations",
        )
        for location in missing
    ]


async def _directory(location: str, config: str, roots: list[str]) -> str | None:
    options = candidates(location, config=config, source_roots=roots)
    if not options:
        return None
    found = await list_paths(PathGlobs(options))
    return next((option for option in options if option == "." or option in found.dirs), None)


def _no_scripts(tree: Tree, directories: Sequence[str], below: Below) -> UserError:
    where = ", ".join(directories)
    if below.paths:
        return UserError(f"{tree.config}: There are no migration scripts in {where}, and {below}.", fix=below.fix)
    return UserError(
        f"{tree.config}: There are no migration scripts in {where}.",
        fix="write the first one: alembic revision; if there are some, see that neither .gitignore nor "
        "[GLOBAL].pants_ignore hides them",
    )


def _other_sections(config: AlembicConfig, tree: Tree) -> list[Problem]:
    """What is skipped without a target: with targets, each section that is to be read has one."""
    if tree.address or tree.section or not config.others:
        return []
    return [
        Problem(
            f"{config.where} is read, and not what `alembic --name` takes: {', '.join(config.others)}.",
            f"add --config={tree.config}:{config.others[0]}; or declare each as a target, with its `section`",
        )
    ]


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
    config = await _read_config(tree.config, tree.section)
    directories, warnings = await _version_directories(config, tree)
    files = await snapshot_of(PathGlobs(os.path.normpath(f"{directory}/**/*.py") for directory in directories))
    paths = scripts_in_order(files.files, directories, config.recursive)
    below = NOTHING_BELOW
    if not config.recursive:
        # Their contents may change without a change of the history: only what is skipped is read here.
        skipped = await read_files(PathGlobs(scripts_in_order(set(files.files) - set(paths), directories, True)))
        below = scripts_below(((file.path, file.content) for file in skipped), config.where)
    if not paths:
        raise _no_scripts(tree, directories, below)
    warnings.extend([*below.warnings(), *_other_sections(config, tree)])
    of_tree = WantedTool("alembic", f"{tree.address}: resolve", tree.resolve)
    resolve = await tool_resolve(of_tree if tree.resolve else await wanted_tool("alembic"), python_setup)
    python = await python_for(resolve, constraints_of(resolve, python_setup))
    contents = await _contents(tree, files.digest, paths, python)
    scripts, problems = checked((contents[path] for path in paths), below)
    if problems:
        return SchemaHistory.from_reader(refused(problems))
    found = SchemaHistory.from_reader(history(scripts, await _walked(tree, scripts, resolve, python_setup)))
    return dataclasses.replace(found, warnings=(*warnings, *found.warnings))


def rules() -> Rules:
    """The rule, the membership, and the options, unless another backend has that scope."""
    return [*collect_rules(), *unless_taken(Alembic), UnionRule(HistoryReader, AlembicReader)]
