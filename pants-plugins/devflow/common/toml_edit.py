"""TOML, changed by splices: tables and keys in user-owned files.

Source: TOML 1.0. Values of kinds that devflow does not write (dates, inline tables, …) are not parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from devflow.common.splices import (
    CannotEditError,
    Splice,
    TextNode,
    apply,
    line_of,
    merge_entries,
    newline_of,
)

_SPACE = re.compile(r"(?:[ \t]+|\r?\n|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:[\d:.Zz+-]+|[\w+:.-]+")  # a date and its time, or one word
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n\s*|(.))", re.DOTALL)
_NAMED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


@dataclass
class _Table:
    """A table with a header, or the top of the file; `end` is where its last key, or else its header, ends."""

    path: tuple[str, ...]
    end: int
    is_array: bool = False
    entries: list[tuple[tuple[str, ...], TextNode]] = field(default_factory=list)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 1 if text.startswith("\ufeff") else 0

    def tables(self) -> Iterator[_Table]:
        table = _Table((), self.offset)
        while True:
            self.skip(_SPACE)
            if self.offset >= len(self.text):
                break
            if self.ahead("["):
                yield table
                is_array = self.ahead("[[")
                self.offset += 2 if is_array else 1
                path = self.key()
                self.expect("]]" if is_array else "]")
                table = _Table(path, self.offset, is_array)
            else:
                path = self.key()
                self.expect("=")
                self.skip(_BLANK)
                try:
                    table.entries.append((path, self.value()))
                except RecursionError:
                    raise CannotEditError("it is nested too deeply") from None
                table.end = self.offset
            self.skip(re.compile(r"[ \t]*(?:#[^\n]*)?"))
            if self.offset < len(self.text) and not re.match(r"\r?\n", self.text[self.offset : self.offset + 2]):
                raise self.error()
        yield table

    def key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self.skip(_BLANK)
            parts.append(_plain(self.match(_KEY)))
            self.skip(_BLANK)
            if not self.ahead("."):
                return tuple(parts)
            self.offset += 1

    def value(self) -> TextNode:
        start = self.offset
        if self.ahead("["):
            return self.array()
        if self.ahead("{"):
            self.inline_table()
            return TextNode(start, self.offset, None)
        if self.ahead('"', "'"):
            string = _plain(self.match(_STRING))
            return TextNode(start, self.offset, string)
        word = self.match(_SCALAR)
        return TextNode(start, self.offset, {"true": True, "false": False}.get(word, word))

    def array(self) -> TextNode:
        node = TextNode(self.offset, 0, [])
        self.offset += 1
        while True:
            before = self.offset
            self.skip(_SPACE)
            node.tail = before + len(self.text[before : self.offset].rstrip())
            if self.ahead("]"):
                break
            item = self.value()
            node.items.append(item)
            node.value.append(item.value)
            before = self.offset
            self.skip(_SPACE)
            if not self.ahead(","):
                node.tail = before + len(self.text[before : self.offset].rstrip())
                break
            node.commas.append(self.offset)
            self.offset += 1
        self.expect("]")
        node.end = self.offset
        return node

    def inline_table(self) -> None:
        self.offset += 1
        while True:
            self.skip(_SPACE)
            if self.ahead("}"):
                break
            self.key()
            self.expect("=")
            self.skip(_BLANK)
            self.value()
            self.skip(_SPACE)
            if not self.ahead(","):
                break
            self.offset += 1
        self.expect("}")

    def ahead(self, *signs: str) -> bool:
        return self.text.startswith(signs, self.offset)

    def expect(self, sign: str) -> None:
        if not self.ahead(sign):
            raise self.error()
        self.offset += len(sign)

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.offset)
        self.offset = match.end() if match else self.offset

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.offset)
        if not found:
            raise self.error()
        self.offset = found.end()
        return found[0]

    def error(self) -> CannotEditError:
        found = self.text[self.offset : self.offset + 10].split("\n")[0]
        what = f"unexpected {found!r}" if found else "it ends too early"
        return CannotEditError(f"line {line_of(self.text, self.offset)}: {what}")


def _plain(token: str) -> str:
    """The value of a string token or of a key token."""
    if token.startswith(("'''", '"""')):
        inner = re.sub(r"^\r?\n", "", token[3:-3])
        return inner if token[0] == "'" else _unescape(inner)
    if token.startswith("'"):
        return token[1:-1]
    return _unescape(token[1:-1]) if token.startswith('"') else token


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _NAMED.get(match[3] or "", match[3] or "")

    return _ESCAPE.sub(one, text)


def has_table(text: str, path: Sequence[str], key: str | None = None, value: str | None = None) -> bool:
    """Whether the text has the table, a table in it, or a key of it; with a `key`, whether a table gives it the value.

    Raises: CannotEditError.
    """
    wanted = tuple(path)
    tables = list(_Scanner(text).tables())
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
    tables = list(_Scanner(text).tables())

    def read(path: Sequence[str]) -> Any:
        found = _find(text, tables, tuple(path))
        return found.value if found else None

    return read


def values(text: str) -> Iterator[tuple[str, int, int]]:
    """The key ("a.b[0]"), start and end of each value; an inline table is one. Raises: CannotEditError."""
    for table in _Scanner(text).tables():
        for name, node in table.entries:
            key = ".".join((*table.path, *name))
            if not node.items:
                yield key, node.start, node.end
            for index, item in enumerate(node.items):
                yield f"{key}[{index}]", item.start, item.end


def node_at(text: str, path: Sequence[str]) -> TextNode | None:
    """The value at the path with its place in the text; None without one. Raises: CannotEditError."""
    return _find(text, _Scanner(text).tables(), tuple(path))


def keys_of(text: str, path: Sequence[str]) -> tuple[str, ...]:
    """The keys of a table that are written as `key = …`, in order. Raises: CannotEditError."""
    wanted = tuple(path)
    wholes = ((*table.path, *key) for table in _Scanner(text).tables() for key, _ in table.entries)
    return tuple(dict.fromkeys(whole[len(wanted)] for whole in wholes if whole[:-1] == wanted))


def value_at(text: str, path: Sequence[str]) -> Any:
    """The value at the path, as `reader` gives it. Raises: CannotEditError."""
    return reader(text)(path)


def set_value(text: str, path: Sequence[str], value: Any) -> str:
    """Put a value at the path of table and key; nothing changes if it has an equal one. Raises: CannotEditError."""
    found = _find(text, _Scanner(text).tables(), tuple(path))
    if found is None:
        return _insert(text, tuple(path), value)
    same = found.value == (list(value) if isinstance(value, tuple) else value)
    return text if same else apply(text, [Splice(found.start, found.end, _render(value))])


def set_default(text: str, path: Sequence[str], value: Any) -> str:
    """As `set_value`, but an existing value is kept. Raises: CannotEditError."""
    return text if _find(text, _Scanner(text).tables(), tuple(path)) else _insert(text, tuple(path), value)


def set_entries(text: str, path: Sequence[str], wanted: Sequence[str], ours: Callable[[Any], bool]) -> str:
    """Make the array at the path hold these strings, and no other of `ours`. Raises: CannotEditError."""
    found = _find(text, _Scanner(text).tables(), tuple(path))
    if found is None or not isinstance(found.value, list):
        return set_value(text, path, list(wanted))
    return apply(text, merge_entries(text, found, wanted, ours, _render, "  "))


def _find(text: str, tables: Iterable[_Table], path: tuple[str, ...]) -> TextNode | None:
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
    tables = list(_Scanner(text).tables())
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
