"""Puts together what the engine knows and what is in the repository: in the goal, as Pants does not watch `dist`."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError, did_you_mean
from devflow.export_all_resolves.inventory import Place
from devflow.export_all_resolves.rules import DescribedResolve
from devflow.ide_config import toml_edit
from devflow.ide_config.files import find
from devflow.ide_config.rules import PythonRoot
from devflow.ide_config.splices import CannotEditError
from devflow.ide_config.workspace import Export, Tool, Workspace

MYPY_PYTHON = ("tool", "mypy", "python_executable")
_TOOLS = ("mypy", "ruff")


@dataclass(frozen=True)
class Roots:
    """Source roots by what they are for."""

    code: tuple[str, ...]
    stubs: str
    tests: tuple[str, ...]


def main_resolve(name: str, default: str, declared: Iterable[str]) -> str:
    """The resolve to analyse code by. Raises: UserError."""
    names = sorted(declared)
    if not names:
        raise UserError(
            "This repository declares no resolve.", fix="name one and its lockfile in [python.resolves] of pants.toml"
        )
    option = "--main-resolve" if name else "[python].default_resolve"
    chosen = name or default
    if chosen not in names:
        raise UserError(
            f"{option}={chosen}: no resolve has that name.{did_you_mean(chosen, names)}",
            fix=f"choose from {', '.join(names)}" + ("" if name else ", with --main-resolve=NAME"),
        )
    return chosen


def exports_of(described: Iterable[DescribedResolve], place: Place) -> Mapping[str, Export]:
    """By resolve; a resolve that cannot be exported has none."""
    return {
        one.resolve: Export(one.resolve, os.path.join(place.exports, one.fingerprint.reldir))
        for one in described
        if one.fingerprint and one.fingerprint.reldir
    }


def find_tools(
    described: Iterable[DescribedResolve], exports: Mapping[str, Export], main: str, place: Place
) -> tuple[Tool, ...]:
    """Each tool in its own resolve, in one of its name, as a binary that Pants exported, or in the main export."""
    homes = {tool: one.resolve for one in described if one.fingerprint for tool in one.fingerprint.tools}
    tools = []
    for name in _TOOLS:
        export = exports.get(homes.get(name, name))
        binary = os.path.join(place.exports, "bin", name)
        in_main = exports[main].file(name)
        if export:
            tools.append(Tool(name, export.file(name), export, _installed(name, export, place)))
        elif os.path.exists(place.absolute(binary)):
            tools.append(Tool(name, binary))
        elif os.path.exists(place.absolute(in_main)):
            tools.append(Tool(name, in_main, exports[main], _installed(name, exports[main], place)))
    return tuple(tools)


def _installed(name: str, export: Export, place: Place) -> str:
    """The version of a project in an export or, until that is made, in one of another interpreter; or ""."""
    here = glob.escape(place.absolute(export.path))
    for path in (here, os.path.join(os.path.dirname(here), "*")):
        found = sorted(glob.glob(f"{path}/lib/python*/site-packages/{name}-*.dist-info"))
        if found:
            return os.path.basename(found[-1])[len(name) + 1 : -len(".dist-info")]
    return ""


def sort_roots(roots: Sequence[PythonRoot], checkouts: Iterable[str]) -> Roots:
    """Code before tests, so that a test's package does not hide one of the code.

    Stubs are the root that holds nothing else. The build root counts only if it owns a file: by default it matches.
    """
    only_stubs = [root.path for root in roots if root.sources and root.stubs == root.sources]
    stubs = only_stubs[0] if len(only_stubs) == 1 else ""
    tests = [root.path for root in roots if root.tests and root.path != stubs]
    only_tests = {root.path for root in roots if root.tests and root.tests * 2 > root.sources}
    code = {root.path for root in roots if root.path != stubs and (root.path != "." or root.sources)} | set(checkouts)
    return Roots(tuple(sorted(code - {stubs}, key=lambda path: (path in only_tests, path))), stubs, tuple(tests))


def checkouts(build_root: Path, patterns: Iterable[str]) -> tuple[str, ...]:
    """Source roots that git ignores, and so Pants does not see: what matches `/plugins/*`, for example."""
    found: set[str] = set()
    for pattern in patterns:
        parts = pattern.strip("/").split("/")
        if pattern.startswith("/") and parts[-1] == "*" and "*" not in "".join(parts[:-1]):
            try:
                entries = list(os.scandir(build_root.joinpath(*parts[:-1])))
            except OSError:
                continue
            found.update(
                "/".join((*parts[:-1], entry.name)) for entry in entries if entry.is_dir() and entry.name[0] not in "._"
            )
    return tuple(sorted(found))


def present(build_root: Path, evidence: Iterable[str]) -> frozenset[str]:
    """Which of the files, directories and tables are there. A file that does not parse has no tables."""
    there = set()
    for one in evidence:
        path, _, table = one.partition(" ")
        if not table:
            if os.path.lexists(build_root / path):
                there.add(one)
        elif has_table(build_root, path, table):
            there.add(one)
    return frozenset(there)


def has_table(build_root: Path, path: str, table: str) -> bool:
    """Whether a file of TOML has `[a.b]`, or anything in it."""
    text = find(build_root, path).text
    try:
        return bool(text) and toml_edit.has_table(text or "", table.strip("[]").split("."))
    except CannotEditError:
        return False


def mypy_names_an_export(build_root: Path, exports: str) -> bool:
    """Whether somebody has written the path of an export into mypy's settings, as `python_executable`."""
    text = find(build_root, "pyproject.toml").text
    try:
        return exports in str(toml_edit.value_at(text or "", MYPY_PYTHON))
    except CannotEditError:
        return False


def workspace(
    place: Place,
    dist: str,
    main: Export,
    roots: Roots,
    *,
    tools: tuple[Tool, ...],
    pytest_args: Sequence[str],
    there: frozenset[str],
) -> Workspace:
    """What editors see. VS Code runs tests by the main interpreter, so only where pytest is there."""
    has_pytest = os.path.exists(place.absolute(main.file("pytest")))
    return Workspace(
        str(place.build_root),
        dist,
        main,
        roots.code,
        roots.stubs,
        roots.tests,
        (*pytest_args, *roots.tests) if has_pytest and roots.tests else (),
        tools,
        there,
    )
