"""Where the tables, keys and values of a TOML text are. Pure.

Source: TOML 1.0. Values of kinds that devflow does not write (dates, inline tables, …) are not parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from devflow.common.splices import CannotEditError, TextNode, line_of

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
class TomlTable:
    """A table with a header, or the top of the file; `end` is where its last key, or else its header, ends."""

    path: tuple[str, ...]
    end: int
    is_array: bool = False
    entries: list[tuple[tuple[str, ...], TextNode]] = field(default_factory=list)


class TomlScanner:
    """Reads a text once, from its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 1 if text.startswith("\ufeff") else 0

    def tables(self) -> Iterator[TomlTable]:
        """In the order of the text. Raises: CannotEditError."""
        table = TomlTable((), self.offset)
        while True:
            self._skip(_SPACE)
            if self.offset >= len(self.text):
                break
            if self._ahead("["):
                yield table
                is_array = self._ahead("[[")
                self.offset += 2 if is_array else 1
                path = self._key()
                self._expect("]]" if is_array else "]")
                table = TomlTable(path, self.offset, is_array)
            else:
                path = self._key()
                self._expect("=")
                self._skip(_BLANK)
                try:
                    table.entries.append((path, self._value()))
                except RecursionError:
                    raise CannotEditError("it is nested too deeply") from None
                table.end = self.offset
            self._skip(re.compile(r"[ \t]*(?:#[^\n]*)?"))
            if self.offset < len(self.text) and not re.match(r"\r?\n", self.text[self.offset : self.offset + 2]):
                raise self._error()
        yield table

    def _key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self._skip(_BLANK)
            parts.append(_plain(self._match(_KEY)))
            self._skip(_BLANK)
            if not self._ahead("."):
                return tuple(parts)
            self.offset += 1

    def _value(self) -> TextNode:
        start = self.offset
        if self._ahead("["):
            return self._array()
        if self._ahead("{"):
            self._inline_table()
            return TextNode(start, self.offset, None)
        if self._ahead('"', "'"):
            string = _plain(self._match(_STRING))
            return TextNode(start, self.offset, string)
        word = self._match(_SCALAR)
        return TextNode(start, self.offset, {"true": True, "false": False}.get(word, word))

    def _array(self) -> TextNode:
        node = TextNode(self.offset, 0, [])
        self.offset += 1
        while True:
            before = self.offset
            self._skip(_SPACE)
            node.tail = before + len(self.text[before : self.offset].rstrip())
            if self._ahead("]"):
                break
            item = self._value()
            node.items.append(item)
            node.value.append(item.value)
            before = self.offset
            self._skip(_SPACE)
            if not self._ahead(","):
                node.tail = before + len(self.text[before : self.offset].rstrip())
                break
            node.commas.append(self.offset)
            self.offset += 1
        self._expect("]")
        node.end = self.offset
        return node

    def _inline_table(self) -> None:
        self.offset += 1
        while True:
            self._skip(_SPACE)
            if self._ahead("}"):
                break
            self._key()
            self._expect("=")
            self._skip(_BLANK)
            self._value()
            self._skip(_SPACE)
            if not self._ahead(","):
                break
            self.offset += 1
        self._expect("}")

    def _ahead(self, *signs: str) -> bool:
        return self.text.startswith(signs, self.offset)

    def _expect(self, sign: str) -> None:
        if not self._ahead(sign):
            raise self._error()
        self.offset += len(sign)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.offset)
        self.offset = match.end() if match else self.offset

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.offset)
        if not found:
            raise self._error()
        self.offset = found.end()
        return found[0]

    def _error(self) -> CannotEditError:
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
