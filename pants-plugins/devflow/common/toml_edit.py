"""TOML, changed by splices: tables and keys in user-owned files. What cannot be read: see `toml_scan`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from devflow.common.splices import CannotEditError, Splice, TextNode, apply, line_of, merge_entries, newline_of
from devflow.common.toml_scan import TomlScanner, TomlTable


def has_table(text: str, path: Sequence[str], key: str | None = None, value: str | None = None) -> bool:
    """Whether the text has the table, a table in it, or a key of it; with a `key`, whether a table gives it the value.

    Raises: CannotEditError.
    """
    wanted = tuple(path)
    tables = list(TomlScanner(text).tables())
    if key:
        return any(t.path == wanted and any(k == (key,) and n.value == value for k, n in t.entries) for t in tables)
    return any(
        whole[: len(wanted)] == wanted
        for table in tables
        for whole in (table.path, *(table.path + name for name, _ in table.entries))
    )


def reader(text: str) -> Callable[[Sequence[str]], Any]:
    """A function from a path to the value there: string, boolean, array, or a number as its text; None without one.

    Both raise: CannotEditError.
    """
    tables = list(TomlScanner(text).tables())

    def read(path: Sequence[str]) -> Any:
        found = _find(text, tables, tuple(path))
        return found.value if found else None

    return read


def values(text: str) -> Iterator[tuple[str, int, int]]:
    """The key ("a.b[0]"), start and end of each value; an inline table is one. Raises: CannotEditError."""
    for table in TomlScanner(text).tables():
        for name, node in table.entries:
            key = ".".join((*table.path, *name))
            if not node.items:
                yield key, node.start, node.end
            for index, item in enumerate(node.items):
                yield f"{key}[{index}]", item.start, item.end


def node_at(text: str, path: Sequence[str]) -> TextNode | None:
    """The value at the path with its place in the text; None without one. Raises: CannotEditError."""
    return _find(text, TomlScanner(text).tables(), tuple(path))


def keys_of(text: str, path: Sequence[str]) -> tuple[str, ...]:
    """The keys of a table that are written as `key = …`, in order. Raises: CannotEditError."""
    wanted = tuple(path)
    wholes = ((*table.path, *key) for table in TomlScanner(text).tables() for key, _ in table.entries)
    return tuple(dict.fromkeys(whole[len(wanted)] for whole in wholes if whole[:-1] == wanted))


def value_at(text: str, path: Sequence[str]) -> Any:
    """The value at the path, as `reader` gives it. Raises: CannotEditError."""
    return reader(text)(path)


def set_value(text: str, path: Sequence[str], value: Any) -> str:
    """Put a value at the path of table and key; nothing changes if it has an equal one. Raises: CannotEditError."""
    found = _find(text, TomlScanner(text).tables(), tuple(path))
    if found is None:
        return _insert(text, tuple(path), value)
    same = found.value == (list(value) if isinstance(value, tuple) else value)
    return text if same else apply(text, [Splice(found.start, found.end, _render(value))])


def set_default(text: str, path: Sequence[str], value: Any) -> str:
    """As `set_value`, but an existing value is kept. Raises: CannotEditError."""
    return text if _find(text, TomlScanner(text).tables(), tuple(path)) else _insert(text, tuple(path), value)


def set_entries(text: str, path: Sequence[str], wanted: Sequence[str], ours: Callable[[Any], bool]) -> str:
    """Make the array at the path hold these strings, and no other of `ours`. Raises: CannotEditError."""
    found = _find(text, TomlScanner(text).tables(), tuple(path))
    if found is None or not isinstance(found.value, list):
        return set_value(text, path, list(wanted))
    return apply(text, merge_entries(text, found, wanted, ours, _render, "  "))


def _find(text: str, tables: Iterable[TomlTable], path: tuple[str, ...]) -> TextNode | None:
    for table in tables:
        for key, node in table.entries:
            whole = table.path + key
            if whole == path and not table.is_array:
                return node
            if path[: len(whole)] == whole or table.is_array and path[: len(table.path)] == table.path:
                where = ".".join(whole)
                raise CannotEditError(f"line {line_of(text, node.start)}: {where} is not a table with a header")
    return None


def _insert(text: str, path: tuple[str, ...], value: Any) -> str:
    newline = newline_of(text)
    line = f"{_key(path[-1])} = {_render(value)}"
    tables = list(TomlScanner(text).tables())
    for table in tables:
        if table.path == path[:-1] and table.path:
            return apply(text, [Splice(_line_end(text, table.end), _line_end(text, table.end), newline + line)])
        if not table.path and any(key[: len(path) - 1] == path[:-1] for key, _ in table.entries):
            raise CannotEditError(f"{'.'.join(path[:-1])} is not a table with a header")
    gap = "" if not text.strip("\ufeff") else newline if text.endswith("\n") else newline * 2
    header = ".".join(_key(part) for part in path[:-1])
    return f"{text}{gap}[{header}]{newline}{line}{newline}"


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _key(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else _render(part)


def _render(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_render, value)) + "]"
    # The escapes of JSON are those of TOML.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
