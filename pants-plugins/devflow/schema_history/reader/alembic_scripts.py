"""Alembic's migration scripts as data. Standard library only, 3.8 or newer.

Source: `Script._from_path` of alembic 1.13 to 1.20.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from devflow.common.errors import Problem
from devflow.schema_history.reader.bindings import Binding, bindings_of, compiled_docstring, star_import
from devflow.schema_history.reader.parsing import parse_script

_ID_AS_FILE_NAME = re.compile(r"([a-f0-9]+)\.py$")
_ILLEGAL = "@-+:"
_NEEDED = ("revision", "down_revision")
_NAMES = {"revision", "down_revision", "depends_on", "branch_labels", "__doc__"}


class Script(NamedTuple):
    """One migration. `lines` has the line of each name that the script binds."""

    path: str
    revision: str
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    doc: str
    lines: dict[str, int]

    @classmethod
    def of_json(cls, fields: Sequence[Any]) -> Script:
        """From its fields in order, with the tuples that JSON turned into lists: alembic takes tuples only."""
        path, revision, parents, depends_on, labels, doc, lines = fields
        return cls(path, revision, tuple(parents), tuple(depends_on), tuple(labels), doc, lines)

    def at(self, name: str) -> str:
        """The position at which the script binds a name: "versions/1a2b_x.py:14"."""
        return f"{self.path}:{self.lines.get(name, 1)}"


def read_script(path: str) -> Script | list[Problem]:
    """The script, or all problems that prevent reading it."""
    module = parse_script(path)
    if isinstance(module, Problem):
        return [module]
    bound = bindings_of(module, _NAMES)
    star = star_import(module)
    if star:
        for name in _NEEDED:
            bound.setdefault(name, star)
    problems = [_unreadable(path, name, binding) for name, binding in sorted(bound.items()) if binding.unreadable]
    if problems:
        return problems
    revision = _revision(path, bound)
    parents = _sequence(path, "down_revision", bound)
    depends_on = _sequence(path, "depends_on", bound)
    labels = _sequence(path, "branch_labels", bound)
    doc = _doc(path, module, bound)
    problems = [part for part in (revision, parents, depends_on, labels, doc) if isinstance(part, Problem)]
    if "down_revision" not in bound:
        problems.append(
            Problem(
                f"{path}:1: The script has no `down_revision`.", "write `down_revision = None` if it is the first one"
            )
        )
    if problems:
        return problems
    lines = {name: binding.line for name, binding in bound.items()}
    return Script(path, revision, parents, depends_on, labels, doc, lines)  # type: ignore[arg-type]


def _unreadable(path: str, name: str, binding: Binding) -> Problem:
    return Problem(
        f"{path}:{binding.line}: `{name}` cannot be read without running the script: {binding.unreadable}.",
        f"write a string, None, or a tuple of strings, as in `{name} = "
        + ('"A sentence."`' if name == "__doc__" else '"1a2b3c4d5e6f"`'),
    )


def _revision(path: str, bound: dict[str, Binding]) -> str | Problem:
    binding = bound.get("revision")
    if binding is None:
        legacy = _ID_AS_FILE_NAME.match(os.path.basename(path))
        if legacy:
            return legacy.group(1)
        return Problem(f"{path}:1: The script has no `revision`.", 'write `revision = "…"`, with an id of its own')
    if not isinstance(binding.value, str) or not binding.value:
        return Problem(f"{path}:{binding.line}: `revision` is no string, or empty.", 'write `revision = "…"`')
    illegal = sorted(set(binding.value) & set(_ILLEGAL))
    if illegal:
        return Problem(
            f"{path}:{binding.line}: The revision id '{binding.value}' holds {' '.join(illegal)}, "
            "which alembic refuses.",
            "rename the revision, here and in every down_revision and depends_on",
        )
    return binding.value


def _sequence(path: str, name: str, bound: dict[str, Binding]) -> tuple[str, ...] | Problem:
    """The value as `alembic.util.to_tuple` gives it; `(None,)` is empty, too."""
    binding = bound.get(name)
    if binding is None or binding.value is None:
        return ()
    if isinstance(binding.value, str):
        return (binding.value,)
    if binding.value == (None,) and name != "depends_on":
        return ()
    if None in binding.value:
        return Problem(f"{path}:{binding.line}: `{name}` holds None beside others.", "leave None out")
    return tuple(part for part in binding.value if part is not None)


def _doc(path: str, module: ast.Module, bound: dict[str, Binding]) -> str | Problem:
    binding: Binding | None = bound.get("__doc__")
    text = compiled_docstring(module) if binding is None else binding.value
    if isinstance(text, tuple):
        return Problem(f"{path}:{binding.line if binding else 1}: `__doc__` is no string.", 'write `__doc__ = "…"`')
    doc = re.split("\n\n", (text or "").strip())[0]
    try:
        doc.encode()
    except UnicodeEncodeError:
        return Problem(f"{path}:1: The docstring holds a lone surrogate, which is no text.", "remove the surrogate")
    return doc
