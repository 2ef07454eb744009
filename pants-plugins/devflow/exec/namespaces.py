"""Finds the namespace packages of source roots that Python does not import, because a regular package hides them.

A directory with an `__init__.py` anywhere on the path wins over all directories of its name without one, also over
those that come first. Source: PEP 420, "Specification".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from glob import escape, glob
from pathlib import Path

from devflow.common.errors import Problem
from devflow.common.paths import shown
from devflow.exec.facts import CommandFacts
from devflow.link.service import distribution_of


def hidden_namespaces(of: CommandFacts) -> tuple[Problem, ...]:
    """A problem for each hidden namespace package of the source roots. Without an export, its packages hide none."""
    libraries = [
        os.path.relpath(path, of.build_root)
        for path in glob(os.path.join(escape(os.path.join(of.build_root, of.export)), "lib/python*/site-packages"))
    ]
    search = (*of.roots, *libraries)
    problems = []
    for position, root in enumerate(of.roots):
        for name in _namespaces(Path(of.build_root, root)):
            hiding = next((one for one in search if _regular(of, one, name)), None)
            if hiding is not None and _has_modules(Path(of.build_root, root, name)):
                may_be_regular = search.index(hiding) > position
                problems.append(_problem(of, os.path.normpath(f"{root}/{name}"), hiding, may_be_regular=may_be_regular))
    return tuple(problems)


def _regular(of: CommandFacts, directory: str, name: str) -> bool:
    return os.path.isfile(os.path.join(of.build_root, directory, name, "__init__.py"))


def _namespaces(root: Path) -> Iterator[str]:
    """The directories of a source root that may be namespace packages."""
    with suppress(OSError), os.scandir(root) as entries:
        for name in sorted(entry.name for entry in entries if entry.name.isidentifier() and entry.is_dir()):
            if not (root / name / "__init__.py").exists():
                yield name


def _has_modules(directory: Path) -> bool:
    """Whether there is a module in the directory, or in one below it."""
    return any(True for _ in directory.glob("*.py")) or any(True for _ in directory.glob("*/*.py"))


def _problem(of: CommandFacts, namespace: str, hiding: str, *, may_be_regular: bool) -> Problem:
    name = os.path.basename(namespace)
    file = os.path.normpath(f"{hiding}/{name}/__init__.py")
    remove = f"remove {shown(file)}"
    if hiding not in of.roots:
        owner = distribution_of(f"{name}/__init__.py", os.path.join(of.build_root, hiding))
        remove = f"remove the requirement {shown(owner)} from the resolve {of.resolve}" if owner else remove
    return Problem(
        f"{shown(namespace)} has no __init__.py, so {shown(file)} hides it: its modules cannot be imported.",
        fix=f"add {shown(namespace)}/__init__.py, or {remove}" if may_be_regular else remove,
    )
